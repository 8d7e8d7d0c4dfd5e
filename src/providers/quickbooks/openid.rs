//! OpenID Connect: discovery, keys, id tokens and the user's profile.

use std::time::Duration;

use http::StatusCode;
use serde_json::{Value, json};

use crate::{
    exchange::Reply,
    oauth::Issued,
    providers::{
        call::Call,
        house::Answer,
        quickbooks::{
            Site, access,
            errors::{self, MALFORMED},
            format::{JSON, Representation},
            scopes, signing,
        },
    },
};

/// How long an id token is good; inferred.
const LIFE: Duration = Duration::from_secs(3600);

/// What the sample company's people have in common.
const PHONE: &str = "+1 6505550100";

/// QBO-001: the keys as served. URLs point back at the address the call came in on, or at Intuit's own hosts where it
/// came in on one of them.
pub(super) fn discovery(call: &Call<'_>, site: &Site, is_sandbox: bool) -> Reply {
    let at = |host: &str, path: &str| {
        if call.host().ends_with(".intuit.com") {
            format!("https://{host}{path}")
        } else {
            format!("{}{path}", call.base())
        }
    };
    let accounts =
        if is_sandbox { "sandbox-accounts.platform.intuit.com" } else { "accounts.platform.intuit.com" };
    let body = json!({
        "issuer": site.profile().issuer,
        "authorization_endpoint": at("appcenter.intuit.com", "/connect/oauth2"),
        "token_endpoint": at("oauth.platform.intuit.com", "/oauth2/v1/tokens/bearer"),
        "userinfo_endpoint": at(accounts, "/v1/openid_connect/userinfo"),
        "revocation_endpoint": at("developer.api.intuit.com", "/v2/oauth2/tokens/revoke"),
        "jwks_uri": at("oauth.platform.intuit.com", "/op/v1/jwks"),
        "response_types_supported": ["code"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "scopes_supported": ["openid", "email", "profile", "address", "phone"],
        "token_endpoint_auth_methods_supported": ["client_secret_post", "client_secret_basic"],
        "claims_supported": ["aud", "exp", "iat", "iss", "realmid", "sub"],
    });
    Reply::new(StatusCode::OK, JSON, body.to_string())
}

pub(super) fn keys() -> Reply {
    Reply::new(StatusCode::OK, JSON, signing::keys().to_string())
}

/// The id token that goes with a code's tokens, if the user consented to `openid` (QBO-019).
pub(super) fn id_token(site: &Site, issued: &Issued) -> Option<String> {
    let grant = &issued.grant;
    if !grant.has_scope("openid") {
        return None;
    }
    let consented = site.auth.ledger().standing(issued.access_token.expose())?.consented;
    let mut claims = json!({ "sub": &*grant.user_id, "aud": [&*grant.client_id] });
    if scopes::reach_company(&grant.scopes) {
        claims["realmid"] = (&*grant.realm).into();
    }
    claims["auth_time"] = consented.as_secs().into();
    claims["iss"] = site.profile().issuer.into();
    claims["exp"] = (issued.at + LIFE).as_secs().into();
    claims["iat"] = issued.at.as_secs().into();
    Some(signing::sign(&claims))
}

/// The user's profile, as far as the scopes reach: names are in camel case (QBO-049). What a bad token is told is
/// inferred from the API.
pub(super) fn user_info(call: &Call<'_>, site: &Site) -> Answer {
    let refuse = |detail: Option<&str>, reason: String| {
        let fault = errors::unauthenticated(detail.map(ToOwned::to_owned));
        fault.reply(site, Representation::Json, reason)
    };
    let token = call.authorization("Bearer").ok_or_else(|| refuse(None, "no bearer token".to_owned()))?;
    let grant = site.auth.ledger().admit(token).map_err(|refusal| {
        let fault = access::bearer_fault(site, token, refusal);
        fault.reply(site, Representation::Json, refusal.to_string())
    })?;
    let user = site.auth.user(&grant.login).filter(|user| user.death.is_none());
    let user = user.ok_or_else(|| refuse(Some(MALFORMED), "the user is gone".to_owned()))?;
    if !grant.has_scope("openid") {
        let fault = errors::unauthorized();
        return Err(fault.reply(site, Representation::Json, "the token has no scope openid".to_owned()));
    }
    let mut body = json!({ "sub": user.id });
    if grant.has_scope("email") {
        body["email"] = user.email.as_str().into();
        body["emailVerified"] = true.into();
    }
    if grant.has_scope("profile") {
        let (given, family) = user.name.split_once(' ').unwrap_or((&user.name, ""));
        body["givenName"] = given.into();
        body["familyName"] = family.into();
    }
    if grant.has_scope("phone") {
        body["phoneNumber"] = PHONE.into();
        body["phoneNumberVerified"] = true.into();
    }
    if grant.has_scope("address") {
        body["address"] = address();
    }
    Ok(Reply::new(StatusCode::OK, JSON, body.to_string()))
}

fn address() -> Value {
    json!({
        "streetAddress": "2500 Garcia Ave",
        "locality": "Mountain View",
        "region": "CA",
        "postalCode": "94043",
        "country": "US",
    })
}
