//! Tenants: making, closing, resetting, saving and restoring them.

use axum::response::{IntoResponse, Response};
use axum::{
    Json,
    extract::{Path, State},
};
use http::{HeaderValue, header};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    at::{At, Body, SnapshotText},
    error::ControlError,
};
use crate::{Consent, Demo, Stage, TenantHandle, Vendor, snapshot::Snapshot};

pub(super) fn add_of_all(router: OpenApiRouter<Stage>) -> OpenApiRouter<Stage> {
    router.routes(routes!(health)).routes(routes!(list, create)).routes(routes!(show, close))
}

pub(super) fn add_of_one(router: OpenApiRouter<Stage>) -> OpenApiRouter<Stage> {
    router.routes(routes!(reset)).routes(routes!(consent, set_consent)).routes(routes!(snapshot, restore))
}

/// Whether the server is there, and what it is
#[utoipa::path(get, path = "/v1/health", responses((status = 200, body = Value)))]
async fn health() -> Json<Value> {
    let vendors: Vec<_> = Vendor::ALL.into_iter().map(Vendor::key).collect();
    Json(json!({ "status": "ok", "version": env!("CARGO_PKG_VERSION"), "vendors": vendors }))
}

/// The names of all tenants
#[utoipa::path(get, path = "/v1/tenants", responses((status = 200, body = Value)))]
async fn list(State(stage): State<Stage>) -> Json<Value> {
    let names: Vec<_> = stage.tenants().iter().map(|tenant| tenant.id().to_string()).collect();
    Json(json!({ "tenants": names }))
}

#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewTenant {
    /// Lower-case letters, digits and hyphens; one is made if it is left out
    name: Option<String>,
}

/// Make an isolated world
#[utoipa::path(post, path = "/v1/tenants", request_body = NewTenant,
    responses((status = 200, body = Value), (status = 409, description = "the name is taken")))]
async fn create(
    State(stage): State<Stage>,
    Body(asked): Body<NewTenant>,
) -> Result<Json<Value>, ControlError> {
    let tenant = match asked.name {
        Some(name) => stage.open_tenant(&name)?,
        None => stage.keep_tenant(),
    };
    Ok(Json(describe(&tenant)))
}

/// A tenant's name, and the app and user that stand ready at each vendor
#[utoipa::path(get, path = "/v1/tenants/{tenant}", responses((status = 200, body = Value), (status = 404, description = "no such tenant")))]
async fn show(At(tenant): At) -> Json<Value> {
    Json(describe(&tenant))
}

/// Close a tenant: everything in it is gone
#[utoipa::path(delete, path = "/v1/tenants/{tenant}", responses((status = 200, body = Value), (status = 404, description = "no such tenant")))]
async fn close(State(stage): State<Stage>, Path(name): Path<String>) -> Result<Json<Value>, ControlError> {
    if name == stage.default_tenant().id().as_str() {
        return Err(ControlError::DefaultTenant);
    }
    if !stage.close_tenant(&name) {
        return Err(ControlError::NoTenant(name));
    }
    Ok(Json(json!({ "closed": name })))
}

fn describe(tenant: &TenantHandle) -> Value {
    let demos: Map<String, Value> =
        Vendor::ALL.into_iter().map(|vendor| (vendor.key().to_owned(), demo(&tenant.demo(vendor)))).collect();
    json!({ "tenant": tenant.id().as_str(), "now": tenant.clock().now().iso(), "demos": demos })
}

fn demo(demo: &Demo) -> Value {
    json!({
        "client_id": demo.client_id,
        "client_secret": demo.client_secret.expose(),
        "redirect_uri": demo.redirect_uri,
        "login": demo.login,
        "password": demo.password.expose(),
        "realm": demo.realm,
    })
}

/// Forget codes, tokens, changed resources, faults and journal; apps and users stay
#[utoipa::path(post, path = "/reset", responses((status = 200, body = Value)))]
async fn reset(At(tenant): At) -> Json<Value> {
    tenant.reset();
    Json(json!({ "reset": true }))
}

#[derive(Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ConsentBy {
    /// `page` or `auto`
    #[schema(value_type = String)]
    by: Consent,
}

/// How the authorize step asks for consent
#[utoipa::path(get, path = "/consent", responses((status = 200, body = ConsentBy)))]
async fn consent(At(tenant): At) -> Json<ConsentBy> {
    Json(ConsentBy { by: tenant.consent() })
}

/// Change how the authorize step asks for consent
#[utoipa::path(put, path = "/consent", request_body = ConsentBy, responses((status = 200, body = ConsentBy)))]
async fn set_consent(At(tenant): At, Body(asked): Body<ConsentBy>) -> Json<ConsentBy> {
    tenant.set_consent(asked.by);
    Json(asked)
}

/// The tenant's whole world as data, secrets in the clear
#[utoipa::path(get, path = "/snapshot", responses((status = 200, body = Value)))]
async fn snapshot(At(tenant): At) -> Response {
    let json = HeaderValue::from_static("application/json");
    ([(header::CONTENT_TYPE, json)], tenant.snapshot().to_json()).into_response()
}

/// Put a snapshot in the place of the tenant's whole world; the journal stays
#[utoipa::path(put, path = "/snapshot", request_body = Value,
    responses((status = 200, body = Value), (status = 409, description = "another tenant owns a credential of it")))]
async fn restore(At(tenant): At, SnapshotText(text): SnapshotText) -> Result<Json<Value>, ControlError> {
    tenant.restore(&Snapshot::from_json(&text)?)?;
    Ok(Json(json!({ "restored": true })))
}
