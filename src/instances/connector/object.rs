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
            templates.extend(content.upload.as_ref().map(|upload| &upload.url));
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
}

impl Create {
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
