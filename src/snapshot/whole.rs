//! All tenants of a stage as data.

use std::{collections::BTreeMap, fmt};

use serde::{Deserialize, Serialize};

use super::{
    FormatError, RestoreError, World,
    format::{self, STAGE, StageFormat, Version},
};
use crate::Stage;

/// All tenants of a stage. It holds every secret of them, and prints none.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StageSnapshot {
    format: StageFormat,
    version: Version,
    tenants: BTreeMap<String, World>,
}

impl StageSnapshot {
    /// Its text, in which every secret stands in the clear.
    #[must_use]
    pub fn to_json(&self) -> String {
        format::print(self)
    }

    /// The snapshot that [`StageSnapshot::to_json`] has written.
    ///
    /// # Errors
    ///
    /// If the text is no snapshot of a stage, of another version, or cut off.
    pub fn from_json(text: &str) -> Result<Self, FormatError> {
        format::read(text, STAGE)
    }

    /// The names of its tenants.
    pub fn tenants(&self) -> impl Iterator<Item = &str> {
        self.tenants.keys().map(String::as_str)
    }
}

impl fmt::Debug for StageSnapshot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StageSnapshot").field("tenants", &self.tenants.keys()).finish_non_exhaustive()
    }
}

impl Stage {
    /// All tenants as they are now, each by itself at one moment.
    #[must_use]
    pub fn snapshot(&self) -> StageSnapshot {
        let tenants = self.tenants().into_iter();
        let tenants = tenants.map(|tenant| (tenant.id().to_string(), tenant.world())).collect();
        StageSnapshot { format: StageFormat::Stage, version: Version, tenants }
    }

    /// Puts the tenants of a snapshot in the place of those with the same names; those that are not there are opened.
    /// Tenants that the snapshot does not know stay as they are.
    ///
    /// # Errors
    ///
    /// If one cannot be restored. It stays as it is then, and so do those whose names come after it.
    pub fn restore(&self, snapshot: &StageSnapshot) -> Result<(), RestoreError> {
        for (name, world) in &snapshot.tenants {
            let tenant = match self.find_tenant(name) {
                Some(tenant) => tenant,
                None => self.open_tenant(name)?,
            };
            tenant.become_as(world)?;
        }
        Ok(())
    }

    /// A number that differs when something may have changed, by the hasher that is given.
    #[cfg(feature = "cli")]
    pub(crate) fn revision(&self, hasher: &impl std::hash::BuildHasher) -> u64 {
        use std::hash::{Hash, Hasher};
        let mut state = hasher.build_hasher();
        for tenant in self.tenants() {
            tenant.id().hash(&mut state);
            tenant.revision().hash(&mut state);
        }
        state.finish()
    }
}
