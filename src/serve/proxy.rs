//! The forward proxy: answers for the vendors' own host names, and refuses all others.

use std::{
    fmt::{self, Write as _},
    net::SocketAddr,
    sync::Arc,
};

use bytes::Bytes;
use http::{HeaderValue, Request, Response, StatusCode, header};
use hyper::body::Incoming;
use hyper_util::rt::TokioIo;
use url::Url;

use crate::{
    Vendor,
    exchange::host_without_port,
    hosts,
    serve::{
        body::{Body, whole},
        connection::{Security, Visit, enter},
        door::Door,
        tls::Authority,
    },
};

/// The port at which a server speaks TLS and nothing else.
const TLS_PORT: u16 = 443;

/// A running proxy for the vendors' own host names; it stops with the stage that it belongs to.
///
/// A client that goes through it and trusts its authority needs no other change: `https://api.box.com/2.0/users/me` is
/// answered by the stand-in, over TLS, and nothing leaves the machine.
#[derive(Clone, Debug)]
pub struct Proxy {
    pub(super) address: SocketAddr,
    pub(super) authority: Arc<Authority>,
}

impl Proxy {
    /// Where the proxy listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The proxy's URL, as clients take it.
    #[must_use]
    pub fn url(&self) -> Url {
        super::url(self.address)
    }

    /// The authority that a client must trust.
    #[must_use]
    pub fn authority(&self) -> &Authority {
        &self.authority
    }
}

/// What a listener needs to be a proxy.
#[derive(Clone)]
pub(crate) struct Proxying {
    told: Arc<dyn Fn(Refusal<'_>) + Send + Sync>,
}

/// A host that the proxy refused, and what it said.
#[derive(Clone, Copy, Debug)]
#[cfg_attr(not(feature = "cli"), expect(dead_code, reason = "the command tells it"))]
pub(crate) struct Refusal<'r> {
    pub(crate) host: &'r str,
    pub(crate) text: &'r str,
}

impl Proxying {
    /// A proxy that tells whom it refused.
    pub(crate) fn new(told: impl Fn(Refusal<'_>) + Send + Sync + 'static) -> Self {
        Self { told: Arc::new(told) }
    }

    /// The answer to a request for a host that is nobody's, and to one that is none for a proxy.
    pub(super) fn refuse<B>(&self, request: &Request<B>) -> Response<Body> {
        let host =
            request.headers().get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
        self.refuse_host(host)
    }

    fn refuse_host(&self, host: &str) -> Response<Body> {
        let host = host_without_port(host);
        let told = refusal(host);
        (self.told)(Refusal { host, text: &told });
        text(StatusCode::BAD_GATEWAY, told)
    }
}

impl fmt::Debug for Proxying {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Proxying").finish_non_exhaustive()
    }
}

/// Why a host is refused, and which are not.
fn refusal(host: &str) -> String {
    let mut told = format!(
        "{host:?} is not known here, and nothing leaves this machine. The proxy answers for these hosts:\n\n"
    );
    let mut line = |name: &str, patterns: &[&str]| {
        // Writing to a text cannot fail.
        let _ = writeln!(told, "  {name:<22}{}", patterns.join(" "));
    };
    for vendor in Vendor::ALL {
        line(vendor.display_name(), vendor.hosts());
    }
    line("instances service", hosts::INSTANCES_SERVICE);
    told += "\nWhat runs on this machine is reached without the proxy: NO_PROXY=localhost,127.0.0.1,::1\n";
    told
}

/// Opens a tunnel to a stand-in, or refuses.
pub(super) fn connect(request: Request<Incoming>, proxying: &Proxying, visit: &Visit) -> Response<Body> {
    let Some(authority) = request.uri().authority() else {
        return text(StatusCode::BAD_REQUEST, "CONNECT needs HOST:PORT\n".to_owned());
    };
    let host = authority.host();
    let Some(site) = visit.door.sites.named(host) else { return closing(proxying.refuse_host(host)) };
    let security = if authority.port_u16() == Some(TLS_PORT) { Security::Expected } else { Security::None };
    let inside = Visit {
        door: Door { own: site, sites: Arc::clone(&visit.door.sites) },
        named: Some(host.to_ascii_lowercase().into()),
        security,
        ..visit.clone()
    };
    tokio::spawn(tunnel(request, inside));
    Response::new(whole(Bytes::new()))
}

/// Boxed, because what is in a tunnel may open another.
fn tunnel(request: Request<Incoming>, visit: Visit) -> std::pin::Pin<Box<dyn Future<Output = ()> + Send>> {
    Box::pin(async move {
        // An error is a client that went away.
        if let Ok(upgraded) = hyper::upgrade::on(request).await {
            enter(TokioIo::new(upgraded), visit).await;
        }
    })
}

/// What a server answers that gets HTTP where it speaks TLS.
pub(super) fn plain_on_tls() -> Response<Body> {
    let told = "this port speaks TLS; send the request with https, or to port 80\n";
    closing(text(StatusCode::BAD_REQUEST, told.to_owned()))
}

/// Nothing good can follow on this connection.
fn closing(mut response: Response<Body>) -> Response<Body> {
    response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
    response
}

fn text(status: StatusCode, text: String) -> Response<Body> {
    let mut response = Response::new(whole(text.into()));
    *response.status_mut() = status;
    let plain = HeaderValue::from_static("text/plain; charset=utf-8");
    response.headers_mut().insert(header::CONTENT_TYPE, plain);
    response
}
