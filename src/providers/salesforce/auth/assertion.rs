//! The JWT bearer grant, and what is checked of every assertion.

use std::sync::Arc;

use serde_json::Value;

use crate::{
    jws::Jws,
    oauth::{App, Flow, Grant, User},
    providers::{
        call::Call,
        house::Answer,
        salesforce::{
            Site, address,
            auth::{
                answer, client,
                soap::named_user,
                token::{Turn, field},
            },
            errors::{self, OAuthError},
            scopes,
        },
    },
};

/// What is wrong with an assertion whose issuer is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Flaw {
    Signature,
    Audience,
    Expired,
}

impl Flaw {
    pub(super) fn reason(self) -> &'static str {
        match self {
            Self::Signature => "the assertion is not signed by a key in the app's settings",
            Self::Audience => "the assertion's audience is neither a login host nor this address",
            Self::Expired => "the assertion has no expiration, or one in the past",
        }
    }

    fn error(self) -> OAuthError {
        match self {
            Self::Audience => errors::BAD_AUDIENCE, // SFDC-046
            Self::Signature | Self::Expired => errors::BAD_ASSERTION,
        }
    }
}

/// Signature, audience and expiration.
pub(super) fn check(turn: &Turn<'_, '_>, jws: &Jws<'_>, app: &App) -> Result<(), Flaw> {
    if !client::signed(turn.site, app, jws) {
        return Err(Flaw::Signature);
    }
    let is_ours = |audience: &Value| audience.as_str().is_some_and(|audience| is_audience(turn, audience));
    let addressed = match jws.claim("aud") {
        Value::Array(audiences) => audiences.iter().any(is_ours),
        audience => is_ours(audience),
    };
    if !addressed {
        return Err(Flaw::Audience);
    }
    let now = turn.site.auth.clock().now().as_secs();
    let expires = expiration(jws.claim("exp")).ok_or(Flaw::Expired)?;
    if expires > now { Ok(()) } else { Err(Flaw::Expired) }
}

/// The login host of the org's kind, or where the request came in; the token endpoint's own URL will do.
fn is_audience(turn: &Turn<'_, '_>, audience: &str) -> bool {
    let audience = audience.trim_end_matches('/').trim_end_matches("/services/oauth2/token");
    let host = if turn.site.switches().sandbox { address::TEST } else { address::LOGIN };
    audience.strip_prefix("https://") == Some(host) || audience == turn.call.base()
}

/// Seconds since 1970. Clients write them as a text, as a number, and as a number that was meant as milliseconds and is
/// simply far away; all are in use (SFDC-047).
fn expiration(claim: &Value) -> Option<i64> {
    match claim {
        Value::String(text) => text.trim().parse().ok(),
        #[expect(clippy::cast_possible_truncation, reason = "what is too far away stays far away")]
        Value::Number(number) => number.as_i64().or_else(|| number.as_f64().map(|seconds| seconds as i64)),
        _ => None,
    }
}

/// `urn:ietf:params:oauth:grant-type:jwt-bearer`: the assertion alone says who the client is (SFDC-044).
pub(super) fn by_assertion(turn: &Turn<'_, '_>) -> Answer {
    let malformed = || turn.refuse_because(errors::BAD_ASSERTION, "the assertion is no JWT");
    let jws = turn.field("assertion").and_then(Jws::read).ok_or_else(malformed)?;
    let app = client::identify(turn, jws.text("iss").unwrap_or_default())?;
    check(turn, &jws, &app).map_err(|flaw| turn.refuse_because(flaw.error(), flaw.reason()))?;
    // Older clients name the user in `prn`.
    let login = jws.text("sub").or_else(|| jws.text("prn")).unwrap_or_default();
    let user = turn.site.auth.user(login).ok_or_else(|| turn.refuse(errors::NOT_APPROVED))?;
    let switches = turn.site.switches();
    if user.death.is_some() {
        return Err(turn.refuse(OAuthError::of_inactive_user(&switches)));
    }
    let settings = switches.of_app(&app.client_id);
    if settings.lets_users_decide() {
        if approved(turn.site, &app, &user).is_empty() {
            return Err(turn.refuse(errors::NOT_APPROVED)); // SFDC-045
        }
    } else if !scopes::offline(&app.scopes) {
        return Err(turn.refuse(errors::NOT_PREAUTHORIZED));
    } else if !settings.is_approved(login) {
        return Err(turn.refuse(errors::NO_APP_ACCESS));
    }
    let grant = Grant { flow: Flow::Server, ..Grant::new(&app, &user, scopes::direct(&app), false) };
    let issued = turn.site.auth.ledger().issue(grant);
    Ok(answer::asserted(turn.call, turn.site, &app, &issued).reply(turn.format))
}

/// The user's approvals of the app that were not taken back: those of which a token is alive.
pub(super) fn approved(site: &Site, app: &App, user: &User) -> Vec<Arc<Grant>> {
    site.auth.ledger().living(|grant| {
        grant.flow == Flow::Code && grant.client_id == app.client_id && grant.login == user.login
    })
}

/// What names the tenant where only Salesforce looks: the issuer of an assertion, a field of multipart form data, a
/// device's code in its page, the user of a SOAP login.
pub(in crate::providers::salesforce) fn introduced(call: &Call<'_>) -> Option<String> {
    let issuer = |name| Jws::read(field(call, name)?)?.text("iss").map(ToOwned::to_owned);
    let in_field = || ["client_id", "user_code"].into_iter().find_map(|name| field(call, name));
    issuer("assertion")
        .or_else(|| issuer("client_assertion"))
        .or_else(|| in_field().map(ToOwned::to_owned))
        .or_else(|| named_user(call))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_expiration_is_read_in_every_form_that_clients_write() {
        assert_eq!(expiration(&json!(1_772_366_400)), Some(1_772_366_400), "SFDC-047");
        assert_eq!(expiration(&json!("1772366400")), Some(1_772_366_400), "SFDC-047");
        assert_eq!(expiration(&json!(1_772_366_400_300_i64)), Some(1_772_366_400_300), "SFDC-047");
        assert_eq!(expiration(&json!(1.5e300)), Some(i64::MAX), "SFDC-047");
        assert_eq!(expiration(&json!(1_772_366_400.9)), Some(1_772_366_400), "SFDC-047");
        assert_eq!((expiration(&json!("soon")), expiration(&json!(null))), (None, None));
    }
}
