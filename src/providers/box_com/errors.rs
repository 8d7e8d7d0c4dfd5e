//! Box's refusals, byte for byte.

use std::time::Duration;

use http::{StatusCode, header};
use serde_json::{Value, json};

use crate::{Mint, exchange::Reply, mint::LOWER_ALPHANUMERIC, oauth::Refusal};

const HELP_URL: &str = "http://developers.box.com/docs/#errors"; // BOX-060

/// Box writes compact JSON with `/` escaped, as PHP does (BOX-042, BOX-060).
pub(super) fn json_text(value: &Value) -> String {
    value.to_string().replace('/', "\\/")
}

/// An error of the token and revoke endpoints: always 400, `error` first (BOX-037, BOX-042).
pub(super) fn oauth(error: &str, description: &str) -> Reply {
    let body = json_text(&json!({ "error": error, "error_description": description }));
    token_headers(Reply::new(StatusCode::BAD_REQUEST, "application/json", body))
        .refused(format!("{error}: {description}"))
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

/// A dead or unknown token: 401 with an empty body, whatever the reason (BOX-051, BOX-055).
pub(super) fn invalid_token(mint: &Mint, refusal: Refusal) -> Reply {
    const CHALLENGE: &str = "Bearer realm=\"Service\", error=\"invalid_token\", \
                             error_description=\"The access token provided is invalid.\"";
    let reply = Reply::empty(StatusCode::UNAUTHORIZED).with(header::WWW_AUTHENTICATE, CHALLENGE);
    api_headers(mint, reply).refused(refusal.to_string())
}

/// No token at all (BOX-057).
pub(super) fn missing_token(mint: &Mint) -> Reply {
    let reply =
        Reply::empty(StatusCode::UNAUTHORIZED).with(header::WWW_AUTHENTICATE, "Bearer realm=\"Service\"");
    api_headers(mint, reply).refused("no access token")
}

/// An error of the Content API, with its key order (BOX-060).
fn api(mint: &Mint, status: StatusCode, code: &str, message: &str, context: Option<Value>) -> Reply {
    let mut body = json!({ "type": "error", "status": status.as_u16(), "code": code });
    if let Some(context) = context {
        body["context_info"] = context;
    }
    body["help_url"] = HELP_URL.into();
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

pub(super) fn missing_parameter(mint: &Mint, name: &str) -> Reply {
    let message = format!("'{name}' is required");
    let context = json!({ "errors": [{ "reason": "missing_parameter", "name": name, "message": message }] });
    api(mint, StatusCode::BAD_REQUEST, "bad_request", "Bad Request", Some(context))
}

/// `conflicts` is an array for folders (BOX-062).
pub(super) fn name_in_use(mint: &Mint, conflicts: &Value) -> Reply {
    let context = json!({ "conflicts": conflicts });
    api(
        mint,
        StatusCode::CONFLICT,
        "item_name_in_use",
        "Item with the same name already exists",
        Some(context),
    )
}

/// Too many calls (BOX-063).
pub(super) fn rate_limited(mint: &Mint, retry_after: Duration) -> Reply {
    let message = "Request rate limit exceeded, please try again later";
    api(mint, StatusCode::TOO_MANY_REQUESTS, "rate_limit_exceeded", message, None)
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
