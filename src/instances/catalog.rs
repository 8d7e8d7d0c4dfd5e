//! The connectors there are: read from the embedded files, checked, and found by key or number.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use super::{
    connector::{Connector, List, Object, ObjectKind},
    error::Error,
    template::Template,
};
use include_dir::{Dir, include_dir};

static FILES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/fixtures/connectors");

/// A connector file that cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("connector file {file}: {problem}")]
pub struct CatalogError {
    file: String,
    problem: Problem,
}

#[derive(Debug, thiserror::Error)]
enum Problem {
    #[error("{0}")]
    NotAConnector(#[from] serde_json::Error),
    #[error("the file must be named after its key, {0}.json")]
    Misnamed(String),
    #[error("id {0} is also another connector's")]
    SharedId(u64),
    #[error("{0:?} is used, but configuration does not define it")]
    UndefinedKey(String),
    #[error("{0:?} is defined twice")]
    DoubleKey(String),
    #[error("there are no credentials for authentication type {0:?}")]
    NoCredentials(String),
    #[error("there are credentials for {0}, but service.{0} is missing")]
    NoEndpoints(&'static str),
    #[error("object {0:?}: {1}")]
    Object(String, &'static str),
}

/// All connectors, in the order of their files.
#[derive(Debug)]
pub(crate) struct Catalog(Vec<Arc<Connector>>);

impl Catalog {
    /// The connectors that are part of the program.
    #[cfg(test)]
    pub(crate) fn embedded() -> Result<Self, CatalogError> {
        Self::with(&BTreeMap::new())
    }

    /// Reads the files that are part of the program, and those of `further`, by the names of their files.
    pub(crate) fn with(further: &BTreeMap<String, String>) -> Result<Self, CatalogError> {
        let mut files: Vec<_> = FILES.files().collect();
        files.sort_by_key(|file| file.path());
        let mut connectors = Vec::new();
        let mut ids = BTreeSet::new();
        for file in files {
            let name = file.path().to_string_lossy().into_owned();
            let connector = read(&name, file.contents(), &mut ids)
                .map_err(|problem| CatalogError { file: name, problem })?;
            connectors.push(Arc::new(connector));
        }
        for (name, text) in further {
            let connector = read(name, text.as_bytes(), &mut ids)
                .map_err(|problem| CatalogError { file: name.clone(), problem })?;
            connectors.push(Arc::new(connector));
        }
        Ok(Self(connectors))
    }

    pub(crate) fn connectors(&self) -> impl Iterator<Item = &Arc<Connector>> {
        self.0.iter()
    }

    /// The connector with this key, or with this number.
    pub(crate) fn find(&self, key_or_id: &str) -> Result<&Arc<Connector>, Error> {
        let id: Option<u64> = key_or_id.parse().ok();
        let wanted = |connector: &&Arc<Connector>| {
            connector.key == key_or_id
                || id.is_some_and(|id| connector.id == id || connector.element_id() == id)
        };
        self.0.iter().find(wanted).ok_or_else(|| Error::UnknownConnector(printable(key_or_id)))
    }

    /// Whether any connector has an object of this name.
    pub(crate) fn has_object(&self, name: &str) -> bool {
        self.0.iter().flat_map(|connector| &connector.service.objects).any(|object| object.name == name)
    }
}

/// What a caller wrote, fit to be repeated in a message.
pub(crate) fn printable(text: &str) -> String {
    let plain = super::markup::strip(text);
    plain.chars().filter(|character| !character.is_control()).take(100).collect()
}

fn read(file: &str, contents: &[u8], ids: &mut BTreeSet<u64>) -> Result<Connector, Problem> {
    let connector: Connector = serde_json::from_slice(contents)?;
    if file != format!("{}.json", connector.key) {
        return Err(Problem::Misnamed(connector.key));
    }
    for id in BTreeSet::from([connector.id, connector.element_id()]) {
        if !ids.insert(id) {
            return Err(Problem::SharedId(id));
        }
    }
    check(&connector)?;
    Ok(connector)
}

fn check(connector: &Connector) -> Result<(), Problem> {
    let mut defined = BTreeSet::from(["provider", "id", "path", "parent", "fields"]);
    for definition in &connector.configuration {
        if !defined.insert(&definition.key) {
            return Err(Problem::DoubleKey(definition.key.clone()));
        }
    }
    let service = &connector.service;
    let objects = service.objects.iter().flat_map(Object::templates);
    let mut used: Vec<&str> =
        connector.templates().into_iter().chain(objects).flat_map(Template::keys).collect();
    used.extend(service.addresses.iter().chain(&service.labels).map(String::as_str));
    used.extend(service.provider_data.values().map(String::as_str));
    if let Some(oauth2) = &service.oauth2 {
        used.extend(oauth2.parameters.values().chain(oauth2.learned.keys()).map(String::as_str));
        used.extend(
            oauth2.discovery.iter().flat_map(|discovery| discovery.values.keys()).map(String::as_str),
        );
    }
    if let Some(undefined) = used.into_iter().find(|key| !defined.contains(key)) {
        return Err(Problem::UndefinedKey(undefined.to_owned()));
    }
    if !service.credentials.contains_key(&connector.authentication.kind) {
        return Err(Problem::NoCredentials(connector.authentication.kind.clone()));
    }
    if service.credentials.contains_key("oauth2") && service.oauth2.is_none() {
        return Err(Problem::NoEndpoints("oauth2"));
    }
    if service.credentials.contains_key("oauth1") && service.oauth1.is_none() {
        return Err(Problem::NoEndpoints("oauth1"));
    }
    check_objects(connector)
}

fn check_objects(connector: &Connector) -> Result<(), Problem> {
    let mut names = BTreeSet::new();
    for object in &connector.service.objects {
        let problem = if !names.insert(&object.name) {
            "the name is used twice"
        } else if object.kind == ObjectKind::Vdr {
            "only users define objects of type vdr"
        } else if object.kind == ObjectKind::Vendor && object.name != object.vendor_name {
            "name and vendorName of a vendor object are the same"
        } else if object.records.is_some() && object.list.is_some() {
            "records are the connector's own or the vendor's list, not both"
        } else if object.templates().iter().filter(|url| url.names("fields")).count()
            != usize::from(object.list.as_ref().is_some_and(List::is_told_fields))
        {
            "{fields} is in the url of a list that names its fields, and nowhere else"
        } else if object.parent().is_none() && object.templates().iter().any(|url| url.names("parent")) {
            "{parent} is in a path below another object only"
        } else if object.parent().is_some_and(|parent| !is_walked(connector, parent)) {
            "the object above must be one of the connector, with a list of all its records"
        } else {
            continue;
        };
        return Err(Problem::Object(object.name.clone(), problem));
    }
    Ok(())
}

/// Whether all records of the object can be met one by one, in an order that stays.
fn is_walked(connector: &Connector, name: &str) -> bool {
    let object = connector.service.objects.iter().find(|object| object.name == name);
    let list = object.filter(|object| object.path.is_none()).and_then(|object| object.list.as_ref());
    list.is_some_and(|list| list.only.is_empty())
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    #[test]
    fn every_file_is_a_usable_connector() {
        let catalog = Catalog::embedded().unwrap();
        let keys: Vec<_> = catalog.connectors().map(|connector| connector.key.as_str()).collect();
        assert_eq!(keys, ["adobe-esign", "bigcommerce", "box", "egnyte", "quickbooks", "sfdc"]);
        for connector in catalog.connectors() {
            let count = |kind| connector.service.objects.iter().filter(|object| object.kind == kind).count();
            assert!(count(ObjectKind::CeCanonical) >= 2, "{}", connector.key);
            assert!(count(ObjectKind::Vendor) >= 1, "{}", connector.key);
            assert!(connector.full().get("service").is_none(), "{}", connector.key);
        }
    }

    #[test]
    fn a_connector_is_found_by_key_and_by_both_of_its_numbers() {
        let catalog = Catalog::embedded().unwrap();
        for name in ["egnyte", "6698", "4016"] {
            assert_eq!(catalog.find(name).unwrap().key, "egnyte");
        }
        assert_eq!(
            catalog.find("badelement").unwrap_err().to_string(),
            "No element found with key badelement"
        );
    }

    fn broken(change: impl FnOnce(&mut Value)) -> String {
        let contents = FILES.get_file("box.json").unwrap().contents();
        let mut connector: Value = serde_json::from_slice(contents).unwrap();
        change(&mut connector);
        read("box.json", connector.to_string().as_bytes(), &mut BTreeSet::new()).unwrap_err().to_string()
    }

    #[test]
    fn mistakes_in_a_file_are_named() {
        assert!(broken(|file| file["colour"] = "blue".into()).contains("unknown field `colour`"));
        assert!(
            broken(|file| file["service"]["vendor"] = "bax".into()).contains("no vendor is called \"bax\"")
        );
        assert!(broken(|file| file["key"] = "bux".into()).contains("bux.json"));
        assert!(
            broken(|file| file["service"]["ping"] = "{nowhere}/x".into()).contains("\"nowhere\" is used")
        );
        assert!(broken(|file| file["service"]["ping"] = "{provider/x".into()).contains("brace"));
        assert!(
            broken(|file| file["service"]["objects"][0]["name"] = "folders".into()).contains("used twice")
        );
        assert!(broken(|file| file["authentication"]["type"] = "basic".into()).contains("no credentials"));
    }
}
