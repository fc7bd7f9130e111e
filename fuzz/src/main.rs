//! One program with all fuzz targets, so that it is built once: `AIINS_FUZZ_TARGET` says which one runs.
#![no_main]

mod targets;

use std::sync::OnceLock;

use libfuzzer_sys::fuzz_target;

use self::targets::{Door, TARGETS};

type Run = Box<dyn Fn(&[u8]) + Send + Sync>;

static CHOSEN: OnceLock<Run> = OnceLock::new();

fn chosen() -> Run {
    let name = std::env::var("AIINS_FUZZ_TARGET").unwrap_or_default();
    if name == "door" {
        // Whoever runs it throws the folder away.
        let folder = std::env::temp_dir().join(format!("aiins-door-{}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("there is a folder for a file");
        let door = Door::open(&folder);
        return Box::new(move |data| door.request(data));
    }
    let found = TARGETS.iter().find(|(target, _)| *target == name);
    let (_, target) = found.unwrap_or_else(|| panic!("AIINS_FUZZ_TARGET names no target: {name:?}"));
    Box::new(target)
}

fuzz_target!(|data: &[u8]| {
    CHOSEN.get_or_init(chosen)(data);
});
