//! The client credentials grant: an app that acts for itself.

use crate::{
    oauth::{Flow, Grant},
    providers::{
        house::Answer,
        salesforce::{
            address,
            auth::{answer, client, token::Turn},
            errors, scopes,
            switches::{Address, RunsAs},
        },
    },
};

/// `client_credentials`: only at the org's own domain, as the user whom an administrator chose, without a refresh token
/// (SFDC-042, SFDC-043).
pub(super) fn by_credentials(turn: &Turn<'_, '_>) -> Answer {
    let Turn { call, site, .. } = turn;
    let app = client::authenticate(turn, |_| true)?;
    let switches = site.switches();
    if address::of(call, &switches) != Address::MyDomain {
        return Err(turn.refuse(errors::WRONG_DOMAIN));
    }
    let user = match &switches.of_app(&app.client_id).runs_as {
        RunsAs::Disabled => return Err(turn.refuse(errors::NO_CREDENTIALS_FLOW)),
        RunsAs::Nobody => None,
        RunsAs::User(login) => site.auth.user(login),
        RunsAs::FirstUser => site.auth.first_user(),
    };
    let Some(user) = user.filter(|user| user.death.is_none()) else {
        return Err(turn.refuse(errors::NO_CREDENTIALS_USER));
    };
    let grant = Grant { flow: Flow::Server, ..Grant::new(&app, &user, scopes::direct(&app), false) };
    let issued = site.auth.ledger().issue(grant);
    Ok(answer::redeemed(call, site, &app, &issued).reply(turn.format))
}
