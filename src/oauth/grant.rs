//! What one consent gave: the authorization code, and all tokens that descend from it.

use std::{fmt, sync::Arc, time::Duration};

use crate::{
    Secret, Timestamp,
    oauth::{App, User},
};

/// Who consented to what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grant {
    /// The app's client id.
    pub client_id: Arc<str>,
    /// The user's login.
    pub login: Arc<str>,
    /// The vendor's id of the user.
    pub user_id: Arc<str>,
    /// The customer account, as in [`User::realm`](crate::oauth::User::realm).
    pub realm: Arc<str>,
    /// The scopes granted, in the order asked for.
    pub scopes: Vec<String>,
    /// The redirect URI of the authorize step.
    pub redirect_uri: Option<String>,
    /// Whether a refresh token goes with it, where the vendor lets the scope decide.
    pub offline: bool,
}

impl Grant {
    /// The grant of `scopes` by `user` to `app`, without a redirect URI.
    #[must_use]
    pub fn new(app: &App, user: &User, scopes: Vec<String>, offline: bool) -> Self {
        Self {
            client_id: Arc::clone(&app.client_id),
            login: Arc::clone(&user.login),
            user_id: user.id.as_str().into(),
            realm: user.realm.as_str().into(),
            scopes,
            redirect_uri: None,
            offline,
        }
    }

    /// Whether `scope` was granted.
    #[must_use]
    pub fn has_scope(&self, scope: &str) -> bool {
        self.scopes.iter().any(|granted| granted == scope)
    }
}

/// The tokens that a code, a refresh or a consent gave.
#[derive(Clone, PartialEq, Eq)]
pub struct Issued {
    /// The access token.
    pub access_token: Secret,
    /// How long the access token lives; nothing if it has no clock.
    pub expires_in: Option<Duration>,
    /// The refresh token that came with it: none where none was issued, or where the old one stays.
    pub refresh_token: Option<Secret>,
    /// When they were issued.
    pub at: Timestamp,
    /// What they stand for.
    pub grant: Arc<Grant>,
}

impl fmt::Debug for Issued {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Issued").field("at", &self.at).field("grant", &self.grant).finish_non_exhaustive()
    }
}
