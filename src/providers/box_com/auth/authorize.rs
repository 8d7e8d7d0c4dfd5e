//! The authorize step.

use url::Url;

use crate::{
    exchange::Reply,
    oauth::App,
    providers::{
        authorize::{self, Decision, Prompt},
        box_com::{Site, pages, scopes},
        call::Call,
        house::Answer,
    },
    tenant::Tenant,
};

pub(in crate::providers::box_com) fn authorize(call: &Call<'_>, site: &Site, tenant: &Tenant) -> Answer {
    let query = call.query();
    let Some(app) = query.get("client_id").and_then(|id| site.auth.app(id)) else {
        return Err(pages::error(call, "invalid_client")); // BOX-012
    };
    if !app.active {
        return Err(pages::error(call, "unauthorized_client")); // BOX-048
    }
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
    if !scopes.iter().all(|scope| scopes::may_ask(&app, scope)) {
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
