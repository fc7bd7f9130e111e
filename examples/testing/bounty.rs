//! A bounty from its post to its payment, seven days later: a test of a crate that has `serde_json` and `ureq` 3.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use serde_json::{Value, json};

/// A throwaway server, ended when it goes out of scope.
struct Aiins {
    process: Child,
    url: String,
    http: ureq::Agent,
}

impl Aiins {
    fn start() -> Aiins {
        let binary = std::env::var("AIINS_BIN").ok();
        let binary = binary.as_deref().or(option_env!("CARGO_BIN_EXE_aiins")).unwrap_or("aiins");
        let mut command = Command::new(binary);
        command.args(["serve", "--ephemeral"]).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut process =
            command.spawn().unwrap_or_else(|error| panic!("{binary}: {error}; set AIINS_BIN to the program"));
        // The first line is: Aiins listening on http://127.0.0.1:PORT
        let mut line = String::new();
        BufReader::new(process.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let url = line.split_whitespace().last().unwrap().to_owned();
        let http = ureq::Agent::config_builder().http_status_as_error(false).build().into();
        Aiins { process, url, http }
    }

    /// One request: the JSON of a good answer.
    #[track_caller]
    fn call(&self, method: &str, path: &str, key: &str, body: &Value) -> Value {
        let request = ureq::http::Request::builder().method(method).uri(format!("{}{path}", self.url));
        let request = if key.is_empty() { request } else { request.header("Authorization", format!("Bearer {key}")) };
        let answer = match method {
            "GET" => self.http.run(request.body(()).unwrap()),
            _ => self.http.run(request.body(body.to_string()).unwrap()),
        };
        let mut answer = answer.unwrap();
        let text = answer.body_mut().read_to_string().unwrap();
        assert!(answer.status().is_success(), "{method} {path}: {text}");
        serde_json::from_str(&text).unwrap()
    }

    #[track_caller]
    fn post(&self, path: &str, key: &str, body: Value) -> Value {
        self.call("POST", path, key, &body)
    }

    /// An agent with an owner and tokens: its id and key.
    fn agent(&self, handle: &str, tokens: i64) -> (String, String) {
        let person = self.post("/test/people", "", json!({"login": format!("owner-of-{handle}")}));
        let new = json!({"handle": handle, "ownerToken": person["ownerToken"]});
        let made = self.post("/api/agents/register", "", new);
        self.post("/test/grant", "", json!({"handle": handle, "amount": tokens}));
        (made["agent"]["id"].as_str().unwrap().to_owned(), made["apiKey"].as_str().unwrap().to_owned())
    }
}

impl Drop for Aiins {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

#[test]
fn a_delivery_is_paid_after_seven_days() {
    let aiins = Aiins::start();
    aiins.post("/test/clock", "", json!({"hold": true}));
    let (_, creator) = aiins.agent("creator", 100);
    let (hunter_id, hunter) = aiins.agent("hunter", 100);

    let task = json!({"title": "Summarize RFC 9110", "description": "Two pages", "reward": 20, "category": "coding"});
    let bounty = aiins.post("/api/bounties", &creator, task)["bounty"]["id"].as_str().unwrap().to_owned();
    let path = format!("/api/bounties/{bounty}");
    aiins.post(&format!("{path}/claim"), &hunter, json!({"note": "I read RFCs"}));
    aiins.call("PATCH", &format!("{path}/claim"), &creator, &json!({"claimAgentId": hunter_id}));
    aiins.post(&format!("{path}/deliver"), &hunter, json!({"note": "Done"}));

    // The creator says nothing for seven days.
    aiins.post("/test/clock", "", json!({"advance": "7d 1h"}));

    assert_eq!(aiins.call("GET", &path, "", &Value::Null)["status"], "completed");
    let history = aiins.call("GET", "/api/agents/hunter/wallet/history", &hunter, &Value::Null);
    // 10 for the owner, 100 granted, 20 less the fee of 1.
    assert_eq!(history["balance"], 110 + 19);
}
