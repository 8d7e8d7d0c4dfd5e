//! Several reports become one, as those of shards do.

use std::collections::HashSet;

use crate::conformance::{scenario_id::ScenarioId, selection::Shard, verdict::Report};

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
    /// A shard is missing.
    #[error("the report of shard {0} is missing; merge those of all shards of one run")]
    Missing(Shard),
    /// They are not the shards of one run.
    #[error("the reports are of {0} and of {1}; merge those of the shards of one run")]
    Mixed(String, String),
}

/// One report that tells what `reports` tell together.
///
/// # Errors
///
/// If there are none, if two tell of one scenario, or if they are shards and not all there are.
pub fn merge(reports: impl IntoIterator<Item = Report>) -> Result<Report, MergeError> {
    let reports: Vec<Report> = reports.into_iter().collect();
    complete(&reports)?;
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
    whole.shard = None;
    whole.stale.sort_by(|one, other| one.scenario.cmp(&other.scenario));
    whole.stale.dedup();
    whole.untried.sort();
    whole.untried.dedup();
    whole.sort();
    Ok(whole)
}

/// A shard that is lost must not look like one that passed.
fn complete(reports: &[Report]) -> Result<(), MergeError> {
    let Some(first) = reports.first() else { return Err(MergeError::Nothing) };
    let name = |of: Option<usize>| of.map_or("a whole run".to_owned(), |of| format!("one of {of} shards"));
    let of = |report: &Report| report.shard.map(Shard::of);
    if let Some(other) = reports.iter().find(|report| of(report) != of(first)) {
        return Err(MergeError::Mixed(name(of(first)), name(of(other))));
    }
    let there = |shard: &Shard| reports.iter().any(|report| report.shard == Some(*shard));
    match Shard::all(of(first).unwrap_or(0)).find(|shard| !there(shard)) {
        Some(missing) => Err(MergeError::Missing(missing)),
        None => Ok(()),
    }
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

    #[test]
    fn a_shard_that_is_missing_is_missed() {
        let part = |slug, shard: &str| Report {
            shard: shard.parse().ok(),
            ..report([result(slug, Level::Must, Outcome::Passed)])
        };
        let both = || [part("one", "1/2"), part("two", "2/2")];
        assert_eq!(merge(both()).unwrap().shard, None);
        let [first, second] = both();
        assert_eq!(
            merge([second]).unwrap_err().to_string(),
            "the report of shard 1/2 is missing; merge those of all shards of one run"
        );
        let mixed = merge([first, part("three", "")]).unwrap_err().to_string();
        assert!(mixed.starts_with("the reports are of one of 2 shards and of a whole run"), "{mixed}");
    }
}
