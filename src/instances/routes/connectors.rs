//! `/elements`: the connectors, and where users consent. No authorization is needed (1.2).

use axum::{
    Json,
    extract::{RawQuery, State},
    response::Response,
};
use serde_json::{Value, json};

use super::{instances::page, target::Path};
use crate::instances::{
    Service,
    body::Members,
    connector::Connector,
    error::Error,
    oauth_url::{self, Parameters},
};

/// `pageSize` is 200 by default and at most (3.9).
const PAGE: usize = 200;

pub(crate) async fn all(
    State(service): State<Service>,
    RawQuery(query): RawQuery,
) -> Result<Response, Error> {
    let connectors = service.catalog().connectors().map(|connector| connector.full());
    Ok(page(query)?.at_most(PAGE).respond((1..).zip(connectors).collect()))
}

pub(crate) async fn keys(State(service): State<Service>) -> Json<Value> {
    Json(service.catalog().connectors().map(|connector| connector.key.as_str()).collect())
}

pub(crate) async fn one(State(service): State<Service>, path: Path) -> Result<Json<Value>, Error> {
    Ok(Json(service.catalog().find(path.required("keyOrId")?)?.full()))
}

pub(crate) async fn metadata(State(service): State<Service>, path: Path) -> Result<Json<Value>, Error> {
    Ok(Json(metadata_of(service.catalog().find(path.required("keyOrId")?)?)))
}

pub(crate) async fn all_metadata(State(service): State<Service>) -> Json<Value> {
    Json(service.catalog().connectors().map(|connector| metadata_of(connector)).collect())
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
    path: Path,
    RawQuery(query): RawQuery,
) -> Result<Json<Value>, Error> {
    let connector = service.catalog().find(path.required("keyOrId")?)?;
    let parameters = Parameters::from_query(&query.unwrap_or_default());
    oauth_url::build(&service, connector, &parameters).map(Json)
}

pub(crate) async fn oauth_url_by_body(
    State(service): State<Service>,
    path: Path,
    request: Members,
) -> Result<Json<Value>, Error> {
    let connector = service.catalog().find(path.required("keyOrId")?)?;
    oauth_url::build(&service, connector, &Parameters::from_body(request)?).map(Json)
}
