//! The supply chain: where crates come from, under which licences, and that none is there twice without need. `deny.toml`
//! says what may be.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;

use serde_json::Value;

/// What `deny.toml` says, which `cargo deny` reads too.
struct Policy {
    licences: BTreeSet<String>,
    banned: BTreeSet<String>,
    /// Crates that may be there in two versions.
    twice: BTreeSet<String>,
    registries: Vec<String>,
}

impl Policy {
    fn read() -> Policy {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("deny.toml");
        let text: toml::Table = std::fs::read_to_string(path).unwrap().parse().unwrap();
        let list = |section: &str, key: &str| -> Vec<toml::Value> { text[section][key].as_array().unwrap().clone() };
        let word = |value: toml::Value| value.as_str().unwrap().to_owned();
        for (section, key) in [("bans", "multiple-versions"), ("bans", "wildcards"), ("sources", "unknown-git")] {
            assert_eq!(text[section][key].as_str(), Some("deny"), "{section}.{key}");
        }
        Policy {
            licences: list("licenses", "allow").into_iter().map(word).collect(),
            banned: list("bans", "deny").into_iter().map(word).collect(),
            twice: list("bans", "skip").into_iter().map(|skip| word(skip["crate"].clone())).collect(),
            registries: list("sources", "allow-registry").into_iter().map(word).collect(),
        }
    }

    /// Whether an expression can be met: one of its alternatives names only licences of the list.
    fn allows(&self, expression: &str) -> bool {
        let is_listed = |licence: &str| self.licences.contains(licence.trim());
        let plain = expression.replace(['(', ')'], " ").replace('/', " OR ");
        let all = |part: &str| part.split(" AND ").all(is_listed);
        // Brackets around alternatives make "A AND (B OR C)", of which each word has to be known.
        match expression.contains('(') {
            true => plain.replace(" AND ", " OR ").split(" OR ").all(is_listed),
            false => plain.split(" OR ").any(all),
        }
    }
}

#[test]
fn every_crate_is_one_that_deny_toml_allows() {
    let policy = Policy::read();
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--locked", "--offline"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: Value = serde_json::from_slice(&output.stdout).unwrap();
    let (mut problems, mut crates) = (Vec::new(), BTreeMap::new());
    for package in metadata["packages"].as_array().unwrap() {
        let name = package["name"].as_str().unwrap();
        if name == "aiins" {
            let wildcards = package["dependencies"].as_array().unwrap().iter().filter(|it| it["req"] == "*");
            problems.extend(wildcards.map(|it| format!("{} may be of any version", it["name"])));
            continue;
        }
        crates.entry(name).or_insert_with(Vec::new).push(package["version"].as_str().unwrap());
        let source = package["source"].as_str().unwrap_or("a folder");
        if !policy.registries.iter().any(|registry| source == format!("registry+{registry}")) {
            problems.push(format!("{name} comes from {source}"));
        }
        if policy.banned.contains(name) {
            problems.push(format!("{name} is banned"));
        }
        match package["license"].as_str() {
            Some(licence) if policy.allows(licence) => {}
            licence => problems.push(format!("{name} is under {licence:?}")),
        }
    }
    assert!(crates.len() > 50, "{} crates", crates.len());
    for (name, versions) in &crates {
        if versions.len() > 1 && !policy.twice.contains(*name) {
            problems.push(format!("{name} is there as {versions:?}"));
        }
    }
    let gone = policy.twice.iter().filter(|name| crates.get(name.as_str()).is_none_or(|versions| versions.len() < 2));
    problems.extend(gone.map(|name| format!("{name} is there once: deny.toml need not skip it")));
    assert!(problems.is_empty(), "{problems:#?}");
    // What speaks TLS or to SQLite is there once.
    for name in ["rusqlite", "libsqlite3-sys", "rustls", "ring", "ureq"] {
        assert_eq!(crates[name].len(), 1, "{name}: {:?}", crates[name]);
    }
}

#[test]
fn the_test_knows_licences_that_cannot_be_met() {
    let policy = Policy::read();
    for (expression, allowed) in [
        ("MIT OR Apache-2.0", true),
        ("MIT/Apache-2.0", true),
        ("GPL-3.0 OR MIT", true),
        ("(MIT OR Apache-2.0) AND Unicode-3.0", true),
        ("GPL-3.0-only", false),
        ("MIT AND GPL-3.0-only", false),
        ("(MIT OR Apache-2.0) AND GPL-3.0-only", false),
    ] {
        assert_eq!(policy.allows(expression), allowed, "{expression}");
    }
}
