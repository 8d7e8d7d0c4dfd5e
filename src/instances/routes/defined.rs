//! Definitions and transformations, of an instance, of an account and of an organization (3.7).

use std::sync::Arc;

use axum::{
    Json,
    extract::{FromRequestParts, State},
};
use http::{StatusCode, request::Parts as RequestParts};
use serde_json::Value;

use super::target::{Called, Path, Target};
use crate::instances::{
    Service,
    body::Members,
    catalog::printable,
    connector::Connector,
    error::Error,
    resources::{Resources, read_definition, read_transformation},
    store::{CallerId, OrganizationId, Slot},
};

/// Whose definitions and transformations are meant.
#[derive(Clone, Debug)]
pub(crate) struct Holder {
    place: Place,
    /// The connector that transformations are for.
    element: Option<Arc<Connector>>,
    object: Option<String>,
}

#[derive(Clone, Debug)]
enum Place {
    Organization(OrganizationId),
    Account(CallerId),
    Instance(Slot),
}

impl FromRequestParts<Service> for Holder {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut RequestParts, service: &Service) -> Result<Self, Error> {
        let path = Path::from_request_parts(parts, service).await?;
        let object = path.get("objectName").map(str::to_owned);
        // Inside the prefix, the path begins with the holder.
        let is_account = parts.uri.path().starts_with("/accounts/");
        if !is_account && !parts.uri.path().starts_with("/organizations/") {
            let Target(slot) = Target::from_request_parts(parts, service).await?;
            let element = slot.read().map(|instance| Arc::clone(&instance.connector));
            return Ok(Self { place: Place::Instance(slot), element, object });
        }
        let Called(caller) = Called::from_request_parts(parts, service).await?;
        let element = match path.get("keyOrId") {
            Some(key_or_id) => Some(service.connector(Some(caller), key_or_id)?),
            None => None,
        };
        if is_account {
            return Ok(Self { place: Place::Account(caller), element, object });
        }
        let organization = service.store().account(caller).ok_or(Error::Unauthorized)?.organization;
        Ok(Self { place: Place::Organization(organization), element, object })
    }
}

impl Holder {
    fn read(&self, service: &Service) -> Result<Resources, Error> {
        match &self.place {
            Place::Organization(organization) => Ok(service.store().resources(*organization)),
            Place::Account(caller) => {
                let account = service.store().account(*caller).ok_or(Error::Unauthorized)?;
                Ok(account.resources.clone())
            }
            Place::Instance(slot) => {
                slot.read().map(|instance| instance.resources.clone()).ok_or(Error::UnknownInstance)
            }
        }
    }

    async fn change<T: Send + 'static>(
        &self,
        service: &Service,
        change: impl FnOnce(&mut Resources) -> T + Send + 'static,
    ) -> Result<T, Error> {
        let store = service.store();
        match &self.place {
            Place::Organization(organization) => store.change_resources(*organization, change).await,
            Place::Account(caller) => {
                store.change_account_resources(*caller, change).await?.ok_or(Error::Unauthorized)
            }
            Place::Instance(slot) => {
                let kept = store.update_with(slot, |instance| change(&mut instance.resources)).await?;
                kept.map(|(_, outcome)| outcome).ok_or(Error::UnknownInstance)
            }
        }
    }

    fn element(&self) -> &str {
        self.element.as_ref().map(|connector| connector.key.as_str()).unwrap_or_default()
    }

    fn object(&self) -> &str {
        self.object.as_deref().unwrap_or_default()
    }

    /// Both, for a change that outlives the request.
    fn names(&self) -> (String, String) {
        (self.element().to_owned(), self.object().to_owned())
    }

    fn unknown(&self, kind: &'static str) -> Error {
        Error::NothingNamed { kind, name: printable(self.object()) }
    }

    fn known(&self, kind: &'static str) -> Error {
        Error::AlreadyExists { kind, name: printable(self.object()) }
    }
}

const DEFINITION: &str = "object definition";
const TRANSFORMATION: &str = "transformation";

pub(crate) async fn definitions(
    State(service): State<Service>,
    holder: Holder,
) -> Result<Json<Value>, Error> {
    Ok(Json(holder.read(&service)?.definitions().into()))
}

pub(crate) async fn definition(State(service): State<Service>, holder: Holder) -> Result<Json<Value>, Error> {
    let resources = holder.read(&service)?;
    resources.definition(holder.object()).cloned().map(Json).ok_or_else(|| holder.unknown(DEFINITION))
}

pub(crate) async fn define(
    State(service): State<Service>,
    holder: Holder,
    request: Members,
) -> Result<Json<Value>, Error> {
    keep_definition(&service, &holder, request, false).await
}

pub(crate) async fn redefine(
    State(service): State<Service>,
    holder: Holder,
    request: Members,
) -> Result<Json<Value>, Error> {
    keep_definition(&service, &holder, request, true).await
}

async fn keep_definition(
    service: &Service,
    holder: &Holder,
    request: Members,
    replace: bool,
) -> Result<Json<Value>, Error> {
    let definition = read_definition(request)?;
    let ((_, object), kept) = (holder.names(), definition.clone());
    let kept = holder.change(service, move |resources| resources.define(&object, kept, replace)).await?;
    if kept { Ok(Json(definition)) } else { Err(holder.known(DEFINITION)) }
}

pub(crate) async fn forget_definition(
    State(service): State<Service>,
    holder: Holder,
) -> Result<StatusCode, Error> {
    let (_, object) = holder.names();
    let forgotten = holder.change(&service, move |resources| resources.forget_definition(&object)).await?;
    if forgotten { Ok(StatusCode::OK) } else { Err(holder.unknown(DEFINITION)) }
}

pub(crate) async fn transformations(
    State(service): State<Service>,
    holder: Holder,
) -> Result<Json<Value>, Error> {
    Ok(Json(holder.read(&service)?.transformations(holder.element()).into()))
}

pub(crate) async fn forget_transformations(
    State(service): State<Service>,
    holder: Holder,
) -> Result<StatusCode, Error> {
    let (element, _) = holder.names();
    holder.change(&service, move |resources| resources.forget_transformations(&element)).await?;
    Ok(StatusCode::OK)
}

pub(crate) async fn transformation(
    State(service): State<Service>,
    holder: Holder,
) -> Result<Json<Value>, Error> {
    let resources = holder.read(&service)?;
    let found = resources.transformation(holder.element(), holder.object()).cloned();
    found.map(Json).ok_or_else(|| holder.unknown(TRANSFORMATION))
}

pub(crate) async fn transform(
    State(service): State<Service>,
    holder: Holder,
    request: Members,
) -> Result<Json<Value>, Error> {
    keep_transformation(&service, &holder, request, false).await
}

pub(crate) async fn retransform(
    State(service): State<Service>,
    holder: Holder,
    request: Members,
) -> Result<Json<Value>, Error> {
    keep_transformation(&service, &holder, request, true).await
}

async fn keep_transformation(
    service: &Service,
    holder: &Holder,
    request: Members,
    replace: bool,
) -> Result<Json<Value>, Error> {
    let source = request.clone().into_value();
    let transformation = read_transformation(request)?;
    let connector = holder.element.as_ref().ok_or(Error::UnknownInstance)?;
    let offered = &connector.service.objects;
    if !offered.iter().any(|object| object.vendor_name == transformation.vendor_name) {
        return Err(Error::wrong("vendorName", "the vendorName of an object that the element has"));
    }
    let (element, object) = holder.names();
    let kept = holder
        .change(service, move |resources| resources.transform(&element, &object, transformation, replace))
        .await?;
    if kept { Ok(Json(source)) } else { Err(holder.known(TRANSFORMATION)) }
}

pub(crate) async fn forget_transformation(
    State(service): State<Service>,
    holder: Holder,
) -> Result<StatusCode, Error> {
    let (element, object) = holder.names();
    let forgotten =
        holder.change(&service, move |resources| resources.forget_transformation(&element, &object)).await?;
    if forgotten { Ok(StatusCode::OK) } else { Err(holder.unknown(TRANSFORMATION)) }
}
