//! Calls that go through an instance to its provider.

use axum::{
    Json,
    body::Bytes,
    response::{IntoResponse, Response},
};
use http::{HeaderValue, Method, StatusCode, header};
use serde_json::{Map, Value, json};

use super::{
    Service,
    body::Members,
    catalog::printable,
    configuration::FILTER_NULLS,
    connector::{List, ObjectKind},
    error::{Error, ProviderFault},
    instance::Instance,
    listing, mapping,
    objects::{self, Resolved},
    outbound::{Answer, Body, Call, credentials, secrets},
    refresh::fresh,
    store::Slot,
    template::Template,
};

/// A call of one object.
#[derive(Clone, Debug)]
pub(crate) struct ObjectCall {
    pub(crate) method: Method,
    pub(crate) object: String,
    pub(crate) id: Option<String>,
    pub(crate) query: Option<String>,
    pub(crate) body: Bytes,
}

/// What a call is at the provider.
struct Route<'a> {
    url: &'a Template,
    method: Method,
    /// Where the records sit in the answer, when it is a list.
    list: Option<&'a List>,
}

/// Asks the provider for anything, to see whether the credentials still work (7, row 42).
pub(crate) async fn ping(service: &Service, slot: &Slot) -> Result<Response, Error> {
    enabled(slot)?;
    let instance = fresh(service, slot).await?;
    let route = Route { url: &instance.connector.service.ping, method: Method::GET, list: None };
    send(service, &instance, &route, None, None, None).await?;
    let now = service.clock().now().iso();
    Ok(Json(json!({ "dateTime": now, "endpoint": instance.connector.key, "valid": true })).into_response())
}

/// Passes a call on to the provider.
pub(crate) async fn call(service: &Service, slot: &Slot, call: ObjectCall) -> Result<Response, Error> {
    let before = enabled(slot)?;
    let resources = service.resources_of(&before);
    let unknown = || Error::NothingNamed { kind: "object", name: printable(&call.object) };
    let resolved = objects::find(&before.connector, &resources, &call.object).ok_or_else(unknown)?;
    let route = route(&resolved, &call)?;
    let body = outgoing(&resolved, &call)?;
    let instance = fresh(service, slot).await?;
    // The caller of a vendor object knows the vendor's parameters; those of the others are the service's own.
    let query = call.query.as_deref().filter(|_| resolved.kind() == ObjectKind::Vendor);
    let answer = send(service, &instance, &route, call.id.as_deref(), query, body).await?;
    answered(&instance, &resolved, &route, answer)
}

fn enabled(slot: &Slot) -> Result<std::sync::Arc<Instance>, Error> {
    let instance = slot.read().ok_or(Error::Unauthorized)?;
    if instance.disabled { Err(Error::Disabled) } else { Ok(instance) }
}

fn route<'a>(resolved: &Resolved<'a>, call: &ObjectCall) -> Result<Route<'a>, Error> {
    let object = resolved.object;
    let method = call.method.clone();
    if call.id.is_some() {
        let item = object.item.as_ref().ok_or(Error::UnknownPath)?;
        let offered = item.methods.contains(&method);
        return if offered {
            Ok(Route { url: &item.url, method, list: None })
        } else {
            Err(Error::UnknownMethod)
        };
    }
    match (method, &object.create) {
        (Method::GET, _) => {
            Ok(Route { url: &object.list.url, method: Method::GET, list: Some(&object.list) })
        }
        (Method::POST, Some(create)) => Ok(Route { url: &create.url, method: Method::POST, list: None }),
        _ => Err(Error::UnknownMethod),
    }
}

/// The body for the provider: mapped for objects of a user, as it came otherwise.
fn outgoing(resolved: &Resolved<'_>, call: &ObjectCall) -> Result<Option<Body>, Error> {
    if !matches!(call.method, Method::POST | Method::PUT | Method::PATCH) {
        return Ok(None);
    }
    let Some(transformation) = resolved.transformation else {
        Members::parse(&call.body)?;
        return Ok(Some(Body::Json(call.body.clone())));
    };
    let record = Members::parse(&call.body)?.into_value();
    Ok(Some(Body::Json(mapping::to_vendor(transformation, &record).to_string().into())))
}

async fn send(
    service: &Service,
    instance: &Instance,
    route: &Route<'_>,
    id: Option<&str>,
    query: Option<&str>,
    body: Option<Body>,
) -> Result<Answer, Error> {
    let connector = &instance.connector;
    let mut destination = service.addressing(connector, &instance.values)?.destination(route.url, id)?;
    if let Some(query) = query.filter(|query| !query.is_empty()) {
        let whole = destination.url.query().map_or_else(|| query.to_owned(), |own| format!("{own}&{query}"));
        destination.url.set_query(Some(&whole));
    }
    let headers = credentials(connector, &instance.values)?;
    let call = Call { method: route.method.clone(), destination, headers, body };
    let answer = service.outbound().send(call).await?;
    answer.accepted(connector, &secrets(connector, &instance.values))
}

/// The caller's answer: a vendor object's as it came, a list unwrapped, records mapped, nulls taken out.
fn answered(
    instance: &Instance,
    resolved: &Resolved<'_>,
    route: &Route<'_>,
    answer: Answer,
) -> Result<Response, Error> {
    let raw = resolved.kind() == ObjectKind::Vendor;
    if answer.body.is_empty() {
        // BigCommerce answers an empty list with 204 and no body.
        let list = route.list.is_some();
        return Ok(if list { listing::respond(Vec::new()) } else { StatusCode::OK.into_response() });
    }
    let value: Value = serde_json::from_slice(&answer.body).map_err(|_| ProviderFault::NotJson)?;
    if raw {
        let json = HeaderValue::from_static("application/json");
        return Ok(([(header::CONTENT_TYPE, json)], answer.body).into_response());
    }
    let value = match route.list {
        Some(list) => records(list, value)?,
        None => value,
    };
    let mapped = match (resolved.transformation, value) {
        (None, value) => value,
        (Some(transformation), Value::Array(records)) => {
            Value::Array(records.iter().map(|record| mapping::from_vendor(transformation, record)).collect())
        }
        (Some(transformation), record) => mapping::from_vendor(transformation, &record),
    };
    let filters = instance.values.get(FILTER_NULLS) == Some("true");
    let shown = if filters { mapping::without_nulls(mapped) } else { mapped };
    Ok(match shown {
        Value::Array(entries) => listing::respond(entries),
        other => Json(other).into_response(),
    })
}

/// The records of a list, wherever the vendor put them.
fn records(list: &List, answer: Value) -> Result<Value, Error> {
    let inner = match (&list.at, answer) {
        (None, whole) => whole,
        (Some(member), Value::Object(mut members)) => {
            // Egnyte leaves a folder's `files` out when there are none.
            members.remove(member).unwrap_or_else(|| Value::Array(Vec::new()))
        }
        (Some(_), _) => return Err(ProviderFault::NotJson.into()),
    };
    Ok(match inner {
        Value::Array(entries) => {
            Value::Array(entries.into_iter().filter(|entry| carries(entry, &list.only)).collect())
        }
        other => other,
    })
}

fn carries(entry: &Value, wanted: &Map<String, Value>) -> bool {
    wanted.iter().all(|(name, value)| entry.get(name) == Some(value))
}
