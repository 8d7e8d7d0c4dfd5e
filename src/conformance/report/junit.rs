//! The report that CI servers read: a suite for each area, a case for each scenario.

use quick_junit::{
    NonSuccessKind, Property, Report as Junit, SerializeError, TestCase, TestCaseStatus, TestSuite,
};

use super::AREAS;
use crate::conformance::verdict::{FailedStep, Outcome, Report, ScenarioResult};

/// The report as JUnit XML.
///
/// # Errors
///
/// If it cannot be serialized, which does not happen with a report of the suite.
pub fn render(report: &Report) -> Result<String, SerializeError> {
    let mut junit = Junit::new("rehearsal");
    junit.set_time(report.took);
    for area in AREAS {
        let of_area = report.scenarios.iter().filter(|result| result.facts.area == area);
        let cases: Vec<TestCase> = of_area.map(case).collect();
        if !cases.is_empty() {
            let mut suite = TestSuite::new(area);
            suite.add_test_cases(cases);
            junit.add_test_suite(suite);
        }
    }
    let beside: Vec<TestCase> = beside(report).collect();
    if !beside.is_empty() {
        let mut suite = TestSuite::new("the run itself");
        suite.add_test_cases(beside);
        junit.add_test_suite(suite);
    }
    junit.to_string()
}

fn case(result: &ScenarioResult) -> TestCase {
    let facts = &result.facts;
    let mut case = TestCase::new(facts.id.as_str(), status(result));
    case.set_classname(format!("{}.{}", facts.area, facts.feature.replace('.', "")));
    case.set_time(result.took);
    case.add_property(Property::new("title", facts.scenario.as_str()));
    case.add_property(Property::new("place", facts.place()));
    for id in &facts.requirements {
        case.add_property(Property::new("requirement", id.to_string()));
    }
    case
}

fn status(result: &ScenarioResult) -> TestCaseStatus {
    match &result.outcome {
        Outcome::Passed => TestCaseStatus::success(),
        Outcome::NotApplicable(why) => skipped(why),
        Outcome::KnownFailing(step) => {
            skipped(&format!("known to fail: {}", step.failure.known.as_deref().unwrap_or_default()))
        }
        Outcome::Error(step) => failed(NonSuccessKind::Error, "error", step),
        // Readers know no warning: what decides nothing passes, and says so.
        Outcome::Failed(step) if !result.is_decisive_failure() => skipped(&format!(
            "{}: expected {}, got {}",
            result.facts.level.warning(),
            step.failure.expected,
            step.failure.got
        )),
        Outcome::Failed(step) => failed(NonSuccessKind::Failure, "failed", step),
        Outcome::Flaky(step) => failed(NonSuccessKind::Failure, "flaky", step),
    }
}

fn skipped(why: &str) -> TestCaseStatus {
    let mut status = TestCaseStatus::skipped();
    status.set_message(why);
    status
}

fn failed(kind: NonSuccessKind, of: &str, step: &FailedStep) -> TestCaseStatus {
    let mut status = TestCaseStatus::non_success(kind);
    let failure = &step.failure;
    status.set_type(of).set_message(format!("expected {}, got {}", failure.expected, failure.got));
    let exchange = failure.exchange.as_deref().unwrap_or_default();
    let (text, line) = (&step.step, step.line);
    status.set_description(format!(
        "step {text} (line {line})\nexpected {}\n     got {}\n\n{exchange}",
        failure.expected, failure.got
    ));
    status
}

/// What fails a run beside its scenarios.
fn beside(report: &Report) -> impl Iterator<Item = TestCase> + '_ {
    let stale = report.stale.iter().map(|stale| ("known failures", stale.to_string()));
    let untried = report
        .untried
        .iter()
        .map(|of| ("capabilities", format!("{of} is declared, and no scenario tried it")));
    stale.chain(untried).map(|(name, message)| {
        let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
        status.set_type("failed").set_message(message);
        TestCase::new(name, status)
    })
}
