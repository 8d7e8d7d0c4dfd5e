//! How a served stage hands its replies over: delays, resets, and answers that break off.

use http::StatusCode;
use rehearsal::{Fault, Stage, Vendor};

#[tokio::test]
async fn a_fault_answers_delays_or_resets_and_then_the_vendor_answers_again() {
    let stage = Stage::start().await.unwrap();
    let tenant = stage.default_tenant();
    let url = stage.url(Vendor::Box).join("/2.0/users/me").unwrap();
    let client = reqwest::Client::new();
    let get = || client.get(url.clone()).send();

    tenant
        .faults()
        .add(Fault::answer(StatusCode::SERVICE_UNAVAILABLE, "busy").on(Vendor::Box, "current-user"));
    let answer = get().await.unwrap();
    assert_eq!((answer.status().as_u16(), answer.text().await.unwrap().as_str()), (503, "busy"));

    tenant.faults().add(Fault::reset().on(Vendor::Box, "current-user").times(1));
    assert!(get().await.is_err(), "the connection was closed without an answer");

    let delay = std::time::Duration::from_millis(40);
    tenant.faults().add(Fault::delay(delay).on(Vendor::Box, "current-user"));
    let started = std::time::Instant::now();
    assert_eq!(get().await.unwrap().status(), 401);
    assert!(started.elapsed() >= delay, "a delay is a lower bound");
    assert_eq!(get().await.unwrap().status(), 401);
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
