//! A tenant, as tests hold it: the world goes when its handle does.

use std::{fmt, ops::Deref, sync::Arc};

use crate::{
    Stage, Vendor,
    oauth::AuthorizationServer,
    tenant::{Tenant, Tenants},
};

/// A tenant, and what can be done to it by hand. Clones are the same tenant.
#[derive(Clone)]
#[must_use = "the tenant is gone when its handle is dropped"]
pub struct TenantHandle {
    pub(super) tenant: Arc<Tenant>,
    pub(super) stage: Stage,
    _guard: Option<Arc<Guard>>,
}

pub(super) struct Guard {
    tenants: Arc<Tenants>,
    tenant: Arc<Tenant>,
}

impl Guard {
    pub(super) fn new(tenants: &Arc<Tenants>, tenant: &Arc<Tenant>) -> Self {
        Self { tenants: Arc::clone(tenants), tenant: Arc::clone(tenant) }
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        self.tenants.remove(self.tenant.id());
        self.tenants.watch().fail(Some(self.tenant.id()));
    }
}

impl TenantHandle {
    pub(super) fn new(tenant: Arc<Tenant>, stage: Stage, guard: Option<Arc<Guard>>) -> Self {
        Self { tenant, stage, _guard: guard }
    }

    /// The names of a vendor's operations, as journal and faults call them.
    #[must_use]
    pub fn operations(&self, vendor: Vendor) -> &'static [&'static str] {
        self.stage.operations(vendor)
    }

    /// Forgets what happened at every vendor: codes, tokens, changes to resources, faults, journal. Apps and users stay.
    pub fn reset(&self) {
        let _here = self.tenant.enter();
        self.stage.providers.iter().for_each(|provider| provider.reset(&self.tenant));
        self.tenant.faults().clear();
        self.tenant.journal().clear();
    }

    pub(crate) fn server(&self, vendor: Vendor) -> &AuthorizationServer {
        self.stage.backstage(vendor).server(&self.tenant)
    }
}

impl Deref for TenantHandle {
    type Target = Tenant;

    fn deref(&self) -> &Tenant {
        &self.tenant
    }
}

impl fmt::Debug for TenantHandle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.tenant.fmt(f)
    }
}
