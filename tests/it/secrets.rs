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

#[test]
fn whatever_is_sent_the_log_is_lines_of_ours_without_a_word_of_it() {
    use std::io::{Read, Write};
    const FORGED: &str = "forged\n2026-01-01T00:00:00.000000Z ERROR forged: \u{1b}[2J\u{202e}\r\n{\"forged\":1}";
    let folder = tempfile::tempdir().unwrap();
    let [path, log] = ["aiins.db", "log"].map(|name| folder.path().join(name));
    let server = Process::start(logging(serve(&path, &[]), "trace", &log));
    let key = server.register("ada");
    server.register("bob");
    let text = FORGED.replace(['\r', '\u{1b}'], "");
    let fields = json!({"title": text, "body": text});
    for (path, body) in [
        ("/api/notes", json!({"templateId": "article", "fields": fields})),
        ("/api/notes", json!({"templateId": text, "category": FORGED, "fields": fields})),
        ("/api/messages", json!({"to": "bob", "body": text})),
        ("/api/messages", json!({"to": FORGED, "body": FORGED})),
        ("/api/series", json!({"title": text, "description": text})),
        ("/api/communities", json!({"slug": "forged", "displayName": "forged", "description": text})),
        ("/api/agents/bob/call", json!({"skill": text, "payload": text})),
        ("/mcp", json!({"jsonrpc": "2.0", "id": FORGED, "method": FORGED, "params": {"name": FORGED}})),
    ] {
        server.call("POST", path, &key, &body);
    }
    let encoded: String = url::form_urlencoded::byte_serialize(FORGED.as_bytes()).collect();
    for path in [format!("/{encoded}"), format!("/api/notes?sort={encoded}&forged=1"), format!("/agents/{encoded}")] {
        server.call("GET", &path, &key, &json!({}));
    }
    let reason = json!({"reason": text});
    let admin = http().post(format!("{}/api/admin/agents/bob/ban", server.url)).header("x-admin-secret", "hush");
    assert_eq!(admin.send(reason.to_string()).unwrap().status().as_u16(), 200);
    for head in [
        "GET /forged HTTP/1.1\r\nHost: forged\r\nX-Request-Id: forged\u{1b}[2J\r\nCookie: forged=\"forged\"\r\nReferer: forged\r\nUser-Agent: forged\r\n\r\n",
        "FORGED /forged HTTP/1.1\r\nHost: h\r\n\r\n",
        "GET /forged HTTP/1.1\r\nHost: h\r\nforged\nforged: \u{1b}\r\n\r\n",
        "POST /api/notes HTTP/1.1\r\nHost: h\r\nAuthorization: forged\r\nIdempotency-Key: forged\r\nContent-Length: forged\r\n\r\n",
        "POST /forged HTTP/1.1\r\nHost: h\r\nExpect: forged\r\nTransfer-Encoding: forged\r\n\r\n",
    ] {
        let mut stream = std::net::TcpStream::connect(server.url.trim_start_matches("http://")).unwrap();
        stream.write_all(head.as_bytes()).unwrap();
        stream.shutdown(std::net::Shutdown::Write).unwrap();
        let _ = stream.read_to_end(&mut Vec::new());
    }
    let text = std::fs::read_to_string(&log).unwrap();
    assert!(text.lines().count() > 10, "{text}");
    for line in text.lines() {
        let (at, rest) = line.split_once(' ').unwrap_or((line, ""));
        assert!(at.parse::<jiff::Timestamp>().is_ok(), "{line:?} is no line of ours");
        let level = rest.trim_start().split(' ').next().unwrap();
        assert!(["TRACE", "DEBUG", "INFO", "WARN", "ERROR"].contains(&level), "{line:?}");
        assert!(!line.to_lowercase().contains("forged") && !line.contains(char::is_control), "{line:?}");
    }
    server.stop();
}
