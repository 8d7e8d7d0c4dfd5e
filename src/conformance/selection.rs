//! What a run is asked to prove.

use std::{fmt, str::FromStr};

use cucumber::gherkin::tagexpr::TagOperation;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use super::{
    connector::{self, Connector},
    scenario_id::IdPattern,
};

/// A tag expression of Cucumber, such as `@core and not @INST-501`.
#[derive(Clone, Debug)]
pub struct TagExpression(pub(crate) TagOperation);

/// A text that is no tag expression.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no tag expression; write one such as \"@core and not @INST-501\"")]
pub struct NotATagExpression(String);

impl FromStr for TagExpression {
    type Err = NotATagExpression;

    fn from_str(text: &str) -> Result<Self, NotATagExpression> {
        text.parse().map(Self).map_err(|_| NotATagExpression(text.to_owned()))
    }
}

/// One of several parts of the scenarios, so that several machines share the work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shard {
    part: usize,
    of: usize,
}

/// A text that is no shard.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no shard; write which of how many, such as 1/3")]
pub struct NotAShard(String);

impl Shard {
    /// How many there are.
    pub(crate) fn of(self) -> usize {
        self.of
    }

    /// Every one of as many.
    pub(crate) fn all(of: usize) -> impl Iterator<Item = Self> {
        (1..=of).map(move |part| Self { part, of })
    }

    /// Whether it takes the scenario that stands at this place.
    pub(crate) fn takes(self, at: usize) -> bool {
        at % self.of == self.part - 1
    }
}

impl fmt::Display for Shard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.part, self.of)
    }
}

impl Serialize for Shard {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Shard {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

impl FromStr for Shard {
    type Err = NotAShard;

    fn from_str(text: &str) -> Result<Self, NotAShard> {
        let numbers =
            text.split_once('/').and_then(|(part, of)| Some((part.parse().ok()?, of.parse().ok()?)));
        match numbers {
            Some((part, of)) if (1..=of).contains(&part) => Ok(Self { part, of }),
            _ => Err(NotAShard(text.to_owned())),
        }
    }
}

/// The scenarios to run: those of the connectors whose tags fit.
#[derive(Clone, Debug)]
pub struct Selection {
    /// The connectors. Scenarios about the service itself run when all are chosen.
    pub connectors: Vec<&'static Connector>,
    /// The tags; all scenarios if none are given.
    pub tags: Option<TagExpression>,
    /// The ids; all scenarios if none are given.
    pub ids: Vec<IdPattern>,
    /// A part of what the others leave.
    pub shard: Option<Shard>,
}

impl Default for Selection {
    fn default() -> Self {
        Self { connectors: connector::ALL.iter().collect(), tags: None, ids: Vec::new(), shard: None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_expression_is_cucumbers() {
        assert!("@core and not @INST-501".parse::<TagExpression>().is_ok());
        assert!("@core and".parse::<TagExpression>().is_err());
    }

    #[test]
    fn shards_share_out_everything_once() {
        let shards: Vec<Shard> = ["1/3", "2/3", "3/3"].iter().map(|text| text.parse().unwrap()).collect();
        for at in 0..10 {
            assert_eq!(shards.iter().filter(|shard| shard.takes(at)).count(), 1);
        }
        for text in ["0/3", "4/3", "1/0", "1", "a/b"] {
            assert!(text.parse::<Shard>().is_err(), "{text}");
        }
    }
}
