//! The REST APIs v5 and v6: who is let in, at which shard, and how often; and what can only be read.

use std::sync::Arc;

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use http::{Method, StatusCode, header};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::{
    exchange::Reply,
    oauth::{Grant, Refusal},
    providers::{
        adobe_sign::{
            Operation, Site,
            account::{self, Person},
            agreements, errors, forms, people, scope,
            shard::{AccessPoints, Host},
            v5, v6, webhooks,
        },
        call::Call,
        house::Answer,
    },
};

/// What the account's workflow is known by.
const WORKFLOW_ID: &str = "CBSCTBABDUAAABACAABAACAYZ2dlVSF1kQZ8TFyqFJpGzUKDPuPY";

/// Which of the two APIs is called. They differ in how a token is shown, and in the shape of answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Version {
    V5,
    V6,
}

impl Version {
    pub(super) fn of(call: &Call<'_>) -> Self {
        if call.segments().get(2) == Some(&"v5") { Self::V5 } else { Self::V6 }
    }
}

/// Answers a call of the REST APIs, unless the same was read too often (ADOBE-061).
pub(super) fn serve(operation: Operation, call: &Call<'_>, site: &Site) -> Answer {
    let served = answer(operation, call, site)?;
    if call.method() != Method::GET || served.status() != StatusCode::OK {
        return Ok(served);
    }
    let switches = site.switches();
    let token = shown_token(call, site)?;
    let (what, now) = (call.request().uri().to_string(), site.auth.clock().now());
    let read = site.polls().read(token, &what, now, switches.polling, switches.polling_penalty);
    let Err(wait) = read else { return Ok(served) };
    let mint = site.auth.mint();
    match (call.header(header::IF_NONE_MATCH), served.headers().get(header::ETAG)) {
        (Some(known), Some(etag)) if etag.as_bytes() == known.as_bytes() => {
            Ok(errors::not_modified(mint, known))
        }
        // Whole seconds, and then it is time.
        _ => Err(errors::throttled(mint, wait.max(std::time::Duration::from_secs(1)))),
    }
}

fn answer(operation: Operation, call: &Call<'_>, site: &Site) -> Answer {
    use Operation as Op;
    match operation {
        Op::BaseUris => base_uris(call, site),
        Op::Users => users(call, site),
        Op::CurrentUser => current_user(call, site),
        Op::User => user(call, site),
        Op::CreateUser => people::create_user(call, site),
        Op::ChangeUser => people::change_user(call, site),
        Op::Groups => people::groups(call, site),
        Op::Group => people::group(call, site),
        Op::CreateGroup => people::create_group(call, site),
        Op::ChangeGroup => people::change_group(call, site),
        Op::DeleteGroup => people::delete_group(call, site),
        Op::GroupUsers => people::group_users(call, site),
        Op::Workflows => workflows(call, site),
        Op::Workflow => workflow(call, site),
        Op::Agreements => agreements::list(call, site),
        Op::CreateAgreement => agreements::create(call, site),
        Op::Agreement => agreements::one(call, site),
        Op::DeleteAgreement => agreements::delete(call, site),
        Op::ChangeAgreementState => agreements::change_state(call, site),
        Op::AgreementDocuments => agreements::documents(call, site),
        Op::AgreementDocument => agreements::document(call, site),
        Op::SigningUrls => agreements::signing_urls(call, site),
        Op::Upload => agreements::upload(call, site),
        Op::LibraryDocuments => forms::library_documents(call, site),
        Op::LibraryDocument => forms::library_document(call, site),
        Op::CreateLibraryDocument => forms::create_library_document(call, site),
        Op::DeleteLibraryDocument => forms::delete_library_document(call, site),
        Op::Widgets => forms::widgets(call, site),
        Op::Widget => forms::widget(call, site),
        Op::CreateWidget => forms::create_widget(call, site),
        Op::ChangeWidgetStatus => forms::change_widget_status(call, site),
        Op::Webhooks => webhooks::list(call, site),
        Op::CreateWebhook => webhooks::create(call, site),
        Op::Webhook => webhooks::one(call, site),
        Op::DeleteWebhook => webhooks::delete(call, site),
        _ => unknown_resource(call, site),
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

/// The same, where the account lives (ADOBE-053).
fn admit_at_home(call: &Call<'_>, site: &Site) -> Result<Arc<Grant>, Reply> {
    let grant = admit(call, site)?;
    let switches = site.switches();
    if Host::of(call).is_home_of(switches.shard) {
        return Ok(grant);
    }
    let asks = match Version::of(call) {
        Version::V5 => "base_uris",
        Version::V6 => "baseUris",
    };
    Err(errors::wrong_shard(site.auth.mint(), switches.wrong_shard.status(), asks))
}

/// Who acts, by which grant.
pub(super) struct Acting {
    pub(super) grant: Arc<Grant>,
    pub(super) person: Person,
}

/// The person the request acts for, if its token has one of `scopes`: who consented, or who `x-api-user` names.
pub(super) fn acting(call: &Call<'_>, site: &Site, scopes: &[&str]) -> Result<Acting, Reply> {
    let mint = site.auth.mint();
    let grant = admit_at_home(call, site)?;
    let people = account::people(site);
    let consented = people.iter().find(|person| *person.id == *grant.user_id);
    let consented = consented.ok_or_else(|| errors::invalid_access_token(mint, Refusal::Unknown))?;
    // ADOBE-062
    let person = match call.header("x-api-user") {
        None => consented,
        Some(named) => find_named(&people, named)
            .ok_or_else(|| errors::invalid_x_api_user(mint))?
            .filter(|named| named.id == consented.id || scope::reaches_others(&grant))
            .ok_or_else(|| errors::invalid_user(mint))?,
    };
    if let Some(named) = call.header("x-on-behalf-of-user")
        && find_named(&people, named).flatten().is_none()
    {
        return Err(errors::invalid_on_behalf_of_user(mint));
    }
    if scopes.iter().any(|scope| scope::allows(&grant, scope)) {
        Ok(Acting { person: person.clone(), grant })
    } else {
        Err(errors::permission_denied(mint, &scopes.join(" or "))) // ADOBE-054
    }
}

/// Who is meant by `userid:…` or `email:…`, if it is one of the two.
fn find_named<'p>(people: &'p [Person], named: &str) -> Option<Option<&'p Person>> {
    match named.trim().split_once(':')? {
        ("userid", id) => Some(people.iter().find(|person| person.id == id)),
        ("email", email) => Some(people.iter().find(|person| person.email.eq_ignore_ascii_case(email))),
        _ => None,
    }
}

/// The JSON that a call brings.
pub(super) fn body(call: &Call<'_>, site: &Site) -> Result<Value, Reply> {
    let mint = site.auth.mint();
    if !call.may_be_json() {
        return Err(errors::unsupported_media_type(mint));
    }
    call.json().ok_or_else(|| errors::invalid_json(mint))
}

/// The part of a list that is asked for. In v6, `pageSize` says how many there are at most, and `cursor` where the last
/// page ended; all come where no size is said (inferred). v5 has no pages.
pub(super) fn page(call: &Call<'_>, site: &Site, mut list: Value) -> Result<Value, Reply> {
    if Version::of(call) == Version::V5 {
        return Ok(list);
    }
    let mint = site.auth.mint();
    let size = match call.query().get("pageSize") {
        None | Some("") => usize::MAX,
        Some(size) => {
            size.parse().ok().filter(|size| *size > 0).ok_or_else(|| errors::invalid_page_size(mint))?
        }
    };
    let all = list.as_object_mut().into_iter().flatten().find_map(|(_, items)| items.as_array_mut());
    let Some(all) = all else { return Ok(list) };
    let start = match call.query().get("cursor") {
        None | Some("") => 0,
        Some(cursor) => read_cursor(cursor)
            .filter(|start| *start < all.len())
            .ok_or_else(|| errors::invalid_cursor(mint))?,
    };
    let end = start.saturating_add(size);
    let has_more = end < all.len();
    *all = all.drain(start..).take(size).collect();
    if has_more {
        list["page"] = json!({ "nextCursor": BASE64_URL_SAFE_NO_PAD.encode(end.to_string()) });
    }
    Ok(list)
}

/// Where a page begins.
fn read_cursor(cursor: &str) -> Option<usize> {
    String::from_utf8(BASE64_URL_SAFE_NO_PAD.decode(cursor).ok()?).ok()?.parse().ok()
}

pub(super) fn ok(site: &Site, body: &Value) -> Reply {
    errors::rest_json(site.auth.mint(), StatusCode::OK, body)
}

/// A single object has an entity tag, two groups of 32 hexadecimal digits, that changes with it.
pub(super) fn etag(object: &Value) -> String {
    let hex = base16ct::lower::encode_string(&Sha256::digest(object.to_string()));
    format!("{}.{}", &hex[..32], &hex[32..])
}

pub(super) fn ok_tagged(site: &Site, body: &Value) -> Reply {
    ok(site, body).with(header::ETAG, &etag(body))
}

/// Refuses a change of `object`, unless the caller knows it as it is (ADOBE-058).
pub(super) fn expect_match(call: &Call<'_>, site: &Site, object: &Value) -> Result<(), Reply> {
    let mint = site.auth.mint();
    let known = call.header(header::IF_MATCH).ok_or_else(|| errors::missing_if_match(mint))?;
    let known = known.trim().trim_matches('"');
    if known == "*" || known == etag(object) { Ok(()) } else { Err(errors::resource_modified(mint)) }
}

/// `GET base_uris` and `GET baseUris`: any good token will do, at any shard (ADOBE-043, ADOBE-044, ADOBE-045).
fn base_uris(call: &Call<'_>, site: &Site) -> Answer {
    admit(call, site)?;
    let points = AccessPoints::of(call, site);
    let body = match Version::of(call) {
        Version::V5 => v5::base_uris(&points),
        Version::V6 => v6::base_uris(&points),
    };
    Ok(ok(site, &body))
}

/// `GET users` (ADOBE-046, ADOBE-047)
fn users(call: &Call<'_>, site: &Site) -> Answer {
    acting(call, site, &["user_read"])?;
    let people = account::people(site);
    let body = match Version::of(call) {
        Version::V5 => v5::users(&people, &site.account().group_id),
        Version::V6 => v6::users(&people),
    };
    Ok(ok(site, &page(call, site, body)?))
}

/// `GET users/me`
fn current_user(call: &Call<'_>, site: &Site) -> Answer {
    let acting = acting(call, site, &["user_read"])?;
    Ok(ok_tagged(site, &v6::user(&acting.person)))
}

/// `GET users/:id`
fn user(call: &Call<'_>, site: &Site) -> Answer {
    acting(call, site, &["user_read"])?;
    let id = call.segments().last().copied().unwrap_or_default().to_owned();
    let people = account::people(site);
    let person = people.iter().find(|person| person.id == id);
    let person = person.ok_or_else(|| errors::invalid_user_id(site.auth.mint()))?;
    Ok(ok_tagged(
        site,
        &match Version::of(call) {
            Version::V5 => v5::user(person, &site.account().group_id),
            Version::V6 => v6::user(person),
        },
    ))
}

/// The one workflow that every account has. The members are recorded, what they say is not.
fn the_workflow(call: &Call<'_>) -> Value {
    let id = match Version::of(call) {
        Version::V5 => "workflowId",
        Version::V6 => "id",
    };
    json!({
        id: WORKFLOW_ID,
        "name": "signInOrder",
        "displayName": "Sign in Order",
        "description": "The customer signs first",
        "created": "2017-01-01T00:00:00-08:00",
        "scope": "ACCOUNT",
        "scopeId": null,
        "status": "ACTIVE",
    })
}

/// `GET workflows`
fn workflows(call: &Call<'_>, site: &Site) -> Answer {
    acting(call, site, &["workflow_read"])?;
    Ok(ok(site, &json!({ "userWorkflowList": [the_workflow(call)] })))
}

/// `GET workflows/:id`
fn workflow(call: &Call<'_>, site: &Site) -> Answer {
    acting(call, site, &["workflow_read"])?;
    if call.segments().last() == Some(&WORKFLOW_ID) {
        Ok(ok_tagged(site, &the_workflow(call)))
    } else {
        Err(errors::invalid_workflow_id(site.auth.mint()))
    }
}

/// Who sent the agreements and made the templates that each new tenant finds.
pub(super) fn administrator_email(site: &Site) -> String {
    site.auth.first_user().map(|user| user.email.clone()).unwrap_or_default()
}

/// A bad token is refused anywhere below the APIs, even where nothing is (ADOBE-048).
fn unknown_resource(call: &Call<'_>, site: &Site) -> Answer {
    admit_at_home(call, site)?;
    Err(errors::unknown_resource(site.auth.mint()))
}
