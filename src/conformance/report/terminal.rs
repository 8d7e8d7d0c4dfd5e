//! The report a person reads in a terminal. Plain text; the caller decides about colour and where it goes.

use std::fmt::{self, Write};

use crate::{
    conformance::{
        connector,
        features::Facts,
        verdict::{FailedStep, Outcome, Report, ScenarioResult, Verdict},
    },
    exit_codes,
};

/// The order in which a life goes.
const AREAS: [&str; 9] =
    ["authenticate", "oauth_url", "use", "revoke", "reauthenticate", "update", "delete", "objects", "errors"];

/// One sign for a scenario that just ended.
#[must_use]
pub fn sign(result: &ScenarioResult) -> &'static str {
    match &result.outcome {
        Outcome::Passed => "·",
        Outcome::NotApplicable(_) => "-",
        Outcome::KnownFailing(_) => "k",
        Outcome::Error(_) => "E",
        Outcome::Failed(_) if result.is_decisive_failure() => "F",
        Outcome::Failed(_) => "w",
    }
}

/// The whole report.
///
/// # Errors
///
/// If `out` cannot be written.
pub fn write(report: &Report, out: &mut impl Write) -> fmt::Result {
    if !report.scenarios.is_empty() {
        matrix(report, out)?;
    }
    for result in &report.scenarios {
        match &result.outcome {
            Outcome::Failed(step) => failed(headline(result), result, step, out)?,
            Outcome::Error(step) => failed("ERROR", result, step, out)?,
            _ => {}
        }
    }
    for path in &report.left_behind {
        writeln!(out, "\nleft behind on the target: {path}")?;
    }
    for entry in &report.stale {
        writeln!(out, "\nlisted as failing, but did not fail: {entry}; take it off the list")?;
    }
    closing(report, out)
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

fn matrix(report: &Report, out: &mut impl Write) -> fmt::Result {
    let matrix = report.matrix();
    let rows: Vec<Option<&str>> = connector::ALL.iter().map(|of| Some(of.key)).chain([None]).collect();
    write!(out, "{:<12}", "")?;
    for area in AREAS {
        write!(out, " {area:>14}")?;
    }
    writeln!(out)?;
    for row in rows {
        if !matrix.keys().any(|(connector, _)| *connector == row) {
            continue;
        }
        write!(out, "{:<12}", row.unwrap_or("service"))?;
        for area in AREAS {
            let cell = matrix.get(&(row, area)).copied().unwrap_or_default();
            let text = match (cell.total(), cell.failed, cell.warned) {
                (0, ..) => String::new(),
                (total, 0, 0) => format!("{total} ok"),
                (total, 0, warned) => format!("{warned}/{total} warn"),
                (total, failed, _) => format!("{failed}/{total} FAIL"),
            };
            write!(out, " {text:>14}")?;
        }
        writeln!(out)?;
    }
    Ok(())
}

fn failed(headline: &str, result: &ScenarioResult, step: &FailedStep, out: &mut impl Write) -> fmt::Result {
    let facts = &result.facts;
    writeln!(out, "\n{headline}  {}", title(facts))?;
    writeln!(out, "        {} · {}", facts.place(), ids(facts))?;
    writeln!(out, "  step      {}", step.step)?;
    writeln!(out, "  expected  {}", step.failure.expected)?;
    writeln!(out, "  got       {}", step.failure.got)?;
    for line in step.failure.exchange.iter().flat_map(|exchange| exchange.lines()) {
        writeln!(out, "    {line}")?;
    }
    Ok(())
}

fn title(facts: &Facts) -> String {
    match facts.connector {
        Some(connector) => format!("[{connector}] {}", facts.scenario),
        None => facts.scenario.clone(),
    }
}

fn ids(facts: &Facts) -> String {
    facts.requirements.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")
}

fn closing(report: &Report, out: &mut impl Write) -> fmt::Result {
    let tally = report.tally();
    let requirements = report.requirements();
    let proven = requirements.values().filter(|proven| **proven).count();
    writeln!(
        out,
        "\n{} scenarios: {} passed, {} failed, {} warned, {} set aside; {proven} of {} requirements proven; {:.2} s",
        tally.total(),
        tally.passed,
        tally.failed,
        tally.warned,
        tally.set_aside,
        requirements.len(),
        report.took.as_secs_f64(),
    )?;
    if report.interrupted {
        writeln!(out, "The run was interrupted; what it had created is deleted.")?;
    }
    match report.verdict() {
        Verdict::Conformant => writeln!(out, "The target is conformant."),
        Verdict::NotConformant => writeln!(out, "The target is not conformant."),
        Verdict::NothingRan => writeln!(
            out,
            "Nothing ran, so nothing is proven (exit code {}); see --tags and --connectors.",
            exit_codes::NOTHING_RAN
        ),
    }
}
