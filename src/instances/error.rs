//! Everything that can be answered instead of what was asked for. An error knows its status and its message.

use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};

use super::{Privilege, envelope::Envelope};

/// Why a request is refused. The texts are what the caller reads as `message`.
#[derive(Clone, Debug, thiserror::Error)]
pub(crate) enum Error {
    #[error("Invalid Organization or User secret, or invalid Element token provided.")] // 2.3
    Unauthorized,
    #[error("Invalid Element Instance Id provided.")] // 2.3
    UnknownInstance,
    #[error("No element found with key {0}")] // 2.3
    UnknownConnector(String),
    #[error("No element instances found")] // 7, row 2
    NoInstances,
    #[error("No {kind} found with name {name}")]
    NothingNamed { kind: &'static str, name: String },
    #[error("No configuration found with ID {0}")]
    UnknownConfiguration(String),
    #[error("No resource found at this path")]
    UnknownPath,
    #[error("This path does not have that method")]
    UnknownMethod,
    #[error("Answers are application/json; let the Accept header allow it")]
    NotAcceptable,
    #[error("The element instance is disabled; enable it with PUT /instances/{{id}}/enabled")]
    Disabled,
    #[error("A {kind} with name {name} already exists; replace it with PUT")]
    AlreadyExists { kind: &'static str, name: String },
    #[error("An element with key {0} already exists; choose another key")]
    KeyTaken(String),
    #[error("The request body is too large; the limit is {} bytes", super::body::LIMIT)]
    TooLarge,
    #[error("The request body must be application/json")]
    UnsupportedMediaType,
    #[error("The request body is not JSON: {0}")]
    NotJson(String),
    #[error("The request body must be a JSON object")]
    NotAnObject,
    #[error("The request body could not be read")]
    UnreadableBody,
    #[error("{member} must be {expected}")]
    WrongMember { member: String, expected: &'static str },
    #[error("Missing: {}", .0.join(", "))]
    Missing(Vec<String>),
    #[error("The query parameter {parameter} must be {expected}")]
    WrongParameter { parameter: &'static str, expected: &'static str },
    #[error("Missing query parameter or member: {}", .0.join(", "))]
    MissingParameters(Vec<String>),
    #[error("The element {0} does not authenticate with OAuth 2.0, so it has no OAuth URL")]
    NoOauth(String),
    #[error(
        "The element {0} has no OAuth application of its own; ask for oauth/url with apiKey and apiSecret"
    )]
    NoOwnApp(String),
    #[error("The element {0} does not authenticate with OAuth 1.0, so it has no request tokens")]
    NoOauth1(String),
    #[error(
        "The element {element} cannot authenticate as {kind}; see authentication.type in its configuration"
    )]
    UnknownAuthentication { element: String, kind: String },
    #[error("An instance can move to a clone of its element and back, not to another element")]
    OtherElement,
    #[error(
        "{member} names a host that is neither the provider's nor on this machine; nothing is sent there"
    )]
    ForeignHost { member: String },
    #[error("The privilege {0} is missing; ask an administrator of the organization for it")]
    NoPrivilege(Privilege),
    #[error("The service could not keep the change; nothing has changed")]
    NotKept,
    #[error("The element {0} cannot be cloned; clone the one it was made of")]
    NotCloneable(String),
    #[error("The element {0} is part of the catalogue; only clones can be deleted")]
    NotACopy(String),
    #[error("The element {0} has instances; delete those first")]
    InUse(String),
    #[error("No provider is configured for the element {0}; start the service with its base URL")]
    NoProvider(String),
    #[error("Request failed")] // 2.3
    Provider(Box<ProviderRefusal>),
    #[error(
        "Failed to upload file. File with the same name already exists. Change the name of the file you're uploading or \
         set the overwrite query parameter to true."
    )] // 2.3
    FileExists(Option<Box<ProviderRefusal>>),
    #[error("A file is sent as multipart/form-data, with a part that has a file name")]
    NoFile,
    #[error("{0}")]
    ProviderFault(ProviderFault),
    #[error("The service failed; the request had no effect that is known")]
    Internal,
}

/// What the vendor said when it refused.
#[derive(Clone, Debug)]
pub(crate) struct ProviderRefusal {
    pub(crate) status: StatusCode,
    pub(crate) message: String,
    pub(crate) retry_after: Option<HeaderValue>,
}

/// Why there is no answer of the vendor to pass on.
#[derive(Clone, Debug, thiserror::Error)]
pub(crate) enum ProviderFault {
    #[error("The provider did not answer in time")]
    Timeout,
    #[error("The provider could not be reached")]
    Unreachable,
    #[error("The provider's answer broke off")]
    Incomplete,
    #[error("The provider's answer is larger than this service passes on")]
    TooLarge,
    #[error("The provider answered with a redirect, which is not followed")]
    Redirect,
    #[error("The provider's answer is not JSON")]
    NotJson,
    #[error("The provider's token answer has no access_token")]
    NoAccessToken,
    #[error("The provider gave an address for {0} that is neither its own nor on this machine")]
    ForeignHost(String),
}

impl Error {
    /// The status the answer carries.
    pub(crate) fn status(&self) -> StatusCode {
        match self {
            Self::Unauthorized => StatusCode::UNAUTHORIZED,
            Self::UnknownInstance
            | Self::UnknownConnector(_)
            | Self::NoInstances
            | Self::NothingNamed { .. }
            | Self::UnknownConfiguration(_)
            | Self::UnknownPath => StatusCode::NOT_FOUND,
            Self::UnknownMethod => StatusCode::METHOD_NOT_ALLOWED,
            Self::NotAcceptable => StatusCode::NOT_ACCEPTABLE,
            Self::Disabled | Self::NoPrivilege(_) => StatusCode::FORBIDDEN,
            Self::AlreadyExists { .. } | Self::KeyTaken(_) | Self::InUse(_) | Self::FileExists(None) => {
                StatusCode::CONFLICT
            }
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::UnsupportedMediaType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::NotJson(_)
            | Self::NotAnObject
            | Self::UnreadableBody
            | Self::WrongMember { .. }
            | Self::Missing(_)
            | Self::WrongParameter { .. }
            | Self::MissingParameters(_)
            | Self::NoOauth(_)
            | Self::NoOauth1(_)
            | Self::NoOwnApp(_)
            | Self::NotCloneable(_)
            | Self::NotACopy(_)
            | Self::UnknownAuthentication { .. }
            | Self::OtherElement
            | Self::ForeignHost { .. }
            | Self::NoFile
            | Self::NoProvider(_) => StatusCode::BAD_REQUEST,
            Self::Provider(refusal) | Self::FileExists(Some(refusal)) => refusal.status,
            Self::ProviderFault(_) => StatusCode::BAD_GATEWAY,
            Self::Internal | Self::NotKept => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// Says that `member` of a request body is not what it should be. The value is never repeated: it may be secret.
    pub(crate) fn wrong(member: impl Into<String>, expected: &'static str) -> Self {
        Self::WrongMember { member: member.into(), expected }
    }
}

impl From<ProviderFault> for Error {
    fn from(fault: ProviderFault) -> Self {
        Self::ProviderFault(fault)
    }
}

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        let mut response = self.status().into_response();
        let message = self.to_string();
        let provider_message = match self {
            Self::Provider(refusal) | Self::FileExists(Some(refusal)) => {
                if let Some(delay) = refusal.retry_after {
                    response.headers_mut().insert(header::RETRY_AFTER, delay);
                }
                Some(refusal.message)
            }
            _ => None,
        };
        response.extensions_mut().insert(Envelope { message, provider_message });
        response
    }
}
