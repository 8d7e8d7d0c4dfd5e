//! Where instances are kept. Reads take a snapshot; writes change a copy under a short lock.

use std::{
    collections::{BTreeMap, HashMap},
    sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock},
};

use super::{
    authorization::CallerId,
    instance::{Draft, Instance},
    refresh::Renewal,
    resources::Resources,
};
use crate::{Mint, Secret, Timestamp};

/// All instances of a service, and what organizations have defined.
#[derive(Debug)]
pub(crate) struct Store {
    shelves: Mutex<Shelves>,
    organizations: Mutex<HashMap<String, Resources>>,
}

#[derive(Debug)]
struct Shelves {
    next_id: u64,
    by_id: BTreeMap<u64, Slot>,
    by_token: HashMap<String, u64>,
}

/// The place of one instance. Clones are the same place.
#[derive(Clone, Debug)]
pub(crate) struct Slot(Arc<Place>);

#[derive(Debug)]
struct Place {
    id: u64,
    owner: CallerId,
    /// Empty once the instance is deleted.
    instance: RwLock<Option<Arc<Instance>>>,
    renewal: Renewal,
}

impl Store {
    pub(crate) fn new(mint: &Mint) -> Self {
        let next_id = 400_000 + mint.below(100_000);
        Self {
            shelves: Mutex::new(Shelves { next_id, by_id: BTreeMap::new(), by_token: HashMap::new() }),
            organizations: Mutex::default(),
        }
    }

    /// Keeps a new instance.
    pub(crate) fn insert(&self, draft: Draft, token: Secret, created: Timestamp) -> Slot {
        let mut shelves = self.shelves();
        let id = shelves.next_id;
        shelves.next_id += 1;
        shelves.by_token.insert(token.expose().to_owned(), id);
        let owner = draft.owner;
        let instance = RwLock::new(Some(Arc::new(Instance::new(draft, id, token, created))));
        let slot = Slot(Arc::new(Place { id, owner, instance, renewal: Renewal::default() }));
        shelves.by_id.insert(id, slot.clone());
        slot
    }

    /// The instance with this id, if it is this caller's.
    pub(crate) fn owned(&self, owner: CallerId, id: u64) -> Option<Slot> {
        self.shelves().by_id.get(&id).filter(|slot| slot.owner() == owner).cloned()
    }

    pub(crate) fn by_token(&self, token: &str) -> Option<Slot> {
        let shelves = self.shelves();
        shelves.by_token.get(token).and_then(|id| shelves.by_id.get(id)).cloned()
    }

    /// A caller's instances, oldest first.
    pub(crate) fn all(&self, owner: CallerId) -> Vec<Arc<Instance>> {
        let slots: Vec<Slot> =
            self.shelves().by_id.values().filter(|slot| slot.owner() == owner).cloned().collect();
        slots.iter().filter_map(Slot::read).collect()
    }

    /// Deletes the instance and its token; false when that was done already.
    pub(crate) fn remove(&self, slot: &Slot) -> bool {
        let mut shelves = self.shelves();
        let removed = slot.instance().take();
        if let Some(instance) = &removed {
            shelves.by_id.remove(&slot.0.id);
            shelves.by_token.remove(instance.token.expose());
        }
        removed.is_some()
    }

    /// What the organization has defined.
    pub(crate) fn organization(&self, secret: &Secret) -> Resources {
        self.organizations().get(secret.expose()).cloned().unwrap_or_default()
    }

    /// Changes what the organization has defined.
    pub(crate) fn change_organization<T>(
        &self,
        secret: &Secret,
        change: impl FnOnce(&mut Resources) -> T,
    ) -> T {
        change(self.organizations().entry(secret.expose().to_owned()).or_default())
    }

    fn shelves(&self) -> MutexGuard<'_, Shelves> {
        self.shelves.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn organizations(&self) -> MutexGuard<'_, HashMap<String, Resources>> {
        self.organizations.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Slot {
    pub(crate) fn id(&self) -> u64 {
        self.0.id
    }

    pub(crate) fn owner(&self) -> CallerId {
        self.0.owner
    }

    /// What allows one renewal of the credentials at a time.
    pub(crate) fn renewal(&self) -> &Renewal {
        &self.0.renewal
    }

    /// The instance as it is now; nothing once it is deleted.
    pub(crate) fn read(&self) -> Option<Arc<Instance>> {
        self.0.instance.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Changes the instance; nothing happens once it is deleted.
    pub(crate) fn update(&self, change: impl FnOnce(&mut Instance)) -> Option<Arc<Instance>> {
        let mut place = self.instance();
        let instance = place.as_mut()?;
        change(Arc::make_mut(instance));
        Some(Arc::clone(instance))
    }

    fn instance(&self) -> std::sync::RwLockWriteGuard<'_, Option<Arc<Instance>>> {
        self.0.instance.write().unwrap_or_else(PoisonError::into_inner)
    }
}
