//! The XML that the legacy API writes by default.

use std::{borrow::Cow, io};

use quick_xml::{
    Writer,
    events::{BytesDecl, BytesText, Event},
};
use serde_json::Value;

type Out = Writer<Vec<u8>>;

/// `body` as a document: its root is `name`, for a collection the plural of it (BC-015).
pub(super) fn document(name: &str, body: &Value) -> Vec<u8> {
    let root = if body.is_array() { plural(name) } else { name.to_owned() };
    let mut out = Writer::new(Vec::new());
    #[expect(clippy::expect_used, reason = "memory takes every write")]
    out.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))
        .and_then(|()| element(&mut out, &root, name, body))
        .expect("writing to memory succeeds");
    out.into_inner()
}

fn element(out: &mut Out, name: &str, item: &str, value: &Value) -> io::Result<()> {
    let element = out.create_element(name);
    match value {
        Value::Null => element.write_empty()?,
        Value::Array(items) if items.is_empty() => element.write_empty()?,
        Value::Array(items) => element.write_inner_content(|out| {
            items.iter().try_for_each(|value| self::element(out, item, "value", value))
        })?,
        Value::Object(members) => element.write_inner_content(|out| match link(value) {
            Some((url, resource)) => {
                let link = out.create_element("link").with_attribute(("rel", "resource"));
                link.with_attribute(("href", url)).write_text_content(BytesText::new(resource)).map(drop)
            }
            None => members
                .iter()
                .try_for_each(|(name, value)| self::element(out, name, &items_of(name, value), value)),
        })?,
        Value::String(text) => element.write_text_content(BytesText::new(text))?,
        Value::Bool(_) | Value::Number(_) => {
            element.write_text_content(BytesText::new(&value.to_string()))?
        }
    };
    Ok(())
}

/// A link to a sub-resource, which JSON writes as `{"url": …, "resource": …}`.
fn link(value: &Value) -> Option<(&str, &str)> {
    Some((value.get("url")?.as_str()?, value.get("resource")?.as_str()?))
}

/// What the items of a nested list are called; plain values are `value` (inferred).
fn items_of<'n>(name: &'n str, value: &Value) -> Cow<'n, str> {
    match value.get(0) {
        Some(Value::Object(_)) => singular(name),
        _ => "value".into(),
    }
}

/// What ends so has a plural in `es`.
const SIBILANTS: [&str; 5] = ["s", "x", "z", "ch", "sh"];

/// The plural of a name, whose last word is a regular one.
fn plural(name: &str) -> String {
    if let Some(stem) = name.strip_suffix('y').filter(|stem| !stem.ends_with(['a', 'e', 'o', 'u'])) {
        return format!("{stem}ies");
    }
    let ending = if SIBILANTS.iter().any(|end| name.ends_with(end)) { "es" } else { "s" };
    format!("{name}{ending}")
}

/// The name whose plural it is.
fn singular(name: &str) -> Cow<'_, str> {
    if let Some(stem) = name.strip_suffix("ies") {
        return format!("{stem}y").into();
    }
    let stem = name.strip_suffix("es").filter(|stem| SIBILANTS.iter().any(|end| stem.ends_with(end)));
    stem.or_else(|| name.strip_suffix('s')).unwrap_or(name).into()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn plurals_are_those_of_the_language() {
        for (one, many) in [
            ("address", "addresses"),
            ("brand", "brands"),
            ("category", "categories"),
            ("image", "images"),
            ("key", "keys"),
            ("sku", "skus"),
            ("status", "statuses"),
            ("tax_class", "tax_classes"),
        ] {
            assert_eq!((plural(one).as_str(), &*singular(many)), (many, one), "BC-015");
        }
        let body = json!({ "addresses": [{ "id": 1 }], "categories": [{ "id": 2 }] });
        let expected = "<?xml version=\"1.0\" encoding=\"UTF-8\"?><order>\
            <addresses><address><id>1</id></address></addresses>\
            <categories><category><id>2</id></category></categories></order>";
        assert_eq!(String::from_utf8_lossy(&document("order", &body)), expected, "BC-015");
    }

    #[test]
    fn a_collection_is_the_plural_of_its_items() {
        let body = json!([{
            "id": 1,
            "company": "A & B",
            "notes": "",
            "gone": null,
            "categories": [14, 15],
            "addresses": { "url": "https://s/api/v2/customers/1/addresses.xml", "resource": "/customers/1/addresses" },
        }]);
        let expected = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\
            <customers><customer><id>1</id><company>A &amp; B</company><notes></notes><gone/>\
            <categories><value>14</value><value>15</value></categories>\
            <addresses><link rel=\"resource\" href=\"https://s/api/v2/customers/1/addresses.xml\">\
            /customers/1/addresses</link></addresses></customer></customers>";
        assert_eq!(String::from_utf8_lossy(&document("customer", &body)), expected, "BC-015");
    }
}
