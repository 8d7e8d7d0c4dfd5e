//! The stand-ins. A provider is a function: it answers a request from its state, its clock and its randomness, and does
//! no I/O.
//!
//! Each vendor has a folder with the same files: `mod.rs` (facts and the route table), `auth.rs`, `api.rs`,
//! `errors.rs`, `pages.rs`.

mod accept;
pub mod adobe_sign;
mod authorize;
pub mod bigcommerce;
pub mod box_com;
mod call;
pub mod egnyte;
mod house;
mod html;
pub(crate) mod multipart;
pub mod quickbooks;
mod quoted;
pub mod salesforce;
mod saved;
mod switches;

use std::{fmt, sync::Arc, time::Duration};

use serde_json::Value;

use crate::{
    Vendor,
    exchange::{Reply, Request},
    oauth::{App, AuthorizationServer, User},
    tenant::{Taken, Tenant},
};

pub use house::Operation;
pub(crate) use house::all;
pub(crate) use saved::{Obstacle, SavedSites};
pub use switches::Switches;

/// A stand-in of one vendor.
pub trait Provider: Send + Sync {
    /// Whose.
    fn vendor(&self) -> Vendor;

    /// Answers `request` as the vendor would.
    fn respond(&self, request: &Request) -> Reply;
}

/// What the stage needs of a provider besides its answers.
pub(crate) trait Backstage: Provider + fmt::Debug {
    /// The authorization server of `tenant` at this vendor.
    fn server<'t>(&self, tenant: &'t Tenant) -> &'t AuthorizationServer;

    /// An app with an id and secret of the vendor's look, not yet registered.
    fn new_app(&self, tenant: &Tenant) -> App;

    /// A user with ids of the vendor's look, not yet registered.
    fn new_user(&self, tenant: &Tenant) -> User;

    /// How long a token lives that an app's developer draws in the vendor's console, if it has such.
    fn developer_token_life(&self) -> Option<Duration>;

    /// Makes what identifies `user` at this vendor name the tenant: a domain, a store, an account name. Gives the user
    /// as the vendor writes them, or what another tenant has.
    fn claim(&self, tenant: &Tenant, user: User) -> Result<User, (Arc<str>, Taken)>;

    /// The tenant's switches, as JSON.
    fn switches(&self, tenant: &Tenant) -> Value;

    /// Sets the tenant's switches; those left out go back to their defaults.
    fn set_switches(&self, tenant: &Tenant, switches: Value) -> serde_json::Result<()>;

    /// Forgets what happened: codes, tokens, and changes to resources. Apps and users stay.
    fn reset(&self, tenant: &Tenant);

    /// Whether a refresh token goes with a grant of `scopes`.
    fn offline(&self, scopes: &[String]) -> bool;

    /// Whether tokens that are issued to `app` by hand live until they are revoked, and cannot be refreshed.
    fn lasts(&self, app: &App) -> bool;

    /// The names of its operations, as journal and faults call them.
    fn operations(&self) -> &'static [&'static str];
}

/// Whether an app has a redirect URI unless it was registered with others: at Box, one that acts for itself has none.
#[cfg(feature = "serve")]
pub(crate) fn redirects_by_default(vendor: Vendor, flow: crate::oauth::Flow) -> bool {
    vendor != Vendor::Box || flow != crate::oauth::Flow::Server
}
