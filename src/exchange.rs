//! What goes in and out of a provider: a request with its whole body, and a reply with how it is delivered.

use std::{borrow::Cow, fmt, str::FromStr, time::Duration};

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};

/// A request with its whole body.
pub type Request = http::Request<Bytes>;

/// Marks a request that came in over TLS, as an extension; advertised URLs then say `https`.
#[derive(Clone, Copy, Debug)]
pub struct Secure;

/// An answer, how it is delivered, and why it is what it is.
#[derive(Clone, Debug)]
pub struct Reply {
    /// Status, headers and body as they go over the wire.
    pub response: http::Response<Bytes>,
    /// How a server hands the response over.
    pub delivery: Delivery,
    /// What the provider decided; for the journal, never for the wire.
    pub verdict: Verdict,
}

/// How a reply is handed over. Faults are data too.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Delivery {
    /// Wait this long before anything is sent.
    pub delay: Duration,
    /// What becomes of the response then.
    pub ending: Ending,
}

/// What becomes of a response on its way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Ending {
    /// It arrives.
    #[default]
    Whole,
    /// The connection is reset without an answer.
    Reset,
    /// The connection is reset after this many bytes of the body.
    CutAfter(usize),
    /// It arrives, and the connection is closed behind it, although the answer did not say so.
    CloseAfter,
}

/// What a provider decided about a request, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It did what was asked.
    Served,
    /// It refused; the reason is for people and names no secret.
    Refused(Cow<'static, str>),
    /// A fault that a test had set answered instead.
    Faulted(u64),
    /// The vendor has no such route.
    NoRoute,
}

impl Verdict {
    /// Whether the provider refused the request by its own rules.
    #[must_use]
    pub fn is_refused(&self) -> bool {
        matches!(self, Self::Refused(_))
    }

    /// Which kind of verdict it is.
    ///
    /// ```
    /// use rehearsal::exchange::{Verdict, VerdictKind};
    ///
    /// assert_eq!(Verdict::Refused("expired".into()).kind(), VerdictKind::Refused);
    /// ```
    #[must_use]
    pub fn kind(&self) -> VerdictKind {
        match self {
            Self::Served => VerdictKind::Served,
            Self::Refused(_) => VerdictKind::Refused,
            Self::Faulted(_) => VerdictKind::Faulted,
            Self::NoRoute => VerdictKind::NoRoute,
        }
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Served => f.write_str("served"),
            Self::Refused(reason) => write!(f, "refused: {reason}"),
            Self::Faulted(number) => write!(f, "answered by fault {number}"),
            Self::NoRoute => f.write_str("refused: no such route"),
        }
    }
}

/// A verdict without its reason, to ask for.
///
/// ```
/// use rehearsal::exchange::VerdictKind;
///
/// assert_eq!("no-route".parse(), Ok(VerdictKind::NoRoute));
/// assert_eq!(VerdictKind::Faulted.key(), "fault");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VerdictKind {
    /// The provider did what was asked.
    Served,
    /// It refused by its own rules.
    Refused,
    /// A fault answered instead.
    Faulted,
    /// The vendor has no such route.
    NoRoute,
}

impl VerdictKind {
    /// Every kind.
    pub const ALL: [Self; 4] = [Self::Served, Self::Refused, Self::Faulted, Self::NoRoute];

    /// The name used in queries: `served`, `refused`, `fault`, `no-route`.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::Served => "served",
            Self::Refused => "refused",
            Self::Faulted => "fault",
            Self::NoRoute => "no-route",
        }
    }
}

/// A text that names no kind of verdict.
///
/// ```
/// use rehearsal::exchange::VerdictKind;
///
/// let error = "maybe".parse::<VerdictKind>().expect_err("there is no such kind");
/// assert!(error.to_string().contains("there are served, refused, fault and no-route"));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no verdict is called {0:?}; there are served, refused, fault and no-route")]
pub struct UnknownVerdict(String);

impl FromStr for VerdictKind {
    type Err = UnknownVerdict;

    fn from_str(key: &str) -> Result<Self, UnknownVerdict> {
        Self::ALL.into_iter().find(|kind| kind.key() == key).ok_or_else(|| UnknownVerdict(key.to_owned()))
    }
}

impl Reply {
    /// A reply with `status` and no body.
    #[must_use]
    pub fn empty(status: StatusCode) -> Self {
        let mut response = http::Response::new(Bytes::new());
        *response.status_mut() = status;
        Self { response, delivery: Delivery::default(), verdict: Verdict::Served }
    }

    /// A reply with `status`, a content type and a body.
    #[must_use]
    pub fn new(status: StatusCode, content_type: &'static str, body: impl Into<Bytes>) -> Self {
        let mut reply = Self::empty(status).with(header::CONTENT_TYPE, content_type);
        *reply.response.body_mut() = body.into();
        reply
    }

    /// A `302 Found` to `location`; what a header cannot hold is percent-encoded.
    #[must_use]
    pub fn redirect(location: &str) -> Self {
        Self::empty(StatusCode::FOUND).with(header::LOCATION, location)
    }

    /// The same with one header more. Bytes that a header cannot hold are percent-encoded.
    #[must_use]
    pub fn with(mut self, name: impl Into<HeaderName>, value: &str) -> Self {
        self.response.headers_mut().append(name.into(), header_value(value));
        self
    }

    /// The same with one header more, whose name is known to be lower case.
    #[must_use]
    pub fn with_static(self, name: &'static str, value: &str) -> Self {
        self.with(HeaderName::from_static(name), value)
    }

    /// The same reply as a refusal for `reason`.
    #[must_use]
    pub fn refused(mut self, reason: impl Into<Cow<'static, str>>) -> Self {
        self.verdict = Verdict::Refused(reason.into());
        self
    }

    /// The same reply with a verdict.
    #[must_use]
    pub fn because(mut self, verdict: Verdict) -> Self {
        self.verdict = verdict;
        self
    }

    /// Its status.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.response.status()
    }

    /// Its headers.
    #[must_use]
    pub fn headers(&self) -> &HeaderMap {
        self.response.headers()
    }

    /// Its body.
    #[must_use]
    pub fn body(&self) -> &Bytes {
        self.response.body()
    }

    /// Its body as text; bytes that are not UTF-8 are replaced.
    #[must_use]
    pub fn text(&self) -> Cow<'_, str> {
        String::from_utf8_lossy(self.response.body())
    }
}

fn header_value(value: &str) -> HeaderValue {
    HeaderValue::from_str(value).unwrap_or_else(|_| {
        let encoded: String =
            percent_encoding::utf8_percent_encode(value, percent_encoding::CONTROLS).to_string();
        HeaderValue::from_str(&encoded).unwrap_or_else(|_| HeaderValue::from_static(""))
    })
}

/// Where the request came in, as `http://127.0.0.1:4013` without a trailing slash: what a provider puts into the
/// URLs that it hands out.
#[must_use]
pub fn base_url(request: &Request) -> String {
    let scheme = if request.extensions().get::<Secure>().is_some() { "https" } else { "http" };
    format!("{scheme}://{}", host(request))
}

/// The host, and port if any, that the request was sent to.
#[must_use]
pub fn host(request: &Request) -> &str {
    let header = request.headers().get(header::HOST).and_then(|host| host.to_str().ok());
    let authority = || request.uri().authority().map(http::uri::Authority::as_str);
    header.or_else(authority).unwrap_or("localhost")
}

/// `host` without its port, if it has one.
pub(crate) fn host_without_port(host: &str) -> &str {
    let port = host.rsplit_once(':').filter(|(_, port)| port.bytes().all(|byte| byte.is_ascii_digit()));
    port.map_or(host, |(host, _)| host)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_point_at_the_address_the_request_came_in_on() {
        let request = |secure: bool| {
            let mut request =
                http::Request::builder().header("host", "api.box.com:8443").body(Bytes::new()).unwrap();
            if secure {
                request.extensions_mut().insert(Secure);
            }
            request
        };
        assert_eq!(base_url(&request(false)), "http://api.box.com:8443");
        assert_eq!(base_url(&request(true)), "https://api.box.com:8443");
    }

    #[test]
    fn a_header_never_breaks_the_answer() {
        let reply = Reply::redirect("https://client.example/cb?state=a\r\nSet-Cookie: x");
        assert_eq!(reply.headers()["location"], "https://client.example/cb?state=a%0D%0ASet-Cookie: x");
    }
}
