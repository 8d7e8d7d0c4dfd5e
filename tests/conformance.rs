//! The whole suite against the reference service, with cucumber's own output and closing summary.
//!
//! A failed scenario of a requirement that only SHOULD hold is among cucumber's failures, and a warning in the report
//! below them; it does not fail the test.

use std::{
    io::{self, Write as _},
    process::ExitCode,
};

use rehearsal::{
    cli::check::{Options, Show, Subject, examine},
    conformance::report::terminal,
};

#[tokio::main]
async fn main() -> ExitCode {
    let mut options = Options::new(Subject::Embedded);
    options.show = Show::Cucumber;
    let (text, code) = match examine(options).await {
        Ok(report) => {
            let mut text = String::from("\n");
            terminal::write(&report, &mut text).expect("a string takes the report");
            (text, report.exit_code())
        }
        Err(error) => (format!("{error}\n"), error.exit_code()),
    };
    io::stdout().write_all(text.as_bytes()).expect("standard output takes the report");
    ExitCode::from(code)
}
