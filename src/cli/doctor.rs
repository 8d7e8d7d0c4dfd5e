//! `rehearsal doctor`: looks at a target before a check, and says what to change.

use std::io::Write as _;

use clap::Args;

use super::{
    check::{SetUpError, prepared},
    failure::Failure,
    target::{TargetArgs, TargetError},
};
use crate::{conformance::preflight, exit_codes};

/// See whether a target is ready for `check`: what answers, what does not, and what to change
#[derive(Args, Debug)]
pub(crate) struct Doctor {
    #[command(flatten)]
    target: TargetArgs,
}

impl Doctor {
    pub(crate) async fn run(self) -> Result<u8, Failure> {
        let declared = self.target.declared()?.ok_or(TargetError::NoTarget)?;
        let setting = prepared(declared.subject).await?;
        let found = preflight(setting.surroundings(), setting.target()).await.map_err(SetUpError::Check);
        setting.stop().await?;
        let mut troubles = 0;
        let mut text = String::new();
        for finding in found? {
            match finding.trouble {
                None => text.push_str(&format!("ok       {}\n", finding.subject)),
                Some(trouble) => {
                    troubles += 1;
                    text.push_str(&format!("trouble  {}: {trouble}\n", finding.subject));
                }
            }
        }
        let mut out = anstream::stdout().lock();
        out.write_all(text.as_bytes()).and_then(|()| out.flush()).map_err(Failure::Output)?;
        Ok(if troubles == 0 { exit_codes::SUCCESS } else { exit_codes::NOT_CONFORMANT })
    }
}
