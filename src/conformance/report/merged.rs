//! Several reports become one, as those of shards do.

use std::collections::HashSet;

use crate::conformance::{scenario_id::ScenarioId, verdict::Report};

/// Reports that do not go together.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum MergeError {
    /// There is nothing to merge.
    #[error("there is no report to merge")]
    Nothing,
    /// Two of them tell of one scenario.
    #[error("two of the reports tell of {0}; merge those of the shards of one run")]
    Twice(ScenarioId),
}

/// One report that tells what `reports` tell together.
///
/// # Errors
///
/// If there are none, or if two tell of one scenario.
pub fn merge(reports: impl IntoIterator<Item = Report>) -> Result<Report, MergeError> {
    let mut reports = reports.into_iter();
    let mut whole = reports.next().ok_or(MergeError::Nothing)?;
    for report in reports {
        // Shards run at the same time: the longest is how long one waits.
        whole.took = whole.took.max(report.took);
        whole.started = whole.started.min(report.started);
        whole.strict |= report.strict;
        whole.broken_off = whole.broken_off.or(report.broken_off);
        whole.left_behind.extend(report.left_behind);
        whole.stale.extend(report.stale);
        whole.untried.extend(report.untried);
        whole.scenarios.extend(report.scenarios);
    }
    let mut seen = HashSet::new();
    if let Some(twice) = whole.scenarios.iter().find(|result| !seen.insert(&result.facts.id)) {
        return Err(MergeError::Twice(twice.facts.id.clone()));
    }
    whole.stale.sort_by(|one, other| one.scenario.cmp(&other.scenario));
    whole.stale.dedup();
    whole.untried.sort();
    whole.untried.dedup();
    whole.sort();
    Ok(whole)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::conformance::{
        requirements::Level,
        verdict::{
            Outcome,
            samples::{report, result},
        },
    };

    #[test]
    fn parts_make_a_whole_and_no_scenario_is_told_twice() {
        let part = |slug| report([result(slug, Level::Must, Outcome::Passed)]);
        let whole = merge([part("one"), part("two")]).unwrap();
        assert_eq!(whole.tally().passed, 2);
        assert!(matches!(merge([part("one"), part("one")]), Err(MergeError::Twice(_))));
        assert_eq!(merge([]).unwrap_err(), MergeError::Nothing);
    }
}
