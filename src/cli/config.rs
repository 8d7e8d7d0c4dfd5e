//! `rehearsal config check` and `rehearsal config print`

use std::{
    io::Write,
    path::{Path, PathBuf},
};

use clap::{Args, Subcommand};

use crate::{cli::failure::Failure, configuration::Configuration, exit_codes};

/// Where the configuration is if no file is named.
const USUAL: &str = "rehearsal.toml";

/// Check a configuration file, or print what it comes to
#[derive(Args, Debug)]
pub(crate) struct Config {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Say whether `serve --config` would take the file
    Check {
        /// The configuration
        #[arg(default_value = USUAL)]
        file: PathBuf,
    },
    /// Print what the file comes to: what it says, and what goes without saying; secrets are masked
    Print {
        /// The configuration
        #[arg(default_value = USUAL)]
        file: PathBuf,
    },
}

impl Config {
    pub(crate) fn run(self) -> Result<u8, Failure> {
        let text = match self.action {
            Action::Check { file } => {
                format!("{}: {}\n", file.display(), checked(&file)?.summary())
            }
            Action::Print { file } => checked(&file)?.effective().map_err(Failure::Effective)?,
        };
        let mut out = anstream::stdout().lock();
        out.write_all(text.as_bytes()).and_then(|()| out.flush()).map_err(Failure::Output)?;
        Ok(exit_codes::SUCCESS)
    }
}

fn checked(file: &Path) -> Result<Configuration, Failure> {
    let configuration = Configuration::read(file)?;
    configuration.check()?;
    Ok(configuration)
}
