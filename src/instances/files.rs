//! Files: their content goes to the provider and comes back, while `metadata` is the record of it (3.11).

use axum::{
    body::Bytes,
    extract::{FromRequest, Multipart, Request},
    response::{IntoResponse, Response},
};
use http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use serde_json::Value;

use super::{
    Service,
    address::{Destination, Meant},
    connector::{Part, Place, Upload},
    credentials::secrets,
    error::{Error, ProviderFault},
    gateway::{Route, enabled, exchange, shown},
    instance::Instance,
    listing::truth,
    oauth_url::Parameters,
    objects::{self, Located},
    outbound::{Answer, Body, Call, SentPart},
    refresh::fresh,
    store::Slot,
};

/// What a file is when nobody says so.
const ANYTHING: &str = "application/octet-stream";

/// A file as a caller sent it.
#[derive(Debug)]
pub(crate) struct Sent {
    name: String,
    kind: String,
    content: Bytes,
}

/// Whether a request brings a form with files.
pub(crate) fn is_form(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    kind.get(..19).is_some_and(|kind| kind.eq_ignore_ascii_case("multipart/form-data"))
}

impl Sent {
    /// The first part of a form that has a file name.
    pub(crate) async fn read(request: Request, service: &Service) -> Result<Self, Error> {
        let unreadable = |status: StatusCode| match status {
            StatusCode::PAYLOAD_TOO_LARGE => Error::TooLarge,
            _ => Error::NoFile,
        };
        let mut form = Multipart::from_request(request, service).await.map_err(|_| Error::NoFile)?;
        while let Some(field) = form.next_field().await.map_err(|error| unreadable(error.status()))? {
            let Some(name) = field.file_name().filter(|name| !name.is_empty()).map(str::to_owned) else {
                continue;
            };
            let kind = field.content_type().unwrap_or(ANYTHING).to_owned();
            HeaderValue::try_from(&kind).map_err(|_| Error::NoFile)?;
            let content = field.bytes().await.map_err(|error| unreadable(error.status()))?;
            return Ok(Self { name, kind, content });
        }
        Err(Error::NoFile)
    }
}

/// Sends a file to the provider. The query says where it goes: its `path`, or the `folderId` of where it will be.
pub(crate) async fn upload(
    service: &Service,
    slot: &Slot,
    path: &[&str],
    query: &str,
    sent: Sent,
) -> Result<Response, Error> {
    let before = enabled(slot)?;
    let resources = service.resources_of(&before);
    let Located { resolved, meant, .. } = objects::locate(&before.connector, &resources, path)?;
    if meant.id.is_some() {
        return Err(Error::UnknownMethod);
    }
    let upload = resolved.object.content.as_ref().and_then(|content| content.upload.as_ref());
    let upload = upload.ok_or(Error::UnsupportedMediaType)?;
    let parameters = Parameters::from_query(query);
    let overwrites = parameters.get("overwrite").map_or(Ok(false), |text| truth("overwrite", text))?;
    let place = Placed::new(upload, &parameters, sent)?;
    let instance = fresh(service, slot).await?;
    let secrets = secrets(&instance.connector, &instance.values);
    let path = format!("{}/{}", place.folder, place.name);
    let meant = Meant { id: Some(&path), ..meant };
    if let Some(found) = upload.found.as_ref().filter(|_| !overwrites) {
        let looked =
            exchange(service, &instance, &Route::new(found, Method::GET, meant), None, |_| ()).await?;
        if looked.status != StatusCode::NOT_FOUND {
            looked.accepted(&instance.connector, &secrets)?;
            return Err(Error::FileExists(None));
        }
    }
    let route = Route::new(&upload.url, Method::POST, meant);
    let body = place.into_body(&upload.form)?;
    let mut answer = exchange(service, &instance, &route, Some(body.clone()), |_| ()).await?;
    if let (StatusCode::CONFLICT, Some(overwrite), true) = (answer.status, &upload.overwrite, overwrites)
        && let Some(first) = id_in(&answer, &overwrite.id)
    {
        let route = Route::new(&overwrite.url, Method::POST, Meant { id: Some(&first), ..meant });
        answer = exchange(service, &instance, &route, Some(body), |_| ()).await?;
    }
    let answer = answer.accepted(&instance.connector, &secrets).map_err(|error| match error {
        Error::Provider(refusal) if refusal.status == StatusCode::CONFLICT => {
            Error::FileExists(Some(refusal))
        }
        other => other,
    })?;
    let value: Value = serde_json::from_slice(&answer.body).map_err(|_| ProviderFault::NotJson)?;
    let record = match &upload.record {
        None => value,
        Some(place) => match place.find(&value) {
            Some(Value::Array(entries)) => entries.first().cloned().unwrap_or_default(),
            Some(record) => record.clone(),
            None => return Err(ProviderFault::NotJson.into()),
        },
    };
    Ok(axum::Json(shown(&instance, &resolved, record)).into_response())
}

fn id_in(answer: &Answer, place: &Place) -> Option<String> {
    let body: Value = serde_json::from_slice(&answer.body).ok()?;
    place.find(&body)?.as_str().map(str::to_owned)
}

/// A file, and where it will be.
struct Placed {
    folder: String,
    name: String,
    sent: Sent,
}

impl Placed {
    fn new(upload: &Upload, parameters: &Parameters, sent: Sent) -> Result<Self, Error> {
        let (folder, name) = match parameters.get("path") {
            None => ("", sent.name.as_str()),
            Some(path) => path.rsplit_once('/').unwrap_or(("", path)),
        };
        if name.is_empty() {
            return Err(Error::WrongParameter {
                parameter: "path",
                expected: "the path of the new file, with its name",
            });
        }
        let folder = match (parameters.get("folderId"), folder) {
            (Some(id), "") => id.to_owned(),
            (None, "") => upload.folder.clone(),
            // A form names a folder by its id; looking the path up is left to the caller.
            _ if !upload.form.is_empty() => {
                return Err(Error::WrongParameter {
                    parameter: "path",
                    expected: "the name alone; this element finds folders by folderId",
                });
            }
            (_, folder) => folder.to_owned(),
        };
        Ok(Self { name: name.to_owned(), folder, sent })
    }

    fn into_body(self, form: &[Part]) -> Result<Body, Error> {
        let Self { folder, name, sent } = self;
        if form.is_empty() {
            let kind = HeaderValue::try_from(&sent.kind).map_err(|_| Error::NoFile)?;
            return Ok(Body::Content(sent.content, kind));
        }
        let parts = form.iter().map(|part| match &part.says {
            None => SentPart {
                name: part.name.clone(),
                file: Some((name.clone(), sent.kind.clone())),
                content: sent.content.clone(),
            },
            Some(says) => {
                let text =
                    match filled(says, &[("{name}", &name), ("{folder}", &folder), ("{type}", &sent.kind)]) {
                        Value::String(text) => text,
                        other => other.to_string(),
                    };
                SentPart { name: part.name.clone(), file: None, content: text.into() }
            }
        });
        Ok(Body::Parts(parts.collect()))
    }
}

/// `value` with its placeholders replaced, which are whole strings.
fn filled(value: &Value, places: &[(&str, &str)]) -> Value {
    match value {
        Value::String(text) => {
            let found = places.iter().find(|(place, _)| place == text);
            found.map_or_else(|| value.clone(), |(_, fills)| Value::from(*fills))
        }
        Value::Object(members) => {
            members.iter().map(|(name, value)| (name.clone(), filled(value, places))).collect()
        }
        Value::Array(entries) => entries.iter().map(|entry| filled(entry, places)).collect(),
        other => other.clone(),
    }
}

/// Whether `path` means one of the records that are read as files: their content without more, the record as `metadata`.
pub(crate) fn are_downloaded(service: &Service, slot: &Slot, path: &[&str]) -> Result<bool, Error> {
    let instance = slot.read().ok_or(Error::Unauthorized)?;
    let resources = service.resources_of(&instance);
    let Located { resolved, meant, .. } = objects::locate(&instance.connector, &resources, path)?;
    let content = resolved.object.content.as_ref();
    let is_file = content.is_some_and(|content| content.download.is_some());
    Ok(meant.id.is_some() && resolved.transformation.is_none() && is_file)
}

/// The content of one file.
pub(crate) async fn download(service: &Service, slot: &Slot, path: &[&str]) -> Result<Response, Error> {
    let before = enabled(slot)?;
    let resources = service.resources_of(&before);
    let Located { resolved, meant, .. } = objects::locate(&before.connector, &resources, path)?;
    let download = resolved.object.content.as_ref().and_then(|content| content.download.as_ref());
    let route = Route::new(download.ok_or(Error::UnknownPath)?, Method::GET, meant);
    let instance = fresh(service, slot).await?;
    let mut answer = exchange(service, &instance, &route, None, |_| ()).await?;
    if let Some(elsewhere) = sent_on(service, &instance, &answer)? {
        // The address is the permission: nothing else is shown there.
        let call =
            Call { method: Method::GET, destination: elsewhere, headers: HeaderMap::new(), body: None };
        answer = service.outbound().send(call).await?;
    }
    let answer = answer.accepted(&instance.connector, &secrets(&instance.connector, &instance.values))?;
    let mut headers = HeaderMap::new();
    for name in [header::CONTENT_TYPE, header::CONTENT_DISPOSITION] {
        headers.extend(answer.headers.get(&name).cloned().map(|value| (name, value)));
    }
    headers.entry(header::CONTENT_TYPE).or_insert(HeaderValue::from_static(ANYTHING));
    Ok((headers, answer.body).into_response())
}

/// Where the provider sends the reader of a file.
fn sent_on(service: &Service, instance: &Instance, answer: &Answer) -> Result<Option<Destination>, Error> {
    if !answer.status.is_redirection() {
        return Ok(None);
    }
    let location = answer.headers.get(header::LOCATION).and_then(|value| value.to_str().ok());
    let url = location.and_then(|location| location.parse().ok()).ok_or(ProviderFault::Redirect)?;
    let addressing = service.addressing(&instance.connector, &instance.values)?;
    let permitted = addressing.permit(&url);
    let foreign = |_| ProviderFault::ForeignHost("a file".to_owned());
    Ok(Some(permitted.map_err(foreign)?))
}
