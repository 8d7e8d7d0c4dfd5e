//! The `rehearsal` command.

use std::process::ExitCode;

fn main() -> ExitCode {
    rehearsal::cli::run()
}
