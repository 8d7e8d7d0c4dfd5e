//! Callers and organizations: recognised by their secrets, added, and given new secrets.

use std::sync::Arc;

use super::{Account, CallerId, OrganizationId, Store, accounts::Dead, read, records, write};
use crate::{
    Secret,
    instances::{Caller, error::Error},
};

impl Store {
    /// The caller with this User secret, and this Organization secret if one is shown.
    pub(crate) fn caller(&self, user: &Secret, organization: Option<&Secret>) -> Option<CallerId> {
        let digest = |secret: &Secret| self.0.vault.digest(secret.expose());
        let (user, organization) = (digest(user), organization.map(digest));
        read(&self.0.accounts).find(&user, organization.as_ref())
    }

    pub(crate) fn account(&self, id: CallerId) -> Option<Arc<Account>> {
        read(&self.0.accounts).get(id)
    }

    /// All callers, in the order in which they came.
    pub(crate) fn accounts(&self) -> Vec<(CallerId, Arc<Account>)> {
        read(&self.0.accounts).all()
    }

    /// Adds a caller; nothing when the User secret is somebody else's.
    pub(crate) async fn admit(&self, caller: Caller) -> Result<Option<CallerId>, Error> {
        self.change(move |store| store.admit(&caller)).await
    }

    /// Gives the caller another User secret; the old one is dead when this returns. Nothing when there is no such
    /// caller.
    pub(crate) async fn reset_user_secret(&self, id: CallerId, secret: &Secret) -> Result<Option<()>, Error> {
        let user = self.0.vault.digest(secret.expose());
        self.change(move |store| {
            let Some(account) = read(&store.accounts).get(id) else { return Ok(None) };
            let dead = Dead::User(account.user);
            let account = Account { user, ..(*account).clone() };
            store.keep(&[records::account(id, &account), records::dead(dead)])?;
            let mut accounts = write(&store.accounts);
            accounts.put(id, account);
            accounts.bury(dead);
            Ok(Some(()))
        })
        .await
    }

    /// Gives the organization another secret; the old one is dead when this returns. Nothing when there is no such
    /// organization.
    pub(crate) async fn reset_organization_secret(
        &self,
        id: OrganizationId,
        secret: &Secret,
    ) -> Result<Option<()>, Error> {
        let secret = self.0.vault.digest(secret.expose());
        self.change(move |store| {
            let Some(before) = read(&store.accounts).organization_secret(id) else { return Ok(None) };
            let dead = Dead::Organization(before);
            let resources = read(&store.organizations).get(&id).cloned().unwrap_or_default();
            store.keep(&[records::organization(id, secret, &resources), records::dead(dead)])?;
            let mut accounts = write(&store.accounts);
            accounts.put_organization(id, secret);
            accounts.bury(dead);
            Ok(Some(()))
        })
        .await
    }
}
