//! What the owner of a BigCommerce store does with an app; the app is told.

use axum::Json;
use serde::Deserialize;
use serde_json::{Value, json};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    at::{At, Body},
    error::ControlError,
};
use crate::{Stage, serve::callback, stage::at::Callback};

type Answer = Result<Json<Value>, ControlError>;

pub(super) fn add(router: OpenApiRouter<Stage>) -> OpenApiRouter<Stage> {
    router.routes(routes!(uninstall)).routes(routes!(remove_user))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Uninstalled {
    /// The demo app's if it is left out
    client_id: Option<String>,
    /// The store's hash; the demo user's if it is left out
    store: Option<String>,
}

/// Uninstall an app from a BigCommerce store: its token is dead at once, and its uninstall callback is called
#[utoipa::path(post, path = "/bigcommerce/uninstall", request_body = Uninstalled,
    responses((status = 200, body = Value), (status = 404, description = "no such app or store")))]
async fn uninstall(At(tenant): At, Body(asked): Body<Uninstalled>) -> Answer {
    let callback = tenant.bigcommerce().uninstall_app(asked.client_id.as_deref(), asked.store.as_deref())?;
    Ok(Json(json!({ "uninstalled": true, "callback": told(callback).await })))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct RemovedUser {
    /// The demo app's if it is left out
    client_id: Option<String>,
    /// The demo user's if it is left out
    login: Option<String>,
}

/// Take a user's access to an app away: its remove_user callback is called, and its token stays alive
#[utoipa::path(post, path = "/bigcommerce/remove-user", request_body = RemovedUser,
    responses((status = 200, body = Value), (status = 404, description = "no such app or user")))]
async fn remove_user(At(tenant): At, Body(asked): Body<RemovedUser>) -> Answer {
    let callback =
        tenant.bigcommerce().remove_app_user(asked.client_id.as_deref(), asked.login.as_deref())?;
    Ok(Json(json!({ "removed": true, "callback": told(callback).await })))
}

/// What became of the call that tells the app; nothing if it did not want to be told.
async fn told(callback: Option<Callback>) -> Value {
    let Some(Callback { url }) = callback else { return Value::Null };
    match callback::call(&url).await {
        Ok(status) => json!({ "status": status.as_u16() }),
        Err(error) => json!({ "error": error.to_string() }),
    }
}
