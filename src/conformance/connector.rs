//! The connectors the suite plays with: what a caller must know of each, as the product's documents give it.

use std::{fmt, str::FromStr};

use crate::Vendor;

/// How a connector authenticates.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Authentication {
    /// With a code of OAuth 2.0.
    Code,
    /// With the name and password of an account.
    Password,
}

/// An object of a connector, and how one recognises that the provider was asked for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Resource {
    /// The name in the path of the service.
    pub(crate) name: &'static str,
    /// A part of the path or query with which the provider is asked.
    pub(crate) behind: &'static str,
}

/// An object of the vendor that a resource of the user can be mapped to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Mappable {
    /// The vendor's name of the object.
    pub(crate) vendor_name: &'static str,
    /// A field that every entry of it has.
    pub(crate) vendor_path: &'static str,
}

/// A connector of the instances service.
#[derive(Debug, PartialEq, Eq)]
pub struct Connector {
    pub(crate) key: &'static str,
    pub(crate) vendor: Vendor,
    pub(crate) hub: &'static str,
    pub(crate) authentication: Authentication,
    /// Two canonical objects that can be listed without parameters.
    pub(crate) resources: [Resource; 2],
    pub(crate) mappable: Mappable,
    /// A path of the provider that answers 200 to whoever shows a good credential, and 401 to everybody else. `{realm}`
    /// stands for the user's company.
    pub(crate) probe: &'static str,
}

/// All connectors, in the order of the reports.
pub static ALL: [Connector; 6] = [
    Connector {
        key: "adobe-esign",
        vendor: Vendor::AdobeSign,
        hub: "esignature",
        authentication: Authentication::Code,
        resources: [
            Resource { name: "agreements", behind: "/agreements" },
            Resource { name: "users", behind: "/users" },
        ],
        mappable: Mappable { vendor_name: "agreements", vendor_path: "name" },
        probe: "/api/rest/v5/agreements",
    },
    Connector {
        key: "bigcommerce",
        vendor: Vendor::BigCommerce,
        hub: "ecommerce",
        authentication: Authentication::Password,
        resources: [
            Resource { name: "products", behind: "/products" },
            Resource { name: "customers", behind: "/customers" },
        ],
        mappable: Mappable { vendor_name: "products", vendor_path: "name" },
        probe: "/api/v2/time",
    },
    Connector {
        key: "box",
        vendor: Vendor::Box,
        hub: "documents",
        authentication: Authentication::Code,
        resources: [
            Resource { name: "files", behind: "/folders/" },
            Resource { name: "folders", behind: "/folders/" },
        ],
        mappable: Mappable { vendor_name: "folders", vendor_path: "name" },
        probe: "/2.0/users/me",
    },
    Connector {
        key: "egnyte",
        vendor: Vendor::Egnyte,
        hub: "documents",
        authentication: Authentication::Code,
        resources: [Resource { name: "files", behind: "/fs/" }, Resource { name: "folders", behind: "/fs/" }],
        mappable: Mappable { vendor_name: "folders", vendor_path: "name" },
        probe: "/pubapi/v1/userinfo",
    },
    Connector {
        key: "quickbooks",
        vendor: Vendor::QuickBooks,
        hub: "finance",
        authentication: Authentication::Code,
        resources: [
            Resource { name: "customers", behind: "Customer" },
            Resource { name: "invoices", behind: "Invoice" },
        ],
        mappable: Mappable { vendor_name: "Customer", vendor_path: "DisplayName" },
        probe: "/v3/company/{realm}/companyinfo/{realm}",
    },
    Connector {
        key: "sfdc",
        vendor: Vendor::Salesforce,
        hub: "crm",
        authentication: Authentication::Code,
        resources: [
            Resource { name: "accounts", behind: "Account" },
            Resource { name: "contacts", behind: "Contact" },
        ],
        // A field that the vendor answers only when it is asked for.
        mappable: Mappable { vendor_name: "Account", vendor_path: "Industry" },
        probe: "/services/data/v60.0/query?q=SELECT+Id+FROM+Account",
    },
];

impl Connector {
    /// The connector's key, as in `POST /instances`.
    #[must_use]
    pub fn key(&self) -> &'static str {
        self.key
    }

    /// The vendor it connects to.
    #[must_use]
    pub fn vendor(&self) -> Vendor {
        self.vendor
    }

    /// The connector called `key`, if there is one.
    #[must_use]
    pub fn find(key: &str) -> Option<&'static Self> {
        ALL.iter().find(|connector| connector.key == key)
    }

    pub(crate) fn takes_codes(&self) -> bool {
        self.authentication == Authentication::Code
    }
}

impl fmt::Display for Connector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.key)
    }
}

/// A connector in a report, by its key.
pub(crate) mod by_key {
    use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

    use super::{Connector, UnknownConnector};

    pub(crate) fn serialize<S: Serializer>(
        connector: &Option<&'static Connector>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        connector.map(Connector::key).serialize(serializer)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<&'static Connector>, D::Error> {
        let key = Option::<String>::deserialize(deserializer)?;
        let find = |key: String| Connector::find(&key).ok_or(UnknownConnector(key));
        key.map(find).transpose().map_err(de::Error::custom)
    }
}

/// A text that names no connector.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no connector is called {0:?}; there are adobe-esign, bigcommerce, box, egnyte, quickbooks and sfdc")]
pub struct UnknownConnector(String);

/// A connector by name, as it stands on a command line: its key, or the key of its vendor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ConnectorName(pub &'static Connector);

impl FromStr for ConnectorName {
    type Err = UnknownConnector;

    fn from_str(name: &str) -> Result<Self, UnknownConnector> {
        let named = |connector: &&Connector| connector.key == name || connector.vendor.key() == name;
        ALL.iter().find(named).map(Self).ok_or_else(|| UnknownConnector(name.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_connector_answers_to_its_key_and_to_its_vendor() {
        let adobe: Vec<_> =
            ["adobe-esign", "adobe-sign"].iter().map(|name| name.parse::<ConnectorName>()).collect();
        assert_eq!(adobe[0], adobe[1]);
        assert!("echosign".parse::<ConnectorName>().is_err());
    }
}
