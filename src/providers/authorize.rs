//! The part of the authorize step that all vendors share: log in, decide, go back to the app.

use std::sync::Arc;

use http::Method;
use url::form_urlencoded::Serializer;

use crate::{
    exchange::Reply,
    oauth::{App, AuthorizationServer, User},
    providers::{
        call::Call,
        html::{self, Forms, TICKET},
    },
    tenant::{Consent, Tenant},
};

/// What the user is asked.
pub(crate) struct Prompt<'p> {
    pub(crate) forms: &'p Forms,
    pub(crate) app: &'p App,
    pub(crate) scopes: &'p [String],
    /// Where the pages post to; the query of the authorize request goes with it.
    pub(crate) path: &'p str,
}

/// How far the user has come.
pub(crate) enum Decision {
    /// Shown another page.
    Pending(Reply),
    /// Allowed by this user.
    Allowed(Arc<User>),
    /// Denied.
    Denied,
}

/// Takes the user one step further: login page, consent page, decision.
pub(crate) fn ask(
    tenant: &Tenant,
    server: &AuthorizationServer,
    call: &Call<'_>,
    prompt: &Prompt<'_>,
) -> Decision {
    let action = match call.request().uri().query() {
        Some(query) => format!("{}?{query}", prompt.path),
        None => prompt.path.to_owned(),
    };
    let Prompt { forms, app, scopes, .. } = prompt;
    if tenant.consent() == Consent::Auto
        && let Some(user) = server.first_living_user()
    {
        return Decision::Allowed(user);
    }
    if call.method() != Method::POST {
        return Decision::Pending(html::login(forms, &action, &app.name, false));
    }
    if let Some(user) = call.form().get(TICKET).and_then(|ticket| server.decide(ticket)) {
        return if call.form().get(forms.deny.name).is_some() {
            Decision::Denied
        } else {
            Decision::Allowed(user)
        };
    }
    let field = |name| call.form().get(name).unwrap_or_default();
    match server.sign_in(field(forms.login.name), field(forms.password.name)) {
        None => Decision::Pending(
            html::login(forms, &action, &app.name, true).refused("unknown login or wrong password"),
        ),
        Some(user) => {
            let ticket = server.await_decision(&user);
            Decision::Pending(html::consent(forms, &action, &app.name, &user.name, scopes, ticket.expose()))
        }
    }
}

/// `redirect_uri` with `pairs` added to its query.
pub(crate) fn with_query(redirect_uri: &str, pairs: &[(&str, Option<&str>)]) -> String {
    joined(redirect_uri, if redirect_uri.contains('?') { '&' } else { '?' }, pairs)
}

/// `redirect_uri` with `pairs` as its fragment.
pub(crate) fn with_fragment(redirect_uri: &str, pairs: &[(&str, Option<&str>)]) -> String {
    joined(redirect_uri, '#', pairs)
}

fn joined(redirect_uri: &str, separator: char, pairs: &[(&str, Option<&str>)]) -> String {
    let mut query = Serializer::new(String::new());
    query.extend_pairs(pairs.iter().filter_map(|(name, value)| Some((name, (*value)?))));
    format!("{redirect_uri}{separator}{}", query.finish())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_callback_keeps_its_own_query() {
        let pairs = [("code", Some("a=b")), ("state", None)];
        assert_eq!(with_query("https://c/cb?x=1", &pairs), "https://c/cb?x=1&code=a%3Db");
        assert_eq!(with_query("https://c/cb", &pairs), "https://c/cb?code=a%3Db");
        assert_eq!(with_fragment("https://c/cb", &pairs), "https://c/cb#code=a%3Db");
    }
}
