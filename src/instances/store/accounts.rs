//! Who may call: callers and organizations, known by the digests of their secrets.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use serde::{Deserialize, Serialize};

use crate::instances::{Caller, Role, resources::Resources, storage::vault::Digest};

/// A caller. Its number stays its own for good.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Deserialize, Serialize)]
pub(crate) struct CallerId(pub(crate) u64);

/// An organization.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Deserialize, Serialize)]
pub(crate) struct OrganizationId(pub(crate) u64);

/// What is kept of a caller.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Account {
    pub(crate) organization: OrganizationId,
    pub(crate) user: Digest,
    pub(crate) id: u64,
    pub(crate) email_address: String,
    pub(crate) first_name: String,
    pub(crate) last_name: String,
    pub(crate) role: Role,
    /// What the account has defined.
    #[serde(default)]
    pub(crate) resources: Resources,
}

impl Account {
    pub(crate) fn new(caller: &Caller, organization: OrganizationId, user: Digest) -> Self {
        Self {
            organization,
            user,
            id: caller.id,
            email_address: caller.email_address.clone(),
            first_name: caller.first_name.clone(),
            last_name: caller.last_name.clone(),
            role: caller.role.clone(),
            resources: Resources::default(),
        }
    }
}

/// A secret that was reset. Whoever shows it is nobody, and nobody gets it again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Dead {
    User(Digest),
    Organization(Digest),
}

/// All callers and organizations.
#[derive(Debug, Default)]
pub(crate) struct Accounts {
    dead: HashSet<Dead>,
    accounts: HashMap<CallerId, Arc<Account>>,
    by_user: HashMap<Digest, CallerId>,
    organizations: HashMap<OrganizationId, Digest>,
}

impl Accounts {
    /// The caller with this User secret, and with this Organization secret if one is shown.
    pub(crate) fn find(&self, user: &Digest, organization: Option<&Digest>) -> Option<CallerId> {
        let id = *self.by_user.get(user)?;
        let own = self.organizations.get(&self.accounts.get(&id)?.organization)?;
        organization.is_none_or(|shown| shown == own).then_some(id)
    }

    pub(crate) fn get(&self, id: CallerId) -> Option<Arc<Account>> {
        self.accounts.get(&id).cloned()
    }

    pub(crate) fn all(&self) -> Vec<(CallerId, Arc<Account>)> {
        let mut all: Vec<_> = self.accounts.iter().map(|(id, account)| (*id, Arc::clone(account))).collect();
        all.sort_by_key(|(id, _)| *id);
        all
    }

    pub(crate) fn organization_with(&self, secret: &Digest) -> Option<OrganizationId> {
        self.organizations.iter().find(|(_, own)| *own == secret).map(|(id, _)| *id)
    }

    pub(crate) fn organization_secret(&self, id: OrganizationId) -> Option<Digest> {
        self.organizations.get(&id).copied()
    }

    /// Remembers a secret that was reset.
    pub(crate) fn bury(&mut self, dead: Dead) {
        self.dead.insert(dead);
    }

    pub(crate) fn is_dead(&self, secret: Dead) -> bool {
        self.dead.contains(&secret)
    }

    /// The numbers that the next caller and the next organization get.
    pub(crate) fn next(&self) -> (CallerId, OrganizationId) {
        let caller = self.accounts.keys().map(|id| id.0 + 1).max().unwrap_or_default();
        let organization = self.organizations.keys().map(|id| id.0 + 1).max().unwrap_or_default();
        (CallerId(caller), OrganizationId(organization))
    }

    /// Keeps the caller as it is now. A secret it had before is dead.
    pub(crate) fn put(&mut self, id: CallerId, account: Account) {
        if let Some(before) = self.accounts.get(&id) {
            self.by_user.remove(&before.user);
        }
        self.by_user.insert(account.user, id);
        self.accounts.insert(id, Arc::new(account));
    }

    /// Keeps the organization's secret. One it had before is dead.
    pub(crate) fn put_organization(&mut self, id: OrganizationId, secret: Digest) {
        self.organizations.insert(id, secret);
    }
}
