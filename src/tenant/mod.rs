//! Tenants: isolated worlds. The credential names the tenant.

mod directory;

use std::{
    any::Any,
    borrow::Borrow,
    collections::{HashMap, hash_map::Entry},
    fmt,
    sync::{
        Arc, OnceLock, PoisonError, Weak,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use self::directory::Directory;
pub use self::directory::Taken;
pub(crate) use self::directory::{Claims, Holder};
use crate::{
    Clock, Mint, Vendor,
    fault::Faults,
    journal::{Bounds, Journal, Ownership, Query, Unexpected, Watch},
    sync::{RwLock, RwLockReadGuard, RwLockWriteGuard},
};

/// The headers, besides `Authorization`, whose values name the tenant.
pub(crate) const CREDENTIAL_HEADERS: [&str; 2] = ["access-token", "x-auth-token"];

/// The parameters whose values name the tenant.
pub(crate) const CREDENTIAL_PARAMETERS: [&str; 7] =
    ["client_id", "refresh_token", "code", "token", "deleteToken", "subject_token", "oauth_token"];

/// The name of a tenant: `default`, `t1`, `t2` …, or one that was chosen for it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TenantId(Arc<str>);

impl TenantId {
    /// The name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    fn new(name: &str) -> Result<Self, NameError> {
        let fits = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        if name.is_empty() || name.len() > LONGEST_NAME || !name.bytes().all(fits) {
            return Err(NameError::Form(name.to_owned()));
        }
        Ok(Self(name.into()))
    }

    /// The branch of the mint for a name that was chosen: the same for the same name. A tenant whose name only counts
    /// has the branch of its number.
    fn branch(&self) -> u64 {
        let number = self.0.strip_prefix('t').and_then(|number| number.parse().ok());
        number.unwrap_or_else(|| {
            let [a, b, c, d, e, f, g, h, ..] = <[u8; 32]>::from(Sha256::digest(self.0.as_bytes()));
            u64::from_le_bytes([a, b, c, d, e, f, g, h])
        })
    }
}

/// The most letters that the name of a tenant may have.
const LONGEST_NAME: usize = 64;

/// A name that a tenant cannot have.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NameError {
    /// It is not written as names of tenants are.
    #[error("{0:?} is no name for a tenant; it takes 1 to 64 lower-case letters, digits and hyphens")]
    Form(String),
    /// There is one already.
    #[error("there is a tenant called {0:?} already; choose another name")]
    Taken(String),
}

impl Borrow<str> for TenantId {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for TenantId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// How the authorize step asks for consent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Consent {
    /// By the vendor's login and consent pages.
    #[default]
    Page,
    /// Not at all: the first user consents at once, for robots.
    Auto,
}

/// An isolated world: its own apps, users, resources, clock, faults and journal at every vendor.
pub struct Tenant {
    id: TenantId,
    clock: Clock,
    mint: Mint,
    journal: Journal,
    faults: Faults,
    auto_consent: AtomicBool,
    /// Whether other tenants share its clock.
    shares_clock: bool,
    /// Shared by those at work in this world; whoever saves or replaces the whole of it is alone.
    world: RwLock<()>,
    /// How often somebody has been at work.
    works: AtomicU64,
    directory: Arc<Directory>,
    this: Weak<Self>,
    sites: [OnceLock<Box<dyn Any + Send + Sync>>; Vendor::ALL.len()],
}

/// What one tenant has at one vendor. Opened on first use, so that a tenant costs nothing for vendors it never meets.
pub(crate) trait Site: Send + Sync + 'static {
    const VENDOR: Vendor;

    fn open(ground: &Ground) -> Self;
}

/// What a site stands on.
pub(crate) struct Ground {
    pub(crate) clock: Clock,
    pub(crate) mint: Mint,
    pub(crate) claims: Claims,
}

impl Tenant {
    fn new(id: TenantId, settings: &Settings, mint: Mint, directory: &Arc<Directory>) -> Arc<Self> {
        let journal = Journal::new(id.clone(), settings.journal);
        Arc::new_cyclic(|this| Self {
            id,
            clock: settings.clock.clone().unwrap_or_default(),
            mint,
            journal,
            faults: Faults::default(),
            auto_consent: AtomicBool::new(settings.consent == Consent::Auto),
            shares_clock: settings.clock.is_some(),
            world: RwLock::default(),
            works: AtomicU64::new(0),
            directory: Arc::clone(directory),
            this: this.clone(),
            sites: Default::default(),
        })
    }

    /// Its name.
    #[must_use]
    pub fn id(&self) -> &TenantId {
        &self.id
    }

    /// Its clock; everything that expires follows it.
    #[must_use]
    pub fn clock(&self) -> &Clock {
        &self.clock
    }

    /// Its journal.
    #[must_use]
    pub fn journal(&self) -> &Journal {
        &self.journal
    }

    /// All calls in its journal, to be narrowed.
    ///
    /// ```
    /// use rehearsal::{Stage, Vendor};
    ///
    /// let tenant = Stage::new().tenant();
    /// tenant.calls().vendor(Vendor::Box).assert_count(0);
    /// ```
    pub fn calls(&self) -> Query {
        self.journal.calls()
    }

    /// Its faults.
    #[must_use]
    pub fn faults(&self) -> &Faults {
        &self.faults
    }

    /// How its authorize step asks for consent.
    #[must_use]
    pub fn consent(&self) -> Consent {
        if self.auto_consent.load(Ordering::Relaxed) { Consent::Auto } else { Consent::Page }
    }

    /// Changes how its authorize step asks for consent.
    pub fn set_consent(&self, consent: Consent) {
        self.auto_consent.store(consent == Consent::Auto, Ordering::Relaxed);
    }

    /// Whether other tenants share its clock.
    pub(crate) fn shares_clock(&self) -> bool {
        self.shares_clock
    }

    /// Goes to work in this world, which is not replaced meanwhile. Not to be called twice on the way: the second would
    /// wait for a replacement that waits for the first.
    pub(crate) fn enter(&self) -> RwLockReadGuard<'_, ()> {
        let here = self.world.read().unwrap_or_else(PoisonError::into_inner);
        // Counted inside, so that whoever reads the count and then saves alone has all that was counted.
        self.works.fetch_add(1, Ordering::Relaxed);
        here
    }

    /// Has this world alone, to save or replace the whole of it.
    pub(crate) fn enter_alone(&self) -> RwLockWriteGuard<'_, ()> {
        self.world.write().unwrap_or_else(PoisonError::into_inner)
    }

    /// Something that differs when something may have changed.
    #[cfg(feature = "cli")]
    pub(crate) fn revision(&self) -> impl std::hash::Hash + use<> {
        let works = self.works.load(Ordering::Relaxed);
        (works, self.clock.save(), self.consent(), self.faults.revision())
    }

    /// What this tenant has at the vendor of `S`.
    pub(crate) fn site<S: Site>(&self) -> &S {
        let site = self.sites[S::VENDOR.index()].get_or_init(|| {
            let claims = Claims {
                vendor: S::VENDOR,
                directory: Arc::clone(&self.directory),
                tenant: self.this.clone(),
            };
            let mint = self.mint.branch(S::VENDOR.index() as u64);
            let ground = Ground { clock: self.clock.clone(), mint, claims };
            Box::new(S::open(&ground))
        });
        #[expect(clippy::expect_used, reason = "a vendor has one kind of site")]
        site.downcast_ref().expect("each vendor opens its own kind of site")
    }
}

impl fmt::Debug for Tenant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tenant").field("id", &self.id).field("clock", &self.clock).finish_non_exhaustive()
    }
}

/// What new tenants start with.
#[derive(Clone, Debug, Default)]
pub(crate) struct Settings {
    pub(crate) mint: Mint,
    /// The clock of the default tenant and of each new one; their own system clocks if none is given.
    pub(crate) clock: Option<Clock>,
    pub(crate) consent: Consent,
    pub(crate) journal: Bounds,
    pub(crate) unexpected: Unexpected,
}

/// All tenants of a stage. There is always one called `default`; calls that show no known credential are its own.
#[derive(Debug)]
pub(crate) struct Tenants {
    settings: Settings,
    directory: Arc<Directory>,
    default: Arc<Tenant>,
    others: RwLock<HashMap<TenantId, Arc<Tenant>>>,
    count: AtomicU64,
    watch: Arc<Watch>,
}

impl Tenants {
    pub(crate) fn new(settings: Settings) -> Self {
        let directory = Arc::new(Directory::default());
        let default = Tenant::new(TenantId("default".into()), &settings, settings.mint.branch(0), &directory);
        let watch = Arc::new(Watch::new(settings.unexpected));
        Self { settings, directory, default, others: RwLock::default(), count: AtomicU64::new(0), watch }
    }

    pub(crate) fn default_tenant(&self) -> &Arc<Tenant> {
        &self.default
    }

    /// Makes a tenant, which lives until it is removed.
    pub(crate) fn create(&self) -> Arc<Tenant> {
        loop {
            let number = self.count.fetch_add(1, Ordering::Relaxed) + 1;
            let id = TenantId(format!("t{number}").into());
            let mint = self.settings.mint.branch(number);
            let tenant = Tenant::new(id.clone(), &self.settings, mint, &self.directory);
            // A tenant that came back from a file may have the name.
            if let Entry::Vacant(free) = self.write().entry(id) {
                free.insert(Arc::clone(&tenant));
                return tenant;
            }
        }
    }

    /// Makes a tenant with a name of its own, which lives until it is removed.
    pub(crate) fn open(&self, name: &str) -> Result<Arc<Tenant>, NameError> {
        let id = TenantId::new(name)?;
        let mint = self.settings.mint.branch(id.branch());
        let tenant = Tenant::new(id.clone(), &self.settings, mint, &self.directory);
        let mut others = self.write();
        if id == *self.default.id() || others.contains_key(&id) {
            return Err(NameError::Taken(name.to_owned()));
        }
        others.insert(id, Arc::clone(&tenant));
        Ok(tenant)
    }

    pub(crate) fn find(&self, name: &str) -> Option<Arc<Tenant>> {
        if name == self.default.id().as_str() {
            return Some(Arc::clone(&self.default));
        }
        let others = self.others.read().unwrap_or_else(PoisonError::into_inner);
        others.get(name).cloned()
    }

    /// All tenants, the default one first, then by name.
    pub(crate) fn all(&self) -> Vec<Arc<Tenant>> {
        let others = self.others.read().unwrap_or_else(PoisonError::into_inner);
        let mut others: Vec<_> = others.values().cloned().collect();
        others.sort_unstable_by(|a, b| a.id.cmp(&b.id));
        others.insert(0, Arc::clone(&self.default));
        others
    }

    pub(crate) fn remove(&self, id: &TenantId) {
        // Dropped after the lock is released: its sites give back what they claimed.
        let removed = self.write().remove(id);
        drop(removed);
    }

    /// What becomes of calls that nobody expects.
    pub(crate) fn watch(&self) -> &Arc<Watch> {
        &self.watch
    }

    /// The tenant that owns one of `credentials`, the first that anybody owns; else the default tenant.
    pub(crate) fn owner<'c>(
        &self,
        vendor: Vendor,
        credentials: impl IntoIterator<Item = &'c str>,
    ) -> (Arc<Tenant>, Ownership) {
        let mut ownership = Ownership::Anonymous;
        for credential in credentials.into_iter().filter(|credential| !credential.is_empty()) {
            match self.directory.owner(vendor, credential) {
                Some(tenant) => return (tenant, Ownership::Owned),
                None => ownership = Ownership::Unowned,
            }
        }
        (Arc::clone(&self.default), ownership)
    }

    fn write(&self) -> RwLockWriteGuard<'_, HashMap<TenantId, Arc<Tenant>>> {
        self.others.write().unwrap_or_else(PoisonError::into_inner)
    }
}
