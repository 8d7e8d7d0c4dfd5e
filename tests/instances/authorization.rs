//! 8.1: who may call what.

use reqwest::Method;
use serde_json::json;

use crate::support::{ALICE, BOB, World, answer, box_body};

const REFUSAL: &str = "Invalid Organization or User secret, or invalid Element token provided.";

/// INST-008, INST-009, INST-010, INST-013, INST-014, INST-015, INST-023, INST-024
#[tokio::test]
async fn every_wrong_header_gets_the_same_refusal() {
    let world = World::start().await;
    for header in [
        "User unknown, Organization 0a1b2c",
        "User al/ice+1=, Organization unknown",
        "User al/ice+1=, Organization ffff00",
        "User al/ice+1=",
        "Organization 0a1b2c",
        "Basic dXNlcjpwYXNz",
        "Bearer al/ice+1=",
        "User , Organization 0a1b2c",
    ] {
        let refused = world.post("/instances", header, &box_body("C")).await;
        assert_eq!(refused.refused(401).message(), REFUSAL, "{header}");
    }
    let refused = answer(world.request(Method::POST, "/instances").json(&box_body("C"))).await;
    assert_eq!(refused.refused(401).message(), REFUSAL);
    assert_eq!(world.requests().await, 0, "nobody without credentials reaches a provider");
}

/// INST-019, INST-020, INST-021, INST-022, INST-028
#[tokio::test]
async fn the_parts_come_in_any_order_case_and_spacing() {
    let world = World::start().await;
    let made = world.make_box(ALICE, "1").await;
    for header in [
        "Organization 0a1b2c,User al/ice+1=",
        "user al/ice+1=,   organization 0a1b2c",
        "USER   al/ice+1= , Organization 0a1b2c",
    ] {
        assert_eq!(world.get(&made.path(), header).await.ok()["id"], made.id, "{header}");
    }
    let aliased = format!("{ALICE}, Token {}", made.token);
    world.get("/files", &aliased).await.ok();
}

#[tokio::test]
async fn a_call_needs_user_and_element_and_no_wrong_organization() {
    let world = World::start().await;
    let made = world.make_box(ALICE, "1").await;
    let calls = world.requests().await;
    let user = "User al/ice+1=";
    world.get("/hubs/documents/files", &format!("{user}, Element {}", made.token)).await.ok();
    for header in [
        ALICE.to_owned(),
        format!("{user}, Element unknown"),
        format!("{user}, Organization ffff00, Element {}", made.token),
        format!("Element {}", made.token),
        format!("User bob/2+x==, Element {}", made.token),
        made.with(BOB),
    ] {
        world.get("/hubs/documents/files", &header).await.refused(401);
        world.get("/files", &header).await.refused(401);
    }
    assert_eq!(world.requests().await, calls + 1, "only the good call reached the provider");
}

#[tokio::test]
async fn an_element_part_decides_only_where_the_path_names_no_instance() {
    let world = World::start().await;
    let first = world.make_box(ALICE, "1").await;
    let second = world.make_box(ALICE, "2").await;

    let header = second.with(ALICE);
    assert_eq!(world.get(&first.path(), &header).await.ok()["id"], first.id);
    let renamed = world.patch(&first.path(), &header, &json!({"name": "one"})).await.ok();
    assert_eq!((&renamed["id"], &renamed["name"]), (&json!(first.id), &json!("one")));
    let renamed = world.patch("/instances", &header, &json!({"name": "two"})).await.ok();
    assert_eq!((&renamed["id"], &renamed["name"]), (&json!(second.id), &json!("two")));
    assert_eq!(world.get(&first.path(), ALICE).await.ok()["name"], "one");

    world.box_gives("CODE3", "ACCESS3", "REFRESH3").await;
    let third = world.make(&header, &box_body("CODE3")).await;
    assert!(third.id != first.id && third.id != second.id);
    world.patch("/instances", ALICE, &json!({"name": "nobody"})).await.refused(401);
    let unknown = format!("{ALICE}, Element unknown");
    assert_eq!(world.get(&first.path(), &unknown).await.ok()["id"], first.id);
    world.get("/instances", &unknown).await.refused(401);
}

/// INST-468, INST-469, INST-470
#[tokio::test]
async fn callers_see_their_own_instances_only() {
    let world = World::start().await;
    let alices = world.make_box(ALICE, "1").await;
    let bobs = world.make_box(BOB, "2").await;
    let path = alices.path();
    world.get(&path, BOB).await.refused(404);
    world.patch(&path, BOB, &json!({"name": "taken"})).await.refused(404);
    world.put(&path, BOB, &json!({"name": "taken"})).await.refused(404);
    world.delete(&path, BOB).await.refused(404);
    world.delete(&format!("{path}/enabled"), BOB).await.refused(404);
    world.get(&format!("{path}/configuration"), BOB).await.refused(404);
    let list = world.get("/instances", BOB).await.ok();
    assert_eq!(list.as_array().unwrap().len(), 1);
    assert_eq!(list[0]["id"], bobs.id);
    assert_eq!(world.get(&path, ALICE).await.ok(), alices.json);
}

/// INST-033
#[tokio::test]
async fn one_error_locks_nobody_out() {
    let world = World::start().await;
    let made = world.make_box(ALICE, "1").await;
    world.get("/files", "User al/ice+1=, Element wrong").await.refused(401);
    world.get("/files", &made.with(ALICE)).await.ok();
}
