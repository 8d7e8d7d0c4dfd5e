//! A user with an account at a vendor, in a world of their own, and what they can do there by themselves.

use std::sync::Arc;

use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use serde_json::{Map, Value, json};
use url::Url;

use super::{
    browser::{self, BrowserError, Decision, Visitor},
    connector::Connector,
    exchange::{Exchange, Sent},
    heard::{Heard, Shown},
    target,
};
use crate::{Demo, Fault, Secret, TenantHandle, Vendor, journal::Entry};

/// A user of one connector.
#[derive(Debug)]
pub(crate) struct User {
    pub(crate) connector: &'static Connector,
    pub(crate) demo: Demo,
    /// The password that is good now.
    pub(crate) password: Secret,
    /// The code the callback received last.
    pub(crate) code: Option<Secret>,
    /// The company that the callback named last.
    pub(crate) company: Option<String>,
    /// The credential that was revoked last.
    pub(crate) revoked: Option<Shown>,
    tenant: TenantHandle,
    /// The vendor itself, as the suite reaches it.
    direct: Url,
    /// The vendor as the target reaches it.
    seen: Url,
    /// Where the journal stood before the last call to the target.
    mark: u64,
    /// Up to where the journal is part of the scenario's account.
    told: u64,
}

impl User {
    pub(crate) fn new(connector: &'static Connector, tenant: TenantHandle, direct: Url, seen: Url) -> Self {
        let demo = tenant.demo(connector.vendor);
        let password = demo.password.clone();
        Self {
            connector,
            demo,
            password,
            code: None,
            company: None,
            revoked: None,
            tenant,
            direct,
            seen,
            mark: 0,
            told: 0,
        }
    }

    /// Every secret of this user, so that none of them is printed.
    pub(crate) fn secrets(&self) -> [&Secret; 2] {
        [&self.demo.client_secret, &self.password]
    }

    /// `configuration` of a create (S1, S2, S4).
    pub(crate) fn configuration(&self) -> Map<String, Value> {
        let mut members = Map::new();
        if self.connector.takes_codes() {
            members.insert("oauth.callback.url".into(), json!(self.demo.redirect_uri));
            members.insert("oauth.api.key".into(), json!(self.demo.client_id));
            members.insert("oauth.api.secret".into(), json!(self.demo.client_secret.expose()));
            for (name, value) in self.particulars() {
                members.insert(name.into(), json!(value));
            }
        } else {
            members.insert("username".into(), json!(self.demo.login));
            members.insert("password".into(), json!(self.password.expose()));
            members.insert(
                "store.url".into(),
                json!(self.seen.join("/api/v2").map(String::from).unwrap_or_default()),
            );
        }
        members
    }

    /// The subdomain, for the connector that wants one (S4).
    pub(crate) fn subdomain(&self) -> Option<&str> {
        self.demo.realm.as_deref().filter(|_| self.connector.vendor == Vendor::Egnyte)
    }

    /// What `oauth/url` and the configuration have to say besides the app and its callback: Egnyte's subdomain (S4), and
    /// which of its two kinds of authentication QuickBooks shall use (6.6).
    pub(crate) fn particulars(&self) -> Vec<(&'static str, &str)> {
        match self.connector.vendor {
            Vendor::Egnyte => {
                self.subdomain().map(|subdomain| ("subdomain", subdomain)).into_iter().collect()
            }
            Vendor::QuickBooks => vec![("authentication.type", "oauth2")],
            _ => Vec::new(),
        }
    }

    /// `providerData` with this code: QuickBooks' callback says the company as well (6.6).
    pub(crate) fn provider_data(&self, code: &str) -> Value {
        let mut data = json!({ "code": code });
        if self.connector.vendor == Vendor::QuickBooks {
            data["realmId"] = json!(self.company.as_ref().or(self.demo.realm.as_ref()));
        }
        data
    }

    /// The credential that the target should show the provider now, as far as the provider knows.
    pub(crate) fn credential(&self) -> Option<Shown> {
        if self.connector.takes_codes() {
            self.heard().issued().map(|issued| Shown::Token(issued.access))
        } else {
            Some(Shown::Account { name: self.demo.login.clone(), password: self.password.clone() })
        }
    }

    /// Everything the provider heard on behalf of this user.
    pub(crate) fn heard(&self) -> Heard {
        Heard(self.tenant.journal().entries())
    }

    /// What the provider heard since the last call to the target.
    pub(crate) fn heard_since_call(&self) -> Heard {
        Heard(self.tenant.journal().since(self.mark))
    }

    /// Draws a line in the journal, before a call to the target.
    pub(crate) fn mark(&mut self) {
        self.mark = self.tenant.journal().mark();
    }

    /// What the provider heard and the account does not tell yet.
    pub(crate) fn untold(&mut self) -> Vec<Arc<Entry>> {
        let entries = self.tenant.journal().since(self.told);
        self.told = entries.last().map_or(self.told, |entry| entry.number);
        entries
    }

    /// Follows `url`, decides, and gives the address of the callback with what the provider added to it.
    pub(crate) async fn visit(
        &self,
        http: &reqwest::Client,
        url: Url,
        decision: Decision,
    ) -> Result<Url, BrowserError> {
        let visitor = Visitor {
            login: &self.demo.login,
            password: &self.demo.password,
            decision,
            vendor: self.connector.vendor,
            stand_in: &self.direct,
        };
        browser::visit(http, url, &self.demo.redirect_uri, &visitor).await
    }

    /// Withdraws `token` as the vendor's own documents show it (S3). Gives the provider's answer.
    pub(crate) async fn revoke(&self, http: &reqwest::Client, token: &Secret) -> Exchange {
        let (id, secret) = (self.demo.client_id.as_str(), self.demo.client_secret.expose());
        let token = token.expose();
        let (path, query, form) = match self.connector.vendor {
            Vendor::Box | Vendor::QuickBooks => {
                let form = vec![("client_id", id), ("client_secret", secret), ("token", token)];
                let at_box = self.connector.vendor == Vendor::Box;
                (if at_box { "/oauth2/revoke" } else { "/v2/oauth2/tokens/revoke" }, None, form)
            }
            Vendor::Egnyte => {
                ("/pubapi/v1/tokens/revoke", None, vec![("token", token), ("client_secret", secret)])
            }
            Vendor::AdobeSign => ("/oauth/revoke", Some(token), Vec::new()),
            _ => ("/services/oauth2/revoke", Some(token), Vec::new()),
        };
        let mut url = self.direct.clone();
        url.set_path(path);
        if let Some(token) = query {
            url.query_pairs_mut().append_pair("token", token);
        }
        let mut headers = HeaderMap::new();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/x-www-form-urlencoded"));
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
        target::send(http, Sent::new(Method::POST, url, headers, body.into())).await
    }

    /// Lets a token's time be up. One that is dead already stays so.
    pub(crate) fn expire(&self, token: &Secret) {
        let _ = self.tenant.expire(self.connector.vendor, token.expose());
    }

    /// Gives the account a new password; the old one is dead.
    pub(crate) fn regenerate_password(&mut self) -> Result<(), String> {
        let dead = Shown::Account { name: self.demo.login.clone(), password: self.password.clone() };
        let vendor = self.connector.vendor;
        let renewed =
            self.tenant.change_password(vendor, &self.demo.login).map_err(|error| error.to_string())?;
        self.password = renewed;
        self.revoked = Some(dead);
        Ok(())
    }

    /// Shows a credential straight to the provider, and gives its answer.
    pub(crate) async fn show(&self, http: &reqwest::Client, credential: &Shown) -> Exchange {
        // A path of the suite's own is always one.
        let probe = self.connector.probe.replace("{realm}", self.demo.realm.as_deref().unwrap_or_default());
        let url = self.direct.join(&probe).unwrap_or_else(|_| self.direct.clone());
        let (name, value) = match credential {
            Shown::Account { name, password } => {
                let pair = BASE64.encode(format!("{name}:{}", password.expose()));
                (header::AUTHORIZATION, format!("Basic {pair}"))
            }
            Shown::Token(token) if self.connector.vendor == Vendor::AdobeSign => {
                (HeaderName::from_static("access-token"), token.expose().to_owned())
            }
            Shown::Token(token) => (header::AUTHORIZATION, format!("Bearer {}", token.expose())),
        };
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCEPT, HeaderValue::from_static("application/json"));
        headers.extend(HeaderValue::from_str(&value).map(|value| (name, value)));
        target::send(http, Sent::new(Method::GET, url, headers, Bytes::new())).await
    }

    /// Lets the provider answer the next call with `status`.
    pub(crate) fn trouble_next_call(&self, status: StatusCode, body: String) {
        let fault = Fault::answer(status, body)
            .header(header::CONTENT_TYPE, HeaderValue::from_static("application/json"))
            .at(self.connector.vendor);
        self.tenant.faults().add(fault);
    }
}
