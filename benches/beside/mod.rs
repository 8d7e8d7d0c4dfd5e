//! What benches of servers share: a client that costs next to nothing, and a bare server to compare with.

#![allow(dead_code, reason = "each bench uses a part of it")]

use std::{
    convert::Infallible,
    net::{Ipv4Addr, SocketAddr, TcpListener},
    time::{Duration, Instant},
};

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::{Response, body::Incoming, service::service_fn};
use hyper_util::rt::TokioIo;
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    net::TcpStream,
};

/// As in the command; what is compared with it has the same.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Open connections, each with one request under way.
pub(crate) const CONNECTIONS: usize = 32;
/// How long a round takes.
pub(crate) const ROUND: Duration = Duration::from_millis(500);
/// Each server has so many turns.
pub(crate) const ROUNDS: usize = 15;

/// Writes the next request of a connection, whose last answer was this; there is none at first.
pub(crate) type Next<'n> = Box<dyn FnMut(&[u8], &mut Vec<u8>) + 'n>;

/// The same request again and again.
pub(crate) fn same<'n>(request: Vec<u8>) -> Next<'n> {
    Box::new(move |_, to| to.extend_from_slice(&request))
}

/// A request as it goes over the wire.
pub(crate) fn get(path: &str, token: &str) -> Vec<u8> {
    format!("GET {path} HTTP/1.1\r\nHost: api.box.com\r\nAuthorization: Bearer {token}\r\n\r\n").into_bytes()
}

/// A form as it goes over the wire.
pub(crate) fn post(to: &mut Vec<u8>, path: &str, form: &[(&str, &str)]) {
    let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
    let length = body.len();
    let head = format!(
        "POST {path} HTTP/1.1\r\nHost: api.box.com\r\nContent-Type: application/x-www-form-urlencoded\r\n\
         Content-Length: {length}\r\n\r\n"
    );
    to.extend_from_slice(head.as_bytes());
    to.extend_from_slice(body.as_bytes());
}

pub(crate) async fn connect(address: SocketAddr) -> TcpStream {
    let stream = TcpStream::connect(address).await.expect("the server listens");
    stream.set_nodelay(true).expect("the socket is open");
    stream
}

/// Asks on all connections at once for one round. The next requests come from `next`, one for each connection.
pub(crate) async fn requests_a_second<S: AsyncRead + AsyncWrite + Unpin>(
    streams: Vec<S>,
    next: Vec<Next<'_>>,
) -> f64 {
    let started = Instant::now();
    let clients = streams.into_iter().zip(next).map(|(mut stream, mut next)| async move {
        let (mut count, mut request, mut answer) = (0_u32, Vec::new(), Vec::new());
        while started.elapsed() < ROUND {
            request.clear();
            next(&answer, &mut request);
            ask(&mut stream, &request, &mut answer).await;
            count += 1;
        }
        count
    });
    let total: u32 = futures::future::join_all(clients).await.into_iter().sum();
    f64::from(total) / started.elapsed().as_secs_f64()
}

/// One request, and its whole answer.
pub(crate) async fn ask<S: AsyncRead + AsyncWrite + Unpin>(
    stream: &mut S,
    request: &[u8],
    answer: &mut Vec<u8>,
) {
    stream.write_all(request).await.expect("the connection is open");
    answer.clear();
    while !is_whole(answer) {
        assert!(stream.read_buf(answer).await.expect("the connection is open") > 0, "an answer");
    }
}

/// Whether the head and as much body as it says are there.
fn is_whole(answer: &[u8]) -> bool {
    body(answer).is_some_and(|(length, body)| body.len() >= length)
}

/// The body of an answer, and how long its head says it is.
pub(crate) fn body(answer: &[u8]) -> Option<(usize, &[u8])> {
    let end = answer.windows(4).position(|end| end == b"\r\n\r\n")?;
    let head = std::str::from_utf8(&answer[..end]).ok()?;
    let length = head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse().ok())?
    });
    Some((length.unwrap_or(0), &answer[end + 4..]))
}

/// A hyper server on a thread of its own that reads each request and answers `body`, as JSON.
pub(crate) fn bare_server(body: Bytes) -> SocketAddr {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a loopback port is free");
    let address = listener.local_addr().expect("the listener is open");
    std::thread::spawn(move || {
        let runtime =
            tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime starts");
        runtime.block_on(async {
            listener.set_nonblocking(true).expect("the listener is open");
            let listener = tokio::net::TcpListener::from_std(listener).expect("the listener is open");
            loop {
                let Ok((stream, _)) = listener.accept().await else { continue };
                let body = body.clone();
                stream.set_nodelay(true).expect("the socket is open");
                tokio::spawn(async move {
                    let answer = service_fn(move |request: hyper::Request<Incoming>| {
                        let body = body.clone();
                        async move {
                            let _read = request.into_body().collect().await;
                            Ok::<_, Infallible>(Response::new(Full::new(body)))
                        }
                    });
                    let connection = hyper::server::conn::http1::Builder::new();
                    let _closed = connection.serve_connection(TokioIo::new(stream), answer).await;
                });
            }
        });
    });
    address
}
