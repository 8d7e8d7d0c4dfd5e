//! The variants, by the part of an instance's life they spoil. Each is one defect, with what it does wrong and the
//! requirements whose scenarios must catch it.

mod calling;
mod creating;
mod credentials;
mod exchanging;
mod keeping;
mod making;
mod memory;
mod reaching;
mod reading;
mod refusing;
mod removing;

use std::str::FromStr;

use http::StatusCode;
use serde_json::json;

use super::defect::{Ask, Defect, reply};

/// The target with one named defect.
#[derive(Debug)]
#[non_exhaustive]
pub struct Variant {
    /// Its name.
    pub name: &'static str,
    /// What it does wrong.
    pub defect: &'static str,
    /// The requirements whose scenarios must turn red.
    pub breaks: &'static [&'static str],
    pub(crate) make: fn() -> Defect,
}

/// An entry of the lists below.
const fn variant(
    name: &'static str,
    defect: &'static str,
    breaks: &'static [&'static str],
    make: fn() -> Defect,
) -> Variant {
    Variant { name, defect, breaks, make }
}

/// All variants.
pub fn all() -> impl Iterator<Item = &'static Variant> {
    let parts = [
        calling::VARIANTS,
        making::VARIANTS,
        creating::VARIANTS,
        exchanging::VARIANTS,
        credentials::VARIANTS,
        refusing::VARIANTS,
        reading::VARIANTS,
        keeping::VARIANTS,
        reaching::VARIANTS,
        removing::VARIANTS,
    ];
    parts.into_iter().flatten()
}

/// Some calls are refused, whatever the target would have said.
fn refuse_when(status: StatusCode, which: impl Fn(&Ask) -> bool + Copy + Send + Sync + 'static) -> Defect {
    Defect::front(move |ask, next| async move {
        let refusal = json!({ "requestId": "6b0097dfb4d62c3ea2f536c6", "message": "refused" });
        if which(&ask) { reply(status, &refusal) } else { next.send(ask).await }
    })
}

/// A variant by name, as it stands on a command line.
#[derive(Clone, Copy, Debug)]
pub struct VariantName(pub &'static Variant);

/// A text that names no variant.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no broken variant is called {0:?}; `rehearsal list variants` prints all")]
pub struct UnknownVariant(String);

impl FromStr for VariantName {
    type Err = UnknownVariant;

    fn from_str(name: &str) -> Result<Self, UnknownVariant> {
        all().find(|variant| variant.name == name).map(Self).ok_or_else(|| UnknownVariant(name.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::conformance::requirements::{self, RequirementId};

    #[test]
    fn each_variant_has_a_name_of_its_own_and_breaks_what_exists() {
        let mut names = HashSet::new();
        for variant in all() {
            assert!(names.insert(variant.name), "{} is there twice", variant.name);
            assert!(!variant.breaks.is_empty(), "{} breaks nothing", variant.name);
            for id in variant.breaks {
                let id: RequirementId = id.parse().unwrap();
                assert!(
                    requirements::find(&id).is_some(),
                    "{} breaks {id}, which does not exist",
                    variant.name
                );
            }
        }
    }
}
