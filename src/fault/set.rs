//! The faults of one tenant.

use std::sync::{
    Mutex, MutexGuard, PoisonError,
    atomic::{AtomicBool, AtomicU64, Ordering},
};

use super::{
    Effect, Fault, Sources,
    written::{SavedFault, SavedFaults},
};
use crate::{Vendor, exchange::Reply};

/// The faults of one tenant. The oldest fault that strikes a call answers it; those after it do not meet it.
#[derive(Debug, Default)]
pub struct Faults {
    set: Mutex<Vec<(u64, Fault)>>,
    // Most tenants never see a fault: their calls must not queue for the lock.
    any: AtomicBool,
    last: AtomicU64,
}

impl Faults {
    /// Adds a fault, and says its number.
    pub(crate) fn add(&self, fault: Fault) -> u64 {
        let number = self.last.fetch_add(1, Ordering::Relaxed).wrapping_add(1);
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

    /// All faults and how far they have come, to be put back later.
    pub(crate) fn save(&self) -> SavedFaults {
        let faults = self.lock().iter().map(|(number, fault)| SavedFault::of(*number, fault)).collect();
        SavedFaults { faults, last: self.last.load(Ordering::Relaxed) }
    }

    /// Puts saved faults in the place of those there are.
    pub(crate) fn replace(&self, SavedFaults { faults, last }: SavedFaults) {
        let mut set = self.lock();
        *set = faults.into_iter().map(|saved| (saved.number, saved.into())).collect();
        // A number is not given out again, whatever the file says.
        let highest = set.iter().map(|(number, _)| *number).max().unwrap_or(0);
        self.last.store(last.max(highest), Ordering::Relaxed);
        self.any.store(!set.is_empty(), Ordering::Release);
    }

    /// Something that differs when faults were added or removed.
    #[cfg(feature = "cli")]
    pub(crate) fn revision(&self) -> (u64, usize) {
        (self.last.load(Ordering::Relaxed), self.lock().len())
    }

    /// Answers the call by the fault that strikes it, or by the provider.
    pub(crate) fn or(&self, vendor: Vendor, operation: &str, sources: &Sources<'_>) -> Reply {
        if !self.any.load(Ordering::Acquire) {
            return (sources.provider)();
        }
        // The lock is released before anybody answers.
        let struck = self.strike(vendor, operation);
        match struck {
            Some((number, effect)) => effect.reply(number, sources),
            None => (sources.provider)(),
        }
    }

    fn strike(&self, vendor: Vendor, operation: &str) -> Option<(u64, Effect)> {
        let mut set = self.lock();
        let (number, fault) = set.iter_mut().find_map(|(number, fault)| {
            let strikes = fault.strikes(vendor, operation);
            strikes.then_some((*number, fault))
        })?;
        Some((number, fault.effect.clone()))
    }

    fn lock(&self) -> MutexGuard<'_, Vec<(u64, Fault)>> {
        self.set.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use http::StatusCode;
    use serde_json::json;

    use super::*;
    use crate::exchange::{Ending, Verdict};

    fn strike(faults: &Faults, vendor: Vendor, operation: &str) -> Reply {
        let body = r#"{"access_token":"a","url":"http:\/\/x","expires_in":3600}"#;
        faults.or(
            vendor,
            operation,
            &Sources {
                provider: &|| Reply::new(StatusCode::OK, "application/json", body),
                trouble: &|_| Reply::empty(StatusCode::TOO_MANY_REQUESTS),
                last_good: &|| {
                    Some(Reply::new(StatusCode::OK, "application/json", "{\"access_token\":\"before\"}"))
                },
                former_token: &|| None,
            },
        )
    }

    fn token(faults: &Faults) -> Reply {
        strike(faults, Vendor::Box, "token")
    }

    /// Which of `count` calls were struck.
    fn pattern(fault: Fault, count: usize) -> String {
        let faults = Faults::default();
        faults.add(fault);
        let struck = |_| if matches!(token(&faults).verdict, Verdict::Faulted(_)) { 'x' } else { '.' };
        (0..count).map(struck).collect()
    }

    #[test]
    fn a_fault_strikes_where_it_was_told() {
        let faults = Faults::default();
        let number = faults.add(Fault::answer(StatusCode::IM_A_TEAPOT, "tea").on(Vendor::Box, "token"));
        assert_eq!(strike(&faults, Vendor::Egnyte, "token").status(), StatusCode::OK);
        assert_eq!(strike(&faults, Vendor::Box, "revoke").status(), StatusCode::OK);
        let reply = token(&faults);
        assert_eq!(reply.text(), "tea");
        assert_eq!(reply.verdict, Verdict::Faulted(number));
        let (_, fault) = &faults.list()[0];
        assert_eq!((fault.met(), fault.struck(), fault.is_spent()), (1, 1, true));
    }

    #[test]
    fn a_fault_strikes_as_often_as_it_was_told() {
        assert_eq!(pattern(Fault::refusal().times(2), 5), "xx...");
        assert_eq!(pattern(Fault::refusal().every(3), 7), "..x..x.");
        assert_eq!(pattern(Fault::refusal().chance(0.0, 1), 20), ".".repeat(20));
        assert_eq!(pattern(Fault::refusal().chance(1.0, 1), 20), "x".repeat(20));
        let half = pattern(Fault::refusal().chance(0.5, 1), 200);
        assert_eq!(half, pattern(Fault::refusal().chance(0.5, 1), 200), "the same seed gives the same calls");
        assert!((60..140).contains(&half.matches('x').count()), "{half}");
    }

    #[test]
    fn the_oldest_fault_that_strikes_answers() {
        let faults = Faults::default();
        faults.add(Fault::answer(StatusCode::BAD_GATEWAY, "one"));
        faults.add(Fault::answer(StatusCode::BAD_GATEWAY, "two"));
        assert_eq!((token(&faults).text().as_ref(), token(&faults).text().as_ref()), ("one", "two"));
        assert_eq!(token(&faults).status(), StatusCode::OK);
    }

    #[test]
    fn an_answer_is_altered_and_nothing_else() {
        let alter = |fault| {
            let faults = Faults::default();
            faults.add(fault);
            token(&faults).text().into_owned()
        };
        assert_eq!(alter(Fault::without("access_token")), r#"{"url":"http:\/\/x","expires_in":3600}"#);
        let text = alter(Fault::with("expires_in", json!("3600")));
        assert_eq!(text, r#"{"access_token":"a","url":"http:\/\/x","expires_in":"3600"}"#);
        assert_eq!(alter(Fault::again()), r#"{"access_token":"before"}"#);
        assert_eq!(alter(Fault::empty()), "");
        assert!(alter(Fault::html()).starts_with("<html>"));
        assert!(serde_json::from_str::<serde_json::Value>(&alter(Fault::not_json())).is_err());
    }

    #[test]
    fn resets_say_when() {
        let end = |fault| {
            let faults = Faults::default();
            faults.add(fault);
            token(&faults).delivery.ending
        };
        assert_eq!(end(Fault::reset()), Ending::Reset);
        assert_eq!(end(Fault::reset_during()), Ending::CutAfter(28));
        assert_eq!(end(Fault::reset_after()), Ending::CloseAfter);
    }

    #[test]
    fn saved_faults_strike_on_where_they_stood() {
        let faults = Faults::default();
        faults.add(Fault::refusal().times(3));
        faults.add(Fault::html().chance(0.5, 9));
        let verdicts = |faults: &Faults, count| (0..count).map(|_| token(faults).verdict).collect::<Vec<_>>();
        let _before = verdicts(&faults, 9);
        let saved = faults.save();
        let text = serde_json::to_string(&saved).unwrap();
        let expected = verdicts(&faults, 50);
        let other = Faults::default();
        other.add(Fault::empty());
        other.replace(serde_json::from_str(&text).unwrap());
        assert_eq!(verdicts(&other, 50), expected);
        assert_eq!(other.add(Fault::empty()), 3, "numbers go on");
    }

    #[test]
    fn a_removed_fault_strikes_no_more() {
        let faults = Faults::default();
        let number = faults.add(Fault::refusal().every(1));
        assert!(matches!(token(&faults).verdict, Verdict::Faulted(_)));
        assert!(faults.remove(number));
        assert!(!faults.remove(number));
        assert_eq!(token(&faults).verdict, Verdict::Served);
    }
}
