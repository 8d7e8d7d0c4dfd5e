//! Options for what outlives a run of `serve`: a data file, its key, and the caller's secrets.

use std::path::PathBuf;

use base64::{Engine, prelude::BASE64_STANDARD};
use clap::Args;

use crate::{
    Mint, Secret,
    cli::failure::Failure,
    instances::{Caller, Settings},
    mint,
};

/// What is kept from one start to the next.
#[derive(Args, Clone, Debug, Default)]
pub(crate) struct Kept {
    /// Keep instances, definitions and callers in this file; without it they end with the process
    #[arg(long, value_name = "FILE", conflicts_with = "seed")]
    data: Option<PathBuf>,
    /// The key that seals credentials in the data file; FILE.key beside it, and made, if nothing is said
    #[arg(long, value_name = "FILE", requires = "data")]
    key_file: Option<PathBuf>,
    /// The caller's User secret, instead of one that is made up
    #[arg(long, value_name = "SECRET", env = "REHEARSAL_USER_SECRET", hide_env_values = true, value_parser = secret)]
    user_secret: Option<Secret>,
    /// The caller's Organization secret, instead of one that is made up
    #[arg(long, value_name = "SECRET", env = "REHEARSAL_ORGANIZATION_SECRET", hide_env_values = true, value_parser = secret)]
    organization_secret: Option<Secret>,
}

#[expect(clippy::unnecessary_wraps, reason = "the shape of a parser of options")]
fn secret(text: &str) -> Result<Secret, std::convert::Infallible> {
    Ok(Secret::from(text))
}

impl Kept {
    /// Opens the data file and adds the caller. Without secrets of its own, a data file that knows callers needs none.
    pub(crate) fn apply(self, settings: &mut Settings, mint: &Mint) -> Result<Option<Caller>, Failure> {
        if let Some(data) = &self.data {
            let beside = || {
                let mut name = data.clone().into_os_string();
                name.push(".key");
                name.into()
            };
            let key = self.key_file.unwrap_or_else(beside);
            settings.keep_in(data, &key).map_err(|error| Failure::Service(error.into()))?;
        }
        let given = self.user_secret.is_some() || self.organization_secret.is_some();
        let kept = settings.has_kept_callers().map_err(|error| Failure::Service(error.into()))?;
        if kept && !given {
            return Ok(None);
        }
        // 32 bytes in base64 and 32 hexadecimal digits: the sizes seen at the real service.
        let user = || BASE64_STANDARD.encode(mint.text(mint::ALPHANUMERIC, 32)).into();
        let organization = || mint.text(mint::HEX, 32).into();
        let caller = Caller::new(
            self.user_secret.unwrap_or_else(user),
            self.organization_secret.unwrap_or_else(organization),
        );
        settings.callers.push(caller.clone());
        Ok(Some(caller))
    }
}
