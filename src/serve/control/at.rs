//! What the calls are given: the tenant that the path names, and the body.

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

/// A body of JSON, 1 MiB at the most. One that is absent asks for all defaults.
pub(super) struct Body<T>(pub(super) T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Body<T> {
    type Rejection = ControlError;

    async fn from_request(request: Request, _: &S) -> Result<Self, ControlError> {
        let body = read(request, BODY_LIMIT).await?;
        let text: &[u8] = if body.is_empty() { b"{}" } else { &body };
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
