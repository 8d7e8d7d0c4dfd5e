//! Adobe Sign's refusals, byte for byte. OAuth and REST speak two dialects.

use std::time::Duration;

use http::{StatusCode, header};
use serde_json::{Value, json};

use crate::{
    Mint,
    exchange::{Reply, Verdict},
    oauth::Refusal,
};

const JSON: &str = "application/json;charset=UTF-8"; // ADOBE-034

/// A scope that an app may not ask for.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum ScopeError {
    #[error("there is no scope {0:?}; write it as user_read:self, with self, group or account")]
    Unknown(String),
    #[error("the scope {0:?} is not enabled for the app; enable it, or ask for one that is")]
    NotEnabled(String),
}

/// What every answer carries, of OAuth and REST alike.
fn vendor_headers(reply: Reply) -> Reply {
    reply
        .with(header::SERVER, "Apache")
        .with_static("x-robots-tag", "none")
        .with(header::STRICT_TRANSPORT_SECURITY, "max-age=31536000; includeSubDomains;")
        .with(header::X_XSS_PROTECTION, "1; mode=block")
        .with(header::X_CONTENT_TYPE_OPTIONS, "nosniff")
        .with_static("p3p", "CP=\"IDC DSP COR ADM DEVi TAIi PSA PSD IVAi IVDi CONi HIS OUR IND CNT\"")
}

/// What every answer of the OAuth paths carries; neither a challenge nor a request id is among it (ADOBE-034).
pub(super) fn oauth_headers(reply: Reply) -> Reply {
    vendor_headers(reply.with(header::CACHE_CONTROL, "no-store").with(header::PRAGMA, "no-cache"))
}

/// What every answer of the REST APIs carries (ADOBE-052).
fn rest_headers(mint: &Mint, reply: Reply) -> Reply {
    let reply = reply
        .with_static("x-request-id", &mint.uuid())
        .with(header::CACHE_CONTROL, "no-cache, no-store, must-revalidate")
        .with(header::PRAGMA, "no-cache")
        .with(header::EXPIRES, "0");
    vendor_headers(reply)
}

pub(super) fn oauth_json(status: StatusCode, body: &Value) -> Reply {
    oauth_headers(Reply::new(status, JSON, body.to_string()))
}

pub(super) fn rest_json(mint: &Mint, status: StatusCode, body: &Value) -> Reply {
    rest_headers(mint, Reply::new(status, JSON, body.to_string()))
}

/// An error of the OAuth paths: the description first.
fn oauth(status: StatusCode, error: &str, description: &str) -> Reply {
    oauth_json(status, &json!({ "error_description": description, "error": error }))
        .refused(format!("{error}: {description}"))
}

/// Whatever is wrong with it: unknown, expired, used, of another app (ADOBE-022, ADOBE-032).
pub(super) fn invalid_code(refusal: Refusal) -> Reply {
    oauth(StatusCode::UNAUTHORIZED, "invalid_request", "invalid authorization code")
        .refused(refusal.to_string())
}

/// Whatever is wrong with it: unknown, expired, revoked, of another app (ADOBE-027, ADOBE-033).
pub(super) fn invalid_refresh_token(refusal: Refusal) -> Reply {
    oauth(StatusCode::UNAUTHORIZED, "invalid_request", "invalid refresh token").refused(refusal.to_string())
}

/// ADOBE-035: the text is the SDKs'; no source shows the answer.
pub(super) fn redirect_mismatch(refusal: Refusal) -> Reply {
    oauth(StatusCode::BAD_REQUEST, "invalid_request", "The redirect_uri does not match configuration")
        .refused(refusal.to_string())
}

/// ADOBE-036: no source shows the answer.
pub(super) fn invalid_client(reason: &'static str) -> Reply {
    oauth(StatusCode::UNAUTHORIZED, "invalid_request", "invalid client credentials").refused(reason)
}

/// No source shows the answer.
pub(super) fn missing_parameter(name: &str) -> Reply {
    oauth(StatusCode::BAD_REQUEST, "invalid_request", &format!("missing required parameter: {name}"))
}

/// No source shows the answer.
pub(super) fn unsupported_grant_type() -> Reply {
    oauth(StatusCode::BAD_REQUEST, "unsupported_grant_type", "unsupported grant type")
}

/// ADOBE-041, ADOBE-042: the documentation names the codes, in capitals; no source shows the descriptions.
pub(super) fn not_revoked(refusal: Option<Refusal>) -> Reply {
    let (error, description) = match refusal {
        None => ("INVALID_REQUEST", "missing required parameter: token"),
        Some(Refusal::Dead(_)) => ("EXPIRED_TOKEN", "token is expired or already revoked"),
        Some(_) => ("INVALID_TOKEN", "token is not an access token or refresh token"),
    };
    let reply = oauth(StatusCode::BAD_REQUEST, error, description);
    match refusal {
        Some(refusal) => reply.refused(refusal.to_string()),
        None => reply,
    }
}

/// An OAuth path by another verb than POST; no source shows the answer.
pub(super) fn method_not_allowed() -> Reply {
    let reply = Reply::empty(StatusCode::METHOD_NOT_ALLOWED).with(header::ALLOW, "POST");
    oauth_headers(reply).refused("this path takes POST only")
}

/// An error of the REST APIs, which never carries a challenge.
fn rest(mint: &Mint, status: StatusCode, code: &str, message: &str) -> Reply {
    rest_json(mint, status, &json!({ "code": code, "message": message }))
        .refused(format!("{code}: {message}"))
}

/// 91 bytes for a token that is unknown, expired or revoked, and no full stop (ADOBE-048, ADOBE-049).
pub(super) fn invalid_access_token(mint: &Mint, refusal: Refusal) -> Reply {
    const MESSAGE: &str = "Access token provided is invalid or has expired";
    rest(mint, StatusCode::UNAUTHORIZED, "INVALID_ACCESS_TOKEN", MESSAGE).refused(refusal.to_string())
}

/// Too many calls (ADOBE-060). What stands before the action id is ours; no source shows the text.
pub(super) fn throttled(mint: &Mint, retry_after: Duration) -> Reply {
    throttling(mint, "THROTTLING_TOO_MANY_REQUESTS", "Too many requests", retry_after)
}

/// The vendor has too much to do. Code and header are documented; the text is ours.
pub(super) fn overloaded(mint: &Mint, retry_after: Duration) -> Reply {
    throttling(mint, "THROTTLING_HIGH_SYSTEM_LOAD", "The system is under high load", retry_after)
        .with_static("x-throttling-reason", "high-system-load")
}

fn throttling(mint: &Mint, code: &'static str, text: &str, retry_after: Duration) -> Reply {
    let seconds = retry_after.as_secs();
    let message = format!("{text} (apiActionId={})", mint.uuid());
    let body = json!({ "code": code, "message": message, "retryAfter": seconds });
    rest_json(mint, StatusCode::TOO_MANY_REQUESTS, &body)
        .with(header::RETRY_AFTER, &seconds.to_string())
        .refused(code)
}

/// Out of order. The code is documented, the text is ours.
pub(super) fn misc_server_error(mint: &Mint) -> Reply {
    rest(
        mint,
        StatusCode::INTERNAL_SERVER_ERROR,
        "MISC_SERVER_ERROR",
        "Some miscellaneous error has occurred",
    )
}

/// v6 without `Authorization` (ADOBE-050).
pub(super) fn no_authorization_header(mint: &Mint) -> Reply {
    let message = "Authorization header not provided";
    rest(mint, StatusCode::UNAUTHORIZED, "NO_AUTHORIZATION_HEADER", message)
}

/// v5 without `Access-Token` (ADOBE-051).
pub(super) fn no_access_token_header(mint: &Mint) -> Reply {
    let message = "Access token header not provided";
    rest(mint, StatusCode::UNAUTHORIZED, "NO_ACCESS_TOKEN_HEADER", message)
}

/// The token lacks the scope (ADOBE-054).
pub(super) fn permission_denied(mint: &Mint, scope: &str) -> Reply {
    let message = "The API caller does not have the permission to execute this operation";
    rest(mint, StatusCode::FORBIDDEN, "PERMISSION_DENIED", message)
        .refused(format!("the token lacks the scope {scope}"))
}

/// `x-api-user` is neither `userid:…` nor `email:…` (ADOBE-062).
pub(super) fn invalid_x_api_user(mint: &Mint) -> Reply {
    let message = "Value provided in x-api-user header is in invalid format";
    rest(mint, StatusCode::BAD_REQUEST, "INVALID_X_API_USER_HEADER", message)
}

/// `x-api-user` names nobody whom the token reaches (ADOBE-062).
pub(super) fn invalid_user(mint: &Mint) -> Reply {
    let message = "Invalid user ID or email provided in x-user header";
    rest(mint, StatusCode::UNAUTHORIZED, "INVALID_USER", message)
}

/// `x-on-behalf-of-user` names nobody. The code is documented; the text follows its neighbour.
pub(super) fn invalid_on_behalf_of_user(mint: &Mint) -> Reply {
    let message = "Invalid user ID or email provided in x-on-behalf-of-user header";
    rest(mint, StatusCode::UNAUTHORIZED, "INVALID_ON_BEHALF_OF_USER", message)
}

/// The code is documented; the text is ours.
pub(super) fn invalid_page_size(mint: &Mint) -> Reply {
    rest(mint, StatusCode::BAD_REQUEST, "INVALID_PAGE_SIZE", "Page size is invalid")
}

/// The code is documented; the text is ours.
pub(super) fn invalid_cursor(mint: &Mint) -> Reply {
    rest(mint, StatusCode::BAD_REQUEST, "INVALID_CURSOR", "Invalid cursor provided")
}

/// 81 bytes (ADOBE-055).
pub(super) fn invalid_agreement_id(mint: &Mint) -> Reply {
    let message = "The Agreement ID specified is invalid";
    rest(mint, StatusCode::NOT_FOUND, "INVALID_AGREEMENT_ID", message)
}

/// The documentation names the code; the text is inferred.
pub(super) fn invalid_group_id(mint: &Mint) -> Reply {
    rest(mint, StatusCode::NOT_FOUND, "INVALID_GROUP_ID", "The Group ID specified is invalid")
}

/// The documentation names the code; the text is inferred.
pub(super) fn invalid_library_document_id(mint: &Mint) -> Reply {
    let message = "The Library Document ID specified is invalid";
    rest(mint, StatusCode::NOT_FOUND, "INVALID_LIBRARYDOCUMENT_ID", message)
}

/// The documentation names the code; the text is inferred.
pub(super) fn invalid_widget_id(mint: &Mint) -> Reply {
    rest(mint, StatusCode::NOT_FOUND, "INVALID_WIDGET_ID", "The Widget ID specified is invalid")
}

/// The documentation names the code; the text is inferred.
pub(super) fn invalid_workflow_id(mint: &Mint) -> Reply {
    rest(mint, StatusCode::NOT_FOUND, "INVALID_WORKFLOW_ID", "The Workflow ID specified is invalid")
}

/// Inferred
pub(super) fn user_exists(mint: &Mint) -> Reply {
    rest(mint, StatusCode::CONFLICT, "USER_ALREADY_EXISTS", "A user with this email address already exists")
}

/// 79 bytes.
pub(super) fn invalid_document_id(mint: &Mint) -> Reply {
    rest(mint, StatusCode::NOT_FOUND, "INVALID_DOCUMENT_ID", "The Document ID specified is invalid")
}

/// 78 bytes; this one ends in a full stop.
pub(super) fn invalid_webhook_id(mint: &Mint) -> Reply {
    rest(mint, StatusCode::NOT_FOUND, "INVALID_WEBHOOK_ID", "The webhook id specified is invalid.")
}

/// The code is documented; the text follows its neighbours.
pub(super) fn invalid_user_id(mint: &Mint) -> Reply {
    rest(mint, StatusCode::NOT_FOUND, "INVALID_USER_ID", "The User ID specified is invalid")
}

/// The code is documented; the text follows its neighbours.
pub(super) fn invalid_upload(mint: &Mint) -> Reply {
    let message = "The Transient Document ID specified is invalid";
    rest(mint, StatusCode::NOT_FOUND, "INVALID_TRANSIENTDOCUMENT_ID", message)
}

/// The code is documented; the text is ours.
pub(super) fn invalid_json(mint: &Mint) -> Reply {
    rest(mint, StatusCode::BAD_REQUEST, "INVALID_JSON", "An invalid JSON was specified")
}

pub(super) fn required_parameters(mint: &Mint, name: &str) -> Reply {
    let message = "Required parameters are missing";
    rest(mint, StatusCode::BAD_REQUEST, "MISSING_REQUIRED_PARAM", message)
        .refused(format!("{name} is missing"))
}

/// A body of another kind than the call takes. The code is documented; the text is ours.
pub(super) fn unsupported_media_type(mint: &Mint) -> Reply {
    let message = "The content type of the request is not supported";
    rest(mint, StatusCode::UNSUPPORTED_MEDIA_TYPE, "UNSUPPORTED_MEDIA_TYPE", message)
}

/// ADOBE-058; the text is ours.
pub(super) fn missing_if_match(mint: &Mint) -> Reply {
    rest(mint, StatusCode::BAD_REQUEST, "MISSING_IF_MATCH_HEADER", "If-Match header is missing")
}

/// What was to be changed has changed since it was read. The code is documented; the text is ours.
pub(super) fn resource_modified(mint: &Mint) -> Reply {
    let message = "Resource has been modified since it was read";
    rest(mint, StatusCode::PRECONDITION_FAILED, "RESOURCE_MODIFIED", message)
}

/// ADOBE-057
pub(super) fn already_cancelled(mint: &Mint) -> Reply {
    let message = "The agreement being modified has already been cancelled.";
    rest(mint, StatusCode::CONFLICT, "AGREEMENT_ALREADY_CANCELLED", message)
}

/// A state that an agreement cannot take from where it is. The code is documented; the text is ours.
pub(super) fn impossible_state(mint: &Mint) -> Reply {
    let message = "The agreement cannot take the requested state";
    rest(mint, StatusCode::BAD_REQUEST, "BAD_REQUEST", message)
}

/// A good token at another shard than its account's; each version names its own call (ADOBE-053).
pub(super) fn wrong_shard(mint: &Mint, status: StatusCode, call: &str) -> Reply {
    let message = format!("Request must be made to correct API access point (e.g. use GET /{call}).");
    rest(mint, status, "INVALID_API_ACCESS_POINT", &message)
}

/// What was read too often has not changed (ADOBE-061).
pub(super) fn not_modified(mint: &Mint, etag: &str) -> Reply {
    rest_headers(mint, Reply::empty(StatusCode::NOT_MODIFIED).with(header::ETAG, etag))
}

/// What a change is answered by, when there is nothing to say.
pub(super) fn no_content(mint: &Mint) -> Reply {
    rest_headers(mint, Reply::empty(StatusCode::NO_CONTENT))
}

/// A file as it was uploaded, or stands in for one.
pub(super) fn file(mint: &Mint, content_type: &'static str, bytes: &'static [u8]) -> Reply {
    rest_headers(mint, Reply::new(StatusCode::OK, content_type, bytes))
}

/// A path below the REST APIs that leads nowhere; no source shows the answer.
pub(super) fn unknown_resource(mint: &Mint) -> Reply {
    rest_headers(mint, Reply::empty(StatusCode::NOT_FOUND)).because(Verdict::NoRoute)
}

/// Neither introspection, userinfo nor discovery exist.
pub(super) fn no_route() -> Reply {
    Reply::empty(StatusCode::NOT_FOUND).because(Verdict::NoRoute)
}
