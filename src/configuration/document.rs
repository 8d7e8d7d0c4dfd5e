//! What a configuration file holds.

use std::{
    collections::BTreeMap,
    fs, io,
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};
use toml::Spanned;

use super::{
    error::{ConfigurationError, Place},
    policy::PolicySection,
    target::TargetSection,
};
use crate::{
    Consent, Secret, Timestamp, Vendor,
    fault::DeclaredFault,
    journal::Bounds,
    oauth::{Flow, Policy},
    secret::exposed,
};

/// A configuration and the file it was read from.
pub(crate) struct Configuration {
    pub(super) path: PathBuf,
    pub(super) text: String,
    pub(super) document: Document,
}

#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Document {
    #[serde(default)]
    pub(super) tenants: BTreeMap<Spanned<String>, TenantSection>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) target: Option<TargetSection>,
}

/// How a tenant begins.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct TenantSection {
    pub(super) consent: Option<Consent>,
    /// Where its clock stands still.
    #[serde(with = "moment")]
    pub(super) clock: Option<Timestamp>,
    /// How much its journal keeps.
    pub(super) journal: Option<Bounds>,
    pub(super) adobe_sign: Option<VendorSection>,
    pub(super) bigcommerce: Option<VendorSection>,
    pub(super) r#box: Option<VendorSection>,
    pub(super) egnyte: Option<VendorSection>,
    pub(super) quickbooks: Option<VendorSection>,
    pub(super) salesforce: Option<VendorSection>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) faults: Vec<Spanned<DeclaredFault>>,
}

/// What a tenant has at a vendor when it begins.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct VendorSection {
    /// Laid over the policy.
    pub(super) replay_protection: Option<bool>,
    pub(super) policy: PolicySection,
    /// Its names are the vendor's; see the `Switches` of each.
    pub(super) switches: Option<Spanned<toml::Table>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) apps: Vec<AppSection>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) users: Vec<UserSection>,
}

#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(super) struct AppSection {
    pub(super) client_id: Spanned<String>,
    #[serde(serialize_with = "masked", deserialize_with = "exposed::deserialize")]
    pub(super) client_secret: Secret,
    pub(super) name: Option<String>,
    pub(super) redirect_uris: Option<Vec<String>>,
    pub(super) scopes: Option<Vec<String>>,
    pub(super) flow: Option<Flow>,
    pub(super) active: Option<bool>,
}

#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(super) struct UserSection {
    pub(super) login: Spanned<String>,
    #[serde(serialize_with = "masked", deserialize_with = "exposed::deserialize")]
    pub(super) password: Secret,
    pub(super) id: Option<String>,
    pub(super) name: Option<String>,
    pub(super) email: Option<String>,
    /// Egnyte's domain, BigCommerce's store hash, Salesforce's org id.
    pub(super) realm: Option<String>,
}

fn masked<S: serde::Serializer>(secret: &Secret, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(&format_args!("{secret:?}"))
}

impl VendorSection {
    /// The vendor's own policy with what is declared.
    pub(super) fn policy_over(&self, vendors: Policy) -> Policy {
        let policy = self.policy.over(vendors);
        self.replay_protection.map_or(policy, |on| policy.with_replay_protection(on))
    }
}

impl TenantSection {
    pub(super) fn vendor(&self, vendor: Vendor) -> Option<&VendorSection> {
        match vendor {
            Vendor::AdobeSign => &self.adobe_sign,
            Vendor::BigCommerce => &self.bigcommerce,
            Vendor::Box => &self.r#box,
            Vendor::Egnyte => &self.egnyte,
            Vendor::QuickBooks => &self.quickbooks,
            Vendor::Salesforce => &self.salesforce,
        }
        .as_ref()
    }

    pub(super) fn vendor_mut(&mut self, vendor: Vendor) -> &mut Option<VendorSection> {
        match vendor {
            Vendor::AdobeSign => &mut self.adobe_sign,
            Vendor::BigCommerce => &mut self.bigcommerce,
            Vendor::Box => &mut self.r#box,
            Vendor::Egnyte => &mut self.egnyte,
            Vendor::QuickBooks => &mut self.quickbooks,
            Vendor::Salesforce => &mut self.salesforce,
        }
    }
}

impl Configuration {
    /// Reads the file at `path`.
    pub(crate) fn read(path: &Path) -> Result<Self, ConfigurationError> {
        let text = fs::read_to_string(path).map_err(|source| match source.kind() {
            io::ErrorKind::NotFound => ConfigurationError::Missing(path.to_owned()),
            _ => ConfigurationError::Read { path: path.to_owned(), source },
        })?;
        Self::parse(path, text)
    }

    /// The service under test.
    pub(crate) fn target(self) -> Option<TargetSection> {
        self.document.target
    }

    /// Reads `text`, which stands in the file at `path`.
    pub(crate) fn parse(path: &Path, text: String) -> Result<Self, ConfigurationError> {
        let document = toml::from_str(&text).map_err(|error| {
            let offset = error.span().map_or(0, |span| span.start);
            let place = Place::new(path.to_owned(), &text, offset);
            // The library's own text would show the line, which may hold a secret.
            ConfigurationError::Malformed { place, message: error.message().trim().replace('\n', ", ") }
        })?;
        Ok(Self { path: path.to_owned(), text, document })
    }
}

/// A moment as `2026-03-01T12:00:00Z`.
mod moment {
    use serde::{Deserialize, Deserializer, Serializer, de};

    use crate::Timestamp;

    pub(super) fn serialize<S: Serializer>(
        moment: &Option<Timestamp>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        match moment {
            Some(moment) => serializer.serialize_some(&moment.strftime("%Y-%m-%dT%H:%M:%S%.fZ")),
            None => serializer.serialize_none(),
        }
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<Timestamp>, D::Error> {
        let text = String::deserialize(deserializer)?;
        let moment: jiff::Timestamp = text.parse().map_err(|_| {
            de::Error::custom(format_args!("{text:?} is no moment; write it as \"2026-03-01T12:00:00Z\""))
        })?;
        Ok(Some(Timestamp::from_millis(moment.as_millisecond())))
    }
}
