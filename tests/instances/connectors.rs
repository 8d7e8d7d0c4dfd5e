//! 8.15: the connectors.

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{World, answer};

async fn get(world: &World, path: &str) -> crate::support::Answer {
    answer(world.request(Method::GET, path)).await
}

#[tokio::test]
async fn connectors_are_read_without_authorization() {
    let world = World::start().await;
    let keys = get(&world, "/elements/keys").await.ok();
    assert_eq!(keys, json!(["adobe-esign", "bigcommerce", "box", "egnyte", "quickbooks", "sfdc"]));
    let all = get(&world, "/elements").await;
    assert_eq!(all.header("elements-total-count"), Some("6"));
    for (connector, key) in all.ok().as_array().unwrap().iter().zip(keys.as_array().unwrap()) {
        assert_eq!(&connector["key"], key);
        let key = key.as_str().unwrap();
        assert_eq!(&get(&world, &format!("/elements/{key}")).await.ok(), connector);
        assert_eq!(&get(&world, &format!("/elements/{}", connector["id"])).await.ok(), connector);
        assert!(connector["name"].is_string() && connector["active"] == true);
        assert!(connector.get("service").is_none());
        let metadata = get(&world, &format!("/elements/{}/metadata?expand=true", connector["id"])).await.ok();
        assert_eq!(metadata["key"], key);
        assert_eq!(metadata["events"], json!({"supported": false, "methods": []}));
    }
    assert_eq!(get(&world, "/elements/metadata").await.ok().as_array().unwrap().len(), 6);
    let page = get(&world, "/elements?pageSize=2").await;
    assert_eq!(page.ok().as_array().unwrap().len(), 2);
    let token = page.header("elements-next-page-token").unwrap();
    assert_eq!(get(&world, &format!("/elements?nextPage={token}")).await.ok()[0]["key"], "box");

    let unknown = get(&world, "/elements/badelement").await;
    assert_eq!(unknown.refused(404).message(), "No element found with key badelement");
    get(&world, "/elements/999999999999/metadata").await.refused(404);
}

/// INST-509
#[tokio::test]
async fn definitions_say_what_a_create_must_send() {
    let world = World::start().await;
    for (key, required) in [
        ("egnyte", vec!["subdomain", "oauth.api.key", "oauth.api.secret", "oauth.callback.url"]),
        ("box", vec!["oauth.api.key", "oauth.api.secret", "oauth.callback.url"]),
    ] {
        let connector = get(&world, &format!("/elements/{key}")).await.ok();
        let definitions = connector["configuration"].as_array().unwrap();
        let found: Vec<&str> = definitions
            .iter()
            .filter(|definition| definition["required"] == true)
            .map(|definition| definition["key"].as_str().unwrap())
            .collect();
        assert_eq!(found, required);
        let complete = |definition: &Value| definition["name"].is_string() && definition["type"].is_string();
        assert!(definitions.iter().all(complete));
    }
}
