//! What the calls of the Content API have in common, and the user.

use http::StatusCode;
use serde::Serialize;
use serde_json::{Value, json};

use crate::{
    exchange::Reply,
    providers::{
        box_com::{Site, access::caller, errors, scopes::Need},
        call::Call,
        house::Answer,
    },
};

pub(super) fn json_reply(site: &Site, status: StatusCode, body: &impl Serialize) -> Reply {
    let reply = Reply::new(status, "application/json", errors::json_text(body));
    errors::api_headers(site.auth.mint(), reply)
}

/// What was asked for of an object: all of it, or the fields that the call names.
pub(super) fn selected_reply(call: &Call<'_>, site: &Site, body: &impl Serialize) -> Reply {
    if call.query().get("fields").is_none() {
        return json_reply(site, StatusCode::OK, body);
    }
    json_reply(site, StatusCode::OK, &selected(call, json!(body)))
}

/// Only type, id and the fields asked for, if any are.
pub(super) fn selected(call: &Call<'_>, body: Value) -> Value {
    let (Some(fields), Value::Object(members)) = (call.query().get("fields"), &body) else { return body };
    let wanted: Vec<_> = ["type", "id"].into_iter().chain(fields.split(',').map(str::trim)).collect();
    members
        .iter()
        .filter(|(name, _)| wanted.contains(&name.as_str()))
        .map(|(n, v)| (n.clone(), v.clone()))
        .collect()
}

/// The id in the path; one that is no number is Box's 405.
pub(super) fn id<'c>(call: &'c Call<'_>, site: &Site) -> Result<&'c str, Reply> {
    let id = call.segments().get(2).copied().unwrap_or_default();
    if id.bytes().all(|byte| byte.is_ascii_digit()) {
        Ok(id)
    } else {
        Err(errors::method_not_allowed(site.auth.mint()))
    }
}

/// The current user (BOX-065).
#[derive(Serialize)]
#[serde(tag = "type", rename = "user")]
struct CurrentUser<'u> {
    id: &'u str,
    name: &'u str,
    login: &'u str,
    created_at: &'static str,
    modified_at: &'static str,
    language: &'static str,
    timezone: &'static str,
    space_amount: u64,
    space_used: u64,
    max_upload_size: u64,
    status: &'static str,
    job_title: &'static str,
    phone: &'static str,
    address: &'static str,
    avatar_url: String,
    notification_email: (),
}

/// `GET /2.0/users/me` (BOX-065)
pub(super) fn current_user(call: &Call<'_>, site: &Site) -> Answer {
    let user = caller(call, site, Need::User)?.user;
    let body = CurrentUser {
        id: &user.id,
        name: &user.name,
        login: &user.login,
        created_at: "2015-04-09T12:32:40-07:00",
        modified_at: "2018-04-25T11:00:20-07:00",
        language: "en",
        timezone: "America/Los_Angeles",
        space_amount: 1_000_000_000_000_000,
        space_used: 22_392_578_035,
        max_upload_size: 16_106_127_360,
        status: "active",
        job_title: "",
        phone: "1111111111",
        address: "",
        avatar_url: format!("{}/api/avatar/large/{}", call.base(), user.id),
        notification_email: (),
    };
    Ok(selected_reply(call, site, &body))
}
