//! The instances service in front of real stand-ins, in this process, so that a test sees both of its sides.

use std::{collections::BTreeMap, net::SocketAddr, time::Duration};

use rehearsal::{
    Clock, ConsentGiven, RunningStage, Stage, Vendor,
    instances::{Caller, Service, Settings, serve},
    journal::Bounds,
};
use reqwest::{Client, Method, RequestBuilder};
use serde_json::{Value, json};
use tokio::{net::TcpListener, task::JoinHandle};

use crate::served::PATIENCE;

/// One caller, and Box behind the service.
pub(crate) struct Front {
    pub(crate) stage: RunningStage,
    pub(crate) clock: Clock,
    base: String,
    client: Client,
    task: JoinHandle<()>,
}

/// An instance of Box.
#[derive(Clone)]
pub(crate) struct Made {
    pub(crate) id: u64,
    token: String,
}

impl Front {
    pub(crate) async fn start() -> Self {
        let stage = stage();
        let to_box = stage.address(Vendor::Box);
        Self::of(stage, to_box, PATIENCE).await
    }

    /// A service that reaches Box at this address, and gives it up when it says nothing for so long.
    pub(crate) async fn of(stage: RunningStage, to_box: SocketAddr, timeout: Duration) -> Self {
        let clock = stage.stage().default_tenant().clock().clone();
        let url = format!("http://{to_box}").parse().expect("an address makes a URL");
        let mut settings =
            Settings::new(BTreeMap::from([(Vendor::Box, url)]), vec![Caller::new("user", "organization")]);
        settings.clock = clock.clone();
        settings.timeout = timeout;
        let service = Service::new(settings).expect("the settings are good");
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a loopback port is free");
        let address = listener.local_addr().expect("the listener is open");
        let task = tokio::spawn(async move {
            serve(listener, service, std::future::pending()).await.expect("the listener stays open");
        });
        let client = Client::builder().no_proxy().build().expect("a client");
        Self { stage, clock, base: format!("http://{address}/elements/api-v2"), client, task }
    }

    /// A code that the user has just consented to.
    pub(crate) fn code(&self) -> String {
        let tenant = self.stage.stage().default_tenant();
        let code = tenant.issue_code(Vendor::Box, ConsentGiven::default());
        code.expect("the demo app is registered").expose().to_owned()
    }

    pub(crate) async fn create(&self, name: &str) -> Made {
        let demo = self.stage.stage().default_tenant().demo(Vendor::Box);
        let body = json!({
            "element": { "key": "box" }, "name": name,
            "providerData": { "code": self.code() },
            "configuration": {
                "oauth.api.key": demo.client_id,
                "oauth.api.secret": demo.client_secret.expose(),
                "oauth.callback.url": demo.redirect_uri,
            },
        });
        let (status, made) = answered(self.request(Method::POST, "/instances", None).json(&body)).await;
        assert_eq!(status, 200, "{made}");
        let token = made["token"].as_str().expect("a token").to_owned();
        Made { id: made["id"].as_u64().expect("an id"), token }
    }

    /// A request of the caller, with the instance's token if one is given.
    pub(crate) fn request(&self, method: Method, path: &str, instance: Option<&Made>) -> RequestBuilder {
        let element = instance.map(|made| format!(", Element {}", made.token)).unwrap_or_default();
        self.client
            .request(method, format!("{}{path}", self.base))
            .header("authorization", format!("User user, Organization organization{element}"))
    }

    /// Calls Box through the instance.
    pub(crate) async fn call(&self, made: &Made) -> (u16, Value) {
        answered(self.request(Method::GET, "/files", Some(made))).await
    }

    /// Sends a new code to the instance.
    pub(crate) async fn reauthenticate(&self, made: &Made) -> (u16, Value) {
        let body = json!({ "providerData": { "code": self.code() } });
        answered(self.request(Method::PATCH, &format!("/instances/{}", made.id), None).json(&body)).await
    }

    pub(crate) async fn delete(&self, made: &Made) -> (u16, Value) {
        answered(self.request(Method::DELETE, &format!("/instances/{}", made.id), None)).await
    }

    pub(crate) async fn read(&self, made: &Made) -> (u16, Value) {
        answered(self.request(Method::GET, &format!("/instances/{}", made.id), None)).await
    }
}

impl Drop for Front {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Vendors whose journal forgets nothing of a test.
pub(crate) fn stage() -> RunningStage {
    let journal = Bounds { entries: 100_000, bytes: 256 * 1024 * 1024 };
    Stage::builder().journal(journal).build().serve().expect("a loopback port is free")
}

/// Status and body; a body that is no JSON fails the test.
pub(crate) async fn answered(request: RequestBuilder) -> (u16, Value) {
    let answer = request.send().await.expect("the service answers");
    let status = answer.status().as_u16();
    let text = answer.text().await.expect("the answer is whole");
    let json = if text.is_empty() { Value::Null } else { serde_json::from_str(&text).expect("JSON") };
    (status, json)
}
