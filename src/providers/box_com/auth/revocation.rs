//! The end of a token.

use http::StatusCode;

use crate::{
    exchange::Reply,
    oauth::Refusal,
    providers::{
        box_com::{Site, auth::token::client, errors, switches::UnknownRevocation},
        call::Call,
        house::Answer,
    },
};

/// Access and refresh token die together, whichever is sent (BOX-050).
pub(in crate::providers::box_com) fn revoke(call: &Call<'_>, site: &Site) -> Answer {
    let app = client(call, site)?; // BOX-054
    let token = call.form().get("token").unwrap_or_default();
    let ledger = site.auth.ledger();
    let of_this_app = ledger.standing(token).is_some_and(|token| token.grant.client_id == app.client_id);
    let revoked = if of_this_app { ledger.revoke(token) } else { Err(Refusal::Unknown) };
    match (revoked, site.switches.get().unknown_revocation) {
        (Ok(_), _) | (Err(_), UnknownRevocation::Accepted) => Ok(Reply::empty(StatusCode::OK)), // BOX-049
        (Err(refusal), UnknownRevocation::Refused) => Err(revocation_refused(refusal)),
    }
}

/// BOX-053: what Box says to an unknown token is not documented.
pub(in crate::providers::box_com) fn revocation_refused(refusal: Refusal) -> Reply {
    errors::oauth("invalid_token", "The token provided is invalid").refused(refusal.to_string())
}
