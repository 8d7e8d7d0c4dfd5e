//! 8.12 and 1.3: the shape of errors, and the headers all answers share.

use reqwest::Method;
use serde_json::json;

use crate::support::{ALICE, World, answer};

/// INST-421, INST-423, INST-424
#[tokio::test]
async fn every_refusal_is_an_envelope_with_an_id_of_its_own() {
    let world = World::start().await;
    let first = world.get("/instances/1", ALICE).await.json();
    let second = world.get("/instances/1", ALICE).await.json();
    let id = first["requestId"].as_str().unwrap();
    assert!(
        id.len() == 24 && id.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte)),
        "{id}"
    );
    assert_ne!(first["requestId"], second["requestId"]);
}

/// INST-425, INST-426
#[tokio::test]
async fn unknown_paths_and_verbs_are_known_as_such() {
    let world = World::start().await;
    for path in ["/nothing", "/nothing/1", "/instances/1/nothing", "/a/b/c/d", "/elements/box/nothing", ""] {
        world.get(path, ALICE).await.refused(404);
    }
    for path in ["/", "/elements", "/elements/api-v1/instances"] {
        answer(world.request_outside(path)).await.refused(404);
    }
    for (method, path) in [
        (Method::POST, "/instances/1"),
        (Method::PATCH, "/elements/box/instances/1"),
        (Method::POST, "/instances/count"),
        (Method::PATCH, "/elements/box"),
        (Method::PUT, "/objects"),
    ] {
        let refused = answer(world.request(method.clone(), path)).await;
        refused.refused(405);
        assert!(refused.header("allow").is_some(), "{method} {path}");
    }
}

/// INST-427, INST-428
#[tokio::test]
async fn only_json_is_spoken() {
    let world = World::start().await;
    let made = world.make_box(ALICE, "1").await;
    let xml = world.request(Method::GET, &made.path()).header("authorization", ALICE);
    answer(xml.header("accept", "application/xml")).await.refused(406);
    let any = world.request(Method::GET, &made.path()).header("authorization", ALICE);
    answer(any.header("accept", "text/html, */*;q=0.1")).await.ok();
    for (kind, body, status) in [
        ("text/plain", "{}", 415),
        ("application/x-www-form-urlencoded", "a=b", 415),
        ("application/json", "{", 400),
        ("application/json", "[]", 400),
        ("application/json", "\"x\"", 400),
        ("application/json", "", 400),
        ("application/json; charset=utf-8", "{}", 400),
    ] {
        let request = world.request(Method::POST, "/instances").header("authorization", ALICE);
        answer(request.header("content-type", kind).body(body)).await.refused(status);
    }
}

/// INST-432
#[tokio::test]
async fn a_body_has_a_limit() {
    let world = World::start().await;
    let huge = json!({"name": "x".repeat(5 * 1024 * 1024)});
    world.post("/instances", ALICE, &huge).await.refused(413);
}

/// INST-032
#[tokio::test]
async fn an_origin_gets_the_list_of_headers() {
    let world = World::start().await;
    let with = |origin: bool| {
        let request = world.request(Method::GET, "/elements/keys");
        answer(if origin { request.header("origin", "https://example.test") } else { request })
    };
    assert_eq!(
        with(true).await.header("access-control-expose-headers"),
        Some(
            "Elements-Returned-Count, Elements-Total-Count, Elements-Request-Id, Elements-Next-Page-Token, \
             Elements-Trace-Id, Elements-Error, Content-Disposition"
        )
    );
    assert_eq!(with(false).await.header("access-control-expose-headers"), None);
}
