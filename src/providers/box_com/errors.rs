//! Box's refusals, byte for byte.

use std::time::Duration;

use http::{StatusCode, header};
use serde::Serialize;
use serde_json::{Value, json};

use crate::{
    Mint,
    exchange::Reply,
    mint::LOWER_ALPHANUMERIC,
    oauth::{Cause, Refusal},
    providers::box_com::switches::ExpiredToken,
};

const HELP_URL: &str = "http://developers.box.com/docs/#errors"; // BOX-060
const VERSIONS_URL: &str =
    "https://developer.box.com/guides/api-calls/permissions-and-errors/versioning-errors";

/// Box writes compact JSON with `/` escaped, as PHP does (BOX-042, BOX-060).
pub(super) fn json_text(value: &impl Serialize) -> String {
    #[expect(clippy::expect_used, reason = "what Box answers is made of texts, numbers and lists of them")]
    let text = serde_json::to_string(value).expect("an answer can be written");
    if text.contains('/') { text.replace('/', "\\/") } else { text }
}

/// An error of the token and revoke endpoints: `error` first, and 400 (BOX-037, BOX-042).
pub(super) fn oauth(error: &str, description: &str) -> Reply {
    oauth_with(StatusCode::BAD_REQUEST, error, description)
}

/// The one exception: a subject or actor token that is not good is documented as 401.
pub(super) fn bad_subject(description: &str) -> Reply {
    oauth_with(StatusCode::UNAUTHORIZED, "invalid_token", description)
}

fn oauth_with(status: StatusCode, error: &str, description: &str) -> Reply {
    let body = json_text(&json!({ "error": error, "error_description": description }));
    token_headers(Reply::new(status, "application/json", body)).refused(format!("{error}: {description}"))
}

/// Refreshes that came at the same time (BOX-034).
pub(super) fn conflict() -> Reply {
    Reply::empty(StatusCode::CONFLICT).refused("another refresh by the same token came at the same time")
}

/// What every answer of the token endpoint carries (BOX-043).
pub(super) fn token_headers(reply: Reply) -> Reply {
    reply.with(header::CACHE_CONTROL, "no-store").with(header::STRICT_TRANSPORT_SECURITY, "max-age=31536000")
}

/// What every answer of the Content API carries (BOX-056).
pub(super) fn api_headers(mint: &Mint, reply: Reply) -> Reply {
    reply
        .with_static("box-request-id", &request_id(mint))
        .with(header::STRICT_TRANSPORT_SECURITY, "max-age=31536000")
        .with(header::VARY, "Accept-Encoding")
}

fn request_id(mint: &Mint) -> String {
    mint.text(LOWER_ALPHANUMERIC, 16)
}

const REALM: &str = "Bearer realm=\"Service\"";

/// A refusal whose reason stands in the header; the body is empty.
fn challenge(mint: &Mint, status: StatusCode, error: &str, description: &str) -> Reply {
    let challenge = format!("{REALM}, error=\"{error}\", error_description=\"{description}\"");
    api_headers(mint, Reply::empty(status).with(header::WWW_AUTHENTICATE, &challenge))
}

/// A dead or unknown token: 401 with an empty body, whatever the reason (BOX-051, BOX-055).
pub(super) fn invalid_token(mint: &Mint, refusal: Refusal, wording: ExpiredToken) -> Reply {
    let description = match (wording, refusal.cause()) {
        (ExpiredToken::Expired, Some(Cause::Expired)) => "The access token provided has expired.",
        _ => "The access token provided is invalid.",
    };
    challenge(mint, StatusCode::UNAUTHORIZED, "invalid_token", description).refused(refusal.to_string())
}

/// No token at all (BOX-057).
pub(super) fn missing_token(mint: &Mint) -> Reply {
    let reply = Reply::empty(StatusCode::UNAUTHORIZED).with(header::WWW_AUTHENTICATE, REALM);
    api_headers(mint, reply).refused("no access token")
}

/// An `Authorization` that is no `Bearer x`; whether the status is 400 or 401 is not known.
pub(super) fn malformed_header(mint: &Mint) -> Reply {
    challenge(mint, StatusCode::UNAUTHORIZED, "invalid_request", "Malformed auth header")
        .refused("the authorization is no bearer token")
}

/// A token that is good, but not for this (BOX-058).
pub(super) fn insufficient_scope(mint: &Mint, reason: &'static str) -> Reply {
    let description = "The request requires higher privileges than provided by the access token.";
    challenge(mint, StatusCode::FORBIDDEN, "insufficient_scope", description).refused(reason)
}

/// A user who may not do this (BOX-059).
pub(super) fn access_denied(mint: &Mint, reason: &'static str) -> Reply {
    let (code, message) =
        ("access_denied_insufficient_permissions", "Access denied - insufficient permission");
    api(mint, StatusCode::FORBIDDEN, code, message, None).refused(reason)
}

/// An error of the Content API, with its key order (BOX-060).
fn api(mint: &Mint, status: StatusCode, code: &str, message: &str, context: Option<Value>) -> Reply {
    api_with(mint, status, code, message, context, HELP_URL)
}

fn api_with(
    mint: &Mint,
    status: StatusCode,
    code: &str,
    message: &str,
    context: Option<Value>,
    help_url: &str,
) -> Reply {
    let mut body = json!({ "type": "error", "status": status.as_u16(), "code": code });
    if let Some(context) = context {
        body["context_info"] = context;
    }
    body["help_url"] = help_url.into();
    body["message"] = message.into();
    let id = request_id(mint);
    body["request_id"] = id.as_str().into();
    Reply::new(status, "application/json", json_text(&body))
        .with_static("box-request-id", &id)
        .with(header::STRICT_TRANSPORT_SECURITY, "max-age=31536000")
        .refused(format!("{code}: {message}"))
}

/// A folder that does not exist, which Box prints as `d_<id>`; files as `f_<id>` (BOX-061).
pub(super) fn not_found(mint: &Mint, field: &str, printed: &str) -> Reply {
    let message = format!("Invalid value '{printed}'. '{field}' with value '{printed}' not found");
    let context = json!({ "errors": [{ "reason": "invalid_parameter", "name": field, "message": message }] });
    api(mint, StatusCode::NOT_FOUND, "not_found", "Not Found", Some(context))
}

/// The one version that a `box-version` header may ask for.
pub(super) const API_VERSION: &str = "2024.0";

/// A `box-version` that Box does not have.
pub(super) fn wrong_version(mint: &Mint, asked: &str) -> Reply {
    let message = format!(
        "Invalid API version specified in 'box-version' header. Supported API versions: [{API_VERSION}]."
    );
    api_with(mint, StatusCode::BAD_REQUEST, "invalid_api_version", &message, None, VERSIONS_URL)
        .refused(format!("box-version {asked:?} does not exist"))
}

pub(super) fn missing_parameter(mint: &Mint, name: &str) -> Reply {
    let message = format!("'{name}' is required");
    let context = json!({ "errors": [{ "reason": "missing_parameter", "name": name, "message": message }] });
    api(mint, StatusCode::BAD_REQUEST, "bad_request", "Bad Request", Some(context))
}

/// A name with a slash in it.
pub(super) fn wrong_name(mint: &Mint) -> Reply {
    api(mint, StatusCode::BAD_REQUEST, "item_name_invalid", "Item name invalid", None)
}

/// The parts of an upload in the wrong order.
pub(super) fn attributes_too_late(mint: &Mint) -> Reply {
    let message = "Metadata part must precede the file part";
    api(mint, StatusCode::BAD_REQUEST, "metadata_after_file_contents", message, None)
}

/// Content that is not what its `content-md5` says.
pub(super) fn wrong_digest(mint: &Mint) -> Reply {
    let message = "The specified content-md5 did not match what we received";
    api(mint, StatusCode::BAD_REQUEST, "bad_digest", message, None)
}

/// A folder that cannot go because something is in it.
pub(super) fn not_empty(mint: &Mint) -> Reply {
    let message = "Cannot delete - folder not empty";
    api(mint, StatusCode::BAD_REQUEST, "folder_not_empty", message, None)
}

/// An `If-Match` that is not the item's tag.
pub(super) fn precondition_failed(mint: &Mint) -> Reply {
    let message = "The resource has been modified. Please retrieve the resource again and retry";
    api(mint, StatusCode::PRECONDITION_FAILED, "precondition_failed", message, None)
}

/// `conflicts` is an array for folders and an object for files (BOX-062).
pub(super) fn name_in_use(mint: &Mint, conflicts: &impl Serialize) -> Reply {
    let context = json!({ "conflicts": conflicts });
    api(
        mint,
        StatusCode::CONFLICT,
        "item_name_in_use",
        "Item with the same name already exists",
        Some(context),
    )
}

/// A user, a group or a template that exists already (inferred).
pub(super) fn conflicting(mint: &Mint, what: &str) -> Reply {
    let message = format!("A {what} with this name or login exists already");
    api(mint, StatusCode::CONFLICT, "conflict", &message, None)
}

/// Too many calls (BOX-063).
pub(super) fn rate_limited(mint: &Mint, retry_after: Duration) -> Reply {
    let message = "Request rate limit exceeded, please try again later";
    api(mint, StatusCode::TOO_MANY_REQUESTS, "rate_limit_exceeded", message, None)
        .with(header::RETRY_AFTER, &retry_after.as_secs().to_string())
}

/// Out of order for a while (BOX-064).
pub(super) fn unavailable(mint: &Mint, retry_after: Duration) -> Reply {
    api(mint, StatusCode::SERVICE_UNAVAILABLE, "unavailable", "Unavailable", None)
        .with(header::RETRY_AFTER, &retry_after.as_secs().to_string())
}

pub(super) fn internal(mint: &Mint) -> Reply {
    api(mint, StatusCode::INTERNAL_SERVER_ERROR, "internal_server_error", "Internal Server Error", None)
}

/// Also for an id that is not a number.
pub(super) fn method_not_allowed(mint: &Mint) -> Reply {
    api(mint, StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", "Method Not Allowed", None)
}

/// Box publishes neither introspection, userinfo nor discovery (BOX-004).
pub(super) fn no_route() -> Reply {
    Reply::empty(StatusCode::NOT_FOUND).because(crate::exchange::Verdict::NoRoute)
}
