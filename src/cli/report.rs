//! `rehearsal report`: what several runs say together, and what changed from one to the next.

use std::{
    io::{self, Write as _},
    path::PathBuf,
};

use clap::{Args, Subcommand};

use super::{
    failure::Failure,
    report_file::{self, ReportFile},
};
use crate::{
    conformance::report::{changes, merge, terminal},
    exit_codes,
};

/// Join the JSON reports of several runs, or compare two
#[derive(Args, Debug)]
pub(crate) struct ReportCommand {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Join the reports of shards, and end as the whole run would have
    Merge {
        /// JSON reports
        #[arg(required = true, value_name = "FILE")]
        files: Vec<PathBuf>,
        /// Write the whole: html=FILE, junit=FILE, json=FILE or markdown=FILE; may be given several times
        #[arg(long = "report", value_name = "FORMAT=FILE")]
        reports: Vec<ReportFile>,
    },
    /// Say what changed from one report to the next; ends with 1 if something fails that did not
    Diff {
        /// The JSON report of the earlier run
        old: PathBuf,
        /// The JSON report of the later run
        new: PathBuf,
    },
}

impl ReportCommand {
    pub(crate) fn run(self) -> Result<u8, Failure> {
        match self.command {
            Command::Merge { files, reports } => {
                let parts =
                    files.iter().map(|path| report_file::read(path)).collect::<Result<Vec<_>, _>>()?;
                let whole = merge(parts)?;
                report_file::write_all(&reports, &whole)?;
                let mut text = String::new();
                let told = terminal::summary(&whole, &mut text);
                told.map_err(|error| Failure::Output(io::Error::other(error)))?;
                print(&text)?;
                Ok(whole.exit_code())
            }
            Command::Diff { old, new } => {
                let changes = changes(&report_file::read(&old)?, &report_file::read(&new)?);
                print(&changes.to_string())?;
                Ok(if changes.is_worse() { exit_codes::NOT_CONFORMANT } else { exit_codes::SUCCESS })
            }
        }
    }
}

fn print(text: &str) -> Result<(), Failure> {
    let mut out = anstream::stdout().lock();
    out.write_all(text.as_bytes()).and_then(|()| out.flush()).map_err(Failure::Output)
}
