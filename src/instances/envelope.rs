//! Seals every answer: error bodies in one shape, request ids, and the headers all answers share.

use std::panic::AssertUnwindSafe;

use axum::{
    Json,
    extract::{MatchedPath, Request, State},
    middleware::Next,
    response::{IntoResponse, Response},
};
use futures_util::FutureExt as _;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use serde_json::json;
use tracing::Instrument;

use super::{Service, error::Error};
use crate::{Clock, Mint, mint};

/// 1.3, the exact text.
const EXPOSED: &str = "Elements-Returned-Count, Elements-Total-Count, Elements-Request-Id, \
                       Elements-Next-Page-Token, Elements-Trace-Id, Elements-Error, Content-Disposition";

pub(crate) const REQUEST_ID: HeaderName = HeaderName::from_static("elements-request-id");
pub(crate) const TRACE_ID: HeaderName = HeaderName::from_static("elements-trace-id");
pub(crate) const INSTANCE_ID: HeaderName = HeaderName::from_static("elements-element-instance-id");

/// The error an answer carries, until its body is made.
#[derive(Clone, Debug)]
pub(crate) struct Envelope {
    pub(crate) message: String,
    pub(crate) provider_message: Option<String>,
}

/// Marks an answer to a call that went through this instance.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Through(pub(crate) u64);

/// Runs around everything, so that refusals of the router itself look like all others.
pub(crate) async fn seal(State(service): State<Service>, request: Request, next: Next) -> Response {
    let cross_origin = request.headers().contains_key(header::ORIGIN);
    let request_id = request_id(service.clock(), service.mint());
    let method = request.method().clone();
    // Everything that is logged for the request carries its id, which its answer carries too.
    let span = tracing::info_span!("request", id = request_id);
    // A fault of ours is an answer like any other, and not a connection that breaks off.
    let run = AssertUnwindSafe(next.run(request).instrument(span.clone()));
    let mut response = run.catch_unwind().await.unwrap_or_else(|_| {
        span.in_scope(|| tracing::error!("the service failed in the middle of a request"));
        Error::Internal.into_response()
    });
    let status = response.status();
    // The path as the table of routes has it: what callers write in its place could be a secret.
    let route = response.extensions_mut().remove::<Route>().unwrap_or_default();
    span.in_scope(|| tracing::info!(%method, route = route.0, status = status.as_u16(), "answered"));
    if status.is_client_error() || status.is_server_error() {
        let envelope = response.extensions_mut().remove::<Envelope>().unwrap_or_else(|| unnamed(status));
        response = with_body(response, &request_id, envelope);
    }
    if let Some(Through(instance)) = response.extensions().get().copied() {
        response.headers_mut().insert(INSTANCE_ID, HeaderValue::from(instance));
    }
    if let Ok(id) = HeaderValue::try_from(request_id) {
        response.headers_mut().insert(REQUEST_ID, id);
    }
    if cross_origin {
        let exposed = HeaderValue::from_static(EXPOSED);
        response.headers_mut().insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, exposed);
    }
    response
}

/// Refuses a request whose `Accept` header no answer of this service satisfies.
pub(crate) async fn negotiate(request: Request, next: Next) -> Response {
    let acceptable = accepts_json(request.headers());
    routed(request, |request| async move {
        if acceptable { next.run(request).await } else { Error::NotAcceptable.into_response() }
    })
    .await
}

/// For paths that may lead to the content of a file, which has a type of its own: the handler looks at `Accept`.
pub(crate) async fn negotiate_later(request: Request, next: Next) -> Response {
    routed(request, |request| next.run(request)).await
}

/// Notes the route that a request fell on.
async fn routed<F: Future<Output = Response>>(request: Request, run: impl FnOnce(Request) -> F) -> Response {
    let route = Route::of(&request);
    let mut response = run(request).await;
    response.extensions_mut().insert(route);
    response
}

/// The entry of the table of routes that a request fell on.
#[derive(Clone, Debug, Default)]
struct Route(String);

impl Route {
    fn of(request: &Request) -> Self {
        let matched = request.extensions().get::<MatchedPath>();
        Self(matched.map(|path| path.as_str().to_owned()).unwrap_or_default())
    }
}

pub(crate) fn accepts_json(headers: &HeaderMap) -> bool {
    let mut ranges = headers
        .get_all(header::ACCEPT)
        .iter()
        .flat_map(|value| value.to_str().unwrap_or_default().split(','))
        .map(str::trim)
        .filter(|range| !range.is_empty())
        .peekable();
    ranges.peek().is_none() || ranges.any(allows_json)
}

fn allows_json(range: &str) -> bool {
    let mut parts = range.split(';').map(|part| part.trim().to_ascii_lowercase());
    let json = matches!(parts.next().as_deref(), Some("*/*" | "application/*" | "application/json"));
    let refused = parts
        .filter_map(|parameter| {
            parameter.strip_prefix("q=").and_then(|weight| weight.trim().parse::<f32>().ok())
        })
        .any(|weight| weight <= 0.0);
    json && !refused
}

fn with_body(mut plain: Response, request_id: &str, envelope: Envelope) -> Response {
    let mut body = json!({ "requestId": request_id, "message": envelope.message });
    if let Some(message) = envelope.provider_message {
        body["providerMessage"] = message.into();
    }
    let mut response = (plain.status(), Json(body)).into_response();
    for name in [header::ALLOW, header::RETRY_AFTER, TRACE_ID] {
        if let Some(value) = plain.headers_mut().remove(&name) {
            response.headers_mut().insert(name, value);
        }
    }
    if let Some(through) = plain.extensions_mut().remove::<Through>() {
        response.extensions_mut().insert(through);
    }
    response
}

/// A refusal that is not one of ours: made by the router or the HTTP layer.
fn unnamed(status: StatusCode) -> Envelope {
    let message = match status {
        StatusCode::NOT_FOUND => Error::UnknownPath.to_string(),
        StatusCode::METHOD_NOT_ALLOWED => Error::UnknownMethod.to_string(),
        other => other.canonical_reason().unwrap_or("Request failed").to_owned(),
    };
    Envelope { message, provider_message: None }
}

/// 24 hexadecimal digits, of which the first 8 are seconds since 1970 (2.1).
fn request_id(clock: &Clock, mint: &Mint) -> String {
    let seconds = clock.now().as_secs() & 0xffff_ffff;
    format!("{seconds:08x}{}", mint.text(mint::HEX, 16))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Timestamp;

    fn accept(value: &'static str) -> HeaderMap {
        HeaderMap::from_iter([(header::ACCEPT, HeaderValue::from_static(value))])
    }

    #[test]
    fn json_is_acceptable_unless_the_header_leaves_it_out() {
        assert!(accepts_json(&HeaderMap::new()));
        for value in
            ["*/*", "application/json", "text/html, application/*;q=0.5", "Application/JSON; charset=utf-8"]
        {
            assert!(accepts_json(&accept(value)), "{value}");
        }
        for value in ["application/xml", "text/*", "application/json;q=0"] {
            assert!(!accepts_json(&accept(value)), "{value}");
        }
    }

    #[tokio::test]
    async fn a_fault_of_ours_is_answered_in_the_envelope() {
        use axum::{Router, body::Body, middleware, routing::get};
        use tower::ServiceExt as _;

        #[expect(clippy::panic, reason = "the fault")]
        async fn fails() {
            panic!("a fault");
        }
        let settings = crate::instances::Settings::new(
            [].into(),
            vec![crate::instances::Caller::new("user-secret", "organization-secret")],
        );
        let service = Service::new(settings).unwrap();
        let router =
            Router::new().route("/", get(fails)).layer(middleware::from_fn_with_state(service, seal));
        let answer = router.oneshot(Request::get("/").body(Body::empty()).unwrap()).await.unwrap();
        assert_eq!(answer.status(), StatusCode::INTERNAL_SERVER_ERROR);
        assert!(answer.headers().contains_key(REQUEST_ID));
        let body = axum::body::to_bytes(answer.into_body(), 1000).await.unwrap();
        let body: serde_json::Value = serde_json::from_slice(&body).unwrap();
        assert_eq!(body["message"], Error::Internal.to_string());
        assert!(body["requestId"].is_string());
    }

    #[test]
    fn a_request_id_begins_with_the_time() {
        let clock = Clock::stopped_at(Timestamp::from_millis(0x5a81_27a0 * 1000));
        let id = request_id(&clock, &Mint::seeded(1));
        assert!(id.starts_with("5a8127a0") && id.len() == 24, "{id}");
        assert_ne!(id, request_id(&clock, &Mint::seeded(2)));
    }
}
