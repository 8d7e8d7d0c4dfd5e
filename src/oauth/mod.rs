//! A vendor-neutral authorization server: apps, users, codes, tokens, and the policy they live and die by.
//!
//! It knows no path, no parameter and no wording: those are the vendors'.

mod app;
mod error;
mod grant;
mod ledger;
mod policy;
mod saved;
mod server;
#[cfg(test)]
mod tests;

pub use app::{App, Flow, User};
pub(crate) use error::Rejection;
pub use error::{Cause, Death, Refusal};
pub use grant::{Grant, Issued, Narrowed};
pub(crate) use ledger::{CheckedLedger, Formats, Ledger, SavedLedger};
pub use ledger::{Kind, LedgerFlaw, Standing};
#[cfg(feature = "cli")]
pub(crate) use policy::RefreshLife;
pub use policy::{Aging, Cascade, Life, Limit, NoLife, Policy, Rotation};
pub use saved::Flaw;
pub(crate) use saved::{CheckedServer, SavedServer};
pub(crate) use server::AuthorizationServer;
