//! Clones of connectors, and what connectors say about how they authenticate.

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{ALICE, BOB, World, answer, box_body};

/// INST-224
#[tokio::test]
async fn an_instance_moves_to_a_clone_and_back() {
    let world = World::start().await;
    let made = world.make_box(ALICE, "1").await;
    let copy = world.post("/elements/box/clone", ALICE, &json!({"name": "Own box"})).await.ok();
    assert_ne!(copy["id"], 22);
    assert_eq!((&copy["name"], &copy["hub"]), (&json!("Own box"), &json!("documents")));
    let moved = world.patch(&made.path(), ALICE, &json!({"element": {"id": copy["id"]}})).await.ok();
    assert_eq!((&moved["element"]["id"], &moved["elementId"]), (&copy["id"], &json!(22)));
    assert_eq!(moved["configuration"], made.json["configuration"]);
    world.get("/files", &made.with(ALICE)).await.ok();
    let key = copy["key"].as_str().unwrap();
    world.delete(&format!("/elements/{key}"), ALICE).await.refused(409);
    let back = world.patch(&made.path(), ALICE, &json!({"element": {"id": 22}})).await.ok();
    assert_eq!(back, made.json);
    assert_eq!(world.delete(&format!("/elements/{key}"), ALICE).await.status, 200);
    world.get(&format!("/elements/{key}"), ALICE).await.refused(404);
    world.patch(&made.path(), ALICE, &json!({"element": {"id": copy["id"]}})).await.refused(400);
}

#[tokio::test]
async fn a_clone_is_its_organizations_own() {
    let world = World::start().await;
    let copy = world.post("/elements/box/clone", ALICE, &json!({"key": "own-box"})).await.ok();
    let default = |connector: &Value| {
        let definitions = connector["configuration"].as_array().unwrap();
        definitions.iter().find(|one| one["key"] == "oauth.api.key").unwrap()["defaultValue"].clone()
    };
    assert_eq!(default(&copy), "");
    assert_eq!(world.get("/elements/own-box", ALICE).await.ok(), copy);
    assert_eq!(world.get(&format!("/elements/{}", copy["id"]), ALICE).await.ok(), copy);
    world.get("/elements/own-box", BOB).await.refused(404);
    let keys = |answer: Value| answer.as_array().unwrap().iter().filter(|key| *key == "own-box").count();
    assert_eq!(keys(world.get("/elements/keys", ALICE).await.ok()), 1);
    assert_eq!(keys(world.get("/elements/keys", BOB).await.ok()), 0);
    world.box_gives("CODE9", "ACCESS9", "REFRESH9").await;
    let mut body = box_body("CODE9");
    body["element"]["key"] = json!("own-box");
    assert_eq!(world.make(ALICE, &body).await.json["element"]["key"], "own-box");
    world.post("/instances", BOB, &body).await.refused(404);
    world.post("/elements/own-box/clone", ALICE, &json!({})).await.refused(400);
    world.post("/elements/box/clone", ALICE, &json!({"key": "own-box"})).await.refused(409);
    world.post("/elements/box/clone", ALICE, &json!({"key": "egnyte"})).await.refused(409);
    for key in ["22", "a/b", "A b", ".."] {
        world.post("/elements/box/clone", ALICE, &json!({"key": key})).await.refused(400);
    }
    world.delete("/elements/box", ALICE).await.refused(400);
}

#[tokio::test]
async fn connectors_say_how_they_authenticate() {
    let world = World::start().await;
    assert_eq!(
        world.get("/elements/bigcommerce/authentication-types", ALICE).await.ok(),
        json!(["basic", "custom"])
    );
    let keys = |answer: &Value| -> Vec<String> {
        let definitions = answer["configuration"].as_array().unwrap().iter();
        definitions
            .filter(|one| one["required"] == true)
            .map(|one| one["key"].as_str().unwrap().to_owned())
            .collect()
    };
    let custom = "/elements/bigcommerce/authentication-types/custom/configurations";
    let custom = world.get(custom, ALICE).await.ok();
    assert_eq!(keys(&custom), ["authentication.type", "store.url", "oauth.api.key", "oauth.user.token"]);
    world.get("/elements/bigcommerce/authentication-types/x/configurations", ALICE).await.refused(404);
    let own = world.get("/elements/box/configuration", ALICE).await.ok();
    assert_eq!(own["providerData"], json!([{"key": "code", "required": true}]));
    assert!(keys(&own).contains(&"oauth.api.key".to_owned()));
}

#[tokio::test]
async fn a_clone_has_a_key_that_nothing_else_goes_by() {
    let world = World::start().await;
    for reserved in ["keys", "metadata"] {
        let refused = world.post("/elements/box/clone", ALICE, &json!({"key": reserved})).await;
        assert!(refused.refused(400).message().starts_with("key must be"), "{}", refused.text);
    }
    let taken = world.post("/elements/box/clone", ALICE, &json!({"key": "egnyte"})).await;
    assert!(taken.refused(409).message().ends_with("choose another key"), "{}", taken.text);
    let text = world.request(Method::POST, "/elements/box/clone").header("authorization", ALICE);
    answer(text.header("content-type", "text/plain").body("{}")).await.refused(415);
    let bare = world.request(Method::POST, "/elements/box/clone").header("authorization", ALICE);
    answer(bare).await.ok();
}
