//! The configuration file: how tenants of `serve` begin, and which service `check` looks at. Described in
//! `docs/configuration.md`.
//!
//! It is strict: an unknown key, a value of the wrong kind, or a name that no vendor knows is refused with its line and
//! column, before anything is served.

mod apply;
mod document;
mod effective;
mod error;
mod policy;
mod target;

pub(crate) use document::Configuration;
pub(crate) use error::{ConfigurationError, Place};
pub(crate) use target::{CallerSection, SecretSource, TargetSection};
