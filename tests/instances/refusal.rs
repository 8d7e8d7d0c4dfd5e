//! 8.7: what the provider refuses, and what is passed on of it.

use serde_json::json;
use wiremock::{Mock, ResponseTemplate, matchers};

use crate::support::{ALICE, World, box_body};

async fn box_answering(world: &World, answer: ResponseTemplate) -> String {
    world.box_gives("CODE1", "ACCESS1", "REFRESH1").await;
    let made = world.make(ALICE, &box_body("CODE1")).await;
    Mock::given(matchers::path_regex("^/2.0/")).respond_with(answer).mount(&world.provider).await;
    made.with(ALICE)
}

#[tokio::test]
async fn the_words_of_each_vendor_reach_the_caller() {
    let challenge = r#"Bearer realm="Service", error="invalid_token", error_description="The access token provided is invalid.""#;
    for (answer, status, message) in [
        (
            ResponseTemplate::new(401).set_body_raw(
                r#"{"code":"INVALID_ACCESS_TOKEN","message":"Access token provided is invalid or has expired"}"#,
                "application/json;charset=UTF-8",
            ),
            401,
            "code - INVALID_ACCESS_TOKEN, message - Access token provided is invalid or has expired",
        ),
        (
            ResponseTemplate::new(401)
                .set_body_raw(r#"[{"message":"Session expired or invalid","errorCode":"INVALID_SESSION_ID"}]"#, "application/json"),
            401,
            "message - Session expired or invalid, errorCode - INVALID_SESSION_ID",
        ),
        (
            ResponseTemplate::new(401).insert_header("www-authenticate", challenge),
            401,
            "error - invalid_token, error_description - The access token provided is invalid.",
        ),
        (
            ResponseTemplate::new(404)
                .set_body_json(json!({"type": "error", "status": 404, "context_info": {"errors": [{"name": "item"}]}})),
            404,
            "type - error, status - 404, context_info - {errors=[{name=item}]}",
        ),
        (ResponseTemplate::new(403).set_body_string("Bad_OAuth_Token"), 403, "Bad_OAuth_Token"),
        (ResponseTemplate::new(409).set_body_json(json!({"code": "item_name_in_use"})), 409, "code - item_name_in_use"),
        (ResponseTemplate::new(500).set_body_string("<html><h1>Oops</h1></html>"), 502, "Oops"),
        (ResponseTemplate::new(503), 502, "503 Service Unavailable"),
    ] {
        let world = World::start().await;
        let header = box_answering(&world, answer).await;
        for path in ["/files", "/hubs/documents/users", "/ping"] {
            let refused = world.get(path, &header).await;
            refused.refused_by_provider(status);
            assert_eq!(refused.provider_message(), message);
        }
    }
}

#[tokio::test]
async fn a_limit_keeps_the_time_to_wait() {
    let world = World::start().await;
    let answer = ResponseTemplate::new(429)
        .insert_header("retry-after", "100")
        .set_body_json(json!({"code": "rate_limit_exceeded"}));
    let header = box_answering(&world, answer).await;
    let refused = world.get("/files", &header).await;
    refused.refused_by_provider(429);
    assert_eq!(refused.header("retry-after"), Some("100"));
}

#[tokio::test]
async fn a_401_does_not_refresh() {
    let world = World::start().await;
    let header = box_answering(&world, ResponseTemplate::new(401)).await;
    world.get("/files", &header).await.refused_by_provider(401);
    assert_eq!(world.bodies_at("/oauth2/token").await.len(), 1, "only the exchange of the create");
}

#[tokio::test]
async fn refusals_with_a_meaning_of_their_own_are_understood() {
    let world = World::start().await;
    Mock::given(matchers::path("/puboauth/token"))
        .respond_with(
            ResponseTemplate::new(200).set_body_json(json!({"access_token": "T0ken", "expires_in": "-1"})),
        )
        .mount(&world.provider)
        .await;
    for (path, code, text) in [
        ("/pubapi/v1/userinfo", "ERR_403_DEVELOPER_INACTIVE", "<h1>Developer Inactive</h1>"),
        ("/pubapi/v1/fs/Shared", "ERR_403_DEVELOPER_OVER_QPS", "<h1>Developer Over Qps</h1>"),
    ] {
        let answer = ResponseTemplate::new(403)
            .insert_header("x-mashery-error-code", code)
            .insert_header("retry-after", "1")
            .set_body_string(text);
        Mock::given(matchers::path(path)).respond_with(answer).mount(&world.provider).await;
    }
    let mut body = box_body("CODE");
    body["element"]["key"] = json!("egnyte");
    body["configuration"]["subdomain"] = json!("acme");
    let header = world.make(ALICE, &body).await.with(ALICE);
    let dead = world.get("/userinfo", &header).await;
    assert_eq!(dead.refused_by_provider(401).provider_message(), "Developer Inactive");
    assert_eq!(dead.header("retry-after"), None);
    let limited = world.get("/files", &header).await;
    assert_eq!(limited.refused_by_provider(429).header("retry-after"), Some("1"));

    world.store_accepts("storeuser", "storepassword").await;
    let store = world.make(ALICE, &crate::support::store_body(&world.provider.uri())).await;
    let limit = json!([{"status": 509, "message": "The requests-per-hour limit has been reached."}]);
    Mock::given(matchers::path("/api/v2/orders"))
        .respond_with(ResponseTemplate::new(509).set_body_json(limit))
        .mount(&world.provider)
        .await;
    world.get("/orders", &store.with(ALICE)).await.refused_by_provider(429);
}

#[tokio::test]
async fn one_dead_instance_leaves_the_others() {
    let world = World::start().await;
    let alive = world.make_box(ALICE, "1").await;
    world.box_gives("CODE2", "ACCESS2", "REFRESH2").await;
    let dead = world.make(ALICE, &box_body("CODE2")).await;
    world.box_refuses_tokens().await;
    world.get("/files", &dead.with(ALICE)).await.refused_by_provider(401);
    world.get("/files", &alive.with(ALICE)).await.ok();
}
