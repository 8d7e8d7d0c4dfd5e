//! The section `[target]`: the service under test, for `check`, `doctor` and `clean`.

use std::{fmt, path::PathBuf};

use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{self, MapAccess, Visitor, value::MapAccessDeserializer},
};

/// The service under test.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct TargetSection {
    /// Where it is.
    pub(crate) url: Option<String>,
    /// A command that starts it.
    pub(crate) launch: Option<String>,
    /// How many seconds it may take until it answers.
    pub(crate) launch_timeout: Option<u64>,
    /// The first of the ports at which it knows the vendors.
    pub(crate) port_base: Option<u16>,
    /// Who calls it.
    pub(crate) caller: Option<CallerSection>,
    /// Another caller, of another organization.
    pub(crate) second_caller: Option<CallerSection>,
    /// The connectors it has.
    pub(crate) connectors: Option<Vec<String>>,
    /// What it can do beyond the core.
    pub(crate) capabilities: Option<Vec<String>>,
    /// How many seconds a step may take.
    pub(crate) timeout: Option<f64>,
    /// Scenarios that are known to fail.
    pub(crate) known_failures: Option<PathBuf>,
}

/// Secrets are never in the file itself.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct CallerSection {
    pub(crate) user_secret: SecretSource,
    pub(crate) organization_secret: SecretSource,
}

/// Where a secret is.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields, remote = "Self")]
pub(crate) struct SecretSource {
    /// A variable of the environment.
    pub(crate) env: Option<String>,
    /// A file that holds nothing else.
    pub(crate) file: Option<PathBuf>,
}

impl Serialize for SecretSource {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Self::serialize(self, serializer)
    }
}

impl<'de> Deserialize<'de> for SecretSource {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Written)
    }
}

/// Who writes the secret itself must not find it in an error.
struct Written;

impl<'de> Visitor<'de> for Written {
    type Value = SecretSource;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("where the secret is")
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<SecretSource, A::Error> {
        SecretSource::deserialize(MapAccessDeserializer::new(map))
    }

    fn visit_str<E: de::Error>(self, _: &str) -> Result<SecretSource, E> {
        Err(E::custom(
            "a secret does not stand here; write where it is: { env = \"NAME\" } or { file = \"PATH\" }",
        ))
    }

    fn visit_i64<E: de::Error>(self, _: i64) -> Result<SecretSource, E> {
        self.visit_str("")
    }

    fn visit_f64<E: de::Error>(self, _: f64) -> Result<SecretSource, E> {
        self.visit_str("")
    }
}
