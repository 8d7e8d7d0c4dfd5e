//! What cannot be done by hand, and why.

use crate::{Vendor, oauth::Refusal, tenant::Taken};

/// An operation by hand that could not be done.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HandError {
    /// There is no such app.
    #[error("no app is registered at {0} with client id {1:?}; register it first")]
    NoApp(Vendor, String),
    /// There is no such user.
    #[error("no user is registered at {0} with login {1:?}; register it first")]
    NoUser(Vendor, String),
    /// The app was switched off.
    #[error("the app {1:?} is switched off at {0}, and gets nothing; issue it before, or for another app")]
    AppOff(Vendor, String),
    /// The user was switched off.
    #[error(
        "the user {1:?} is switched off at {0}, and consents to nothing; issue it before, or for another user"
    )]
    UserOff(Vendor, String),
    /// The redirect URI is not one of the app's.
    #[error("the app has no redirect URI {0:?}; register it, or leave it out to use the app's first")]
    NotRegistered(String),
    /// A fault names an operation that the vendor does not have.
    #[error("{0} has no operation {1:?}; it has {list}", list = .2.join(", "))]
    NoOperation(Vendor, String, &'static [&'static str]),
    /// A fault names an operation and no vendor.
    #[error("{0:?} is a vendor's operation; name the vendor, too")]
    OperationOfNobody(String),
    /// Another tenant has the credential.
    #[error("{0:?} cannot be registered at {1}: {2}")]
    Taken(String, Vendor, Taken),
    /// The vendor's console gives no tokens.
    #[error("{0} has no developer tokens; issue tokens for an app instead")]
    NoDeveloperTokens(Vendor),
    /// Switches that the vendor does not have.
    #[error("{0} cannot be switched so: {1}")]
    Switches(Vendor, String),
    /// The credential is not alive.
    #[error("nothing can be done with the credential at {0}: {1}")]
    Refused(Vendor, Refusal),
}
