//! From OAuth 1.0a to OAuth 2.0 (QBO-055).

use serde::Deserialize;

use super::{Signed, check, problem::Problem};
use crate::{
    Secret,
    oauth::{Cause, Grant},
    providers::{
        call::Call,
        house::Answer,
        quickbooks::{Site, auth, errors, openid, scopes},
    },
};

/// The app that takes over, and what for.
#[derive(Deserialize)]
struct Wanted {
    scope: String,
    redirect_uri: String,
    client_id: String,
    client_secret: String,
}

/// Turns a live connection into a pair of OAuth 2.0. That the old token dies with it, and how a wrong body is refused,
/// is inferred.
pub(in crate::providers::quickbooks) fn migrate(call: &Call<'_>, site: &Site) -> Answer {
    let signed = Signed::read(call);
    let (_, old) = check(&signed, site, true).map_err(Problem::reply)?;
    let old = old.ok_or_else(|| Problem::TokenRejected.reply())?;
    let wanted: Wanted =
        serde_json::from_slice(call.request().body()).map_err(|_| errors::INVALID_REQUEST.reply(site))?;
    let secret = Secret::from(wanted.client_secret);
    let app = site.auth.app(&wanted.client_id);
    let app = app.filter(|app| app.active && app.client_secret == secret);
    let app = app.ok_or_else(|| errors::INVALID_CLIENT.reply(site))?;
    let scopes = scopes::asked(&app, &wanted.scope);
    let scopes = scopes.filter(|_| app.redirect_uris.contains(&wanted.redirect_uri));
    let scopes = scopes.ok_or_else(|| errors::INVALID_REQUEST.reply(site))?;
    let user = site.auth.user(&old.login).filter(|user| user.death.is_none());
    let user = user.ok_or_else(|| Problem::TokenRejected.reply())?;
    let token = signed.get("oauth_token").unwrap_or_default();
    site.sessions.kill(token, Cause::Rotated).map_err(|refusal| Problem::Token(refusal).reply())?;
    let issued = site.auth.ledger().issue(Grant::new(&app, &user, scopes, true));
    let id_token = openid::id_token(site, &issued);
    let mut body = auth::tokens(call, site, &issued, id_token);
    body["realmId"] = old.realm.as_ref().into();
    Ok(auth::answer(&body))
}
