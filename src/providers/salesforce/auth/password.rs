//! Logging in by name and password, without a page.

use std::sync::Arc;

use crate::{
    oauth::{Flow, Grant, Rejection, User},
    providers::{
        call::Call,
        house::Answer,
        salesforce::{
            Site, address,
            auth::{answer, client, token::Turn},
            errors::{self, OAuthError},
            scopes,
            switches::{Address, LoginBarrier, Switches},
        },
    },
};

/// `password`: no refresh token, and no scope is told (SFDC-040).
pub(super) fn by_password(turn: &Turn<'_, '_>) -> Answer {
    let Turn { call, site, .. } = turn;
    let app = client::authenticate(turn, |_| true)?;
    let switches = site.switches();
    if !switches.password_flow {
        let error = OAuthError::of_wrong_password(&switches);
        return Err(turn.refuse_because(error, "the org does not allow the password flow"));
    }
    let user = sign_in(call, site, turn.text("username"), turn.text("password"))
        .map_err(|Unwelcome { error, reason }| turn.refuse_because(error, reason))?;
    let grant = Grant { flow: Flow::Password, ..Grant::new(&app, &user, scopes::direct(&app), false) };
    let issued = site.auth.ledger().issue(grant);
    Ok(answer::by_password(call, site, &app, &issued).reply(turn.format))
}

/// Why a user may not come in: what the vendor says, and what is the case.
pub(super) struct Unwelcome {
    pub(super) error: OAuthError,
    pub(super) reason: String,
}

/// The user behind a name and password, at the login host of the org's kind and past what bars the way.
pub(super) fn sign_in(
    call: &Call<'_>,
    site: &Site,
    login: &str,
    password: &str,
) -> Result<Arc<User>, Unwelcome> {
    let switches = site.switches();
    let refuse = |error, reason: String| Err(Unwelcome { error, reason });
    let wrong = OAuthError::of_wrong_password(&switches);
    let elsewhere = if switches.sandbox { Address::Login } else { Address::Test };
    if address::of(call, &switches) == elsewhere {
        return refuse(wrong, "the user belongs to the other login host".to_owned());
    }
    let Some(password) = without_security_token(&switches, password) else {
        return refuse(wrong, "the security token is not appended to the password".to_owned());
    };
    let user = match site.auth.authenticate(login, password) {
        Ok(user) => user,
        Err(rejection @ Rejection::DeadAccount(_)) => {
            return refuse(OAuthError::of_inactive_user(&switches), rejection.to_string());
        }
        Err(rejection) => return refuse(wrong, rejection.to_string()),
    };
    match switches.login_barrier {
        LoginBarrier::None => Ok(user),
        LoginBarrier::Address => refuse(errors::IP_RESTRICTED, errors::IP_RESTRICTED.reason()),
        LoginBarrier::Hours => refuse(errors::LOGIN_HOURS, errors::LOGIN_HOURS.reason()),
        LoginBarrier::Activation => refuse(errors::NOT_ACTIVATED, errors::NOT_ACTIVATED.reason()),
        LoginBarrier::Rate => refuse(errors::LOGIN_RATE, errors::LOGIN_RATE.reason()),
    }
}

/// The password, without the security token that an org may want behind it.
fn without_security_token<'p>(switches: &Switches, password: &'p str) -> Option<&'p str> {
    match &switches.security_token {
        Some(token) => {
            let at = password.len().checked_sub(token.expose().len())?;
            let (password, end) = password.split_at_checked(at)?;
            token.matches(end).then_some(password)
        }
        None => Some(password),
    }
}
