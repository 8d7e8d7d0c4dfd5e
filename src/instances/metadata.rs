//! The fields of an object (3.8): from its definition where a user made one, from its records otherwise.

use http::Method;
use serde_json::{Map, Value, json};

use super::{connector::Object, resources::Transformation};

/// The fields that a user mapped.
pub(crate) fn of_transformation(
    transformation: &Transformation,
    definition: Option<&Value>,
    object: &Object,
) -> Value {
    let types = definition.and_then(|definition| definition["fields"].as_array());
    let type_of = |path: &str| {
        let field = types.and_then(|fields| fields.iter().find(|field| field["path"] == path));
        field.and_then(|field| field["type"].as_str()).unwrap_or("string").to_owned()
    };
    let fields = transformation.fields.iter().map(|mapped| {
        let mut field = field(&mapped.vendor_path, &type_of(&mapped.path), object);
        field["path"] = mapped.path.as_str().into();
        field
    });
    json!({ "fields": fields.collect::<Vec<_>>() })
}

/// The members that any of the records has.
pub(crate) fn of_records(records: &[Value], object: &Object) -> Value {
    let mut types: Map<String, Value> = Map::new();
    for (name, value) in records.iter().filter_map(Value::as_object).flatten() {
        let known = types.get(name).is_some_and(|kind| kind != "null");
        if !known {
            types.insert(name.clone(), kind(value).into());
        }
    }
    // What is null everywhere could be anything; most things are texts.
    let fields = types.iter().map(|(name, kind)| match kind.as_str() {
        Some("null") | None => field(name, "string", object),
        Some(kind) => field(name, kind, object),
    });
    json!({ "fields": fields.collect::<Vec<_>>() })
}

fn field(vendor_path: &str, kind: &str, object: &Object) -> Value {
    let updates = object.item.iter().any(|item| item.takes(&Method::PUT) || item.takes(&Method::PATCH));
    json!({
        "vendorPath": vendor_path,
        "type": kind,
        // The query language of the hubs is not part of this service.
        "filterable": false,
        "createable": object.create.is_some(),
        "updateable": updates,
    })
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}
