//! The token exchange grant: a token from elsewhere for one of the org's own.

use crate::{
    jws::Jws,
    oauth::{Flow, Grant},
    providers::{
        house::Answer,
        salesforce::{
            address,
            auth::{answer, assertion, client, token::Turn},
            errors::{self, OAuthError},
            scopes,
            switches::Address,
        },
    },
};

/// The types of subject token that are told apart. In an org it is Apex code, the token handler, that judges them: the
/// handler here takes JWTs that a key in the app's settings signed, and the org's own access tokens.
const JWTS: [&str; 2] = ["urn:ietf:params:oauth:token-type:jwt", "urn:ietf:params:oauth:token-type:id_token"];
const ACCESS_TOKEN: &str = "urn:ietf:params:oauth:token-type:access_token";

/// `urn:ietf:params:oauth:grant-type:token-exchange`; only at the org's own domain. A `token_handler` is not looked at.
pub(super) fn by_token(turn: &Turn<'_, '_>) -> Answer {
    let Turn { call, site, .. } = turn;
    let app = client::authenticate(turn, |settings| settings.secret_for_code)?;
    let switches = site.switches();
    if address::of(call, &switches) != Address::MyDomain {
        return Err(turn.refuse(errors::WRONG_DOMAIN));
    }
    let (token, kind) = (turn.text("subject_token"), turn.text("subject_token_type"));
    let user = if JWTS.contains(&kind) {
        let malformed = || turn.refuse_because(errors::BAD_ASSERTION, "the subject token is no JWT");
        let jws = Jws::read(token).ok_or_else(malformed)?;
        if !client::signed(site, &app, &jws) {
            let reason = assertion::Flaw::Signature.reason();
            return Err(turn.refuse_because(errors::BAD_ASSERTION, reason));
        }
        site.auth.user(jws.text("sub").unwrap_or_default())
    } else if kind == ACCESS_TOKEN {
        let admitted = site.auth.ledger().admit(token);
        let grant = admitted.map_err(|refusal| turn.refuse_because(errors::BAD_ASSERTION, refusal))?;
        site.auth.user(&grant.login)
    } else {
        return Err(turn.refuse(errors::WRONG_TOKEN_TYPE));
    };
    let user = user.ok_or_else(|| turn.refuse(errors::NOT_APPROVED))?;
    if user.death.is_some() {
        return Err(turn.refuse(OAuthError::of_inactive_user(&switches)));
    }
    let scopes = match turn.field("scope") {
        Some(asked) => scopes::granted(&app, asked).ok_or_else(|| turn.refuse(errors::WRONG_SCOPE))?,
        None => scopes::direct(&app),
    };
    let offline = scopes::offline(&scopes);
    let issued =
        site.auth.ledger().issue(Grant { flow: Flow::Server, ..Grant::new(&app, &user, scopes, offline) });
    Ok(answer::redeemed(call, site, &app, &issued).reply(turn.format))
}
