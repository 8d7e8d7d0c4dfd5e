//! Apps, users, codes and tokens as a snapshot holds them. Secrets stand there in the clear.

use std::{
    collections::{HashMap, VecDeque},
    sync::{Arc, PoisonError},
};

use serde::{Deserialize, Serialize};

use super::{
    ledger::{CheckedLedger, LedgerFlaw, SavedLedger},
    server::Users,
};
use crate::{
    Mint, Secret,
    mint::{NoSeed, SavedMint},
    oauth::{App, AuthorizationServer, Death, Flow, User},
    secret::{Exposed, exposed},
};

/// Everything that one tenant's authorization server knows.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SavedServer {
    mint: SavedMint,
    apps: Vec<SavedApp>,
    /// In the order they were registered.
    users: Vec<SavedUser>,
    former_passwords: Vec<FormerPasswords>,
    waiting: Vec<WaitingLogin>,
    demo: Option<DemoNames>,
    ledger: SavedLedger,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(transparent)]
struct SavedApp(#[serde(with = "AppMembers")] App);

#[derive(Serialize, Deserialize)]
#[serde(remote = "App", deny_unknown_fields)]
struct AppMembers {
    client_id: Arc<str>,
    #[serde(with = "exposed")]
    client_secret: Secret,
    name: String,
    redirect_uris: Vec<String>,
    scopes: Vec<String>,
    flow: Flow,
    active: bool,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(transparent)]
struct SavedUser(#[serde(with = "UserMembers")] User);

#[derive(Serialize, Deserialize)]
#[serde(remote = "User", deny_unknown_fields)]
struct UserMembers {
    id: String,
    login: Arc<str>,
    #[serde(with = "exposed")]
    password: Secret,
    name: String,
    email: String,
    realm: String,
    death: Option<Death>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct FormerPasswords {
    login: Arc<str>,
    passwords: Vec<(Exposed, Death)>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct WaitingLogin {
    ticket: Exposed,
    login: Arc<str>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct DemoNames {
    client_id: Arc<str>,
    login: Arc<str>,
}

/// What does not fit together in saved apps, users, codes and tokens. It tells no secret.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Flaw {
    /// A seed that is none.
    #[error(transparent)]
    Mint(#[from] NoSeed),
    /// Two apps have the same client id.
    #[error("the app {0:?} is there twice")]
    App(String),
    /// Two users have the same login.
    #[error("the user {0:?} is there twice")]
    User(String),
    /// The app or user that stands ready is not registered.
    #[error("the app {0:?} or user {1:?} that stands ready is not among the apps and users")]
    Demo(String, String),
    /// Codes and tokens do not fit together.
    #[error(transparent)]
    Ledger(#[from] LedgerFlaw),
}

/// A saved server that fits together, ready to take a server's place.
pub(crate) struct CheckedServer {
    mint: Mint,
    apps: HashMap<Arc<str>, Arc<App>>,
    users: Users,
    waiting: VecDeque<(Secret, Arc<str>)>,
    demo: Option<(Arc<str>, Arc<str>)>,
    ledger: CheckedLedger,
}

impl CheckedServer {
    /// Every client id, code and token: what names the tenant, besides its users.
    pub(crate) fn credentials(&self) -> impl Iterator<Item = Arc<str>> {
        self.apps.keys().cloned().chain(self.ledger.credentials())
    }

    pub(crate) fn users(&self) -> impl Iterator<Item = &Arc<User>> {
        self.users.by_login.values()
    }
}

impl AuthorizationServer {
    /// What it knows now, to be put back later.
    pub(crate) fn save(&self) -> SavedServer {
        let users = self.users.read().unwrap_or_else(PoisonError::into_inner);
        let mut former_passwords: Vec<_> = users
            .former_passwords
            .iter()
            .map(|(login, passwords)| FormerPasswords {
                login: Arc::clone(login),
                passwords: passwords.iter().map(|(of, death)| (Exposed(of.clone()), *death)).collect(),
            })
            .collect();
        former_passwords.sort_unstable_by(|a, b| a.login.cmp(&b.login));
        drop(users);
        let waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        let waiting = waiting.iter().map(|(ticket, login)| WaitingLogin {
            ticket: Exposed(ticket.clone()),
            login: Arc::clone(login),
        });
        let waiting = waiting.collect();
        let demo = self.demo.lock().unwrap_or_else(PoisonError::into_inner).clone();
        SavedServer {
            mint: self.mint().save(),
            apps: self.apps().iter().map(|app| SavedApp((**app).clone())).collect(),
            users: self.users().iter().map(|user| SavedUser((**user).clone())).collect(),
            former_passwords,
            waiting,
            demo: demo.map(|(client_id, login)| DemoNames { client_id, login }),
            ledger: self.ledger().save(),
        }
    }

    /// Every client id, code and token: what names the tenant, besides its users.
    pub(crate) fn credentials(&self) -> Vec<Arc<str>> {
        let mut credentials = self.ledger().credentials();
        credentials.extend(self.apps().iter().map(|app| Arc::clone(&app.client_id)));
        credentials
    }

    /// Knows from now on what was saved, and nothing else. Whoever calls this has claimed and released what differs.
    pub(crate) fn replace(&self, saved: CheckedServer) {
        let CheckedServer { mint, apps, users, waiting, demo, ledger } = saved;
        self.mint().become_as(mint);
        *self.apps.write().unwrap_or_else(PoisonError::into_inner) = apps;
        *self.users.write().unwrap_or_else(PoisonError::into_inner) = users;
        *self.waiting.lock().unwrap_or_else(PoisonError::into_inner) = waiting;
        *self.demo.lock().unwrap_or_else(PoisonError::into_inner) = demo;
        self.ledger().replace(ledger);
    }
}

impl TryFrom<&SavedServer> for CheckedServer {
    type Error = Flaw;

    fn try_from(saved: &SavedServer) -> Result<Self, Flaw> {
        let mint = Mint::try_from(&saved.mint)?;
        let mut apps = HashMap::new();
        for SavedApp(app) in &saved.apps {
            if apps.insert(Arc::clone(&app.client_id), Arc::new(app.clone())).is_some() {
                return Err(Flaw::App(app.client_id.to_string()));
            }
        }
        let mut users = Users::default();
        for SavedUser(user) in &saved.users {
            let login = Arc::clone(&user.login);
            if users.by_login.insert(Arc::clone(&login), Arc::new(user.clone())).is_some() {
                return Err(Flaw::User(login.to_string()));
            }
            users.logins.push(login);
        }
        for FormerPasswords { login, passwords } in &saved.former_passwords {
            let passwords = passwords.iter().map(|(of, death)| (of.0.clone(), *death)).collect();
            users.former_passwords.insert(Arc::clone(login), passwords);
        }
        if let Some(DemoNames { client_id, login }) = &saved.demo
            && !(apps.contains_key(client_id) && users.by_login.contains_key(login))
        {
            return Err(Flaw::Demo(client_id.to_string(), login.to_string()));
        }
        let waiting = saved.waiting.iter().map(|of| (of.ticket.0.clone(), Arc::clone(&of.login)));
        Ok(Self {
            mint,
            apps,
            users,
            waiting: waiting.collect(),
            demo: saved.demo.clone().map(|DemoNames { client_id, login }| (client_id, login)),
            ledger: CheckedLedger::try_from(&saved.ledger)?,
        })
    }
}
