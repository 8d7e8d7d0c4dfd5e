//! Which customer a call is addressed to (EGN-001).

use std::borrow::Cow;

use crate::{
    exchange::Reply,
    oauth::Refusal,
    providers::{
        call::Call,
        egnyte::{Site, errors},
    },
    tenant::Holder,
};

/// Where customers have their hosts; the last is for a resolver that knows `*.localhost`.
const HOSTS: [&str; 4] = [".egnyte.com", ".egnytegov.com", ".qa-egnyte.com", ".localhost"];

/// What the paths of the vendor start with. Any other first segment is a domain.
const ROOTS: [&str; 2] = ["puboauth", "pubapi"];

/// A call's domain, and its path there.
#[derive(Debug)]
pub(super) struct Address<'c> {
    domain: Domain<'c>,
    segments: Vec<&'c str>,
    /// How many segments name the domain.
    skipped: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Domain<'c> {
    /// None is named: that of the credential.
    OfCredential,
    /// The first label of the host.
    InHost(&'c str),
    /// The first segment of the path.
    InPath(&'c str),
}

impl<'c> Address<'c> {
    pub(super) fn of(call: &'c Call<'_>) -> Self {
        let segments = call.segments();
        let (domain, skipped) = match (in_host(call.host()), segments.as_slice()) {
            (Some(label), _) => (Domain::InHost(label), 0),
            // The template `/{domain}/…`, with nothing put in.
            (None, [first, ..]) if ROOTS.contains(first) && call.request().uri().path().starts_with("//") => {
                (Domain::InPath(""), 0)
            }
            (None, [first, ..]) if !ROOTS.contains(first) => (Domain::InPath(first), 1),
            (None, _) => (Domain::OfCredential, 0),
        };
        Self { domain, segments, skipped }
    }

    /// The segments of the path at the customer's host.
    pub(super) fn path(&self) -> &[&'c str] {
        &self.segments[self.skipped..]
    }

    /// The domain that is named, if one is.
    pub(super) fn domain(&self) -> Option<&'c str> {
        match self.domain {
            Domain::OfCredential => None,
            Domain::InHost(domain) | Domain::InPath(domain) => Some(domain),
        }
    }

    /// What stands before the vendor's paths, on the address that the call came in on.
    pub(super) fn prefix(&self) -> String {
        match self.domain {
            Domain::InPath(domain) => format!("/{domain}"),
            Domain::InHost(_) | Domain::OfCredential => String::new(),
        }
    }

    /// The same for a URL that is handed out, which must name the domain by itself.
    pub(super) fn root(&self, call: &Call<'_>, domain: &str) -> String {
        match self.domain {
            Domain::InHost(_) => call.base(),
            Domain::InPath(_) | Domain::OfCredential => format!("{}/{domain}", call.base()),
        }
    }

    /// Refuses a domain that no customer has (EGN-062).
    pub(super) fn check(&self, site: &Site) -> Result<(), Reply> {
        match self.domain() {
            Some(domain) if domain.is_empty() || holder(site, domain) == Holder::Nobody => {
                Err(errors::unknown_domain(domain))
            }
            _ => Ok(()),
        }
    }

    /// Whether the domain that is named is another tenant's, where nothing of this one counts.
    pub(super) fn is_foreign(&self, site: &Site) -> bool {
        self.domain().is_some_and(|domain| holder(site, domain) == Holder::Another)
    }

    /// Whether something of `domain` counts here.
    pub(super) fn admits(&self, domain: &str) -> Result<(), Refusal> {
        let is_it = |named: &str| named.eq_ignore_ascii_case(domain);
        if self.domain().is_none_or(is_it) { Ok(()) } else { Err(Refusal::OtherRealm) }
    }
}

/// `domain` as it is registered: a host has no case.
pub(super) fn lower(domain: &str) -> Cow<'_, str> {
    if domain.bytes().any(|byte| byte.is_ascii_uppercase()) {
        domain.to_ascii_lowercase().into()
    } else {
        domain.into()
    }
}

fn holder(site: &Site, domain: &str) -> Holder {
    site.auth.claims().holder(&lower(domain))
}

fn in_host(host: &str) -> Option<&str> {
    let below = |suffix: &&str| {
        let (label, end) = host.split_at_checked(host.len().checked_sub(suffix.len())?)?;
        end.eq_ignore_ascii_case(suffix).then_some(label)
    };
    HOSTS.iter().find_map(below)?.split('.').next()
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;

    fn addressed(host: &str, target: &str) -> (Option<String>, Vec<String>) {
        let request = http::Request::get(target).header("host", host).body(Bytes::new()).unwrap();
        let call = Call::new(&request);
        let at = Address::of(&call);
        let path = at.path().iter().map(|segment| (*segment).to_owned()).collect();
        (at.domain().map(ToOwned::to_owned), path)
    }

    #[test]
    fn a_domain_is_named_by_host_or_path() {
        let path = vec!["puboauth".to_owned(), "token".to_owned()];
        let named = |domain: &str| (Some(domain.to_owned()), path.clone());
        assert_eq!(addressed("acme.egnyte.com", "/puboauth/token"), named("acme"));
        assert_eq!(addressed("Acme.Egnyte.COM", "/puboauth/token"), named("Acme"));
        assert_eq!(addressed("acme.localhost:4013", "/puboauth/token"), named("acme"));
        assert_eq!(addressed("127.0.0.1:4013", "/acme/puboauth/token"), named("acme"));
        assert_eq!(addressed("127.0.0.1:4013", "/puboauth/token"), (None, path.clone()));
        assert_eq!(addressed("localhost:4013", "/puboauth/token"), (None, path.clone()));
        assert_eq!(addressed(".egnyte.com", "/puboauth/token"), named(""), "EGN-062");
        assert_eq!(addressed("127.0.0.1:4013", "//puboauth/token"), named(""), "EGN-062");
        assert_eq!(addressed("127.0.0.1:4013", "/"), (None, Vec::new()));
    }
}
