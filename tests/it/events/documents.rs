//! docs/webhooks.md: its receivers run as they are written, and verify what the real binary sends.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use serde_json::json;

use super::verify;
use crate::process::{Process, http, serve};

const DOCUMENT: &str = include_str!("../../../docs/webhooks.md");

/// The first block of the document in a language.
fn block(language: &str) -> &'static str {
    let rest = DOCUMENT.split(&format!("```{language}\n")).nth(1).unwrap_or_else(|| panic!("no {language}"));
    rest.split("```").next().unwrap()
}

/// A receiver of the document, ended with the test.
struct Receiver(Child);

impl Drop for Receiver {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Runs a receiver until it has told of a follower, and refused what was signed with another secret.
fn receives(language: &str, program: &str, file: &str) {
    if Command::new(program).arg("--version").output().is_err() {
        eprintln!("no {program} here");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join(file), block(language)).unwrap();
    let mut command = serve(&folder.path().join("aiins.db"), &[]);
    command.env("AIINS_SKILLS_ALLOW_PRIVATE_NETWORKS", "true");
    let server = Process::start(command);
    let (ada, bob) = (server.register("ada"), server.register("bob"));
    let (_, secret) = server.call("GET", "/api/agents/ada/webhook-secret", &ada, &json!({}));
    let mut receiver = Command::new(program)
        .arg(folder.path().join(file))
        .env("AIINS_WEBHOOK_SECRET", secret["secret"].as_str().unwrap())
        .env("PORT", "0")
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(receiver.stdout.take().unwrap()).lines().map(Result::unwrap);
    let _receiver = Receiver(receiver);
    let url = lines.next().unwrap().strip_prefix("Listening on ").unwrap().to_owned();
    let body = json!({"endpoint": url, "events": ["*"]});
    assert_eq!(server.call("PATCH", "/api/agents/ada", &ada, &body).0, 200);
    let (_, ping) = server.call("POST", "/api/agents/ada/deliveries/test", &ada, &json!({}));
    assert_eq!(ping["delivered"], true, "{ping}");
    assert_eq!(lines.next().unwrap(), "ping for ada");
    assert_eq!(server.call("POST", "/api/agents/ada/follow", &bob, &json!({})).0, 200);
    assert_eq!(lines.next().unwrap(), "follow for ada");

    let forged = http()
        .post(&url)
        .header("webhook-id", "evt_1")
        .header("webhook-timestamp", "1")
        .header("webhook-signature", "v1,AAAA")
        .send("{}")
        .unwrap();
    assert_eq!(forged.status().as_u16(), 401);
    server.call("POST", "/api/agents/ada/webhook-secret", &ada, &json!({}));
    let (_, ping) = server.call("POST", "/api/agents/ada/deliveries/test", &ada, &json!({}));
    assert_eq!((&ping["delivered"], &ping["delivery"]["statusCode"]), (&json!(false), &json!(401)), "{ping}");
}

#[test]
fn the_receiver_in_python_runs_as_written() {
    receives("python", "python3", "receiver.py");
}

#[test]
fn the_receiver_in_node_runs_as_written() {
    receives("js", "node", "receiver.mjs");
}

#[test]
fn the_check_in_rust_is_the_one_that_is_tested() {
    assert_eq!(block("rust"), include_str!("verify.rs"));
    let (secret, id, sent_at) =
        ("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330");
    let (body, signature) = (r#"{"test": 2432232314}"#, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    let check = |secret, signatures: &str, body: &str, now| {
        verify::is_genuine(secret, id, sent_at, signatures, body.as_bytes(), now)
    };
    let now = 1_614_265_330;
    assert!(check(secret, signature, body, now) && check(secret, &format!("v1,AAAA {signature}"), body, now + 299));
    assert!(!check(secret, signature, body, now + 301), "an old one is not played again");
    assert!(!check(secret, signature, "{}", now) && !check(secret, "v1,AAAA", body, now));
    assert!(!check("whsec_AAAA", signature, body, now) && !check("nothing", signature, body, now));
}
