//! The variants, by the part of an instance's life they spoil. Each is one defect, with what it does wrong and the
//! requirements whose scenarios must catch it.

mod creating;
mod exchanging;
mod memory;
mod reading;
mod refusing;
mod removing;

use std::str::FromStr;

use super::defect::Defect;

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
    [creating::VARIANTS, exchanging::VARIANTS, refusing::VARIANTS, reading::VARIANTS, removing::VARIANTS]
        .into_iter()
        .flatten()
}

/// A variant by name, as it stands on a command line.
#[derive(Clone, Copy, Debug)]
pub struct VariantName(pub &'static Variant);

/// A text that names no variant.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no broken variant is called {0:?}; there are {known}", known = names())]
pub struct UnknownVariant(String);

impl FromStr for VariantName {
    type Err = UnknownVariant;

    fn from_str(name: &str) -> Result<Self, UnknownVariant> {
        all().find(|variant| variant.name == name).map(Self).ok_or_else(|| UnknownVariant(name.to_owned()))
    }
}

fn names() -> String {
    all().map(|variant| variant.name).collect::<Vec<_>>().join(", ")
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
