//! 8.2: making instances.

use rehearsal::Vendor;
use serde_json::{Value, json};
use wiremock::{Mock, ResponseTemplate, matchers};

use crate::support::{ALICE, NOW, World, box_body, store_body};

/// INST-105, INST-126, INST-127, INST-128
#[tokio::test]
async fn an_oauth_create_exchanges_the_code_once_and_answers_the_instance() {
    let world = World::start().await;
    let made = world.make_box(ALICE, "1").await;

    let json = &made.json;
    assert!(made.token.len() >= 22, "{}", made.token);
    assert_eq!(json["name"], "API Instance");
    assert_eq!(json["createdDate"], "2018-02-20T01:48:04Z");
    assert_eq!(json["tags"], json!(["Docs"]));
    assert_eq!(json["provisionInteractions"], json!([]));
    for (member, value) in [
        ("valid", json!(true)),
        ("disabled", json!(false)),
        ("eventsEnabled", json!(false)),
        ("traceLoggingEnabled", json!(false)),
        ("cachingEnabled", json!(false)),
        ("maxCacheSize", json!(0)),
        ("cacheTimeToLive", json!(0)),
        ("externalAuthentication", json!("none")),
        ("elementId", json!(22)),
    ] {
        assert_eq!(json[member], value, "{member}");
    }
    assert!(json.get("objects").is_none() && json.get("providerData").is_none());
    let configuration = json["configuration"].as_object().unwrap();
    assert!(configuration.values().all(|value| value.is_string() || value.is_null()));
    assert_eq!(configuration["oauth.user.token"], "ACCESS1");
    assert_eq!(configuration["oauth.user.refresh_token"], "REFRESH1");
    assert_eq!(configuration["oauth.user.refresh_time"], NOW.to_string());
    assert_eq!(configuration["oauth.user.refresh_interval"], "3600");
    let user = &json["user"];
    assert!(user["id"].is_u64() && user["emailAddress"].is_string());
    assert!(user["firstName"].is_string() && user["lastName"].is_string());

    let exchanges = world.bodies_at("/oauth2/token").await;
    assert_eq!(
        exchanges,
        ["grant_type=authorization_code&code=CODE1&client_id=client-id&client_secret=client-secret\
          &redirect_uri=https%3A%2F%2Fhttpbin.org%2Fget%3Fa%3Db%26c%3Dd"]
    );
}

#[tokio::test]
async fn element_has_every_member_the_seed_shows() {
    let world = World::start().await;
    Mock::given(matchers::path("/puboauth/token"))
        .respond_with(ResponseTemplate::new(200).set_body_json(
            json!({"access_token": "68zc9e3xv954u6k3cbwg7r2t", "token_type": "bearer", "expires_in": -1}),
        ))
        .mount(&world.provider)
        .await;
    let body = json!({
        "element": { "key": "egnyte" },
        "providerData": { "code": "xoz8AFqScK2ngM04kSSM" },
        "configuration": {
            "oauth.callback.url": "https://example.test/back", "oauth.api.key": "key",
            "oauth.api.secret": "apisecret", "subdomain": "cloudelements",
        },
        "name": "API Instance",
    });
    let made = world.make(ALICE, &body).await;
    let element = &made.json["element"];
    assert_eq!((&element["id"], &made.json["elementId"]), (&json!(6698), &json!(4016)));
    let expected = json!({
        "name": "Egnyte", "key": "egnyte", "image": "elements/provider_egnyte.png", "active": true,
        "deleted": false, "typeOauth": false, "trialAccount": false, "resources": [],
        "transformationsEnabled": false, "bulkDownloadEnabled": false, "bulkUploadEnabled": false,
        "cloneable": true, "extendable": false, "beta": false, "authentication": {"type": "oauth2"},
        "extended": true, "hub": "documents", "protocolType": "http", "parameters": [],
    });
    for (member, value) in expected.as_object().unwrap() {
        assert_eq!(&element[member], value, "{member}");
    }
    assert!(element["description"].is_string() && element.get("configuration").is_none());
    assert_eq!(made.json["tags"], json!(["API Instance"]), "without tags, the name is the tag");
    assert_eq!(made.json["configuration"]["oauth.user.refresh_interval"], Value::Null, "-1 means endless");
    assert_eq!(made.json["configuration"]["subdomain"], "cloudelements");
}

#[tokio::test]
async fn a_basic_create_keeps_the_credentials_and_calls_with_them() {
    let world = World::start().await;
    let made = world.make_store(ALICE).await;
    assert_eq!(made.json["element"]["authentication"]["type"], "basic");
    assert_eq!(made.json["element"]["hub"], "ecommerce");
    assert_eq!(world.requests_at("/api/v2/time").await.len(), 1, "the credentials are tried once");
    let products = world.get("/products", &made.with(ALICE)).await.ok();
    assert_eq!(products, json!([{"id": 32, "name": "[Sample] Tomorrow is today"}]));
}

#[tokio::test]
async fn a_store_that_refuses_refuses_the_create_and_one_that_is_ill_does_not() {
    let world = World::start().await;
    world.store_refuses().await;
    let refused = world.post("/instances", ALICE, &store_body(&world.provider.uri())).await;
    refused.refused_by_provider(401);
    assert_eq!(refused.provider_message(), "status - 401, message - The supplied credentials are invalid.");
    world.get("/instances", ALICE).await.refused(404);

    world.provider.reset().await;
    Mock::given(matchers::any()).respond_with(ResponseTemplate::new(503)).mount(&world.provider).await;
    world.make(ALICE, &store_body(&world.provider.uri())).await;
}

#[tokio::test]
async fn provider_data_means_nothing_to_a_basic_connector() {
    let world = World::start().await;
    world.store_accepts("storeuser", "storepassword").await;
    let mut body = store_body(&world.provider.uri());
    body["providerData"] = json!({"code": 5});
    world.make(ALICE, &body).await;
}

#[tokio::test]
async fn the_connector_can_stand_in_the_path() {
    let world = World::start().await;
    for (number, path) in ["/elements/22/instances", "/elements/box/instances"].into_iter().enumerate() {
        let code = format!("CODE{number}");
        world.box_gives(&code, "A", "R").await;
        let mut body = box_body(&code);
        if number == 0 {
            body.as_object_mut().unwrap().remove("element");
        }
        let made = world.post(path, ALICE, &body).await.ok();
        assert_eq!(made["element"]["key"], "box", "{path}");
    }
}

#[tokio::test]
async fn what_is_missing_is_named_all_at_once() {
    let world = World::start().await;
    let body = json!({"element": {"key": "egnyte"}, "name": "n", "configuration": {"oauth.api.key": "k"}});
    let message = world.post("/instances", ALICE, &body).await.refused(400).message();
    for key in ["subdomain", "oauth.api.secret", "oauth.callback.url", "providerData.code"] {
        assert!(message.contains(key), "{message}");
    }
    assert!(!message.contains("oauth.api.key"), "{message}");
    assert_eq!(world.requests().await, 0);
}

#[tokio::test]
async fn bodies_that_are_wrong_are_refused_by_name() {
    let world = World::start().await;
    let with = |pointer: &str, value: Value| {
        let mut body = box_body("C");
        *body.pointer_mut(pointer).unwrap() = value;
        body
    };
    for (body, part) in [
        (json!({"name": "n", "configuration": {}}), "element.key"),
        (with("/element", json!({"key": ""})), "element.key"),
        (with("/element", json!("box")), "element must be"),
        (with("/element/key", json!(["box"])), "element.key"),
        (with("/configuration", json!([])), "configuration must be"),
        (with("/configuration/oauth.api.key", json!({"a": 1})), "configuration.oauth.api.key must be"),
        (with("/configuration/oauth.api.secret", json!("********")), "oauth.api.secret"),
        (with("/tags", json!("Docs")), "tags must be"),
        (with("/name", json!("")), "name must be"),
        (with("/name", json!(null)), "name"),
        (with("/providerData", json!("code")), "providerData must be"),
        (with("/providerData/code", json!(5)), "providerData.code must be"),
        (with("/providerData/code", json!("")), "providerData.code"),
    ] {
        let message = world.post("/instances", ALICE, &body).await.refused(400).message();
        assert!(message.contains(part), "{message}");
    }
    let unknown = world.post("/instances", ALICE, &with("/element/key", json!("nothing"))).await;
    assert_eq!(unknown.refused(404).message(), "No element found with key nothing");
    assert_eq!(world.requests().await, 0);
}

#[tokio::test]
async fn a_refused_code_leaves_nothing() {
    let world = World::start().await;
    world.box_gives("CODE1", "ACCESS1", "REFRESH1").await;
    world.box_refuses_grants().await;
    let made = world.make(ALICE, &box_body("CODE1")).await;
    let refused = world.post("/instances", ALICE, &box_body("CODE1")).await;
    refused.refused_by_provider(401);
    assert_eq!(
        refused.provider_message(),
        "error - invalid_grant, error_description - Auth code doesn't exist or is invalid for the client"
    );
    let list = world.get("/instances", ALICE).await.ok();
    assert_eq!(list.as_array().unwrap().len(), 1);
    assert_eq!(list[0]["id"], made.id);
}

/// INST-140, INST-143
#[tokio::test]
async fn scalars_become_strings_and_unknown_keys_stay() {
    let world = World::start().await;
    world.box_gives("CODE1", "A", "R").await;
    let mut body = box_body("CODE1");
    body["configuration"]["event.notification.enabled"] = json!(true);
    body["configuration"]["made.up"] = json!(5);
    let configuration = &world.make(ALICE, &body).await.json["configuration"];
    assert_eq!(configuration["event.notification.enabled"], "true");
    assert_eq!(configuration["made.up"], "5");
    assert_eq!(configuration["filter.response.nulls"], "true");
}

/// INST-145
#[tokio::test]
async fn tokens_can_be_handed_over_instead_of_a_code() {
    let world = World::start().await;
    world.box_refreshes("GIVEN", "ACCESS", "ROTATED").await;
    world.box_refuses_grants().await;
    let mut body = json!({
        "element": {"key": "box"}, "name": "n", "externalAuthentication": "initial",
        "configuration": {
            "oauth.user.refresh_token": "GIVEN", "oauth.api.key": "id", "oauth.api.secret": "longsecret",
        },
    });
    let made = world.make(ALICE, &body).await;
    assert_eq!(made.json["externalAuthentication"], "initial");
    assert_eq!(made.json["configuration"]["oauth.user.token"], "ACCESS");
    assert_eq!(made.json["configuration"]["oauth.user.refresh_token"], "ROTATED");

    world.post("/instances", ALICE, &body).await.refused_by_provider(401);
    body["configuration"]["oauth.user.refresh_token"] = Value::Null;
    let refused = world.post("/instances", ALICE, &body).await;
    assert!(refused.refused(400).message().contains("oauth.user.refresh_token"));
    body["externalAuthentication"] = json!("later");
    assert!(
        world
            .post("/instances", ALICE, &body)
            .await
            .refused(400)
            .message()
            .contains("externalAuthentication")
    );
}

#[tokio::test]
async fn adobe_sign_is_found_where_its_access_point_says() {
    let world = World::start().await;
    Mock::given(matchers::path("/oauth/token"))
        .respond_with(ResponseTemplate::new(200).set_body_json(json!({
            "access_token": "3AAABLblqZhA", "refresh_token": "3AAABLblqZhR*", "token_type": "Bearer", "expires_in": 3600
        })))
        .mount(&world.provider)
        .await;
    let points = json!({
        "api_access_point": "https://api.na1.echosign.com/",
        "web_access_point": "https://secure.na1.echosign.com/",
    });
    for (path, body) in [
        ("base_uris", points),
        ("agreements", json!({"userAgreementList": [{"agreementId": "1", "url": null}]})),
        ("widgets", json!({"userWidgetList": []})),
    ] {
        Mock::given(matchers::path(format!("/api/rest/v5/{path}")))
            .and(matchers::header("Access-Token", "3AAABLblqZhA"))
            .respond_with(ResponseTemplate::new(200).set_body_json(body))
            .mount(&world.provider)
            .await;
    }
    let mut body = box_body("CODE");
    body["element"]["key"] = json!("adobe-esign");
    let made = world.make(ALICE, &body).await;
    let configuration = &made.json["configuration"];
    assert_eq!(configuration["api.domain"], "https://api.na1.echosign.com/");
    assert_eq!(configuration["base.url"], "{api.domain}/api/rest/v5");
    assert_eq!(configuration["oauth.user.refresh_interval"], "3600");
    let header = made.with(ALICE);
    assert_eq!(world.get("/agreements", &header).await.ok(), json!([{"agreementId": "1"}]));
    assert_eq!(world.get("/widgets", &header).await.ok(), json!({"userWidgetList": []}));
    let calls = world.requests_at("/api/rest/v5/agreements").await;
    assert_eq!(
        calls[0].headers["host"], "api.na1.echosign.com",
        "the vendor's host, at the configured address"
    );
}

#[tokio::test]
async fn salesforce_is_called_where_its_token_answer_says() {
    let world = World::start().await;
    Mock::given(matchers::path("/services/oauth2/token"))
        .respond_with(ResponseTemplate::new(200).set_body_json(json!({
            "access_token": "00Dx!AQ", "refresh_token": "5Aep861", "scope": "refresh_token api",
            "instance_url": "https://na1.salesforce.com", "id": "x", "token_type": "Bearer", "issued_at": "1278448832702",
        })))
        .mount(&world.provider)
        .await;
    Mock::given(matchers::path("/services/data/v60.0/query"))
        .and(matchers::query_param_contains("q", "SELECT Id,Name FROM Account"))
        .and(matchers::header("authorization", "Bearer 00Dx!AQ"))
        .and(matchers::header("host", "na1.salesforce.com"))
        .respond_with(ResponseTemplate::new(200).set_body_json(json!({
            "totalSize": 1, "done": true, "records": [{"Id": "001", "Name": null}],
        })))
        .mount(&world.provider)
        .await;
    let mut body = box_body("CODE");
    body["element"]["key"] = json!("sfdc");
    let made = world.make(ALICE, &body).await;
    assert_eq!(made.json["configuration"]["base.url"], "https://na1.salesforce.com");
    assert_eq!(made.json["configuration"]["oauth.user.refresh_interval"], "3600", "there is no expires_in");
    let header = made.with(ALICE);
    assert_eq!(world.get("/accounts", &header).await.ok(), json!([{"Id": "001"}]));
    assert_eq!(world.get("/Account", &header).await.ok()["records"], json!([{"Id": "001", "Name": null}]));
}

#[tokio::test]
async fn a_vendor_without_a_base_url_is_said_to_be_missing() {
    let service = rehearsal::instances::Service::new(rehearsal::instances::Settings::new(
        [(Vendor::Egnyte, "http://127.0.0.1:1".parse().unwrap())].into(),
        vec![rehearsal::instances::Caller::new("u", "o")],
    ))
    .unwrap();
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let url = format!("http://{}/elements/api-v2/instances", listener.local_addr().unwrap());
    tokio::spawn(rehearsal::instances::serve(listener, service, std::future::pending()));
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let request = client.post(url).header("authorization", "User u, Organization o").json(&box_body("C"));
    let refused = crate::support::answer(request).await;
    assert!(refused.refused(400).message().contains("No provider is configured for the element box"));
}

#[tokio::test]
async fn an_instance_says_whether_it_notifies_and_whom() {
    let world = World::start().await;
    world.box_gives("CODE1", "A", "R").await;
    let mut body = box_body("CODE1");
    body["configuration"]["event.notification.enabled"] = json!(true);
    body["configuration"]["event.notification.callback.url"] = json!("https://example.test/events");
    let made = world.make(ALICE, &body).await;
    assert_eq!(made.json["eventsEnabled"], true);
    assert_eq!(made.json["eventsNotificationCallbackUrl"], "https://example.test/events");
    let quiet = world.make_box(ALICE, "2").await;
    assert_eq!(quiet.json["eventsEnabled"], false);
    assert!(quiet.json.get("eventsNotificationCallbackUrl").is_none());
}

#[tokio::test]
async fn a_code_that_is_null_is_missing() {
    let world = World::start().await;
    let mut body = box_body("CODE1");
    body["providerData"]["code"] = json!(null);
    let refused = world.post("/instances", ALICE, &body).await;
    assert_eq!(refused.refused(400).message(), "Missing: providerData.code");
    let made = world.make_box(ALICE, "1").await;
    for code in [json!(null), json!("")] {
        let refused = world.patch(&made.path(), ALICE, &json!({"providerData": {"code": code}})).await;
        assert_eq!(refused.refused(400).message(), "Missing: providerData.code");
    }
}
