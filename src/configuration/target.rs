//! The section `[target]`: the service under test, for `check`, `doctor` and `clean`.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

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
#[serde(default, deny_unknown_fields)]
pub(crate) struct SecretSource {
    /// A variable of the environment.
    pub(crate) env: Option<String>,
    /// A file that holds nothing else.
    pub(crate) file: Option<PathBuf>,
}
