//! Salesforce's revoke and introspect endpoints.

use http::StatusCode;
use serde_json::{Value, json};

use crate::{
    exchange::Reply,
    oauth::{Flow, Grant, Kind, Refusal},
    providers::{
        call::Call,
        house::Answer,
        salesforce::{
            Site,
            auth::{client, token::Turn},
            errors::{self, OAuthError},
            format::{self, Format},
            identity, scopes,
        },
    },
};

/// Takes the token from a form, or from the query whatever the content type (SFDC-050). No client authentication.
pub(in crate::providers::salesforce) fn revoke(call: &Call<'_>, site: &Site) -> Answer {
    // Old documentation calls it by another name, too.
    let token = call.parameter("token").or_else(|| call.parameter("deleteToken")).unwrap_or_default();
    // Without a token there is none of a kind that could be revoked (SFDC-052).
    let revoked = if token.is_empty() { Err(Refusal::OtherKind) } else { site.auth.ledger().revoke(token) };
    revoked.map_err(|refusal| errors::revocation(call, token, refusal))?;
    let script = format::script(call.parameter("callback"), &json!({})); // SFDC-051
    Ok(script.unwrap_or_else(|| Reply::empty(StatusCode::OK)))
}

/// The state of a token of the app's own (SFDC-056, SFDC-057).
pub(in crate::providers::salesforce) fn introspect(call: &Call<'_>, site: &Site) -> Answer {
    // SFDC-058: here a client that is not known is a 401 too.
    let turn = Turn { call, site, format: Format::asked(call) };
    let app = client::authenticate(&turn, |_| true).map_err(|mut refusal| {
        *refusal.response.status_mut() = StatusCode::UNAUTHORIZED;
        refusal
    })?;
    let Some(token) = call.parameter("token").filter(|token| !token.is_empty()) else {
        let missing = OAuthError { error: "invalid_request", description: "token not provided" };
        return Err(missing.reply(Format::Json));
    };
    let switches = site.switches();
    let settings = switches.of_app(&app.client_id);
    let is_shown = |grant: &Grant| {
        // A session of the password flow or the SOAP login is nobody's to look at (SFDC-059).
        settings.introspects_all || (grant.client_id == app.client_id && grant.flow != Flow::Password)
    };
    let standing = site.auth.ledger().standing(token).filter(|standing| {
        standing.death.is_none() && standing.kind != Kind::Code && is_shown(&standing.grant)
    });
    let Some(standing) = standing else { return Ok(state(call, &json!({ "active": false }))) };
    let grant = &standing.grant;
    let mut body = json!({
        "active": true,
        "scope": scopes::named(&grant.scopes).join(" "),
        "client_id": &*grant.client_id,
        "username": &*grant.login,
        "sub": identity::url(call, site, grant),
        "token_type": if standing.kind == Kind::Access { "access_token" } else { "refresh_token" },
    });
    if let Some(expires) = standing.expires {
        body["exp"] = expires.as_secs().into();
    }
    body["iat"] = standing.issued.as_secs().into();
    body["nbf"] = standing.issued.as_secs().into();
    Ok(state(call, &body))
}

fn state(call: &Call<'_>, body: &Value) -> Reply {
    errors::token_headers(format::json(call, StatusCode::OK, body))
}
