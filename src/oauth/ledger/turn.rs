//! One operation on the book, from its first look to its last change.

use std::{
    collections::VecDeque,
    sync::{Arc, PoisonError},
    time::Duration,
};

use super::{
    arena::Key,
    book::{Book, Held, Kind},
    credentials::{Credential, Rare},
    operations::Ledger,
};
use crate::{
    Secret, Timestamp,
    oauth::{Cause, Death, Grant, Issued, Life, Limit, Policy, Refusal},
    sync::MutexGuard,
};

/// One operation on the book, at one moment.
pub(super) struct Turn<'l> {
    pub(super) now: Timestamp,
    pub(super) policy: Policy,
    pub(super) ledger: &'l Ledger,
    pub(super) book: MutexGuard<'l, Book>,
}

impl Turn<'_> {
    /// A credential by its text, with its key.
    pub(super) fn known(&self, text: &str) -> Result<(Key<Credential>, &Credential), Refusal> {
        let key = self.book.credentials.find(text).ok_or(Refusal::Unknown)?;
        let credential = self.book.credentials.get(key).ok_or(Refusal::Unknown)?;
        Ok((key, credential))
    }

    pub(super) fn find(&self, text: &str, kind: Kind) -> Result<(Key<Credential>, Key<Held>), Refusal> {
        let (key, found) = self.known(text)?;
        if found.kind == kind { Ok((key, found.grant)) } else { Err(Refusal::OtherKind) }
    }

    pub(super) fn presented(
        &self,
        text: &str,
        kind: Kind,
        client_id: &str,
    ) -> Result<(Key<Credential>, Key<Held>), Refusal> {
        let (key, id) = self.find(text, kind)?;
        let held = self.book.grants.get(id).ok_or(Refusal::Unknown)?;
        if *held.grant.client_id == *client_id { Ok((key, id)) } else { Err(Refusal::OtherClient) }
    }

    pub(super) fn grant(&self, id: Key<Held>) -> Option<Arc<Grant>> {
        self.book.grants.get(id).map(|held| Arc::clone(&held.grant))
    }

    pub(super) fn death(&self, key: Key<Credential>) -> Option<Death> {
        self.book.credentials.get(key)?.death_at(self.now)
    }

    pub(super) fn is_living(&self, key: Key<Credential>) -> bool {
        self.book.credentials.get(key).is_some_and(|credential| credential.death_at(self.now).is_none())
    }

    /// The credential as its client has it.
    pub(super) fn text(&self, key: Key<Credential>) -> Option<Secret> {
        self.book.credentials.get(key).map(|credential| Secret::from(&*credential.text))
    }

    pub(super) fn open(&mut self, grant: Grant) -> Key<Held> {
        self.book.last_grant += 1;
        let held = Held {
            number: self.book.last_grant,
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
        self.book.grants.insert(held)
    }

    pub(super) fn issue_pair(&mut self, id: Key<Held>) -> Issued {
        let mut issued = self.issue_access(id);
        if self.policy.refreshable && issued.grant.offline {
            issued.refresh_token = Some(self.issue_refresh(id));
        }
        self.make_room(id);
        issued
    }

    pub(super) fn issue_access(&mut self, id: Key<Held>) -> Issued {
        let (expires_in, renewed) = match self.policy.access_life {
            Life::Unlimited => (None, None),
            Life::For(life) => (Some(life), None),
            Life::Between(from, to) => {
                let (from, to) = (from.min(to), from.max(to));
                let seconds = from + self.ledger.mint.below((to - from).saturating_add(1));
                (Some(Duration::from_secs(seconds)), None)
            }
            Life::SinceUse(life) => (Some(life), Some(life)),
        };
        let (key, access_token) = self.add(id, Kind::Access, expires_in.map(|life| self.now + life), renewed);
        #[expect(clippy::expect_used, reason = "callers have just found or opened the grant under this lock")]
        let held = self.book.grants.get_mut(id).expect("the grant is open");
        held.current = Some(key);
        Issued { access_token, expires_in, refresh_token: None, at: self.now, grant: Arc::clone(&held.grant) }
    }

    pub(super) fn add(
        &mut self,
        id: Key<Held>,
        kind: Kind,
        expires: Option<Timestamp>,
        renewed_by_use: Option<Duration>,
    ) -> (Key<Credential>, Secret) {
        #[expect(clippy::expect_used, reason = "callers have just found or opened the grant under this lock")]
        let held = self.book.grants.get(id).expect("the grant is open");
        let formats = *self.ledger.formats.read().unwrap_or_else(PoisonError::into_inner);
        let write = match kind {
            Kind::Code => formats.code,
            Kind::Access => formats.access_token,
            Kind::Refresh => formats.refresh_token,
        };
        let text = loop {
            let text = write(&self.ledger.mint, &held.grant, expires);
            if self.book.credentials.find(&text).is_none() && self.ledger.claims.claim(&text).is_ok() {
                break text.into_boxed_str();
            }
        };
        let given = Secret::from(&*text);
        let (issued, book) = (self.now, &mut *self.book);
        let key = book.credentials.insert(Credential {
            text,
            grant: id,
            kind,
            fate: Cause::Expired,
            issued,
            expires,
            rare: Rare { renewed_by_use, death: None }.boxed(),
        });
        if let Some(held) = book.grants.get_mut(id) {
            held.credentials.push_back(key);
        }
        self.bury_expired(id);
        (key, given)
    }

    /// Buries what expired among a grant's oldest credentials, so that refreshing one grant for ever keeps memory flat.
    pub(super) fn bury_expired(&mut self, id: Key<Held>) {
        // A code and two refresh tokens may live longer than the access tokens behind them.
        const OLDEST: usize = 4;
        loop {
            let Some(held) = self.book.grants.get(id) else { return };
            let mut oldest = held.credentials.iter().take(OLDEST).copied();
            let Some(expired) = oldest.find(|key| self.death(*key).is_some()) else { return };
            self.bury(expired, Cause::Expired);
        }
    }

    pub(super) fn renew(&mut self, key: Key<Credential>) {
        let now = self.now;
        if let Some(credential) = self.book.credentials.get_mut(key)
            && let Some(life) = credential.renewed_by_use()
        {
            credential.expires = Some(now + life);
        }
    }

    pub(super) fn make_room(&mut self, id: Key<Held>) {
        let Some(Held { number, grant, .. }) = self.book.grants.get(id) else { return };
        if self.policy.refreshable && !grant.offline {
            return;
        }
        let (owner, limit) = match self.policy.limit {
            Limit::None => return,
            Limit::User(limit) => (&grant.user_id, limit),
            Limit::Realm(limit) => (&grant.realm, limit),
        };
        let (number, key) = (*number, (Arc::clone(&grant.client_id), Arc::clone(owner)));
        let mut queue = self.book.by_owner.remove(&key).unwrap_or_default();
        queue.retain(|(other, of)| *other != number && self.has_living(*other, *of));
        queue.push_back((number, id));
        while queue.len() > limit.get() {
            if let Some((_, oldest)) = queue.pop_front() {
                self.kill_grant(oldest, Cause::Superseded);
            }
        }
        self.book.by_owner.insert(key, queue);
    }

    /// Whether a grant is still there, and has a credential that is alive.
    fn has_living(&self, number: u64, id: Key<Held>) -> bool {
        let held = self.book.grants.get(id).filter(|held| held.number == number);
        held.is_some_and(|held| held.credentials.iter().any(|key| self.is_living(*key)))
    }

    /// Kills every grant that `condemned` points out.
    pub(super) fn kill_all(&mut self, cause: Cause, condemned: impl Fn(&Self, &Held) -> bool) {
        let condemned = self.book.grants.iter().filter(|(_, held)| condemned(self, held));
        let mut condemned: Vec<_> = condemned.map(|(id, held)| (held.number, id)).collect();
        // The oldest dies first, so that the same history always leaves the same book.
        condemned.sort_unstable_by_key(|(number, _)| *number);
        condemned.into_iter().for_each(|(_, id)| self.kill_grant(id, cause));
    }

    pub(super) fn kill_grant(&mut self, id: Key<Held>, cause: Cause) {
        let Some(held) = self.book.grants.get_mut(id) else { return };
        held.succession = None;
        let keys = std::mem::take(&mut held.credentials);
        keys.into_iter().for_each(|key| self.bury(key, cause));
    }

    /// Notes the death of a credential, unless it is dead already, and forgets the one that has been dead longest.
    pub(super) fn bury(&mut self, key: Key<Credential>, cause: Cause) {
        let now = self.now;
        let Book { credentials, grants, dead, .. } = &mut *self.book;
        let Some(credential) = credentials.get_mut(key) else { return };
        if credential.noted_death().is_some() {
            return;
        }
        let death = credential.death_at(now).unwrap_or(Death { cause, at: now });
        credential.rare.get_or_insert_default().death = Some(death);
        if let Some(held) = grants.get_mut(credential.grant) {
            // The oldest die first, most of the time.
            if let Some(index) = held.credentials.iter().position(|of| *of == key) {
                held.credentials.remove(index);
            }
            held.remembered += 1;
        }
        dead.push_back(key);
        if dead.len() > self.ledger.remembered_dead
            && let Some(longest) = dead.pop_front()
        {
            self.forget(longest);
        }
    }

    fn forget(&mut self, key: Key<Credential>) {
        let Some(credential) = self.book.credentials.remove(key) else { return };
        self.ledger.claims.release(&credential.text);
        let Some(held) = self.book.grants.get_mut(credential.grant) else { return };
        held.forget(key);
        held.remembered -= 1;
        if held.remembered == 0 && held.credentials.is_empty() {
            self.book.grants.remove(credential.grant);
        }
    }
}
