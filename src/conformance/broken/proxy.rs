//! What leads calls through a passage: a reverse proxy on a loopback port of its own, or a layer around a router.

use std::{convert::Infallible, io, net::Ipv4Addr};

use axum::{Router, body::Body, extract::State};
use bytes::Bytes;
use http::{HeaderMap, Request, Response, StatusCode, header};
use hyper::service::Service as _;
use hyper_util::service::TowerToHyperService;
use tokio::{net::TcpListener, task::JoinHandle};
use url::Url;

use super::defect::{Ask, Chunked, Passage, Reply};

/// Bodies above this do not occur here.
const BODY_LIMIT: usize = 16 * 1024 * 1024;

/// Headers that concern one connection only, or are computed anew.
const OWN: [header::HeaderName; 3] = [header::CONNECTION, header::TRANSFER_ENCODING, header::CONTENT_LENGTH];

/// Where a call goes on to. Clones lead to the same place.
#[derive(Clone)]
pub(in crate::conformance) enum Next {
    /// To an address. The `Host` header stays, so that the addresses an upstream gives out lead through here.
    There(reqwest::Client, Url),
    /// To what stands behind the layer.
    Behind(TowerToHyperService<Router>),
}

impl Next {
    /// Forwards the call.
    pub(in crate::conformance) async fn send(&self, ask: Ask) -> Reply {
        let answered = match self {
            Self::There(http, upstream) => sent_to(http, upstream.clone(), ask).await,
            Self::Behind(inner) => handed_to(inner, ask).await,
        };
        answered.unwrap_or_else(|| {
            let mut reply = Response::new(Bytes::new());
            *reply.status_mut() = StatusCode::BAD_GATEWAY;
            reply
        })
    }
}

async fn sent_to(http: &reqwest::Client, mut url: Url, ask: Ask) -> Option<Reply> {
    let (parts, body) = ask.into_parts();
    url.set_path(parts.uri.path());
    url.set_query(parts.uri.query());
    let request = http.request(parts.method, url).headers(forwarded(parts.headers)).body(body);
    let response = request.send().await.ok()?;
    let (status, headers) = (response.status(), forwarded(response.headers().clone()));
    let mut reply = Response::new(response.bytes().await.unwrap_or_default());
    (*reply.status_mut(), *reply.headers_mut()) = (status, headers);
    Some(reply)
}

async fn handed_to(inner: &TowerToHyperService<Router>, ask: Ask) -> Option<Reply> {
    let (mut parts, body) = ask.into_parts();
    parts.headers = forwarded(parts.headers);
    let Ok(response) = inner.call(Request::from_parts(parts, Body::from(body))).await;
    let (mut parts, body) = response.into_parts();
    parts.headers = forwarded(parts.headers);
    Some(Response::from_parts(parts, axum::body::to_bytes(body, BODY_LIMIT).await.ok()?))
}

fn forwarded(mut headers: HeaderMap) -> HeaderMap {
    OWN.iter().for_each(|name| while headers.remove(name).is_some() {});
    headers
}

/// A proxy that stops when it is dropped.
#[derive(Debug)]
pub(in crate::conformance) struct Proxy {
    pub(in crate::conformance) url: Url,
    task: JoinHandle<()>,
}

#[derive(Clone)]
struct Way {
    passage: Passage,
    next: Next,
}

impl Proxy {
    pub(in crate::conformance) async fn start(
        http: reqwest::Client,
        passage: Passage,
        upstream: Url,
    ) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let url = Url::parse(&format!("http://{}", listener.local_addr()?)).map_err(io::Error::other)?;
        let router = through(passage, Next::There(http, upstream));
        let task = tokio::spawn(async move {
            // Ends with the process, or when the proxy is dropped.
            let _ = axum::serve(listener, router).await;
        });
        Ok(Self { url, task })
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// A router whose calls are led through the passage first.
pub(in crate::conformance) fn before(passage: Passage, router: Router) -> Router {
    through(passage, Next::Behind(TowerToHyperService::new(router)))
}

fn through(passage: Passage, next: Next) -> Router {
    Router::new().fallback(pass).with_state(Way { passage, next })
}

async fn pass(State(way): State<Way>, request: Request<Body>) -> Response<Body> {
    let (parts, body) = request.into_parts();
    let Ok(body) = axum::body::to_bytes(body, BODY_LIMIT).await else {
        let mut refused = Response::new(Body::empty());
        *refused.status_mut() = StatusCode::PAYLOAD_TOO_LARGE;
        return refused;
    };
    let ask = Request::from_parts(parts, body);
    let reply = (way.passage)(ask, way.next).await;
    if reply.extensions().get::<Chunked>().is_some() {
        reply.map(|body| chunks(&body))
    } else {
        reply.map(Body::from)
    }
}

/// The body in pieces, so that its length is not known beforehand.
fn chunks(body: &Bytes) -> Body {
    let pieces: Vec<Result<Bytes, Infallible>> =
        body.chunks(61).map(|piece| Ok(Bytes::copy_from_slice(piece))).collect();
    Body::from_stream(futures::stream::iter(pieces))
}
