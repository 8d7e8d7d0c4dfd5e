//! Discovery, keys and ID tokens.

use insta::assert_snapshot;
use rehearsal::{Consent, ConsentGiven, Reply, Vendor};

use super::{encoded, exchange, json, scene};
use crate::{
    jwt,
    scene::{Scene, member, redirect_parameter, wire},
};

const BASE: &str = "http://127.0.0.1:4013";

fn open_id(scene: &Scene) -> Reply {
    let scopes = ["openid", "api", "refresh_token"].map(str::to_owned).to_vec();
    let code =
        scene.tenant.issue_code(Vendor::Salesforce, ConsentGiven { scopes, ..ConsentGiven::default() });
    exchange(scene, code.expect("the demo app has these scopes").expose())
}

#[test]
fn the_discovery_document_names_this_address() {
    let scene = scene();
    let reply = scene.get("/.well-known/openid-configuration", &[]);
    assert_snapshot!("discovery", wire(&reply));
    let document = json(&reply);
    assert_eq!(document["issuer"], BASE, "SFDC-002");
    for (name, path) in [
        ("authorization_endpoint", "/services/oauth2/authorize"),
        ("token_endpoint", "/services/oauth2/token"),
        ("revocation_endpoint", "/services/oauth2/revoke"),
        ("userinfo_endpoint", "/services/oauth2/userinfo"),
        ("introspection_endpoint", "/services/oauth2/introspect"),
        ("jwks_uri", "/id/keys"),
    ] {
        assert_eq!(document[name], format!("{BASE}{path}"), "SFDC-002: {name}");
        let is_there = scene.get(path, &[]).status() != 404 || scene.post(path, &[]).status() != 404;
        assert!(is_there, "SFDC-001, SFDC-002: {path}");
    }
    let array = |name: &str| document[name].as_array().unwrap_or_else(|| panic!("SFDC-002: {name}")).clone();
    assert_eq!(array("response_types_supported"), ["code", "token", "token id_token"], "SFDC-002");
    assert_eq!(array("subject_types_supported"), ["public"], "SFDC-002");
    assert_eq!(array("id_token_signing_alg_values_supported"), ["RS256"], "SFDC-002");
    assert_eq!(array("display_values_supported"), ["page", "popup", "touch"], "SFDC-002");
    let methods = ["client_secret_post", "client_secret_basic", "private_key_jwt"];
    assert_eq!(array("token_endpoint_auth_methods_supported"), methods, "SFDC-002");
    let scopes = "cdp_ingest_api custom_permissions cdp_segment_api content cdp_api chatbot_api \
        cdp_identityresolution_api interaction_api wave_api web cdp_calculated_insight_api einstein_gpt_api \
        offline_access id api eclair_api pwdless_login_api cdp_query_api sfap_api mcp_api profile refresh_token openid \
        visualforce email full address phone lightning chatter_api pardot_api forgot_password user_registration_api";
    let mut scopes: Vec<_> = scopes.split_whitespace().collect();
    scopes.sort_unstable();
    assert_eq!(array("scopes_supported"), scopes, "SFDC-002: stored copies differ in order");
    let claims = "active address email email_verified family_name given_name is_app_installed language locale name \
        nickname organization_id phone_number phone_number_verified photos picture preferred_username profile sub \
        updated_at urls user_id user_type zoneinfo";
    assert_eq!(array("claims_supported"), claims.split_whitespace().collect::<Vec<_>>(), "SFDC-002");
}

#[test]
fn an_id_token_verifies_with_the_published_key() {
    let scene = scene();
    let issued = open_id(&scene);
    let keys: Vec<String> = json(&issued).as_object().unwrap().keys().cloned().collect();
    let at = keys.iter().position(|name| name == "id_token").expect("SFDC-037");
    assert_eq!((keys[at - 1].as_str(), keys[at + 1].as_str()), ("scope", "instance_url"), "SFDC-037");
    let published = scene.get("/id/keys", &[]);
    assert_snapshot!("keys", wire(&published));
    let key = &json(&published)["keys"][0];
    assert_eq!((&key["kty"], &key["alg"]), (&"RSA".into(), &"RS256".into()), "SFDC-003");
    // Fails if the signature is not the key's (SFDC-003).
    let claims = jwt::verified(&member(&issued, "id_token"), key);
    assert_eq!(claims["aud"], scene.demo.client_id, "SFDC-003");
    assert_eq!((&claims["iss"], &claims["sub"]), (&BASE.into(), &json(&issued)["id"]), "SFDC-003");
    let plain = exchange(&scene, &scene.code());
    assert!(json(&plain).get("id_token").is_none(), "SFDC-037: only with the scope openid");
}

#[test]
fn a_nonce_comes_back() {
    let scene = scene();
    scene.tenant.set_consent(Consent::Auto);
    let url = format!(
        "/services/oauth2/authorize?response_type=code&client_id={}&redirect_uri={}&scope=openid&nonce=n-1",
        encoded(&scene.demo.client_id),
        scene.callback()
    );
    let code = redirect_parameter(&scene.get(&url, &[]), "code").expect("the robot consents");
    let issued = exchange(&scene, &code);
    let key = json(&scene.get("/id/keys", &[]))["keys"][0].clone();
    assert_eq!(jwt::verified(&member(&issued, "id_token"), &key)["nonce"], "n-1");
}
