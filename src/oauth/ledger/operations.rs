//! What can be done with codes and tokens: each is one turn on the book.

use std::{
    fmt,
    sync::{Arc, PoisonError},
    time::Duration,
};

use super::{
    book::{Book, Held, Kind, Standing},
    turn::Turn,
};
use crate::{
    Clock, Mint, Secret, Timestamp,
    oauth::{Cascade, Cause, Grant, Issued, Life, Policy, Refusal, Rotation},
    sync::{Mutex, RwLock},
    tenant::Claims,
};

/// Dead credentials that are remembered, so that the journal can say why they were refused. Older ones are unknown.
/// Twice as many as a journal has entries.
const REMEMBERED_DEAD: usize = 2_000;

/// How the vendor writes its codes and tokens.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Formats {
    pub(crate) code: Format,
    pub(crate) access_token: Format,
    pub(crate) refresh_token: Format,
}

/// Writes a credential for a grant. Some vendors write into it when its time is up.
pub(crate) type Format = fn(&Mint, &Grant, Option<Timestamp>) -> String;

pub(crate) struct Ledger {
    clock: Clock,
    pub(super) mint: Mint,
    pub(super) claims: Claims,
    pub(super) formats: RwLock<Formats>,
    policy: RwLock<Policy>,
    /// How many dead credentials are remembered.
    pub(super) remembered_dead: usize,
    pub(super) book: Mutex<Book>,
}

impl Ledger {
    pub(crate) fn new(clock: Clock, mint: Mint, claims: Claims, formats: Formats, policy: Policy) -> Self {
        let (formats, policy) = (RwLock::new(formats), RwLock::new(policy));
        let remembered_dead = REMEMBERED_DEAD;
        Self { clock, mint, claims, formats, policy, remembered_dead, book: Mutex::default() }
    }

    /// An empty ledger like this one, that remembers no more dead credentials than said.
    #[cfg(test)]
    pub(crate) fn forgetful(&self, remembered_dead: usize) -> Self {
        let formats = *self.formats.read().unwrap_or_else(PoisonError::into_inner);
        let (clock, mint, claims) = (self.clock.clone(), self.mint.clone(), self.claims.clone());
        let mut ledger = Self::new(clock, mint, claims, formats, self.policy());
        ledger.remembered_dead = remembered_dead;
        ledger
    }

    pub(crate) fn policy(&self) -> Policy {
        *self.policy.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// Changes the policy for what is issued, refreshed or revoked from now on.
    pub(crate) fn set_policy(&self, policy: Policy) {
        *self.policy.write().unwrap_or_else(PoisonError::into_inner) = policy;
    }

    /// Changes the look of what is issued from now on.
    pub(crate) fn set_formats(&self, formats: Formats) {
        *self.formats.write().unwrap_or_else(PoisonError::into_inner) = formats;
    }

    /// Issues a code for `grant`.
    pub(crate) fn issue_code(&self, grant: Grant) -> Secret {
        let life = self.policy().code_life;
        let mut turn = self.turn();
        let id = turn.open(grant);
        let (_, code) = turn.add(id, Kind::Code, Some(turn.now + life), None);
        code
    }

    /// Issues tokens for `grant` directly, as if its code had been redeemed.
    pub(crate) fn issue(&self, grant: Grant) -> Issued {
        let mut turn = self.turn();
        let id = turn.open(grant);
        turn.issue_pair(id)
    }

    /// Issues an access token for `grant` that lives as said here, whatever the policy says, and nothing to refresh it by.
    pub(crate) fn issue_for(&self, grant: Grant, life: Life) -> Issued {
        let mut turn = self.turn();
        turn.policy.access_life = life;
        let id = turn.open(grant);
        turn.issue_access(id)
    }

    /// Exchanges `code` for tokens, once. `check` may refuse by what the grant says, or narrow what the tokens stand
    /// for; a refused attempt spends and changes nothing.
    pub(crate) fn redeem(
        &self,
        code: &str,
        client_id: &str,
        check: impl FnOnce(&mut Grant) -> Result<(), Refusal>,
    ) -> Result<Issued, Refusal> {
        let mut turn = self.turn();
        let (key, id) = turn.presented(code, Kind::Code, client_id)?;
        if let Some(death) = turn.death(key) {
            if death.cause == Cause::Redeemed && turn.policy.code_replay_kills_grant {
                turn.kill_grant(id, Cause::Replayed);
            }
            return Err(Refusal::Dead(death));
        }
        let before = turn.grant(id).ok_or(Refusal::Unknown)?;
        let mut grant = (*before).clone();
        check(&mut grant)?;
        if grant != *before {
            let narrowed = turn.book.share(grant);
            if let Some(held) = turn.book.grants.get_mut(id) {
                held.grant = narrowed;
            }
        }
        turn.bury(key, Cause::Redeemed);
        Ok(turn.issue_pair(id))
    }

    /// Exchanges a refresh token for an access token, by the rotation the policy says.
    pub(crate) fn refresh(
        &self,
        refresh_token: &str,
        client_id: &str,
        check: impl FnOnce(&Grant) -> Result<(), Refusal>,
    ) -> Result<Issued, Refusal> {
        let mut turn = self.turn();
        let (key, id) = turn.presented(refresh_token, Kind::Refresh, client_id)?;
        if let Some(death) = turn.death(key) {
            let kills = turn.policy.rotation == Rotation::Strict { replay_kills_grant: true };
            if death.cause == Cause::Rotated && kills {
                turn.kill_grant(id, Cause::Replayed);
            }
            return Err(Refusal::Dead(death));
        }
        let grant = turn.grant(id).ok_or(Refusal::Unknown)?;
        check(&grant)?;
        turn.win_race(id)?;
        turn.renew(key);
        Ok(match turn.policy.rotation {
            Rotation::Never => turn.issue_access(id),
            Rotation::Strict { .. } => {
                turn.bury(key, Cause::Rotated);
                turn.issue_pair(id)
            }
            Rotation::Grace => turn.succeed(id, key),
            Rotation::Aged(aging) => turn.relieve(id, aging),
        })
    }

    /// Lets an access token in, and says what it stands for. Counts as its use.
    pub(crate) fn admit(&self, access_token: &str) -> Result<Arc<Grant>, Refusal> {
        let mut turn = self.turn();
        let (key, id) = turn.find(access_token, Kind::Access)?;
        if let Some(death) = turn.death(key) {
            return Err(Refusal::Dead(death));
        }
        turn.renew(key);
        turn.confirm(id, key);
        turn.grant(id).ok_or(Refusal::Unknown)
    }

    /// Revokes an access or refresh token, and what the policy says goes with it.
    pub(crate) fn revoke(&self, token: &str) -> Result<Kind, Refusal> {
        let mut turn = self.turn();
        let (key, credential) = turn.known(token)?;
        let (kind, id) = (credential.kind, credential.grant);
        let cascade = match kind {
            Kind::Code => return Err(Refusal::OtherKind),
            Kind::Access => turn.policy.revoking_access,
            Kind::Refresh => turn.policy.revoking_refresh,
        };
        if let Some(death) = turn.death(key) {
            return Err(Refusal::Dead(death));
        }
        turn.bury(key, Cause::Revoked);
        match cascade {
            Cascade::Alone => {}
            Cascade::Grant => turn.kill_grant(id, Cause::RevokedWithGrant),
            Cascade::Connection => turn.kill_connection(id),
        }
        Ok(kind)
    }

    /// Revokes a token by hand, and everything of its grant.
    pub(crate) fn revoke_grant(&self, token: &str) -> Result<(), Refusal> {
        let mut turn = self.turn();
        let (key, found) = turn.known(token)?;
        let id = found.grant;
        if let Some(death) = turn.death(key) {
            return Err(Refusal::Dead(death));
        }
        turn.bury(key, Cause::Revoked);
        turn.kill_grant(id, Cause::RevokedWithGrant);
        Ok(())
    }

    /// The access token that was issued last to the grant of `refresh_token`, dead or alive, unless it was forgotten.
    pub(crate) fn current_access(&self, refresh_token: &str) -> Option<Secret> {
        let turn = self.turn();
        let (_, id) = turn.find(refresh_token, Kind::Refresh).ok()?;
        turn.text(turn.book.grants.get(id)?.current?)
    }

    /// Kills one code or token by hand.
    pub(crate) fn kill(&self, credential: &str, cause: Cause) -> Result<(), Refusal> {
        let mut turn = self.turn();
        let (key, _) = turn.known(credential)?;
        match turn.death(key) {
            Some(death) => Err(Refusal::Dead(death)),
            None => {
                turn.bury(key, cause);
                Ok(())
            }
        }
    }

    /// Makes one code or token older, as if it had been issued this much earlier.
    pub(crate) fn age(&self, credential: &str, by: Duration) -> Result<(), Refusal> {
        let mut turn = self.turn();
        let now = turn.now;
        let (key, _) = turn.known(credential)?;
        let found = turn.book.credentials.get_mut(key).ok_or(Refusal::Unknown)?;
        if let Some(death) = found.death_at(now) {
            return Err(Refusal::Dead(death));
        }
        found.issued = found.issued - by;
        found.expires = found.expires.map(|end| end - by);
        Ok(())
    }

    /// Kills every grant that `condemned` points out.
    pub(crate) fn kill_grants(&self, cause: Cause, condemned: impl Fn(&Grant) -> bool) {
        self.turn().kill_all(cause, |_, held| condemned(&held.grant));
    }

    /// The grants that `wanted` points out and that have a token that is alive.
    pub(crate) fn living(&self, wanted: impl Fn(&Grant) -> bool) -> Vec<Arc<Grant>> {
        let turn = self.turn();
        let has_token = |held: &Held| {
            let mut credentials = held.credentials.iter().filter_map(|key| turn.book.credentials.get(*key));
            credentials.any(|of| of.kind != Kind::Code && of.death_at(turn.now).is_none())
        };
        let held = turn.book.grants.iter().filter(|(_, held)| wanted(&held.grant) && has_token(held));
        held.map(|(_, held)| Arc::clone(&held.grant)).collect()
    }

    /// Forgets every code and token.
    pub(crate) fn clear(&self) {
        let mut turn = self.turn();
        turn.book.credentials.iter().for_each(|(_, credential)| self.claims.release(&credential.text));
        *turn.book = Book::default();
    }

    /// What is known of a credential: its kind, grant, beginning, end, and death.
    pub(crate) fn standing(&self, credential: &str) -> Option<Standing> {
        let turn = self.turn();
        let (_, found) = turn.known(credential).ok()?;
        let held = turn.book.grants.get(found.grant)?;
        Some(Standing {
            kind: found.kind,
            grant: Arc::clone(&held.grant),
            consented: held.opened,
            issued: found.issued,
            expires: found.expires,
            death: found.death_at(turn.now),
        })
    }

    /// How many credentials are kept, dead ones included.
    #[cfg(test)]
    pub(crate) fn len(&self) -> usize {
        self.turn().book.credentials.len()
    }

    fn turn(&self) -> Turn<'_> {
        let policy = self.policy();
        let book = self.book.lock().unwrap_or_else(PoisonError::into_inner);
        Turn { now: self.clock.now(), policy, ledger: self, book }
    }
}

impl Drop for Ledger {
    fn drop(&mut self) {
        let book = self.book.get_mut().unwrap_or_else(PoisonError::into_inner);
        book.credentials.iter().for_each(|(_, credential)| self.claims.release(&credential.text));
    }
}

impl fmt::Debug for Ledger {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Ledger").finish_non_exhaustive()
    }
}
