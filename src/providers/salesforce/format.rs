//! How Salesforce writes its answers: JSON compact or pretty, form, XML.

use http::{StatusCode, header};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Map, Value};

use crate::{
    exchange::Reply,
    providers::{accept, call::Call},
};

const JSON: &str = "application/json;charset=UTF-8";
const FORM: &str = "application/x-www-form-urlencoded;charset=UTF-8";
const XML: &str = "application/xml;charset=UTF-8";

/// How an OAuth answer is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Format {
    Json,
    UrlEncoded,
    Xml,
}

impl Format {
    /// The `format` parameter, else the best known type of the `Accept` header, else JSON (SFDC-038,
    /// SFDC-039).
    pub(super) fn asked(call: &Call<'_>) -> Self {
        match call.parameter("format") {
            Some("json") => return Self::Json,
            Some("urlencoded") => return Self::UrlEncoded,
            Some("xml") => return Self::Xml,
            _ => {}
        }
        let accepted = accept::accepted(call.header(header::ACCEPT).unwrap_or_default(), |name| match name {
            "application/json" => Some(Self::Json),
            "application/x-www-form-urlencoded" => Some(Self::UrlEncoded),
            "application/xml" => Some(Self::Xml),
            _ => None,
        });
        accepted.first().map_or(Self::Json, |(format, _)| *format)
    }

    /// An answer of the token endpoint with these members, in this order.
    pub(super) fn oauth(self, status: StatusCode, members: &[(&str, &str)]) -> Reply {
        let object = || {
            let members = members.iter().map(|(name, value)| ((*name).to_owned(), (*value).into()));
            Value::Object(members.collect::<Map<_, _>>())
        };
        match self {
            Self::Json => Reply::new(status, JSON, object().to_string()),
            Self::UrlEncoded => Reply::new(status, FORM, form(members)),
            Self::Xml => Reply::new(status, XML, xml("OAuth", "", &object())),
        }
    }
}

/// A form with blanks as `%20`, as Salesforce writes it.
pub(super) fn form(members: &[(&str, &str)]) -> String {
    let pairs: Vec<_> = members.iter().map(|(name, value)| format!("{name}={}", encoded(value))).collect();
    pairs.join("&")
}

fn encoded(value: &str) -> String {
    const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');
    utf8_percent_encode(value, RESERVED).to_string()
}

/// JSON, compact unless the call asks for `X-PrettyPrint: 1` (SFDC-063).
pub(super) fn json(call: &Call<'_>, status: StatusCode, body: &Value) -> Reply {
    let pretty_print = call.header("x-prettyprint") == Some("1");
    Reply::new(status, JSON, if pretty_print { pretty(body, 0) } else { body.to_string() })
}

/// A document with `null` as `xsi:nil`.
pub(super) fn xml_reply(root: &str, body: &Value) -> Reply {
    const NAMESPACE: &str = " xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\"";
    Reply::new(StatusCode::OK, XML, xml(root, NAMESPACE, body))
}

/// A script that calls `callback`, if that is the name of a function (SFDC-051).
pub(super) fn script(callback: Option<&str>, body: &Value) -> Option<Reply> {
    let is_name = |name: &&str| {
        let in_name = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'$' | b'.');
        !name.is_empty() && name.bytes().all(in_name)
    };
    let callback = callback.filter(is_name)?;
    Some(Reply::new(StatusCode::OK, "application/javascript;charset=UTF-8", format!("{callback}({body})")))
}

/// `{"a" : 1}` with members on lines of their own, and arrays on one line, as Jackson prints.
fn pretty(value: &Value, depth: usize) -> String {
    match value {
        Value::Object(members) if members.is_empty() => "{ }".to_owned(),
        Value::Object(members) => {
            let indent = "  ".repeat(depth + 1);
            let lines: Vec<_> = members
                .iter()
                .map(|(name, member)| format!("{indent}\"{name}\" : {}", pretty(member, depth + 1)))
                .collect();
            format!("{{\n{}\n{}}}", lines.join(",\n"), "  ".repeat(depth))
        }
        Value::Array(items) if items.is_empty() => "[ ]".to_owned(),
        Value::Array(items) => {
            let items: Vec<_> = items.iter().map(|item| pretty(item, depth)).collect();
            format!("[ {} ]", items.join(", "))
        }
        plain => plain.to_string(),
    }
}

fn xml(root: &str, namespace: &str, value: &Value) -> String {
    format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?><{root}{namespace}>{}</{root}>", elements(value))
}

fn elements(value: &Value) -> String {
    match value {
        Value::Object(members) => members
            .iter()
            .map(|(name, member)| match member {
                Value::Null => format!("<{name} xsi:nil=\"true\"/>"),
                member => format!("<{name}>{}</{name}>", elements(member)),
            })
            .collect(),
        Value::String(text) => text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;"),
        plain => plain.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn pretty_json_looks_as_the_vendor_prints_it() {
        let body = json!([{ "message": "a", "fields": ["x", "y"], "empty": [], "in": { "b": 1 } }]);
        let expected = "[ {\n  \"message\" : \"a\",\n  \"fields\" : [ \"x\", \"y\" ],\n  \"empty\" : [ ],\n  \
                        \"in\" : {\n    \"b\" : 1\n  }\n} ]";
        assert_eq!(pretty(&body, 0), expected, "SFDC-063");
    }

    #[test]
    fn markup_in_a_value_stays_text() {
        let body = json!({ "a": "<b>&", "n": null, "in": { "t": true } });
        assert_eq!(elements(&body), "<a>&lt;b&gt;&amp;</a><n xsi:nil=\"true\"/><in><t>true</t></in>");
    }

    #[test]
    fn a_callback_is_a_name_or_nothing() {
        assert!(script(Some("my.fn_1"), &json!({})).is_some());
        assert!(script(Some("alert(1)//"), &json!({})).is_none());
    }
}
