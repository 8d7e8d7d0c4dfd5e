//! Refresh under grace: the old pair lives until the new one is used.

use std::time::Duration;

use super::{arena::Key, book::Held, credentials::Credential, turn::Turn};
use crate::{
    Timestamp,
    oauth::{Cause, Issued},
};

/// A refresh that its client has not confirmed by using the new access token
/// ([`Rotation::Grace`](crate::oauth::Rotation::Grace)). What is nothing was forgotten since, or was never there.
#[derive(Clone, Copy)]
pub(super) struct Succession {
    pub(super) old_refresh: Option<Key<Credential>>,
    pub(super) old_access: Option<Key<Credential>>,
    pub(super) new_refresh: Option<Key<Credential>>,
    pub(super) new_access: Option<Key<Credential>>,
    /// How long the new access token was said to live, and when.
    pub(super) expires_in: Option<Duration>,
    pub(super) at: Timestamp,
}

impl Succession {
    /// Gives up every key to a credential.
    pub(super) fn forget(&mut self, key: Key<Credential>) {
        let Self { old_refresh, old_access, new_refresh, new_access, .. } = self;
        for member in [old_refresh, old_access, new_refresh, new_access] {
            member.take_if(|of| *of == key);
        }
    }
}

#[derive(Clone, Copy)]
pub(super) enum Survivor {
    Old,
    New,
}

impl Turn<'_> {
    /// The refresh of [`Rotation::Grace`](crate::oauth::Rotation::Grace): the same pair again until the new access token is used.
    pub(super) fn succeed(&mut self, id: Key<Held>, presented: Key<Credential>) -> Issued {
        let pending = self.pending(id);
        let again = pending.filter(|pending| pending.old_refresh == Some(presented));
        if let Some(issued) = again.and_then(|pending| self.issued_before(id, pending)) {
            return issued;
        }
        // A new pair that grew too old before it was used gives way to another, beside the same old one.
        self.settle(id, if again.is_some() { Survivor::Old } else { Survivor::New });
        let current = self.book.grants.get(id).and_then(|held| held.current);
        let old_access = again.map_or(current, |pending| pending.old_access);
        // The place of a dead one may be another's before this ends.
        let old_access = old_access.filter(|key| self.is_living(*key));
        let issued = self.issue_pair(id);
        // A grant that a limit has killed at once has no successor.
        if self.is_living(presented)
            && issued.refresh_token.is_some()
            && let Some(held) = self.book.grants.get_mut(id)
        {
            held.succession = Some(Box::new(Succession {
                old_refresh: Some(presented),
                old_access,
                new_refresh: held.current_refresh,
                new_access: held.current,
                expires_in: issued.expires_in,
                at: issued.at,
            }));
        }
        issued
    }

    fn pending(&self, id: Key<Held>) -> Option<Succession> {
        self.book.grants.get(id)?.succession.as_deref().copied()
    }

    /// The new pair once more, while its access token lives and its refresh token is known.
    fn issued_before(&self, id: Key<Held>, pending: Succession) -> Option<Issued> {
        let new_access = pending.new_access.filter(|key| self.is_living(*key))?;
        Some(Issued {
            access_token: self.text(new_access)?,
            expires_in: pending.expires_in,
            refresh_token: Some(self.text(pending.new_refresh?)?),
            at: pending.at,
            grant: self.grant(id)?,
        })
    }

    /// The first use of a new access token ends the grace of the old pair.
    pub(super) fn confirm(&mut self, id: Key<Held>, used: Key<Credential>) {
        if self.pending(id).is_some_and(|pending| pending.new_access == Some(used)) {
            self.settle(id, Survivor::New);
        }
    }

    /// Ends a pending succession: of the two pairs one dies.
    pub(super) fn settle(&mut self, id: Key<Held>, survivor: Survivor) {
        let pending = self.book.grants.get_mut(id).and_then(|held| held.succession.take());
        let Some(pending) = pending else { return };
        let dying = match survivor {
            Survivor::New => [pending.old_refresh, pending.old_access],
            Survivor::Old => [pending.new_refresh, pending.new_access],
        };
        dying.into_iter().flatten().for_each(|key| self.bury(key, Cause::Rotated));
    }
}
