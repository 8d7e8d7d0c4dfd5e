//! Legacy API accounts: HTTP Basic on `/api/v2`.

use base64::{Engine, prelude::BASE64_STANDARD};
use http::Method;
use insta::assert_snapshot;
use rehearsal::{Reply, Vendor};
use serde_json::{Value, json};

use super::{access_token, hash, scene, verdict};
use crate::scene::{Scene, wire};

pub(super) fn basic(username: &str, token: &str) -> String {
    format!("Authorization: Basic {}", BASE64_STANDARD.encode(format!("{username}:{token}")))
}

/// The demo account's header.
pub(super) fn account(scene: &Scene) -> String {
    basic(&scene.demo.login, scene.demo.password.expose())
}

fn get(scene: &Scene, path: &str, authorization: &str) -> Reply {
    scene.get(path, &[authorization, "Accept: application/json"])
}

#[test]
fn an_account_is_a_username_and_forty_hex_digits() {
    let scene = scene();
    let token = scene.demo.password.expose();
    assert_eq!(token.len(), 40, "BC-018");
    assert!(token.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f')), "BC-018");
}

#[test]
fn good_credentials_open_the_v2_api() {
    let scene = scene();
    let account = account(&scene);
    for (name, path) in [
        ("legacy_time", "/api/v2/time"),
        ("legacy_store", "/api/v2/store"),
        ("legacy_products", "/api/v2/products?limit=1"),
        ("legacy_product", "/api/v2/products/33"),
        ("legacy_product_count", "/api/v2/products/count"),
        ("legacy_orders", "/api/v2/orders?limit=1"),
        ("legacy_order", "/api/v2/orders/101.json"),
        ("legacy_order_count", "/api/v2/orders/count"),
        ("legacy_customers", "/api/v2/customers"),
        ("legacy_customer", "/api/v2/customers/2"),
        ("legacy_customer_count", "/api/v2/customers/count.json"),
        ("legacy_empty_page", "/api/v2/customers?page=2"),
        ("legacy_unknown_customer", "/api/v2/customers/99"),
        ("legacy_unknown_path", "/api/v2/api/v2/time"),
    ] {
        assert_snapshot!(name, wire(&get(&scene, path, &account)));
    }
    let time = get(&scene, "/api/v2/time", &account);
    assert_eq!((time.status().as_u16(), &*time.text()), (200, r#"{"time":1772366400}"#), "BC-001");
    let json = |path: &str| -> Value { serde_json::from_slice(get(&scene, path, &account).body()).unwrap() };
    let products = json("/api/v2/products");
    let link = products[0]["images"]["url"].as_str().unwrap();
    assert_eq!(link, "http://127.0.0.1:4013/api/v2/products/32/images.json", "BC-016");
    let (orders, customers) = (json("/api/v2/orders"), json("/api/v2/customers"));
    for (name, list, money) in [
        ("products", &products, &products[0]["price"]),
        ("orders", &orders, &orders[0]["total_inc_tax"]),
        ("customers", &customers, &customers[0]["store_credit"]),
    ] {
        assert!(list.is_array(), "BC-058: {name} is a bare array");
        let money = money.as_str().expect("BC-058: money is text");
        assert_eq!(
            money.split_once('.').map(|(_, decimals)| decimals.len()),
            Some(4),
            "BC-058: {name}: {money}"
        );
        let date = list[0]["date_created"].as_str().unwrap();
        assert!(date.ends_with(" +0000") && date.get(3..5) == Some(", "), "BC-058: {name}: {date}");
    }
    assert_eq!(json("/api/v2/customers/count"), json!({ "count": 2 }), "BC-060");
    assert_eq!(json("/api/v2/products/count"), json!({ "count": 3 }), "BC-060");
    let count = json("/api/v2/orders/count");
    let by_status = count["statuses"].as_array().expect("BC-060");
    let sum: u64 = by_status.iter().map(|status| status["count"].as_u64().unwrap()).sum();
    assert_eq!(count["count"], sum, "BC-060");
    // The seed's settings: a username, a token as password, and a store.url that ends in /api/v2.
    let store_url = "/api/v2";
    let joined = get(&scene, &format!("{store_url}/customers/1"), &account);
    assert_eq!(joined.status(), 200, "BC-071");
    assert_eq!(get(&scene, "/api/v2/api/v2/customers/1", &account).status(), 404, "BC-071: no double path");
    let wrong_method = scene.send(Method::DELETE, "/api/v2/time", &[&account], "");
    assert_snapshot!("legacy_wrong_method", wire(&wrong_method));
    assert_eq!(get(&scene, "/api/v3/catalog/products", &account).status(), 404, "BC-013");
    let head = scene.send(Method::HEAD, "/api/v2/time", &[&account], "");
    assert_eq!((head.status().as_u16(), head.body().len()), (200, 0));
}

#[test]
fn xml_is_what_comes_when_nothing_is_said() {
    let scene = scene();
    let account = account(&scene);
    assert_snapshot!("legacy_xml_time", wire(&scene.get("/api/v2/time", &[&account])));
    assert_snapshot!("legacy_xml_customers", wire(&scene.get("/api/v2/customers", &[&account])));
    assert_snapshot!("legacy_xml_order", wire(&scene.get("/api/v2/orders/100.xml", &[&account])));
    assert_snapshot!("legacy_xml_order_count", wire(&scene.get("/api/v2/orders/count.xml", &[&account])));
    assert_snapshot!("legacy_xml_unknown", wire(&scene.get("/api/v2/customers/99.xml", &[&account])));
    for (path, root) in [
        ("/api/v2/categories", "<categories><category><id>14</id>"),
        ("/api/v2/order_statuses", "<statuses><status><id>0</id>"),
        ("/api/v2/brands", "<brands><brand><id>17</id>"),
    ] {
        let list = scene.get(path, &[&account]);
        assert!(list.text().contains(&format!("?>{root}")), "BC-015: {path}: {}", list.text());
    }
    let content_type = |path: &str, accept: &str| {
        let reply = scene.get(path, &[&account, &format!("Accept: {accept}")]);
        reply.headers()["content-type"].to_str().unwrap().to_owned()
    };
    assert_eq!(content_type("/api/v2/time.xml", "application/json"), "application/json", "BC-014");
    assert_eq!(content_type("/api/v2/time.xml", "application/json;q=0.5"), "application/xml", "BC-014");
    assert_eq!(content_type("/api/v2/time", "application/json;q=0.5"), "application/json", "BC-014");
    assert_eq!(content_type("/api/v2/time", "*/*"), "application/xml", "BC-014");
}

#[test]
fn without_credentials_the_answer_asks_for_them() {
    let scene = scene();
    let none = scene.get("/api/v2/time", &["Accept: application/json"]);
    assert_snapshot!("legacy_no_credentials", wire(&none));
    let body = r#"[{"status":401,"message":"No credentials were supplied in the request."}]"#;
    assert_eq!(none.text(), body, "BC-002");
    assert_eq!(none.headers()["www-authenticate"], "Basic", "BC-003");
    assert_eq!(scene.get("/api/v2/time", &[]).text(), body, "BC-002: also when nothing is accepted by name");
    assert_snapshot!("legacy_no_credentials_xml", wire(&scene.get("/api/v2/time.xml", &[])));
}

#[test]
fn wrong_credentials_are_refused_alike() {
    let scene = scene();
    let wrong_token = get(&scene, "/api/v2/time", &basic(&scene.demo.login, "0123"));
    assert_snapshot!("legacy_wrong_token", wire(&wrong_token));
    let body: Value = serde_json::from_slice(wrong_token.body()).unwrap();
    assert_eq!((wrong_token.status().as_u16(), body.as_array().map(Vec::len)), (401, Some(1)), "BC-004");
    assert_eq!(body[0]["status"], 401, "BC-004");
    assert!(body[0]["message"].as_str().is_some_and(|message| !message.is_empty()), "BC-004");
    assert!(wrong_token.headers().get("x-bc-apilimit-remaining").is_none(), "BC-006");
    assert!(verdict(&wrong_token).contains("never the API token"), "{}", verdict(&wrong_token));
    let wrong_name = get(&scene, "/api/v2/time", &basic("nobody", scene.demo.password.expose()));
    assert_eq!(
        (wrong_name.status(), wrong_name.body()),
        (wrong_token.status(), wrong_token.body()),
        "BC-005"
    );
    assert!(verdict(&wrong_name).contains("no legacy API account"), "{}", verdict(&wrong_name));
}

#[test]
fn the_journal_knows_when_a_token_was_regenerated_and_an_account_deleted() {
    let scene = scene();
    let old = account(&scene);
    scene.advance(60);
    let new = scene.tenant.change_password(Vendor::BigCommerce, &scene.demo.login).unwrap();
    assert_eq!(new.expose().len(), 40, "BC-018");
    let refused = get(&scene, "/api/v2/time", &old);
    assert_snapshot!("legacy_regenerated_token", wire(&refused));
    assert!(
        verdict(&refused).contains("the API token was regenerated at 2026-03-01T12:01:00Z"),
        "BC-010: {}",
        verdict(&refused)
    );
    let new = basic(&scene.demo.login, new.expose());
    assert_eq!(get(&scene, "/api/v2/time", &new).status(), 200, "BC-010");

    scene.advance(60);
    scene.tenant.deactivate_user(Vendor::BigCommerce, &scene.demo.login).unwrap();
    let refused = get(&scene, "/api/v2/time", &new);
    assert_snapshot!("legacy_deleted_account", wire(&refused));
    assert!(
        verdict(&refused).contains("the legacy API account was deleted at 2026-03-01T12:02:00Z"),
        "BC-011: {}",
        verdict(&refused)
    );
    let older = get(&scene, "/api/v2/time", &old);
    assert!(verdict(&older).contains("regenerated at 2026-03-01T12:01:00Z"), "its first death counts");
}

#[test]
fn the_quota_falls_with_each_call_and_ends_in_509() {
    let scene = scene();
    let account = account(&scene);
    let left = |reply: &Reply| reply.headers()["x-bc-apilimit-remaining"].to_str().unwrap().to_owned();
    for expected in (0..20_000).rev() {
        let reply = get(&scene, "/api/v2/time", &account);
        assert_eq!(left(&reply), expected.to_string(), "BC-007, BC-009");
    }
    let over = get(&scene, "/api/v2/time", &account);
    assert_snapshot!("legacy_limit_reached", wire(&over)); // BC-008
    assert!(wire(&over).starts_with("HTTP/1.1 509 Bandwidth Limit Exceeded\n"), "BC-008: {}", wire(&over));
    assert!(wire(&over).contains("\nX-BC-ApiLimit-Remaining: 0\n"), "BC-008: {}", wire(&over));
    assert_eq!(
        over.text(),
        r#"[{"status":509,"message":"The requests-per-hour limit has been reached."}]"#,
        "BC-008"
    );
    scene.advance(3600);
    assert_eq!(left(&get(&scene, "/api/v2/time", &account)), "19999");
}

#[test]
fn a_customer_can_be_created_changed_and_deleted() {
    let scene = scene();
    let account = account(&scene);
    let send = |method: Method, path: &str, body: &str| {
        let headers = [account.as_str(), "Accept: application/json", "Content-Type: application/json"];
        scene.send(method, path, &headers, body)
    };
    let incomplete = send(Method::POST, "/api/v2/customers", r#"{"first_name":"Noor"}"#);
    assert_snapshot!("legacy_customer_incomplete", wire(&incomplete));
    assert_snapshot!("legacy_unreadable", wire(&send(Method::POST, "/api/v2/customers", "{")));
    let body = r#"{"first_name":"Noor","last_name":"Haddad","email":"noor@shopper.example"}"#;
    assert_snapshot!("legacy_customer_created", wire(&send(Method::POST, "/api/v2/customers", body)));
    scene.advance(5);
    let updated = send(Method::PUT, "/api/v2/customers/3", r#"{"company":"Haddad Ltd"}"#);
    assert_snapshot!("legacy_customer_updated", wire(&updated));
    for id in 1..=3 {
        let path = format!("/api/v2/customers/{id}");
        assert_eq!(send(Method::DELETE, &path, "").status(), 204);
        assert_eq!(send(Method::DELETE, &path, "").status(), 404);
    }
    let empty = send(Method::GET, "/api/v2/customers", "");
    assert_eq!((empty.status().as_u16(), empty.body().len()), (204, 0), "BC-059");
}

#[test]
fn a_reset_restores_the_store_and_its_quota() {
    let scene = scene();
    let account = account(&scene);
    let customer = || get(&scene, "/api/v2/customers/1", &account);
    let store = || get(&scene, "/api/v2/store", &account);
    let before = store();
    assert_eq!(scene.send(Method::DELETE, "/api/v2/customers/1", &[&account], "").status(), 204);
    assert_eq!(customer().status(), 404);
    scene.tenant.reset();
    let restored = customer();
    assert_eq!(restored.status(), 200);
    assert_eq!(restored.headers()["x-bc-apilimit-remaining"], "19999");
    assert_eq!(store().body(), before.body(), "the store is the same one");
}

#[test]
fn the_stores_own_host_takes_the_stores_own_accounts() {
    let scene = scene();
    let other =
        scene.tenant.register_user(Vendor::BigCommerce, scene.tenant.new_user(Vendor::BigCommerce)).unwrap();
    let time = |account: &str| {
        let request = http::Request::get("/api/v2/time")
            .header("host", format!("store-{}.mybigcommerce.com", hash(&scene)))
            .header("authorization", account.strip_prefix("Authorization: ").unwrap())
            .body(bytes::Bytes::new())
            .unwrap();
        scene.respond(&request)
    };
    assert_eq!(time(&account(&scene)).status(), 200);
    let refused = time(&basic(&other.login, other.password.expose()));
    assert_eq!(refused.status(), 401);
    assert!(verdict(&refused).contains("another store"), "{}", verdict(&refused));
}

#[test]
fn a_token_of_an_app_opens_nothing_at_the_stores_own_host() {
    let scene = scene();
    let token = format!("X-Auth-Token: {}", access_token(&scene));
    let host = format!("Host: store-{}.mybigcommerce.com", hash(&scene));
    let at_store = |path: &str| scene.get(path, &[&host, &token, "Accept: application/json"]);
    let path = format!("/stores/{}/v2/time", hash(&scene));
    assert_eq!(scene.get(&path, &["Host: api.bigcommerce.com", &token]).status(), 200, "BC-012: it is good");
    let body = r#"[{"status":401,"message":"No credentials were supplied in the request."}]"#;
    for path in ["/api/v2/time", &path] {
        let refused = at_store(path);
        assert_eq!((refused.status().as_u16(), &*refused.text()), (401, body), "BC-012: {path}");
    }
    let with_account = scene.get(&path, &[&host, &account(&scene), "Accept: application/json"]);
    assert_eq!(with_account.status(), 404, "BC-012: {}", with_account.text());
}

#[test]
fn each_host_has_its_own_part_of_the_vendor() {
    let scene = scene();
    let own = format!("store-{}.mybigcommerce.com", hash(&scene));
    let gateway = format!("/stores/{}/v2/time", hash(&scene));
    let served = |host: &str, path: &str| {
        let reply = scene.get(path, &[&format!("Host: {host}"), &account(&scene)]);
        (reply.status().as_u16(), reply.text().into_owned())
    };
    let no_route = (404, "The route is not found, check the URL".to_owned());
    for (path, home) in [
        ("/api/v2/time", own.as_str()),
        (gateway.as_str(), "api.bigcommerce.com"),
        ("/time", "api.bigcommerce.com"),
        ("/login", "login.bigcommerce.com"),
        ("/oauth2/token", "login.bigcommerce.com"),
        ("/app/x/install/failed", "login.bigcommerce.com"),
    ] {
        for host in [own.as_str(), "api.bigcommerce.com", "login.bigcommerce.com"] {
            let (status, text) = served(host, path);
            match host == home {
                true => assert_ne!(status, 404, "BC-047: {path} at {host}: {text}"),
                false if host == own => assert_eq!(status, 404, "BC-012: {path} at {host}: {text}"),
                false => assert_eq!((status, text), no_route, "BC-047: {path} at {host}"),
            }
        }
        assert_eq!(served("127.0.0.1:4013", path), served(home, path), "an address of one's own has all");
    }
}

#[test]
fn a_store_that_is_down_says_so_in_either_world() {
    let scene = scene();
    let token = access_token(&scene);
    scene.tenant.inject(rehearsal::Fault::server_error().times(2)).unwrap();
    assert_snapshot!("legacy_unavailable", wire(&get(&scene, "/api/v2/time", &account(&scene))));
    let target = format!("/stores/{}/v2/time", hash(&scene));
    assert_snapshot!("api_unavailable", wire(&scene.get(&target, &[&format!("X-Auth-Token: {token}")])));
}

#[test]
fn a_username_names_its_tenant() {
    let scene = scene();
    let tenant = scene.stage.tenant();
    let demo = tenant.demo(Vendor::BigCommerce);
    let mark = tenant.journal().mark();
    let reply = get(&scene, "/api/v2/time", &basic(&demo.login, demo.password.expose()));
    assert_eq!(reply.status(), 200);
    assert_eq!(tenant.journal().since(mark)[0].operation, "time");
    let mine = scene.tenant.journal().since(0).into_iter().any(|entry| entry.operation == "time");
    assert!(!mine, "the default tenant never saw the call");
}
