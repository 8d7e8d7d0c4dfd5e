//! Salesforce's OAuth endpoints: one file per step or grant.

mod answer;
mod assertion;
mod authorize;
mod client;
mod device;
mod discovery;
mod exchange;
mod id_token;
mod password;
mod revocation;
mod server;
mod soap;
mod token;

pub(super) use assertion::introduced;
pub(super) use authorize::authorize;
pub(super) use device::{Devices, connect};
pub(super) use discovery::{keys, open_id};
pub(super) use revocation::{introspect, revoke};
pub(super) use soap::{fault, soap};
pub(super) use token::{requested_by_refresh, token};
