//! 8.9: where users consent.

use std::collections::BTreeMap;

use reqwest::{Method, Url};
use serde_json::json;

use crate::support::{ALICE, World, answer, settings};

const GIVEN: &str =
    "apiKey=key&apiSecret=hushhush&callbackUrl=https%3A%2F%2Fexample.test%2Fback%3Fa%3Db%26c%3Dd";

async fn url(world: &World, path_and_more: &str) -> Url {
    let (key, more) = path_and_more.split_once('?').unwrap_or((path_and_more, ""));
    let answer =
        answer(world.request(Method::GET, &format!("/elements/{key}/oauth/url?{GIVEN}&{more}"))).await.ok();
    answer["oauthUrl"].as_str().unwrap().parse().unwrap()
}

fn query(url: &Url) -> BTreeMap<String, String> {
    url.query_pairs().into_owned().collect()
}

/// INST-352, INST-353
#[tokio::test]
async fn each_connector_has_its_page_and_scope() {
    let world = World::start().await;
    for (key, path, scope) in [
        ("box", "/api/oauth2/authorize", None),
        (
            "egnyte?subdomain=cloudelements",
            "/cloudelements/puboauth/token",
            Some("Egnyte.filesystem Egnyte.link"),
        ),
        ("adobe-esign", "/public/oauth", Some("agreement_read:account")),
        ("sfdc", "/services/oauth2/authorize", Some("full refresh_token")),
    ] {
        let url = url(&world, key).await;
        assert!(url.as_str().starts_with(&world.provider.uri()), "{url}");
        assert_eq!(url.path(), path);
        let query = query(&url);
        assert_eq!(query["client_id"], "key");
        assert_eq!(query["response_type"], "code");
        assert_eq!(query["redirect_uri"], "https://example.test/back?a=b&c=d");
        assert_eq!(query["state"], key.split('?').next().unwrap());
        match scope {
            Some(scope) => assert!(query["scope"].starts_with(scope), "{url}"),
            None => assert!(!query.contains_key("scope")),
        }
        assert!(!url.as_str().contains("hushhush"), "{url}");
    }
    world.get("/instances", ALICE).await.refused(404);
}

/// INST-336, INST-348, INST-350
#[tokio::test]
async fn state_and_scope_are_the_callers_and_empty_means_absent() {
    let world = World::start().await;
    let given = query(&url(&world, "egnyte?subdomain=a&state=x%20%26y&scope=Egnyte.user").await);
    assert_eq!((given["state"].as_str(), given["scope"].as_str()), ("x &y", "Egnyte.user"));
    let empty = query(&url(&world, "egnyte?subdomain=a&state=&scope=&siteAddress=").await);
    assert_eq!(
        (empty["state"].as_str(), empty["scope"].as_str()),
        ("egnyte", "Egnyte.filesystem Egnyte.link")
    );
    assert_eq!(
        url(&world, "egnyte?subdomain=").await.path(),
        "//puboauth/token",
        "as broken as the vendor's sample"
    );
}

#[tokio::test]
async fn number_and_body_do_as_well() {
    let world = World::start().await;
    let by_number = answer(world.request(Method::GET, &format!("/elements/22/oauth/url?{GIVEN}"))).await.ok();
    assert_eq!(by_number["element"], "box");
    let body = json!({
        "apiKey": "key", "apiSecret": "hushhush", "callbackUrl": "https://example.test/back?a=b&c=d", "scope": null,
    });
    let by_body = answer(world.request(Method::POST, "/elements/box/oauth/url").json(&body)).await.ok();
    assert_eq!(by_body, by_number);
}

#[tokio::test]
async fn what_is_missing_or_cannot_be_is_refused() {
    let world = World::start().await;
    for name in ["apiKey", "apiSecret", "callbackUrl"] {
        let without: Vec<_> = GIVEN.split('&').filter(|pair| !pair.starts_with(name)).collect();
        let refused = world.get(&format!("/elements/box/oauth/url?{}", without.join("&")), ALICE).await;
        assert!(refused.refused(400).message().contains(name));
    }
    world.get(&format!("/elements/nothing/oauth/url?{GIVEN}"), ALICE).await.refused(404);
    world.get(&format!("/elements/bigcommerce/oauth/url?{GIVEN}"), ALICE).await.refused(400);
    for label in ["evil.test%2F", "a%3Fb", "a%23b", "a%40evil.test", "a%3A1", "a.b", "..", "a%5Cb"] {
        let path = format!("/elements/egnyte/oauth/url?{GIVEN}&subdomain={label}");
        assert!(world.get(&path, ALICE).await.refused(400).message().contains("subdomain"), "{label}");
    }
}

/// INST-351
#[tokio::test]
async fn a_browser_is_never_sent_to_the_vendor_itself() {
    let world = World::start().await;
    let sandbox = url(&world, "sfdc?siteAddress=https%3A%2F%2Ftest.salesforce.com").await;
    assert!(sandbox.as_str().starts_with(&world.provider.uri()), "{sandbox}");
    assert_eq!(sandbox.path(), "/services/oauth2/authorize");
    let here = url(&world, "sfdc?siteAddress=http%3A%2F%2F127.0.0.1%3A9%2F").await;
    assert!(here.as_str().starts_with("http://127.0.0.1:9/services/oauth2/authorize?"), "{here}");
    let foreign = format!("/elements/sfdc/oauth/url?{GIVEN}&siteAddress=https%3A%2F%2Fevil.test");
    assert!(world.get(&foreign, ALICE).await.refused(400).message().contains("siteAddress"));
}

/// The Box connector under another name, with an application of its own.
fn with_own_app() -> String {
    let file = include_str!("../../fixtures/connectors/box.json");
    let mut connector: serde_json::Value = serde_json::from_str(file).unwrap();
    (connector["key"], connector["id"]) = (json!("shared"), json!(900));
    for definition in connector["configuration"].as_array_mut().unwrap() {
        let own = match definition["key"].as_str().unwrap() {
            "oauth.api.key" => "our-id",
            "oauth.api.secret" => "our-secret",
            "oauth.callback.url" => "https://client.example/back",
            _ => continue,
        };
        definition["defaultValue"] = json!(own);
    }
    connector.to_string()
}

#[tokio::test]
async fn a_connector_may_have_an_application_of_its_own() {
    let provider = wiremock::MockServer::start().await;
    let mut settings = settings(&provider.uri());
    settings.connectors.insert("shared.json".to_owned(), with_own_app());
    let world = World::with_settings(provider, settings).await;
    let path = "/elements/shared/oauth/url/default?state=mine";
    let found = answer(world.request(Method::GET, path)).await.ok();
    assert_eq!(
        (&found["element"], found["configuration"].get("secret")),
        (&json!("shared"), Some(&json!(null)))
    );
    let url: Url = found["oauthUrl"].as_str().unwrap().parse().unwrap();
    let asked = query(&url);
    assert_eq!((asked["client_id"].as_str(), asked["state"].as_str()), ("our-id", "mine"));
    assert_eq!(asked["redirect_uri"], "https://client.example/back");
    assert!(!found.to_string().contains("our-secret"), "{found}");
    let without = answer(world.request(Method::GET, "/elements/box/oauth/url/default")).await;
    assert!(without.refused(400).message().contains("no OAuth application of its own"), "{}", without.text);
}

#[tokio::test]
async fn numbers_and_booleans_in_a_body_are_their_texts() {
    let world = World::start().await;
    let body = json!({
        "apiKey": 4711, "apiSecret": "hushhush", "callbackUrl": "https://example.test/", "state": true,
    });
    let found = answer(world.request(Method::POST, "/elements/box/oauth/url").json(&body)).await.ok();
    let asked = query(&found["oauthUrl"].as_str().unwrap().parse().unwrap());
    assert_eq!((asked["client_id"].as_str(), asked["state"].as_str()), ("4711", "true"));
}

#[tokio::test]
async fn an_authentication_that_the_connector_does_not_have_has_no_url() {
    let world = World::start().await;
    for (key, kind) in [("box", "oauth1"), ("box", "nonsense"), ("sfdc", "basic")] {
        let path = format!("/elements/{key}/oauth/url?{GIVEN}&authentication.type={kind}");
        assert!(world.get(&path, ALICE).await.refused(400).message().contains(kind), "{key}");
    }
    url(&world, "box?authentication.type=oauth2").await;
}
