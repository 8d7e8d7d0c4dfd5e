//! The token exchange grant: a token for one that may do less.

use http::StatusCode;
use serde_json::{Value, json};

use crate::{
    exchange::Reply,
    jws::Jws,
    oauth::{Grant, Issued, Kind, Life, Narrowed, Standing},
    providers::{
        box_com::{
            Site, access,
            auth::token::{client, required},
            errors,
            item::{self, ROOT_RESOURCE},
            scopes::{self, Unfit},
        },
        call::Call,
        house::Answer,
    },
};

const ACCESS_TOKEN: &str = "urn:ietf:params:oauth:token-type:access_token";
const ID_TOKEN: &str = "urn:ietf:params:oauth:token-type:id_token";

/// Where Box's own clients think that files are, whatever they were told.
const BOX: &str = "https://api.box.com";

/// `urn:ietf:params:oauth:grant-type:token-exchange` (BOX-025 to BOX-027). A `box_shared_link` is not looked at.
pub(super) fn by_token(call: &Call<'_>, site: &Site) -> Answer {
    // BOX-026: the token is credential enough, but credentials that are shown must be right.
    if call.form().get("client_id").is_some_and(|id| !id.is_empty()) {
        client(call, site)?;
    }
    let token = required(call, "subject_token")?;
    if required(call, "subject_token_type")? != ACCESS_TOKEN {
        return Err(errors::oauth("invalid_request", "Invalid subject_token_type parameter"));
    }
    let asked: Vec<&str> = required(call, "scope")?.split_whitespace().collect();
    let subject = subject(site, token)?;
    check_actor(call)?;
    for scope in &asked {
        scopes::may_narrow_to(&subject.grant, scope).map_err(|unfit| match unfit {
            Unfit::Unknown => errors::oauth("invalid_scope", "An unsupported scope was requested."),
            Unfit::TooWide => {
                let error = site.switches.get().wide_exchange.error();
                errors::oauth(error, "Insufficient permissions for the requested scope.")
            }
        })?;
    }
    let object =
        call.form().get("resource").map(|resource| find(call, site, &subject, resource)).transpose()?;
    let (resource, object) = object.map_or((None, None), |(resource, object)| (Some(resource), Some(object)));
    // What was narrowed to one item stays so.
    let resource = resource.or_else(|| subject.grant.narrowed.as_ref()?.resource.clone());
    let grant = Grant {
        scopes: asked.iter().map(ToString::to_string).collect(),
        offline: false,
        narrowed: Some(Narrowed { resource }),
        ..(*subject.grant).clone()
    };
    Ok(answer(&issue(site, grant, &subject), &asked, object.as_ref()))
}

/// The token that is exchanged, if it is alive. Unlike a call's, this is no use of it: the grace of a refresh goes on.
fn subject(site: &Site, token: &str) -> Result<Standing, Reply> {
    let refuse = || errors::bad_subject("The subject token is invalid");
    let standing = site.auth.ledger().standing(token).filter(|standing| standing.kind == Kind::Access);
    let standing = standing.ok_or_else(refuse)?;
    match standing.death {
        Some(death) => Err(refuse().refused(death.to_string())),
        None => Ok(standing),
    }
}

/// An actor is named by an assertion; nobody knows its key, so that it is only read.
fn check_actor(call: &Call<'_>) -> Result<(), Reply> {
    let Some(actor) = call.form().get("actor_token") else { return Ok(()) };
    let is_good = call.form().get("actor_token_type") == Some(ID_TOKEN) && Jws::read(actor).is_some();
    if is_good { Ok(()) } else { Err(errors::bad_subject("The actor token is invalid")) }
}

/// The file or folder behind an API URL, at the stand-in's own address or at Box's (BOX-027).
fn find(call: &Call<'_>, site: &Site, subject: &Standing, url: &str) -> Result<(String, Value), Reply> {
    let refuse = || errors::oauth("invalid_resource", "The target resource is invalid.");
    let path = url.strip_prefix(call.base().as_str()).or_else(|| url.strip_prefix(BOX)).ok_or_else(refuse)?;
    let holder = access::holder(site, &subject.grant).ok_or_else(refuse)?;
    let drive = site.drive();
    let item = match path.trim_matches('/').split('/').collect::<Vec<_>>().as_slice() {
        ["2.0", "folders", item::ROOT] => return Ok((ROOT_RESOURCE.to_owned(), json!(item::ROOT_MINI))),
        ["2.0", "folders", id] => drive.folder(&holder, id).ok_or_else(refuse)?,
        ["2.0", "files", id] => drive.file(&holder, id).ok_or_else(refuse)?,
        _ => return Err(refuse()),
    };
    access::within(&subject.grant, &drive, Some(item))
        .then(|| (item.resource(), json!(item.mini())))
        .ok_or_else(refuse)
}

/// It does not outlive the token that was exchanged.
fn issue(site: &Site, grant: Grant, subject: &Standing) -> Issued {
    let ledger = site.auth.ledger();
    let left = subject.expires.map(|expires| expires.since(site.auth.clock().now()));
    match (left, ledger.policy().access_life) {
        (Some(left), Life::For(life)) => ledger.issue_for(grant, Life::For(life.min(left))),
        (Some(left), _) => ledger.issue_for(grant, Life::For(left)),
        (None, _) => ledger.issue(grant),
    }
}

/// BOX-025
fn answer(issued: &Issued, scopes: &[&str], object: Option<&Value>) -> Reply {
    let restriction = |scope: &&str| match object {
        Some(object) => json!({ "scope": scope, "object": object }),
        None => json!({ "scope": scope }),
    };
    let body = json!({
        "access_token": issued.access_token.expose(),
        "expires_in": issued.expires_in.map(|life| life.as_secs()),
        "restricted_to": scopes.iter().map(restriction).collect::<Vec<_>>(),
        "token_type": "bearer",
        "issued_token_type": ACCESS_TOKEN,
    });
    errors::token_headers(Reply::new(StatusCode::OK, "application/json", errors::json_text(&body)))
}
