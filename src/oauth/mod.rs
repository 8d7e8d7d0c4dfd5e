//! A vendor-neutral authorization server: apps, users, codes, tokens, and the policy they live and die by.
//!
//! It knows no path, no parameter and no wording: those are the vendors'.

mod app;
mod error;
mod grant;
mod ledger;
mod policy;
mod server;
#[cfg(test)]
mod tests;

pub use app::{App, Flow, User};
pub(crate) use error::Rejection;
pub use error::{Cause, Death, Refusal};
pub use grant::{Grant, Issued};
pub(crate) use ledger::{Formats, Ledger};
pub use ledger::{Kind, Standing};
pub use policy::{Aging, Cascade, Life, Limit, Per, Policy, Rotation};
pub(crate) use server::AuthorizationServer;
