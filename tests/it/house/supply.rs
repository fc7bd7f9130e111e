//! The supply chain: where crates come from, under which licences, and that none is there twice without need.

use std::collections::BTreeMap;
use std::process::Command;

use serde_json::Value;

/// Licences whose terms an MIT or Apache-2.0 program can meet in source and in binary form.
const LICENCES: &[&str] = &[
    "MIT",
    "MIT-0",
    "Apache-2.0",
    "Apache-2.0 WITH LLVM-exception",
    "BSD-1-Clause",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "ISC",
    "Zlib",
    "0BSD",
    "CC0-1.0",
    "Unlicense",
    "BSL-1.0",
    "Unicode-3.0",
    "Unicode-DFS-2016",
    "CDLA-Permissive-2.0",
    "NCSA",
];

/// Whether an expression can be met: one of its alternatives names only licences of the list.
fn is_allowed(expression: &str) -> bool {
    let plain = expression.replace(['(', ')'], " ").replace('/', " OR ");
    let all = |part: &str| part.split(" AND ").all(|licence| LICENCES.contains(&licence.trim()));
    // Brackets around alternatives make "A AND (B OR C)", of which each word has to be known.
    match expression.contains('(') {
        true => plain.replace(" AND ", " OR ").split(" OR ").all(|licence| LICENCES.contains(&licence.trim())),
        false => plain.split(" OR ").any(all),
    }
}

#[test]
fn every_crate_is_from_the_registry_and_under_a_licence_that_can_be_met() {
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
            continue;
        }
        crates.entry(name).or_insert_with(Vec::new).push(package["version"].as_str().unwrap());
        let source = package["source"].as_str().unwrap_or("a folder");
        if !source.starts_with("registry+") {
            problems.push(format!("{name} comes from {source}"));
        }
        match package["license"].as_str() {
            Some(licence) if is_allowed(licence) => {}
            licence => problems.push(format!("{name} is under {licence:?}")),
        }
    }
    assert!(crates.len() > 50, "{} crates", crates.len());
    assert!(problems.is_empty(), "{problems:#?}");
    // What speaks TLS or to SQLite is there once.
    for name in ["rusqlite", "libsqlite3-sys", "rustls", "ring", "ureq"] {
        assert_eq!(crates[name].len(), 1, "{name}: {:?}", crates[name]);
    }
}

#[test]
fn the_test_knows_licences_that_cannot_be_met() {
    for (expression, allowed) in [
        ("MIT OR Apache-2.0", true),
        ("MIT/Apache-2.0", true),
        ("GPL-3.0 OR MIT", true),
        ("(MIT OR Apache-2.0) AND Unicode-3.0", true),
        ("GPL-3.0-only", false),
        ("MIT AND GPL-3.0-only", false),
        ("(MIT OR Apache-2.0) AND GPL-3.0-only", false),
    ] {
        assert_eq!(is_allowed(expression), allowed, "{expression}");
    }
}
