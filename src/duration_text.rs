//! Durations as people write them: `90s`, `15m`, `1h30m`, `60d`.

use std::time::Duration;

use serde::{Deserialize, Deserializer, Serializer, de};

/// A text that is no duration.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no duration; write it as 500ms, 90s, 15m, 1h30m or 60d")]
pub(crate) struct NoDuration(String);

/// Milliseconds of each unit, the largest first. `ms` is told from `m` by its whole name.
const UNITS: [(&str, u64); 5] =
    [("d", 24 * 3_600_000), ("h", 3_600_000), ("m", 60_000), ("s", 1000), ("ms", 1)];

/// The duration in whole milliseconds; what is less is left off, as the clock does.
pub(crate) fn print(duration: Duration) -> String {
    let mut left = u64::try_from(duration.as_millis()).unwrap_or(u64::MAX);
    let mut text = String::new();
    for (name, size) in UNITS {
        if left >= size {
            text += &format!("{}{name}", left / size);
            left %= size;
        }
    }
    if text.is_empty() { "0s".to_owned() } else { text }
}

/// The duration that `text` names.
pub(crate) fn parse(text: &str) -> Result<Duration, NoDuration> {
    let no_duration = || NoDuration(text.to_owned());
    let mut total = 0_u64;
    let mut rest = text;
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit()).ok_or_else(no_duration)?;
        let (number, behind) = rest.split_at(digits);
        let name_ends = behind.find(|c: char| c.is_ascii_digit()).unwrap_or(behind.len());
        let (name, next) = behind.split_at(name_ends);
        let size = UNITS.into_iter().find(|(unit, _)| *unit == name).ok_or_else(no_duration)?.1;
        let part = number.parse::<u64>().ok().and_then(|number| number.checked_mul(size));
        total = part.and_then(|part| total.checked_add(part)).ok_or_else(no_duration)?;
        rest = next;
    }
    if text.is_empty() { Err(no_duration()) } else { Ok(Duration::from_millis(total)) }
}

/// For `#[serde(with = "duration_text")]`.
pub(crate) fn serialize<S: Serializer>(duration: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&print(*duration))
}

/// For `#[serde(with = "duration_text")]`.
pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Duration, D::Error> {
    parse(&String::deserialize(deserializer)?).map_err(de::Error::custom)
}

/// The same for a duration that may be absent.
pub(crate) mod option {
    use std::time::Duration;

    use serde::{Deserialize, Deserializer, Serializer, de};

    pub(crate) fn serialize<S: Serializer>(
        duration: &Option<Duration>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        match duration {
            Some(duration) => serializer.serialize_some(&super::print(*duration)),
            None => serializer.serialize_none(),
        }
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<Duration>, D::Error> {
        let text = Option::<String>::deserialize(deserializer)?;
        text.map(|text| super::parse(&text).map_err(de::Error::custom)).transpose()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_duration_is_written_in_parts() {
        let text = |milliseconds| print(Duration::from_millis(milliseconds));
        assert_eq!(text(0), "0s");
        assert_eq!(text(1500), "1s500ms");
        assert_eq!(text(4_200_000), "1h10m");
        assert_eq!(text(60 * 24 * 3_600_000), "60d");
        assert_eq!(parse("90s"), Ok(Duration::from_secs(90)));
        assert_eq!(parse("15m"), Ok(Duration::from_secs(900)));
    }

    #[test]
    fn what_is_no_duration_is_refused() {
        for text in ["", "90", "s", "1y", "1 h", "-1s", "1.5h", "99999999999999999999s", "9999999999999999d"]
        {
            let refused = parse(text).unwrap_err().to_string();
            assert!(refused.contains(&format!("{text:?}")) && refused.contains("1h30m"), "{refused}");
        }
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_again(milliseconds in any::<u64>()) {
            let duration = Duration::from_millis(milliseconds);
            prop_assert_eq!(parse(&print(duration)), Ok(duration));
        }
    }
}
