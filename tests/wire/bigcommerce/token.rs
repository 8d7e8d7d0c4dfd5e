//! `POST /oauth2/token`.

use http::Method;
use insta::assert_snapshot;
use rehearsal::Vendor;
use serde_json::{Value, json};

use super::{access_token, exchange, exchange_body, get, post_json, scene, verdict};
use crate::scene::{Scene, member, wire};

#[test]
fn a_code_is_good_once() {
    let scene = scene();
    let code = scene.code();
    assert!(matches!(code.len(), 30 | 31), "{code}");
    let issued = exchange(&scene, &code);
    assert_snapshot!("token_by_code", wire(&issued));
    let body: Value = serde_json::from_slice(issued.body()).unwrap();
    let names: Vec<_> = body.as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(
        names,
        ["access_token", "scope", "user", "owner", "context", "account_uuid"],
        "BC-022, BC-024"
    );
    assert!(
        body["user"]["id"].is_u64() && body["owner"]["id"].is_u64() && body["scope"].is_string(),
        "BC-025"
    );
    let reused = exchange(&scene, &code);
    assert_snapshot!("token_code_reused", wire(&reused));
    assert_eq!((reused.status().as_u16(), &*member(&reused, "error")), (400, "invalid_grant"), "BC-027");
    assert!(verdict(&reused).contains("redeemed at 2026-03-01T12:00:00Z"), "{}", verdict(&reused));
    let token = member(&issued, "access_token");
    assert_eq!(get(&scene, "/v2/time", &token).status(), 200, "BC-027: the token lives on");
}

#[test]
fn a_form_is_as_good_as_json() {
    let scene = scene();
    let body = exchange_body(&scene, &scene.code());
    let pairs: Vec<_> =
        body.as_object().unwrap().iter().map(|(n, v)| (n.as_str(), v.as_str().unwrap())).collect();
    assert_eq!(scene.post("/oauth2/token", &pairs).status(), 200, "BC-023");
}

#[test]
fn a_code_expires() {
    let scene = scene();
    let (in_time, late) = (scene.code(), scene.code());
    scene.advance(599);
    assert_eq!(exchange(&scene, &in_time).status(), 200);
    scene.advance(1);
    let refused = exchange(&scene, &late);
    assert_eq!(member(&refused, "error"), "invalid_grant");
    assert!(verdict(&refused).contains("expired"), "{}", verdict(&refused));
}

/// The exchange with some members changed, or left out where they are null.
fn changed(scene: &Scene, changes: &Value) -> Value {
    let mut body = exchange_body(scene, "unknown");
    let members = body.as_object_mut().expect("a body is an object");
    for (name, value) in changes.as_object().expect("changes are an object") {
        if value.is_null() {
            members.shift_remove(name);
        } else {
            members[name] = value.clone();
        }
    }
    body
}

#[test]
fn what_is_missing_is_named_in_the_order_of_the_checks() {
    let scene = scene();
    let missing = |changes: Value| {
        let reply = post_json(&scene, &changed(&scene, &changes));
        let name = member(&reply, "error_description").split(' ').next_back().unwrap_or_default().to_owned();
        assert_snapshot!(format!("token_no_{name}"), wire(&reply));
        assert_eq!((reply.status().as_u16(), member(&reply, "error").as_str()), (400, "invalid_request"));
        assert_eq!(reply.headers()["cache-control"], "no-store", "BC-036");
        member(&reply, "error_description")
    };
    let all = json!({ "client_id": null, "client_secret": null, "grant_type": null });
    assert_eq!(missing(all), "Missing required parameter grant_type", "BC-032: the last one is named");
    let two = json!({ "client_id": null, "client_secret": null });
    assert_eq!(missing(two), "Missing required parameter client_secret", "BC-032");
    assert_eq!(missing(json!({ "client_id": null })), "Missing required parameter client_id", "BC-032");
    let code_and_uri = json!({ "code": null, "redirect_uri": null });
    assert_eq!(missing(code_and_uri), "Missing required parameter redirect_uri", "BC-032");
    assert_snapshot!("token_no_code", wire(&post_json(&scene, &changed(&scene, &json!({ "code": null })))));
}

#[test]
fn each_refusal_says_its_reason() {
    let scene = scene();
    let code = scene.code();
    let post = |changes: Value| post_json(&scene, &changed(&scene, &changes));
    let error = |error: &str, text: &str| format!(r#"{{"error":"{error}","error_description":"{text}"}}"#);
    let refused = post(json!({ "client_id": "nobody" }));
    assert_snapshot!("token_unknown_client", wire(&refused));
    assert_eq!(refused.text(), error("invalid_client", "Unknown client ID nobody"), "BC-029");
    let refused = post(json!({ "client_secret": "wrong" }));
    assert_snapshot!("token_wrong_secret", wire(&refused));
    let bytes = error("invalid_client", "Parameter client_secret does not match");
    assert_eq!((refused.status().as_u16(), &*refused.text()), (400, &*bytes), "BC-030");
    for grant_type in ["refresh_token", "client_credentials", "magic"] {
        // BC-031: it wins over a wrong client.
        let reply = post(json!({ "grant_type": grant_type, "client_id": "nobody" }));
        assert_eq!(member(&reply, "error"), "unsupported_grant_type");
        assert_eq!(
            member(&reply, "error_description"),
            format!("The grant type {grant_type} is not recognized"),
            "BC-031"
        );
    }
    assert_snapshot!("token_unsupported_grant_type", wire(&post(json!({ "grant_type": "magic" }))));
    let elsewhere = json!({ "redirect_uri": "https://www.client.example/callback", "code": null });
    let refused = post(elsewhere);
    assert_snapshot!("token_redirect_mismatch", wire(&refused));
    let bytes = error("redirect_uri_mismatch", "Parameter redirect_uri does not match registered URI");
    assert_eq!(refused.text(), bytes, "BC-028: www; and it wins over a missing code");
    let one_more = format!("{}/", scene.demo.redirect_uri);
    assert_eq!(post(json!({ "redirect_uri": one_more })).text(), bytes, "BC-028: one character");
    assert_snapshot!("token_unknown_code", wire(&post(json!({}))));
    let wider = json!({ "code": code, "scope": "store_v2_orders store_v2_marketing" });
    let refused = post(wider);
    assert_snapshot!("token_wider_scope", wire(&refused));
    let bytes = error("invalid_scope", "The request scope was never granted by the user");
    assert_eq!((refused.status().as_u16(), &*refused.text()), (400, &*bytes), "BC-034");
    assert_eq!(exchange(&scene, &code).status(), 200, "a refused exchange spends nothing");
}

#[test]
fn another_apps_code_is_unknown() {
    let scene = scene();
    let vendor = Vendor::BigCommerce;
    let other = scene.tenant.register_app(vendor, scene.tenant.new_app(vendor)).unwrap();
    let secret = other.client_secret.expose();
    let body = json!({ "client_id": &*other.client_id, "client_secret": secret, "code": scene.code() });
    let refused = post_json(&scene, &changed(&scene, &body));
    assert_eq!(member(&refused, "error_description"), "The access grant you supplied is invalid");
    assert!(verdict(&refused).contains("another app"), "{}", verdict(&refused));
}

#[test]
fn the_way_a_request_is_made_is_checked_first() {
    let scene = scene();
    let accept = "Accept: application/json";
    let in_uri = scene.post_with("/oauth2/token?client_secret=x", &[accept], &[]);
    assert_snapshot!("token_secret_in_uri", wire(&in_uri));
    let basic =
        scene.post_with("/oauth2/token", &[accept, "Authorization: Basic eDp5"], &[("client_id", "y")]);
    assert_snapshot!("token_basic_differs", wire(&basic));
    let by_get = scene.get("/oauth2/token?grant_type=authorization_code", &[accept]);
    assert_snapshot!("token_by_get", wire(&by_get));
    let wants_xml = scene.post_with("/oauth2/token", &["Accept: application/xml, text/html"], &[]);
    assert_snapshot!("token_not_acceptable", wire(&wants_xml));
    assert_eq!(
        (wants_xml.status().as_u16(), &*wants_xml.text()),
        (406, r#"{"error":"Invalid format."}"#),
        "BC-033"
    );
    assert_snapshot!("token_missing_without_accept", wire(&scene.post("/oauth2/token", &[])));
    let any = scene.post_with("/oauth2/token", &["Accept: */*"], &[]);
    assert_eq!(member(&any, "error_description"), "Missing required parameter grant_type");
}

#[test]
fn without_its_context_a_token_is_good_for_nothing() {
    let scene = scene();
    for context in [json!("${connectionConfig.context}"), json!(null)] {
        let issued =
            post_json(&scene, &changed(&scene, &json!({ "code": scene.code(), "context": context })));
        let body: Value = serde_json::from_slice(issued.body()).unwrap();
        assert_eq!((issued.status().as_u16(), &body["scope"]), (200, &Value::Null), "BC-035");
        let refused = get(&scene, "/v2/store", &member(&issued, "access_token"));
        assert_eq!(refused.status(), 403, "BC-035");
        assert!(verdict(&refused).contains("bound to no store"), "{}", verdict(&refused));
    }
    let body = changed(&scene, &json!({ "code": scene.code(), "context": null }));
    assert_snapshot!("token_without_context", wire(&post_json(&scene, &body)));
}

#[test]
fn a_new_token_for_the_same_app_and_store_kills_the_former() {
    let scene = scene();
    let first = access_token(&scene);
    scene.advance(10);
    let code = scene.code();
    assert_eq!(get(&scene, "/v2/time", &first).status(), 200, "a code alone kills nothing");
    let second = member(&exchange(&scene, &code), "access_token");
    let refused = get(&scene, "/v2/time", &first);
    assert_eq!(refused.status(), 401, "BC-037");
    assert!(
        verdict(&refused).contains("superseded by a newer grant at 2026-03-01T12:00:10Z"),
        "{}",
        verdict(&refused)
    );
    assert_eq!(get(&scene, "/v2/time", &second).status(), 200);
}

#[test]
fn a_token_outlives_the_legacy_account_of_its_merchant() {
    let scene = scene();
    let token = access_token(&scene);
    scene.tenant.change_password(Vendor::BigCommerce, &scene.demo.login).unwrap();
    assert_eq!(get(&scene, "/v2/time", &token).status(), 200);
    scene.tenant.deactivate_user(Vendor::BigCommerce, &scene.demo.login).unwrap();
    assert_eq!(get(&scene, "/v2/time", &token).status(), 200, "BC-039: it belongs to the store");
}

#[test]
fn there_is_neither_refresh_nor_revocation() {
    let scene = scene();
    for path in ["/oauth2/revoke", "/oauth2/introspect", "/.well-known/openid-configuration"] {
        let reply = scene.send(Method::POST, path, &[], "");
        assert_eq!((reply.status().as_u16(), &*reply.text()), (404, "The route is not found, check the URL"));
    }
}
