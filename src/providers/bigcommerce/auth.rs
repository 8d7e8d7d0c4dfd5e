//! How a code comes to an app: by installation, which starts at BigCommerce, or by the generic authorize endpoint.

use std::sync::Arc;

use crate::{
    Secret,
    exchange::Reply,
    oauth::{App, Grant, User},
    providers::{
        authorize::{self, Decision, Prompt},
        bigcommerce::{SCOPES, Site, pages},
        call::Call,
        house::Answer,
    },
    tenant::Tenant,
};

/// Scopes that any app may ask for without being registered for them.
const OPEN_SCOPES: [&str; 2] = ["store_v2_default", "users_basic_information"];

/// What every answer calls the store with this hash (BC-020).
pub(super) fn context(hash: &str) -> String {
    format!("stores/{hash}")
}

/// `GET /app/{client_id}/install`: the button outside of the control panel (BC-019, BC-021).
pub(super) fn install(call: &Call<'_>, site: &Site, tenant: &Tenant) -> Answer {
    let segments = call.segments();
    let client_id = segments.get(1).copied().unwrap_or_default();
    let app = known(site, client_id).ok_or_else(|| unknown_client(client_id))?;
    let scopes = registered_scopes(&app);
    let path = call.request().uri().path();
    let prompt = Prompt { forms: &pages::FORMS, app: &app, scopes: &scopes, path };
    match authorize::ask(tenant, &site.auth, call, &prompt) {
        Decision::Pending(page) => Ok(page),
        Decision::Denied => Err(pages::install_cancelled()),
        Decision::Allowed(user) => to_auth_callback(site, &app, &user, true),
    }
}

/// A merchant agreed to all scopes of the app: the browser goes to its auth callback, which says so if the way began
/// outside of the control panel (BC-019 to BC-021).
pub(super) fn to_auth_callback(site: &Site, app: &App, user: &User, external: bool) -> Answer {
    let Some(callback) = app.redirect_uris.first() else {
        return Err(pages::error("invalid_client", "The app has no auth callback"));
    };
    let scopes = registered_scopes(app);
    let (account_uuid, context, scope) = (account_uuid(site, user), context(&user.realm), scopes.join(" "));
    let code = site.auth.consent(app, user, scopes, callback, false);
    let pairs = [
        ("account_uuid", Some(account_uuid.as_str())),
        ("code", Some(code.expose())),
        ("context", Some(context.as_str())),
        ("scope", Some(scope.as_str())),
        ("external_install", external.then_some("true")),
    ];
    Ok(Reply::redirect(&authorize::with_query(callback, &pairs)))
}

/// `GET /oauth2/authorize`, as generic clients use it. Its checks and answers are inferred from the library that the
/// login service seems to be built on; where several things are wrong, the last one checked is named.
pub(super) fn authorize(call: &Call<'_>, site: &Site, tenant: &Tenant) -> Answer {
    let query = call.query();
    let client_id = query.get("client_id").unwrap_or_default();
    let missing = ["redirect_uri", "client_id", "response_type"].into_iter().find(|n| query.get(n).is_none());
    let Some(app) = known(site, client_id) else {
        return Err(missing.map_or_else(
            || unknown_client(client_id),
            |name| pages::error("invalid_request", &format!("Missing required parameter {name}")),
        ));
    };
    let Some(first) = app.redirect_uris.first() else {
        return Err(pages::error("invalid_client", "The app has no auth callback"));
    };
    let asked = query.get("redirect_uri").filter(|uri| app.redirect_uris.iter().any(|of| of == uri));
    let callback = asked.unwrap_or(first);
    let state = query.get("state");
    let back = |error: &str, description: &str| {
        let pairs = [("error", Some(error)), ("error_description", Some(description)), ("state", state)];
        Reply::redirect(&authorize::with_query(callback, &pairs)).refused(format!("{error}: {description}"))
    };
    if let Some(name) = missing {
        return Err(back("invalid_request", &format!("Missing required parameter {name}")));
    }
    if asked.is_none() {
        let description = "Parameter redirect_uri does not match registered URI"; // BC-028
        return Err(back("redirect_uri_mismatch", description));
    }
    let response_type = query.get("response_type").unwrap_or_default();
    if response_type != "code" {
        let description = format!("Response type {response_type} is not supported");
        return Err(back("unsupported_response_type", &description));
    }
    let scopes = granted_scopes(&app, query.get("scope"));
    let path = call.request().uri().path();
    let prompt = Prompt { forms: &pages::FORMS, app: &app, scopes: &scopes, path };
    match authorize::ask(tenant, &site.auth, call, &prompt) {
        Decision::Pending(page) => Ok(page),
        Decision::Denied => Err(back("access_denied", "The user denied you access")),
        Decision::Allowed(user) => {
            let context = query.get("context").filter(|asked| *asked == context(&user.realm));
            let code = code(site, &app, &user, scopes, callback, context.is_some());
            let pairs = [
                ("code", Some(code.expose())),
                ("scope", query.get("scope")),
                ("state", state),
                ("context", context),
            ];
            Ok(Reply::redirect(&authorize::with_query(callback, &pairs)))
        }
    }
}

/// A code that stands for the user's store, or without a context for the user alone.
fn code(site: &Site, app: &App, user: &User, scopes: Vec<String>, callback: &str, in_store: bool) -> Secret {
    if in_store {
        return site.auth.consent(app, user, scopes, callback, false);
    }
    let redirect_uri = Some(callback.to_owned());
    let grant = Grant::new(app, user, scopes, false);
    site.auth.ledger().issue_code(Grant { redirect_uri, realm: "".into(), ..grant })
}

/// The account of the user's store.
pub(super) fn account_uuid(site: &Site, user: &User) -> String {
    site.in_shop(&user.realm.as_str().into(), |shop| shop.account_uuid.clone())
}

/// The app, unless it was deleted in the developer portal.
pub(super) fn known(site: &Site, client_id: &str) -> Option<Arc<App>> {
    site.auth.app(client_id).filter(|app| app.active)
}

pub(super) fn unknown_client(client_id: &str) -> Reply {
    pages::error("invalid_client", &format!("Unknown client ID {client_id}"))
}

pub(super) fn registered_scopes(app: &App) -> Vec<String> {
    if app.scopes.is_empty() { SCOPES.map(ToOwned::to_owned).into() } else { app.scopes.clone() }
}

/// Of the scopes asked for, those that the app may have; all of its own if it asks for none.
fn granted_scopes(app: &App, asked: Option<&str>) -> Vec<String> {
    let registered = registered_scopes(app);
    let mut asked = asked.unwrap_or_default().split_whitespace().peekable();
    if asked.peek().is_none() {
        return registered;
    }
    let may = |scope: &&str| OPEN_SCOPES.contains(scope) || registered.iter().any(|of| of == scope);
    asked.filter(may).map(ToOwned::to_owned).collect()
}
