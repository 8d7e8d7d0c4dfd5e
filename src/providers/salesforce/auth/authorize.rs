//! The authorize endpoint: what is asked for, who consents, and the way back to the app.

use http::Method;

use crate::{
    exchange::Reply,
    oauth::{App, Grant, User},
    providers::{
        authorize::{self, Decision, Prompt},
        call::Call,
        house::Answer,
        html::TICKET,
        salesforce::{
            Site,
            auth::{answer, assertion::approved},
            errors::{self, OAuthError},
            pages, scopes,
            switches::{AppSettings, Installed},
        },
    },
    tenant::{Consent, Tenant},
};

/// The way back to the app.
struct Return<'r> {
    redirect_uri: &'r str,
    state: Option<&'r str>,
}

impl Return<'_> {
    /// The state comes back unchanged, with errors too.
    fn with(&self, error: OAuthError) -> Reply {
        let pairs = [
            ("error", Some(error.error)),
            ("error_description", Some(error.description)),
            ("state", self.state),
        ];
        Reply::redirect(&authorize::with_query(self.redirect_uri, &pairs)).refused(error.reason())
    }
}

pub(in crate::providers::salesforce) fn authorize(call: &Call<'_>, site: &Site, tenant: &Tenant) -> Answer {
    let from_page = [TICKET, pages::FORMS.login.name].iter().any(|field| call.form().get(field).is_some());
    if call.method() != Method::GET && !(call.method() == Method::POST && from_page) {
        return Err(pages::error(errors::MUST_GET));
    }
    let query = call.query();
    let Some(app) = query.get("client_id").and_then(|id| site.auth.app(id)) else {
        return Err(pages::error(errors::UNKNOWN_CLIENT)); // SFDC-010
    };
    let redirect_uri = match query.get("redirect_uri") {
        None => return Err(pages::error(errors::NO_REDIRECT_URI)),
        // Exactly, down to a trailing slash (SFDC-012).
        Some(asked) if !app.redirect_uris.iter().any(|uri| uri == asked) => {
            return Err(pages::error(errors::REDIRECT_MISMATCH)); // SFDC-011
        }
        Some(asked) => asked,
    };
    let back = Return { redirect_uri, state: query.get("state") };
    let switches = site.switches();
    let settings = switches.of_app(&app.client_id);
    let scopes = asked(call, &app, settings, &back)?;
    if query.get("immediate") == Some("true") && tenant.consent() == Consent::Page {
        // Nobody is ever logged in before the page.
        let pairs = [("error", Some("immediate_unsuccessful")), ("state", back.state)];
        let reply = Reply::redirect(&authorize::with_query(redirect_uri, &pairs));
        return Err(reply.refused("immediate_unsuccessful: the user has to log in"));
    }
    let prompt =
        Prompt { forms: &pages::FORMS, app: &app, scopes: &scopes, path: call.request().uri().path() };
    let user = match approved_before(call, site, &app, &scopes) {
        Some(user) => user,
        None => match authorize::ask(tenant, &site.auth, call, &prompt) {
            Decision::Pending(page) => return Ok(page),
            Decision::Denied => return Err(back.with(errors::DENIED)), // SFDC-014
            Decision::Allowed(user) => user,
        },
    };
    if !switches.active {
        return Err(back.with(errors::INACTIVE_ORG));
    }
    if !settings.lets_users_decide() && !settings.is_approved(&user.login) {
        return Err(back.with(errors::NOT_ADMIN_APPROVED));
    }
    let offline = scopes::offline(&scopes);
    let grant = Grant {
        redirect_uri: Some(redirect_uri.to_owned()),
        // S256 alone; a `code_challenge_method` is not looked at (SFDC-023).
        code_challenge: query.get("code_challenge").map(ToOwned::to_owned),
        nonce: query.get("nonce").map(ToOwned::to_owned),
        ..Grant::new(&app, &user, scopes, offline)
    };
    let ledger = site.auth.ledger();
    if query.get("response_type") == Some("code") {
        let code = ledger.issue_code(grant);
        let pairs = [("code", Some(code.expose())), ("state", back.state)]; // SFDC-013
        return Ok(Reply::redirect(&authorize::with_query(redirect_uri, &pairs)));
    }
    // The user-agent flow hands over the tokens at once (SFDC-049).
    let tokens = answer::in_fragment(call, site, &app, &ledger.issue(grant));
    Ok(Reply::redirect(&authorize::with_fragment(redirect_uri, &tokens.pairs(&[("state", back.state)]))))
}

/// The scopes to be granted, if the app may ask as it does.
fn asked(
    call: &Call<'_>,
    app: &App,
    settings: &AppSettings,
    back: &Return<'_>,
) -> Result<Vec<String>, Reply> {
    let query = call.query();
    let response_type = query.get("response_type").unwrap_or_default();
    if !matches!(response_type, "code" | "token" | "token id_token" | "id_token token") {
        return Err(back.with(errors::UNKNOWN_RESPONSE_TYPE));
    }
    if !app.active {
        return Err(back.with(errors::BLOCKED));
    }
    match settings.installed {
        Installed::Yes => {}
        Installed::NoConnectedApp => return Err(pages::approval_error()),
        Installed::NoExternalClientApp => return Err(back.with(errors::NOT_INSTALLED)),
    }
    if settings.pkce && response_type == "code" && query.get("code_challenge").is_none_or(str::is_empty) {
        return Err(back.with(errors::NO_CHALLENGE)); // SFDC-015
    }
    scopes::granted(app, query.get("scope").unwrap_or_default()).ok_or_else(|| back.with(errors::WRONG_SCOPE))
}

/// The user who has just logged in, if these scopes were approved before and the app does not want them asked again.
fn approved_before(
    call: &Call<'_>,
    site: &Site,
    app: &App,
    scopes: &[String],
) -> Option<std::sync::Arc<User>> {
    let asks_again = call.query().get("prompt").is_some_and(|prompt| prompt.contains("consent"));
    if asks_again || call.method() != Method::POST {
        return None;
    }
    let field = |name| call.form().get(name);
    let user = site.auth.sign_in(field(pages::FORMS.login.name)?, field(pages::FORMS.password.name)?)?;
    let covers = |grant: &Grant| scopes.iter().all(|scope| grant.has_scope(scope));
    approved(site, app, &user).iter().any(|grant| covers(grant)).then_some(user)
}
