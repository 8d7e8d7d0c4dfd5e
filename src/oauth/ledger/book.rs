//! What the ledger knows: credentials, the grants they belong to, and the order in which they died.

use std::{
    collections::{HashMap, HashSet, VecDeque},
    sync::Arc,
    time::Duration,
};

use serde::{Deserialize, Serialize};

use super::succession::Succession;
use crate::{
    Timestamp,
    oauth::{Cause, Death, Grant},
};

/// What a credential is good for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
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

/// Its maps hold boxes: half of a map's places are empty.
#[derive(Default)]
pub(super) struct Book {
    pub(super) credentials: HashMap<Arc<str>, Box<Credential>>,
    pub(super) grants: HashMap<u64, Box<Held>>,
    /// What the grants stand for, each once: a user consents to the same thing again and again.
    pub(super) shapes: HashSet<Arc<Grant>>,
    /// Grants by owner, oldest first; only where the policy limits them.
    pub(super) by_owner: HashMap<(Arc<str>, Arc<str>), VecDeque<u64>>,
    pub(super) dead: VecDeque<Arc<str>>,
    pub(super) last_grant: u64,
    pub(super) last_serial: u64,
}

pub(super) struct Credential {
    pub(super) kind: Kind,
    pub(super) grant: u64,
    pub(super) serial: u64,
    pub(super) issued: Timestamp,
    pub(super) expires: Option<Timestamp>,
    /// What it dies of when its time is up.
    pub(super) fate: Cause,
    /// How long each use lets it live on.
    pub(super) renewed_by_use: Option<Duration>,
    pub(super) death: Option<Death>,
}

pub(super) struct Held {
    pub(super) grant: Arc<Grant>,
    pub(super) opened: Timestamp,
    /// When it was refreshed last.
    pub(super) refreshed: Option<Timestamp>,
    /// Its credentials by serial, which rises; without those whose death was noted.
    pub(super) credentials: VecDeque<(u64, Arc<str>)>,
    /// How many of its dead credentials are still remembered.
    pub(super) remembered: usize,
    /// The access token issued last.
    pub(super) current: Option<Arc<str>>,
    /// The refresh token issued last.
    pub(super) current_refresh: Option<Arc<str>>,
    pub(super) succession: Option<Box<Succession>>,
}

impl Book {
    /// The same grant, shared with those that are equal.
    pub(super) fn share(&mut self, grant: Grant) -> Arc<Grant> {
        if let Some(known) = self.shapes.get(&grant) {
            return Arc::clone(known);
        }
        // Forgets what nobody holds, seldom enough to cost nothing.
        if self.shapes.len() > 2 * self.grants.len() + 64 {
            self.shapes.retain(|shape| Arc::strong_count(shape) > 1);
        }
        let grant = Arc::new(grant);
        self.shapes.insert(Arc::clone(&grant));
        grant
    }
}

impl Credential {
    pub(super) fn death_at(&self, now: Timestamp) -> Option<Death> {
        let expired = self.expires.filter(|end| *end <= now).map(|at| Death { cause: self.fate, at });
        self.death.or(expired)
    }
}
