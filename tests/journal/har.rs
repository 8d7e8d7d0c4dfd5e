//! The export is an HTTP Archive 1.2.

use insta::assert_json_snapshot;
use rehearsal::{Fault, Vendor};
use serde_json::{Value, json};

use crate::scene::Scene;

/// The fields of the format, by object: `name: type`, `?` where one may be absent. `[x]` is an array of objects `x`,
/// `{x}` an object `x`.
const FIELDS: [(&str, &[&str]); 14] = [
    ("har", &["log: {log}"]),
    (
        "log",
        &[
            "version: text",
            "creator: {creator}",
            "browser?: {creator}",
            "pages?: [page]",
            "entries: [entry]",
            "comment?: text",
        ],
    ),
    ("creator", &["name: text", "version: text", "comment?: text"]),
    (
        "entry",
        &[
            "pageref?: text",
            "startedDateTime: date",
            "time: number",
            "request: {request}",
            "response: {response}",
            "cache: {cache}",
            "timings: {timings}",
            "serverIPAddress?: text",
            "connection?: text",
            "comment?: text",
        ],
    ),
    (
        "request",
        &[
            "method: text",
            "url: url",
            "httpVersion: text",
            "cookies: [cookie]",
            "headers: [pair]",
            "queryString: [pair]",
            "postData?: {postData}",
            "headersSize: number",
            "bodySize: number",
            "comment?: text",
        ],
    ),
    (
        "response",
        &[
            "status: number",
            "statusText: text",
            "httpVersion: text",
            "cookies: [cookie]",
            "headers: [pair]",
            "content: {content}",
            "redirectURL: text",
            "headersSize: number",
            "bodySize: number",
            "comment?: text",
        ],
    ),
    (
        "cookie",
        &[
            "name: text",
            "value: text",
            "path?: text",
            "domain?: text",
            "expires?: date",
            "httpOnly?: truth",
            "secure?: truth",
            "comment?: text",
        ],
    ),
    ("pair", &["name: text", "value: text", "comment?: text"]),
    ("postData", &["mimeType: text", "params?: [param]", "text?: text", "comment?: text"]),
    ("param", &["name: text", "value?: text", "fileName?: text", "contentType?: text", "comment?: text"]),
    (
        "content",
        &[
            "size: number",
            "compression?: number",
            "mimeType: text",
            "text?: text",
            "encoding?: text",
            "comment?: text",
        ],
    ),
    ("cache", &["beforeRequest?: {cached}", "afterRequest?: {cached}", "comment?: text"]),
    (
        "timings",
        &[
            "blocked?: number",
            "dns?: number",
            "connect?: number",
            "send: number",
            "wait: number",
            "receive: number",
            "ssl?: number",
            "comment?: text",
        ],
    ),
    ("page", &[]),
];

/// What is wrong with `value` as an object `kind`, and where.
fn flaws(kind: &str, value: &Value, place: &str, found: &mut Vec<String>) {
    let fields = FIELDS.iter().find(|(of, _)| *of == kind).map_or(&[][..], |(_, fields)| fields);
    let Some(object) = value.as_object() else {
        found.push(format!("{place} is no object"));
        return;
    };
    let mut known = Vec::new();
    for field in fields {
        let (name, shape) = field.split_once(": ").expect("a field is `name: type`");
        let (name, optional) = name.strip_suffix('?').map_or((name, false), |name| (name, true));
        known.push(name);
        let place = format!("{place}.{name}");
        match object.get(name) {
            None if optional => {}
            None => found.push(format!("{place} is missing")),
            Some(value) => check(shape, value, &place, found),
        }
    }
    found.extend(
        object
            .keys()
            .filter(|name| !known.contains(&name.as_str()) && !name.starts_with('_'))
            .map(|name| format!("{place}.{name} is unknown")),
    );
}

fn check(shape: &str, value: &Value, place: &str, found: &mut Vec<String>) {
    let text = value.as_str();
    let right = match shape {
        "text" => text.is_some(),
        "number" => value.is_number(),
        "truth" => value.is_boolean(),
        "url" => text.is_some_and(|text| url::Url::parse(text).is_ok()),
        "date" => {
            text.is_some_and(|text| text.len() == 24 && text.as_bytes()[10] == b'T' && text.ends_with('Z'))
        }
        _ if shape.starts_with('[') => {
            for (index, item) in value.as_array().into_iter().flatten().enumerate() {
                flaws(shape.trim_matches(['[', ']']), item, &format!("{place}[{index}]"), found);
            }
            value.is_array()
        }
        _ => {
            flaws(shape.trim_matches(['{', '}']), value, place, found);
            true
        }
    };
    if !right {
        found.push(format!("{place} is no {shape}: {value}"));
    }
}

/// A login page with cookies, an API call, a form, JSON, and a reset.
fn scene() -> Scene {
    let scene = Scene::at(Vendor::Box);
    let demo = scene.tenant.demo(Vendor::Box);
    let send = |request: http::request::Builder, body: &'static str| {
        let request = request.header("host", "127.0.0.1:4014").body(body.into());
        scene.stage.respond(Vendor::Box, &request.expect("the request is well formed"))
    };
    let page = format!("/api/oauth2/authorize?response_type=code&client_id={}&state=a%26b", demo.client_id);
    send(http::Request::get(page).header("cookie", "z=1; visitor=anna"), "");
    scene.me();
    scene.refresh(scene.refresh_token());
    let bearer = format!("Bearer {}", scene.access_token());
    let folder = http::Request::post("/2.0/folders").header("authorization", bearer);
    send(folder.header("content-type", "application/json"), r#"{"name":"x","parent":{"id":"0"}}"#);
    scene.inject(Fault::reset().at(Vendor::Box));
    scene.me();
    scene
}

#[test]
fn every_field_is_one_of_the_format() {
    let scene = scene();
    for har in [scene.tenant.calls().har(), scene.tenant.calls().har_with_secrets()] {
        let har = serde_json::to_value(har).unwrap();
        let mut found = Vec::new();
        flaws("har", &har, "har", &mut found);
        assert!(found.is_empty(), "{found:#?}");
        assert_eq!(har["log"]["entries"].as_array().unwrap().len(), 5);
        for entry in har["log"]["entries"].as_array().unwrap() {
            let timings = &entry["timings"];
            let sum: f64 = ["send", "wait", "receive"].iter().filter_map(|name| timings[name].as_f64()).sum();
            assert_eq!(entry["time"].as_f64(), Some(sum), "{entry}");
            let post = &entry["request"]["postData"];
            assert!(post["text"].is_null() || post["params"].is_null(), "one of both: {post}");
        }
    }
}

#[test]
fn the_check_itself_finds_flaws() {
    let mut har = serde_json::to_value(scene().tenant.calls().har()).unwrap();
    har["log"]["entries"][0]["request"]["method"] = json!(1);
    har["log"]["entries"][0]["colour"] = json!("red");
    har["log"].as_object_mut().unwrap().remove("creator");
    let mut found = Vec::new();
    flaws("har", &har, "har", &mut found);
    assert_eq!(
        found,
        [
            "har.log.creator is missing",
            "har.log.entries[0].request.method is no text: 1",
            "har.log.entries[0].colour is unknown",
        ]
    );
}

#[test]
fn secrets_are_masked_unless_they_are_asked_for() {
    let scene = scene();
    let demo = scene.tenant.demo(Vendor::Box);
    let calls = scene.tenant.calls();
    let (masked, shown) = (calls.har(), calls.har_with_secrets());
    let texts = [&masked, &shown].map(|har| serde_json::to_string(har).unwrap());
    for secret in [scene.access_token(), scene.refresh_token(), demo.client_secret.expose(), "anna"] {
        assert!(!texts[0].contains(secret), "{secret}");
        assert!(texts[1].contains(secret), "{secret}");
    }
    assert_eq!(format!("{shown:?}"), "Har(5 entries)");
}

#[test]
fn an_entry_reads_as_the_call_went() {
    let mut har = serde_json::to_value(scene().tenant.calls().har()).unwrap();
    for entry in har["log"]["entries"].as_array_mut().unwrap() {
        assert!(entry["time"].as_f64().unwrap() > 0.0);
        // How long it took is another each time; how long a page is says nothing here.
        entry["time"] = json!(0);
        entry["timings"]["wait"] = json!(0);
        if entry["response"]["content"]["mimeType"].as_str().unwrap().starts_with("text/html") {
            entry["response"]["content"]["text"] = json!("…");
        }
    }
    har["log"]["creator"]["version"] = json!("…");
    assert_json_snapshot!("har", har);
}
