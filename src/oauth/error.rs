//! Why a credential is refused. The wire says only what the vendor says; this is for people.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::Timestamp;

/// Why a code or token is dead.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Cause {
    /// Its time was up.
    Expired,
    /// It was revoked by itself.
    Revoked,
    /// Another token of its grant was revoked, and took it along.
    RevokedWithGrant,
    /// A newer refresh token took its place.
    Rotated,
    /// A code that was exchanged for tokens.
    Redeemed,
    /// A code or rotated token was presented again, and the vendor kills the grant for that.
    Replayed,
    /// A newer grant for the same app and user took its place.
    Superseded,
    /// Its app was switched off.
    AppDeactivated,
    /// Its user was switched off or deleted.
    UserDeactivated,
    /// Its user's password was changed, or API token regenerated.
    PasswordChanged,
    /// Its app was uninstalled from the customer account.
    Uninstalled,
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Expired => "expired",
            Self::Revoked => "revoked",
            Self::RevokedWithGrant => "revoked with its grant",
            Self::Rotated => "rotated",
            Self::Redeemed => "redeemed",
            Self::Replayed => "killed with its grant because a spent credential was presented again",
            Self::Superseded => "superseded by a newer grant",
            Self::AppDeactivated => "dead because its app was deactivated",
            Self::UserDeactivated => "dead because its user was deactivated",
            Self::PasswordChanged => "dead because the password was changed",
            Self::Uninstalled => "dead because its app was uninstalled",
        })
    }
}

/// Why and when a credential died.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Death {
    /// Why.
    pub cause: Cause,
    /// When, by the tenant's clock.
    pub at: Timestamp,
}

impl fmt::Display for Death {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at {}", self.cause, self.at)
    }
}

/// Why a credential was not accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Nobody issued it, or it died so long ago that it is forgotten.
    #[error("no such credential was issued")]
    Unknown,
    /// It was issued, and is dead.
    #[error("{0}")]
    Dead(Death),
    /// It is of another kind, such as a refresh token where an access token is wanted.
    #[error("a credential of another kind")]
    OtherKind,
    /// It was issued to another app.
    #[error("issued to another app")]
    OtherClient,
    /// It belongs to another customer account than the one the request is addressed to.
    #[error("issued at another customer account")]
    OtherRealm,
    /// The redirect URI is not the one of the authorize step.
    #[error("the redirect URI differs from the authorize step")]
    RedirectMismatch,
    /// More scope is asked for than was granted.
    #[error("the scope differs from what was granted")]
    ScopeMismatch,
    /// The authorize step sent a PKCE challenge, and no verifier came.
    #[error("no code verifier for the challenge of the authorize step")]
    VerifierMissing,
    /// The PKCE verifier is not the one behind the challenge.
    #[error("the code verifier does not fit the challenge of the authorize step")]
    VerifierMismatch,
}

impl Refusal {
    /// Why the credential is dead, if that is the reason.
    #[must_use]
    pub fn cause(&self) -> Option<Cause> {
        match self {
            Self::Dead(death) => Some(death.cause),
            _ => None,
        }
    }
}

/// Why a login with its password was not accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Rejection {
    #[error("no account has that login")]
    UnknownLogin,
    #[error("that was never the account's password")]
    WrongPassword,
    #[error("the account is {0}")]
    DeadAccount(Death),
    #[error("the password is {0}")]
    FormerPassword(Death),
}
