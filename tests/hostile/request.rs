//! Requests as text: a line `METHOD target`, headers, a blank line, a body. `{blanks}` are filled in when it is sent.
//!
//! The fuzz targets read their input with this file, too.

use bytes::Bytes;
use http::{HeaderName, HeaderValue, Method, Uri};
use rehearsal::Request;

/// A request that is not yet filled in, and may be wrong in any way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Template {
    pub(crate) method: String,
    pub(crate) target: String,
    pub(crate) headers: Vec<(String, Vec<u8>)>,
    pub(crate) body: Vec<u8>,
}

impl Template {
    /// Reads the text of a request. Whatever is missing is empty.
    pub(crate) fn parse(text: &[u8]) -> Self {
        let (head, body) = match text.windows(2).position(|pair| pair == b"\n\n") {
            Some(at) => (&text[..at], &text[at + 2..]),
            None => (text, &[][..]),
        };
        let mut lines = head.split(|byte| *byte == b'\n');
        let first = String::from_utf8_lossy(lines.next().unwrap_or_default()).into_owned();
        let (method, target) = first.split_once(' ').unwrap_or((&first, ""));
        let headers = lines.filter_map(|line| {
            let colon = line.iter().position(|byte| *byte == b':')?;
            let value = line[colon + 1..].strip_prefix(b" ").unwrap_or(&line[colon + 1..]);
            Some((String::from_utf8_lossy(&line[..colon]).into_owned(), value.to_vec()))
        });
        Self {
            method: method.to_owned(),
            target: target.to_owned(),
            headers: headers.collect(),
            body: body.strip_suffix(b"\n").unwrap_or(body).to_vec(),
        }
    }

    /// The request with its blanks filled in; nothing if HTTP itself has no such request.
    pub(crate) fn fill(&self, blank: &mut impl FnMut(&str) -> Option<String>) -> Option<Request> {
        let method = Method::from_bytes(self.method.as_bytes()).ok()?;
        let uri = Uri::try_from(filled(self.target.as_bytes(), blank)).ok()?;
        let mut request = http::Request::builder().method(method).uri(uri);
        for (name, value) in &self.headers {
            let name = HeaderName::from_bytes(name.as_bytes()).ok()?;
            request = request.header(name, HeaderValue::from_bytes(&filled(value, blank)).ok()?);
        }
        request.body(Bytes::from(filled(&self.body, blank))).ok()
    }
}

/// `text` with each `{name}` that `blank` knows put in its place.
fn filled(text: &[u8], blank: &mut impl FnMut(&str) -> Option<String>) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some(open) = rest.iter().position(|byte| *byte == b'{') {
        out.extend_from_slice(&rest[..open]);
        rest = &rest[open..];
        // Names are short; a brace of something else stays.
        let name = rest.iter().take(32).position(|byte| *byte == b'}').and_then(|close| {
            let value = blank(std::str::from_utf8(&rest[1..close]).ok()?)?;
            Some((value, close))
        });
        if let Some((value, close)) = name {
            out.extend_from_slice(value.as_bytes());
            rest = &rest[close + 1..];
        } else {
            out.push(b'{');
            rest = &rest[1..];
        }
    }
    out.extend_from_slice(rest);
    out
}
