//! The place of one instance.

use std::sync::{Arc, PoisonError, RwLock};

use super::accounts::CallerId;
use crate::instances::{instance::Instance, refresh::Renewal};

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

impl Slot {
    pub(super) fn new(instance: Instance) -> Self {
        Self(Arc::new(Place {
            id: instance.id,
            owner: instance.owner,
            instance: RwLock::new(Some(Arc::new(instance))),
            renewal: Renewal::default(),
        }))
    }

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

    /// Puts what has been kept in place of what was there.
    pub(super) fn put(&self, instance: Option<Arc<Instance>>) {
        *self.0.instance.write().unwrap_or_else(PoisonError::into_inner) = instance;
    }
}
