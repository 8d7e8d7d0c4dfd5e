//! The vendors whose stand-ins live here.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize, Serializer};

/// A vendor of an API that software integrates with over OAuth 2.0 or Basic credentials.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Deserialize)]
#[serde(try_from = "String")]
#[non_exhaustive]
pub enum Vendor {
    /// Adobe Acrobat Sign, formerly EchoSign.
    AdobeSign,
    /// BigCommerce, both the legacy Basic accounts and apps with `X-Auth-Token`.
    BigCommerce,
    /// Box.
    Box,
    /// Egnyte.
    Egnyte,
    /// Salesforce.
    Salesforce,
}

impl Vendor {
    /// Every vendor, in the order in which `serve` gives out ports.
    pub const ALL: [Self; 5] =
        [Self::AdobeSign, Self::BigCommerce, Self::Box, Self::Egnyte, Self::Salesforce];

    /// The name used in commands, configuration and JSON: `adobe-sign`, `bigcommerce`, `box`, `egnyte`,
    /// `salesforce`.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::AdobeSign => "adobe-sign",
            Self::BigCommerce => "bigcommerce",
            Self::Box => "box",
            Self::Egnyte => "egnyte",
            Self::Salesforce => "salesforce",
        }
    }

    /// The name a person would write.
    #[must_use]
    pub fn display_name(self) -> &'static str {
        match self {
            Self::AdobeSign => "Adobe Sign",
            Self::BigCommerce => "BigCommerce",
            Self::Box => "Box",
            Self::Egnyte => "Egnyte",
            Self::Salesforce => "Salesforce",
        }
    }

    pub(crate) fn index(self) -> usize {
        self as usize
    }
}

impl fmt::Display for Vendor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.key())
    }
}

/// A text that names no vendor.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no vendor is called {0:?}; there are adobe-sign, bigcommerce, box, egnyte and salesforce")]
pub struct UnknownVendor(String);

impl FromStr for Vendor {
    type Err = UnknownVendor;

    fn from_str(key: &str) -> Result<Self, UnknownVendor> {
        Self::ALL.into_iter().find(|vendor| vendor.key() == key).ok_or_else(|| UnknownVendor(key.to_owned()))
    }
}

impl Serialize for Vendor {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.key())
    }
}

impl TryFrom<String> for Vendor {
    type Error = UnknownVendor;

    fn try_from(key: String) -> Result<Self, UnknownVendor> {
        key.parse()
    }
}
