//! The stage: all providers of one run, over the same tenants.

use std::{fmt, ops::Deref, sync::Arc};

use crate::{
    Clock, Fault, Mint, Secret, Vendor,
    exchange::{Reply, Request},
    journal::{Bounds, LastWord, Unexpected},
    mint::ALPHANUMERIC,
    oauth::{App, AuthorizationServer, Cause, Grant, Issued, Policy, Refusal, Standing, User},
    providers::{self, Backstage, Provider},
    tenant::{Consent, Settings, Taken, Tenant, Tenants},
};

/// All providers of one run. Clones are the same stage.
///
/// ```
/// use bytes::Bytes;
/// use rehearsal::{Stage, Vendor};
///
/// let stage = Stage::new();
/// let request = http::Request::get("/2.0/users/me").body(Bytes::new())?;
/// let reply = stage.respond(Vendor::Box, &request);
/// assert_eq!(reply.status(), 401);
/// assert_eq!(reply.headers()["www-authenticate"], "Bearer realm=\"Service\"");
/// # Ok::<(), http::Error>(())
/// ```
#[derive(Clone)]
pub struct Stage {
    tenants: Arc<Tenants>,
    providers: Arc<[Arc<dyn Backstage>]>,
    _last_word: Arc<LastWord>,
}

impl Stage {
    /// A stage with system clocks and the operating system's randomness.
    #[must_use]
    pub fn new() -> Self {
        Self::builder().build()
    }

    /// Says how the stage shall be.
    pub fn builder() -> StageBuilder {
        StageBuilder::default()
    }

    /// Answers `request` as `vendor` would, without a socket.
    #[must_use]
    pub fn respond(&self, vendor: Vendor, request: &Request) -> Reply {
        self.backstage(vendor).respond(request)
    }

    /// The stand-in of `vendor`.
    #[must_use]
    pub fn provider(&self, vendor: Vendor) -> Arc<dyn Provider> {
        Arc::clone(self.backstage(vendor)) as Arc<dyn Provider>
    }

    /// The tenant that owns every call whose credential nobody else owns.
    pub fn default_tenant(&self) -> TenantHandle {
        self.handle(Arc::clone(self.tenants.default_tenant()), None)
    }

    /// Makes an isolated world, which is gone when the handle is dropped.
    #[must_use = "the tenant is gone when its handle is dropped"]
    pub fn tenant(&self) -> TenantHandle {
        let tenant = self.tenants.create();
        let guard = Guard { tenants: Arc::clone(&self.tenants), tenant: Arc::clone(&tenant) };
        self.handle(tenant, Some(Arc::new(guard)))
    }

    /// The names of a vendor's operations, as journal and faults call them.
    #[must_use]
    pub fn operations(&self, vendor: Vendor) -> &'static [&'static str] {
        self.backstage(vendor).operations()
    }

    /// Says what becomes, from now on, of calls that nobody expects; see [`Unexpected`].
    ///
    /// ```
    /// use rehearsal::{Stage, journal::Unexpected};
    ///
    /// let stage = Stage::new();
    /// stage.set_unexpected(Unexpected::Warn);
    /// ```
    pub fn set_unexpected(&self, choice: Unexpected) {
        self.tenants.watch().choose(choice);
    }

    /// Fails now, instead of on drop, if [`Unexpected::Fail`] was chosen and unexpected calls have come; they are
    /// forgotten then.
    ///
    /// ```should_panic
    /// use rehearsal::{Request, Stage, Vendor, journal::Unexpected};
    ///
    /// let stage = Stage::builder().unexpected(Unexpected::Fail).build();
    /// stage.respond(Vendor::Box, &Request::default()); // Box has no route `GET /`
    /// stage.assert_no_unexpected_calls();
    /// ```
    ///
    /// # Panics
    ///
    /// If there were any.
    #[track_caller]
    pub fn assert_no_unexpected_calls(&self) {
        self.tenants.watch().fail(None);
    }

    fn handle(&self, tenant: Arc<Tenant>, guard: Option<Arc<Guard>>) -> TenantHandle {
        TenantHandle { tenant, stage: self.clone(), _guard: guard }
    }

    fn backstage(&self, vendor: Vendor) -> &Arc<dyn Backstage> {
        &self.providers[vendor.index()]
    }
}

impl Default for Stage {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Stage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Stage").field("providers", &self.providers).finish_non_exhaustive()
    }
}

/// How a stage shall be.
#[derive(Clone, Debug, Default)]
#[must_use = "a builder does nothing until it is built or started"]
pub struct StageBuilder(Settings);

impl StageBuilder {
    /// Draws codes, tokens and ids from `seed`: same seed, same bytes.
    pub fn seed(mut self, seed: u64) -> Self {
        self.0.mint = Mint::seeded(seed);
        self
    }

    /// One clock for all tenants, instead of one each.
    pub fn clock(mut self, clock: Clock) -> Self {
        self.0.clock = Some(clock);
        self
    }

    /// How the authorize step asks for consent.
    pub fn consent(mut self, consent: Consent) -> Self {
        self.0.consent = consent;
        self
    }

    /// How much each tenant's journal keeps.
    pub fn journal(mut self, bounds: Bounds) -> Self {
        self.0.journal = bounds;
        self
    }

    /// What becomes of calls that nobody expects: a credential that no tenant owns, or no route. They are ignored
    /// if this is not said.
    ///
    /// ```
    /// use rehearsal::{Stage, journal::Unexpected};
    ///
    /// let stage = Stage::builder().unexpected(Unexpected::Fail).build();
    /// drop(stage); // would fail the test here, had such a call come
    /// ```
    pub fn unexpected(mut self, choice: Unexpected) -> Self {
        self.0.unexpected = choice;
        self
    }

    /// The stage, without a socket.
    #[must_use]
    pub fn build(self) -> Stage {
        let tenants = Arc::new(Tenants::new(self.0));
        let providers = providers::all(&tenants).into();
        let last_word = LastWord(Arc::clone(tenants.watch()));
        Stage { tenants, providers, _last_word: Arc::new(last_word) }
    }
}

/// A tenant, and what can be done to it by hand. Clones are the same tenant.
#[derive(Clone)]
#[must_use = "the tenant is gone when its handle is dropped"]
pub struct TenantHandle {
    tenant: Arc<Tenant>,
    stage: Stage,
    _guard: Option<Arc<Guard>>,
}

struct Guard {
    tenants: Arc<Tenants>,
    tenant: Arc<Tenant>,
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
    /// The customer account: Egnyte's domain, BigCommerce's store hash.
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
    /// The credential is not alive.
    #[error("the credential cannot be changed at {0}: {1}")]
    Refused(Vendor, Refusal),
}

impl TenantHandle {
    /// The app and user that stand ready at `vendor`. Made on first use, the same ever after.
    #[must_use]
    pub fn demo(&self, vendor: Vendor) -> Demo {
        let backstage = self.stage.backstage(vendor);
        let server = backstage.server(&self.tenant);
        let (app, user) = server.demo(|| {
            let app = backstage.new_app(&self.tenant);
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

    /// An app of the vendor's look, to be changed and then registered.
    #[must_use]
    pub fn new_app(&self, vendor: Vendor) -> App {
        self.stage.backstage(vendor).new_app(&self.tenant)
    }

    /// Registers an app, or replaces the one with the same client id.
    ///
    /// # Errors
    ///
    /// If another tenant has registered the client id: it names the tenant.
    pub fn register_app(&self, vendor: Vendor, app: App) -> Result<Arc<App>, HandError> {
        let client_id = app.client_id.to_string();
        let server = self.stage.backstage(vendor).server(&self.tenant);
        server.register_app(app).map_err(|taken| HandError::Taken(client_id, vendor, taken))
    }

    /// A user of the vendor's look, to be changed and then registered.
    #[must_use]
    pub fn new_user(&self, vendor: Vendor) -> User {
        self.stage.backstage(vendor).new_user(&self.tenant)
    }

    /// Registers a user, or replaces the one with the same login.
    ///
    /// # Errors
    ///
    /// If another tenant has what identifies the user, such as a domain.
    pub fn register_user(&self, vendor: Vendor, user: User) -> Result<Arc<User>, HandError> {
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
        let grant = self.grant(vendor, consent)?;
        Ok(self.server(vendor).ledger().issue_code(grant))
    }

    /// Issues tokens directly, as if a code had been redeemed.
    ///
    /// # Errors
    ///
    /// If the app or user does not exist, or the redirect URI is not the app's.
    pub fn issue_tokens(&self, vendor: Vendor, consent: ConsentGiven) -> Result<Issued, HandError> {
        let grant = self.grant(vendor, consent)?;
        Ok(self.server(vendor).ledger().issue(grant))
    }

    fn grant(&self, vendor: Vendor, consent: ConsentGiven) -> Result<Grant, HandError> {
        let demo = self.demo(vendor);
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
        Ok(self.tenant.faults().add(fault))
    }

    /// Makes a code or token expire now.
    ///
    /// # Errors
    ///
    /// If it was never issued to this tenant, or is dead already.
    pub fn expire(&self, vendor: Vendor, credential: &str) -> Result<(), HandError> {
        self.kill(vendor, credential, Cause::Expired)
    }

    /// Revokes a token, and what goes with it at this vendor.
    ///
    /// # Errors
    ///
    /// If it was never issued to this tenant, or is dead already.
    pub fn revoke(&self, vendor: Vendor, token: &str) -> Result<(), HandError> {
        let revoked = self.server(vendor).ledger().revoke(token);
        revoked.map(drop).map_err(|refusal| HandError::Refused(vendor, refusal))
    }

    /// What is known of a code or token: what it stands for, when it ends, why it is dead.
    #[must_use]
    pub fn standing(&self, vendor: Vendor, credential: &str) -> Option<Standing> {
        self.server(vendor).ledger().standing(credential)
    }

    /// The registered apps, by client id.
    #[must_use]
    pub fn apps(&self, vendor: Vendor) -> Vec<Arc<App>> {
        self.server(vendor).apps()
    }

    /// Switches an app off, as an administrator would; all its codes and tokens die.
    ///
    /// # Errors
    ///
    /// If it is not registered.
    pub fn deactivate_app(&self, vendor: Vendor, client_id: &str) -> Result<(), HandError> {
        let done = self.server(vendor).deactivate_app(client_id);
        done.then_some(()).ok_or_else(|| HandError::NoApp(vendor, client_id.to_owned()))
    }

    /// Switches a user off, or deletes a legacy account; all tokens die.
    ///
    /// # Errors
    ///
    /// If the user is not registered.
    pub fn deactivate_user(&self, vendor: Vendor, login: &str) -> Result<(), HandError> {
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
        self.stage.providers.iter().for_each(|provider| provider.reset(&self.tenant));
        self.tenant.faults().clear();
        self.tenant.journal().clear();
    }

    /// How codes and tokens live and die at `vendor`.
    #[must_use]
    pub fn policy(&self, vendor: Vendor) -> Policy {
        self.server(vendor).ledger().policy()
    }

    /// Changes how codes and tokens that are issued from now on live and die at `vendor`.
    pub fn set_policy(&self, vendor: Vendor, policy: Policy) {
        self.server(vendor).ledger().set_policy(policy);
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
