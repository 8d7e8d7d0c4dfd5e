//! The requirements that scenarios prove, read from `fixtures/requirements.toml`.

use std::{fmt, str::FromStr, sync::LazyLock};

use serde::{Deserialize, Serialize};

/// The catalogue as it stands in the repository.
const SOURCE: &str = include_str!("../../fixtures/requirements.toml");

/// The id of a requirement, such as `INST-250`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String")]
pub struct RequirementId(String);

impl fmt::Display for RequirementId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A text that is no requirement id.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not the id of a requirement, which looks like INST-250")]
pub struct NotAnId(String);

impl FromStr for RequirementId {
    type Err = NotAnId;

    fn from_str(text: &str) -> Result<Self, NotAnId> {
        Self::try_from(text.to_owned())
    }
}

impl TryFrom<String> for RequirementId {
    type Error = NotAnId;

    fn try_from(text: String) -> Result<Self, NotAnId> {
        let digits = text.strip_prefix("INST-").unwrap_or_default();
        if digits.len() == 3 && digits.bytes().all(|byte| byte.is_ascii_digit()) {
            Ok(Self(text))
        } else {
            Err(NotAnId(text))
        }
    }
}

/// How binding a requirement is; the stricter one is the greater.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Level {
    /// Reported, without consequence.
    May,
    /// A failure is a warning.
    Should,
    /// A failure decides the verdict.
    Must,
}

impl Level {
    /// What a failure is when it decides nothing.
    pub(crate) fn warning(self) -> &'static str {
        if self == Self::May { "for information" } else { "warning" }
    }

    /// The word in capitals: `MUST`, `SHOULD` or `MAY`.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Must => "MUST",
            Self::Should => "SHOULD",
            Self::May => "MAY",
        }
    }
}

/// Where the evidence for a requirement comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Tier {
    /// The product's own documents state or show it.
    Core,
    /// Other public evidence, or a conclusion from it.
    Extended,
}

/// What a proof of a requirement takes, beyond the service itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Need {
    /// A provider that the suite controls.
    #[serde(rename = "P")]
    Provider,
    /// Two instances.
    #[serde(rename = "2I")]
    TwoInstances,
    /// Two callers.
    #[serde(rename = "2U")]
    TwoCallers,
    /// A way to make a token old.
    #[serde(rename = "T")]
    Time,
}

/// One testable sentence of the contract.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Requirement {
    /// Its id, which stays with it for good.
    pub id: RequirementId,
    /// How binding it is.
    pub level: Level,
    /// Where its evidence comes from.
    pub tier: Tier,
    /// What a target must declare for it to apply; nothing for what belongs to the core.
    #[serde(default)]
    pub(crate) capability: Option<String>,
    /// The part of `features/` it belongs to.
    pub area: String,
    /// What a proof takes.
    pub needs: Vec<Need>,
    /// The sentence.
    pub text: String,
    /// Why no scenario proves it, if none does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub without_scenario: Option<String>,
}

impl Requirement {
    /// What a target must declare for it to apply: [`CORE`], or one of the [`capabilities`].
    #[must_use]
    pub fn capability(&self) -> &str {
        self.capability.as_deref().unwrap_or(CORE)
    }
}

/// What every target has.
pub const CORE: &str = "core";

/// Something that a target may do beyond the core.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Capability {
    /// How it is declared.
    pub key: String,
    /// What it means.
    pub text: String,
}

/// Everything that a target may declare beside the core.
#[must_use]
pub fn capabilities() -> &'static [Capability] {
    &CATALOGUE.capability
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Catalogue {
    capability: Vec<Capability>,
    requirement: Vec<Requirement>,
}

#[expect(clippy::expect_used, reason = "the catalogue is part of the program, and a test parses it")]
static CATALOGUE: LazyLock<Catalogue> = LazyLock::new(|| {
    toml::from_str(SOURCE).expect("fixtures/requirements.toml is a catalogue of requirements")
});

/// All requirements, in the order of their ids.
#[must_use]
pub fn all() -> &'static [Requirement] {
    &CATALOGUE.requirement
}

/// The requirement called `id`, if there is one.
#[must_use]
pub fn find(id: &RequirementId) -> Option<&'static Requirement> {
    let at = all().binary_search_by(|requirement| requirement.id.cmp(id)).ok()?;
    all().get(at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_catalogue_is_sorted_and_says_something_of_each() {
        assert!(all().is_sorted_by(|one, next| one.id < next.id), "sort fixtures/requirements.toml by id");
        for requirement in all() {
            assert!(requirement.text.len() > 10, "{} says nothing", requirement.id);
            assert_eq!(find(&requirement.id).map(|found| &found.id), Some(&requirement.id));
        }
    }

    #[test]
    fn there_are_320_requirements_78_of_them_core() {
        assert_eq!(all().len(), 320);
        let core = || all().iter().filter(|requirement| requirement.tier == Tier::Core);
        assert_eq!(core().count(), 78);
        assert_eq!(core().filter(|requirement| requirement.level == Level::Should).count(), 3);
    }

    #[test]
    fn what_is_not_core_belongs_to_a_capability_and_each_has_some() {
        for requirement in all() {
            assert_eq!(
                requirement.capability.is_none(),
                requirement.tier == Tier::Core,
                "{}",
                requirement.id
            );
            let known = capabilities().iter().any(|of| of.key == requirement.capability());
            assert!(known || requirement.capability() == CORE, "{}", requirement.id);
        }
        for capability in capabilities() {
            assert!(all().iter().any(|of| of.capability() == capability.key), "{}", capability.key);
        }
    }

    #[test]
    fn an_id_has_three_digits() {
        assert!("INST-001".parse::<RequirementId>().is_ok());
        assert!("INST-1".parse::<RequirementId>().is_err());
        assert!("BOX-055".parse::<RequirementId>().is_err());
    }
}
