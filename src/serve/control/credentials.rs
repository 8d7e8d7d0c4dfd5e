//! Codes and tokens by hand.

use std::time::Duration;

use axum::Json;
use serde::Deserialize;
use serde_json::{Value, json};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    at::{At, Body},
    error::ControlError,
};
use crate::{
    ConsentGiven, Secret, Stage, Vendor, duration_text,
    oauth::{Issued, Kind, Refusal},
    stage::HandError,
};

type Answer = Result<Json<Value>, ControlError>;

pub(super) fn add(router: OpenApiRouter<Stage>) -> OpenApiRouter<Stage> {
    router
        .routes(routes!(issue_code))
        .routes(routes!(issue_tokens))
        .routes(routes!(issue_developer_token))
        .routes(routes!(inspect))
        .routes(routes!(expire))
        .routes(routes!(age))
        .routes(routes!(revoke))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Consented {
    #[schema(value_type = String)]
    vendor: Vendor,
    /// The demo app's if it is left out
    client_id: Option<String>,
    /// The demo user's if it is left out
    login: Option<String>,
    /// The app's first if it is left out
    redirect_uri: Option<String>,
    /// The app's own if none are named
    #[serde(default)]
    scopes: Vec<String>,
    /// The PKCE challenge of the authorize step (S256); without one, a code is redeemed with any verifier or none
    code_challenge: Option<String>,
}

impl Consented {
    fn split(self) -> (Vendor, ConsentGiven) {
        let Self { vendor, client_id, login, redirect_uri, scopes, code_challenge } = self;
        (vendor, ConsentGiven { client_id, login, redirect_uri, scopes, code_challenge })
    }
}

/// Issue a code without a page
#[utoipa::path(post, path = "/codes", request_body = Consented, responses((status = 200, body = Value)))]
async fn issue_code(At(tenant): At, Body(asked): Body<Consented>) -> Answer {
    let (vendor, consent) = asked.split();
    let code = tenant.issue_code(vendor, consent)?;
    Ok(Json(json!({ "vendor": vendor.key(), "code": code.expose() })))
}

/// Issue tokens directly, as if a code had been redeemed
#[utoipa::path(post, path = "/tokens", request_body = Consented, responses((status = 200, body = Value)))]
async fn issue_tokens(At(tenant): At, Body(asked): Body<Consented>) -> Answer {
    let (vendor, consent) = asked.split();
    Ok(issued(vendor, &tenant.issue_tokens(vendor, consent)?))
}

/// Issue the token that an app's developer draws in the vendor's console; only Box has such
#[utoipa::path(post, path = "/developer-tokens", request_body = Consented,
    responses((status = 200, body = Value), (status = 400, description = "the vendor has no such tokens")))]
async fn issue_developer_token(At(tenant): At, Body(asked): Body<Consented>) -> Answer {
    let (vendor, consent) = asked.split();
    Ok(issued(vendor, &tenant.issue_developer_token(vendor, consent)?))
}

fn issued(vendor: Vendor, Issued { access_token, expires_in, refresh_token, .. }: &Issued) -> Json<Value> {
    Json(json!({
        "vendor": vendor.key(),
        "access_token": access_token.expose(),
        "expires_in": expires_in.map(|life| life.as_secs()),
        "refresh_token": refresh_token.as_ref().map(Secret::expose),
    }))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Credential {
    #[schema(value_type = String)]
    vendor: Vendor,
    /// A code, access token or refresh token
    token: String,
}

/// What is known of a code or token: kind, app, user, scopes, end, death
#[utoipa::path(post, path = "/inspect", request_body = Credential,
    responses((status = 200, body = Value), (status = 409, description = "it was never issued here")))]
async fn inspect(At(tenant): At, Body(asked): Body<Credential>) -> Answer {
    let unknown = || HandError::Refused(asked.vendor, Refusal::Unknown);
    let standing = tenant.standing(asked.vendor, &asked.token).ok_or_else(unknown)?;
    let kind = match standing.kind {
        Kind::Code => "code",
        Kind::Access => "access-token",
        Kind::Refresh => "refresh-token",
    };
    Ok(Json(json!({
        "vendor": asked.vendor.key(),
        "kind": kind,
        "alive": standing.death.is_none(),
        "death": standing.death.map(|death| death.to_string()),
        "issued": standing.issued.iso(),
        "expires": standing.expires.map(crate::Timestamp::iso),
        "client_id": &*standing.grant.client_id,
        "login": &*standing.grant.login,
        "scopes": standing.grant.scopes,
    })))
}

/// Make a code or token expire now
#[utoipa::path(post, path = "/expire", request_body = Credential,
    responses((status = 200, body = Value), (status = 409, description = "it is dead already, or was never issued here")))]
async fn expire(At(tenant): At, Body(asked): Body<Credential>) -> Answer {
    tenant.expire(asked.vendor, &asked.token)?;
    Ok(Json(json!({ "vendor": asked.vendor.key(), "expired": true })))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Aged {
    #[schema(value_type = String)]
    vendor: Vendor,
    token: String,
    /// How much older, such as `50m`
    #[serde(with = "duration_text")]
    #[schema(value_type = String)]
    by: Duration,
}

/// Make a code or token older, as if it had been issued earlier
#[utoipa::path(post, path = "/age", request_body = Aged, responses((status = 200, body = Value)))]
async fn age(At(tenant): At, Body(asked): Body<Aged>) -> Answer {
    tenant.age(asked.vendor, &asked.token, asked.by)?;
    let standing = tenant.standing(asked.vendor, &asked.token);
    let alive = standing.is_some_and(|standing| standing.death.is_none());
    Ok(Json(json!({ "vendor": asked.vendor.key(), "alive": alive })))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Revoked {
    #[schema(value_type = String)]
    vendor: Vendor,
    token: String,
    /// Revoke this token and nothing that goes with it, whatever the vendor does
    #[serde(default)]
    alone: bool,
    /// Revoke it with everything that descends from the same consent, whatever the vendor does
    #[serde(default)]
    grant: bool,
}

/// Revoke a token with what goes along at this vendor, alone, or with its whole grant
#[utoipa::path(post, path = "/revoke", request_body = Revoked,
    responses((status = 200, body = Value), (status = 409, description = "it is dead already, or was never issued here")))]
async fn revoke(At(tenant): At, Body(asked): Body<Revoked>) -> Answer {
    match (asked.alone, asked.grant) {
        (true, true) => return Err(ControlError::AloneAndGrant),
        (true, false) => tenant.revoke_alone(asked.vendor, &asked.token)?,
        (false, true) => tenant.revoke_grant(asked.vendor, &asked.token)?,
        (false, false) => tenant.revoke(asked.vendor, &asked.token)?,
    }
    Ok(Json(json!({ "vendor": asked.vendor.key(), "revoked": true })))
}
