//! 8.10: the objects of an instance, and those that users define.

use reqwest::Method;
use serde_json::{Value, json};
use wiremock::{Mock, ResponseTemplate, matchers};

use crate::support::{ALICE, BOB, Made, World, answer, box_body, store_body};

fn definition() -> Value {
    json!({"fields": [{"path": "id", "type": "string"}, {"path": "title", "type": "string"}]})
}

fn transformation() -> Value {
    json!({
        "vendorName": "files",
        "configuration": [{"type": "passThrough", "properties": {"fromVendor": false, "toVendor": false}}],
        "fields": [{"path": "id", "vendorPath": "id"}, {"path": "title", "vendorPath": "name"}],
    })
}

async fn helium(world: &World, header: &str) -> Value {
    let request = world.request(Method::GET, "/objects").header("authorization", header);
    answer(request.header("elements-version", "Helium")).await.ok()
}

#[tokio::test]
async fn objects_come_with_the_create_when_asked_for() {
    let world = World::start().await;
    world.store_accepts("storeuser", "storepassword").await;
    world.box_gives("CODE1", "A", "R").await;
    world.box_gives("CODE2", "A", "R").await;
    world.box_gives("CODE3", "A", "R").await;
    for (path, mut body) in [
        ("/instances", box_body("CODE1")),
        ("/instances", store_body(&world.provider.uri())),
        ("/elements/22/instances", box_body("CODE2")),
    ] {
        body["retrieveObjectsAfterInstantiation"] = json!(true);
        let made = world.post(path, ALICE, &body).await.ok();
        let objects = made["objects"].as_array().unwrap();
        let kinds: Vec<_> = objects.iter().map(|object| object["type"].as_str().unwrap()).collect();
        assert!(kinds.contains(&"ceCanonical") && kinds.contains(&"vendor"), "{objects:?}");
        for object in objects {
            assert!(object["name"].is_string() && object["vendorName"].is_string());
            assert!(object["type"] != "vendor" || object["name"] == object["vendorName"], "{object}");
        }
        let read = world.get(&format!("/instances/{}", made["id"]), ALICE).await.ok();
        assert!(read.get("objects").is_none());
    }
    let mut body = box_body("CODE3");
    body["retrieveObjectsAfterInstantiation"] = json!(false);
    assert!(world.make(ALICE, &body).await.json.get("objects").is_none());
}

#[tokio::test]
async fn names_alone_or_whole_entries() {
    let world = World::start().await;
    let header = world.make_box(ALICE, "1").await.with(ALICE);
    let requests = world.requests().await;
    let names = world.get("/objects", &header).await.ok();
    assert_eq!(
        names,
        json!(["files", "folders", "me", "users", "groups", "webhooks", "custom-fields", "items", "search"])
    );
    assert_eq!(world.get("/hubs/documents/objects", &header).await.ok(), names);
    let entries = helium(&world, &header).await;
    assert_eq!(entries[0], json!({"name": "files", "vendorName": "files", "type": "ceCanonical"}));
    assert_eq!(entries[7], json!({"name": "items", "vendorName": "items", "type": "vendor"}));
    assert_eq!(world.requests().await, requests, "nobody was asked");
}

#[tokio::test]
async fn canonical_objects_are_unwrapped_and_vendor_objects_are_not() {
    let world = World::start().await;
    let header = world.make_box(ALICE, "1").await.with(ALICE);
    let files = world.get("/files", &header).await;
    assert_eq!(files.header("elements-returned-count"), Some("1"));
    assert_eq!(files.ok()[0]["name"], "Example.pdf");
    assert!(files.json()[0].get("sha1").is_none(), "nulls are filtered");
    assert_eq!(world.get("/folders", &header).await.ok()[0]["id"], "12345");
    let items = world.get("/items?fields=id", &header).await;
    assert!(items.text.starts_with(r#"{"total_count":2,"entries":[{"#), "{}", items.text);
    assert!(items.text.contains(r#""sha1":null"#), "{}", items.text);
    let asked = world.requests_at("/2.0/folders/0/items").await.pop().unwrap();
    assert_eq!(asked.url.query(), Some("fields=id"), "the vendor's parameters are passed on");
}

/// INST-377, INST-378, INST-379, INST-380
#[tokio::test]
async fn a_definition_and_a_transformation_make_an_object() {
    let world = World::start().await;
    let made = world.make_box(ALICE, "1").await;
    let header = made.with(ALICE);
    for (definitions, transformations, authorization) in [
        (
            format!("{}/objects/myFiles/definitions", made.path()),
            format!("{}/transformations/myFiles", made.path()),
            ALICE.to_owned(),
        ),
        (
            "/instances/objects/myFiles/definitions".to_owned(),
            "/instances/transformations/myFiles".to_owned(),
            header.clone(),
        ),
        (
            "/accounts/objects/myFiles/definitions".to_owned(),
            "/accounts/elements/box/transformations/myFiles".to_owned(),
            ALICE.to_owned(),
        ),
        (
            "/organizations/objects/myFiles/definitions".to_owned(),
            "/organizations/elements/box/transformations/myFiles".to_owned(),
            ALICE.to_owned(),
        ),
    ] {
        let authorization = authorization.as_str();
        world.get("/myFiles", &header).await.refused(404);
        assert_eq!(world.post(&definitions, authorization, &definition()).await.ok(), definition());
        world.post(&definitions, authorization, &definition()).await.refused(409);
        world.get("/myFiles", &header).await.refused(404);
        assert_eq!(
            world.post(&transformations, authorization, &transformation()).await.ok(),
            transformation()
        );
        world.post(&transformations, authorization, &transformation()).await.refused(409);
        assert_eq!(world.put(&definitions, authorization, &definition()).await.ok(), definition());
        assert_eq!(world.get(&definitions, authorization).await.ok(), definition());
        assert_eq!(world.get(&transformations, authorization).await.ok(), transformation());

        let entries = helium(&world, &header).await;
        let expected = json!({"name": "myFiles", "vendorName": "files", "type": "vdr"});
        assert!(entries.as_array().unwrap().contains(&expected), "{entries}");
        assert_eq!(
            world.get("/myFiles", &header).await.ok(),
            json!([{"id": "2222", "title": "Example.pdf"}])
        );

        assert_eq!(world.delete(&transformations, authorization).await.status, 200);
        assert_eq!(world.delete(&definitions, authorization).await.status, 200);
        assert!(!helium(&world, &header).await.as_array().unwrap().contains(&expected));
        world.delete(&definitions, authorization).await.refused(404);
        world.delete(&transformations, authorization).await.refused(404);
        world.get(&transformations, authorization).await.refused(404);
    }
}

#[tokio::test]
async fn what_an_organization_defined_is_there_at_the_create_and_for_nobody_else() {
    let world = World::start().await;
    world.post("/organizations/objects/myFiles/definitions", ALICE, &definition()).await.ok();
    world.post("/organizations/elements/22/transformations/myFiles", ALICE, &transformation()).await.ok();
    let expected = json!({"name": "myFiles", "vendorName": "files", "type": "vdr"});
    for (caller, code, there) in [(ALICE, "CODE1", true), (BOB, "CODE2", false)] {
        world.box_gives(code, "A", "R").await;
        let mut body = box_body(code);
        body["retrieveObjectsAfterInstantiation"] = json!(true);
        let made = world.make(caller, &body).await;
        assert_eq!(made.json["objects"].as_array().unwrap().contains(&expected), there);
    }
    let all = world.get("/organizations/objects/definitions", ALICE).await.ok();
    assert_eq!(all, json!({"myFiles": definition()}));
    let all = world.get("/organizations/elements/box/transformations", ALICE).await.ok();
    assert_eq!(all, json!({"myFiles": transformation()}));
    assert_eq!(world.delete("/organizations/elements/box/transformations", ALICE).await.status, 200);
    assert_eq!(world.get("/organizations/elements/box/transformations", ALICE).await.ok(), json!({}));
    world
        .post("/organizations/elements/nothing/transformations/x", ALICE, &transformation())
        .await
        .refused(404);
    world
        .post("/organizations/objects/x/definitions", "User a, Organization b", &definition())
        .await
        .refused(401);
}

#[tokio::test]
async fn what_is_defined_nearest_counts() {
    let world = World::start().await;
    let made = world.make_box(ALICE, "1").await;
    let shown = async |title: &str| {
        let files = world.get("/myFiles", &made.with(ALICE)).await.ok();
        assert!(files[0].get(title).is_some(), "{title}: {files}");
    };
    let titled =
        |title: &str| json!({"vendorName": "files", "fields": [{"path": title, "vendorPath": "name"}]});
    for (holder, elements, title) in [
        ("/organizations", "/organizations/elements/box", "ofAll"),
        ("/accounts", "/accounts/elements/box", "ofMine"),
        (made.path().as_str(), made.path().as_str(), "ofThis"),
    ] {
        world.post(&format!("{holder}/objects/myFiles/definitions"), ALICE, &definition()).await.ok();
        world.post(&format!("{elements}/transformations/myFiles"), ALICE, &titled(title)).await.ok();
        shown(title).await;
    }
    assert_eq!(world.get("/accounts/objects/definitions", BOB).await.ok(), json!({}), "another account's");
}

#[tokio::test]
async fn definitions_and_transformations_must_be_some() {
    let world = World::start().await;
    for (path, body, part) in [
        ("objects/x/definitions", json!({}), "fields"),
        ("objects/x/definitions", json!({"fields": "id"}), "fields must be"),
        ("objects/x/definitions", json!({"fields": [{"path": "a"}, {"type": "string"}]}), "fields[1].path"),
        ("objects/x/definitions", json!({"fields": [{"path": "a", "type": 5}]}), "fields[0].type"),
        ("elements/box/transformations/x", json!({"fields": []}), "vendorName"),
        (
            "elements/box/transformations/x",
            json!({"vendorName": "a", "fields": [{"path": "b"}]}),
            "fields[0].vendorPath",
        ),
    ] {
        let refused = world.post(&format!("/organizations/{path}"), ALICE, &body).await;
        assert!(refused.refused(400).message().contains(part), "{}", refused.text);
    }
}

#[tokio::test]
async fn nothing_is_mapped_to_an_object_that_the_vendor_does_not_have() {
    let world = World::start().await;
    let header = world.make_box(ALICE, "1").await.with(ALICE);
    let mut nowhere = transformation();
    nowhere["vendorName"] = json!("Invoice");
    world.post("/instances/objects/mine/definitions", &header, &definition()).await.ok();
    for (path, authorization) in [
        ("/instances/transformations/mine", header.as_str()),
        ("/accounts/elements/box/transformations/mine", ALICE),
        ("/organizations/elements/box/transformations/mine", ALICE),
    ] {
        for method in [Method::POST, Method::PUT] {
            let refused = world.send(method, path, authorization, &nowhere).await;
            assert!(refused.refused(400).message().starts_with("vendorName must be"), "{}", refused.text);
        }
    }
    world.get("/mine", &header).await.refused(404);
}

#[tokio::test]
async fn an_object_of_a_user_hides_the_one_of_the_same_name_and_maps_what_is_sent() {
    let world = World::start().await;
    let header = world.make_store(ALICE).await.with(ALICE);
    let mapping = json!({
        "vendorName": "products",
        "fields": [{"path": "number", "vendorPath": "id"}, {"path": "title.text", "vendorPath": "name"}],
    });
    world.post("/instances/objects/products/definitions", &header, &definition()).await.ok();
    world.post("/instances/transformations/products", &header, &mapping).await.ok();
    let shown = json!({"number": 32, "title": {"text": "[Sample] Tomorrow is today"}});
    assert_eq!(world.get("/products", &header).await.ok(), json!([shown]));
    let entries = helium(&world, &header).await;
    let named: Vec<_> =
        entries.as_array().unwrap().iter().filter(|entry| entry["name"] == "products").collect();
    assert_eq!(named, [&json!({"name": "products", "vendorName": "products", "type": "vdr"})]);

    let made = ResponseTemplate::new(201).set_body_json(json!({"id": 7, "name": "x", "sku": null}));
    Mock::given(matchers::method("POST")).respond_with(made).mount(&world.provider).await;
    let record = json!({"title": {"text": "x"}, "else": 1});
    let answer = world.post("/products", &header, &record).await.ok();
    assert_eq!(answer, json!({"number": 7, "title": {"text": "x"}}));
    assert_eq!(world.bodies_at("/api/v2/products").await.pop().unwrap(), r#"{"name":"x"}"#);
}

#[tokio::test]
async fn a_path_leads_through_few_names_and_none_is_empty() {
    let world = World::start().await;
    let made = world.make_box(ALICE, "1").await;
    let of = |path: &str, vendor_path: &str| json!({"vendorName": "files", "fields": [{"path": path, "vendorPath": vendor_path}]});
    let (deep, deepest) = (vec!["a"; 2000].join("."), vec!["a"; 32].join("."));
    let transformations = format!("{}/transformations/deep", made.path());
    let definitions = format!("{}/objects/deep/definitions", made.path());
    for odd in [deep.as_str(), "a..b", ".a", "a.", &format!("{deepest}.a")] {
        for method in [Method::POST, Method::PUT] {
            for body in [of(odd, "name"), of("name", odd)] {
                let refused = world.send(method.clone(), &transformations, ALICE, &body).await;
                assert!(refused.refused(400).message().contains("at most 32 names"), "{}", refused.text);
            }
            let refused = world.send(method, &definitions, ALICE, &of(odd, "name")).await;
            assert!(refused.refused(400).message().starts_with("fields[0].path must be"), "{}", refused.text);
        }
    }
    world.post(&definitions, ALICE, &of(&deepest, "name")).await.ok();
    world.post(&transformations, ALICE, &of(&deepest, "name")).await.ok();
    let files = world.get("/deep", &made.with(ALICE)).await.ok();
    let name = (0..32).fold(&files[0], |record, _| &record["a"]);
    assert_eq!(name, "Example.pdf");
    world.get(&format!("{}/docs", made.path()), ALICE).await.ok();
}

/// Makes a Salesforce instance, whose queries are answered with `records`.
async fn make_sfdc(world: &World, records: Value) -> Made {
    let tokens = json!({
        "access_token": "ACCESS", "refresh_token": "REFRESH", "instance_url": world.provider.uri(),
        "token_type": "Bearer",
    });
    Mock::given(matchers::path("/services/oauth2/token"))
        .respond_with(ResponseTemplate::new(200).set_body_json(tokens))
        .mount(&world.provider)
        .await;
    Mock::given(matchers::path("/services/data/v60.0/query"))
        .respond_with(ResponseTemplate::new(200).set_body_json(json!({"records": records})))
        .mount(&world.provider)
        .await;
    let mut body = box_body("CODE");
    body["element"]["key"] = json!("sfdc");
    world.make(ALICE, &body).await
}

#[tokio::test]
async fn salesforce_is_asked_for_every_field_that_is_mapped_and_for_nothing_else() {
    let world = World::start().await;
    let record = json!({"Id": "001", "Name": "Acme", "Phone": "1", "Owner": {"Name": "Ada"}});
    let made = make_sfdc(&world, json!([record])).await;
    let header = made.with(ALICE);
    let mapping = json!({
        "vendorName": "Account",
        "fields": [
            {"path": "key", "vendorPath": "Id"}, {"path": "phone", "vendorPath": "Phone"},
            {"path": "owner", "vendorPath": "Owner.Name"},
            {"path": "odd", "vendorPath": "Id FROM User WHERE Name != ''"},
        ],
    });
    world.post("/instances/objects/mine/definitions", &header, &definition()).await.ok();
    world.post("/instances/transformations/mine", &header, &mapping).await.ok();
    let mapped = json!([{"key": "001", "phone": "1", "owner": "Ada"}]);
    assert_eq!(world.get("/mine", &header).await.ok(), mapped);
    let asked = world.requests_at("/services/data/v60.0/query").await.pop().unwrap();
    let (_, query) = asked.url.query_pairs().find(|(name, _)| name == "q").unwrap();
    assert_eq!(query, "SELECT Id,Name,Phone,Owner.Name FROM Account LIMIT 100 OFFSET 0");
    world.get("/accounts", &header).await.ok();
    world.get("/Account", &header).await.ok();
    for (asked, rest) in
        world.requests_at("/services/data/v60.0/query").await[1..].iter().zip([" LIMIT 100 OFFSET 0", ""])
    {
        let (_, query) = asked.url.query_pairs().find(|(name, _)| name == "q").unwrap();
        assert_eq!(query, format!("SELECT Id,Name FROM Account{rest}"));
    }
    let fields = world.get("/objects/mine/metadata", &header).await.ok();
    assert_eq!(fields["fields"][1]["vendorPath"], "Phone");

    let created =
        ResponseTemplate::new(201).set_body_json(json!({"id": "002", "success": true, "errors": []}));
    Mock::given(matchers::method("POST"))
        .and(matchers::path("/services/data/v60.0/sobjects/Account"))
        .respond_with(created)
        .mount(&world.provider)
        .await;
    assert_eq!(world.post("/mine", &header, &json!({"phone": "2"})).await.ok(), json!({"key": "002"}));
    let plain = world.post("/accounts", &header, &json!({"Name": "x"})).await.ok();
    assert_eq!(plain, json!({"id": "002", "success": true, "errors": []}), "as the vendor answers");
}

/// 7, row 49
#[tokio::test]
async fn a_limit_that_salesforce_calls_forbidden_is_a_limit() {
    let world = World::start().await;
    let header = make_sfdc(&world, json!([])).await.with(ALICE);
    for (code, status) in [("REQUEST_LIMIT_EXCEEDED", 429), ("API_DISABLED_FOR_ORG", 403)] {
        let refusal = json!([{"message": "TotalRequests Limit exceeded.", "errorCode": code}]);
        Mock::given(matchers::path("/services/data/v60.0/query"))
            .respond_with(ResponseTemplate::new(403).set_body_json(refusal))
            .with_priority(1)
            .up_to_n_times(1)
            .mount(&world.provider)
            .await;
        let refused = world.get("/accounts", &header).await;
        assert!(refused.refused_by_provider(status).provider_message().contains(code));
    }
}
