//! Time comes in from outside: a clock runs with the system's, or is moved by hand.

use std::{
    fmt,
    num::NonZeroU64,
    ops::{Add, Sub},
    sync::{Arc, PoisonError},
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::sync::{Mutex, MutexGuard};

/// A moment, in whole milliseconds since 1970-01-01T00:00:00Z.
// Its milliseconds with the sign turned, which keeps their order and leaves zero free: an optional moment takes no more
// room than one.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(NonZeroU64);

/// Ten thousand years in milliseconds. Every moment lies within so much of the epoch, so that nobody has to reckon with
/// the end of the numbers, and what is written to a file can be read again.
const FAR: i64 = 10_000 * 365 * 24 * 3_600_000;
const NEG_FAR: i64 = -FAR;

const SIGN: u64 = 1 << 63;

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.as_millis().serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        near(deserializer).map(Self::from_millis)
    }
}

fn near<'de, D: Deserializer<'de>>(deserializer: D) -> Result<i64, D::Error> {
    let milliseconds = i64::deserialize(deserializer)?;
    let far = || de::Error::custom(format_args!("{milliseconds} ms are more than ten thousand years"));
    if (NEG_FAR..=FAR).contains(&milliseconds) { Ok(milliseconds) } else { Err(far()) }
}

impl Timestamp {
    /// The moment `milliseconds` after the epoch; ten thousand years before or after it if that is further away.
    #[must_use]
    pub const fn from_millis(milliseconds: i64) -> Self {
        let near = match milliseconds {
            ..=NEG_FAR => NEG_FAR,
            FAR.. => FAR,
            near => near,
        };
        Self(NonZeroU64::new(near.cast_unsigned() ^ SIGN).expect("so early a moment is too far away"))
    }

    /// Milliseconds since the epoch.
    #[must_use]
    pub const fn as_millis(self) -> i64 {
        (self.0.get() ^ SIGN).cast_signed()
    }

    /// Whole seconds since the epoch.
    #[must_use]
    pub const fn as_secs(self) -> i64 {
        self.as_millis().div_euclid(1000)
    }

    /// How long ago `earlier` was; zero when it lies ahead.
    #[must_use]
    pub fn since(self, earlier: Self) -> Duration {
        Duration::from_millis(
            u64::try_from(self.as_millis().saturating_sub(earlier.as_millis())).unwrap_or(0),
        )
    }

    /// The HTTP date, as in `Date: Sun, 06 Nov 1994 08:49:37 GMT`.
    #[must_use]
    pub fn http_date(self) -> String {
        let moment =
            jiff::Timestamp::from_millisecond(self.as_millis()).unwrap_or(jiff::Timestamp::UNIX_EPOCH);
        // Years that an HTTP date cannot write are beyond what any client reads.
        let written = jiff::fmt::rfc2822::DateTimePrinter::new().timestamp_to_rfc9110_string(&moment);
        written.unwrap_or_else(|_| self.strftime("%a, %d %b %Y %H:%M:%S GMT"))
    }

    /// `2018-04-25T11:00:20Z`, the form most vendors print.
    #[must_use]
    pub fn iso(self) -> String {
        self.strftime("%Y-%m-%dT%H:%M:%SZ")
    }

    /// The moment in UTC, printed by a `strftime` pattern.
    #[must_use]
    pub fn strftime(self, pattern: &str) -> String {
        let moment =
            jiff::Timestamp::from_millisecond(self.as_millis()).unwrap_or(jiff::Timestamp::UNIX_EPOCH);
        moment.to_zoned(jiff::tz::TimeZone::UTC).strftime(pattern).to_string()
    }
}

impl fmt::Debug for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Timestamp").field(&self.as_millis()).finish()
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.iso())
    }
}

impl Add<Duration> for Timestamp {
    type Output = Self;

    fn add(self, duration: Duration) -> Self {
        Self::from_millis(
            self.as_millis().saturating_add(i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)),
        )
    }
}

impl Sub<Duration> for Timestamp {
    type Output = Self;

    fn sub(self, duration: Duration) -> Self {
        Self::from_millis(
            self.as_millis().saturating_sub(i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)),
        )
    }
}

/// Tells the time, and can be moved. Clones are the same clock.
///
/// ```
/// use std::time::Duration;
/// use rehearsal::Clock;
///
/// let clock = Clock::system();
/// let before = clock.freeze();
/// clock.advance(Duration::from_secs(3600));
/// assert_eq!(clock.now().since(before), Duration::from_secs(3600));
/// ```
#[derive(Clone)]
pub struct Clock(Arc<Mutex<Hands>>);

/// How a clock shows the time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Hands {
    /// Runs with the system's clock, this many milliseconds ahead of it.
    Running(#[serde(deserialize_with = "near")] i64),
    Stopped(Timestamp),
}

impl Clock {
    /// The system's clock.
    #[must_use]
    pub fn system() -> Self {
        Self(Arc::new(Mutex::new(Hands::Running(0))))
    }

    /// A clock that stands still at `moment`.
    #[must_use]
    pub fn stopped_at(moment: Timestamp) -> Self {
        Self(Arc::new(Mutex::new(Hands::Stopped(moment))))
    }

    /// The time it shows.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.hands().read()
    }

    /// Whether it stands still.
    #[must_use]
    pub fn is_stopped(&self) -> bool {
        matches!(*self.hands(), Hands::Stopped(_))
    }

    /// Stops the clock where it is, and says where.
    pub fn freeze(&self) -> Timestamp {
        let mut hands = self.hands();
        let now = hands.read();
        *hands = Hands::Stopped(now);
        now
    }

    /// Lets a stopped clock run on from where it stands.
    pub fn resume(&self) {
        let mut hands = self.hands();
        *hands = Hands::running_at(hands.read());
    }

    /// Moves the clock forward; a stopped one stays stopped.
    pub fn advance(&self, duration: Duration) {
        let mut hands = self.hands();
        *hands = hands.moved_to(hands.read() + duration);
    }

    /// Sets the clock to `moment`, forward or back; a stopped one stays stopped.
    pub fn set(&self, moment: Timestamp) {
        let mut hands = self.hands();
        *hands = hands.moved_to(moment);
    }

    /// How it shows the time now, to be put back later.
    pub(crate) fn save(&self) -> Hands {
        *self.hands()
    }

    /// Shows the time as it did when `hands` were saved: a stopped clock stands there again, a running one keeps its
    /// distance to the system's.
    pub(crate) fn restore(&self, hands: Hands) {
        *self.hands() = hands;
    }

    fn hands(&self) -> MutexGuard<'_, Hands> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Hands {
    fn read(self) -> Timestamp {
        match self {
            Self::Running(ahead) => Timestamp::from_millis(system_now().as_millis().saturating_add(ahead)),
            Self::Stopped(at) => at,
        }
    }

    fn moved_to(self, moment: Timestamp) -> Self {
        match self {
            Self::Running(_) => Self::running_at(moment),
            Self::Stopped(_) => Self::Stopped(moment),
        }
    }

    fn running_at(moment: Timestamp) -> Self {
        // As near as a moment, for the sake of the file.
        Self::Running(
            Timestamp::from_millis(moment.as_millis().saturating_sub(system_now().as_millis())).as_millis(),
        )
    }
}

impl Default for Clock {
    fn default() -> Self {
        Self::system()
    }
}

impl fmt::Debug for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Clock({})", self.now())
    }
}

fn system_now() -> Timestamp {
    let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Timestamp::from_millis(i64::try_from(since_epoch.as_millis()).unwrap_or(i64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stopped_clock_stands_until_it_is_moved() {
        let clock = Clock::stopped_at(Timestamp::from_millis(784_111_777_000));
        assert_eq!(clock.now().http_date(), "Sun, 06 Nov 1994 08:49:37 GMT");
        clock.advance(Duration::from_secs(60));
        assert_eq!(clock.now().iso(), "1994-11-06T08:50:37Z");
        clock.set(Timestamp::from_millis(0));
        assert_eq!(clock.now().as_millis(), 0);
    }

    #[test]
    fn however_far_a_clock_is_moved_its_time_can_be_read_from_a_file() {
        let read = |hands: &Hands| serde_json::from_str::<Hands>(&serde_json::to_string(hands).unwrap());
        for far in [i64::MIN, i64::MAX, 1_772_366_400_000_000_000] {
            for clock in [Clock::system(), Clock::stopped_at(Timestamp::from_millis(0))] {
                clock.set(Timestamp::from_millis(far));
                assert_eq!(read(&clock.save()).unwrap(), clock.save(), "{far}");
                clock.advance(Duration::from_secs(u64::MAX));
                assert_eq!(clock.now(), Timestamp::from_millis(i64::MAX));
                clock.freeze();
                clock.resume();
                assert_eq!(read(&clock.save()).unwrap(), clock.save(), "{far}");
                assert!(serde_json::from_str::<Timestamp>(&clock.now().as_millis().to_string()).is_ok());
            }
        }
    }

    #[test]
    fn a_clone_is_the_same_clock() {
        let clock = Clock::system();
        let twin = clock.clone();
        clock.freeze();
        clock.advance(Duration::from_secs(5));
        assert_eq!(clock.now(), twin.now());
    }

    #[test]
    fn a_running_clock_keeps_the_distance_it_was_moved_by() {
        let clock = Clock::system();
        clock.advance(Duration::from_secs(86_400));
        assert!(clock.now().since(system_now()) > Duration::from_secs(86_000));
        clock.freeze();
        clock.resume();
        assert!(clock.now().since(system_now()) > Duration::from_secs(86_000));
    }
}
