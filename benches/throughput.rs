//! A served stand-in beside a bare hyper server that sends bodies of the same size: requests a second, as a ratio
//! measured in one run. Both servers and the client share this machine's cores, in turns.
//!
//! `cargo bench --bench throughput`

#![expect(clippy::print_stdout, reason = "a bench reports to the one who runs it")]

use std::{
    convert::Infallible,
    net::{Ipv4Addr, SocketAddr, TcpListener},
    time::{Duration, Instant},
};

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::{Response, body::Incoming, service::service_fn};
use hyper_util::rt::TokioIo;
use rehearsal::{ConsentGiven, Stage, Vendor};
use tokio::net::TcpStream;

const CONNECTIONS: usize = 32;
const ROUND: Duration = Duration::from_millis(500);
const ROUNDS: usize = 6;

struct Case {
    name: &'static str,
    path: &'static str,
    token: String,
}

fn main() {
    let stage = Stage::builder().build();
    let running = stage.serve().expect("a loopback port is free");
    let tokens = stage.default_tenant().issue_tokens(Vendor::Box, ConsentGiven::default());
    let token = tokens.expect("the demo app is registered").access_token.expose().to_owned();
    let served = running.address(Vendor::Box);
    let cases = [
        Case { name: "refused call", path: "/2.0/users/me", token: "unknown".into() },
        Case { name: "good call", path: "/2.0/folders/0/items", token },
    ];
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime starts");
    println!("{CONNECTIONS} keep-alive connections, {ROUNDS} rounds of {ROUND:?} each, best round counts");
    for case in cases {
        let size = runtime.block_on(body_size(served, &case));
        let bare = bare_server(size);
        let (mut ours, mut limit) = (0.0_f64, 0.0_f64);
        for _ in 0..ROUNDS {
            ours = ours.max(runtime.block_on(requests_a_second(served, &case)));
            limit = limit.max(runtime.block_on(requests_a_second(bare, &case)));
        }
        let Case { name, .. } = case;
        println!(
            "{name:<14}{ours:>10.0}/s   bare hyper, {size} bytes {limit:>10.0}/s   ratio {:.2}",
            ours / limit
        );
    }
}

/// A hyper server on a thread of its own that reads the request and answers `size` bytes.
fn bare_server(size: usize) -> SocketAddr {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a loopback port is free");
    let address = listener.local_addr().expect("the listener is open");
    let body = Bytes::from(vec![b'x'; size]);
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

type Sender = hyper::client::conn::http1::SendRequest<Full<Bytes>>;

async fn connect(address: SocketAddr) -> Sender {
    let stream = TcpStream::connect(address).await.expect("the server listens");
    stream.set_nodelay(true).expect("the socket is open");
    let (sender, connection) =
        hyper::client::conn::http1::handshake(TokioIo::new(stream)).await.expect("the server speaks HTTP");
    tokio::spawn(connection);
    sender
}

async fn ask(sender: &mut Sender, case: &Case) -> Bytes {
    let request = hyper::Request::get(case.path)
        .header("host", "127.0.0.1")
        .header("authorization", format!("Bearer {}", case.token))
        .body(Full::default())
        .expect("the request is well formed");
    sender.ready().await.expect("the connection is open");
    let response = sender.send_request(request).await.expect("the server answers");
    response.into_body().collect().await.expect("the body arrives").to_bytes()
}

async fn body_size(address: SocketAddr, case: &Case) -> usize {
    ask(&mut connect(address).await, case).await.len()
}

async fn requests_a_second(address: SocketAddr, case: &Case) -> f64 {
    let mut senders = Vec::new();
    for _ in 0..CONNECTIONS {
        senders.push(connect(address).await);
    }
    let started = Instant::now();
    let clients = senders.into_iter().map(|mut sender| async move {
        let mut count = 0_u32;
        while started.elapsed() < ROUND {
            ask(&mut sender, case).await;
            count += 1;
        }
        count
    });
    let total: u32 = futures::future::join_all(clients).await.into_iter().sum();
    f64::from(total) / started.elapsed().as_secs_f64()
}
