//! Snapshots: a tenant's whole world as data, to be kept in a file or put back later.
//!
//! A snapshot holds apps, users, codes, tokens (with their ends and the reason of their death), pending successions,
//! policies, the vendors' resources, the clock, the way of consent, faults, and where the mint stands: with a seed, the
//! next token after a restoration is the one that would have come next. The journal is not part of it: it is the
//! witness of what happened, and stays. So a fault that repeats the last good answer has none to repeat in another
//! process, until there is one.
//!
//! ```
//! use rehearsal::{ConsentGiven, Snapshot, Stage, Vendor};
//!
//! let stage = Stage::new();
//! let tenant = stage.tenant();
//! let tokens = tenant.issue_tokens(Vendor::Box, ConsentGiven::default())?;
//! let before = tenant.snapshot();
//! tenant.revoke(Vendor::Box, tokens.access_token.expose())?;
//! tenant.restore(&before)?;
//! assert!(tenant.standing(Vendor::Box, tokens.access_token.expose()).unwrap().death.is_none());
//!
//! // To another process and back; the text holds every secret in the clear.
//! let text = before.to_json();
//! let elsewhere = Stage::new().tenant();
//! elsewhere.restore(&Snapshot::from_json(&text)?)?;
//! assert!(elsewhere.standing(Vendor::Box, tokens.access_token.expose()).is_some());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod format;
mod whole;

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{
    Consent, TenantHandle, Vendor,
    clock::Hands,
    fault::SavedFaults,
    oauth::Flaw,
    providers::{Obstacle, SavedSites},
    tenant::{NameError, Taken},
};

pub use format::{FormatError, VERSION};
use format::{TENANT, TenantFormat, Version};
pub use whole::StageSnapshot;

/// A tenant's whole world at one moment. It holds every secret of it, and prints none.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Snapshot {
    format: TenantFormat,
    version: Version,
    world: World,
}

#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct World {
    clock: Hands,
    consent: Consent,
    faults: SavedFaults,
    vendors: SavedSites,
}

/// Why a snapshot was not restored. Nothing has changed then.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RestoreError {
    /// What the snapshot holds does not fit together.
    #[error("the snapshot cannot be restored: at {vendor}, {flaw}; take it anew")]
    Flawed {
        /// Where.
        vendor: Vendor,
        /// What does not fit.
        flaw: Flaw,
    },
    /// A credential in it belongs to another tenant.
    #[error(
        "the snapshot cannot be restored: another tenant has a credential of it at {vendor}, and a credential names one \
         tenant; drop that tenant first, or restore into it"
    )]
    Taken {
        /// Where.
        vendor: Vendor,
    },
    /// A tenant in it cannot have the name it has.
    #[error(transparent)]
    Name(#[from] NameError),
}

impl From<Obstacle> for RestoreError {
    fn from(obstacle: Obstacle) -> Self {
        match obstacle {
            Obstacle::Flaw(vendor, flaw) => Self::Flawed { vendor, flaw },
            Obstacle::Taken(vendor, Taken) => Self::Taken { vendor },
        }
    }
}

impl Snapshot {
    /// Its text, in which every secret stands in the clear.
    #[must_use]
    pub fn to_json(&self) -> String {
        format::print(self)
    }

    /// The snapshot that [`Snapshot::to_json`] has written.
    ///
    /// # Errors
    ///
    /// If the text is no snapshot, of another version, or cut off.
    pub fn from_json(text: &str) -> Result<Self, FormatError> {
        format::read(text, TENANT)
    }
}

impl fmt::Debug for Snapshot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let World { clock, consent, .. } = &self.world;
        f.debug_struct("Snapshot").field("clock", clock).field("consent", consent).finish_non_exhaustive()
    }
}

impl TenantHandle {
    /// The tenant's whole world as it is now. Calls wait for as long as it takes.
    #[must_use]
    pub fn snapshot(&self) -> Snapshot {
        let world = self.world();
        Snapshot { format: TenantFormat::Tenant, version: Version, world }
    }

    /// Puts a snapshot in the place of the tenant's whole world. Whoever calls the tenant meets the one or the other,
    /// and never a mixture; the journal stays.
    ///
    /// A clock that several tenants share stays as it is. A running clock keeps the distance it had to the system's, so
    /// that credentials have aged by the time that has passed; a stopped one stands where it stood.
    ///
    /// # Errors
    ///
    /// If another tenant has a credential of the snapshot, or what it holds does not fit together. Nothing changes then.
    pub fn restore(&self, snapshot: &Snapshot) -> Result<(), RestoreError> {
        self.become_as(&snapshot.world)
    }

    fn world(&self) -> World {
        let _alone = self.enter_alone();
        World {
            clock: self.clock().save(),
            consent: self.consent(),
            faults: self.faults().save(),
            vendors: SavedSites::of(self),
        }
    }

    fn become_as(&self, world: &World) -> Result<(), RestoreError> {
        let _alone = self.enter_alone();
        let World { clock, consent, faults, vendors } = world;
        vendors.put_back(self)?;
        if !self.shares_clock() {
            self.clock().restore(*clock);
        }
        self.set_consent(*consent);
        self.faults().replace(faults.clone());
        Ok(())
    }
}
