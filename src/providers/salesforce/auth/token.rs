//! The token endpoint: which grant is asked for.

use http::Method;

use crate::{
    exchange::Reply,
    oauth::Refusal,
    providers::{
        call::Call,
        house::Answer,
        salesforce::{
            Site,
            auth::{answer, assertion, client, device, exchange, password, server},
            errors::{self, OAuthError},
            format::Format,
        },
    },
};

/// What every grant of the token endpoint works with.
pub(super) struct Turn<'t, 'r> {
    pub(super) call: &'t Call<'r>,
    pub(super) site: &'t Site,
    pub(super) format: Format,
}

impl Turn<'_, '_> {
    /// A field of the form or query, or of multipart form data, which Salesforce's own command line sends (SFDC-048).
    /// A JSON body has none (SFDC-021).
    pub(super) fn field(&self, name: &str) -> Option<&str> {
        field(self.call, name)
    }

    /// The same, where an absent one is as good as an empty one.
    pub(super) fn text(&self, name: &str) -> &str {
        self.field(name).unwrap_or_default()
    }

    pub(super) fn refuse(&self, error: OAuthError) -> Reply {
        error.reply(self.format)
    }

    /// A refusal for a reason that the vendor does not give.
    pub(super) fn refuse_because(&self, error: OAuthError, reason: impl std::fmt::Display) -> Reply {
        self.refuse(error).refused(reason.to_string())
    }
}

pub(super) fn field<'c>(call: &'c Call<'_>, name: &str) -> Option<&'c str> {
    call.parameter(name).or_else(|| call.form_data().get(name))
}

const JWT_BEARER: &str = "urn:ietf:params:oauth:grant-type:jwt-bearer";
const SAML_BEARER: &str = "urn:ietf:params:oauth:grant-type:saml2-bearer";
const TOKEN_EXCHANGE: &str = "urn:ietf:params:oauth:grant-type:token-exchange";

pub(in crate::providers::salesforce) fn token(call: &Call<'_>, site: &Site) -> Answer {
    let turn = Turn { call, site, format: Format::asked(call) };
    if call.method() != Method::POST {
        return Err(turn.refuse(errors::MUST_POST));
    }
    if !site.switches().active {
        return Err(turn.refuse(errors::INACTIVE_ORG));
    }
    match turn.text("grant_type") {
        "authorization_code" => by_code(&turn),
        "refresh_token" => by_refresh(&turn),
        "password" => password::by_password(&turn),
        "client_credentials" => server::by_credentials(&turn),
        JWT_BEARER => assertion::by_assertion(&turn),
        // Signed XML is not checked here, and what is not checked is not believed.
        SAML_BEARER => Err(turn.refuse_because(errors::BAD_ASSERTION, "SAML assertions are not simulated")),
        TOKEN_EXCHANGE => exchange::by_token(&turn),
        "device" => device::by_device(&turn),
        "" if turn.field("response_type") == Some("device_code") => device::start(&turn),
        _ => Err(turn.refuse(errors::UNKNOWN_GRANT)), // SFDC-021
    }
}

/// Whether a token request shows a refresh token.
pub(in crate::providers::salesforce) fn requested_by_refresh(call: &Call<'_>) -> bool {
    field(call, "grant_type") == Some("refresh_token")
}

fn by_code(turn: &Turn<'_, '_>) -> Answer {
    let Turn { call, site, .. } = turn;
    let app = client::authenticate(turn, |settings| settings.secret_for_code)?;
    let redirect_uri = turn.field("redirect_uri");
    let issued = site.auth.ledger().redeem(turn.text("code"), &app.client_id, |grant| {
        if grant.redirect_uri.as_deref() != redirect_uri {
            return Err(Refusal::RedirectMismatch); // SFDC-020
        }
        grant.check_verifier(turn.field("code_verifier")) // SFDC-022, SFDC-023
    });
    issued.map(|issued| answer::redeemed(call, site, &app, &issued).reply(turn.format)).map_err(|refusal| {
        let error = match refusal {
            Refusal::RedirectMismatch if redirect_uri.is_none() => errors::NO_REDIRECT_URI,
            refusal => OAuthError::of_code(refusal, &site.switches()),
        };
        turn.refuse_because(error, refusal)
    })
}

/// A `code_verifier` is not looked at (SFDC-024).
fn by_refresh(turn: &Turn<'_, '_>) -> Answer {
    let Turn { call, site, .. } = turn;
    let app = client::authenticate(turn, |settings| settings.secret_for_refresh)?;
    let issued = site.auth.ledger().refresh(turn.text("refresh_token"), &app.client_id, |_| Ok(()));
    issued.map(|issued| answer::refreshed(call, site, &app, &issued).reply(turn.format)).map_err(|refusal| {
        turn.refuse_because(OAuthError::of_refresh_token(refusal, &site.switches()), refusal)
    })
}
