//! The tokens with which a load begins: those that nobody asks for under load.

use std::{io, net::SocketAddr};

use serde_json::json;

use crate::{
    peer::between,
    wire::{ask_once, code, good, post, post_json, text, unexpected},
};

/// Both tokens of a grant.
pub(crate) struct Grant {
    pub(crate) access: String,
    pub(crate) refresh: String,
}

impl Grant {
    fn read(answer: &[u8]) -> io::Result<Self> {
        let both = text(answer, "access_token").zip(text(answer, "refresh_token"));
        let (access, refresh) = both.ok_or_else(|| unexpected(answer))?;
        Ok(Self { access: access.to_owned(), refresh: refresh.to_owned() })
    }
}

/// By rehearsal's control API.
pub(crate) async fn by_hand(control: SocketAddr) -> io::Result<Grant> {
    let request = post_json(control, "/v1/tokens", &json!({ "vendor": "box" }).to_string());
    Grant::read(&ask_once(control, &request).await?)
}

/// Where a server without a browser gives a code, and where it gives tokens for it.
pub(crate) struct ByCode<'a> {
    pub(crate) consent: &'a str,
    pub(crate) consent_form: &'a [(&'a str, &'a str)],
    pub(crate) token: &'a str,
    pub(crate) client: [(&'a str, &'a str); 2],
    pub(crate) redirect_uri: &'a str,
    /// With each request: what is counted by it is not counted together.
    pub(crate) authorization: Option<&'a str>,
}

impl ByCode<'_> {
    pub(crate) async fn grant(&self, server: SocketAddr) -> io::Result<Grant> {
        let consent = post(self.consent, None, self.consent_form);
        let answer = ask_once(server, &consent).await?;
        let code = code(&answer).ok_or_else(|| unexpected(&answer))?;
        let [id, secret] = self.client;
        let grant = ("grant_type", "authorization_code");
        let form = [grant, ("code", code), ("redirect_uri", self.redirect_uri), id, secret];
        Grant::read(&good(ask_once(server, &post(self.token, self.authorization, &form)).await?)?)
    }
}

/// An address as rehearsal tells it.
pub(crate) fn told(url: &str) -> Option<SocketAddr> {
    between(&format!("{url}/"), "http://", "/")?.parse().ok()
}
