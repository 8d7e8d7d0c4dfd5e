//! What files hold: uploads, downloads and deletions.

use http::{StatusCode, header};
use serde_json::json;

use crate::{
    exchange::Reply,
    providers::{
        call::Call,
        egnyte::{
            Site,
            address::Address,
            api::{Caller, json_reply},
            drive::{self, Drive, Entry, Found, ROOT},
            errors,
        },
        house::Answer,
    },
};

/// What is meant by the path behind `fs` or `fs-content`: an id, or the rest as a path.
fn find<'d>(drive: &'d Drive, at: &Address<'_>) -> Result<&'d Entry, Reply> {
    let (entry, named) = match at.path().get(3..).unwrap_or_default() {
        ["ids", "file", id] => (drive.file(id), format!("file {id}")),
        ["ids", "folder", id] => (drive.folder(id), format!("folder {id}")),
        path => {
            let path = format!("/{}", path.join("/"));
            (drive.at(&path), path)
        }
    };
    entry.ok_or_else(|| errors::no_such_entry(&named))
}

/// `GET /pubapi/v1/fs-content/{path}`, or `…/ids/file/{id}`. The headers are inferred.
pub(super) fn download(at: &Address<'_>, site: &Site, caller: &Caller) -> Answer {
    site.with_drive(&caller.user, |drive| {
        let entry = find(drive, at)?;
        let Some(Found { media_type, content, checksum }) = entry.content() else {
            return Err(errors::api(StatusCode::BAD_REQUEST, "A folder has no content"));
        };
        let name = entry.path.rsplit('/').next().unwrap_or_default().replace('"', "");
        let mut reply = Reply::empty(StatusCode::OK)
            .with(header::CONTENT_TYPE, media_type)
            .with(header::ETAG, entry.id())
            .with(header::CONTENT_DISPOSITION, &format!("attachment; filename=\"{name}\""));
        *reply.response.body_mut() = content.into();
        Ok(reply.with_static("x-sha512-checksum", &checksum))
    })
}

/// `POST /pubapi/v1/fs-content/{path}` (contract, section 7). What is there already becomes an older version.
pub(super) fn upload(call: &Call<'_>, at: &Address<'_>, site: &Site, caller: &Caller) -> Answer {
    let path = format!("/{}", at.path().get(3..).unwrap_or_default().join("/"));
    let parent = drive::parent(&path);
    if parent == ROOT {
        let message = "You do not have permission to add a file at this location";
        return Err(errors::api(StatusCode::FORBIDDEN, message));
    }
    let media_type = call.header(header::CONTENT_TYPE).unwrap_or("application/octet-stream");
    site.with_drive(&caller.user, |drive| {
        if drive.at(parent).is_none_or(Entry::is_file) {
            return Err(errors::no_such_entry(parent));
        }
        if drive.at(&path).is_some_and(|entry| !entry.is_file()) {
            return Err(errors::folder_exists());
        }
        let (mint, now) = (site.auth.mint(), site.auth.clock().now());
        let entry = drive.put_file(mint, now, &path, (media_type, call.request().body()), &caller.user);
        let checksum = entry.content().map(|found| found.checksum).unwrap_or_default();
        let members = json!({
            "checksum": checksum,
            "path": path,
            "group_id": entry.group_id(),
            "entry_id": entry.id(),
        });
        Ok(json_reply(StatusCode::OK, &members)
            .with(header::ETAG, entry.id())
            .with_static("x-sha512-checksum", &checksum)
            .with(header::LAST_MODIFIED, &now.http_date()))
    })
}

/// `DELETE /pubapi/v1/fs/{path}`, or `…/ids/{file|folder}/{id}`; a folder goes with what it holds. That the answer is
/// empty is inferred.
pub(super) fn delete(at: &Address<'_>, site: &Site, caller: &Caller) -> Answer {
    site.with_drive(&caller.user, |drive| {
        let path = find(drive, at)?.path.clone();
        if drive::parent(&path) == ROOT {
            let message = "You do not have permission to delete this item";
            return Err(errors::api(StatusCode::FORBIDDEN, message));
        }
        drive.remove(&path);
        Ok(Reply::empty(StatusCode::OK))
    })
}
