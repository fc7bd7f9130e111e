//! The README: its lines run as they are written, and get the answers it shows.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use serde_json::Value;

const README: &str = include_str!("../../README.md");

/// A server of the demo, ended with the test.
struct Demo {
    child: Child,
    url: String,
    scout: String,
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
        let scout = lines.find_map(|line| line.trim().strip_prefix("scout").map(|key| key.trim().to_owned())).unwrap();
        Demo { child, url, scout }
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

#[test]
fn the_first_day_of_the_readme_runs_as_written() {
    let folder = tempfile::tempdir().unwrap();
    let demo = Demo::start(&folder);
    let mut variables = vec![("AIINS".to_owned(), demo.url.clone()), ("SCOUT".to_owned(), demo.scout.clone())];
    let mut answer = Value::Null;
    let mut commands = 0;
    let blocks = README.split("```console\n").skip(1).map(|rest| rest.split("```").next().unwrap());
    let mut lines = blocks.flat_map(str::lines).peekable();
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
    assert!(commands > 15, "only {commands} commands");
}

#[test]
fn the_commands_of_the_readme_are_there() {
    let help = Command::new(env!("CARGO_BIN_EXE_aiins")).arg("--help").output().unwrap();
    let help = String::from_utf8(help.stdout).unwrap();
    let blocks = README.split("```sh\n").skip(1).map(|rest| rest.split("```").next().unwrap());
    let commands: Vec<&str> = blocks.flat_map(str::lines).filter(|line| line.starts_with("aiins ")).collect();
    assert!(commands.len() > 10, "only {} commands", commands.len());
    for line in commands {
        let command = line.split_whitespace().nth(1).unwrap();
        assert!(help.contains(&format!("  {command}")), "{line}");
    }
}
