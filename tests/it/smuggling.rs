//! Smuggling: requests with two readings, through a real nginx in front. What it takes for one request is one here.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use crate::process::{Process, eventually, logging, serve};

/// nginx in front of a server, ended with the test.
struct Nginx {
    child: Child,
    port: u16,
}

impl Nginx {
    fn start(folder: &Path, server: &Process) -> Option<Nginx> {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let (folder_name, behind) = (folder.display(), server.url.trim_start_matches("http://"));
        let user = if Command::new("id").arg("-u").output().unwrap().stdout == b"0\n" { "user root;" } else { "" };
        let config = format!(
            "daemon off; {user} worker_processes 1; pid {folder_name}/nginx.pid; error_log {folder_name}/error.log;
             events {{ worker_connections 256; }}
             http {{
                 log_format pairs '$http_x_request_id';
                 access_log {folder_name}/access.log pairs;
                 client_body_temp_path {folder_name}/b; proxy_temp_path {folder_name}/p; fastcgi_temp_path {folder_name}/f;
                 uwsgi_temp_path {folder_name}/u; scgi_temp_path {folder_name}/s;
                 upstream aiins {{ server {behind}; keepalive 1; }}
                 server {{
                     listen 127.0.0.1:{port};
                     location / {{
                         proxy_pass http://aiins; proxy_http_version 1.1; proxy_set_header Connection \"\";
                         proxy_set_header Host $host; proxy_request_buffering off;
                     }}
                 }}
             }}"
        );
        std::fs::write(folder.join("nginx.conf"), config).unwrap();
        let mut command = Command::new("nginx");
        command.args(["-p"]).arg(folder).args(["-c", "nginx.conf"]).stdin(Stdio::null()).stderr(Stdio::null());
        let Ok(child) = command.spawn() else {
            eprintln!("left out: there is no nginx here");
            return None;
        };
        let nginx = Nginx { child, port };
        eventually("nginx listens", Duration::from_secs(10), || TcpStream::connect(("127.0.0.1", port)).is_ok());
        Some(nginx)
    }

    /// Sends bytes and reads what comes within a while.
    fn send(&self, bytes: &[u8]) -> String {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        stream.set_read_timeout(Some(Duration::from_millis(250))).unwrap();
        let _ = stream.write_all(bytes);
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer);
        String::from_utf8_lossy(&answer).into_owned()
    }
}

impl Drop for Nginx {
    fn drop(&mut self) {
        // Its worker ends with it only when it is told and not killed.
        let _ = Command::new("kill").arg(self.child.id().to_string()).status();
        let _ = self.child.wait();
    }
}

/// Headers that may be read in two ways, before a body that ends early in one of them.
const HEADS: &[&str] = &[
    "Content-Length: {long}\r\nTransfer-Encoding: chunked",
    "Transfer-Encoding: chunked\r\nContent-Length: {long}",
    "Content-Length: 5\r\nContent-Length: {long}",
    "Content-Length: {long}\r\nContent-Length: 5",
    "Content-Length: 5, {long}",
    "Content-Length: +{long}",
    "Content-Length:{long}",
    "Content-Length: {long} ",
    "Content-Length : {long}",
    "Content_Length: {long}\r\nContent-Length: 5",
    "Content-Length: 0x5\r\nContent-Length: {long}",
    "Transfer-Encoding: xchunked\r\nContent-Length: {long}",
    "Transfer-Encoding: chunked, identity\r\nContent-Length: {long}",
    "Transfer-Encoding: identity, chunked",
    "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity",
    "Transfer-Encoding: gzip, chunked",
    "Transfer-Encoding : chunked\r\nContent-Length: {long}",
    "Transfer-Encoding:\tchunked\r\nContent-Length: {long}",
    "Transfer-Encoding: \u{b}chunked\r\nContent-Length: {long}",
    "Transfer-Encoding: chunked\u{0}\r\nContent-Length: {long}",
    "Transfer-Encoding:\r\n chunked\r\nContent-Length: {long}",
    "X: y\nTransfer-Encoding: chunked\r\nContent-Length: {long}",
    "X: y\rTransfer-Encoding: chunked\r\nContent-Length: {long}",
    "Transfer_Encoding: chunked\r\nContent-Length: {long}",
    "TRANSFER-ENCODING: CHUNKED",
    "Transfer-Encoding: \"chunked\"\r\nContent-Length: {long}",
    "Connection: Content-Length\r\nContent-Length: {long}",
    "Connection: Transfer-Encoding\r\nTransfer-Encoding: chunked",
    "Expect: 100-continue\r\nContent-Length: {long}",
    "Content-Length: {long}",
    "Transfer-Encoding: chunked",
    "Upgrade: h2c\r\nConnection: Upgrade, HTTP2-Settings\r\nHTTP2-Settings: AAMAAABk\r\nContent-Length: {long}",
];

/// Bodies whose end is not where it seems, before the hidden request.
const BODIES: &[&str] = &[
    "0\r\n\r\n",
    "0;x=\"\n\r\n\r\n",
    "5;\nhello\r\n0\r\n\r\n",
    "00000000000000000\r\n\r\n",
    "0\n\n",
    "0\r\nX: y\r\n\r\n",
];

#[test]
fn what_is_one_request_for_nginx_is_one_here() {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("log");
    let server = Process::start(logging(serve(&folder.path().join("aiins.db"), &[]), "debug", &log));
    let Some(nginx) = Nginx::start(folder.path(), &server) else { return };
    let ask = |id: &str| {
        nginx.send(
            format!("GET /healthz HTTP/1.1\r\nHost: h\r\nX-Request-Id: {id}\r\nConnection: close\r\n\r\n").as_bytes(),
        )
    };
    let own = |answer: &str, id: &str| {
        answer.starts_with("HTTP/1.1 200") && answer.to_lowercase().contains(&format!("x-request-id: {id}"))
    };
    assert!(own(&ask("first"), "first"));
    let mut pairs = 0;
    for verb in ["POST", "GET"] {
        for (head, body) in HEADS.iter().flat_map(|head| BODIES.iter().map(move |body| (head, body))) {
            pairs += 1;
            let hidden = format!("GET /api/agents/hidden HTTP/1.1\r\nHost: h\r\nX-Request-Id: hidden-{pairs}\r\nX: ");
            let head = head.replace("{long}", &(body.len() + hidden.len()).to_string());
            let shown = format!("X-Request-Id: shown-{pairs}");
            // The connection to the server is kept and used by whoever comes next.
            let bytes = format!("{verb} /api/messages HTTP/1.1\r\nHost: h\r\n{shown}\r\n{head}\r\n\r\n{body}{hidden}");
            let mut stream = TcpStream::connect(("127.0.0.1", nginx.port)).unwrap();
            stream.set_read_timeout(Some(Duration::from_millis(20))).unwrap();
            let _ = stream.write_all(bytes.as_bytes());
            let _ = stream.read(&mut [0; 4096]);
            drop(stream);
            let id = format!("innocent-{pairs}");
            let answer = ask(&id);
            assert!(own(&answer, &id), "after {bytes:?} another client got {answer:?}");
        }
    }
    server.stop();
    drop(nginx);
    // A hidden request that nginx saw is one that it passed on as such; one that only the server saw was smuggled.
    let (seen_here, seen_there) =
        (std::fs::read_to_string(&log).unwrap(), std::fs::read_to_string(folder.path().join("access.log")).unwrap());
    assert!(seen_here.matches("innocent-").count() >= pairs, "the log says who asked");
    let there: std::collections::HashSet<&str> = seen_there.lines().collect();
    for pair in 1..=pairs {
        let hidden = format!("hidden-{pair}");
        let here = seen_here.contains(&format!("\"{hidden}\"")) || seen_here.contains(&format!("={hidden} "));
        assert!(!here || there.contains(hidden.as_str()), "{hidden} was smuggled past nginx");
    }
    eprintln!("{pairs} pairs");
}
