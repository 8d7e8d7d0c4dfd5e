//! Where everything is that lasts from one request to the next. Reads take a snapshot. A change is kept by the storage
//! first and seen by others then, so that nothing that was acknowledged or seen is lost, and nothing is half there.

mod accounts;
mod clones;
mod opening;
mod people;
mod records;
mod slot;

use std::{
    collections::{BTreeMap, HashMap},
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock},
};

pub(crate) use accounts::{Account, CallerId, OrganizationId};
pub(crate) use clones::CloneOf;
pub(crate) use slot::Slot;

use self::{accounts::Accounts, clones::Copied};
use super::{
    connector::Connector,
    error::Error,
    instance::{Draft, Instance},
    resources::Resources,
    storage::{Change, Storage, StorageError, Vault},
};
use crate::{Secret, Timestamp};

/// All instances, callers, definitions and copies of a service. Clones are the same store.
#[derive(Clone)]
pub(crate) struct Store(Arc<Inner>);

struct Inner {
    shelves: RwLock<Shelves>,
    organizations: RwLock<HashMap<OrganizationId, Resources>>,
    accounts: RwLock<Accounts>,
    clones: RwLock<Vec<Copied>>,
    storage: Arc<dyn Storage>,
    vault: Vault,
    /// Held from reading to keeping, so that changes follow each other.
    writing: Mutex<()>,
}

struct Shelves {
    next_id: u64,
    by_id: BTreeMap<u64, Slot>,
    by_owner: HashMap<CallerId, BTreeMap<u64, Slot>>,
    by_token: HashMap<String, u64>,
}

/// Counts only: the store holds secrets.
impl fmt::Debug for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Store").field("instances", &read(&self.0.shelves).by_id.len()).finish_non_exhaustive()
    }
}

impl Store {
    /// Keeps a new instance.
    pub(crate) async fn insert(
        &self,
        draft: Draft,
        token: Secret,
        created: Timestamp,
    ) -> Result<Slot, Error> {
        let unknown = Error::UnknownConnector(draft.connector.key.clone());
        let kept = self.change(move |store| {
            if !store.stands(&draft.connector) {
                return Ok(None);
            }
            let id = read(&store.shelves).next_id;
            let slot = Slot::new(Instance::new(draft, id, token, created));
            let instance = slot.read().into_iter().next();
            let kept = instance.iter().map(|instance| records::instance(&store.vault, instance));
            let changes: Vec<_> = kept.chain([opening::next_id(id + 1)]).collect();
            store.keep(&changes)?;
            write(&store.shelves).place(slot.clone());
            Ok(Some(slot))
        });
        kept.await?.ok_or(unknown)
    }

    /// The instance with this id, if it is this caller's.
    pub(crate) fn owned(&self, owner: CallerId, id: u64) -> Option<Slot> {
        read(&self.0.shelves).by_id.get(&id).filter(|slot| slot.owner() == owner).cloned()
    }

    pub(crate) fn by_token(&self, token: &str) -> Option<Slot> {
        let shelves = read(&self.0.shelves);
        shelves.by_token.get(token).and_then(|id| shelves.by_id.get(id)).cloned()
    }

    /// A caller's instances, oldest first.
    pub(crate) fn all(&self, owner: CallerId) -> Vec<Arc<Instance>> {
        let slots: Vec<Slot> = {
            let shelves = read(&self.0.shelves);
            shelves.by_owner.get(&owner).map(|own| own.values().cloned().collect()).unwrap_or_default()
        };
        slots.iter().filter_map(Slot::read).collect()
    }

    /// Changes the instance, and answers what it is then; nothing once it is deleted.
    pub(crate) async fn update(
        &self,
        slot: &Slot,
        change: impl FnOnce(&mut Instance) + Send + 'static,
    ) -> Result<Option<Arc<Instance>>, Error> {
        Ok(self.update_with(slot, change).await?.map(|(instance, ())| instance))
    }

    /// The same for a change that has an outcome of its own.
    pub(crate) async fn update_with<T: Send + 'static>(
        &self,
        slot: &Slot,
        change: impl FnOnce(&mut Instance) -> T + Send + 'static,
    ) -> Result<Option<(Arc<Instance>, T)>, Error> {
        let slot = slot.clone();
        self.change(move |store| {
            let Some(mut instance) = slot.read() else { return Ok(None) };
            let outcome = change(Arc::make_mut(&mut instance));
            if !store.stands(&instance.connector) {
                return Ok(None);
            }
            store.keep(&[records::instance(&store.vault, &instance)])?;
            slot.put(Some(Arc::clone(&instance)));
            Ok(Some((instance, outcome)))
        })
        .await
    }

    /// Deletes the instance and its token; false when that was done already.
    pub(crate) async fn remove(&self, slot: &Slot) -> Result<bool, Error> {
        let slot = slot.clone();
        self.change(move |store| {
            let Some(instance) = slot.read() else { return Ok(false) };
            store.keep(&[records::no_instance(slot.id())])?;
            let mut shelves = write(&store.shelves);
            shelves.by_id.remove(&slot.id());
            if let Some(own) = shelves.by_owner.get_mut(&slot.owner()) {
                own.remove(&slot.id());
            }
            shelves.by_token.remove(instance.token.expose());
            slot.put(None);
            Ok(true)
        })
        .await
    }

    /// What the organization has defined.
    pub(crate) fn resources(&self, organization: OrganizationId) -> Resources {
        read(&self.0.organizations).get(&organization).cloned().unwrap_or_default()
    }

    /// Changes what the organization has defined.
    pub(crate) async fn change_resources<T: Send + 'static>(
        &self,
        organization: OrganizationId,
        change: impl FnOnce(&mut Resources) -> T + Send + 'static,
    ) -> Result<T, Error> {
        self.change(move |store| {
            let mut resources = read(&store.organizations).get(&organization).cloned().unwrap_or_default();
            let outcome = change(&mut resources);
            if let Some(secret) = read(&store.accounts).organization_secret(organization) {
                store.keep(&[records::organization(organization, secret, &resources)])?;
            }
            write(&store.organizations).insert(organization, resources);
            Ok(outcome)
        })
        .await
    }

    /// Changes what the account has defined; nothing when it is gone.
    pub(crate) async fn change_account_resources<T: Send + 'static>(
        &self,
        caller: CallerId,
        change: impl FnOnce(&mut Resources) -> T + Send + 'static,
    ) -> Result<Option<T>, Error> {
        self.change(move |store| {
            let Some(account) = read(&store.accounts).get(caller) else { return Ok(None) };
            let mut account = Account::clone(&account);
            let outcome = change(&mut account.resources);
            store.keep(&[records::account(caller, &account)])?;
            write(&store.accounts).put(caller, account);
            Ok(Some(outcome))
        })
        .await
    }

    /// The organization's copy with this key or number.
    pub(crate) fn clone_called(
        &self,
        organization: OrganizationId,
        key_or_id: &str,
    ) -> Option<Arc<Connector>> {
        let clones = read(&self.0.clones);
        let found = clones.iter().find(|copy| copy.kept.organization == organization && copy.is(key_or_id));
        found.map(|copy| Arc::clone(&copy.connector))
    }

    /// The organization's copies.
    pub(crate) fn clones(&self, organization: OrganizationId) -> Vec<Arc<Connector>> {
        let clones = read(&self.0.clones);
        let own = clones.iter().filter(|copy| copy.kept.organization == organization);
        own.map(|copy| Arc::clone(&copy.connector)).collect()
    }

    /// Keeps a copy of `base`; nothing when its key is taken. Keys are the whole service's.
    pub(crate) async fn copy(
        &self,
        organization: OrganizationId,
        base: &Arc<Connector>,
        key: Option<String>,
        name: String,
    ) -> Result<Option<Arc<Connector>>, Error> {
        let base = Arc::clone(base);
        self.change(move |store| {
            let last = read(&store.clones).iter().map(|copy| copy.kept.id).max();
            let id = last.map_or(clones::FIRST, |last| last + 1);
            let key = key.unwrap_or_else(|| format!("{}-{id}", base.key));
            if read(&store.clones).iter().any(|copy| copy.kept.key == key) {
                return Ok(None);
            }
            let kept = CloneOf { id, key, name, base: base.key.clone(), organization };
            store.keep(&[records::clone_of(&kept)])?;
            let copy = Copied::of(&base, kept);
            let connector = Arc::clone(&copy.connector);
            write(&store.clones).push(copy);
            Ok(Some(connector))
        })
        .await
    }

    /// Forgets a copy; false when instances still stand on it.
    pub(crate) async fn forget_clone(&self, connector: &Arc<Connector>) -> Result<bool, Error> {
        let id = connector.id;
        self.change(move |store| {
            let slots: Vec<Slot> = read(&store.shelves).by_id.values().cloned().collect();
            if slots.iter().filter_map(Slot::read).any(|instance| instance.connector.id == id) {
                return Ok(false);
            }
            store.keep(&[records::no_clone(id)])?;
            write(&store.clones).retain(|copy| copy.kept.id != id);
            Ok(true)
        })
        .await
    }

    /// Runs one change, after those before it. Where the storage waits for a disk, requests do not wait with it, and a
    /// caller that hangs up does not stop it half way.
    async fn change<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Inner) -> Result<T, StorageError> + Send + 'static,
    ) -> Result<T, Error> {
        let inner = Arc::clone(&self.0);
        let waits = inner.storage.waits();
        let turn = move || {
            let _turn: MutexGuard<'_, ()> = inner.writing.lock().unwrap_or_else(PoisonError::into_inner);
            work(&inner)
        };
        let outcome = match waits {
            true => tokio::task::spawn_blocking(turn).await.map_err(|_| Error::Internal)?,
            false => turn(),
        };
        outcome.map_err(|problem| {
            tracing::error!(%problem, "a change could not be kept");
            Error::NotKept
        })
    }
}

impl Inner {
    fn keep(&self, changes: &[Change]) -> Result<(), StorageError> {
        self.storage.commit(changes)
    }

    /// Whether the connector is still there: a copy may have been forgotten meanwhile.
    fn stands(&self, connector: &Connector) -> bool {
        !connector.is_copy || read(&self.clones).iter().any(|copy| copy.kept.id == connector.id)
    }
}

impl Shelves {
    fn place(&mut self, slot: Slot) {
        if let Some(instance) = slot.read() {
            self.by_token.insert(instance.token.expose().to_owned(), slot.id());
        }
        self.next_id = self.next_id.max(slot.id() + 1);
        self.by_owner.entry(slot.owner()).or_default().insert(slot.id(), slot.clone());
        self.by_id.insert(slot.id(), slot);
    }
}

fn read<T>(lock: &RwLock<T>) -> std::sync::RwLockReadGuard<'_, T> {
    lock.read().unwrap_or_else(PoisonError::into_inner)
}

fn write<T>(lock: &RwLock<T>) -> std::sync::RwLockWriteGuard<'_, T> {
    lock.write().unwrap_or_else(PoisonError::into_inner)
}
