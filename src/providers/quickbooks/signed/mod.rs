//! OAuth 1.0a, which QuickBooks Online had until December 2019: signed requests, connections of 180 days, and the way
//! from there to OAuth 2.0. Any registered app may sign; its client id and secret are the consumer's.

mod connection;
mod handshake;
mod migration;
mod problem;
mod saved;
mod sessions;
mod signature;

use std::sync::Arc;

use crate::{
    exchange::Reply,
    oauth::{App, Grant, Refusal},
    providers::{
        call::Call,
        quickbooks::{Site, errors, format::Representation},
    },
};

pub(super) use connection::{disconnect, reconnect, refuse_disconnection, refuse_reconnection};
pub(super) use handshake::{access_token, begin, request_token};
pub(super) use migration::migrate;
pub(super) use problem::Problem;
pub(super) use saved::SavedSessions;
pub(super) use sessions::Sessions;
use signature::Signed;
pub(super) use signature::consumer_key;

/// Whether the call means to be signed.
pub(super) fn is_signed(call: &Call<'_>) -> bool {
    call.authorization("OAuth").is_some() || call.query().get("oauth_signature").is_some()
}

/// Lets a signed call in to the API. Its refusals are XML, whatever it accepts (contract section 8.2, shape 1).
pub(super) fn admit(call: &Call<'_>, site: &Site) -> Result<Arc<Grant>, Reply> {
    let refuse =
        |detail: String, reason: String| errors::unsigned(detail).reply(site, Representation::Xml, reason);
    let signed = Signed::read(call);
    let checked = check(&signed, site, true);
    let (_, grant) = checked.map_err(|problem| match problem {
        Problem::SignatureInvalid => {
            refuse(format!("SignatureBaseString: {}", signed.base_string()), problem.to_string())
        }
        problem => refuse(format!("oauth_problem={}", problem.code()), problem.to_string()),
    })?;
    grant.ok_or_else(|| refuse("oauth_problem=token_rejected".to_owned(), "no access token".to_owned()))
}

/// Checks consumer, access token where one is wanted, and signature, in this order.
fn check(
    signed: &Signed<'_, '_>,
    site: &Site,
    wants_token: bool,
) -> Result<(Arc<App>, Option<Arc<Grant>>), Problem> {
    let app = consumer(signed, site)?;
    if !wants_token {
        signed.check(&app, "")?;
        return Ok((app, None));
    }
    let token = signed.get("oauth_token").ok_or(Problem::ParameterAbsent("oauth_token"))?;
    let grant = site.sessions.admit(token).map_err(Problem::Token)?;
    if grant.client_id != app.client_id {
        return Err(Problem::Token(Refusal::OtherClient));
    }
    signed.check(&app, &site.sessions.secret_of(token))?;
    Ok((app, Some(grant)))
}

/// The app that signs.
fn consumer(signed: &Signed<'_, '_>, site: &Site) -> Result<Arc<App>, Problem> {
    let key = signed.get("oauth_consumer_key").ok_or(Problem::ParameterAbsent("oauth_consumer_key"))?;
    site.auth.app(key).filter(|app| app.active).ok_or(Problem::ConsumerUnknown)
}
