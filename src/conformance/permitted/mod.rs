//! Permitted variants: the target with one named behaviour that the contract allows. A suite is worth what it does not
//! cry wolf about: it must stay green on each of them, with all its scenarios.

mod disguises;
mod variants;

use std::str::FromStr;

use super::broken::Defect;

pub use variants::all;

/// The target with one behaviour of its own.
#[derive(Debug)]
#[non_exhaustive]
pub struct Permitted {
    /// Its name.
    pub name: &'static str,
    /// What it does otherwise.
    pub behaviour: &'static str,
    pub(crate) make: fn() -> Defect,
}

/// A variant by name, as it stands on a command line.
#[derive(Clone, Copy, Debug)]
pub struct PermittedName(pub &'static Permitted);

/// A text that names no permitted variant.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no permitted variant is called {0:?}; `rehearsal list variants` prints all")]
pub struct UnknownPermitted(String);

impl FromStr for PermittedName {
    type Err = UnknownPermitted;

    fn from_str(name: &str) -> Result<Self, UnknownPermitted> {
        all().find(|variant| variant.name == name).map(Self).ok_or_else(|| UnknownPermitted(name.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn there_are_25_or_more_and_each_has_a_name_of_its_own() {
        let names: HashSet<&str> = all().map(|variant| variant.name).collect();
        assert_eq!(names.len(), all().count());
        assert!(names.len() >= 25, "{}", names.len());
    }
}
