//! Codes and tokens by hand: issued without a page, expired, aged, revoked.

use std::time::Duration;

use crate::{
    Secret, Vendor,
    oauth::{Cause, Grant, Issued, Life, Standing},
    stage::{HandError, TenantHandle},
};

/// Who consents to what, when a code or tokens are issued without a page.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ConsentGiven {
    /// The app's client id; the demo app's if none is named.
    pub client_id: Option<String>,
    /// The user's login; the demo user's if none is named.
    pub login: Option<String>,
    /// The redirect URI of the authorize step; the app's first if none is named.
    pub redirect_uri: Option<String>,
    /// The scopes; the app's own if none are named.
    pub scopes: Vec<String>,
    /// The PKCE challenge (RFC 7636, method S256) of the authorize step. Without one, a code is redeemed with any verifier
    /// or none.
    pub code_challenge: Option<String>,
}

impl TenantHandle {
    /// Issues an authorization code without a page.
    ///
    /// # Errors
    ///
    /// If the app or user does not exist, or the redirect URI is not the app's.
    pub fn issue_code(&self, vendor: Vendor, consent: ConsentGiven) -> Result<Secret, HandError> {
        let _here = self.tenant.enter();
        let grant = self.grant(vendor, consent)?;
        Ok(self.server(vendor).ledger().issue_code(grant))
    }

    /// Issues tokens directly, as if a code had been redeemed. At Adobe Sign, the token of an app of the flow
    /// [`Server`](crate::oauth::Flow::Server) is an integration key: it lives until it is revoked.
    ///
    /// # Errors
    ///
    /// If the app or user does not exist, or the redirect URI is not the app's.
    pub fn issue_tokens(&self, vendor: Vendor, consent: ConsentGiven) -> Result<Issued, HandError> {
        let _here = self.tenant.enter();
        let grant = self.grant(vendor, consent)?;
        let server = self.server(vendor);
        let app = server.app(&grant.client_id);
        if app.is_some_and(|app| self.stage.backstage(vendor).lasts(&app)) {
            return Ok(server.ledger().issue_for(grant, Life::Unlimited));
        }
        Ok(server.ledger().issue(grant))
    }

    /// Issues the token that an app's developer draws in the vendor's console: it lives as long as the vendor lets it,
    /// and no refresh token comes with it.
    ///
    /// # Errors
    ///
    /// If the vendor has no such tokens, or the app or user is not registered or switched off.
    pub fn issue_developer_token(&self, vendor: Vendor, consent: ConsentGiven) -> Result<Issued, HandError> {
        let _here = self.tenant.enter();
        let life = self.stage.backstage(vendor).developer_token_life();
        let life = life.ok_or(HandError::NoDeveloperTokens(vendor))?;
        let grant = Grant { offline: false, ..self.grant(vendor, consent)? };
        Ok(self.server(vendor).ledger().issue_for(grant, Life::For(life)))
    }

    fn grant(&self, vendor: Vendor, consent: ConsentGiven) -> Result<Grant, HandError> {
        let demo = self.ready(vendor);
        let backstage = self.stage.backstage(vendor);
        let server = backstage.server(&self.tenant);
        let client_id = consent.client_id.unwrap_or(demo.client_id);
        let login = consent.login.unwrap_or(demo.login);
        let app = server.app(&client_id).ok_or(HandError::NoApp(vendor, client_id))?;
        let user = server.user(&login).ok_or(HandError::NoUser(vendor, login))?;
        if !app.active {
            return Err(HandError::AppOff(vendor, app.client_id.to_string()));
        }
        if user.death.is_some() {
            return Err(HandError::UserOff(vendor, user.login.to_string()));
        }
        let redirect_uri = match consent.redirect_uri {
            Some(uri) if !app.redirect_uris.contains(&uri) => return Err(HandError::NotRegistered(uri)),
            Some(uri) => Some(uri),
            None => app.redirect_uris.first().cloned(),
        };
        let scopes = if consent.scopes.is_empty() { app.scopes.clone() } else { consent.scopes };
        let offline = backstage.offline(&scopes);
        let code_challenge = consent.code_challenge;
        Ok(Grant { redirect_uri, code_challenge, ..Grant::new(&app, &user, scopes, offline) })
    }

    /// Makes a code or token expire now.
    ///
    /// # Errors
    ///
    /// If it was never issued to this tenant, or is dead already.
    pub fn expire(&self, vendor: Vendor, credential: &str) -> Result<(), HandError> {
        let _here = self.tenant.enter();
        self.kill(vendor, credential, Cause::Expired)
    }

    /// Revokes everything that descends from the consent behind a token, whatever the vendor does otherwise.
    ///
    /// # Errors
    ///
    /// If it was never issued to this tenant, or is dead already.
    pub fn revoke_grant(&self, vendor: Vendor, token: &str) -> Result<(), HandError> {
        let _here = self.tenant.enter();
        let revoked = self.server(vendor).ledger().revoke_grant(token);
        revoked.map_err(|refusal| HandError::Refused(vendor, refusal))
    }

    /// Makes a code or token older, as if it had been issued this much earlier; it expires when its time is up.
    ///
    /// # Errors
    ///
    /// If it was never issued to this tenant, or is dead already.
    pub fn age(&self, vendor: Vendor, credential: &str, by: Duration) -> Result<(), HandError> {
        let _here = self.tenant.enter();
        let aged = self.server(vendor).ledger().age(credential, by);
        aged.map_err(|refusal| HandError::Refused(vendor, refusal))
    }

    /// Revokes a token, and what goes with it at this vendor.
    ///
    /// # Errors
    ///
    /// If it was never issued to this tenant, or is dead already.
    pub fn revoke(&self, vendor: Vendor, token: &str) -> Result<(), HandError> {
        let _here = self.tenant.enter();
        let revoked = self.server(vendor).ledger().revoke(token);
        revoked.map(drop).map_err(|refusal| HandError::Refused(vendor, refusal))
    }

    /// Revokes one token and nothing that goes with it, whatever the vendor does otherwise.
    ///
    /// # Errors
    ///
    /// If it was never issued to this tenant, or is dead already.
    pub fn revoke_alone(&self, vendor: Vendor, token: &str) -> Result<(), HandError> {
        let _here = self.tenant.enter();
        self.kill(vendor, token, Cause::Revoked)
    }

    fn kill(&self, vendor: Vendor, credential: &str, cause: Cause) -> Result<(), HandError> {
        let killed = self.server(vendor).ledger().kill(credential, cause);
        killed.map_err(|refusal| HandError::Refused(vendor, refusal))
    }

    /// What is known of a code or token: what it stands for, when it ends, why it is dead.
    #[must_use]
    pub fn standing(&self, vendor: Vendor, credential: &str) -> Option<Standing> {
        let _here = self.tenant.enter();
        self.server(vendor).ledger().standing(credential)
    }
}
