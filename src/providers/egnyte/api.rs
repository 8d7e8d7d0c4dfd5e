//! The Public API: who is let in, who that is, and the users of a domain.

use std::sync::Arc;

use http::{HeaderName, StatusCode, header};
use serde_json::{Value, json};

use crate::{
    exchange::Reply,
    mint::HEX,
    oauth::{Grant, Refusal, User},
    providers::{
        call::Call,
        egnyte::{
            Operation, Site,
            address::Address,
            content,
            counters::Usage,
            errors,
            gateway::{Gateway, MASHERY_RESPONDER},
            transfer,
        },
        house::Answer,
    },
};

/// Who calls.
pub(super) struct Caller {
    pub(super) grant: Arc<Grant>,
    /// Whose account it is, or on whose behalf an administrator acts.
    pub(super) user: Arc<User>,
}

/// The scope that an operation needs (contract, section 2); who the token belongs to may be asked with any.
fn scope(operation: Operation) -> Option<&'static str> {
    use Operation as Op;
    match operation {
        Op::Entry
        | Op::EntryById
        | Op::ChangeEntry
        | Op::Search
        | Op::Download
        | Op::Upload
        | Op::DeleteEntry => Some("Egnyte.filesystem"),
        Op::Users | Op::User => Some("Egnyte.user"), // EGN-041
        Op::Links | Op::Link | Op::CreateLink => Some("Egnyte.link"),
        _ => None, // EGN-040
    }
}

/// Lets the call through the gateway, if its token is good, and answers it.
pub(super) fn serve(operation: Operation, call: &Call<'_>, at: &Address<'_>, site: &Site) -> Answer {
    let mut caller = admit(call, at, site)?;
    let token = call.authorization("Bearer").unwrap_or_default();
    let (usage, beyond) = site.counters().count(token, site.auth.clock().now(), &site.switches());
    let answered = match beyond {
        Some(beyond) => Err(Gateway::of(site).limit(beyond)),
        None => answer(operation, call, at, site, &mut caller),
    };
    let stamp = |reply| stamped(reply, usage, site);
    answered.map(stamp).map_err(stamp)
}

fn answer(
    operation: Operation,
    call: &Call<'_>,
    at: &Address<'_>,
    site: &Site,
    caller: &mut Caller,
) -> Answer {
    use Operation as Op;
    if let Some(scope) = scope(operation)
        && !(caller.grant.scopes.is_empty() || caller.grant.has_scope(scope))
    {
        return Err(errors::missing_scope(scope));
    }
    if let Some(user) = impersonated(call, site, caller)? {
        caller.user = user;
    }
    match operation {
        Op::CurrentUser => Ok(current_user(site, caller)),
        Op::Users => users(call, site, caller),
        Op::User => one_user(at, site, caller),
        Op::Entry => content::entry(call, at, site, caller),
        Op::EntryById => content::entry_by_id(call, at, site, caller),
        Op::ChangeEntry => content::change_entry(call, at, site, caller),
        Op::Download => transfer::download(at, site, caller),
        Op::Upload => transfer::upload(call, at, site, caller),
        Op::DeleteEntry => transfer::delete(at, site, caller),
        Op::Links => Ok(content::links(call, at, site, caller)),
        Op::Link => content::link(call, at, site, caller),
        Op::CreateLink => content::create_link(call, at, site, caller),
        Op::Search => content::search(call, site, caller),
        _ => Err(errors::no_such_call()),
    }
}

/// The user behind the call's token, or the gateway's refusal. Only a Bearer header authenticates (EGN-039).
pub(super) fn admit(call: &Call<'_>, at: &Address<'_>, site: &Site) -> Result<Caller, Reply> {
    let refuse = |refusal| Gateway::of(site).refuse(refusal, site.switches().dead_token);
    let token = call.authorization("Bearer").ok_or_else(|| refuse(None))?;
    let admitted = site.auth.ledger().admit(token).and_then(|grant| {
        at.admits(&grant.realm)?; // EGN-001
        let user = site.auth.user(&grant.login).ok_or(Refusal::Unknown)?;
        Ok(Caller { grant, user })
    });
    admitted.map_err(|refusal| refuse(Some(refusal)))
}

/// What every answer carries that has passed the gateway (EGN-042, EGN-043; contract, section 7).
fn stamped(reply: Reply, usage: Usage, site: &Site) -> Reply {
    let hex = |length| site.auth.mint().text(HEX, length);
    let request_id = format!(
        "{}:{}_{}:{}_--_{}|am2-gcp-l1webui-c56n+http_l1_webui",
        hex(8),
        hex(4),
        hex(8),
        hex(4),
        hex(8)
    );
    let is_classic = Gateway::of(site) == Gateway::Mashery;
    let with_classic = |reply: Reply, name, value: &str| {
        if is_classic { reply.with_static(name, value) } else { reply }
    };
    let reply = if reply.headers().contains_key("x-mashery-responder") {
        reply
    } else {
        with_classic(reply, "x-mashery-responder", MASHERY_RESPONDER)
    };
    let switches = site.switches();
    let reply = reply
        .with_static("x-accesstoken-qps-allotted", &switches.calls_per_second.to_string())
        .with_static("x-accesstoken-qps-current", &usage.this_second.to_string())
        .with_static("x-accesstoken-quota-allotted", &switches.calls_per_day.to_string())
        .with_static("x-accesstoken-quota-current", &usage.today.to_string());
    with_classic(reply, "x-quota-reset", &usage.resets().strftime("%A, %B %-d, %Y %-I:%M:%S %p GMT"))
        .with(header::X_CONTENT_TYPE_OPTIONS, "nosniff")
        .with(header::X_XSS_PROTECTION, "1; mode=block")
        .with(header::STRICT_TRANSPORT_SECURITY, "max-age=31536000; includeSubDomains")
        .with_static("x-egnyte-request-id", &request_id)
}

pub(super) fn json_reply(status: StatusCode, body: &Value) -> Reply {
    Reply::new(status, errors::JSON, body.to_string())
}

/// Egnyte's ids of users are numbers.
fn id(user: &User) -> Value {
    user.id.parse::<u64>().map_or_else(|_| user.id.as_str().into(), Into::into)
}

/// Given name and family name.
fn names(user: &User) -> (&str, &str) {
    user.name.rsplit_once(' ').unwrap_or((&user.name, ""))
}

/// The users of the caller's domain; the first of them is its administrator.
fn colleagues(site: &Site, caller: &Caller) -> Vec<Arc<User>> {
    let mut users = site.auth.users();
    users.retain(|user| *user.realm == *caller.grant.realm);
    users
}

fn user_type(user: &User, colleagues: &[Arc<User>]) -> &'static str {
    if colleagues.first().is_some_and(|first| first.login == user.login) { "admin" } else { "power" }
}

/// The user on whose behalf an administrator acts, if the call names one (EGN-054).
fn impersonated(call: &Call<'_>, site: &Site, caller: &Caller) -> Result<Option<Arc<User>>, Reply> {
    let named = |name| call.header(HeaderName::from_static(name));
    let colleagues = colleagues(site, caller);
    let found = match (named("x-egnyte-act-as"), named("x-egnyte-act-as-email")) {
        (Some(login), _) => colleagues.iter().find(|user| *user.login == *login),
        (None, Some(email)) => colleagues.iter().find(|user| user.email == email),
        (None, None) => return Ok(None),
    };
    if user_type(&caller.user, &colleagues) != "admin" {
        return Err(errors::api(StatusCode::FORBIDDEN, "Only administrators may act as another user"));
    }
    let found =
        found.ok_or_else(|| errors::api(StatusCode::BAD_REQUEST, "The user to act as does not exist"))?;
    Ok(Some(Arc::clone(found)))
}

/// `GET /pubapi/v1/userinfo` (EGN-040)
fn current_user(site: &Site, caller: &Caller) -> Reply {
    let user = &caller.user;
    let (given, family) = names(user);
    let body = json!({
        "id": id(user),
        "first_name": given,
        "last_name": family,
        "username": &*user.login,
        "user_type": user_type(user, &colleagues(site, caller)),
        "email": user.email,
    });
    json_reply(StatusCode::OK, &body)
}

/// `GET /pubapi/v2/users` (EGN-050)
fn users(call: &Call<'_>, site: &Site, caller: &Caller) -> Answer {
    let colleagues = colleagues(site, caller);
    let query = call.query();
    let filter = query.get("filter").map(parse_filter).transpose()?;
    let matching: Vec<_> = colleagues
        .iter()
        .filter(|user| match filter {
            None => true,
            Some((Attribute::UserName, value)) => user.login.eq_ignore_ascii_case(value),
            Some((Attribute::Email, value)) => user.email.eq_ignore_ascii_case(value),
        })
        .collect();
    let number = |name, default| query.get(name).and_then(|text| text.parse().ok()).unwrap_or(default);
    let (start, count) = (number("startIndex", 1_usize).max(1), number("count", 100_usize).min(100));
    let page = matching.iter().skip(start - 1).take(count);
    let as_text = site.switches().users_as_text;
    let shown =
        |user| if as_text { as_texts(resource(user, &colleagues)) } else { resource(user, &colleagues) };
    let resources: Vec<_> = page.map(|user| shown(user)).collect();
    let mut body = json!({ "totalResults": matching.len(), "itemsPerPage": count, "startIndex": start });
    body[if as_text { "Resources" } else { "resources" }] = resources.into();
    Ok(json_reply(StatusCode::OK, &body))
}

/// `GET /pubapi/v2/users/{id}`
fn one_user(at: &Address<'_>, site: &Site, caller: &Caller) -> Answer {
    let id = at.path().last().copied().unwrap_or_default();
    let colleagues = colleagues(site, caller);
    let user = colleagues.iter().find(|user| user.id == id);
    let user = user.ok_or_else(|| errors::api(StatusCode::NOT_FOUND, "User does not exist"))?;
    let resource = resource(user, &colleagues);
    let resource = if site.switches().users_as_text { as_texts(resource) } else { resource };
    Ok(json_reply(StatusCode::OK, &resource))
}

/// A user as the live API was seen to write it at times: truth values and the id as text (EGN-051).
fn as_texts(mut user: Value) -> Value {
    for (_, value) in user.as_object_mut().into_iter().flatten() {
        if value.is_boolean() || value.is_number() {
            *value = value.to_string().into();
        }
    }
    user
}

#[derive(Clone, Copy)]
enum Attribute {
    UserName,
    Email,
}

/// The one form of a filter that is served: `userName eq "x"`, or the same of `email`.
fn parse_filter(filter: &str) -> Result<(Attribute, &str), Reply> {
    let unknown = || errors::api(StatusCode::BAD_REQUEST, "The filter is invalid");
    let mut parts = filter.trim().splitn(3, ' ');
    let (name, operator, value) = (parts.next(), parts.next(), parts.next());
    let attribute = match name {
        Some("userName") => Attribute::UserName,
        Some("email") => Attribute::Email,
        _ => return Err(unknown()),
    };
    match (operator, value) {
        (Some("eq"), Some(value)) => Ok((attribute, value.trim_matches('"'))),
        _ => Err(unknown()),
    }
}

fn resource(user: &User, colleagues: &[Arc<User>]) -> Value {
    let (given, family) = names(user);
    json!({
        "id": id(user),
        "userName": &*user.login,
        "externalId": null,
        "email": user.email,
        "name": { "formatted": user.name, "familyName": family, "givenName": given },
        "active": user.death.is_none(),
        "locked": false,
        "authType": "egnyte",
        "userType": user_type(user, colleagues),
        "idpUserId": null,
        "userPrincipalName": null,
        "emailChangePending": false,
        "expiryDate": null,
        "deleteOnExpiry": false,
    })
}
