//! The token endpoint: which grant is asked for, and the two of user authentication.

use std::{collections::VecDeque, sync::Arc, time::Duration};

use http::StatusCode;
use serde::Serialize;

use crate::{
    Secret, Timestamp,
    exchange::Reply,
    oauth::{App, Cause, Flow, Issued, Refusal},
    providers::{
        box_com::{
            Site,
            auth::{assertion, credentials, exchange},
            errors,
        },
        call::Call,
        house::Answer,
    },
};

/// The five grants that Box has (BOX-006).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum GrantType {
    Code,
    Refresh,
    Credentials,
    Assertion,
    Exchange,
}

impl GrantType {
    fn of(name: &str) -> Option<Self> {
        Some(match name {
            "authorization_code" => Self::Code,
            "refresh_token" => Self::Refresh,
            "client_credentials" => Self::Credentials,
            "urn:ietf:params:oauth:grant-type:jwt-bearer" => Self::Assertion,
            "urn:ietf:params:oauth:grant-type:token-exchange" => Self::Exchange,
            _ => return None,
        })
    }

    /// Whether an app may use it. An app is made for users or for itself.
    fn is_enabled(self, app: &App, site: &Site) -> bool {
        match self {
            Self::Code | Self::Refresh => app.flow == Flow::Code,
            Self::Credentials => {
                app.flow == Flow::Server || site.switches.get().of_app(&app.client_id).subjectless
            }
            Self::Assertion => app.flow == Flow::Server,
            Self::Exchange => true,
        }
    }
}

/// The checks stand in the order in which Box makes them (BOX-041).
pub(in crate::providers::box_com) fn token(call: &Call<'_>, site: &Site) -> Answer {
    let Some(grant_type) = GrantType::of(call.form().get("grant_type").unwrap_or_default()) else {
        // BOX-006, BOX-036
        return Err(errors::oauth("invalid_request", "Invalid grant_type parameter or parameter missing"));
    };
    if grant_type == GrantType::Exchange {
        return exchange::by_token(call, site);
    }
    let app = client(call, site)?;
    if !grant_type.is_enabled(&app, site) {
        // BOX-038
        return Err(errors::oauth(
            "unauthorized_client",
            "The grant type is unauthorized for this client_id",
        ));
    }
    match grant_type {
        GrantType::Credentials => credentials::by_credentials(call, site, &app),
        GrantType::Assertion => assertion::by_assertion(call, site, &app),
        GrantType::Refresh => by_refresh(call, site, &app),
        GrantType::Code | GrantType::Exchange => by_code(call, site, &app),
    }
}

/// A parameter that a grant cannot do without.
pub(super) fn required<'c>(call: &'c Call<'_>, name: &str) -> Result<&'c str, Reply> {
    let missing = || errors::oauth("invalid_request", &format!("Missing parameter. \"{name}\" is required"));
    call.form().get(name).filter(|value| !value.is_empty()).ok_or_else(missing)
}

fn by_code(call: &Call<'_>, site: &Site, app: &App) -> Answer {
    let code = required(call, "code")?; // BOX-039
    let used = call.form().get("redirect_uri");
    let issued = site.auth.ledger().redeem(code, &app.client_id, |grant| match (used, &grant.redirect_uri) {
        (Some(used), Some(of)) if used != of => Err(Refusal::RedirectMismatch),
        _ => Ok(()),
    });
    issued.map(|issued| tokens(&issued)).map_err(|refusal| grant_refused(call, refusal))
}

fn by_refresh(call: &Call<'_>, site: &Site, app: &App) -> Answer {
    let Some(token) = call.form().get("refresh_token").filter(|token| !token.is_empty()) else {
        // BOX-040
        return Err(errors::oauth("invalid_request", "No \"refresh_token\" parameter found"));
    };
    if let Some(apart) = site.switches.get().simultaneous_refreshes
        && !site.refreshes().is_alone(token, site.auth.clock().now(), apart)
    {
        return Err(errors::conflict()); // BOX-034
    }
    let issued = site.auth.ledger().refresh(token, &app.client_id, |_| Ok(()));
    issued.map(|issued| tokens(&issued)).map_err(|refusal| grant_refused(call, refusal))
}

/// The refreshes of a moment, where Box refuses two at once.
#[derive(Debug, Default)]
pub(in crate::providers::box_com) struct Refreshes(VecDeque<(Secret, Timestamp)>);

impl Refreshes {
    /// Whether nobody else showed `token` just before; from now on somebody has.
    fn is_alone(&mut self, token: &str, now: Timestamp, apart: Duration) -> bool {
        self.0.retain(|(_, at)| now < *at + apart);
        let is_alone = !self.0.iter().any(|(of, _)| of.matches(token));
        if is_alone {
            self.0.push_back((token.into(), now));
        }
        is_alone
    }
}

/// The app that shows its credentials in the form; Basic is not read (BOX-005).
pub(super) fn client(call: &Call<'_>, site: &Site) -> Result<Arc<App>, Reply> {
    let form = call.form();
    let Some(id) = form.get("client_id").filter(|id| !id.is_empty()) else {
        return Err(if call.basic().is_some() {
            errors::oauth("invalid_client", "The client credentials are invalid")
        } else {
            errors::oauth("invalid_client", "Client id was not found in the headers or body")
        });
    };
    let secret = form.get("client_secret").unwrap_or_default();
    site.auth
        .app(id)
        .filter(|app| app.client_secret.matches(secret))
        .ok_or_else(|| errors::oauth("invalid_client", "The client credentials are invalid"))
        .and_then(|app| {
            if app.active {
                Ok(app)
            } else {
                // BOX-048
                Err(errors::oauth(
                    "unauthorized_client",
                    "This app is not authorized by the enterprise admin",
                ))
            }
        })
}

/// What Box says to a code or refresh token that it does not take.
pub(in crate::providers::box_com) fn grant_refused(call: &Call<'_>, refusal: Refusal) -> Reply {
    let by_refresh = call.form().get("grant_type") == Some("refresh_token");
    let reply = match (by_refresh, refusal, refusal.cause()) {
        (false, Refusal::RedirectMismatch, _) => {
            errors::oauth("redirect_uri_mismatch", "The redirect URI is missing or do not match")
        }
        // BOX-016
        (false, _, Some(Cause::Expired)) => {
            errors::oauth("invalid_grant", "The authorization code has expired")
        }
        // BOX-017, BOX-018
        (false, ..) => errors::oauth("invalid_grant", "Auth code doesn't exist or is invalid for the client"),
        (true, _, Some(Cause::Expired)) => errors::oauth("invalid_grant", "Refresh token has expired"), // BOX-032
        // BOX-031, BOX-035, BOX-052
        (true, ..) => errors::oauth("invalid_grant", "Invalid refresh token"),
    };
    reply.refused(refusal.to_string())
}

#[derive(Serialize)]
struct Tokens<'i> {
    access_token: &'i str,
    expires_in: Option<u64>,
    restricted_to: [&'static str; 0],
    token_type: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    refresh_token: Option<&'i str>,
}

/// BOX-020 to BOX-022; without a refresh token where none was issued (BOX-024).
pub(super) fn tokens(issued: &Issued) -> Reply {
    let body = Tokens {
        access_token: issued.access_token.expose(),
        expires_in: issued.expires_in.map(|life| life.as_secs()),
        restricted_to: [],
        token_type: "bearer",
        refresh_token: issued.refresh_token.as_ref().map(Secret::expose),
    };
    errors::token_headers(Reply::new(StatusCode::OK, "application/json", errors::json_text(&body)))
}
