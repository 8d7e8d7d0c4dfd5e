//! The files, folders and links of one domain.

use std::borrow::Cow;

use base64::{Engine as _, prelude::BASE64_STANDARD};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sha2::{Digest, Sha512};

use crate::{Mint, Timestamp, mint::ALPHANUMERIC, oauth::User};

/// The root folder; it cannot be added to.
pub(super) const ROOT: &str = "/";

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Drive {
    entries: Vec<Entry>,
    pub(super) links: Vec<Link>,
}

/// A file or folder.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Entry {
    /// The folder's id, or that of the file's version.
    id: String,
    /// From the root, with a leading slash.
    pub(super) path: String,
    changed: Timestamp,
    file: Option<File>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    group_id: String,
    media_type: Cow<'static, str>,
    text: Cow<'static, str>,
    /// What it holds if that is no text, in base64.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    bytes: Option<String>,
    uploader: Uploader,
}

/// What a file holds.
pub(super) struct Found<'d> {
    pub(super) media_type: &'d str,
    pub(super) content: Vec<u8>,
    pub(super) checksum: String,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Uploader {
    login: String,
    name: String,
}

/// A link that shares a file or folder.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Link {
    pub(super) id: String,
    pub(super) path: String,
    pub(super) is_file: bool,
    pub(super) accessibility: String,
    pub(super) recipients: Vec<String>,
    pub(super) created: Timestamp,
    pub(super) created_by: String,
}

impl Drive {
    /// What each new domain finds: its two top folders, some documents, and a link.
    pub(super) fn sample(mint: &Mint, now: Timestamp, owner: &User) -> Self {
        let mut drive = Self { entries: Vec::new(), links: Vec::new() };
        for path in [ROOT, "/Private", "/Shared", "/Shared/Documents", "/Shared/Documents/Test"] {
            drive.add(mint, now, path, None);
        }
        let mut file = |path: &str, media_type: &'static str, text: &'static str| {
            let (media_type, text) = (media_type.into(), text.into());
            let uploader = Uploader { login: owner.login.to_string(), name: owner.name.clone() };
            drive.add(
                mint,
                now,
                path,
                Some(File { group_id: mint.uuid(), media_type, text, bytes: None, uploader }),
            );
        };
        file("/Shared/Welcome.txt", "text/plain", "Everybody in this domain can read this.\n");
        file("/Shared/Documents/Agreement.txt", "text/plain", "This agreement is made for a rehearsal.\n");
        file("/Shared/Documents/Prices.csv", "text/csv", "item,price\nticket,12\n");
        drive.add_link(mint, now, "/Shared/Documents/Agreement.txt", "anyone", Vec::new(), owner);
        drive
    }

    fn add(&mut self, mint: &Mint, changed: Timestamp, path: &str, file: Option<File>) -> Entry {
        let entry = Entry { id: mint.uuid(), path: path.to_owned(), changed, file };
        self.entries.push(entry.clone());
        entry
    }

    /// Puts a file at `path`, which is free or a file's. It keeps the group of the file that was there.
    pub(super) fn put_file(
        &mut self,
        mint: &Mint,
        now: Timestamp,
        path: &str,
        (media_type, content): (&str, &[u8]),
        uploader: &User,
    ) -> Entry {
        let before = self.at(path).and_then(|entry| entry.file.as_ref());
        let group_id = before.map_or_else(|| mint.uuid(), |file| file.group_id.clone());
        self.entries.retain(|entry| entry.path != path);
        let (text, bytes) = match std::str::from_utf8(content) {
            Ok(text) => (text.to_owned(), None),
            Err(_) => (String::new(), Some(BASE64_STANDARD.encode(content))),
        };
        let uploader = Uploader { login: uploader.login.to_string(), name: uploader.name.clone() };
        let media_type = media_type.to_owned().into();
        self.add(mint, now, path, Some(File { group_id, media_type, text: text.into(), bytes, uploader }))
    }

    /// Removes what is at `path`, and below it.
    pub(super) fn remove(&mut self, path: &str) {
        let below = format!("{path}/");
        let stays = |other: &str| other != path && !other.starts_with(&below);
        self.entries.retain(|entry| stays(&entry.path));
        self.links.retain(|link| stays(&link.path));
    }

    pub(super) fn add_folder(&mut self, mint: &Mint, now: Timestamp, path: &str) -> Entry {
        self.add(mint, now, path, None)
    }

    /// Shares what is at `path`, which is known to exist.
    pub(super) fn add_link(
        &mut self,
        mint: &Mint,
        now: Timestamp,
        path: &str,
        accessibility: &str,
        recipients: Vec<String>,
        creator: &User,
    ) -> Link {
        let link = Link {
            id: mint.text(ALPHANUMERIC, 10),
            path: path.to_owned(),
            is_file: self.at(path).is_some_and(Entry::is_file),
            accessibility: accessibility.to_owned(),
            recipients,
            created: now,
            created_by: creator.login.to_string(),
        };
        self.links.push(link.clone());
        link
    }

    pub(super) fn at(&self, path: &str) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.path == path)
    }

    /// The file with an entry's or a group's id.
    pub(super) fn file(&self, id: &str) -> Option<&Entry> {
        self.entries
            .iter()
            .find(|entry| entry.file.as_ref().is_some_and(|file| entry.id == id || file.group_id == id))
    }

    pub(super) fn folder(&self, id: &str) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.id == id && !entry.is_file())
    }

    /// Folders first, then by name.
    pub(super) fn children(&self, folder: &str) -> Vec<&Entry> {
        let is_child = |entry: &&Entry| entry.path != ROOT && parent(&entry.path) == folder;
        let mut children: Vec<_> = self.entries.iter().filter(is_child).collect();
        children.sort_by_key(|entry| (entry.is_file(), entry.name().to_lowercase()));
        children
    }

    /// Files that have `words` in their name or text, without regard to case.
    pub(super) fn search(&self, words: &str) -> Vec<&Entry> {
        // A star stands for whatever comes before or after.
        let words = words.to_lowercase();
        let words = words.trim_matches('*');
        let fits = |entry: &&Entry| {
            entry.file.as_ref().is_some_and(|file| {
                entry.name().to_lowercase().contains(words) || file.text.to_lowercase().contains(words)
            })
        };
        self.entries.iter().filter(fits).collect()
    }
}

/// The folder that holds what is at `path`.
pub(super) fn parent(path: &str) -> &str {
    match path.rsplit_once('/') {
        None | Some(("", _)) => ROOT,
        Some((parent, _)) => parent,
    }
}

impl Entry {
    pub(super) fn is_file(&self) -> bool {
        self.file.is_some()
    }

    fn name(&self) -> &str {
        self.path.rsplit('/').next().unwrap_or_default()
    }

    pub(super) fn id(&self) -> &str {
        &self.id
    }

    pub(super) fn group_id(&self) -> Option<&str> {
        self.file.as_ref().map(|file| file.group_id.as_str())
    }

    /// What the file holds; nothing for a folder.
    pub(super) fn content(&self) -> Option<Found<'_>> {
        let file = self.file.as_ref()?;
        Some(Found { media_type: &file.media_type, content: file.content(), checksum: file.checksum() })
    }

    /// As folder listings show it.
    pub(super) fn listed(&self) -> Value {
        match &self.file {
            Some(file) => self.file_listed(file),
            None => json!({
                "name": self.name(),
                "lastModified": self.changed.as_millis(),
                "uploaded": self.changed.as_millis(),
                "path": self.path,
                "folder_id": self.id,
                "is_folder": true,
            }),
        }
    }

    fn file_listed(&self, file: &File) -> Value {
        json!({
            "checksum": file.checksum(),
            "size": file.content().len(),
            "path": self.path,
            "name": self.name(),
            "locked": false,
            "is_folder": false,
            "entry_id": self.id,
            "group_id": file.group_id,
            "last_modified": self.changed.http_date(),
            "uploaded_by": file.uploader.login,
            "uploaded": self.changed.as_millis(),
            "num_versions": 1,
        })
    }

    /// A file with its versions; a folder's fields before and after its listing, if it is listed.
    pub(super) fn full(&self, listing: Option<Listing>) -> Value {
        let Some(file) = &self.file else { return self.folder_full(listing) };
        let mut full = self.file_listed(file);
        full["versions"] = json!([{
            "checksum": file.checksum(),
            "size": file.content().len(),
            "is_folder": false,
            "entry_id": self.id,
            "last_modified": self.changed.http_date(),
            "uploaded_by": file.uploader.login,
        }]);
        full
    }

    fn folder_full(&self, listing: Option<Listing>) -> Value {
        let mut full = json!({
            "name": self.name(),
            "lastModified": self.changed.as_millis(),
            "uploaded": self.changed.as_millis(),
        });
        if let Some(listing) = &listing {
            full["count"] = (listing.folders.len() + listing.files.len()).into();
            full["offset"] = listing.offset.into();
            full["total_count"] = listing.total.into();
        }
        full["path"] = self.path.as_str().into();
        full["folder_id"] = self.id.as_str().into();
        full["is_folder"] = true.into();
        full["public_links"] = "files_folders".into();
        full["allow_links"] = true.into();
        full["restrict_move_delete"] = false.into();
        if let Some(listing) = listing {
            full["folders"] = listing.folders.into();
            full["files"] = listing.files.into();
        }
        full
    }

    /// As search results show it; nothing for a folder.
    pub(super) fn found(&self) -> Option<Value> {
        let file = self.file.as_ref()?;
        let snippet = file.text.lines().next().unwrap_or_default();
        Some(json!({
            "name": self.name(),
            "path": self.path,
            "type": file.media_type,
            "size": file.content().len(),
            "snippet": snippet,
            "snippet_html": snippet,
            "entry_id": self.id,
            "last_modified": self.changed.iso(),
            "uploaded_by": file.uploader.name,
            "uploaded_by_username": file.uploader.login,
            "num_versions": 1,
            "is_folder": false,
        }))
    }
}

/// A page of what a folder holds.
pub(super) struct Listing {
    pub(super) offset: usize,
    pub(super) total: usize,
    pub(super) folders: Vec<Value>,
    pub(super) files: Vec<Value>,
}

impl File {
    fn content(&self) -> Vec<u8> {
        match &self.bytes {
            // A snapshot that was tampered with holds nothing here.
            Some(bytes) => BASE64_STANDARD.decode(bytes).unwrap_or_default(),
            None => self.text.as_bytes().to_vec(),
        }
    }

    fn checksum(&self) -> String {
        base16ct::lower::encode_string(&Sha512::digest(self.content()))
    }
}
