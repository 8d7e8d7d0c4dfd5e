//! Box's authorize, token and revoke endpoints.

use std::sync::Arc;

use http::StatusCode;
use serde_json::json;
use url::Url;

use crate::{
    exchange::Reply,
    oauth::{App, Cause, Flow, Issued, Refusal},
    providers::{
        authorize::{self, Decision, Prompt},
        box_com::{Site, errors, pages},
        call::Call,
        house::Answer,
    },
    tenant::Tenant,
};

/// Scopes an app may hold; downscoping knows others.
const SCOPES: [&str; 13] = [
    "root_readonly",
    "root_readwrite",
    "manage_managed_users",
    "manage_app_users",
    "manage_groups",
    "manage_webhook",
    "manage_enterprise_properties",
    "manage_data_retention",
    "manage_legal_holds",
    "sign_requests.readwrite",
    "ai.readwrite",
    "manage_triggers",
    "admin_readwrite",
];

pub(super) fn authorize(call: &Call<'_>, site: &Site, tenant: &Tenant) -> Answer {
    let query = call.query();
    let Some(app) = query.get("client_id").and_then(|id| site.auth.app(id)).filter(|app| app.active) else {
        return Err(pages::error(call, "invalid_client")); // BOX-012
    };
    let redirect_uri =
        redirect_uri(&app, query.get("redirect_uri")).map_err(|error| pages::error(call, error))?;
    let state = query.get("state");
    let back = |error: &str, description: &str| {
        let pairs = [("error", Some(error)), ("error_description", Some(description)), ("state", state)];
        Reply::redirect(&authorize::with_query(&redirect_uri, &pairs))
            .refused(format!("{error}: {description}"))
    };
    if query.get("response_type") != Some("code") {
        return Err(back("unsupported_response_type", "A requested response type is not supported."));
    }
    let scopes: Vec<String> =
        query.get("scope").unwrap_or_default().split_whitespace().map(ToOwned::to_owned).collect();
    let allowed = |scope: &String| {
        SCOPES.contains(&scope.as_str()) && (app.scopes.is_empty() || app.scopes.contains(scope))
    };
    if !scopes.iter().all(allowed) {
        return Err(back("invalid_scope", "An unsupported scope was requested."));
    }
    let path = call.request().uri().path();
    let prompt = Prompt { forms: &pages::FORMS, app: &app, scopes: &scopes, path };
    match authorize::ask(tenant, &site.auth, call, &prompt) {
        Decision::Pending(page) => Ok(page),
        // BOX-014
        Decision::Denied => Err(back("access_denied", "The user denied access to your application")),
        Decision::Allowed(user) => {
            let scopes = if scopes.is_empty() { app.scopes.clone() } else { scopes };
            let code = site.auth.consent(&app, &user, scopes, &redirect_uri, true);
            let pairs = [("code", Some(code.expose())), ("state", state)]; // BOX-013
            Ok(Reply::redirect(&authorize::with_query(&redirect_uri, &pairs)))
        }
    }
}

/// The callback to use: the one asked for if it is registered, the only one if none is named (BOX-008 to BOX-011).
fn redirect_uri(app: &App, asked: Option<&str>) -> Result<String, &'static str> {
    match (asked, app.redirect_uris.as_slice()) {
        (None, [only]) => Ok(only.clone()),
        (None, [_, _, ..]) => Err("redirect_uri_missing"),
        (Some(asked), registered) if registered.iter().any(|uri| same_callback(uri, asked)) => {
            Ok(asked.to_owned())
        }
        _ => Err("redirect_uri_mismatch"),
    }
}

/// Exact, but for the port of a loopback address.
fn same_callback(registered: &str, asked: &str) -> bool {
    let portless = |uri: &str| {
        let mut url = Url::parse(uri).ok()?;
        if !matches!(url.host_str(), Some("localhost" | "127.0.0.1" | "[::1]")) {
            return None;
        }
        url.set_port(None).ok()?;
        Some(url)
    };
    registered == asked || portless(registered).is_some_and(|url| portless(asked) == Some(url))
}

/// The checks stand in the order in which Box makes them (BOX-041).
pub(super) fn token(call: &Call<'_>, site: &Site) -> Answer {
    let form = call.form();
    let grant_type = form.get("grant_type").unwrap_or_default();
    let known = matches!(
        grant_type,
        "authorization_code"
            | "refresh_token"
            | "client_credentials"
            | "urn:ietf:params:oauth:grant-type:jwt-bearer"
            | "urn:ietf:params:oauth:grant-type:token-exchange"
    );
    if !known {
        // BOX-006, BOX-036
        return Err(errors::oauth("invalid_request", "Invalid grant_type parameter or parameter missing"));
    }
    let app = client(call, site)?;
    if app.flow != Flow::Code || !matches!(grant_type, "authorization_code" | "refresh_token") {
        // BOX-038
        return Err(errors::oauth(
            "unauthorized_client",
            "The grant type is unauthorized for this client_id",
        ));
    }
    let ledger = site.auth.ledger();
    let issued = if grant_type == "authorization_code" {
        let Some(code) = form.get("code").filter(|code| !code.is_empty()) else {
            // BOX-039
            return Err(errors::oauth("invalid_request", "Missing parameter. \"code\" is required"));
        };
        let used = form.get("redirect_uri");
        ledger.redeem(code, &app.client_id, |grant| match (used, &grant.redirect_uri) {
            (Some(used), Some(of)) if used != of => Err(Refusal::RedirectMismatch),
            _ => Ok(()),
        })
    } else {
        let Some(token) = form.get("refresh_token").filter(|token| !token.is_empty()) else {
            // BOX-040
            return Err(errors::oauth("invalid_request", "No \"refresh_token\" parameter found"));
        };
        ledger.refresh(token, &app.client_id, |_| Ok(()))
    };
    issued.map(|issued| tokens(&issued)).map_err(|refusal| grant_refused(call, refusal))
}

/// The app that shows its credentials in the form; Basic is not read (BOX-005).
fn client(call: &Call<'_>, site: &Site) -> Result<Arc<App>, Reply> {
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
pub(super) fn grant_refused(call: &Call<'_>, refusal: Refusal) -> Reply {
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

/// BOX-020 to BOX-022
fn tokens(issued: &Issued) -> Reply {
    let mut body = json!({
        "access_token": issued.access_token.expose(),
        "expires_in": issued.expires_in.map(|life| life.as_secs()),
        "restricted_to": [],
        "token_type": "bearer",
    });
    if let Some(refresh_token) = &issued.refresh_token {
        body["refresh_token"] = refresh_token.expose().into();
    }
    errors::token_headers(Reply::new(StatusCode::OK, "application/json", errors::json_text(&body)))
}

pub(super) fn revoke(call: &Call<'_>, site: &Site) -> Answer {
    let app = client(call, site)?; // BOX-054
    let token = call.form().get("token").unwrap_or_default();
    let ledger = site.auth.ledger();
    let of_this_app = ledger.standing(token).is_some_and(|token| token.grant.client_id == app.client_id);
    let revoked = if of_this_app { ledger.revoke(token) } else { Err(Refusal::Unknown) };
    revoked.map(|_| Reply::empty(StatusCode::OK)).map_err(revocation_refused) // BOX-049
}

/// BOX-053: what Box says to an unknown token is not documented.
pub(super) fn revocation_refused(refusal: Refusal) -> Reply {
    errors::oauth("invalid_token", "The token provided is invalid").refused(refusal.to_string())
}
