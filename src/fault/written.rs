//! Faults as files hold them: declared by people, or saved with how far they have come.

use serde::{Deserialize, Deserializer, Serialize, de};

use super::{Effect, Fault, When};
use crate::Vendor;

/// A fault as it was before it met its first call.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct DeclaredFault {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) vendor: Option<Vendor>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) operation: Option<String>,
    #[serde(default)]
    when: Frequency,
    effect: Effect,
}

/// Which of the calls that a fault meets it strikes.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
enum Frequency {
    First(#[serde(deserialize_with = "from_one")] u64),
    #[serde(deserialize_with = "from_one")]
    Every(u64),
    Chance {
        #[serde(deserialize_with = "probability")]
        probability: f64,
        seed: u64,
    },
}

impl Default for Frequency {
    fn default() -> Self {
        Self::First(1)
    }
}

fn from_one<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u64, D::Error> {
    let n = u64::deserialize(deserializer)?;
    if n > 0 {
        Ok(n)
    } else {
        Err(de::Error::custom("0 calls are none; the first is 1, and every 1 is every call"))
    }
}

fn probability<'de, D: Deserializer<'de>>(deserializer: D) -> Result<f64, D::Error> {
    let probability = f64::deserialize(deserializer)?;
    let outside = || de::Error::custom(format_args!("{probability} is no probability; they go from 0 to 1"));
    if (0.0..=1.0).contains(&probability) { Ok(probability) } else { Err(outside()) }
}

impl From<DeclaredFault> for Fault {
    fn from(declared: DeclaredFault) -> Self {
        let DeclaredFault { vendor, operation, when, effect } = declared;
        let fault = Self { vendor, operation, ..Self::of(effect) };
        match when {
            Frequency::First(count) => fault.times(count),
            Frequency::Every(n) => fault.every(n),
            Frequency::Chance { probability, seed } => fault.chance(probability, seed),
        }
    }
}

impl From<&Fault> for DeclaredFault {
    fn from(fault: &Fault) -> Self {
        let when = match fault.when {
            When::First(count) => Frequency::First(count),
            When::Every(n) => Frequency::Every(n),
            When::Chance { probability, seed } => Frequency::Chance { probability, seed },
        };
        let Fault { vendor, operation, effect, .. } = fault;
        Self { vendor: *vendor, operation: operation.clone(), when, effect: effect.clone() }
    }
}

/// The faults of a tenant, and the number that was given out last.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SavedFaults {
    pub(super) faults: Vec<SavedFault>,
    pub(super) last: u64,
}

/// A fault and how far it has come.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SavedFault {
    pub(super) number: u64,
    fault: DeclaredFault,
    met: u64,
    struck: u64,
}

impl SavedFault {
    pub(super) fn of(number: u64, fault: &Fault) -> Self {
        Self { number, fault: fault.into(), met: fault.met, struck: fault.struck }
    }
}

impl From<SavedFault> for Fault {
    fn from(SavedFault { fault, met, struck, .. }: SavedFault) -> Self {
        Self { met, struck, ..fault.into() }
    }
}

/// A status by its number.
pub(super) mod status {
    use http::StatusCode;
    use serde::{Deserialize, Deserializer, Serializer, de};

    pub(crate) fn serialize<S: Serializer>(status: &StatusCode, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u16(status.as_u16())
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<StatusCode, D::Error> {
        let number = u16::deserialize(deserializer)?;
        // What begins with 1 is no answer: another one follows.
        let answer = StatusCode::from_u16(number).ok().filter(|status| !status.is_informational());
        answer.ok_or_else(|| {
            de::Error::custom(format_args!("{number} is no status of an answer; they go from 200 to 999"))
        })
    }
}

/// Headers as pairs of name and value.
pub(super) mod headers {
    use http::{HeaderName, HeaderValue};
    use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

    pub(crate) fn serialize<S: Serializer>(
        headers: &[(HeaderName, HeaderValue)],
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        let pairs = headers.iter().map(|(name, value)| (name.as_str(), super::text(value.as_bytes())));
        pairs.collect::<Vec<_>>().serialize(serializer)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Vec<(HeaderName, HeaderValue)>, D::Error> {
        let pairs = Vec::<(String, String)>::deserialize(deserializer)?;
        let header = |(name, value): (String, String)| {
            let header = name.parse().ok().zip(super::bytes(&value).and_then(|of| of.try_into().ok()));
            header.ok_or_else(|| de::Error::custom(format_args!("{name:?} or its value makes no header")))
        };
        pairs.into_iter().map(header).collect()
    }
}

/// A body as text; one that is no text is written in base64.
pub(super) mod body {
    use bytes::Bytes;
    use serde::{Deserialize, Deserializer, Serializer, de};

    pub(crate) fn serialize<S: Serializer>(body: &Bytes, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&super::text(body))
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Bytes, D::Error> {
        let text = String::deserialize(deserializer)?;
        super::bytes(&text)
            .map(Bytes::from)
            .ok_or_else(|| de::Error::custom("what stands behind `base64:` is no base64"))
    }
}

const BASE64: &str = "base64:";

/// Bytes as text, or in base64 if they are none or would be mistaken for it.
fn text(bytes: &[u8]) -> String {
    use base64::{Engine, prelude::BASE64_STANDARD};
    match std::str::from_utf8(bytes) {
        Ok(text) if !text.starts_with(BASE64) => text.to_owned(),
        _ => format!("{BASE64}{}", BASE64_STANDARD.encode(bytes)),
    }
}

fn bytes(text: &str) -> Option<Vec<u8>> {
    use base64::{Engine, prelude::BASE64_STANDARD};
    match text.strip_prefix(BASE64) {
        Some(encoded) => BASE64_STANDARD.decode(encoded).ok(),
        None => Some(text.as_bytes().to_vec()),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use http::{HeaderName, HeaderValue, StatusCode};

    use super::*;

    #[test]
    fn every_fault_is_written_and_read_again() {
        let answer = Fault::answer(StatusCode::SERVICE_UNAVAILABLE, vec![0xff, 0x00])
            .header(HeaderName::from_static("retry-after"), HeaderValue::from_static("5"));
        let faults = [
            answer,
            Fault::answer(StatusCode::OK, "base64: is no base64"),
            Fault::refusal().times(3),
            Fault::rate_limit(Duration::from_secs(60)).on(Vendor::Box, "token"),
            Fault::server_error().at(Vendor::Egnyte).every(2),
            Fault::html().chance(0.1, 7),
            Fault::not_json(),
            Fault::empty(),
            Fault::without("access_token"),
            Fault::with("expires_in", "3600"),
            Fault::again(),
            Fault::same_token(),
            Fault::delay(Duration::from_millis(1500)),
            Fault::reset(),
            Fault::reset_during(),
            Fault::reset_after(),
        ];
        for fault in &faults {
            let declared = DeclaredFault::from(fault);
            let text = serde_json::to_string(&declared).unwrap();
            let read: DeclaredFault = serde_json::from_str(&text).unwrap_or_else(|e| panic!("{text}: {e}"));
            assert_eq!(read, declared, "{text}");
            assert_eq!(DeclaredFault::from(&Fault::from(read)), declared, "{text}");
        }
    }

    #[test]
    fn what_makes_no_fault_is_refused() {
        for (text, reason) in [
            (r#"{"effect":"refusl"}"#, "unknown variant `refusl`"),
            (r#"{"effect":{"answer":{"status":99}}}"#, "99 is no status"),
            (r#"{"effect":{"answer":{"status":200,"headers":[["a b","c"]]}}}"#, "makes no header"),
            (r#"{"effect":{"answer":{"status":200,"body":"base64:?"}}}"#, "is no base64"),
            (r#"{"effect":{"delay":"soon"}}"#, "is no duration"),
            (r#"{"effect":"html","when":{"every":0}}"#, "1 is every call"),
            (r#"{"effect":"html","when":{"chance":{"probability":2,"seed":1}}}"#, "is no probability"),
            (r#"{"effect":"html","often":true}"#, "unknown field `often`"),
        ] {
            let refused = serde_json::from_str::<DeclaredFault>(text).unwrap_err().to_string();
            assert!(refused.contains(reason), "{text}: {refused}");
        }
    }
}
