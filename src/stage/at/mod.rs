//! A tenant's hands at one vendor, typed: what the vendor does not have does not compile.
//!
//! [`TenantHandle`] takes the vendor as a value, for tests that run over several. Where the vendor is known, these say
//! the same with the vendor's own means:
//!
//! ```
//! use std::time::Duration;
//! use rehearsal::{ConsentGiven, Fault, Stage, providers::box_com::Operation};
//!
//! let stage = Stage::new();
//! let tenant = stage.tenant();
//! let at_box = tenant.box_com();
//! let tokens = at_box.issue_tokens(ConsentGiven::default())?;
//! at_box.age(tokens.access_token(), Duration::from_secs(50 * 60))?; // ten minutes are left
//! at_box.expire(tokens.access_token())?; // now none are
//! at_box.inject(Operation::Token, Fault::without("refresh_token"))?;
//! assert!(tokens.refresh_token().is_some());
//! at_box.calls().operation("token").assert_count(0);
//! # Ok::<(), rehearsal::stage::HandError>(())
//! ```
//!
//! BigCommerce's tokens have no clock and no refresh tokens, and no client can revoke them; a merchant uninstalls the app:
//!
//! ```
//! use rehearsal::{ConsentGiven, Stage, Vendor};
//!
//! let tenant = Stage::new().tenant();
//! let at_bigcommerce = tenant.bigcommerce();
//! let tokens = at_bigcommerce.issue_tokens(ConsentGiven::default())?;
//! at_bigcommerce.uninstall_app(None, None)?;
//! assert!(tenant.standing(Vendor::BigCommerce, tokens.access_token()).is_some_and(|of| of.death.is_some()));
//! # Ok::<(), rehearsal::stage::HandError>(())
//! ```
//!
//! ```compile_fail,E0599
//! use rehearsal::{ConsentGiven, Stage};
//!
//! let tenant = Stage::new().tenant();
//! let tokens = tenant.bigcommerce().issue_tokens(ConsentGiven::default())?;
//! tenant.bigcommerce().expire(tokens.access_token())?; // tokens of `BigCommerce` have no clock
//! # Ok::<(), rehearsal::stage::HandError>(())
//! ```
//!
//! ```compile_fail,E0599
//! # use rehearsal::{ConsentGiven, Stage};
//! # let tenant = Stage::new().tenant();
//! let tokens = tenant.bigcommerce().issue_tokens(ConsentGiven::default())?;
//! tokens.refresh_token(); // `BigCommerce` issues no refresh tokens
//! # Ok::<(), rehearsal::stage::HandError>(())
//! ```
//!
//! ```compile_fail,E0308
//! # use rehearsal::{Fault, Stage, providers::salesforce::Operation};
//! # let tenant = Stage::new().tenant();
//! tenant.box_com().inject(Operation::Query, Fault::html())?; // an operation of Salesforce
//! # Ok::<(), rehearsal::stage::HandError>(())
//! ```

mod credentials;
mod own;
mod people;
mod store;
mod vendors;

use std::{fmt, marker::PhantomData};

use crate::{
    Demo, Fault,
    journal::Query,
    oauth::Policy,
    providers::Operation,
    stage::{HandError, TenantHandle},
};

pub use credentials::Tokens;
pub use store::Callback;
pub use vendors::{
    AdobeSign, AtVendor, BigCommerce, Box, Egnyte, Expires, HasPasswords, QuickBooks, Refreshes, Revokes,
    Salesforce, Switched,
};

/// A tenant's hands at the vendor `V`. It keeps the tenant alive, as any [`TenantHandle`] does.
#[must_use = "the tenant is gone when its last handle is dropped"]
pub struct At<V> {
    tenant: TenantHandle,
    vendor: PhantomData<fn() -> V>,
}

impl TenantHandle {
    /// This tenant at the vendor `V`, for code that is generic over vendors.
    ///
    /// ```
    /// use rehearsal::{ConsentGiven, Stage, TenantHandle, stage::{HandError, at::Refreshes}};
    ///
    /// fn refresh_token<V: Refreshes>(tenant: &TenantHandle) -> Result<Option<String>, HandError> {
    ///     let tokens = tenant.at::<V>().issue_tokens(ConsentGiven::default())?;
    ///     Ok(tokens.refresh_token().map(str::to_owned))
    /// }
    /// # use rehearsal::stage::at::{Box, Egnyte};
    /// let tenant = Stage::new().tenant();
    /// assert!(refresh_token::<Box>(&tenant)?.is_some() && refresh_token::<Egnyte>(&tenant)?.is_some());
    /// # Ok::<(), HandError>(())
    /// ```
    pub fn at<V: AtVendor>(&self) -> At<V> {
        At { tenant: self.clone(), vendor: PhantomData }
    }

    /// This tenant at Adobe Sign.
    pub fn adobe_sign(&self) -> At<AdobeSign> {
        self.at()
    }

    /// This tenant at BigCommerce.
    pub fn bigcommerce(&self) -> At<BigCommerce> {
        self.at()
    }

    /// This tenant at Box.
    pub fn box_com(&self) -> At<Box> {
        self.at()
    }

    /// This tenant at Egnyte.
    pub fn egnyte(&self) -> At<Egnyte> {
        self.at()
    }

    /// This tenant at QuickBooks Online.
    pub fn quickbooks(&self) -> At<QuickBooks> {
        self.at()
    }

    /// This tenant at Salesforce.
    pub fn salesforce(&self) -> At<Salesforce> {
        self.at()
    }
}

impl<V: AtVendor> At<V> {
    /// The tenant, with its clock, faults and journal.
    pub fn tenant(&self) -> &TenantHandle {
        &self.tenant
    }

    /// The app and user that stand ready.
    #[must_use]
    pub fn demo(&self) -> Demo {
        self.tenant.demo(V::VENDOR)
    }

    /// This vendor's calls in the journal, to be narrowed.
    pub fn calls(&self) -> Query {
        self.tenant.calls().vendor(V::VENDOR)
    }

    /// Calls of one operation in the journal. A name that the vendor does not have, which would match nothing for ever,
    /// does not compile.
    ///
    /// ```
    /// use rehearsal::{Stage, providers::box_com::Operation};
    ///
    /// Stage::new().tenant().box_com().calls_to(Operation::Token).assert_count(0);
    /// ```
    pub fn calls_to(&self, operation: V::Operation) -> Query {
        self.calls().operation(operation.name())
    }

    /// Lets `fault` strike calls of `operation`, and says its number.
    ///
    /// # Errors
    ///
    /// Never for the operations that this version knows.
    pub fn inject(&self, operation: V::Operation, fault: Fault) -> Result<u64, HandError> {
        self.tenant.inject(fault.on(V::VENDOR, operation.name()))
    }

    /// How codes and tokens live and die.
    #[must_use]
    pub fn policy(&self) -> Policy {
        self.tenant.policy(V::VENDOR)
    }

    /// Changes how codes and tokens that are issued from now on live and die.
    pub fn set_policy(&self, policy: Policy) {
        self.tenant.set_policy(V::VENDOR, policy);
    }

    /// Whether replay protection is on; see [`Policy::replay_protection`].
    #[must_use]
    pub fn replay_protection(&self) -> bool {
        self.tenant.replay_protection(V::VENDOR)
    }

    /// Turns replay protection on or off; see [`Policy::replay_protection`].
    pub fn set_replay_protection(&self, on: bool) {
        self.tenant.set_replay_protection(V::VENDOR, on);
    }
}

impl<V: Switched> At<V> {
    /// The vendor's switches.
    ///
    /// ```
    /// use rehearsal::{Stage, providers::salesforce::{Era, Switches}};
    ///
    /// let org = Stage::new().tenant().salesforce();
    /// org.set_switches(&Switches { era: Era::Rotating, ..org.switches() });
    /// assert_eq!(org.switches().era, Era::Rotating);
    /// ```
    #[must_use]
    pub fn switches(&self) -> V::Switches {
        self.tenant.switches()
    }

    /// Sets all of the vendor's switches.
    pub fn set_switches(&self, switches: &V::Switches) {
        self.tenant.set_switches(switches);
    }
}

impl<V> Clone for At<V> {
    fn clone(&self) -> Self {
        Self { tenant: self.tenant.clone(), vendor: PhantomData }
    }
}

impl<V: AtVendor> fmt::Debug for At<V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("At").field("vendor", &V::VENDOR).field("tenant", &self.tenant).finish()
    }
}
