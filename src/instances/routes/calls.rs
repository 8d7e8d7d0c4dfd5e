//! Calls that go through an instance: its objects, its list of them, and `ping` (3.11).

use axum::{
    Json,
    body::Bytes,
    extract::{Request, State},
    response::{IntoResponse, Response},
};
use http::{HeaderMap, Method};

use super::target::Path;
use crate::instances::{
    Privilege, Service,
    authorization::Parts,
    body,
    envelope::{Through, accepts_json},
    error::Error,
    files,
    gateway::{self, ObjectCall},
    listing, objects as offered,
    store::Slot,
};

/// The names of the objects, or with `Elements-Version: Helium` the objects themselves. The vendor is not asked, so
/// that a disabled instance answers as well.
pub(crate) async fn objects(State(service): State<Service>, headers: HeaderMap) -> Response {
    through(&service, &headers, Privilege::ViewInstances, async |slot| {
        let instance = slot.read().ok_or(Error::Unauthorized)?;
        let resources = service.resources_of(&instance);
        let helium = headers.get("elements-version").is_some_and(|version| version == "Helium");
        let list = if helium {
            offered::entries(&instance.connector, &resources)
        } else {
            offered::names(&instance.connector, &resources)
        };
        Ok(listing::respond(list))
    })
    .await
}

/// The fields of one object.
pub(crate) async fn metadata(State(service): State<Service>, path: Path, headers: HeaderMap) -> Response {
    through(&service, &headers, Privilege::UseInstances, async |slot| {
        Ok(Json(gateway::fields(&service, slot, path.required("objectName")?).await?).into_response())
    })
    .await
}

pub(crate) async fn ping(State(service): State<Service>, headers: HeaderMap) -> Response {
    through(&service, &headers, Privilege::UseInstances, async |slot| gateway::ping(&service, slot).await)
        .await
}

/// A call of an object. The hub in the path is not looked at.
pub(crate) async fn call(State(service): State<Service>, path: Path, request: Request) -> Response {
    let headers = request.headers().clone();
    if !is_known(&service, &path, &headers) {
        return Error::UnknownPath.into_response();
    }
    through(&service, &headers, Privilege::UseInstances, async |slot| {
        let segments = segments(&path);
        let reads = matches!(*request.method(), Method::GET | Method::HEAD);
        if reads && files::are_downloaded(&service, slot, &segments)? {
            return files::download(&service, slot, &segments).await;
        }
        if !accepts_json(&headers) {
            return Err(Error::NotAcceptable);
        }
        if request.method() == Method::POST && files::is_form(&headers) {
            let query = request.uri().query().unwrap_or_default().to_owned();
            let sent = body::in_time(&service, files::Sent::read(request, &service)).await?;
            return files::upload(&service, slot, &segments, &query, sent).await;
        }
        let call = read(&service, &path, request).await?;
        gateway::call(&service, slot, call).await
    })
    .await
}

/// What is known of a file: the record whose content the path without `metadata` gives.
pub(crate) async fn file_metadata(State(service): State<Service>, path: Path, request: Request) -> Response {
    let headers = request.headers().clone();
    if !is_known(&service, &path, &headers) {
        return Error::UnknownPath.into_response();
    }
    through(&service, &headers, Privilege::UseInstances, async |slot| {
        if !files::are_downloaded(&service, slot, &segments(&path))? {
            return Err(Error::UnknownPath);
        }
        if request.method() == Method::DELETE {
            return Err(Error::UnknownMethod);
        }
        let call = read(&service, &path, request).await?;
        gateway::call(&service, slot, call).await
    })
    .await
}

/// The path behind the hub.
fn segments(path: &Path) -> Vec<&str> {
    ["object", "objectId", "child", "childId"].into_iter().filter_map(|name| path.get(name)).collect()
}

/// Without an Element part, a bare path is one of the platform, unless some instance could have an object of that
/// name.
fn is_known(service: &Service, path: &Path, headers: &HeaderMap) -> bool {
    let object = path.get("object").unwrap_or_default();
    path.get("hub").is_some() || Parts::names_an_instance(headers) || service.catalog().has_object(object)
}

async fn read(service: &Service, path: &Path, request: Request) -> Result<ObjectCall, Error> {
    let method = match request.method() {
        // The HTTP layer leaves out the body.
        &Method::HEAD => Method::GET,
        other => other.clone(),
    };
    let query = request.uri().query().map(str::to_owned);
    let carries_body = matches!(method, Method::POST | Method::PUT | Method::PATCH);
    let body = match carries_body {
        true if !body::is_json(request.headers()) => return Err(Error::UnsupportedMediaType),
        true => body::read(request, service).await?,
        false => Bytes::new(),
    };
    let path = segments(path).into_iter().map(str::to_owned).collect();
    Ok(ObjectCall { method, path, query, body })
}

/// Runs `call` with the instance of the Element part, and marks the answer with it.
async fn through(
    service: &Service,
    headers: &HeaderMap,
    needed: Privilege,
    call: impl AsyncFnOnce(&Slot) -> Result<Response, Error>,
) -> Response {
    let slot = match Parts::read(headers).and_then(|header| header.through(service, needed)) {
        Ok((_, slot)) => slot,
        Err(refusal) => return refusal.into_response(),
    };
    let mut response = call(&slot).await.into_response();
    response.extensions_mut().insert(Through(slot.id()));
    response
}
