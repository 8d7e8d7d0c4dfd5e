//! The part of Box's Content API that shows good tokens from bad ones.

use std::sync::{Arc, MutexGuard, PoisonError};

use http::{StatusCode, header};
use serde_json::{Value, json};

use crate::{
    exchange::Reply,
    oauth::{Refusal, User},
    providers::{
        box_com::{
            Site,
            drive::{self, Drive, ROOT},
            errors,
        },
        call::Call,
        house::Answer,
    },
};

/// The user behind the request's token, or Box's refusal (BOX-051, BOX-055, BOX-057).
fn signed_in(call: &Call<'_>, site: &Site) -> Result<Arc<User>, Reply> {
    let mint = site.auth.mint();
    if call.header(header::AUTHORIZATION).is_none() {
        return Err(errors::missing_token(mint));
    }
    let token = call.authorization("Bearer").unwrap_or_default();
    let admitted = site.auth.ledger().admit(token);
    let user = admitted.and_then(|grant| site.auth.user(&grant.login).ok_or(Refusal::Unknown));
    user.map_err(|refusal| errors::invalid_token(mint, refusal))
}

fn json_reply(site: &Site, status: StatusCode, body: &Value) -> Reply {
    let reply = Reply::new(status, "application/json", errors::json_text(body));
    errors::api_headers(site.auth.mint(), reply)
}

fn drive(site: &Site) -> MutexGuard<'_, Drive> {
    site.drive.lock().unwrap_or_else(PoisonError::into_inner)
}

/// `GET /2.0/users/me` (BOX-065)
pub(super) fn current_user(call: &Call<'_>, site: &Site) -> Answer {
    let user = signed_in(call, site)?;
    let body = json!({
        "type": "user",
        "id": user.id,
        "name": user.name,
        "login": &*user.login,
        "created_at": "2015-04-09T12:32:40-07:00",
        "modified_at": "2018-04-25T11:00:20-07:00",
        "language": "en",
        "timezone": "America/Los_Angeles",
        "space_amount": 1_000_000_000_000_000_u64,
        "space_used": 22_392_578_035_u64,
        "max_upload_size": 16_106_127_360_u64,
        "status": "active",
        "job_title": "",
        "phone": "1111111111",
        "address": "",
        "avatar_url": format!("{}/api/avatar/large/{}", call.base(), user.id),
        "notification_email": null,
    });
    Ok(json_reply(site, StatusCode::OK, &selected(call, body)))
}

/// Only type, id and the fields asked for, if any are.
fn selected(call: &Call<'_>, body: Value) -> Value {
    let (Some(fields), Value::Object(members)) = (call.query().get("fields"), &body) else { return body };
    let wanted: Vec<_> = ["type", "id"].into_iter().chain(fields.split(',').map(str::trim)).collect();
    members
        .iter()
        .filter(|(name, _)| wanted.contains(&name.as_str()))
        .map(|(n, v)| (n.clone(), v.clone()))
        .collect()
}

/// The id in the path; one that is no number is Box's 405.
fn id<'c>(call: &'c Call<'_>, site: &Site) -> Result<&'c str, Reply> {
    let id = call.segments().get(2).copied().unwrap_or_default();
    if id.bytes().all(|byte| byte.is_ascii_digit()) {
        Ok(id)
    } else {
        Err(errors::method_not_allowed(site.auth.mint()))
    }
}

/// `GET /2.0/folders/:id` (BOX-066)
pub(super) fn folder(call: &Call<'_>, site: &Site) -> Answer {
    let user = signed_in(call, site)?;
    let id = id(call, site)?;
    let drive = drive(site);
    let folder = match drive.folder(id) {
        Some(folder) => folder.full(&drive.path(folder), &user),
        None if id == ROOT => root(&user),
        None => return Err(errors::not_found(site.auth.mint(), "folder", &format!("d_{id}"))),
    };
    let mut folder = folder;
    folder["item_collection"] = items(call, &drive, id);
    Ok(json_reply(site, StatusCode::OK, &selected(call, folder)))
}

/// `GET /2.0/folders/:id/items` (BOX-066)
pub(super) fn folder_items(call: &Call<'_>, site: &Site) -> Answer {
    signed_in(call, site)?;
    let id = id(call, site)?;
    let drive = drive(site);
    if id != ROOT && drive.folder(id).is_none() {
        return Err(errors::not_found(site.auth.mint(), "folder", &format!("d_{id}")));
    }
    Ok(json_reply(site, StatusCode::OK, &items(call, &drive, id)))
}

fn items(call: &Call<'_>, drive: &Drive, id: &str) -> Value {
    let number = |name, default| call.query().get(name).and_then(|text| text.parse().ok()).unwrap_or(default);
    let (offset, limit) = (number("offset", 0_usize), number("limit", 100_usize).min(1000));
    let children = drive.children(id);
    let entries: Vec<_> = children.iter().skip(offset).take(limit).map(|item| item.mini()).collect();
    json!({
        "total_count": children.len(),
        "entries": entries,
        "offset": offset,
        "limit": limit,
        "order": [{ "by": "type", "direction": "ASC" }, { "by": "name", "direction": "ASC" }],
    })
}

fn root(user: &User) -> Value {
    let owner = json!({ "type": "user", "id": user.id, "name": user.name, "login": &*user.login });
    let nobody = json!({ "type": "user", "id": "", "name": "", "login": "" });
    let mut root = drive::root_mini();
    root["created_at"] = Value::Null;
    root["modified_at"] = Value::Null;
    root["description"] = "".into();
    root["size"] = 0.into();
    root["path_collection"] = json!({ "total_count": 0, "entries": [] });
    root["created_by"] = nobody;
    root["modified_by"] = owner.clone();
    root["trashed_at"] = Value::Null;
    root["purged_at"] = Value::Null;
    root["content_created_at"] = Value::Null;
    root["content_modified_at"] = Value::Null;
    root["owned_by"] = owner;
    root["shared_link"] = Value::Null;
    root["folder_upload_email"] = Value::Null;
    root["parent"] = Value::Null;
    root["item_status"] = "active".into();
    root
}

/// `POST /2.0/folders` (BOX-067)
pub(super) fn create_folder(call: &Call<'_>, site: &Site) -> Answer {
    let user = signed_in(call, site)?;
    let mint = site.auth.mint();
    let body = call.json().unwrap_or_default();
    let missing = |name| errors::missing_parameter(mint, name);
    let name = body["name"].as_str().filter(|name| !name.is_empty()).ok_or_else(|| missing("name"))?;
    let parent = body["parent"]["id"].as_str().ok_or_else(|| missing("parent"))?;
    let mut drive = drive(site);
    if parent != ROOT && drive.folder(parent).is_none() {
        return Err(errors::not_found(mint, "parent", &format!("d_{parent}")));
    }
    if let Some(existing) = drive.named(parent, name) {
        return Err(errors::name_in_use(mint, &json!([existing.mini()])));
    }
    let folder = drive.create_folder(mint, site.auth.clock().now(), name, parent);
    let mut body = folder.full(&drive.path(&folder), &user);
    body["item_collection"] = items(call, &drive, &folder.id);
    Ok(json_reply(site, StatusCode::CREATED, &body))
}

/// `GET /2.0/files/:id`
pub(super) fn file(call: &Call<'_>, site: &Site) -> Answer {
    let user = signed_in(call, site)?;
    let id = id(call, site)?;
    let drive = drive(site);
    let file =
        drive.file(id).ok_or_else(|| errors::not_found(site.auth.mint(), "item", &format!("f_{id}")))?;
    Ok(json_reply(site, StatusCode::OK, &selected(call, file.full(&drive.path(file), &user))))
}

/// `DELETE /2.0/files/:id` (BOX-068)
pub(super) fn delete_file(call: &Call<'_>, site: &Site) -> Answer {
    signed_in(call, site)?;
    let id = id(call, site)?;
    if !drive(site).remove_file(id) {
        return Err(errors::not_found(site.auth.mint(), "item", &format!("f_{id}")));
    }
    Ok(errors::api_headers(site.auth.mint(), Reply::empty(StatusCode::NO_CONTENT)))
}
