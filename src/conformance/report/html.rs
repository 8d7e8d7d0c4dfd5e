//! The report for a browser: one file that needs nothing else, on a desk or on a phone, by day or by night.

use std::collections::BTreeMap;

use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::{AREAS, Counted, difference, sequence};
use crate::conformance::{
    account::Told,
    connector::{self, Connector},
    requirements::{self, Requirement, RequirementId},
    verdict::{BrokenOff, FailedStep, Outcome, Report, ScenarioResult, Tally, Verdict},
};

const STYLE: &str = include_str!("html/style.css");
const SCRIPT: &str = include_str!("html/filters.js");

/// Nothing is loaded and nothing is sent.
const POLICY: &str =
    "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:";

/// The report as an HTML page.
#[must_use]
pub fn render(report: &Report) -> String {
    page(report).into_string()
}

fn page(report: &Report) -> Markup {
    let (word, class) = match report.verdict() {
        Verdict::Conformant => ("conformant", "passed"),
        Verdict::NotConformant => ("not conformant", "failed"),
        Verdict::NothingRan => ("nothing ran", "aside"),
    };
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta http-equiv="Content-Security-Policy" content=(POLICY);
                title { (word) " · " (report.target) }
                link rel="icon" href="data:,";
                style { (PreEscaped(STYLE)) }
            }
            body {
                header class=(class) {
                    h1 { "The target is " strong { (if report.verdict() == Verdict::NothingRan { "untested" } else { word }) } }
                    p { (report.target) " · " (report.started) " · " (format!("{:.1} s", report.took.as_secs_f64()))
                        " · " (report.tool) }
                    (tallies(report.tally()))
                    (remarks(report))
                }
                main {
                    (matrix(report))
                    (scenarios(report))
                }
                script { (PreEscaped(SCRIPT)) }
            }
        }
    }
}

fn tallies(tally: Tally) -> Markup {
    let counts = [
        ("passed", tally.passed),
        ("failed", tally.failed),
        ("warned", tally.warned),
        ("aside", tally.set_aside),
    ];
    html! {
        ul.tallies {
            @for (class, count) in counts {
                li class=(class) { b { (count) } " " (if class == "aside" { "set aside" } else { class }) }
            }
        }
    }
}

fn remarks(report: &Report) -> Markup {
    html! {
        @match report.broken_off {
            Some(BrokenOff::Interrupted) => p { "The run was interrupted; this is how far it got." },
            Some(BrokenOff::FirstFailure) => p { "The run ended with its first failure, as was asked for." },
            None => {}
        }
        @if report.strict { p { "A failed SHOULD decides the verdict, too (--strict)." } }
        @for stale in &report.stale { p { "Listed as failing: " (stale) } }
        @for capability in &report.untried { p { "Declared, but tried by no scenario that applies: " (capability) } }
        @for path in &report.left_behind { p { "Left behind on the target: " code { (path) } } }
    }
}

/// A column of the matrix: a connector, or the service itself.
fn column_key(connector: Option<&'static Connector>) -> &'static str {
    connector.map_or("service", Connector::key)
}

fn matrix(report: &Report) -> Markup {
    let mut cells: BTreeMap<(&RequirementId, &str), Tally> = BTreeMap::new();
    for result in &report.scenarios {
        for id in &result.facts.requirements {
            cells.entry((id, column_key(result.facts.connector))).or_default().count(result);
        }
    }
    let all = connector::ALL.iter().map(Connector::key).chain(["service"]);
    let columns: Vec<&str> = all.filter(|key| cells.keys().any(|(_, of)| of == key)).collect();
    let rows: Vec<&Requirement> =
        requirements::all().iter().filter(|of| cells.keys().any(|(id, _)| **id == of.id)).collect();
    html! {
        details.matrix open[rows.len() < 40] {
            summary { h2 { "Requirements and connectors" } " " (Counted(rows.len(), "requirement")) }
            div.scroll { table {
                thead { tr {
                    th { "requirement" }
                    @for column in &columns { th { (column) } }
                } }
                tbody { @for row in rows {
                    tr {
                        th scope="row" {
                            a href=(format!("#{}", row.id)) data-filter=(row.id) { (row.id) } " "
                            small { (row.level.word()) } " " span { (row.text) }
                        }
                        @for column in &columns {
                            (matrix_cell(&row.id, column, cells.get(&(&row.id, *column)).copied()))
                        }
                    }
                } }
            } }
        }
    }
}

fn matrix_cell(id: &RequirementId, column: &str, tally: Option<Tally>) -> Markup {
    let Some(tally) = tally else { return html! { td {} } };
    let (class, sign) = match tally {
        Tally { failed: 1.., .. } => ("failed", "✗"),
        Tally { warned: 1.., .. } => ("warned", "!"),
        Tally { passed: 0, .. } => ("aside", "–"),
        _ => ("passed", "✓"),
    };
    let title = format!("{id} {column}: {} of {} passed", tally.passed, tally.total());
    html! {
        td class=(class) title=(title) {
            a href=(format!("#{id}")) data-filter=(id) data-connector=(column) aria-label=(title) { (sign) }
        }
    }
}

fn scenarios(report: &Report) -> Markup {
    html! {
        section {
            h2 { "Scenarios" }
            form.filters {
                input type="search" name="text" placeholder="id, title, INST-250 …" aria-label="search";
                select name="outcome" aria-label="outcome" {
                    option value="" { "any outcome" }
                    @for outcome in ["passed", "failed", "warned", "aside"] { option { (outcome) } }
                }
                select name="connector" aria-label="connector" {
                    option value="" { "any connector" }
                    @for connector in &connector::ALL { option { (connector.key()) } }
                    option { "service" }
                }
                select name="area" aria-label="area" {
                    option value="" { "any area" }
                    @for area in AREAS { option { (area) } }
                }
                button type="reset" { "all" }
                output name="count" {}
            }
            @for result in &report.scenarios { (scenario(result)) }
        }
    }
}

fn class_of(result: &ScenarioResult) -> &'static str {
    match &result.outcome {
        Outcome::Passed => "passed",
        Outcome::NotApplicable(_) | Outcome::KnownFailing(_) => "aside",
        _ if result.is_decisive_failure() => "failed",
        _ => "warned",
    }
}

fn scenario(result: &ScenarioResult) -> Markup {
    let facts = &result.facts;
    let class = class_of(result);
    let ids: Vec<String> = facts.requirements.iter().map(ToString::to_string).collect();
    let haystack = format!("{} {} {}", facts.id, facts.scenario, ids.join(" ")).to_lowercase();
    html! {
        details.scenario.(class) data-outcome=(class) data-connector=(column_key(facts.connector))
            data-area=(facts.area) data-text=(haystack) open[result.is_decisive_failure()] {
            summary {
                code { (facts.id) } " " span { (facts.scenario) }
                small { (result.outcome.word()) " · " (result.took.as_millis()) " ms" }
            }
            p.place { (facts.place()) @if result.tries > 1 { " · " (result.tries) " tries" } }
            ul.requirements { @for id in &facts.requirements {
                li { b { (id) } " " @if let Some(of) = requirements::find(id) { (of.level.word()) ": " (of.text) } }
            } }
            @if let Outcome::NotApplicable(why) = &result.outcome { p { "Not applicable, because " (why) "." } }
            @if let Some(step) = result.outcome.failed_step() { (failure(step)) }
            (steps(result))
            @if !result.account.is_empty() {
                div.scroll { (sequence::diagram(&result.account)) }
                (exchanges(&result.account, ""))
            }
        }
    }
}

fn failure(step: &FailedStep) -> Markup {
    let failure = &step.failure;
    let (expected, got) = difference::marked(&failure.expected, &failure.got);
    html! {
        @if let Some(reason) = &failure.known { p { "Known to fail: " (reason) } }
        dl.compare {
            div { dt { "expected" } dd { pre { (expected) } } }
            div { dt { "got" } dd { pre { (got) } } }
        }
        @if let Some(exchange) = &failure.exchange {
            details { summary { "the last exchange" } pre { (exchange) } }
        }
    }
}

fn steps(result: &ScenarioResult) -> Markup {
    let failed = result.outcome.failed_step();
    let failed_at = failed.and_then(|failed| result.steps.iter().position(|step| *step == failed.step));
    // Of steps that read the same, the last one that was reached.
    let reached = result.account.last().map_or(0, |told| told.step);
    let failed_at = failed_at.map(|first| {
        let same = |at: &usize| result.steps.get(*at) == result.steps.get(first);
        (first..result.steps.len()).filter(same).find(|at| *at >= reached).unwrap_or(first)
    });
    html! {
        ol.steps { @for (at, step) in result.steps.iter().enumerate() {
            @let class = match failed_at {
                Some(failed) if at == failed => "failed",
                Some(failed) if at > failed => "aside",
                _ if result.has_run() => "passed",
                _ => "aside",
            };
            li class=(class) { (step) }
        } }
    }
}

fn exchanges(account: &[Told], before: &str) -> Markup {
    html! {
        @for (at, told) in account.iter().enumerate() {
            @let number = format!("{before}{}", at + 1);
            details.exchange {
                summary {
                    (number) " " code { (told.request) } " "
                    @match told.status { Some(status) => b { (status) }, None => b { "no answer" } }
                    @if !told.note.is_empty() { small { " " (told.note) } }
                    @if let Some(vendor) = told.vendor { small { " " (vendor.display_name()) } }
                }
                div.compare {
                    div { pre { (told.sent) } }
                    div { pre { (told.got) } }
                }
                (exchanges(&told.within, &format!("{number}.")))
            }
        }
    }
}
