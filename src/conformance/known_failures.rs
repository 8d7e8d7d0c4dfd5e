//! Scenarios that are known to fail: a list that an implementation keeps of itself while it is on its way.
//!
//! ```toml
//! [[failure]]
//! scenario = "reauthenticate/patch-by-token#box"
//! reason = "the refresh comes first; issue 12"
//! expires = 2026-12-31
//! ```
//!
//! The list must stay true. An entry that passes, matches nothing, or has expired fails the run, so that it gets removed.

use std::{collections::HashSet, fmt};

use serde::{Deserialize, Deserializer, Serialize, de};
use toml::value::Datetime;

use super::{
    scenario_id::{IdPattern, ScenarioId},
    verdict::{Outcome, ScenarioResult},
};
use crate::Clock;

/// The list.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KnownFailures {
    #[serde(default)]
    failure: Vec<KnownFailure>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct KnownFailure {
    #[serde(deserialize_with = "pattern")]
    scenario: IdPattern,
    #[serde(deserialize_with = "reason")]
    reason: String,
    #[serde(default, deserialize_with = "day")]
    expires: Option<jiff::civil::Date>,
}

fn pattern<'de, D: Deserializer<'de>>(deserializer: D) -> Result<IdPattern, D::Error> {
    String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
}

fn reason<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    let reason = String::deserialize(deserializer)?;
    if reason.trim().is_empty() { Err(de::Error::custom("say why it fails")) } else { Ok(reason) }
}

fn day<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<jiff::civil::Date>, D::Error> {
    let written = Datetime::deserialize(deserializer)?;
    let day = written.date.filter(|_| written.time.is_none()).and_then(|date| {
        let (year, month, day) = (date.year.try_into(), date.month.try_into(), date.day.try_into());
        jiff::civil::Date::new(year.ok()?, month.ok()?, day.ok()?).ok()
    });
    day.map(Some).ok_or_else(|| de::Error::custom("write a day such as 2026-12-31"))
}

/// Why an entry of the list is not true any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Untrue {
    /// It did not fail.
    Passes,
    /// No scenario is called so.
    MatchesNothing,
    /// Its day has passed.
    Expired,
}

impl fmt::Display for Untrue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Passes => "it did not fail; take it off the list",
            Self::MatchesNothing => "no scenario is called so; see `rehearsal list scenarios`",
            Self::Expired => "its day has passed; mend the target, or agree on another day",
        })
    }
}

/// An entry that is not true any more.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Stale {
    /// The entry: an id, or the beginning of several.
    pub scenario: String,
    /// What is not true about it.
    pub because: Untrue,
}

impl fmt::Display for Stale {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.scenario, self.because)
    }
}

impl KnownFailures {
    /// Reads the list.
    ///
    /// # Errors
    ///
    /// If it is not TOML of the right form; the text says where.
    pub fn parse(text: &str) -> Result<Self, toml::de::Error> {
        toml::from_str(text)
    }

    /// Marks the failures that are known. Gives the entries that are not true any more; of those whose scenarios were
    /// not chosen nothing can be said. `all` are the scenarios there are; `is_part` where the results are those of a shard.
    pub(crate) fn mark(
        &self,
        results: &mut [ScenarioResult],
        all: &HashSet<ScenarioId>,
        is_part: bool,
    ) -> Vec<Stale> {
        let today = today();
        let stale = self.failure.iter().filter_map(|entry| entry.mark(results, all, today));
        // Of several that an entry means, those that fail may be in another shard.
        let is_told =
            |stale: &Stale| !(is_part && stale.because == Untrue::Passes && stale.scenario.ends_with('*'));
        stale.filter(is_told).collect()
    }
}

impl KnownFailure {
    fn mark(
        &self,
        results: &mut [ScenarioResult],
        all: &HashSet<ScenarioId>,
        today: jiff::civil::Date,
    ) -> Option<Stale> {
        let stale = |because| Some(Stale { scenario: self.scenario.to_string(), because });
        if self.expires.is_some_and(|day| day < today) {
            return stale(Untrue::Expired);
        }
        if !all.iter().any(|id| self.scenario.matches(id)) {
            return stale(Untrue::MatchesNothing);
        }
        let (mut passed, mut failed) = (false, false);
        for result in results.iter_mut().filter(|result| self.scenario.matches(&result.facts.id)) {
            match &result.outcome {
                Outcome::Failed(step) | Outcome::Flaky(step) => {
                    let mut step = step.clone();
                    step.failure.known = Some(self.reason.clone());
                    result.outcome = Outcome::KnownFailing(step);
                    failed = true;
                }
                Outcome::KnownFailing(_) => failed = true,
                Outcome::Passed => passed = true,
                Outcome::NotApplicable(_) | Outcome::Error(_) => {}
            }
        }
        if passed && !failed { stale(Untrue::Passes) } else { None }
    }
}

/// The day it is, in UTC.
fn today() -> jiff::civil::Date {
    let now = jiff::Timestamp::from_millisecond(Clock::system().now().as_millis()).unwrap_or_default();
    now.to_zoned(jiff::tz::TimeZone::UTC).date()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::conformance::{
        requirements::Level,
        verdict::samples::{failed, result},
    };

    fn mark(list: &str) -> (Vec<ScenarioResult>, Vec<Stale>) {
        let mut results = vec![
            result("fails", Level::Must, Outcome::Failed(failed())),
            result("passes", Level::Must, Outcome::Passed),
        ];
        let mut all: HashSet<_> = results.iter().map(|result| result.facts.id.clone()).collect();
        all.insert(result("not-chosen", Level::Must, Outcome::Passed).facts.id);
        let stale = KnownFailures::parse(list).unwrap().mark(&mut results, &all, false);
        (results, stale)
    }

    fn entry(scenario: &str, rest: &str) -> String {
        format!("[[failure]]\nscenario = {scenario:?}\nreason = \"on its way\"\n{rest}\n")
    }

    #[test]
    fn what_fails_as_listed_is_set_aside() {
        for scenario in ["revoke/fails#box", "revoke/fails#*", "revoke/*"] {
            let (results, stale) = mark(&entry(scenario, "expires = 9999-12-31"));
            let Outcome::KnownFailing(step) = &results[0].outcome else { panic!("{scenario}") };
            assert_eq!(step.failure.known.as_deref(), Some("on its way"));
            assert!(stale.is_empty(), "{scenario}: {stale:?}");
        }
    }

    #[test]
    fn what_passes_matches_nothing_or_has_expired_is_stale_and_what_was_not_chosen_is_not() {
        for (scenario, rest, because) in [
            ("revoke/passes#box", "", Some(Untrue::Passes)),
            ("revoke/nothing#box", "", Some(Untrue::MatchesNothing)),
            ("revoke/fails#box", "expires = 2020-01-01", Some(Untrue::Expired)),
            ("revoke/not-chosen#box", "", None),
        ] {
            let (_, stale) = mark(&entry(scenario, rest));
            assert_eq!(stale.first().map(|stale| stale.because), because, "{scenario}");
        }
        let (results, _) = mark(&entry("revoke/fails#box", "expires = 2020-01-01"));
        assert!(matches!(results[0].outcome, Outcome::Failed(_)), "an expired entry excuses nothing");
    }

    #[test]
    fn in_a_shard_an_entry_for_several_may_have_its_failures_elsewhere() {
        let passed = result("passes", Level::Must, Outcome::Passed);
        let all = HashSet::from([passed.facts.id.clone()]);
        let stale = |scenario: &str, is_part| {
            let list = KnownFailures::parse(&entry(scenario, "")).unwrap();
            !list.mark(&mut [passed.clone()], &all, is_part).is_empty()
        };
        assert!(stale("revoke/*", false) && !stale("revoke/*", true));
        assert!(stale("revoke/passes#box", true), "one scenario is in one shard");
    }

    #[test]
    fn an_entry_needs_a_reason_and_a_day_is_a_day() {
        for list in [
            "[[failure]]\nscenario = \"a/b\"\nreason = \"\"",
            "[[failure]]\nscenario = \"a/b\"",
            "[[failure]]\nscenario = \"a b\"\nreason = \"x\"",
            "[[failure]]\nscenario = \"a/b\"\nreason = \"x\"\nexpires = 2026-12-31T10:00:00Z",
            "[[failures]]\nscenario = \"a/b\"\nreason = \"x\"",
        ] {
            assert!(KnownFailures::parse(list).is_err(), "{list}");
        }
    }
}
