//! 8.5: changing instances without asking the vendor.

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{ALICE, World, answer};

#[tokio::test]
async fn names_and_tags_change_without_a_word_to_the_provider() {
    let world = World::start().await;
    let made = world.make_box(ALICE, "1").await;
    let requests = world.requests().await;
    let changed = world.patch(&made.path(), ALICE, &json!({"name": "New", "id": made.id})).await.ok();
    assert_eq!((&changed["name"], &changed["tags"]), (&json!("New"), &json!(["Docs"])));
    let changed = world.patch(&made.path(), ALICE, &json!({"tags": ["x", "y"]})).await.ok();
    assert_eq!((&changed["name"], &changed["tags"]), (&json!("New"), &json!(["x", "y"])));
    let changed = world.put(&made.path(), ALICE, &json!({"name": "Newer", "tags": []})).await.ok();
    assert_eq!((&changed["name"], &changed["tags"]), (&json!("Newer"), &json!([])));
    assert_eq!(world.patch(&made.path(), ALICE, &json!({})).await.ok(), changed);
    assert_eq!(world.get(&made.path(), ALICE).await.ok(), changed);
    assert_eq!(world.requests().await, requests);
    for member in ["id", "token", "createdDate", "configuration", "user"] {
        assert_eq!(changed[member], made.json[member], "{member}");
    }
    world.get("/files", &made.with(ALICE)).await.ok();
}

#[tokio::test]
async fn the_token_names_the_instance_where_the_path_does_not() {
    let world = World::start().await;
    let first = world.make_box(ALICE, "1").await;
    let second = world.make_box(ALICE, "2").await;
    let changed = world.put("/instances", &second.with(ALICE), &json!({"name": "Put"})).await.ok();
    assert_eq!((&changed["id"], &changed["name"]), (&json!(second.id), &json!("Put")));
    let path = format!("/elements/box/instances/{}", second.id);
    assert_eq!(world.put(&path, ALICE, &json!({"name": "At"})).await.ok()["name"], "At");
    world.patch(&path, ALICE, &json!({"name": "At"})).await.refused(405);
    assert_eq!(world.get(&first.path(), ALICE).await.ok(), first.json);
}

#[tokio::test]
async fn a_whole_representation_can_be_sent_back() {
    let world = World::start().await;
    let made = world.make_box(ALICE, "1").await;
    let read = world.get(&made.path(), ALICE).await.ok();
    assert_eq!(world.put(&made.path(), ALICE, &read).await.ok(), read);
    world.get("/files", &made.with(ALICE)).await.ok();

    // The secrets behind the masks are still the ones of the create.
    world.box_gives("AGAIN", "ACCESS1", "REFRESH1").await;
    world.patch(&made.path(), ALICE, &json!({"providerData": {"code": "AGAIN"}})).await.ok();
    let exchange = world.bodies_at("/oauth2/token").await.pop().unwrap();
    assert!(exchange.contains("client_id=client-id&client_secret=client-secret&"), "{exchange}");
}

#[tokio::test]
async fn configuration_is_merged_key_by_key() {
    let world = World::start().await;
    let made = world.make_box(ALICE, "1").await;
    for (verb, value) in [(Method::PATCH, "7"), (Method::PUT, "8")] {
        let body = json!({"configuration": {"event.poller.refresh_interval": value}});
        let request = world.request(verb, &made.path()).header("authorization", ALICE).json(&body);
        let changed = answer(request).await.ok();
        let mut expected = made.json["configuration"].clone();
        expected["event.poller.refresh_interval"] = json!(value);
        assert_eq!(changed["configuration"], expected);
    }
}

#[tokio::test]
async fn what_is_not_the_callers_to_change_stays() {
    let world = World::start().await;
    let made = world.make_box(ALICE, "1").await;
    let other = world.make_box(ALICE, "2").await;
    let body = json!({
        "id": other.id, "token": "mine", "createdDate": "2000-01-01T00:00:00Z", "user": {"id": 1}, "valid": false,
        "disabled": true, "eventsEnabled": true, "externalAuthentication": "initial", "name": "changed",
        "element": {"id": 22, "key": "box"},
    });
    let mut expected = made.json.clone();
    expected["name"] = json!("changed");
    assert_eq!(world.patch(&made.path(), ALICE, &body).await.ok(), expected);
    assert_eq!(world.get(&other.path(), ALICE).await.ok(), other.json);
    for element in [json!({"key": "egnyte"}), json!({"id": 4016}), json!({"key": 5})] {
        world.patch(&made.path(), ALICE, &json!({"element": element})).await.refused(400);
    }
}

#[tokio::test]
async fn a_wrong_body_changes_nothing() {
    let world = World::start().await;
    let made = world.make_box(ALICE, "1").await;
    for body in [
        json!({"name": ""}),
        json!({"name": 5}),
        json!({"name": "x", "tags": "y"}),
        json!({"name": "x", "configuration": []}),
        json!({"name": "x", "providerData": {"code": ""}}),
        json!({"name": "x", "providerData": {"code": 5}}),
        json!([]),
    ] {
        world.patch(&made.path(), ALICE, &body).await.refused(400);
        world.put(&made.path(), ALICE, &body).await.refused(400);
    }
    let broken = world.request(Method::PATCH, &made.path()).header("authorization", ALICE);
    answer(broken.header("content-type", "application/json").body("{\"name\":")).await.refused(400);
    assert_eq!(world.get(&made.path(), ALICE).await.ok(), made.json);
    for verb in [Method::PATCH, Method::PUT] {
        let unknown =
            world.request(verb, "/instances/1").header("authorization", ALICE).json(&json!({"name": "x"}));
        answer(unknown).await.refused(404);
    }
}

/// INST-226, INST-231
#[tokio::test]
async fn new_basic_credentials_are_tried_by_put_and_kept_only_when_good() {
    let world = World::start().await;
    let made = world.make_store(ALICE).await;
    world.store_accepts("storeuser", "second-password").await;
    world.store_refuses().await;
    let header = made.with(ALICE);
    let password = |password: &str| json!({"configuration": {"password": password}});

    world.put(&made.path(), ALICE, &password("wrong-password")).await.refused_by_provider(401);
    world.get("/products", &header).await.ok();

    let changed = world.put(&made.path(), ALICE, &password("second-password")).await.ok();
    assert_eq!(changed["configuration"]["password"], "********");
    world.get("/products", &header).await.ok();
    let used = world.requests_at("/api/v2/products").await.pop().unwrap();
    assert_eq!(used.headers["authorization"], "Basic c3RvcmV1c2VyOnNlY29uZC1wYXNzd29yZA==");

    let tried = world.requests_at("/api/v2/time").await.len();
    world
        .put(&made.path(), ALICE, &json!({"name": "again", "configuration": {"password": "********"}}))
        .await
        .ok();
    let quiet = format!("{}?reAuthenticate=false", made.path());
    world.put(&quiet, ALICE, &password("wrong-password")).await.ok();
    assert_eq!(world.requests_at("/api/v2/time").await.len(), tried, "nothing was tried again");
    world.get("/products", &header).await.refused_by_provider(401);
}

#[tokio::test]
async fn tokens_that_were_replaced_do_not_come_back_with_an_old_representation() {
    let world = World::start().await;
    let made = world.make_box(ALICE, "1").await;
    world.box_gives("CODE2", "ACCESS2", "REFRESH2").await;
    world.box_accepts("ACCESS2").await;
    world.patch(&made.path(), ALICE, &json!({"providerData": {"code": "CODE2"}})).await.ok();
    let mut old = made.json.clone();
    old["name"] = json!("Renamed");
    let put = world.put(&made.path(), ALICE, &old).await.ok();
    assert_eq!(put["name"], "Renamed");
    assert_eq!(put["configuration"]["oauth.user.token"], "ACCESS2");
    assert_eq!(put["configuration"]["oauth.user.refresh_token"], "REFRESH2");
    let own: Value =
        world.patch(&made.path(), ALICE, &json!({"configuration": {"oauth.user.token": "OWN"}})).await.ok();
    assert_eq!(own["configuration"]["oauth.user.token"], "OWN", "a token the service never had is taken");
}
