//! What the control API answers to a request it cannot carry out.

use axum::{
    Json,
    response::{IntoResponse, Response},
};
use http::StatusCode;
use serde_json::json;

use crate::stage::HandError;

/// A request that the control API cannot carry out.
#[derive(Debug, thiserror::Error)]
pub(super) enum ControlError {
    #[error("the body is not what this call takes: {0}; see docs/control.md")]
    Body(serde_json::Error),
    #[error("the body is larger than 1 MiB")]
    TooLarge,
    #[error("{name}={value:?} is not a whole number")]
    Number { name: &'static str, value: String },
    #[error("{0}")]
    Vendor(#[from] crate::vendor::UnknownVendor),
    #[error("{0}")]
    Hand(#[from] HandError),
    #[error("there is no {method} {path}; the calls are listed in docs/control.md")]
    NoRoute { method: http::Method, path: String },
}

impl ControlError {
    fn status(&self) -> StatusCode {
        match self {
            Self::Body(_) | Self::Number { .. } | Self::Vendor(_) => StatusCode::BAD_REQUEST,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::NoRoute { .. } => StatusCode::NOT_FOUND,
            Self::Hand(error) => match error {
                HandError::NoApp(..) | HandError::NoUser(..) => StatusCode::NOT_FOUND,
                HandError::NotRegistered(_) | HandError::NoOperation(..) | HandError::Switches(..) => {
                    StatusCode::BAD_REQUEST
                }
                HandError::Taken(..) | HandError::Refused(..) => StatusCode::CONFLICT,
            },
        }
    }
}

impl IntoResponse for ControlError {
    fn into_response(self) -> Response {
        (self.status(), Json(json!({ "error": self.to_string() }))).into_response()
    }
}
