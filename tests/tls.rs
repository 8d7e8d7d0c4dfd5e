//! Every port speaks HTTP and TLS, and takes whatever comes.

#![expect(clippy::unwrap_used, reason = "a test whose surroundings cannot be set up has failed")]

mod raw;

use raw::{exchange, shake_hands};
use rehearsal::{RunningStage, Stage, Vendor};
use reqwest_12 as reqwest;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

const GET: &str = "GET /2.0/users/me HTTP/1.1\r\nHost: api.box.com\r\nConnection: close\r\n\r\n";

async fn still_answers(stage: &RunningStage) {
    let answer = exchange(stage.address(Vendor::Box), GET).await;
    assert!(answer.starts_with("HTTP/1.1 401 "), "{answer}");
}

/// A client that trusts the stage's authority and takes every host for the one at the vendor's port.
async fn client(stage: &RunningStage, port_of: Vendor, hosts: &[&str]) -> reqwest::Client {
    let proxy = stage.proxy().await.unwrap();
    let authority = reqwest::Certificate::from_pem(proxy.authority().pem().as_bytes()).unwrap();
    let client = reqwest::Client::builder().add_root_certificate(authority).no_proxy();
    let at = stage.address(port_of);
    hosts.iter().fold(client, |client, host| client.resolve(host, at)).build().unwrap()
}

#[tokio::test]
async fn one_port_speaks_http_and_https() {
    let stage = Stage::start().await.unwrap();
    let client = client(&stage, Vendor::Box, &[]).await;
    let port = stage.address(Vendor::Box).port();
    for base in ["http://127.0.0.1", "https://127.0.0.1", "http://localhost", "https://localhost"] {
        let answer = client.get(format!("{base}:{port}/2.0/users/me")).send().await.unwrap();
        assert_eq!(answer.status(), 401, "{base}");
    }
}

#[tokio::test]
async fn every_port_leads_to_every_vendor_by_the_name_that_is_asked_for() {
    let stage = Stage::start().await.unwrap();
    let hosts = ["api.box.com", "na54.salesforce.com", "secure.na1.echosign.com"];
    let client = client(&stage, Vendor::Egnyte, &hosts).await;
    let box_com = client.get("https://api.box.com/2.0/users/me").bearer_auth("x").send().await.unwrap();
    assert!(box_com.headers()["www-authenticate"].to_str().unwrap().contains("invalid_token"));
    let salesforce =
        client.get("http://na54.salesforce.com/services/data/v60.0/limits").send().await.unwrap();
    assert!(salesforce.text().await.unwrap().contains("INVALID_SESSION_ID"));
    let adobe = client.post("https://secure.na1.echosign.com/oauth/revoke?token=x").send().await.unwrap();
    assert!(adobe.text().await.unwrap().contains("error"));
    let tenant = stage.default_tenant();
    for vendor in [Vendor::Box, Vendor::Salesforce, Vendor::AdobeSign] {
        tenant.calls().vendor(vendor).assert_count(1);
    }
}

#[tokio::test]
async fn the_name_in_the_handshake_counts_before_the_one_in_the_request() {
    let stage = Stage::start().await.unwrap();
    let proxy = stage.proxy().await.unwrap();
    let authority = Some(proxy.authority());
    let mut stream = shake_hands(stage.address(Vendor::Egnyte), "api.box.com", authority).await.unwrap();
    let request = "GET /2.0/users/me HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n";
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 401 "), "{answer}");
    stage.default_tenant().calls().vendor(Vendor::Box).assert_count(1);
}

#[tokio::test]
async fn a_client_that_trusts_nobody_goes_away_and_the_next_is_served() {
    let stage = Stage::start().await.unwrap();
    let refused = shake_hands(stage.address(Vendor::Box), "api.box.com", None).await.unwrap_err();
    assert!(refused.to_string().contains("UnknownIssuer"), "{refused}");
    still_answers(&stage).await;
}

#[tokio::test]
async fn garbage_is_told_so_or_cut_off() {
    let stage = Stage::start().await.unwrap();
    let address = stage.address(Vendor::Box);
    for garbage in [
        &b"\x00\x01\x02\x03\r\n\r\n"[..],
        b"\xff\xfe\xfd",
        b"\x80\x2e\x01\x03\x01",
        b"\x16\x03\x01\xff\xff",
        b"\x16garbage behind the first byte",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"GET\r\n\r\n",
    ] {
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.write_all(garbage).await.unwrap();
        // The client has no more to say: a server that waited for more would never close.
        stream.shutdown().await.unwrap();
        let mut answer = Vec::new();
        // A reset is an end, too.
        let _ = stream.read_to_end(&mut answer).await;
        let answer = String::from_utf8_lossy(&answer);
        let told = answer.starts_with("HTTP/1.1 4") || answer.starts_with("HTTP/1.1 505");
        let alert = answer.as_bytes().first() == Some(&0x15);
        assert!(answer.is_empty() || told || alert, "{garbage:?}: {answer}");
        still_answers(&stage).await;
    }
}

#[tokio::test]
async fn a_header_without_measure_is_refused() {
    let stage = Stage::start().await.unwrap();
    let (long, many) = ("x".repeat(1_000_000), "X-Many: 1\r\n".repeat(1_000));
    for header in [format!("X-Long: {long}\r\n"), many] {
        let request = format!("GET / HTTP/1.1\r\nHost: api.box.com\r\n{header}\r\n");
        let mut stream = TcpStream::connect(stage.address(Vendor::Box)).await.unwrap();
        // The server may stop reading before all is written.
        let _ = stream.write_all(request.as_bytes()).await;
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer).await;
        let answer = String::from_utf8_lossy(&answer);
        assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 431 "), "{answer}");
        still_answers(&stage).await;
    }
    let client = client(&stage, Vendor::Box, &["api.box.com"]).await;
    let over_http_2 = client.get("https://api.box.com/").header("x-long", &long[..200_000]).send().await;
    // The client keeps to the limit that it was told, or is refused.
    assert!(over_http_2.map_or(true, |answer| answer.status() == 431), "HTTP/2 has a limit, too");
    still_answers(&stage).await;
}

#[tokio::test]
async fn connections_that_are_left_open_hinder_nobody() {
    let stage = Stage::start().await.unwrap();
    let mut left = Vec::new();
    for begun in [
        &b""[..],
        b"GET / HT",
        b"\x16\x03\x01",
        b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nabc",
    ] {
        let mut stream = TcpStream::connect(stage.address(Vendor::Box)).await.unwrap();
        stream.write_all(begun).await.unwrap();
        left.push(stream);
    }
    still_answers(&stage).await;
}
