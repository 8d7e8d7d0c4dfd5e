//! The stage: all providers of one run, over the same tenants.

mod hands;
mod store;
mod unexpected;

use std::{fmt, sync::Arc};

use crate::{
    Clock, Mint, Vendor,
    exchange::{Reply, Request},
    journal::{Bounds, LastWord},
    providers::{self, Backstage, Provider},
    tenant::{Consent, NameError, Settings, Tenant, Tenants},
};

use hands::Guard;
pub use hands::{ConsentGiven, Demo, HandError, TenantHandle};
pub use store::Callback;

/// All providers of one run. Clones are the same stage.
///
/// ```
/// use bytes::Bytes;
/// use rehearsal::{Stage, Vendor};
///
/// let stage = Stage::new();
/// let request = http::Request::get("/2.0/users/me").body(Bytes::new())?;
/// let reply = stage.respond(Vendor::Box, &request);
/// assert_eq!(reply.status(), 401);
/// assert_eq!(reply.headers()["www-authenticate"], "Bearer realm=\"Service\"");
/// # Ok::<(), http::Error>(())
/// ```
#[derive(Clone)]
pub struct Stage {
    tenants: Arc<Tenants>,
    providers: Arc<[Arc<dyn Backstage>]>,
    _last_word: Arc<LastWord>,
}

impl Stage {
    /// A stage with system clocks and the operating system's randomness.
    #[must_use]
    pub fn new() -> Self {
        Self::builder().build()
    }

    /// Says how the stage shall be.
    pub fn builder() -> StageBuilder {
        StageBuilder::default()
    }

    /// Answers `request` as `vendor` would, without a socket.
    #[must_use]
    pub fn respond(&self, vendor: Vendor, request: &Request) -> Reply {
        self.backstage(vendor).respond(request)
    }

    /// The stand-in of `vendor`.
    #[must_use]
    pub fn provider(&self, vendor: Vendor) -> Arc<dyn Provider> {
        Arc::clone(self.backstage(vendor)) as Arc<dyn Provider>
    }

    /// The tenant that owns every call whose credential nobody else owns.
    pub fn default_tenant(&self) -> TenantHandle {
        self.handle(Arc::clone(self.tenants.default_tenant()), None)
    }

    /// Makes an isolated world, which is gone when the handle is dropped.
    #[must_use = "the tenant is gone when its handle is dropped"]
    pub fn tenant(&self) -> TenantHandle {
        let tenant = self.tenants.create();
        let guard = Guard::new(&self.tenants, &tenant);
        self.handle(tenant, Some(Arc::new(guard)))
    }

    /// Makes an isolated world, which is there until it is [closed](Self::close_tenant) or the stage is gone.
    #[cfg(feature = "serve")]
    pub(crate) fn keep_tenant(&self) -> TenantHandle {
        self.handle(self.tenants.create(), None)
    }

    /// Makes an isolated world with a name of its own, which is there until it is [closed](Self::close_tenant) or the
    /// stage is gone. With the same seed, the same name draws the same codes and tokens.
    ///
    /// # Errors
    ///
    /// If the name is taken, or is not made of lower-case letters, digits and hyphens.
    pub fn open_tenant(&self, name: &str) -> Result<TenantHandle, NameError> {
        Ok(self.handle(self.tenants.open(name)?, None))
    }

    /// The tenant with this name. It is not gone when this handle is dropped.
    #[must_use]
    pub fn find_tenant(&self, name: &str) -> Option<TenantHandle> {
        self.tenants.find(name).map(|tenant| self.handle(tenant, None))
    }

    /// All tenants, the default one first, then by name. They are not gone when these handles are dropped.
    #[must_use]
    pub fn tenants(&self) -> Vec<TenantHandle> {
        self.tenants.all().into_iter().map(|tenant| self.handle(tenant, None)).collect()
    }

    /// Lets the tenant with this name go. False if there is none; the default tenant stays.
    pub fn close_tenant(&self, name: &str) -> bool {
        let found =
            self.tenants.find(name).filter(|tenant| tenant.id() != self.tenants.default_tenant().id());
        found.is_some_and(|tenant| {
            self.tenants.remove(tenant.id());
            true
        })
    }

    /// The names of a vendor's operations, as journal and faults call them.
    #[must_use]
    pub fn operations(&self, vendor: Vendor) -> &'static [&'static str] {
        self.backstage(vendor).operations()
    }

    fn handle(&self, tenant: Arc<Tenant>, guard: Option<Arc<Guard>>) -> TenantHandle {
        TenantHandle::new(tenant, self.clone(), guard)
    }

    fn backstage(&self, vendor: Vendor) -> &Arc<dyn Backstage> {
        &self.providers[vendor.index()]
    }
}

impl Default for Stage {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Stage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Stage").field("providers", &self.providers).finish_non_exhaustive()
    }
}

/// How a stage shall be.
#[derive(Clone, Debug, Default)]
#[must_use = "a builder does nothing until it is built or started"]
pub struct StageBuilder(Settings);

impl StageBuilder {
    /// Draws codes, tokens and ids from `seed`: same seed, same bytes.
    pub fn seed(mut self, seed: u64) -> Self {
        self.0.mint = Mint::seeded(seed);
        self
    }

    /// One clock for all tenants, instead of one each.
    pub fn clock(mut self, clock: Clock) -> Self {
        self.0.clock = Some(clock);
        self
    }

    /// How the authorize step asks for consent.
    pub fn consent(mut self, consent: Consent) -> Self {
        self.0.consent = consent;
        self
    }

    /// How much each tenant's journal keeps.
    pub fn journal(mut self, bounds: Bounds) -> Self {
        self.0.journal = bounds;
        self
    }

    /// The stage, without a socket.
    #[must_use]
    pub fn build(self) -> Stage {
        let tenants = Arc::new(Tenants::new(self.0));
        let providers = providers::all(&tenants).into();
        let last_word = LastWord(Arc::clone(tenants.watch()));
        Stage { tenants, providers, _last_word: Arc::new(last_word) }
    }
}
