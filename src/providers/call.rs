//! A request as a provider reads it.

use std::{borrow::Cow, cell::OnceCell};

use base64::{Engine, prelude::BASE64_STANDARD};
use http::{Method, header};
use serde_json::Value;

use crate::{
    exchange::{self, Request},
    providers::multipart::{self, Part},
};

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

    /// The members of a JSON object that are texts.
    fn of_json(body: &[u8]) -> Option<Self> {
        let Value::Object(members) = serde_json::from_slice(body).ok()? else { return None };
        let text = |(name, value): (String, Value)| match value {
            Value::String(text) => Some((Cow::Owned(name), Cow::Owned(text))),
            _ => None,
        };
        Some(Self(members.into_iter().filter_map(text).collect()))
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
        self.form.get_or_init(|| Params::parse(if self.is_form() { self.request.body() } else { &[] }))
    }

    /// The body where it is a JSON object and the content type calls it a form.
    pub(crate) fn json_called_form(&self) -> Option<Params<'r>> {
        self.is_form().then(|| Params::of_json(self.request.body())).flatten()
    }

    fn is_form(&self) -> bool {
        self.content_type().eq_ignore_ascii_case("application/x-www-form-urlencoded")
    }

    /// The body as JSON, whatever the content type says.
    pub(crate) fn json(&self) -> Option<Value> {
        serde_json::from_slice(self.request.body()).ok()
    }

    /// Whether the body is JSON by its content type, or has none: nobody has published what becomes of that.
    pub(crate) fn may_be_json(&self) -> bool {
        let content_type = self.content_type();
        content_type.is_empty() || content_type.eq_ignore_ascii_case("application/json")
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
            let fields = self.parts().into_iter().filter(|part| part.file_name.is_none());
            let text = |part: Part<'r>| {
                Some((Cow::Borrowed(part.name), Cow::Borrowed(std::str::from_utf8(part.content).ok()?)))
            };
            Params(fields.filter_map(text).collect())
        })
    }

    /// The parts of a `multipart/form-data` body, files among them; none if it is none.
    pub(crate) fn parts(&self) -> Vec<Part<'r>> {
        let is_multipart = self.content_type().eq_ignore_ascii_case("multipart/form-data");
        let content_type = self.header(header::CONTENT_TYPE).filter(|_| is_multipart);
        content_type.map_or_else(Vec::new, |content_type| multipart::parts(content_type, self.request.body()))
    }

    /// User and password of HTTP Basic.
    pub(crate) fn basic(&self) -> Option<(String, String)> {
        let decoded = BASE64_STANDARD.decode(self.authorization("Basic")?).ok()?;
        let (user, password) =
            String::from_utf8(decoded).ok()?.split_once(':').map(|(u, p)| (u.to_owned(), p.to_owned()))?;
        Some((user, password))
    }
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
    fn a_body_that_is_no_form_has_no_parameters() {
        let request = http::Request::post("/t").body(Bytes::from("code=abc")).unwrap();
        assert_eq!(Call::new(&request).parameter("code"), None);
    }
}
