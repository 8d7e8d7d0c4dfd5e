//! A running service, vendors to talk to, and words for both.

use std::time::Duration;

use rehearsal::{
    Clock, Mint, Timestamp, Vendor,
    instances::{Caller, Service, Settings, serve},
};
use reqwest::{Method, StatusCode, header::HeaderMap};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    sync::oneshot,
};
use wiremock::{Mock, MockServer, Request, ResponseTemplate, matchers};

/// The first caller, with secrets that hold every character a secret may hold.
pub(crate) const ALICE: &str = "User al/ice+1=, Organization 0a1b2c";
/// A caller of another organization.
pub(crate) const BOB: &str = "User bob/2+x==, Organization ffff00";

/// When the service's clock stands: 2018-02-20T01:48:04.878Z.
pub(crate) const NOW: i64 = 1_519_091_284_878;

/// A service, and one server that plays all vendors.
pub(crate) struct World {
    pub(crate) provider: MockServer,
    pub(crate) clock: Clock,
    base: String,
    client: reqwest::Client,
    stop: oneshot::Sender<()>,
    task: tokio::task::JoinHandle<std::io::Result<()>>,
}

/// How the service of a test is set up: two callers, all vendors at `base`, a clock that stands.
pub(crate) fn settings(base: &str) -> Settings {
    let providers = Vendor::ALL.into_iter().map(|vendor| (vendor, base.parse().unwrap())).collect();
    let secrets = [("al/ice+1=", "0a1b2c"), ("bob/2+x==", "ffff00")];
    let callers = secrets.map(|(user, organization)| Caller::new(user, organization)).to_vec();
    let mut settings = Settings::new(providers, callers);
    settings.clock = Clock::stopped_at(Timestamp::from_millis(NOW));
    settings.mint = Mint::seeded(1);
    settings.timeout = Duration::from_secs(2);
    settings
}

/// What the service answered.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
}

/// An instance that was made.
#[derive(Clone, Debug)]
pub(crate) struct Made {
    pub(crate) id: u64,
    pub(crate) token: String,
    pub(crate) json: Value,
}

impl World {
    pub(crate) async fn start() -> Self {
        let provider = MockServer::start().await;
        let base = provider.uri();
        Self::with_base(provider, &base).await
    }

    /// A service whose vendors live at `base`.
    pub(crate) async fn with_base(provider: MockServer, base: &str) -> Self {
        let settings = settings(base);
        Self::with_settings(provider, settings).await
    }

    /// A service with these settings.
    pub(crate) async fn with_settings(provider: MockServer, settings: Settings) -> Self {
        let clock = settings.clock.clone();
        let service = Service::new(settings).unwrap();
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let (stop, stopped) = oneshot::channel();
        let task = tokio::spawn(serve(listener, service, async move {
            let _ = stopped.await;
        }));
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        Self { provider, clock, base, client, stop, task }
    }

    /// Stops the service, and waits until it has let go of everything.
    pub(crate) async fn stop(self) -> MockServer {
        let Self { provider, client, stop, task, .. } = self;
        // Connections that are kept alive keep the service.
        drop(client);
        drop(stop);
        task.await.unwrap().unwrap();
        provider
    }

    /// A request under the prefix of the API.
    pub(crate) fn request(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        self.client.request(method, format!("{}/elements/api-v2{path}", self.base))
    }

    /// Sends these bytes, and gives everything that comes back until the service hangs up.
    pub(crate) async fn talk(&self, bytes: &str) -> String {
        let address = self.base.strip_prefix("http://").unwrap();
        let mut stream = TcpStream::connect(address).await.unwrap();
        let _ = stream.write_all(bytes.as_bytes()).await;
        let mut heard = Vec::new();
        // A connection that is cut off has said what it had to say.
        let _ = stream.read_to_end(&mut heard).await;
        String::from_utf8_lossy(&heard).into_owned()
    }

    /// A request outside of it.
    pub(crate) fn request_outside(&self, path: &str) -> reqwest::RequestBuilder {
        self.client.get(format!("{}{path}", self.base))
    }

    pub(crate) async fn get(&self, path: &str, authorization: &str) -> Answer {
        answer(self.request(Method::GET, path).header("authorization", authorization)).await
    }

    pub(crate) async fn delete(&self, path: &str, authorization: &str) -> Answer {
        answer(self.request(Method::DELETE, path).header("authorization", authorization)).await
    }

    pub(crate) async fn put_nothing(&self, path: &str, authorization: &str) -> Answer {
        answer(self.request(Method::PUT, path).header("authorization", authorization)).await
    }

    pub(crate) async fn post(&self, path: &str, authorization: &str, body: &Value) -> Answer {
        self.send(Method::POST, path, authorization, body).await
    }

    pub(crate) async fn put(&self, path: &str, authorization: &str, body: &Value) -> Answer {
        self.send(Method::PUT, path, authorization, body).await
    }

    pub(crate) async fn patch(&self, path: &str, authorization: &str, body: &Value) -> Answer {
        self.send(Method::PATCH, path, authorization, body).await
    }

    pub(crate) async fn send(&self, method: Method, path: &str, authorization: &str, body: &Value) -> Answer {
        answer(self.request(method, path).header("authorization", authorization).json(body)).await
    }

    /// Lets Box give these tokens for a code.
    pub(crate) async fn box_gives(&self, code: &str, access: &str, refresh: &str) {
        let body = json!({
            "access_token": access, "expires_in": 3600, "restricted_to": [], "token_type": "bearer",
            "refresh_token": refresh,
        });
        Mock::given(matchers::method("POST"))
            .and(matchers::path("/oauth2/token"))
            .and(matchers::body_string_contains(format!("code={code}&")))
            .respond_with(ResponseTemplate::new(200).set_body_json(body))
            .up_to_n_times(1)
            .mount(&self.provider)
            .await;
    }

    /// Lets Box refresh once, rotating the refresh token as it does.
    pub(crate) async fn box_refreshes(&self, old: &str, access: &str, refresh: &str) {
        let body = json!({
            "access_token": access, "expires_in": 3600, "restricted_to": [], "token_type": "bearer",
            "refresh_token": refresh,
        });
        Mock::given(matchers::method("POST"))
            .and(matchers::path("/oauth2/token"))
            .and(matchers::body_string_contains(format!("refresh_token={old}&")))
            .respond_with(ResponseTemplate::new(200).set_body_json(body))
            .up_to_n_times(1)
            .mount(&self.provider)
            .await;
    }

    /// Lets Box refuse whatever else comes to its token endpoint, as it refuses a bad code or refresh token.
    pub(crate) async fn box_refuses_grants(&self) {
        self.box_refuses_grants_saying("Auth code doesn't exist or is invalid for the client").await;
    }

    pub(crate) async fn box_refuses_grants_saying(&self, description: &str) {
        let body = json!({ "error": "invalid_grant", "error_description": description });
        Mock::given(matchers::method("POST"))
            .and(matchers::path("/oauth2/token"))
            .respond_with(ResponseTemplate::new(400).set_body_json(body))
            .with_priority(9)
            .mount(&self.provider)
            .await;
    }

    /// Lets Box show its files to this access token.
    pub(crate) async fn box_accepts(&self, access: &str) {
        let body = r#"{"total_count":2,"entries":[{"type":"folder","id":"12345","sequence_id":"0","etag":"0","name":"Example Folder"},{"type":"file","id":"2222","sequence_id":"10","etag":"10","sha1":null,"name":"Example.pdf"}],"offset":0,"limit":100}"#;
        self.box_answers("/2.0/folders/0/items", access, body).await;
        let me = r#"{"type":"user","id":"12345","name":"Test User","login":"test@user.com","notification_email":null}"#;
        self.box_answers("/2.0/users/me", access, me).await;
    }

    async fn box_answers(&self, path: &str, access: &str, body: &str) {
        Mock::given(matchers::method("GET"))
            .and(matchers::path(path))
            .and(matchers::header("authorization", format!("Bearer {access}")))
            .respond_with(ResponseTemplate::new(200).set_body_raw(body, "application/json"))
            .mount(&self.provider)
            .await;
    }

    /// Lets Box refuse every other token: an empty body, and the reason in a header.
    pub(crate) async fn box_refuses_tokens(&self) {
        let challenge = r#"Bearer realm="Service", error="invalid_token", error_description="The access token provided is invalid.""#;
        Mock::given(matchers::path_regex("^/2.0/"))
            .respond_with(ResponseTemplate::new(401).insert_header("www-authenticate", challenge))
            .with_priority(9)
            .mount(&self.provider)
            .await;
    }

    /// Makes a Box instance with its own code and tokens: `CODE`, `ACCESS`, `REFRESH`, each followed by `suffix`.
    pub(crate) async fn make_box(&self, authorization: &str, suffix: &str) -> Made {
        self.box_gives(&format!("CODE{suffix}"), &format!("ACCESS{suffix}"), &format!("REFRESH{suffix}"))
            .await;
        self.box_accepts(&format!("ACCESS{suffix}")).await;
        self.make(authorization, &box_body(&format!("CODE{suffix}"))).await
    }

    /// Makes a BigCommerce instance; the store answers `products` and `time`.
    pub(crate) async fn make_store(&self, authorization: &str) -> Made {
        self.store_accepts("storeuser", "storepassword").await;
        self.make(authorization, &store_body(&self.provider.uri())).await
    }

    /// Lets the store accept this account.
    pub(crate) async fn store_accepts(&self, username: &str, password: &str) {
        for (resource, body) in [
            ("time", r#"{"time":1529512970}"#),
            ("products", r#"[{"id":32,"name":"[Sample] Tomorrow is today","sku":null}]"#),
        ] {
            Mock::given(matchers::method("GET"))
                .and(matchers::path(format!("/api/v2/{resource}")))
                .and(matchers::basic_auth(username, password))
                .respond_with(ResponseTemplate::new(200).set_body_raw(body, "application/json"))
                .mount(&self.provider)
                .await;
        }
    }

    /// Lets the store refuse every other account.
    pub(crate) async fn store_refuses(&self) {
        let body = json!([{"status": 401, "message": "The supplied credentials are invalid."}]);
        Mock::given(matchers::path_regex("^/api/v2/"))
            .respond_with(ResponseTemplate::new(401).set_body_json(body))
            .with_priority(9)
            .mount(&self.provider)
            .await;
    }

    /// Makes an instance, which must work.
    pub(crate) async fn make(&self, authorization: &str, body: &Value) -> Made {
        let answer = self.post("/instances", authorization, body).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        let json = answer.json();
        Made { id: json["id"].as_u64().unwrap(), token: json["token"].as_str().unwrap().to_owned(), json }
    }

    /// Waits until vendors got this many requests for `path`.
    pub(crate) async fn heard(&self, path: &str, count: usize) {
        let heard = async {
            while self.requests_at(path).await.len() < count {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(Duration::from_secs(30), heard).await.unwrap();
    }

    /// The requests that vendors got for `path`, as their bodies.
    pub(crate) async fn bodies_at(&self, path: &str) -> Vec<String> {
        let requests = self.requests_at(path).await;
        requests.iter().map(|request| String::from_utf8_lossy(&request.body).into_owned()).collect()
    }

    pub(crate) async fn requests_at(&self, path: &str) -> Vec<Request> {
        let mut requests = self.provider.received_requests().await.unwrap();
        requests.retain(|request| request.url.path() == path);
        requests
    }

    pub(crate) async fn requests(&self) -> usize {
        self.provider.received_requests().await.unwrap().len()
    }
}

impl Made {
    /// The Authorization header of `caller` with this instance's token.
    pub(crate) fn with(&self, caller: &str) -> String {
        format!("{caller}, Element {}", self.token)
    }

    pub(crate) fn path(&self) -> String {
        format!("/instances/{}", self.id)
    }
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|_| panic!("not JSON: {:?}", self.text))
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }

    pub(crate) fn message(&self) -> String {
        self.json()["message"].as_str().unwrap().to_owned()
    }

    pub(crate) fn provider_message(&self) -> String {
        self.json()["providerMessage"].as_str().unwrap_or_else(|| panic!("{}", self.text)).to_owned()
    }

    /// Asserts an error of the service itself.
    #[track_caller]
    pub(crate) fn refused(&self, status: u16) -> &Self {
        let json = self.json();
        assert_eq!(self.status, status, "{}", self.text);
        assert_eq!(self.header("content-type"), Some("application/json"), "{}", self.text);
        assert!(!json["requestId"].as_str().unwrap().is_empty() && json["message"].is_string(), "{json}");
        assert!(json.get("providerMessage").is_none(), "{json}");
        self
    }

    /// Asserts an error that comes from the provider.
    #[track_caller]
    pub(crate) fn refused_by_provider(&self, status: u16) -> &Self {
        assert_eq!(self.status, status, "{}", self.text);
        assert_eq!(self.message(), "Request failed");
        assert!(!self.provider_message().is_empty());
        assert!(!self.json()["requestId"].as_str().unwrap().is_empty());
        self
    }

    #[track_caller]
    pub(crate) fn ok(&self) -> Value {
        assert_eq!(self.status, 200, "{}", self.text);
        self.json()
    }
}

pub(crate) async fn answer(request: reqwest::RequestBuilder) -> Answer {
    let response = request.send().await.unwrap();
    let (status, headers) = (response.status(), response.headers().clone());
    Answer { status, headers, text: response.text().await.unwrap() }
}

/// A create of a Box instance.
pub(crate) fn box_body(code: &str) -> Value {
    json!({
        "element": { "key": "box" },
        "providerData": { "code": code },
        "configuration": {
            "oauth.api.key": "client-id",
            "oauth.api.secret": "client-secret",
            "oauth.callback.url": "https://httpbin.org/get?a=b&c=d",
        },
        "tags": ["Docs"],
        "name": "API Instance",
    })
}

/// A create of a BigCommerce instance, as seed 002 has it.
pub(crate) fn store_body(provider: &str) -> Value {
    json!({
        "element": { "key": "bigcommerce" },
        "configuration": {
            "username": "storeuser",
            "password": "storepassword",
            "store.url": format!("{provider}/api/v2"),
        },
        "tags": ["Docs"],
        "name": "API Instance",
    })
}
