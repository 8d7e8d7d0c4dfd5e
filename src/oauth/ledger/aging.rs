//! Refresh tokens that are replaced by age, and connections that die as a whole.

use std::sync::Arc;

use crate::{
    Secret,
    oauth::{Aging, Cause, Death, Issued, Kind, Refusal, Rotation},
};

use super::{book::Held, turn::Turn};

impl Turn<'_> {
    /// Where the vendor takes two refreshes at once for an attack, the second is refused and the grant dies.
    pub(super) fn win_race(&mut self, id: u64) -> Result<(), Refusal> {
        let now = self.now;
        let Some(held) = self.book.grants.get_mut(&id) else { return Ok(()) };
        let before = held.refreshed.replace(now);
        let Rotation::Aged(Aging { race: Some(race), .. }) = self.policy.rotation else { return Ok(()) };
        if before.is_none_or(|before| now >= before + race) {
            return Ok(());
        }
        self.kill_grant(id, Cause::Replayed);
        Err(Refusal::Dead(Death { cause: Cause::Replayed, at: now }))
    }

    /// The refresh of [`Rotation::Aged`]: the same refresh token while it is young, then a new one beside it.
    pub(super) fn relieve(&mut self, id: u64, aging: Aging) -> Issued {
        let now = self.now;
        let mut issued = self.issue_access(id);
        let current = self.book.grants.get(&id).and_then(|held| held.current_refresh.clone());
        let is_young = |current: &Arc<str>| {
            let credential = self.book.credentials.get(current);
            credential.is_some_and(|it| it.death_at(now).is_none() && now < it.issued + aging.renewed_after)
        };
        let refresh = match current {
            Some(young) if is_young(&young) => young,
            aged => {
                if let Some(aged) = aged.and_then(|aged| self.book.credentials.get_mut(&aged)) {
                    let end = now + aging.overlap;
                    if aged.expires.is_none_or(|expires| end < expires) {
                        (aged.expires, aged.fate) = (Some(end), Cause::Rotated);
                    }
                }
                self.issue_refresh(id)
            }
        };
        issued.refresh_token = Some(Secret::new(refresh));
        issued
    }

    /// A new refresh token, which ends with its own life, or with its grant's.
    pub(super) fn issue_refresh(&mut self, id: u64) -> Arc<str> {
        let life = self.policy.refresh_life;
        let aging = match self.policy.rotation {
            Rotation::Aged(aging) => Some(aging),
            _ => None,
        };
        let renewed = life.filter(|_| self.policy.refresh_restarts && aging.is_none());
        let rolling = life.map(|life| self.now + life);
        let last = aging.zip(self.book.grants.get(&id)).map(|(aging, held)| held.opened + aging.at_most);
        let token = self.add(id, Kind::Refresh, rolling.into_iter().chain(last).min(), renewed);
        if let Some(held) = self.book.grants.get_mut(&id) {
            held.current_refresh = Some(Arc::clone(&token));
        }
        token
    }

    /// Kills every token of the same app, user and account. Codes that nobody has redeemed stay.
    pub(super) fn kill_connection(&mut self, id: u64) {
        let Some(of) = self.grant(id) else { return };
        let book = &self.book;
        let is_code = |key: &Arc<str>| book.credentials.get(key).is_some_and(|it| it.kind == Kind::Code);
        let is_same = |held: &Held| {
            let grant = &held.grant;
            grant.client_id == of.client_id && grant.login == of.login && grant.realm == of.realm
        };
        let waits = |held: &Held| held.credentials.iter().all(|(_, key)| is_code(key));
        let same = book.grants.iter().filter(|(_, held)| is_same(held) && !waits(held));
        let mut same: Vec<u64> = same.map(|(id, _)| *id).collect();
        // The oldest dies first, so that the same history always leaves the same book.
        same.sort_unstable();
        for id in same {
            self.kill_grant(id, Cause::RevokedWithGrant);
        }
    }
}
