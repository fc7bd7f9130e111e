//! The README and docs/: their lines run as they are written and get the answers that are shown, and what they point to is
//! there.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use serde_json::Value;

/// Every page of documentation there is, with its path from the top.
fn pages() -> Vec<(PathBuf, String)> {
    let top = Path::new(env!("CARGO_MANIFEST_DIR"));
    let docs = std::fs::read_dir(top.join("docs")).unwrap().map(|entry| entry.unwrap().path());
    let others = ["README.md", "CONTRIBUTING.md", "CHANGELOG.md", "sdk/README.md"].map(|name| top.join(name));
    let pages = docs.chain(others).filter(|path| path.extension().is_some_and(|extension| extension == "md"));
    let read = |path: PathBuf| (path.strip_prefix(top).unwrap().to_owned(), std::fs::read_to_string(&path).unwrap());
    pages.map(read).collect()
}

/// The blocks of a page in one language.
fn blocks<'a>(page: &'a str, language: &str) -> impl Iterator<Item = &'a str> {
    let opening = format!("```{language}\n");
    let blocks: Vec<&str> = page.split(&opening).skip(1).map(|rest| rest.split("```").next().unwrap()).collect();
    blocks.into_iter()
}

/// A server of the demo, ended with the test.
struct Demo {
    child: Child,
    url: String,
    scout: String,
    quill: String,
}

impl Demo {
    fn start(folder: &tempfile::TempDir) -> Demo {
        let mut child = Command::new(env!("CARGO_BIN_EXE_aiins"))
            .args(["serve", "--demo", "--listen", "127.0.0.1:0", "--database"])
            .arg(folder.path().join("demo.db"))
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
        let url = lines.find_map(|line| line.strip_prefix("Aiins listening on ").map(str::to_owned)).unwrap();
        let mut key_of =
            |handle| lines.find_map(|line| line.trim().strip_prefix(handle).map(|key| key.trim().to_owned()));
        let (scout, quill) = (key_of("scout").unwrap(), key_of("quill").unwrap());
        Demo { child, url, scout, quill }
    }
}

impl Drop for Demo {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Whether an answer holds all that is expected: `…` stands for anything, names and rows beyond are no matter.
fn holds(expected: &Value, answer: &Value) -> bool {
    match (expected, answer) {
        (Value::Object(expected), Value::Object(answer)) => {
            expected.iter().all(|(name, value)| answer.get(name).is_some_and(|found| holds(value, found)))
        }
        (Value::Array(expected), Value::Array(answer)) => {
            (expected.is_empty() == answer.is_empty())
                && expected.len() <= answer.len()
                && expected.iter().zip(answer).all(|(value, found)| holds(value, found))
        }
        (Value::String(expected), Value::String(answer)) => match expected.strip_suffix('…') {
            Some(beginning) => answer.starts_with(beginning),
            None => expected == answer,
        },
        _ => expected == answer,
    }
}

/// The first text in an answer that opens with a prefix.
fn find(answer: &Value, prefix: &str) -> Option<String> {
    match answer {
        Value::String(text) => text.starts_with(prefix).then(|| text.clone()),
        Value::Array(all) => all.iter().find_map(|value| find(value, prefix)),
        Value::Object(all) => all.values().find_map(|value| find(value, prefix)),
        _ => None,
    }
}

/// Runs the console lines of a page against a demo of its own and answers how many commands there were.
fn run(page: &str) -> usize {
    let folder = tempfile::tempdir().unwrap();
    let demo = Demo::start(&folder);
    let known = [("AIINS", &demo.url), ("SCOUT", &demo.scout), ("QUILL", &demo.quill)];
    run_with(page, known.map(|(name, value)| (name.to_owned(), value.clone())).into())
}

/// As [`run`], against a server that is there, with what the lines take for known.
pub fn run_with(page: &str, mut variables: Vec<(String, String)>) -> usize {
    let mut answer = Value::Null;
    let mut commands = 0;
    let mut lines = blocks(page, "console").flat_map(str::lines).peekable();
    while let Some(line) = lines.next() {
        let command = line.strip_prefix("$ ").unwrap_or_else(|| panic!("no command: {line}"));
        if let Some((name, value)) = command.strip_prefix("export ").and_then(|rest| rest.split_once('=')) {
            if !variables.iter().any(|(known, _)| known == name) {
                let value = find(&answer, value.trim_end_matches('…')).unwrap_or_else(|| panic!("{line}: {answer}"));
                variables.push((name.to_owned(), value));
            }
            continue;
        }
        let output = Command::new("sh").args(["-c", command]).envs(variables.iter().cloned()).output().unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        answer = serde_json::from_str(&text).unwrap_or_else(|_| panic!("{command}\n{text}"));
        let expected: Value = serde_json::from_str(lines.next().unwrap()).unwrap();
        assert!(holds(&expected, &answer), "{command}\nexpected {expected}\nanswered {answer}");
        commands += 1;
    }
    commands
}

#[test]
fn the_console_lines_of_every_page_run_as_written() {
    let mut ran = 0;
    // That page has a server of another kind, and its test beside the others of that server.
    let pages = pages().into_iter().filter(|(path, _)| !path.ends_with("testing.md"));
    for (path, page) in pages.filter(|(_, page)| page.contains("```console\n")) {
        let commands = run(&page);
        assert!(commands > 0, "{} has an empty block", path.display());
        ran += commands;
    }
    assert!(ran > 25, "only {ran} commands");
}

#[test]
fn the_commands_of_every_page_are_there() {
    let help = Command::new(env!("CARGO_BIN_EXE_aiins")).arg("--help").output().unwrap();
    let help = String::from_utf8(help.stdout).unwrap();
    let mut commands = 0;
    for (path, page) in pages() {
        for line in blocks(&page, "sh").flat_map(str::lines).filter(|line| line.starts_with("aiins ")) {
            let command = line.split_whitespace().nth(1).unwrap();
            assert!(help.contains(&format!("  {command} ")), "{}: {line}", path.display());
            commands += 1;
        }
    }
    assert!(commands > 10, "only {commands} commands");
}

#[test]
fn what_every_page_points_to_is_there() {
    let top = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut links = 0;
    for (path, page) in pages() {
        let prose: String = page.split("```").step_by(2).collect();
        for link in prose.split("](").skip(1).filter_map(|rest| rest.split_once(')')).map(|(link, _)| link) {
            let target = link.split('#').next().unwrap();
            if target.is_empty() || target.contains("://") {
                continue;
            }
            let target = top.join(path.parent().unwrap()).join(target);
            assert!(target.exists(), "{} points to {link}, which is not there", path.display());
            links += 1;
        }
    }
    assert!(links > 20, "only {links} links");
}

#[test]
fn the_lines_that_contributing_shows_are_those_of_the_source() {
    let top = Path::new(env!("CARGO_MANIFEST_DIR"));
    let page = std::fs::read_to_string(top.join("CONTRIBUTING.md")).unwrap();
    let shown: Vec<&str> = blocks(&page, "rust").chain(blocks(&page, "sql")).collect();
    assert_eq!(shown.len(), 5, "five steps");
    for block in shown {
        let (path, lines) = block.split_once('\n').unwrap();
        let path = path.trim_start_matches("// ").trim_start_matches("-- ");
        let source = std::fs::read_to_string(top.join(path)).unwrap_or_else(|error| panic!("{path}: {error}"));
        assert!(source.contains(lines.trim_end()), "{path} no longer says\n{lines}");
    }
}
