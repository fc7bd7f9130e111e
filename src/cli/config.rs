//! `aiins config`: the settings that hold, and where each comes from.

use std::process::ExitCode;

use serde_json::json;

use super::Common;
use crate::base::config::{Origin, Setting};
use crate::base::error::{Error, Result};

pub(super) fn run(common: &Common) -> Result<ExitCode> {
    let settings = common.settings()?;
    let file = common.file_read();
    let text = file.as_ref().map_or(Ok(String::new()), std::fs::read_to_string).map_err(Error::internal)?;
    let names: Vec<String> = std::env::vars().map(|(name, _)| name).collect();
    let all = settings.origins(&text, &names)?;
    let rows: Vec<_> = all
        .iter()
        .map(|setting| {
            json!({"name": setting.name(), "value": setting.value, "origin": word(&setting.origin),
                "from": from(&setting.origin), "isDefault": setting.is_default})
        })
        .collect();
    let source = match &file {
        Some(file) => format!("# {}", file.display()),
        None => common.spell("# There is no settings file; `aiins init` writes one"),
    };
    common
        .output()
        .answer(&json!({"success": true, "file": file, "settings": rows}), &format!("{source}\n{}", toml(&all)))
}

/// The settings as a file could say them, with their origins behind them.
fn toml(settings: &[Setting]) -> String {
    let mut lines = Vec::new();
    let mut section = "";
    for setting in settings {
        if setting.section != section {
            section = &setting.section;
            lines.push(format!("\n[{section}]"));
        }
        let said = format!("{} = {}", setting.key, setting.value);
        let from = match &setting.origin {
            Origin::Default => String::new(),
            // After `aiins init` the file says everything, and few of it is somebody's choice.
            Origin::File if setting.is_default => "  # file (default)".to_owned(),
            origin => format!("  # {}", from(origin).unwrap_or_else(|| word(origin).to_owned())),
        };
        lines.push(format!("{said:<44}{from}").trim_end().to_owned());
    }
    lines.join("\n")
}

fn word(origin: &Origin) -> &'static str {
    match origin {
        Origin::Default => "default",
        Origin::File => "file",
        Origin::Environment(_) => "environment",
        Origin::CommandLine => "command line",
    }
}

/// The name in the environment, where there is one.
fn from(origin: &Origin) -> Option<String> {
    match origin {
        Origin::Environment(name) => Some(name.clone()),
        Origin::Default | Origin::File | Origin::CommandLine => None,
    }
}
