//! What users define themselves: the fields of an object, and how they map to a vendor's object (3.7).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::{body::Members, catalog::printable, error::Error};

/// The most names that a path may lead through. Records are built along it, one object in the other.
const DEPTH: usize = 32;

/// Definitions and transformations of an instance, an account or an organization.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(into = "Value", try_from = "Value")]
pub(crate) struct Resources {
    definitions: BTreeMap<String, Value>,
    /// By connector key and object name.
    transformations: BTreeMap<(String, String), Transformation>,
}

/// How an object of the user maps to a vendor's.
#[derive(Clone, Debug)]
pub(crate) struct Transformation {
    pub(crate) vendor_name: String,
    pub(crate) fields: Vec<Field>,
    /// Whether members without a mapping pass as well, on the way from the vendor.
    pub(crate) passes_from_vendor: bool,
    /// The same, on the way to the vendor.
    pub(crate) passes_to_vendor: bool,
    /// What was sent, for showing it again.
    source: Value,
}

/// One member, under both names. Names with dots lead into nested objects.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Field {
    pub(crate) path: String,
    pub(crate) vendor_path: String,
}

impl Resources {
    /// These, with `inner` taking precedence.
    pub(crate) fn with(mut self, inner: &Self) -> Self {
        self.definitions.extend(inner.definitions.clone());
        self.transformations.extend(inner.transformations.clone());
        self
    }

    /// The objects that have both a definition and a transformation for this connector.
    pub(crate) fn objects(&self, element: &str) -> impl Iterator<Item = (&str, &Transformation)> {
        self.transformations
            .iter()
            .filter(move |((own, name), _)| own == element && self.definitions.contains_key(name))
            .map(|((_, name), transformation)| (name.as_str(), transformation))
    }

    pub(crate) fn object(&self, element: &str, name: &str) -> Option<&Transformation> {
        self.objects(element).find(|(own, _)| *own == name).map(|(_, transformation)| transformation)
    }

    pub(crate) fn definitions(&self) -> Map<String, Value> {
        self.definitions.iter().map(|(name, definition)| (name.clone(), definition.clone())).collect()
    }

    pub(crate) fn definition(&self, name: &str) -> Option<&Value> {
        self.definitions.get(name)
    }

    /// Keeps a definition; false when there is one already and it may not be replaced.
    pub(crate) fn define(&mut self, name: &str, definition: Value, replace: bool) -> bool {
        put(&mut self.definitions, name.to_owned(), definition, replace)
    }

    pub(crate) fn forget_definition(&mut self, name: &str) -> bool {
        self.definitions.remove(name).is_some()
    }

    pub(crate) fn transformations(&self, element: &str) -> Map<String, Value> {
        let own = self.transformations.iter().filter(|((own, _), _)| own == element);
        own.map(|((_, name), transformation)| (name.clone(), transformation.source.clone())).collect()
    }

    pub(crate) fn transformation(&self, element: &str, name: &str) -> Option<&Value> {
        let key = (element.to_owned(), name.to_owned());
        self.transformations.get(&key).map(|transformation| &transformation.source)
    }

    /// Keeps a transformation; false when there is one already and it may not be replaced.
    pub(crate) fn transform(
        &mut self,
        element: &str,
        name: &str,
        transformation: Transformation,
        replace: bool,
    ) -> bool {
        put(&mut self.transformations, (element.to_owned(), name.to_owned()), transformation, replace)
    }

    pub(crate) fn forget_transformation(&mut self, element: &str, name: &str) -> bool {
        self.transformations.remove(&(element.to_owned(), name.to_owned())).is_some()
    }

    pub(crate) fn forget_transformations(&mut self, element: &str) {
        self.transformations.retain(|(own, _), _| own != element);
    }
}

impl Resources {
    /// Everything, for the storage.
    pub(crate) fn to_value(&self) -> Value {
        let transformations = self.transformations.iter().map(|((element, object), transformation)| {
            json!({ "element": element, "object": object, "source": transformation.source })
        });
        json!({ "definitions": self.definitions, "transformations": transformations.collect::<Vec<_>>() })
    }

    /// What [`to_value`](Self::to_value) gave, or what is wrong with it.
    pub(crate) fn from_value(value: &Value) -> Result<Self, String> {
        let mut resources = Self::default();
        // What was kept before it was refused is left out alone, so that the rest can be used.
        let left_out = |kind: &str, name: &str, problem: &Error| {
            tracing::warn!(name = printable(name), %problem, "a kept {kind} was left out");
        };
        for (name, definition) in value["definitions"].as_object().ok_or("definitions must be an object")? {
            match Members::of(definition.clone()).and_then(read_definition) {
                Ok(definition) => drop(resources.define(name, definition, true)),
                Err(problem) => left_out("definition", name, &problem),
            }
        }
        for kept in value["transformations"].as_array().ok_or("transformations must be an array")? {
            let text = |name: &str| kept[name].as_str().ok_or_else(|| format!("{name} must be a string"));
            let (element, object) = (text("element")?, text("object")?);
            match Members::of(kept["source"].clone()).and_then(read_transformation) {
                Ok(transformation) => drop(resources.transform(element, object, transformation, true)),
                Err(problem) => left_out("transformation", object, &problem),
            }
        }
        Ok(resources)
    }
}

impl From<Resources> for Value {
    fn from(resources: Resources) -> Self {
        resources.to_value()
    }
}

impl TryFrom<Value> for Resources {
    type Error = String;

    fn try_from(value: Value) -> Result<Self, String> {
        Self::from_value(&value)
    }
}

fn put<K: Ord, V>(map: &mut BTreeMap<K, V>, key: K, value: V, replace: bool) -> bool {
    if !replace && map.contains_key(&key) {
        return false;
    }
    map.insert(key, value);
    true
}

/// Reads a definition: `{"fields": [{"path", "type"}, ...]}`. What else it says is kept as it came.
pub(crate) fn read_definition(body: Members) -> Result<Value, Error> {
    for (position, field) in fields(&body)?.iter().enumerate() {
        required_text(field, position, "path")?;
        if field.get("type").is_some_and(|kind| !kind.is_string()) {
            return Err(Error::wrong(format!("fields[{position}].type"), "a string"));
        }
    }
    Ok(body.into_value())
}

/// Reads a transformation: `vendorName`, `fields`, and `configuration` with its `passThrough`.
pub(crate) fn read_transformation(body: Members) -> Result<Transformation, Error> {
    let vendor_name = body.text("vendorName")?.filter(|name| !name.is_empty());
    let vendor_name = vendor_name.ok_or_else(|| Error::Missing(vec!["vendorName".to_owned()]))?.to_owned();
    let mut read = Vec::new();
    for (position, field) in fields(&body)?.iter().enumerate() {
        let path = required_text(field, position, "path")?;
        let vendor_path = required_text(field, position, "vendorPath")?;
        read.push(Field { path, vendor_path });
    }
    let steps = match body.value("configuration") {
        None => &Vec::new(),
        Some(steps) => steps.as_array().ok_or_else(|| Error::wrong("configuration", "an array"))?,
    };
    let passes = |direction: &str| {
        steps.iter().any(|step| step["type"] == "passThrough" && step["properties"][direction] == true)
    };
    Ok(Transformation {
        vendor_name,
        fields: read,
        passes_from_vendor: passes("fromVendor"),
        passes_to_vendor: passes("toVendor"),
        source: body.into_value(),
    })
}

fn fields(body: &Members) -> Result<Vec<Value>, Error> {
    let fields = body.value("fields").ok_or_else(|| Error::Missing(vec!["fields".to_owned()]))?;
    fields.as_array().cloned().ok_or_else(|| Error::wrong("fields", "an array of objects"))
}

fn required_text(field: &Value, position: usize, name: &str) -> Result<String, Error> {
    let text = field.get(name).and_then(Value::as_str).filter(|text| !text.is_empty());
    let wrong = |expected| Error::wrong(format!("fields[{position}].{name}"), expected);
    let text = text.ok_or_else(|| wrong("a text that is not empty"))?;
    if text.split('.').any(str::is_empty) || text.split('.').count() > DEPTH {
        return Err(wrong("at most 32 names with dots between them, none of them empty"));
    }
    Ok(text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_kept_and_leads_too_deep_is_left_out_alone() {
        let deep = vec!["a"; 2000].join(".");
        let kept = json!({
            "definitions": {
                "deep": {"fields": [{"path": deep}]},
                "mine": {"fields": [{"path": "id"}]},
            },
            "transformations": [
                {"element": "box", "object": "deep", "source":
                    {"vendorName": "files", "fields": [{"path": deep, "vendorPath": "id"}]}},
                {"element": "box", "object": "mine", "source":
                    {"vendorName": "files", "fields": [{"path": "id", "vendorPath": "id"}]}},
            ],
        });
        let resources = Resources::from_value(&kept).unwrap();
        assert_eq!(resources.definitions().keys().collect::<Vec<_>>(), ["mine"]);
        assert_eq!(resources.transformations("box").keys().collect::<Vec<_>>(), ["mine"]);
    }
}
