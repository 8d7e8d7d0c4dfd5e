//! What the calls are given: the tenant that the path names, and the body.

use std::convert::Infallible;

use axum::{
    body::to_bytes,
    extract::{FromRequest, FromRequestParts, RawPathParams, Request},
};
use bytes::Bytes;
use http::request::Parts;
use http_body_util::LengthLimitError;
use serde::de::DeserializeOwned;

use super::error::ControlError;
use crate::{Stage, TenantHandle};

/// The tenant that the path names; the default one if it names none.
pub(super) struct At(pub(super) TenantHandle);

impl FromRequestParts<Stage> for At {
    type Rejection = ControlError;

    async fn from_request_parts(parts: &mut Parts, stage: &Stage) -> Result<Self, ControlError> {
        let params = RawPathParams::from_request_parts(parts, stage).await;
        let named = params.ok().and_then(|params| {
            params.iter().find(|(name, _)| *name == "tenant").map(|(_, name)| name.to_owned())
        });
        match named {
            None => Ok(Self(stage.default_tenant())),
            Some(name) => stage.find_tenant(&name).map(Self).ok_or(ControlError::NoTenant(name)),
        }
    }
}

/// The parameters of the query, in their order.
pub(super) struct Params(Vec<(String, String)>);

impl<S: Send + Sync> FromRequestParts<S> for Params {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let query = parts.uri.query().unwrap_or_default().as_bytes();
        Ok(Self(form_urlencoded::parse(query).into_owned().collect()))
    }
}

impl Params {
    /// Refuses every parameter but these.
    pub(super) fn only(&self, known: &[&str]) -> Result<(), ControlError> {
        match self.0.iter().find(|(name, _)| !known.contains(&name.as_str())) {
            Some((name, _)) => Err(ControlError::NoParameter(name.clone(), known.join(", "))),
            None => Ok(()),
        }
    }

    /// The first value of a parameter.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(of, _)| of == name).map(|(_, value)| value.as_str())
    }

    /// The same, of one that must be there.
    pub(super) fn needed(&self, name: &'static str, wanted: &'static str) -> Result<&str, ControlError> {
        self.get(name).ok_or(ControlError::Missing { name, wanted })
    }

    /// Those that are not called as one of `own`.
    pub(super) fn others(&self, own: &[&str]) -> impl Iterator<Item = (&str, &str)> {
        let others = self.0.iter().filter(|(name, _)| !own.contains(&name.as_str()));
        others.map(|(name, value)| (name.as_str(), value.as_str()))
    }
}

/// A body of JSON, 1 MiB at the most. One that is absent asks for all defaults.
pub(super) struct Body<T>(pub(super) T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Body<T> {
    type Rejection = ControlError;

    async fn from_request(request: Request, _: &S) -> Result<Self, ControlError> {
        let body = read(request, BODY_LIMIT).await?;
        let text: &[u8] = if body.is_empty() { b"{}" } else { &body };
        // A list of values in the order of the members would do, too, and nobody could read it.
        if text.trim_ascii_start().first() != Some(&b'{') {
            return Err(ControlError::NoObject);
        }
        serde_json::from_slice(text).map(Self).map_err(ControlError::Body)
    }
}

/// The text of a snapshot, which may be larger.
pub(super) struct SnapshotText(pub(super) String);

impl<S: Send + Sync> FromRequest<S> for SnapshotText {
    type Rejection = ControlError;

    async fn from_request(request: Request, _: &S) -> Result<Self, ControlError> {
        let body = read(request, SNAPSHOT_LIMIT).await?;
        Ok(Self(String::from_utf8_lossy(&body).into_owned()))
    }
}

const BODY_LIMIT: usize = 1024 * 1024;
const SNAPSHOT_LIMIT: usize = 64 * 1024 * 1024;

async fn read(request: Request, limit: usize) -> Result<Bytes, ControlError> {
    to_bytes(request.into_body(), limit).await.map_err(|error| {
        let mut source = std::error::Error::source(&error);
        let too_large = source.take_if(|source| source.is::<LengthLimitError>()).is_some();
        if too_large { ControlError::TooLarge(limit) } else { ControlError::Unreadable }
    })
}
