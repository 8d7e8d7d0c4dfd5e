//! Faults: what goes wrong on purpose, where, and how often. Off by default.

mod effect;
mod set;
mod written;

use std::time::Duration;

use bytes::Bytes;
use chacha20::{
    ChaCha8Rng,
    rand_core::{Rng, SeedableRng},
};
use http::{HeaderName, HeaderValue, StatusCode};
use serde_json::Value;

use crate::{Vendor, providers::Operation};

pub use effect::Trouble;
pub(crate) use effect::{Effect, Sources};
pub use set::Faults;
#[cfg(feature = "serve")]
pub(crate) use written::DeclaredFault;
pub(crate) use written::SavedFaults;

/// Something that goes wrong on purpose, where and how often.
///
/// ```
/// use std::time::Duration;
/// use rehearsal::{ConsentGiven, Fault, Stage, Vendor};
///
/// let stage = Stage::new();
/// let tenant = stage.tenant();
/// // The next two calls of Box's token endpoint are told to come back in a minute, in Box's own words.
/// tenant.inject(Fault::rate_limit(Duration::from_secs(60)).on(Vendor::Box, "token").times(2))?;
/// // An operation that Box does not have is refused, with the list of those it has.
/// let refused = tenant.inject(Fault::server_error().on(Vendor::Box, "tokn")).unwrap_err();
/// assert!(refused.to_string().contains("authorize, token, revoke"));
/// # Ok::<(), rehearsal::stage::HandError>(())
/// ```
#[derive(Clone, Debug)]
#[must_use = "a fault does nothing until it is injected into a tenant"]
pub struct Fault {
    effect: Effect,
    vendor: Option<Vendor>,
    operation: Option<String>,
    when: When,
    met: u64,
    struck: u64,
}

/// Which of the calls that a fault meets it strikes.
#[derive(Clone, Copy, Debug)]
enum When {
    First(u64),
    Every(u64),
    Chance { probability: f64, seed: u64 },
}

impl Fault {
    /// Answers `status` with `body` instead of the provider.
    pub fn answer(status: StatusCode, body: impl Into<Bytes>) -> Self {
        Self::of(Effect::Answer { status, headers: Vec::new(), body: body.into() })
    }

    /// Refuses as the vendor refuses a credential at that operation: a dead token, or an invalid grant.
    pub fn refusal() -> Self {
        Self::of(Effect::Refusal)
    }

    /// Answers as the vendor does when a client calls too often.
    pub fn rate_limit(retry_after: Duration) -> Self {
        Self::of(Effect::RateLimit { retry_after })
    }

    /// Answers as the vendor does when it is out of order.
    pub fn server_error() -> Self {
        Self::of(Effect::ServerError)
    }

    /// Answers as the vendor does when it is out of order for a while; most have no other words for that than for any
    /// [server error](Self::server_error), and say nothing of `retry_after`.
    pub fn unavailable(retry_after: Duration) -> Self {
        Self::of(Effect::Unavailable { retry_after })
    }

    /// Answers a web page where JSON is expected, with the provider's own status.
    pub fn html() -> Self {
        Self::of(Effect::Html)
    }

    /// Answers `200 OK` and says JSON, but the body is none.
    pub fn not_json() -> Self {
        Self::of(Effect::NotJson)
    }

    /// Answers with the provider's own status and headers, but without a body.
    pub fn empty() -> Self {
        Self::of(Effect::Empty)
    }

    /// Leaves a member out of the provider's JSON answer: a token answer without `access_token`, or a refresh that gives no
    /// `refresh_token`.
    ///
    /// ```
    /// use rehearsal::{Fault, Stage, Vendor};
    ///
    /// let tenant = Stage::new().tenant();
    /// tenant.inject(Fault::without("refresh_token").on(Vendor::Box, "token"))?;
    /// # Ok::<(), rehearsal::stage::HandError>(())
    /// ```
    pub fn without(member: impl Into<String>) -> Self {
        Self::of(Effect::Without(member.into()))
    }

    /// Gives a member of the provider's JSON answer another value, such as a text where a number is expected.
    ///
    /// ```
    /// use rehearsal::{Fault, Stage, Vendor};
    ///
    /// let tenant = Stage::new().tenant();
    /// tenant.inject(Fault::with("expires_in", "3600").on(Vendor::Box, "token"))?;
    /// # Ok::<(), rehearsal::stage::HandError>(())
    /// ```
    pub fn with(member: impl Into<String>, value: impl Into<Value>) -> Self {
        Self::of(Effect::With { member: member.into(), value: value.into() })
    }

    /// Issues the same access token again: a refresh is answered with the token that it should replace, alive or dead. A
    /// call that brings no refresh token is answered as ever.
    ///
    /// ```
    /// use rehearsal::{Fault, Stage, Vendor};
    ///
    /// let tenant = Stage::new().tenant();
    /// tenant.inject(Fault::same_token().on(Vendor::Salesforce, "token").times(3))?;
    /// # Ok::<(), rehearsal::stage::HandError>(())
    /// ```
    pub fn same_token() -> Self {
        Self::of(Effect::SameToken)
    }

    /// Gives the last good answer of the same operation again; the provider does not see the call. If there was none, the
    /// provider answers.
    pub fn again() -> Self {
        Self::of(Effect::Again)
    }

    /// Lets the provider answer, but this much later.
    pub fn delay(by: Duration) -> Self {
        Self::of(Effect::Delay(by))
    }

    /// Resets the connection instead of an answer; the provider does not see the call.
    pub fn reset() -> Self {
        Self::of(Effect::Reset)
    }

    /// Lets the provider answer, and resets the connection in the middle of the body.
    pub fn reset_during() -> Self {
        Self::of(Effect::ResetDuring)
    }

    /// Lets the provider answer, and closes the connection after the body without having said so.
    pub fn reset_after() -> Self {
        Self::of(Effect::ResetAfter)
    }

    fn of(effect: Effect) -> Self {
        Self { effect, vendor: None, operation: None, when: When::First(1), met: 0, struck: 0 }
    }

    /// Adds a header to the answer of [`Fault::answer`]; other effects have none of their own.
    pub fn header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        if let Effect::Answer { headers, .. } = &mut self.effect {
            headers.push((name, value));
        }
        self
    }

    /// Only at `vendor`'s `operation`, named as in the journal.
    pub fn on(mut self, vendor: Vendor, operation: impl Into<String>) -> Self {
        self.vendor = Some(vendor);
        self.operation = Some(operation.into());
        self
    }

    /// Only at `operation`, which names its vendor, too; what no vendor has does not compile.
    ///
    /// ```
    /// use rehearsal::{Fault, Stage, providers::box_com};
    ///
    /// let tenant = Stage::new().tenant();
    /// tenant.inject(Fault::server_error().on_operation(box_com::Operation::FolderItems))?;
    /// # Ok::<(), rehearsal::stage::HandError>(())
    /// ```
    pub fn on_operation(self, operation: impl Operation) -> Self {
        self.on(operation.vendor(), operation.name())
    }

    /// Only at `vendor`, whatever the operation.
    pub fn at(mut self, vendor: Vendor) -> Self {
        self.vendor = Some(vendor);
        self
    }

    /// Strikes the first `count` calls it meets; one, if nothing is said.
    pub fn times(mut self, count: u64) -> Self {
        self.when = When::First(count);
        self
    }

    /// Strikes each `n`-th call it meets; 1 is every call.
    pub fn every(mut self, n: u64) -> Self {
        self.when = When::Every(n.max(1));
        self
    }

    /// Strikes each call with `probability` (0 to 1), by dice that depend on `seed` alone.
    pub fn chance(mut self, probability: f64, seed: u64) -> Self {
        let probability = if probability.is_nan() { 0.0 } else { probability.clamp(0.0, 1.0) };
        self.when = When::Chance { probability, seed };
        self
    }

    /// The vendor it is limited to.
    #[must_use]
    pub fn vendor(&self) -> Option<Vendor> {
        self.vendor
    }

    /// The operation it is limited to.
    #[must_use]
    pub fn operation(&self) -> Option<&str> {
        self.operation.as_deref()
    }

    /// How many calls it has met, struck or not.
    #[must_use]
    pub fn met(&self) -> u64 {
        self.met
    }

    /// How many calls it has struck.
    #[must_use]
    pub fn struck(&self) -> u64 {
        self.struck
    }

    /// Whether it will strike no more.
    #[must_use]
    pub fn is_spent(&self) -> bool {
        matches!(self.when, When::First(count) if self.struck >= count)
    }

    /// Whether it strikes this call. A spent fault meets nobody.
    fn strikes(&mut self, vendor: Vendor, operation: &str) -> bool {
        let here = self.vendor.is_none_or(|of| of == vendor)
            && self.operation.as_deref().is_none_or(|of| of == operation);
        if !here || self.is_spent() {
            return false;
        }
        self.met = self.met.saturating_add(1);
        let strikes = match self.when {
            When::First(_) => true,
            When::Every(n) => self.met.is_multiple_of(n),
            When::Chance { probability, seed } => {
                // One throw for each call, found by its number.
                let mut dice = ChaCha8Rng::seed_from_u64(seed);
                dice.set_word_pos(u128::from(self.met - 1));
                f64::from(dice.next_u32()) < probability * (f64::from(u32::MAX) + 1.0)
            }
        };
        self.struck = self.struck.saturating_add(u64::from(strikes));
        strikes
    }
}
