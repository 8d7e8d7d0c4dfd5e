//! Files, folders, links and search in the Public API.

use http::{Method, StatusCode};
use serde_json::{Value, json};

use crate::{
    exchange::Reply,
    providers::{
        call::Call,
        egnyte::{
            Site,
            address::Address,
            api::{Caller, json_reply},
            drive::{self, Drive, Entry, Link, Listing, ROOT},
            errors,
        },
        house::Answer,
    },
};

fn number(call: &Call<'_>, name: &str) -> Option<usize> {
    call.query().get(name)?.parse().ok()
}

/// What stands behind `/pubapi/v1/fs`.
fn named_path(at: &Address<'_>) -> String {
    format!("/{}", at.path().get(3..).unwrap_or_default().join("/"))
}

/// `GET /pubapi/v1/fs/{path}` (EGN-048)
pub(super) fn entry(call: &Call<'_>, at: &Address<'_>, site: &Site, caller: &Caller) -> Answer {
    let path = named_path(at);
    site.with_drive(&caller.user, |drive| {
        let entry = drive.at(&path).ok_or_else(|| errors::no_such_entry(&path))?;
        Ok(shown(call, drive, entry))
    })
}

/// `GET /pubapi/v1/fs/ids/{file|folder}/{id}`
pub(super) fn entry_by_id(call: &Call<'_>, at: &Address<'_>, site: &Site, caller: &Caller) -> Answer {
    let (kind, id) = match at.path() {
        [.., kind, id] => (*kind, *id),
        _ => ("", ""),
    };
    site.with_drive(&caller.user, |drive| {
        let entry = if kind == "file" { drive.file(id) } else { drive.folder(id) };
        let entry = entry.ok_or_else(|| errors::no_such_entry(&format!("{kind} {id}")))?;
        Ok(shown(call, drive, entry))
    })
}

fn shown(call: &Call<'_>, drive: &Drive, entry: &Entry) -> Reply {
    let is_listed = !entry.is_file() && call.query().get("list_content") != Some("false");
    let listing = is_listed.then(|| {
        let children = drive.children(&entry.path);
        let (offset, count) = (number(call, "offset").unwrap_or(0), number(call, "count"));
        let page = children.iter().skip(offset).take(count.unwrap_or(usize::MAX));
        let (files, folders): (Vec<_>, Vec<_>) = page.partition(|child| child.is_file());
        let listed = |entries: Vec<&&Entry>| entries.into_iter().map(|child| child.listed()).collect();
        Listing { offset, total: children.len(), folders: listed(folders), files: listed(files) }
    });
    json_reply(StatusCode::OK, &entry.full(listing))
}

/// `POST /pubapi/v1/fs/{path}`; folders can be added (EGN-049).
pub(super) fn change_entry(call: &Call<'_>, at: &Address<'_>, site: &Site, caller: &Caller) -> Answer {
    let body = call.json().unwrap_or_default();
    if body["action"].as_str() != Some("add_folder") {
        return Err(errors::api(StatusCode::BAD_REQUEST, "Unsupported action"));
    }
    let path = named_path(at);
    let parent = drive::parent(&path);
    site.with_drive(&caller.user, |drive| {
        if drive.at(&path).is_some() {
            return Err(errors::folder_exists());
        }
        if parent == ROOT {
            let message = "You do not have permission to create a folder at this location";
            return Err(errors::api(StatusCode::FORBIDDEN, message));
        }
        if drive.at(parent).is_none_or(Entry::is_file) {
            return Err(errors::no_such_entry(parent));
        }
        let folder = drive.add_folder(site.auth.mint(), site.auth.clock().now(), &path);
        Ok(json_reply(StatusCode::CREATED, &json!({ "folder_id": folder.id() })))
    })
}

/// `GET /pubapi/v1/links`; `count` is 0 unless it was asked for (EGN-052). The second version lists the links themselves.
pub(super) fn links(call: &Call<'_>, at: &Address<'_>, site: &Site, caller: &Caller) -> Reply {
    let (offset, count) = (number(call, "offset").unwrap_or(0), number(call, "count"));
    let (links, total) = site.with_drive(&caller.user, |drive| {
        let page = drive.links.iter().skip(offset).take(count.unwrap_or(usize::MAX));
        (page.cloned().collect::<Vec<_>>(), drive.links.len())
    });
    if at.path().get(1) == Some(&"v2") {
        let links: Vec<_> = links.iter().map(|link| shown_link(call, at, caller, link)).collect();
        let count = links.len();
        return json_reply(StatusCode::OK, &json!({ "links": links, "count": count }));
    }
    let ids: Vec<_> = links.into_iter().map(|link| link.id).collect();
    let count = if count.is_some() { ids.len() } else { 0 };
    let body = json!({ "ids": ids, "offset": offset, "count": count, "total_count": total });
    json_reply(StatusCode::OK, &body)
}

fn url(call: &Call<'_>, at: &Address<'_>, caller: &Caller, link: &Link) -> String {
    let kind = if link.is_file { "dl" } else { "fl" };
    format!("{}/{kind}/{}", at.root(call, &caller.grant.realm), link.id)
}

fn kind(link: &Link) -> &'static str {
    if link.is_file { "file" } else { "folder" }
}

/// `GET /pubapi/v1/links/{id}` (EGN-052)
pub(super) fn link(call: &Call<'_>, at: &Address<'_>, site: &Site, caller: &Caller) -> Answer {
    let id = at.path().last().copied().unwrap_or_default();
    let link = site
        .with_drive(&caller.user, |drive| drive.links.iter().find(|link| link.id == id).cloned())
        .ok_or_else(errors::no_such_link)?;
    Ok(json_reply(StatusCode::OK, &shown_link(call, at, caller, &link)))
}

fn shown_link(call: &Call<'_>, at: &Address<'_>, caller: &Caller, link: &Link) -> Value {
    json!({
        "path": link.path,
        "type": kind(link),
        "accessibility": link.accessibility,
        "protection": "None",
        "recipients": link.recipients,
        "notify": false,
        "url": url(call, at, caller, link),
        "id": link.id,
        "link_to_current": false,
        "creation_date": link.created.strftime("%Y-%m-%d"),
        "created_by": link.created_by,
    })
}

/// `POST /pubapi/v1/links`
pub(super) fn create_link(call: &Call<'_>, at: &Address<'_>, site: &Site, caller: &Caller) -> Answer {
    let body = call.json().unwrap_or_default();
    let text = |name: &str| {
        let missing = || errors::api(StatusCode::BAD_REQUEST, &format!("{name} is required"));
        body[name].as_str().filter(|text| !text.is_empty()).ok_or_else(missing)
    };
    let (path, of_type, accessibility) = (text("path")?, text("type")?, text("accessibility")?);
    let recipients: Vec<String> = body["recipients"]
        .as_array()
        .map(|list| list.iter().filter_map(Value::as_str).map(ToOwned::to_owned).collect())
        .unwrap_or_default();
    let link = site.with_drive(&caller.user, |drive| {
        let is_of_type = |entry: &&Entry| (of_type == "file") == entry.is_file();
        drive.at(path).filter(is_of_type).ok_or_else(|| errors::no_such_entry(path))?;
        let now = site.auth.clock().now();
        Ok(drive.add_link(site.auth.mint(), now, path, accessibility, recipients, &caller.user))
    })?;
    let body = json!({
        "links": [{
            "id": link.id,
            "url": url(call, at, caller, &link),
            "recipients": link.recipients,
        }],
        "path": link.path,
        "type": kind(&link),
        "accessibility": link.accessibility,
        "notify": false,
        "link_to_current": false,
        "creation_date": link.created.strftime("%Y-%m-%d"),
        "send_mail": false,
        "copy_me": false,
    });
    Ok(json_reply(StatusCode::OK, &body))
}

/// `GET /pubapi/v1/search`, and `POST /pubapi/v2/search` with the same in a body (EGN-053)
pub(super) fn search(call: &Call<'_>, site: &Site, caller: &Caller) -> Answer {
    let body = if *call.method() == Method::POST { call.json().unwrap_or_default() } else { Value::Null };
    let in_body = |name: &str| body[name].as_u64().and_then(|number| usize::try_from(number).ok());
    let read = |name: &str, default| in_body(name).or_else(|| number(call, name)).unwrap_or(default);
    let words =
        body["query"].as_str().or_else(|| call.query().get("query")).filter(|words| !words.is_empty());
    let words = words.ok_or_else(|| errors::api(StatusCode::BAD_REQUEST, "query is required"))?;
    let (offset, count) = (read("offset", 0), read("count", 20));
    let (results, total) = site.with_drive(&caller.user, |drive| {
        let found = drive.search(words);
        let page = found.iter().skip(offset).take(count);
        (page.filter_map(|entry| entry.found()).collect::<Vec<_>>(), found.len())
    });
    let count = results.len();
    let body = json!({ "results": results, "total_count": total, "offset": offset, "count": count });
    Ok(json_reply(StatusCode::OK, &body))
}
