//! TLS beside plain HTTP at a served stand-in: requests a second on open connections, handshakes a second with the
//! host's certificate made already, and what a thousand host names take of memory. Server and client share this
//! machine's cores and this process.
//!
//! `cargo bench --bench tls`

#![expect(clippy::print_stdout, reason = "a bench reports to the one who runs it")]

mod beside;

use std::{net::SocketAddr, sync::Arc, time::Instant};

use beside::{CONNECTIONS, ROUND, ROUNDS, connect, get, requests_a_second, same};
use rehearsal::{ConsentGiven, Stage, Vendor, serve::Proxy};
use rustls::{ClientConfig, RootCertStore, crypto::ring, pki_types::ServerName};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

const NAMES: usize = 1_000;

fn main() {
    let stage = Stage::builder().build();
    let running = stage.serve().expect("a loopback port is free");
    let tokens = stage.default_tenant().issue_tokens(Vendor::Box, ConsentGiven::default());
    let token = tokens.expect("the demo app is registered").access_token.expose().to_owned();
    let address = running.address(Vendor::Box);
    let asked = || (0..CONNECTIONS).map(|_| same(get("/2.0/folders/0/items", &token))).collect();
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime starts");
    runtime.block_on(async {
        let proxy = running.proxy().await.expect("a loopback port is free");
        let connector = connector(&proxy);
        println!(
            "{CONNECTIONS} keep-alive connections, {ROUNDS} rounds of {ROUND:?} each, best round counts"
        );
        let (mut plain, mut secure, mut handshakes) = (0.0_f64, 0.0_f64, 0.0_f64);
        for _ in 0..ROUNDS {
            let mut streams = Vec::new();
            for _ in 0..CONNECTIONS {
                streams.push(connect(address).await);
            }
            plain = plain.max(requests_a_second(streams, asked()).await);
            let mut streams = Vec::new();
            for _ in 0..CONNECTIONS {
                streams.push(shake_hands(&connector, address, "api.box.com").await);
            }
            secure = secure.max(requests_a_second(streams, asked()).await);
            handshakes = handshakes.max(handshakes_a_second(&connector, address).await);
        }
        println!("plain   {plain:>10.0} requests/s");
        println!("TLS     {secure:>10.0} requests/s   ratio {:.2}", secure / plain);
        println!(
            "        {handshakes:>10.0} full handshakes/s, one after the other, certificate made before"
        );
        let before = status("VmRSS:");
        let started = Instant::now();
        for number in 0..NAMES {
            shake_hands(&connector, address, &format!("h{number}.egnyte.com")).await;
        }
        let took = started.elapsed();
        println!(
            "{NAMES} new host names in {took:.2?}; resident memory {before} KiB before, {} KiB at its peak",
            status("VmHWM:")
        );
    });
}

/// A client that takes up no session again: each handshake is whole.
fn connector(proxy: &Proxy) -> TlsConnector {
    let mut roots = RootCertStore::empty();
    roots.add(proxy.authority().der().to_vec().into()).expect("it is a certificate");
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()));
    let config = config.with_safe_default_protocol_versions().expect("ring has all versions");
    let mut config = config.with_root_certificates(roots).with_no_client_auth();
    config.resumption = rustls::client::Resumption::disabled();
    TlsConnector::from(Arc::new(config))
}

async fn shake_hands(
    connector: &TlsConnector,
    address: SocketAddr,
    name: &str,
) -> tokio_rustls::client::TlsStream<TcpStream> {
    let name = ServerName::try_from(name.to_owned()).expect("it is a host name");
    connector.connect(name, connect(address).await).await.expect("the authority is trusted")
}

async fn handshakes_a_second(connector: &TlsConnector, address: SocketAddr) -> f64 {
    let started = Instant::now();
    let mut count = 0_u32;
    while started.elapsed() < ROUND {
        shake_hands(connector, address, "api.box.com").await;
        count += 1;
    }
    f64::from(count) / started.elapsed().as_secs_f64()
}

/// What Linux tells of this process.
fn status(name: &str) -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix(name));
    line.map_or_else(|| "?".to_owned(), |line| line.trim().trim_end_matches(" kB").to_owned())
}
