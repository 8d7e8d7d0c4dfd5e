//! The vendors' own host names, and those of the instances service.

use crate::{Vendor, exchange::host_without_port};

/// Where the real instances service is (instances-service 1.1): SAP's regions, and the hosts from before SAP.
#[cfg_attr(not(any(feature = "serve", test)), expect(dead_code, reason = "listeners ask for it"))]
pub(crate) const INSTANCES_SERVICE: &[&str] = &[
    "api.openconnectors.*.ext.hana.ondemand.com",
    "api.cloud-elements.com",
    "staging.cloud-elements.com",
    "api.cloud-elements.co.uk",
];

impl Vendor {
    /// The vendor's own host names; `*` stands for any text.
    ///
    /// ```
    /// use rehearsal::Vendor;
    ///
    /// assert!(Vendor::Egnyte.hosts().contains(&"*.egnyte.com"));
    /// ```
    #[must_use]
    pub fn hosts(self) -> &'static [&'static str] {
        match self {
            // adobe-sign 1.1: web and API hosts under both domains, with and without a shard, and vanity names.
            Self::AdobeSign => &["*.echosign.com", "*.adobesign.com"],
            // bigcommerce 1: a store's own host, and the hosts for apps.
            Self::BigCommerce => &["*.mybigcommerce.com", "login.bigcommerce.com", "api.bigcommerce.com"],
            // box 1.1: account, api, upload, www, app and ent; downloads have a domain of their own.
            Self::Box => &["*.box.com", "*.boxcloud.com"],
            // egnyte 1: the label is the customer's domain; a government's cloud, and one that SDKs name.
            Self::Egnyte => &["*.egnyte.com", "*.egnytegov.com", "*.qa-egnyte.com"],
            // salesforce 1: login, test, My Domains, sandboxes, and instances such as na54; sites.
            Self::Salesforce => &["*.salesforce.com", "*.my.site.com"],
            // quickbooks 1 and 1.1; the last is OAuth 1.0's.
            Self::QuickBooks => &[
                "appcenter.intuit.com",
                "developer.intuit.com",
                "*.platform.intuit.com",
                "*.api.intuit.com",
                "oauth.intuit.com",
            ],
        }
    }

    /// Whose host this is, with or without a port.
    ///
    /// ```
    /// use rehearsal::Vendor;
    ///
    /// assert_eq!(Vendor::of_host("api.box.com:443"), Some(Vendor::Box));
    /// assert_eq!(Vendor::of_host("box.com.example.org"), None);
    /// ```
    #[must_use]
    pub fn of_host(host: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|vendor| is_among(vendor.hosts(), host))
    }
}

/// Whether one of `patterns` fits the host.
pub(crate) fn is_among(patterns: &[&str], host: &str) -> bool {
    let host = host_without_port(host);
    let host = host.strip_suffix('.').unwrap_or(host);
    patterns.iter().any(|pattern| fits(pattern, host))
}

fn fits(pattern: &str, host: &str) -> bool {
    let Some((before, after)) = pattern.split_once('*') else { return pattern.eq_ignore_ascii_case(host) };
    let Some(beyond) = host.len().checked_sub(after.len()).filter(|beyond| *beyond >= before.len()) else {
        return false;
    };
    let is = |text: Option<&str>, wanted: &str| text.is_some_and(|text| text.eq_ignore_ascii_case(wanted));
    is(host.get(..before.len()), before) && is(host.get(beyond..), after)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_is_its_vendors() {
        for (host, vendor) in [
            ("account.box.com", Vendor::Box),
            ("upload.box.com:443", Vendor::Box),
            ("WWW.Box.com.", Vendor::Box),
            ("login.salesforce.com", Vendor::Salesforce),
            ("na54.salesforce.com", Vendor::Salesforce),
            ("acme--sbx.sandbox.my.salesforce.com", Vendor::Salesforce),
            ("secure.echosign.com", Vendor::AdobeSign),
            ("api.na1.adobesign.com", Vendor::AdobeSign),
            ("acme.egnyte.com", Vendor::Egnyte),
            (".egnyte.com", Vendor::Egnyte),
            ("store-wuxeae6.mybigcommerce.com", Vendor::BigCommerce),
            ("login.bigcommerce.com", Vendor::BigCommerce),
            ("sandbox-quickbooks.api.intuit.com", Vendor::QuickBooks),
        ] {
            assert_eq!(Vendor::of_host(host), Some(vendor), "{host}");
        }
    }

    #[test]
    fn other_hosts_are_nobodys() {
        for host in
            ["", "127.0.0.1:4012", "[::1]:4012", "localhost", "box.com.example.org", "evilbox.com", "é.com"]
        {
            assert_eq!(Vendor::of_host(host), None, "{host}");
        }
        let service = |host| is_among(INSTANCES_SERVICE, host);
        assert!(service("api.openconnectors.us2.ext.hana.ondemand.com") && service("api.cloud-elements.com"));
        assert!(!service("api.openconnectors.ext.hana.ondemand.com"));
    }
}
