//! What lies in deploy/ goes with the program: commands, settings and numbers that it names are there.

use std::path::{Path, PathBuf};

use super::metrics::Exposition;
use super::{aiins, said};
use crate::harness::Server;

fn deploy(name: &str) -> String {
    let path: PathBuf = [env!("CARGO_MANIFEST_DIR"), "deploy", name].iter().collect();
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

#[test]
fn the_units_start_commands_that_are_there() {
    let help = said(&aiins(Path::new("."), &["help"]));
    for (file, begins) in [
        ("aiins.service", "ExecStart=/usr/local/bin/aiins "),
        ("aiins-backup.service", "ExecStart=/usr/local/bin/aiins "),
        ("Dockerfile", "HEALTHCHECK --interval=30s --timeout=6s --start-period=60s --retries=3 CMD [\"/aiins\", \""),
        ("Dockerfile", "CMD [\""),
    ] {
        let text = deploy(file);
        let line =
            text.lines().find_map(|line| line.strip_prefix(begins)).unwrap_or_else(|| panic!("{file}: {begins}"));
        let command = line.split([' ', '"']).next().unwrap();
        assert!(help.lines().any(|line| line.trim_start().starts_with(&format!("{command} "))), "{file}: {command}");
    }
}

#[test]
fn names_in_the_environment_of_the_image_are_settings() {
    use aiins::base::config::Settings;
    let text = deploy("Dockerfile");
    let words = text.split(|c: char| c.is_whitespace()).filter(|word| word.starts_with("AIINS_"));
    let names: Vec<String> = words.map(|word| word.split('=').next().unwrap().to_owned()).collect();
    assert!(names.len() >= 3, "{names:?}");
    assert_eq!(Settings::unknown_names(names.into_iter()), Vec::<String>::new());
}

#[test]
fn alerts_ask_for_numbers_that_are_there() {
    let folder = tempfile::tempdir().unwrap();
    let copies = folder.path().to_string_lossy().into_owned();
    std::fs::write(folder.path().join(aiins::base::backups::name(crate::harness::START)), "").unwrap();
    let server = Server::with(|settings| settings.backup.folder = copies);
    server.agent("ada");
    server.run_jobs();
    let answer = server.anyone().get("/metrics");
    Exposition::of(&answer);
    let text = answer.text();
    let alerts = deploy("aiins-alerts.yml");
    let words = alerts.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_'));
    let names: Vec<&str> = words.filter(|word| word.starts_with("aiins_")).collect();
    assert!(names.len() >= 8, "{names:?}");
    for name in names {
        let is_there = text.lines().any(|line| line.starts_with(&format!("# TYPE {name} ")));
        // An alert's text may name a histogram.
        assert!(is_there, "{name} is not in /metrics");
    }
}

#[test]
fn the_image_is_built_from_everything_the_program_is_built_from() {
    let (image, ignored) = (deploy("Dockerfile"), deploy("../.dockerignore"));
    for name in ["Cargo.toml", "Cargo.lock", "aiins.toml", "askama.toml", "schema.sql", "src", "fixtures", "benches"] {
        let is_copied = image.lines().any(|line| line.starts_with("COPY ") && line.split(' ').any(|word| word == name));
        assert!(is_copied, "{name} is not copied");
        assert!(ignored.lines().any(|line| line == format!("!{name}")), "{name} is left out of the context");
    }
}
