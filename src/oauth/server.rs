//! One tenant's authorization server at one vendor: its apps, its users, and the ledger.

use std::{
    collections::{HashMap, VecDeque},
    fmt,
    sync::{Arc, Mutex, PoisonError, RwLock},
};

use crate::{
    Clock, Mint, Secret,
    mint::BASE64URL,
    oauth::{
        App, Cause, Death, Grant, Policy, Rejection, User,
        ledger::{Formats, Ledger},
    },
    tenant::{Claims, Ground, Taken},
};

/// Logins that wait for the user's decision; the oldest is given up for the newest.
const WAITING_LOGINS: usize = 256;

/// Former passwords of one user that are remembered, so that the journal can say when one was changed.
const REMEMBERED_PASSWORDS: usize = 16;

pub(crate) struct AuthorizationServer {
    clock: Clock,
    mint: Mint,
    claims: Claims,
    pub(super) apps: RwLock<HashMap<Arc<str>, Arc<App>>>,
    pub(super) users: RwLock<Users>,
    tokens_outlive_users: bool,
    ledger: Ledger,
    pub(super) waiting: Mutex<VecDeque<(Secret, Arc<str>)>>,
    /// Client id and login.
    pub(super) demo: Mutex<Option<(Arc<str>, Arc<str>)>>,
}

#[derive(Default)]
pub(super) struct Users {
    pub(super) by_login: HashMap<Arc<str>, Arc<User>>,
    /// In the order they were registered.
    pub(super) logins: Vec<Arc<str>>,
    /// The passwords that users had before, oldest first, and how they ended.
    pub(super) former_passwords: HashMap<Arc<str>, VecDeque<(Secret, Death)>>,
}

impl AuthorizationServer {
    pub(crate) fn new(ground: &Ground, formats: Formats, policy: Policy) -> Self {
        let Ground { clock, mint, claims, .. } = ground;
        Self {
            clock: clock.clone(),
            mint: mint.clone(),
            claims: claims.clone(),
            apps: RwLock::default(),
            users: RwLock::default(),
            tokens_outlive_users: false,
            ledger: Ledger::new(clock.clone(), mint.clone(), claims.clone(), formats, policy),
            waiting: Mutex::default(),
            demo: Mutex::default(),
        }
    }

    /// The same where tokens belong to the customer account, and stay alive when a user goes or changes a password.
    #[must_use]
    pub(crate) fn with_tokens_outliving_users(mut self) -> Self {
        self.tokens_outlive_users = true;
        self
    }

    pub(crate) fn ledger(&self) -> &Ledger {
        &self.ledger
    }

    pub(crate) fn mint(&self) -> &Mint {
        &self.mint
    }

    pub(crate) fn clock(&self) -> &Clock {
        &self.clock
    }

    /// The right to name more credentials as this tenant's own, such as a domain or store hash.
    pub(crate) fn claims(&self) -> &Claims {
        &self.claims
    }

    /// Registers an app, or replaces the one with the same client id.
    pub(crate) fn register_app(&self, app: App) -> Result<Arc<App>, Taken> {
        self.claims.claim(&app.client_id)?;
        let app = Arc::new(app);
        let mut apps = self.apps.write().unwrap_or_else(PoisonError::into_inner);
        apps.insert(Arc::clone(&app.client_id), Arc::clone(&app));
        Ok(app)
    }

    pub(crate) fn app(&self, client_id: &str) -> Option<Arc<App>> {
        self.apps.read().unwrap_or_else(PoisonError::into_inner).get(client_id).cloned()
    }

    /// All apps, by client id.
    pub(crate) fn apps(&self) -> Vec<Arc<App>> {
        let apps = self.apps.read().unwrap_or_else(PoisonError::into_inner);
        let mut apps: Vec<_> = apps.values().cloned().collect();
        apps.sort_by(|a, b| a.client_id.cmp(&b.client_id));
        apps
    }

    /// Switches an app off; all its codes and tokens die. False if there is none.
    pub(crate) fn deactivate_app(&self, client_id: &str) -> bool {
        let Some(app) = self.app(client_id) else { return false };
        let off = Arc::new(App { active: false, ..(*app).clone() });
        self.apps.write().unwrap_or_else(PoisonError::into_inner).insert(Arc::clone(&app.client_id), off);
        self.ledger.kill_grants(Cause::AppDeactivated, |grant| *grant.client_id == *client_id);
        true
    }

    /// Registers a user, or replaces the one with the same login.
    pub(crate) fn register_user(&self, user: User) -> Arc<User> {
        let user = Arc::new(user);
        let mut users = self.users.write().unwrap_or_else(PoisonError::into_inner);
        let login = Arc::clone(&user.login);
        if users.by_login.insert(Arc::clone(&login), Arc::clone(&user)).is_none() {
            users.logins.push(login);
        }
        user
    }

    pub(crate) fn user(&self, login: &str) -> Option<Arc<User>> {
        self.users.read().unwrap_or_else(PoisonError::into_inner).by_login.get(login).cloned()
    }

    /// All users, in the order they were registered.
    pub(crate) fn users(&self) -> Vec<Arc<User>> {
        let users = self.users.read().unwrap_or_else(PoisonError::into_inner);
        users.logins.iter().filter_map(|login| users.by_login.get(login).cloned()).collect()
    }

    /// The user registered first.
    pub(crate) fn first_user(&self) -> Option<Arc<User>> {
        let users = self.users.read().unwrap_or_else(PoisonError::into_inner);
        users.by_login.get(users.logins.first()?).cloned()
    }

    /// The user registered first of those whose accounts are alive: who consents where nobody is asked.
    pub(crate) fn first_living_user(&self) -> Option<Arc<User>> {
        self.users().into_iter().find(|user| user.death.is_none())
    }

    /// The user of a customer account who was registered first.
    pub(crate) fn first_user_of(&self, realm: &str) -> Option<Arc<User>> {
        let users = self.users.read().unwrap_or_else(PoisonError::into_inner);
        users.logins.iter().filter_map(|login| users.by_login.get(login)).find(|u| u.realm == realm).cloned()
    }

    /// The user behind `login`, if the password is right and the account is alive.
    pub(crate) fn sign_in(&self, login: &str, password: &str) -> Option<Arc<User>> {
        self.authenticate(login, password).ok()
    }

    /// The same, with the reason if not.
    pub(crate) fn authenticate(&self, login: &str, password: &str) -> Result<Arc<User>, Rejection> {
        let users = self.users.read().unwrap_or_else(PoisonError::into_inner);
        let user = users.by_login.get(login).ok_or(Rejection::UnknownLogin)?;
        let former =
            || users.former_passwords.get(login)?.iter().find(|(former, _)| former.matches(password));
        match (user.password.matches(password), user.death) {
            (true, None) => Ok(Arc::clone(user)),
            (true, Some(death)) => Err(Rejection::DeadAccount(death)),
            (false, death) => Err(match (former(), death) {
                (Some((_, death)), _) => Rejection::FormerPassword(*death),
                (None, Some(death)) => Rejection::DeadAccount(death),
                (None, None) => Rejection::WrongPassword,
            }),
        }
    }

    /// Switches a user off; all tokens die, unless they outlive users. False if there is none.
    pub(crate) fn deactivate_user(&self, login: &str) -> bool {
        let Some(user) = self.user(login) else { return false };
        let death = Death { cause: Cause::UserDeactivated, at: self.clock.now() };
        self.register_user(User { death: Some(death), ..(*user).clone() });
        self.kill_tokens_of(login, Cause::UserDeactivated);
        true
    }

    /// Changes a user's password; all tokens die, unless they outlive users. False if there is none.
    pub(crate) fn change_password(&self, login: &str, password: Secret) -> bool {
        let Some(user) = self.user(login) else { return false };
        let death = Death { cause: Cause::PasswordChanged, at: self.clock.now() };
        {
            let mut users = self.users.write().unwrap_or_else(PoisonError::into_inner);
            let former = users.former_passwords.entry(Arc::clone(&user.login)).or_default();
            if former.len() == REMEMBERED_PASSWORDS {
                former.pop_front();
            }
            former.push_back((user.password.clone(), death));
        }
        self.register_user(User { password, ..(*user).clone() });
        self.kill_tokens_of(login, Cause::PasswordChanged);
        true
    }

    fn kill_tokens_of(&self, login: &str, cause: Cause) {
        if !self.tokens_outlive_users {
            self.ledger.kill_grants(cause, |grant| *grant.login == *login);
        }
    }

    /// The app and user that stand ready; registered on first use.
    pub(crate) fn demo(&self, make: impl FnOnce() -> (App, User)) -> (Arc<App>, Arc<User>) {
        // Held while they are made, so that two callers get the same.
        let mut demo = self.demo.lock().unwrap_or_else(PoisonError::into_inner);
        let names = demo.get_or_insert_with(|| {
            let (app, user) = make();
            let names = (Arc::clone(&app.client_id), Arc::clone(&user.login));
            // Its client id was drawn at random, or is this tenant's already: it is free.
            let _ = self.register_app(app);
            self.register_user(user);
            names
        });
        #[expect(clippy::expect_used, reason = "apps and users are never removed")]
        self.app(&names.0).zip(self.user(&names.1)).expect("the demo app and user are registered")
    }

    /// What `user` grants to `app`, to be redeemed by the code that is returned.
    pub(crate) fn consent(
        &self,
        app: &App,
        user: &User,
        scopes: Vec<String>,
        redirect_uri: &str,
        offline: bool,
    ) -> Secret {
        let redirect_uri = Some(redirect_uri.to_owned());
        self.ledger.issue_code(Grant { redirect_uri, ..Grant::new(app, user, scopes, offline) })
    }

    /// Forgets every code, token and waiting login; apps and users stay.
    pub(crate) fn reset(&self) {
        self.ledger.clear();
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    /// Remembers that `user` has signed in, until the decision comes with the ticket that is returned.
    pub(crate) fn await_decision(&self, user: &User) -> Secret {
        let ticket = Secret::from(self.mint.text(BASE64URL, 32));
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        if waiting.len() == WAITING_LOGINS {
            waiting.pop_front();
        }
        waiting.push_back((ticket.clone(), Arc::clone(&user.login)));
        ticket
    }

    /// The user who got `ticket`, if the account is still alive; a ticket is good for one decision.
    pub(crate) fn decide(&self, ticket: &str) -> Option<Arc<User>> {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        let position = waiting.iter().position(|(of, _)| of.matches(ticket))?;
        let (_, login) = waiting.remove(position)?;
        drop(waiting);
        self.user(&login).filter(|user| user.death.is_none())
    }
}

impl Drop for AuthorizationServer {
    fn drop(&mut self) {
        let apps = self.apps.get_mut().unwrap_or_else(PoisonError::into_inner);
        apps.keys().for_each(|client_id| self.claims.release(client_id));
        // Where the vendor knows customer accounts or users by name, that name is free again.
        let users = self.users.get_mut().unwrap_or_else(PoisonError::into_inner);
        for user in users.by_login.values() {
            self.claims.release(&user.realm);
            self.claims.release(&user.login);
        }
    }
}

impl fmt::Debug for AuthorizationServer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AuthorizationServer").finish_non_exhaustive()
    }
}
