//! What a run is asked to prove.

use std::str::FromStr;

use cucumber::gherkin::tagexpr::TagOperation;

use super::connector::{self, Connector};

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

/// The scenarios to run: those of the connectors whose tags fit.
#[derive(Clone, Debug)]
pub struct Selection {
    /// The connectors. Scenarios about the service itself run when all are chosen.
    pub connectors: Vec<&'static Connector>,
    /// The tags; all scenarios if none are given.
    pub tags: Option<TagExpression>,
}

impl Default for Selection {
    fn default() -> Self {
        Self { connectors: connector::ALL.iter().collect(), tags: None }
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
}
