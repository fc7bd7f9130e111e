//! `/metrics`: who may read it, that it counts what happens, and that its text is what Prometheus takes.

use std::collections::{BTreeMap, BTreeSet};

use aiins::base::clock::SECOND;
use serde_json::json;

use crate::harness::{Answer, Server};

type Labels = BTreeMap<String, String>;

/// The text, read as strictly as the format is: families in one piece, each sample once, histograms that add up.
#[derive(Debug, Default)]
pub struct Exposition {
    kinds: BTreeMap<String, String>,
    samples: BTreeMap<(String, Labels), f64>,
}

impl Exposition {
    #[track_caller]
    pub fn of(answer: &Answer) -> Exposition {
        assert_eq!(answer.status, 200, "{}", answer.text());
        assert_eq!(answer.header("content-type"), Some("text/plain; version=0.0.4; charset=utf-8"));
        Exposition::read(&answer.text())
    }

    #[track_caller]
    pub fn read(text: &str) -> Exposition {
        assert!(text.ends_with('\n'), "the last line ends");
        let mut all = Exposition::default();
        let mut family = String::new();
        for line in text.lines() {
            if let Some(help) = line.strip_prefix("# HELP ") {
                family = help.split(' ').next().unwrap().to_owned();
                assert!(!all.kinds.contains_key(&family), "{family} comes in two pieces");
            } else if let Some(kind) = line.strip_prefix("# TYPE ") {
                let (name, kind) = kind.split_once(' ').unwrap();
                assert_eq!(name, family, "a type follows its help");
                assert!(["counter", "gauge", "histogram"].contains(&kind), "{line}");
                assert!(kind != "counter" || name.ends_with("_total"), "{name}: counters end in _total");
                all.kinds.insert(family.clone(), kind.to_owned());
            } else {
                all.sample(&family, line);
            }
        }
        all.check_histograms();
        all
    }

    #[track_caller]
    fn sample(&mut self, family: &str, line: &str) {
        let end = line.find(['{', ' ']).unwrap();
        let (name, rest) = line.split_at(end);
        let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == ':';
        assert!(name.chars().all(is_name) && !name.starts_with(|c: char| c.is_ascii_digit()), "{line}");
        let suffixes: &[&str] = if self.kinds[family] == "histogram" { &["_bucket", "_sum", "_count"] } else { &[""] };
        assert!(suffixes.iter().any(|suffix| name == format!("{family}{suffix}")), "{line} is not of {family}");
        let mut labels = Labels::new();
        let value = match rest.strip_prefix('{') {
            None => rest,
            Some(inside) => {
                let mut inside = inside;
                loop {
                    let (name, after) = inside.split_once("=\"").unwrap();
                    assert!(name.chars().all(is_name) && !name.starts_with("__"), "{line}");
                    let (value, after) = until_quote(after);
                    assert!(labels.insert(name.to_owned(), value).is_none(), "{line}: a label twice");
                    match after.strip_prefix(',') {
                        Some(more) => inside = more,
                        None => break after.strip_prefix('}').unwrap(),
                    }
                }
            }
        };
        let value: f64 = value.strip_prefix(' ').unwrap().parse().unwrap_or_else(|_| panic!("{line}"));
        assert!(self.samples.insert((name.to_owned(), labels), value).is_none(), "{line} comes twice");
    }

    /// Buckets grow, the last one is infinite, and it is the count.
    #[track_caller]
    fn check_histograms(&self) {
        for (family, _) in self.kinds.iter().filter(|(_, kind)| *kind == "histogram") {
            let mut rows: BTreeMap<Labels, Vec<(f64, f64)>> = BTreeMap::new();
            for ((name, labels), value) in &self.samples {
                if *name == format!("{family}_bucket") {
                    let mut labels = labels.clone();
                    let bound = labels.remove("le").expect("a bucket has a bound");
                    rows.entry(labels).or_default().push((bound.parse().unwrap(), *value));
                }
            }
            for (labels, mut buckets) in rows {
                buckets.sort_by(|a, b| a.0.total_cmp(&b.0));
                assert!(buckets.windows(2).all(|pair| pair[0].1 <= pair[1].1), "{family} {labels:?}: {buckets:?}");
                let last = buckets.last().unwrap();
                assert!(last.0.is_infinite());
                assert_eq!(self.samples[&(format!("{family}_count"), labels.clone())], last.1, "{family} {labels:?}");
                assert!(self.samples.contains_key(&(format!("{family}_sum"), labels)));
            }
        }
    }

    /// A number, by its name and labels.
    #[track_caller]
    pub fn number(&self, name: &str, labels: &[(&str, &str)]) -> f64 {
        let labels: Labels = labels.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let found = self.samples.get(&(name.to_owned(), labels.clone()));
        *found.unwrap_or_else(|| panic!("there is no {name} {labels:?}"))
    }

    /// What a label says in all samples of a name.
    fn values_of(&self, name: &str, label: &str) -> BTreeSet<String> {
        self.samples.keys().filter(|(found, _)| found == name).map(|(_, labels)| labels[label].clone()).collect()
    }
}

fn until_quote(text: &str) -> (String, &str) {
    let (mut value, mut characters) = (String::new(), text.char_indices());
    while let Some((at, character)) = characters.next() {
        match character {
            '"' => return (value, &text[at + 1..]),
            '\\' => match characters.next().unwrap().1 {
                'n' => value.push('\n'),
                other @ ('\\' | '"') => value.push(other),
                other => panic!("\\{other} is no escape"),
            },
            other => value.push(other),
        }
    }
    panic!("a label without an end")
}

#[test]
fn every_number_counts_what_it_says() {
    let server = Server::start();
    let ada = server.verified("ada");
    let note = ada.publish("First");
    for _ in 0..3 {
        server.anyone().get(&format!("/api/notes/{note}")).expect(200);
    }
    server.anyone().get("/api/notes/none").refused(404, "not_found");
    server.anyone().get("/no/such/path");
    server.raw(b"GET / HTTP/2.0\r\n\r\n");
    let all = Exposition::of(&server.anyone().get("/metrics"));

    let reads = |class| [("method", "GET"), ("route", "/api/notes/:id"), ("status", class)];
    assert_eq!(all.number("aiins_http_requests_total", &reads("2xx")), 3.0);
    assert_eq!(all.number("aiins_http_requests_total", &reads("4xx")), 1.0);
    let times = [("method", "GET"), ("route", "/api/notes/:id")];
    assert_eq!(all.number("aiins_http_request_seconds_count", &times), 4.0);
    for (method, route) in [("", "unmatched"), ("", "refused")] {
        let labels = [("method", method), ("route", route), ("status", if route == "refused" { "5xx" } else { "4xx" })];
        assert_eq!(all.number("aiins_http_requests_total", &labels), 1.0, "{route}");
    }
    assert!(all.number("aiins_http_connections", &[]) >= 1.0);
    assert!(all.number("aiins_writer_commit_seconds_count", &[]) >= 3.0);
    assert_eq!(all.number("aiins_writer_waiting", &[]), 0.0);
    assert_eq!(all.number("aiins_writer_commit_failures_total", &[]), 0.0);
    assert_eq!(all.number("aiins_readers", &[("state", "busy")]), 0.0);
    assert!(all.number("aiins_readers", &[("state", "idle")]) >= 1.0);
    assert_eq!(all.number("aiins_ledger_imbalance", &[]), 0.0);
    assert_eq!(all.number("aiins_database_damaged", &[]), 0.0);
    assert!(all.number("aiins_database_bytes", &[]) > 0.0);
    assert!(all.number("process_resident_memory_bytes", &[]) > 1e6);
    assert!(all.number("process_threads", &[]) >= 2.0);
    let job = [("job", "review pending notes")];
    assert_eq!(all.number("aiins_job_last_run_timestamp_seconds", &job), crate::harness::START.0 as f64 / 1000.0);
    assert_eq!(all.number("aiins_job_failures_total", &job), 0.0);
    assert_eq!(all.number("aiins_build_info", &[("version", env!("CARGO_PKG_VERSION")), ("schema", "2")]), 1.0);
}

#[test]
fn what_costs_a_walk_is_counted_anew_after_a_while_only() {
    let folder = tempfile::tempdir().unwrap();
    let copies = folder.path().to_string_lossy().into_owned();
    let server = Server::with(|settings| {
        settings.review.mode = aiins::base::config::ReviewMode::Manual;
        settings.backup.folder = copies;
    });
    let ada = server.verified("ada");
    let metrics = || Exposition::of(&server.anyone().get("/metrics"));
    assert_eq!(metrics().number("aiins_review_waiting", &[]), 0.0);
    ada.submit("Waits");
    let copy = folder.path().join(aiins::base::backups::name(crate::harness::START));
    std::fs::write(copy, "").unwrap();
    assert_eq!(metrics().number("aiins_review_waiting", &[]), 0.0, "kept for a while");
    server.advance(20 * SECOND);
    let all = metrics();
    assert_eq!(all.number("aiins_review_waiting", &[]), 1.0);
    assert_eq!(all.number("aiins_review_oldest_seconds", &[]), 20.0);
    let made = crate::harness::START.0 as f64 / 1000.0;
    assert_eq!(all.number("aiins_backup_last_timestamp_seconds", &[]), made);
}

#[test]
fn a_token_that_was_made_up_shows() {
    let server = Server::start();
    server.verified("ada");
    let file = rusqlite::Connection::open(server.app.store().path()).unwrap();
    file.execute_batch("UPDATE accounts SET balance = balance + 5 WHERE kind = 'wallet'").unwrap();
    assert_eq!(Exposition::of(&server.anyone().get("/metrics")).number("aiins_ledger_imbalance", &[]), 5.0);
}

#[test]
fn only_whoever_runs_the_server_reads_it() {
    const TOKEN: &str = "a token for the scraper";
    let server = Server::with(|settings| settings.metrics.token = TOKEN.to_owned());
    let bearer = format!("Bearer {TOKEN}");
    for (name, value, status) in [
        ("accept", "*/*", 200),
        ("x-forwarded-for", "192.0.2.1", 404),
        ("x-real-ip", "192.0.2.1", 404),
        ("forwarded", "for=192.0.2.1", 404),
        ("via", "1.1 proxy", 404),
        ("authorization", bearer.as_str(), 200),
        ("authorization", "Bearer a token for the scrapes", 404),
        ("authorization", "Basic x", 200),
    ] {
        let answer = server.anyone().with(name, value).get("/metrics");
        assert_eq!(answer.status, status, "{name}: {value}: {}", answer.text());
    }
    let read = server.anyone().with("origin", "https://evil.example").get("/metrics");
    assert_eq!(read.header("access-control-allow-origin"), None, "a page that is open here does not read it");
    let elsewhere = server.raw_head("GET /metrics HTTP/1.1");
    assert_eq!(elsewhere.status, 404, "a name from elsewhere that points here");
    let proxied = server.anyone().with("x-forwarded-for", "192.0.2.1");
    assert_eq!(proxied.also("authorization", &bearer).get("/metrics").status, 200);
    assert_eq!(proxied.also("authorization", "Basic x").get("/metrics").status, 404);

    let off = Server::with(|settings| {
        settings.metrics.enabled = false;
        settings.metrics.token = TOKEN.to_owned();
    });
    off.anyone().get("/metrics").refused(404, "not_found");
    off.anyone().with("authorization", &bearer).get("/metrics").refused(404, "not_found");
    let bare = Server::start();
    bare.anyone().with("x-api-key", "").get("/metrics").refused(404, "not_found");
}

#[test]
fn tokens_are_not_guessed_at_any_speed() {
    let server = Server::with(|settings| {
        settings.metrics.token = "a token for the scraper".to_owned();
        settings.limits.enabled = true;
        settings.limits.anonymous = 3;
    });
    let guess = || server.anyone().with("authorization", "Bearer wrong").get("/metrics").status;
    assert_eq!([guess(), guess(), guess(), guess()], [404, 404, 404, 429]);
    assert_eq!(server.anyone().get("/metrics").status, 200, "who may read it is not held up");
}

#[test]
fn no_path_makes_a_number_of_its_own() {
    let server = Server::start();
    let ada = server.verified("ada");
    for number in 0..200 {
        server.anyone().get(&format!("/nothing/{number}"));
        server.anyone().get(&format!("/api/agents/nobody-{number}"));
        ada.call("OPTIONS", &format!("/api/notes/{number}"), b"");
    }
    let all = Exposition::of(&server.anyone().get("/metrics"));
    let known: BTreeSet<String> = server.app.router().routes().iter().map(|route| route.path.to_owned()).collect();
    let unknown: Vec<String> = all
        .values_of("aiins_http_requests_total", "route")
        .into_iter()
        .filter(|route| !known.contains(route) && !["unmatched", "refused"].contains(&route.as_str()))
        .collect();
    assert!(unknown.is_empty(), "{unknown:?}");
    let lookups = [("method", "GET"), ("route", "/api/agents/:handle"), ("status", "4xx")];
    assert_eq!(all.number("aiins_http_requests_total", &lookups), 200.0);
    assert_eq!(ada.post("/api/notes", json!({})).status, 400);
}
