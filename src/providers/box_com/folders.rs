//! Folders and what is in them.

use http::StatusCode;
use serde::Serialize;
use serde_json::{Value, json};

use crate::{
    exchange::Reply,
    oauth::User,
    providers::{
        box_com::{
            Site,
            access::{Caller, caller},
            api::{id, json_reply, selected_reply},
            drive::Drive,
            errors,
            item::{Item, Mini, ROOT, ROOT_MINI},
            scopes::Need,
        },
        call::Call,
        house::Answer,
    },
};

/// A folder that the caller sees; nothing is the root.
pub(super) fn find<'d>(
    site: &Site,
    caller: &'d Caller,
    drive: &'d Drive,
    field: &str,
    id: &'d str,
) -> Result<Option<&'d Item>, Reply> {
    let folder = match drive.folder(&caller.holder, id) {
        None if id == ROOT => None,
        None => return Err(errors::not_found(site.auth.mint(), field, &format!("d_{id}"))),
        folder => folder,
    };
    caller.reach(site, drive, folder)?;
    Ok(folder)
}

/// `GET /2.0/folders/:id` (BOX-066)
pub(super) fn folder(call: &Call<'_>, site: &Site) -> Answer {
    let caller = caller(call, site, Need::Browse)?;
    let id = id(call, site)?;
    let drive = site.drive();
    let mut folder = match find(site, &caller, &drive, "folder", id)? {
        Some(folder) => folder.full(&drive.path(folder), &caller.user),
        None => root(&caller.user),
    };
    folder["item_collection"] = json!(items(call, &caller, &drive, id));
    Ok(selected_reply(call, site, &folder))
}

/// `GET /2.0/folders/:id/items` (BOX-066)
pub(super) fn folder_items(call: &Call<'_>, site: &Site) -> Answer {
    let caller = caller(call, site, Need::Browse)?;
    let id = id(call, site)?;
    let drive = site.drive();
    find(site, &caller, &drive, "folder", id)?;
    Ok(json_reply(site, StatusCode::OK, &items(call, &caller, &drive, id)))
}

/// What is in a folder, or a part of it. The call that tests make most often: written without a detour.
#[derive(Serialize)]
struct Items<'d> {
    total_count: usize,
    entries: Vec<Mini<'d>>,
    offset: usize,
    limit: usize,
    order: [Order; 2],
}

#[derive(Serialize)]
struct Order {
    by: &'static str,
    direction: &'static str,
}

fn items<'d>(call: &Call<'_>, caller: &'d Caller, drive: &'d Drive, id: &'d str) -> Items<'d> {
    let number = |name, default| call.query().get(name).and_then(|text| text.parse().ok()).unwrap_or(default);
    let (offset, limit) = (number("offset", 0_usize), number("limit", 100_usize).min(1000));
    let children = drive.children(&caller.holder, id);
    let entries = children.iter().skip(offset).take(limit).map(|item| item.mini()).collect();
    let order = ["type", "name"].map(|by| Order { by, direction: "ASC" });
    Items { total_count: children.len(), entries, offset, limit, order }
}

fn root(user: &User) -> Value {
    let owner = json!({ "type": "user", "id": user.id, "name": user.name, "login": &*user.login });
    let nobody = json!({ "type": "user", "id": "", "name": "", "login": "" });
    let mut root = json!(ROOT_MINI);
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
    let caller = caller(call, site, Need::NewFolder)?;
    let mut drive = site.drive();
    let Place { name, parent } = Place::read(site, &caller, &drive, &call.json().unwrap_or_default())?;
    if let Some(existing) = drive.named(&caller.holder, &parent, &name) {
        return Err(errors::name_in_use(site.auth.mint(), &json!([existing.mini()]))); // BOX-062
    }
    let now = site.auth.clock().now();
    let folder = drive.create_folder(site.auth.mint(), now, &caller.holder, &name, &parent);
    let mut body = folder.full(&drive.path(&folder), &caller.user);
    body["item_collection"] = json!(items(call, &caller, &drive, &folder.id));
    Ok(json_reply(site, StatusCode::CREATED, &body))
}

/// Where something new shall be.
pub(super) struct Place {
    pub(super) name: String,
    pub(super) parent: String,
}

impl Place {
    /// Reads `{"name":…,"parent":{"id":…}}`, and checks that the caller may put something there.
    pub(super) fn read(site: &Site, caller: &Caller, drive: &Drive, body: &Value) -> Result<Self, Reply> {
        let mint = site.auth.mint();
        let missing = |name| errors::missing_parameter(mint, name);
        let name = body["name"].as_str().filter(|name| !name.is_empty()).ok_or_else(|| missing("name"))?;
        let parent = body["parent"]["id"].as_str().ok_or_else(|| missing("parent"))?;
        if name.contains(['/', '\\']) {
            return Err(errors::wrong_name(mint));
        }
        let folder = find(site, caller, drive, "parent", parent)?;
        caller.change(site, drive, folder)?;
        Ok(Self { name: name.to_owned(), parent: parent.to_owned() })
    }
}
