//! The result of a run: one model for every report.

use std::{collections::BTreeMap, time::Duration};

use super::{
    connector::Connector,
    features::Facts,
    record::Failure,
    requirements::{Level, RequirementId},
};
use crate::exit_codes;

/// How a scenario ended.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Outcome {
    /// It proved what it is there to prove.
    Passed,
    /// The target did something else than the requirement says.
    Failed(FailedStep),
    /// The target does not claim what the scenario is about.
    NotApplicable(String),
    /// It failed, as is known and listed.
    KnownFailing(FailedStep),
    /// The suite or its surroundings broke, not the target.
    Error(FailedStep),
}

/// The step a scenario ended with.
#[derive(Clone, Debug)]
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
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct ScenarioResult {
    /// What stands about it in its file.
    pub facts: Facts,
    /// How it ended.
    pub outcome: Outcome,
    /// How long it took.
    pub took: Duration,
}

impl ScenarioResult {
    pub(crate) fn new(facts: Facts, outcome: Outcome, took: Duration) -> Self {
        Self { facts, outcome, took }
    }

    /// Whether it failed in a way that decides the verdict.
    #[must_use]
    pub fn is_decisive_failure(&self) -> bool {
        match self.outcome {
            Outcome::Failed(_) => self.facts.level == Level::Must,
            Outcome::Error(_) => true,
            _ => false,
        }
    }

    /// Whether it failed without deciding the verdict.
    #[must_use]
    pub fn is_warning(&self) -> bool {
        matches!(self.outcome, Outcome::Failed(_)) && self.facts.level == Level::Should
    }

    fn has_run(&self) -> bool {
        !matches!(self.outcome, Outcome::NotApplicable(_))
    }
}

/// The target in one word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Nothing that must be is missing.
    Conformant,
    /// Something that must be is missing, or the suite could not find out.
    NotConformant,
    /// No scenario ran: there is nothing to say.
    NothingRan,
}

/// The result of a run.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Report {
    /// All scenarios, in the order of their files.
    pub scenarios: Vec<ScenarioResult>,
    /// What the run created on the target and could not delete.
    pub left_behind: Vec<String>,
    /// Known failures that did not fail.
    pub stale: Vec<String>,
    /// Whether the run was broken off.
    pub interrupted: bool,
    /// How long the run took.
    pub took: Duration,
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

    fn count(&mut self, result: &ScenarioResult) {
        match &result.outcome {
            Outcome::Passed => self.passed += 1,
            Outcome::NotApplicable(_) | Outcome::KnownFailing(_) => self.set_aside += 1,
            Outcome::Failed(_) | Outcome::Error(_) if result.is_decisive_failure() => self.failed += 1,
            Outcome::Failed(_) | Outcome::Error(_) => self.warned += 1,
        }
    }
}

impl Report {
    /// The target in one word.
    #[must_use]
    pub fn verdict(&self) -> Verdict {
        if !self.scenarios.iter().any(ScenarioResult::has_run) {
            Verdict::NothingRan
        } else if self.interrupted
            || !self.stale.is_empty()
            || self.scenarios.iter().any(ScenarioResult::is_decisive_failure)
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
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::conformance::{record::Record, requirements::Tier};

    fn result(level: Level, outcome: Outcome) -> ScenarioResult {
        let facts = Facts {
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
        ScenarioResult::new(facts, outcome, Duration::ZERO)
    }

    fn failed() -> FailedStep {
        FailedStep {
            step: "Then the answer is 401".into(),
            line: 9,
            failure: Record::default().refute("401", "200"),
        }
    }

    fn report(results: impl Into<Vec<ScenarioResult>>) -> Report {
        Report { scenarios: results.into(), ..Report::default() }
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
    fn the_matrix_counts_each_scenario_once() {
        let report =
            report([result(Level::Must, Outcome::Passed), result(Level::Must, Outcome::Failed(failed()))]);
        assert_eq!(report.matrix()[&(Some("box"), "revoke")], report.tally());
        assert_eq!(report.tally().total(), 2);
        assert!(!report.requirements()[&"INST-280".parse::<RequirementId>().unwrap()]);
    }
}
