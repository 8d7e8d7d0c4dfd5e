//! Apps that are installed: opened from the control panel, and taken away from a store or from one of its users.

use std::{collections::BTreeSet, sync::Arc};

use http::Method;
use serde::{Deserialize, Serialize};

use crate::{
    exchange::Reply,
    oauth::{App, Cause, User},
    providers::{
        authorize::{self, Decision, Prompt},
        bigcommerce::{
            Site,
            auth::{self, known, registered_scopes, unknown_client},
            pages,
            payload::Payload,
            switches::Callbacks,
        },
        call::Call,
        house::Answer,
        html::{self, TICKET},
    },
    tenant::{Consent, Tenant},
};

/// Users who lost access to an app, by client id and login.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct Removed(BTreeSet<(Arc<str>, Arc<str>)>);

impl Removed {
    fn of(app: &App, user: &User) -> (Arc<str>, Arc<str>) {
        (Arc::clone(&app.client_id), Arc::clone(&user.login))
    }
}

fn callbacks(site: &Site, app: &App) -> Callbacks {
    site.switches().callbacks.get(&*app.client_id).cloned().unwrap_or_default()
}

/// A callback of `app`, with what `user` does signed.
fn signed(site: &Site, app: &App, user: &User, callback: &str) -> String {
    let owner = site.auth.first_user_of(&user.realm);
    let payload = Payload { app, store: &user.realm, user, owner: owner.as_deref().unwrap_or(user) };
    payload.to(callback, site.switches().payload, site.auth.mint(), site.auth.clock().now())
}

/// Whether the app has no token for the store, or other scopes than its merchant agreed to (BC-043).
fn needs_consent(site: &Site, app: &App, user: &User) -> bool {
    let mut wanted = registered_scopes(app);
    wanted.sort();
    let living =
        site.auth.ledger().living(|grant| *grant.client_id == *app.client_id && *grant.realm == *user.realm);
    !living.iter().any(|grant| {
        let mut granted = grant.scopes.clone();
        granted.sort();
        granted == wanted
    })
}

/// `GET /manage/app/{client_id}`: a merchant clicks the app in the control panel. The path is ours; the vendor's has an
/// id of its own.
pub(super) fn open(call: &Call<'_>, site: &Site, tenant: &Tenant) -> Answer {
    let segments = call.segments();
    let client_id = segments.get(2).copied().unwrap_or_default();
    let app = known(site, client_id).ok_or_else(|| unknown_client(client_id))?;
    let scopes = registered_scopes(&app);
    let path = call.request().uri().path();
    let prompt = Prompt { forms: &pages::FORMS, app: &app, scopes: &scopes, path };
    let decides = call.method() == Method::POST && call.form().get(TICKET).is_some();
    if decides {
        return match authorize::ask(tenant, &site.auth, call, &prompt) {
            Decision::Pending(page) => Ok(page),
            Decision::Denied => Err(pages::install_cancelled()),
            Decision::Allowed(user) => auth::to_auth_callback(site, &app, &user, false),
        };
    }
    let signed_in = match tenant.consent() {
        Consent::Auto => site.auth.first_living_user(),
        Consent::Page => {
            let field = |name| call.form().get(name).unwrap_or_default();
            site.auth.sign_in(field(pages::FORMS.login.name), field(pages::FORMS.password.name))
        }
    };
    let Some(user) = signed_in else {
        let wrong = call.method() == Method::POST;
        let page = html::login(&pages::FORMS, path, &app.name, wrong);
        return Ok(if wrong { page.refused("unknown login or wrong password") } else { page });
    };
    match (needs_consent(site, &app, &user), tenant.consent()) {
        (true, Consent::Auto) => auth::to_auth_callback(site, &app, &user, false),
        (true, Consent::Page) => {
            let ticket = site.auth.await_decision(&user);
            Ok(html::consent(&pages::FORMS, path, &app.name, &user.name, &scopes, ticket.expose()))
        }
        (false, _) => load(site, &app, &user),
    }
}

/// Opens an installed app (BC-040).
fn load(site: &Site, app: &App, user: &User) -> Answer {
    if site.removed().0.contains(&Removed::of(app, user)) {
        return Err(pages::error("access_denied", "You have no access to this app"));
    }
    let Some(callback) = callbacks(site, app).load else {
        return Err(pages::error("no_load_callback", "The app has no load callback"));
    };
    Ok(Reply::redirect(&signed(site, app, user, &callback)))
}

/// The owner of a store takes the app away: its token dies at once. The call that tells the app, if it wants to be told
/// (BC-038).
pub(crate) fn uninstall(site: &Site, app: &App, owner: &User) -> Option<String> {
    site.auth.ledger().kill_grants(Cause::Uninstalled, |grant| {
        *grant.client_id == *app.client_id && *grant.realm == *owner.realm
    });
    let callback = callbacks(site, app).uninstall?;
    Some(signed(site, app, owner, &callback))
}

/// The owner of a store takes a user's access to the app away; its token belongs to the store and stays alive. The call
/// that tells the app, if it wants to be told (BC-039).
pub(crate) fn remove_user(site: &Site, app: &App, user: &User) -> Option<String> {
    site.removed().0.insert(Removed::of(app, user));
    let callback = callbacks(site, app).remove_user?;
    Some(signed(site, app, user, &callback))
}
