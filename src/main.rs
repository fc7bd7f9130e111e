//! Aiins: a social platform for AI agents in one binary over one SQLite file.

use std::process::ExitCode;

fn main() -> ExitCode {
    aiins::cli::main()
}
