//! 8.11: single entries of the configuration.

use serde_json::{Value, json};

use crate::support::{ALICE, World};

fn entry<'a>(entries: &'a Value, key: &str) -> &'a Value {
    entries.as_array().unwrap().iter().find(|entry| entry["key"] == key).unwrap()
}

#[tokio::test]
async fn entries_have_their_definition_and_a_masked_value() {
    let world = World::start().await;
    let made = world.make_box(ALICE, "1").await;
    let entries = world.get(&format!("{}/configuration", made.path()), ALICE).await.ok();
    assert_eq!(world.get("/instances/configuration", &made.with(ALICE)).await.ok(), entries);
    for (key, value) in [
        ("filter.response.nulls", json!("true")),
        ("event.notification.enabled", json!("false")),
        ("oauth.api.key", json!("********")),
        ("oauth.api.secret", json!("********")),
        ("oauth.user.token", json!("ACCESS1")),
        ("document.tagging", Value::Null),
    ] {
        assert_eq!(entry(&entries, key)["propertyValue"], value, "{key}");
    }
    for one in entries.as_array().unwrap() {
        assert!(one["id"].is_u64() && one["name"].is_string() && one["type"].is_string(), "{one}");
        assert!(
            one["required"].is_boolean() && one["active"].is_boolean() && one["hideFromConsole"].is_boolean()
        );
        let path = format!("/configuration/{}", one["id"]);
        assert_eq!(&world.get(&format!("{}{path}", made.path()), ALICE).await.ok(), one);
        assert_eq!(&world.get(&format!("/instances{path}"), &made.with(ALICE)).await.ok(), one);
    }
    for id in ["1", "abc", "0"] {
        world.get(&format!("{}/configuration/{id}", made.path()), ALICE).await.refused(404);
    }
}

/// INST-394, INST-395, INST-402, INST-403
#[tokio::test]
async fn a_changed_entry_takes_effect_and_leaves_the_others() {
    let world = World::start().await;
    let made = world.make_box(ALICE, "1").await;
    let header = made.with(ALICE);
    let entries = world.get(&format!("{}/configuration", made.path()), ALICE).await.ok();
    let requests = world.requests().await;
    let mut changed = entry(&entries, "filter.response.nulls").clone();
    changed["propertyValue"] = json!("false");
    let path = format!("/configuration/{}", changed["id"]);
    assert_eq!(world.patch(&format!("{}{path}", made.path()), ALICE, &changed).await.ok(), changed);
    assert_eq!(world.requests().await, requests);
    assert_eq!(world.get("/files", &header).await.ok()[0]["sha1"], Value::Null);
    let mut expected = made.json.clone();
    expected["configuration"]["filter.response.nulls"] = json!("false");
    assert_eq!(world.get(&made.path(), ALICE).await.ok(), expected);

    let back = world.patch(&format!("/instances{path}"), &header, &json!({"propertyValue": true})).await.ok();
    assert_eq!(back["propertyValue"], "true");
    assert_eq!(world.get(&format!("{}/configuration", made.path()), ALICE).await.ok(), entries);
    world.patch(&format!("{}{path}", made.path()), ALICE, &json!({})).await.refused(400);
    world.patch(&format!("{}{path}", made.path()), ALICE, &json!({"propertyValue": []})).await.refused(400);
    world
        .patch(&format!("{}/configuration/1", made.path()), ALICE, &json!({"propertyValue": "x"}))
        .await
        .refused(404);
}

/// INST-461
#[tokio::test]
async fn a_mask_leaves_the_secret_and_an_address_is_checked() {
    let world = World::start().await;
    let made = world.make_store(ALICE).await;
    let entries = world.get(&format!("{}/configuration", made.path()), ALICE).await.ok();
    let path = |key: &str| format!("{}/configuration/{}", made.path(), entry(&entries, key)["id"]);
    let masked = world.patch(&path("password"), ALICE, &json!({"propertyValue": "********"})).await.ok();
    assert_eq!(masked["propertyValue"], "********");
    world.get("/products", &made.with(ALICE)).await.ok();
    let foreign = json!({"propertyValue": "https://evil.test/api/v2"});
    world.patch(&path("store.url"), ALICE, &foreign).await.refused(400);
    world.get("/products", &made.with(ALICE)).await.ok();
}

#[tokio::test]
async fn an_entry_takes_no_way_to_authenticate_that_there_is_not() {
    let world = World::start().await;
    let made = world.make_store(ALICE).await;
    let entries = world.get(&format!("{}/configuration", made.path()), ALICE).await;
    let count = entries.header("elements-returned-count").map(str::to_owned);
    let entries = entries.ok();
    let entries = entries.as_array().unwrap();
    assert_eq!(count, Some(entries.len().to_string()));
    let entry = entries.iter().find(|entry| entry["key"] == "authentication.type").unwrap();
    let path = format!("{}/configuration/{}", made.path(), entry["id"]);
    let refused = world.patch(&path, ALICE, &json!({"propertyValue": "nonsense"})).await;
    assert!(refused.refused(400).message().contains("nonsense"));
    world.get("/products", &made.with(ALICE)).await.ok();
    let kept = world.patch(&path, ALICE, &json!({"propertyValue": "custom"})).await.ok();
    assert_eq!(kept["propertyValue"], "custom");
}
