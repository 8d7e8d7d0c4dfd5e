//! The platform calls that renew or end a connection of OAuth 1.0a. They answer 200 whatever happens.

use std::time::Duration;

use http::StatusCode;

use super::{Signed, check, is_signed, problem::Problem, sessions::LIFE};
use crate::{
    exchange::Reply,
    oauth::{Cause, Refusal},
    providers::{
        call::Call,
        house::Answer,
        quickbooks::{Site, format::XML},
    },
};

/// Before its last days a connection is not renewed (QBO-053).
const LAST_DAYS: Duration = Duration::from_secs(30 * 24 * 3600);

/// The codes of the platform's own errors.
#[derive(Clone, Copy, Debug)]
struct PlatformError {
    code: u16,
    message: &'static str,
}

const NO_CREDENTIAL: PlatformError = PlatformError { code: 22, message: "Authentication required" };
const UNKNOWN_APP: PlatformError = PlatformError { code: 24, message: "Invalid App Token" };
const TOO_EARLY: PlatformError = PlatformError { code: 212, message: "Token Refresh Window Out of Bounds" };
const REJECTED: PlatformError = PlatformError { code: 270, message: "OAuth Token Rejected" };

impl PlatformError {
    fn of(problem: Problem) -> Self {
        match problem {
            Problem::ConsumerUnknown => UNKNOWN_APP,
            _ => REJECTED,
        }
    }
}

/// Gives a new token and secret in the last days of the old (QBO-053).
pub(in crate::providers::quickbooks) fn reconnect(call: &Call<'_>, site: &Site) -> Answer {
    let refuse = |error: PlatformError, reason: String| {
        document(site, "ReconnectResponse", Some(error), "").refused(reason)
    };
    if !is_signed(call) {
        return Err(refuse(NO_CREDENTIAL, "no signature".to_owned()));
    }
    let signed = Signed::read(call);
    let checked = check(&signed, site, true);
    let (_, grant) = checked.map_err(|problem| refuse(PlatformError::of(problem), problem.to_string()))?;
    let token = signed.get("oauth_token").unwrap_or_default();
    let now = site.auth.clock().now();
    let left = site.sessions.end_of(token).map_or(LIFE, |end| end.since(now));
    if left > LAST_DAYS {
        let reason = format!("the connection has {} days left", left.as_secs() / 86_400);
        return Err(refuse(TOO_EARLY, reason));
    }
    // Whoever is faster kills the old one.
    let killed = site.sessions.kill(token, Cause::Rotated);
    killed.map_err(|refusal| refuse(REJECTED, refusal.to_string()))?;
    let grant = grant.ok_or_else(|| refuse(REJECTED, "no access token".to_owned()))?;
    let issued = site.sessions.issue((*grant).clone());
    let fresh = issued.access_token.expose();
    let tokens = format!(
        "<OAuthToken>{fresh}</OAuthToken><OAuthTokenSecret>{}</OAuthTokenSecret>",
        site.sessions.secret_of(fresh)
    );
    Ok(document(site, "ReconnectResponse", None, &tokens))
}

/// Ends the connection (QBO-054).
pub(in crate::providers::quickbooks) fn disconnect(call: &Call<'_>, site: &Site) -> Answer {
    let refuse = |error: PlatformError, reason: String| {
        document(site, "PlatformResponse", Some(error), "").refused(reason)
    };
    if !is_signed(call) {
        return Err(refuse(NO_CREDENTIAL, "no signature".to_owned()));
    }
    let signed = Signed::read(call);
    let checked = check(&signed, site, true);
    checked.map_err(|problem| refuse(PlatformError::of(problem), problem.to_string()))?;
    let token = signed.get("oauth_token").unwrap_or_default();
    let killed = site.sessions.kill(token, Cause::Revoked);
    killed.map_err(|refusal| refuse(REJECTED, refusal.to_string()))?;
    Ok(document(site, "PlatformResponse", None, ""))
}

pub(in crate::providers::quickbooks) fn refuse_reconnection(site: &Site, refusal: Refusal) -> Reply {
    document(site, "ReconnectResponse", Some(REJECTED), "").refused(refusal.to_string())
}

pub(in crate::providers::quickbooks) fn refuse_disconnection(site: &Site, refusal: Refusal) -> Reply {
    document(site, "PlatformResponse", Some(REJECTED), "").refused(refusal.to_string())
}

fn document(site: &Site, root: &str, error: Option<PlatformError>, rest: &str) -> Reply {
    let (message, code) = match error {
        None => ("<ErrorMessage/>".to_owned(), 0),
        Some(error) => (format!("<ErrorMessage>{}</ErrorMessage>", error.message), error.code),
    };
    // Seven decimals, as its platform prints them.
    let time = site.auth.clock().now().strftime("%Y-%m-%dT%H:%M:%S.%3f0000Z");
    let body = format!(
        "<?xml version=\"1.0\"?><{root} xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" \
         xmlns:xsd=\"http://www.w3.org/2001/XMLSchema\" xmlns=\"http://platform.intuit.com/api/v1\">{message}\
         <ErrorCode>{code}</ErrorCode><ServerTime>{time}</ServerTime>{rest}</{root}>"
    );
    Reply::new(StatusCode::OK, XML, body)
}
