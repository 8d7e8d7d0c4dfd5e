//! A request of the suite and the answer to it, kept for assertions and for the report.

use std::{fmt::Write as _, sync::OnceLock};

use bytes::Bytes;
use http::{HeaderMap, Method, StatusCode};
use serde::{Serialize, Serializer};
use serde_json::{Map, Value};
use url::Url;

use super::secrets::Secrets;
use crate::{journal::Entry, mask};

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
    /// The body as JSON, once somebody asks for it.
    json: OnceLock<Value>,
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

impl Sent {
    pub(crate) fn new(method: Method, url: Url, headers: HeaderMap, body: Bytes) -> Self {
        Self { method, url, headers, body, json: OnceLock::new() }
    }

    /// The body as JSON; null when it is not.
    fn json(&self) -> &Value {
        self.json.get_or_init(|| json_of(&self.body))
    }

    /// The headers worth showing and the body, for a person.
    pub(crate) fn message(&self) -> String {
        message(&self.headers, &self.body, self.json())
    }
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

    /// The headers worth showing and the body, for a person.
    pub(crate) fn message(&self) -> String {
        message(&self.headers, &self.body, &self.json)
    }
}

impl Exchange {
    /// A call that a provider heard.
    pub(crate) fn heard(entry: &Entry) -> Self {
        let (request, response) = (entry.request(), entry.response());
        let path = request.uri().path_and_query().map_or("/", |path| path.as_str());
        // Only path and query are read from it.
        let url = Url::parse(&format!("http://provider{path}"));
        #[expect(clippy::expect_used, reason = "the path of a request that was served is one")]
        let url = url.expect("a URL of a provider");
        let sent =
            Sent::new(request.method().clone(), url, request.headers().clone(), request.body().clone());
        let answer = Answer::new(response.status(), response.headers().clone(), response.body().clone());
        Self { sent, answer: Ok(answer) }
    }

    /// Teaches `secrets` every secret of this exchange.
    pub(crate) fn teach(&self, secrets: &mut Secrets) {
        secrets.learn_pairs(self.sent.url.query().unwrap_or_default().as_bytes());
        learn_message(secrets, &self.sent.headers, &self.sent.body, self.sent.json());
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
        text += &self.sent.message();
        match &self.answer {
            Ok(answer) => {
                let reason = answer.status.canonical_reason().unwrap_or_default();
                let _ = writeln!(text, "→ {} {reason}", answer.status.as_u16());
                text += &answer.message();
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

fn message(headers: &HeaderMap, body: &Bytes, json: &Value) -> String {
    let mut text = String::new();
    for (name, value) in headers.iter().filter(|(name, _)| SHOWN.contains(&name.as_str())) {
        let value = String::from_utf8_lossy(value.as_bytes());
        // A credential is covered where it stands, however short it is.
        let shown = mask::header(name.as_str(), &value);
        // Writing to a String cannot fail.
        let _ = writeln!(text, "  {name}: {shown}");
    }
    if body.is_empty() {
        return text;
    }
    let kind = headers.get("content-type").and_then(|value| value.to_str().ok()).unwrap_or_default();
    if kind.starts_with("text/html") {
        let _ = writeln!(text, "  (a page of {} bytes)", body.len());
        return text;
    }
    let readable = (!json.is_null()).then(|| serde_json::to_string_pretty(&Readable(json)).ok()).flatten();
    let readable = readable.unwrap_or_else(|| String::from_utf8_lossy(body).into_owned());
    for line in cut(&readable).lines() {
        text.extend(["  ", line, "\n"]);
    }
    text
}

/// JSON without the description of the connector, which fills a screen and never changes.
struct Readable<'v>(&'v Value);

impl Serialize for Readable<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self(json) = self;
        let Some(element) = json.get("element").and_then(Value::as_object).filter(|of| of.len() > 3) else {
            return match json {
                Value::Array(entries) => serializer.collect_seq(entries.iter().map(Readable)),
                json => json.serialize(serializer),
            };
        };
        let mut short: Map<_, _> =
            element.clone().into_iter().filter(|(name, _)| matches!(name.as_str(), "id" | "key")).collect();
        short.insert("…".to_owned(), format!("and {} members more", element.len() - 2).into());
        let short = Value::Object(short);
        let members = json.as_object().into_iter().flatten();
        serializer
            .collect_map(members.map(|(name, value)| (name, if name == "element" { &short } else { value })))
    }
}

fn cut(text: &str) -> String {
    match text.char_indices().nth(READABLE) {
        Some((at, _)) => format!("{}\n… ({} more bytes)", &text[..at], text.len() - at),
        None => text.to_owned(),
    }
}
