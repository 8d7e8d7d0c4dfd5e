//! `rehearsal clean`: deletes what an interrupted run left on a target.

use std::io::Write as _;

use clap::Args;

use super::{check::SetUpError, failure::Failure, target::TargetArgs};
use crate::{conformance::remove_leftovers, exit_codes};

/// Delete the instances that an interrupted run left on the target
///
/// They are known by the tag "rehearsal", or by a name that begins with "Rehearsal".
#[derive(Args, Debug)]
pub(crate) struct Clean {
    #[command(flatten)]
    target: TargetArgs,
}

impl Clean {
    pub(crate) async fn run(self) -> Result<u8, Failure> {
        let target = self.target.running()?;
        let removed = remove_leftovers(&target).await.map_err(SetUpError::Check)?;
        let mut text = format!("{} deleted\n", removed.deleted);
        removed.left.iter().for_each(|path| text.push_str(&format!("left behind on the target: {path}\n")));
        let mut out = anstream::stdout().lock();
        out.write_all(text.as_bytes()).and_then(|()| out.flush()).map_err(Failure::Output)?;
        Ok(if removed.left.is_empty() { exit_codes::SUCCESS } else { exit_codes::NOT_CONFORMANT })
    }
}
