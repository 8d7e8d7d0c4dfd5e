//! The ledger of one tenant at one vendor: every code and token, what it stands for, and why it died.
//!
//! All of it changes under one short lock, so that a code is redeemed once however many try, and a refresh never leaves
//! half a pair.

mod aging;
mod arena;
mod book;
mod credentials;
mod operations;
mod saved;
mod succession;
mod turn;

pub use book::{Kind, Standing};
pub(crate) use operations::{Formats, Ledger};
pub use saved::LedgerFlaw;
pub(crate) use saved::{CheckedLedger, SavedLedger};
