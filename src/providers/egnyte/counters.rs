//! How often each token has been used, and who called the token endpoint how often: what the limits are measured by, and
//! the counters that every answer of the API carries (EGN-042).

use std::{
    collections::{BTreeMap, HashMap, VecDeque},
    time::Duration,
};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::{
    Timestamp,
    providers::egnyte::switches::{Limits, Switches},
};

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

/// Which limit a call is beyond, and when to come back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Beyond {
    /// Too many in this second.
    Second,
    /// Too many on this day; so long until midnight.
    Day(Duration),
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
    /// Counts one call, and says how many it is and whether that is too many. What is too many does not count.
    pub(super) fn count(
        &mut self,
        token: &str,
        now: Timestamp,
        limits: &Switches,
    ) -> (Usage, Option<Beyond>) {
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
        let limited = limits.limits == Limits::On;
        if limited && usage.today >= limits.calls_per_day {
            let left = usage.resets().as_millis() - now.as_millis();
            return (*usage, Some(Beyond::Day(Duration::from_millis(u64::try_from(left).unwrap_or(0)))));
        }
        if limited && usage.this_second >= limits.calls_per_second {
            return (*usage, Some(Beyond::Second));
        }
        usage.today = usage.today.saturating_add(1);
        usage.this_second = usage.this_second.saturating_add(1);
        (*usage, None)
    }
}

/// Who is counted at the token endpoint: keys of the browser flow, users of the others; the one that comes first makes
/// room.
const CALLERS: usize = 10_000;

/// The hour of the token endpoint's limit.
const HOUR: Duration = Duration::from_secs(3600);

/// The calls of the token endpoint, each with the beginning of its hour (EGN-031).
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct TokenCalls(BTreeMap<String, (Timestamp, u32)>);

impl TokenCalls {
    /// Counts a call; says how long to wait if it is one too many.
    pub(super) fn count(&mut self, caller: &str, now: Timestamp, limit: u32) -> Result<(), Duration> {
        if self.0.len() >= CALLERS && !self.0.contains_key(caller) {
            self.0.pop_first();
        }
        let (began, calls) = self.0.entry(caller.to_owned()).or_insert((now, 0));
        if now < *began || *began + HOUR <= now {
            (*began, *calls) = (now, 0);
        }
        if *calls >= limit {
            return Err((*began + HOUR).since(now));
        }
        *calls += 1;
        Ok(())
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
        let limits = Switches::default();
        let mut count = |token, seconds: i64| {
            let (usage, beyond) = counters.count(token, Timestamp::from_millis(seconds * 1000), &limits);
            assert_eq!(beyond, None);
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
        let (now, limits) = (Timestamp::from_millis(0), Switches::default());
        for number in 0..=COUNTED {
            counters.count(&number.to_string(), now, &limits);
        }
        assert_eq!(counters.usage.len(), COUNTED);
        assert_eq!(counters.count("0", now, &limits).0.today, 1, "the first token was forgotten");
    }

    #[test]
    fn an_hour_of_token_calls_begins_with_the_first() {
        let at = |seconds: i64| Timestamp::from_millis(seconds * 1000);
        let mut calls = TokenCalls::default();
        assert_eq!([calls.count("a", at(0), 2), calls.count("a", at(10), 2)], [Ok(()); 2]);
        assert_eq!(calls.count("a", at(600), 2), Err(Duration::from_secs(3000)));
        assert_eq!(calls.count("b", at(600), 2), Ok(()));
        assert_eq!(calls.count("a", at(3600), 2), Ok(()));
    }
}
