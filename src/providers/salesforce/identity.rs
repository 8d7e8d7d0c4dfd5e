//! Who a token's user is: `userinfo` and the identity URL.

use std::sync::Arc;

use http::StatusCode;
use serde_json::{Value, json};

use crate::{
    Timestamp,
    exchange::Reply,
    oauth::{Grant, Refusal, User},
    providers::{
        call::Call,
        house::Answer,
        salesforce::{Site, VERSIONS, address, errors, format, ids, scopes},
    },
};

/// The user behind a token, or bare text (SFDC-065, SFDC-066).
fn signed_in(site: &Site, token: Option<&str>) -> Result<(Arc<Grant>, Arc<User>), Reply> {
    let Some(token) = token.filter(|token| !token.is_empty()) else {
        let reply = errors::identity(StatusCode::FORBIDDEN, "Missing_OAuth_Token", "no access token");
        return Err(reply);
    };
    let admitted = site.auth.ledger().admit(token);
    admitted
        .and_then(|grant| {
            let user = site.auth.user(&grant.login).ok_or(Refusal::Unknown)?;
            Ok((grant, user))
        })
        .map_err(|refusal| errors::identity(StatusCode::FORBIDDEN, "Bad_OAuth_Token", refusal.to_string()))
}

/// Where the user's identity is: with both ids of 18 characters (SFDC-030).
pub(super) fn url(call: &Call<'_>, site: &Site, grant: &Grant) -> String {
    format!("{}/id/{}/{}", address::login_url(call, &site.switches()), grant.realm, grant.user_id)
}

fn in_header<'r>(call: &Call<'r>) -> Option<&'r str> {
    call.authorization("Bearer").or_else(|| call.authorization("OAuth")) // SFDC-064
}

/// `/services/oauth2/userinfo` (SFDC-068). A token in the query counts as none (SFDC-066).
pub(super) fn user_info(call: &Call<'_>, site: &Site) -> Answer {
    let (grant, user) = signed_in(site, in_header(call))?;
    let base = call.base();
    let name = Name::of(&user);
    let may = |scope| scopes::allow(&grant, &["id", "api", "web", "profile", scope]);
    let mut body = json!({
        "sub": url(call, site, &grant),
        "user_id": user.id,
        "organization_id": user.realm,
    });
    if may("profile") {
        body["preferred_username"] = (*user.login).into();
        body["nickname"] = name.nick.into();
        body["name"] = user.name.as_str().into();
    }
    if may("email") {
        body["email"] = user.email.as_str().into();
        body["email_verified"] = true.into();
    }
    if may("profile") {
        body["given_name"] = name.first.into();
        body["family_name"] = name.last.into();
        body["zoneinfo"] = ZONE.into();
        body["photos"] = photos(&base);
        body["profile"] = format!("{base}/{}", user.id).into();
        body["picture"] = body["photos"]["picture"].clone();
    }
    if may("address") {
        body["address"] = json!({});
    }
    body["urls"] = urls(&base, &user);
    body["urls"]["custom_domain"] = base.into();
    body["active"] = user.death.is_none().into();
    body["user_type"] = "STANDARD".into();
    body["language"] = LANGUAGE.into();
    body["locale"] = LANGUAGE.into();
    body["utcOffset"] = UTC_OFFSET.into();
    body["updated_at"] = date(site.organization().opened).into();
    Ok(format::json(call, StatusCode::OK, &body))
}

/// `/id/<organization>/<user>`. Some clients send the token in header and query at once (SFDC-069).
pub(super) fn identity(call: &Call<'_>, site: &Site) -> Answer {
    let token = in_header(call).or_else(|| call.parameter("oauth_token"));
    let (grant, user) = signed_in(site, token)?;
    let segments = call.segments();
    let asked = |index: usize| segments.get(index).copied().unwrap_or_default();
    if ids::long(asked(1)) != *grant.realm {
        let reason = "the token belongs to another org";
        return Err(errors::identity(StatusCode::FORBIDDEN, "Wrong_Org", reason));
    }
    if ids::long(asked(2)) != *grant.user_id {
        let reason = "the id in the path is not that of the token's user";
        return Err(errors::identity(StatusCode::NOT_FOUND, "Bad_Id", reason)); // SFDC-067
    }
    let name = Name::of(&user);
    let base = call.base();
    let body = json!({
        "id": url(call, site, &grant),
        "asserted_user": true,
        "user_id": user.id,
        "organization_id": user.realm,
        "username": &*user.login,
        "nick_name": name.nick,
        "display_name": user.name,
        "email": user.email,
        "email_verified": true,
        "first_name": name.first,
        "last_name": name.last,
        "timezone": ZONE,
        "photos": photos(&base),
        "addr_street": null,
        "addr_city": null,
        "addr_state": null,
        "addr_country": null,
        "addr_zip": null,
        "mobile_phone": null,
        "mobile_phone_verified": false,
        "is_lightning_login_user": false,
        "status": { "created_date": null, "body": null },
        "urls": of_version(call.parameter("version"), urls(&base, &user)),
        "active": user.death.is_none(),
        "user_type": "STANDARD",
        "language": LANGUAGE,
        "locale": LANGUAGE,
        "utcOffset": UTC_OFFSET,
        "last_modified_date": site.organization().opened.iso(),
    });
    Ok(match call.parameter("format") {
        Some("xml") => format::xml_reply("user", &body),
        Some("jsonp") => format::script(call.parameter("callback"), &body)
            .unwrap_or_else(|| format::json(call, StatusCode::OK, &body)),
        _ => format::json(call, StatusCode::OK, &body),
    })
}

pub(super) const ZONE: &str = "America/Los_Angeles";
const UTC_OFFSET: i64 = -28_800_000;
pub(super) const LANGUAGE: &str = "en_US";

struct Name<'u> {
    first: Option<&'u str>,
    last: &'u str,
    nick: &'u str,
}

impl<'u> Name<'u> {
    fn of(user: &'u User) -> Self {
        let (first, last) = match user.name.rsplit_once(' ') {
            Some((first, last)) => (Some(first), last),
            None => (None, user.name.as_str()),
        };
        Self { first, last, nick: user.login.split('@').next().unwrap_or_default() }
    }
}

fn photos(base: &str) -> Value {
    json!({ "picture": format!("{base}/profilephoto/005/F"), "thumbnail": format!("{base}/profilephoto/005/T") })
}

/// With a literal `{version}`; the SOAP ones end with the org id of 15 characters.
fn urls(base: &str, user: &User) -> Value {
    let soap = |api: &str| format!("{base}/services/Soap/{api}/{{version}}/{}", ids::short(&user.realm));
    let rest = |path: &str| format!("{base}/services/data/v{{version}}/{path}");
    json!({
        "enterprise": soap("c"),
        "metadata": soap("m"),
        "partner": soap("u"),
        "rest": rest(""),
        "sobjects": rest("sobjects/"),
        "search": rest("search/"),
        "query": rest("query/"),
        "recent": rest("recent/"),
        "tooling_soap": soap("T"),
        "tooling_rest": rest("tooling/"),
        "profile": format!("{base}/{}", user.id),
        "feeds": rest("chatter/feeds"),
        "groups": rest("chatter/groups"),
        "users": rest("chatter/users"),
        "feed_items": rest("chatter/feed-items"),
        "feed_elements": rest("chatter/feed-elements"),
    })
}

/// The URLs for the version asked for, if one is.
fn of_version(asked: Option<&str>, mut urls: Value) -> Value {
    let latest = format!("{}.0", VERSIONS.end());
    let Some(version) = asked.map(|asked| if asked == "latest" { &latest } else { asked }) else {
        return urls;
    };
    for (_, url) in urls.as_object_mut().into_iter().flatten() {
        if let Value::String(text) = url {
            *text = text.replace("{version}", version);
        }
    }
    urls
}

/// `2013-12-02T18:46:42.000+0000`
pub(super) fn date(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%S.000+0000")
}
