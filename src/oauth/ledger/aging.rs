//! Refresh tokens that are replaced by age, and connections that die as a whole.

use crate::{
    Secret,
    oauth::{Aging, Cause, Death, Issued, Kind, Refusal, Rotation},
};

use super::{arena::Key, book::Held, turn::Turn};

impl Turn<'_> {
    /// Where the vendor takes two refreshes at once for an attack, the second is refused and the grant dies.
    pub(super) fn win_race(&mut self, id: Key<Held>) -> Result<(), Refusal> {
        let now = self.now;
        let Some(held) = self.book.grants.get_mut(id) else { return Ok(()) };
        let before = held.refreshed.replace(now);
        let Rotation::Aged(Aging { race: Some(race), .. }) = self.policy.rotation else { return Ok(()) };
        if before.is_none_or(|before| now >= before + race) {
            return Ok(());
        }
        self.kill_grant(id, Cause::Replayed);
        Err(Refusal::Dead(Death { cause: Cause::Replayed, at: now }))
    }

    /// The refresh of [`Rotation::Aged`]: the same refresh token while it is young, then a new one beside it.
    pub(super) fn relieve(&mut self, id: Key<Held>, aging: Aging) -> Issued {
        let now = self.now;
        let mut issued = self.issue_access(id);
        let current = self.book.grants.get(id).and_then(|held| held.current_refresh);
        let refresh = match current.and_then(|key| self.book.credentials.get_mut(key)) {
            Some(young) if young.death_at(now).is_none() && now < young.issued + aging.renewed_after => {
                Secret::from(&*young.text)
            }
            aged => {
                if let Some(aged) = aged {
                    let end = now + aging.overlap;
                    if aged.expires.is_none_or(|expires| end < expires) {
                        (aged.expires, aged.fate) = (Some(end), Cause::Rotated);
                    }
                }
                self.issue_refresh(id)
            }
        };
        issued.refresh_token = Some(refresh);
        issued
    }

    /// A new refresh token, which ends with its own life, or with its grant's.
    pub(super) fn issue_refresh(&mut self, id: Key<Held>) -> Secret {
        let life = self.policy.refresh_life;
        let aging = match self.policy.rotation {
            Rotation::Aged(aging) => Some(aging),
            _ => None,
        };
        let renewed = life.filter(|_| self.policy.refresh_restarts && aging.is_none());
        let rolling = life.map(|life| self.now + life);
        let last = aging.zip(self.book.grants.get(id)).map(|(aging, held)| held.opened + aging.at_most);
        let (key, token) = self.add(id, Kind::Refresh, rolling.into_iter().chain(last).min(), renewed);
        if let Some(held) = self.book.grants.get_mut(id) {
            held.current_refresh = Some(key);
        }
        token
    }

    /// Kills every token of the same app, user and account. Codes that nobody has redeemed stay.
    pub(super) fn kill_connection(&mut self, id: Key<Held>) {
        let Some(of) = self.grant(id) else { return };
        let is_same = |held: &Held| {
            let grant = &held.grant;
            grant.client_id == of.client_id && grant.login == of.login && grant.realm == of.realm
        };
        self.kill_all(Cause::RevokedWithGrant, |turn, held| {
            let is_code =
                |key: &Key<_>| turn.book.credentials.get(*key).is_some_and(|it| it.kind == Kind::Code);
            is_same(held) && !held.credentials.iter().all(is_code)
        });
    }
}
