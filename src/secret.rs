//! Values that must not reach a log, a report or a `Debug`.

use std::{fmt, sync::Arc};

use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{self, Visitor},
};
use subtle::ConstantTimeEq;

/// A password, client secret, code or token. Prints as `••••`, has no `Display`, compares in constant time.
#[derive(Clone, Eq)]
pub struct Secret(Arc<str>);

impl Secret {
    /// Wraps `text`.
    pub fn new(text: impl Into<Arc<str>>) -> Self {
        Self(text.into())
    }

    /// The text itself, for the one place that must send or store it.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Whether `text` is this secret.
    #[must_use]
    pub fn matches(&self, text: &str) -> bool {
        same(&self.0, text)
    }
}

/// Whether two texts are the same, in a time that does not tell where they differ.
pub(crate) fn same(one: &str, other: &str) -> bool {
    one.as_bytes().ct_eq(other.as_bytes()).into()
}

impl PartialEq for Secret {
    fn eq(&self, other: &Self) -> bool {
        self.matches(&other.0)
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("••••")
    }
}

impl From<String> for Secret {
    fn from(text: String) -> Self {
        Self::new(text)
    }
}

impl From<&str> for Secret {
    fn from(text: &str) -> Self {
        Self::new(text)
    }
}

/// A secret that is written in the clear: for the fields of files that are meant to hold secrets, and for nothing else.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Exposed(pub(crate) Secret);

impl Serialize for Exposed {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.0.expose())
    }
}

impl<'de> Deserialize<'de> for Exposed {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // Not asked for a text: the refusal of a number would repeat it.
        deserializer.deserialize_any(Written)
    }
}

/// A secret as it is read. What is wrong with it is told without it.
struct Written;

impl Visitor<'_> for Written {
    type Value = Exposed;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a secret, which is a text in quotes")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Exposed, E> {
        Ok(Exposed(text.into()))
    }

    fn visit_u64<E: de::Error>(self, _: u64) -> Result<Exposed, E> {
        Err(E::custom("a secret is a text in quotes, and not a number"))
    }

    fn visit_i64<E: de::Error>(self, _: i64) -> Result<Exposed, E> {
        self.visit_u64(0)
    }

    fn visit_f64<E: de::Error>(self, _: f64) -> Result<Exposed, E> {
        self.visit_u64(0)
    }
}

/// The same for a [`Secret`] itself, by `#[serde(with = "exposed")]`.
pub(crate) mod exposed {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    use super::{Exposed, Secret};

    pub(crate) fn serialize<S: Serializer>(secret: &Secret, serializer: S) -> Result<S::Ok, S::Error> {
        Exposed(secret.clone()).serialize(serializer)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Secret, D::Error> {
        Exposed::deserialize(deserializer).map(|exposed| exposed.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_never_prints_itself() {
        let secret = Secret::from("hunter2");
        assert_eq!(format!("{secret:?}"), "••••");
        assert!(secret.matches("hunter2"));
        assert!(!secret.matches("hunter"));
    }

    #[test]
    fn what_is_no_secret_is_refused_without_being_told() {
        for text in ["123456789", "-12345", "1234.5", "true", "[\"hunter2\"]", "{\"a\":\"hunter2\"}"] {
            let error = serde_json::from_str::<Exposed>(text).unwrap_err().to_string();
            assert!(
                error.contains("text in quotes") && !error.contains("1234") && !error.contains("hunter2"),
                "{error}"
            );
        }
    }

    #[test]
    fn an_exposed_secret_is_written_and_still_not_printed() {
        let exposed = Exposed("hunter2".into());
        let text = serde_json::to_string(&exposed).unwrap();
        assert_eq!(text, "\"hunter2\"");
        assert_eq!(serde_json::from_str::<Exposed>(&text).unwrap(), exposed);
        assert!(!format!("{exposed:?}").contains("hunter2"));
    }
}
