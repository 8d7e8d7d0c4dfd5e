//! The client credentials grant: a token for the app itself, or for a user of its enterprise.

use crate::{
    oauth::{App, Flow, Grant, User},
    providers::{
        box_com::{Site, access::service_account, auth::token::tokens, errors},
        call::Call,
        house::Answer,
    },
};

pub(super) fn by_credentials(call: &Call<'_>, site: &Site, app: &App) -> Answer {
    let switches = site.switches.get();
    let settings = switches.of_app(&app.client_id);
    let id = call.form().get("box_subject_id").unwrap_or_default();
    let user = match call.form().get("box_subject_type") {
        Some("enterprise") if app.flow == Flow::Server => {
            Some(service_account(app)).filter(|_| id == switches.enterprise)
        }
        Some("user") if app.flow == Flow::Server && settings.user_tokens => user(site, id),
        Some(_) => {
            return Err(errors::oauth(
                "unauthorized_client",
                "The \"box_subject_type\" value is unauthorized for this client_id",
            ));
        }
        None => Some(service_account(app)).filter(|_| settings.subjectless),
    };
    // BOX-047
    let user = user.ok_or_else(|| errors::oauth("invalid_grant", "Grant credentials are invalid"))?;
    Ok(tokens(&site.auth.ledger().issue(grant(app, &user))))
}

/// A user of the enterprise, by id.
pub(super) fn user(site: &Site, id: &str) -> Option<User> {
    let users = site.auth.users();
    users.iter().find(|user| user.id == id && user.death.is_none()).map(|user| (**user).clone())
}

/// What an app with server authentication gets: all its scopes, and no refresh token (BOX-024).
pub(super) fn grant(app: &App, user: &User) -> Grant {
    Grant { flow: Flow::Server, ..Grant::new(app, user, app.scopes.clone(), false) }
}
