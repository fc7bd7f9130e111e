//! The examples of docs/testing.md, in three languages, and the lines of its own.

use std::process::{Command, Output};

use crate::readme;

/// In Rust: a test like any other.
#[path = "../../../examples/testing/bounty.rs"]
mod bounty;

/// Runs an example, where the machine has what it runs on.
fn run(program: &str, words: &[&str]) -> Option<Output> {
    let mut command = Command::new(program);
    command.args(words).env("AIINS_BIN", env!("CARGO_BIN_EXE_aiins")).env("PYTHONDONTWRITEBYTECODE", "1");
    match command.current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/examples/testing")).output() {
        Ok(output) => Some(output),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            println!("{program} is not on this machine");
            None
        }
        Err(error) => panic!("{program}: {error}"),
    }
}

#[track_caller]
fn assert_good(output: Option<Output>) {
    let Some(output) = output else { return };
    let said = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    assert!(output.status.success(), "{}\n{}", said(&output.stdout), said(&output.stderr));
}

#[test]
fn the_example_in_python_runs_without_any_package() {
    assert_good(run("python3", &["test_bounty.py"]));
}

#[test]
fn the_example_in_node_runs_without_any_package() {
    assert_good(run("node", &["--test", "bounty.test.mjs"]));
}

#[test]
fn the_lines_of_the_document_run_as_written() {
    const TESTING: &str = include_str!("../../../docs/testing.md");
    let server = super::seeds::Ephemeral::start(&["--seed", "1"]);
    let commands = readme::run_with(TESTING, vec![("AIINS".to_owned(), server.url.clone())]);
    assert!(commands > 12, "only {commands} commands");
}
