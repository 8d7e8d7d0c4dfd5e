//! What the ledger knows: credentials, the grants they belong to, and the order in which they died.

use std::{
    collections::{HashMap, HashSet, VecDeque},
    sync::Arc,
};

use serde::{Deserialize, Serialize};

use super::{
    arena::{Arena, Key},
    credentials::{Credential, Credentials},
    succession::Succession,
};
use crate::{
    Timestamp,
    oauth::{Death, Grant},
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

#[derive(Default)]
pub(super) struct Book {
    pub(super) credentials: Credentials,
    pub(super) grants: Arena<Held>,
    /// What the grants stand for, each once: a user consents to the same thing again and again.
    pub(super) shapes: HashSet<Arc<Grant>>,
    /// Grants by client id and owner; only where the policy limits them.
    pub(super) by_owner: HashMap<(Arc<str>, Arc<str>), Owned>,
    pub(super) dead: VecDeque<Key<Credential>>,
    pub(super) last_grant: u64,
}

/// The numbers of grants, oldest first, and where they were.
pub(super) type Owned = VecDeque<(u64, Key<Held>)>;

/// A grant. There may be millions.
pub(super) struct Held {
    pub(super) number: u64,
    pub(super) grant: Arc<Grant>,
    pub(super) opened: Timestamp,
    /// When it was refreshed last.
    pub(super) refreshed: Option<Timestamp>,
    /// Its credentials, oldest first, without those whose death was noted.
    pub(super) credentials: VecDeque<Key<Credential>>,
    /// How many of its dead credentials are still remembered.
    pub(super) remembered: u32,
    /// The access token issued last.
    pub(super) current: Option<Key<Credential>>,
    /// The refresh token issued last.
    pub(super) current_refresh: Option<Key<Credential>>,
    pub(super) succession: Option<Box<Succession>>,
}

impl Held {
    /// Gives up every key to a credential.
    pub(super) fn forget(&mut self, key: Key<Credential>) {
        for last in [&mut self.current, &mut self.current_refresh] {
            last.take_if(|of| *of == key);
        }
        if let Some(pending) = &mut self.succession {
            pending.forget(key);
        }
    }
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
