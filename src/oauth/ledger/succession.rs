//! Refresh under grace: the old pair lives until the new one is used.

use super::{arena::Key, book::Held, credentials::Credential, turn::Turn};
use crate::oauth::{Cause, Issued};

/// A refresh that its client has not confirmed by using the new access token ([`Rotation::Grace`](crate::oauth::Rotation::Grace)).
pub(super) struct Succession {
    pub(super) old_refresh: Key<Credential>,
    pub(super) old_access: Option<Key<Credential>>,
    pub(super) new_refresh: Key<Credential>,
    pub(super) new_access: Key<Credential>,
    pub(super) issued: Issued,
}

#[derive(Clone, Copy)]
pub(super) enum Survivor {
    Old,
    New,
}

impl Turn<'_> {
    /// The refresh of [`Rotation::Grace`](crate::oauth::Rotation::Grace): the same pair again until the new access token is used.
    pub(super) fn succeed(&mut self, id: Key<Held>, presented: Key<Credential>) -> Issued {
        let pending = self.book.grants.get(id).and_then(|held| held.succession.as_deref());
        if let Some(pending) = pending {
            let again = pending.old_refresh == presented;
            if again && self.is_living(pending.new_access) {
                return pending.issued.clone();
            }
            // A new pair that grew too old before it was used gives way to another.
            self.settle(id, if again { Survivor::Old } else { Survivor::New });
        }
        let current = self.book.grants.get(id).and_then(|held| held.current);
        // The place of a dead one may be another's before this ends.
        let old_access = current.filter(|key| self.is_living(*key));
        let issued = self.issue_pair(id);
        if let Some(held) = self.book.grants.get_mut(id)
            && issued.refresh_token.is_some()
            && let (Some(new_refresh), Some(new_access)) = (held.current_refresh, held.current)
        {
            let issued = issued.clone();
            let pending = Succession { old_refresh: presented, old_access, new_refresh, new_access, issued };
            held.succession = Some(Box::new(pending));
        }
        issued
    }

    /// The first use of a new access token ends the grace of the old pair.
    pub(super) fn confirm(&mut self, id: Key<Held>, used: Key<Credential>) {
        let held = self.book.grants.get(id);
        if held.and_then(|held| held.succession.as_ref()).is_some_and(|pending| pending.new_access == used) {
            self.settle(id, Survivor::New);
        }
    }

    /// Ends a pending succession: of the two pairs one dies.
    pub(super) fn settle(&mut self, id: Key<Held>, survivor: Survivor) {
        let pending = self.book.grants.get_mut(id).and_then(|held| held.succession.take());
        let Some(pending) = pending else { return };
        match survivor {
            Survivor::New => {
                self.bury(pending.old_refresh, Cause::Rotated);
                if let Some(access) = pending.old_access {
                    self.bury(access, Cause::Rotated);
                }
            }
            Survivor::Old => self.bury(pending.new_refresh, Cause::Rotated),
        }
    }
}
