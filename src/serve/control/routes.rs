//! The calls of the control API. All act on the default tenant.

use axum::{
    Json, Router,
    body::{Bytes, to_bytes},
    extract::{Query, Request, State},
    routing::{get, post},
};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Value, json};

use super::error::ControlError;
use crate::{ConsentGiven, Secret, Stage, Vendor, oauth::App, oauth::Issued};

const BODY_LIMIT: usize = 1024 * 1024;

type Answer = Result<Json<Value>, ControlError>;

/// The control API of `stage`.
pub fn router(stage: Stage) -> Router {
    Router::new()
        .route("/v1/health", get(health))
        .route("/v1/apps", post(register_app))
        .route("/v1/codes", post(issue_code))
        .route("/v1/tokens", post(issue_tokens))
        .route("/v1/expire", post(expire))
        .route("/v1/revoke", post(revoke))
        .route("/v1/passwords", post(change_password))
        .route("/v1/journal", get(journal))
        .route("/v1/reset", post(reset))
        .route("/v1/switches", get(switches).post(set_switches))
        .fallback(no_route)
        .method_not_allowed_fallback(no_route)
        .with_state(stage)
}

async fn no_route(request: Request) -> ControlError {
    ControlError::NoRoute { method: request.method().clone(), path: request.uri().path().to_owned() }
}

async fn body<T: DeserializeOwned>(request: Request) -> Result<T, ControlError> {
    let body: Bytes = to_bytes(request.into_body(), BODY_LIMIT).await.map_err(|_| ControlError::TooLarge)?;
    // An absent body asks for all defaults.
    let body = if body.is_empty() { Bytes::from_static(b"{}") } else { body };
    serde_json::from_slice(&body).map_err(ControlError::Body)
}

async fn health() -> Json<Value> {
    let vendors: Vec<_> = Vendor::ALL.into_iter().map(Vendor::key).collect();
    Json(json!({ "status": "ok", "version": env!("CARGO_PKG_VERSION"), "vendors": vendors }))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewApp {
    vendor: Vendor,
    client_id: Option<String>,
    client_secret: Option<String>,
    name: Option<String>,
    redirect_uris: Option<Vec<String>>,
    scopes: Option<Vec<String>>,
}

async fn register_app(State(stage): State<Stage>, request: Request) -> Answer {
    let asked: NewApp = body(request).await?;
    let tenant = stage.default_tenant();
    let usual = tenant.new_app(asked.vendor);
    let app = App {
        client_id: asked.client_id.map_or(usual.client_id, Into::into),
        client_secret: asked.client_secret.map_or(usual.client_secret, Secret::from),
        name: asked.name.unwrap_or(usual.name),
        redirect_uris: asked.redirect_uris.unwrap_or(usual.redirect_uris),
        scopes: asked.scopes.unwrap_or(usual.scopes),
        ..usual
    };
    let app = tenant.register_app(asked.vendor, app)?;
    Ok(Json(json!({
        "vendor": asked.vendor.key(),
        "client_id": &*app.client_id,
        "client_secret": app.client_secret.expose(),
        "name": app.name,
        "redirect_uris": app.redirect_uris,
        "scopes": app.scopes,
    })))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Consented {
    vendor: Vendor,
    client_id: Option<String>,
    login: Option<String>,
    redirect_uri: Option<String>,
    #[serde(default)]
    scopes: Vec<String>,
}

impl Consented {
    fn split(self) -> (Vendor, ConsentGiven) {
        let Self { vendor, client_id, login, redirect_uri, scopes } = self;
        (vendor, ConsentGiven { client_id, login, redirect_uri, scopes })
    }
}

async fn issue_code(State(stage): State<Stage>, request: Request) -> Answer {
    let (vendor, consent) = body::<Consented>(request).await?.split();
    let code = stage.default_tenant().issue_code(vendor, consent)?;
    Ok(Json(json!({ "vendor": vendor.key(), "code": code.expose() })))
}

async fn issue_tokens(State(stage): State<Stage>, request: Request) -> Answer {
    let (vendor, consent) = body::<Consented>(request).await?.split();
    let Issued { access_token, expires_in, refresh_token, .. } =
        stage.default_tenant().issue_tokens(vendor, consent)?;
    Ok(Json(json!({
        "vendor": vendor.key(),
        "access_token": access_token.expose(),
        "expires_in": expires_in.map(|life| life.as_secs()),
        "refresh_token": refresh_token.as_ref().map(Secret::expose),
    })))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Credential {
    vendor: Vendor,
    /// A code, access token or refresh token.
    token: String,
}

async fn expire(State(stage): State<Stage>, request: Request) -> Answer {
    let asked: Credential = body(request).await?;
    stage.default_tenant().expire(asked.vendor, &asked.token)?;
    Ok(Json(json!({ "vendor": asked.vendor.key(), "expired": true })))
}

async fn revoke(State(stage): State<Stage>, request: Request) -> Answer {
    let asked: Credential = body(request).await?;
    stage.default_tenant().revoke(asked.vendor, &asked.token)?;
    Ok(Json(json!({ "vendor": asked.vendor.key(), "revoked": true })))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Account {
    vendor: Vendor,
    login: Option<String>,
}

async fn change_password(State(stage): State<Stage>, request: Request) -> Answer {
    let asked: Account = body(request).await?;
    let tenant = stage.default_tenant();
    let login = asked.login.unwrap_or_else(|| tenant.demo(asked.vendor).login);
    let password = tenant.change_password(asked.vendor, &login)?;
    Ok(Json(json!({ "vendor": asked.vendor.key(), "login": login, "password": password.expose() })))
}

#[derive(Deserialize)]
struct JournalQuery {
    vendor: Option<String>,
    operation: Option<String>,
    since: Option<String>,
}

async fn journal(State(stage): State<Stage>, Query(query): Query<JournalQuery>) -> Answer {
    let vendor: Option<Vendor> = query.vendor.as_deref().map(str::parse).transpose()?;
    let since = match query.since {
        Some(value) => value.parse().map_err(|_| ControlError::Number { name: "since", value })?,
        None => 0,
    };
    let tenant = stage.default_tenant();
    let entries: Vec<Value> = tenant
        .journal()
        .since(since)
        .iter()
        .filter(|entry| vendor.is_none_or(|vendor| entry.vendor == vendor))
        .filter(|entry| query.operation.as_deref().is_none_or(|operation| entry.operation == operation))
        .map(|entry| entry.to_json())
        .collect();
    Ok(Json(json!({ "entries": entries })))
}

async fn reset(State(stage): State<Stage>) -> Json<Value> {
    stage.default_tenant().reset();
    Json(json!({ "reset": true }))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SwitchesQuery {
    vendor: String,
}

async fn switches(State(stage): State<Stage>, Query(query): Query<SwitchesQuery>) -> Answer {
    let vendor: Vendor = query.vendor.parse()?;
    Ok(Json(stage.default_tenant().switches_as_json(vendor)))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewSwitches {
    vendor: Vendor,
    switches: Value,
}

async fn set_switches(State(stage): State<Stage>, request: Request) -> Answer {
    let asked: NewSwitches = body(request).await?;
    let tenant = stage.default_tenant();
    tenant.set_switches_as_json(asked.vendor, asked.switches)?;
    Ok(Json(tenant.switches_as_json(asked.vendor)))
}
