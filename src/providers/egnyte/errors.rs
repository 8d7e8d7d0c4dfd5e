//! Egnyte's refusals, byte for byte. Where nobody has published an answer, the table here is the one place to put it.

use std::time::Duration;

use http::{StatusCode, header};
use serde_json::json;

use crate::{
    exchange::{Reply, Verdict},
    providers::{
        egnyte::{gateway::Gateway, switches::WrongSecret},
        html,
    },
};

/// What stands in the body of most of Egnyte's own refusals (contract, section 5a).
fn form_error(status: StatusCode, code: &str, message: &str) -> Reply {
    let body = json!({ "formErrors": [{ "code": code, "msg": message }], "inputErrors": {} });
    Reply::new(status, "application/json", body.to_string()).refused(format!("{code}: {message}"))
}

/// EGN-010. What the message says is not known.
pub(super) fn missing_parameter(name: &str) -> Reply {
    form_error(
        StatusCode::BAD_REQUEST,
        "REQUIRED_PARAMS_MISSING",
        &format!("Required parameter is missing: {name}"),
    )
}

/// A key that is unknown here, or switched off (EGN-011, EGN-035). The code is not known.
pub(super) fn unknown_app() -> Reply {
    form_error(StatusCode::UNAUTHORIZED, "INVALID_API_KEY", "No valid app info found for api key")
}

/// A key made for passwords at the browser step (EGN-012). The code is not known.
pub(super) fn resource_owner_key() -> Reply {
    form_error(
        StatusCode::BAD_REQUEST,
        "INVALID_REQUEST_TYPE",
        "Incorrect request type GET for resource owner flow",
    )
}

/// A key that is good for another domain (EGN-013). Status and code are not known.
pub(super) fn key_of_another_domain() -> Reply {
    form_error(StatusCode::FORBIDDEN, "INVALID_DOMAIN", "Invalid Egnyte domain configured in app profile.")
}

const INVALID_CALLBACK: &str = "Invalid redirect uri redirect uri must be a valid https url.";

/// A callback that is not https, or not the registered one; both read the same (EGN-008, EGN-009).
pub(super) fn invalid_callback(reason: &'static str) -> Reply {
    form_error(StatusCode::BAD_REQUEST, "INVALID_CALLBACK", INVALID_CALLBACK).refused(reason)
}

/// A response type other than `code` and `token`. Nobody has published the answer.
pub(super) fn invalid_response_type() -> Reply {
    form_error(StatusCode::BAD_REQUEST, "INVALID_RESPONSE_TYPE", "response_type must be code or token")
}

/// A scope that Egnyte or the key does not know. Nobody has published the answer.
pub(super) fn invalid_scope() -> Reply {
    form_error(StatusCode::BAD_REQUEST, "INVALID_SCOPE", "The requested scope is invalid or unknown")
}

/// What the token endpoint refuses, besides unknown keys and missing parameters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TokenError {
    WrongSecret,
    OtherFlow,
    UnsupportedGrant,
    InvalidScope,
    BadCode,
    RedirectMismatch,
    ScopeMismatch,
    BadRefreshToken,
    WrongPassword,
}

impl TokenError {
    /// The answer. Only the statuses and `invalid_grant` are vouched for by others (contract, section 5b).
    pub(super) fn reply(self, gateway: Gateway) -> Reply {
        self.reply_with(gateway, WrongSecret::default())
    }

    /// The same, where the tenant says how a wrong secret is answered (EGN-025).
    pub(super) fn reply_with(self, gateway: Gateway, wrong_secret: WrongSecret) -> Reply {
        use StatusCode as S;
        let (status, error, description) = match self {
            Self::WrongSecret => {
                (wrong_secret.status(), "invalid_client", Some("Client credentials are invalid")) // EGN-025
            }
            Self::OtherFlow => {
                (S::BAD_REQUEST, "unauthorized_client", Some("The key is registered for another flow")) // EGN-027
            }
            Self::UnsupportedGrant => (S::BAD_REQUEST, "unsupported_grant_type", None), // EGN-030
            Self::InvalidScope => {
                (S::BAD_REQUEST, "invalid_scope", Some("The requested scope is invalid or unknown"))
            }
            Self::BadCode => (S::BAD_REQUEST, "invalid_grant", Some("Invalid authorization code")), // EGN-021, EGN-022
            Self::RedirectMismatch => {
                (S::BAD_REQUEST, "invalid_grant", Some("The redirect URI does not match")) // EGN-023
            }
            Self::ScopeMismatch => {
                (S::BAD_REQUEST, "invalid_grant", Some("The scope differs from the authorization request")) // EGN-024
            }
            Self::BadRefreshToken | Self::WrongPassword => (S::BAD_REQUEST, "invalid_grant", None), // EGN-028
        };
        match (gateway, self) {
            (Gateway::Apigee, _) => {
                let mut body = json!({ "error": error });
                if let Some(description) = description {
                    body["error_description"] = description.into();
                }
                Reply::new(status, "application/json", body.to_string())
                    .refused(description.map_or(error.to_owned(), |text| format!("{error}: {text}")))
            }
            (Gateway::Mashery, Self::RedirectMismatch) => {
                form_error(S::BAD_REQUEST, "INVALID_CALLBACK", INVALID_CALLBACK)
            }
            (Gateway::Mashery, _) => form_error(
                S::BAD_REQUEST,
                &error.to_uppercase(),
                description.unwrap_or("The request is invalid"),
            ),
        }
    }
}

/// Too many calls of the token endpoint (EGN-031).
pub(super) fn too_many_tokens(retry_after: Duration) -> Reply {
    Reply::empty(StatusCode::CONFLICT)
        .with(header::RETRY_AFTER, &retry_after.as_millis().div_ceil(1000).to_string())
        .refused("called too often")
}

/// What a browser asks before it calls from another origin with a token. Which methods and headers are let through is
/// not known; here it is all that the API takes.
pub(super) fn preflight() -> Reply {
    Reply::empty(StatusCode::OK)
        .with(header::ACCESS_CONTROL_ALLOW_METHODS, "GET, POST, PUT, PATCH, DELETE")
        .with(
            header::ACCESS_CONTROL_ALLOW_HEADERS,
            "Authorization, Content-Type, X-Egnyte-Act-As, X-Egnyte-Act-As-Email",
        )
}

/// The commonest of the API's five shapes of an error (contract, section 8).
pub(super) fn api(status: StatusCode, message: &str) -> Reply {
    let body = json!({ "errorMessage": message });
    Reply::new(status, JSON, body.to_string()).refused(message.to_owned())
}

/// The content type of the API's answers (contract, section 7).
pub(super) const JSON: &str = "application/json;charset=UTF-8";

/// A token without the scope that a call needs (EGN-041).
pub(super) fn missing_scope(scope: &str) -> Reply {
    api(StatusCode::FORBIDDEN, "You do not have permission to perform this action")
        .refused(format!("the token was granted without {scope}"))
}

pub(super) fn no_such_entry(path: &str) -> Reply {
    api(StatusCode::NOT_FOUND, &format!("{path} does not exist"))
}

/// EGN-049
pub(super) fn folder_exists() -> Reply {
    api(StatusCode::FORBIDDEN, "Folder already exists at this location")
}

/// EGN-052
pub(super) fn no_such_link() -> Reply {
    let body = json!({ "Errors": [{ "description": "Link does not exist.", "code": "404" }] });
    Reply::new(StatusCode::NOT_FOUND, JSON, body.to_string()).refused("no such link")
}

/// A call that the API does not have, made with a good token.
pub(super) fn no_such_call() -> Reply {
    api(StatusCode::NOT_FOUND, "Not Found").because(Verdict::NoRoute)
}

/// Neither a page nor the API.
pub(super) fn no_route() -> Reply {
    Reply::empty(StatusCode::NOT_FOUND).because(Verdict::NoRoute)
}

/// A host that names no customer. The vendor has no answer to this, because such a host does not resolve; so the page
/// says what is wrong with the address (EGN-062).
pub(super) fn unknown_domain(domain: &str) -> Reply {
    let (reason, message) = if domain.is_empty() {
        (
            "the address names no Egnyte domain: its first label is empty".to_owned(),
            "The address names no domain: put the domain where it is empty.",
        )
    } else {
        (
            format!("no Egnyte domain is called {domain:?}"),
            "No customer has this domain: register a user whose realm it is, or use the demo user's.",
        )
    };
    html::error(StatusCode::NOT_FOUND, "Unknown Egnyte domain", message, &[("domain", domain)])
        .refused(reason)
}

/// What browsers may read of an answer of the API (EGN-055).
const EXPOSED: &str = "X-Mashery-Error-Code, X-Mashery-Responder, Retry-After, ETag, Content-Type, Last-Modified, \
    Location, X-Egnyte-Upload-Id, X-Egnyte-Chunk-Num, X-Egnyte-Chunk-Sha512-Checksum, X-Sha512-Checksum, \
    X-Plan-QPS-Allotted, X-Plan-QPS-Current, X-PackageKey-QPS-Allotted, X-PackageKey-QPS-Current, \
    X-PackageKeyMethod-QPS-Allotted, X-PackageKeyMethod-QPS-Current, X-PlanMethod-QPS-Allotted, \
    X-PlanMethod-QPS-Current, X-Plan-Quota-Allotted, X-Plan-Quota-Current, X-PackageKey-Quota-Allotted, \
    X-PackageKey-Quota-Current, X-PackageKeyMethod-Quota-Allotted, X-PackageKeyMethod-Quota-Current, \
    X-PlanMethod-Quota-Allotted, X-PlanMethod-Quota-Current, X-APIKey-QPS-Allotted, X-APIKey-QPS-Current, \
    X-AccessToken-QPS-Allotted, X-AccessToken-QPS-Current, X-APIKey-Quota-Allotted, X-APIKey-Quota-Current, \
    X-AccessToken-Quota-Allotted, X-AccessToken-Quota-Current, X-Quota-Reset, X-Method-Quota-Reset, \
    X-Plan-Quota-Reset";

pub(super) fn readable_across_origins(reply: Reply) -> Reply {
    reply.with(header::ACCESS_CONTROL_ALLOW_ORIGIN, "*").with(header::ACCESS_CONTROL_EXPOSE_HEADERS, EXPOSED)
}
