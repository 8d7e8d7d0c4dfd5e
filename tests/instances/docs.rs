//! The Swagger document of an instance, and the service's description of itself.

use std::collections::BTreeSet;

use reqwest::{Method, header};
use serde_json::{Value, json};

use crate::support::{ALICE, World, answer};

/// What a validator of Swagger 2.0 looks at first: every member of the right kind, every reference leading somewhere,
/// every place in a path declared, no operation id used twice.
fn check(document: &Value) {
    assert_eq!(document["swagger"], "2.0");
    assert!(document["info"]["title"].is_string() && document["info"]["version"].is_string());
    assert!(!document["host"].as_str().unwrap().contains('/'));
    assert!(document["basePath"].as_str().unwrap().starts_with('/'));
    let mut ids = BTreeSet::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        assert!(path.starts_with('/'));
        for (method, operation) in item.as_object().unwrap() {
            assert!(["get", "put", "post", "delete", "patch"].contains(&method.as_str()), "{method} {path}");
            assert!(ids.insert(operation["operationId"].as_str().unwrap().to_owned()), "{path}");
            assert!(operation["responses"]["200"]["description"].is_string());
            let parameters = operation["parameters"].as_array().unwrap();
            for parameter in parameters {
                assert!(parameter["name"].is_string() && parameter["in"].is_string(), "{parameter}");
                assert_eq!(parameter["schema"].is_object(), parameter["in"] == "body", "{parameter}");
                assert_eq!(parameter["type"].is_string(), parameter["in"] != "body", "{parameter}");
                assert!(parameter["in"] != "path" || parameter["required"] == true, "{parameter}");
            }
            let declared =
                parameters.iter().any(|parameter| parameter["in"] == "path" && parameter["name"] == "id");
            assert_eq!(path.contains("{id}"), declared, "{method} {path}");
        }
    }
    for reference in references(document) {
        let name = reference.strip_prefix("#/definitions/").unwrap();
        assert!(document["definitions"][name].is_object(), "{reference}");
    }
}

fn references(value: &Value) -> Vec<String> {
    match value {
        Value::Object(members) => {
            let own = members.get("$ref").and_then(Value::as_str).map(str::to_owned);
            own.into_iter().chain(members.values().flat_map(references)).collect()
        }
        Value::Array(entries) => entries.iter().flat_map(references).collect(),
        _ => Vec::new(),
    }
}

/// INST-381
#[tokio::test]
async fn an_instance_describes_what_it_offers_a_users_objects_included() {
    let world = World::start().await;
    let made = world.make_box(ALICE, "1").await;
    let fields =
        json!({"fields": [{"path": "id", "type": "string"}, {"path": "owner.tags", "type": "array"}]});
    world.post(&format!("{}/objects/papers/definitions", made.path()), ALICE, &fields).await.ok();
    let mapping = json!({"vendorName": "files", "fields": [{"path": "id", "vendorPath": "id"}]});
    world.post(&format!("{}/transformations/papers", made.path()), ALICE, &mapping).await.ok();

    let document = world.get(&format!("{}/docs", made.path()), ALICE).await.ok();
    check(&document);
    assert_eq!(document["definitions"]["papers"]["properties"]["id"]["type"], "string");
    assert_eq!(
        document["definitions"]["papers"]["properties"]["owner"]["properties"]["tags"]["type"],
        "array"
    );
    for path in ["/files", "/files/{id}", "/folders", "/papers", "/items"] {
        assert!(document["paths"][path]["get"].is_object(), "{path}");
    }
    assert!(document["paths"]["/folders"]["post"].is_object());
    assert!(document["paths"]["/files/{id}"]["delete"].is_object());
    assert_eq!(world.get("/instances/docs", &made.with(ALICE)).await.ok(), document);
    check(&world.get("/elements/sfdc/docs", ALICE).await.ok());

    let one = world.get(&format!("{}/docs/list-papers", made.path()), ALICE).await.ok();
    check(&one);
    assert_eq!(one["paths"].as_object().unwrap().len(), 1);
    let definitions = world.get("/instances/docs/list-papers/definitions", &made.with(ALICE)).await.ok();
    assert_eq!(definitions["papers"], document["definitions"]["papers"]);
    world.get("/instances/docs/nothing", &made.with(ALICE)).await.refused(404);
    let elsewhere =
        world.get("/instances/docs?baseUrl=https%3A%2F%2Fapi.example%2Fx%2F", &made.with(ALICE)).await.ok();
    assert_eq!((&elsewhere["host"], &elsewhere["basePath"]), (&json!("api.example"), &json!("/x")));
    assert_eq!(elsewhere["schemes"], json!(["https"]));
}

#[tokio::test]
async fn the_fields_of_an_object_are_told() {
    let world = World::start().await;
    let header = world.make_store(ALICE).await.with(ALICE);
    let metadata = world.get("/objects/products/metadata", &header).await.ok();
    let field = |name: &str| {
        let fields = metadata["fields"].as_array().unwrap();
        fields.iter().find(|field| field["vendorPath"] == name).unwrap().clone()
    };
    assert_eq!(
        field("id"),
        json!({"vendorPath": "id", "type": "number", "filterable": false, "createable": true, "updateable": true})
    );
    assert_eq!(field("name")["type"], "string");
    assert_eq!(field("sku")["type"], "string", "what is null everywhere is a text");
    assert_eq!(world.get("/hubs/ecommerce/objects/products/metadata", &header).await.ok(), metadata);
    world.get("/objects/nothing/metadata", &header).await.refused(404);
}

/// INST-031
#[tokio::test]
async fn every_operation_of_the_description_is_there_and_answers_json() {
    let world = World::start().await;
    let description = world.get("/openapi.json", ALICE).await;
    assert_eq!(description.header("content-type"), Some("application/json"));
    let description = description.ok();
    let mut asked = 0;
    for (path, item) in description["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let path = path.replace("{keyOrId}", "box").replace("{hub}", "documents").replace("{id}", "1");
            let path = path.split('/').map(|part| if part.starts_with('{') { "x" } else { part });
            let path = path.collect::<Vec<_>>().join("/");
            let verb: Method = method.to_uppercase().parse().unwrap();
            let request = world.request(verb, &path).header("authorization", ALICE).json(&json!({}));
            let answered = answer(request).await;
            let status = answered.status.as_str();
            assert_ne!(status, "405", "{method} {path}");
            // Without an Element part, bare paths are the platform's, and it has no `x`.
            let through = path.starts_with("/x") || path.starts_with("/hubs");
            let unknown = answered.text.contains("No resource found at this path");
            assert!(through || !unknown, "{method} {path}");
            assert!(operation["responses"][status].is_object(), "{method} {path} answered {status}");
            if !answered.text.is_empty() {
                assert_eq!(answered.header("content-type"), Some("application/json"), "{method} {path}");
                answered.json();
            }
            asked += 1;
        }
    }
    assert!(asked > 80, "{asked}");
}

#[tokio::test]
async fn a_page_lets_people_try_requests() {
    let world = World::start().await;
    let redirected = answer(world.request(Method::GET, "/api-docs")).await;
    assert!(redirected.status == 200 && redirected.text.contains("swagger-ui"), "{}", redirected.text);
    let page = answer(world.request(Method::GET, "/api-docs/")).await;
    let policy = page.header("content-security-policy").expect("a page says what it may load");
    assert!(policy.contains("default-src 'self'") && policy.contains("frame-ancestors 'none'"), "{policy}");
    let script = answer(world.request(Method::GET, "/api-docs/swagger-initializer.js")).await;
    assert!(script.text.contains("../openapi.json"), "{}", script.text);
    let bundle = answer(world.request(Method::GET, "/api-docs/swagger-ui-bundle.js")).await;
    assert!(bundle.headers[header::CONTENT_TYPE].to_str().unwrap().contains("javascript"));
    answer(world.request(Method::GET, "/api-docs/nothing.js")).await.refused(404);
}
