//! What commands print: sentences for people, or one JSON object for scripts.

use std::io::Write;
use std::process::ExitCode;

use serde::Serialize;
use serde_json::json;

use crate::base::error::{Error, Result};

/// How a command prints.
#[derive(Clone, Copy)]
pub(super) struct Output {
    pub(super) json: bool,
}

impl Output {
    /// Prints an answer: its sentence, or all of it.
    pub(super) fn answer(self, answer: &impl Serialize, sentence: &str) -> Result<ExitCode> {
        if self.json {
            line(&serde_json::to_string(answer).map_err(Error::internal)?);
        } else {
            line(sentence);
        }
        Ok(ExitCode::SUCCESS)
    }

    /// Prints why a command was refused.
    pub(super) fn refuse(self, error: &Error) -> ExitCode {
        if self.json {
            line(
                &json!({"success": false, "error": {"code": error.code().as_str(), "message": error.to_string()}})
                    .to_string(),
            );
        } else {
            let _ = writeln!(std::io::stderr(), "aiins: {error}");
        }
        ExitCode::FAILURE
    }
}

/// Prints a line. Whoever reads may have closed the pipe, which is no failure of ours.
pub(super) fn line(text: &str) {
    let _ = writeln!(std::io::stdout(), "{text}");
}
