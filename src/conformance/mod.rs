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

pub mod broken;
mod browser;
mod collector;
mod connector;
mod exchange;
mod features;
mod heard;
mod known_failing;
mod record;
pub mod report;
pub mod requirements;
mod runner;
mod secrets;
mod selection;
mod steps;
mod surroundings;
mod target;
mod tour;
mod user;
pub mod verdict;
mod world;

pub use connector::{ALL as CONNECTORS, Connector, ConnectorName, UnknownConnector};
pub use features::{Facts, FeatureError};
pub use known_failing::{KnownFailing, NotAScenario};
pub use record::{Failure, Fault};
pub use runner::{CheckError, CheckOptions, Console, check};
pub use selection::{NotATagExpression, Selection, TagExpression};
pub use surroundings::Surroundings;
pub use target::{Caller, Target};
pub use tour::{TourError, tour};
pub use verdict::{Report, Verdict};
