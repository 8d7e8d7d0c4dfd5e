//! One connection: finds out whether it speaks HTTP or TLS, reads requests, lets the right stand-in answer, delivers as
//! the reply says.

use std::{
    io,
    pin::{Pin, pin},
    sync::Arc,
    time::Duration,
};

use bytes::Bytes;
use http::{Response, StatusCode, header};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use hyper::{
    body::Incoming,
    server::conn::http1,
    service::{Service as _, service_fn},
};
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    service::TowerToHyperService,
};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::{TcpListener, TcpStream},
    sync::watch,
    time::timeout,
};

use crate::{
    Provider,
    serve::{
        arrival,
        body::{Body, Timely, deliver, router_body, whole},
        door::{Door, Site},
        encoding, head,
        sniff::Sniffed,
        wire::{End, Wire},
    },
};

/// Request bodies above this are refused with 413.
const BODY_LIMIT: usize = 64 * 1024 * 1024;

/// A client that has not sent its header by then is given up.
const HEADER_TIMEOUT: Duration = Duration::from_secs(30);

/// A client that has not finished its handshake by then is given up.
#[cfg(feature = "tls")]
const HANDSHAKE_TIMEOUT: Duration = Duration::from_secs(10);

/// The first byte of a TLS handshake, which begins no method of HTTP.
const TLS_HANDSHAKE: u8 = 0x16;

/// Tells connections to finish what is in flight and close; without one they go on until the runtime ends.
pub(crate) type Stop = Option<watch::Receiver<()>>;

/// Accepts connections until it is stopped.
pub(crate) async fn accept(listener: TcpListener, door: Door, mut stop: Stop) {
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = stopped(&mut stop) => return,
        };
        match accepted {
            Ok((stream, _)) => {
                tokio::spawn(welcome(stream, door.clone(), stop.clone()));
            }
            // Out of file descriptors, most likely: wait for some to come back instead of spinning.
            Err(_) => tokio::time::sleep(Duration::from_millis(20)).await,
        }
    }
}

/// Ready when the servers shall stop.
async fn stopped(stop: &mut Stop) {
    match stop {
        // An error is a sender that is gone, which means the same.
        Some(stop) => drop(stop.changed().await),
        None => std::future::pending().await,
    }
}

async fn welcome(stream: TcpStream, door: Door, stop: Stop) {
    // Without this, small answers wait for the client's acknowledgement. Failing to set it costs only time.
    let _ = stream.set_nodelay(true);
    let end = End::default();
    let stream = Wire::new(stream, end.clone());
    enter(stream, Visit { door, end, stop, named: None, security: Security::None }).await;
}

/// What is known of a connection, or of a tunnel through one.
#[derive(Clone)]
pub(super) struct Visit {
    pub(super) door: Door,
    pub(super) end: End,
    pub(super) stop: Stop,
    /// The host that a tunnel was asked for, or the one in the handshake.
    pub(super) named: Option<Arc<str>>,
    pub(super) security: Security,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Security {
    /// None, or not yet.
    None,
    /// There must be TLS.
    #[cfg(feature = "tls")]
    Expected,
    /// There should have been TLS, and was not.
    #[cfg(feature = "tls")]
    Missing,
    /// There is TLS.
    #[cfg(feature = "tls")]
    Tls,
}

/// Serves whatever the stream turns out to speak.
pub(super) async fn enter<S>(stream: S, mut visit: Visit)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let sniffed = tokio::select! {
        sniffed = timeout(HEADER_TIMEOUT, Sniffed::read(stream)) => sniffed,
        () = stopped(&mut visit.stop) => return,
    };
    let Ok(Ok(stream)) = sniffed else { return };
    match stream.first() {
        None => {}
        #[cfg(feature = "tls")]
        Some(TLS_HANDSHAKE) if visit.security != Security::Tls => shake_hands(stream, visit).await,
        Some(TLS_HANDSHAKE) => {}
        Some(_) => {
            #[cfg(feature = "tls")]
            if visit.security == Security::Expected {
                visit.security = Security::Missing;
            }
            converse(stream, visit).await;
        }
    }
}

#[cfg(feature = "tls")]
async fn shake_hands<S>(stream: S, mut visit: Visit)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    use crate::serve::tls::HTTP_2;

    let acceptor = match visit.door.sites.tls.acceptor() {
        Ok(acceptor) => acceptor,
        Err(error) => {
            tracing::error!(%error, "a TLS client was turned away");
            return;
        }
    };
    // A client that does not trust the authority ends the handshake; one that never finishes it is given up.
    let Ok(Ok(stream)) = timeout(HANDSHAKE_TIMEOUT, acceptor.accept(stream)).await else { return };
    let (_, session) = stream.get_ref();
    if let Some(name) = session.server_name() {
        visit.named = Some(name.into());
    }
    visit.security = Security::Tls;
    if session.alpn_protocol() == Some(HTTP_2) {
        converse_in_streams(stream, visit).await;
    } else {
        converse(stream, visit).await;
    }
}

/// HTTP/1.
async fn converse<S>(stream: S, visit: Visit)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let (end, stop) = (visit.end.clone(), visit.stop.clone());
    let visit = Arc::new(visit);
    let service = service_fn(move |request| answer(request, Arc::clone(&visit)));
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEADER_TIMEOUT)
        // A client may close its half when it has asked, and still wait for the answer.
        .half_close(true)
        .title_case_headers(true)
        .serve_connection(TokioIo::new(stream), service)
        .with_upgrades();
    let shut_down = http1::UpgradeableConnection::graceful_shutdown;
    finish(connection, shut_down, (end, stop), std::future::pending()).await;
}

/// HTTP/2.
#[cfg(feature = "tls")]
async fn converse_in_streams<S>(stream: S, mut visit: Visit)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    use hyper::server::conn::http2;
    use tokio::sync::Notify;

    // What resets a connection of HTTP/1 resets one stream here.
    visit.end = End::of_stream();
    let (end, stop) = (visit.end.clone(), visit.stop.clone());
    let visit = Arc::new(visit);
    let began = Arc::new(Notify::new());
    let begins = Arc::clone(&began);
    let service = service_fn(move |request| {
        begins.notify_one();
        answer(request, Arc::clone(&visit))
    });
    let connection = http2::Builder::new(hyper_util::rt::TokioExecutor::new())
        .timer(TokioTimer::new())
        .keep_alive_interval(HEADER_TIMEOUT)
        .keep_alive_timeout(HEADER_TIMEOUT)
        .max_header_list_size(HEADER_LIMIT)
        .serve_connection(TokioIo::new(stream), service);
    let overdue = async {
        if timeout(HEADER_TIMEOUT, began.notified()).await.is_ok() {
            std::future::pending::<()>().await;
        }
    };
    finish(connection, http2::Connection::graceful_shutdown, (end, stop), overdue).await;
}

/// Together, the names and values of a request's header may have as many bytes.
#[cfg(feature = "tls")]
const HEADER_LIMIT: u32 = 64 * 1024;

/// Serves the connection to its end. An `overdue` one is dropped.
async fn finish<C: Future>(
    connection: C,
    shut_down: impl FnOnce(Pin<&mut C>),
    (end, mut stop): (End, Stop),
    overdue: impl Future<Output = ()>,
) {
    let mut connection = pin!(connection);
    // An error is a client that went away or broke HTTP, or a reset: there is nobody left to tell.
    tokio::select! {
        _ = connection.as_mut() => return,
        () = overdue => return,
        () = end.closed() => {}
        () = stopped(&mut stop) => {}
    }
    shut_down(connection.as_mut());
    let _ = connection.await;
}

async fn answer(request: http::Request<Incoming>, visit: Arc<Visit>) -> Result<Response<Body>, io::Error> {
    #[cfg(feature = "tls")]
    {
        use crate::serve::proxy;
        if visit.security == Security::Missing {
            return Ok(proxy::plain_on_tls());
        }
        if let Site::Proxy(proxying) = &visit.door.own
            && request.method() == http::Method::CONNECT
        {
            return Ok(proxy::connect(request, proxying, &visit));
        }
    }
    let request = arrival::settle(request, &visit);
    let named = request.headers().get(header::HOST).and_then(|host| host.to_str().ok());
    match visit.door.site([visit.named.as_deref(), named]) {
        Site::Provider(provider) => respond(request, &*provider, visit.end.clone()).await,
        Site::Router(router) => {
            let Ok(response) = TowerToHyperService::new(router).call(request.map(Timely::new)).await;
            Ok(response.map(router_body))
        }
        #[cfg(feature = "tls")]
        Site::Proxy(proxying) => Ok(proxying.refuse(&request)),
    }
}

async fn respond(
    request: http::Request<Incoming>,
    provider: &dyn Provider,
    end: End,
) -> Result<Response<Body>, io::Error> {
    let (parts, body) = request.into_parts();
    let body = match Limited::new(Timely::new(body), BODY_LIMIT).collect().await {
        Ok(body) => body.to_bytes(),
        Err(error) if error.is::<LengthLimitError>() => return Ok(bare(StatusCode::PAYLOAD_TOO_LARGE)),
        Err(error) if is_timeout(&*error) => return Ok(bare(StatusCode::REQUEST_TIMEOUT)),
        // What is no body, or was not sent whole; where nobody is left, the answer goes nowhere.
        Err(_) => return Ok(closing(StatusCode::BAD_REQUEST)),
    };
    let request = http::Request::from_parts(parts, body);
    let vendor = provider.vendor();
    let reply = encoding::encoded(vendor, request.headers(), provider.respond(&request));
    let reason = head::reason(&reply);
    let mut response = deliver(reply, end).await?;
    head::write_as(vendor, &mut response, reason);
    Ok(response)
}

fn bare(status: StatusCode) -> Response<Body> {
    let mut response = Response::new(whole(Bytes::new()));
    *response.status_mut() = status;
    response
}

/// The same, after which nothing that comes can be told from the rest of the body.
fn closing(status: StatusCode) -> Response<Body> {
    let mut response = bare(status);
    response.headers_mut().insert(header::CONNECTION, http::HeaderValue::from_static("close"));
    response
}

fn is_timeout(error: &(dyn std::error::Error + 'static)) -> bool {
    error.downcast_ref::<io::Error>().is_some_and(|error| error.kind() == io::ErrorKind::TimedOut)
}

#[cfg(test)]
mod tests {
    use std::net::{Ipv4Addr, SocketAddr};

    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    use super::*;
    use crate::{Stage, Vendor, serve::door::Sites};

    async fn open() -> SocketAddr {
        let stage = Stage::new();
        let sites = Sites {
            providers: Vendor::ALL.map(|vendor| stage.provider(vendor)).into(),
            service: None,
            #[cfg(feature = "tls")]
            tls: crate::serve::tls::Tls::in_memory(),
        };
        let own = Site::Provider(stage.provider(Vendor::Box));
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(accept(listener, Door { own, sites: Arc::new(sites) }, None));
        address
    }

    /// Time runs on as soon as everybody waits.
    #[tokio::test(start_paused = true)]
    async fn whoever_stops_half_way_is_given_up() {
        let address = open().await;
        let head = "POST /oauth2/token HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nabc";
        for (begun, told) in [("", ""), ("GET / HT", ""), ("\x16\x03\x01", ""), (head, "HTTP/1.1 408 ")] {
            let mut stream = TcpStream::connect(address).await.unwrap();
            stream.write_all(begun.as_bytes()).await.unwrap();
            let mut answer = Vec::new();
            // A reset is an end, too.
            let _ = stream.read_to_end(&mut answer).await;
            let answer = String::from_utf8_lossy(&answer);
            assert!(answer.starts_with(told), "{begun:?}: {answer}");
            assert!(answer.starts_with("HTTP/1.1 408 ") || answer.is_empty(), "{begun:?}: {answer}");
        }
    }
}
