//! Stand-ins on a `wiremock::MockServer`, beside a test's own mocks.
//!
//! ```
//! use rehearsal::{Stage, Vendor};
//! use wiremock::{Mock, MockServer, ResponseTemplate, matchers::path};
//!
//! # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), reqwest::Error> {
//! let stage = Stage::new();
//! let server = MockServer::start().await;
//! stage.mount(Vendor::Box, &server).await;
//! // The test's own mocks come first: this one answers one route in place of the vendor.
//! Mock::given(path("/2.0/users/me")).respond_with(ResponseTemplate::new(503)).expect(1).mount(&server).await;
//!
//! assert_eq!(reqwest::get(format!("{}/2.0/users/me", server.uri())).await?.status(), 503);
//! assert_eq!(reqwest::get(format!("{}/2.0/folders/0", server.uri())).await?.status(), 401);
//! # Ok(()) }
//! ```
//!
//! To override a route for a while, limit the mock with `up_to_n_times`, or set a [`Fault`](crate::Fault). A *scoped* mock
//! has to be mounted before the stand-in: wiremock (as of 0.6.5) finds scoped mocks by their position, and loses it when
//! a later mock is sorted before one of a lower priority.

use std::sync::Arc;

use bytes::Bytes;
use wiremock::{Mock, MockServer, Respond, ResponseTemplate, matchers::any};

use crate::{Provider, Stage, Vendor, exchange::Ending};

/// The last to be asked: a test's own mocks, at wiremock's default priority 5 or any other, come first.
const PRIORITY: u8 = u8::MAX;

/// A stand-in that answers what a [`wiremock::Mock`] matches.
///
/// A reset shows as an answer whose body breaks off, because wiremock cannot close a connection without an answer.
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
        Mock::given(any())
            .respond_with(self.stand_in(vendor))
            .with_priority(PRIORITY)
            .named(vendor.display_name())
    }

    /// Mounts the stand-in of `vendor` on `server`, behind all other mocks.
    pub async fn mount(&self, vendor: Vendor, server: &MockServer) {
        self.mock(vendor).mount(server).await;
    }
}

impl Respond for StandIn {
    fn respond(&self, request: &wiremock::Request) -> ResponseTemplate {
        let target = match request.url.query() {
            Some(query) => format!("{}?{query}", request.url.path()),
            None => request.url.path().to_owned(),
        };
        let mut call = http::Request::new(Bytes::copy_from_slice(&request.body));
        *call.method_mut() = request.method.clone();
        // A URL's path and query are always a valid request target.
        *call.uri_mut() = target.parse().unwrap_or_default();
        *call.headers_mut() = request.headers.clone();
        let reply = self.0.respond(&call);

        let (parts, body) = reply.response.into_parts();
        let mut template = ResponseTemplate::new(parts.status.as_u16()).set_delay(reply.delivery.delay);
        for (name, value) in &parts.headers {
            template = template.append_header(name, value);
        }
        match reply.delivery.ending {
            Ending::Whole | Ending::CloseAfter => template.set_body_bytes(body),
            // A length that the body does not reach makes the server close the connection.
            Ending::Reset => template.insert_header("content-length", "1"),
            Ending::CutAfter(length) => template
                .insert_header("content-length", (body.len() + 1).to_string())
                .set_body_bytes(body.slice(..length.min(body.len()))),
        }
    }
}

impl std::fmt::Debug for StandIn {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "StandIn({})", self.0.vendor())
    }
}
