//! A control API on a loopback port.

use std::net::Ipv4Addr;

use rehearsal::{
    Stage, Vendor,
    serve::control::{self, Access},
};
use serde_json::Value;

pub(crate) struct Control {
    pub(crate) base: String,
    pub(crate) stage: Stage,
    pub(crate) client: reqwest::Client,
}

impl Control {
    pub(crate) async fn start() -> Self {
        let stage = Stage::builder().seed(1).build();
        let listener =
            tokio::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a loopback port is free");
        let base = format!("http://{}", listener.local_addr().expect("the listener is open"));
        tokio::spawn(axum::serve(listener, control::router(stage.clone(), Access::Open)).into_future());
        Self { base, stage, client: reqwest::Client::new() }
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> (u16, Value) {
        self.post_text(path, body.to_string()).await
    }

    pub(crate) async fn post_text(&self, path: &str, body: String) -> (u16, Value) {
        let answer = self
            .client
            .post(format!("{}{path}", self.base))
            .body(body)
            .send()
            .await
            .expect("the control API answers");
        (answer.status().as_u16(), answer.json().await.expect("the answer is JSON"))
    }

    pub(crate) async fn put(&self, path: &str, body: Value) -> (u16, Value) {
        let request = self.client.put(format!("{}{path}", self.base)).body(body.to_string());
        let answer = request.send().await.expect("the control API answers");
        (answer.status().as_u16(), answer.json().await.expect("the answer is JSON"))
    }

    pub(crate) async fn get(&self, path: &str) -> (u16, Value) {
        let answer =
            self.client.get(format!("{}{path}", self.base)).send().await.expect("the control API answers");
        (answer.status().as_u16(), answer.json().await.expect("the answer is JSON"))
    }

    /// The status that Box gives a call with `token`.
    pub(crate) fn call(&self, token: &str) -> u16 {
        let request = http::Request::get("/2.0/users/me").header("authorization", format!("Bearer {token}"));
        self.stage
            .respond(Vendor::Box, &request.body(bytes::Bytes::new()).expect("the request is well formed"))
            .status()
            .as_u16()
    }
}
