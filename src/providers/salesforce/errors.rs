//! Salesforce's refusals, byte for byte.

use http::{StatusCode, header};
use serde_json::{Value, json};

use crate::{
    exchange::{Reply, Verdict},
    oauth::{Cause, Refusal},
    providers::{
        call::Call,
        salesforce::{
            format::{self, Format},
            switches::{GarbageCode, InactiveUser, MissingVerifier, Switches, WrongPassword},
        },
    },
};

/// An OAuth error with the vendor's own words for it (contract section 5).
#[derive(Clone, Copy, Debug)]
pub(super) struct OAuthError {
    pub(super) error: &'static str,
    pub(super) description: &'static str,
}

const fn error(error: &'static str, description: &'static str) -> OAuthError {
    OAuthError { error, description }
}

pub(super) const UNKNOWN_CLIENT: OAuthError = error("invalid_client_id", "client identifier invalid"); // SFDC-008
pub(super) const WRONG_SECRET: OAuthError = error("invalid_client", "invalid client credentials"); // SFDC-009
pub(super) const NO_REDIRECT_URI: OAuthError = error("redirect_uri_missing", "redirect_uri not provided");
pub(super) const REDIRECT_MISMATCH: OAuthError =
    error("redirect_uri_mismatch", "redirect_uri must match configuration"); // SFDC-011, SFDC-020
pub(super) const UNKNOWN_RESPONSE_TYPE: OAuthError =
    error("unsupported_response_type", "response type not supported");
pub(super) const WRONG_SCOPE: OAuthError =
    error("invalid_scope", "the requested scope is invalid, unknown, or malformed");
pub(super) const DENIED: OAuthError = error("access_denied", "end-user denied authorization"); // SFDC-014
pub(super) const BLOCKED: OAuthError = error("OAUTH_APP_BLOCKED", "this app is blocked by admin");
pub(super) const MUST_GET: OAuthError = error("invalid_request", "must use HTTP GET");
pub(super) const MUST_POST: OAuthError = error("invalid_request", "must use HTTP POST");
pub(super) const UNKNOWN_GRANT: OAuthError = error("unsupported_grant_type", "grant type not supported"); // SFDC-021
pub(super) const GARBAGE_CODE: OAuthError = error("invalid_grant", "invalid authorization code"); // SFDC-019
pub(super) const DEAD_CODE: OAuthError = error("invalid_grant", "expired authorization code"); // SFDC-018
const NO_VERIFIER: OAuthError = error("invalid_grant", "missing required code verifier");
const NO_VERIFIER_IN_REQUEST: OAuthError = error("invalid_request", "missing required code verifier");
const WRONG_VERIFIER: OAuthError = error("invalid_grant", "invalid code verifier"); // SFDC-022
const DEAD_REFRESH_TOKEN: OAuthError = error("invalid_grant", "expired access/refresh token"); // SFDC-033
// The wording is uncertain; the guide has `number of logins exceeded`.
pub(super) const LOGIN_RATE: OAuthError = error("rate_limit_exceeded", "login rate exceeded");
// SFDC-085, in the form that was seen, and in that of the guide.
const INACTIVE_USER: OAuthError = error("invalid_grant", "inactive user");
const INACTIVE_USER_OF_GUIDE: OAuthError = error("inactive_user", "user is inactive");
pub(super) const INACTIVE_ORG: OAuthError =
    error("inactive_org", "organization is locked, closed, or suspended");
const WRONG_PASSWORD: OAuthError = error("invalid_grant", "authentication failure"); // SFDC-041
const WRONG_PASSWORD_OF_OLD: OAuthError = error("invalid_grant", "authentication failure - Invalid Password");
pub(super) const IP_RESTRICTED: OAuthError = error("invalid_grant", "ip restricted");
pub(super) const LOGIN_HOURS: OAuthError = error("invalid_grant", "ip restricted or invalid login hours");
pub(super) const NOT_ACTIVATED: OAuthError = error("invalid_grant", "activation secret invalid");
pub(super) const WRONG_DOMAIN: OAuthError = error("invalid_grant", "request not supported on this domain"); // SFDC-042
pub(super) const NO_CREDENTIALS_FLOW: OAuthError =
    error("invalid_grant", "client credentials flow not enabled");
pub(super) const NO_CREDENTIALS_USER: OAuthError =
    error("invalid_grant", "no client credentials user enabled");
pub(super) const NOT_APPROVED: OAuthError = error("invalid_grant", "user hasn't approved this consumer"); // SFDC-045
pub(super) const NO_APP_ACCESS: OAuthError =
    error("invalid_app_access", "user is not admin approved to access this app");
pub(super) const NOT_PREAUTHORIZED: OAuthError = error(
    "invalid_request",
    "refresh_token scope is required and the connected app should be installed and preauthorized",
);
pub(super) const BAD_ASSERTION: OAuthError = error("invalid_grant", "invalid assertion");
pub(super) const BAD_AUDIENCE: OAuthError = error("invalid_grant", "audience is invalid"); // SFDC-046
pub(super) const PENDING: OAuthError = error("authorization_pending", "authorization pending"); // SFDC-048
pub(super) const SLOW_DOWN: OAuthError = error("slow_down", "polling too frequently");
// By analogy with the client credentials flow.
pub(super) const NO_DEVICE_FLOW: OAuthError = error("invalid_grant", "device flow not enabled");
pub(super) const WRONG_TOKEN_TYPE: OAuthError =
    error("invalid_request", "subject_token_type is not supported");
pub(super) const NO_CHALLENGE: OAuthError = error("invalid_request", "missing required code challenge"); // SFDC-015
pub(super) const NOT_ADMIN_APPROVED: OAuthError =
    error("OAUTH_APP_ACCESS_DENIED", "user is not admin approved to access this app");
pub(super) const NOT_INSTALLED: OAuthError =
    error("OAUTH_EC_APP_NOT_FOUND", "External client app is not installed in this org");

impl OAuthError {
    /// Why a code is refused. Reuse and age are not told apart (SFDC-018).
    pub(super) fn of_code(refusal: Refusal, switches: &Switches) -> Self {
        match refusal {
            Refusal::RedirectMismatch => REDIRECT_MISMATCH,
            Refusal::VerifierMissing => match switches.missing_verifier {
                MissingVerifier::InvalidGrant => NO_VERIFIER,
                MissingVerifier::InvalidRequest => NO_VERIFIER_IN_REQUEST,
            },
            Refusal::VerifierMismatch => WRONG_VERIFIER,
            Refusal::Dead(death) if death.cause == Cause::UserDeactivated => Self::of_inactive_user(switches),
            Refusal::Dead(_) => DEAD_CODE,
            _ => match switches.garbage_code {
                GarbageCode::Invalid => GARBAGE_CODE,
                GarbageCode::Expired => DEAD_CODE,
            },
        }
    }

    /// Why a refresh token is refused. The causes are not told apart (SFDC-033), but for the user's (SFDC-085).
    pub(super) fn of_refresh_token(refusal: Refusal, switches: &Switches) -> Self {
        match refusal.cause() {
            Some(Cause::UserDeactivated) => Self::of_inactive_user(switches),
            _ => DEAD_REFRESH_TOKEN,
        }
    }

    /// SFDC-085
    pub(super) fn of_inactive_user(switches: &Switches) -> Self {
        match switches.inactive_user {
            InactiveUser::InvalidGrant => INACTIVE_USER,
            InactiveUser::InactiveUser => INACTIVE_USER_OF_GUIDE,
        }
    }

    /// SFDC-041
    pub(super) fn of_wrong_password(switches: &Switches) -> Self {
        match switches.wrong_password {
            WrongPassword::Short => WRONG_PASSWORD,
            WrongPassword::Long => WRONG_PASSWORD_OF_OLD,
        }
    }

    /// The error as the token endpoint writes it.
    pub(super) fn reply(self, format: Format) -> Reply {
        self.reply_with(format, StatusCode::BAD_REQUEST)
    }

    pub(super) fn reply_with(self, format: Format, status: StatusCode) -> Reply {
        let members = [("error", self.error), ("error_description", self.description)];
        token_headers(format.oauth(status, &members)).refused(self.reason())
    }

    /// What went wrong, for people.
    pub(super) fn reason(self) -> String {
        format!("{}: {}", self.error, self.description)
    }
}

/// What every answer of the token endpoint carries.
pub(super) fn token_headers(reply: Reply) -> Reply {
    reply
        .with(header::CACHE_CONTROL, "no-cache, no-store")
        .with(header::PRAGMA, "no-cache")
        .with(header::EXPIRES, "Thu, 01 Jan 1970 00:00:00 GMT")
        .with(header::STRICT_TRANSPORT_SECURITY, "max-age=63072000; includeSubDomains")
}

/// A revocation that failed: a form, never JSON (SFDC-052, SFDC-053), unless a script is asked for (SFDC-051).
pub(super) fn revocation(call: &Call<'_>, token: &str, refusal: Refusal) -> Reply {
    let (error, description) = match refusal {
        Refusal::OtherKind => ("unsupported_token_type", "this token type is not supported".to_owned()),
        _ => ("invalid_token", format!("invalid token: {token}")),
    };
    let reply = format::script(call.parameter("callback"), &json!({ "error": error })).unwrap_or_else(|| {
        let pairs = [("error", error), ("error_description", description.as_str())];
        Reply::new(
            StatusCode::BAD_REQUEST,
            "application/x-www-form-urlencoded;charset=UTF-8",
            format::form(&pairs),
        )
    });
    reply.refused(format!("{error}: {refusal}"))
}

/// A refusal of the identity services: bare text (SFDC-065 to SFDC-067).
pub(super) fn identity(status: StatusCode, text: &'static str, reason: impl Into<String>) -> Reply {
    Reply::new(status, "text/html;charset=UTF-8", text).refused(reason.into())
}

/// What every answer of the REST API carries.
pub(super) fn api_headers(reply: Reply) -> Reply {
    reply
        .with(header::CACHE_CONTROL, "no-cache,must-revalidate,max-age=0,no-store,private")
        .with(header::X_CONTENT_TYPE_OPTIONS, "nosniff")
}

/// An error of the REST API: always an array, `message` first (SFDC-075).
fn api(call: &Call<'_>, status: StatusCode, code: &str, message: &str, fields: &[&str]) -> Reply {
    let mut error = json!({ "message": message, "errorCode": code });
    if !fields.is_empty() {
        error["fields"] = fields.into();
    }
    let body = Value::Array(vec![error]);
    api_headers(format::json(call, status, &body)).refused(format!("{code}: {message}"))
}

/// No token, or a dead or unknown one: Salesforce does not say which (SFDC-060, SFDC-061).
pub(super) fn invalid_session(call: &Call<'_>, reason: impl Into<String>) -> Reply {
    api(call, StatusCode::UNAUTHORIZED, "INVALID_SESSION_ID", "Session expired or invalid", &[])
        .with(header::WWW_AUTHENTICATE, "Token")
        .refused(reason.into())
}

/// An `Authorization` header that cannot be read (SFDC-062).
pub(super) fn invalid_header(call: &Call<'_>) -> Reply {
    api(call, StatusCode::UNAUTHORIZED, "INVALID_AUTH_HEADER", "INVALID_HEADER_TYPE", &[])
        .with(header::WWW_AUTHENTICATE, "Token")
}

/// A good token whose scopes do not let it use the API.
pub(super) fn not_for_api(call: &Call<'_>) -> Reply {
    const MESSAGE: &str = "This session is not valid for use with the REST API";
    api(call, StatusCode::UNAUTHORIZED, "INVALID_SESSION_ID", MESSAGE, &[])
        .refused("the token has neither the scope api nor full")
}

/// SFDC-075
pub(super) fn not_found(call: &Call<'_>) -> Reply {
    api(call, StatusCode::NOT_FOUND, "NOT_FOUND", "The requested resource does not exist", &[])
}

/// An id that is none (SFDC-075).
pub(super) fn unknown_external_id(call: &Call<'_>, id: &str) -> Reply {
    let message = format!("Provided external ID field does not exist or is not accessible: {id}");
    api(call, StatusCode::NOT_FOUND, "NOT_FOUND", &message, &[])
}

pub(super) fn method_not_allowed(call: &Call<'_>, allowed: &str) -> Reply {
    let message = format!("HTTP Method '{}' not allowed. Allowed are {allowed}", call.method());
    api(call, StatusCode::METHOD_NOT_ALLOWED, "METHOD_NOT_ALLOWED", &message, &[])
}

/// A 400 of the REST API (SFDC-075).
pub(super) fn bad_request(call: &Call<'_>, code: &str, message: &str, fields: &[&str]) -> Reply {
    api(call, StatusCode::BAD_REQUEST, code, message, fields)
}

/// The org's calls of the day are used up; the answer says nothing about when to come back (SFDC-076).
pub(super) fn limit_exceeded(call: &Call<'_>) -> Reply {
    api(call, StatusCode::FORBIDDEN, "REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded.", &[])
}

/// An edition without the REST API; the text is inferred.
pub(super) fn api_disabled(call: &Call<'_>) -> Reply {
    let message = "The REST API is not enabled for this Organization.";
    api(call, StatusCode::FORBIDDEN, "API_DISABLED_FOR_ORG", message, &[])
}

/// A record that the user may see and not change (SFDC-075).
pub(super) fn no_access(call: &Call<'_>) -> Reply {
    let message = "insufficient access rights on object id";
    api(call, StatusCode::FORBIDDEN, "INSUFFICIENT_ACCESS_OR_READONLY", message, &[])
}

/// Out of order; the text is inferred.
pub(super) fn unknown_exception(call: &Call<'_>) -> Reply {
    let message = "An unexpected error occurred. Please include this ErrorId if you contact support: 0";
    api(call, StatusCode::INTERNAL_SERVER_ERROR, "UNKNOWN_EXCEPTION", message, &[])
}

/// A body of a type that the REST API does not read; the text is inferred.
pub(super) fn unsupported_media_type(call: &Call<'_>) -> Reply {
    let message = format!("Content-Type '{}' is not supported", call.content_type());
    api(call, StatusCode::UNSUPPORTED_MEDIA_TYPE, "UNSUPPORTED_MEDIA_TYPE", &message, &[])
}

/// SFDC-077
pub(super) fn unavailable(call: &Call<'_>) -> Reply {
    api(call, StatusCode::SERVICE_UNAVAILABLE, "SERVER_UNAVAILABLE", "Server too busy", &[])
}

/// A path that is not Salesforce's.
pub(super) fn no_route() -> Reply {
    Reply::empty(StatusCode::NOT_FOUND).because(Verdict::NoRoute)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Timestamp, oauth::Death};

    #[test]
    fn a_switched_off_user_is_told_apart_from_a_dead_token() {
        let switches = Switches::default();
        let dead = |cause| Refusal::Dead(Death { cause, at: Timestamp::from_millis(0) });
        let description = |cause| OAuthError::of_refresh_token(dead(cause), &switches).description;
        assert_eq!(description(Cause::UserDeactivated), "inactive user", "SFDC-085");
        assert_eq!(description(Cause::AppDeactivated), "expired access/refresh token", "SFDC-033");
        let of_code = |refusal| OAuthError::of_code(refusal, &switches).description;
        assert_eq!(of_code(dead(Cause::UserDeactivated)), "inactive user", "SFDC-085");
        assert_eq!(of_code(Refusal::OtherClient), "invalid authorization code", "SFDC-019");
    }

    #[test]
    fn the_guides_words_are_a_switch_away() {
        let switches = Switches {
            inactive_user: InactiveUser::InactiveUser,
            garbage_code: GarbageCode::Expired,
            missing_verifier: MissingVerifier::InvalidRequest,
            wrong_password: WrongPassword::Long,
            ..Switches::default()
        };
        assert_eq!(OAuthError::of_inactive_user(&switches).error, "inactive_user", "SFDC-085");
        let of_code = |refusal| OAuthError::of_code(refusal, &switches);
        assert_eq!(of_code(Refusal::Unknown).description, "expired authorization code", "SFDC-019");
        assert_eq!(of_code(Refusal::VerifierMissing).error, "invalid_request", "SFDC-022");
        let wrong_password = OAuthError::of_wrong_password(&switches).description;
        assert_eq!(wrong_password, "authentication failure - Invalid Password", "SFDC-041");
    }
}
