//! The part of the REST APIs v5 and v6 that shows good tokens from bad ones.

use std::{fmt::Write, sync::Arc};

use http::{StatusCode, header};
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::{
    exchange::Reply,
    oauth::{Grant, Refusal},
    providers::{
        adobe_sign::{
            Site,
            account::{self, Person},
            auth::access_point,
            errors, scope, v5, v6,
        },
        call::Call,
        house::Answer,
    },
};

/// Which of the two APIs is called. They differ in how a token is shown, and in the shape of answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Version {
    V5,
    V6,
}

impl Version {
    fn of(call: &Call<'_>) -> Self {
        if call.segments().get(2) == Some(&"v5") { Self::V5 } else { Self::V6 }
    }
}

/// The token that the request shows. v5 has a header of its own and takes Bearer too; v6 takes Bearer only.
fn shown_token<'c>(call: &'c Call<'_>, site: &Site) -> Result<&'c str, Reply> {
    let mint = site.auth.mint();
    match Version::of(call) {
        Version::V5 => call
            .header("access-token")
            .map(str::trim)
            .or_else(|| call.authorization("Bearer"))
            .ok_or_else(|| errors::no_access_token_header(mint)), // ADOBE-051
        Version::V6 if call.header(header::AUTHORIZATION).is_none() => {
            Err(errors::no_authorization_header(mint)) // ADOBE-050
        }
        Version::V6 => Ok(call.authorization("Bearer").unwrap_or_default()),
    }
}

/// What the request's token stands for, or Adobe Sign's refusal (ADOBE-048, ADOBE-049).
fn admit(call: &Call<'_>, site: &Site) -> Result<Arc<Grant>, Reply> {
    let token = shown_token(call, site)?;
    site.auth.ledger().admit(token).map_err(|refusal| errors::invalid_access_token(site.auth.mint(), refusal))
}

/// The person the request acts for, if its token has `scope`: who consented, or who `x-api-user` names.
fn acting(call: &Call<'_>, site: &Site, scope: &str) -> Result<Person, Reply> {
    let mint = site.auth.mint();
    let grant = admit(call, site)?;
    let people = account::people(site);
    let consented = people.iter().find(|person| *person.id == *grant.user_id);
    let consented = consented.ok_or_else(|| errors::invalid_access_token(mint, Refusal::Unknown))?;
    // ADOBE-062
    let person = match call.header("x-api-user") {
        None => consented,
        Some(named) => {
            let named = match named.trim().split_once(':') {
                Some(("userid", id)) => people.iter().find(|person| person.id == id),
                Some(("email", email)) => {
                    people.iter().find(|person| person.email.eq_ignore_ascii_case(email))
                }
                _ => return Err(errors::invalid_x_api_user(mint)),
            };
            named
                .filter(|named| named.id == consented.id || scope::reaches_others(&grant))
                .ok_or_else(|| errors::invalid_user(mint))?
        }
    };
    if scope::allows(&grant, scope) {
        Ok(person.clone())
    } else {
        Err(errors::permission_denied(mint, scope)) // ADOBE-054
    }
}

fn ok(site: &Site, body: &Value) -> Reply {
    errors::rest_json(site.auth.mint(), StatusCode::OK, body)
}

/// A single object has an entity tag, two groups of 32 hexadecimal digits, that changes with it.
fn ok_tagged(site: &Site, body: &Value) -> Reply {
    let digest = Sha256::digest(body.to_string());
    let hex = digest.iter().fold(String::new(), |mut hex, byte| {
        // Writing to a text does not fail.
        let _ = write!(hex, "{byte:02x}");
        hex
    });
    ok(site, body).with(header::ETAG, &format!("{}.{}", &hex[..32], &hex[32..]))
}

/// `GET base_uris` and `GET baseUris`: any good token will do (ADOBE-043, ADOBE-044).
pub(super) fn base_uris(call: &Call<'_>, site: &Site) -> Answer {
    admit(call, site)?;
    let access_point = access_point(call);
    let body = match Version::of(call) {
        Version::V5 => v5::base_uris(&access_point),
        Version::V6 => v6::base_uris(&access_point),
    };
    Ok(ok(site, &body))
}

/// `GET users` (ADOBE-046, ADOBE-047)
pub(super) fn users(call: &Call<'_>, site: &Site) -> Answer {
    acting(call, site, "user_read")?;
    let people = account::people(site);
    let body = match Version::of(call) {
        Version::V5 => v5::users(&people, &site.account().group_id),
        Version::V6 => v6::users(&people),
    };
    Ok(ok(site, &body))
}

/// `GET users/me`
pub(super) fn current_user(call: &Call<'_>, site: &Site) -> Answer {
    let person = acting(call, site, "user_read")?;
    Ok(ok_tagged(site, &v6::user(&person)))
}

/// `GET agreements`
pub(super) fn agreements(call: &Call<'_>, site: &Site) -> Answer {
    acting(call, site, "agreement_read")?;
    let body = match Version::of(call) {
        Version::V5 => v5::agreements(&site.account().agreements),
        Version::V6 => v6::agreements(&site.account().agreements),
    };
    Ok(ok(site, &body))
}

/// `GET agreements/:id`; a bad token is refused before a bad id (ADOBE-055).
pub(super) fn agreement(call: &Call<'_>, site: &Site) -> Answer {
    acting(call, site, "agreement_read")?;
    let id = call.segments().last().copied().unwrap_or_default();
    let account = site.account();
    let agreement = account.agreement(id).ok_or_else(|| errors::invalid_agreement_id(site.auth.mint()))?;
    Ok(ok_tagged(site, &v6::agreement(agreement, &administrator_email(site))))
}

/// `GET libraryDocuments`
pub(super) fn library_documents(call: &Call<'_>, site: &Site) -> Answer {
    acting(call, site, "library_read")?;
    let account = site.account();
    let documents = &account.library_documents;
    let body = match Version::of(call) {
        Version::V5 => v5::library_documents(documents),
        Version::V6 => v6::library_documents(documents, &administrator_email(site)),
    };
    Ok(ok(site, &body))
}

/// `GET widgets`
pub(super) fn widgets(call: &Call<'_>, site: &Site) -> Answer {
    acting(call, site, "widget_read")?;
    let access_point = access_point(call);
    let body = match Version::of(call) {
        Version::V5 => v5::widgets(&site.account().widgets, &access_point),
        Version::V6 => v6::widgets(&site.account().widgets, &access_point),
    };
    Ok(ok(site, &body))
}

/// Who sent the agreements and made the templates that each new tenant finds.
fn administrator_email(site: &Site) -> String {
    site.auth.first_user().map(|user| user.email.clone()).unwrap_or_default()
}

/// A bad token is refused anywhere below the APIs, even where nothing is (ADOBE-048).
pub(super) fn unknown_resource(call: &Call<'_>, site: &Site) -> Answer {
    admit(call, site)?;
    Err(errors::unknown_resource(site.auth.mint()))
}
