//! The report for the summary of a job: a verdict, a table, and what failed.

use std::fmt::Write as _;

use super::{AREAS, Counted};
use crate::conformance::{
    connector,
    verdict::{BrokenOff, FailedStep, Report, ScenarioResult, Tally, Verdict},
};

/// More failures than a reader would look at.
const SHOWN: usize = 50;

/// The report as Markdown.
#[must_use]
pub fn render(report: &Report) -> String {
    let mut text = String::new();
    // Writing to a text cannot fail.
    let _ = write(report, &mut text);
    text
}

fn write(report: &Report, out: &mut String) -> std::fmt::Result {
    let verdict = match report.verdict() {
        Verdict::Conformant => "✅ conformant",
        Verdict::NotConformant => "❌ not conformant",
        Verdict::NothingRan => "⚠️ nothing ran",
    };
    let tally = report.tally();
    writeln!(out, "## {verdict}\n")?;
    writeln!(
        out,
        "{} of `{}`: {} passed, {} failed, {} warned, {} set aside, in {:.1} s.\n",
        Counted(tally.total(), "scenario"),
        report.target,
        tally.passed,
        tally.failed,
        tally.warned,
        tally.set_aside,
        report.took.as_secs_f64()
    )?;
    match report.broken_off {
        Some(BrokenOff::Interrupted) => writeln!(out, "The run was interrupted.\n")?,
        Some(BrokenOff::FirstFailure) => {
            writeln!(out, "The run ended with its first failure, as was asked for.\n")?;
        }
        None => {}
    }
    matrix(report, out)?;
    for line in report
        .stale
        .iter()
        .map(|stale| format!("listed as failing: {stale}"))
        .chain(report.untried.iter().map(|of| format!("{of} is declared, and no scenario tried it")))
    {
        writeln!(out, "- {line}")?;
    }
    for path in &report.left_behind {
        writeln!(out, "- left behind on the target: `{path}`")?;
    }
    let failed: Vec<(&ScenarioResult, &FailedStep)> = report
        .scenarios
        .iter()
        .filter(|result| result.is_decisive_failure() || result.is_warning())
        .filter_map(|result| Some((result, result.outcome.failed_step()?)))
        .collect();
    for (result, step) in failed.iter().take(SHOWN) {
        failure(result, step, out)?;
    }
    if failed.len() > SHOWN {
        writeln!(out, "… and {} more.", failed.len() - SHOWN)?;
    }
    Ok(())
}

fn matrix(report: &Report, out: &mut String) -> std::fmt::Result {
    let matrix = report.matrix();
    let columns: Vec<Option<&str>> = connector::ALL
        .iter()
        .map(|of| Some(of.key))
        .chain([None])
        .filter(|column| matrix.keys().any(|(of, _)| of == column))
        .collect();
    if columns.is_empty() {
        return Ok(());
    }
    let heads: Vec<&str> = columns.iter().map(|column| column.unwrap_or("service")).collect();
    writeln!(out, "| | {} |", heads.join(" | "))?;
    writeln!(out, "|---|{}", "---|".repeat(heads.len()))?;
    for area in AREAS.iter().filter(|area| matrix.keys().any(|(_, of)| of == *area)) {
        let cells: Vec<String> =
            columns.iter().map(|column| cell(matrix.get(&(*column, area)).copied())).collect();
        writeln!(out, "| {area} | {} |", cells.join(" | "))?;
    }
    writeln!(out)
}

fn cell(tally: Option<Tally>) -> String {
    match tally {
        None => String::new(),
        Some(tally) if tally.failed > 0 => format!("❌ {} of {}", tally.failed, tally.total()),
        Some(tally) if tally.warned > 0 => format!("⚠️ {} of {}", tally.warned, tally.total()),
        Some(tally) if tally.passed == 0 => "–".to_owned(),
        Some(tally) => format!("✅ {}", tally.passed),
    }
}

fn failure(result: &ScenarioResult, step: &FailedStep, out: &mut String) -> std::fmt::Result {
    let facts = &result.facts;
    let sign = if result.is_decisive_failure() { "❌" } else { "⚠️" };
    let ids: Vec<String> = facts.requirements.iter().map(ToString::to_string).collect();
    writeln!(
        out,
        "<details><summary>{sign} <code>{}</code> {}</summary>\n",
        facts.id,
        escaped(&facts.scenario)
    )?;
    writeln!(out, "{} · {} · {}\n", facts.place(), ids.join(" "), result.outcome.word())?;
    let mut told = format!(
        "step      {}\nexpected  {}\ngot       {}\n",
        step.step, step.failure.expected, step.failure.got
    );
    if let Some(exchange) = &step.failure.exchange {
        told.push('\n');
        told.push_str(exchange);
    }
    // A fence must be longer than any in the text.
    let longest = told.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest.max(2) + 1);
    writeln!(out, "{fence}text\n{}\n{fence}\n\n</details>\n", told.trim_end())
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
