//! Who calls, and which instance is meant: read from the header and the path before a handler runs.

use axum::extract::{FromRequestParts, RawPathParams};
use http::request::Parts as RequestParts;

use crate::instances::{
    Privilege, Service,
    authorization::Parts,
    error::Error,
    store::{CallerId, Slot},
};

/// A caller, shown by User and Organization.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Called(pub(crate) CallerId);

impl FromRequestParts<Service> for Called {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut RequestParts, service: &Service) -> Result<Self, Error> {
        Ok(Self(Parts::read(&parts.headers)?.caller(service, needed(parts))?))
    }
}

/// What the request needs to be allowed to do.
fn needed(parts: &RequestParts) -> Privilege {
    Privilege::of(&parts.method, parts.uri.path())
}

/// The parameters of the path, by name.
#[derive(Clone, Debug, Default)]
pub(crate) struct Path(Vec<(String, String)>);

impl Path {
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(own, _)| own == name).map(|(_, value)| value.as_str())
    }

    /// A parameter that every path of the handler has.
    pub(crate) fn required(&self, name: &str) -> Result<&str, Error> {
        self.get(name).ok_or(Error::UnknownPath)
    }
}

impl FromRequestParts<Service> for Path {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut RequestParts, service: &Service) -> Result<Self, Error> {
        let parameters =
            RawPathParams::from_request_parts(parts, service).await.map_err(|_| Error::UnknownPath)?;
        Ok(Self(parameters.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect()))
    }
}

/// The instance of the path, or where the path names none, that of the Element part.
#[derive(Clone, Debug)]
pub(crate) struct Target(pub(crate) Slot);

impl FromRequestParts<Service> for Target {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut RequestParts, service: &Service) -> Result<Self, Error> {
        let path = Path::from_request_parts(parts, service).await?;
        let header = Parts::read(&parts.headers)?;
        let Some(id) = path.get("id") else {
            return Ok(Self(header.own_instance(service, needed(parts))?.1));
        };
        let caller = header.caller(service, needed(parts))?;
        let slot =
            id.parse().ok().and_then(|id| service.store().owned(caller, id)).ok_or(Error::UnknownInstance)?;
        if let Some(key_or_id) = path.get("keyOrId") {
            let connector = service.connector(Some(caller), key_or_id)?;
            // An instance of another connector is not found here (3.2).
            let own = slot.read().ok_or(Error::UnknownInstance)?;
            if own.connector.id != connector.id {
                return Err(Error::UnknownInstance);
            }
        }
        Ok(Self(slot))
    }
}
