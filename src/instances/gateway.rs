//! Calls that go through an instance to its provider.

use std::collections::BTreeSet;

use axum::{
    Json,
    body::Bytes,
    response::{IntoResponse, Response},
};
use http::{HeaderName, HeaderValue, Method, StatusCode, header};
use serde_json::{Map, Value, json};
use url::Url;

use super::{
    Service,
    address::Meant,
    body::Members,
    catalog::printable,
    configuration::FILTER_NULLS,
    connector::{List, Object, ObjectKind, Place, Substitute},
    credentials::{credentials, secrets},
    error::{Error, ProviderFault},
    instance::Instance,
    listing, mapping, metadata,
    objects::{self, Located, Resolved},
    outbound::{Answer, Body, Call},
    records,
    refresh::fresh,
    store::Slot,
    template::Template,
};

/// Set when an answer is good, but not quite what was asked for (1.3).
pub(super) const ADJUSTED: HeaderName = HeaderName::from_static("elements-error");

/// A call of one object.
#[derive(Clone, Debug)]
pub(crate) struct ObjectCall {
    pub(crate) method: Method,
    /// The path behind the hub: the object, an id, and what may belong to that.
    pub(crate) path: Vec<String>,
    pub(crate) query: Option<String>,
    pub(crate) body: Bytes,
}

impl ObjectCall {
    fn segments(&self) -> Vec<&str> {
        self.path.iter().map(String::as_str).collect()
    }
}

/// What a call is at the provider.
pub(super) struct Route<'a> {
    pub(super) url: &'a Template,
    pub(super) method: Method,
    pub(super) meant: Meant<'a>,
    /// Where the records sit in the answer, when it is a list.
    list: Option<&'a List>,
    /// The call that takes the place of the caller's, and where the record is that it changes.
    instead: Option<(&'a Substitute, &'a Template)>,
}

impl<'a> Route<'a> {
    pub(super) fn new(url: &'a Template, method: Method, meant: Meant<'a>) -> Self {
        Self { url, method, meant, list: None, instead: None }
    }

    pub(super) fn list(list: &'a List, meant: Meant<'a>) -> Self {
        let fields = if meant.fields.is_empty() { &list.fields } else { meant.fields };
        let meant = Meant { fields, ..meant };
        Self { list: Some(list), ..Self::new(&list.url, Method::GET, meant) }
    }
}

/// Asks the provider for anything, to see whether the credentials still work (7, row 42).
pub(crate) async fn ping(service: &Service, slot: &Slot) -> Result<Response, Error> {
    enabled(slot)?;
    let instance = fresh(service, slot).await?;
    let route = Route::new(&instance.connector.service.ping, Method::GET, Meant::default());
    let answer = send(service, &instance, &route, None, None).await?;
    if !answer.has_no_content() {
        // A page for people says nothing about the credentials.
        serde_json::from_slice::<serde::de::IgnoredAny>(&answer.body).map_err(|_| ProviderFault::NotJson)?;
    }
    let now = service.clock().now().iso();
    Ok(Json(json!({ "dateTime": now, "endpoint": instance.connector.key, "valid": true })).into_response())
}

/// Passes a call on to the provider.
pub(crate) async fn call(service: &Service, slot: &Slot, call: ObjectCall) -> Result<Response, Error> {
    let before = enabled(slot)?;
    let resources = service.resources_of(&before);
    let segments = call.segments();
    let located = objects::locate(&before.connector, &resources, &segments)?;
    let resolved = &located.resolved;
    let query = call.query.as_deref().unwrap_or_default();
    if let Some(own) = &resolved.object.records
        && call.method == Method::GET
        && located.meant.id.is_none()
    {
        return records::own(&before, resolved, own, query);
    }
    let route = route(&located, &call.method)?;
    let body = outgoing(resolved, &call)?;
    let instance = fresh(service, slot).await?;
    if resolved.kind() == ObjectKind::Vendor {
        // Its caller knows the vendor's own parameters, and gets the vendor's own answer.
        let body = body.map(|_| Body::Json(call.body.clone()));
        let answer = send(service, &instance, &route, call.query.as_deref(), body).await?;
        return answered(&instance, &located, &call.method, &route, answer);
    }
    let mut response = match route.list {
        Some(list) => records::page(service, &instance, &located, list, query).await?,
        None => {
            let (place, body) = match (&resolved.object.create, body) {
                (Some(create), Some(record)) if located.meant.id.is_none() => {
                    let (place, record) = create.place(record)?;
                    (place, Some(record))
                }
                (_, body) => (None, body),
            };
            let body = match &route.instead {
                Some(instead) => {
                    substituted(service, &instance, resolved.object, &route, *instead, body).await?
                }
                None => body,
            };
            let body = body.as_ref().map(Body::json);
            let meant = Meant { id: route.meant.id.or(place.as_deref()), ..route.meant };
            let route = Route { meant, ..route };
            let answer = send(service, &instance, &route, None, body).await?;
            answered(&instance, &located, &call.method, &route, answer)?
        }
    };
    if let Some(ignored) = ignored(query, route_lists(&located, &call.method)) {
        response.headers_mut().insert(ADJUSTED, ignored);
    }
    Ok(response)
}

/// Whether the call is for a list, whose pages are asked for in the query.
fn route_lists(located: &Located<'_>, method: &Method) -> bool {
    *method == Method::GET && located.meant.id.is_none()
}

/// Says which parameters had no effect, so that nobody takes an unfiltered list for a filtered one.
fn ignored(query: &str, is_list: bool) -> Option<HeaderValue> {
    let names: Vec<_> = form_urlencoded::parse(query.as_bytes())
        .filter(|(name, _)| !is_list || !matches!(&**name, "pageSize" | "nextPage"))
        .map(|(name, _)| printable(&name))
        .collect();
    if names.is_empty() {
        return None;
    }
    HeaderValue::try_from(format!("Query parameters were ignored: {}", names.join(", "))).ok()
}

pub(super) fn enabled(slot: &Slot) -> Result<std::sync::Arc<Instance>, Error> {
    let instance = slot.read().ok_or(Error::Unauthorized)?;
    if instance.disabled { Err(Error::Disabled) } else { Ok(instance) }
}

fn route<'a>(located: &Located<'a>, method: &Method) -> Result<Route<'a>, Error> {
    let Located { resolved, meant, above } = located;
    let object = resolved.object;
    if meant.id.is_some() {
        let item = object.item.as_ref().ok_or(Error::UnknownPath)?;
        if !item.takes(method) {
            return Err(Error::UnknownMethod);
        }
        let Some(substitute) = item.instead_of(method) else {
            return Ok(Route::new(&item.url, method.clone(), *meant));
        };
        let url = substitute.url.as_ref().unwrap_or(&item.url);
        let route = Route::new(url, substitute.method.clone(), *meant);
        return Ok(Route { instead: Some((substitute, &item.url)), ..route });
    }
    match (method, &object.list, &object.create) {
        (&Method::GET, Some(list), _) => Ok(Route::list(list, *meant)),
        // A new record has to be told where it belongs.
        (&Method::POST, _, Some(create)) if above.is_none() => {
            Ok(Route::new(&create.url, Method::POST, *meant))
        }
        _ => Err(Error::UnknownMethod),
    }
}

/// The record for the provider: mapped for objects of a user, as it came otherwise.
fn outgoing(resolved: &Resolved<'_>, call: &ObjectCall) -> Result<Option<Value>, Error> {
    if !matches!(call.method, Method::POST | Method::PUT | Method::PATCH) {
        return Ok(None);
    }
    let record = Members::parse(&call.body)?.into_value();
    Ok(Some(match resolved.transformation {
        Some(transformation) => mapping::to_vendor(transformation, &record),
        None => record,
    }))
}

/// The body of the call that takes the place of the caller's; nothing when it needs none.
async fn substituted(
    service: &Service,
    instance: &Instance,
    object: &Object,
    route: &Route<'_>,
    (substitute, place): (&Substitute, &Template),
    sent: Option<Value>,
) -> Result<Option<Value>, Error> {
    let mut body = match sent {
        Some(Value::Object(members)) => members,
        _ => Map::new(),
    };
    body.extend(substitute.with.clone());
    if substitute.current.iter().any(|name| !body.contains_key(name)) {
        let answer =
            send(service, instance, &Route::new(place, Method::GET, route.meant), None, None).await?;
        let value: Value = serde_json::from_slice(&answer.body).map_err(|_| ProviderFault::NotJson)?;
        let mut record = record(object.record.as_ref(), value)?;
        for name in &substitute.current {
            body.entry(name).or_insert_with(|| record[name].take());
        }
    }
    if body.is_empty() {
        return Ok(None);
    }
    let body = Value::Object(body);
    Ok(Some(if substitute.listed { Value::Array(vec![body]) } else { body }))
}

/// The record in an answer about one.
fn record(place: Option<&Place>, answer: Value) -> Result<Value, Error> {
    match place {
        None => Ok(answer),
        Some(place) => place.take(answer).ok_or_else(|| ProviderFault::NotJson.into()),
    }
}

async fn send(
    service: &Service,
    instance: &Instance,
    route: &Route<'_>,
    query: Option<&str>,
    body: Option<Body>,
) -> Result<Answer, Error> {
    ask(service, instance, route, body, |url| {
        if let Some(query) = query.filter(|query| !query.is_empty()) {
            override_query(url, query);
        }
    })
    .await
}

/// Adds the caller's parameters. One that the connector sets as well is the caller's: a query of their own.
fn override_query(url: &mut Url, query: &str) {
    let named: BTreeSet<_> =
        form_urlencoded::parse(query.as_bytes()).map(|(name, _)| name.into_owned()).collect();
    let own = url.query().unwrap_or_default();
    let kept = own.split('&').filter(|pair| {
        let name = form_urlencoded::parse(pair.as_bytes()).next().map(|(name, _)| name.into_owned());
        name.is_some_and(|name| !named.contains(&name))
    });
    let whole = kept.chain([query]).collect::<Vec<_>>().join("&");
    url.set_query(Some(&whole));
}

pub(super) async fn ask(
    service: &Service,
    instance: &Instance,
    route: &Route<'_>,
    body: Option<Body>,
    adjust: impl FnOnce(&mut Url),
) -> Result<Answer, Error> {
    let answer = exchange(service, instance, route, body, adjust).await?;
    answer.accepted(&instance.connector, &secrets(&instance.connector, &instance.values))
}

/// The same, whatever the vendor answers.
pub(super) async fn exchange(
    service: &Service,
    instance: &Instance,
    route: &Route<'_>,
    body: Option<Body>,
    adjust: impl FnOnce(&mut Url),
) -> Result<Answer, Error> {
    let connector = &instance.connector;
    let mut destination =
        service.addressing(connector, &instance.values)?.destination(route.url, route.meant)?;
    adjust(&mut destination.url);
    let headers = credentials(service, connector, &instance.values, (&route.method, &destination.url))?;
    let call = Call { method: route.method.clone(), destination, headers, body };
    Ok(service.outbound().send(call).await?)
}

/// The caller's answer: a vendor object's as it came, others mapped and without nulls.
fn answered(
    instance: &Instance,
    located: &Located<'_>,
    method: &Method,
    route: &Route<'_>,
    answer: Answer,
) -> Result<Response, Error> {
    let resolved = &located.resolved;
    if answer.has_no_content() || (answer.body.is_empty() && *method == Method::DELETE) {
        return Ok(StatusCode::OK.into_response());
    }
    let value: Value = serde_json::from_slice(&answer.body).map_err(|_| ProviderFault::NotJson)?;
    if resolved.kind() == ObjectKind::Vendor {
        let json = HeaderValue::from_static("application/json");
        let mut response = ([(header::CONTENT_TYPE, json)], answer.body).into_response();
        if let Value::Array(entries) = value {
            response.headers_mut().insert(listing::RETURNED, HeaderValue::from(entries.len()));
        }
        return Ok(response);
    }
    let value = match route.list {
        Some(_) => value,
        None => record(resolved.object.record.as_ref(), value)?,
    };
    let creates = *method == Method::POST && located.meant.id.is_none();
    let value = match &resolved.object.create {
        Some(create) if creates && resolved.transformation.is_some() => {
            create.with_id(value, &resolved.object.key)
        }
        _ => value,
    };
    Ok(match shown(instance, resolved, value) {
        Value::Array(entries) => listing::respond(entries),
        other => Json(other).into_response(),
    })
}

/// A record under the names of its object, without nulls unless the instance wants them.
pub(super) fn shown(instance: &Instance, resolved: &Resolved<'_>, record: Value) -> Value {
    let mapped = match (resolved.transformation, record) {
        (None, record) => record,
        (Some(transformation), Value::Array(records)) => {
            Value::Array(records.iter().map(|record| mapping::from_vendor(transformation, record)).collect())
        }
        (Some(transformation), record) => mapping::from_vendor(transformation, &record),
    };
    let filters = instance.values.get(FILTER_NULLS) == Some("true");
    if filters { mapping::without_nulls(mapped) } else { mapped }
}

/// What the records of an object look like, as far as its first page shows (3.8).
pub(crate) async fn fields(service: &Service, slot: &Slot, name: &str) -> Result<Value, Error> {
    let before = enabled(slot)?;
    let resources = service.resources_of(&before);
    let located = objects::locate(&before.connector, &resources, &[name])?;
    let object = located.resolved.object;
    if let Some(transformation) = located.resolved.transformation {
        let definition = resources.definition(name);
        return Ok(metadata::of_transformation(transformation, definition, object));
    }
    let records = match (&object.records, &object.list) {
        (Some(own), _) => own.clone(),
        (None, Some(list)) => {
            let instance = fresh(service, slot).await?;
            records::first(service, &instance, &located, list).await?
        }
        (None, None) => Vec::new(),
    };
    Ok(metadata::of_records(&records, object))
}
