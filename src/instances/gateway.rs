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
    body::Members,
    catalog::printable,
    configuration::{FILTER_NULLS, PAGINATION_MAX},
    connector::{List, Object, ObjectKind, Place, Substitute},
    error::{Error, ProviderFault},
    instance::Instance,
    listing::{self, NEXT_PAGE, Page},
    mapping, metadata,
    objects::{self, Resolved},
    outbound::{Answer, Body, Call, credentials, secrets},
    paging::{self, Filling},
    refresh::fresh,
    store::Slot,
    template::Template,
};

/// Set when an answer is good, but not quite what was asked for (1.3).
const ADJUSTED: HeaderName = HeaderName::from_static("elements-error");

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
pub(super) struct Route<'a> {
    pub(super) url: &'a Template,
    pub(super) method: Method,
    /// Where the records sit in the answer, when it is a list.
    list: Option<&'a List>,
    /// The call that takes the place of the caller's, and where the record is that it changes.
    instead: Option<(&'a Substitute, &'a Template)>,
}

impl<'a> Route<'a> {
    pub(super) fn new(url: &'a Template, method: Method) -> Self {
        Self { url, method, list: None, instead: None }
    }

    fn list(list: &'a List) -> Self {
        Self { list: Some(list), ..Self::new(&list.url, Method::GET) }
    }
}

/// Asks the provider for anything, to see whether the credentials still work (7, row 42).
pub(crate) async fn ping(service: &Service, slot: &Slot) -> Result<Response, Error> {
    enabled(slot)?;
    let instance = fresh(service, slot).await?;
    let route = Route::new(&instance.connector.service.ping, Method::GET);
    send(service, &instance, &route, None, None, None).await?;
    let now = service.clock().now().iso();
    Ok(Json(json!({ "dateTime": now, "endpoint": instance.connector.key, "valid": true })).into_response())
}

/// Passes a call on to the provider.
pub(crate) async fn call(service: &Service, slot: &Slot, call: ObjectCall) -> Result<Response, Error> {
    let before = enabled(slot)?;
    let resources = service.resources_of(&before);
    let resolved = objects::find(&before.connector, &resources, &call.object)?;
    let route = route(&resolved, &call)?;
    let body = outgoing(&resolved, &call)?;
    let instance = fresh(service, slot).await?;
    if resolved.kind() == ObjectKind::Vendor {
        // Its caller knows the vendor's own parameters, and gets the vendor's own answer.
        let query = call.query.as_deref();
        let body = body.map(|_| Body::Json(call.body));
        let answer = send(service, &instance, &route, call.id.as_deref(), query, body).await?;
        return answered(&instance, &resolved, &route, answer);
    }
    let query = call.query.as_deref().unwrap_or_default();
    let mut response = match route.list {
        Some(list) => page(service, &instance, &resolved, (&route, list), query).await?,
        None => {
            let id = call.id.as_deref();
            let (place, body) = match (&resolved.object.create, body) {
                (Some(create), Some(record)) if id.is_none() => {
                    let (place, record) = create.place(record)?;
                    (place, Some(record))
                }
                (_, body) => (None, body),
            };
            let body = match &route.instead {
                Some(instead) => substituted(service, &instance, resolved.object, *instead, id, body).await?,
                None => body,
            };
            let body = body.as_ref().map(Body::json);
            let answer = send(service, &instance, &route, id.or(place.as_deref()), None, body).await?;
            answered(&instance, &resolved, &route, answer)?
        }
    };
    if let Some(ignored) = ignored(query, route.list.is_some()) {
        response.headers_mut().insert(ADJUSTED, ignored);
    }
    Ok(response)
}

/// One page of a list, in the shape and under the names of the object.
async fn page(
    service: &Service,
    instance: &Instance,
    resolved: &Resolved<'_>,
    (route, list): (&Route<'_>, &List),
    query: &str,
) -> Result<Response, Error> {
    let page = Page::parse(query)?;
    let (size, reduced) = paging::size(page, instance.values.get(PAGINATION_MAX))?;
    let mut filling = Filling::new(list, page, size);
    while !filling.is_finished() {
        let answer = ask(service, instance, route, None, None, |url| filling.ask(url)).await?;
        if answer.body.is_empty() {
            // BigCommerce answers an empty list with 204 and no body.
            filling.take(Vec::new(), |_| true);
            continue;
        }
        let value: Value = serde_json::from_slice(&answer.body).map_err(|_| ProviderFault::NotJson)?;
        match unwrapped(list, value)? {
            Value::Array(entries) => filling.take(entries, |entry| carries(entry, &list.only)),
            // Not a list after all: a count, or the account itself.
            other => return Ok(Json(shown(instance, resolved, other)).into_response()),
        }
    }
    let (records, next) = filling.into_page();
    let records = records.into_iter().map(|record| shown(instance, resolved, record)).collect();
    let mut response = listing::respond(records);
    if let Some(token) = next.and_then(|token| HeaderValue::try_from(token).ok()) {
        response.headers_mut().insert(NEXT_PAGE, token);
    }
    if reduced {
        let text = format!("pageSize is {size}, the most this connector gives; what is above was ignored");
        response.headers_mut().extend(HeaderValue::try_from(text).ok().map(|text| (ADJUSTED, text)));
    }
    Ok(response)
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

fn route<'a>(resolved: &Resolved<'a>, call: &ObjectCall) -> Result<Route<'a>, Error> {
    let object = resolved.object;
    let method = call.method.clone();
    if call.id.is_some() {
        let item = object.item.as_ref().ok_or(Error::UnknownPath)?;
        if !item.takes(&method) {
            return Err(Error::UnknownMethod);
        }
        let Some(substitute) = item.instead_of(&method) else { return Ok(Route::new(&item.url, method)) };
        let url = substitute.url.as_ref().unwrap_or(&item.url);
        let route = Route::new(url, substitute.method.clone());
        return Ok(Route { instead: Some((substitute, &item.url)), ..route });
    }
    match (method, &object.create) {
        (Method::GET, _) => Ok(Route::list(&object.list)),
        (Method::POST, Some(create)) => Ok(Route::new(&create.url, Method::POST)),
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
    (substitute, place): (&Substitute, &Template),
    id: Option<&str>,
    sent: Option<Value>,
) -> Result<Option<Value>, Error> {
    let mut body = match sent {
        Some(Value::Object(members)) => members,
        _ => Map::new(),
    };
    body.extend(substitute.with.clone());
    if substitute.current.iter().any(|name| !body.contains_key(name)) {
        let answer = send(service, instance, &Route::new(place, Method::GET), id, None, None).await?;
        let value: Value = serde_json::from_slice(&answer.body).map_err(|_| ProviderFault::NotJson)?;
        let mut record = record(object.record.as_ref(), value)?;
        for name in &substitute.current {
            body.entry(name).or_insert_with(|| record[name].take());
        }
    }
    Ok((!body.is_empty()).then_some(Value::Object(body)))
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
    id: Option<&str>,
    query: Option<&str>,
    body: Option<Body>,
) -> Result<Answer, Error> {
    ask(service, instance, route, id, body, |url| {
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

async fn ask(
    service: &Service,
    instance: &Instance,
    route: &Route<'_>,
    id: Option<&str>,
    body: Option<Body>,
    adjust: impl FnOnce(&mut Url),
) -> Result<Answer, Error> {
    let answer = exchange(service, instance, route, id, body, adjust).await?;
    answer.accepted(&instance.connector, &secrets(&instance.connector, &instance.values))
}

/// The same, whatever the vendor answers.
pub(super) async fn exchange(
    service: &Service,
    instance: &Instance,
    route: &Route<'_>,
    id: Option<&str>,
    body: Option<Body>,
    adjust: impl FnOnce(&mut Url),
) -> Result<Answer, Error> {
    let connector = &instance.connector;
    let mut destination = service.addressing(connector, &instance.values)?.destination(route.url, id)?;
    adjust(&mut destination.url);
    let headers = credentials(service, connector, &instance.values, (&route.method, &destination.url))?;
    let call = Call { method: route.method.clone(), destination, headers, body };
    Ok(service.outbound().send(call).await?)
}

/// The caller's answer: a vendor object's as it came, others mapped and without nulls.
fn answered(
    instance: &Instance,
    resolved: &Resolved<'_>,
    route: &Route<'_>,
    answer: Answer,
) -> Result<Response, Error> {
    if answer.body.is_empty() {
        let list = route.list.is_some();
        return Ok(if list { listing::respond(Vec::new()) } else { StatusCode::OK.into_response() });
    }
    let value: Value = serde_json::from_slice(&answer.body).map_err(|_| ProviderFault::NotJson)?;
    if resolved.kind() == ObjectKind::Vendor {
        let json = HeaderValue::from_static("application/json");
        return Ok(([(header::CONTENT_TYPE, json)], answer.body).into_response());
    }
    let value = match route.list {
        Some(_) => value,
        None => record(resolved.object.record.as_ref(), value)?,
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

/// The records of a list, wherever the vendor put them.
fn unwrapped(list: &List, answer: Value) -> Result<Value, Error> {
    match (&list.at, answer) {
        (None, whole) => Ok(whole),
        // Egnyte leaves a folder's `files` out when there are none, QuickBooks the records.
        (Some(place), whole @ Value::Object(_)) => {
            Ok(place.take(whole).unwrap_or_else(|| Value::Array(Vec::new())))
        }
        (Some(_), _) => Err(ProviderFault::NotJson.into()),
    }
}

/// What the records of an object look like, as far as its first page shows (3.8).
pub(crate) async fn fields(service: &Service, slot: &Slot, name: &str) -> Result<Value, Error> {
    let before = enabled(slot)?;
    let resources = service.resources_of(&before);
    let resolved = objects::find(&before.connector, &resources, name)?;
    if let Some(transformation) = resolved.transformation {
        let definition = resources.definition(name);
        return Ok(metadata::of_transformation(transformation, definition, resolved.object));
    }
    let list = &resolved.object.list;
    let route = Route::list(list);
    let instance = fresh(service, slot).await?;
    let answer = send(service, &instance, &route, None, None, None).await?;
    let value: Value = match answer.body.is_empty() {
        true => Value::Null,
        false => serde_json::from_slice(&answer.body).map_err(|_| ProviderFault::NotJson)?,
    };
    let records = match value {
        Value::Null => Vec::new(),
        value => match unwrapped(list, value)? {
            Value::Array(records) => {
                records.into_iter().filter(|record| carries(record, &list.only)).collect()
            }
            record => vec![record],
        },
    };
    Ok(metadata::of_records(&records, resolved.object))
}

fn carries(entry: &Value, wanted: &Map<String, Value>) -> bool {
    wanted.iter().all(|(name, value)| entry.get(name) == Some(value))
}
