//! How answers are written: JSON or XML, numbers and times as QuickBooks prints them.

use std::io;

use http::{StatusCode, header};
use jiff::tz::TimeZone;
use serde::Serialize;
use serde_json::{Map, Value, json, ser::Formatter};

use crate::{
    Timestamp,
    exchange::Reply,
    providers::{call::Call, quickbooks::xml},
};

pub(super) const JSON: &str = "application/json";
pub(super) const XML: &str = "application/xml";

/// How an answer is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Representation {
    Json,
    Xml,
}

impl Representation {
    /// What the call asks for: XML, unless it accepts JSON or has `format=json` in its query (QBO-039).
    pub(super) fn asked(call: &Call<'_>) -> Self {
        let accept = call.header(header::ACCEPT).unwrap_or_default().to_ascii_lowercase();
        let accepted = accept.split(',').filter_map(|entry| match entry.split(';').next()?.trim() {
            "application/json" | "text/json" => Some(Self::Json),
            "application/xml" | "text/xml" => Some(Self::Xml),
            _ => None,
        });
        let by_query = match call.query().get("format") {
            Some("json") => Some(Self::Json),
            Some("xml") => Some(Self::Xml),
            _ => None,
        };
        accepted.into_iter().next().or(by_query).unwrap_or(Self::Xml)
    }
}

/// An answer with `body` under the name of what it is, and the time.
pub(super) fn answer(call: &Call<'_>, now: Timestamp, name: &str, body: Value) -> Reply {
    let mut body = Value::Object(Map::from_iter([(name.to_owned(), body)]));
    match Representation::asked(call) {
        Representation::Json => {
            body["time"] = json!(local(now));
            Reply::new(StatusCode::OK, JSON, text(&body))
        }
        Representation::Xml => Reply::new(StatusCode::OK, XML, xml::document(&body, now)),
    }
}

/// `2015-07-10T09:38:58.155-07:00`: in California.
pub(super) fn local(at: Timestamp) -> String {
    in_california(at, "%Y-%m-%dT%H:%M:%S.%3f%:z")
}

/// `2015-07-10T09:38:58-07:00`
pub(super) fn local_seconds(at: Timestamp) -> String {
    in_california(at, "%Y-%m-%dT%H:%M:%S%:z")
}

/// `2015-07-10`
pub(super) fn local_date(at: Timestamp) -> String {
    in_california(at, "%Y-%m-%d")
}

fn in_california(at: Timestamp, pattern: &str) -> String {
    let moment = jiff::Timestamp::from_millisecond(at.as_millis()).unwrap_or(jiff::Timestamp::UNIX_EPOCH);
    #[expect(clippy::expect_used, reason = "the rule is a constant, and a test reads it")]
    let zone = TimeZone::posix("PST8PDT,M3.2.0,M11.1.0").expect("the rule of California is well formed");
    moment.to_zoned(zone).strftime(pattern).to_string()
}

/// JSON in which amounts have two decimals: `239.00`.
pub(super) fn text(value: &Value) -> String {
    let mut out = Vec::new();
    let mut serializer = serde_json::Serializer::with_formatter(&mut out, Amounts);
    #[expect(clippy::expect_used, reason = "a JSON value is always JSON, and memory takes every write")]
    value.serialize(&mut serializer).expect("a value can be written");
    String::from_utf8(out).unwrap_or_default()
}

struct Amounts;

impl Formatter for Amounts {
    fn write_f64<W: ?Sized + io::Write>(&mut self, writer: &mut W, value: f64) -> io::Result<()> {
        writer.write_all(amount(value).as_bytes())
    }
}

/// Two decimals, or more where there are more.
pub(super) fn amount(value: f64) -> String {
    let two = format!("{value:.2}");
    if two.parse() == Ok(value) { two } else { value.to_string() }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;

    #[test]
    fn times_are_californian_in_summer_and_winter() {
        let at = |millis| local(Timestamp::from_millis(millis));
        assert_eq!(at(1_436_546_338_155), "2015-07-10T09:38:58.155-07:00");
        assert_eq!(at(1_772_366_400_000), "2026-03-01T04:00:00.000-08:00");
    }

    #[test]
    fn amounts_have_two_decimals() {
        let value = json!({"Balance": 239.0, "UnitPrice": 0.125, "Qty": 3, "Zero": 0});
        assert_eq!(text(&value), r#"{"Balance":239.00,"UnitPrice":0.125,"Qty":3,"Zero":0}"#);
    }

    #[test]
    fn xml_is_the_default() {
        let asked = |target: &str, accept: &str| {
            let request = http::Request::get(target).header("accept", accept).body(Bytes::new()).unwrap();
            Representation::asked(&Call::new(&request))
        };
        assert_eq!(asked("/", "*/*"), Representation::Xml, "QBO-039");
        assert_eq!(asked("/?format=json", "*/*"), Representation::Json, "QBO-039");
        assert_eq!(asked("/", "text/html, application/json; q=0.9"), Representation::Json);
        assert_eq!(asked("/", "application/xml, application/json"), Representation::Xml);
    }
}
