//! The credential names the tenant: who owns which, over all tenants.

use std::{
    fmt,
    hash::{BuildHasher, RandomState},
    sync::{Arc, PoisonError, Weak},
};

use hashbrown::HashTable;

use super::Tenant;
use crate::{
    Vendor,
    sync::{RwLock, RwLockWriteGuard},
};

/// Who owns which credential. Sharded, so that calls do not wait for each other.
pub(super) struct Directory {
    hasher: RandomState,
    shards: Vec<RwLock<Shard>>,
}

/// A credential as the directory knows it: smaller than a text, and no secret. It is made with a key of this
/// process, so that nobody can look for two that are alike; among a million, two are by a chance of one in 40 million.
type Fingerprint = u64;

#[derive(Default)]
struct Shard(HashTable<(Fingerprint, Weak<Tenant>)>);

const SHARDS_PER_VENDOR: u64 = 16;

impl Directory {
    pub(super) fn owner(&self, vendor: Vendor, credential: &str) -> Option<Arc<Tenant>> {
        let (shard, print) = self.place(vendor, credential);
        let shard = shard.read().unwrap_or_else(PoisonError::into_inner);
        shard.find(print)?.upgrade()
    }

    fn place(&self, vendor: Vendor, credential: &str) -> (&RwLock<Shard>, Fingerprint) {
        let print = self.hasher.hash_one(credential);
        // Bits from the middle: a table tells its entries apart by those at both ends.
        let shard = usize::try_from((print >> 32) % SHARDS_PER_VENDOR).unwrap_or(0);
        (&self.shards[vendor.index() * SHARDS_PER_VENDOR as usize + shard], print)
    }
}

impl Shard {
    fn find(&self, print: Fingerprint) -> Option<&Weak<Tenant>> {
        self.0.find(print, |(of, _)| *of == print).map(|(_, owner)| owner)
    }
}

impl Default for Directory {
    fn default() -> Self {
        let shards = Vendor::ALL.len() * SHARDS_PER_VENDOR as usize;
        Self {
            hasher: RandomState::new(),
            shards: std::iter::repeat_with(RwLock::default).take(shards).collect(),
        }
    }
}

impl fmt::Debug for Directory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Directory").finish_non_exhaustive()
    }
}

/// A credential that already belongs to another tenant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("it belongs to another tenant already, and a credential names one tenant; choose another")]
pub struct Taken;

/// Whom a credential names, seen from one tenant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Holder {
    /// No tenant.
    Nobody,
    /// This tenant.
    Us,
    /// Another tenant.
    Another,
}

/// One tenant's right to name credentials at one vendor as its own.
#[derive(Clone, Debug)]
pub(crate) struct Claims {
    pub(super) vendor: Vendor,
    pub(super) directory: Arc<Directory>,
    pub(super) tenant: Weak<Tenant>,
}

impl Claims {
    /// Makes `credential` name this tenant.
    pub(crate) fn claim(&self, credential: &str) -> Result<(), Taken> {
        let (mut shard, print) = self.write(credential);
        match shard.0.find_mut(print, |(of, _)| *of == print) {
            Some((_, owner)) if owner.ptr_eq(&self.tenant) => {}
            Some((_, owner)) if owner.strong_count() > 0 => return Err(Taken),
            Some((_, owner)) => *owner = self.tenant.clone(),
            None => {
                shard.0.insert_unique(print, (print, self.tenant.clone()), |(of, _)| *of);
            }
        }
        Ok(())
    }

    /// Whom `credential` names.
    pub(crate) fn holder(&self, credential: &str) -> Holder {
        let (shard, print) = self.directory.place(self.vendor, credential);
        let shard = shard.read().unwrap_or_else(PoisonError::into_inner);
        match shard.find(print) {
            Some(owner) if owner.ptr_eq(&self.tenant) => Holder::Us,
            Some(owner) if owner.strong_count() > 0 => Holder::Another,
            _ => Holder::Nobody,
        }
    }

    /// Gives `credential` back; it names nobody from then on.
    pub(crate) fn release(&self, credential: &str) {
        let (mut shard, print) = self.write(credential);
        let ours = |(of, owner): &(Fingerprint, Weak<Tenant>)| *of == print && owner.ptr_eq(&self.tenant);
        if let Ok(entry) = shard.0.find_entry(print, ours) {
            entry.remove();
        }
    }

    fn write(&self, credential: &str) -> (RwLockWriteGuard<'_, Shard>, Fingerprint) {
        let (shard, print) = self.directory.place(self.vendor, credential);
        (shard.write().unwrap_or_else(PoisonError::into_inner), print)
    }
}
