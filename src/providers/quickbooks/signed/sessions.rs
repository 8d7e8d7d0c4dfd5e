//! The tokens of OAuth 1.0a: request tokens on their way through the user's browser, and access tokens.

use std::{
    collections::VecDeque,
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock},
    time::Duration,
};

use crate::{
    Clock, Mint, Secret, Timestamp,
    mint::{ALPHANUMERIC, LOWER_ALPHANUMERIC},
    oauth::{Cascade, Cause, Formats, Grant, Issued, Ledger, Life, Limit, Policy, Refusal, Rotation},
    providers::quickbooks::tokens::derived,
    secret::same,
    tenant::{Claims, Ground},
};

/// How long a connection lives (QBO-053).
pub(super) const LIFE: Duration = Duration::from_secs(180 * 24 * 3600);

/// How long a request token waits for the user; inferred.
const PATIENCE: Duration = Duration::from_secs(3600);

/// Request tokens that wait; the oldest is given up for the newest.
const WAITING: usize = 256;

const POLICY: Policy = Policy {
    code_life: PATIENCE,
    code_replay_kills_grant: false,
    access_life: Life::For(LIFE),
    refreshable: false,
    refresh_life: None,
    refresh_restarts: false,
    rotation: Rotation::Never,
    revoking_access: Cascade::Alone,
    revoking_refresh: Cascade::Alone,
    limit: Limit::None,
};

const FORMATS: Formats = Formats {
    code: |mint, _, _| new_token(mint),
    access_token: |mint, _, _| new_token(mint),
    refresh_token: |mint, _, _| new_token(mint),
};

/// 48 characters.
fn new_token(mint: &Mint) -> String {
    format!("qy{}", mint.text(ALPHANUMERIC, 46))
}

/// A request token, and how far the user has come with it.
#[derive(Clone)]
pub(super) struct Waiting {
    pub(super) token: Arc<str>,
    pub(super) issued: Timestamp,
    pub(super) client_id: Arc<str>,
    pub(super) callback: String,
    pub(super) consent: Option<(Secret, Grant)>,
}

/// One tenant's tokens of OAuth 1.0a.
pub(in crate::providers::quickbooks) struct Sessions {
    clock: Clock,
    mint: Mint,
    claims: Claims,
    /// What token secrets are derived with.
    pub(super) key: RwLock<Secret>,
    waiting: Mutex<VecDeque<Waiting>>,
    pub(super) ledger: Ledger,
}

impl Sessions {
    pub(in crate::providers::quickbooks) fn open(ground: &Ground) -> Self {
        let Ground { clock, mint, claims, .. } = ground;
        let ledger = Ledger::new(clock.clone(), mint.clone(), claims.clone(), FORMATS, POLICY);
        Self {
            clock: clock.clone(),
            mint: mint.clone(),
            claims: claims.clone(),
            key: RwLock::new(mint.text(ALPHANUMERIC, 32).into()),
            waiting: Mutex::default(),
            ledger,
        }
    }

    /// The secret that goes with a token: 40 characters.
    pub(super) fn secret_of(&self, token: &str) -> String {
        let key = self.key.read().unwrap_or_else(PoisonError::into_inner);
        derived(ALPHANUMERIC, 40, &[key.expose(), token])
    }

    /// A request token for the app.
    pub(super) fn await_consent(&self, client_id: &Arc<str>, callback: &str) -> Arc<str> {
        let token = loop {
            let token: Arc<str> = new_token(&self.mint).into();
            if self.claims.claim(&token).is_ok() {
                break token;
            }
        };
        let waiting = Waiting {
            token: Arc::clone(&token),
            issued: self.clock.now(),
            client_id: Arc::clone(client_id),
            callback: callback.to_owned(),
            consent: None,
        };
        let mut all = self.waiting();
        if all.len() == WAITING
            && let Some(oldest) = all.pop_front()
        {
            self.claims.release(&oldest.token);
        }
        all.push_back(waiting);
        token
    }

    /// What the request token stands for, if it is alive.
    pub(super) fn with_waiting<T>(&self, token: &str, act: impl FnOnce(&mut Waiting) -> T) -> Option<T> {
        let now = self.clock.now();
        let mut all = self.waiting();
        let waiting = all.iter_mut().find(|waiting| same(&waiting.token, token))?;
        (now < waiting.issued + PATIENCE).then(|| act(waiting))
    }

    /// Notes that the user consented, and gives what proves it: seven characters.
    pub(super) fn consent(&self, token: &str, grant: Grant) -> Option<String> {
        let verifier = self.mint.text(LOWER_ALPHANUMERIC, 7);
        self.with_waiting(token, |waiting| waiting.consent = Some((verifier.as_str().into(), grant)))?;
        Some(verifier)
    }

    /// Spends a request token; false if somebody was faster.
    pub(super) fn spend(&self, token: &str) -> bool {
        let mut all = self.waiting();
        let position = all.iter().position(|waiting| same(&waiting.token, token));
        let spent = position.and_then(|position| all.remove(position)).is_some();
        drop(all);
        self.claims.release(token);
        spent
    }

    pub(super) fn issue(&self, grant: Grant) -> Issued {
        self.ledger.issue(grant)
    }

    pub(super) fn admit(&self, token: &str) -> Result<Arc<Grant>, Refusal> {
        self.ledger.admit(token)
    }

    /// When an access token ends.
    pub(super) fn end_of(&self, token: &str) -> Option<Timestamp> {
        self.ledger.standing(token)?.expires
    }

    pub(super) fn kill(&self, token: &str, cause: Cause) -> Result<(), Refusal> {
        self.ledger.kill(token, cause)
    }

    /// Forgets every token.
    pub(in crate::providers::quickbooks) fn clear(&self) {
        self.ledger.clear();
        let mut all = self.waiting();
        all.drain(..).for_each(|waiting| self.claims.release(&waiting.token));
    }

    pub(super) fn waiting(&self) -> MutexGuard<'_, VecDeque<Waiting>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Sessions {
    fn drop(&mut self) {
        let all = self.waiting.get_mut().unwrap_or_else(PoisonError::into_inner);
        all.iter().for_each(|waiting| self.claims.release(&waiting.token));
    }
}

impl fmt::Debug for Sessions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sessions").finish_non_exhaustive()
    }
}
