//! A folder or file, as it is kept and as the Content API shows it.

use base64::{Engine, prelude::BASE64_STANDARD};
use bytes::Bytes;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use serde_json::{Value, json};
use sha1::{Digest, Sha1};

use crate::{Timestamp, oauth::User};

/// The id of the root folder.
pub(super) const ROOT: &str = "0";

/// The root folder, as [`Item::resource`] names others.
pub(super) const ROOT_RESOURCE: &str = "folder:0";

/// Where service accounts have their mail.
pub(super) const SERVICE_ACCOUNTS: &str = "boxdevedition.com";

/// Who sees a file.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Holder {
    /// Every user of the enterprise: all of them work together in all folders.
    #[default]
    Enterprise,
    /// The service account with this login, and nobody else.
    ServiceAccount(String),
}

impl Holder {
    pub(super) fn of(user: &User) -> Self {
        match user.login.rsplit_once('@') {
            Some((_, SERVICE_ACCOUNTS)) => Self::ServiceAccount(user.login.to_string()),
            _ => Self::Enterprise,
        }
    }
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Item {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) parent: String,
    #[serde(default)]
    pub(super) holder: Holder,
    pub(super) created: Timestamp,
    /// How often it was changed: its tag and number in the sequence.
    #[serde(default)]
    pub(super) changes: u32,
    pub(super) kind: Kind,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) enum Kind {
    Folder,
    File { version: String, content: Content },
}

/// What is in a file; in snapshots as base64.
#[derive(Clone, Debug)]
pub(super) struct Content {
    pub(super) bytes: Bytes,
    /// In hexadecimal digits.
    pub(super) sha1: String,
}

impl Content {
    pub(super) fn new(bytes: Bytes) -> Self {
        let sha1 = base16ct::lower::encode_string(&Sha1::digest(&bytes));
        Self { bytes, sha1 }
    }

    /// A page that says its own name.
    pub(super) fn page(name: &str) -> Self {
        let text = format!("BT /F1 24 Tf 72 720 Td ({name}) Tj ET");
        let pdf = format!(
            "%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n\
             3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents 4 0 R/Resources<</Font<</F1<</Type/Font\
             /Subtype/Type1/BaseFont/Helvetica>>>>>>>>endobj\n4 0 obj<</Length {}>>stream\n{text}\nendstream endobj\n\
             trailer<</Root 1 0 R>>\n%%EOF\n",
            text.len(),
        );
        Self::new(pdf.into_bytes().into())
    }
}

impl Serialize for Content {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&BASE64_STANDARD.encode(&self.bytes))
    }
}

impl<'de> Deserialize<'de> for Content {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let bytes = BASE64_STANDARD.decode(String::deserialize(deserializer)?).map_err(de::Error::custom)?;
        Ok(Self::new(bytes.into()))
    }
}

/// The short form that lists use (BOX-066).
#[derive(Serialize)]
#[serde(tag = "type", rename_all = "lowercase")]
pub(super) enum Mini<'i> {
    Folder {
        id: &'i str,
        sequence_id: Option<String>,
        etag: Option<String>,
        name: &'i str,
    },
    File {
        id: &'i str,
        file_version: Version<'i>,
        sequence_id: String,
        etag: String,
        sha1: &'i str,
        name: &'i str,
    },
}

#[derive(Serialize)]
#[serde(tag = "type", rename = "file_version")]
pub(super) struct Version<'i> {
    id: &'i str,
    sha1: &'i str,
}

pub(super) const ROOT_MINI: Mini<'static> =
    Mini::Folder { id: ROOT, sequence_id: None, etag: None, name: "All Files" };

impl Item {
    pub(super) fn is_file(&self) -> bool {
        matches!(self.kind, Kind::File { .. })
    }

    pub(super) fn is_in_root(&self) -> bool {
        self.parent == ROOT
    }

    /// `file:1` or `folder:1`
    pub(super) fn resource(&self) -> String {
        format!("{}:{}", if self.is_file() { "file" } else { "folder" }, self.id)
    }

    pub(super) fn content(&self) -> Option<&Content> {
        match &self.kind {
            Kind::Folder => None,
            Kind::File { content, .. } => Some(content),
        }
    }

    /// Whether it still has the tag that somebody saw.
    pub(super) fn has_tag(&self, etag: &str) -> bool {
        etag.trim_matches('"') == self.tag()
    }

    fn tag(&self) -> String {
        self.changes.to_string()
    }

    pub(super) fn mini(&self) -> Mini<'_> {
        let Self { id, name, .. } = self;
        match &self.kind {
            Kind::Folder => Mini::Folder { id, sequence_id: Some(self.tag()), etag: Some(self.tag()), name },
            Kind::File { version, content } => Mini::File {
                id,
                file_version: Version { id: version, sha1: &content.sha1 },
                sequence_id: self.tag(),
                etag: self.tag(),
                sha1: &content.sha1,
                name,
            },
        }
    }

    /// All fields that are not opt-in.
    pub(super) fn full(&self, path: &[Mini<'_>], owner: &User) -> Value {
        let mut item = json!(self.mini());
        let size = self.content().map_or(0, |content| content.bytes.len());
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
        item["parent"] = json!(path.last());
        item["item_status"] = "active".into();
        item
    }
}

/// `2015-04-09T12:32:40-07:00`
pub(super) fn box_date(at: Timestamp) -> String {
    (at - std::time::Duration::from_secs(7 * 3600)).strftime("%Y-%m-%dT%H:%M:%S-07:00")
}
