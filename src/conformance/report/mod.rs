//! Reports: what a run found, told to different readers from one model.

mod changes;
mod difference;
pub mod html;
pub mod json;
pub mod junit;
pub mod markdown;
mod merged;
mod sequence;
pub mod terminal;

use std::{fmt, str::FromStr};

pub use changes::{Changes, changes};
pub use merged::{MergeError, merge};

use super::verdict::Report;

/// The order in which a life goes.
const AREAS: [&str; 10] = [
    "authenticate",
    "oauth_url",
    "use",
    "revoke",
    "reauthenticate",
    "update",
    "delete",
    "objects",
    "errors",
    super::features::OWN_AREA,
];

/// What a report is written as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Format {
    /// One file to read in a browser.
    Html,
    /// What CI servers read.
    Junit,
    /// What programs read; `docs/report.schema.json` describes it.
    Json,
    /// The summary of a job.
    Markdown,
}

/// A text that names no format.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no format of a report; there are html, junit, json and markdown")]
pub struct UnknownFormat(String);

impl FromStr for Format {
    type Err = UnknownFormat;

    fn from_str(name: &str) -> Result<Self, UnknownFormat> {
        match name {
            "html" => Ok(Self::Html),
            "junit" => Ok(Self::Junit),
            "json" => Ok(Self::Json),
            "markdown" => Ok(Self::Markdown),
            _ => Err(UnknownFormat(name.to_owned())),
        }
    }
}

impl Format {
    /// The report as text of this format.
    ///
    /// # Errors
    ///
    /// If it cannot be put into words, which does not happen with a report of the suite.
    pub fn render(self, report: &Report) -> Result<String, RenderError> {
        Ok(match self {
            Self::Html => html::render(report),
            Self::Junit => junit::render(report)?,
            Self::Json => json::render(report)?,
            Self::Markdown => markdown::render(report),
        })
    }
}

/// A report that could not be put into words.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RenderError {
    /// As JUnit.
    #[error("the report cannot be written as JUnit: {0}")]
    Junit(#[from] quick_junit::SerializeError),
    /// As JSON.
    #[error("the report cannot be written as JSON: {0}")]
    Json(#[from] serde_json::Error),
}

/// How many of what: `1 scenario`, `2 scenarios`.
struct Counted<'w>(usize, &'w str);

impl fmt::Display for Counted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}{}", self.0, self.1, if self.0 == 1 { "" } else { "s" })
    }
}
