//! The walk through of 5.3 with the stand-ins of the vendors: consent, create, revoke at the vendor, consent again,
//! re-authenticate.

use std::collections::BTreeMap;

use rehearsal::{
    Clock, Consent, Demo, RunningStage, Stage, Vendor,
    instances::{Caller, Service, Settings, serve},
    providers::egnyte,
};
use reqwest::{Client, Method, Url, redirect};
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::support::{Answer, answer};

const CALLER: &str = "User user-secret, Organization organization-secret";

struct Scene {
    stage: RunningStage,
    clock: Clock,
    service: String,
    client: Client,
    vendor: Vendor,
    key: &'static str,
    demo: Demo,
}

impl Scene {
    async fn open(vendor: Vendor, key: &'static str) -> Self {
        let clock = Clock::system();
        let stage = Stage::builder().consent(Consent::Auto).clock(clock.clone()).start().await.unwrap();
        let caller = Caller::new("user-secret", "organization-secret");
        let mut settings = Settings::new([(vendor, stage.url(vendor))].into(), vec![caller]);
        settings.clock = clock.clone();
        let service = Service::new(settings).unwrap();
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let address = format!("http://{}/elements/api-v2", listener.local_addr().unwrap());
        tokio::spawn(serve(listener, service, std::future::pending()));
        let client = Client::builder().no_proxy().redirect(redirect::Policy::none()).build().unwrap();
        // A test calls faster than Egnyte lets an app call.
        let limits = egnyte::Switches { limits: egnyte::Limits::Off, ..Default::default() };
        stage.default_tenant().set_switches(&limits);
        let demo = stage.default_tenant().demo(vendor);
        Self { stage, clock, service: address, client, vendor, key, demo }
    }

    async fn call(&self, method: Method, path: &str, authorization: &str, body: Option<Value>) -> Answer {
        let request = self.client.request(method, format!("{}{path}", self.service));
        let request = request.header("authorization", authorization);
        answer(match body {
            Some(body) => request.json(&body),
            None => request,
        })
        .await
    }

    /// Asks the service for the address of the consent page, opens it, and reads the code from where it leads.
    async fn consent(&self) -> String {
        let mut parameters = vec![
            ("apiKey", self.demo.client_id.as_str()),
            ("apiSecret", self.demo.client_secret.expose()),
            ("callbackUrl", &self.demo.redirect_uri),
        ];
        parameters.extend(self.demo.realm.as_deref().map(|realm| ("subdomain", realm)));
        if self.vendor == Vendor::Egnyte {
            // The default scope does not reach the users.
            parameters.push(("scope", "Egnyte.filesystem Egnyte.link Egnyte.user"));
        }
        let url = format!("{}/elements/{}/oauth/url", self.service, self.key);
        let found = answer(self.client.get(url).query(&parameters)).await.ok();
        let page = self.client.get(found["oauthUrl"].as_str().unwrap()).send().await.unwrap();
        assert!(page.status().is_redirection(), "{} {}", page.status(), page.text().await.unwrap());
        let back: Url = page.headers()["location"].to_str().unwrap().parse().unwrap();
        assert!(back.as_str().starts_with(&self.demo.redirect_uri), "{back}");
        let query: BTreeMap<_, _> = back.query_pairs().collect();
        assert_eq!(query["state"], self.key);
        query["code"].clone().into_owned()
    }

    fn body(&self, code: &str) -> Value {
        let mut configuration = json!({
            "oauth.api.key": self.demo.client_id,
            "oauth.api.secret": self.demo.client_secret.expose(),
            "oauth.callback.url": self.demo.redirect_uri,
        });
        if let Some(realm) = &self.demo.realm {
            configuration["subdomain"] = json!(realm);
        }
        json!({
            "element": {"key": self.key}, "providerData": {"code": code}, "configuration": configuration,
            "name": "walk", "retrieveObjectsAfterInstantiation": true,
        })
    }

    /// Revokes at the vendor, in the form of 5.3.
    async fn revoke(&self, token: &str) {
        let base = self.stage.url(self.vendor);
        let at = |path: &str| base.join(path).unwrap();
        let (id, secret) = (self.demo.client_id.as_str(), self.demo.client_secret.expose());
        let request = match self.vendor {
            Vendor::Box => self.client.post(at("/oauth2/revoke")).form(&[
                ("client_id", id),
                ("client_secret", secret),
                ("token", token),
            ]),
            Vendor::AdobeSign => self.client.post(at("/oauth/revoke")).query(&[("token", token)]),
            Vendor::Salesforce => self.client.post(at("/services/oauth2/revoke")).query(&[("token", token)]),
            _ => self
                .client
                .post(at("/pubapi/v1/tokens/revoke"))
                .form(&[("token", token), ("client_secret", secret)]),
        };
        assert_eq!(request.send().await.unwrap().status(), 200);
    }
}

/// Where an object is listed, if it is. Nothing can be searched for without words, and Adobe Sign lists no uploads.
fn path_of(object: &Value) -> Option<String> {
    match object["name"].as_str().unwrap() {
        "search" => Some("/search?query=a".to_owned()),
        "transient-documents" | "transientDocuments" => None,
        name => Some(format!("/{name}")),
    }
}

async fn walk(vendor: Vendor, key: &'static str, reason: &str) {
    let scene = Scene::open(vendor, key).await;
    let created =
        scene.call(Method::POST, "/instances", CALLER, Some(scene.body(&scene.consent().await))).await.ok();
    let header = format!("{CALLER}, Element {}", created["token"].as_str().unwrap());
    let objects = created["objects"].as_array().unwrap();
    for path in objects.iter().filter_map(path_of) {
        scene.call(Method::GET, &path, &header, None).await.ok();
    }
    scene.call(Method::GET, "/ping", &header, None).await.ok();

    let list = scene.call(Method::GET, "/instances", &header, None).await.ok();
    let configuration = list[0]["configuration"].clone();
    for key in ["oauth.user.token", "oauth.user.refresh_token"] {
        let token = configuration[key].as_str().unwrap();
        let alive = scene.stage.default_tenant().standing(vendor, token).unwrap().death.is_none();
        // Some vendors drop both at once, and would refuse the second revocation.
        if alive {
            scene.revoke(token).await;
        }
    }
    for path in objects.iter().filter_map(path_of).take(2) {
        let refused = scene.call(Method::GET, &path, &header, None).await;
        assert!(refused.refused_by_provider(401).provider_message().contains(reason), "{}", refused.text);
    }

    let body = json!({"providerData": {"code": scene.consent().await}});
    let renewed = scene.call(Method::PATCH, "/instances", &header, Some(body)).await.ok();
    assert_eq!((&renewed["id"], &renewed["token"]), (&created["id"], &created["token"]));
    assert_ne!(renewed["configuration"]["oauth.user.token"], configuration["oauth.user.token"]);
    let path = format!("/{}", objects[0]["name"].as_str().unwrap());
    scene.call(Method::GET, &path, &header, None).await.ok();

    // And the new token is refreshed when its time is over.
    scene.clock.advance(std::time::Duration::from_secs(31 * 24 * 3600));
    scene.call(Method::GET, &path, &header, None).await.ok();
    let list = scene.call(Method::GET, "/instances", &header, None).await.ok();
    assert_ne!(list[0]["configuration"]["oauth.user.token"], renewed["configuration"]["oauth.user.token"]);
}

#[tokio::test]
async fn box_com() {
    walk(Vendor::Box, "box", "invalid_token").await;
}

#[tokio::test]
async fn adobe_sign() {
    let reason = "code - INVALID_ACCESS_TOKEN, message - Access token provided is invalid or has expired";
    walk(Vendor::AdobeSign, "adobe-esign", reason).await;
}

#[tokio::test]
async fn egnyte() {
    walk(Vendor::Egnyte, "egnyte", "oauth.v2.InvalidAccessToken").await;
}

#[tokio::test]
async fn bigcommerce() {
    let scene = Scene::open(Vendor::BigCommerce, "bigcommerce").await;
    let store = format!("https://store-{}.mybigcommerce.com/api/v2", scene.demo.realm.as_deref().unwrap());
    let body = |password: &str| {
        json!({
            "element": {"key": "bigcommerce"}, "name": "walk", "retrieveObjectsAfterInstantiation": true,
            "configuration": {"username": scene.demo.login, "password": password, "store.url": store},
        })
    };
    let refused = scene.call(Method::POST, "/instances", CALLER, Some(body("wrong-password"))).await;
    refused.refused_by_provider(401);
    let created =
        scene.call(Method::POST, "/instances", CALLER, Some(body(scene.demo.password.expose()))).await.ok();
    let header = format!("{CALLER}, Element {}", created["token"].as_str().unwrap());
    for path in created["objects"].as_array().unwrap().iter().filter_map(path_of) {
        scene.call(Method::GET, &path, &header, None).await.ok();
    }
    let fresh = scene.stage.default_tenant().change_password(Vendor::BigCommerce, &scene.demo.login).unwrap();
    scene.call(Method::GET, "/products", &header, None).await.refused_by_provider(401);
    let body = json!({"configuration": {"password": fresh.expose()}});
    scene.call(Method::PUT, "/instances", &header, Some(body)).await.ok();
    scene.call(Method::GET, "/products", &header, None).await.ok();
}

#[tokio::test]
async fn salesforce() {
    walk(Vendor::Salesforce, "sfdc", "errorCode - INVALID_SESSION_ID").await;
}
