//! 8.8: deleting instances.

use reqwest::Method;
use serde_json::json;

use crate::support::{ALICE, World, answer};

#[tokio::test]
async fn a_deleted_instance_and_its_token_are_gone() {
    let world = World::start().await;
    let made = world.make_box(ALICE, "1").await;
    let other = world.make_box(ALICE, "2").await;
    let deleted = world.delete(&made.path(), ALICE).await;
    assert_eq!((deleted.status.as_u16(), deleted.text.as_str()), (200, ""));

    world.get(&made.path(), ALICE).await.refused(404);
    world.patch(&made.path(), ALICE, &json!({"name": "x"})).await.refused(404);
    world.put(&made.path(), ALICE, &json!({"name": "x"})).await.refused(404);
    world.delete(&made.path(), ALICE).await.refused(404);
    let header = made.with(ALICE);
    for path in ["/files", "/hubs/documents/files", "/objects", "/ping", "/instances"] {
        world.get(path, &header).await.refused(401);
    }
    world.patch("/instances", &header, &json!({"name": "x"})).await.refused(401);

    assert_eq!(world.get("/instances", ALICE).await.ok(), json!([other.json]));
    world.get("/files", &other.with(ALICE)).await.ok();
    let next = world.make_box(ALICE, "3").await;
    assert!(next.id != made.id && next.token != made.token);
}

#[tokio::test]
async fn every_way_of_deleting_works() {
    let world = World::start().await;
    let first = world.make_box(ALICE, "1").await;
    let second = world.make_box(ALICE, "2").await;
    let third = world.make_box(ALICE, "3").await;

    let null = world.request(Method::DELETE, &first.path()).header("authorization", ALICE);
    assert_eq!(answer(null.header("content-type", "application/json").body("null")).await.status, 200);
    assert_eq!(world.delete("/instances", &second.with(ALICE)).await.status, 200);
    world.delete(&format!("{}/enabled", third.path()), ALICE).await;
    assert_eq!(world.delete(&format!("/elements/box/instances/{}", third.id), ALICE).await.status, 200);
    world.get("/instances", ALICE).await.refused(404);
    world.delete("/instances/1", ALICE).await.refused(404);
    world.delete("/instances", ALICE).await.refused(401);
}
