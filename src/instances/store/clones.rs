//! Copies of connectors, which organizations make for themselves.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::accounts::OrganizationId;
use crate::instances::connector::Connector;

/// The first number of a copy; the catalogue's own are below.
pub(super) const FIRST: u64 = 10_000_000;

/// What is kept of a copy: everything else it has from its base.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct CloneOf {
    pub(crate) id: u64,
    pub(crate) key: String,
    pub(crate) name: String,
    /// The key of the connector that was copied.
    pub(crate) base: String,
    pub(crate) organization: OrganizationId,
}

/// A copy, ready for use.
#[derive(Clone, Debug)]
pub(crate) struct Copied {
    pub(crate) kept: CloneOf,
    pub(crate) connector: Arc<Connector>,
}

impl Copied {
    pub(super) fn of(base: &Connector, kept: CloneOf) -> Self {
        let connector = Arc::new(base.copy(kept.id, kept.key.clone(), kept.name.clone()));
        Self { kept, connector }
    }

    /// Whether it goes by this key or number.
    pub(super) fn is(&self, key_or_id: &str) -> bool {
        self.kept.key == key_or_id || key_or_id.parse() == Ok(self.kept.id)
    }
}
