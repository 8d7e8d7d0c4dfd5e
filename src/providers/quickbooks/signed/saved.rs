//! The tokens of OAuth 1.0a as a snapshot holds them. Secrets stand there in the clear.

use std::{
    collections::VecDeque,
    sync::{Arc, PoisonError},
};

use serde::{Deserialize, Serialize};

use super::sessions::{Sessions, Waiting};
use crate::{
    Timestamp,
    oauth::{CheckedLedger, Flaw, Grant, SavedLedger},
    secret::Exposed,
};

/// Everything that [`Sessions`] knows.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::providers::quickbooks) struct SavedSessions {
    key: Exposed,
    waiting: Vec<SavedWaiting>,
    ledger: SavedLedger,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct SavedWaiting {
    token: Exposed,
    issued: Timestamp,
    client_id: Arc<str>,
    callback: String,
    consent: Option<SavedConsent>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct SavedConsent {
    verifier: Exposed,
    grant: Grant,
}

impl SavedSessions {
    /// Every token, which names the tenant.
    pub(in crate::providers::quickbooks) fn tokens(&self) -> Vec<Arc<str>> {
        let waiting = self.waiting.iter().map(|waiting| Arc::from(waiting.token.0.expose()));
        // What does not fit together was refused before.
        let checked = CheckedLedger::try_from(&self.ledger);
        let issued = checked.iter().flat_map(CheckedLedger::credentials);
        waiting.chain(issued).collect()
    }

    /// Whether it fits together.
    pub(in crate::providers::quickbooks) fn check(&self) -> Result<(), Flaw> {
        CheckedLedger::try_from(&self.ledger).map(drop).map_err(Flaw::from)
    }
}

impl Sessions {
    /// What it knows now, to be put back later.
    pub(in crate::providers::quickbooks) fn save(&self) -> SavedSessions {
        let waiting = self.waiting().iter().map(saved).collect();
        let key = self.key.read().unwrap_or_else(PoisonError::into_inner).clone();
        SavedSessions { key: Exposed(key), waiting, ledger: self.ledger.save() }
    }

    /// Knows from now on what was saved and checked. Whoever calls this has claimed and released what differs.
    pub(in crate::providers::quickbooks) fn put_back(&self, saved: SavedSessions) {
        let Ok(ledger) = CheckedLedger::try_from(&saved.ledger) else { return };
        self.ledger.replace(ledger);
        *self.key.write().unwrap_or_else(PoisonError::into_inner) = saved.key.0;
        *self.waiting() = saved.waiting.into_iter().map(read).collect::<VecDeque<_>>();
    }
}

fn saved(waiting: &Waiting) -> SavedWaiting {
    let Waiting { token, issued, client_id, callback, consent } = waiting.clone();
    let consent = consent.map(|(verifier, grant)| SavedConsent { verifier: Exposed(verifier), grant });
    SavedWaiting { token: Exposed(token.as_ref().into()), issued, client_id, callback, consent }
}

fn read(saved: SavedWaiting) -> Waiting {
    let SavedWaiting { token, issued, client_id, callback, consent } = saved;
    let consent = consent.map(|SavedConsent { verifier, grant }| (verifier.0, grant));
    Waiting { token: token.0.expose().into(), issued, client_id, callback, consent }
}
