//! Corpus: what fuzzing has found worth keeping, run through the same targets without a fuzzer.

#[path = "../../fuzz/src/targets/mod.rs"]
mod targets;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use self::targets::{Door, TARGETS};

/// Each target's inputs: their name and bytes.
fn inputs(target: &str) -> Vec<(PathBuf, Vec<u8>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus").join(target);
    let files = std::fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let paths = files.map(|file| file.unwrap().path());
    paths.map(|path| (path.clone(), std::fs::read(path).unwrap())).collect()
}

#[track_caller]
fn run(target: &str, deed: impl Fn(&[u8])) {
    let inputs = inputs(target);
    assert!(inputs.len() >= 5, "the corpus of {target} has only {} inputs", inputs.len());
    for (path, bytes) in inputs {
        assert!(catch_unwind(AssertUnwindSafe(|| deed(&bytes))).is_ok(), "{target} fails with {}", path.display());
    }
}

#[test]
fn every_target_holds_for_its_corpus() {
    for (name, target) in TARGETS {
        run(name, target);
    }
}

#[test]
fn no_request_of_the_corpus_is_a_failure_of_ours() {
    let folder = tempfile::tempdir().unwrap();
    let door = Door::open(folder.path());
    run("door", |bytes| door.request(bytes));
}

#[test]
fn what_is_hardly_anything_is_no_failure() {
    for (_, target) in TARGETS {
        for bytes in [&b""[..], b"\0", b"\xff\xff\xff", b"\x80\x85hello"] {
            target(bytes);
        }
    }
}
