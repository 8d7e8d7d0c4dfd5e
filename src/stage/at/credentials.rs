//! Codes and tokens of one vendor.

use std::{fmt, marker::PhantomData, time::Duration};

use super::{At, AtVendor, Expires, Refreshes, Revokes};
use crate::{
    ConsentGiven, Secret,
    oauth::{Issued, Standing},
    stage::HandError,
};

/// The tokens that a consent gave at the vendor `V`.
#[derive(Clone)]
pub struct Tokens<V> {
    issued: Issued,
    vendor: PhantomData<fn() -> V>,
}

impl<V: AtVendor> Tokens<V> {
    /// The access token, in the clear.
    #[must_use]
    pub fn access_token(&self) -> &str {
        self.issued.access_token.expose()
    }
}

impl<V: Expires> Tokens<V> {
    /// How long the access token lives; nothing if the vendor was [told](At::set_policy) to issue tokens without a clock.
    #[must_use]
    pub fn expires_in(&self) -> Option<Duration> {
        self.issued.expires_in
    }
}

impl<V: Refreshes> Tokens<V> {
    /// The refresh token, in the clear; nothing if the scopes do not ask for one.
    #[must_use]
    pub fn refresh_token(&self) -> Option<&str> {
        self.issued.refresh_token.as_ref().map(Secret::expose)
    }
}

impl<V> fmt::Debug for Tokens<V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.issued.fmt(f)
    }
}

impl<V: AtVendor> At<V> {
    /// Issues an authorization code without a page.
    ///
    /// # Errors
    ///
    /// If the app or user does not exist, or the redirect URI is not the app's.
    pub fn issue_code(&self, consent: ConsentGiven) -> Result<Secret, HandError> {
        self.tenant.issue_code(V::VENDOR, consent)
    }

    /// Issues tokens directly, as if a code had been redeemed.
    ///
    /// # Errors
    ///
    /// If the app or user does not exist, or the redirect URI is not the app's.
    pub fn issue_tokens(&self, consent: ConsentGiven) -> Result<Tokens<V>, HandError> {
        Ok(Tokens { issued: self.tenant.issue_tokens(V::VENDOR, consent)?, vendor: PhantomData })
    }

    /// What is known of a code or token: what it stands for, when it ends, why it is dead.
    #[must_use]
    pub fn standing(&self, credential: &str) -> Option<Standing> {
        self.tenant.standing(V::VENDOR, credential)
    }

    /// Makes a code expire now. Every vendor's codes do.
    ///
    /// # Errors
    ///
    /// If it was never issued to this tenant, or is dead already.
    pub fn expire_code(&self, code: &str) -> Result<(), HandError> {
        self.tenant.expire(V::VENDOR, code)
    }

    /// Kills one token and nothing that goes with it, whatever the vendor does otherwise.
    ///
    /// # Errors
    ///
    /// If it was never issued to this tenant, or is dead already.
    pub fn revoke_alone(&self, token: &str) -> Result<(), HandError> {
        self.tenant.revoke_alone(V::VENDOR, token)
    }

    /// Kills everything that descends from the consent behind a token, whatever the vendor does otherwise.
    ///
    /// # Errors
    ///
    /// If it was never issued to this tenant, or is dead already.
    pub fn revoke_grant(&self, token: &str) -> Result<(), HandError> {
        self.tenant.revoke_grant(V::VENDOR, token)
    }
}

impl<V: Expires> At<V> {
    /// Makes a token expire now.
    ///
    /// # Errors
    ///
    /// If it was never issued to this tenant, or is dead already.
    pub fn expire(&self, token: &str) -> Result<(), HandError> {
        self.tenant.expire(V::VENDOR, token)
    }

    /// Makes a token older, as if it had been issued this much earlier.
    ///
    /// # Errors
    ///
    /// If it was never issued to this tenant, or is dead already.
    pub fn age(&self, token: &str, by: Duration) -> Result<(), HandError> {
        self.tenant.age(V::VENDOR, token, by)
    }
}

impl<V: Revokes> At<V> {
    /// Revokes a token as a client would: what goes with it at this vendor dies, too.
    ///
    /// # Errors
    ///
    /// If it was never issued to this tenant, or is dead already.
    pub fn revoke(&self, token: &str) -> Result<(), HandError> {
        self.tenant.revoke(V::VENDOR, token)
    }
}
