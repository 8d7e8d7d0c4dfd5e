//! Calls in the HTTP Archive format 1.2, which browsers' developer tools and proxies read.
//!
//! Fields of our own begin with an underscore, as the format asks.

use std::fmt;

use base64::{Engine, prelude::BASE64_STANDARD};
use bytes::Bytes;
use http::{HeaderMap, header};
use serde::Serialize;

use crate::{
    exchange::{self, Ending, Request},
    journal::{
        Query,
        entry::{Entry, Shared, content_type},
    },
    mask,
};

/// Calls as an HTTP Archive 1.2, to be serialized.
///
/// ```
/// use rehearsal::{Request, Stage, Vendor};
///
/// let stage = Stage::new();
/// stage.respond(Vendor::Box, &Request::default());
/// let har = stage.default_tenant().calls().har();
/// let json = serde_json::to_string_pretty(&har)?; // for a file that ends in `.har`
/// assert!(json.contains(r#""_verdict": "refused: no such route""#));
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Serialize)]
pub struct Har {
    log: Log,
}

#[derive(Clone, Serialize)]
struct Log {
    version: &'static str,
    creator: Creator,
    entries: Vec<Exchange>,
    comment: &'static str,
}

#[derive(Clone, Serialize)]
struct Creator {
    name: &'static str,
    version: &'static str,
}

#[derive(Clone, Serialize)]
#[serde(rename_all = "camelCase")]
struct Exchange {
    started_date_time: String,
    /// Milliseconds.
    time: f64,
    request: HarRequest,
    response: HarResponse,
    cache: Cache,
    timings: Timings,
    #[serde(rename = "_number")]
    number: u64,
    #[serde(rename = "_tenant")]
    tenant: String,
    #[serde(rename = "_ownership")]
    ownership: &'static str,
    #[serde(rename = "_vendor")]
    vendor: &'static str,
    #[serde(rename = "_operation")]
    operation: &'static str,
    #[serde(rename = "_verdict")]
    verdict: String,
}

/// Nothing is known of the client's cache.
#[derive(Clone, Serialize)]
struct Cache {}

#[derive(Clone, Serialize)]
struct Timings {
    send: f64,
    wait: f64,
    receive: f64,
}

#[derive(Clone, Serialize)]
#[serde(rename_all = "camelCase")]
struct HarRequest {
    method: String,
    url: String,
    http_version: String,
    cookies: Vec<Pair>,
    headers: Vec<Pair>,
    query_string: Vec<Pair>,
    #[serde(skip_serializing_if = "Option::is_none")]
    post_data: Option<PostData>,
    headers_size: i64,
    body_size: usize,
}

#[derive(Clone, Serialize)]
#[serde(rename_all = "camelCase")]
struct HarResponse {
    status: u16,
    status_text: &'static str,
    http_version: String,
    cookies: Vec<Pair>,
    headers: Vec<Pair>,
    content: Content,
    #[serde(rename = "redirectURL")]
    redirect_url: String,
    headers_size: i64,
    body_size: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    comment: Option<String>,
}

#[derive(Clone, Serialize)]
struct Pair {
    name: String,
    value: String,
}

/// Either `params` or `text`, as the format asks.
#[derive(Clone, Serialize)]
#[serde(rename_all = "camelCase")]
struct PostData {
    mime_type: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    params: Option<Vec<Pair>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<String>,
}

#[derive(Clone, Serialize)]
#[serde(rename_all = "camelCase")]
struct Content {
    size: usize,
    mime_type: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    encoding: Option<&'static str>,
}

/// The format's way to say that a size is not known.
const UNKNOWN: i64 = -1;

/// What becomes of secrets.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Secrets {
    Masked,
    Shown,
}

impl Har {
    fn of(entries: &[Shared], secrets: Secrets) -> Self {
        let comment = match secrets {
            Secrets::Masked => "secrets are masked; equal ones look equal",
            Secrets::Shown => "secrets are shown; keep this to yourself",
        };
        let creator = Creator { name: env!("CARGO_PKG_NAME"), version: env!("CARGO_PKG_VERSION") };
        let entries = entries.iter().map(|entry| secrets.exchange(entry)).collect();
        Self { log: Log { version: "1.2", creator, entries, comment } }
    }
}

impl fmt::Debug for Har {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // May hold secrets.
        write!(f, "Har({} entries)", self.log.entries.len())
    }
}

impl Secrets {
    fn exchange(self, entry: &Entry) -> Exchange {
        // From whole nanoseconds, so that no rounding shows.
        let wait = (entry.took + entry.delivery.delay).as_nanos() as f64 / 1e6;
        Exchange {
            started_date_time: entry.at.strftime("%Y-%m-%dT%H:%M:%S%.3fZ"),
            time: wait,
            request: self.request(entry.request()),
            response: self.response(entry),
            cache: Cache {},
            timings: Timings { send: 0.0, wait, receive: 0.0 },
            number: entry.number,
            tenant: entry.tenant.to_string(),
            ownership: entry.ownership.key(),
            vendor: entry.vendor.key(),
            operation: entry.operation,
            verdict: entry.verdict.to_string(),
        }
    }

    fn request(self, request: &Request) -> HarRequest {
        let (headers, uri, body) = (request.headers(), request.uri(), request.body());
        let url = match uri.scheme() {
            Some(_) => uri.to_string(),
            None => format!("{}{uri}", exchange::base_url(request)),
        };
        HarRequest {
            method: request.method().to_string(),
            url: if self == Self::Masked { mask::url(&url) } else { url },
            http_version: format!("{:?}", request.version()),
            cookies: self.cookies(headers, header::COOKIE),
            headers: self.headers(headers),
            query_string: self.pairs(uri.query().unwrap_or_default().as_bytes()),
            post_data: (!body.is_empty()).then(|| self.post_data(content_type(headers), body)),
            headers_size: UNKNOWN,
            body_size: body.len(),
        }
    }

    fn response(self, entry: &Entry) -> HarResponse {
        let response = entry.response();
        let (headers, body) = (response.headers(), response.body());
        let mut har = HarResponse {
            status: response.status().as_u16(),
            status_text: response.status().canonical_reason().unwrap_or_default(),
            http_version: format!("{:?}", response.version()),
            cookies: self.cookies(headers, header::SET_COOKIE),
            headers: self.headers(headers),
            content: self.content(content_type(headers), body),
            redirect_url: self.first(headers, header::LOCATION.as_str()),
            headers_size: UNKNOWN,
            body_size: body.len(),
            comment: None,
        };
        match entry.delivery.ending {
            Ending::Whole | Ending::CloseAfter => {}
            Ending::Reset => {
                // As browsers write it, when no answer came.
                (har.status, har.status_text, har.body_size) = (0, "", 0);
                (har.headers, har.cookies) = (Vec::new(), Vec::new());
                har.content = self.content("", &Bytes::new());
                har.comment = Some("the connection was reset without an answer".into());
            }
            Ending::CutAfter(length) => {
                har.body_size = length.min(body.len());
                har.comment =
                    Some(format!("the connection was reset after {} bytes of the body", har.body_size));
            }
        }
        har
    }

    fn headers(self, headers: &HeaderMap) -> Vec<Pair> {
        let pair = |(name, value): (&header::HeaderName, &header::HeaderValue)| {
            let value = String::from_utf8_lossy(value.as_bytes());
            let value = if self == Self::Masked { mask::header(name.as_str(), &value) } else { value.into() };
            Pair { name: name.to_string(), value }
        };
        headers.iter().map(pair).collect()
    }

    fn first(self, headers: &HeaderMap, name: &str) -> String {
        let pair = self.headers(headers).into_iter().find(|pair| pair.name == name);
        pair.map(|pair| pair.value).unwrap_or_default()
    }

    /// Of `Cookie` all, of `Set-Cookie` the cookie without its attributes. Their values are secrets.
    fn cookies(self, headers: &HeaderMap, name: header::HeaderName) -> Vec<Pair> {
        let count = if name == header::SET_COOKIE { 1 } else { usize::MAX };
        let lines = headers.get_all(name).iter().filter_map(|line| line.to_str().ok());
        let cookies =
            lines.flat_map(|line| line.split(';').take(count)).filter_map(|one| one.trim().split_once('='));
        let pair = |(name, value): (&str, &str)| {
            let value = if self == Self::Masked { mask::secret(value) } else { value.to_owned() };
            Pair { name: name.to_owned(), value }
        };
        cookies.map(pair).collect()
    }

    fn pairs(self, pairs: &[u8]) -> Vec<Pair> {
        let pair = |(name, value): (std::borrow::Cow<'_, str>, std::borrow::Cow<'_, str>)| {
            let shown = if self == Self::Masked { mask::parameter(&name, &value) } else { value.into() };
            Pair { value: shown, name: name.into() }
        };
        form_urlencoded::parse(pairs).map(pair).collect()
    }

    fn post_data(self, content_type: &str, body: &Bytes) -> PostData {
        let is_form = mask::is_form(content_type);
        PostData {
            mime_type: content_type.to_owned(),
            params: is_form.then(|| self.pairs(body)),
            text: (!is_form).then(|| match self {
                Self::Masked => mask::body(content_type, body),
                Self::Shown => String::from_utf8_lossy(body).into(),
            }),
        }
    }

    fn content(self, content_type: &str, body: &Bytes) -> Content {
        let (text, encoding) = match (self, std::str::from_utf8(body)) {
            _ if body.is_empty() => (None, None),
            (Self::Masked, _) => (Some(mask::body(content_type, body)), None),
            (Self::Shown, Ok(text)) => (Some(text.to_owned()), None),
            (Self::Shown, Err(_)) => (Some(BASE64_STANDARD.encode(body)), Some("base64")),
        };
        Content { size: body.len(), mime_type: content_type.to_owned(), text, encoding }
    }
}

/// Export.
impl Query {
    /// The calls in the HTTP Archive format 1.2, every secret masked.
    ///
    /// ```
    /// # use rehearsal::{Request, Stage, Vendor};
    /// # let stage = Stage::new();
    /// # stage.respond(Vendor::Box, &Request::default());
    /// # let tenant = stage.default_tenant();
    /// let har = serde_json::to_value(tenant.calls().har())?;
    /// assert_eq!(har["log"]["entries"][0]["response"]["status"], 404);
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    #[must_use]
    pub fn har(&self) -> Har {
        Har::of(&self.list(), Secrets::Masked)
    }

    /// The same with every secret shown: for replaying, not for sharing.
    ///
    /// ```
    /// # use rehearsal::{Request, Stage, Vendor};
    /// # let stage = Stage::new();
    /// # stage.respond(Vendor::Box, &Request::default());
    /// # let tenant = stage.default_tenant();
    /// let har = serde_json::to_value(tenant.calls().har_with_secrets())?;
    /// assert_eq!(har["log"]["version"], "1.2");
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    #[must_use]
    pub fn har_with_secrets(&self) -> Har {
        Har::of(&self.list(), Secrets::Shown)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use http::StatusCode;

    use super::*;
    use crate::{
        Reply, Stage, Timestamp, Vendor,
        exchange::Delivery,
        journal::{Facts, Ownership, Refresh},
    };

    #[test]
    fn bodies_that_are_not_text_and_answers_that_break_off_are_told() {
        let stage = Stage::new();
        let mut reply = Reply::new(StatusCode::OK, "application/pdf", &[0xff, 0xfe, 0xfd][..]);
        reply.delivery = Delivery { delay: Duration::from_secs(2), ending: Ending::CutAfter(2) };
        let facts = Facts {
            at: Timestamp::from_millis(1_772_366_400_123),
            vendor: Vendor::Box,
            operation: "file",
            refresh: Refresh::GrantType,
            ownership: Ownership::Anonymous,
            took: Duration::from_micros(500),
        };
        let tenant = stage.default_tenant();
        tenant.journal().record(facts, &Request::default(), &reply);
        let [masked, shown] = [tenant.calls().har(), tenant.calls().har_with_secrets()]
            .map(|har| serde_json::to_value(har).unwrap()["log"]["entries"][0].take());
        assert_eq!(masked["startedDateTime"], "2026-03-01T12:00:00.123Z");
        assert_eq!(masked["time"], 2000.5);
        assert_eq!(masked["response"]["content"]["text"], "(3 bytes that are not text)");
        assert_eq!(masked["response"]["comment"], "the connection was reset after 2 bytes of the body");
        assert_eq!(masked["response"]["bodySize"], 2);
        assert_eq!(shown["response"]["content"]["text"], "//79");
        assert_eq!(shown["response"]["content"]["encoding"], "base64");
        let line = tenant.calls().last().unwrap().to_string();
        assert!(line.contains("GET / → 200 cut after 2 bytes  box file"), "{line}");
    }
}
