//! JWTs: in place of a secret, and in place of a user's consent.

use insta::assert_snapshot;
use rehearsal::{
    Reply,
    providers::salesforce::{Era, PermittedUsers},
};
use serde_json::{Value, json};

use super::{TOKEN, call, json as body, refresh, scene, switched::switch, tokens};
use crate::{
    jwt,
    scene::{Scene, member, wire},
};

/// Noon of 2026-03-01, where the scene's clock stands.
const NOON: i64 = 1_772_366_400;

/// The demo app with its key registered.
fn signer() -> Scene {
    let scene = scene();
    switch(&scene, |switches| switches.app.keys = vec![jwt::public_key()]);
    scene
}

fn claims(scene: &Scene, changed: &Value) -> Value {
    let mut claims = json!({
        "iss": scene.demo.client_id,
        "sub": scene.demo.login,
        "aud": "https://login.salesforce.com",
        "exp": NOON + 180,
    });
    for (name, value) in changed.as_object().expect("changes have names") {
        claims[name] = value.clone();
    }
    claims
}

/// Good claims with some changed, signed and sent. The app is named by the assertion alone.
fn assert_with(scene: &Scene, changed: &Value) -> Reply {
    send(scene, &jwt::sign("k1", &claims(scene, changed)))
}

fn send(scene: &Scene, assertion: &str) -> Reply {
    let form = [("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer"), ("assertion", assertion)];
    scene.post(TOKEN, &form)
}

#[test]
fn an_assertion_gives_a_token_once_the_user_has_approved() {
    let scene = signer();
    let refused = assert_with(&scene, &json!({}));
    assert_snapshot!("assertion_not_approved", wire(&refused));
    assert_eq!(
        (refused.status().as_u16(), refused.text().as_ref()),
        (400, r#"{"error":"invalid_grant","error_description":"user hasn't approved this consumer"}"#),
        "SFDC-045"
    );
    tokens(&scene);
    let issued = assert_with(&scene, &json!({}));
    assert_snapshot!("assertion", wire(&issued));
    let keys: Vec<String> = body(&issued).as_object().unwrap().keys().cloned().collect();
    assert_eq!(
        keys,
        ["access_token", "scope", "instance_url", "id", "token_type"],
        "SFDC-044: no refresh token"
    );
    assert_eq!(call(&scene, &member(&issued, "access_token")).status(), 200, "SFDC-044");
}

#[test]
fn where_an_administrator_decides_the_user_need_not() {
    let scene = signer();
    switch(&scene, |switches| switches.app.permitted_users = PermittedUsers::AdminApproved);
    assert_eq!(member(&assert_with(&scene, &json!({})), "error"), "invalid_app_access");
    switch(&scene, |switches| switches.app.approved_users = vec![scene.demo.login.clone()]);
    assert_eq!(assert_with(&scene, &json!({})).status(), 200, "SFDC-044: approved in advance");
}

#[test]
fn an_audience_that_is_neither_a_login_host_nor_this_address_is_refused() {
    let scene = signer();
    tokens(&scene);
    for audience in [
        "https://login.salesforce.com",
        "https://login.salesforce.com/",
        "https://login.salesforce.com/services/oauth2/token",
        "http://127.0.0.1:4013",
    ] {
        assert_eq!(assert_with(&scene, &json!({ "aud": audience })).status(), 200, "SFDC-044: {audience}");
    }
    for audience in ["https://test.salesforce.com", "https://elsewhere.example"] {
        let refused = assert_with(&scene, &json!({ "aud": audience }));
        assert_eq!(
            refused.text(),
            r#"{"error":"invalid_grant","error_description":"audience is invalid"}"#,
            "SFDC-046: {audience}"
        );
    }
    switch(&scene, |switches| switches.sandbox = true);
    assert_eq!(assert_with(&scene, &json!({ "aud": "https://test.salesforce.com" })).status(), 200);
}

#[test]
fn an_end_is_read_in_every_form_that_clients_write() {
    let scene = signer();
    tokens(&scene);
    for end in [json!(NOON + 180), json!((NOON + 180).to_string()), json!((NOON + 180) * 1000)] {
        assert_eq!(assert_with(&scene, &json!({ "exp": end })).status(), 200, "SFDC-047: {end}");
    }
    let past = assert_with(&scene, &json!({ "exp": NOON }));
    assert_snapshot!("assertion_expired", wire(&past));
}

#[test]
fn only_the_apps_own_key_signs() {
    let scene = signer();
    tokens(&scene);
    let good = jwt::sign("k1", &claims(&scene, &json!({})));
    let other = jwt::sign("k1", &claims(&scene, &json!({ "sub": "x" })));
    let (signed, _) = other.rsplit_once('.').unwrap();
    let (_, signature) = good.rsplit_once('.').unwrap();
    let forged = send(&scene, &format!("{signed}.{signature}"));
    assert_eq!(member(&forged, "error_description"), "invalid assertion", "SFDC-044");
    switch(&scene, |switches| switches.app.keys.clear());
    assert_eq!(member(&send(&scene, &good), "error_description"), "invalid assertion", "SFDC-044: no key");
    assert_eq!(member(&send(&scene, "x"), "error_description"), "invalid assertion");
}

#[test]
fn a_client_assertion_stands_for_the_secret() {
    let scene = signer();
    let code = scene.code();
    let exchange = |subject: &str, kind: &str| {
        let assertion = jwt::sign(
            "k1",
            &claims(&scene, &json!({ "sub": subject, "aud": "http://127.0.0.1:4013/services/oauth2/token" })),
        );
        let form = [
            ("grant_type", "authorization_code"),
            ("code", code.as_str()),
            ("redirect_uri", scene.demo.redirect_uri.as_str()),
            ("client_assertion_type", kind),
            ("client_assertion", assertion.as_str()),
        ];
        scene.post(TOKEN, &form)
    };
    let kind = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
    let refused = exchange("another", kind);
    assert_snapshot!("client_assertion_refused", wire(&refused));
    assert_eq!(member(&refused, "error"), "invalid_client", "SFDC-006: it speaks of another app");
    assert_eq!(member(&exchange(&scene.demo.client_id, "x"), "error"), "invalid_client", "SFDC-006");
    assert_eq!(exchange(&scene.demo.client_id, kind).status(), 200, "SFDC-006");
}

#[test]
fn the_switch_of_eras_turns_rotation_on() {
    let scene = scene();
    switch(&scene, |switches| switches.era = Era::Rotating);
    let (_, first) = tokens(&scene);
    let second = member(&refresh(&scene, &first), "refresh_token");
    assert_eq!(refresh(&scene, &first).status(), 400, "SFDC-034: an old one is dead");
    assert_eq!(refresh(&scene, &second).status(), 400, "SFDC-034: and its use has ended the family");
}
