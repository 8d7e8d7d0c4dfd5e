//! Requests and answers as a journal keeps them: each in one piece of memory.
//!
//! What came in over a socket is a view of the buffer that it was read into, many times its size, and a map of headers
//! is a dozen pieces. A journal that kept them as they are would keep all that, and every call would pay for copies that
//! few tests look at. So a call only writes them down; whoever looks first takes them apart.

use std::{
    fmt::{self, Write as _},
    sync::OnceLock,
};

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri, Version};

use crate::exchange::{Request, Secure};

/// A request or answer. Holds credentials, and therefore prints nothing.
pub(super) struct Packed<M> {
    written: Box<[u8]>,
    message: OnceLock<Box<M>>,
}

/// What can be packed.
pub(super) trait Message: Sized {
    fn pack(&self) -> Packed<Self>;

    fn unpack(reader: &mut Reader<'_>) -> Self;
}

impl<M: Message> Packed<M> {
    fn new(line: &str, headers: &HeaderMap, body: &[u8]) -> Self {
        let fields = || headers.iter().flat_map(|(name, value)| [name.as_str().as_bytes(), value.as_bytes()]);
        let length = fields().map(|field| field.len() + LENGTH).sum::<usize>();
        let mut written = Vec::with_capacity(line.len() + length + body.len() + 3 * LENGTH);
        let mut write = |field: &[u8]| {
            // A field of 4 GiB is beyond every limit of size.
            written.extend_from_slice(&u32::try_from(field.len()).unwrap_or(u32::MAX).to_le_bytes());
            written.extend_from_slice(field);
        };
        write(line.as_bytes());
        write(body);
        fields().for_each(write);
        Self { written: written.into_boxed_slice(), message: OnceLock::new() }
    }

    /// The message as it was.
    pub(super) fn get(&self) -> &M {
        self.message.get_or_init(|| Box::new(M::unpack(&mut Reader(&self.written))))
    }

    /// How many bytes it takes.
    pub(super) fn size(&self) -> usize {
        self.written.len()
    }
}

impl<M> fmt::Debug for Packed<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("…")
    }
}

/// The bytes of the length before each field.
const LENGTH: usize = size_of::<u32>();

/// Reads the fields one after the other.
pub(super) struct Reader<'w>(&'w [u8]);

impl<'w> Reader<'w> {
    fn next(&mut self) -> Option<&'w [u8]> {
        let (length, rest) = self.0.split_first_chunk::<LENGTH>()?;
        let (field, rest) = rest.split_at_checked(usize::try_from(u32::from_le_bytes(*length)).ok()?)?;
        self.0 = rest;
        Some(field)
    }

    fn line(&mut self) -> &'w str {
        self.next().and_then(|line| std::str::from_utf8(line).ok()).unwrap_or_default()
    }

    fn body(&mut self) -> Bytes {
        Bytes::copy_from_slice(self.next().unwrap_or_default())
    }

    fn headers(&mut self) -> HeaderMap {
        let mut headers = HeaderMap::new();
        while let Some((name, value)) = self.next().zip(self.next()) {
            if let (Ok(name), Ok(value)) = (HeaderName::from_bytes(name), HeaderValue::from_bytes(value)) {
                headers.append(name, value);
            }
        }
        headers
    }
}

impl Message for Request {
    fn pack(&self) -> Packed<Self> {
        let secure = if self.extensions().get::<Secure>().is_some() { SECURE } else { "" };
        let mut line = String::with_capacity(128);
        // Writing to a text cannot fail.
        let _ = write!(line, "{:?} {} {}{secure}", self.version(), self.method(), self.uri());
        Packed::new(&line, self.headers(), self.body())
    }

    fn unpack(reader: &mut Reader<'_>) -> Self {
        let mut words = reader.line().split(' ');
        let mut request = Self::new(reader.body());
        *request.version_mut() = words.next().map_or(Version::HTTP_11, version);
        *request.method_mut() = words.next().and_then(|method| method.parse().ok()).unwrap_or(Method::GET);
        *request.uri_mut() = words.next().and_then(|uri| uri.parse().ok()).unwrap_or(Uri::from_static("/"));
        if words.next().is_some() {
            request.extensions_mut().insert(Secure);
        }
        *request.headers_mut() = reader.headers();
        request
    }
}

/// Stands at the end of the line of a request that came in over TLS.
const SECURE: &str = " secure";

impl Message for http::Response<Bytes> {
    fn pack(&self) -> Packed<Self> {
        Packed::new(self.status().as_str(), self.headers(), self.body())
    }

    fn unpack(reader: &mut Reader<'_>) -> Self {
        let status = reader.line().parse().ok().and_then(|status| StatusCode::from_u16(status).ok());
        let mut response = Self::new(reader.body());
        *response.status_mut() = status.unwrap_or_default();
        *response.headers_mut() = reader.headers();
        response
    }
}

fn version(text: &str) -> Version {
    let all = [Version::HTTP_09, Version::HTTP_10, Version::HTTP_11, Version::HTTP_2, Version::HTTP_3];
    all.into_iter().find(|version| format!("{version:?}") == text).unwrap_or(Version::HTTP_11)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_comes_back_as_it_went_in() {
        let mut request = http::Request::post("/oauth2/token?a=%20b&c")
            .version(Version::HTTP_10)
            .header("x-twice", "one")
            .header("x-twice", "two")
            .header("x-bytes", HeaderValue::from_bytes(b"caf\xe9").unwrap())
            .header("x-empty", "")
            .body(Bytes::from_static(b"\0\xff body"))
            .unwrap();
        request.extensions_mut().insert(Secure);
        let packed = request.pack();
        let back = packed.get();
        assert_eq!(back.method(), request.method());
        assert_eq!(back.uri(), request.uri());
        assert_eq!(back.version(), request.version());
        assert_eq!(back.headers(), request.headers());
        assert_eq!(back.body(), request.body());
        assert!(back.extensions().get::<Secure>().is_some());
        assert_eq!(format!("{packed:?}"), "…");
    }

    #[test]
    fn every_form_of_address_comes_back() {
        for uri in ["/", "*", "http://api.box.com/2.0?x=1", "api.box.com:443", "https://a.b"] {
            let request = Request::new(Bytes::new());
            let (mut parts, body) = request.into_parts();
            parts.uri = uri.parse().unwrap();
            let request = Request::from_parts(parts, body);
            let packed = request.pack();
            assert_eq!(packed.get().uri(), request.uri(), "{uri}");
            assert!(packed.get().extensions().get::<Secure>().is_none());
        }
    }

    #[test]
    fn an_answer_comes_back_as_it_went_out() {
        let answer = http::Response::builder()
            .status(StatusCode::IM_A_TEAPOT)
            .header("set-cookie", "a=1")
            .header("set-cookie", "b=2")
            .body(Bytes::from_static(b"{}"))
            .unwrap();
        let packed = answer.pack();
        assert_eq!(packed.get().status(), answer.status());
        assert_eq!(packed.get().headers(), answer.headers());
        assert_eq!(packed.get().body(), answer.body());
    }
}
