//! How a scenario is called for good: by its area and its `@id:` tag, whatever its title says and wherever it stands.
//!
//! `reauthenticate/patch-by-token#box` is the row `box` of the outline that is tagged `@id:patch-by-token` in
//! `features/reauthenticate/`. A row that its connector does not tell apart has a column `case`, as in
//! `errors/provider-refuses#box:404`.

use std::{fmt, str::FromStr};

use cucumber::gherkin::{Feature, Scenario};
use serde::{Deserialize, Serialize};

/// The tag that gives a scenario its id.
pub(crate) const TAG: &str = "id:";

/// The id of a scenario.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ScenarioId(String);

impl ScenarioId {
    /// The id of an expanded scenario. Without a tag the title stands in for it, which will do for scenarios of one's
    /// own.
    pub(crate) fn of(area: &str, feature: &Feature, scenario: &Scenario) -> Self {
        let tagged = scenario.tags.iter().find_map(|tag| tag.strip_prefix(TAG));
        let name = tagged.map_or_else(|| slug(&format!("{} {}", feature.name, scenario.name)), str::to_owned);
        let row: Vec<String> =
            ["connector", "case"].iter().filter_map(|column| example(scenario, column)).map(slug).collect();
        let row = row.join(":");
        Self(if row.is_empty() { format!("{area}/{name}") } else { format!("{area}/{name}#{row}") })
    }

    /// The id as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ScenarioId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A scenario by its id, or several by the beginning of theirs, as in `reauthenticate/*`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdPattern(String);

/// A text that can be no id of a scenario.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "{0:?} is no id of a scenario; write one such as \"reauthenticate/patch-by-token#box\", or its beginning and a * \
     (`rehearsal list scenarios` prints all)"
)]
pub struct NotAScenarioId(String);

impl IdPattern {
    /// Whether `id` is meant.
    #[must_use]
    pub fn matches(&self, id: &ScenarioId) -> bool {
        match self.0.strip_suffix('*') {
            Some(beginning) => id.0.starts_with(beginning),
            None => id.0 == self.0,
        }
    }
}

impl FromStr for IdPattern {
    type Err = NotAScenarioId;

    fn from_str(text: &str) -> Result<Self, NotAScenarioId> {
        let odd = |c: char| c.is_whitespace() || c == '@';
        let well_formed =
            text.contains('/') && !text.contains(odd) && !text.trim_end_matches('*').contains('*');
        if well_formed { Ok(Self(text.to_owned())) } else { Err(NotAScenarioId(text.to_owned())) }
    }
}

impl fmt::Display for IdPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The value of a column in an expanded scenario's row of examples.
pub(crate) fn example<'s>(scenario: &'s Scenario, column: &str) -> Option<&'s str> {
    let rows = &scenario.examples.first()?.table.as_ref()?.rows;
    let at = rows.first()?.iter().position(|name| name == column)?;
    Some(rows.get(1)?.get(at)?.as_str())
}

/// Lower case, with hyphens for everything that is no letter or digit.
pub(crate) fn slug(text: &str) -> String {
    let words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.map(str::to_lowercase).collect::<Vec<_>>().join("-")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_is_an_id_or_the_beginning_of_one() {
        let id = ScenarioId("reauthenticate/patch-by-token#box".to_owned());
        for (pattern, matches) in [
            ("reauthenticate/patch-by-token#box", true),
            ("reauthenticate/*", true),
            ("reauthenticate/patch-by-token#*", true),
            ("reauthenticate/patch-by-token", false),
            ("revoke/*", false),
        ] {
            assert_eq!(pattern.parse::<IdPattern>().unwrap().matches(&id), matches, "{pattern}");
        }
        for text in ["", "patch-by-token", "a/ b", "a/*b", "@id:a/b"] {
            assert!(text.parse::<IdPattern>().is_err(), "{text}");
        }
    }

    #[test]
    fn a_slug_is_words_and_hyphens() {
        assert_eq!(slug("No blank, after a comma!"), "no-blank-after-a-comma");
    }
}
