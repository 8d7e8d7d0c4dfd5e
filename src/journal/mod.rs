//! The journal: every call that reached a provider, what was decided, and why. Bounded, one per tenant.
//!
//! It is the witness of a test. [`Journal::calls`] begins a [`Query`], whose terms all narrow; a query lists, counts,
//! waits, asserts with a failure text that shows the nearest calls and how they differ, and exports as [HAR](Har).
//! What people get to see is masked: equal secrets look equal, and nothing else can be learned.
//!
//! ```
//! use rehearsal::{ConsentGiven, Request, Stage, Vendor};
//!
//! let stage = Stage::new();
//! let tenant = stage.tenant();
//! let tokens = tenant.issue_tokens(Vendor::Box, ConsentGiven::default())?;
//! let request = http::Request::get("/2.0/users/me")
//!     .header("authorization", format!("Bearer {}", tokens.access_token.expose()))
//!     .body(bytes::Bytes::new())?;
//! stage.respond(Vendor::Box, &request);
//! tenant.revoke(Vendor::Box, tokens.access_token.expose())?;
//! stage.respond(Vendor::Box, &request);
//!
//! let calls = tenant.calls().vendor(Vendor::Box).operation("current-user");
//! calls.clone().served().assert_count(1);
//! let refused = calls.refused().because("revoked at").assert_count(1);
//! assert_eq!(refused[0].status(), 401);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! A call belongs to the tenant whose credential it shows. One that shows no credential, or one that no tenant owns, is
//! in the journal of the default tenant; [`Unexpected`] says whether the latter warns or fails the test.

mod entry;
mod har;
mod mismatch;
mod ownership;
mod packed;
mod query;
mod recording;
mod refresh;
mod term;
mod text;
mod unexpected;
mod waiting;

pub use entry::Entry;
pub use har::Har;
pub use mismatch::Mismatch;
pub use ownership::{Ownership, UnknownOwnership};
pub use query::Query;
pub use recording::{Bounds, Journal};
pub use refresh::RefreshMismatch;
pub use term::TermError;
pub use unexpected::Unexpected;
pub use waiting::WaitError;

pub(crate) use entry::Facts;
pub(crate) use refresh::Refresh;
pub(crate) use unexpected::{LastWord, Watch};
