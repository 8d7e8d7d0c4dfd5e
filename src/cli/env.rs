//! `rehearsal env`

use std::io::Write;

use clap::Args;

use crate::{
    cli::{
        environment::{self, Shell},
        failure::Failure,
        settings::Whereabouts,
    },
    exit_codes,
};

/// Print the environment in which the vendors' own hosts lead to a running `serve`
#[derive(Args, Debug)]
pub(crate) struct Env {
    /// How the variables are written
    #[arg(long, value_enum, default_value = "sh")]
    shell: Shell,
    #[command(flatten)]
    whereabouts: Whereabouts,
}

impl Env {
    pub(crate) async fn run(self) -> Result<u8, Failure> {
        let (url, token) = self.whereabouts.call("/v1/environment");
        let text = environment::ask(url, token.as_ref()).await?.written(self.shell);
        let mut out = anstream::stdout().lock();
        out.write_all(text.as_bytes()).and_then(|()| out.flush()).map_err(Failure::Output)?;
        Ok(exit_codes::SUCCESS)
    }
}
