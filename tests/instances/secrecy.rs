//! 8.13: what no answer shows, and markup that no name keeps.

use reqwest::Method;
use serde_json::{Value, json};
use wiremock::{Mock, ResponseTemplate, matchers};

use crate::support::{ALICE, World, answer, box_body, store_body};

const MARKUP: &str = r##"<a href="#" onClick="alert('x')">churros-xss</a>"##;

/// INST-455, INST-459
#[tokio::test]
async fn secrets_are_masked_in_every_answer() {
    let world = World::start().await;
    let made = world.make_box(ALICE, "1").await;
    let store = world.make_store(ALICE).await;
    let put = world.put(&made.path(), ALICE, &json!({"name": "n"})).await.ok();
    let patch = world.patch(&made.path(), ALICE, &json!({"name": "n"})).await.ok();
    let list = world.get("/instances", &made.with(ALICE)).await.ok();
    for shown in [&made.json, &put, &patch, &list[0]] {
        assert_eq!(shown["configuration"]["oauth.api.key"], "********");
        assert_eq!(shown["configuration"]["oauth.api.secret"], "********");
        assert_eq!(shown["configuration"]["event.notification.callback.url"], Value::Null);
    }
    assert_eq!(store.json["configuration"]["password"], "********");
    assert_eq!(store.json["configuration"]["username"], "storeuser");
    assert_eq!(store.json["configuration"]["oauth.api.secret"], Value::Null);
}

#[tokio::test]
async fn what_a_vendor_repeats_is_not_passed_on() {
    let world = World::start().await;
    let echo = |request: &wiremock::Request| {
        let credentials =
            request.headers.get("authorization").map(|value| value.to_str().unwrap().to_owned());
        let sent = String::from_utf8_lossy(&request.body).into_owned();
        let echoed = json!({"sent": sent, "credentials": credentials});
        ResponseTemplate::new(400).set_body_json(echoed)
    };
    Mock::given(matchers::any()).respond_with(echo).with_priority(9).mount(&world.provider).await;
    let refused = world.post("/instances", ALICE, &box_body("CODE-that-is-secret")).await;
    refused.refused_by_provider(401);
    let made = world.make_box(ALICE, "1").await;
    let reauthentication = json!({"providerData": {"code": "CODE-that-is-secret"}});
    let patched = world.patch(&made.path(), ALICE, &reauthentication).await;
    patched.refused_by_provider(401);
    world.box_gives("CODE2", "UNACCEPTED", "REFRESH2").await;
    let made = world.make(ALICE, &box_body("CODE2")).await;
    let called = world.get("/files", &made.with(ALICE)).await;
    called.refused_by_provider(400);
    let store = world.make(ALICE, &store_body(&world.provider.uri())).await;
    let sold = world.get("/orders", &store.with(ALICE)).await;
    sold.refused_by_provider(400);
    for answer in [refused, patched, called, sold] {
        for secret in [
            "CODE-that-is-secret",
            "client-secret",
            "UNACCEPTED",
            "REFRESH2",
            "storepassword",
            "al/ice+1=",
            "c3RvcmV1c2VyOnN0b3JlcGFzc3dvcmQ=",
        ] {
            assert!(!answer.text.contains(secret), "{secret} in {}", answer.text);
        }
    }
}

/// INST-462, INST-463, INST-464, INST-465, INST-467
#[tokio::test]
async fn markup_is_taken_out_of_names_and_tags() {
    let world = World::start().await;
    world.box_gives("CODE1", "A", "R").await;
    let mut body = box_body("CODE1");
    body["name"] = json!(MARKUP);
    body.as_object_mut().unwrap().remove("tags");
    let made = world.make(ALICE, &body).await;
    assert_eq!((&made.json["name"], &made.json["tags"]), (&json!("churros-xss"), &json!(["churros-xss"])));
    for (method, path, header) in [
        (Method::PATCH, made.path(), ALICE.to_owned()),
        (Method::PATCH, "/instances".to_owned(), made.with(ALICE)),
        (Method::PUT, made.path(), ALICE.to_owned()),
    ] {
        world.patch(&made.path(), ALICE, &json!({"name": "between"})).await.ok();
        let body = json!({"name": MARKUP, "tags": [MARKUP]});
        let changed =
            answer(world.request(method, &path).header("authorization", header).json(&body)).await.ok();
        assert_eq!((&changed["name"], &changed["tags"]), (&json!("churros-xss"), &json!(["churros-xss"])));
    }
    world.patch(&made.path(), ALICE, &json!({"name": "<b></b>"})).await.refused(400);
}
