//! Who is let in to a company's books.

use std::sync::Arc;

use crate::{
    exchange::Reply,
    oauth::{Cause, Grant, Refusal},
    providers::{
        call::Call,
        quickbooks::{
            Site,
            errors::{self, GatewayFault, MALFORMED},
            format::Representation,
            profile::Environment,
            scopes, signed, tokens,
        },
    },
};

/// Lets in whoever may read and write the books of the company `realm`.
pub(super) fn admit(call: &Call<'_>, site: &Site, realm: &str) -> Result<Arc<Grant>, Reply> {
    let representation = Representation::asked(call);
    let grant = match call.authorization("Bearer") {
        Some(token) => site.auth.ledger().admit(token).map_err(|refusal| {
            bearer_fault(site, token, refusal).reply(site, representation, refusal.to_string())
        })?,
        None if signed::is_signed(call) => signed::admit(call, site)?,
        None => {
            let fault = errors::unauthenticated(None);
            return Err(fault.reply(site, representation, "no credential".to_owned()));
        }
    };
    let forbid = |reason: &str| errors::unauthorized().reply(site, representation, reason.to_owned());
    if *grant.realm != *realm {
        return Err(forbid("the token is of another company")); // QBO-044
    }
    if !scopes::reach_books(&grant) {
        return Err(forbid("the token has no scope for accounting"));
    }
    // QBO-045: on an address that is not Intuit's, both kinds of company are served.
    let needed = match call.host() {
        "sandbox-quickbooks.api.intuit.com" => Some(Environment::Development),
        "quickbooks.api.intuit.com" => Some(Environment::Production),
        _ => None,
    };
    match needed {
        Some(needed) if needed != site.profile().environment => {
            Err(forbid("the keys are of another environment"))
        }
        _ => Ok(grant),
    }
}

/// What a bearer token is told that is not let in (contract section 8.1).
pub(super) fn bearer_fault(site: &Site, token: &str, refusal: Refusal) -> GatewayFault {
    errors::unauthenticated(match (refusal, refusal.cause()) {
        (_, Some(Cause::Expired)) => {
            let expires = site.auth.ledger().standing(token).and_then(|standing| standing.death);
            let handle = tokens::handle(token, expires.map(|death| death.at));
            Some(format!("Token expired: {handle}")) // QBO-040
        }
        // What is said of a token that was revoked was not recorded.
        (Refusal::Dead(_), _) => None,
        _ => Some(MALFORMED.to_owned()), // QBO-041
    })
}
