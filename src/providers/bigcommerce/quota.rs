//! How many calls a legacy account or a store may make, and how many it has left.

use std::{
    collections::{BTreeMap, VecDeque},
    sync::Arc,
};

use serde::{Deserialize, Serialize};

use crate::Timestamp;

/// BC-054
pub(super) const WINDOW_MS: i64 = 30_000;

/// The quotas of one tenant.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Quotas {
    accounts: BTreeMap<Arc<str>, RollingHour>,
    stores: BTreeMap<Arc<str>, Window>,
}

/// What is left of a store's window after a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Left {
    /// Nothing if the call was one too many.
    pub(super) calls: Option<u32>,
    /// Until the window ends.
    pub(super) reset_ms: i64,
}

impl Quotas {
    /// Counts one call of a legacy account; what is left after it, or nothing if it was one too many (BC-008).
    pub(super) fn spend_by_account(&mut self, login: &Arc<str>, now: Timestamp, limit: u32) -> Option<u32> {
        self.accounts.entry(Arc::clone(login)).or_default().spend(now, limit)
    }

    /// Counts one call to a store.
    pub(super) fn spend_in_store(&mut self, hash: &Arc<str>, now: Timestamp, limit: u32) -> Left {
        self.stores.entry(Arc::clone(hash)).or_insert(Window { opened: now, calls: 0 }).spend(now, limit)
    }
}

/// Calls by minute, since the window moves each minute.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(transparent)]
struct RollingHour(VecDeque<(i64, u32)>);

impl RollingHour {
    fn spend(&mut self, now: Timestamp, limit: u32) -> Option<u32> {
        let minute = now.as_secs().div_euclid(60);
        // A minute that lies ahead was counted before the clock was set back.
        self.0.retain(|(of, _)| (minute - 59..=minute).contains(of));
        let spent = self.0.iter().fold(0_u32, |spent, (_, calls)| spent.saturating_add(*calls));
        let left = limit.checked_sub(spent.saturating_add(1))?;
        match self.0.back_mut() {
            Some((of, calls)) if *of == minute => *calls += 1,
            _ => self.0.push_back((minute, 1)),
        }
        Some(left)
    }
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Window {
    opened: Timestamp,
    calls: u32,
}

impl Window {
    fn spend(&mut self, now: Timestamp, limit: u32) -> Left {
        let age = now.as_millis() - self.opened.as_millis();
        if !(0..WINDOW_MS).contains(&age) {
            *self = Self { opened: now, calls: 0 };
        }
        let reset_ms = self.opened.as_millis() + WINDOW_MS - now.as_millis();
        let calls = limit.checked_sub(self.calls.saturating_add(1));
        if calls.is_some() {
            self.calls += 1;
        }
        Left { calls, reset_ms }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    const NOON: Timestamp = Timestamp::from_millis(1_772_366_400_000);

    #[test]
    fn an_hour_rolls_by_the_minute() {
        let mut hour = RollingHour::default();
        assert_eq!(hour.spend(NOON, 20_000), Some(19_999), "BC-009");
        let later = NOON + Duration::from_secs(60);
        for left in (0..19_999).rev() {
            assert_eq!(hour.spend(later, 20_000), Some(left));
        }
        assert_eq!(hour.spend(later, 20_000), None, "BC-008");
        assert_eq!(hour.spend(NOON + Duration::from_secs(3599), 20_000), None);
        assert_eq!(
            hour.spend(NOON + Duration::from_secs(3600), 20_000),
            Some(0),
            "the first minute has rolled out"
        );
        assert_eq!(hour.spend(NOON + Duration::from_secs(3600), 20_000), None);
    }

    #[test]
    fn a_window_ends_and_another_begins() {
        let mut window = Window { opened: NOON, calls: 0 };
        for left in (0..150).rev() {
            assert_eq!(window.spend(NOON, 150), Left { calls: Some(left), reset_ms: 30_000 });
        }
        let later = NOON + Duration::from_secs(29);
        assert_eq!(window.spend(later, 150), Left { calls: None, reset_ms: 1_000 });
        let next = NOON + Duration::from_secs(30);
        assert_eq!(window.spend(next, 150), Left { calls: Some(149), reset_ms: 30_000 }, "BC-055");
    }
}
