//! The report a person reads in a terminal. Plain text; the caller decides about colour and where it goes.

use std::fmt::{self, Write};

use super::{AREAS, Counted};
use crate::{
    conformance::{
        connector,
        verdict::{BrokenOff, FailedStep, Outcome, Report, ScenarioResult, Tally, Verdict},
    },
    exit_codes,
};

/// Failures that the summary names; it shall fit a screen.
const NAMED: usize = 8;

/// Reasons that it tells.
const REASONS: usize = 5;

/// The whole report: every failure in full, and the summary.
///
/// # Errors
///
/// If `out` cannot be written.
pub fn write(report: &Report, out: &mut impl Write) -> fmt::Result {
    report.scenarios.iter().try_for_each(|result| failure(result, out))?;
    summary(report, out)
}

/// A scenario that failed, in full; nothing of one that did not.
///
/// # Errors
///
/// If `out` cannot be written.
pub fn failure(result: &ScenarioResult, out: &mut impl Write) -> fmt::Result {
    match &result.outcome {
        Outcome::Failed(step) => failed(headline(result), result, step, out),
        Outcome::Flaky(step) => failed("FLAKY", result, step, out),
        Outcome::Error(step) => failed("ERROR", result, step, out),
        Outcome::Passed | Outcome::NotApplicable(_) | Outcome::KnownFailing(_) => Ok(()),
    }
}

fn headline(result: &ScenarioResult) -> &'static str {
    if result.is_decisive_failure() {
        "FAILED"
    } else if result.is_warning() {
        "WARNING"
    } else {
        "FOR INFORMATION"
    }
}

fn failed(headline: &str, result: &ScenarioResult, step: &FailedStep, out: &mut impl Write) -> fmt::Result {
    let facts = &result.facts;
    let ids: Vec<String> = facts.requirements.iter().map(ToString::to_string).collect();
    writeln!(out, "\n{headline}  {}", facts.id)?;
    writeln!(out, "        {}", facts.scenario)?;
    writeln!(out, "        {} · {}", facts.place(), ids.join(" "))?;
    writeln!(out, "  step      {}", step.step)?;
    writeln!(out, "  expected  {}", step.failure.expected)?;
    writeln!(out, "  got       {}", step.failure.got)?;
    for line in step.failure.exchange.iter().flat_map(|exchange| exchange.lines()) {
        writeln!(out, "    {line}")?;
    }
    Ok(())
}

/// The end of the report: a matrix, what must be looked at, and the verdict. It fits a screen.
///
/// # Errors
///
/// If `out` cannot be written.
pub fn summary(report: &Report, out: &mut impl Write) -> fmt::Result {
    if !report.scenarios.is_empty() {
        matrix(report, out)?;
    }
    reasons_aside(report, out)?;
    let failed: Vec<&ScenarioResult> = report
        .scenarios
        .iter()
        .filter(|result| result.is_decisive_failure() || result.is_warning())
        .collect();
    for result in failed.iter().take(NAMED) {
        let word = if matches!(result.outcome, Outcome::Failed(_)) {
            headline(result)
        } else {
            result.outcome.word()
        };
        writeln!(out, "{word:<8}  {}", result.facts.id)?;
    }
    if failed.len() > NAMED {
        writeln!(out, "          … and {} more", failed.len() - NAMED)?;
    }
    for path in &report.left_behind {
        writeln!(out, "left behind on the target: {path}")?;
    }
    for entry in &report.stale {
        writeln!(out, "listed as failing: {entry}")?;
    }
    for capability in &report.untried {
        writeln!(out, "declared, but tried by no scenario that applies: the capability {capability}")?;
    }
    closing(report, out)
}

fn matrix(report: &Report, out: &mut impl Write) -> fmt::Result {
    let matrix = report.matrix();
    let all = connector::ALL.iter().map(|of| Some(of.key)).chain([None]);
    let columns: Vec<Option<&str>> =
        all.filter(|column| matrix.keys().any(|(connector, _)| connector == column)).collect();
    write!(out, "{:<14}", "")?;
    for column in &columns {
        write!(out, " {:>11}", column.unwrap_or("service"))?;
    }
    writeln!(out)?;
    for area in AREAS {
        if !matrix.keys().any(|(_, of)| *of == area) {
            continue;
        }
        write!(out, "{area:<14}")?;
        for column in &columns {
            write!(out, " {:>11}", cell(matrix.get(&(*column, area)).copied().unwrap_or_default()))?;
        }
        writeln!(out)?;
    }
    writeln!(out)
}

fn cell(tally: Tally) -> String {
    match (tally.total(), tally.failed, tally.warned, tally.passed) {
        (0, ..) => String::new(),
        (total, 0, 0, 0) => format!("{total} aside"),
        (_, 0, 0, passed) => format!("{passed} ok"),
        (total, 0, warned, _) => format!("{warned}/{total} warn"),
        (total, failed, ..) => format!("{failed}/{total} FAIL"),
    }
}

/// Why scenarios did not apply, each reason once.
fn reasons_aside(report: &Report, out: &mut impl Write) -> fmt::Result {
    let mut reasons: Vec<(&str, usize)> = Vec::new();
    for result in &report.scenarios {
        if let Outcome::NotApplicable(why) = &result.outcome {
            match reasons.iter_mut().find(|(of, _)| of == why) {
                Some((_, count)) => *count += 1,
                None => reasons.push((why, 1)),
            }
        }
    }
    reasons.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    for (why, count) in reasons.iter().take(REASONS) {
        writeln!(out, "not applicable: {}, because {why}", Counted(*count, "scenario"))?;
    }
    if let Some(rest) = reasons.get(REASONS..).filter(|rest| !rest.is_empty()) {
        let scenarios = rest.iter().map(|(_, count)| count).sum();
        let (scenarios, reasons) = (Counted(scenarios, "scenario"), Counted(rest.len(), "more reason"));
        writeln!(out, "not applicable: {scenarios}, for {reasons}; a report (--report) tells each")?;
    }
    Ok(())
}

fn closing(report: &Report, out: &mut impl Write) -> fmt::Result {
    let tally = report.tally();
    let requirements = report.requirements();
    let proven = requirements.values().filter(|proven| **proven).count();
    writeln!(
        out,
        "{} scenarios: {} passed, {} failed, {} warned, {} set aside; {proven} of {} requirements proven; {:.2} s",
        tally.total(),
        tally.passed,
        tally.failed,
        tally.warned,
        tally.set_aside,
        requirements.len(),
        report.took.as_secs_f64(),
    )?;
    match report.broken_off {
        Some(BrokenOff::Interrupted) => {
            writeln!(out, "The run was interrupted; what it had created is deleted.")?;
        }
        Some(BrokenOff::FirstFailure) => {
            writeln!(out, "The run ended with its first failure (--fail-fast).")?;
        }
        None => {}
    }
    match report.verdict() {
        Verdict::Conformant => writeln!(out, "The target is conformant."),
        Verdict::NotConformant => writeln!(out, "The target is not conformant."),
        Verdict::NothingRan => writeln!(
            out,
            "Nothing ran, so nothing is proven (exit code {}); see --tags, --ids and --connectors.",
            exit_codes::NOTHING_RAN
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::conformance::{
        requirements::Level,
        verdict::samples::{failed, report, result},
    };

    #[test]
    fn a_summary_fits_a_screen_however_much_failed() {
        let results: Vec<ScenarioResult> = (0..200)
            .map(|at| result(&format!("fails-{at}"), Level::Must, Outcome::Failed(failed())))
            .collect();
        let mut text = String::new();
        summary(&report(results), &mut text).unwrap();
        assert!(text.lines().count() <= 24, "{text}");
        assert!(text.lines().all(|line| line.chars().count() <= 120), "{text}");
    }
}
