//! 8.16: calls through an instance.

use reqwest::Method;
use serde_json::json;
use wiremock::{Mock, ResponseTemplate, matchers};

use crate::support::{ALICE, World, answer};

#[tokio::test]
async fn the_hub_makes_no_difference() {
    let world = World::start().await;
    let made = world.make_box(ALICE, "1").await;
    let header = made.with(ALICE);
    let bare = world.get("/files", &header).await;
    for hub in ["documents", "crm", "crap"] {
        assert_eq!(world.get(&format!("/hubs/{hub}/files"), &header).await.text, bare.text);
    }
    assert_eq!(bare.header("elements-element-instance-id"), Some(made.id.to_string().as_str()));
    assert!(!bare.header("elements-request-id").unwrap().is_empty());
    let unknown = world.get("/nothing", &header).await;
    assert_eq!(unknown.refused(404).message(), "No object found with name nothing");
    assert_eq!(unknown.header("elements-element-instance-id"), Some(made.id.to_string().as_str()));
}

#[tokio::test]
async fn each_instance_shows_its_own_credentials() {
    let world = World::start().await;
    let first = world.make_box(ALICE, "1").await;
    let second = world.make_box(ALICE, "2").await;
    for (made, token) in [(&first, "ACCESS1"), (&second, "ACCESS2"), (&first, "ACCESS1")] {
        world.get("/files", &made.with(ALICE)).await.ok();
        let used = world.requests_at("/2.0/folders/0/items").await.pop().unwrap();
        assert_eq!(used.headers["authorization"], format!("Bearer {token}"));
    }
}

/// INST-523, INST-524, INST-525
#[tokio::test]
async fn ping_asks_the_provider() {
    let world = World::start().await;
    let header = world.make_box(ALICE, "1").await.with(ALICE);
    let ping = world.get("/ping", &header).await.ok();
    assert_eq!(ping, json!({"dateTime": "2018-02-20T01:48:04Z", "endpoint": "box", "valid": true}));
    assert_eq!(world.get("/hubs/documents/ping", &header).await.ok(), ping);
    assert_eq!(world.requests_at("/2.0/users/me").await.len(), 2);
}

#[tokio::test]
async fn single_records_are_read_made_changed_and_deleted() {
    let world = World::start().await;
    let header = world.make_store(ALICE).await.with(ALICE);
    let product = json!({"id": 7, "name": "x", "sku": null});
    for (method, path, status, body) in [
        ("GET", "products/7", 200, Some(&product)),
        ("PUT", "products/7", 200, Some(&product)),
        ("POST", "products", 201, Some(&product)),
        ("DELETE", "products/7", 204, None),
    ] {
        let mut template = ResponseTemplate::new(status);
        if let Some(body) = body {
            template = template.set_body_json(body);
        }
        Mock::given(matchers::method(method))
            .and(matchers::path(format!("/api/v2/{path}")))
            .respond_with(template)
            .mount(&world.provider)
            .await;
    }
    let shown = json!({"id": 7, "name": "x"});
    assert_eq!(world.get("/products/7", &header).await.ok(), shown);
    assert_eq!(world.put("/products/7", &header, &json!({"name": "x"})).await.ok(), shown);
    assert_eq!(world.post("/hubs/ecommerce/products", &header, &json!({"name": "x"})).await.ok(), shown);
    let made = world.requests_at("/api/v2/products").await.pop().unwrap();
    assert_eq!(made.body, br#"{"name":"x"}"#);
    assert_eq!(made.headers["content-type"], "application/json");
    let deleted = world.delete("/products/7", &header).await;
    assert_eq!((deleted.status.as_u16(), deleted.text.as_str()), (200, ""));

    assert_eq!(world.patch("/products/7", &header, &json!({"name": "x"})).await.ok(), shown, "by PUT");
    world.post("/products/7", &header, &json!({"name": "x"})).await.refused(405);
    world.delete("/products", &header).await.refused(405);
    world.post("/time", &header, &json!({})).await.refused(405);
    world.get("/time/7", &header).await.refused(404);
    world.get("/products/%2E%2E", &header).await.refused(404);
    world.post("/products", &header, &json!([])).await.refused(400);
    let text = world.request(Method::POST, "/products").header("authorization", &header).body("x");
    answer(text.header("content-type", "text/plain")).await.refused(415);
}

#[tokio::test]
async fn parameters_without_effect_are_named() {
    let world = World::start().await;
    let header = world.make_box(ALICE, "1").await.with(ALICE);
    let asked = world.get("/files?where=name%3D'x'&pageSize=5", &header).await;
    assert_eq!(asked.header("elements-error"), Some("Query parameters were ignored: where"));
    asked.ok();
    assert_eq!(world.get("/files", &header).await.header("elements-error"), None);
    assert_eq!(world.get("/users?fields=id", &header).await.header("elements-error"), None);
}

#[tokio::test]
async fn an_empty_list_is_a_list() {
    let world = World::start().await;
    let header = world.make_store(ALICE).await.with(ALICE);
    Mock::given(matchers::path("/api/v2/orders"))
        .respond_with(ResponseTemplate::new(204))
        .mount(&world.provider)
        .await;
    let orders = world.get("/orders", &header).await;
    assert_eq!(orders.header("elements-returned-count"), Some("0"));
    assert_eq!(orders.ok(), json!([]));
}

#[tokio::test]
async fn a_custom_store_shows_its_token_in_headers() {
    let world = World::start().await;
    Mock::given(matchers::path_regex("^/stores/abc/v2/"))
        .and(matchers::header("X-Auth-Client", "client"))
        .and(matchers::header("X-Auth-Token", "apptoken"))
        .respond_with(ResponseTemplate::new(200).set_body_json(json!({"time": 1})))
        .mount(&world.provider)
        .await;
    let body = json!({
        "element": {"key": "bigcommerce"}, "name": "custom",
        "configuration": {
            "authentication.type": "custom", "store.url": "https://api.bigcommerce.com/stores/abc/v2",
            "oauth.api.key": "client", "oauth.user.token": "apptoken",
        },
    });
    let header = world.make(ALICE, &body).await.with(ALICE);
    world.get("/time", &header).await.ok();
    let mut wrong = body;
    wrong["configuration"]["authentication.type"] = json!("oauth9");
    world.post("/instances", ALICE, &wrong).await.refused(400);
}
