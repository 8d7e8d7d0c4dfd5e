//! The service under test, as any client sees it: an address, two secrets, and HTTP.

use std::{
    collections::BTreeSet,
    fmt,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Method, header};
use serde_json::Value;
use url::Url;

use super::{
    connector::Connector,
    exchange::{Answer, Exchange, Sent},
};
use crate::Secret;

/// Where every path of the service begins (INST-001).
const PREFIX: &str = "/elements/api-v2";

/// How long a connection is kept without use. Servers close theirs after a few seconds, and one that is closed while a
/// request is on its way would look like a target without an answer.
const IDLE: Duration = Duration::from_secs(2);

/// Somebody who may call the target.
#[derive(Clone, Debug)]
pub struct Caller {
    /// The User secret.
    pub user_secret: Secret,
    /// The Organization secret.
    pub organization_secret: Secret,
}

/// The service under test.
#[derive(Clone, Debug)]
pub struct Target {
    /// Its address, with or without `/elements/api-v2`.
    pub url: Url,
    /// Who calls.
    pub caller: Caller,
    /// Another caller, of another organization. Without one, what takes two callers is not applicable.
    pub stranger: Option<Caller>,
    /// The connectors it has; all of the suite's if it does not say.
    pub connectors: Option<Vec<&'static Connector>>,
    /// What it can do beyond the core, by key; everything if it does not say.
    pub capabilities: Option<Vec<String>>,
}

impl Target {
    /// Whether it need know a second caller: those of a launched target are made up for it, and not all are asked about.
    pub(crate) fn tells_callers_apart(&self) -> bool {
        self.capabilities.as_ref().is_none_or(|all| all.iter().any(|of| of == "callers"))
    }

    /// A target with one caller, which claims to do everything.
    #[must_use]
    pub fn new(url: Url, caller: Caller) -> Self {
        Self { url, caller, stranger: None, connectors: None, capabilities: None }
    }
}

/// How a call authorizes itself.
#[derive(Clone)]
enum Authorization {
    Parts {
        organization: bool,
        element: Option<Secret>,
    },
    /// As written, with `$user`, `$organization` and `$element` filled in; empty for no header at all.
    Written(String, Option<Secret>),
}

/// A call to be made.
#[derive(Clone)]
pub(crate) struct Call {
    method: Method,
    path: String,
    by_stranger: bool,
    query: Vec<(String, String)>,
    authorization: Authorization,
    headers: HeaderMap,
    body: Bytes,
}

impl Call {
    /// A call with the User and Organization parts.
    pub(crate) fn new(method: Method, path: impl Into<String>) -> Self {
        Self {
            method,
            path: path.into(),
            by_stranger: false,
            query: Vec::new(),
            authorization: Authorization::Parts { organization: true, element: None },
            headers: HeaderMap::new(),
            body: Bytes::new(),
        }
    }

    pub(crate) fn get(path: impl Into<String>) -> Self {
        Self::new(Method::GET, path)
    }

    pub(crate) fn post(path: impl Into<String>, body: &Value) -> Self {
        Self::new(Method::POST, path).json(body)
    }

    pub(crate) fn put(path: impl Into<String>, body: &Value) -> Self {
        Self::new(Method::PUT, path).json(body)
    }

    pub(crate) fn patch(path: impl Into<String>, body: &Value) -> Self {
        Self::new(Method::PATCH, path).json(body)
    }

    pub(crate) fn delete(path: impl Into<String>) -> Self {
        Self::new(Method::DELETE, path)
    }

    /// Adds the Element part.
    pub(crate) fn element(mut self, token: &Secret) -> Self {
        match &mut self.authorization {
            Authorization::Parts { element, .. } | Authorization::Written(_, element) => {
                *element = Some(token.clone());
            }
        }
        self
    }

    /// Leaves the Organization part out.
    pub(crate) fn without_organization(mut self) -> Self {
        if let Authorization::Parts { organization, .. } = &mut self.authorization {
            *organization = false;
        }
        self
    }

    /// Sends the header as written, with `$user`, `$organization` and `$element` filled in.
    pub(crate) fn authorization(mut self, written: &str) -> Self {
        let element = match self.authorization {
            Authorization::Parts { element, .. } | Authorization::Written(_, element) => element,
        };
        self.authorization = Authorization::Written(written.to_owned(), element);
        self
    }

    /// Makes it a call of the other caller.
    pub(crate) fn by_stranger(mut self) -> Self {
        self.by_stranger = true;
        self
    }

    /// Adds a header, or replaces it.
    pub(crate) fn header(mut self, name: &str, value: &str) -> Self {
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::from_str(value)) {
            self.headers.insert(name, value);
        }
        self
    }

    pub(crate) fn query(mut self, name: &str, value: &str) -> Self {
        self.query.push((name.to_owned(), value.to_owned()));
        self
    }

    fn json(self, body: &Value) -> Self {
        self.text(&body.to_string())
    }

    /// A body as written, declared to be JSON.
    pub(crate) fn text(mut self, body: &str) -> Self {
        self.headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        self.body = Bytes::copy_from_slice(body.as_bytes());
        self
    }
}

/// A scenario's client of the target. Remembers the paths of what it created, so that they can be deleted.
pub(crate) struct Client {
    http: reqwest::Client,
    target: Target,
    created: Mutex<BTreeSet<String>>,
}

impl Client {
    pub(crate) fn new(http: reqwest::Client, target: Target) -> Self {
        Self { http, target, created: Mutex::default() }
    }

    /// Makes the call; an answer that never came is part of the exchange.
    pub(crate) async fn make(&self, call: Call) -> Exchange {
        let path = call.path.clone();
        let exchange = send(&self.http, self.prepare(call)).await;
        self.remember(&exchange, &path);
        exchange
    }

    /// Deletes what was created and is still there; says what could not be deleted.
    pub(crate) async fn delete_created(&self) -> Vec<String> {
        let created = std::mem::take(&mut *self.created());
        let mut left = Vec::new();
        for path in created {
            let answer = self.make(Call::delete(&path)).await.answer;
            // Gone already is as good.
            let gone = answer.as_ref().is_ok_and(|answer| answer.status.is_success() || answer.status == 404);
            if !gone {
                let trouble = answer.map_or_else(|trouble| trouble, |answer| answer.status.to_string());
                left.push(format!("{path} ({trouble})"));
            }
        }
        left
    }

    /// Sees to it that `path` is deleted in the end.
    pub(crate) fn delete_later(&self, path: &str) {
        self.created().insert(path.to_owned());
    }

    /// Takes back that `path` is deleted: it never came to be.
    pub(crate) fn withdraw(&self, path: &str) {
        self.created().remove(path);
    }

    fn prepare(&self, call: Call) -> Sent {
        let mut headers = call.headers;
        let stranger = self.target.stranger.as_ref().filter(|_| call.by_stranger);
        let caller = stranger.unwrap_or(&self.target.caller);
        let written = match call.authorization {
            Authorization::Parts { organization, element } => {
                let mut parts = "User $user".to_owned();
                parts.push_str(if organization { ", Organization $organization" } else { "" });
                parts.push_str(if element.is_some() { ", Element $element" } else { "" });
                fill_in(&parts, caller, element.as_ref())
            }
            Authorization::Written(written, element) => fill_in(&written, caller, element.as_ref()),
        };
        if !written.is_empty()
            && let Ok(mut value) = HeaderValue::from_str(&written)
        {
            value.set_sensitive(true);
            headers.insert(HeaderName::from_static("authorization"), value);
        }
        let mut url = self.target.url.clone();
        let (path, query) = call.path.split_once('?').unwrap_or((&call.path, ""));
        let base = url.path().trim_end_matches('/').trim_end_matches(PREFIX).to_owned();
        url.set_path(&format!("{base}{PREFIX}{path}"));
        url.set_query((!query.is_empty()).then_some(query));
        if !call.query.is_empty() {
            url.query_pairs_mut().extend_pairs(call.query);
        }
        Sent::new(call.method, url, headers, call.body)
    }

    fn remember(&self, exchange: &Exchange, path: &str) {
        let (sent, Ok(answer)) = (&exchange.sent, &exchange.answer) else { return };
        if !answer.status.is_success() {
            return;
        }
        if sent.method == Method::POST && path.ends_with("/instances") && answer.json["id"].is_number() {
            self.delete_later(&format!("/instances/{}", answer.json["id"]));
        }
        if sent.method == Method::DELETE {
            self.created().remove(path);
        }
    }

    fn created(&self) -> MutexGuard<'_, BTreeSet<String>> {
        self.created.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn fill_in(written: &str, caller: &Caller, element: Option<&Secret>) -> String {
    written
        .replace("$user", caller.user_secret.expose())
        .replace("$organization", caller.organization_secret.expose())
        .replace("$element", element.map_or("", Secret::expose))
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").field("target", &self.target).finish_non_exhaustive()
    }
}

/// One client for the whole run: connections are pooled, redirects are the business of whoever asks, and no proxy of
/// the environment gets to see a loopback address.
///
/// An answer may take as long as a step.
pub(crate) fn http_client(patience: Duration) -> Result<reqwest::Client, reqwest::Error> {
    let builder = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).no_proxy();
    builder.timeout(patience).pool_idle_timeout(IDLE).build()
}

/// Sends a request, and keeps it with its answer.
pub(crate) async fn send(http: &reqwest::Client, sent: Sent) -> Exchange {
    let request = http
        .request(sent.method.clone(), sent.url.clone())
        .headers(sent.headers.clone())
        .body(sent.body.clone());
    let answer = fetch(request).await.map_err(|error| chain(&error));
    Exchange { sent, answer }
}

pub(crate) async fn fetch(request: reqwest::RequestBuilder) -> Result<Answer, reqwest::Error> {
    let response = request.send().await?;
    let (status, headers) = (response.status(), response.headers().clone());
    Ok(Answer::new(status, headers, response.bytes().await?))
}

/// An error with its causes, outermost first.
pub(crate) fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        text = format!("{text}: {inner}");
        cause = inner.source();
    }
    text
}
