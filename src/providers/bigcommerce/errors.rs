//! BigCommerce's refusals, byte for byte: arrays from v2, objects from v3 and the login service, plain text from the
//! gateway.

use http::{StatusCode, header};
use serde_json::{Value, json};

use crate::{
    exchange::{Reply, Verdict},
    oauth::{Refusal, Rejection},
};

/// Where v3 errors send the reader.
const STATUS_CODES: &str = "https://developer.bigcommerce.com/api-docs/getting-started/api-status-codes";

/// What v2 says of something that is not there; the text is inferred.
pub(super) const NOT_FOUND: &str = "The requested resource was not found.";

/// An error of the token endpoint (BC-036).
pub(super) fn oauth(error: &str, description: &str) -> Reply {
    let body = json!({ "error": error, "error_description": description });
    token_headers(Reply::new(StatusCode::BAD_REQUEST, "application/json", body.to_string()))
        .refused(format!("{error}: {description}"))
}

/// What answers of the token endpoint carry (BC-036).
pub(super) fn token_headers(reply: Reply) -> Reply {
    reply.with(header::CACHE_CONTROL, "no-store")
}

/// The client does not take JSON (BC-033).
pub(super) fn not_acceptable() -> Reply {
    let body = json!({ "error": "Invalid format." });
    Reply::new(StatusCode::NOT_ACCEPTABLE, "application/json", body.to_string())
        .refused("the Accept header excludes JSON")
}

/// Where the token endpoint sends a client that says neither enough nor what it accepts.
pub(super) fn to_login(base: &str, missing: &str) -> Reply {
    let login = format!("{base}/login");
    let body = format!("<html><body>You are being <a href=\"{login}\">redirected</a>.</body></html>");
    let mut reply = Reply::new(StatusCode::FOUND, "text/html; charset=utf-8", body);
    reply = reply.with(header::LOCATION, &login);
    reply.refused(format!("invalid_request: Missing required parameter {missing}"))
}

/// A v2 error: an array of one object, in either world (BC-002, BC-004, BC-008).
pub(super) fn array(status: StatusCode, message: &str) -> Value {
    json!([{ "status": status.as_u16(), "message": message }])
}

/// Why a legacy credential was refused, in the words of the control panel.
pub(super) fn why_rejected(rejection: Rejection) -> String {
    match rejection {
        Rejection::UnknownLogin => "no legacy API account has that username".into(),
        Rejection::WrongPassword => "that was never the API token of the account".into(),
        Rejection::DeadAccount(death) => format!("the legacy API account was deleted at {}", death.at),
        Rejection::FormerPassword(death) => format!("the API token was regenerated at {}", death.at),
    }
}

/// No such route, or not by that method; checked before anything else (BC-047, BC-048).
pub(super) fn no_route() -> Reply {
    Reply::new(StatusCode::NOT_FOUND, "text/plain", "The route is not found, check the URL")
        .because(Verdict::NoRoute)
}

/// BC-044
pub(super) fn token_required() -> Reply {
    Reply::new(StatusCode::UNAUTHORIZED, "text/plain", "X-Auth-Token header is required")
        .refused("no X-Auth-Token")
}

/// BC-045
pub(super) fn token_malformed() -> Reply {
    Reply::new(StatusCode::UNAUTHORIZED, "text/plain", "X-Auth-Token header should have correct format")
        .refused("an empty X-Auth-Token")
}

/// A token that nobody issued, or that is dead (BC-046). Members beyond status and title are inferred.
pub(super) fn unauthorized(refusal: Refusal) -> Reply {
    let body = json!({ "status": 401, "title": "Unauthorized", "type": STATUS_CODES });
    Reply::new(StatusCode::UNAUTHORIZED, "application/json", body.to_string()).refused(refusal.to_string())
}

/// Too little scope, or another store's token: the body does not tell them apart (BC-049, BC-051).
pub(super) fn forbidden(reason: impl Into<String>) -> Reply {
    let body = json!({
        "status": 403,
        "title": "You don't have a required scope to access the endpoint",
        "type": STATUS_CODES,
        "errors": {},
    });
    Reply::new(StatusCode::FORBIDDEN, "application/json", body.to_string()).refused(reason.into())
}

/// The store's quota is used up (BC-055); the body is inferred.
pub(super) fn too_many_requests() -> Reply {
    let body = json!({ "status": 429, "title": "Too Many Requests", "type": STATUS_CODES });
    Reply::new(StatusCode::TOO_MANY_REQUESTS, "application/json", body.to_string())
        .refused("the store's quota is used up")
}

/// Out of order; the body is inferred.
pub(super) fn unavailable() -> Reply {
    let body = json!({ "status": 503, "title": "Service Unavailable", "type": STATUS_CODES });
    Reply::new(StatusCode::SERVICE_UNAVAILABLE, "application/json", body.to_string()).refused("out of order")
}

/// A v3 error; whether more is in it is not known.
pub(super) fn v3(status: StatusCode, title: &str) -> Value {
    json!({ "status": status.as_u16(), "title": title, "type": STATUS_CODES, "errors": {} })
}

/// A v3 entity that is not there.
pub(super) fn v3_not_found(path: &str) -> Value {
    json!({
        "status": 404,
        "title": "The resource at that URL is not found.",
        "type": STATUS_CODES,
        "instance": path,
    })
}
