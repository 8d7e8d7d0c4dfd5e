//! What a provider heard: the stage's journal, read with a scenario's questions in mind.

use std::sync::Arc;

use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use serde_json::Value;

use crate::{Secret, journal::Entry};

/// A credential that a call showed to a provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Shown {
    Token(Secret),
    Account { name: String, password: Secret },
}

/// The tokens that are good now, as far as the provider knows.
#[derive(Clone, Debug)]
pub(crate) struct Issued {
    pub(crate) access: Secret,
    pub(crate) refresh: Option<Secret>,
}

/// Calls that a provider got, oldest first.
#[derive(Clone, Debug)]
pub(crate) struct Heard(pub(crate) Vec<Arc<Entry>>);

impl Heard {
    /// Calls to the token endpoint, whatever the grant.
    pub(crate) fn token_calls(&self) -> impl DoubleEndedIterator<Item = &Arc<Entry>> {
        self.0.iter().filter(|entry| entry.parameter("grant_type").is_some())
    }

    /// Exchanges of a code, refused ones included.
    pub(crate) fn exchanges(&self) -> impl DoubleEndedIterator<Item = &Arc<Entry>> {
        self.token_calls()
            .filter(|entry| entry.parameter("grant_type").as_deref() == Some("authorization_code"))
    }

    /// Refreshes of a token, refused ones included.
    pub(crate) fn refreshes(&self) -> impl DoubleEndedIterator<Item = &Arc<Entry>> {
        self.token_calls().filter(|entry| entry.parameter("grant_type").as_deref() == Some("refresh_token"))
    }

    /// The tokens that were issued last. A refresh need not issue another refresh token.
    pub(crate) fn issued(&self) -> Option<Issued> {
        let member = |entry: &Arc<Entry>, name: &str| {
            let answer: Value = serde_json::from_slice(entry.response().body()).ok()?;
            answer.get(name).and_then(Value::as_str).map(Secret::from)
        };
        let last = |name| self.token_calls().rev().find_map(|entry| member(entry, name));
        Some(Issued { access: last("access_token")?, refresh: last("refresh_token") })
    }

    /// Calls to resources that showed a credential.
    pub(crate) fn resource_calls(&self) -> impl DoubleEndedIterator<Item = (&Arc<Entry>, Shown)> {
        self.0
            .iter()
            .filter(|entry| entry.parameter("grant_type").is_none() && entry.operation != "revoke")
            .filter_map(|entry| Some((entry, shown(entry)?)))
    }

    /// The resource call that was served last.
    pub(crate) fn served(&self) -> Option<&Arc<Entry>> {
        self.resource_calls().map(|(entry, _)| entry).rfind(|entry| entry.status().is_success())
    }

    /// The calls as a failing scenario tells them.
    pub(crate) fn tell(&self) -> String {
        if self.0.is_empty() {
            return "the provider heard nothing".to_owned();
        }
        let tell = |entry: &Arc<Entry>| {
            let grant = entry.parameter("grant_type").map(|grant| format!(" ({grant})")).unwrap_or_default();
            let request = entry.request();
            format!(
                "{} {}{grant} {}, {}",
                request.method(),
                request.uri().path(),
                entry.status().as_u16(),
                entry.verdict
            )
        };
        format!("the provider heard {}", self.0.iter().map(tell).collect::<Vec<_>>().join("; "))
    }
}

/// The credential in the headers of a call.
fn shown(entry: &Entry) -> Option<Shown> {
    if let Some(token) = entry.header("access-token").or_else(|| entry.header("x-auth-token")) {
        return Some(Shown::Token(bare(token)));
    }
    let header = entry.header("authorization")?;
    let Some(credentials) = strip(header, "Basic ") else { return Some(Shown::Token(bare(header))) };
    let decoded = String::from_utf8(BASE64.decode(credentials.trim()).ok()?).ok()?;
    let (name, password) = decoded.split_once(':')?;
    Some(Shown::Account { name: name.to_owned(), password: password.into() })
}

/// A token without the scheme before it.
fn bare(header: &str) -> Secret {
    ["Bearer ", "OAuth "].iter().find_map(|scheme| strip(header, scheme)).unwrap_or(header).trim().into()
}

fn strip<'h>(header: &'h str, scheme: &str) -> Option<&'h str> {
    let (start, rest) = header.split_at_checked(scheme.len())?;
    start.eq_ignore_ascii_case(scheme).then_some(rest)
}

/// The words a provider used in a refusal: the values of a JSON or form body, the parameters of `WWW-Authenticate`,
/// or the text itself.
pub(crate) fn words(entry: &Entry) -> Vec<String> {
    let mut words = Vec::new();
    let response = entry.response();
    match serde_json::from_slice::<Value>(response.body()) {
        Ok(json) => collect(&json, &mut words),
        Err(_) => words.push(String::from_utf8_lossy(response.body()).into_owned()),
    }
    if let Some(challenge) = response.headers().get("www-authenticate").and_then(|value| value.to_str().ok())
    {
        // The quoted values stand at the odd places.
        words.extend(challenge.split('"').skip(1).step_by(2).map(ToOwned::to_owned));
    }
    // A number or a single letter would be found in any text.
    words.retain(|word| word.len() >= 5);
    words
}

fn collect(value: &Value, words: &mut Vec<String>) {
    match value {
        Value::String(text) => words.push(text.clone()),
        Value::Array(entries) => entries.iter().for_each(|entry| collect(entry, words)),
        Value::Object(members) => members.values().for_each(|member| collect(member, words)),
        _ => {}
    }
}
