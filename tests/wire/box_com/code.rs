//! The token endpoint: its checks, and the exchange of a code.

use http::Method;
use insta::assert_snapshot;
use rehearsal::{
    Vendor,
    oauth::Flow,
    providers::box_com::{CodeReplay, Switches},
};

use super::{Client, call, exchange, get, json, pair, refresh, scene, switched, token};
use crate::scene::{member, wire};

const GRANTS: [&str; 5] = [
    "authorization_code",
    "refresh_token",
    "client_credentials",
    "urn:ietf:params:oauth:grant-type:jwt-bearer",
    "urn:ietf:params:oauth:grant-type:token-exchange",
];

fn is_alphanumeric(text: &str, length: usize) -> bool {
    text.len() == length && text.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

#[test]
fn a_code_is_good_once_and_for_thirty_seconds() {
    let scene = scene();
    let code = scene.code();
    assert!(is_alphanumeric(&code, 32), "BOX-015: {code}");
    let issued = exchange(&scene, &code);
    assert_snapshot!("token_by_code", wire(&issued));
    assert_eq!(issued.headers()["content-type"], "application/json", "BOX-002");
    let keys: Vec<String> = json(&issued).as_object().unwrap().keys().cloned().collect();
    let expected = ["access_token", "expires_in", "restricted_to", "token_type", "refresh_token"];
    assert_eq!(keys, expected, "BOX-020");
    assert_eq!(json(&issued)["token_type"], "bearer", "BOX-021");
    assert_eq!(json(&issued)["restricted_to"], serde_json::json!([]), "BOX-021");
    assert!(is_alphanumeric(&member(&issued, "access_token"), 32), "BOX-023");
    assert!(is_alphanumeric(&member(&issued, "refresh_token"), 64), "BOX-023");
    assert_eq!(issued.headers()["cache-control"], "no-store", "BOX-043");
    assert_eq!(issued.headers()["date"], "Sun, 01 Mar 2026 12:00:00 GMT", "BOX-043: by the tenant's clock");

    let again = exchange(&scene, &code);
    assert_snapshot!("token_code_reused", wire(&again));
    let unknown = "Auth code doesn't exist or is invalid for the client";
    assert_eq!(member(&again, "error_description"), unknown, "BOX-017");
    assert_eq!(call(&scene, &member(&issued, "access_token")).status(), 200, "BOX-019: its tokens live on");
    let (in_time, late) = (scene.code(), scene.code());
    scene.advance(29);
    assert_eq!(exchange(&scene, &in_time).status(), 200, "BOX-016");
    scene.advance(1);
    let late = exchange(&scene, &late);
    assert_snapshot!("token_code_expired", wire(&late));
    assert_eq!(member(&late, "error_description"), "The authorization code has expired", "BOX-016");
}

#[test]
fn by_switch_a_code_used_again_takes_its_tokens_along() {
    let scene = switched(|switches| switches.code_replay = CodeReplay::Revokes);
    let code = scene.code();
    let issued = exchange(&scene, &code);
    assert_eq!(exchange(&scene, &code).status(), 400);
    assert_eq!(call(&scene, &member(&issued, "access_token")).status(), 401, "BOX-019");
    assert_eq!(refresh(&scene, &member(&issued, "refresh_token")).status(), 400, "BOX-019");
    scene.tenant.set_switches(&Switches::default());
    let code = scene.code();
    let issued = exchange(&scene, &code);
    assert_eq!(exchange(&scene, &code).status(), 400);
    assert_eq!(call(&scene, &member(&issued, "access_token")).status(), 200, "BOX-019: switched back");
}

#[test]
fn what_clients_send_along_has_no_effect() {
    let scene = scene();
    let (code, callback) = (scene.code(), scene.demo.redirect_uri.clone());
    let form = [
        ("grant_type", "authorization_code"),
        ("code", code.as_str()),
        ("redirect_uri", callback.as_str()),
        ("box_device_id", "0"),
        ("box_device_name", "mine"),
    ];
    assert_eq!(token(&scene, &form).status(), 200, "BOX-007");
}

#[test]
fn five_grants_are_known_and_no_other() {
    let scene = scene();
    let unknown = "Invalid grant_type parameter or parameter missing";
    let description = |grant_type: &str| {
        let refused = token(&scene, &[("grant_type", grant_type)]);
        assert_eq!(refused.status(), 400, "BOX-036: {grant_type}");
        member(&refused, "error_description")
    };
    for grant_type in GRANTS {
        assert_ne!(description(grant_type), unknown, "BOX-006: {grant_type}");
    }
    for grant_type in
        ["password", "device_code", "urn:ietf:params:oauth:grant-type:device_code", "Refresh_Token", ""]
    {
        assert_eq!(description(grant_type), unknown, "BOX-006, BOX-036: {grant_type}");
    }
}

#[test]
fn the_token_endpoint_refuses_in_the_order_of_its_checks() {
    let scene = scene();
    let (id, secret) = (scene.demo.client_id.as_str(), scene.demo.client_secret.expose());
    let post = |form: &[(&str, &str)]| scene.post("/oauth2/token", form);
    let no_grant_type = post(&[("client_id", "x")]);
    assert_snapshot!("token_no_grant_type", wire(&no_grant_type));
    assert_eq!(member(&no_grant_type, "error"), "invalid_request", "BOX-036, BOX-041: the grant type first");
    let no_client = post(&[("grant_type", "refresh_token")]);
    assert_snapshot!("token_no_client", wire(&no_client));
    let no_id = "Client id was not found in the headers or body";
    assert_eq!(member(&no_client, "error_description"), no_id, "BOX-041: then the client");
    let wrong = post(&[("grant_type", "client_credentials"), ("client_id", id), ("client_secret", "wrong")]);
    assert_snapshot!("token_wrong_secret", wire(&wrong));
    assert_eq!(wrong.status(), 400, "BOX-037: not 401");
    assert_eq!(member(&wrong, "error"), "invalid_client", "BOX-037, BOX-041: before the grant is looked at");
    let basic =
        scene.post_with("/oauth2/token", &["Authorization: Basic eDp5"], &[("grant_type", "refresh_token")]);
    assert_eq!(basic.status(), 400, "BOX-005");
    let right = base64::Engine::encode(&base64::prelude::BASE64_STANDARD, format!("{id}:{secret}"));
    let right = format!("Authorization: Basic {right}");
    let right = scene.post_with("/oauth2/token", &[&right], &[("grant_type", "refresh_token")]);
    assert_eq!(
        (right.status(), right.text()),
        (basic.status(), basic.text()),
        "BOX-005: with the right pair"
    );
    assert_eq!(
        basic.text(),
        r#"{"error":"invalid_client","error_description":"The client credentials are invalid"}"#,
        "BOX-005"
    );
    let other = [("grant_type", "client_credentials"), ("client_id", id), ("client_secret", secret)];
    let not_enabled = post(&other);
    assert_snapshot!("token_grant_not_enabled", wire(&not_enabled));
    assert_eq!(
        not_enabled.text(),
        r#"{"error":"unauthorized_client","error_description":"The grant type is unauthorized for this client_id"}"#,
        "BOX-038, BOX-041: before the parameters, of which there are none"
    );
    let no_code = token(&scene, &[("grant_type", "authorization_code")]);
    assert_snapshot!("token_no_code", wire(&no_code));
    assert_eq!(
        no_code.text(),
        r#"{"error":"invalid_request","error_description":"Missing parameter. \"code\" is required"}"#,
        "BOX-039, BOX-042"
    );
    let no_refresh_token = token(&scene, &[("grant_type", "refresh_token")]);
    assert_snapshot!("token_no_refresh_token", wire(&no_refresh_token));
    assert_eq!(
        no_refresh_token.text(),
        r#"{"error":"invalid_request","error_description":"No \"refresh_token\" parameter found"}"#,
        "BOX-040, BOX-042"
    );
    let code = scene.code();
    let elsewhere = [
        ("grant_type", "authorization_code"),
        ("code", &code),
        ("redirect_uri", "https://client.example/other"),
    ];
    assert_snapshot!("token_redirect_mismatch", wire(&token(&scene, &elsewhere)));
    assert_eq!(exchange(&scene, &code).status(), 200, "a refused exchange spends nothing");
}

#[test]
fn only_a_form_is_read() {
    let scene = scene();
    let body =
        serde_json::json!({ "grant_type": "refresh_token", "client_id": scene.demo.client_id }).to_string();
    let headers = ["Content-Type: application/json"];
    let at = |path: &str| scene.send(Method::POST, path, &headers, &body);
    assert_eq!(member(&at("/oauth2/token"), "error"), "invalid_request", "BOX-002: no grant type was read");
    assert_eq!(member(&at("/oauth2/revoke"), "error"), "invalid_client", "BOX-003: no client was read");
    let by_query = format!("/oauth2/token?grant_type=refresh_token&client_id={}", scene.demo.client_id);
    assert_eq!(
        member(&scene.post(&by_query, &[]), "error"),
        "invalid_request",
        "BOX-002: nor from the query"
    );
}

#[test]
fn a_code_of_another_app_is_unknown() {
    let scene = scene();
    let other = Client::other(&scene, Flow::Code);
    let code = scene.code();
    let reply = other.token(&scene, &[("grant_type", "authorization_code"), ("code", &code)]);
    assert_eq!(
        member(&reply, "error_description"),
        "Auth code doesn't exist or is invalid for the client",
        "BOX-018"
    );
}

#[test]
fn an_app_that_the_enterprise_did_not_approve_gets_nothing() {
    let scene = scene();
    let (access, _) = pair(&scene);
    scene.tenant.deactivate_app(Vendor::Box, &scene.demo.client_id).unwrap();
    let refused = exchange(&scene, "any");
    assert_snapshot!("token_app_not_approved", wire(&refused));
    assert_eq!(
        refused.text(),
        r#"{"error":"unauthorized_client","error_description":"This app is not authorized by the enterprise admin"}"#,
        "BOX-048"
    );
    assert_eq!(call(&scene, &access).status(), 401);
}

#[test]
fn an_access_token_lives_as_long_as_it_says() {
    let scene = scene();
    let issued = exchange(&scene, &scene.code());
    let lives = json(&issued)["expires_in"].as_u64().expect("BOX-022: an integer");
    assert!((3600..=4200).contains(&lives), "BOX-022: {lives}");
    scene.advance(lives - 1);
    assert_eq!(call(&scene, &member(&issued, "access_token")).status(), 200, "BOX-022");
    scene.advance(1);
    let expired = call(&scene, &member(&issued, "access_token"));
    assert_snapshot!("api_expired_token", wire(&expired));
    assert_eq!(expired.status(), 401, "BOX-022");
    assert!(expired.verdict.to_string().contains("expired"), "{}", expired.verdict);
}

#[test]
fn what_other_vendors_have_is_not_there() {
    let scene = scene();
    let (access, _) = pair(&scene);
    for path in [
        "/oauth2/introspect",
        "/oauth2/userinfo",
        "/oauth2/logout",
        "/oauth2/device",
        "/.well-known/openid-configuration",
        "/.well-known/oauth-authorization-server",
    ] {
        let reply = get(&scene, path, &access);
        assert_eq!((reply.status().as_u16(), reply.body().len()), (404, 0), "BOX-004: {path}");
    }
    assert_snapshot!("no_route", wire(&scene.get("/.well-known/openid-configuration", &[])));
}
