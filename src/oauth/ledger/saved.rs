//! The ledger as a snapshot holds it.

use std::{
    collections::{BTreeMap, HashMap, VecDeque},
    sync::{Arc, PoisonError},
    time::Duration,
};

use serde::{Deserialize, Serialize};

use super::{
    book::{Book, Credential, Held, Kind},
    operations::Ledger,
    succession::Succession,
};
use crate::{
    Timestamp, duration_text,
    oauth::{Cause, Death, Grant, Issued, Policy},
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
    old_refresh: Exposed,
    old_access: Option<Exposed>,
    new_refresh: Exposed,
    new_access: Exposed,
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
    pub(crate) fn credentials(&self) -> impl Iterator<Item = &Arc<str>> {
        self.book.credentials.keys()
    }
}

impl Ledger {
    /// What it knows now, to be put back later.
    pub(crate) fn save(&self) -> SavedLedger {
        let policy = self.policy();
        let book = self.book.lock().unwrap_or_else(PoisonError::into_inner);
        let mut credentials: BTreeMap<u64, Vec<SavedCredential>> = BTreeMap::new();
        for (text, credential) in &book.credentials {
            credentials.entry(credential.grant).or_default().push(saved(text, credential));
        }
        let mut ids: Vec<_> = book.grants.keys().copied().collect();
        ids.sort_unstable();
        let grants = ids.into_iter().filter_map(|id| {
            let held = book.grants.get(&id)?;
            let mut credentials = credentials.remove(&id).unwrap_or_default();
            credentials.sort_unstable_by_key(|credential| credential.serial);
            Some(SavedGrant {
                id,
                grant: Arc::clone(&held.grant),
                opened: held.opened,
                refreshed: held.refreshed,
                credentials,
                current: held.current.as_ref().map(exposed),
                current_refresh: held.current_refresh.as_ref().map(exposed),
                succession: held.succession.as_deref().map(saved_succession),
            })
        });
        let grants = grants.collect();
        let owner = |((client_id, owner), grants): (&(Arc<str>, Arc<str>), &VecDeque<u64>)| SavedOwner {
            client_id: Arc::clone(client_id),
            owner: Arc::clone(owner),
            grants: grants.clone(),
        };
        let mut owners: Vec<_> = book.by_owner.iter().map(owner).collect();
        owners.sort_unstable_by(|a, b| (&a.client_id, &a.owner).cmp(&(&b.client_id, &b.owner)));
        let serial = |text| book.credentials.get(text).map(|credential| credential.serial);
        SavedLedger {
            policy,
            grants,
            owners,
            dead: book.dead.iter().filter_map(serial).collect(),
            last_grant: book.last_grant,
            last_serial: book.last_serial,
        }
    }

    /// Every code and token.
    pub(crate) fn credentials(&self) -> Vec<Arc<str>> {
        self.book.lock().unwrap_or_else(PoisonError::into_inner).credentials.keys().cloned().collect()
    }

    /// Knows from now on what was saved, and nothing else. Whoever calls this has claimed and released what differs.
    pub(crate) fn replace(&self, CheckedLedger { policy, book }: CheckedLedger) {
        self.set_policy(policy);
        *self.book.lock().unwrap_or_else(PoisonError::into_inner) = book;
    }
}

fn exposed(text: &Arc<str>) -> Exposed {
    Exposed(text.as_ref().into())
}

fn saved(text: &Arc<str>, credential: &Credential) -> SavedCredential {
    let Credential { kind, grant: _, serial, issued, expires, fate, renewed_by_use, death } = *credential;
    SavedCredential { text: exposed(text), kind, serial, issued, expires, fate, renewed_by_use, death }
}

fn saved_succession(succession: &Succession) -> SavedSuccession {
    let Succession { old_refresh, old_access, new_refresh, new_access, issued } = succession;
    SavedSuccession {
        old_refresh: exposed(old_refresh),
        old_access: old_access.as_ref().map(exposed),
        new_refresh: exposed(new_refresh),
        new_access: exposed(new_access),
        expires_in: issued.expires_in,
        at: issued.at,
    }
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
        let mut book =
            Book { last_grant: saved.last_grant, last_serial: saved.last_serial, ..Book::default() };
        let mut by_serial = HashMap::new();
        for grant in &saved.grants {
            let held = read_grant(grant, &mut book, &mut by_serial)?;
            if grant.id > saved.last_grant || book.grants.insert(grant.id, Box::new(held)).is_some() {
                return Err(LedgerFlaw::Grant(grant.id));
            }
        }
        for serial in &saved.dead {
            // Taken out, so that none stands in the list twice.
            let text: Arc<str> = by_serial.remove(serial).ok_or(LedgerFlaw::Dead)?;
            book.credentials.get(&text).and_then(|dead| dead.death).ok_or(LedgerFlaw::Dead)?;
            book.dead.push_back(text);
        }
        if by_serial.values().any(|text| book.credentials.get(text).is_some_and(|of| of.death.is_some())) {
            return Err(LedgerFlaw::Dead);
        }
        for SavedOwner { client_id, owner, grants } in &saved.owners {
            book.by_owner.insert((Arc::clone(client_id), Arc::clone(owner)), grants.clone());
        }
        Ok(Self { policy: saved.policy, book })
    }
}

/// Enters a grant's credentials into the book; what it holds itself is returned.
fn read_grant(
    saved: &SavedGrant,
    book: &mut Book,
    by_serial: &mut HashMap<u64, Arc<str>>,
) -> Result<Held, LedgerFlaw> {
    let grant = book.share((*saved.grant).clone());
    let mut held = Held {
        opened: saved.opened,
        refreshed: saved.refreshed,
        credentials: VecDeque::new(),
        remembered: 0,
        current: saved.current.as_ref().map(text),
        current_refresh: saved.current_refresh.as_ref().map(text),
        succession: saved.succession.as_ref().map(|pending| Box::new(read_succession(pending, &grant))),
        grant,
    };
    let mut last = 0;
    for credential in &saved.credentials {
        let SavedCredential { kind, serial, issued, expires, fate, renewed_by_use, death, .. } = *credential;
        let text = text(&credential.text);
        if serial <= last || serial > book.last_serial {
            return Err(LedgerFlaw::Serial(serial));
        }
        last = serial;
        if death.is_some() {
            held.remembered += 1;
        } else {
            held.credentials.push_back((serial, Arc::clone(&text)));
        }
        let entry =
            Credential { kind, grant: saved.id, serial, issued, expires, fate, renewed_by_use, death };
        if book.credentials.insert(Arc::clone(&text), Box::new(entry)).is_some() {
            return Err(LedgerFlaw::SameText(serial));
        }
        if by_serial.insert(serial, text).is_some() {
            return Err(LedgerFlaw::Serial(serial));
        }
    }
    Ok(held)
}

fn text(exposed: &Exposed) -> Arc<str> {
    exposed.0.expose().into()
}

fn read_succession(saved: &SavedSuccession, grant: &Arc<Grant>) -> Succession {
    let issued = Issued {
        access_token: saved.new_access.0.clone(),
        expires_in: saved.expires_in,
        refresh_token: Some(saved.new_refresh.0.clone()),
        at: saved.at,
        grant: Arc::clone(grant),
    };
    Succession {
        old_refresh: text(&saved.old_refresh),
        old_access: saved.old_access.as_ref().map(text),
        new_refresh: text(&saved.new_refresh),
        new_access: text(&saved.new_access),
        issued,
    }
}
