//! How often each token has been used: the counters that every answer of the API carries (EGN-042).

use std::collections::{HashMap, VecDeque};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::Timestamp;

/// Calls in a second, and in a day, that a token is allotted.
pub(super) const QPS_ALLOTTED: u32 = 2;
pub(super) const QUOTA_ALLOTTED: u32 = 1000;

/// Seconds of a day.
const DAY: i64 = 24 * 3600;

/// Tokens that are counted; the one seen first makes room.
const COUNTED: usize = 10_000;

/// The calls of each token. It knows tokens by their hash alone, which is the same in every process.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(into = "Vec<(u64, Usage)>", from = "Vec<(u64, Usage)>")]
pub(super) struct Counters {
    usage: HashMap<u64, Usage>,
    seen: VecDeque<u64>,
}

/// The calls that one token has made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Usage {
    day: i64,
    second: i64,
    /// In this day of UTC (EGN-043).
    pub(super) today: u32,
    /// In this second.
    pub(super) this_second: u32,
}

impl Usage {
    /// When the day's count starts anew: at midnight, UTC (EGN-043).
    pub(super) fn resets(self) -> Timestamp {
        Timestamp::from_millis((self.day + 1) * DAY * 1000)
    }
}

impl Counters {
    /// Counts one call, and says how many it is.
    pub(super) fn count(&mut self, token: &str, now: Timestamp) -> Usage {
        let key = hash(token);
        if !self.usage.contains_key(&key) {
            if self.seen.len() == COUNTED
                && let Some(first) = self.seen.pop_front()
            {
                self.usage.remove(&first);
            }
            self.seen.push_back(key);
        }
        let usage = self.usage.entry(key).or_default();
        let second = now.as_secs();
        let day = second.div_euclid(DAY);
        if usage.day != day {
            *usage = Usage { day, ..Usage::default() };
        }
        if usage.second != second {
            usage.second = second;
            usage.this_second = 0;
        }
        usage.today = usage.today.saturating_add(1);
        usage.this_second = usage.this_second.saturating_add(1);
        *usage
    }
}

fn hash(token: &str) -> u64 {
    let [a, b, c, d, e, f, g, h, ..] = <[u8; 32]>::from(Sha256::digest(token));
    u64::from_le_bytes([a, b, c, d, e, f, g, h])
}

impl From<Counters> for Vec<(u64, Usage)> {
    /// The token seen first stands first.
    fn from(Counters { usage, seen }: Counters) -> Self {
        seen.into_iter().filter_map(|key| Some((key, *usage.get(&key)?))).collect()
    }
}

impl From<Vec<(u64, Usage)>> for Counters {
    fn from(counted: Vec<(u64, Usage)>) -> Self {
        let mut counters = Self::default();
        for (key, usage) in counted {
            if counters.usage.insert(key, usage).is_none() {
                counters.seen.push_back(key);
            }
        }
        counters
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_are_counted_by_token_second_and_day() {
        let mut counters = Counters::default();
        let mut count = |token, seconds: i64| {
            let usage = counters.count(token, Timestamp::from_millis(seconds * 1000));
            (usage.this_second, usage.today)
        };
        assert_eq!(count("a", 86_398), (1, 1));
        assert_eq!(count("a", 86_398), (2, 2));
        assert_eq!(count("b", 86_398), (1, 1));
        assert_eq!(count("a", 86_399), (1, 3));
        assert_eq!(count("a", 86_400), (1, 1), "EGN-043: the day ends at midnight, UTC");
    }

    #[test]
    fn the_token_seen_first_makes_room() {
        let mut counters = Counters::default();
        let now = Timestamp::from_millis(0);
        for number in 0..=COUNTED {
            counters.count(&number.to_string(), now);
        }
        assert_eq!(counters.usage.len(), COUNTED);
        assert_eq!(counters.count("0", now).today, 1, "the first token was forgotten");
    }
}
