//! Where Intuit's answers changed over the years, or differ by configuration: which of them a tenant gets.

use serde::{Deserialize, Serialize};

use crate::{providers::quickbooks::Site, tenant::Tenant};

/// The issuer of id tokens. Intuit's own clients compare it with this text (QBO-019).
pub const ISSUER: &str = "https://oauth.platform.intuit.com/op/v1";

/// Which of Intuit's answers a tenant gets. The default is what is seen today.
///
/// ```
/// use rehearsal::{Stage, Vendor, providers::quickbooks::Profile};
///
/// let stage = Stage::new();
/// let tenant = stage.tenant();
/// // A client that was written in 2020 shall meet the Intuit of 2020.
/// Profile::of_2020().apply_to(&tenant);
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Profile {
    /// Whose keys the apps have. It decides which redirect URIs may be registered (QBO-013), and on which of Intuit's
    /// API hosts their tokens are good (QBO-045).
    pub environment: Environment,
    /// Whether OAuth errors have `error_description` before `error`, as until about 2022 (QBO-029).
    pub description_first: bool,
    /// Whether refresh tokens have 50 characters and start with `AB1`, as until about 2024 (QBO-022).
    pub long_refresh_tokens: bool,
    /// Whether `intuit_tid` is a UUID, as until about 2020 (QBO-050).
    pub uuid_transactions: bool,
    /// Whether a call that wants XML is refused by the general fault 100 instead of 3200 (QBO-043).
    pub general_xml_fault: bool,
    /// Whether the error page says what is wrong with a redirect URI, as before 2026.
    pub explained_redirects: bool,
    /// What id tokens and the discovery document name as their issuer.
    pub issuer: String,
}

/// Whose keys an app has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Environment {
    /// Development keys: sandbox companies only.
    #[default]
    Development,
    /// Production keys: real companies only.
    Production,
}

impl Profile {
    /// What was seen about the year 2020.
    #[must_use]
    pub fn of_2020() -> Self {
        Self {
            environment: Environment::Development,
            description_first: true,
            long_refresh_tokens: true,
            uuid_transactions: true,
            general_xml_fault: true,
            explained_redirects: true,
            issuer: ISSUER.to_owned(),
        }
    }

    /// Lets `tenant` get these answers from now on.
    pub fn apply_to(self, tenant: &Tenant) {
        tenant.site::<Site>().adopt(self);
    }
}

impl Default for Profile {
    fn default() -> Self {
        Self {
            environment: Environment::default(),
            description_first: false,
            long_refresh_tokens: false,
            uuid_transactions: false,
            general_xml_fault: false,
            explained_redirects: false,
            issuer: ISSUER.to_owned(),
        }
    }
}
