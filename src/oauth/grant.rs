//! What one consent gave: the authorization code, and all tokens that descend from it.

use std::{fmt, sync::Arc, time::Duration};

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::{
    Secret, Timestamp,
    oauth::{App, Flow, Refusal, User},
};

/// Who consented to what.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
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
    /// The PKCE challenge (RFC 7636, method S256) of the authorize step, where the app sent one.
    pub code_challenge: Option<String>,
    /// The nonce of the authorize step, which an ID token repeats (OpenID Connect).
    pub nonce: Option<String>,
    /// How it came about.
    pub flow: Flow,
    /// What a token exchange narrowed it to (RFC 8693); nothing if it came about by no exchange that narrows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub narrowed: Option<Narrowed>,
}

/// What a token exchange left of a grant, besides its scopes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Narrowed {
    /// The one resource that its tokens are good for, as the vendor names it; nothing if they are good for all.
    pub resource: Option<String>,
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
            code_challenge: None,
            nonce: None,
            flow: Flow::Code,
            narrowed: None,
        }
    }

    /// Compares the verifier of the token step with the challenge of the authorize step. Without a challenge any
    /// verifier will do. RFC 7636's limit of 128 characters is left to the vendors: some of their own clients exceed it.
    pub(crate) fn check_verifier(&self, verifier: Option<&str>) -> Result<(), Refusal> {
        let Some(challenge) = &self.code_challenge else { return Ok(()) };
        let verifier = verifier.filter(|verifier| !verifier.is_empty()).ok_or(Refusal::VerifierMissing)?;
        let proof = Secret::from(BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(verifier)));
        if proof.matches(challenge.trim_end_matches('=')) { Ok(()) } else { Err(Refusal::VerifierMismatch) }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_verifier_behind_the_challenge_will_do() {
        // The example of RFC 7636, appendix B.
        let grant = Grant {
            client_id: "app".into(),
            login: "user".into(),
            user_id: "1".into(),
            realm: "".into(),
            scopes: Vec::new(),
            redirect_uri: None,
            offline: false,
            code_challenge: Some("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM".into()),
            nonce: None,
            flow: Flow::Code,
            narrowed: None,
        };
        let check = |verifier| grant.check_verifier(verifier);
        assert_eq!(check(Some("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk")), Ok(()));
        assert_eq!(
            check(Some("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXK")),
            Err(Refusal::VerifierMismatch)
        );
        assert_eq!(check(None), Err(Refusal::VerifierMissing));
        let plain = Grant { code_challenge: None, ..grant.clone() };
        assert_eq!(plain.check_verifier(Some("anything")), Ok(()));
    }
}
