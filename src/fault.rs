//! Faults: answers that a test sets in place of the provider's own.

use std::{
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};

use bytes::Bytes;
use http::{HeaderName, HeaderValue, StatusCode};

use crate::{
    Vendor,
    exchange::{Delivery, Ending, Reply, Verdict},
};

/// Something that goes wrong on purpose, where and how often.
///
/// ```
/// use http::StatusCode;
/// use rehearsal::{Fault, Vendor};
///
/// let fault = Fault::answer(StatusCode::SERVICE_UNAVAILABLE, "").on(Vendor::Box, "token").times(2);
/// assert_eq!(fault.remaining(), 2);
/// ```
#[derive(Clone, Debug)]
pub struct Fault {
    action: Action,
    vendor: Option<Vendor>,
    operation: Option<String>,
    remaining: u64,
    struck: u64,
}

#[derive(Clone, Debug)]
enum Action {
    Answer { status: StatusCode, headers: Vec<(HeaderName, HeaderValue)>, body: Bytes },
    Delay(Duration),
    Reset,
}

impl Fault {
    /// Answers `status` with `body` instead of the provider.
    #[must_use]
    pub fn answer(status: StatusCode, body: impl Into<Bytes>) -> Self {
        Self::of(Action::Answer { status, headers: Vec::new(), body: body.into() })
    }

    /// Lets the provider answer, but this much later.
    #[must_use]
    pub fn delay(by: Duration) -> Self {
        Self::of(Action::Delay(by))
    }

    /// Closes the connection without an answer; the provider does not see the request.
    #[must_use]
    pub fn reset() -> Self {
        Self::of(Action::Reset)
    }

    fn of(action: Action) -> Self {
        Self { action, vendor: None, operation: None, remaining: 1, struck: 0 }
    }

    /// Adds a header to the answer; delays and resets have none.
    #[must_use]
    pub fn header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        if let Action::Answer { headers, .. } = &mut self.action {
            headers.push((name, value));
        }
        self
    }

    /// Only at `vendor`'s `operation`, named as in the journal.
    #[must_use]
    pub fn on(mut self, vendor: Vendor, operation: impl Into<String>) -> Self {
        self.vendor = Some(vendor);
        self.operation = Some(operation.into());
        self
    }

    /// Only at `vendor`, whatever the operation.
    #[must_use]
    pub fn at(mut self, vendor: Vendor) -> Self {
        self.vendor = Some(vendor);
        self
    }

    /// Strikes the next `count` matching calls; once, if this is not said.
    #[must_use]
    pub fn times(mut self, count: u64) -> Self {
        self.remaining = count;
        self
    }

    /// How many calls it will still strike.
    #[must_use]
    pub fn remaining(&self) -> u64 {
        self.remaining
    }

    /// How many calls it has struck.
    #[must_use]
    pub fn struck(&self) -> u64 {
        self.struck
    }

    fn matches(&self, vendor: Vendor, operation: &str) -> bool {
        self.remaining > 0
            && self.vendor.is_none_or(|of| of == vendor)
            && self.operation.as_deref().is_none_or(|of| of == operation)
    }
}

/// The faults of one tenant. The oldest fault that matches a call strikes it.
#[derive(Debug, Default)]
pub struct Faults {
    set: Mutex<Vec<(u64, Fault)>>,
    // Most tenants never see a fault: their calls must not queue for the lock.
    any: AtomicBool,
    last: AtomicU64,
}

impl Faults {
    /// Adds a fault, and says its number.
    pub fn add(&self, fault: Fault) -> u64 {
        let number = self.last.fetch_add(1, Ordering::Relaxed) + 1;
        self.lock().push((number, fault));
        self.any.store(true, Ordering::Release);
        number
    }

    /// All faults with their numbers, spent ones included.
    #[must_use]
    pub fn list(&self) -> Vec<(u64, Fault)> {
        self.lock().clone()
    }

    /// Removes fault `number`; false if there is none.
    pub fn remove(&self, number: u64) -> bool {
        let mut set = self.lock();
        let before = set.len();
        set.retain(|(of, _)| *of != number);
        set.len() < before
    }

    /// Removes all.
    pub fn clear(&self) {
        self.lock().clear();
        self.any.store(false, Ordering::Release);
    }

    /// Answers the call by the fault that strikes it, or by `provider`.
    pub(crate) fn or(&self, vendor: Vendor, operation: &str, provider: impl FnOnce() -> Reply) -> Reply {
        if !self.any.load(Ordering::Acquire) {
            return provider();
        }
        match self.strike(vendor, operation) {
            None => provider(),
            Some((_, Action::Delay(delay))) => {
                let mut reply = provider();
                reply.delivery.delay += delay;
                reply
            }
            Some((number, Action::Reset)) => {
                let mut reply = Reply::empty(StatusCode::BAD_GATEWAY).because(Verdict::Faulted(number));
                reply.delivery = Delivery { ending: Ending::Reset, ..Delivery::default() };
                reply
            }
            Some((number, Action::Answer { status, headers, body })) => {
                let mut reply = Reply::empty(status).because(Verdict::Faulted(number));
                *reply.response.body_mut() = body;
                reply.response.headers_mut().extend(headers);
                reply
            }
        }
    }

    fn strike(&self, vendor: Vendor, operation: &str) -> Option<(u64, Action)> {
        let mut set = self.lock();
        let (number, fault) = set.iter_mut().find(|(_, fault)| fault.matches(vendor, operation))?;
        fault.remaining -= 1;
        fault.struck += 1;
        Some((*number, fault.action.clone()))
    }

    fn lock(&self) -> MutexGuard<'_, Vec<(u64, Fault)>> {
        self.set.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn served() -> Reply {
        Reply::empty(StatusCode::OK)
    }

    #[test]
    fn a_fault_strikes_where_and_as_often_as_it_was_told() {
        let faults = Faults::default();
        let number =
            faults.add(Fault::answer(StatusCode::IM_A_TEAPOT, "tea").on(Vendor::Box, "token").times(2));
        assert_eq!(faults.or(Vendor::Egnyte, "token", served).status(), StatusCode::OK);
        assert_eq!(faults.or(Vendor::Box, "revoke", served).status(), StatusCode::OK);
        for _ in 0..2 {
            let reply = faults.or(Vendor::Box, "token", || panic!("the provider must not see this call"));
            assert_eq!(reply.text(), "tea");
            assert_eq!(reply.verdict, Verdict::Faulted(number));
        }
        assert_eq!(faults.or(Vendor::Box, "token", served).status(), StatusCode::OK);
        assert_eq!(faults.list()[0].1.struck(), 2);
    }

    #[test]
    fn a_delay_keeps_the_providers_answer() {
        let faults = Faults::default();
        faults.add(Fault::delay(Duration::from_millis(30)));
        let reply = faults.or(Vendor::Box, "token", served);
        assert_eq!((reply.status(), reply.delivery.delay), (StatusCode::OK, Duration::from_millis(30)));
    }

    #[test]
    fn a_removed_fault_strikes_no_more() {
        let faults = Faults::default();
        let number = faults.add(Fault::reset().at(Vendor::Box).times(9));
        assert_eq!(faults.or(Vendor::Box, "token", served).delivery.ending, Ending::Reset);
        assert!(faults.remove(number));
        assert!(!faults.remove(number));
        assert_eq!(faults.or(Vendor::Box, "token", served).delivery.ending, Ending::Whole);
    }
}
