//! How the service talks to a vendor: hosts, OAuth endpoints, credentials, and what refusals mean.

use std::collections::BTreeMap;

use http::StatusCode;
use serde::Deserialize;

use super::{Object, Place, parsed, status};
use crate::{Vendor, instances::template::Template};

/// How the service talks to the vendor.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Wiring {
    #[serde(deserialize_with = "parsed")]
    pub(crate) vendor: Vendor,
    /// The connector that this one is an extended copy of; instances show it as `elementId`.
    #[serde(default)]
    pub(crate) base_id: Option<u64>,
    /// Domains of the vendor. Their hosts are reached at the configured base URL.
    pub(crate) hosts: Vec<String>,
    /// How templates read at the vendor's own hosts, by what they begin with; the longest counts.
    #[serde(default)]
    pub(crate) home: BTreeMap<String, Template>,
    /// Configuration keys that hold addresses. One without a value stands for the base URL.
    #[serde(default)]
    pub(crate) addresses: Vec<String>,
    /// Configuration keys that hold one label of a host name, or a segment of a path that is no more than that.
    #[serde(default)]
    pub(crate) labels: Vec<String>,
    #[serde(default)]
    pub(crate) oauth1: Option<OAuth1>,
    #[serde(default)]
    pub(crate) oauth2: Option<OAuth2>,
    /// How a call shows who it is for, by authentication type.
    pub(crate) credentials: BTreeMap<String, Credentials>,
    /// What is asked once when an instance is made, where no token is obtained.
    #[serde(default)]
    pub(crate) check: Option<Template>,
    /// Refusals that mean something else than their status says.
    #[serde(default)]
    pub(crate) refusals: Vec<Reinterpretation>,
    /// Where a refusal says what is wrong, at vendors that wrap it up.
    #[serde(default)]
    pub(crate) reasons: Vec<Reason>,
    /// Members of `providerData` that become configuration.
    #[serde(default)]
    pub(crate) provider_data: BTreeMap<String, String>,
    pub(crate) ping: Template,
    pub(crate) objects: Vec<Object>,
}

/// The vendor's OAuth 1.0 endpoints.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct OAuth1 {
    pub(crate) request_token: Template,
    pub(crate) authorize: Template,
    pub(crate) access_token: Template,
}

/// The vendor's OAuth 2.0 endpoints.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct OAuth2 {
    pub(crate) authorize: Template,
    pub(crate) token: Template,
    /// Where tokens are refreshed, if not where codes are exchanged.
    #[serde(default)]
    pub(crate) refresh: Option<Template>,
    #[serde(default)]
    pub(crate) scope: Option<String>,
    /// Further parameters of `oauth/url`, and the configuration keys they stand for.
    #[serde(default)]
    pub(crate) parameters: BTreeMap<String, String>,
    /// Configuration keys that are filled from members of the token answer.
    #[serde(default)]
    pub(crate) learned: BTreeMap<String, String>,
    #[serde(default)]
    pub(crate) discovery: Option<Discovery>,
}

/// A resource that is read once after the exchange.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Discovery {
    pub(crate) url: Template,
    /// Configuration keys that are filled from members of the answer.
    pub(crate) values: BTreeMap<String, String>,
}

/// How a call shows who it is for.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Credentials {
    /// HTTP Basic.
    Basic(Basic),
    /// Headers, as they are written.
    Headers(BTreeMap<String, Template>),
    /// An OAuth 1.0 signature, with `oauth.api.key`, `oauth.user.token` and their secrets.
    Signature {},
}

/// Where the two halves of HTTP Basic come from.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Basic {
    pub(crate) username: Template,
    pub(crate) password: Template,
}

/// A refusal of the vendor, recognised by its status and by a header or a member of its body, and the status it is
/// passed on with.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Reinterpretation {
    #[serde(deserialize_with = "status")]
    pub(crate) status: StatusCode,
    #[serde(default)]
    pub(crate) header: Option<String>,
    #[serde(default)]
    pub(crate) member: Option<Place>,
    /// What the header or the member says; without it, that it is there is enough.
    #[serde(default)]
    pub(crate) value: Option<String>,
    #[serde(deserialize_with = "status")]
    pub(crate) means: StatusCode,
}

/// Where in the body of a refusal the reason stands, and the members that make up its text, in their order.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Reason {
    pub(crate) at: Place,
    pub(crate) members: Vec<String>,
}

impl Wiring {
    /// Every template but those of the objects, for checks.
    pub(super) fn templates(&self) -> Vec<&Template> {
        let mut templates = vec![&self.ping];
        templates.extend(self.home.values());
        templates.extend(&self.check);
        if let Some(oauth1) = &self.oauth1 {
            templates.extend([&oauth1.request_token, &oauth1.authorize, &oauth1.access_token]);
        }
        if let Some(oauth2) = &self.oauth2 {
            templates.extend([&oauth2.authorize, &oauth2.token]);
            templates.extend(&oauth2.refresh);
            templates.extend(oauth2.discovery.as_ref().map(|discovery| &discovery.url));
        }
        for credentials in self.credentials.values() {
            match credentials {
                Credentials::Basic(basic) => templates.extend([&basic.username, &basic.password]),
                Credentials::Headers(headers) => templates.extend(headers.values()),
                Credentials::Signature {} => {}
            }
        }
        templates
    }
}
