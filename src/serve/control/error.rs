//! What the control API answers to a request it cannot carry out.

use axum::{
    Json,
    response::{IntoResponse, Response},
};
use http::{StatusCode, header};
use serde_json::json;

use crate::{
    journal::{Mismatch, RefreshMismatch, TermError, WaitError},
    snapshot::{FormatError, RestoreError},
    stage::HandError,
    tenant::NameError,
};

/// A request that the control API cannot carry out.
#[derive(Debug, thiserror::Error)]
pub(super) enum ControlError {
    #[error("the body is not what this call takes: {}; see docs/control.md", shortened(.0))]
    Body(serde_json::Error),
    #[error("the body is no JSON object; see docs/control.md")]
    NoObject,
    #[error("the body could not be read; send it whole")]
    Unreadable,
    #[error("the body is larger than {0} bytes, which is the most that this call takes")]
    TooLarge(usize),
    #[error("{name}={value:?} is not {wanted}")]
    Query { name: &'static str, value: String, wanted: &'static str },
    #[error("there is no parameter {0:?} here; this call takes {1}")]
    NoParameter(String, String),
    #[error("no vendor has an operation {0:?}; GET …/operations/{{vendor}} lists each vendor's")]
    NoOperation(String),
    #[error("{name} is missing; it is {wanted}")]
    Missing { name: &'static str, wanted: &'static str },
    #[error("the clock takes one of freeze, resume, advance and set, not {0}")]
    Hands(&'static str),
    #[error("{0} ms since 1970 are more than ten thousand years; is it in nanoseconds?")]
    TooFar(i64),
    #[error("{0} calls wait already, which is the most at a time; ask with a shorter timeout")]
    TooManyWait(usize),
    #[error("{0} is empty; leave it out, and it is made in the vendor's look")]
    Empty(&'static str),
    #[error("a token is revoked alone or with its grant, not both; send one of them")]
    AloneAndGrant,
    #[error("there is no tenant called {0:?}; make it with POST /v1/tenants")]
    NoTenant(String),
    #[error("the default tenant cannot be closed; reset it instead")]
    DefaultTenant,
    #[error("there is no fault {0}; GET …/faults lists them")]
    NoFault(String),
    #[error(transparent)]
    Name(#[from] NameError),
    #[error(transparent)]
    Vendor(#[from] crate::vendor::UnknownVendor),
    #[error(transparent)]
    Hand(#[from] HandError),
    #[error(transparent)]
    Term(#[from] TermError),
    #[error(transparent)]
    Waited(#[from] WaitError),
    #[error(transparent)]
    Count(#[from] Mismatch),
    #[error(transparent)]
    Refreshes(#[from] RefreshMismatch),
    #[error(transparent)]
    Format(#[from] FormatError),
    #[error(transparent)]
    Restore(#[from] RestoreError),
    #[error("the policy is not as this vendor's can be: {}; GET …/policies/{{vendor}} shows what it is", shortened(.0))]
    Policy(serde_json::Error),
    #[error("pages in a browser may not use the control API")]
    Browser,
    #[error("the control API is not called {0:?}; reach it by its address or as localhost")]
    ForeignHost(String),
    #[error("the control API asks for its token here; send it as `Authorization: Bearer …`")]
    NoToken,
    #[error("there is no {method} {path}; the calls are listed in docs/control.md and at /v1/openapi.json")]
    NoRoute { method: http::Method, path: String },
}

/// The error's text; a value that it quotes may be long.
fn shortened(error: &serde_json::Error) -> String {
    const LONGEST: usize = 300;
    let text = error.to_string();
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{} …", &text[..end]),
        None => text,
    }
}

impl ControlError {
    fn status(&self) -> StatusCode {
        match self {
            Self::Body(_)
            | Self::NoObject
            | Self::Unreadable
            | Self::Query { .. }
            | Self::NoParameter(..)
            | Self::NoOperation(_)
            | Self::Missing { .. }
            | Self::Hands(_)
            | Self::AloneAndGrant
            | Self::Empty(_)
            | Self::TooFar(_)
            | Self::Vendor(_)
            | Self::Term(_)
            | Self::Format(_)
            | Self::Policy(_)
            | Self::Name(NameError::Form(_)) => StatusCode::BAD_REQUEST,
            Self::NoToken => StatusCode::UNAUTHORIZED,
            Self::Browser | Self::ForeignHost(_) => StatusCode::FORBIDDEN,
            Self::NoTenant(_) | Self::NoFault(_) | Self::NoRoute { .. } => StatusCode::NOT_FOUND,
            Self::Waited(_) => StatusCode::REQUEST_TIMEOUT,
            Self::DefaultTenant
            | Self::Count(_)
            | Self::Refreshes(_)
            | Self::Restore(_)
            | Self::Name(NameError::Taken(_)) => StatusCode::CONFLICT,
            Self::TooManyWait(_) => StatusCode::TOO_MANY_REQUESTS,
            Self::TooLarge(_) => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Hand(error) => match error {
                HandError::NoApp(..) | HandError::NoUser(..) => StatusCode::NOT_FOUND,
                HandError::NotRegistered(_)
                | HandError::NoOperation(..)
                | HandError::NoDeveloperTokens(_)
                | HandError::OperationOfNobody(_)
                | HandError::Switches(..) => StatusCode::BAD_REQUEST,
                HandError::Taken(..)
                | HandError::Refused(..)
                | HandError::AppOff(..)
                | HandError::UserOff(..) => StatusCode::CONFLICT,
            },
        }
    }
}

impl IntoResponse for ControlError {
    fn into_response(self) -> Response {
        let mut response = (self.status(), Json(json!({ "error": self.to_string() }))).into_response();
        if matches!(self, Self::NoToken) {
            response.headers_mut().insert(header::WWW_AUTHENTICATE, http::HeaderValue::from_static("Bearer"));
        }
        response
    }
}
