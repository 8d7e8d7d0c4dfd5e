//! `GET /instances/{id}` costs the same however many instances there are, and a call through one little more than the call.
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

/// A call through an instance, and the same call straight to the vendor: the difference is what the service costs.
#[divan::bench_group]
mod call {
    use rehearsal::{ConsentGiven, RunningStage, Stage};

    use super::*;

    fn stage() -> RunningStage {
        Stage::new().serve().expect("a loopback port is free")
    }

    #[divan::bench]
    fn through_an_instance(bencher: Bencher<'_, '_>) {
        let runtime = Runtime::new().expect("a runtime");
        let stage = stage();
        let tenant = stage.stage().default_tenant();
        let (demo, code) =
            (tenant.demo(Vendor::Box), tenant.issue_code(Vendor::Box, ConsentGiven::default()));
        let url = stage.url(Vendor::Box);
        let settings = Settings::new(
            [(Vendor::Box, url)].into(),
            vec![Caller::new("user-secret", "organization-secret")],
        );
        let router = Service::new(settings).expect("the settings are good").router();
        let body = json!({
            "element": {"key": "box"}, "name": "called",
            "providerData": {"code": code.expect("the demo app is registered").expose()},
            "configuration": {
                "oauth.api.key": demo.client_id, "oauth.api.secret": demo.client_secret.expose(),
                "oauth.callback.url": demo.redirect_uri,
            },
        });
        let create = Request::post("/elements/api-v2/instances").header("authorization", CALLER);
        let create = create.body(Body::from(body.to_string())).expect("the request is well formed");
        let made = runtime.block_on(answered(&router, create));
        let element = made["token"].as_str().expect("a token");
        let call = || {
            let request = Request::get("/elements/api-v2/files")
                .header("authorization", format!("{CALLER}, Element {element}"));
            request.body(Body::empty()).expect("the request is well formed")
        };
        bencher.with_inputs(call).bench_values(|request| runtime.block_on(answered(&router, request)));
    }

    #[divan::bench]
    fn straight_to_the_vendor(bencher: Bencher<'_, '_>) {
        let runtime = Runtime::new().expect("a runtime");
        let stage = stage();
        let tokens = stage.stage().default_tenant().issue_tokens(Vendor::Box, ConsentGiven::default());
        let token = tokens.expect("the demo app is registered").access_token;
        let url = format!("{}2.0/folders/0/items", stage.url(Vendor::Box));
        let client = reqwest::Client::builder().no_proxy().build().expect("a client");
        bencher.bench(|| {
            runtime.block_on(async {
                let answer = client.get(&url).bearer_auth(token.expose()).send().await.expect("an answer");
                assert_eq!(answer.status(), StatusCode::OK);
                answer.json::<Value>().await.expect("JSON")
            })
        });
    }
}
