//! OAuth 1.0: a request token, the consent page, and an access token for its verifier; calls that are signed.

use std::collections::BTreeMap;

use reqwest::{Method, Url};
use serde_json::{Value, json};
use wiremock::{Mock, MockServer, Request, ResponseTemplate, matchers};

use crate::support::{ALICE, World, answer, settings};

const APP: &str = "apiKey=consumer&apiSecret=consumersecret&callbackUrl=https%3A%2F%2Fexample.test%2Fback";

/// A connector like the old QuickBooks: OAuth 1.0 first, OAuth 2.0 as well.
fn connector() -> Value {
    let text = include_str!("../../fixtures/connectors/box.json");
    let mut connector: Value = serde_json::from_str(text).unwrap();
    connector["id"] = json!(990_039);
    connector["key"] = json!("ledger");
    connector["authentication"]["type"] = json!("oauth1");
    let definitions = connector["configuration"].as_array_mut().unwrap();
    for key in ["authentication.type", "oauth.user.token.secret", "ledger.realm.id"] {
        let kind = if key.ends_with("secret") { "PASSWORD" } else { "TEXTFIELD_128" };
        definitions.push(json!({"key": key, "name": key, "type": kind}));
    }
    let service = &mut connector["service"];
    service["oauth1"] = json!({
        "requestToken": "{provider}/oauth/v1/get_request_token",
        "authorize": "{provider}/Connect/Begin",
        "accessToken": "{provider}/oauth/v1/get_access_token",
    });
    service["credentials"]["oauth1"] = json!({"signature": {}});
    service["providerData"] = json!({"realmId": "ledger.realm.id"});
    service["ping"] = json!("{provider}/v3/company/{ledger.realm.id}/companyinfo");
    service["objects"] = json!([{
        "name": "bills", "vendorName": "Bill", "type": "ceCanonical",
        "list": {"url": "{provider}/v3/company/{ledger.realm.id}/query?query=select%20*%20from%20Bill", "at": "Bill"},
    }, {
        "name": "Bill", "vendorName": "Bill", "type": "vendor",
        "list": {"url": "{provider}/v3/company/{ledger.realm.id}/query?query=select%20*%20from%20Bill"},
    }]);
    connector
}

async fn world() -> World {
    let provider = MockServer::start().await;
    let mut settings = settings(&provider.uri());
    settings.connectors.insert("ledger.json".to_owned(), connector().to_string());
    let world = World::with_settings(provider, settings).await;
    for (path, body) in [
        (
            "get_request_token",
            "oauth_token=request1&oauth_token_secret=requestsecret&oauth_callback_confirmed=true",
        ),
        ("get_access_token", "oauth_token=access1&oauth_token_secret=accesssecret"),
    ] {
        Mock::given(matchers::method("POST"))
            .and(matchers::path(format!("/oauth/v1/{path}")))
            .respond_with(ResponseTemplate::new(200).set_body_raw(body, "application/x-www-form-urlencoded"))
            .up_to_n_times(1)
            .mount(&world.provider)
            .await;
    }
    Mock::given(matchers::path("/v3/company/123/query"))
        .respond_with(ResponseTemplate::new(200).set_body_json(json!({"Bill": [{"Id": "1"}]})))
        .mount(&world.provider)
        .await;
    world
}

/// The parameters of an OAuth header.
fn signed(request: &Request) -> BTreeMap<String, String> {
    let header = request.headers["authorization"].to_str().unwrap();
    let pairs = header.strip_prefix("OAuth ").unwrap().split(", ").map(|pair| {
        let (name, value) = pair.split_once('=').unwrap();
        (name.to_owned(), value.trim_matches('"').to_owned())
    });
    pairs.collect()
}

async fn make(world: &World) -> Value {
    let body = json!({
        "element": {"key": "ledger"}, "name": "books",
        "configuration": {
            "oauth.api.key": "consumer", "oauth.api.secret": "consumersecret",
            "oauth.callback.url": "https://example.test/back",
        },
        "providerData": {
            "oauth_token": "request1", "oauth_verifier": "verify1", "secret": "requestsecret", "realmId": "123",
            "dataSource": "QBO",
        },
    });
    world.post("/instances", ALICE, &body).await.ok()
}

/// INST-354, INST-355
#[tokio::test]
async fn a_request_token_leads_to_the_consent_page() {
    let world = world().await;
    let found = world.get(&format!("/elements/ledger/oauth/token?{APP}"), ALICE).await.ok();
    assert_eq!(found, json!({"token": "request1", "secret": "requestsecret"}));
    let asked = world.requests_at("/oauth/v1/get_request_token").await.pop().unwrap();
    let parameters = signed(&asked);
    assert_eq!(parameters["oauth_consumer_key"], "consumer");
    assert_eq!(parameters["oauth_callback"], "https%3A%2F%2Fexample.test%2Fback%3Fstate%3Dledger");
    assert!(!parameters.contains_key("oauth_token") && !parameters["oauth_signature"].is_empty());

    let path = format!("/elements/ledger/oauth/url?{APP}&requestToken=request1");
    let found = answer(world.request(Method::GET, &path)).await.ok();
    assert_eq!(found["element"], "ledger");
    let url: Url = found["oauthUrl"].as_str().unwrap().parse().unwrap();
    assert_eq!(url.path(), "/Connect/Begin");
    let query: BTreeMap<_, _> = url.query_pairs().collect();
    assert_eq!(query["oauth_token"], "request1");
    assert_eq!(query["oauth_callback"], "https://example.test/back?state=ledger");

    let newer = format!("/elements/ledger/oauth/url?{APP}&authentication.type=oauth2");
    let newer = answer(world.request(Method::GET, &newer)).await.ok();
    assert!(newer["oauthUrl"].as_str().unwrap().contains("response_type=code"));
    let without = answer(world.request(Method::GET, &format!("/elements/ledger/oauth/url?{APP}"))).await;
    assert!(without.refused(400).message().contains("requestToken"));
    world.get(&format!("/elements/box/oauth/token?{APP}"), ALICE).await.refused(400);
    let bare = world.get("/elements/ledger/oauth/token", ALICE).await;
    assert!(bare.refused(400).message().contains("apiKey, apiSecret, callbackUrl"));
}

/// INST-148
#[tokio::test]
async fn a_verifier_becomes_a_token_and_calls_are_signed_with_it() {
    let world = world().await;
    let made = make(&world).await;
    let exchange = signed(&world.requests_at("/oauth/v1/get_access_token").await.pop().unwrap());
    assert_eq!(
        (exchange["oauth_token"].as_str(), exchange["oauth_verifier"].as_str()),
        ("request1", "verify1")
    );
    assert_eq!(made["configuration"]["oauth.user.token"], "access1");
    assert_eq!(made["configuration"]["oauth.user.token.secret"], "********");
    assert_eq!(made["configuration"]["ledger.realm.id"], "123");
    assert!(made.get("providerData").is_none());

    let header = format!("{ALICE}, Element {}", made["token"].as_str().unwrap());
    assert_eq!(world.get("/bills", &header).await.ok(), json!([{"Id": "1"}]));
    world.get("/Bill", &header).await.ok();
    for call in world.requests_at("/v3/company/123/query").await {
        let parameters = signed(&call);
        assert_eq!(parameters["oauth_token"], "access1");
        assert_eq!(parameters["oauth_signature_method"], "HMAC-SHA1");
    }
}

/// INST-148
#[tokio::test]
async fn a_refused_verifier_leaves_nothing_and_a_new_one_renews() {
    let world = world().await;
    let missing = json!({
        "element": {"key": "ledger"}, "name": "books", "providerData": {"oauth_token": "t"},
        "configuration": {"oauth.api.key": "k", "oauth.api.secret": "s", "oauth.callback.url": "https://c.test/"},
    });
    let refused = world.post("/instances", ALICE, &missing).await;
    assert!(refused.refused(400).message().contains("providerData.oauth_verifier"));
    let made = make(&world).await;

    let refusal = ResponseTemplate::new(401).set_body_string("oauth_problem=token_rejected");
    Mock::given(matchers::path("/oauth/v1/get_access_token"))
        .respond_with(refusal)
        .up_to_n_times(1)
        .mount(&world.provider)
        .await;
    let path = format!("/instances/{}", made["id"]);
    let again = |verifier: &str| json!({"providerData": {"oauth_token": "request2", "oauth_verifier": verifier, "secret": "secret2-of-request"}});
    let refused = world.patch(&path, ALICE, &again("wrong")).await;
    assert!(refused.refused_by_provider(401).provider_message().contains("token_rejected"));
    assert_eq!(world.get(&path, ALICE).await.ok(), made);

    Mock::given(matchers::path("/oauth/v1/get_access_token"))
        .respond_with(
            ResponseTemplate::new(200).set_body_string("oauth_token=access2&oauth_token_secret=secret2"),
        )
        .mount(&world.provider)
        .await;
    let renewed = world.patch(&path, ALICE, &again("right")).await.ok();
    assert_eq!(renewed["configuration"]["oauth.user.token"], "access2");
    assert_eq!((&renewed["id"], &renewed["token"]), (&made["id"], &made["token"]));
}

async fn gives_token(world: &World, token: &str) {
    let body = format!("oauth_token={token}&oauth_token_secret=secret-of-{token}");
    Mock::given(matchers::path("/oauth/v1/get_access_token"))
        .respond_with(ResponseTemplate::new(200).set_body_string(body))
        .up_to_n_times(1)
        .mount(&world.provider)
        .await;
}

#[tokio::test]
async fn an_old_representation_put_back_does_not_revive_the_old_token() {
    let world = world().await;
    let made = make(&world).await;
    let path = format!("/instances/{}", made["id"]);
    gives_token(&world, "access2").await;
    let again = json!({"providerData": {"oauth_token": "r2", "oauth_verifier": "v2", "secret": "s2"}});
    world.patch(&path, ALICE, &again).await.ok();
    for answer in [world.put(&path, ALICE, &made).await, world.patch(&path, ALICE, &made).await] {
        assert_eq!(answer.ok()["configuration"]["oauth.user.token"], "access2");
    }
    let header = format!("{ALICE}, Element {}", made["token"].as_str().unwrap());
    world.get("/bills", &header).await.ok();
    let call = world.requests_at("/v3/company/123/query").await.pop().unwrap();
    assert_eq!(signed(&call)["oauth_token"], "access2");
}

#[tokio::test]
async fn a_reauthentication_that_lacks_something_says_what() {
    let world = world().await;
    let made = make(&world).await;
    let path = format!("/instances/{}", made["id"]);
    let (token, verifier, secret) =
        ("providerData.oauth_token", "providerData.oauth_verifier", "providerData.secret");
    for (data, missing) in [
        (json!({"oauth_token": "t", "secret": "s"}), vec![verifier]),
        (json!({"oauth_token": "", "oauth_verifier": "", "secret": ""}), vec![token, verifier, secret]),
        (json!({"oauth_token": "t", "oauth_verifier": null}), vec![verifier, secret]),
        (json!({"code": "x"}), vec![token, verifier, secret]),
    ] {
        for method in [Method::PATCH, Method::PUT] {
            let refused =
                world.send(method, &path, ALICE, &json!({"providerData": data, "name": "no"})).await;
            assert_eq!(refused.refused(400).message(), format!("Missing: {}", missing.join(", ")), "{data}");
        }
    }
    assert_eq!(world.get(&path, ALICE).await.ok(), made, "nothing has changed");
    let realm = json!({"providerData": {"realmId": "456"}, "name": "renamed"});
    assert_eq!(world.patch(&path, ALICE, &realm).await.ok()["name"], "renamed", "that is no authentication");
}
