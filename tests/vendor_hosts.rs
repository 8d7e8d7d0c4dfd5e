//! The instances service reaches the vendors at their own hosts, over TLS and through the proxy.

#![expect(clippy::unwrap_used, reason = "a test whose surroundings cannot be set up has failed")]

use rehearsal::{
    Consent, ConsentGiven, RunningStage, Stage, Vendor,
    instances::{Caller, Service, Settings, VendorHosts, serve},
};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

const AUTHORIZATION: &str = "User u, Organization o";

struct World {
    stage: RunningStage,
    base: String,
    client: reqwest::Client,
}

impl World {
    async fn start() -> Self {
        let stage = Stage::builder().consent(Consent::Auto).start().await.unwrap();
        let proxy = stage.proxy().await.unwrap();
        let mut settings = Settings::new([].into(), vec![Caller::new("u", "o")]);
        settings.vendor_hosts = Some(VendorHosts::new(proxy.url(), proxy.authority().der()));
        let service = Service::new(settings).unwrap();
        let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let base = format!("http://{}/elements/api-v2", listener.local_addr().unwrap());
        tokio::spawn(serve(listener, service, std::future::pending()));
        Self { stage, base, client: reqwest::Client::new() }
    }

    async fn send(
        &self,
        method: Method,
        path: &str,
        element: Option<&str>,
        body: &Value,
    ) -> (StatusCode, Value) {
        let element = element.map(|token| format!(", Element {token}")).unwrap_or_default();
        let request = self.client.request(method, format!("{}{path}", self.base));
        let request = request.header("authorization", format!("{AUTHORIZATION}{element}")).json(body);
        let answer = request.send().await.unwrap();
        (answer.status(), answer.json().await.unwrap_or_default())
    }

    /// Where the vendor was called, by its own journal.
    fn called(&self, vendor: Vendor) -> String {
        serde_json::to_string(&self.stage.default_tenant().calls().vendor(vendor).har()).unwrap()
    }
}

#[tokio::test]
async fn every_vendor_is_met_at_its_own_hosts() {
    let world = World::start().await;
    let tenant = world.stage.default_tenant();
    for (key, vendor, hosts) in [
        ("box", Vendor::Box, &["https://api.box.com/oauth2/token", "https://api.box.com/2.0/"][..]),
        (
            "sfdc",
            Vendor::Salesforce,
            &["https://login.salesforce.com/services/oauth2/token", ".my.salesforce.com/services/data/"],
        ),
        (
            "adobe-esign",
            Vendor::AdobeSign,
            &["https://secure.na1.echosign.com/oauth/token", "https://api.na1."],
        ),
        ("egnyte", Vendor::Egnyte, &[".egnyte.com/puboauth/token", ".egnyte.com/pubapi/"]),
    ] {
        let app = tenant.demo(vendor);
        let code = tenant.issue_code(vendor, ConsentGiven::default()).unwrap();
        let request = json!({
            "name": key,
            "element": { "key": key },
            "providerData": { "code": code.expose() },
            "configuration": {
                "oauth.api.key": app.client_id,
                "oauth.api.secret": app.client_secret.expose(),
                "oauth.callback.url": app.redirect_uri,
                "subdomain": app.realm,
            },
        });
        let (status, instance) = world.send(Method::POST, "/instances", None, &request).await;
        assert_eq!(status, 200, "{key}: {instance}");
        let token = instance["token"].as_str().unwrap();
        let (status, pong) = world.send(Method::GET, "/ping", Some(token), &Value::Null).await;
        assert_eq!(status, 200, "{key}: {pong}");
        let called = world.called(vendor);
        for host in hosts {
            assert!(called.contains(host), "{key}: {host} in {called}");
        }
        assert!(!called.contains("127.0.0.1"), "{key}: {called}");
    }
}

#[tokio::test]
async fn a_store_is_met_at_the_address_that_was_recorded() {
    let world = World::start().await;
    let app = world.stage.default_tenant().demo(Vendor::BigCommerce);
    let store = format!("https://store-{}.mybigcommerce.com/api/v2", app.realm.as_deref().unwrap());
    let request = |store: &str| {
        json!({
            "name": "store",
            "element": { "key": "bigcommerce" },
            "configuration": { "username": app.login, "password": app.password.expose(), "store.url": store },
        })
    };
    let (status, instance) = world.send(Method::POST, "/instances", None, &request(&store)).await;
    assert_eq!(status, 200, "{instance}");
    assert!(world.called(Vendor::BigCommerce).contains(&store));
    for elsewhere in ["https://example.org/api/v2", &store.replace("https", "http")] {
        let (status, refused) = world.send(Method::POST, "/instances", None, &request(elsewhere)).await;
        assert_eq!(status, 400, "{elsewhere}: {refused}");
    }
}

#[tokio::test]
async fn the_user_is_sent_to_the_vendors_own_page() {
    let world = World::start().await;
    let query = "apiKey=a&apiSecret=b&callbackUrl=https://localhost/cb&subdomain=acme";
    for (key, page) in [
        ("box", "https://account.box.com/api/oauth2/authorize?"),
        ("egnyte", "https://acme.egnyte.com/puboauth/token?"),
        ("sfdc", "https://login.salesforce.com/services/oauth2/authorize?"),
        ("adobe-esign", "https://secure.na1.echosign.com/public/oauth?"),
    ] {
        let path = format!("/elements/{key}/oauth/url?{query}");
        let (_, answer) = world.send(Method::GET, &path, None, &Value::Null).await;
        let url = answer["oauthUrl"].as_str().unwrap();
        assert!(url.starts_with(page), "{url}");
    }
}
