//! 8.6: a new code for an instance whose tokens are dead, and the walk through of 5.3.

use std::time::Duration;

use rehearsal::Timestamp;
use reqwest::Method;
use serde_json::{Value, json};
use wiremock::{Mock, ResponseTemplate, matchers};

use crate::support::{ALICE, Made, NOW, World, answer};

async fn revoked(world: &World) -> Made {
    let made = world.make_box(ALICE, "1").await;
    world.provider.reset().await;
    world.box_refuses_tokens().await;
    world.get("/files", &made.with(ALICE)).await.refused_by_provider(401);
    made
}

#[tokio::test]
async fn the_walk_through_of_the_seed() {
    let world = World::start().await;
    let made = revoked(&world).await;
    let header = made.with(ALICE);
    world.get("/folders", &header).await.refused_by_provider(401);
    let list = world.get("/instances", &header).await.ok();
    assert_eq!(list[0]["configuration"]["oauth.user.token"], "ACCESS1");
    let url = world
        .get("/elements/box/oauth/url?apiKey=client-id&apiSecret=s&callbackUrl=http://127.0.0.1/", &header);
    assert!(url.await.ok()["oauthUrl"].as_str().unwrap().starts_with(&world.provider.uri()));

    world.box_gives("CODE2", "ACCESS2", "REFRESH2").await;
    world.box_accepts("ACCESS2").await;
    world.clock.set(Timestamp::from_millis(NOW + 60_000));
    let renewed = world.patch("/instances", &header, &json!({"providerData": {"code": "CODE2"}})).await.ok();
    world.get("/files", &header).await.ok();

    let mut expected = made.json.clone();
    expected["configuration"]["oauth.user.token"] = json!("ACCESS2");
    expected["configuration"]["oauth.user.refresh_token"] = json!("REFRESH2");
    expected["configuration"]["oauth.user.refresh_time"] = json!((NOW + 60_000).to_string());
    assert_eq!(renewed, expected, "id, token and all the rest stay");
    assert_eq!(world.get("/instances", &header).await.ok(), json!([expected]));
    assert_eq!(
        world.bodies_at("/oauth2/token").await,
        ["grant_type=authorization_code&code=CODE2&client_id=client-id&client_secret=client-secret\
          &redirect_uri=https%3A%2F%2Fhttpbin.org%2Fget%3Fa%3Db%26c%3Dd"]
    );
}

#[tokio::test]
async fn every_verb_and_path_takes_a_code() {
    let world = World::start().await;
    let made = world.make_box(ALICE, "1").await;
    let other = world.make_box(ALICE, "other").await;
    let whole = |code: &str| {
        let mut body = made.json.clone();
        body["providerData"] = json!({"code": code});
        body
    };
    let calls: [(Method, String, String, Value); 4] = [
        (Method::PATCH, made.path(), ALICE.to_owned(), json!({"providerData": {"code": "C2"}})),
        (Method::PUT, made.path(), ALICE.to_owned(), whole("C3")),
        (Method::PUT, "/instances".to_owned(), made.with(ALICE), json!({"providerData": {"code": "C4"}})),
        (Method::PUT, format!("/elements/box/instances/{}", made.id), ALICE.to_owned(), whole("C5")),
    ];
    for (method, path, header, body) in calls {
        let code = body["providerData"]["code"].as_str().unwrap().to_owned();
        world.box_gives(&code, &format!("ACCESS-{code}"), "R").await;
        world.box_accepts(&format!("ACCESS-{code}")).await;
        let renewed =
            answer(world.request(method, &path).header("authorization", header).json(&body)).await.ok();
        assert_eq!(renewed["configuration"]["oauth.user.token"], format!("ACCESS-{code}"), "{path}");
        assert!(renewed.get("providerData").is_none());
        world.get("/files", &made.with(ALICE)).await.ok();
        let used = world.requests_at("/2.0/folders/0/items").await.pop().unwrap();
        assert_eq!(used.headers["authorization"], format!("Bearer ACCESS-{code}"));
    }
    assert_eq!(world.get(&other.path(), ALICE).await.ok(), other.json);
}

#[tokio::test]
async fn a_refused_code_changes_nothing_at_all() {
    let world = World::start().await;
    let made = world.make_box(ALICE, "1").await;
    world.box_refuses_grants().await;
    let body = json!({"name": "Renamed", "providerData": {"code": "BAD"}, "configuration": {"made.up": "x"}});
    let refused = world.patch(&made.path(), ALICE, &body).await;
    refused.refused_by_provider(401);
    assert!(refused.provider_message().contains("invalid_grant"));
    assert_eq!(world.get(&made.path(), ALICE).await.ok(), made.json);
    world.get("/files", &made.with(ALICE)).await.ok();
}

#[tokio::test]
async fn a_name_and_a_code_take_effect_together() {
    let world = World::start().await;
    let made = revoked(&world).await;
    world.box_gives("CODE2", "ACCESS2", "REFRESH2").await;
    let body = json!({"name": "Renamed", "providerData": {"code": "CODE2"}});
    let renewed = world.patch(&made.path(), ALICE, &body).await.ok();
    assert_eq!((&renewed["name"], &renewed["valid"]), (&json!("Renamed"), &json!(true)));
    assert_eq!(renewed["configuration"]["oauth.user.token"], "ACCESS2");
}

#[tokio::test]
async fn no_exchange_is_made_when_none_is_wanted() {
    let world = World::start().await;
    let made = world.make_box(ALICE, "1").await;
    let requests = world.requests().await;
    let path = format!("{}?reAuthenticate=false", made.path());
    let body = json!({"configuration": {"oauth.scope": "root_readonly"}, "providerData": {"code": "C"}});
    let changed = world.put(&path, ALICE, &body).await.ok();
    assert_eq!(changed["configuration"]["oauth.scope"], "root_readonly");
    assert_eq!(world.requests().await, requests);
}

#[tokio::test]
async fn a_caller_that_hangs_up_loses_no_tokens() {
    let world = World::start().await;
    let made = world.make_box(ALICE, "1").await;
    let slow = ResponseTemplate::new(200)
        .set_body_json(json!({"access_token": "ACCESS2", "refresh_token": "REFRESH2", "expires_in": 3600}))
        .set_delay(Duration::from_millis(200));
    Mock::given(matchers::path("/oauth2/token")).respond_with(slow).mount(&world.provider).await;
    let request = world.request(Method::PATCH, &made.path()).header("authorization", ALICE);
    let call = tokio::spawn(request.json(&json!({"providerData": {"code": "CODE2"}})).send());
    world.heard("/oauth2/token", 2).await;
    call.abort();
    // The code is spent; the tokens it gave arrive although nobody waits for them.
    let arrived = async {
        while world.get(&made.path(), ALICE).await.ok()["configuration"]["oauth.user.token"] != "ACCESS2" {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(30), arrived).await.unwrap();
}
