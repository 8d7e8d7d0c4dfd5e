//! `rehearsal list`: what the suite knows, for people and for programs.

use std::io::{self, Write as _};

use clap::{Args, ValueEnum};
use serde_json::{Value, json};

use super::failure::Failure;
use crate::{
    conformance::{CONNECTORS, broken, permitted, requirements, scenarios},
    exit_codes,
};

/// List scenarios, requirements, connectors, capabilities or variants of the suite
#[derive(Args, Debug)]
pub(crate) struct List {
    /// What to list
    what: What,
    /// As JSON
    #[arg(long)]
    json: bool,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum What {
    /// Scenarios, by their ids
    Scenarios,
    /// Requirements, each with the scenarios that prove it
    Requirements,
    /// Connectors
    Connectors,
    /// What a target may declare beside the core
    Capabilities,
    /// Broken variants, which the suite must catch, and permitted ones, on which it must stay green
    Variants,
}

/// A line: its columns, and the same as JSON.
struct Line {
    columns: Vec<String>,
    json: Value,
}

impl List {
    pub(crate) fn run(&self) -> Result<u8, Failure> {
        let lines = match self.what {
            What::Scenarios => scenario_lines()?,
            What::Requirements => requirement_lines()?,
            What::Connectors => connector_lines(),
            What::Capabilities => capability_lines(),
            What::Variants => variant_lines(),
        };
        let text = if self.json {
            let values: Vec<Value> = lines.into_iter().map(|line| line.json).collect();
            format!("{:#}\n", Value::from(values))
        } else {
            table(&lines)
        };
        let mut out = anstream::stdout().lock();
        match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
            // Whoever read it has seen enough.
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(exit_codes::SUCCESS),
            written => written.map(|()| exit_codes::SUCCESS).map_err(Failure::Output),
        }
    }
}

fn scenario_lines() -> Result<Vec<Line>, Failure> {
    let all = scenarios().map_err(|error| Failure::Check(super::check::SetUpError::Check(error.into())))?;
    let line = |facts: crate::conformance::Facts| {
        let ids: Vec<String> = facts.requirements.iter().map(ToString::to_string).collect();
        let columns =
            vec![facts.id.to_string(), facts.level.word().to_owned(), ids.join(" "), facts.scenario.clone()];
        let json = json!({
            "id": facts.id,
            "title": facts.scenario,
            "place": facts.place(),
            "area": facts.area,
            "connector": facts.connector.map(crate::conformance::Connector::key),
            "level": facts.level,
            "tier": facts.tier,
            "requirements": facts.requirements,
        });
        Line { columns, json }
    };
    Ok(all.into_iter().map(line).collect())
}

fn requirement_lines() -> Result<Vec<Line>, Failure> {
    let all = scenarios().map_err(|error| Failure::Check(super::check::SetUpError::Check(error.into())))?;
    let line = |requirement: &requirements::Requirement| {
        let proofs: Vec<&str> = all
            .iter()
            .filter(|facts| facts.requirements.contains(&requirement.id))
            .map(|facts| facts.id.as_str())
            .collect();
        let proven = match proofs.len() {
            0 => "no scenario".to_owned(),
            1 => "1 scenario".to_owned(),
            several => format!("{several} scenarios"),
        };
        let columns = vec![
            requirement.id.to_string(),
            requirement.level.word().to_owned(),
            requirement.capability().to_owned(),
            proven,
            requirement.text.clone(),
        ];
        let json = json!({
            "id": requirement.id,
            "level": requirement.level,
            "tier": requirement.tier,
            "capability": requirement.capability(),
            "area": requirement.area,
            "text": requirement.text,
            "scenarios": proofs,
            "without_scenario": requirement.without_scenario,
        });
        Line { columns, json }
    };
    Ok(requirements::all().iter().map(line).collect())
}

fn connector_lines() -> Vec<Line> {
    let line = |connector: &crate::conformance::Connector| {
        let (key, vendor) = (connector.key(), connector.vendor());
        Line {
            columns: vec![key.to_owned(), vendor.display_name().to_owned()],
            json: json!({ "key": key, "vendor": vendor.key(), "name": vendor.display_name() }),
        }
    };
    CONNECTORS.iter().map(line).collect()
}

fn capability_lines() -> Vec<Line> {
    let line = |capability: &requirements::Capability| Line {
        columns: vec![capability.key.clone(), capability.text.clone()],
        json: json!(capability),
    };
    requirements::capabilities().iter().map(line).collect()
}

fn variant_lines() -> Vec<Line> {
    let broken = broken::all().map(|variant| Line {
        columns: vec![
            "broken".to_owned(),
            variant.name.to_owned(),
            variant.breaks.join(" "),
            variant.defect.to_owned(),
        ],
        json: json!({ "kind": "broken", "name": variant.name, "does": variant.defect, "breaks": variant.breaks }),
    });
    let permitted = permitted::all().map(|variant| Line {
        columns: vec![
            "permitted".to_owned(),
            variant.name.to_owned(),
            String::new(),
            variant.behaviour.to_owned(),
        ],
        json: json!({ "kind": "permitted", "name": variant.name, "does": variant.behaviour, "breaks": [] }),
    });
    broken.chain(permitted).collect()
}

/// The columns under each other; the last is as wide as it is.
fn table(lines: &[Line]) -> String {
    let columns = lines.iter().map(|line| line.columns.len()).max().unwrap_or(0);
    let width = |at: usize| {
        lines
            .iter()
            .filter_map(|line| line.columns.get(at))
            .map(|text| text.chars().count())
            .max()
            .unwrap_or(0)
    };
    let widths: Vec<usize> = (0..columns.saturating_sub(1)).map(width).collect();
    let mut text = String::new();
    for line in lines {
        for (at, column) in line.columns.iter().enumerate() {
            match widths.get(at) {
                Some(width) => text.push_str(&format!("{column:<width$}  ")),
                None => text.push_str(column),
            }
        }
        text.push('\n');
    }
    text
}
