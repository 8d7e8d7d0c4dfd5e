//! Rehearse the death of a token: stand-ins of OAuth vendors, a reference instances service, and a conformance suite.

// Some vendors' records have more than a hundred members, which `json!` walks one by one.
#![recursion_limit = "512"]

#[cfg(feature = "cli")]
pub mod cli;
pub mod clock;
#[cfg(feature = "cli")]
mod configuration;
#[cfg(feature = "conformance")]
pub mod conformance;
mod duration_text;
pub mod exchange;
#[cfg(any(feature = "cli", feature = "conformance"))]
pub mod exit_codes;
pub mod fault;
#[cfg(all(fuzzing, feature = "cli"))]
pub mod fuzzing;
mod head;
mod hosts;
#[cfg(feature = "instances")]
pub mod instances;
pub mod journal;
pub mod jws;
pub mod mask;
pub mod mint;
pub mod oauth;
pub mod providers;
pub mod secret;
#[cfg(feature = "serve")]
pub mod serve;
pub mod snapshot;
pub mod stage;
mod sync;
pub mod tenant;
pub mod vendor;
#[cfg(feature = "wiremock")]
pub mod wiremock;

pub use clock::{Clock, Timestamp};
pub use exchange::{Reply, Request};
pub use fault::Fault;
pub use mint::Mint;
pub use providers::Provider;
pub use secret::Secret;
#[cfg(feature = "serve")]
pub use serve::RunningStage;
pub use snapshot::{Snapshot, StageSnapshot};
pub use stage::{ConsentGiven, Demo, Stage, TenantHandle};
pub use tenant::Consent;
pub use vendor::Vendor;

/// Keeps the README's code true.
#[cfg(all(doctest, feature = "serve"))]
#[doc = include_str!("../README.md")]
struct Readme;
