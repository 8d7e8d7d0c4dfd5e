//! What belongs to customers, orders and products, through the gateway.

use http::Method;
use insta::assert_snapshot;
use serde_json::{Value, json};

use super::{access_token, call, get, hash, scene};
use crate::scene::{Scene, wire};

fn send(scene: &Scene, method: Method, path: &str, token: &str, body: &Value) -> rehearsal::Reply {
    let target = format!("/stores/{}{path}", hash(scene));
    let headers = [&format!("X-Auth-Token: {token}"), "Content-Type: application/json"];
    scene.send(method, &target, &headers, &body.to_string())
}

fn json_of(reply: &rehearsal::Reply) -> Value {
    serde_json::from_slice(reply.body()).expect("the answer is JSON")
}

#[test]
fn an_order_has_products_and_an_address_from_the_beginning() {
    let scene = scene();
    let token = access_token(&scene);
    assert_snapshot!("order_products", wire(&get(&scene, "/v2/orders/100/products", &token)));
    assert_snapshot!("order_addresses", wire(&get(&scene, "/v2/orders/100/shipping_addresses", &token)));
    assert_eq!(get(&scene, "/v2/orders/100/coupons", &token).status(), 204, "an empty list has no body");
    assert_eq!(json_of(&get(&scene, "/v2/orders/products/count", &token)), json!({"count": 2}));
    assert_eq!(json_of(&get(&scene, "/v2/orders/101/products/count", &token)), json!({"count": 1}));
    for path in ["/v2/orders/999/products", "/v2/orders/100/products/2", "/v2/orders/100/taxes/1"] {
        assert_eq!(get(&scene, path, &token).status(), 404, "{path}");
    }
    let order = json!({
        "customer_id": 1, "billing_address": {"first_name": "Emmy"}, "products": [{"product_id": 33, "quantity": 2}],
    });
    let made = json_of(&send(&scene, Method::POST, "/v2/orders", &token, &order));
    let lines = json_of(&get(&scene, &format!("/v2/orders/{}/products", made["id"]), &token));
    assert_eq!((&lines[0]["product_id"], &lines[0]["quantity"]), (&json!(33), &json!(2)));
    assert_eq!(lines[0]["total_inc_tax"], made["total_inc_tax"]);
}

#[test]
fn a_shipment_lives_below_its_order() {
    let scene = scene();
    let token = access_token(&scene);
    let shipments = "/v2/orders/100/shipments";
    let shipment = json!({"order_address_id": 1, "items": [{"order_product_id": 1, "quantity": 1}]});
    let refused = send(&scene, Method::POST, shipments, &token, &json!({"items": []}));
    assert_snapshot!("shipment_without_address", wire(&refused));
    let made = send(&scene, Method::POST, shipments, &token, &shipment);
    assert_snapshot!("shipment_made", wire(&made));
    let one = format!("{shipments}/{}", json_of(&made)["id"]);
    let changed = send(&scene, Method::PUT, &one, &token, &json!({"comments": "fragile", "order_id": 5}));
    assert_eq!((changed.status().as_u16(), &json_of(&changed)["order_id"]), (200, &json!(100)));
    assert_eq!(json_of(&get(&scene, &one, &token))["comments"], "fragile");
    assert_eq!(get(&scene, &one.replace("100", "101"), &token).status(), 404, "it is another order's");
    assert_eq!(call(&scene, Method::DELETE, &one, &token).status(), 204);
    assert_eq!(get(&scene, &one, &token).status(), 404);
    send(&scene, Method::POST, shipments, &token, &shipment);
    assert_eq!(call(&scene, Method::DELETE, "/v2/orders/100", &token).status(), 204);
    assert_eq!(json_of(&get(&scene, "/v2/orders/shipments/count", &token)), json!({"count": 0}));
}

#[test]
fn each_store_has_its_own() {
    let (first, second) = (scene(), scene());
    let (token, other) = (access_token(&first), access_token(&second));
    let image = json!({"image_file": "scarf.png"});
    assert_eq!(send(&first, Method::POST, "/v2/products/32/images", &token, &image).status(), 201);
    assert_eq!(get(&second, "/v2/products/32/images", &other).status(), 204);
    assert_eq!(json_of(&get(&first, "/v2/products/32/images", &token))[0]["product_id"], 32);
}
