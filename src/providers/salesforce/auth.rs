//! Salesforce's authorize and token endpoints.

use std::sync::Arc;

use base64::{Engine, prelude::BASE64_STANDARD};
use hmac::{Hmac, KeyInit, Mac};
use http::{Method, StatusCode};
use sha2::Sha256;

use crate::{
    exchange::Reply,
    oauth::{App, Grant, Issued, Refusal},
    providers::{
        authorize::{self, Decision, Prompt},
        call::Call,
        house::Answer,
        html::TICKET,
        salesforce::{
            Site,
            errors::{self, OAuthError},
            format::Format,
            pages, scopes,
        },
    },
    tenant::{Consent, Tenant},
};

pub(super) fn authorize(call: &Call<'_>, site: &Site, tenant: &Tenant) -> Answer {
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
    let state = query.get("state");
    let back = |error: OAuthError| {
        let description = error.description;
        let pairs =
            [("error", Some(error.error)), ("error_description", Some(description)), ("state", state)];
        Reply::redirect(&authorize::with_query(redirect_uri, &pairs)).refused(error.reason())
    };
    let response_type = query.get("response_type").unwrap_or_default();
    if !matches!(response_type, "code" | "token") {
        return Err(back(errors::UNKNOWN_RESPONSE_TYPE));
    }
    if !app.active {
        return Err(back(errors::BLOCKED));
    }
    let Some(scopes) = scopes::granted(&app, query.get("scope").unwrap_or_default()) else {
        return Err(back(errors::WRONG_SCOPE));
    };
    if query.get("immediate") == Some("true") && tenant.consent() == Consent::Page {
        // Nobody is ever logged in before the page.
        let pairs = [("error", Some("immediate_unsuccessful")), ("state", state)];
        let reply = Reply::redirect(&authorize::with_query(redirect_uri, &pairs));
        return Err(reply.refused("immediate_unsuccessful: the user has to log in"));
    }
    let prompt =
        Prompt { forms: &pages::FORMS, app: &app, scopes: &scopes, path: call.request().uri().path() };
    match authorize::ask(tenant, &site.auth, call, &prompt) {
        Decision::Pending(page) => Ok(page),
        Decision::Denied => Err(back(errors::DENIED)), // SFDC-014
        Decision::Allowed(user) => {
            let offline = scopes::offline(&scopes);
            let grant = Grant {
                redirect_uri: Some(redirect_uri.to_owned()),
                // S256 alone; a `code_challenge_method` is not looked at (SFDC-023).
                code_challenge: query.get("code_challenge").map(ToOwned::to_owned),
                ..Grant::new(&app, &user, scopes, offline)
            };
            if response_type == "token" {
                return Ok(in_fragment(call, &app, &site.auth.ledger().issue(grant), redirect_uri, state));
            }
            let code = site.auth.ledger().issue_code(grant);
            let pairs = [("code", Some(code.expose())), ("state", state)]; // SFDC-013
            Ok(Reply::redirect(&authorize::with_query(redirect_uri, &pairs)))
        }
    }
}

/// The user-agent flow hands over the tokens at once (SFDC-049).
fn in_fragment(
    call: &Call<'_>,
    app: &App,
    issued: &Issued,
    redirect_uri: &str,
    state: Option<&str>,
) -> Reply {
    let tokens = Tokens::new(call, app, issued);
    let pairs = [
        ("access_token", Some(issued.access_token.expose())),
        ("refresh_token", tokens.refresh_token),
        ("instance_url", Some(tokens.instance_url.as_str())),
        ("id", Some(tokens.id.as_str())),
        ("issued_at", Some(tokens.issued_at.as_str())),
        ("signature", Some(tokens.signature.as_str())),
        ("scope", Some(tokens.scope.as_str())),
        ("token_type", Some("Bearer")),
        ("state", state),
    ];
    Reply::redirect(&authorize::with_fragment(redirect_uri, &pairs))
}

/// Parameters stand in the form or in the query; a JSON body has none (SFDC-021).
pub(super) fn token(call: &Call<'_>, site: &Site) -> Answer {
    let format = Format::asked(call);
    let refuse = |error: OAuthError| error.reply(format);
    if call.method() != Method::POST {
        return Err(refuse(errors::MUST_POST));
    }
    let grant_type = call.parameter("grant_type").unwrap_or_default();
    if !matches!(grant_type, "authorization_code" | "refresh_token") {
        return Err(refuse(errors::UNKNOWN_GRANT)); // SFDC-021
    }
    let app = client(call, site)?;
    let ledger = site.auth.ledger();
    let parameter = |name| call.parameter(name).unwrap_or_default();
    if grant_type == "refresh_token" {
        // A `code_verifier` is not looked at (SFDC-024).
        let issued = ledger.refresh(parameter("refresh_token"), &app.client_id, |_| Ok(()));
        return issued
            .map(|issued| refreshed(call, &app, &issued, format))
            .map_err(|refusal| refuse(OAuthError::of_refresh_token(refusal)).refused(refusal.to_string()));
    }
    let redirect_uri = call.parameter("redirect_uri");
    let issued = ledger.redeem(parameter("code"), &app.client_id, |grant| {
        if grant.redirect_uri.as_deref() != redirect_uri {
            return Err(Refusal::RedirectMismatch); // SFDC-020
        }
        grant.check_verifier(call.parameter("code_verifier")) // SFDC-022, SFDC-023
    });
    issued.map(|issued| redeemed(call, &app, &issued, format)).map_err(|refusal| {
        let error = match refusal {
            Refusal::RedirectMismatch if redirect_uri.is_none() => errors::NO_REDIRECT_URI,
            refusal => OAuthError::of_code(refusal),
        };
        refuse(error).refused(refusal.to_string())
    })
}

/// The app that shows its credentials, in the form (SFDC-004) or by Basic (SFDC-005). One that was registered without a
/// secret needs none (SFDC-007).
pub(super) fn client(call: &Call<'_>, site: &Site) -> Result<Arc<App>, Reply> {
    let format = Format::asked(call);
    let basic = call.basic();
    let (id, secret) = match &basic {
        Some((id, secret)) => (id.as_str(), secret.as_str()),
        None => (
            call.parameter("client_id").unwrap_or_default(),
            call.parameter("client_secret").unwrap_or_default(),
        ),
    };
    let app = site.auth.app(id).ok_or_else(|| errors::UNKNOWN_CLIENT.reply(format))?; // SFDC-008
    if app.client_secret.matches(secret) {
        return Ok(app);
    }
    let status = if basic.is_some() { StatusCode::UNAUTHORIZED } else { StatusCode::BAD_REQUEST };
    Err(errors::WRONG_SECRET.reply_with(format, status)) // SFDC-009
}

/// Tokens as Salesforce hands them out. It never says how long they live (SFDC-026).
struct Tokens<'i> {
    refresh_token: Option<&'i str>,
    signature: String,
    scope: String,
    instance_url: String,
    id: String,
    issued_at: String,
}

impl<'i> Tokens<'i> {
    fn new(call: &Call<'_>, app: &App, issued: &'i Issued) -> Self {
        let id = identity_url(call, &issued.grant);
        let issued_at = issued.at.as_millis().to_string(); // SFDC-027
        Self {
            refresh_token: issued.refresh_token.as_ref().map(crate::Secret::expose),
            signature: signature(app, &id, &issued_at),
            scope: scopes::named(&issued.grant.scopes).join(" "),
            instance_url: call.base(),
            id,
            issued_at,
        }
    }
}

/// The web server flow's answer (SFDC-025).
fn redeemed(call: &Call<'_>, app: &App, issued: &Issued, format: Format) -> Reply {
    let tokens = Tokens::new(call, app, issued);
    let mut members = vec![("access_token", issued.access_token.expose())];
    members.extend(tokens.refresh_token.map(|token| ("refresh_token", token))); // SFDC-031
    members.extend([
        ("signature", tokens.signature.as_str()),
        ("scope", &tokens.scope),
        ("instance_url", &tokens.instance_url),
        ("id", &tokens.id),
        ("token_type", "Bearer"),
        ("issued_at", &tokens.issued_at),
    ]);
    errors::token_headers(format.oauth(StatusCode::OK, &members))
}

/// A refresh's answer: without a refresh token, unless rotation is on, and then in another order (SFDC-032, SFDC-034).
fn refreshed(call: &Call<'_>, app: &App, issued: &Issued, format: Format) -> Reply {
    let tokens = Tokens::new(call, app, issued);
    let Some(refresh_token) = tokens.refresh_token else { return redeemed(call, app, issued, format) };
    let members = [
        ("access_token", issued.access_token.expose()),
        ("refresh_token", refresh_token),
        ("instance_url", &tokens.instance_url),
        ("id", &tokens.id),
        ("token_type", "Bearer"),
        ("issued_at", &tokens.issued_at),
        ("signature", &tokens.signature),
    ];
    errors::token_headers(format.oauth(StatusCode::OK, &members))
}

/// Where the user's identity is: with both ids of 18 characters (SFDC-030).
pub(super) fn identity_url(call: &Call<'_>, grant: &Grant) -> String {
    format!("{}/id/{}/{}", call.base(), grant.realm, grant.user_id)
}

/// SFDC-028
fn signature(app: &App, id: &str, issued_at: &str) -> String {
    #[expect(clippy::expect_used, reason = "HMAC takes keys of every length")]
    let mut mac = Hmac::<Sha256>::new_from_slice(app.client_secret.expose().as_bytes())
        .expect("a client secret can be a key");
    mac.update(id.as_bytes());
    mac.update(issued_at.as_bytes());
    BASE64_STANDARD.encode(mac.finalize().into_bytes())
}
