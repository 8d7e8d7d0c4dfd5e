//! Egnyte's browser step, token endpoint and revocation.

use std::sync::Arc;

use http::{Method, StatusCode};
use serde_json::{Value, json};

use crate::{
    exchange::Reply,
    oauth::{App, Flow, Grant, Issued, Refusal, User},
    providers::{
        authorize::{self, Decision, Prompt},
        call::{Call, Params},
        egnyte::{
            Site,
            address::Address,
            api,
            errors::{self, TokenError},
            gateway::Gateway,
            pages::FORMS,
            switches::Limits,
        },
        house::Answer,
        html,
    },
    tenant::{Consent, Tenant},
};

/// Contract, section 2.
const SCOPES: [&str; 18] = [
    "Egnyte.filesystem",
    "Egnyte.link",
    "Egnyte.user",
    "Egnyte.group",
    "Egnyte.permission",
    "Egnyte.audit",
    "Egnyte.bookmark",
    "Egnyte.launchwebsession",
    "Egnyte.ai",
    "Egnyte.projectfolders",
    "Egnyte.salesforce",
    "Egnyte.controlleddocs",
    "Egnyte.etmf",
    "Egnyte.documentportal",
    "Egnyte.uploadrequests",
    "Egnyte.webhooks",
    "Egnyte.integrations",
    "Egnyte.sign",
];

/// What the app gets from the browser step.
#[derive(Clone, Copy, PartialEq, Eq)]
enum ResponseType {
    Code,
    /// An access token in the fragment.
    Token,
}

impl ResponseType {
    fn of(value: Option<&str>) -> Option<Self> {
        match value {
            Some("code") => Some(Self::Code),
            None | Some("token") => Some(Self::Token), // EGN-005, EGN-006
            Some(_) => None,
        }
    }

    /// The callback with `pairs` where this flow has them.
    fn back(self, redirect_uri: &str, pairs: &[(&str, Option<&str>)]) -> Reply {
        Reply::redirect(&match self {
            Self::Code => authorize::with_query(redirect_uri, pairs),
            Self::Token => authorize::with_fragment(redirect_uri, pairs),
        })
    }
}

/// A parameter that must be there and not empty.
fn required<'p>(params: &'p Params<'_>, name: &str) -> Result<&'p str, Reply> {
    params.get(name).filter(|value| !value.is_empty()).ok_or_else(|| errors::missing_parameter(name))
}

/// Nothing that is wrong with the request is redirected: the browser is left on the JSON (contract, section 5a).
pub(super) fn authorize(call: &Call<'_>, at: &Address<'_>, site: &Site, tenant: &Tenant) -> Answer {
    let query = call.query();
    let app = app(required(query, "client_id")?, at, site)?; // EGN-010, EGN-011
    if app.flow != Flow::Code {
        return Err(errors::resource_owner_key()); // EGN-012
    }
    let switches = site.switches();
    let own = switches.keys_of_one_domain.get(&*app.client_id);
    let is_of_another = |domain: &str| own.is_some_and(|own| !own.eq_ignore_ascii_case(domain));
    if at.domain().is_some_and(is_of_another) {
        return Err(errors::key_of_another_domain()); // EGN-013
    }
    let redirect_uri = required(query, "redirect_uri")?;
    if !redirect_uri.starts_with("https://") {
        return Err(errors::invalid_callback("the redirect URI is not https")); // EGN-008
    }
    if !app.redirect_uris.iter().any(|registered| registered == redirect_uri) {
        return Err(errors::invalid_callback("the redirect URI is not one of the key's")); // EGN-009
    }
    let response_type =
        ResponseType::of(query.get("response_type")).ok_or_else(errors::invalid_response_type)?;
    let scopes = granted_scopes(&app, query.get("scope")).ok_or_else(errors::invalid_scope)?;
    let state = query.get("state");
    let path = format!("{}/puboauth/authorize", at.prefix());
    let prompt = Prompt { forms: &FORMS, app: &app, scopes: &scopes, path: &path };
    let user = match ask(tenant, at, site, call, &prompt) {
        Decision::Pending(page) => return Ok(page),
        Decision::Denied => {
            let pairs = [("error", Some("access_denied")), ("state", state)]; // EGN-007
            return Err(response_type.back(redirect_uri, &pairs).refused("the user denied access"));
        }
        Decision::Allowed(user) if is_of_another(&user.realm) => {
            return Err(errors::key_of_another_domain()); // EGN-013
        }
        Decision::Allowed(user) => user,
    };
    Ok(match response_type {
        ResponseType::Code => {
            let code = site.auth.consent(&app, &user, scopes, redirect_uri, true);
            response_type.back(redirect_uri, &[("code", Some(code.expose())), ("state", state)]) // EGN-004
        }
        ResponseType::Token => {
            let redirect_uri_of = Some(redirect_uri.to_owned());
            let grant = Grant { redirect_uri: redirect_uri_of, ..Grant::new(&app, &user, scopes, false) };
            let issued = site.auth.ledger().issue(grant);
            let token = Some(issued.access_token.expose());
            let pairs = [("access_token", token), ("token_type", Some("bearer")), ("state", state)];
            response_type.back(redirect_uri, &pairs) // EGN-005
        }
    })
}

/// Asks the user, who must be one of the domain that the call is addressed to (EGN-001).
fn ask(tenant: &Tenant, at: &Address<'_>, site: &Site, call: &Call<'_>, prompt: &Prompt<'_>) -> Decision {
    let is_stranger = |user: &User| at.admits(&user.realm).is_err();
    let turn_away = || {
        let query = call.request().uri().query().unwrap_or_default();
        let page = html::login(prompt.forms, &format!("{}?{query}", prompt.path), &prompt.app.name, true);
        Decision::Pending(page.refused("the user belongs to another domain"))
    };
    let typed = call.form().get(prompt.forms.login.name).filter(|_| call.method() == Method::POST);
    if typed.and_then(|login| site.auth.user(login)).is_some_and(|user| is_stranger(&user)) {
        return turn_away();
    }
    match authorize::ask(tenant, &site.auth, call, prompt) {
        Decision::Allowed(user) if is_stranger(&user) => {
            let of_domain = || site.auth.users().into_iter().find(|user| !is_stranger(user));
            match tenant.consent() {
                Consent::Auto => of_domain().map_or_else(turn_away, Decision::Allowed),
                Consent::Page => turn_away(),
            }
        }
        decision => decision,
    }
}

/// The app with this key, if it counts here and is not switched off (EGN-001, EGN-011, EGN-035).
fn app(client_id: &str, at: &Address<'_>, site: &Site) -> Result<Arc<App>, Reply> {
    if at.is_foreign(site) {
        return Err(errors::unknown_app().refused("the key belongs to another tenant than the domain"));
    }
    site.auth.app(client_id).filter(|app| app.active).ok_or_else(errors::unknown_app)
}

/// The scopes that are asked for, or the key's own. None at all stands for everything (EGN-015). Nothing if Egnyte or
/// the key does not know one of them.
fn granted_scopes(app: &App, asked: Option<&str>) -> Option<Vec<String>> {
    let asked = scope_list(asked);
    let is_known = |scope: &String| {
        SCOPES.contains(&scope.as_str()) && (app.scopes.is_empty() || app.scopes.contains(scope))
    };
    if asked.is_empty() { Some(app.scopes.clone()) } else { asked.iter().all(is_known).then_some(asked) }
}

fn scope_list(scope: Option<&str>) -> Vec<String> {
    scope.unwrap_or_default().split_whitespace().map(ToOwned::to_owned).collect()
}

pub(super) fn token(call: &Call<'_>, at: &Address<'_>, site: &Site) -> Answer {
    // Egnyte's own client for Python sends JSON and calls it a form (EGN-059).
    let json = call.json_called_form();
    let form = json.as_ref().unwrap_or_else(|| call.form()); // EGN-016
    let gateway = Gateway::of(site);
    let ledger = site.auth.ledger();
    count(form, site)?;
    let (issued, error): (_, fn(Refusal) -> TokenError) = match required(form, "grant_type")? {
        "authorization_code" => {
            let app = client(form, at, site, Some(Flow::Code))?;
            let redirect_uri = required(form, "redirect_uri")?;
            let code = required(form, "code")?;
            let issued = ledger.redeem(code, &app.client_id, |grant| {
                at.admits(&grant.realm)?;
                if grant.redirect_uri.as_deref() != Some(redirect_uri) {
                    return Err(Refusal::RedirectMismatch);
                }
                same_scopes(form.get("scope"), grant)
            });
            (issued, code_refused)
        }
        "refresh_token" if ledger.policy().refreshable => {
            let app = client(form, at, site, None)?;
            let refresh_token = required(form, "refresh_token")?;
            let issued = ledger.refresh(refresh_token, &app.client_id, |grant| at.admits(&grant.realm));
            (issued, |_| TokenError::BadRefreshToken)
        }
        "password" => return by_password(form, at, site),
        _ => return Err(TokenError::UnsupportedGrant.reply(gateway)), // EGN-030
    };
    issued
        .map(|issued| tokens(&issued))
        .map_err(|refusal| error(refusal).reply(gateway).refused(refusal.to_string()))
}

/// Counts the call for its key, or where the key is an internal one for the user; refuses those that come too often
/// (EGN-031).
fn count(form: &Params<'_>, site: &Site) -> Result<(), Reply> {
    let switches = site.switches();
    let app = form.get("client_id").and_then(|client_id| site.auth.app(client_id));
    let Some(app) = app.filter(|_| switches.limits == Limits::On) else { return Ok(()) };
    let (caller, limit) = match app.flow {
        Flow::Code => (app.client_id.to_string(), switches.token_calls_per_hour),
        Flow::Password | Flow::Server => {
            let user = form.get("username").unwrap_or_default();
            (format!("{} {user}", app.client_id), switches.token_calls_per_user_and_hour)
        }
    };
    let counted = site.token_calls().count(&caller, site.auth.clock().now(), limit);
    counted.map_err(errors::too_many_tokens)
}

/// EGN-026
fn by_password(form: &Params<'_>, at: &Address<'_>, site: &Site) -> Answer {
    let gateway = Gateway::of(site);
    let app = client(form, at, site, Some(Flow::Password))?;
    let (login, password) = (required(form, "username")?, required(form, "password")?);
    let user = site.auth.sign_in(login, password).filter(|user| at.admits(&user.realm).is_ok());
    let user = user.ok_or_else(|| {
        TokenError::WrongPassword.reply(gateway).refused("unknown login or wrong password at this domain")
    })?;
    let scopes =
        granted_scopes(&app, form.get("scope")).ok_or_else(|| TokenError::InvalidScope.reply(gateway))?;
    Ok(tokens(&site.auth.ledger().issue(Grant::new(&app, &user, scopes, true))))
}

/// The app that shows its credentials in the form; HTTP Basic is not read. A key registered for one flow is good for no
/// other.
fn client(form: &Params<'_>, at: &Address<'_>, site: &Site, flow: Option<Flow>) -> Result<Arc<App>, Reply> {
    let gateway = Gateway::of(site);
    let app = app(required(form, "client_id")?, at, site)?;
    // A key from before 2015 has no secret (EGN-026).
    if !app.client_secret.expose().is_empty() && !app.client_secret.matches(required(form, "client_secret")?)
    {
        return Err(TokenError::WrongSecret.reply_with(gateway, site.switches().wrong_secret)); // EGN-025
    }
    match flow {
        Some(flow) if app.flow != flow => Err(TokenError::OtherFlow.reply(gateway)), // EGN-027
        _ => Ok(app),
    }
}

/// A scope that is sent at the exchange must be that of the authorize step (EGN-024).
fn same_scopes(sent: Option<&str>, grant: &Grant) -> Result<(), Refusal> {
    let mut sent = scope_list(sent);
    let mut granted = grant.scopes.clone();
    sent.sort();
    granted.sort();
    if sent.is_empty() || sent == granted { Ok(()) } else { Err(Refusal::ScopeMismatch) }
}

fn code_refused(refusal: Refusal) -> TokenError {
    match refusal {
        Refusal::RedirectMismatch => TokenError::RedirectMismatch,
        Refusal::ScopeMismatch => TokenError::ScopeMismatch,
        _ => TokenError::BadCode,
    }
}

/// EGN-017 to EGN-019
fn tokens(issued: &Issued) -> Reply {
    let mut body = json!({ "access_token": issued.access_token.expose() });
    if let Some(refresh_token) = &issued.refresh_token {
        body["refresh_token"] = refresh_token.expose().into();
    }
    body["token_type"] = "bearer".into();
    body["expires_in"] = issued.expires_in.map_or_else(|| Value::from(-1), |life| life.as_secs().into());
    Reply::new(StatusCode::OK, "application/json", body.to_string())
}

/// Revokes by the secret of the token's own key, or by the bearer of one of its key's tokens (EGN-032, EGN-033).
pub(super) fn revoke(call: &Call<'_>, at: &Address<'_>, site: &Site) -> Answer {
    let ledger = site.auth.ledger();
    let token = call.parameter("token").unwrap_or_default();
    let grant = ledger.standing(token).map(|standing| standing.grant);
    let grant = grant.filter(|grant| at.admits(&grant.realm).is_ok());
    let app = grant.as_ref().and_then(|grant| site.auth.app(&grant.client_id));
    let may_revoke = match call.parameter("client_secret").filter(|secret| !secret.is_empty()) {
        Some(secret) => match &app {
            Some(app) if !app.client_secret.matches(secret) => {
                let wrong_secret = site.switches().wrong_secret;
                return Err(TokenError::WrongSecret.reply_with(Gateway::of(site), wrong_secret));
            }
            app => app.is_some(),
        },
        None => {
            let caller = api::admit(call, at, site)?;
            app.is_some_and(|app| app.client_id == caller.grant.client_id)
        }
    };
    if token.is_empty() {
        return Err(errors::missing_parameter("token"));
    }
    let revoked = if may_revoke { ledger.revoke(token) } else { Err(Refusal::Unknown) };
    // What Egnyte says to an unknown token is not known; RFC 7009 says it is revoked as well.
    let done = Reply::empty(StatusCode::OK);
    Ok(match revoked {
        Ok(_) => done,
        Err(refusal) => done.refused(format!("nothing was revoked: {refusal}")),
    })
}
