//! Scenarios that are known to fail: a list that an implementation keeps of itself while it is on its way.
//!
//! The list must stay true. An entry that passes, or that matches nothing, fails the run, so that it gets removed.

use std::{fmt, str::FromStr};

use super::verdict::{Outcome, ScenarioResult};

/// A line of the list: the file and the name of a scenario, as in
/// `authenticate/catalogue.feature: There should be a connector quickbooks`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownFailing {
    file: String,
    scenario: String,
}

/// A text that is no line of the list.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "{0:?} names no scenario; write its file and its name, such as \"revoke/refusal.feature: A call fails\""
)]
pub struct NotAScenario(String);

impl FromStr for KnownFailing {
    type Err = NotAScenario;

    fn from_str(line: &str) -> Result<Self, NotAScenario> {
        let (file, scenario) = line.split_once(": ").ok_or_else(|| NotAScenario(line.to_owned()))?;
        Ok(Self { file: file.trim().to_owned(), scenario: scenario.trim().to_owned() })
    }
}

impl fmt::Display for KnownFailing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.file, self.scenario)
    }
}

/// Marks the failures that are known. Gives the entries that are not true any more.
pub(crate) fn mark(results: &mut [ScenarioResult], known: &[KnownFailing]) -> Vec<String> {
    let mut stale = Vec::new();
    for entry in known {
        let mut matched = false;
        let named = |result: &&mut ScenarioResult| {
            result.facts.file == entry.file && result.facts.scenario == entry.scenario
        };
        for result in results.iter_mut().filter(named) {
            if let Outcome::Failed(step) = &result.outcome {
                result.outcome = Outcome::KnownFailing(step.clone());
                matched = true;
            }
        }
        if !matched {
            stale.push(entry.to_string());
        }
    }
    stale
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::conformance::{
        features::Facts,
        record::Record,
        requirements::{Level, Tier},
        verdict::FailedStep,
    };

    fn result(scenario: &str, outcome: Outcome) -> ScenarioResult {
        let facts = Facts {
            file: "revoke/refusal.feature".into(),
            line: 1,
            area: "revoke".into(),
            feature: "A feature".into(),
            scenario: scenario.into(),
            connector: None,
            requirements: Vec::new(),
            level: Level::Must,
            tier: Tier::Core,
        };
        ScenarioResult::new(facts, outcome, Duration::ZERO)
    }

    #[test]
    fn what_fails_as_listed_is_set_aside_and_what_passes_is_stale() {
        let step = FailedStep { step: "Then".into(), line: 2, failure: Record::default().refute("a", "b") };
        let mut results = [result("Fails", Outcome::Failed(step)), result("Passes", Outcome::Passed)];
        let known: Vec<KnownFailing> = ["Fails", "Passes", "Is not there"]
            .iter()
            .map(|scenario| format!("revoke/refusal.feature: {scenario}").parse().unwrap())
            .collect();
        let stale = mark(&mut results, &known);
        assert!(matches!(results[0].outcome, Outcome::KnownFailing(_)));
        assert_eq!(stale, ["revoke/refusal.feature: Passes", "revoke/refusal.feature: Is not there"]);
    }
}
