//! Discovery, id tokens and the user's profile.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use insta::assert_snapshot;
use rehearsal::{ConsentGiven, Vendor};
use serde_json::Value;

use super::{exchange, refresh, scene};
use crate::scene::{Scene, member, wire};

const USER_INFO: &str = "/v1/openid_connect/userinfo";

/// Tokens of a code that stands for these scopes.
fn tokens(scene: &Scene, scopes: &[&str]) -> rehearsal::Reply {
    let scopes = scopes.iter().map(|scope| (*scope).to_owned()).collect();
    let consent = ConsentGiven { scopes, ..ConsentGiven::default() };
    let code = scene.tenant.issue_code(Vendor::QuickBooks, consent).expect("the demo app is registered");
    exchange(scene, code.expose())
}

fn claims(id_token: &str) -> Value {
    let claims = id_token.split('.').nth(1).expect("a JWT has three parts");
    let claims = BASE64_URL_SAFE_NO_PAD.decode(claims).expect("the claims are base64url");
    serde_json::from_slice(&claims).expect("the claims are JSON")
}

#[test]
fn discovery_stands_at_both_addresses_with_and_without_a_slash() {
    let scene = scene();
    let found = scene.get("/.well-known/openid_configuration/", &[]);
    assert_snapshot!("discovery", wire(&found));
    for path in ["openid_configuration", "openid_sandbox_configuration", "openid_sandbox_configuration/"] {
        assert_eq!(scene.get(&format!("/.well-known/{path}"), &[]).body(), found.body(), "QBO-001: {path}");
    }
    assert_eq!(scene.get("/.well-known/openid-configuration", &[]).status(), 404, "QBO-001: no hyphen");
    assert_snapshot!("keys", wire(&scene.get("/op/v1/jwks", &[])));
}

#[test]
fn an_id_token_goes_with_openid_alone() {
    let scene = scene();
    let issued = tokens(&scene, &["openid", "com.intuit.quickbooks.accounting"]);
    assert_snapshot!("token_with_id_token", wire(&issued));
    let id_token = member(&issued, "id_token");
    assert_snapshot!("id_token_claims", claims(&id_token).to_string());
    let header = BASE64_URL_SAFE_NO_PAD.decode(id_token.split('.').next().unwrap()).unwrap();
    let header: Value = serde_json::from_slice(&header).unwrap();
    let keys: Value = serde_json::from_slice(scene.get("/op/v1/jwks", &[]).body()).unwrap();
    assert_eq!(header["kid"], keys["keys"][0]["kid"], "QBO-019");

    let without = tokens(&scene, &["com.intuit.quickbooks.accounting"]);
    assert!(!without.text().contains("id_token"), "QBO-019");
    let refreshed = refresh(&scene, &member(&issued, "refresh_token"));
    assert!(!refreshed.text().contains("id_token"), "QBO-019: on the code exchange alone");
    let person = tokens(&scene, &["openid"]);
    assert!(claims(&member(&person, "id_token")).get("realmid").is_none(), "QBO-008");
}

#[test]
fn the_profile_shows_what_the_scopes_reach() {
    let scene = scene();
    let ask = |access: &str| scene.get(USER_INFO, &[&format!("Authorization: Bearer {access}")]);
    let all = tokens(&scene, &["openid", "profile", "email", "phone", "address"]);
    assert_snapshot!("userinfo", wire(&ask(&member(&all, "access_token"))));
    let bare = tokens(&scene, &["openid"]);
    let body: Value = serde_json::from_slice(ask(&member(&bare, "access_token")).body()).unwrap();
    assert_eq!(body.as_object().unwrap().len(), 1, "QBO-049: {body}");
    assert_snapshot!("userinfo_unknown_token", wire(&ask("unknown")));
    assert_eq!(scene.get(USER_INFO, &[]).status(), 401, "QBO-049");
    let books = tokens(&scene, &["com.intuit.quickbooks.accounting"]);
    assert_eq!(ask(&member(&books, "access_token")).status(), 403);
}
