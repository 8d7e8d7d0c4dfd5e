//! The folders and files of one tenant.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::{Mint, Timestamp, mint::DIGITS, oauth::User};

/// The id of the root folder.
pub(super) const ROOT: &str = "0";

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(into = "Vec<Item>", try_from = "Vec<Item>")]
pub(super) struct Drive {
    items: Vec<Item>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Item {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) parent: String,
    created: Timestamp,
    content: Content,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
enum Content {
    Folder,
    File { version: String, sha1: String, size: u64 },
}

impl From<Drive> for Vec<Item> {
    fn from(drive: Drive) -> Self {
        drive.items
    }
}

/// An item that stands before the folder it is in, or in none.
#[derive(Debug, thiserror::Error)]
#[error("the item {0:?} is not in the root folder, nor in one that stands before it")]
pub(super) struct Homeless(String);

impl TryFrom<Vec<Item>> for Drive {
    type Error = Homeless;

    fn try_from(items: Vec<Item>) -> Result<Self, Homeless> {
        let mut drive = Self { items: Vec::with_capacity(items.len()) };
        for item in items {
            // So that every path ends at the root.
            if item.parent != ROOT && drive.folder(&item.parent).is_none() {
                return Err(Homeless(item.id));
            }
            drive.items.push(item);
        }
        Ok(drive)
    }
}

impl Drive {
    /// What each new tenant finds: two folders and two files.
    pub(super) fn sample(mint: &Mint, now: Timestamp) -> Self {
        let mut drive = Self { items: Vec::new() };
        let contracts = drive.add(mint, now, "Contracts", ROOT, Content::Folder);
        drive.add(mint, now, "Invoices", ROOT, Content::Folder);
        drive.add(mint, now, "Welcome.pdf", ROOT, file(mint, "Welcome.pdf"));
        drive.add(mint, now, "Master Agreement.pdf", &contracts.id, file(mint, "Master Agreement.pdf"));
        drive
    }

    pub(super) fn create_folder(&mut self, mint: &Mint, now: Timestamp, name: &str, parent: &str) -> Item {
        self.add(mint, now, name, parent, Content::Folder)
    }

    fn add(&mut self, mint: &Mint, created: Timestamp, name: &str, parent: &str, content: Content) -> Item {
        let id = format!("1{}", mint.text(DIGITS, 11));
        let item = Item { id, name: name.to_owned(), parent: parent.to_owned(), created, content };
        self.items.push(item.clone());
        item
    }

    pub(super) fn folder(&self, id: &str) -> Option<&Item> {
        self.items.iter().find(|item| item.id == id && !item.is_file())
    }

    pub(super) fn file(&self, id: &str) -> Option<&Item> {
        self.items.iter().find(|item| item.id == id && item.is_file())
    }

    pub(super) fn remove_file(&mut self, id: &str) -> bool {
        let before = self.items.len();
        self.items.retain(|item| item.id != id || !item.is_file());
        self.items.len() < before
    }

    /// Folders first, then by name, as Box sorts by default.
    pub(super) fn children(&self, id: &str) -> Vec<&Item> {
        let mut children: Vec<_> = self.items.iter().filter(|item| item.parent == id).collect();
        children.sort_by_key(|item| (item.is_file(), item.name.to_lowercase()));
        children
    }

    pub(super) fn named(&self, parent: &str, name: &str) -> Option<&Item> {
        self.items.iter().find(|item| item.parent == parent && item.name.eq_ignore_ascii_case(name))
    }

    /// The folders above an item, root first.
    pub(super) fn path(&self, item: &Item) -> Vec<Value> {
        let mut path = Vec::new();
        let mut parent = item.parent.as_str();
        while let Some(folder) = self.folder(parent) {
            path.push(folder.mini());
            parent = &folder.parent;
        }
        path.push(root_mini());
        path.reverse();
        path
    }
}

fn file(mint: &Mint, name: &str) -> Content {
    let digest = Sha256::digest(name.as_bytes());
    let sha1 = digest[..20].iter().fold(String::new(), |text, byte| text + &format!("{byte:02x}"));
    Content::File { version: format!("7{}", mint.text(DIGITS, 10)), sha1, size: 629_644 }
}

pub(super) fn root_mini() -> Value {
    json!({ "type": "folder", "id": ROOT, "sequence_id": null, "etag": null, "name": "All Files" })
}

impl Item {
    pub(super) fn is_file(&self) -> bool {
        matches!(self.content, Content::File { .. })
    }

    /// The short form that lists use (BOX-066).
    pub(super) fn mini(&self) -> Value {
        match &self.content {
            Content::Folder => {
                json!({ "type": "folder", "id": self.id, "sequence_id": "0", "etag": "0", "name": self.name })
            }
            Content::File { version, sha1, .. } => json!({
                "type": "file",
                "id": self.id,
                "file_version": { "type": "file_version", "id": version, "sha1": sha1 },
                "sequence_id": "0",
                "etag": "0",
                "sha1": sha1,
                "name": self.name,
            }),
        }
    }

    /// All fields that are not opt-in.
    pub(super) fn full(&self, path: &[Value], owner: &User) -> Value {
        let mut item = self.mini();
        let size = if let Content::File { size, .. } = self.content { size } else { 0 };
        let at = box_date(self.created);
        let user = json!({ "type": "user", "id": owner.id, "name": owner.name, "login": &*owner.login });
        if !self.is_file() {
            item["created_at"] = at.as_str().into();
            item["modified_at"] = at.as_str().into();
        }
        item["description"] = "".into();
        item["size"] = size.into();
        item["path_collection"] = json!({ "total_count": path.len(), "entries": path });
        if self.is_file() {
            item["created_at"] = at.as_str().into();
            item["modified_at"] = at.as_str().into();
            item["trashed_at"] = Value::Null;
            item["purged_at"] = Value::Null;
            item["content_created_at"] = at.as_str().into();
            item["content_modified_at"] = at.as_str().into();
        }
        item["created_by"] = user.clone();
        item["modified_by"] = user.clone();
        if !self.is_file() {
            item["trashed_at"] = Value::Null;
            item["purged_at"] = Value::Null;
            item["content_created_at"] = at.as_str().into();
            item["content_modified_at"] = at.into();
        }
        item["owned_by"] = user;
        item["shared_link"] = Value::Null;
        if !self.is_file() {
            item["folder_upload_email"] = Value::Null;
        }
        item["parent"] = path.last().cloned().unwrap_or_default();
        item["item_status"] = "active".into();
        item
    }
}

/// `2015-04-09T12:32:40-07:00`
pub(super) fn box_date(at: Timestamp) -> String {
    (at - std::time::Duration::from_secs(7 * 3600)).strftime("%Y-%m-%dT%H:%M:%S-07:00")
}
