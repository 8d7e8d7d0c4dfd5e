//! What a defect remembers between calls.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

/// Values by name. Clones are the same memory.
pub(super) struct Memory<V>(Arc<Mutex<HashMap<String, V>>>);

impl<V> Default for Memory<V> {
    fn default() -> Self {
        Self(Arc::default())
    }
}

impl<V> Clone for Memory<V> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<V: Clone> Memory<V> {
    pub(super) fn put(&self, name: impl Into<String>, value: V) {
        self.lock().insert(name.into(), value);
    }

    pub(super) fn get(&self, name: &str) -> Option<V> {
        self.lock().get(name).cloned()
    }

    /// The value that was kept first; keeps `value` if there is none.
    pub(super) fn get_or_keep(&self, name: impl Into<String>, value: V) -> V {
        self.lock().entry(name.into()).or_insert(value).clone()
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, V>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
