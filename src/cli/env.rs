//! `rehearsal env`

use std::io::Write;

use clap::Args;

use crate::{
    Secret,
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
    /// The token that the control API asks for
    #[arg(long, value_name = "TOKEN", env = "REHEARSAL_CONTROL_TOKEN", hide_env_values = true)]
    control_token: Option<Secret>,
}

impl Env {
    pub(crate) async fn run(self) -> Result<u8, Failure> {
        let url = self.whereabouts.call("/v1/environment");
        let text = environment::ask(url, self.control_token.as_ref()).await?.written(self.shell);
        let mut out = anstream::stdout().lock();
        out.write_all(text.as_bytes()).and_then(|()| out.flush()).map_err(Failure::Output)?;
        Ok(exit_codes::SUCCESS)
    }
}
