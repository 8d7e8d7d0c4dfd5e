//! The vocabulary of the feature files, one file per area. A step calls one verb of the world, or checks one thing.
#![expect(clippy::needless_pass_by_value, reason = "what a step reads from its text is its own")]

mod answering;
mod authenticating;
mod calling;
mod changing;
mod deciding;
mod defining;
mod listing;
mod providing;
mod reauthenticating;
mod revoking;
mod trespassing;
mod using;

use std::{convert::Infallible, str::FromStr};

/// Which of the scenario's users or instances a step speaks of; the first if it does not say.
#[derive(Clone, Copy, Debug)]
struct Which(usize);

impl FromStr for Which {
    type Err = Infallible;

    fn from_str(word: &str) -> Result<Self, Infallible> {
        Ok(Self(usize::from(word.trim() == "second")))
    }
}
