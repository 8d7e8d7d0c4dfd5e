//! The result of a run: one model for every report, and what a JSON report holds.

use std::{collections::BTreeMap, time::Duration};

use serde::{Deserialize, Serialize};

use super::{
    account::Told,
    connector::Connector,
    features::Facts,
    known_failures::Stale,
    record::Failure,
    requirements::{Level, RequirementId},
    selection::Shard,
};
use crate::exit_codes;

/// The version of the JSON report's format. It changes when a reader of an older one would misunderstand it.
pub const FORMAT: u32 = 1;

/// How a scenario ended.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "kind", content = "why", rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Outcome {
    /// It proved what it is there to prove.
    Passed,
    /// The target did something else than the requirement says.
    Failed(FailedStep),
    /// It failed, and passed when it was tried again.
    Flaky(FailedStep),
    /// The target does not claim what the scenario is about.
    NotApplicable(String),
    /// It failed, as is known and listed.
    KnownFailing(FailedStep),
    /// The suite or its surroundings broke, not the target.
    Error(FailedStep),
}

impl Outcome {
    /// The step it ended with, unless it passed or did not run.
    #[must_use]
    pub fn failed_step(&self) -> Option<&FailedStep> {
        match self {
            Self::Failed(step) | Self::Flaky(step) | Self::KnownFailing(step) | Self::Error(step) => {
                Some(step)
            }
            Self::Passed | Self::NotApplicable(_) => None,
        }
    }

    /// The outcome in a word: `passed`, `failed`, `flaky`, `not applicable`, `known failing` or `error`.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::Failed(_) => "failed",
            Self::Flaky(_) => "flaky",
            Self::NotApplicable(_) => "not applicable",
            Self::KnownFailing(_) => "known failing",
            Self::Error(_) => "error",
        }
    }
}

/// The step a scenario ended with.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct FailedStep {
    /// The step as it stands in the file.
    pub step: String,
    /// The line of the step.
    pub line: usize,
    /// Why it failed.
    pub failure: Failure,
}

/// One scenario and how it ended.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct ScenarioResult {
    /// What stands about it in its file.
    pub facts: Facts,
    /// How it ended.
    pub outcome: Outcome,
    /// How often it was run.
    pub tries: usize,
    /// How long it took.
    #[serde(rename = "took_us", with = "micros")]
    pub took: Duration,
    /// Its steps as they stand in the file.
    pub steps: Vec<String>,
    /// What happened, told from both sides.
    pub account: Vec<Told>,
}

impl ScenarioResult {
    pub(crate) fn new(facts: Facts, outcome: Outcome, took: Duration) -> Self {
        Self { facts, outcome, tries: 1, took, steps: Vec::new(), account: Vec::new() }
    }

    /// Whether it failed in a way that decides the verdict.
    #[must_use]
    pub fn is_decisive_failure(&self) -> bool {
        match self.outcome {
            Outcome::Failed(_) | Outcome::Flaky(_) => self.facts.level == Level::Must,
            Outcome::Error(_) => true,
            _ => false,
        }
    }

    /// Whether it failed without deciding the verdict.
    #[must_use]
    pub fn is_warning(&self) -> bool {
        matches!(self.outcome, Outcome::Failed(_) | Outcome::Flaky(_)) && self.facts.level == Level::Should
    }

    /// Whether it ran, whatever came of it.
    #[must_use]
    pub fn has_run(&self) -> bool {
        !matches!(self.outcome, Outcome::NotApplicable(_))
    }
}

/// The target in one word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// Nothing that must be is missing.
    Conformant,
    /// Something that must be is missing, or the suite could not find out.
    NotConformant,
    /// No scenario ran: there is nothing to say.
    NothingRan,
}

/// What broke a run off.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum BrokenOff {
    /// Somebody interrupted it.
    Interrupted,
    /// The first failure, as was asked for.
    FirstFailure,
}

/// The result of a run.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Report {
    /// The version of the format: [`FORMAT`].
    pub format: u32,
    /// Who ran: `rehearsal 0.1.0`.
    pub tool: String,
    /// The service under test: its address, or what it was called.
    pub target: String,
    /// When the run began, as `2026-03-01T12:00:00Z`.
    pub started: String,
    /// How long it took.
    #[serde(rename = "took_us", with = "micros")]
    pub took: Duration,
    /// Whether a failed SHOULD decides the verdict, too.
    pub strict: bool,
    /// Which part of the scenarios ran; nothing if all did.
    #[serde(default)]
    pub shard: Option<Shard>,
    /// What broke the run off.
    pub broken_off: Option<BrokenOff>,
    /// What the run created on the target and could not delete.
    pub left_behind: Vec<String>,
    /// Known failures that are not what the list says.
    pub stale: Vec<Stale>,
    /// Capabilities that the target declares, and that no scenario tried.
    pub untried: Vec<String>,
    /// All scenarios, in the order of their files.
    pub scenarios: Vec<ScenarioResult>,
}

impl Default for Report {
    fn default() -> Self {
        Self {
            format: FORMAT,
            tool: concat!("rehearsal ", env!("CARGO_PKG_VERSION")).to_owned(),
            target: String::new(),
            started: String::new(),
            took: Duration::ZERO,
            strict: false,
            shard: None,
            broken_off: None,
            left_behind: Vec::new(),
            stale: Vec::new(),
            untried: Vec::new(),
            scenarios: Vec::new(),
        }
    }
}

/// How the scenarios of one connector and area ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Tally {
    /// Passed.
    pub passed: usize,
    /// Failed, and it matters.
    pub failed: usize,
    /// Failed, and it is a warning or for information only.
    pub warned: usize,
    /// Not applicable or known failing.
    pub set_aside: usize,
}

impl Tally {
    /// All of them.
    #[must_use]
    pub fn total(self) -> usize {
        self.passed + self.failed + self.warned + self.set_aside
    }

    /// Counts one more.
    pub fn count(&mut self, result: &ScenarioResult) {
        match &result.outcome {
            Outcome::Passed => self.passed += 1,
            Outcome::NotApplicable(_) | Outcome::KnownFailing(_) => self.set_aside += 1,
            _ if result.is_decisive_failure() => self.failed += 1,
            _ => self.warned += 1,
        }
    }
}

impl Report {
    /// The target in one word.
    #[must_use]
    pub fn verdict(&self) -> Verdict {
        let decides =
            |result: &ScenarioResult| result.is_decisive_failure() || (self.strict && result.is_warning());
        if !self.scenarios.iter().any(ScenarioResult::has_run) {
            Verdict::NothingRan
        } else if self.broken_off.is_some()
            || !self.stale.is_empty()
            || !self.untried.is_empty()
            || self.scenarios.iter().any(decides)
        {
            Verdict::NotConformant
        } else {
            Verdict::Conformant
        }
    }

    /// What the process says when it ends.
    #[must_use]
    pub fn exit_code(&self) -> u8 {
        match self.verdict() {
            _ if self.broken_off == Some(BrokenOff::Interrupted) => exit_codes::INTERRUPTED,
            Verdict::Conformant => exit_codes::SUCCESS,
            Verdict::NotConformant => exit_codes::NOT_CONFORMANT,
            Verdict::NothingRan => exit_codes::NOTHING_RAN,
        }
    }

    /// All scenarios together.
    #[must_use]
    pub fn tally(&self) -> Tally {
        let mut tally = Tally::default();
        self.scenarios.iter().for_each(|result| tally.count(result));
        tally
    }

    /// The scenarios by connector and area; those about the service itself have no connector.
    #[must_use]
    pub fn matrix(&self) -> BTreeMap<(Option<&'static str>, &str), Tally> {
        let mut matrix: BTreeMap<_, Tally> = BTreeMap::new();
        for result in &self.scenarios {
            let key = (result.facts.connector.map(Connector::key), result.facts.area.as_str());
            matrix.entry(key).or_default().count(result);
        }
        matrix
    }

    /// The requirements that ran scenarios are about, each with whether all of these passed.
    #[must_use]
    pub fn requirements(&self) -> BTreeMap<&RequirementId, bool> {
        let mut proven = BTreeMap::new();
        for result in self.scenarios.iter().filter(|result| result.has_run()) {
            for id in &result.facts.requirements {
                *proven.entry(id).or_insert(true) &= matches!(result.outcome, Outcome::Passed);
            }
        }
        proven
    }

    /// Puts the scenarios into the order of their files.
    pub(crate) fn sort(&mut self) {
        self.scenarios.sort_by(|one, other| {
            (&one.facts.file, one.facts.line).cmp(&(&other.facts.file, other.facts.line))
        });
    }
}

/// A duration in whole microseconds.
mod micros {
    use std::time::Duration;

    use serde::{Deserialize, Deserializer, Serializer};

    pub(super) fn serialize<S: Serializer>(took: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u64(u64::try_from(took.as_micros()).unwrap_or(u64::MAX))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Duration, D::Error> {
        u64::deserialize(deserializer).map(Duration::from_micros)
    }
}

#[cfg(test)]
pub(crate) mod samples {
    //! Results for tests of whatever reads them.

    use super::*;
    use crate::conformance::{record::Record, requirements::Tier};

    /// The result of `revoke/{slug}#box`.
    pub(crate) fn result(slug: &str, level: Level, outcome: Outcome) -> ScenarioResult {
        let facts = Facts {
            id: serde_json::from_value(format!("revoke/{slug}#box").into()).unwrap(),
            file: "revoke/refusal.feature".into(),
            line: 7,
            area: "revoke".into(),
            feature: "A feature".into(),
            scenario: "A scenario".into(),
            connector: Connector::find("box"),
            requirements: vec!["INST-280".parse().unwrap()],
            level,
            tier: Tier::Core,
        };
        ScenarioResult::new(facts, outcome, Duration::from_millis(12))
    }

    pub(crate) fn failed() -> FailedStep {
        FailedStep {
            step: "Then the answer is 401".into(),
            line: 9,
            failure: Record::default().refute("401", "200"),
        }
    }

    pub(crate) fn report(results: impl Into<Vec<ScenarioResult>>) -> Report {
        Report { scenarios: results.into(), ..Report::default() }
    }
}

#[cfg(test)]
mod tests {
    use super::{
        samples::{failed, report},
        *,
    };

    fn result(level: Level, outcome: Outcome) -> ScenarioResult {
        samples::result("a-call-fails", level, outcome)
    }

    #[test]
    fn a_must_decides_a_should_warns_a_may_informs() {
        let fails =
            |level| report([result(Level::Must, Outcome::Passed), result(level, Outcome::Failed(failed()))]);
        assert_eq!(fails(Level::Must).verdict(), Verdict::NotConformant);
        assert_eq!(fails(Level::Should).verdict(), Verdict::Conformant);
        assert!(fails(Level::Should).scenarios[1].is_warning());
        assert_eq!(fails(Level::May).verdict(), Verdict::Conformant);
        assert!(!fails(Level::May).scenarios[1].is_warning());
    }

    #[test]
    fn strictly_a_should_decides_and_a_may_does_not() {
        let fails = |level| {
            let failed = result(level, Outcome::Failed(failed()));
            Report { strict: true, ..report([failed]) }.verdict()
        };
        assert_eq!(fails(Level::Should), Verdict::NotConformant);
        assert_eq!(fails(Level::May), Verdict::Conformant);
    }

    #[test]
    fn a_pass_after_a_retry_is_a_failure() {
        let flaky = report([result(Level::Must, Outcome::Flaky(failed()))]);
        assert_eq!(flaky.verdict(), Verdict::NotConformant);
    }

    #[test]
    fn a_suite_that_broke_proves_nothing() {
        assert_eq!(report([result(Level::May, Outcome::Error(failed()))]).verdict(), Verdict::NotConformant);
    }

    #[test]
    fn an_empty_run_and_one_without_anything_applicable_say_nothing() {
        assert_eq!(report([]).exit_code(), exit_codes::NOTHING_RAN);
        let set_aside = report([result(Level::Must, Outcome::NotApplicable("a second caller".into()))]);
        assert_eq!(set_aside.exit_code(), exit_codes::NOTHING_RAN);
    }

    #[test]
    fn a_declared_capability_that_nothing_tried_is_an_error() {
        let untried =
            Report { untried: vec!["objects".into()], ..report([result(Level::Must, Outcome::Passed)]) };
        assert_eq!(untried.verdict(), Verdict::NotConformant);
    }

    #[test]
    fn an_interrupted_run_says_so() {
        let mut interrupted = report([result(Level::Must, Outcome::Passed)]);
        interrupted.broken_off = Some(BrokenOff::Interrupted);
        assert_eq!(interrupted.exit_code(), exit_codes::INTERRUPTED);
    }

    #[test]
    fn the_matrix_counts_each_scenario_once() {
        let report =
            report([result(Level::Must, Outcome::Passed), result(Level::Must, Outcome::Failed(failed()))]);
        assert_eq!(report.matrix()[&(Some("box"), "revoke")], report.tally());
        assert_eq!(report.tally().total(), 2);
        assert!(!report.requirements()[&"INST-280".parse::<RequirementId>().unwrap()]);
    }
}
