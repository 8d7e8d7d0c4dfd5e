//! Intuit's authorize, token and revoke endpoints.

use std::{net::IpAddr, sync::Arc};

use http::StatusCode;
use serde_json::{Value, json};
use url::{Host, Url};

use crate::{
    exchange::Reply,
    oauth::{App, Grant, Issued, Refusal},
    providers::{
        authorize::{self, Decision, Prompt},
        call::Call,
        house::Answer,
        quickbooks::{
            Site,
            errors::{self, OAuthError},
            openid,
            pages::{self, Problem},
            profile::Environment,
            scopes,
        },
    },
    tenant::Tenant,
};

pub(super) fn authorize(call: &Call<'_>, site: &Site, tenant: &Tenant) -> Answer {
    let query = call.query();
    let refuse = |problem| Err(pages::refuse(call, site, problem));
    let Some(app) = query.get("client_id").and_then(|id| site.auth.app(id)).filter(|app| app.active) else {
        return refuse(Problem::UnknownClient); // QBO-012
    };
    let redirect_uri = query.get("redirect_uri").filter(|asked| {
        // Exactly, down to case and trailing slash.
        app.redirect_uris.iter().any(|uri| uri == asked) && may_redirect(site.profile().environment, asked)
    });
    let Some(redirect_uri) = redirect_uri else {
        return refuse(Problem::Redirect); // QBO-011
    };
    let scopes = scopes::asked(&app, query.get("scope").unwrap_or_default());
    let (Some(scopes), Some("code")) = (scopes, query.get("response_type")) else {
        return refuse(Problem::Parameters(&app.client_id));
    };
    let state = query.get("state");
    let path = call.request().uri().path();
    let prompt = Prompt { forms: &pages::FORMS, app: &app, scopes: &scopes, path };
    match authorize::ask(tenant, &site.auth, call, &prompt) {
        Decision::Pending(page) => Ok(page),
        Decision::Denied => {
            let pairs = [("error", Some("access_denied")), ("state", state)]; // QBO-010
            let reply = Reply::redirect(&authorize::with_query(redirect_uri, &pairs));
            Err(reply.refused("access_denied: the user did not consent"))
        }
        Decision::Allowed(user) => {
            let redirect = Some(redirect_uri.to_owned());
            let grant = Grant { redirect_uri: redirect, ..Grant::new(&app, &user, scopes, true) };
            let realm = scopes::reach_company(&grant.scopes).then(|| user.realm.clone()); // QBO-008
            let code = site.auth.ledger().issue_code(grant);
            // QBO-007
            let pairs = [("code", Some(code.expose())), ("state", state), ("realmId", realm.as_deref())];
            Ok(Reply::redirect(&authorize::with_query(redirect_uri, &pairs)))
        }
    }
}

/// Which redirect URIs an environment lets an app have (QBO-013).
fn may_redirect(environment: Environment, uri: &str) -> bool {
    let Ok(url) = Url::parse(uri) else { return false };
    let is_localhost = matches!(url.host(), Some(Host::Domain("localhost")));
    let is_address = match url.host() {
        Some(Host::Domain(name)) => name.parse::<IpAddr>().is_ok(),
        Some(Host::Ipv4(_) | Host::Ipv6(_)) => true,
        None => false,
    };
    match environment {
        Environment::Development => url.scheme() == "https" || (url.scheme() == "http" && is_localhost),
        Environment::Production => url.scheme() == "https" && !is_localhost && !is_address,
    }
}

/// The client is looked at before the grant (QBO-015).
pub(super) fn token(call: &Call<'_>, site: &Site) -> Answer {
    let app = client(call, site)?;
    let parameter = |name| call.form().get(name).filter(|value| !value.is_empty());
    let refuse = |error: OAuthError| error.reply(site);
    let ledger = site.auth.ledger();
    match parameter("grant_type") {
        None => Err(refuse(errors::INVALID_REQUEST)), // QBO-032
        Some("authorization_code") => {
            let code = parameter("code").ok_or_else(|| refuse(errors::INVALID_REQUEST))?;
            let redirect_uri = call.form().get("redirect_uri");
            let issued = ledger.redeem(code, &app.client_id, |grant| {
                // One that was issued by hand may have none.
                let same = grant.redirect_uri.is_none() || grant.redirect_uri.as_deref() == redirect_uri;
                if same { Ok(()) } else { Err(Refusal::RedirectMismatch) } // QBO-031
            });
            let issued = issued.map_err(|refusal| code_refused(site, refusal))?;
            let id_token = openid::id_token(site, &issued);
            Ok(answer(&tokens(call, site, &issued, id_token)))
        }
        Some("refresh_token") => {
            let token = parameter("refresh_token").ok_or_else(|| refuse(errors::INVALID_REQUEST))?;
            let issued = ledger.refresh(token, &app.client_id, |_| Ok(()));
            let issued = issued.map_err(|refusal| refresh_refused(site, refusal))?;
            Ok(answer(&tokens(call, site, &issued, None)))
        }
        Some(_) => Err(refuse(errors::UNKNOWN_GRANT)), // QBO-032
    }
}

pub(super) fn code_refused(site: &Site, refusal: Refusal) -> Reply {
    OAuthError::of_code(refusal).reply(site).refused(refusal.to_string())
}

pub(super) fn refresh_refused(site: &Site, refusal: Refusal) -> Reply {
    OAuthError::of_refresh_token(refusal).reply(site).refused(refusal.to_string())
}

/// The app that shows its credentials, by Basic (QBO-003) or in the form (QBO-004).
fn client(call: &Call<'_>, site: &Site) -> Result<Arc<App>, Reply> {
    let basic = call.basic();
    let (id, secret) = match &basic {
        Some((id, secret)) => (id.as_str(), secret.as_str()),
        None => {
            let field = |name| call.form().get(name).unwrap_or_default();
            (field("client_id"), field("client_secret"))
        }
    };
    let app = site.auth.app(id).filter(|app| app.active && app.client_secret.matches(secret));
    app.ok_or_else(|| errors::INVALID_CLIENT.reply(site)) // QBO-026
}

/// The answer in the order of a recorded one (QBO-018).
pub(super) fn tokens(call: &Call<'_>, site: &Site, issued: &Issued, id_token: Option<String>) -> Value {
    let mut body = json!({});
    if let Some(id_token) = id_token {
        body["id_token"] = id_token.into();
    }
    body["expires_in"] = json!(issued.expires_in.map(|life| life.as_secs()));
    body["token_type"] = "bearer".into();
    let Some(refresh_token) = &issued.refresh_token else {
        body["access_token"] = issued.access_token.expose().into();
        return body;
    };
    let standing = site.auth.ledger().standing(refresh_token.expose());
    // Counts down while the same token is returned.
    let left = standing.as_ref().and_then(|standing| standing.expires);
    body["x_refresh_token_expires_in"] = json!(left.map(|end| end.since(issued.at).as_secs()));
    let wants_limit = call.header("x-include-refresh-token-hard-expires-in") == Some("true"); // QBO-020
    if let Some(standing) = standing.filter(|_| wants_limit) {
        let left = (standing.consented + site.longest_connection()).since(issued.at);
        body["x_refresh_token_hard_expires_in"] = left.as_secs().into();
    }
    body["refresh_token"] = refresh_token.expose().into();
    body["access_token"] = issued.access_token.expose().into();
    body
}

pub(super) fn answer(body: &Value) -> Reply {
    errors::oauth_headers(Reply::new(StatusCode::OK, "application/json;charset=utf-8", body.to_string()))
}

/// The token stands in JSON (QBO-005) or in a form (QBO-006).
pub(super) fn revoke(call: &Call<'_>, site: &Site) -> Answer {
    let app = client(call, site)?;
    let json = call.json();
    let in_json = json.as_ref().and_then(|body| body.get("token")).and_then(Value::as_str);
    let token = call.form().get("token").or(in_json).unwrap_or_default();
    let ledger = site.auth.ledger();
    let is_own = ledger.standing(token).is_none_or(|standing| standing.grant.client_id == app.client_id);
    let revoked = if is_own { ledger.revoke(token) } else { Err(Refusal::OtherClient) };
    revoked
        .map(|_| errors::oauth_headers(Reply::empty(StatusCode::OK))) // QBO-034
        .map_err(|refusal| errors::nothing_to_revoke(refusal.to_string())) // QBO-036
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn redirect_uris_differ_by_environment() {
        let development = |uri| may_redirect(Environment::Development, uri);
        let production = |uri| may_redirect(Environment::Production, uri);
        assert!(development("https://client.example/cb") && production("https://client.example/cb"));
        assert!(
            development("http://localhost:8000/cb") && !production("http://localhost:8000/cb"),
            "QBO-013"
        );
        assert!(
            !development("http://client.example/cb") && !production("http://client.example/cb"),
            "QBO-013"
        );
        assert!(development("https://localhost/cb") && !production("https://localhost/cb"), "QBO-013");
        assert!(!production("https://203.0.113.7/cb") && !production("https://[2001:db8::1]/cb"), "QBO-013");
        assert!(!development("client.example/cb"));
    }
}
