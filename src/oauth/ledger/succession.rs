//! Refresh under grace: the old pair lives until the new one is used.

use std::sync::Arc;

use super::turn::Turn;
use crate::oauth::{Cause, Issued};

/// A refresh that its client has not confirmed by using the new access token ([`Rotation::Grace`](crate::oauth::Rotation::Grace)).
pub(super) struct Succession {
    pub(super) old_refresh: Arc<str>,
    pub(super) old_access: Option<Arc<str>>,
    pub(super) new_refresh: Arc<str>,
    pub(super) new_access: Arc<str>,
    pub(super) issued: Issued,
}

#[derive(Clone, Copy)]
pub(super) enum Survivor {
    Old,
    New,
}

impl Turn<'_> {
    /// The refresh of [`Rotation::Grace`](crate::oauth::Rotation::Grace): the same pair again until the new access token is used.
    pub(super) fn succeed(&mut self, id: u64, presented: &Arc<str>) -> Issued {
        let pending = self.book.grants.get(&id).and_then(|held| held.succession.as_deref());
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
            new_refresh: refresh.shared(),
            new_access: access.shared(),
            issued: issued.clone(),
        };
        if let Some(held) = self.book.grants.get_mut(&id) {
            held.succession = Some(Box::new(succession));
        }
        issued
    }

    /// The first use of a new access token ends the grace of the old pair.
    pub(super) fn confirm(&mut self, id: u64, used: &Arc<str>) {
        let held = self.book.grants.get(&id);
        if held.and_then(|held| held.succession.as_ref()).is_some_and(|pending| pending.new_access == *used) {
            self.settle(id, Survivor::New);
        }
    }

    /// Ends a pending succession: of the two pairs one dies.
    pub(super) fn settle(&mut self, id: u64, survivor: Survivor) {
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
}
