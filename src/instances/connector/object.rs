//! One object of a connector: where at the vendor its records are listed, read, made and changed.

use std::collections::BTreeMap;

use http::Method;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{ObjectPath, Place, methods, parsed};
use crate::instances::{error::Error, template::Template};

/// One object that the connector offers.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Object {
    pub(crate) name: String,
    pub(crate) vendor_name: String,
    #[serde(rename = "type")]
    pub(crate) kind: ObjectKind,
    /// Where callers reach it besides its name.
    #[serde(default)]
    pub(crate) path: Option<ObjectPath>,
    /// The member that holds a record's id.
    #[serde(default = "id")]
    pub(crate) key: String,
    /// Without it, the vendor has no list.
    #[serde(default)]
    pub(crate) list: Option<List>,
    /// The list itself, where the vendor documents one and serves none.
    #[serde(default)]
    pub(crate) records: Option<Vec<Value>>,
    /// Where an answer about one record holds it, if not at its top.
    #[serde(default)]
    pub(crate) record: Option<Place>,
    #[serde(default)]
    pub(crate) item: Option<Item>,
    #[serde(default)]
    pub(crate) create: Option<Create>,
    /// Of files: how their content comes and goes.
    #[serde(default)]
    pub(crate) content: Option<Content>,
}

fn id() -> String {
    "id".to_owned()
}

impl Object {
    /// Whether it has records to list.
    pub(crate) fn is_listed(&self) -> bool {
        self.list.is_some() || self.records.is_some()
    }

    /// The name of the object whose records hold those of this one.
    pub(crate) fn parent(&self) -> Option<&str> {
        self.path.as_ref().and_then(ObjectPath::parent)
    }

    /// The id of one of its records.
    pub(crate) fn id_of(&self, record: &Value) -> Option<String> {
        match record.get(&self.key)? {
            Value::String(id) => Some(id.clone()),
            Value::Number(id) => Some(id.to_string()),
            _ => None,
        }
    }

    /// Every template of the object, for checks.
    pub(crate) fn templates(&self) -> Vec<&Template> {
        let mut templates = Vec::new();
        templates.extend(self.list.as_ref().map(|list| &list.url));
        if let Some(item) = &self.item {
            templates.push(&item.url);
            templates.extend(item.instead.values().filter_map(|substitute| substitute.url.as_ref()));
        }
        templates.extend(self.create.as_ref().map(|create| &create.url));
        if let Some(content) = &self.content {
            templates.extend(&content.download);
            if let Some(upload) = &content.upload {
                templates.push(&upload.url);
                templates.extend(&upload.found);
                templates.extend(upload.overwrite.as_ref().map(|overwrite| &overwrite.url));
            }
        }
        templates
    }
}

/// Where the content of files is.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Content {
    /// Where a file is read, if it can be. The vendor may send the reader on, once.
    #[serde(default)]
    pub(crate) download: Option<Template>,
    #[serde(default)]
    pub(crate) upload: Option<Upload>,
}

/// How a file is sent to a vendor.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Upload {
    /// With `{path}` for the path of the new file, where the vendor takes files by path.
    pub(crate) url: Template,
    /// The folder of files that are sent without a path.
    #[serde(default)]
    pub(crate) folder: String,
    /// The parts of the form that the vendor takes; without them the content is the body.
    #[serde(default)]
    pub(crate) form: Vec<Part>,
    /// Where in the answer the new record is.
    #[serde(default)]
    pub(crate) record: Option<Place>,
    /// Where a file of the same path is found, at vendors that overwrite without being asked to.
    #[serde(default)]
    pub(crate) found: Option<Template>,
    /// How a file is overwritten, at vendors that refuse a second one of the same name.
    #[serde(default)]
    pub(crate) overwrite: Option<Overwrite>,
}

/// Where a new version of a file goes.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Overwrite {
    /// Where the refusal of the second file holds the id of the first.
    pub(crate) id: Place,
    /// With `{id}` for that file.
    pub(crate) url: Template,
}

/// One part of a form.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Part {
    pub(crate) name: String,
    /// What it says, with `{name}`, `{folder}` and `{type}` in it; without it, the part is the file.
    #[serde(default)]
    pub(crate) says: Option<Value>,
}

/// Where an object is defined (3.8).
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, Serialize)]
pub(crate) enum ObjectKind {
    /// Normalised by the service.
    #[serde(rename = "ceCanonical")]
    CeCanonical,
    /// The vendor's own, passed on as it is.
    #[serde(rename = "vendor")]
    Vendor,
    /// Defined by the user and mapped to a vendor's object.
    #[serde(rename = "vdr")]
    Vdr,
}

/// Where the objects are read, and where in the answer they sit.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct List {
    pub(crate) url: Template,
    /// The member that holds the array; without it the whole answer is meant.
    #[serde(default)]
    pub(crate) at: Option<Place>,
    /// Only entries with these members.
    #[serde(default)]
    pub(crate) only: Map<String, Value>,
    /// How the vendor takes pages; without it the whole list comes at once.
    #[serde(default)]
    pub(crate) paging: Option<Paging>,
    /// Of a vendor that must be told which members to answer: those that are asked for in any case, in place of
    /// `{fields}` in the URL.
    #[serde(default)]
    pub(crate) fields: Vec<String>,
}

impl List {
    /// Whether its URL has a place for the fields, and there are some.
    pub(crate) fn is_told_fields(&self) -> bool {
        self.url.names("fields") && !self.fields.is_empty()
    }

    /// What is asked for when these members of the vendor's are needed as well. The texts are a user's, and end up in a
    /// query: only names get into it.
    pub(crate) fn fields_with<'a>(&self, needed: impl Iterator<Item = &'a str>) -> Vec<String> {
        let mut fields = self.fields.clone();
        if fields.is_empty() {
            return fields;
        }
        for name in needed.filter(|name| is_name(name)) {
            if !fields.iter().any(|known| known.eq_ignore_ascii_case(name)) {
                fields.push(name.to_owned());
            }
        }
        fields
    }
}

/// Whether it is a name, or some with dots between them: of a field, or one of a record that this one refers to.
fn is_name(text: &str) -> bool {
    text.split('.').all(|part| {
        part.starts_with(|first: char| first.is_ascii_alphabetic())
            && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
    })
}

/// How a vendor is asked for a part of a list.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) enum Paging {
    /// By two parameters, of which one counts records.
    Offset {
        size: String,
        offset: String,
        /// The number of the first record.
        #[serde(default)]
        first: u64,
    },
    /// By two parameters, of which one counts pages from 1.
    Page { size: String, page: String },
    /// By the end of a query in one parameter, such as `LIMIT {size} OFFSET {offset}`.
    Clause {
        parameter: String,
        text: Template,
        /// The number of the first record.
        #[serde(default)]
        first: u64,
    },
}

/// Where one object lives.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Item {
    pub(crate) url: Template,
    /// What is passed on as it comes.
    #[serde(deserialize_with = "methods")]
    methods: Vec<Method>,
    /// What the vendor does by another call, by the method that callers use.
    #[serde(default)]
    instead: BTreeMap<String, Substitute>,
}

/// The call by which a vendor does what a caller asks for with another method.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Substitute {
    #[serde(deserialize_with = "parsed")]
    pub(crate) method: Method,
    /// Where it goes, if not where the record lives.
    #[serde(default)]
    pub(crate) url: Option<Template>,
    /// Members that the body has in any case.
    #[serde(default)]
    pub(crate) with: Map<String, Value>,
    /// Whether the vendor takes a list of changes, of which the caller sends one.
    #[serde(default)]
    pub(crate) listed: bool,
    /// Members that are taken from the record as it is, unless the caller sends them: QuickBooks wants to be told which
    /// version is changed.
    #[serde(default)]
    pub(crate) current: Vec<String>,
}

impl Item {
    /// What can be done with one record.
    pub(crate) fn methods(&self) -> impl Iterator<Item = &str> {
        self.methods.iter().map(Method::as_str).chain(self.instead.keys().map(String::as_str))
    }

    pub(crate) fn takes(&self, method: &Method) -> bool {
        self.methods().any(|own| own == method.as_str())
    }

    pub(crate) fn instead_of(&self, method: &Method) -> Option<&Substitute> {
        self.instead.get(method.as_str())
    }
}

/// Where objects are made.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Create {
    pub(crate) url: Template,
    /// The member of the record that says where it will be, and is `{path}` of the URL.
    #[serde(default)]
    pub(crate) path: Option<String>,
    /// Members that the body has in any case.
    #[serde(default)]
    pub(crate) with: Map<String, Value>,
    /// Where the answer holds the id of the new record, when it is not the record and has it under another name.
    #[serde(default)]
    pub(crate) id: Option<Place>,
}

impl Create {
    /// The answer, with the id under the name that records have it by.
    pub(crate) fn with_id(&self, mut answer: Value, key: &str) -> Value {
        let id = self.id.as_ref().and_then(|place| place.find(&answer)).cloned();
        if let (Some(id), Some(members)) = (id, answer.as_object_mut()) {
            members.entry(key).or_insert(id);
        }
        answer
    }

    /// The place that the record names, if it has to, and the body without it.
    pub(crate) fn place(&self, record: Value) -> Result<(Option<String>, Value), Error> {
        let Value::Object(mut members) = record else { return Ok((None, record)) };
        let place = match &self.path {
            None => None,
            Some(name) => match members.shift_remove(name) {
                Some(Value::String(place)) if !place.is_empty() => Some(place),
                Some(_) => return Err(Error::wrong(name, "a path that is not empty")),
                None => return Err(Error::Missing(vec![name.clone()])),
            },
        };
        members.extend(self.with.clone());
        Ok((place, Value::Object(members)))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn only_names_get_into_a_query() {
        let list: List =
            serde_json::from_value(json!({"url": "{provider}/q", "fields": ["Id", "Name"]})).unwrap();
        let needed = [
            "Phone",
            "id",
            "Owner.Name",
            "My_Field__c",
            "Phone",
            "Id FROM User",
            "a,b",
            "(SELECT Id FROM Contacts)",
            "1a",
            "_a",
            "a..b",
            "a.",
            "",
            "Äpfel",
            "a'--",
        ];
        let fields = list.fields_with(needed.into_iter());
        assert_eq!(fields, ["Id", "Name", "Phone", "Owner.Name", "My_Field__c"]);
        let plain: List = serde_json::from_value(json!({"url": "{provider}/q"})).unwrap();
        assert!(plain.fields_with(["Phone"].into_iter()).is_empty());
    }
}
