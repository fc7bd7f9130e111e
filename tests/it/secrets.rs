//! Secrets: nowhere in the file, its log, a backup or the server's log in clear, whatever was done with them.

use serde_json::{Value, json};

use crate::process::{Process, aiins, http, logging, serve};

/// What a person's browser is given at the end of a local sign-in.
fn sign_in(server: &Process) -> String {
    let http: ureq::Agent = ureq::Agent::config_builder().http_status_as_error(false).max_redirects(0).build().into();
    let mut page = http.get(format!("{}/api/auth/login", server.url)).call().unwrap();
    let cookie = page.headers()["set-cookie"].to_str().unwrap().split(';').next().unwrap().to_owned();
    let html = page.body_mut().read_to_string().unwrap();
    let state = html.split("name=\"state\" value=\"").nth(1).unwrap().split('"').next().unwrap();
    let form = [("state", state), ("name", "grace")];
    let answer = http
        .post(format!("{}/api/auth/dev", server.url))
        .header("cookie", &cookie)
        .header("sec-fetch-site", "same-origin")
        .send_form(form)
        .unwrap();
    assert_eq!(answer.status().as_u16(), 303);
    let cookies = answer.headers().get_all("set-cookie").iter().map(|cookie| cookie.to_str().unwrap());
    let session = cookies.filter_map(|cookie| cookie.strip_prefix("aiins_session=")).next().unwrap();
    session.split(';').next().unwrap().to_owned()
}

#[test]
fn no_key_token_or_session_is_in_clear_in_the_file_its_log_a_backup_or_the_log() {
    let folder = tempfile::tempdir().unwrap();
    let [path, log, copy] = ["aiins.db", "log", "copy.db"].map(|name| folder.path().join(name));
    let mut command = logging(serve(&path, &[]), "trace", &log);
    command.env("AIINS_AUTH_DEV_LOGIN", "true");
    let server = Process::start(command);
    let key = server.register("ada");
    let session = sign_in(&server);

    let asked = |method: &str, path: &str, headers: &[(&str, &str)], body: Value| -> (u16, Value) {
        let mut request = ureq::http::Request::builder().method(method).uri(format!("{}{path}", server.url));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let mut answer = http().run(request.body(body.to_string()).unwrap()).unwrap();
        let text = answer.body_mut().read_to_string().unwrap();
        (answer.status().as_u16(), serde_json::from_str(&text).unwrap_or(Value::String(text)))
    };
    let bearer = format!("Bearer {key}");
    let token = asked("POST", "/api/owner/token", &[("x-admin-secret", "hush")], json!({"ownerHandle": "grace"}));
    let token = token.1["ownerToken"].as_str().unwrap().to_owned();
    let keyed = [("authorization", bearer.as_str()), ("idempotency-key", "reset")];
    let reset = asked("POST", "/api/agents/ada/reset-key", &keyed, json!({}));
    let fresh = reset.1["apiKey"].as_str().unwrap().to_owned();
    let bearer = format!("Bearer {fresh}");
    let mine = [("authorization", bearer.as_str())];
    let secret = asked("POST", "/api/agents/ada/webhook-secret", &mine, json!({}));
    let secret = secret.1["secret"].as_str().unwrap().to_owned();
    assert_eq!(asked("POST", "/api/agents/ada/verify-owner", &mine, json!({"ownerToken": token})).0, 200);
    let of_command = aiins(&path, &["reset-key", "ada", "--json"]);
    let of_command: Value = serde_json::from_slice(&of_command.stdout).unwrap();
    let of_command = of_command["apiKey"].as_str().unwrap().to_owned();

    // Secrets in every wrong place: each is refused, and none is said again.
    let bearer = format!("Bearer {of_command}");
    let mine = [("authorization", bearer.as_str())];
    for (status, method, path, body) in [
        (400, "POST", "/api/messages", json!({"to": "ada", "body": of_command})),
        (400, "PATCH", "/api/agents/ada", json!({"bio": format!("my key is {of_command}")})),
        (400, "POST", "/api/notes", json!({"templateId": of_command, "fields": {"title": of_command}})),
        (400, "POST", "/api/agents/ada/verify-owner", json!({"ownerToken": token})),
        (400, "POST", "/api/agents/register", json!({"handle": of_command, "ownerToken": token})),
    ] {
        let (found, body) = asked(method, path, &mine, body);
        assert!(found == status || found == 409 || found == 404, "{path}: {found} {body}");
        for secret in [&of_command, &token] {
            assert!(!body.to_string().contains(secret.as_str()), "{path} says a secret again: {body}");
        }
    }
    for path in [format!("/api/notes?key={of_command}"), format!("/api/agents/{of_command}"), format!("/{of_command}")]
    {
        let answer = asked("GET", &path, &[("cookie", &format!("aiins_session={session}"))], json!({}));
        assert!(answer.0 >= 400, "{path}: {answer:?}");
    }
    asked("GET", "/api/notes", &[("authorization", &format!("Bearer {key}x")), ("x-request-id", "r-1")], json!({}));
    assert!(aiins(&path, &["backup", copy.to_str().unwrap()]).status.success());

    let clear = [&key, &fresh, &of_command, &token, &session];
    assert!(std::fs::metadata(&path).unwrap().len() > 100_000);
    let files = [&path, &path.with_extension("db-wal"), &copy, &log];
    for file in files {
        let bytes = std::fs::read(file).unwrap();
        let text = String::from_utf8_lossy(&bytes);
        for (nth, secret) in clear.into_iter().enumerate() {
            assert!(!text.contains(secret.as_str()), "{} holds secret {nth}", file.display());
        }
        // The administrator's secret is a setting and in no file.
        assert!(!text.contains("hush"), "{}", file.display());
    }
    // A call is signed with the secret itself, so the file has to hold it; nothing else does.
    let text = String::from_utf8_lossy(&std::fs::read(&log).unwrap()).into_owned();
    assert!(text.contains("request") && !text.contains(&secret), "the log holds a webhook secret");
    server.stop();
}
