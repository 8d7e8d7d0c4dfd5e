//! The text of snapshots: JSON that says first what it is, and in which version.

use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{DeserializeOwned, Error as _},
};
use serde_json::error::Category;

/// The version of the text that is written, and the only one that is read.
pub const VERSION: u64 = 2;

/// What the text of a tenant says it is.
pub(super) const TENANT: &str = "rehearsal-tenant";
/// What the text of a whole stage says it is.
pub(super) const STAGE: &str = "rehearsal-state";

/// A text of a tenant.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(super) enum TenantFormat {
    #[serde(rename = "rehearsal-tenant")]
    Tenant,
}

/// A text of a whole stage.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(super) enum StageFormat {
    #[serde(rename = "rehearsal-state")]
    Stage,
}

/// The version of a text, which is [`VERSION`].
#[derive(Clone, Copy, Debug)]
pub(super) struct Version;

impl Serialize for Version {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u64(VERSION)
    }
}

impl<'de> Deserialize<'de> for Version {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let found = u64::deserialize(deserializer)?;
        if found == VERSION { Ok(Self) } else { Err(D::Error::custom(FormatError::Version { found })) }
    }
}

/// Why a text could not be read.
#[derive(Debug, thiserror::Error)]
pub enum FormatError {
    /// There is nothing in it.
    #[error("it is empty")]
    Empty,
    /// It is something else.
    #[error("it does not begin as a {0} text does")]
    NotOurs(&'static str),
    /// It was written by a newer or older program.
    #[error("it is of version {found}, and this program reads version {VERSION}")]
    Version {
        /// What it says.
        found: u64,
    },
    /// It ends before its end.
    #[error("it is cut off at line {line}, column {column}")]
    CutOff {
        /// Where.
        line: usize,
        /// Where in the line.
        column: usize,
    },
    /// It does not hold what it should.
    #[error("it is damaged: {0}")]
    Damaged(serde_json::Error),
}

/// What every text of ours says of itself.
#[derive(Deserialize)]
struct Header {
    format: String,
    version: u64,
}

/// The text of a snapshot.
pub(super) fn print(snapshot: &impl Serialize) -> String {
    #[expect(clippy::expect_used, reason = "snapshots have no maps but those with text for keys")]
    let mut text = serde_json::to_string_pretty(snapshot).expect("a snapshot is JSON");
    text.push('\n');
    text
}

/// Reads a text that says it is `format`.
pub(super) fn read<T: DeserializeOwned>(text: &str, format: &'static str) -> Result<T, FormatError> {
    if text.trim().is_empty() {
        return Err(FormatError::Empty);
    }
    // The header first: what another version holds besides is not ours to judge.
    let header: Header = serde_json::from_str(text).map_err(|error| refused(error, text, format))?;
    if header.format != format {
        return Err(FormatError::NotOurs(format));
    }
    if header.version != VERSION {
        return Err(FormatError::Version { found: header.version });
    }
    serde_json::from_str(text).map_err(FormatError::Damaged)
}

/// Why a text has no header.
fn refused(error: serde_json::Error, text: &str, format: &'static str) -> FormatError {
    // How every text of ours begins, whatever the spaces.
    let beginning: String = text.chars().filter(|c| !c.is_whitespace()).take(format.len() + 12).collect();
    if beginning != format!("{{\"format\":\"{format}\"") {
        return FormatError::NotOurs(format);
    }
    match error.classify() {
        Category::Eof => FormatError::CutOff { line: error.line(), column: error.column() },
        Category::Io | Category::Syntax | Category::Data => FormatError::Damaged(error),
    }
}
