//! How a served stage hands its replies over: delays, resets, and answers that break off.

use std::io::{ErrorKind, Read, Write};

use http::StatusCode;
use rehearsal::{ConsentGiven, Fault, Stage, Vendor};

#[tokio::test]
async fn a_fault_answers_delays_or_resets_and_then_the_vendor_answers_again() {
    let stage = Stage::start().await.unwrap();
    let tenant = stage.default_tenant();
    let url = stage.url(Vendor::Box).join("/2.0/users/me").unwrap();
    let client = reqwest::Client::new();
    let get = || client.get(url.clone()).send();

    tenant
        .inject(Fault::answer(StatusCode::SERVICE_UNAVAILABLE, "busy").on(Vendor::Box, "current-user"))
        .unwrap();
    let answer = get().await.unwrap();
    assert_eq!((answer.status().as_u16(), answer.text().await.unwrap().as_str()), (503, "busy"));

    tenant.inject(Fault::reset().on(Vendor::Box, "current-user").times(1)).unwrap();
    assert!(get().await.is_err(), "the connection was closed without an answer");

    let delay = std::time::Duration::from_millis(40);
    tenant.inject(Fault::delay(delay).on(Vendor::Box, "current-user")).unwrap();
    let started = std::time::Instant::now();
    assert_eq!(get().await.unwrap().status(), 401);
    assert!(started.elapsed() >= delay, "a delay is a lower bound");
    assert_eq!(get().await.unwrap().status(), 401);
}

#[tokio::test]
async fn a_connection_is_reset_before_during_or_closed_after_the_body() {
    let stage = Stage::start().await.unwrap();
    let tenant = stage.default_tenant();
    let tokens = tenant.issue_tokens(Vendor::Box, ConsentGiven::default()).unwrap();
    let request = format!(
        "GET /2.0/users/me HTTP/1.1\r\nHost: box\r\nAuthorization: Bearer {}\r\n\r\n",
        tokens.access_token.expose()
    );
    let ask = || {
        let mut socket = std::net::TcpStream::connect(stage.address(Vendor::Box)).unwrap();
        socket.write_all(request.as_bytes()).unwrap();
        let mut answer = Vec::new();
        let end = socket.read_to_end(&mut answer).map_err(|error| error.kind());
        (String::from_utf8(answer).unwrap(), end)
    };
    let complete = |answer: &str| answer.ends_with("\"notification_email\":null}");

    tenant.inject(Fault::reset().on(Vendor::Box, "current-user")).unwrap();
    let (answer, end) = ask();
    assert_eq!((answer.as_str(), end), ("", Err(ErrorKind::ConnectionReset)));

    tenant.inject(Fault::reset_during().on(Vendor::Box, "current-user")).unwrap();
    let (answer, end) = ask();
    assert!(answer.contains("\r\n\r\n{") && !complete(&answer), "{answer}");
    assert_eq!(end, Err(ErrorKind::ConnectionReset));

    tenant.inject(Fault::reset_after().on(Vendor::Box, "current-user")).unwrap();
    let (answer, end) = ask();
    assert!(complete(&answer) && !answer.to_lowercase().contains("connection: close"), "{answer}");
    assert!(end.is_ok(), "a close in order, but unannounced: {end:?}");
}

/// wiremock breaks connections before the answer, and a call is heard once all the same.
#[tokio::test]
async fn a_connection_of_a_mounted_stand_in_breaks() {
    let (stage, server) = (Stage::new(), wiremock::MockServer::start().await);
    stage.mount(Vendor::Box, &server).await;
    let tenant = stage.tenant();
    let tokens = tenant.issue_tokens(Vendor::Box, ConsentGiven::default()).unwrap();
    let client = reqwest::Client::new();
    let get = || {
        client.get(format!("{}/2.0/users/me", server.uri())).bearer_auth(tokens.access_token.expose()).send()
    };
    for fault in [Fault::reset(), Fault::reset_during()] {
        tenant.inject(fault).unwrap();
        assert!(get().await.unwrap_err().is_request(), "no answer came");
        assert_eq!(get().await.unwrap().status(), 200);
    }
    tenant.calls().vendor(Vendor::Box).assert_count(4);
}

#[tokio::test]
async fn a_mock_that_cannot_break_a_connection_says_so() {
    let (stage, server) = (Stage::new(), wiremock::MockServer::start().await);
    stage.mock(Vendor::Box).mount(&server).await;
    stage.default_tenant().inject(Fault::reset_during()).unwrap();
    let answer = reqwest::get(format!("{}/2.0/users/me", server.uri())).await.unwrap();
    assert_eq!(answer.status(), 502);
    assert!(answer.text().await.unwrap().contains("Stage::mount"));
}

#[tokio::test]
async fn a_body_that_is_none_is_answered() {
    let stage = Stage::start().await.unwrap();
    let mut socket = std::net::TcpStream::connect(stage.address(Vendor::Box)).unwrap();
    socket
        .write_all(b"POST /oauth2/token HTTP/1.1\r\nHost: box\r\nTransfer-Encoding: chunked\r\n\r\nZZ\r\n")
        .unwrap();
    let mut answer = Vec::new();
    // What was not read may be answered by a reset behind the answer.
    let _ = socket.read_to_end(&mut answer);
    let answer = String::from_utf8_lossy(&answer).to_lowercase();
    assert!(answer.starts_with("http/1.1 400 ") && answer.contains("\r\nconnection: close\r\n"), "{answer}");
    assert!(answer.ends_with("\r\n\r\n"), "nothing is said for the vendor: {answer}");
}

#[tokio::test]
async fn a_dropped_stage_closes_its_ports() {
    let stage = Stage::start().await.unwrap();
    let url = stage.url(Vendor::Box);
    assert_eq!(reqwest::get(url.clone()).await.unwrap().status(), 404);
    drop(stage);
    assert!(reqwest::get(url).await.is_err());
}

#[test]
fn a_stage_can_be_started_without_a_runtime() {
    let stage = Stage::new().serve().unwrap();
    assert!(std::net::TcpStream::connect(stage.address(Vendor::Box)).is_ok());
}
