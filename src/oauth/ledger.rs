//! The ledger of one tenant at one vendor: every code and token, what it stands for, and why it died.
//!
//! All of it changes under one short lock, so that a code is redeemed once however many try, and a refresh never leaves
//! half a pair.

mod aging;

use std::{
    collections::{HashMap, VecDeque},
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock},
    time::Duration,
};

use crate::{
    Clock, Mint, Secret, Timestamp,
    oauth::{
        Cascade, Cause, Death, Grant, Issued, Life, Policy, Refusal, Rotation,
        policy::{Limit, Per},
    },
    tenant::Claims,
};

/// Dead credentials that are remembered, so that the journal can say why they were refused. Older ones are unknown.
const REMEMBERED_DEAD: usize = 10_000;

/// How the vendor writes its codes and tokens.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Formats {
    pub(crate) code: Format,
    pub(crate) access_token: Format,
    pub(crate) refresh_token: Format,
}

/// Writes a credential for a grant. Some vendors write into it when its time is up.
pub(crate) type Format = fn(&Mint, &Grant, Option<Timestamp>) -> String;

/// What a credential is good for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// An authorization code.
    Code,
    /// An access token.
    Access,
    /// A refresh token.
    Refresh,
}

/// What is known of a credential.
#[derive(Clone, Debug)]
pub struct Standing {
    /// What it is good for.
    pub kind: Kind,
    /// What it stands for.
    pub grant: Arc<Grant>,
    /// When the user consented.
    pub consented: Timestamp,
    /// When it was issued.
    pub issued: Timestamp,
    /// When its time is up, if it has a clock.
    pub expires: Option<Timestamp>,
    /// Why and when it died, if it is dead.
    pub death: Option<Death>,
}

pub(crate) struct Ledger {
    clock: Clock,
    mint: Mint,
    claims: Claims,
    formats: RwLock<Formats>,
    policy: RwLock<Policy>,
    book: Mutex<Book>,
}

#[derive(Default)]
struct Book {
    credentials: HashMap<Arc<str>, Credential>,
    grants: HashMap<u64, Held>,
    /// Grants by owner, oldest first; only where the policy limits them.
    by_owner: HashMap<(Arc<str>, Arc<str>), VecDeque<u64>>,
    dead: VecDeque<Arc<str>>,
    last_grant: u64,
    last_serial: u64,
}

struct Credential {
    kind: Kind,
    grant: u64,
    serial: u64,
    issued: Timestamp,
    expires: Option<Timestamp>,
    /// What it dies of when its time is up.
    fate: Cause,
    /// How long each use lets it live on.
    renewed_by_use: Option<Duration>,
    death: Option<Death>,
}

struct Held {
    grant: Arc<Grant>,
    opened: Timestamp,
    /// When it was refreshed last.
    refreshed: Option<Timestamp>,
    /// Its credentials by serial, which rises; without those whose death was noted.
    credentials: VecDeque<(u64, Arc<str>)>,
    /// How many of its dead credentials are still remembered.
    remembered: usize,
    /// The access token issued last.
    current: Option<Arc<str>>,
    /// The refresh token issued last.
    current_refresh: Option<Arc<str>>,
    succession: Option<Succession>,
}

/// A refresh that its client has not confirmed by using the new access token ([`Rotation::Grace`]).
struct Succession {
    old_refresh: Arc<str>,
    old_access: Option<Arc<str>>,
    new_refresh: Arc<str>,
    new_access: Arc<str>,
    issued: Issued,
}

#[derive(Clone, Copy)]
enum Survivor {
    Old,
    New,
}

impl Credential {
    fn death_at(&self, now: Timestamp) -> Option<Death> {
        let expired = self.expires.filter(|end| *end <= now).map(|at| Death { cause: self.fate, at });
        self.death.or(expired)
    }
}

impl Ledger {
    pub(crate) fn new(clock: Clock, mint: Mint, claims: Claims, formats: Formats, policy: Policy) -> Self {
        let (formats, policy) = (RwLock::new(formats), RwLock::new(policy));
        Self { clock, mint, claims, formats, policy, book: Mutex::default() }
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
        turn.add(id, Kind::Code, Some(turn.now + life), None).as_ref().into()
    }

    /// Issues tokens for `grant` directly, as if its code had been redeemed.
    pub(crate) fn issue(&self, grant: Grant) -> Issued {
        let mut turn = self.turn();
        let id = turn.open(grant);
        turn.issue_pair(id)
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
        if let Some(death) = turn.death(&key) {
            if death.cause == Cause::Redeemed && turn.policy.code_replay_kills_grant {
                turn.kill_grant(id, Cause::Replayed);
            }
            return Err(Refusal::Dead(death));
        }
        let held = turn.book.grants.get_mut(&id).ok_or(Refusal::Unknown)?;
        let mut grant = (*held.grant).clone();
        check(&mut grant)?;
        if grant != *held.grant {
            held.grant = Arc::new(grant);
        }
        turn.bury(&key, Cause::Redeemed);
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
        if let Some(death) = turn.death(&key) {
            let kills = turn.policy.rotation == Rotation::Strict { replay_kills_grant: true };
            if death.cause == Cause::Rotated && kills {
                turn.kill_grant(id, Cause::Replayed);
            }
            return Err(Refusal::Dead(death));
        }
        let grant = turn.grant(id).ok_or(Refusal::Unknown)?;
        check(&grant)?;
        turn.win_race(id)?;
        turn.renew(&key);
        Ok(match turn.policy.rotation {
            Rotation::Never => turn.issue_access(id),
            Rotation::Strict { .. } => {
                turn.bury(&key, Cause::Rotated);
                turn.issue_pair(id)
            }
            Rotation::Grace => turn.succeed(id, &key),
            Rotation::Aged(aging) => turn.relieve(id, aging),
        })
    }

    /// Lets an access token in, and says what it stands for. Counts as its use.
    pub(crate) fn admit(&self, access_token: &str) -> Result<Arc<Grant>, Refusal> {
        let mut turn = self.turn();
        let (key, id) = turn.find(access_token, Kind::Access)?;
        if let Some(death) = turn.death(&key) {
            return Err(Refusal::Dead(death));
        }
        turn.renew(&key);
        turn.confirm(id, &key);
        turn.grant(id).ok_or(Refusal::Unknown)
    }

    /// Revokes an access or refresh token, and what the policy says goes with it.
    pub(crate) fn revoke(&self, token: &str) -> Result<Kind, Refusal> {
        let mut turn = self.turn();
        let credential = turn.book.credentials.get(token).ok_or(Refusal::Unknown)?;
        let (kind, id) = (credential.kind, credential.grant);
        let cascade = match kind {
            Kind::Code => return Err(Refusal::OtherKind),
            Kind::Access => turn.policy.revoking_access,
            Kind::Refresh => turn.policy.revoking_refresh,
        };
        let key: Arc<str> = token.into();
        if let Some(death) = turn.death(&key) {
            return Err(Refusal::Dead(death));
        }
        turn.bury(&key, Cause::Revoked);
        match cascade {
            Cascade::Alone => {}
            Cascade::Grant => turn.kill_grant(id, Cause::RevokedWithGrant),
            Cascade::Connection => turn.kill_connection(id),
        }
        Ok(kind)
    }

    /// Kills one code or token by hand.
    pub(crate) fn kill(&self, credential: &str, cause: Cause) -> Result<(), Refusal> {
        let mut turn = self.turn();
        let key: Arc<str> = credential.into();
        if !turn.book.credentials.contains_key(&key) {
            return Err(Refusal::Unknown);
        }
        match turn.death(&key) {
            Some(death) => Err(Refusal::Dead(death)),
            None => {
                turn.bury(&key, cause);
                Ok(())
            }
        }
    }

    /// Kills every grant that `condemned` points out.
    pub(crate) fn kill_grants(&self, cause: Cause, condemned: impl Fn(&Grant) -> bool) {
        let mut turn = self.turn();
        let book = &turn.book;
        let ids: Vec<u64> =
            book.grants.iter().filter(|(_, held)| condemned(&held.grant)).map(|(id, _)| *id).collect();
        for id in ids {
            turn.kill_grant(id, cause);
        }
    }

    /// Forgets every code and token.
    pub(crate) fn clear(&self) {
        let mut turn = self.turn();
        turn.book.credentials.keys().for_each(|credential| self.claims.release(credential));
        *turn.book = Book::default();
    }

    /// What is known of a credential: its kind, grant, beginning, end, and death.
    pub(crate) fn standing(&self, credential: &str) -> Option<Standing> {
        let turn = self.turn();
        let found = turn.book.credentials.get(credential)?;
        let held = turn.book.grants.get(&found.grant)?;
        let (grant, consented) = (Arc::clone(&held.grant), held.opened);
        let Credential { kind, issued, expires, .. } = *found;
        Some(Standing { kind, grant, consented, issued, expires, death: found.death_at(turn.now) })
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
        book.credentials.keys().for_each(|credential| self.claims.release(credential));
    }
}

impl fmt::Debug for Ledger {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Ledger").finish_non_exhaustive()
    }
}

/// One operation on the book, at one moment.
struct Turn<'l> {
    now: Timestamp,
    policy: Policy,
    ledger: &'l Ledger,
    book: MutexGuard<'l, Book>,
}

impl Turn<'_> {
    fn find(&self, credential: &str, kind: Kind) -> Result<(Arc<str>, u64), Refusal> {
        let (key, found) = self.book.credentials.get_key_value(credential).ok_or(Refusal::Unknown)?;
        if found.kind == kind { Ok((Arc::clone(key), found.grant)) } else { Err(Refusal::OtherKind) }
    }

    fn presented(&self, credential: &str, kind: Kind, client_id: &str) -> Result<(Arc<str>, u64), Refusal> {
        let (key, id) = self.find(credential, kind)?;
        let grant = self.grant(id).ok_or(Refusal::Unknown)?;
        if *grant.client_id == *client_id { Ok((key, id)) } else { Err(Refusal::OtherClient) }
    }

    fn grant(&self, id: u64) -> Option<Arc<Grant>> {
        self.book.grants.get(&id).map(|held| Arc::clone(&held.grant))
    }

    fn death(&self, key: &str) -> Option<Death> {
        self.book.credentials.get(key)?.death_at(self.now)
    }

    fn open(&mut self, grant: Grant) -> u64 {
        self.book.last_grant += 1;
        let id = self.book.last_grant;
        let held = Held {
            grant: Arc::new(grant),
            opened: self.now,
            refreshed: None,
            credentials: VecDeque::new(),
            remembered: 0,
            current: None,
            current_refresh: None,
            succession: None,
        };
        self.book.grants.insert(id, held);
        id
    }

    fn issue_pair(&mut self, id: u64) -> Issued {
        let mut issued = self.issue_access(id);
        if self.policy.refreshable && issued.grant.offline {
            issued.refresh_token = Some(self.issue_refresh(id).as_ref().into());
        }
        self.make_room(id);
        issued
    }

    fn issue_refresh(&mut self, id: u64) -> Arc<str> {
        let life = self.policy.refresh_life;
        let ages = matches!(self.policy.rotation, Rotation::Aged(_));
        let renewed = life.filter(|_| self.policy.refresh_restarts && !ages);
        let rolling = life.map(|life| self.now + life);
        let last = match (self.policy.rotation, self.book.grants.get(&id)) {
            (Rotation::Aged(aging), Some(held)) => Some(held.opened + aging.at_most),
            _ => None,
        };
        let token = self.add(id, Kind::Refresh, rolling.into_iter().chain(last).min(), renewed);
        if let Some(held) = self.book.grants.get_mut(&id) {
            held.current_refresh = Some(Arc::clone(&token));
        }
        token
    }

    fn issue_access(&mut self, id: u64) -> Issued {
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
        let access_token = token.as_ref().into();
        #[expect(clippy::expect_used, reason = "callers have just found or opened the grant under this lock")]
        let held = self.book.grants.get_mut(&id).expect("the grant is open");
        held.current = Some(token);
        Issued { access_token, expires_in, refresh_token: None, at: self.now, grant: Arc::clone(&held.grant) }
    }

    fn add(
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
        self.book.credentials.insert(Arc::clone(&text), credential);
        if let Some(held) = self.book.grants.get_mut(&id) {
            held.credentials.push_back((serial, Arc::clone(&text)));
        }
        self.bury_expired(id);
        text
    }

    /// Buries what expired among a grant's oldest credentials, so that refreshing one grant for ever keeps memory flat.
    fn bury_expired(&mut self, id: u64) {
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

    fn renew(&mut self, key: &str) {
        let now = self.now;
        if let Some(credential) = self.book.credentials.get_mut(key)
            && let Some(life) = credential.renewed_by_use
        {
            credential.expires = Some(now + life);
        }
    }

    /// The refresh of [`Rotation::Grace`]: the same pair again until the new access token is used.
    fn succeed(&mut self, id: u64, presented: &Arc<str>) -> Issued {
        let pending = self.book.grants.get(&id).and_then(|held| held.succession.as_ref());
        if let Some(pending) = pending {
            let again = pending.old_refresh == *presented;
            if again && self.death(&pending.new_access).is_none() {
                return pending.issued.clone();
            }
            // A new pair that grew too old before it was used gives way to another.
            self.settle(id, if again { Survivor::Old } else { Survivor::New });
        }
        let old_access = self.book.grants.get(&id).and_then(|held| held.current.clone());
        let issued = self.issue_pair(id);
        let (Some(refresh), access) = (&issued.refresh_token, &issued.access_token) else { return issued };
        let succession = Succession {
            old_refresh: Arc::clone(presented),
            old_access,
            new_refresh: refresh.expose().into(),
            new_access: access.expose().into(),
            issued: issued.clone(),
        };
        if let Some(held) = self.book.grants.get_mut(&id) {
            held.succession = Some(succession);
        }
        issued
    }

    /// The first use of a new access token ends the grace of the old pair.
    fn confirm(&mut self, id: u64, used: &Arc<str>) {
        let held = self.book.grants.get(&id);
        if held.and_then(|held| held.succession.as_ref()).is_some_and(|pending| pending.new_access == *used) {
            self.settle(id, Survivor::New);
        }
    }

    /// Ends a pending succession: of the two pairs one dies.
    fn settle(&mut self, id: u64, survivor: Survivor) {
        let pending = self.book.grants.get_mut(&id).and_then(|held| held.succession.take());
        let Some(pending) = pending else { return };
        match survivor {
            Survivor::New => {
                self.bury(&pending.old_refresh, Cause::Rotated);
                if let Some(access) = &pending.old_access {
                    self.bury(access, Cause::Rotated);
                }
            }
            Survivor::Old => self.bury(&pending.new_refresh, Cause::Rotated),
        }
    }

    fn make_room(&mut self, id: u64) {
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

    fn is_alive(&self, id: u64) -> bool {
        let Some(held) = self.book.grants.get(&id) else { return false };
        held.credentials.iter().any(|(_, key)| self.death(key).is_none())
    }

    fn kill_grant(&mut self, id: u64, cause: Cause) {
        let Some(held) = self.book.grants.get_mut(&id) else { return };
        held.succession = None;
        let keys: Vec<Arc<str>> = held.credentials.iter().map(|(_, key)| Arc::clone(key)).collect();
        for key in keys {
            self.bury(&key, cause);
        }
    }

    /// Notes the death of a credential, unless it is dead already, and forgets the one that has been dead longest.
    fn bury(&mut self, key: &Arc<str>, cause: Cause) {
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

    fn forget(&mut self, key: &str) {
        self.ledger.claims.release(key);
        let Some(credential) = self.book.credentials.remove(key) else { return };
        let Some(held) = self.book.grants.get_mut(&credential.grant) else { return };
        held.remembered -= 1;
        if held.remembered == 0 && held.credentials.is_empty() {
            self.book.grants.remove(&credential.grant);
        }
    }
}
