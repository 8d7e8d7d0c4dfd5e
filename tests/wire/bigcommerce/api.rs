//! The gateway: `X-Auth-Token`, stores, scopes, quotas.

use http::Method;
use insta::assert_snapshot;
use rehearsal::{
    ConsentGiven, Reply, Vendor,
    oauth::{App, Flow},
};
use serde_json::{Value, json};

use super::{access_token, call, get, hash, scene, verdict};
use crate::scene::{Scene, wire};

#[test]
fn a_good_token_opens_its_store() {
    let scene = scene();
    let token = access_token(&scene);
    for (name, path) in [
        ("api_time", "/v2/time"),
        ("api_store", "/v2/store"),
        ("api_products", "/v2/products?limit=1"),
        ("api_orders", "/v2/orders?limit=1"),
        ("api_customers", "/v2/customers"),
        ("api_customer_count", "/v2/customers/count"),
        ("api_empty_page", "/v2/customers?page=2"),
        ("api_unknown_customer", "/v2/customers/99"),
        ("api_catalog_products", "/v3/catalog/products?limit=1&page=2"),
        ("api_catalog_product", "/v3/catalog/products/34"),
        ("api_unknown_catalog_product", "/v3/catalog/products/99"),
    ] {
        assert_snapshot!(name, wire(&get(&scene, path, &token)));
    }
    let time = scene.get("/time", &[]);
    assert_snapshot!("api_gateway_time", wire(&time));
    assert_eq!(
        (time.status().as_u16(), &*time.text()),
        (200, "1772366400000"),
        "BC-062: without credentials"
    );
    let json = |path: &str| -> Value { serde_json::from_slice(get(&scene, path, &token).body()).unwrap() };
    let catalog = json("/v3/catalog/products?limit=2");
    let pagination = &catalog["meta"]["pagination"];
    let names: Vec<_> = pagination.as_object().unwrap().keys().map(String::as_str).collect();
    let members = ["total", "count", "per_page", "current_page", "total_pages", "links"];
    assert_eq!(names, members, "BC-061");
    assert_eq!(
        (catalog["data"].as_array().unwrap().len(), &pagination["total_pages"]),
        (2, &json!(2)),
        "BC-061"
    );
    let link = json("/v2/products")[0]["images"]["url"].as_str().unwrap().to_owned();
    let expected = format!("http://127.0.0.1:4013/stores/{}/v2/products/32/images", hash(&scene));
    assert_eq!(link, expected, "BC-016: no extension where there was none");
    let target = format!("/stores/{}/v2/time", hash(&scene));
    let with_client = scene.get(&target, &[&format!("X-Auth-Token: {token}"), "X-Auth-Client: wrong"]);
    assert_eq!(with_client.status(), 200, "BC-050");
    assert!(with_client.headers().get("x-bc-apilimit-remaining").is_none(), "BC-057");
}

#[test]
fn the_three_refusals_of_one_host() {
    let scene = scene();
    let target = format!("/stores/{}/v3/catalog/products", hash(&scene));
    let plain = |reply: &Reply| {
        let kind = reply.headers()["content-type"].to_str().unwrap().to_owned();
        (reply.status().as_u16(), kind, reply.text().into_owned())
    };
    let answer = |text: &str| (401, "text/plain".to_owned(), text.to_owned());
    let none = scene.get(&target, &[]);
    assert_snapshot!("api_no_token", wire(&none));
    assert_eq!(plain(&none), answer("X-Auth-Token header is required"), "BC-044");
    let empty = scene.get(&target, &["X-Auth-Token: "]);
    assert_snapshot!("api_empty_token", wire(&empty));
    assert_eq!(plain(&empty), answer("X-Auth-Token header should have correct format"), "BC-045");
    let unknown = scene.get(&target, &["X-Auth-Token: unknown"]);
    assert_snapshot!("api_unknown_token", wire(&unknown));
    let body: Value = serde_json::from_slice(unknown.body()).unwrap();
    assert_eq!(
        (unknown.status().as_u16(), &body["status"], &body["title"]),
        (401, &json!(401), &json!("Unauthorized")),
        "BC-046"
    );
    assert_eq!(unknown.headers()["content-type"], "application/json", "BC-046");
    assert_eq!(scene.get(&target, &["Authorization: Bearer x"]).status(), 401, "only X-Auth-Token counts");
}

#[test]
fn the_route_is_checked_before_the_token_and_by_method() {
    let scene = scene();
    let token = access_token(&scene);
    let nothing = get(&scene, "/v3/nothing", "");
    assert_snapshot!("api_no_route", wire(&nothing));
    assert_eq!(
        (nothing.status().as_u16(), &*nothing.text()),
        (404, "The route is not found, check the URL"),
        "BC-047"
    );
    assert_eq!(get(&scene, "/v3/nothing", &token).status(), 404, "BC-047: also with a token");
    assert_eq!(get(&scene, "/v3/carts", "").status(), 404, "BC-048: there is no list of carts");
    let target = format!("/stores/{}/v3/carts", hash(&scene));
    let cart = |headers: &[&str], body: &str| scene.send(Method::POST, &target, headers, body);
    assert_eq!(cart(&[], "{}").status(), 401, "BC-048");
    let buyer = format!("X-Auth-Token: {}", token_for(&scene, &["store_cart"]));
    let made = cart(&[&buyer], r#"{"line_items":[{"product_id":33,"quantity":2}]}"#);
    let made: Value = serde_json::from_slice(made.body()).unwrap();
    assert_eq!(made["data"]["cart_amount"], 401, "BC-048: a cart is made");
    assert_eq!(cart(&[&buyer], r#"{"line_items":[]}"#).status(), 422);
    let token = access_token(&scene);
    assert_eq!(cart(&[&format!("X-Auth-Token: {token}")], "{}").status(), 403, "BC-051");
    let without_token = |method: Method| {
        scene.send(method, &format!("/stores/{}/v2/customers", hash(&scene)), &[], "").status().as_u16()
    };
    assert_eq!(without_token(Method::PATCH), 404, "BC-048");
    assert_eq!(without_token(Method::POST), 401, "BC-048");
}

#[test]
fn a_dead_token_is_refused_as_an_unknown_one() {
    let scene = scene();
    let token = access_token(&scene);
    scene.tenant.revoke(Vendor::BigCommerce, &token).unwrap();
    let refused = get(&scene, "/v2/time", &token);
    assert_snapshot!("api_revoked_token", wire(&refused));
    assert_eq!(refused.body(), get(&scene, "/v2/time", "unknown").body());
    assert!(verdict(&refused).contains("revoked at 2026-03-01T12:00:00Z"), "{}", verdict(&refused));
}

#[test]
fn a_token_has_no_clock() {
    let scene = scene();
    let token = access_token(&scene);
    scene.advance(10 * 365 * 24 * 3600);
    assert_eq!(get(&scene, "/v2/time", &token).status(), 200);
}

#[test]
fn another_stores_token_is_forbidden_and_an_unknown_store_unauthorized() {
    let scene = scene();
    let token = access_token(&scene);
    let vendor = Vendor::BigCommerce;
    let other = scene.tenant.register_user(vendor, scene.tenant.new_user(vendor)).unwrap();
    let path = format!("/stores/{}/v2/time", other.realm);
    let theirs = ConsentGiven { login: Some(other.login.to_string()), ..ConsentGiven::default() };
    let theirs = scene.tenant.issue_tokens(vendor, theirs).unwrap().access_token;
    let at_home = scene.get(&path, &[&format!("X-Auth-Token: {}", theirs.expose())]);
    assert_eq!(at_home.status(), 200, "BC-049: the other store is there");
    assert_eq!(
        get(&scene, "/v2/time", theirs.expose()).status(),
        403,
        "BC-049: its token does not open this one"
    );
    assert_eq!(scene.get(&path, &[&format!("X-Auth-Token: {token}")]).status(), 403, "BC-049");
    let elsewhere = scene.get("/stores/abc123/v2/time", &[&format!("X-Auth-Token: {token}")]);
    assert_snapshot!("api_other_store", wire(&elsewhere));
    assert_eq!(elsewhere.status(), 403, "BC-049");
    assert!(verdict(&elsewhere).contains("another store"), "{}", verdict(&elsewhere));
    assert_eq!(scene.get("/stores/abc123/v2/time", &[]).status(), 401, "BC-049");
}

pub(super) fn token_for(scene: &Scene, scopes: &[&str]) -> String {
    let scopes = scopes.iter().map(ToString::to_string).collect();
    let consent = ConsentGiven { scopes, ..ConsentGiven::default() };
    scene
        .tenant
        .issue_tokens(Vendor::BigCommerce, consent)
        .expect("the demo app and user are registered")
        .access_token
        .expose()
        .to_owned()
}

#[test]
fn a_scope_opens_what_it_names() {
    let scene = scene();
    let token = token_for(&scene, &["store_v2_orders"]);
    assert_eq!(get(&scene, "/v2/orders", &token).status(), 200);
    assert_eq!(get(&scene, "/v2/time", &token).status(), 200, "BC-053");
    let refused = get(&scene, "/v3/catalog/products", &token);
    assert_snapshot!("api_missing_scope", wire(&refused));
    let bytes = r#"{"status":403,"title":"You don't have a required scope to access the endpoint","type":"https://developer.bigcommerce.com/api-docs/getting-started/api-status-codes","errors":{}}"#;
    assert_eq!((refused.status().as_u16(), &*refused.text()), (403, bytes), "BC-051");
    assert!(verdict(&refused).contains("lacks the scope store_v2_products"), "{}", verdict(&refused));
}

#[test]
fn a_read_only_scope_reads() {
    let scene = scene();
    let token = token_for(&scene, &["store_v2_customers_read_only"]);
    let status = |method: Method, path: &str| call(&scene, method, path, &token).status().as_u16();
    assert_eq!(status(Method::GET, "/v2/customers/1"), 200, "BC-052");
    assert_eq!(status(Method::HEAD, "/v2/customers/1"), 200, "BC-052");
    assert_eq!(status(Method::POST, "/v2/customers"), 403, "BC-052");
    assert_eq!(status(Method::PUT, "/v2/customers/1"), 403, "BC-052");
    assert_eq!(status(Method::DELETE, "/v2/customers/1"), 403, "BC-052");
    let token = token_for(&scene, &["store_v2_customers"]);
    assert_eq!(call(&scene, Method::DELETE, "/v2/customers/1", &token).status(), 204);
}

#[test]
fn two_apps_share_a_stores_quota() {
    let scene = scene();
    let first = access_token(&scene);
    let vendor = Vendor::BigCommerce;
    let other = scene.tenant.register_app(vendor, scene.tenant.new_app(vendor)).unwrap();
    let consent = ConsentGiven { client_id: Some(other.client_id.to_string()), ..ConsentGiven::default() };
    let second = scene.tenant.issue_tokens(vendor, consent).unwrap().access_token;
    for left in (0..150).rev() {
        let token = if left % 2 == 0 { &first } else { second.expose() };
        let reply = get(&scene, "/v2/time", token);
        assert_eq!(
            reply.headers()["x-rate-limit-requests-left"],
            left.to_string().as_str(),
            "BC-054, BC-056"
        );
    }
    scene.advance(10);
    let over = get(&scene, "/v2/time", second.expose());
    assert_snapshot!("api_too_many_requests", wire(&over));
    assert_eq!(over.status(), 429, "BC-055");
    assert_eq!(over.headers()["x-retry-after"], "20", "BC-055");
    assert_eq!(over.headers()["x-rate-limit-time-reset-ms"], "20000", "BC-055");
    scene.advance(20);
    assert_eq!(get(&scene, "/v2/time", &first).status(), 200, "BC-055");
}

#[test]
fn a_store_level_account_needs_no_code() {
    let scene = scene();
    let vendor = Vendor::BigCommerce;
    let account = App { flow: Flow::Server, redirect_uris: Vec::new(), ..scene.tenant.new_app(vendor) };
    let account = scene.tenant.register_app(vendor, account).unwrap();
    let consent = ConsentGiven { client_id: Some(account.client_id.to_string()), ..ConsentGiven::default() };
    let token = scene.tenant.issue_tokens(vendor, consent).unwrap().access_token;
    let other = access_token(&scene);
    assert_eq!(get(&scene, "/v2/store", token.expose()).status(), 200, "BC-063");
    scene.tenant.deactivate_app(vendor, &account.client_id).unwrap();
    assert_eq!(get(&scene, "/v2/store", token.expose()).status(), 401, "BC-063: the account was deleted");
    assert_eq!(get(&scene, "/v2/store", &other).status(), 200, "BC-063: other accounts live on");
}
