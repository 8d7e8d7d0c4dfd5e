//! The rules that a vendor follows towards a tenant: policy, replay protection, switches.

use axum::{Json, extract::Path};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    at::{At, Body},
    error::ControlError,
};
use crate::{Stage, oauth::Policy};

type Answer = Result<Json<Value>, ControlError>;

pub(super) fn add(router: OpenApiRouter<Stage>) -> OpenApiRouter<Stage> {
    router
        .routes(routes!(policy, set_policy))
        .routes(routes!(replay_protection, set_replay_protection))
        .routes(routes!(switches, set_switches))
}

/// How codes and tokens live and die at a vendor
#[utoipa::path(get, path = "/policies/{vendor}", params(("vendor" = String, Path)), responses((status = 200, body = Value)))]
async fn policy(At(tenant): At, Path(path): Path<OfVendor>) -> Answer {
    Ok(Json(as_json(&tenant.policy(path.vendor.parse()?))?))
}

#[derive(Deserialize)]
struct OfVendor {
    vendor: String,
}

/// Change how codes and tokens live and die from now on; members left out stay
#[utoipa::path(put, path = "/policies/{vendor}", params(("vendor" = String, Path)), request_body = Value,
    responses((status = 200, body = Value), (status = 400, description = "an unknown member, or a value that is none")))]
async fn set_policy(
    At(tenant): At,
    Path(path): Path<OfVendor>,
    Body(changes): Body<Map<String, Value>>,
) -> Answer {
    let vendor = path.vendor.parse()?;
    let mut policy = as_json(&tenant.policy(vendor))?;
    if let Value::Object(members) = &mut policy {
        members.extend(changes);
    }
    let changed: Policy = serde_json::from_value(policy).map_err(ControlError::Policy)?;
    tenant.set_policy(vendor, changed);
    Ok(Json(as_json(&changed)?))
}

/// What a vendor leaves to be chosen: eras, answers that nobody has seen, an administrator's choices
#[utoipa::path(get, path = "/switches/{vendor}", params(("vendor" = String, Path)), responses((status = 200, body = Value)))]
async fn switches(At(tenant): At, Path(path): Path<OfVendor>) -> Answer {
    Ok(Json(tenant.switches_as_json(path.vendor.parse()?)))
}

/// Set a vendor's switches; those left out go back to their defaults
#[utoipa::path(put, path = "/switches/{vendor}", params(("vendor" = String, Path)), request_body = Value,
    responses((status = 200, body = Value), (status = 400, description = "no such switch, or no such position")))]
async fn set_switches(At(tenant): At, Path(path): Path<OfVendor>, Body(switches): Body<Value>) -> Answer {
    let vendor = path.vendor.parse()?;
    tenant.set_switches_as_json(vendor, switches)?;
    Ok(Json(tenant.switches_as_json(vendor)))
}

/// Whether replay protection is on
#[derive(Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ReplayProtection {
    /// Presenting a redeemed code, or a refresh token that was rotated away, kills everything of its grant
    on: bool,
}

/// Whether a spent code or refresh token that is presented again kills its grant
#[utoipa::path(get, path = "/replay-protection/{vendor}", params(("vendor" = String, Path)),
    responses((status = 200, body = ReplayProtection)))]
async fn replay_protection(
    At(tenant): At,
    Path(path): Path<OfVendor>,
) -> Result<Json<ReplayProtection>, ControlError> {
    Ok(Json(ReplayProtection { on: tenant.replay_protection(path.vendor.parse()?) }))
}

/// Turn replay protection on or off; the policy's `code_replay_kills_grant` and `replay_kills_grant` follow
#[utoipa::path(put, path = "/replay-protection/{vendor}", params(("vendor" = String, Path)),
    request_body = ReplayProtection, responses((status = 200, body = ReplayProtection)))]
async fn set_replay_protection(
    At(tenant): At,
    Path(path): Path<OfVendor>,
    Body(asked): Body<ReplayProtection>,
) -> Result<Json<ReplayProtection>, ControlError> {
    tenant.set_replay_protection(path.vendor.parse()?, asked.on);
    Ok(Json(asked))
}

fn as_json(policy: &Policy) -> Result<Value, ControlError> {
    serde_json::to_value(policy).map_err(ControlError::Policy)
}
