//! Documents: of instances and connectors in Swagger 2.0, of the service itself in OpenAPI 3.1, and a page to try it.

use std::sync::Arc;

use axum::{
    Json,
    extract::{RawQuery, State},
    response::{IntoResponse, Redirect, Response},
};
use http::{HeaderMap, header};
use serde_json::Value;
use utoipa_swagger_ui::Config;

use super::{
    PREFIX,
    connectors::Named,
    target::{Path, Target},
};
use crate::instances::{Service, catalog::printable, docs, error::Error, openapi, resources::Resources};

pub(crate) async fn of_instance(
    State(service): State<Service>,
    Target(slot): Target,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Result<Json<Value>, Error> {
    let instance = slot.read().ok_or(Error::UnknownInstance)?;
    let resources = service.resources_of(&instance);
    Ok(Json(document(&headers, query.as_deref(), |host| {
        docs::document(&instance.connector, &resources, host)
    })))
}

pub(crate) async fn operation(
    service: State<Service>,
    target: Target,
    path: Path,
    headers: HeaderMap,
    query: RawQuery,
) -> Result<Json<Value>, Error> {
    let id = path.required("operationId")?;
    let Json(document) = of_instance(service, target, headers, query).await?;
    let unknown = || Error::NothingNamed { kind: "operation", name: printable(id) };
    docs::of_operation(document, id).map(Json).ok_or_else(unknown)
}

pub(crate) async fn definitions(
    service: State<Service>,
    target: Target,
    path: Path,
    headers: HeaderMap,
    query: RawQuery,
) -> Result<Json<Value>, Error> {
    let Json(mut document) = operation(service, target, path, headers, query).await?;
    Ok(Json(document["definitions"].take()))
}

pub(crate) async fn of_connector(
    Named(connector): Named,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Json<Value> {
    Json(document(&headers, query.as_deref(), |host| docs::document(&connector, &Resources::default(), host)))
}

/// The document for the address that it was asked at. `baseUrl` names another one.
fn document(headers: &HeaderMap, query: Option<&str>, make: impl FnOnce(Option<&str>) -> Value) -> Value {
    let base = form_urlencoded::parse(query.unwrap_or_default().as_bytes())
        .find(|(name, _)| name == "baseUrl")
        .and_then(|(_, value)| url::Url::parse(&value).ok());
    let Some(base) = base.filter(|base| matches!(base.scheme(), "http" | "https") && base.has_host()) else {
        let host = headers.get(header::HOST).and_then(|host| host.to_str().ok());
        return make(host.filter(|host| host.parse::<http::uri::Authority>().is_ok()));
    };
    let mut document = make(Some(&base[url::Position::BeforeHost..url::Position::AfterPort]));
    document["schemes"] = [base.scheme()].as_slice().into();
    document["basePath"] = base.path().trim_end_matches('/').into();
    document
}

/// The service itself.
pub(crate) async fn openapi() -> Response {
    Json(openapi::document()).into_response()
}

pub(crate) async fn page() -> Redirect {
    Redirect::temporary(&format!("{PREFIX}/api-docs/"))
}

/// Swagger UI brings its own scripts, writes its own styles, and draws its icons; nothing comes from elsewhere, and nobody
/// frames it.
const POLICY: &str =
    "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'none'";

/// Swagger UI, from the crate that carries it.
pub(crate) async fn page_file(path: Path) -> Result<Response, Error> {
    let file = path.get("file").filter(|file| !file.is_empty()).unwrap_or("index.html");
    let config = Config::new(["../openapi.json"]).try_it_out_enabled(true);
    let found = utoipa_swagger_ui::serve(file, Arc::new(config)).ok().flatten().ok_or(Error::UnknownPath)?;
    let headers = [(header::CONTENT_TYPE, &*found.content_type), (header::CONTENT_SECURITY_POLICY, POLICY)];
    Ok((headers, found.bytes.into_owned()).into_response())
}
