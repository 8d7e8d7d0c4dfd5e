//! Adobe Sign's authorize, token, refresh and revoke endpoints, each of which stands on a v1 and a v2 path.

use std::sync::Arc;

use http::StatusCode;
use serde_json::json;

use crate::{
    exchange::Reply,
    oauth::{App, Flow, Issued, Refusal, User},
    providers::{
        adobe_sign::{
            Site, account, errors, pages,
            scope::{self, Reach, Scope},
            shard::{AccessPoints, Host},
            switches::ErrorCase,
        },
        authorize::{self, Decision, Prompt},
        call::Call,
        house::Answer,
    },
    tenant::Tenant,
};

pub(super) fn authorize(call: &Call<'_>, site: &Site, tenant: &Tenant) -> Answer {
    let query = call.query();
    let state = query.get("state");
    let app = query.get("client_id").and_then(|id| site.auth.app(id));
    let app = app.ok_or_else(|| pages::invalid_configuration("unknown client_id"))?; // ADOBE-013
    if app.flow != Flow::Code {
        return Err(pages::invalid_configuration("an integration key has no browser step"));
    }
    let switches = site.switches();
    if !Host::of(call).may_authorize(&app.client_id, &switches) {
        // ADOBE-016
        let shard = switches.shard.key();
        return Err(pages::invalid_configuration(format!(
            "the account lives at {shard}, and the app is a customer's own: start at secure.{shard}.echosign.com"
        )));
    }
    let registered = |uri: &&str| app.redirect_uris.iter().any(|of| of == uri);
    let redirect_uri = query
        .get("redirect_uri")
        .filter(registered)
        .ok_or_else(|| pages::invalid_configuration("the redirect_uri is not registered"))?; // ADOBE-014
    // ADOBE-012
    let back = |error: &str, reason: &'static str| {
        let error = match switches.error_case {
            ErrorCase::Lower => error.to_owned(),
            ErrorCase::Upper => error.to_uppercase(),
        };
        let pairs = [("error", Some(error.as_str())), ("state", state)];
        Reply::redirect(&authorize::with_query(redirect_uri, &pairs)).refused(reason)
    };
    if !app.active {
        return Err(back("unauthorized_client", "the app is switched off"));
    }
    if query.get("response_type") != Some("code") {
        return Err(back("invalid_request", "the response_type must be code"));
    }
    let scopes = scope::requested(&app, query.get("scope").unwrap_or_default())
        .map_err(|error| pages::invalid_configuration(error.to_string()))?; // ADOBE-015
    if scopes.is_empty() {
        return Err(back("invalid_scope", "the scope is missing"));
    }
    let names: Vec<String> = scopes.iter().map(ToString::to_string).collect();
    // Without the doubled slashes that a browser would take for a host.
    let path = format!("/{}", call.segments().join("/"));
    let prompt = Prompt { forms: &pages::FORMS, app: &app, scopes: &names, path: &path };
    match authorize::ask(tenant, &site.auth, call, &prompt) {
        Decision::Pending(page) => Ok(page),
        Decision::Denied => Err(back("access_denied", "the user denied access")), // ADOBE-012
        Decision::Allowed(user) if !may_grant(site, &user, &scopes) => {
            Err(back("access_denied", "only an administrator may grant :group and :account scopes"))
        }
        Decision::Allowed(user) => {
            let code = site.auth.consent(&app, &user, names, redirect_uri, true);
            let points = AccessPoints::of(call, site);
            // ADOBE-010, ADOBE-011; that v2 sends the access points too is not certain.
            let is_v2 = call.segments().get(2) == Some(&"v2");
            let with_points = !is_v2 || switches.access_points_in_v2_redirect;
            let pairs = [
                ("code", Some(code.expose())),
                ("api_access_point", Some(points.api.as_str()).filter(|_| with_points)),
                ("state", state),
                ("web_access_point", Some(points.web.as_str()).filter(|_| with_points)),
            ];
            Ok(Reply::redirect(&authorize::with_query(redirect_uri, &pairs)))
        }
    }
}

/// What reaches beyond the user takes an administrator (ADOBE-019).
fn may_grant(site: &Site, user: &User, scopes: &[Scope]) -> bool {
    scopes.iter().all(|scope| scope.reach == Reach::Own) || account::is_administrator(site, user)
}

fn is_v2(call: &Call<'_>) -> bool {
    call.segments().get(1) == Some(&"v2")
}

/// A parameter of the form, on v1 also of the query (ADOBE-007, ADOBE-008). An empty one is missing.
fn parameter<'c>(call: &'c Call<'_>, name: &str) -> Option<&'c str> {
    let given = |value: &&str| !value.is_empty();
    let in_query = || call.query().get(name).filter(|_| !is_v2(call)).filter(given);
    call.form().get(name).filter(given).or_else(in_query)
}

fn required<'c>(call: &'c Call<'_>, name: &str) -> Result<&'c str, Reply> {
    parameter(call, name).ok_or_else(|| errors::missing_parameter(name))
}

fn expect_grant_type(call: &Call<'_>, grant_type: &str) -> Result<(), Reply> {
    if required(call, "grant_type")? == grant_type { Ok(()) } else { Err(errors::unsupported_grant_type()) }
}

/// The app whose credentials the request shows: as parameters, else by Basic, which is never needed (ADOBE-009).
fn client(call: &Call<'_>, site: &Site) -> Result<Arc<App>, Reply> {
    let basic = call.basic().unzip();
    let credential = |name: &str, basic: Option<String>| {
        let sent = parameter(call, name).map(ToOwned::to_owned).or(basic);
        sent.ok_or_else(|| errors::missing_parameter(name))
    };
    let id = credential("client_id", basic.0)?;
    let secret = credential("client_secret", basic.1)?;
    let app = site.auth.app(&id).ok_or_else(|| errors::invalid_client("unknown client_id"))?;
    if !app.client_secret.matches(&secret) {
        return Err(errors::invalid_client("wrong client_secret"));
    }
    if app.active { Ok(app) } else { Err(errors::invalid_client("the app is switched off")) }
}

pub(super) fn token(call: &Call<'_>, site: &Site) -> Answer {
    expect_grant_type(call, "authorization_code")?; // ADOBE-003: a refresh has a path of its own
    let code = required(call, "code")?;
    let app = client(call, site)?;
    let redirect_uri = required(call, "redirect_uri")?;
    let issued =
        site.auth.ledger().redeem(code, &app.client_id, |grant| match grant.redirect_uri.as_deref() {
            Some(of) if of != redirect_uri => Err(Refusal::RedirectMismatch),
            _ => Ok(()),
        });
    match issued {
        Ok(issued) => Ok(tokens(call, site, &issued)),
        Err(Refusal::RedirectMismatch) => Err(errors::redirect_mismatch(Refusal::RedirectMismatch)),
        Err(refusal) => Err(errors::invalid_code(refusal)),
    }
}

/// v1 says four things (ADOBE-023), v2 the access points as well (ADOBE-024).
fn tokens(call: &Call<'_>, site: &Site, issued: &Issued) -> Reply {
    let mut body = json!({ "access_token": issued.access_token.expose() });
    if let Some(refresh_token) = &issued.refresh_token {
        body["refresh_token"] = refresh_token.expose().into();
    }
    if is_v2(call) {
        let points = AccessPoints::of(call, site);
        body["api_access_point"] = points.api.into();
        body["web_access_point"] = points.web.into();
    }
    body["token_type"] = "Bearer".into();
    body["expires_in"] = issued.expires_in.map(|life| life.as_secs()).into();
    errors::oauth_json(StatusCode::OK, &body)
}

pub(super) fn refresh(call: &Call<'_>, site: &Site) -> Answer {
    expect_grant_type(call, "refresh_token")?;
    let refresh_token = required(call, "refresh_token")?;
    let app = client(call, site)?;
    let issued = site.auth.ledger().refresh(refresh_token, &app.client_id, |_| Ok(()));
    let issued = issued.map_err(errors::invalid_refresh_token)?;
    // The refresh token stays, and is not said again (ADOBE-025).
    let body = json!({
        "access_token": issued.access_token.expose(),
        "token_type": "Bearer",
        "expires_in": issued.expires_in.map(|life| life.as_secs()),
    });
    Ok(errors::oauth_json(StatusCode::OK, &body))
}

/// Asks for no client credentials, and takes the token from form or query (ADOBE-037, ADOBE-038).
pub(super) fn revoke(call: &Call<'_>, site: &Site) -> Answer {
    let sent = [call.form().get("token"), call.query().get("token")];
    let token = sent.into_iter().flatten().find(|token| !token.is_empty());
    let token = token.ok_or_else(|| errors::not_revoked(None))?;
    match site.auth.ledger().revoke(token) {
        Ok(_) => Ok(errors::oauth_headers(Reply::empty(StatusCode::OK))),
        Err(refusal) => Err(errors::not_revoked(Some(refusal))),
    }
}
