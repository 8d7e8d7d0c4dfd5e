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

#[cfg(test)]
mod tests {
    use cucumber::World as _;

    use crate::conformance::{features, world::World};

    #[test]
    fn every_step_of_every_feature_has_one_definition() {
        let vocabulary = World::collection();
        for feature in features::all().unwrap() {
            for step in feature.scenarios.iter().flat_map(|scenario| &scenario.steps) {
                let found = vocabulary.find(step);
                assert!(matches!(found, Ok(Some(_))), "{:?}: {step} has {found:?}", feature.path);
            }
        }
    }
}
