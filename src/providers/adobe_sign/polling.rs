//! Who reads the same again and again, where the vendor minds (ADOBE-061).

use std::{
    collections::{BTreeMap, VecDeque},
    time::Duration,
};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::{Timestamp, providers::adobe_sign::switches::Polling};

/// Kinds of reading that are watched; the one whose key comes first makes room, since keys are as good as random.
const WATCHED: usize = 10_000;

/// When each was read, by a hash of token and address that is the same in every process.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct Polls(BTreeMap<u64, VecDeque<Timestamp>>);

impl Polling {
    /// How many times in how long.
    fn allowance(self) -> Option<(usize, Duration)> {
        match self {
            Self::Unwatched => None,
            Self::Enterprise => Some((3, Duration::from_secs(60))),
            Self::Other => Some((1, Duration::from_secs(600))),
        }
    }
}

impl Polls {
    /// Notes that `what` is read with `token`. If that is too soon, says how long to wait; with a penalty, the wait begins
    /// anew.
    pub(super) fn read(
        &mut self,
        token: &str,
        what: &str,
        now: Timestamp,
        polling: Polling,
        penalty: bool,
    ) -> Result<(), Duration> {
        let Some((times, span)) = polling.allowance() else { return Ok(()) };
        let key = key(token, what);
        if self.0.len() >= WATCHED && !self.0.contains_key(&key) {
            self.0.pop_first();
        }
        let read = self.0.entry(key).or_default();
        // What lies ahead was noted before the clock was set back.
        read.retain(|at| *at <= now && now < *at + span);
        if read.len() < times {
            read.push_back(now);
            return Ok(());
        }
        if penalty {
            read.iter_mut().for_each(|at| *at = now);
        }
        let free = read.front().map_or(now, |at| *at + span);
        let wait = free.as_millis().saturating_sub(now.as_millis());
        Err(Duration::from_millis(u64::try_from(wait).unwrap_or(0)))
    }
}

fn key(token: &str, what: &str) -> u64 {
    let digest = Sha256::new().chain_update(token).chain_update("\n").chain_update(what).finalize();
    let [a, b, c, d, e, f, g, h, ..] = <[u8; 32]>::from(digest);
    u64::from_le_bytes([a, b, c, d, e, f, g, h])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_allowance_comes_back_with_time_and_not_to_the_impatient() {
        let at = |seconds: i64| Timestamp::from_millis(seconds * 1000);
        let mut polls = Polls::default();
        let mut read = |seconds, penalty| {
            let read = polls.read("token", "/a", at(seconds), Polling::Enterprise, penalty);
            read.map_err(|wait| wait.as_secs())
        };
        assert_eq!([read(0, false), read(10, false), read(20, false)], [Ok(()); 3]);
        assert_eq!(read(30, false), Err(30), "the first of the three was half a minute ago");
        assert_eq!(read(60, false), Ok(()));
        assert_eq!(read(61, true), Err(60), "with a penalty the wait begins anew");
        assert_eq!(read(120, false), Err(1));
        assert_eq!(read(121, false), Ok(()));
        assert_eq!(polls.read("other", "/a", at(61), Polling::Other, false), Ok(()));
        assert_eq!(polls.read("other", "/a", at(62), Polling::Other, false), Err(Duration::from_secs(599)));
        assert_eq!(polls.read("other", "/b", at(62), Polling::Other, false), Ok(()));
        assert_eq!(polls.read("other", "/b", at(62), Polling::Unwatched, false), Ok(()));
    }
}
