//! `rehearsal ca path`, `rehearsal ca print` and `rehearsal ca export`

use std::{fs, io::Write, path::PathBuf};

use clap::{Args, Subcommand};

use crate::{
    cli::{failure::Failure, trust::AuthorityFolder},
    exit_codes,
};

/// The certificate authority that programs must trust
#[derive(Args, Debug)]
pub(crate) struct Ca {
    #[command(subcommand)]
    action: Action,
    #[command(flatten)]
    folder: AuthorityFolder,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Print where its certificate is; it is made if there is none
    Path,
    /// Print its certificate in PEM
    Print,
    /// Write its certificate in PEM to a file
    Export {
        /// Where to
        file: PathBuf,
    },
}

impl Ca {
    pub(crate) fn run(self) -> Result<u8, Failure> {
        let (path, authority) = self.folder.certificate()?;
        let text = match self.action {
            Action::Path => format!("{}\n", path.display()),
            Action::Print => authority.pem().to_owned(),
            Action::Export { file } => {
                fs::write(&file, authority.pem())
                    .map_err(|source| Failure::Export { path: file.clone(), source })?;
                return Ok(exit_codes::SUCCESS);
            }
        };
        let mut out = anstream::stdout().lock();
        out.write_all(text.as_bytes()).and_then(|()| out.flush()).map_err(Failure::Output)?;
        Ok(exit_codes::SUCCESS)
    }
}
