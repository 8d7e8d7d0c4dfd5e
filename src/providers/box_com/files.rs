//! Files: what is known of them, their content, and how it comes and goes.

use http::{StatusCode, header};
use serde_json::{Value, json};

use crate::{
    Mint,
    exchange::Reply,
    providers::{
        box_com::{
            Site,
            access::{Caller, caller, downloader},
            api::{id, json_reply, selected_reply},
            drive::Drive,
            errors,
            folders::Place,
            item::{Content, Item},
            scopes::Need,
        },
        call::Call,
        house::Answer,
    },
};

/// What the name of a download is encoded by: all but what a file's name mostly consists of.
const UNRESERVED_KEPT: &percent_encoding::AsciiSet =
    &percent_encoding::NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

fn find<'d>(site: &Site, caller: &'d Caller, drive: &'d Drive, id: &'d str) -> Result<&'d Item, Reply> {
    let missing = || errors::not_found(site.auth.mint(), "item", &format!("f_{id}"));
    let file = drive.file(&caller.holder, id).ok_or_else(missing)?;
    caller.reach(site, drive, Some(file))?;
    Ok(file)
}

/// `GET /2.0/files/:id`
pub(super) fn file(call: &Call<'_>, site: &Site) -> Answer {
    let caller = caller(call, site, Need::File)?;
    let id = id(call, site)?;
    let drive = site.drive();
    let file = find(site, &caller, &drive, id)?;
    Ok(selected_reply(call, site, &file.full(&drive.path(file), &caller.user)))
}

/// `DELETE /2.0/files/:id` (BOX-068)
pub(super) fn delete_file(call: &Call<'_>, site: &Site) -> Answer {
    let caller = caller(call, site, Need::Delete)?;
    let id = id(call, site)?;
    let mut drive = site.drive();
    let file = find(site, &caller, &drive, id)?;
    caller.change(site, &drive, drive.above(file).first().copied())?;
    if call.header(header::IF_MATCH).is_some_and(|tag| !file.has_tag(tag)) {
        return Err(errors::precondition_failed(site.auth.mint()));
    }
    drive.remove_file(id);
    Ok(errors::api_headers(site.auth.mint(), Reply::empty(StatusCode::NO_CONTENT)))
}

/// `POST /api/2.0/files/content` at the upload host: the part `attributes`, then the part `file` (BOX-068).
pub(super) fn upload(call: &Call<'_>, site: &Site) -> Answer {
    let caller = caller(call, site, Need::Upload)?;
    let mint = site.auth.mint();
    let parts = call.parts();
    let at = |name: &'static str| {
        let place = parts.iter().position(|part| part.name == name);
        place.ok_or_else(|| errors::missing_parameter(mint, name))
    };
    let (attributes, file) = (at("attributes")?, at("file")?);
    if file < attributes {
        return Err(errors::attributes_too_late(mint));
    }
    let content = intact(call, mint, parts[file].content)?;
    let attributes = serde_json::from_slice(parts[attributes].content).unwrap_or_default();
    let mut drive = site.drive();
    let Place { name, parent } = free_place(site, &caller, &drive, &attributes)?;
    let file = drive.create_file(mint, site.auth.clock().now(), &caller.holder, &name, &parent, content);
    let entry = file.full(&drive.path(&file), &caller.user);
    Ok(json_reply(site, StatusCode::CREATED, &json!({ "total_count": 1, "entries": [entry] })))
}

/// `POST /api/2.0/files/:id/content` at the upload host: a new version. `attributes` may give the file another name
/// (documented; the answer is that of an upload).
pub(super) fn upload_version(call: &Call<'_>, site: &Site) -> Answer {
    let caller = caller(call, site, Need::Upload)?;
    let mint = site.auth.mint();
    let id = call.segments().iter().rev().nth(1).copied().unwrap_or_default();
    let parts = call.parts();
    let file = parts.iter().find(|part| part.name == "file");
    let content = intact(call, mint, file.ok_or_else(|| errors::missing_parameter(mint, "file"))?.content)?;
    let attributes = parts.iter().find(|part| part.name == "attributes");
    let attributes: Value =
        attributes.and_then(|part| serde_json::from_slice(part.content).ok()).unwrap_or_default();
    let mut drive = site.drive();
    let before = find(site, &caller, &drive, id)?;
    caller.change(site, &drive, drive.above(before).first().copied())?;
    if call.header(header::IF_MATCH).is_some_and(|tag| !before.has_tag(tag)) {
        return Err(errors::precondition_failed(mint));
    }
    let name = attributes["name"].as_str().unwrap_or(&before.name).to_owned();
    if let Some(other) = drive.named(&caller.holder, &before.parent, &name).filter(|other| other.id != id) {
        return Err(errors::name_in_use(mint, &other.mini())); // BOX-062
    }
    drive.add_version(mint, id, &name, content);
    let file = find(site, &caller, &drive, id)?;
    let entry = file.full(&drive.path(file), &caller.user);
    Ok(json_reply(site, StatusCode::CREATED, &json!({ "total_count": 1, "entries": [entry] })))
}

/// The content, if it is what its `content-md5` says.
fn intact(call: &Call<'_>, mint: &Mint, bytes: &[u8]) -> Result<Content, Reply> {
    let content = Content::new(bytes.to_vec().into());
    match call.header("content-md5") {
        Some(digest) if !digest.eq_ignore_ascii_case(&content.sha1) => Err(errors::wrong_digest(mint)),
        _ => Ok(content),
    }
}

/// `OPTIONS /2.0/files/content`: whether an upload would be taken.
pub(super) fn preflight(call: &Call<'_>, site: &Site) -> Answer {
    let caller = caller(call, site, Need::Upload)?;
    free_place(site, &caller, &site.drive(), &call.json().unwrap_or_default())?;
    let body =
        json!({ "upload_url": format!("{}/api/2.0/files/content", call.base()), "upload_token": null });
    Ok(json_reply(site, StatusCode::OK, &body))
}

fn free_place(site: &Site, caller: &Caller, drive: &Drive, attributes: &Value) -> Result<Place, Reply> {
    let place = Place::read(site, caller, drive, attributes)?;
    match drive.named(&caller.holder, &place.parent, &place.name) {
        Some(existing) => Err(errors::name_in_use(site.auth.mint(), &existing.mini())), // BOX-062
        None => Ok(place),
    }
}

/// `GET /2.0/files/:id/content`: where the content is (BOX-069).
pub(super) fn content(call: &Call<'_>, site: &Site) -> Answer {
    let caller = downloader(call, site)?;
    let id = id(call, site)?;
    let file = find(site, &caller, &site.drive(), id)?.id.clone();
    let token = site.downloads().permit(site.auth.mint(), site.auth.claims(), site.auth.clock().now(), file);
    let location = format!("{}/d/1/download?token={token}", call.base());
    Ok(errors::api_headers(site.auth.mint(), Reply::redirect(&location)))
}

/// The content itself, at the download host; the URL is all it takes.
pub(super) fn download(call: &Call<'_>, site: &Site) -> Answer {
    let token = call.query().get("token").unwrap_or_default();
    let refuse = |reason| Reply::empty(StatusCode::NOT_FOUND).refused(reason);
    let id = site.downloads().file(token, site.auth.clock().now());
    let id = id.ok_or_else(|| refuse("the download URL is unknown or older than 15 minutes"))?;
    let drive = site.drive();
    let file = drive.by_id(&id).ok_or_else(|| refuse("the file was deleted"))?;
    let content = file.content().map(|content| content.bytes.clone()).unwrap_or_default();
    let name: String = percent_encoding::utf8_percent_encode(&file.name, UNRESERVED_KEPT).collect();
    Ok(Reply::new(StatusCode::OK, "application/octet-stream", content)
        .with(header::CONTENT_DISPOSITION, &format!("attachment;filename*=UTF-8''{name}")))
}
