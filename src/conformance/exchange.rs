//! A request of the suite and the answer to it, kept for assertions and for the report.

use std::fmt::Write as _;

use bytes::Bytes;
use http::{HeaderMap, Method, StatusCode};
use serde_json::Value;
use url::Url;

use super::secrets::Secrets;
use crate::journal::Entry;

/// Longer bodies are cut in what people read.
const READABLE: usize = 2000;

/// Headers worth showing to a reader; the others say nothing about the scenario.
const SHOWN: [&str; 9] = [
    "authorization",
    "access-token",
    "content-type",
    "elements-element-instance-id",
    "elements-request-id",
    "elements-next-page-token",
    "location",
    "retry-after",
    "www-authenticate",
];

/// What the suite sent.
#[derive(Clone)]
pub(crate) struct Sent {
    pub(crate) method: Method,
    pub(crate) url: Url,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

/// What came back.
#[derive(Clone)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
    /// The body as JSON; null when it is not.
    pub(crate) json: Value,
}

/// A request and its answer.
pub(crate) struct Exchange {
    pub(crate) sent: Sent,
    /// The answer, or why there is none.
    pub(crate) answer: Result<Answer, String>,
}

impl Answer {
    pub(crate) fn new(status: StatusCode, headers: HeaderMap, body: Bytes) -> Self {
        let json = json_of(&body);
        Self { status, headers, body, json }
    }

    /// The value of a header, or nothing.
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

impl Exchange {
    /// A call that a provider heard.
    pub(crate) fn heard(entry: &Entry) -> Self {
        let (request, response) = (entry.request(), entry.response());
        let path = request.uri().path_and_query().map_or("/", |path| path.as_str());
        // Only path and query are read from it.
        let url = Url::parse("http://provider").and_then(|base| base.join(path));
        #[expect(clippy::expect_used, reason = "the path of a request that was served is one")]
        let url = url.expect("a URL of a provider");
        let sent = Sent {
            method: request.method().clone(),
            url,
            headers: request.headers().clone(),
            body: request.body().clone(),
        };
        let answer = Answer::new(response.status(), response.headers().clone(), response.body().clone());
        Self { sent, answer: Ok(answer) }
    }

    /// Teaches `secrets` every secret of this exchange.
    pub(crate) fn teach(&self, secrets: &mut Secrets) {
        secrets.learn_pairs(self.sent.url.query().unwrap_or_default().as_bytes());
        learn_message(secrets, &self.sent.headers, &self.sent.body, &json_of(&self.sent.body));
        if let Ok(answer) = &self.answer {
            learn_message(secrets, &answer.headers, &answer.body, &answer.json);
            let location = Url::parse(answer.header("location")).ok();
            if let Some(query) = location.as_ref().and_then(Url::query) {
                secrets.learn_pairs(query.as_bytes());
            }
        }
    }

    /// The exchange as a person would want to read it. The caller covers the secrets.
    pub(crate) fn tell(&self) -> String {
        let mut text = format!("{} {}\n", self.sent.method, self.sent.url);
        tell_message(&mut text, &self.sent.headers, &self.sent.body);
        match &self.answer {
            Ok(answer) => {
                let reason = answer.status.canonical_reason().unwrap_or_default();
                // Writing to a String cannot fail.
                let _ = writeln!(text, "→ {} {reason}", answer.status.as_u16());
                tell_message(&mut text, &answer.headers, &answer.body);
            }
            Err(trouble) => {
                let _ = writeln!(text, "→ no answer: {trouble}");
            }
        }
        text
    }
}

/// The body as JSON; null when it is not.
fn json_of(body: &[u8]) -> Value {
    serde_json::from_slice(body).unwrap_or(Value::Null)
}

fn learn_message(secrets: &mut Secrets, headers: &HeaderMap, body: &Bytes, json: &Value) {
    for (name, value) in headers {
        secrets.learn_named(name.as_str(), value.to_str().unwrap_or_default());
    }
    match json {
        Value::Null => secrets.learn_pairs(body),
        json => secrets.learn_json(json),
    }
}

/// The headers worth showing and the body, for a person.
pub(crate) fn message(headers: &HeaderMap, body: &Bytes) -> String {
    let mut text = String::new();
    tell_message(&mut text, headers, body);
    text
}

fn tell_message(text: &mut String, headers: &HeaderMap, body: &Bytes) {
    for (name, value) in headers.iter().filter(|(name, _)| SHOWN.contains(&name.as_str())) {
        let _ = writeln!(text, "  {name}: {}", String::from_utf8_lossy(value.as_bytes()));
    }
    if body.is_empty() {
        return;
    }
    let kind = headers.get("content-type").and_then(|value| value.to_str().ok()).unwrap_or_default();
    if kind.starts_with("text/html") {
        let _ = writeln!(text, "  (a page of {} bytes)", body.len());
        return;
    }
    let readable = serde_json::from_slice::<Value>(body)
        .ok()
        .map(without_bulk)
        .and_then(|json| serde_json::to_string_pretty(&json).ok())
        .unwrap_or_else(|| String::from_utf8_lossy(body).into_owned());
    for line in cut(&readable).lines() {
        let _ = writeln!(text, "  {line}");
    }
}

/// The same without the description of the connector, which fills a screen and never changes.
fn without_bulk(mut json: Value) -> Value {
    match &mut json {
        Value::Array(entries) => entries.iter_mut().for_each(|entry| *entry = without_bulk(entry.take())),
        Value::Object(members) => {
            if let Some(Value::Object(element)) = members.get_mut("element")
                && element.len() > 3
            {
                let left_out = element.len() - 2;
                element.retain(|name, _| name == "id" || name == "key");
                element.insert("…".to_owned(), format!("and {left_out} members more").into());
            }
        }
        _ => {}
    }
    json
}

fn cut(text: &str) -> String {
    match text.char_indices().nth(READABLE) {
        Some((at, _)) => format!("{}\n… ({} more bytes)", &text[..at], text.len() - at),
        None => text.to_owned(),
    }
}
