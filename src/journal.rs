//! The journal: every call that reached a provider, what was decided, and why. Bounded, one per tenant.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use bytes::Bytes;
use http::{HeaderMap, StatusCode, header};
use serde_json::{Value, json};

use crate::{
    Timestamp, Vendor,
    exchange::{Reply, Request, Verdict},
    mask,
};

/// One call and its answer.
#[derive(Debug)]
pub struct Entry {
    /// Counts up from 1 within the tenant.
    pub number: u64,
    /// When, by the tenant's clock.
    pub at: Timestamp,
    /// Whose stand-in was called.
    pub vendor: Vendor,
    /// The vendor's operation, such as `token` or `revoke`.
    pub operation: &'static str,
    /// What was decided, and why.
    pub verdict: Verdict,
    // Private, so that neither can be printed by accident: they hold credentials.
    request: Wire<Request>,
    response: Wire<http::Response<Bytes>>,
}

/// Holds credentials, and therefore prints nothing.
struct Wire<T>(T);

impl<T> std::fmt::Debug for Wire<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("…")
    }
}

impl Entry {
    /// The request as it came in, credentials included.
    #[must_use]
    pub fn request(&self) -> &Request {
        &self.request.0
    }

    /// The answer as it went out, credentials included.
    #[must_use]
    pub fn response(&self) -> &http::Response<Bytes> {
        &self.response.0
    }

    /// The answer's status.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.response.0.status()
    }

    /// A header of the request.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.request.0.headers().get(name)?.to_str().ok()
    }

    /// A parameter of the request, wherever it stands: query, form, or member of a JSON object.
    #[must_use]
    pub fn parameter(&self, name: &str) -> Option<String> {
        let find = |pairs: &[u8]| {
            form_urlencoded::parse(pairs).find(|(of, _)| of == name).map(|(_, value)| value.into_owned())
        };
        let body = self.request.0.body();
        let query = self.request.0.uri().query().and_then(|query| find(query.as_bytes()));
        query
            .or_else(|| {
                serde_json::from_slice::<Value>(body).ok()?.get(name)?.as_str().map(ToOwned::to_owned)
            })
            .or_else(|| find(body))
    }

    /// The entry as JSON, with every secret masked.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let request = &self.request.0;
        let response = &self.response.0;
        json!({
            "number": self.number,
            "at": self.at.iso(),
            "vendor": self.vendor.key(),
            "operation": self.operation,
            "verdict": self.verdict.to_string(),
            "request": {
                "method": request.method().as_str(),
                "url": mask::url(&request.uri().to_string()),
                "headers": headers(request.headers()),
                "body": mask::body(content_type(request.headers()), request.body()),
            },
            "answer": {
                "status": response.status().as_u16(),
                "headers": headers(response.headers()),
                "body": mask::body(content_type(response.headers()), response.body()),
            },
        })
    }
}

fn content_type(headers: &HeaderMap) -> &str {
    headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

fn headers(headers: &HeaderMap) -> Value {
    let mut members = serde_json::Map::new();
    for (name, value) in headers {
        let masked = mask::header(name.as_str(), &String::from_utf8_lossy(value.as_bytes()));
        members.insert(name.as_str().to_owned(), masked.into());
    }
    members.into()
}

/// How much a journal keeps. The oldest entries go first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// Entries at the most.
    pub entries: usize,
    /// Bytes of bodies at the most, requests and answers together.
    pub bytes: usize,
}

impl Default for Bounds {
    fn default() -> Self {
        Self { entries: 1_000, bytes: 4 * 1024 * 1024 }
    }
}

/// The calls of one tenant, newest last.
#[derive(Debug)]
pub struct Journal {
    bounds: Bounds,
    kept: Mutex<Kept>,
}

#[derive(Debug, Default)]
struct Kept {
    entries: VecDeque<Arc<Entry>>,
    bytes: usize,
    last: u64,
}

impl Journal {
    /// An empty journal that keeps as much as `bounds` allow.
    #[must_use]
    pub fn new(bounds: Bounds) -> Self {
        Self { bounds, kept: Mutex::default() }
    }

    pub(crate) fn record(
        &self,
        at: Timestamp,
        vendor: Vendor,
        operation: &'static str,
        request: &Request,
        reply: &Reply,
    ) {
        // Cloned outside the lock; bodies are shared, not copied.
        let (request, response) = (Wire(request.clone()), Wire(reply.response.clone()));
        let verdict = reply.verdict.clone();
        let mut kept = self.kept();
        kept.last += 1;
        let number = kept.last;
        let entry = Entry { number, at, vendor, operation, verdict, request, response };
        kept.bytes += size(&entry);
        kept.entries.push_back(Arc::new(entry));
        while kept.entries.len() > self.bounds.entries || kept.bytes > self.bounds.bytes {
            let Some(oldest) = kept.entries.pop_front() else { break };
            kept.bytes -= size(&oldest);
        }
    }

    /// The number of the newest entry; 0 before the first.
    #[must_use]
    pub fn mark(&self) -> u64 {
        self.kept().last
    }

    /// All entries that are kept.
    #[must_use]
    pub fn entries(&self) -> Vec<Arc<Entry>> {
        self.since(0)
    }

    /// The entries that came after `mark`.
    #[must_use]
    pub fn since(&self, mark: u64) -> Vec<Arc<Entry>> {
        self.kept().entries.iter().filter(|entry| entry.number > mark).cloned().collect()
    }

    /// Forgets all entries; numbers go on.
    pub fn clear(&self) {
        let mut kept = self.kept();
        kept.entries.clear();
        kept.bytes = 0;
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn size(entry: &Entry) -> usize {
    entry.request().body().len() + entry.response().body().len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(journal: &Journal, body: &'static str) {
        let request = http::Request::post("/oauth2/token?client_id=me").body(Bytes::from(body)).unwrap();
        journal.record(
            Timestamp::from_millis(0),
            Vendor::Box,
            "token",
            &request,
            &Reply::empty(StatusCode::OK),
        );
    }

    #[test]
    fn the_oldest_entries_go_first() {
        let journal = Journal::new(Bounds { entries: 2, bytes: 1000 });
        ["a=1", "a=2", "a=3"].into_iter().for_each(|body| record(&journal, body));
        let kept: Vec<_> = journal.entries().iter().map(|entry| entry.parameter("a")).collect();
        assert_eq!(kept, [Some("2".into()), Some("3".into())]);
        assert_eq!(journal.since(2).len(), 1);
    }

    #[test]
    fn bytes_are_bounded_too() {
        let journal = Journal::new(Bounds { entries: 100, bytes: 10 });
        ["a=123456", "b=123456"].into_iter().for_each(|body| record(&journal, body));
        assert_eq!(journal.entries().len(), 1);
    }

    #[test]
    fn neither_debug_nor_json_shows_a_secret() {
        let journal = Journal::new(Bounds::default());
        let request = http::Request::post("/oauth2/token")
            .header("content-type", "application/x-www-form-urlencoded")
            .body(Bytes::from("client_secret=hunter2"))
            .unwrap();
        journal.record(
            Timestamp::from_millis(0),
            Vendor::Box,
            "token",
            &request,
            &Reply::empty(StatusCode::OK),
        );
        let entry = &journal.entries()[0];
        assert_eq!(entry.parameter("client_secret").as_deref(), Some("hunter2"));
        assert!(!format!("{entry:?}{}", entry.to_json()).contains("hunter2"));
    }
}
