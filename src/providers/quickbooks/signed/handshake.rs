//! The three steps of OAuth 1.0a (QBO-052): request token, the user's consent, access token.

use std::sync::Arc;

use http::StatusCode;
use url::form_urlencoded::Serializer;

use super::{Signed, check, consumer, problem::Problem};
use crate::{
    exchange::Reply,
    oauth::{App, Grant, Refusal},
    providers::{
        authorize::{self, Decision, Prompt},
        call::Call,
        house::Answer,
        quickbooks::{Site, errors::oauth_headers, pages, scopes},
    },
    tenant::Tenant,
};

pub(in crate::providers::quickbooks) fn request_token(call: &Call<'_>, site: &Site) -> Answer {
    let signed = Signed::read(call);
    let (app, _) = check(&signed, site, false).map_err(Problem::reply)?;
    let callback = signed.get("oauth_callback").ok_or(Problem::ParameterAbsent("oauth_callback"));
    let callback = callback.map_err(Problem::reply)?;
    let token = site.sessions.await_consent(&app.client_id, callback);
    let secret = site.sessions.secret_of(&token);
    Ok(form(&[
        ("oauth_token", &token),
        ("oauth_token_secret", &secret),
        ("oauth_callback_confirmed", "true"),
    ]))
}

/// The user's page. The callback may be named once more in its address.
pub(in crate::providers::quickbooks) fn begin(call: &Call<'_>, site: &Site, tenant: &Tenant) -> Answer {
    let token = call.query().get("oauth_token").unwrap_or_default();
    let waiting = site
        .sessions
        .with_waiting(token, |waiting| (Arc::clone(&waiting.client_id), waiting.callback.clone()));
    let app = waiting.as_ref().and_then(|(client_id, _)| site.auth.app(client_id)).filter(|app| app.active);
    let Some((app, (_, asked))) = app.zip(waiting) else {
        return Err(pages::refuse(call, site, pages::Problem::UnknownClient));
    };
    let callback = call.query().get("oauth_callback").unwrap_or(&asked);
    if !is_registered(&app, callback) {
        return Err(pages::refuse(call, site, pages::Problem::Redirect));
    }
    let scopes = vec![scopes::ACCOUNTING.to_owned()];
    let path = call.request().uri().path();
    let prompt = Prompt { forms: &pages::FORMS, app: &app, scopes: &scopes, path };
    match authorize::ask(tenant, &site.auth, call, &prompt) {
        Decision::Pending(page) => Ok(page),
        Decision::Denied => {
            // What the app is told is inferred.
            let pairs = [("oauth_token", Some(token)), ("oauth_problem", Some("permission_denied"))];
            let reply = Reply::redirect(&authorize::with_query(callback, &pairs));
            Err(reply.refused("permission_denied: the user did not consent"))
        }
        Decision::Allowed(user) => {
            let grant = Grant::new(&app, &user, scopes, false);
            let verifier = site.sessions.consent(token, grant);
            let pairs = [
                ("oauth_token", Some(token)),
                ("oauth_verifier", verifier.as_deref()),
                ("realmId", Some(user.realm.as_str())),
                ("dataSource", Some("QBO")),
            ];
            Ok(Reply::redirect(&authorize::with_query(callback, &pairs)))
        }
    }
}

/// Whether a callback is the app's, whatever its query; inferred, so that no code leads astray.
fn is_registered(app: &App, callback: &str) -> bool {
    let without_query = |uri: &str| uri.split('?').next().map(ToOwned::to_owned);
    app.redirect_uris.iter().any(|uri| without_query(uri) == without_query(callback))
}

pub(in crate::providers::quickbooks) fn access_token(call: &Call<'_>, site: &Site) -> Answer {
    let signed = Signed::read(call);
    let granted = redeem(&signed, site).map_err(Problem::reply)?;
    let issued = site.sessions.issue(granted);
    let token = issued.access_token.expose();
    Ok(form(&[("oauth_token", token), ("oauth_token_secret", &site.sessions.secret_of(token))]))
}

/// What the user consented to; the request token is spent by that.
fn redeem(signed: &Signed<'_, '_>, site: &Site) -> Result<Grant, Problem> {
    let app = consumer(signed, site)?;
    let token = signed.get("oauth_token").ok_or(Problem::ParameterAbsent("oauth_token"))?;
    let found = site
        .sessions
        .with_waiting(token, |waiting| (Arc::clone(&waiting.client_id), waiting.consent.clone()));
    let (client_id, consent) = found.ok_or(Problem::TokenRejected)?;
    if client_id != app.client_id {
        return Err(Problem::Token(Refusal::OtherClient));
    }
    signed.check(&app, &site.sessions.secret_of(token))?;
    let verifier = signed.get("oauth_verifier").ok_or(Problem::ParameterAbsent("oauth_verifier"))?;
    let (right, grant) = consent.ok_or(Problem::TokenRejected)?;
    if !right.matches(verifier) {
        return Err(Problem::VerifierInvalid);
    }
    // Of two that come at once, one finds it spent.
    if site.sessions.spend(token) { Ok(grant) } else { Err(Problem::TokenRejected) }
}

fn form(pairs: &[(&str, &str)]) -> Reply {
    let body = Serializer::new(String::new()).extend_pairs(pairs).finish();
    oauth_headers(Reply::new(StatusCode::OK, "application/x-www-form-urlencoded", body))
}
