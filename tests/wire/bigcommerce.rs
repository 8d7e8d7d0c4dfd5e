//! BigCommerce on the wire, in its two worlds.

mod api;
mod install;
mod installed;
mod legacy;
mod parts;
mod switches;
mod token;

use http::Method;
use rehearsal::{Reply, Vendor};
use serde_json::{Value, json};

use crate::scene::{Scene, member};

fn scene() -> Scene {
    Scene::at(Vendor::BigCommerce)
}

fn hash(scene: &Scene) -> &str {
    scene.demo.realm.as_deref().expect("a user belongs to a store")
}

/// A good request for a token, as JSON.
fn exchange_body(scene: &Scene, code: &str) -> Value {
    json!({
        "client_id": scene.demo.client_id,
        "client_secret": scene.demo.client_secret.expose(),
        "code": code,
        "context": format!("stores/{}", hash(scene)),
        "scope": "store_v2_customers store_v2_information store_v2_orders store_v2_products",
        "grant_type": "authorization_code",
        "redirect_uri": scene.demo.redirect_uri,
    })
}

fn post_json(scene: &Scene, body: &Value) -> Reply {
    let headers = ["Content-Type: application/json", "Accept: application/json"];
    scene.send(Method::POST, "/oauth2/token", &headers, &body.to_string())
}

fn exchange(scene: &Scene, code: &str) -> Reply {
    post_json(scene, &exchange_body(scene, code))
}

fn access_token(scene: &Scene) -> String {
    member(&exchange(scene, &scene.code()), "access_token")
}

/// Calls the gateway for the demo store.
fn call(scene: &Scene, method: Method, path: &str, token: &str) -> Reply {
    let target = format!("/stores/{}{path}", hash(scene));
    scene.send(method, &target, &[&format!("X-Auth-Token: {token}")], "")
}

fn get(scene: &Scene, path: &str, token: &str) -> Reply {
    call(scene, Method::GET, path, token)
}

fn verdict(reply: &Reply) -> String {
    reply.verdict.to_string()
}
