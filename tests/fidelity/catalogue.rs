//! The requirements, read from `fixtures/fidelity.toml`.

use std::fmt;

use serde::Deserialize;

/// How a requirement is known, the strongest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Evidence {
    Documented,
    Recorded,
    Seen,
    Inferred,
}

impl Evidence {
    pub(crate) const ALL: [Self; 4] = [Self::Documented, Self::Recorded, Self::Seen, Self::Inferred];
}

impl fmt::Display for Evidence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Documented => "documented",
            Self::Recorded => "recorded",
            Self::Seen => "seen",
            Self::Inferred => "inferred",
        })
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Requirement {
    pub(crate) id: String,
    pub(crate) evidence: Vec<Evidence>,
    pub(crate) text: String,
    pub(crate) not_done: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Vendor {
    pub(crate) name: String,
    pub(crate) prefix: String,
    /// How many rows there are, so that none is lost from the end.
    pub(crate) rows: usize,
    pub(crate) requirement: Vec<Requirement>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Catalogue {
    pub(crate) vendor: Vec<Vendor>,
}

impl Catalogue {
    pub(crate) fn parse(source: &str) -> Self {
        toml::from_str(source).unwrap_or_else(|error| panic!("{}: {error}", crate::CATALOGUE))
    }

    pub(crate) fn rows(&self) -> impl Iterator<Item = &Requirement> {
        self.vendor.iter().flat_map(|vendor| &vendor.requirement)
    }

    pub(crate) fn find(&self, id: &str) -> Option<&Requirement> {
        self.rows().find(|row| row.id == id)
    }

    pub(crate) fn prefixes(&self) -> Vec<&str> {
        self.vendor.iter().map(|vendor| vendor.prefix.as_str()).collect()
    }
}

/// The catalogue's text without the reasons of rows that are `proven`; all else stays as people wrote it.
pub(crate) fn without_reasons(source: &str, proven: impl Fn(&str) -> bool) -> String {
    source.split_inclusive('\n').map(|line| without_reason(line, &proven)).collect()
}

fn without_reason(line: &str, proven: impl Fn(&str) -> bool) -> String {
    let parts = || {
        let (_, rest) = line.split_once("{ id = \"")?;
        let (id, _) = rest.split_once('"')?;
        let (kept, reason) = line.split_once(", not_done = \"")?;
        let (_, end) = reason.split_once("\" }")?;
        Some((id, kept, end))
    };
    match parts() {
        Some((id, kept, end)) if proven(id) => format!("{kept} }}{end}"),
        _ => line.to_owned(),
    }
}

#[test]
fn a_reason_goes_with_the_rows_that_are_proven() {
    let row = |id: &str| format!("  {{ id = \"{id}\", text = \"a\", not_done = \"because b\" }},\n");
    let source = format!("[\n{}{}]\n", row("BOX-001"), row("BOX-002"));
    let expected = format!("[\n  {{ id = \"BOX-001\", text = \"a\" }},\n{}]\n", row("BOX-002"));
    assert_eq!(without_reasons(&source, |id| id == "BOX-001"), expected);
}
