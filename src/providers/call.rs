//! A request as a provider reads it.

use std::{borrow::Cow, cell::OnceCell};

use base64::{Engine, prelude::BASE64_STANDARD};
use http::{Method, header};
use serde_json::Value;

use crate::exchange::{self, Request};

/// A request, taken apart on demand.
pub(crate) struct Call<'r> {
    request: &'r Request,
    segments: Vec<Cow<'r, str>>,
    query: OnceCell<Params<'r>>,
    form: OnceCell<Params<'r>>,
    form_data: OnceCell<Params<'r>>,
}

/// Parameters in the order they were sent.
pub(crate) struct Params<'r>(Vec<(Cow<'r, str>, Cow<'r, str>)>);

impl<'r> Params<'r> {
    fn parse(text: &'r [u8]) -> Self {
        Self(form_urlencoded::parse(text).collect())
    }

    /// All of them.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_ref(), value.as_ref()))
    }

    /// The first value of `name`.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(of, _)| of == name).map(|(_, value)| value.as_ref())
    }
}

impl<'r> Call<'r> {
    pub(crate) fn new(request: &'r Request) -> Self {
        let segments = request
            .uri()
            .path()
            .split('/')
            .filter(|segment| !segment.is_empty())
            .map(|segment| percent_encoding::percent_decode_str(segment).decode_utf8_lossy())
            .collect();
        Self { request, segments, query: OnceCell::new(), form: OnceCell::new(), form_data: OnceCell::new() }
    }

    pub(crate) fn request(&self) -> &'r Request {
        self.request
    }

    pub(crate) fn method(&self) -> &'r Method {
        self.request.method()
    }

    /// The path's segments, decoded; doubled and trailing slashes leave no trace.
    pub(crate) fn segments(&self) -> Vec<&str> {
        self.segments.iter().map(AsRef::as_ref).collect()
    }

    /// Where the request came in, without a trailing slash.
    pub(crate) fn base(&self) -> String {
        exchange::base_url(self.request)
    }

    /// The host without port.
    pub(crate) fn host(&self) -> &'r str {
        exchange::host_without_port(exchange::host(self.request))
    }

    pub(crate) fn header(&self, name: impl header::AsHeaderName) -> Option<&'r str> {
        self.request.headers().get(name)?.to_str().ok()
    }

    pub(crate) fn query(&self) -> &Params<'r> {
        self.query.get_or_init(|| Params::parse(self.request.uri().query().unwrap_or_default().as_bytes()))
    }

    /// The body as a form; empty unless the content type says so.
    pub(crate) fn form(&self) -> &Params<'r> {
        self.form.get_or_init(|| {
            let is_form = self.content_type().eq_ignore_ascii_case("application/x-www-form-urlencoded");
            Params::parse(if is_form { self.request.body() } else { &[] })
        })
    }

    /// The body as JSON, whatever the content type says.
    pub(crate) fn json(&self) -> Option<Value> {
        serde_json::from_slice(self.request.body()).ok()
    }

    /// The content type without parameters.
    pub(crate) fn content_type(&self) -> &'r str {
        let value = self.header(header::CONTENT_TYPE).unwrap_or_default();
        value.split(';').next().unwrap_or_default().trim()
    }

    /// A parameter of the form, else of the query.
    pub(crate) fn parameter(&self, name: &str) -> Option<&str> {
        self.form().get(name).or_else(|| self.query().get(name))
    }

    /// The credential of an `Authorization: {scheme} …` header; schemes match without regard to case.
    pub(crate) fn authorization(&self, scheme: &str) -> Option<&'r str> {
        let (of, credential) = self.header(header::AUTHORIZATION)?.split_once(' ')?;
        of.eq_ignore_ascii_case(scheme).then(|| credential.trim())
    }

    /// The text fields of a `multipart/form-data` body; empty if it is none. Files have no place here.
    pub(crate) fn form_data(&self) -> &Params<'r> {
        self.form_data.get_or_init(|| {
            let is_multipart = self.content_type().eq_ignore_ascii_case("multipart/form-data");
            let content_type = self.header(header::CONTENT_TYPE).filter(|_| is_multipart);
            let boundary = content_type.and_then(|value| attribute(value, "boundary"));
            Params(boundary.map_or_else(Vec::new, |boundary| text_fields(self.request.body(), boundary)))
        })
    }

    /// Whether a `multipart/form-data` body has a whole part called `name` that is a file, of whatever bytes.
    pub(crate) fn has_file(&self, name: &str) -> bool {
        let content_type = self.header(header::CONTENT_TYPE).unwrap_or_default();
        let is_multipart = self.content_type().eq_ignore_ascii_case("multipart/form-data");
        let boundary = attribute(content_type, "boundary").filter(|_| is_multipart);
        boundary.is_some_and(|boundary| has_part(self.request.body(), boundary, name))
    }

    /// User and password of HTTP Basic.
    pub(crate) fn basic(&self) -> Option<(String, String)> {
        let decoded = BASE64_STANDARD.decode(self.authorization("Basic")?).ok()?;
        let (user, password) =
            String::from_utf8(decoded).ok()?.split_once(':').map(|(u, p)| (u.to_owned(), p.to_owned()))?;
        Some((user, password))
    }
}

/// The value of `name="value"` or `name=value` in a header.
fn attribute<'h>(header: &'h str, name: &str) -> Option<&'h str> {
    let mut attributes = header.split(';').skip(1).filter_map(|attribute| attribute.trim().split_once('='));
    let (_, value) = attributes.find(|(of, _)| of.eq_ignore_ascii_case(name))?;
    Some(value.trim_matches('"')).filter(|value| !value.is_empty())
}

/// Whether a multipart body has a part called `name` that is not cut off.
fn has_part(body: &[u8], boundary: &str, name: &str) -> bool {
    let delimiter = format!("--{boundary}");
    let (delimiter, mut rest) = (delimiter.as_bytes(), body);
    let find = |bytes: &[u8], wanted: &[u8]| bytes.windows(wanted.len()).position(|at| at == wanted);
    while let Some(begin) = find(rest, delimiter) {
        rest = &rest[begin + delimiter.len()..];
        let Some(end) = find(rest, delimiter) else { return false };
        let head = find(&rest[..end], b"\r\n\r\n")
            .map_or("", |end| std::str::from_utf8(&rest[..end]).unwrap_or_default());
        let mut lines = head.lines().filter_map(|line| line.split_once(':'));
        let disposition = lines.find(|(of, _)| of.trim().eq_ignore_ascii_case("content-disposition"));
        if disposition.is_some_and(|(_, value)| attribute(value, "name") == Some(name)) {
            return true;
        }
    }
    false
}

/// The parts of a multipart body that have a name and are text; a part that is cut off is none.
fn text_fields<'r>(body: &'r [u8], boundary: &str) -> Vec<(Cow<'r, str>, Cow<'r, str>)> {
    let Ok(text) = std::str::from_utf8(body) else { return Vec::new() };
    let delimiter = format!("--{boundary}");
    let mut parts: Vec<_> = text.split(delimiter.as_str()).skip(1).collect();
    // What follows the last delimiter is its end mark, or was never finished.
    parts.pop();
    let field = |part: &'r str| {
        let (head, content) = part.strip_prefix("\r\n")?.split_once("\r\n\r\n")?;
        let mut lines = head.lines().filter_map(|line| line.split_once(':'));
        let (_, disposition) =
            lines.find(|(header, _)| header.trim().eq_ignore_ascii_case("content-disposition"))?;
        let name = attribute(disposition, "name").filter(|_| attribute(disposition, "filename").is_none())?;
        Some((Cow::Borrowed(name), Cow::Borrowed(content.strip_suffix("\r\n").unwrap_or(content))))
    };
    parts.into_iter().filter_map(field).collect()
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;

    #[test]
    fn a_call_is_read_as_it_was_meant() {
        let request = http::Request::post("//oauth/token/?a=1&a=2&b=x%20y+z")
            .header("host", "127.0.0.1:4013")
            .header("authorization", "basic dXNlcjpwYTpzcw==")
            .header("content-type", "application/x-www-form-urlencoded; charset=utf-8")
            .body(Bytes::from("code=abc%3D%3D"))
            .unwrap();
        let call = Call::new(&request);
        assert_eq!(call.segments(), ["oauth", "token"]);
        assert_eq!((call.query().get("a"), call.query().get("b")), (Some("1"), Some("x y z")));
        assert_eq!(call.parameter("code"), Some("abc=="));
        assert_eq!(call.basic(), Some(("user".into(), "pa:ss".into())));
        assert_eq!((call.host(), call.base()), ("127.0.0.1", "http://127.0.0.1:4013".into()));
    }

    #[test]
    fn fields_of_multipart_form_data_are_read_and_files_are_not() {
        let read = |body: &str| {
            let request = http::Request::post("/t")
                .header("content-type", "multipart/form-data; boundary=\"x-1\"")
                .body(Bytes::copy_from_slice(body.as_bytes()))
                .unwrap();
            let call = Call::new(&request);
            let value = |name| call.form_data().get(name).map(ToOwned::to_owned);
            (value("a"), value("f"), value("b"))
        };
        let field = |name: &str, value: &str| {
            format!("--x-1\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
        };
        let file = "--x-1\r\ncontent-disposition: form-data; name=f; filename=n\r\n\r\n1\r\n";
        let whole = format!("{}{file}{}--x-1--\r\n", field("a", "1\r\n2"), field("b", ""));
        assert_eq!(read(&whole), (Some("1\r\n2".into()), None, Some(String::new())));
        assert_eq!(read(&field("a", "1")), (None, None, None), "cut off");
        assert_eq!(read("--x-1--x-1\r\n\r\n--x-1"), (None, None, None));
    }

    #[test]
    fn a_file_is_found_whatever_its_bytes_unless_it_is_cut_off() {
        let has = |tail: &[u8]| {
            let mut body =
                b"--x\r\nContent-Disposition: form-data; name=\"File\"; filename=\"a.pdf\"\r\n\r\n".to_vec();
            body.extend([0xff, 0x00, 0xfe]);
            body.extend_from_slice(tail);
            let request = http::Request::post("/t")
                .header("content-type", "multipart/form-data; boundary=x")
                .body(Bytes::from(body))
                .unwrap();
            let call = Call::new(&request);
            (call.has_file("File"), call.has_file("Other"))
        };
        assert_eq!(has(b"\r\n--x--\r\n"), (true, false));
        assert_eq!(has(b"\r\n"), (false, false));
    }

    #[test]
    fn a_body_that_is_no_form_has_no_parameters() {
        let request = http::Request::post("/t").body(Bytes::from("code=abc")).unwrap();
        assert_eq!(Call::new(&request).parameter("code"), None);
    }
}
