//! `/instances`: making, reading, listing, changing and deleting them.

use std::{collections::BTreeMap, sync::Arc};

use axum::{
    Json,
    extract::{RawQuery, State},
    response::{IntoResponse, Response},
};
use http::{HeaderMap, HeaderValue, StatusCode};
use serde_json::{Value, json};

use super::target::{Called, Path, Target};
use crate::instances::{
    Privilege, Service,
    authorization::Parts,
    body::Members,
    catalog::printable,
    connector::Connector,
    envelope::TRACE_ID,
    error::Error,
    instance::{Instance, View},
    listing::{Page, Search},
    provisioning,
    store::{CallerId, Slot},
    update::{self, Verb},
};

pub(crate) async fn create(
    State(service): State<Service>,
    Called(caller): Called,
    request: Members,
) -> Result<Response, Error> {
    let element = request.object("element")?.ok_or_else(|| Error::Missing(vec!["element.key".to_owned()]))?;
    let key = match (element.get("key"), element.get("id")) {
        (Some(Value::String(key)), _) if !key.is_empty() => key.clone(),
        (None | Some(Value::Null), Some(Value::Number(id))) => id.to_string(),
        (None | Some(Value::Null | Value::String(_)), None | Some(Value::Null)) => {
            return Err(Error::Missing(vec!["element.key".to_owned()]));
        }
        _ => return Err(Error::wrong("element.key", "a string")),
    };
    let connector = service.connector(Some(caller), &key)?;
    make(&service, caller, connector, &request).await
}

/// Makes the instance; with `providerData.debug`, what was said to the vendor is kept as well, above all when it refused.
async fn make(
    service: &Service,
    caller: CallerId,
    connector: Arc<Connector>,
    request: &Members,
) -> Result<Response, Error> {
    let debug =
        request.object("providerData")?.and_then(|data| data.get("debug")) == Some(&Value::Bool(true));
    if !debug {
        return Ok(Json(provisioning::create(service, caller, connector, request).await?).into_response());
    }
    let key = connector.key.clone();
    let work = provisioning::create(service, caller, connector, request);
    let (outcome, id) =
        service.traces().record(service.mint(), (caller, &key), service.clock().now(), work).await;
    let mut response = outcome.map(Json).into_response();
    if let Ok(id) = HeaderValue::try_from(id) {
        response.headers_mut().insert(TRACE_ID, id);
    }
    Ok(response)
}

/// `/elements/{keyOrId}/trace/{traceId}`
pub(crate) async fn trace(
    State(service): State<Service>,
    Called(caller): Called,
    path: Path,
) -> Result<Json<Value>, Error> {
    let connector = service.connector(Some(caller), path.required("keyOrId")?)?;
    let id = path.required("traceId")?;
    let found = service.traces().find(caller, &connector.key, id);
    found.map(Json).ok_or_else(|| Error::NothingNamed { kind: "trace", name: printable(id) })
}

pub(crate) async fn create_at(
    State(service): State<Service>,
    Called(caller): Called,
    path: Path,
    request: Members,
) -> Result<Response, Error> {
    let connector = service.connector(Some(caller), path.required("keyOrId")?)?;
    make(&service, caller, connector, &request).await
}

pub(crate) async fn read(State(service): State<Service>, Target(slot): Target) -> Result<Json<Value>, Error> {
    let instance = slot.read().ok_or(Error::UnknownInstance)?;
    Ok(Json(instance.to_json(&service, View::Full)))
}

/// With an Element part, the list holds just that part's instance (7, row 1).
pub(crate) async fn list(
    State(service): State<Service>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Result<Response, Error> {
    let header = Parts::read(&headers)?;
    let caller = header.caller(&service, Privilege::ViewInstances)?;
    let search = Search::parse(&query.unwrap_or_default())?;
    let instances = if header.has_element() {
        header.own_instance(&service, Privilege::ViewInstances)?.1.read().into_iter().collect()
    } else {
        service.store().all(caller)
    };
    found(&service, &instances, &search, View::Full)
}

pub(crate) async fn of_connector(
    State(service): State<Service>,
    Called(caller): Called,
    path: Path,
    RawQuery(query): RawQuery,
) -> Result<Response, Error> {
    let connector = service.connector(Some(caller), path.required("keyOrId")?)?;
    let search = Search::parse(&query.unwrap_or_default())?;
    let mut instances = service.store().all(caller);
    instances.retain(|instance| instance.connector.id == connector.id);
    found(&service, &instances, &search, View::Full)
}

/// `/accounts/instances`. An account is a caller here; others are unknown.
pub(crate) async fn account(
    State(service): State<Service>,
    Called(caller): Called,
    path: Path,
    RawQuery(query): RawQuery,
) -> Result<Response, Error> {
    if let Some(id) = path
        .get("accountId")
        .filter(|id| service.store().account(caller).is_none_or(|own| own.id.to_string() != *id))
    {
        return Err(Error::NothingNamed { kind: "account", name: printable(id) });
    }
    let search = Search::parse(&query.unwrap_or_default())?;
    found(&service, &service.store().all(caller), &search, View::Account)
}

fn found(
    service: &Service,
    instances: &[Arc<Instance>],
    search: &Search,
    view: View,
) -> Result<Response, Error> {
    let view = if search.hydrate { view } else { View::Brief };
    let found: Vec<_> = instances
        .iter()
        .filter(|instance| search.finds(instance))
        .map(|instance| (instance.id, || instance.to_json(service, view)))
        .collect();
    if found.is_empty() { Err(Error::NoInstances) } else { Ok(search.page.respond(found)) }
}

pub(crate) async fn count(State(service): State<Service>, Called(caller): Called) -> Json<Value> {
    let instances = service.store().all(caller);
    let mut by_connector: BTreeMap<&str, u64> = BTreeMap::new();
    for instance in &instances {
        *by_connector.entry(&instance.connector.key).or_default() += 1;
    }
    let counts: Vec<Value> =
        by_connector.into_iter().map(|(key, count)| json!({ "elementKey": key, "count": count })).collect();
    Json(json!({ "totalInstances": instances.len(), "elementInstances": counts }))
}

pub(crate) async fn change(
    State(service): State<Service>,
    Target(slot): Target,
    request: Members,
) -> Result<Json<Value>, Error> {
    let instance = update::update(&service, &slot, &request, Verb::Patch).await?;
    Ok(Json(instance.to_json(&service, View::Full)))
}

pub(crate) async fn replace(
    State(service): State<Service>,
    Target(slot): Target,
    RawQuery(query): RawQuery,
    request: Members,
) -> Result<Json<Value>, Error> {
    let query = query.unwrap_or_default();
    let quietly = form_urlencoded::parse(query.as_bytes())
        .any(|(name, value)| name == "reAuthenticate" && value.eq_ignore_ascii_case("false"));
    let verb = if quietly { Verb::PutQuietly } else { Verb::Put };
    let instance = update::update(&service, &slot, &request, verb).await?;
    Ok(Json(instance.to_json(&service, View::Full)))
}

pub(crate) async fn remove(
    State(service): State<Service>,
    Target(slot): Target,
) -> Result<StatusCode, Error> {
    if service.store().remove(&slot).await? { Ok(StatusCode::OK) } else { Err(Error::UnknownInstance) }
}

pub(crate) async fn enable(
    State(service): State<Service>,
    Target(slot): Target,
) -> Result<StatusCode, Error> {
    switch(&service, &slot, false).await
}

pub(crate) async fn disable(
    State(service): State<Service>,
    Target(slot): Target,
) -> Result<StatusCode, Error> {
    switch(&service, &slot, true).await
}

async fn switch(service: &Service, slot: &Slot, disabled: bool) -> Result<StatusCode, Error> {
    let kept = service.store().update(slot, move |instance| {
        instance.disabled = disabled;
        // Whoever enables it again gets all its tries again.
        instance.failed_refreshes = 0;
    });
    kept.await?.map(|_| StatusCode::OK).ok_or(Error::UnknownInstance)
}

/// The page of a list that is not of instances.
pub(crate) fn page(query: Option<String>) -> Result<Page, Error> {
    Page::parse(&query.unwrap_or_default())
}
