//! `providerData.debug`: what was said to the vendor while an instance was made.

use serde_json::json;

use crate::support::{ALICE, BOB, World, box_body};

/// INST-147
#[tokio::test]
async fn a_create_can_be_traced_without_its_secrets() {
    let world = World::start().await;
    world.box_gives("CODE-of-alice", "ACCESS-of-alice", "REFRESH-of-alice").await;
    let mut body = box_body("CODE-of-alice");
    body["providerData"]["debug"] = json!(true);
    let made = world.post("/instances", ALICE, &body).await;
    let path = format!("/elements/box/trace/{}", made.header("elements-trace-id").unwrap());
    made.ok();
    let trace = world.get(&path, ALICE).await;
    let steps = trace.ok()["trace"].clone();
    assert_eq!(steps.as_array().unwrap().len(), 1);
    assert_eq!(steps[0]["request"]["method"], "POST");
    assert!(steps[0]["request"]["url"].as_str().unwrap().ends_with("/oauth2/token"));
    assert!(steps[0]["request"]["body"].as_str().unwrap().contains("client_id=client-id"));
    assert_eq!(steps[0]["response"]["status"], 200);
    for secret in ["CODE-of-alice", "ACCESS-of-alice", "REFRESH-of-alice", "client-secret"] {
        assert!(!trace.text.contains(secret), "{secret}: {}", trace.text);
    }
    world.get(&path, BOB).await.refused(404);
    world.get("/elements/box/trace/nothing", ALICE).await.refused(404);
}

/// INST-147
#[tokio::test]
async fn a_vendor_that_repeats_what_it_was_sent_gives_no_secret_away() {
    let world = World::start().await;
    world.box_refuses_grants_saying("bad code CODE-of-alice, secret client-secret").await;
    let mut body = box_body("CODE-of-alice");
    body["providerData"]["debug"] = json!(true);
    let refused = world.post("/instances", ALICE, &body).await;
    let path = format!("/elements/box/trace/{}", refused.header("elements-trace-id").unwrap());
    let trace = world.get(&path, ALICE).await;
    assert!(trace.text.contains("bad code ********, secret ********"), "{}", trace.text);
}

/// INST-147
#[tokio::test]
async fn a_refused_create_is_traced_above_all() {
    let world = World::start().await;
    world.box_refuses_grants().await;
    let mut body = box_body("CODE1");
    let quiet = world.post("/instances", ALICE, &body).await;
    assert_eq!(quiet.header("elements-trace-id"), None);
    body["providerData"]["debug"] = json!(true);
    let refused = world.post("/instances", ALICE, &body).await;
    refused.refused_by_provider(401);
    let path = format!("/elements/box/trace/{}", refused.header("elements-trace-id").unwrap());
    let trace = world.get(&path, ALICE).await.ok();
    assert_eq!(trace["trace"][0]["response"]["status"], 400);
    assert!(trace["trace"][0]["response"]["body"].as_str().unwrap().contains("invalid_grant"));
}
