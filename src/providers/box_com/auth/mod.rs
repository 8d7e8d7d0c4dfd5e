//! Box's authorize, token and revoke endpoints.

mod assertion;
mod authorize;
mod credentials;
mod exchange;
mod revocation;
mod token;

pub(super) use assertion::Assertions;
pub(super) use authorize::authorize;
pub(super) use revocation::{revocation_refused, revoke};
pub(super) use token::{Refreshes, grant_refused, token};
