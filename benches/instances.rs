//! `GET /instances/{id}` costs the same however many instances there are.
//!
//! `cargo bench --bench instances`

use axum::{Router, body::Body};
use divan::Bencher;
use http::{Request, StatusCode};
use http_body_util::BodyExt;
use rehearsal::{
    Vendor,
    instances::{Caller, Service, Settings},
};
use serde_json::{Value, json};
use tokio::runtime::Runtime;
use tower::ServiceExt;

const CALLER: &str = "User user-secret, Organization organization-secret";
/// Nobody listens there: a store that cannot be reached does not hinder a create.
const NOWHERE: &str = "http://127.0.0.1:9";

fn main() {
    divan::main();
}

async fn answered(router: &Router, request: Request<Body>) -> Value {
    let answer = router.clone().oneshot(request).await.expect("a router does not fail");
    assert_eq!(answer.status(), StatusCode::OK);
    let body = answer.into_body().collect().await.expect("the body is in memory").to_bytes();
    serde_json::from_slice(&body).expect("answers are JSON")
}

fn create() -> Request<Body> {
    let body = json!({
        "element": {"key": "bigcommerce"}, "name": "one of many",
        "configuration": {"username": "u", "password": "p", "store.url": format!("{NOWHERE}/api/v2")},
    });
    let request = Request::post("/elements/api-v2/instances").header("authorization", CALLER);
    request.body(Body::from(body.to_string())).expect("the request is well formed")
}

#[divan::bench(args = [10, 100_000], sample_count = 20)]
fn read_one(bencher: Bencher<'_, '_>, count: u32) {
    let runtime = Runtime::new().expect("a runtime");
    let providers = [(Vendor::BigCommerce, NOWHERE.parse().expect("an address"))].into();
    let settings = Settings::new(providers, vec![Caller::new("user-secret", "organization-secret")]);
    let router = Service::new(settings).expect("the settings are good").router();
    let id = runtime.block_on(async {
        let mut id = Value::Null;
        for _ in 0..count {
            id = answered(&router, create()).await["id"].clone();
        }
        id
    });
    let read = || {
        let request =
            Request::get(format!("/elements/api-v2/instances/{id}")).header("authorization", CALLER);
        request.body(Body::empty()).expect("the request is well formed")
    };
    bencher.with_inputs(read).bench_values(|request| runtime.block_on(answered(&router, request)));
}
