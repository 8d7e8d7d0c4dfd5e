//! Items that get another name, and folders that go.

use http::{StatusCode, header};
use serde_json::json;

use crate::{
    exchange::Reply,
    providers::{
        box_com::{
            Site,
            access::{Caller, caller},
            api::{id, selected_reply},
            drive::Drive,
            errors, folders,
            item::Item,
            scopes::Need,
        },
        call::Call,
        house::Answer,
    },
};

/// `PUT /2.0/files/:id`; the name can be changed.
pub(super) fn rename_file(call: &Call<'_>, site: &Site) -> Answer {
    let caller = caller(call, site, Need::Change)?;
    let id = id(call, site)?;
    let mut drive = site.drive();
    let missing = || errors::not_found(site.auth.mint(), "item", &format!("f_{id}"));
    let file = drive.file(&caller.holder, id).cloned().ok_or_else(missing)?;
    rename(call, site, &caller, &mut drive, &file)
}

/// `PUT /2.0/folders/:id`
pub(super) fn rename_folder(call: &Call<'_>, site: &Site) -> Answer {
    let caller = caller(call, site, Need::Change)?;
    let id = id(call, site)?;
    let mut drive = site.drive();
    let folder = folders::find(site, &caller, &drive, "folder", id)?.cloned();
    let folder = folder.ok_or_else(|| errors::access_denied(site.auth.mint(), "the root folder stays"))?;
    rename(call, site, &caller, &mut drive, &folder)
}

fn rename(call: &Call<'_>, site: &Site, caller: &Caller, drive: &mut Drive, item: &Item) -> Answer {
    let mint = site.auth.mint();
    check(call, site, caller, drive, item)?;
    let body = call.json().unwrap_or_default();
    let name = body["name"].as_str().filter(|name| !name.is_empty()).unwrap_or(&item.name);
    if name.contains(['/', '\\']) {
        return Err(errors::wrong_name(mint));
    }
    let taken = drive.named(&caller.holder, &item.parent, name).filter(|other| other.id != item.id);
    if let Some(other) = taken {
        let other = other.mini();
        // BOX-062
        return Err(errors::name_in_use(mint, &if item.is_file() { json!(other) } else { json!([other]) }));
    }
    drive.rename(&item.id, name);
    let found = if item.is_file() {
        drive.file(&caller.holder, &item.id)
    } else {
        drive.folder(&caller.holder, &item.id)
    };
    let renamed = found.unwrap_or(item);
    let shown = renamed.full(&drive.path(renamed), &caller.user);
    Ok(selected_reply(call, site, &shown))
}

/// `DELETE /2.0/folders/:id`; what is not empty goes only with `recursive=true`.
pub(super) fn delete_folder(call: &Call<'_>, site: &Site) -> Answer {
    let caller = caller(call, site, Need::Delete)?;
    let id = id(call, site)?;
    let mint = site.auth.mint();
    let mut drive = site.drive();
    let folder = folders::find(site, &caller, &drive, "folder", id)?.cloned();
    let folder = folder.ok_or_else(|| errors::access_denied(mint, "the root folder stays"))?;
    check(call, site, &caller, &drive, &folder)?;
    let is_empty = drive.children(&caller.holder, id).is_empty();
    if !is_empty && call.query().get("recursive") != Some("true") {
        return Err(errors::not_empty(mint));
    }
    drive.remove_folder(id);
    Ok(errors::api_headers(mint, Reply::empty(StatusCode::NO_CONTENT)))
}

/// Whether the caller may change the item, and means this state of it.
fn check(call: &Call<'_>, site: &Site, caller: &Caller, drive: &Drive, item: &Item) -> Result<(), Reply> {
    caller.reach(site, drive, Some(item))?;
    caller.change(site, drive, drive.above(item).first().copied())?;
    if call.header(header::IF_MATCH).is_some_and(|tag| !item.has_tag(tag)) {
        return Err(errors::precondition_failed(site.auth.mint()));
    }
    Ok(())
}
