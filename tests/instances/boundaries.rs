//! Providers that are ill, and addresses that are not theirs.

use std::time::Duration;

use reqwest::Method;
use serde_json::json;
use tokio::net::TcpListener;
use wiremock::{Mock, MockServer, ResponseTemplate, matchers};

use crate::support::{ALICE, World, answer, box_body, store_body};

#[tokio::test]
async fn a_provider_that_cannot_be_reached_is_a_502() {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let world = World::with_base(MockServer::start().await, &base).await;
    world.post("/instances", ALICE, &box_body("CODE")).await.refused(502);
    let store = world.make(ALICE, &store_body(&base)).await;
    world.get("/products", &store.with(ALICE)).await.refused(502);
}

#[tokio::test]
async fn a_provider_that_never_answers_is_a_502() {
    let silent = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let base = format!("http://{}", silent.local_addr().unwrap());
    let world = World::with_base(MockServer::start().await, &base).await;
    let refused = world.post("/instances", ALICE, &box_body("CODE")).await;
    assert_eq!(refused.refused(502).message(), "The provider did not answer in time");
}

#[tokio::test]
async fn redirects_are_not_followed() {
    let world = World::start().await;
    let made = world.make_box(ALICE, "1").await;
    world.provider.reset().await;
    let elsewhere = MockServer::start().await;
    let redirect = ResponseTemplate::new(302).insert_header("location", elsewhere.uri());
    Mock::given(matchers::any()).respond_with(redirect).mount(&world.provider).await;
    world.get("/files", &made.with(ALICE)).await.refused(502);
    world.patch(&made.path(), ALICE, &json!({"providerData": {"code": "C"}})).await.refused(502);
    assert!(elsewhere.received_requests().await.unwrap().is_empty());
}

#[tokio::test]
async fn nonsense_from_a_provider_is_a_502() {
    for body in ["<html>", "[]", "{}", r#"{"access_token":""}"#, r#"{"access_token":5}"#] {
        let world = World::start().await;
        Mock::given(matchers::any())
            .respond_with(ResponseTemplate::new(200).set_body_string(body))
            .mount(&world.provider)
            .await;
        world.post("/instances", ALICE, &box_body("CODE")).await.refused(502);
        world.get("/instances", ALICE).await.refused(404);
    }
    let world = World::start().await;
    let refusal = json!({"error": "bad_verification_code"});
    Mock::given(matchers::any())
        .respond_with(ResponseTemplate::new(200).set_body_json(refusal))
        .mount(&world.provider)
        .await;
    let refused = world.post("/instances", ALICE, &box_body("CODE")).await;
    assert_eq!(refused.refused_by_provider(401).provider_message(), "error - bad_verification_code");
}

#[tokio::test]
async fn hosts_of_the_vendor_are_played_by_the_provider() {
    let world = World::start().await;
    world.store_accepts("storeuser", "storepassword").await;
    let made = world.make(ALICE, &store_body("https://store-wuxeae6.mybigcommerce.com")).await;
    assert_eq!(made.json["configuration"]["store.url"], "https://store-wuxeae6.mybigcommerce.com/api/v2");
    world.get("/products", &made.with(ALICE)).await.ok();
    let call = world.requests_at("/api/v2/products").await.pop().unwrap();
    assert_eq!(call.headers["host"], "store-wuxeae6.mybigcommerce.com");
}

#[tokio::test]
async fn other_hosts_are_never_called() {
    let world = World::start().await;
    for store in
        ["https://example.com", "http://10.0.0.1", "https://mybigcommerce.com.evil.test", "file:///etc"]
    {
        let refused = world.post("/instances", ALICE, &store_body(store)).await;
        assert!(refused.refused(400).message().contains("configuration.store.url"), "{store}");
    }
    let made = world.make_store(ALICE).await;
    for verb in ["put", "patch"] {
        let body = json!({"configuration": {"store.url": "https://example.com/api/v2"}});
        let refused = match verb {
            "put" => world.put(&made.path(), ALICE, &body).await,
            _ => world.patch(&made.path(), ALICE, &body).await,
        };
        assert!(refused.refused(400).message().contains("store.url"));
    }
    assert_eq!(world.get(&made.path(), ALICE).await.ok(), made.json);
}

#[tokio::test]
async fn an_address_from_a_token_answer_is_checked_too() {
    let world = World::start().await;
    let answer = json!({"access_token": "T", "instance_url": "https://evil.test"});
    Mock::given(matchers::path("/services/oauth2/token"))
        .respond_with(ResponseTemplate::new(200).set_body_json(answer))
        .mount(&world.provider)
        .await;
    let mut body = box_body("CODE");
    body["element"]["key"] = json!("sfdc");
    world.post("/instances", ALICE, &body).await.refused(502);
}

#[tokio::test]
async fn what_is_in_flight_is_finished_when_the_service_stops() {
    let world = World::start().await;
    let header = world.make_box(ALICE, "1").await.with(ALICE);
    Mock::given(matchers::path("/2.0/folders/0/items"))
        .respond_with(
            ResponseTemplate::new(200)
                .set_body_json(json!({"entries": []}))
                .set_delay(Duration::from_millis(300)),
        )
        .with_priority(1)
        .mount(&world.provider)
        .await;
    let request = world.request(Method::GET, "/files").header("authorization", header);
    let call = tokio::spawn(answer(request));
    world.heard("/2.0/folders/0/items", 1).await;
    world.stop().await;
    assert_eq!(call.await.unwrap().ok(), json!([]));
}
