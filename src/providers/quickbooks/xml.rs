//! The XML that QuickBooks writes unless it is asked for JSON.

use quick_xml::escape::{escape, partial_escape};
use serde_json::{Map, Value};

use crate::{
    Timestamp,
    providers::quickbooks::format::{amount, local},
};

pub(super) const DECLARATION: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>";
pub(super) const NAMESPACE: &str = "http://schema.intuit.com/finance/v3";

/// Members that are attributes in XML.
const ATTRIBUTES: [&str; 6] = ["domain", "sparse", "status", "startPosition", "maxResults", "totalCount"];

/// Members that come first in XML, whatever their place in JSON.
const FIRST: [&str; 3] = ["Id", "SyncToken", "MetaData"];

/// `body`, an object, as a whole document (QBO-039).
pub(super) fn document(body: &Value, now: Timestamp) -> String {
    let mut out = format!("{DECLARATION}<IntuitResponse xmlns=\"{NAMESPACE}\" time=\"{}\">", local(now));
    for (name, value) in body.as_object().into_iter().flatten() {
        element(&mut out, name, value);
    }
    out + "</IntuitResponse>"
}

fn element(out: &mut String, name: &str, value: &Value) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| element(out, name, item)),
        Value::Object(members) if members.contains_key("value") => reference(out, name, members),
        Value::Object(members) => object(out, name, members),
        Value::Null => {}
        plain => *out += &format!("<{name}>{}</{name}>", partial_escape(printed(plain))),
    }
}

fn object(out: &mut String, name: &str, members: &Map<String, Value>) {
    *out += &format!("<{name}");
    for attribute in ATTRIBUTES {
        if let Some(value) = members.get(attribute) {
            *out += &format!(" {attribute}=\"{}\"", escape(printed(value)));
        }
    }
    *out += ">";
    let first = FIRST.iter().filter_map(|name| members.get_key_value(*name));
    let others = members
        .iter()
        .filter(|(name, _)| !FIRST.contains(&name.as_str()) && !ATTRIBUTES.contains(&name.as_str()));
    for (name, value) in first.chain(others) {
        element(out, name, value);
    }
    *out += &format!("</{name}>");
}

/// A reference: `{"value": "USD", "name": "United States Dollar"}` is text with a name.
fn reference(out: &mut String, name: &str, members: &Map<String, Value>) {
    *out += &format!("<{name}");
    for (attribute, value) in members.iter().filter(|(attribute, _)| *attribute != "value") {
        *out += &format!(" {attribute}=\"{}\"", escape(printed(value)));
    }
    let value = members.get("value").map(printed).unwrap_or_default();
    *out += &format!(">{}</{name}>", partial_escape(value));
}

fn printed(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Number(number) if number.is_f64() => number.as_f64().map(amount).unwrap_or_default(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn attributes_references_and_lists_have_their_form() {
        let body = json!({"QueryResponse": {"Customer": [{
            "Taxable": true, "Balance": 239.0, "CurrencyRef": {"value": "USD", "name": "Dollar & \"Cent\""},
            "domain": "QBO", "sparse": false, "Id": "1", "SyncToken": "0", "Line": [{"Id": "1"}, {"Id": "2"}],
            "DisplayName": "Amy's <Birds>",
        }], "startPosition": 1, "maxResults": 1}});
        let expected = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\
            <IntuitResponse xmlns=\"http://schema.intuit.com/finance/v3\" time=\"2015-07-10T09:38:58.155-07:00\">\
            <QueryResponse startPosition=\"1\" maxResults=\"1\"><Customer domain=\"QBO\" sparse=\"false\">\
            <Id>1</Id><SyncToken>0</SyncToken><Taxable>true</Taxable><Balance>239.00</Balance>\
            <CurrencyRef name=\"Dollar &amp; &quot;Cent&quot;\">USD</CurrencyRef><Line><Id>1</Id></Line>\
            <Line><Id>2</Id></Line><DisplayName>Amy's &lt;Birds&gt;</DisplayName></Customer></QueryResponse>\
            </IntuitResponse>";
        assert_eq!(document(&body, Timestamp::from_millis(1_436_546_338_155)), expected, "QBO-039");
    }
}
