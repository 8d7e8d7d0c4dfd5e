//! Stand-ins on a `wiremock::MockServer`, beside a test's own mocks.
//!
//! Ten lines prove that a client refreshes exactly once:
//!
//! ```
//! use rehearsal::{ConsentGiven, Stage, Vendor};
//! use wiremock::MockServer;
//! # async fn call_eight_times_at_once(base: &str, app: &rehearsal::Demo, access: &str, refresh: &str) {
//! #     let http = reqwest::Client::new();
//! #     let me = |token: String| http.get(format!("{base}/2.0/users/me")).bearer_auth(token).send();
//! #     let refused = futures::future::join_all((0..8).map(|_| me(access.to_owned()))).await;
//! #     assert!(refused.into_iter().all(|answer| answer.is_ok_and(|answer| answer.status() == 401)));
//! #     let form = [("grant_type", "refresh_token"), ("refresh_token", refresh), ("client_id", &app.client_id),
//! #         ("client_secret", app.client_secret.expose())];
//! #     let tokens = http.post(format!("{base}/oauth2/token")).form(&form).send().await.unwrap();
//! #     let tokens: serde_json::Value = tokens.json().await.unwrap();
//! #     let token = tokens["access_token"].as_str().unwrap();
//! #     futures::future::join_all((0..8).map(|_| me(token.to_owned()))).await;
//! # }
//! # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
//!
//! let stage = Stage::new();
//! let server = MockServer::start().await;
//! stage.mount(Vendor::Box, &server).await; // from here on, `server.uri()` is Box
//!
//! let at_box = stage.tenant().box_com(); // a world of its own, for tests in parallel
//! let tokens = at_box.issue_tokens(ConsentGiven::default())?; // no page, no code
//! at_box.expire(tokens.access_token())?;
//!
//! let refresh_token = tokens.refresh_token().ok_or("Box issues one")?;
//! call_eight_times_at_once(&server.uri(), &at_box.demo(), tokens.access_token(), refresh_token).await; // your client
//! at_box.tenant().calls().assert_one_refresh(Vendor::Box, 8); // eight met a 401, one refreshed
//! # Ok(()) }
//! ```
//!
//! `examples/application_test_with_wiremock.rs` has five such tests in full.
//!
//! The test's own mocks come first, whatever their priority, so that one answers one route in place of the vendor:
//!
//! ```
//! use rehearsal::{Stage, Vendor};
//! use wiremock::{Mock, MockServer, ResponseTemplate, matchers::path};
//!
//! # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), reqwest::Error> {
//! let stage = Stage::new();
//! let server = MockServer::start().await;
//! stage.mount(Vendor::Box, &server).await;
//! Mock::given(path("/2.0/users/me")).respond_with(ResponseTemplate::new(503)).expect(1).mount(&server).await;
//!
//! assert_eq!(reqwest::get(format!("{}/2.0/users/me", server.uri())).await?.status(), 503);
//! assert_eq!(reqwest::get(format!("{}/2.0/folders/0", server.uri())).await?.status(), 401);
//! # Ok(()) }
//! ```
//!
//! Two of them on one route are told apart by priority, as ever: 1 comes before the default of 5. The stand-in has 255. To
//! override a route for a while, limit the mock with `up_to_n_times`, or set a [`Fault`](crate::Fault), which strikes one
//! tenant and leaves the others alone. A *scoped* mock has to be mounted before the stand-in: wiremock (as of 0.6.5) finds
//! scoped mocks by their position, and loses it when a later mock is sorted before one of a lower priority.
//!
//! ```
//! # use rehearsal::{Stage, Vendor};
//! # use wiremock::{Mock, MockServer, ResponseTemplate, matchers::path};
//! # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), reqwest::Error> {
//! # let (stage, server) = (Stage::new(), MockServer::start().await);
//! # stage.mount(Vendor::Box, &server).await;
//! let refuse = |status| Mock::given(path("/2.0/users/me")).respond_with(ResponseTemplate::new(status));
//! refuse(503).mount(&server).await;
//! refuse(429).with_priority(1).up_to_n_times(1).mount(&server).await;
//!
//! let status = async || reqwest::get(format!("{}/2.0/users/me", server.uri())).await.map(|answer| answer.status());
//! assert_eq!((status().await?.as_u16(), status().await?.as_u16()), (429, 503));
//! # Ok(()) }
//! ```
//!
//! [`Fault`](crate::Fault)s that break a connection break it before the answer: wiremock can do so, but not in the middle of
//! an answer, nor close one behind it. A stage that serves itself ([`Stage::start`](crate::Stage)) does all three. One
//! server is one vendor: of two that are mounted, the first answers everything.

use std::{
    fmt, io,
    sync::{Arc, Mutex, PoisonError},
};

use bytes::Bytes;
use wiremock::{Match, Mock, MockServer, Respond, ResponseTemplate, matchers::any};

use crate::{Provider, Reply, Stage, Vendor, exchange::Ending};

/// The last to be asked: a test's own mocks, at wiremock's default priority 5 or any other, come first.
const PRIORITY: u8 = u8::MAX;

/// What is said where only a mounted stand-in can do it.
const UNBROKEN: &str =
    "a fault breaks this connection, which a mock cannot do; mount the stand-in with Stage::mount\n";

/// A stand-in that answers what a [`wiremock::Mock`] matches.
///
/// It cannot break a connection: a fault that does is a 502 which says so. [`Stage::mount`] can.
#[derive(Clone)]
pub struct StandIn(Arc<dyn Provider>);

impl Stage {
    /// The stand-in of `vendor`, for `Mock::respond_with`.
    #[must_use]
    pub fn stand_in(&self, vendor: Vendor) -> StandIn {
        StandIn(self.provider(vendor))
    }

    /// A mock of everything that `vendor` answers; for `expect`, `named`, `mount` or `mount_as_scoped`.
    pub fn mock(&self, vendor: Vendor) -> Mock {
        last(vendor, Mock::given(any()).respond_with(self.stand_in(vendor)))
    }

    /// Mounts the stand-in of `vendor` on `server`, behind all other mocks.
    pub async fn mount(&self, vendor: Vendor, server: &MockServer) {
        let mounted = Mounted { provider: self.provider(vendor), reply: Arc::default() };
        let broken = |_: &wiremock::Request| io::Error::from(io::ErrorKind::ConnectionReset);
        let [breaking, answering] =
            [Mock::given(mounted.clone()).respond_with_err(broken), Mock::given(any()).respond_with(mounted)];
        for mock in [breaking, answering] {
            last(vendor, mock).mount(server).await;
        }
    }
}

/// Behind all other mocks.
fn last(vendor: Vendor, mock: Mock) -> Mock {
    mock.with_priority(PRIORITY).named(vendor.display_name())
}

impl Respond for StandIn {
    fn respond(&self, request: &wiremock::Request) -> ResponseTemplate {
        template(asked(&*self.0, request))
    }
}

/// A stand-in behind two mocks: one matches the calls whose connection breaks, the other answers those that are left.
#[derive(Clone)]
struct Mounted {
    provider: Arc<dyn Provider>,
    /// To the call that is being matched: wiremock takes one at a time.
    reply: Arc<Mutex<Option<Reply>>>,
}

impl Match for Mounted {
    fn matches(&self, request: &wiremock::Request) -> bool {
        let reply = asked(&*self.provider, request);
        let is_broken = breaks(&reply);
        *self.reply.lock().unwrap_or_else(PoisonError::into_inner) = Some(reply).filter(|_| !is_broken);
        is_broken
    }
}

impl Respond for Mounted {
    fn respond(&self, request: &wiremock::Request) -> ResponseTemplate {
        let reply = self.reply.lock().unwrap_or_else(PoisonError::into_inner).take();
        template(reply.unwrap_or_else(|| asked(&*self.provider, request)))
    }
}

fn breaks(reply: &Reply) -> bool {
    matches!(reply.delivery.ending, Ending::Reset | Ending::CutAfter(_))
}

fn asked(provider: &dyn Provider, request: &wiremock::Request) -> Reply {
    let target = match request.url.query() {
        Some(query) => format!("{}?{query}", request.url.path()),
        None => request.url.path().to_owned(),
    };
    let mut call = http::Request::new(Bytes::copy_from_slice(&request.body));
    *call.method_mut() = request.method.clone();
    // A URL's path and query are always a valid request target.
    *call.uri_mut() = target.parse().unwrap_or_default();
    *call.headers_mut() = request.headers.clone();
    provider.respond(&call)
}

fn template(reply: Reply) -> ResponseTemplate {
    if breaks(&reply) {
        return ResponseTemplate::new(http::StatusCode::BAD_GATEWAY).set_body_string(UNBROKEN);
    }
    let (parts, body) = reply.response.into_parts();
    let mut template = ResponseTemplate::new(parts.status.as_u16()).set_delay(reply.delivery.delay);
    for (name, value) in &parts.headers {
        template = template.append_header(name, value);
    }
    template.set_body_bytes(body)
}

impl fmt::Debug for StandIn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "StandIn({})", self.0.vendor())
    }
}
