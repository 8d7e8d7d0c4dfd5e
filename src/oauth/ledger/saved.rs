//! The ledger as a snapshot holds it.

use std::{
    collections::{BTreeMap, HashMap, VecDeque},
    sync::{Arc, PoisonError},
    time::Duration,
};

use serde::{Deserialize, Serialize};

use super::{
    arena::Key,
    book::{Book, Held, Kind, Owned},
    credentials::{Credential, Credentials, Rare},
    operations::Ledger,
    succession::Succession,
};
use crate::{
    Secret, Timestamp, duration_text,
    oauth::{Cause, Death, Grant, Policy},
    secret::Exposed,
};

/// Every code and token, and the policy they live by.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SavedLedger {
    policy: Policy,
    grants: Vec<SavedGrant>,
    owners: Vec<SavedOwner>,
    /// The dead credentials that are remembered, by serial; the one longest dead first.
    dead: Vec<u64>,
    last_grant: u64,
    last_serial: u64,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct SavedGrant {
    id: u64,
    grant: Arc<Grant>,
    opened: Timestamp,
    refreshed: Option<Timestamp>,
    credentials: Vec<SavedCredential>,
    current: Option<Exposed>,
    current_refresh: Option<Exposed>,
    succession: Option<SavedSuccession>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct SavedCredential {
    text: Exposed,
    kind: Kind,
    /// By which it is told apart in the file.
    serial: u64,
    issued: Timestamp,
    expires: Option<Timestamp>,
    fate: Cause,
    #[serde(with = "duration_text::option")]
    renewed_by_use: Option<Duration>,
    death: Option<Death>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct SavedSuccession {
    old_refresh: Option<Exposed>,
    old_access: Option<Exposed>,
    new_refresh: Option<Exposed>,
    new_access: Option<Exposed>,
    #[serde(with = "duration_text::option")]
    expires_in: Option<Duration>,
    at: Timestamp,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct SavedOwner {
    client_id: Arc<str>,
    owner: Arc<str>,
    grants: VecDeque<u64>,
}

/// The highest number that a file may say was given out, far below where numbers end.
const HIGHEST: u64 = 1 << 53;

/// What does not fit together in a saved ledger. It tells no code or token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LedgerFlaw {
    /// Two grants have the same number, or one has a number that was not given out.
    #[error("grant {0} is there twice, or its number was never given out")]
    Grant(u64),
    /// A credential's number is out of order, or was not given out.
    #[error("credential {0} is out of order, or its number was never given out")]
    Serial(u64),
    /// Two credentials have the same text.
    #[error("credential {0} has the text of another one")]
    SameText(u64),
    /// The list of the dead is not that of the dead credentials.
    #[error("the list of dead credentials does not fit the credentials")]
    Dead,
}

/// A saved ledger that fits together, ready to take a ledger's place.
pub(crate) struct CheckedLedger {
    policy: Policy,
    book: Book,
}

impl CheckedLedger {
    /// Every code and token.
    pub(crate) fn credentials(&self) -> impl Iterator<Item = Arc<str>> {
        texts(&self.book.credentials)
    }
}

fn texts(credentials: &Credentials) -> impl Iterator<Item = Arc<str>> {
    credentials.iter().map(|(_, credential)| Arc::from(&*credential.text))
}

impl Ledger {
    /// What it knows now, to be put back later.
    pub(crate) fn save(&self) -> SavedLedger {
        let policy = self.policy();
        let book = self.book.lock().unwrap_or_else(PoisonError::into_inner);
        let mut all_held: Vec<_> = book.grants.iter().map(|(_, held)| held).collect();
        all_held.sort_unstable_by_key(|held| held.number);
        let mut dead_of: HashMap<u64, Vec<_>> = HashMap::new();
        for (position, key) in book.dead.iter().enumerate() {
            let Some(credential) = book.credentials.get(*key) else { continue };
            let Some(held) = book.grants.get(credential.grant) else { continue };
            dead_of.entry(held.number).or_default().push((position, credential));
        }
        let (mut dead, mut last_serial) = (BTreeMap::new(), 0);
        let grants = all_held.into_iter().map(|held| {
            let mut credentials = Vec::new();
            for (position, credential) in dead_of.remove(&held.number).unwrap_or_default() {
                last_serial += 1;
                dead.insert(position, last_serial);
                credentials.push(saved(last_serial, credential));
            }
            for credential in held.credentials.iter().filter_map(|key| book.credentials.get(*key)) {
                last_serial += 1;
                credentials.push(saved(last_serial, credential));
            }
            let exposed = |key| exposed(&book.credentials, key);
            SavedGrant {
                id: held.number,
                grant: Arc::clone(&held.grant),
                opened: held.opened,
                refreshed: held.refreshed,
                credentials,
                current: held.current.and_then(exposed),
                current_refresh: held.current_refresh.and_then(exposed),
                succession: held.succession.as_deref().map(|of| saved_succession(of, &book.credentials)),
            }
        });
        let grants = grants.collect();
        let is_there = |(number, id): &&(u64, Key<Held>)| {
            book.grants.get(*id).is_some_and(|held| held.number == *number)
        };
        let owner = |((client_id, owner), grants): (&(Arc<str>, Arc<str>), &Owned)| SavedOwner {
            client_id: Arc::clone(client_id),
            owner: Arc::clone(owner),
            grants: grants.iter().filter(|of| is_there(of)).map(|(number, _)| *number).collect(),
        };
        let mut owners: Vec<_> = book.by_owner.iter().map(owner).collect();
        owners.sort_unstable_by(|a, b| (&a.client_id, &a.owner).cmp(&(&b.client_id, &b.owner)));
        let dead = dead.into_values().collect();
        SavedLedger { policy, grants, owners, dead, last_grant: book.last_grant, last_serial }
    }

    /// Every code and token.
    pub(crate) fn credentials(&self) -> Vec<Arc<str>> {
        texts(&self.book.lock().unwrap_or_else(PoisonError::into_inner).credentials).collect()
    }

    /// Knows from now on what was saved, and nothing else. Whoever calls this has claimed and released what differs.
    pub(crate) fn replace(&self, CheckedLedger { policy, book }: CheckedLedger) {
        self.set_policy(policy);
        *self.book.lock().unwrap_or_else(PoisonError::into_inner) = book;
    }
}

fn exposed(credentials: &Credentials, key: Key<Credential>) -> Option<Exposed> {
    credentials.get(key).map(|credential| Exposed(Secret::from(&*credential.text)))
}

fn saved(serial: u64, credential: &Credential) -> SavedCredential {
    let Credential { text, grant: _, kind, fate, issued, expires, rare } = credential;
    let Rare { renewed_by_use, death } = rare.as_deref().copied().unwrap_or_default();
    SavedCredential {
        text: Exposed(Secret::from(&**text)),
        kind: *kind,
        serial,
        issued: *issued,
        expires: *expires,
        fate: *fate,
        renewed_by_use,
        death,
    }
}

fn saved_succession(succession: &Succession, credentials: &Credentials) -> SavedSuccession {
    let Succession { old_refresh, old_access, new_refresh, new_access, expires_in, at } = *succession;
    let [old_refresh, old_access, new_refresh, new_access] =
        [old_refresh, old_access, new_refresh, new_access]
            .map(|key| key.and_then(|key| exposed(credentials, key)));
    SavedSuccession { old_refresh, old_access, new_refresh, new_access, expires_in, at }
}

impl TryFrom<&SavedLedger> for CheckedLedger {
    type Error = LedgerFlaw;

    fn try_from(saved: &SavedLedger) -> Result<Self, LedgerFlaw> {
        if saved.last_grant > HIGHEST {
            return Err(LedgerFlaw::Grant(saved.last_grant));
        }
        if saved.last_serial > HIGHEST {
            return Err(LedgerFlaw::Serial(saved.last_serial));
        }
        let mut book = Book { last_grant: saved.last_grant, ..Book::default() };
        let (mut by_number, mut by_serial) = (HashMap::new(), HashMap::new());
        for grant in &saved.grants {
            let id = read_grant(grant, saved.last_serial, &mut book, &mut by_serial)?;
            if grant.id > saved.last_grant || by_number.insert(grant.id, id).is_some() {
                return Err(LedgerFlaw::Grant(grant.id));
            }
        }
        for serial in &saved.dead {
            // Taken out, so that none stands in the list twice.
            let key = by_serial.remove(serial).ok_or(LedgerFlaw::Dead)?;
            book.credentials.get(key).and_then(Credential::noted_death).ok_or(LedgerFlaw::Dead)?;
            book.dead.push_back(key);
        }
        let is_dead = |key: &Key<_>| book.credentials.get(*key).is_some_and(|it| it.noted_death().is_some());
        if by_serial.values().any(is_dead) {
            return Err(LedgerFlaw::Dead);
        }
        for SavedOwner { client_id, owner, grants } in &saved.owners {
            // One that was forgotten takes no place.
            let grants = grants.iter().filter_map(|number| Some((*number, *by_number.get(number)?)));
            book.by_owner.insert((Arc::clone(client_id), Arc::clone(owner)), grants.collect());
        }
        Ok(Self { policy: saved.policy, book })
    }
}

/// Enters a grant and its credentials into the book.
fn read_grant(
    saved: &SavedGrant,
    last_serial: u64,
    book: &mut Book,
    by_serial: &mut HashMap<u64, Key<Credential>>,
) -> Result<Key<Held>, LedgerFlaw> {
    let grant = book.share((*saved.grant).clone());
    let id = book.grants.insert(Held {
        number: saved.id,
        grant,
        opened: saved.opened,
        refreshed: saved.refreshed,
        credentials: VecDeque::new(),
        remembered: 0,
        current: None,
        current_refresh: None,
        succession: None,
    });
    let (mut remembered, mut credentials, mut last) = (0, VecDeque::new(), 0);
    for credential in &saved.credentials {
        let SavedCredential { kind, serial, issued, expires, fate, renewed_by_use, death, .. } = *credential;
        let text = credential.text.0.expose();
        if serial <= last || serial > last_serial {
            return Err(LedgerFlaw::Serial(serial));
        }
        last = serial;
        if book.credentials.find(text).is_some() {
            return Err(LedgerFlaw::SameText(serial));
        }
        let key = book.credentials.insert(Credential {
            text: text.into(),
            grant: id,
            kind,
            fate,
            issued,
            expires,
            rare: Rare { renewed_by_use, death }.boxed(),
        });
        if death.is_some() {
            remembered += 1;
        } else {
            credentials.push_back(key);
        }
        if by_serial.insert(serial, key).is_some() {
            return Err(LedgerFlaw::Serial(serial));
        }
    }
    // One of another grant would be given up without this one.
    let is_own = |key: &Key<_>| book.credentials.get(*key).is_some_and(|it| it.grant == id);
    let find = |text: &Option<Exposed>| book.credentials.find(text.as_ref()?.0.expose()).filter(is_own);
    let (current, current_refresh) = (find(&saved.current), find(&saved.current_refresh));
    let succession = saved.succession.as_ref().map(|pending| Succession {
        old_refresh: find(&pending.old_refresh),
        old_access: find(&pending.old_access),
        new_refresh: find(&pending.new_refresh),
        new_access: find(&pending.new_access),
        expires_in: pending.expires_in,
        at: pending.at,
    });
    if let Some(held) = book.grants.get_mut(id) {
        (held.credentials, held.remembered, held.current) = (credentials, remembered, current);
        (held.current_refresh, held.succession) = (current_refresh, succession.map(Box::new));
    }
    Ok(id)
}
