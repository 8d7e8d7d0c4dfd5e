//! Where requests may go: to the configured provider and to this machine, and nowhere else. A provider is at an address,
//! or at the vendor's own hosts behind a proxy.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use url::{Host, Url};

use super::{configuration::Values, connector::Connector, error::Error, template::Template};

/// What stands for the provider in a template.
const PROVIDER: &str = "{provider}";

/// Everything but the unreserved characters of RFC 3986.
pub(crate) const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// An address that may be called: where to connect, and the vendor's host name if it was asked for by name.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Destination {
    pub(crate) url: Url,
    pub(crate) host: Option<String>,
}

/// Which record an address is for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Meant<'s> {
    pub(crate) id: Option<&'s str>,
    /// The record that it belongs to.
    pub(crate) parent: Option<&'s str>,
    /// Of a list, the members that are needed of its records.
    pub(crate) fields: &'s [String],
}

/// An address that is neither the provider's nor on this machine.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Forbidden;

/// Where a vendor is.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Base<'a> {
    /// At one address, whatever its hosts are.
    At(&'a Url),
    /// At its own hosts.
    #[cfg_attr(not(any(feature = "tls", test)), expect(dead_code, reason = "the way there is by TLS"))]
    VendorHosts,
}

/// Makes addresses for one connector.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Addressing<'a> {
    pub(crate) connector: &'a Connector,
    pub(crate) base: Base<'a>,
    pub(crate) values: &'a Values,
}

impl Addressing<'_> {
    /// `template` as an address that may be called, for the record that is meant.
    pub(crate) fn destination(&self, template: &Template, meant: Meant<'_>) -> Result<Destination, Error> {
        let url = Url::parse(&self.expand(template, meant)?).map_err(|_| self.foreign(template))?;
        self.permit(&url).map_err(|Forbidden| self.foreign(template))
    }

    /// The text of `template`, for an address that a browser will open.
    pub(crate) fn expand(&self, template: &Template, meant: Meant<'_>) -> Result<String, Error> {
        let at_home;
        let template = match self.base {
            Base::At(_) => template,
            Base::VendorHosts => {
                at_home = self.at_home(template);
                at_home.as_ref().unwrap_or(template)
            }
        };
        template.expand(|key| match key {
            "provider" => self.base_text(),
            "id" => meant.id.and_then(segment).ok_or(Error::UnknownPath),
            "parent" => meant.parent.and_then(segment).ok_or(Error::UnknownPath),
            "fields" => Ok(encoded(&meant.fields.join(","))),
            // The path of a file, from the root of the account.
            "path" => meant.id.and_then(path).ok_or(Error::UnknownPath),
            address if self.is_address(address) => {
                self.values.get(address).map_or_else(|| self.base_text(), |value| Ok(without_slash(value)))
            }
            other => Ok(encoded(self.values.get(other).unwrap_or_default())),
        })
    }

    /// Whether `url` may be called, and how. A host of the vendor's is reached at the configured base URL, so that
    /// nothing leaves the machine.
    pub(crate) fn permit(&self, url: &Url) -> Result<Destination, Forbidden> {
        let plain =
            matches!(url.scheme(), "http" | "https") && url.username().is_empty() && url.password().is_none();
        if !plain {
            return Err(Forbidden);
        }
        let unchanged = || Ok(Destination { url: url.clone(), host: None });
        if is_loopback(url) {
            return unchanged();
        }
        let vendors = url.host_str().filter(|host| self.is_vendors(host));
        match self.base {
            Base::At(base) if same_place(url, base) => unchanged(),
            Base::At(base) => {
                let host = vendors.ok_or(Forbidden)?;
                let query = url.query().map(|query| format!("?{query}")).unwrap_or_default();
                let here = format!("{}{}{query}", without_slash(base.as_str()), url.path());
                Ok(Destination {
                    url: Url::parse(&here).map_err(|_| Forbidden)?,
                    host: Some(host.to_owned()),
                })
            }
            Base::VendorHosts if vendors.is_some() && url.scheme() == "https" => unchanged(),
            Base::VendorHosts => Err(Forbidden),
        }
    }

    /// Refuses values that would send calls elsewhere: addresses of other hosts, and labels that are none.
    pub(crate) fn check(&self, member: impl Fn(&str) -> String) -> Result<(), Error> {
        let service = &self.connector.service;
        for key in &service.addresses {
            let Some(value) = self.values.get(key) else { continue };
            let url = Url::parse(value).ok().filter(|url| url.query().is_none() && url.fragment().is_none());
            let url =
                url.ok_or_else(|| Error::wrong(member(key), "an http or https address without query"))?;
            self.permit(&url).map_err(|Forbidden| Error::ForeignHost { member: member(key) })?;
        }
        for key in &service.labels {
            if self.values.get(key).is_some_and(|value| !is_label(value)) {
                return Err(Error::wrong(member(key), "at most 63 letters, digits and hyphens"));
            }
        }
        Ok(())
    }

    /// Whether the value of `key` is an address that the vendor may be reached at.
    pub(crate) fn may_hold(&self, key: &str, value: &str) -> bool {
        !self.is_address(key) || Url::parse(value).is_ok_and(|url| self.permit(&url).is_ok())
    }

    fn is_address(&self, key: &str) -> bool {
        self.connector.service.addresses.iter().any(|address| address == key)
    }

    fn is_vendors(&self, host: &str) -> bool {
        self.connector.service.hosts.iter().any(|domain| {
            host.strip_suffix(domain.as_str()).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
        })
    }

    /// What stands for the provider where nothing more is known.
    fn base_text(&self) -> Result<String, Error> {
        match self.base {
            Base::At(base) => Ok(without_slash(base.as_str())),
            Base::VendorHosts => {
                let home = self.connector.service.home.get(PROVIDER);
                let home = home.ok_or_else(|| Error::NoProvider(self.connector.key.clone()))?;
                home.expand(|key| Ok(encoded(self.values.get(key).unwrap_or_default())))
            }
        }
    }

    /// The template as it reads at the vendor's own hosts, if it reads otherwise there.
    fn at_home(&self, template: &Template) -> Option<Template> {
        let text = template.to_string();
        let fitting =
            self.connector.service.home.iter().filter(|(begin, _)| text.starts_with(begin.as_str()));
        let (begin, home) = fitting.max_by_key(|(begin, _)| begin.len())?;
        Template::try_from(format!("{home}{}", &text[begin.len()..])).ok()
    }

    fn foreign(&self, template: &Template) -> Error {
        let key = template.keys().find(|key| self.is_address(key)).unwrap_or("provider");
        Error::ForeignHost { member: key.to_owned() }
    }
}

/// Text as one segment of a path, unless it would climb.
fn segment(text: &str) -> Option<String> {
    (!matches!(text, "" | "." | "..")).then(|| encoded(text))
}

fn path(text: &str) -> Option<String> {
    let segments: Option<Vec<_>> = text.trim_start_matches('/').split('/').map(segment).collect();
    segments.map(|segments| segments.join("/"))
}

fn without_slash(address: &str) -> String {
    address.trim_end_matches('/').to_owned()
}

fn encoded(text: &str) -> String {
    utf8_percent_encode(text, SEGMENT).to_string()
}

fn same_place(one: &Url, other: &Url) -> bool {
    one.scheme() == other.scheme()
        && one.host() == other.host()
        && one.port_or_known_default() == other.port_or_known_default()
}

fn is_loopback(url: &Url) -> bool {
    // Without TLS, an https address on this machine cannot be called.
    url.scheme() == "http"
        && match url.host() {
            Some(Host::Ipv4(address)) => address.is_loopback(),
            Some(Host::Ipv6(address)) => address.is_loopback(),
            Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
            None => false,
        }
}

fn is_label(text: &str) -> bool {
    let fits = (1..=63).contains(&text.len()) && !text.starts_with('-') && !text.ends_with('-');
    fits && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::instances::catalog::Catalog;

    fn with<T>(key: &str, sent: &serde_json::Value, check: impl FnOnce(Addressing<'_>) -> T) -> T {
        let catalog = Catalog::embedded().unwrap();
        let base = Url::parse("http://127.0.0.1:9000/").unwrap();
        let values = Values::parse(sent.as_object().unwrap()).unwrap();
        check(Addressing { connector: catalog.find(key).unwrap(), base: Base::At(&base), values: &values })
    }

    #[test]
    fn at_the_vendors_own_hosts_each_address_is_the_vendors() {
        let catalog = Catalog::embedded().unwrap();
        for (key, sent, template, wanted) in [
            (
                "box",
                json!({}),
                "{provider}/api/oauth2/authorize",
                "https://account.box.com/api/oauth2/authorize",
            ),
            ("box", json!({}), "{provider}/2.0/users/me", "https://api.box.com/2.0/users/me"),
            (
                "egnyte",
                json!({"subdomain": "acme"}),
                "{provider}/{subdomain}/puboauth/token",
                "https://acme.egnyte.com/puboauth/token",
            ),
            (
                "egnyte",
                json!({"subdomain": "acme"}),
                "{provider}/pubapi/v1/userinfo",
                "https://acme.egnyte.com/pubapi/v1/userinfo",
            ),
            (
                "sfdc",
                json!({}),
                "{site.address}/services/oauth2/token",
                "https://login.salesforce.com/services/oauth2/token",
            ),
            (
                "sfdc",
                json!({"base.url": "https://na54.salesforce.com"}),
                "{base.url}/services/data/v60.0/limits",
                "https://na54.salesforce.com/services/data/v60.0/limits",
            ),
            (
                "adobe-esign",
                json!({}),
                "{provider}/oauth/token",
                "https://secure.na1.echosign.com/oauth/token",
            ),
            (
                "quickbooks",
                json!({}),
                "{provider}/connect/oauth2",
                "https://appcenter.intuit.com/connect/oauth2",
            ),
        ] {
            let values = Values::parse(sent.as_object().unwrap()).unwrap();
            let connector = catalog.find(key).unwrap();
            let addressing = Addressing { connector, base: Base::VendorHosts, values: &values };
            let template = Template::try_from(template.to_owned()).unwrap();
            let destination = addressing.destination(&template, Meant::default()).unwrap();
            assert_eq!((destination.url.as_str(), destination.host), (wanted, None), "{key}");
        }
        let (values, connector) = (Values::default(), catalog.find("box").unwrap());
        let addressing = Addressing { connector, base: Base::VendorHosts, values: &values };
        let permits = |address: &str| addressing.permit(&Url::parse(address).unwrap()).is_ok();
        assert!(permits("https://upload.box.com/api/2.0/files") && permits("http://127.0.0.1:9/x"));
        assert!(!permits("http://api.box.com/2.0/users/me") && !permits("https://example.org/"));
    }

    fn permitted(key: &str, address: &str) -> Option<(String, Option<String>)> {
        with(key, &json!({}), |addressing| {
            let destination = addressing.permit(&Url::parse(address).unwrap()).ok()?;
            Some((destination.url.to_string(), destination.host))
        })
    }

    #[test]
    fn hosts_of_the_vendor_are_reached_at_the_base_url() {
        assert_eq!(
            permitted("bigcommerce", "https://store-wuxeae6.mybigcommerce.com/api/v2/products?a=b"),
            Some((
                "http://127.0.0.1:9000/api/v2/products?a=b".to_owned(),
                Some("store-wuxeae6.mybigcommerce.com".to_owned())
            ))
        );
        let here = "http://127.0.0.1:7/api";
        assert_eq!(permitted("bigcommerce", here), Some((here.to_owned(), None)));
        assert!(permitted("bigcommerce", "http://acme.localhost:9000/x").is_some());
    }

    #[test]
    fn no_other_host_is_called() {
        for address in [
            "https://example.com/",
            "https://evilmybigcommerce.com/",
            "https://mybigcommerce.com.evil.test/",
            "https://user:pass@store.mybigcommerce.com/",
            "https://store.mybigcommerce.com@evil.test/",
            "http://10.0.0.1/",
            "ftp://127.0.0.1/",
            "https://127.0.0.1:9000/",
        ] {
            assert_eq!(permitted("bigcommerce", address), None, "{address}");
        }
    }

    #[test]
    fn values_in_a_path_are_encoded_and_cannot_climb() {
        with("sfdc", &json!({"base.url": "https://na1.salesforce.com/"}), |addressing| {
            let item = addressing.connector.service.objects[0].item.as_ref().unwrap();
            let destination =
                addressing.destination(&item.url, Meant { id: Some("a/b?c"), ..Meant::default() }).unwrap();
            assert_eq!(
                destination.url.as_str(),
                "http://127.0.0.1:9000/services/data/v60.0/sobjects/Account/a%2Fb%3Fc"
            );
            assert_eq!(destination.host.as_deref(), Some("na1.salesforce.com"));
            assert!(addressing.destination(&item.url, Meant { id: Some(".."), ..Meant::default() }).is_err());
        });
    }

    #[test]
    fn addresses_and_labels_are_checked_before_they_are_kept() {
        let check = |key: &str, sent| with(key, &sent, |addressing| addressing.check(str::to_owned));
        assert!(check("egnyte", json!({"subdomain": "cloud-elements1"})).is_ok());
        for label in ["a/b", "a?b", "a#b", "a@b", "a:b", "-a", "a.b", "ä"] {
            assert!(check("egnyte", json!({"subdomain": label})).is_err(), "{label}");
        }
        assert!(matches!(
            check("bigcommerce", json!({"store.url": "https://example.com/api/v2"})),
            Err(Error::ForeignHost { .. })
        ));
        for address in ["store-1.mybigcommerce.com/api/v2", "http://127.0.0.1/?a=b", "http://127.0.0.1/#a"] {
            assert!(check("bigcommerce", json!({"store.url": address})).is_err(), "{address}");
        }
    }
}
