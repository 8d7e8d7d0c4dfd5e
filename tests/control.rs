//! The control API over a real socket: what it does, and how it refuses.

use std::net::Ipv4Addr;

use rehearsal::{
    Stage, Vendor,
    serve::control::{self, Access},
};
use serde_json::{Value, json};

struct Control {
    base: String,
    stage: Stage,
    client: reqwest::Client,
}

impl Control {
    async fn start() -> Self {
        let stage = Stage::builder().seed(1).build();
        let listener =
            tokio::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a loopback port is free");
        let base = format!("http://{}", listener.local_addr().expect("the listener is open"));
        tokio::spawn(axum::serve(listener, control::router(stage.clone(), Access::Open)).into_future());
        Self { base, stage, client: reqwest::Client::new() }
    }

    async fn post(&self, path: &str, body: Value) -> (u16, Value) {
        self.post_text(path, body.to_string()).await
    }

    async fn post_text(&self, path: &str, body: String) -> (u16, Value) {
        let answer = self
            .client
            .post(format!("{}{path}", self.base))
            .body(body)
            .send()
            .await
            .expect("the control API answers");
        (answer.status().as_u16(), answer.json().await.expect("the answer is JSON"))
    }

    async fn get(&self, path: &str) -> (u16, Value) {
        let answer =
            self.client.get(format!("{}{path}", self.base)).send().await.expect("the control API answers");
        (answer.status().as_u16(), answer.json().await.expect("the answer is JSON"))
    }

    /// The status that Box gives a call with `token`.
    fn call(&self, token: &str) -> u16 {
        let request = http::Request::get("/2.0/users/me").header("authorization", format!("Bearer {token}"));
        self.stage
            .respond(Vendor::Box, &request.body(bytes::Bytes::new()).expect("the request is well formed"))
            .status()
            .as_u16()
    }
}

#[tokio::test]
async fn a_token_is_issued_used_revoked_and_explained() {
    let control = Control::start().await;
    let (status, tokens) = control.post("/v1/tokens", json!({ "vendor": "box" })).await;
    assert_eq!(status, 200, "{tokens}");
    let token = tokens["access_token"].as_str().unwrap();
    assert_eq!(control.call(token), 200);

    let (status, _) = control.post("/v1/revoke", json!({ "vendor": "box", "token": token })).await;
    assert_eq!((status, control.call(token)), (200, 401));
    let (_, journal) = control.get("/v1/journal?vendor=box&operation=current-user&since=1").await;
    let entries = journal["entries"].as_array().unwrap();
    assert_eq!(entries.len(), 1, "{journal}");
    assert!(entries[0]["verdict"].as_str().unwrap().starts_with("refused: revoked at "), "{journal}");
    assert!(!journal.to_string().contains(token), "the journal shows a token");

    let (status, again) = control.post("/v1/revoke", json!({ "vendor": "box", "token": token })).await;
    assert_eq!(status, 409);
    assert!(again["error"].as_str().unwrap().contains("revoked at "), "{again}");
}

#[tokio::test]
async fn an_app_is_registered_and_gets_a_code() {
    let control = Control::start().await;
    let app = json!({ "vendor": "box", "client_id": "mine", "redirect_uris": ["https://a.example/cb"] });
    let (status, app) = control.post("/v1/apps", app).await;
    assert_eq!((status, &app["client_id"]), (200, &json!("mine")), "{app}");
    let (status, code) = control.post("/v1/codes", json!({ "vendor": "box", "client_id": "mine" })).await;
    assert_eq!(status, 200, "{code}");
    let standing =
        control.stage.default_tenant().standing(Vendor::Box, code["code"].as_str().unwrap()).unwrap();
    assert_eq!(&*standing.grant.client_id, "mine");
    assert_eq!(standing.grant.redirect_uri.as_deref(), Some("https://a.example/cb"));
}

#[tokio::test]
async fn an_expired_token_is_refused_and_a_reset_forgets_it() {
    let control = Control::start().await;
    let (_, tokens) = control.post("/v1/tokens", json!({ "vendor": "box" })).await;
    let token = tokens["access_token"].as_str().unwrap();
    let (status, _) = control.post("/v1/expire", json!({ "vendor": "box", "token": token })).await;
    assert_eq!((status, control.call(token)), (200, 401));

    let demo = control.stage.default_tenant().demo(Vendor::Box);
    let (status, _) = control.post("/v1/reset", json!({})).await;
    assert_eq!(status, 200);
    assert_eq!(control.get("/v1/journal").await.1["entries"], json!([]));
    let (status, _) = control.post("/v1/expire", json!({ "vendor": "box", "token": token })).await;
    assert_eq!(status, 409, "the token is unknown now");
    assert_eq!(control.stage.default_tenant().demo(Vendor::Box), demo, "the demo app and user stay");
    assert_eq!(control.post("/v1/codes", json!({ "vendor": "box" })).await.0, 200);
}

#[tokio::test]
async fn a_new_password_is_the_one_that_works() {
    let control = Control::start().await;
    let before = control.stage.default_tenant().demo(Vendor::Box).password;
    let (_, tokens) = control.post("/v1/tokens", json!({ "vendor": "box" })).await;
    let (status, changed) = control.post("/v1/passwords", json!({ "vendor": "box" })).await;
    assert_eq!(status, 200, "{changed}");
    assert_eq!(control.call(tokens["access_token"].as_str().unwrap()), 401);
    let now = changed["password"].as_str().unwrap();
    assert!(!before.matches(now) && control.stage.default_tenant().demo(Vendor::Box).password.matches(now));
}

#[tokio::test]
async fn switches_are_set_and_go_back_to_their_defaults() {
    let control = Control::start().await;
    let (status, before) = control.get("/v1/switches?vendor=salesforce").await;
    assert_eq!((status, &before["era"]), (200, &json!("classic")), "{before}");
    let set = json!({ "vendor": "salesforce", "switches": { "era": "rotating" } });
    let (status, after) = control.post("/v1/switches", set).await;
    assert_eq!((status, &after["era"]), (200, &json!("rotating")), "{after}");
    let (_, back) = control.post("/v1/switches", json!({ "vendor": "salesforce", "switches": {} })).await;
    assert_eq!(back, before);
    assert_eq!(control.get("/v1/switches?vendor=x").await.0, 400);
}

#[tokio::test]
async fn bad_input_gets_a_sentence_and_changes_nothing() {
    let control = Control::start().await;
    let cases = [
        ("/v1/apps", r#"{"vendor":"dropbox"}"#, 400, "no vendor is called \"dropbox\""),
        ("/v1/apps", r#"{"vendor":"box","redirect_uri":"x"}"#, 400, "unknown field `redirect_uri`"),
        ("/v1/apps", r#"{"vendor":"box","redirect_uris":"x"}"#, 400, "invalid type: string"),
        ("/v1/apps", "{", 400, "see docs/control.md"),
        ("/v1/apps", "", 400, "missing field `vendor`"),
        ("/v1/codes", r#"{"vendor":"box","client_id":"nobody"}"#, 404, "no app is registered at box"),
        ("/v1/codes", r#"{"vendor":"box","login":"nobody"}"#, 404, "no user is registered at box"),
        ("/v1/codes", r#"{"vendor":"box","redirect_uri":"https://e.vil"}"#, 400, "no redirect URI"),
        ("/v1/expire", r#"{"vendor":"box","token":"unknown"}"#, 409, "no such credential was issued"),
        ("/v1/expire", r#"{"vendor":"box"}"#, 400, "missing field `token`"),
        ("/v1/passwords", r#"{"vendor":"box","login":"nobody"}"#, 404, "no user is registered"),
        ("/v1/switches", r#"{"vendor":"salesforce","switches":{"eras":"x"}}"#, 400, "unknown field `eras`"),
        ("/v1/switches", r#"{"vendor":"salesforce","switches":{"era":"x"}}"#, 400, "unknown variant `x`"),
        (
            "/v1/switches",
            r#"{"vendor":"egnyte","switches":{"era":"x"}}"#,
            400,
            "egnyte cannot be switched so",
        ),
        ("/v1/nothing", "{}", 404, "there is no POST /v1/nothing"),
    ];
    for (path, body, expected, text) in cases {
        let (status, answer) = control.post_text(path, body.into()).await;
        let error = answer["error"].as_str().unwrap_or_default();
        assert!(status == expected && error.contains(text), "{path} {body}: {status} {answer}");
    }
    assert!(control.stage.default_tenant().apps(Vendor::Box).len() <= 1, "only the demo app is registered");
    let (status, answer) = control.post_text("/v1/apps", format!("\"{}\"", "x".repeat(2 << 20))).await;
    assert_eq!(status, 413, "the body is oversized");
    assert!(answer["error"].as_str().unwrap().contains("1048576 bytes"), "{answer}");
    assert_eq!(control.get("/v1/journal?since=x").await.0, 400);
    assert_eq!(control.get("/v1/journal?vendor=x").await.0, 400);
    assert_eq!(control.get("/v1/apps").await.0, 400);
}
