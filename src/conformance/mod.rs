//! The conformance suite: Gherkin scenarios that prove a connector-instances service, from both of its sides.
//!
//! The suite knows its target by URL alone. It owns the providers that the target talks to, so that a scenario can
//! prove what an ordinary API test cannot: that a code was exchanged once, with the stored callback; that a revoked
//! token was really refused; that the next call carried the new one.
//!
//! ```text
//! features/ ──parse──► select ──► runner ──► steps ──► world ──► target (HTTP)
//!                                   │                    └─────► users at the stage (browser, revocation, journal)
//!                                   └──► collector ──► Report ──► report::terminal
//! ```

mod account;
mod applicability;
pub mod broken;
mod browser;
mod collector;
mod connector;
mod exchange;
mod features;
mod heard;
mod known_failures;
mod leftovers;
pub mod permitted;
mod preflight;
mod record;
pub mod report;
pub mod requirements;
mod runner;
mod scenario_id;
mod secrets;
mod selection;
mod silence;
mod steps;
mod suite;
mod surroundings;
mod target;
mod tour;
mod user;
pub mod verdict;
mod vocabulary;
mod world;

pub use account::{Party, Told};
pub use collector::Moment;
pub use connector::{ALL as CONNECTORS, Connector, ConnectorName, UnknownConnector};
pub use features::{Facts, FeatureError};
pub use known_failures::{KnownFailures, Stale, Untrue};
pub use leftovers::{Removed, remove_leftovers};
pub use preflight::{Finding, preflight};
pub use record::{Failure, Fault};
pub use runner::{CheckError, CheckOptions, Conduct, Console, PATIENCE, check};
pub use scenario_id::{IdPattern, NotAScenarioId, ScenarioId};
pub use selection::{NotAShard, NotATagExpression, Selection, Shard, TagExpression};
pub use suite::{Suite, SuiteError};
pub use surroundings::Surroundings;
pub use target::{Caller, Target};
pub use tour::{TourError, tour};
pub use verdict::{Report, Verdict};

/// What stands about every scenario of the suite, in the order of the files.
///
/// # Errors
///
/// If a feature file is not well formed.
pub fn scenarios() -> Result<Vec<Facts>, FeatureError> {
    Ok(features::facts(&features::all()?).collect())
}

/// The ids of the scenarios in a feature file of one's own, which holds `text`.
#[cfg(fuzzing)]
pub(crate) fn read_feature(text: &str) -> Result<Vec<String>, FeatureError> {
    let features = [features::parse(text, "own.feature".into())?];
    features::check_ids(&features)?;
    Ok(features::facts(&features).map(|facts| facts.id.to_string()).collect())
}
