//! What can be done to a tenant by hand.

use std::{fmt, ops::Deref, sync::Arc, time::Duration};

use serde_json::Value;

use super::Stage;
use crate::{
    Fault, Secret, Vendor,
    mint::ALPHANUMERIC,
    oauth::{App, AuthorizationServer, Cause, Grant, Issued, Policy, Refusal, Standing, User},
    providers::Switches,
    tenant::{Taken, Tenant, Tenants},
};

/// A tenant, and what can be done to it by hand. Clones are the same tenant.
#[derive(Clone)]
#[must_use = "the tenant is gone when its handle is dropped"]
pub struct TenantHandle {
    tenant: Arc<Tenant>,
    stage: Stage,
    _guard: Option<Arc<Guard>>,
}

pub(super) struct Guard {
    tenants: Arc<Tenants>,
    tenant: Arc<Tenant>,
}

impl Guard {
    pub(super) fn new(tenants: &Arc<Tenants>, tenant: &Arc<Tenant>) -> Self {
        Self { tenants: Arc::clone(tenants), tenant: Arc::clone(tenant) }
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        self.tenants.remove(self.tenant.id());
        self.tenants.watch().fail(Some(self.tenant.id()));
    }
}

/// One registered app and one user at a vendor, ready for use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Demo {
    /// The app's client id.
    pub client_id: String,
    /// The app's client secret.
    pub client_secret: Secret,
    /// The app's callback.
    pub redirect_uri: String,
    /// The user's login; for BigCommerce the name of the legacy API account.
    pub login: String,
    /// The user's password; for BigCommerce the API token of the legacy account.
    pub password: Secret,
    /// The customer account: Egnyte's domain, BigCommerce's store hash, QuickBooks' company.
    pub realm: Option<String>,
}

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
}

/// An operation by hand that could not be done.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HandError {
    /// There is no such app.
    #[error("no app is registered at {0} with client id {1:?}; register it first")]
    NoApp(Vendor, String),
    /// There is no such user.
    #[error("no user is registered at {0} with login {1:?}; register it first")]
    NoUser(Vendor, String),
    /// The redirect URI is not one of the app's.
    #[error("the app has no redirect URI {0:?}; register it, or leave it out to use the app's first")]
    NotRegistered(String),
    /// A fault names an operation that the vendor does not have.
    #[error("{0} has no operation {1:?}; it has {list}", list = .2.join(", "))]
    NoOperation(Vendor, String, &'static [&'static str]),
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
    #[error("the credential cannot be changed at {0}: {1}")]
    Refused(Vendor, Refusal),
}

impl TenantHandle {
    pub(super) fn new(tenant: Arc<Tenant>, stage: Stage, guard: Option<Arc<Guard>>) -> Self {
        Self { tenant, stage, _guard: guard }
    }

    /// The app and user that stand ready at `vendor`. Made on first use, the same ever after.
    #[must_use]
    pub fn demo(&self, vendor: Vendor) -> Demo {
        let _here = self.tenant.enter();
        self.ready(vendor)
    }

    /// Lets an app and a user that are registered already stand ready; one that is not named is made.
    #[cfg(feature = "cli")]
    pub(crate) fn make_ready(&self, vendor: Vendor, client_id: Option<&str>, login: Option<&str>) {
        let _here = self.tenant.enter();
        let server = self.server(vendor);
        let app = client_id.and_then(|client_id| server.app(client_id));
        let user = login.and_then(|login| server.user(login));
        self.ready_with(vendor, app.as_deref().cloned(), user.as_deref().cloned());
    }

    fn ready(&self, vendor: Vendor) -> Demo {
        self.ready_with(vendor, None, None)
    }

    /// The app and user that stand ready: `app` and `user` if none do so yet, else made in the vendor's look.
    fn ready_with(&self, vendor: Vendor, app: Option<App>, user: Option<User>) -> Demo {
        let backstage = self.stage.backstage(vendor);
        let server = backstage.server(&self.tenant);
        let (app, user) = server.demo(|| {
            let app = app.unwrap_or_else(|| backstage.new_app(&self.tenant));
            if let Some(user) = user {
                return (app, user);
            }
            let user = loop {
                // Names are random: another tenant has one of them as good as never.
                let user = backstage.new_user(&self.tenant);
                if backstage.claim(&self.tenant, &user).is_ok() {
                    break user;
                }
            };
            (app, user)
        });
        Demo {
            client_id: app.client_id.to_string(),
            client_secret: app.client_secret.clone(),
            redirect_uri: app.redirect_uris.first().cloned().unwrap_or_default(),
            login: user.login.to_string(),
            password: user.password.clone(),
            realm: Some(user.realm.clone()).filter(|realm| !realm.is_empty()),
        }
    }

    /// The names of a vendor's operations, as journal and faults call them.
    #[must_use]
    pub fn operations(&self, vendor: Vendor) -> &'static [&'static str] {
        self.stage.operations(vendor)
    }

    /// An app of the vendor's look, to be changed and then registered.
    #[must_use]
    pub fn new_app(&self, vendor: Vendor) -> App {
        let _here = self.tenant.enter();
        self.stage.backstage(vendor).new_app(&self.tenant)
    }

    /// Registers an app, or replaces the one with the same client id.
    ///
    /// # Errors
    ///
    /// If another tenant has registered the client id: it names the tenant.
    pub fn register_app(&self, vendor: Vendor, app: App) -> Result<Arc<App>, HandError> {
        let _here = self.tenant.enter();
        let client_id = app.client_id.to_string();
        let server = self.stage.backstage(vendor).server(&self.tenant);
        server.register_app(app).map_err(|taken| HandError::Taken(client_id, vendor, taken))
    }

    /// A user of the vendor's look, to be changed and then registered.
    #[must_use]
    pub fn new_user(&self, vendor: Vendor) -> User {
        let _here = self.tenant.enter();
        self.stage.backstage(vendor).new_user(&self.tenant)
    }

    /// Registers a user, or replaces the one with the same login.
    ///
    /// # Errors
    ///
    /// If another tenant has what identifies the user, such as a domain.
    pub fn register_user(&self, vendor: Vendor, user: User) -> Result<Arc<User>, HandError> {
        let _here = self.tenant.enter();
        let backstage = self.stage.backstage(vendor);
        backstage
            .claim(&self.tenant, &user)
            .map_err(|taken| HandError::Taken(user.login.to_string(), vendor, taken))?;
        Ok(backstage.server(&self.tenant).register_user(user))
    }

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
            return Ok(server.ledger().issue_lasting(grant));
        }
        Ok(server.ledger().issue(grant))
    }

    /// Issues the token that an app's developer draws in the vendor's console: it lives as long as the vendor lets it,
    /// and no refresh token comes with it.
    ///
    /// # Errors
    ///
    /// If the vendor has no such tokens, or the app or user is not registered.
    pub fn issue_developer_token(&self, vendor: Vendor, consent: ConsentGiven) -> Result<Issued, HandError> {
        let _here = self.tenant.enter();
        let life = self.stage.backstage(vendor).developer_token_life();
        let life = life.ok_or(HandError::NoDeveloperTokens(vendor))?;
        let grant = Grant { offline: false, ..self.grant(vendor, consent)? };
        Ok(self.server(vendor).ledger().issue_for(grant, life))
    }

    fn grant(&self, vendor: Vendor, consent: ConsentGiven) -> Result<Grant, HandError> {
        let demo = self.ready(vendor);
        let backstage = self.stage.backstage(vendor);
        let server = backstage.server(&self.tenant);
        let client_id = consent.client_id.unwrap_or(demo.client_id);
        let login = consent.login.unwrap_or(demo.login);
        let app = server.app(&client_id).ok_or(HandError::NoApp(vendor, client_id))?;
        let user = server.user(&login).ok_or(HandError::NoUser(vendor, login))?;
        let redirect_uri = match consent.redirect_uri {
            Some(uri) if !app.redirect_uris.contains(&uri) => return Err(HandError::NotRegistered(uri)),
            Some(uri) => Some(uri),
            None => app.redirect_uris.first().cloned(),
        };
        let scopes = if consent.scopes.is_empty() { app.scopes.clone() } else { consent.scopes };
        let offline = backstage.offline(&scopes);
        Ok(Grant { redirect_uri, ..Grant::new(&app, &user, scopes, offline) })
    }

    /// Lets `fault` strike this tenant's calls, and says its number.
    ///
    /// # Errors
    ///
    /// If it names an operation that the vendor does not have.
    pub fn inject(&self, fault: Fault) -> Result<u64, HandError> {
        let place = fault.vendor().zip(fault.operation());
        if let Some((vendor, operation)) = place {
            let known = self.stage.operations(vendor);
            if !known.contains(&operation) {
                return Err(HandError::NoOperation(vendor, operation.to_owned(), known));
            }
        }
        let _here = self.tenant.enter();
        Ok(self.tenant.faults().add(fault))
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

    /// What is known of a code or token: what it stands for, when it ends, why it is dead.
    #[must_use]
    pub fn standing(&self, vendor: Vendor, credential: &str) -> Option<Standing> {
        let _here = self.tenant.enter();
        self.server(vendor).ledger().standing(credential)
    }

    /// The registered apps, by client id.
    #[must_use]
    pub fn apps(&self, vendor: Vendor) -> Vec<Arc<App>> {
        let _here = self.tenant.enter();
        self.server(vendor).apps()
    }

    /// Switches an app off, as an administrator would; all its codes and tokens die.
    ///
    /// # Errors
    ///
    /// If it is not registered.
    pub fn deactivate_app(&self, vendor: Vendor, client_id: &str) -> Result<(), HandError> {
        let _here = self.tenant.enter();
        let done = self.server(vendor).deactivate_app(client_id);
        done.then_some(()).ok_or_else(|| HandError::NoApp(vendor, client_id.to_owned()))
    }

    /// Switches a user off, or deletes a legacy account; all tokens die.
    ///
    /// # Errors
    ///
    /// If the user is not registered.
    pub fn deactivate_user(&self, vendor: Vendor, login: &str) -> Result<(), HandError> {
        let _here = self.tenant.enter();
        let done = self.server(vendor).deactivate_user(login);
        done.then_some(()).ok_or_else(|| HandError::NoUser(vendor, login.to_owned()))
    }

    fn kill(&self, vendor: Vendor, credential: &str, cause: Cause) -> Result<(), HandError> {
        let killed = self.server(vendor).ledger().kill(credential, cause);
        killed.map_err(|refusal| HandError::Refused(vendor, refusal))
    }

    /// Gives the user a new password, for BigCommerce a new API token; what depended on the old one dies.
    ///
    /// # Errors
    ///
    /// If the user does not exist.
    pub fn change_password(&self, vendor: Vendor, login: &str) -> Result<Secret, HandError> {
        let _here = self.tenant.enter();
        let server = self.server(vendor);
        let length = server.user(login).map_or(16, |user| user.password.expose().len());
        // Drawn from the look of the old one.
        let alphabet = match vendor {
            Vendor::BigCommerce => crate::mint::HEX,
            _ => ALPHANUMERIC,
        };
        let password = Secret::from(server.mint().text(alphabet, length));
        if server.change_password(login, password.clone()) {
            Ok(password)
        } else {
            Err(HandError::NoUser(vendor, login.to_owned()))
        }
    }

    /// Forgets what happened at every vendor: codes, tokens, changes to resources, faults, journal. Apps and users stay.
    pub fn reset(&self) {
        let _here = self.tenant.enter();
        self.stage.providers.iter().for_each(|provider| provider.reset(&self.tenant));
        self.tenant.faults().clear();
        self.tenant.journal().clear();
    }

    /// How codes and tokens live and die at `vendor`.
    #[must_use]
    pub fn policy(&self, vendor: Vendor) -> Policy {
        let _here = self.tenant.enter();
        self.server(vendor).ledger().policy()
    }

    /// Changes how codes and tokens that are issued from now on live and die at `vendor`.
    pub fn set_policy(&self, vendor: Vendor, policy: Policy) {
        let _here = self.tenant.enter();
        self.server(vendor).ledger().set_policy(policy);
    }

    /// The switches of the vendor that `S` belongs to, such as
    /// [`salesforce::Switches`](crate::providers::salesforce::Switches).
    #[must_use]
    pub fn switches<S: Switches>(&self) -> S {
        #[expect(clippy::expect_used, reason = "a vendor writes its switches in the form it reads them in")]
        serde_json::from_value(self.switches_as_json(S::VENDOR)).expect("switches are read as written")
    }

    /// Sets all switches of the vendor that `S` belongs to.
    pub fn set_switches<S: Switches>(&self, switches: &S) {
        let switches = serde_json::to_value(switches);
        #[expect(
            clippy::expect_used,
            reason = "a vendor reads its switches in the form they are written in"
        )]
        switches
            .and_then(|switches| self.stage.backstage(S::VENDOR).set_switches(&self.tenant, switches))
            .expect("switches are read as written");
    }

    /// The switches of `vendor`, in the form that configuration and the control API use.
    #[must_use]
    pub fn switches_as_json(&self, vendor: Vendor) -> Value {
        self.stage.backstage(vendor).switches(&self.tenant)
    }

    /// Sets the switches of `vendor`; those left out go back to their defaults.
    ///
    /// # Errors
    ///
    /// If there is no such switch, or it has no such position.
    pub fn set_switches_as_json(&self, vendor: Vendor, switches: Value) -> Result<(), HandError> {
        let set = self.stage.backstage(vendor).set_switches(&self.tenant, switches);
        set.map_err(|error| HandError::Switches(vendor, error.to_string()))
    }

    pub(crate) fn server(&self, vendor: Vendor) -> &AuthorizationServer {
        self.stage.backstage(vendor).server(&self.tenant)
    }
}

impl Deref for TenantHandle {
    type Target = Tenant;

    fn deref(&self) -> &Tenant {
        &self.tenant
    }
}

impl fmt::Debug for TenantHandle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.tenant.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_vendor_has_its_stand_in_at_its_place() {
        let stage = Stage::new();
        for vendor in Vendor::ALL {
            assert_eq!(stage.provider(vendor).vendor(), vendor);
        }
    }
}
