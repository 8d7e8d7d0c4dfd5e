//! Tokens as Salesforce hands them out: the same members, in an order of its own for each grant.

use base64::{Engine, prelude::BASE64_STANDARD};
use hmac::{Hmac, KeyInit, Mac};
use http::StatusCode;
use sha2::Sha256;

use crate::{
    exchange::Reply,
    oauth::{App, Flow, Issued},
    providers::{
        call::Call,
        salesforce::{Site, address, auth::id_token, errors, format::Format, identity, scopes},
    },
};

/// The members of an answer, in order. None ever says how long a token lives (SFDC-026).
pub(super) struct Members(Vec<(&'static str, String)>);

impl Members {
    pub(super) fn reply(&self, format: Format) -> Reply {
        let members: Vec<_> = self.0.iter().map(|(name, value)| (*name, value.as_str())).collect();
        errors::token_headers(format.oauth(StatusCode::OK, &members))
    }

    /// The pairs of a fragment, with `more` at the end.
    pub(super) fn pairs<'m>(
        &'m self,
        more: &[(&'m str, Option<&'m str>)],
    ) -> Vec<(&'m str, Option<&'m str>)> {
        let own = self.0.iter().map(|(name, value)| (*name, Some(value.as_str())));
        own.chain(more.iter().copied()).collect()
    }
}

const ACCESS_TOKEN: &str = "access_token";
const REFRESH_TOKEN: &str = "refresh_token";
const SIGNATURE: &str = "signature";
const SCOPE: &str = "scope";
const ID_TOKEN: &str = "id_token";
const INSTANCE_URL: &str = "instance_url";
const ID: &str = "id";
const TOKEN_TYPE: &str = "token_type";
const ISSUED_AT: &str = "issued_at";

/// The web server flow's answer (SFDC-025): with a refresh token if the scope asks for one (SFDC-031), with an ID token
/// if it says `openid` (SFDC-037). The other flows that have no order of their own answer the same.
pub(super) fn redeemed(call: &Call<'_>, site: &Site, app: &App, issued: &Issued) -> Members {
    const ORDER: [&str; 9] =
        [ACCESS_TOKEN, REFRESH_TOKEN, SIGNATURE, SCOPE, ID_TOKEN, INSTANCE_URL, ID, TOKEN_TYPE, ISSUED_AT];
    members(call, site, app, issued, &ORDER)
}

/// A refresh's answer: without a refresh token, unless rotation is on, and then in another order (SFDC-032, SFDC-034).
pub(super) fn refreshed(call: &Call<'_>, site: &Site, app: &App, issued: &Issued) -> Members {
    const ROTATED: [&str; 8] =
        [ACCESS_TOKEN, REFRESH_TOKEN, INSTANCE_URL, ID, TOKEN_TYPE, ISSUED_AT, SIGNATURE, ID_TOKEN];
    match issued.refresh_token {
        Some(_) => members(call, site, app, issued, &ROTATED),
        None => redeemed(call, site, app, issued),
    }
}

/// The password flow's answer (SFDC-040).
pub(super) fn by_password(call: &Call<'_>, site: &Site, app: &App, issued: &Issued) -> Members {
    const ORDER: [&str; 6] = [ACCESS_TOKEN, INSTANCE_URL, ID, TOKEN_TYPE, ISSUED_AT, SIGNATURE];
    members(call, site, app, issued, &ORDER)
}

/// The answer to an assertion (SFDC-044).
pub(super) fn asserted(call: &Call<'_>, site: &Site, app: &App, issued: &Issued) -> Members {
    const ORDER: [&str; 5] = [ACCESS_TOKEN, SCOPE, INSTANCE_URL, ID, TOKEN_TYPE];
    members(call, site, app, issued, &ORDER)
}

/// The user-agent flow's fragment (SFDC-049).
pub(super) fn in_fragment(call: &Call<'_>, site: &Site, app: &App, issued: &Issued) -> Members {
    const ORDER: [&str; 9] =
        [ACCESS_TOKEN, REFRESH_TOKEN, INSTANCE_URL, ID, ISSUED_AT, SIGNATURE, SCOPE, TOKEN_TYPE, ID_TOKEN];
    members(call, site, app, issued, &ORDER)
}

fn members(call: &Call<'_>, site: &Site, app: &App, issued: &Issued, order: &[&'static str]) -> Members {
    let grant = &issued.grant;
    let id = identity::url(call, site, grant);
    let issued_at = issued.at.as_millis().to_string(); // SFDC-027
    let value = |name| match name {
        ACCESS_TOKEN => Some(issued.access_token.expose().to_owned()),
        REFRESH_TOKEN => issued.refresh_token.as_ref().map(|token| token.expose().to_owned()),
        SIGNATURE => Some(signature(app, &id, &issued_at)),
        SCOPE => Some(scopes::named(&grant.scopes).join(" ")),
        ID_TOKEN => {
            let asked = grant.has_scope("openid") && grant.flow == Flow::Code;
            asked.then(|| id_token::of(call, site, issued))
        }
        INSTANCE_URL => Some(address::instance_url(call, &grant.realm)),
        ID => Some(id.clone()),
        TOKEN_TYPE => Some("Bearer".to_owned()),
        ISSUED_AT => Some(issued_at.clone()),
        _ => None,
    };
    Members(order.iter().filter_map(|name| Some((*name, value(name)?))).collect())
}

/// SFDC-028
fn signature(app: &App, id: &str, issued_at: &str) -> String {
    #[expect(clippy::expect_used, reason = "HMAC takes keys of every length")]
    let mut mac = Hmac::<Sha256>::new_from_slice(app.client_secret.expose().as_bytes())
        .expect("a client secret can be a key");
    mac.update(id.as_bytes());
    mac.update(issued_at.as_bytes());
    BASE64_STANDARD.encode(mac.finalize().into_bytes())
}
