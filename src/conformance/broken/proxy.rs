//! A reverse proxy on a loopback port of its own.

use std::{convert::Infallible, io, net::Ipv4Addr, sync::Arc};

use axum::{Router, body::Body, extract::State};
use bytes::Bytes;
use http::{HeaderMap, Request, Response, StatusCode, header};
use tokio::{net::TcpListener, task::JoinHandle};
use url::Url;

use super::defect::{Ask, Chunked, Defect, Reply};

/// Bodies above this do not occur here.
const BODY_LIMIT: usize = 16 * 1024 * 1024;

/// Headers that concern one connection only, or are computed anew.
const OWN: [header::HeaderName; 3] = [header::CONNECTION, header::TRANSFER_ENCODING, header::CONTENT_LENGTH];

/// Which of a defect's two passages a proxy leads through.
#[derive(Clone, Copy, Debug)]
pub(in crate::conformance) enum Side {
    Front,
    Back,
}

/// Where a call goes on to. Clones lead to the same place.
#[derive(Clone)]
pub(in crate::conformance) struct Next {
    http: reqwest::Client,
    upstream: Url,
}

impl Next {
    /// Forwards the call. The `Host` header stays, so that the addresses an upstream gives out lead through here.
    pub(in crate::conformance) async fn send(&self, ask: Ask) -> Reply {
        let (parts, body) = ask.into_parts();
        let mut url = self.upstream.clone();
        url.set_path(parts.uri.path());
        url.set_query(parts.uri.query());
        let sent =
            self.http.request(parts.method, url).headers(forwarded(&parts.headers)).body(body).send().await;
        let mut reply = Response::new(Bytes::new());
        match sent {
            Ok(response) => {
                *reply.status_mut() = response.status();
                *reply.headers_mut() = forwarded(response.headers());
                *reply.body_mut() = response.bytes().await.unwrap_or_default();
            }
            Err(_) => *reply.status_mut() = StatusCode::BAD_GATEWAY,
        }
        reply
    }
}

fn forwarded(headers: &HeaderMap) -> HeaderMap {
    let mut headers = headers.clone();
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
    defect: Arc<Defect>,
    side: Side,
    next: Next,
}

impl Proxy {
    pub(in crate::conformance) async fn start(
        http: reqwest::Client,
        defect: Arc<Defect>,
        side: Side,
        upstream: Url,
    ) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let url = Url::parse(&format!("http://{}", listener.local_addr()?)).map_err(io::Error::other)?;
        let way = Way { defect, side, next: Next { http, upstream } };
        let router = Router::new().fallback(pass).with_state(way);
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

async fn pass(State(way): State<Way>, request: Request<Body>) -> Response<Body> {
    let (parts, body) = request.into_parts();
    let Ok(body) = axum::body::to_bytes(body, BODY_LIMIT).await else {
        let mut refused = Response::new(Body::empty());
        *refused.status_mut() = StatusCode::PAYLOAD_TOO_LARGE;
        return refused;
    };
    let ask = Request::from_parts(parts, body);
    let passage = match way.side {
        Side::Front => &way.defect.front,
        Side::Back => &way.defect.back,
    };
    let reply = passage(ask, way.next).await;
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
