//! `/elements`: the connectors, and where users consent. No authorization is needed (1.2).

use std::sync::Arc;

use axum::{
    Json,
    body::Bytes,
    extract::{FromRequestParts, RawQuery, State},
    response::Response,
};
use http::{HeaderMap, StatusCode, request::Parts as RequestParts};
use serde_json::{Value, json};

use super::{
    instances::page,
    target::{Called, Path},
};
use crate::instances::{
    Service, authentication,
    authorization::Parts,
    body::{Members, is_json},
    connector::Connector,
    error::Error,
    listing,
    oauth_url::{self, Parameters},
    oauth1,
    provisioning::name,
    store::CallerId,
};

/// `pageSize` is 200 by default and at most (3.9).
const PAGE: usize = 200;

/// The connectors of the catalogue, and the copies of the caller's organization if it says who it is.
pub(crate) async fn all(
    State(service): State<Service>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Result<Response, Error> {
    let connectors = visible(&service, &headers);
    let shown = connectors.iter().map(|connector| move || connector.full());
    Ok(page(query)?.at_most(PAGE).respond((1..).zip(shown).collect()))
}

pub(crate) async fn keys(State(service): State<Service>, headers: HeaderMap) -> Response {
    let visible = visible(&service, &headers);
    listing::respond(visible.iter().map(|connector| connector.key.as_str().into()).collect())
}

fn visible(service: &Service, headers: &HeaderMap) -> Vec<Arc<Connector>> {
    let mut visible: Vec<_> = service.catalog().connectors().cloned().collect();
    let account = someone(service, headers).and_then(|caller| service.store().account(caller));
    visible.extend(account.map(|account| service.store().clones(account.organization)).unwrap_or_default());
    visible
}

fn someone(service: &Service, headers: &HeaderMap) -> Option<CallerId> {
    Parts::read(headers).ok()?.someone(service)
}

/// The connector of the path. Copies are there for their organization only.
pub(crate) struct Named(pub(crate) Arc<Connector>);

impl FromRequestParts<Service> for Named {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut RequestParts, service: &Service) -> Result<Self, Error> {
        let path = Path::from_request_parts(parts, service).await?;
        let caller = someone(service, &parts.headers);
        Ok(Self(service.connector(caller, path.required("keyOrId")?)?))
    }
}

pub(crate) async fn one(Named(connector): Named) -> Json<Value> {
    Json(connector.full())
}

pub(crate) async fn metadata(Named(connector): Named) -> Json<Value> {
    Json(metadata_of(&connector))
}

pub(crate) async fn all_metadata(State(service): State<Service>, headers: HeaderMap) -> Response {
    listing::respond(visible(&service, &headers).iter().map(|connector| metadata_of(connector)).collect())
}

/// What an instance is configured with, and what `providerData` of a create holds (3.9).
pub(crate) async fn configuration(Named(connector): Named) -> Json<Value> {
    Json(json!({
        "configuration": connector.configuration,
        "providerData": authentication::provider_data(&connector, &connector.authentication.kind),
    }))
}

pub(crate) async fn authentication_types(Named(connector): Named) -> Response {
    listing::respond(authentication::kinds(&connector).map(Value::from).collect())
}

pub(crate) async fn authentication_configurations(
    Named(connector): Named,
    path: Path,
) -> Result<Json<Value>, Error> {
    let kind = path.required("type")?;
    authentication::configurations(&connector, kind).map(Json)
}

/// Copies a connector for the caller's organization. `key` and `name` may be given.
pub(crate) async fn copy(
    State(service): State<Service>,
    Called(caller): Called,
    path: Path,
    headers: HeaderMap,
    request: Bytes,
) -> Result<Json<Value>, Error> {
    let base = service.connector(Some(caller), path.required("keyOrId")?)?;
    if !base.cloneable {
        return Err(Error::NotCloneable(base.key.clone()));
    }
    let request = match request.is_empty() {
        true => Members::default(),
        false if !is_json(&headers) => return Err(Error::UnsupportedMediaType),
        false => Members::parse(&request)?,
    };
    let key = request.text("key")?.filter(|key| !key.is_empty()).map(str::to_owned);
    if key.as_ref().is_some_and(|key| !is_key(key)) {
        return Err(Error::wrong(
            "key",
            "lower-case letters, digits, dots and hyphens, beginning with a letter",
        ));
    }
    if key.as_deref().is_some_and(|key| RESERVED.contains(&key)) {
        return Err(Error::wrong("key", "another word: /elements has a path of its own with this one"));
    }
    let taken = |key: &str| Error::KeyTaken(key.to_owned());
    if let Some(key) = key.as_deref().filter(|key| service.catalog().find(key).is_ok()) {
        return Err(taken(key));
    }
    let name = name(&request)?.unwrap_or_else(|| base.name.clone());
    let organization = service.store().account(caller).ok_or(Error::Unauthorized)?.organization;
    let copy = service.store().copy(organization, &base, key.clone(), name).await?;
    let copy = copy.ok_or_else(|| taken(key.as_deref().unwrap_or(&base.key)))?;
    Ok(Json(copy.full()))
}

/// What stands where keys stand and means something else.
const RESERVED: [&str; 2] = ["keys", "metadata"];

/// Keys stand in paths, and must not look like numbers.
fn is_key(key: &str) -> bool {
    key.len() <= 64
        && key.starts_with(|first: char| first.is_ascii_lowercase())
        && key.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b".-".contains(&byte))
}

/// Forgets a copy.
pub(crate) async fn forget(
    State(service): State<Service>,
    Called(caller): Called,
    path: Path,
) -> Result<StatusCode, Error> {
    let connector = service.connector(Some(caller), path.required("keyOrId")?)?;
    if !connector.is_copy {
        return Err(Error::NotACopy(connector.key.clone()));
    }
    let forgotten = service.store().forget_clone(&connector).await?;
    if forgotten { Ok(StatusCode::OK) } else { Err(Error::InUse(connector.key.clone())) }
}

/// Events are not part of this service, so that no connector supports any.
fn metadata_of(connector: &Connector) -> Value {
    json!({
        "id": connector.id,
        "key": connector.key,
        "name": connector.name,
        "description": connector.description,
        "hub": connector.hub,
        "events": { "supported": false, "methods": [] },
    })
}

pub(crate) async fn oauth_url(
    State(service): State<Service>,
    Named(connector): Named,
    RawQuery(query): RawQuery,
) -> Result<Json<Value>, Error> {
    let parameters = Parameters::from_query(&query.unwrap_or_default());
    oauth_url::build(&service, &connector, &parameters).map(Json)
}

/// The same, with the application of the connector instead of one of the caller's (3.10).
pub(crate) async fn oauth_url_of_own_app(
    State(service): State<Service>,
    Named(connector): Named,
    RawQuery(query): RawQuery,
) -> Result<Json<Value>, Error> {
    let parameters = Parameters::from_query(&query.unwrap_or_default());
    oauth_url::of_own_app(&service, &connector, parameters).await.map(Json)
}

/// The request token of OAuth 1.0.
pub(crate) async fn oauth_token(
    State(service): State<Service>,
    Named(connector): Named,
    RawQuery(query): RawQuery,
) -> Result<Json<Value>, Error> {
    let parameters = Parameters::from_query(&query.unwrap_or_default());
    oauth1::request_token(&service, &connector, &parameters).await.map(Json)
}

pub(crate) async fn oauth_url_by_body(
    State(service): State<Service>,
    Named(connector): Named,
    request: Members,
) -> Result<Json<Value>, Error> {
    oauth_url::build(&service, &connector, &Parameters::from_body(request)?).map(Json)
}
