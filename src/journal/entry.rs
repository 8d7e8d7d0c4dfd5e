//! One call and its answer.

use std::{borrow::Cow, fmt, sync::Arc, time::Duration};

use bytes::Bytes;
use http::{HeaderMap, StatusCode, header};
use serde_json::{Value, json};

use crate::{
    Timestamp, Vendor,
    exchange::{Delivery, Ending, Reply, Request, Verdict},
    journal::{
        Ownership, Refresh,
        packed::{Message as _, Packed},
        text,
    },
    mask,
    tenant::{CREDENTIAL_HEADERS, CREDENTIAL_PARAMETERS, TenantId},
};

/// One call and its answer. Prints as one line, with every secret masked.
///
/// ```
/// use rehearsal::{Request, Stage, Vendor};
///
/// let stage = Stage::new();
/// stage.respond(Vendor::Box, &Request::default());
/// let entry = stage.default_tenant().calls().last().ok_or("the call was journaled")?;
/// assert!(entry.to_string().ends_with("GET / → 404  box not-found, refused: no such route"));
/// # Ok::<(), &str>(())
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub struct Entry {
    /// Counts up from 1 within the tenant.
    pub number: u64,
    /// When, by the tenant's clock.
    pub at: Timestamp,
    /// In whose journal it is.
    pub tenant: TenantId,
    /// Whether that tenant owns a credential that the call showed.
    pub ownership: Ownership,
    /// Whose stand-in was called.
    pub vendor: Vendor,
    /// The vendor's operation, such as `token` or `revoke`.
    pub operation: &'static str,
    /// What was decided, and why.
    pub verdict: Verdict,
    /// How the answer was handed over.
    pub delivery: Delivery,
    /// How long the provider thought about it, by the machine's clock; without the delay of a fault.
    pub took: Duration,
    refresh: Refresh,
    status: StatusCode,
    request: Packed<Request>,
    response: Packed<http::Response<Bytes>>,
}

/// What is known of a call besides request and answer.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Facts {
    pub(crate) at: Timestamp,
    pub(crate) vendor: Vendor,
    pub(crate) operation: &'static str,
    pub(crate) refresh: Refresh,
    pub(crate) ownership: Ownership,
    pub(crate) took: Duration,
}

impl Entry {
    /// On the path of every call.
    pub(super) fn new(tenant: TenantId, facts: Facts, request: &Request, reply: &Reply) -> Self {
        let Facts { at, vendor, operation, refresh, ownership, took } = facts;
        Self {
            number: 0,
            at,
            tenant,
            ownership,
            vendor,
            operation,
            verdict: reply.verdict.clone(),
            delivery: reply.delivery,
            took,
            refresh,
            status: reply.status(),
            request: request.pack(),
            response: reply.response.pack(),
        }
    }

    /// The request as it came in, credentials included.
    ///
    /// ```
    /// # use rehearsal::{Stage, Vendor};
    /// # let stage = Stage::new();
    /// let request = http::Request::get("/?a=1").header("accept", "*/*").body(bytes::Bytes::new())?;
    /// stage.respond(Vendor::Box, &request);
    /// let call = stage.default_tenant().calls().last().ok_or("the call was journaled")?;
    /// assert_eq!(call.request().uri(), "/?a=1");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn request(&self) -> &Request {
        self.request.get()
    }

    /// The answer as it went out, credentials included.
    ///
    /// ```
    /// # use rehearsal::{Stage, Vendor};
    /// # let stage = Stage::new();
    /// let request = http::Request::get("/?a=1").header("accept", "*/*").body(bytes::Bytes::new())?;
    /// stage.respond(Vendor::Box, &request);
    /// let call = stage.default_tenant().calls().last().ok_or("the call was journaled")?;
    /// assert!(call.response().headers().contains_key("date"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn response(&self) -> &http::Response<Bytes> {
        self.response.get()
    }

    /// How many bytes request and answer take.
    pub(super) fn size(&self) -> usize {
        self.request.size() + self.response.size()
    }

    /// The answer's status. A [reset](Ending::Reset) connection has carried none; it counts as 502.
    ///
    /// ```
    /// # use rehearsal::{Stage, Vendor};
    /// # let stage = Stage::new();
    /// let request = http::Request::get("/?a=1").header("accept", "*/*").body(bytes::Bytes::new())?;
    /// stage.respond(Vendor::Box, &request);
    /// let call = stage.default_tenant().calls().last().ok_or("the call was journaled")?;
    /// assert_eq!(call.status(), 404);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// A header of the request.
    ///
    /// ```
    /// # use rehearsal::{Stage, Vendor};
    /// # let stage = Stage::new();
    /// let request = http::Request::get("/?a=1").header("accept", "*/*").body(bytes::Bytes::new())?;
    /// stage.respond(Vendor::Box, &request);
    /// let call = stage.default_tenant().calls().last().ok_or("the call was journaled")?;
    /// assert_eq!(call.header("Accept"), Some("*/*"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.request().headers().get(name)?.to_str().ok()
    }

    /// A parameter of the request, wherever it stands: query, form, or member of a JSON object.
    ///
    /// ```
    /// # use rehearsal::{Stage, Vendor};
    /// # let stage = Stage::new();
    /// let request = http::Request::get("/?a=1").header("accept", "*/*").body(bytes::Bytes::new())?;
    /// stage.respond(Vendor::Box, &request);
    /// let call = stage.default_tenant().calls().last().ok_or("the call was journaled")?;
    /// assert_eq!(call.parameter("a").as_deref(), Some("1"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn parameter(&self, name: &str) -> Option<String> {
        self.parameters(name).into_iter().next()
    }

    /// Every value that the request gives to a parameter: of the query, then of the body.
    pub(super) fn parameters(&self, name: &str) -> Vec<String> {
        let find = |pairs: &[u8], values: &mut Vec<String>| {
            let found = form_urlencoded::parse(pairs).filter(|(of, _)| of == name);
            values.extend(found.map(|(_, value)| value.into_owned()));
        };
        let mut values = Vec::new();
        find(self.request().uri().query().unwrap_or_default().as_bytes(), &mut values);
        let body = self.request().body();
        match serde_json::from_slice::<Value>(body) {
            Ok(Value::Object(members)) => match members.get(name) {
                Some(Value::String(text)) => values.push(text.clone()),
                Some(value @ (Value::Number(_) | Value::Bool(_))) => values.push(value.to_string()),
                _ => {}
            },
            _ => find(body, &mut values),
        }
        values
    }

    /// Whether it asked for new tokens by a refresh token, as this vendor wants to be asked.
    ///
    /// ```
    /// use rehearsal::{Stage, Vendor};
    ///
    /// let stage = Stage::new();
    /// let request = http::Request::post("/oauth2/token")
    ///     .header("content-type", "application/x-www-form-urlencoded")
    ///     .body("grant_type=refresh_token&refresh_token=stale".into())?;
    /// stage.respond(Vendor::Box, &request);
    /// assert!(stage.default_tenant().calls().last().is_some_and(|call| call.is_refresh()));
    /// # Ok::<(), http::Error>(())
    /// ```
    #[must_use]
    pub fn is_refresh(&self) -> bool {
        self.refresh.is(self)
    }

    /// Whether the call may be one, as far as its operation says.
    pub(super) fn may_be_refresh(&self) -> bool {
        self.operation == self.refresh.operation()
    }

    /// Whether nobody expects it: no tenant owns a credential that it showed, or the vendor has no such route.
    ///
    /// A call that shows no credential at all is what a browser does before it logs in. So is one for `/favicon.ico`.
    ///
    /// ```
    /// use rehearsal::{Request, Stage, Vendor};
    ///
    /// let stage = Stage::new();
    /// stage.respond(Vendor::Box, &Request::default()); // Box has no route `GET /`
    /// assert!(stage.default_tenant().calls().last().is_some_and(|call| call.is_unexpected()));
    /// ```
    #[must_use]
    pub fn is_unexpected(&self) -> bool {
        (self.ownership == Ownership::Unowned || self.verdict == Verdict::NoRoute)
            && self.request().uri().path() != "/favicon.ico"
    }

    /// The credentials that it shows, masked: `Bearer ••••a1b2c3`, `client_id abc`.
    pub(super) fn credentials(&self) -> Vec<String> {
        let headers = [header::AUTHORIZATION.as_str()].into_iter().chain(CREDENTIAL_HEADERS);
        let in_headers = headers.filter_map(|name| {
            let masked = mask::header(name, self.header(name)?);
            Some(if name == header::AUTHORIZATION { masked } else { format!("{name} {masked}") })
        });
        let in_parameters = CREDENTIAL_PARAMETERS.into_iter().filter_map(|name| {
            let value = self.parameter(name).filter(|value| !value.is_empty())?;
            Some(format!("{name} {}", mask::parameter(name, &value)))
        });
        in_headers.chain(in_parameters).collect()
    }

    /// The entry as JSON, with every secret masked.
    ///
    /// ```
    /// # use rehearsal::{Stage, Vendor};
    /// # let stage = Stage::new();
    /// let request = http::Request::get("/?a=1").header("accept", "*/*").body(bytes::Bytes::new())?;
    /// stage.respond(Vendor::Box, &request);
    /// let call = stage.default_tenant().calls().last().ok_or("the call was journaled")?;
    /// assert_eq!(call.to_json()["answer"]["status"], 404);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn to_json(&self) -> Value {
        let request = self.request();
        let response = self.response();
        json!({
            "number": self.number,
            "at": self.at.iso(),
            "tenant": self.tenant.as_str(),
            "ownership": self.ownership.key(),
            "vendor": self.vendor.key(),
            "operation": self.operation,
            "verdict": self.verdict.to_string(),
            "took_us": u64::try_from(self.took.as_micros()).unwrap_or(u64::MAX),
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

    /// What the client saw come back: a status, or that the connection broke.
    pub(super) fn outcome(&self) -> Cow<'static, str> {
        match self.delivery.ending {
            Ending::Whole | Ending::CloseAfter => self.status().as_u16().to_string().into(),
            Ending::Reset => "reset".into(),
            Ending::CutAfter(length) => format!("{} cut after {length} bytes", self.status().as_u16()).into(),
        }
    }
}

impl fmt::Display for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&text::line(self, 0))
    }
}

/// The journal shares its entries.
pub(super) type Shared = Arc<Entry>;

pub(super) fn content_type(headers: &HeaderMap) -> &str {
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
