//! A tenant's time.

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
use crate::{Stage, TenantHandle, Timestamp, duration_text};

pub(super) fn add(router: OpenApiRouter<Stage>) -> OpenApiRouter<Stage> {
    router.routes(routes!(show, turn))
}

/// What a tenant's clock shows
#[utoipa::path(get, path = "/clock", responses((status = 200, body = Value)))]
async fn show(At(tenant): At) -> Json<Value> {
    Json(shown(&tenant))
}

fn shown(tenant: &TenantHandle) -> Value {
    let now = tenant.clock().now();
    json!({ "now": now.iso(), "epoch_milliseconds": now.as_millis(), "frozen": tenant.clock().is_stopped() })
}

/// One turn of the hands; exactly one member is given
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Turn {
    /// Stop the clock where it is
    #[serde(default)]
    freeze: bool,
    /// Let a stopped clock run on
    #[serde(default)]
    resume: bool,
    /// Move it forward, such as `90s` or `1h30m`
    #[serde(default, with = "duration_text::option")]
    #[schema(value_type = Option<String>)]
    advance: Option<Duration>,
    /// Set it, in milliseconds since 1970
    set: Option<i64>,
}

/// Freeze, resume, advance or set a tenant's clock
#[utoipa::path(put, path = "/clock", request_body = Turn,
    responses((status = 200, body = Value), (status = 400, description = "none or several turns")))]
async fn turn(At(tenant): At, Body(asked): Body<Turn>) -> Result<Json<Value>, ControlError> {
    let clock = tenant.clock();
    match asked {
        Turn { freeze: true, resume: false, advance: None, set: None } => {
            clock.freeze();
        }
        Turn { freeze: false, resume: true, advance: None, set: None } => clock.resume(),
        Turn { freeze: false, resume: false, advance: Some(by), set: None } => clock.advance(by),
        Turn { freeze: false, resume: false, advance: None, set: Some(to) } => {
            let moment = Timestamp::from_millis(to);
            if moment.as_millis() != to {
                return Err(ControlError::TooFar(to));
            }
            clock.set(moment);
        }
        Turn { freeze: false, resume: false, advance: None, set: None } => {
            return Err(ControlError::Hands("none"));
        }
        _ => return Err(ControlError::Hands("several")),
    }
    Ok(Json(shown(&tenant)))
}
