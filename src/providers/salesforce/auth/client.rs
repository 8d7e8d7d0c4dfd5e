//! Which app a request comes from.

use std::sync::Arc;

use http::StatusCode;

use crate::{
    exchange::Reply,
    jws::Jws,
    oauth::App,
    providers::salesforce::{
        Site,
        auth::{assertion, token::Turn},
        errors,
        switches::AppSettings,
    },
};

const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// The app that shows its credentials: in the form (SFDC-004), by Basic (SFDC-005), or by an assertion of its own
/// (SFDC-006). One that was registered without a secret needs none, nor does one whose settings say so (SFDC-007).
pub(super) fn authenticate(
    turn: &Turn<'_, '_>,
    needs_secret: impl FnOnce(&AppSettings) -> bool,
) -> Result<Arc<App>, Reply> {
    if let Some(assertion) = turn.field("client_assertion") {
        return by_assertion(turn, assertion);
    }
    let basic = turn.call.basic();
    let (id, secret) = match &basic {
        Some((id, secret)) => (id.as_str(), Some(secret.as_str())),
        None => (turn.text("client_id"), turn.field("client_secret")),
    };
    let app = identify(turn, id)?;
    let secret = secret.unwrap_or_default();
    let may_be_left_out = secret.is_empty() && !needs_secret(turn.site.switches().of_app(id));
    if may_be_left_out || app.client_secret.matches(secret) {
        return Ok(app);
    }
    let status = if basic.is_some() { StatusCode::UNAUTHORIZED } else { StatusCode::BAD_REQUEST };
    Err(errors::WRONG_SECRET.reply_with(turn.format, status)) // SFDC-009
}

/// The app with this client id, without a secret.
pub(super) fn identify(turn: &Turn<'_, '_>, client_id: &str) -> Result<Arc<App>, Reply> {
    turn.site.auth.app(client_id).ok_or_else(|| turn.refuse(errors::UNKNOWN_CLIENT)) // SFDC-008
}

fn by_assertion(turn: &Turn<'_, '_>, assertion: &str) -> Result<Arc<App>, Reply> {
    let refuse = |reason: &'static str| errors::WRONG_SECRET.reply(turn.format).refused(reason);
    if turn.field("client_assertion_type") != Some(ASSERTION_TYPE) {
        return Err(refuse("client_assertion_type is not that of a JWT"));
    }
    let jws = Jws::read(assertion).ok_or_else(|| refuse("the client assertion is no JWT"))?;
    let app = identify(turn, jws.text("iss").unwrap_or_default())?;
    if jws.text("sub") != Some(&*app.client_id) {
        return Err(refuse("the client assertion's subject is not the app"));
    }
    assertion::check(turn, &jws, &app).map_err(|flaw| refuse(flaw.reason()))?;
    Ok(app)
}

/// Whether `keys` of the app hold the one that signed.
pub(super) fn signed(site: &Site, app: &App, jws: &Jws<'_>) -> bool {
    site.switches().of_app(&app.client_id).keys.iter().any(|key| jws.is_signed_by(key))
}
