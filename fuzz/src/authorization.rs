//! The Authorization header of the instances service.

use axum::{Router, body::Body};
use http::{
    HeaderValue, Request, StatusCode,
    header::{AUTHORIZATION, CONTENT_TYPE},
};
use rehearsal::{
    Vendor,
    instances::{Caller, Service, Settings},
};
use serde_json::{Value, json};
use tokio::runtime::{Builder, Runtime};
use tower::ServiceExt;

const API: &str = "/elements/api-v2";
const USER: &str = "u5er";
const ORGANIZATION: &str = "0rg";
/// Nobody listens there, and nothing here has to be said to the vendor.
const NOWHERE: &str = "http://127.0.0.1:9/api/v2";

/// A service with one caller and one instance.
struct Scene {
    runtime: Runtime,
    router: Router,
    instance: String,
    element: String,
}

thread_local! {
    static SCENE: Scene = Scene::new();
}

/// Each line of `input` is a header line; `{user}`, `{organization}` and `{element}` stand for the secrets that are good.
/// Whoever does not know them gets nowhere, and whatever comes, the service has an answer.
pub fn authorization(input: &[u8]) {
    SCENE.with(|scene| {
        let text = scene.filled(input);
        let lines: Result<Vec<_>, _> =
            text.split(|byte| *byte == b'\n').map(HeaderValue::from_bytes).collect();
        // What HTTP cannot carry does not come.
        let Ok(lines) = lines else { return };
        let knows = |secret: &&str| text.windows(secret.len()).any(|part| part == secret.as_bytes());
        let one = format!("/instances/{}", scene.instance);
        for (path, needed) in [
            ("/elements/keys", [].as_slice()),
            ("/instances", &[USER, ORGANIZATION]),
            (&one, &[USER, ORGANIZATION]),
            ("/objects", &[USER, &scene.element]),
            ("/instances/configuration", &[USER, ORGANIZATION, &scene.element]),
        ] {
            let status = scene.ask(path, &lines);
            let known = needed.iter().all(knows);
            match status {
                StatusCode::OK => assert!(known, "{path} is answered without {needed:?}: {lines:?}"),
                StatusCode::UNAUTHORIZED => assert!(!needed.is_empty(), "{path} needs nobody: {lines:?}"),
                other => panic!("{path} is answered {other}: {lines:?}"),
            }
        }
    });
}

impl Scene {
    fn new() -> Self {
        let runtime = Builder::new_current_thread().enable_all().build().expect("a runtime");
        let providers = [(Vendor::BigCommerce, NOWHERE.parse().expect("an address"))].into();
        let settings = Settings::new(providers, vec![Caller::new(USER, ORGANIZATION)]);
        let router = Service::new(settings).expect("the settings are good").router();
        let body = json!({
            "element": {"key": "bigcommerce"}, "name": "one",
            "configuration": {"username": "u", "password": "p", "store.url": NOWHERE},
        });
        let create = Request::post(format!("{API}/instances"))
            .header(AUTHORIZATION, format!("User {USER}, Organization {ORGANIZATION}"))
            .header(CONTENT_TYPE, "application/json")
            .body(Body::from(body.to_string()))
            .expect("a request");
        let created: Value = runtime.block_on(async {
            let answer = router.clone().oneshot(create).await.expect("a router does not fail");
            let body = axum::body::to_bytes(answer.into_body(), usize::MAX).await.expect("it is in memory");
            serde_json::from_slice(&body).expect("answers are JSON")
        });
        let instance = created["id"].to_string();
        let element = created["token"].as_str().expect("an instance has a token").to_owned();
        Self { runtime, router, instance, element }
    }

    /// What the service says to a `GET` with these header lines.
    fn ask(&self, path: &str, lines: &[HeaderValue]) -> StatusCode {
        let mut request = Request::get(format!("{API}{path}")).body(Body::empty()).expect("a request");
        for line in lines {
            request.headers_mut().append(AUTHORIZATION, line.clone());
        }
        let answer = self.runtime.block_on(self.router.clone().oneshot(request));
        answer.expect("a router does not fail").status()
    }

    fn filled(&self, input: &[u8]) -> Vec<u8> {
        let blanks =
            [("{user}", USER), ("{organization}", ORGANIZATION), ("{element}", self.element.as_str())];
        let mut text = Vec::with_capacity(input.len());
        let mut rest = input;
        while let Some(byte) = rest.first() {
            match blanks.iter().find(|(blank, _)| rest.starts_with(blank.as_bytes())) {
                Some((blank, secret)) => {
                    text.extend_from_slice(secret.as_bytes());
                    rest = &rest[blank.len()..];
                }
                None => {
                    text.push(*byte);
                    rest = &rest[1..];
                }
            }
        }
        text
    }
}
