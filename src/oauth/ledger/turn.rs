//! One operation on the book, from its first look to its last change.

use std::{
    collections::VecDeque,
    sync::{Arc, PoisonError},
    time::Duration,
};

use super::{
    book::{Book, Credential, Held, Kind},
    operations::Ledger,
};
use crate::{
    Secret, Timestamp,
    oauth::{
        Cause, Death, Grant, Issued, Life, Policy, Refusal,
        policy::{Limit, Per},
    },
    sync::MutexGuard,
};

/// Dead credentials that are remembered, so that the journal can say why they were refused. Older ones are unknown.
/// Twice as many as a journal has entries.
const REMEMBERED_DEAD: usize = 2_000;

/// One operation on the book, at one moment.
pub(super) struct Turn<'l> {
    pub(super) now: Timestamp,
    pub(super) policy: Policy,
    pub(super) ledger: &'l Ledger,
    pub(super) book: MutexGuard<'l, Book>,
}

impl Turn<'_> {
    pub(super) fn find(&self, credential: &str, kind: Kind) -> Result<(Arc<str>, u64), Refusal> {
        let (key, found) = self.book.credentials.get_key_value(credential).ok_or(Refusal::Unknown)?;
        if found.kind == kind { Ok((Arc::clone(key), found.grant)) } else { Err(Refusal::OtherKind) }
    }

    pub(super) fn presented(
        &self,
        credential: &str,
        kind: Kind,
        client_id: &str,
    ) -> Result<(Arc<str>, u64), Refusal> {
        let (key, id) = self.find(credential, kind)?;
        let grant = self.grant(id).ok_or(Refusal::Unknown)?;
        if *grant.client_id == *client_id { Ok((key, id)) } else { Err(Refusal::OtherClient) }
    }

    pub(super) fn grant(&self, id: u64) -> Option<Arc<Grant>> {
        self.book.grants.get(&id).map(|held| Arc::clone(&held.grant))
    }

    pub(super) fn death(&self, key: &str) -> Option<Death> {
        self.book.credentials.get(key)?.death_at(self.now)
    }

    pub(super) fn open(&mut self, grant: Grant) -> u64 {
        self.book.last_grant += 1;
        let id = self.book.last_grant;
        let held = Held {
            grant: self.book.share(grant),
            opened: self.now,
            refreshed: None,
            // An access token and a refresh token.
            credentials: VecDeque::with_capacity(2),
            remembered: 0,
            current: None,
            current_refresh: None,
            succession: None,
        };
        self.book.grants.insert(id, Box::new(held));
        id
    }

    pub(super) fn issue_pair(&mut self, id: u64) -> Issued {
        let mut issued = self.issue_access(id);
        if self.policy.refreshable && issued.grant.offline {
            issued.refresh_token = Some(Secret::new(self.issue_refresh(id)));
        }
        self.make_room(id);
        issued
    }

    pub(super) fn issue_access(&mut self, id: u64) -> Issued {
        let (expires_in, renewed) = match self.policy.access_life {
            Life::Unlimited => (None, None),
            Life::For(life) => (Some(life), None),
            Life::Between(from, to) => {
                let seconds = from + self.ledger.mint.below(to - from + 1);
                (Some(Duration::from_secs(seconds)), None)
            }
            Life::SinceUse(life) => (Some(life), Some(life)),
        };
        let token = self.add(id, Kind::Access, expires_in.map(|life| self.now + life), renewed);
        let access_token = Secret::new(Arc::clone(&token));
        #[expect(clippy::expect_used, reason = "callers have just found or opened the grant under this lock")]
        let held = self.book.grants.get_mut(&id).expect("the grant is open");
        held.current = Some(token);
        Issued { access_token, expires_in, refresh_token: None, at: self.now, grant: Arc::clone(&held.grant) }
    }

    pub(super) fn add(
        &mut self,
        id: u64,
        kind: Kind,
        expires: Option<Timestamp>,
        renewed_by_use: Option<Duration>,
    ) -> Arc<str> {
        #[expect(clippy::expect_used, reason = "callers have just found or opened the grant under this lock")]
        let held = self.book.grants.get(&id).expect("the grant is open");
        let formats = *self.ledger.formats.read().unwrap_or_else(PoisonError::into_inner);
        let write = match kind {
            Kind::Code => formats.code,
            Kind::Access => formats.access_token,
            Kind::Refresh => formats.refresh_token,
        };
        let text = loop {
            let text: Arc<str> = write(&self.ledger.mint, &held.grant, expires).into();
            if !self.book.credentials.contains_key(&text) && self.ledger.claims.claim(&text).is_ok() {
                break text;
            }
        };
        self.book.last_serial += 1;
        let serial = self.book.last_serial;
        let issued = self.now;
        let fate = Cause::Expired;
        let credential =
            Credential { kind, grant: id, serial, issued, expires, fate, renewed_by_use, death: None };
        self.book.credentials.insert(Arc::clone(&text), Box::new(credential));
        if let Some(held) = self.book.grants.get_mut(&id) {
            held.credentials.push_back((serial, Arc::clone(&text)));
        }
        self.bury_expired(id);
        text
    }

    /// Buries what expired among a grant's oldest credentials, so that refreshing one grant for ever keeps memory flat.
    pub(super) fn bury_expired(&mut self, id: u64) {
        // A code and two refresh tokens may live longer than the access tokens behind them.
        const OLDEST: usize = 4;
        loop {
            let Some(held) = self.book.grants.get(&id) else { return };
            let mut oldest = held.credentials.iter().take(OLDEST);
            let expired = oldest.find(|(_, key)| self.death(key).is_some()).map(|(_, key)| Arc::clone(key));
            let Some(expired) = expired else { return };
            self.bury(&expired, Cause::Expired);
        }
    }

    pub(super) fn renew(&mut self, key: &str) {
        let now = self.now;
        if let Some(credential) = self.book.credentials.get_mut(key)
            && let Some(life) = credential.renewed_by_use
        {
            credential.expires = Some(now + life);
        }
    }

    pub(super) fn make_room(&mut self, id: u64) {
        let Some(Limit { per, grants: limit }) = self.policy.limit else { return };
        let Some(grant) = self.grant(id) else { return };
        if self.policy.refreshable && !grant.offline {
            return;
        }
        let owner = match per {
            Per::User => Arc::clone(&grant.user_id),
            Per::Realm => Arc::clone(&grant.realm),
        };
        let key = (Arc::clone(&grant.client_id), owner);
        let mut queue = self.book.by_owner.remove(&key).unwrap_or_default();
        queue.retain(|other| *other != id && self.is_alive(*other));
        queue.push_back(id);
        while queue.len() > limit {
            if let Some(oldest) = queue.pop_front() {
                self.kill_grant(oldest, Cause::Superseded);
            }
        }
        self.book.by_owner.insert(key, queue);
    }

    pub(super) fn is_alive(&self, id: u64) -> bool {
        let Some(held) = self.book.grants.get(&id) else { return false };
        held.credentials.iter().any(|(_, key)| self.death(key).is_none())
    }

    pub(super) fn kill_grant(&mut self, id: u64, cause: Cause) {
        let Some(held) = self.book.grants.get_mut(&id) else { return };
        held.succession = None;
        let keys: Vec<Arc<str>> = held.credentials.iter().map(|(_, key)| Arc::clone(key)).collect();
        for key in keys {
            self.bury(&key, cause);
        }
    }

    /// Notes the death of a credential, unless it is dead already, and forgets the one that has been dead longest.
    pub(super) fn bury(&mut self, key: &Arc<str>, cause: Cause) {
        let now = self.now;
        let Some(credential) = self.book.credentials.get_mut(key) else { return };
        if credential.death.is_some() {
            return;
        }
        let death = credential.death_at(now).unwrap_or(Death { cause, at: now });
        credential.death = Some(death);
        let (id, serial) = (credential.grant, credential.serial);
        if let Some(held) = self.book.grants.get_mut(&id) {
            if let Ok(index) = held.credentials.binary_search_by_key(&serial, |(serial, _)| *serial) {
                held.credentials.remove(index);
            }
            held.remembered += 1;
        }
        self.book.dead.push_back(Arc::clone(key));
        if self.book.dead.len() > REMEMBERED_DEAD
            && let Some(longest) = self.book.dead.pop_front()
        {
            self.forget(&longest);
        }
    }

    pub(super) fn forget(&mut self, key: &str) {
        self.ledger.claims.release(key);
        let Some(credential) = self.book.credentials.remove(key) else { return };
        let Some(held) = self.book.grants.get_mut(&credential.grant) else { return };
        held.remembered -= 1;
        if held.remembered == 0 && held.credentials.is_empty() {
            self.book.grants.remove(&credential.grant);
        }
    }
}
