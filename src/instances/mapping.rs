//! Maps records between the names of a user and those of a vendor.

use serde_json::{Map, Value};

use super::resources::Transformation;

/// A record of the vendor, under the user's names. Members the vendor does not have are left out.
pub(crate) fn from_vendor(transformation: &Transformation, record: &Value) -> Value {
    let pairs = transformation.fields.iter().map(|field| (field.vendor_path.as_str(), field.path.as_str()));
    map(record, pairs, transformation.passes_from_vendor)
}

/// A record of the user, under the vendor's names.
pub(crate) fn to_vendor(transformation: &Transformation, record: &Value) -> Value {
    let pairs = transformation.fields.iter().map(|field| (field.path.as_str(), field.vendor_path.as_str()));
    map(record, pairs, transformation.passes_to_vendor)
}

fn map<'a>(record: &Value, pairs: impl Iterator<Item = (&'a str, &'a str)>, passes: bool) -> Value {
    let mut rest = record.clone();
    let mut mapped = Value::Object(Map::new());
    for (from, to) in pairs {
        if let Some(value) = find(record, from) {
            put(&mut mapped, to, value.clone());
        }
        remove(&mut rest, from);
    }
    if let (true, Value::Object(rest), Some(members)) = (passes, rest, mapped.as_object_mut()) {
        for (name, value) in rest {
            members.entry(name).or_insert(value);
        }
    }
    mapped
}

fn find<'a>(record: &'a Value, path: &str) -> Option<&'a Value> {
    path.split('.').try_fold(record, |value, name| value.get(name))
}

fn put(record: &mut Value, path: &str, value: Value) {
    let mut place = record;
    for name in path.split('.') {
        if !place.is_object() {
            *place = Value::Object(Map::new());
        }
        place = &mut place[name];
    }
    *place = value;
}

fn remove(record: &mut Value, path: &str) {
    let (parent, name) = match path.rsplit_once('.') {
        Some((parent, name)) => (parent.split('.').try_fold(record, |value, name| value.get_mut(name)), name),
        None => (Some(record), path),
    };
    if let Some(members) = parent.and_then(Value::as_object_mut) {
        members.shift_remove(name);
    }
}

/// `value` without members that are null, at any depth.
pub(crate) fn without_nulls(value: Value) -> Value {
    match value {
        Value::Object(members) => {
            let kept = members.into_iter().filter(|(_, value)| !value.is_null());
            Value::Object(kept.map(|(name, value)| (name, without_nulls(value))).collect())
        }
        Value::Array(entries) => Value::Array(entries.into_iter().map(without_nulls).collect()),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::instances::{body::Members, resources::read_transformation};

    fn transformation(passes: bool) -> Transformation {
        let body = json!({
            "vendorName": "Account",
            "configuration": [{"type": "passThrough", "properties": {"fromVendor": passes, "toVendor": passes}}],
            "fields": [{"path": "id", "vendorPath": "Id"}, {"path": "home.city", "vendorPath": "Address.City"}],
        });
        read_transformation(Members::parse(body.to_string().as_bytes()).unwrap()).unwrap()
    }

    #[test]
    fn records_are_mapped_both_ways() {
        let vendor = json!({"Id": "1", "Address": {"City": "Ulm", "Zip": "89073"}, "Name": "A"});
        let mapped = from_vendor(&transformation(false), &vendor);
        assert_eq!(mapped, json!({"id": "1", "home": {"city": "Ulm"}}));
        assert_eq!(
            to_vendor(&transformation(false), &mapped),
            json!({"Id": "1", "Address": {"City": "Ulm"}})
        );
    }

    #[test]
    fn what_is_not_mapped_passes_only_when_asked_for() {
        let vendor = json!({"Id": "1", "Name": "A"});
        assert_eq!(from_vendor(&transformation(true), &vendor), json!({"id": "1", "Name": "A"}));
        assert_eq!(from_vendor(&transformation(false), &json!({"Name": "A"})), json!({}));
    }

    #[test]
    fn nulls_are_taken_out_of_objects_only() {
        let value = json!({"a": null, "b": {"c": null, "d": 1}, "e": [null, {"f": null}]});
        assert_eq!(without_nulls(value), json!({"b": {"d": 1}, "e": [null, {}]}));
    }
}
