//! Switches: where a vendor's behaviour has two faces, or an administrator decides it, the tenant says which one it meets.

use std::sync::{Arc, PoisonError, RwLock};

use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Map, Value};

use crate::Vendor;

/// All switches of one vendor. The default is what the vendor documents.
pub trait Switches: Clone + Default + Serialize + DeserializeOwned + Send + Sync + 'static {
    /// Whose.
    const VENDOR: Vendor;
}

/// One tenant's switches at one vendor.
#[derive(Debug, Default)]
pub(crate) struct Switchboard<S>(RwLock<Arc<S>>);

impl<S: Switches> Switchboard<S> {
    pub(crate) fn get(&self) -> Arc<S> {
        Arc::clone(&self.0.read().unwrap_or_else(PoisonError::into_inner))
    }

    pub(crate) fn set(&self, switches: S) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(switches);
    }

    /// As configuration and the control API see them.
    pub(crate) fn to_json(&self) -> Value {
        #[expect(clippy::expect_used, reason = "switches are named values, which JSON can hold")]
        serde_json::to_value(&*self.get()).expect("switches are JSON")
    }
}

/// The switches of a vendor that has none.
pub(crate) fn none() -> Value {
    Value::Object(Map::new())
}

/// Refuses every switch, for a vendor that has none.
pub(crate) fn refuse(switches: Value) -> serde_json::Result<()> {
    #[derive(serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    struct None {}
    serde_json::from_value::<None>(switches).map(|None {}| ())
}
