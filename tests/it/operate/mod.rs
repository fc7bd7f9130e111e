//! What a self-hoster does: start, look, change, copy, watch.

mod backups;
mod deploy;
mod doctor;
mod logs;
mod metrics;
mod setup;

use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

/// A command of the binary in a folder, with nothing in the environment that is a setting.
pub fn aiins(folder: &Path, words: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_aiins")).args(words).current_dir(folder).output().unwrap()
}

/// What a command says on standard output.
pub fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// What a command complains of.
pub fn complained(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// What a command says as JSON.
#[track_caller]
pub fn json_of(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {output:?}"))
}

/// Sends a signal, by its name.
pub fn signal(name: &str, process: u32) {
    assert!(Command::new("kill").args(["-s", name, &process.to_string()]).status().unwrap().success());
}
