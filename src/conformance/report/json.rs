//! The report that programs read: the result model itself. `docs/report.schema.json` describes it.

use serde::Deserialize;

use crate::conformance::verdict::{FORMAT, Report};

/// The report as JSON, indented.
///
/// # Errors
///
/// If it cannot be serialized, which does not happen with a report of the suite.
pub fn render(report: &Report) -> Result<String, serde_json::Error> {
    serde_json::to_string_pretty(report).map(|text| text + "\n")
}

/// A text that is no JSON report of a format that is known here.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum NotAReport {
    /// It is not what `--report json=` writes.
    #[error("it is no JSON report of `rehearsal check`: {0}")]
    Malformed(#[from] serde_json::Error),
    /// Its format is another.
    #[error("its format is {0}, and this version of rehearsal reads {FORMAT}; write it anew")]
    OtherFormat(u32),
}

/// Reads a JSON report.
///
/// # Errors
///
/// If it is none, or of another format.
pub fn read(text: &str) -> Result<Report, NotAReport> {
    #[derive(Deserialize)]
    struct Version {
        format: u32,
    }

    match serde_json::from_str::<Version>(text)?.format {
        FORMAT => Ok(serde_json::from_str(text)?),
        other => Err(NotAReport::OtherFormat(other)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::conformance::{
        requirements::Level,
        verdict::{
            Outcome,
            samples::{failed, report, result},
        },
    };

    #[test]
    fn what_is_written_reads_the_same() {
        let report = report([
            result("fails", Level::Must, Outcome::Failed(failed())),
            result("passes", Level::Must, Outcome::Passed),
            result("is-not-applicable", Level::Must, Outcome::NotApplicable("a second caller".into())),
        ]);
        let written = render(&report).unwrap();
        assert_eq!(render(&read(&written).unwrap()).unwrap(), written);
    }

    #[test]
    fn another_format_is_refused_before_it_is_misread() {
        let other = read(r#"{"format": 99, "whatever": []}"#).unwrap_err();
        assert!(other.to_string().contains("its format is 99"), "{other}");
        assert!(read("[]").is_err());
    }
}
