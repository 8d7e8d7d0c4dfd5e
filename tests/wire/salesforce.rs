//! Salesforce's OAuth endpoints on the wire.

mod assertion;
mod device;
mod openid;
mod server;
mod switched;
mod users;

use base64::{
    Engine,
    prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD},
};
use hmac::{Hmac, KeyInit, Mac};
use http::Method;
use insta::assert_snapshot;
use rehearsal::{Consent, ConsentGiven, Reply, Vendor};
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::scene::{Scene, member, redirect_parameter, ticket, wire};

const TOKEN: &str = "/services/oauth2/token";
pub(crate) const REVOKE: &str = "/services/oauth2/revoke";
pub(crate) const DATA: &str = "/services/data/v60.0";

pub(crate) fn scene() -> Scene {
    Scene::at(Vendor::Salesforce)
}

fn token(scene: &Scene, pairs: &[(&str, &str)]) -> Reply {
    let client =
        [("client_id", scene.demo.client_id.as_str()), ("client_secret", scene.demo.client_secret.expose())];
    scene.post(TOKEN, &[&client[..], pairs].concat())
}

fn exchange_with(scene: &Scene, code: &str, more: &[(&str, &str)]) -> Reply {
    let pairs =
        [("grant_type", "authorization_code"), ("code", code), ("redirect_uri", &scene.demo.redirect_uri)];
    token(scene, &[&pairs[..], more].concat())
}

pub(crate) fn exchange(scene: &Scene, code: &str) -> Reply {
    exchange_with(scene, code, &[])
}

fn refresh(scene: &Scene, refresh_token: &str) -> Reply {
    token(scene, &[("grant_type", "refresh_token"), ("refresh_token", refresh_token)])
}

/// Access and refresh token of a new grant.
pub(crate) fn tokens(scene: &Scene) -> (String, String) {
    let issued = exchange(scene, &scene.code());
    (member(&issued, "access_token"), member(&issued, "refresh_token"))
}

pub(crate) fn bearer(access_token: &str) -> String {
    format!("Authorization: Bearer {access_token}")
}

pub(crate) fn call(scene: &Scene, access_token: &str) -> Reply {
    scene.get(&format!("{DATA}/limits"), &[&bearer(access_token)])
}

pub(crate) fn json(reply: &Reply) -> Value {
    serde_json::from_slice(reply.body()).expect("the answer is JSON")
}

fn authorize_url(scene: &Scene, more: &str) -> String {
    format!(
        "/services/oauth2/authorize?response_type=code&client_id={}&redirect_uri={}&state=a%26b{more}",
        scene.demo.client_id,
        scene.callback()
    )
}

pub(crate) fn encoded(text: &str) -> String {
    form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

#[test]
fn consent_gives_a_code_and_denial_an_error() {
    let scene = scene();
    let url = authorize_url(&scene, "");
    assert_snapshot!("authorize_login", wire(&scene.get(&url, &[])));
    let login = [("username", scene.demo.login.as_str()), ("pw", scene.demo.password.expose())];
    let consent = scene.post(&url, &login);
    assert_snapshot!("authorize_consent", wire(&consent));
    let allowed = scene.post(&url, &[("rehearsal_ticket", &ticket(&consent)), ("save", "true")]);
    assert_snapshot!("authorize_allowed", wire(&allowed));
    assert_eq!(redirect_parameter(&allowed, "state").as_deref(), Some("a&b"), "SFDC-013");
    let code = redirect_parameter(&allowed, "code").expect("SFDC-013");
    assert!(code.starts_with("aPrx") && code.ends_with("==") && code.len() == 76, "SFDC-016: {code}");
    let location = allowed.headers()["location"].to_str().unwrap();
    assert!(location.contains("%3D%3D&state="), "SFDC-016: {location}");
    assert_eq!(exchange(&scene, &code).status(), 200, "SFDC-001");

    let again = scene.post(&url, &login);
    assert!(redirect_parameter(&again, "code").is_some(), "what was approved is not asked again");
    let url = authorize_url(&scene, "&prompt=login+consent");
    let consent = scene.post(&url, &login);
    let denied = scene.post(&url, &[("rehearsal_ticket", &ticket(&consent)), ("cancel", "true")]);
    assert_snapshot!("authorize_denied", wire(&denied));
    assert_eq!(
        denied.headers()["location"],
        "https://client.example/callback?error=access_denied&error_description=end-user+denied+authorization&\
         state=a%26b",
        "SFDC-014"
    );
}

#[test]
fn a_robot_gets_its_code_at_once() {
    let scene = scene();
    scene.tenant.set_consent(Consent::Auto);
    let branded = authorize_url(&scene, "").replace("/authorize", "/authorize/brand");
    let allowed = scene.get(&branded, &[]);
    let code = redirect_parameter(&allowed, "code").expect("a code");
    assert_eq!(exchange(&scene, &code).status(), 200);
}

#[test]
fn an_authorization_url_that_does_not_fit_the_app_is_an_error_in_the_page() {
    let scene = scene();
    let id = &scene.demo.client_id;
    let open =
        |query: &str| scene.get(&format!("/services/oauth2/authorize?response_type=code&{query}"), &[]);
    let unknown = open("client_id=unknown");
    assert_snapshot!("authorize_unknown_client", wire(&unknown));
    assert_eq!(
        unknown.text(),
        "error=invalid_client_id&error_description=client%20identifier%20invalid",
        "SFDC-010"
    );
    assert!(!unknown.headers().contains_key("location"), "SFDC-010: no redirect");
    let slash = format!("client_id={id}&redirect_uri={}%2F", scene.callback());
    let mismatch = open(&slash);
    assert_snapshot!("authorize_redirect_mismatch", wire(&mismatch));
    assert_eq!(
        mismatch.text(),
        "error=redirect_uri_mismatch&error_description=redirect_uri%20must%20match%20configuration",
        "SFDC-011, SFDC-012: a trailing slash counts"
    );
    assert!(!mismatch.headers().contains_key("location"), "SFDC-011: no redirect");
    for other in [
        "http://client.example/callback",
        "https://client.example:444/callback",
        "https://client.example/Callback",
    ] {
        let query = format!("client_id={id}&redirect_uri={}", encoded(other));
        assert!(open(&query).text().starts_with("error=redirect_uri_mismatch&"), "SFDC-012: {other}");
    }
    let nowhere = open(&format!("client_id={id}"));
    assert_snapshot!("authorize_no_redirect_uri", wire(&nowhere));
    assert!(nowhere.text().contains("redirect_uri_missing"));
    let posted = scene.post(&authorize_url(&scene, ""), &[]);
    assert_snapshot!("authorize_by_post", wire(&posted));
    assert_eq!(posted.text(), "error=invalid_request&error_description=must%20use%20HTTP%20GET");
}

#[test]
fn other_refusals_of_the_authorize_step_go_back_to_the_app() {
    let scene = scene();
    let back = |url: &str| {
        let reply = scene.get(url, &[]);
        assert_eq!(reply.status(), 302, "{}", wire(&reply));
        assert_eq!(
            redirect_parameter(&reply, "state").as_deref(),
            Some("a&b"),
            "the state comes back on errors"
        );
        redirect_parameter(&reply, "error").unwrap()
    };
    assert_eq!(back(&authorize_url(&scene, "&scope=api+unknown")), "invalid_scope");
    assert_eq!(back(&authorize_url(&scene, "&immediate=true")), "immediate_unsuccessful");
    let other_type = authorize_url(&scene, "").replace("response_type=code", "response_type=id");
    assert_eq!(back(&other_type), "unsupported_response_type");

    let mut app = scene.tenant.new_app(Vendor::Salesforce);
    app.scopes = vec!["api".into()];
    let app = scene.tenant.register_app(Vendor::Salesforce, app).unwrap();
    let of_app = |more: &str| authorize_url(&scene, more).replace(&scene.demo.client_id, &app.client_id);
    assert_eq!(back(&of_app("&scope=full")), "invalid_scope", "only what the app has");
    assert_eq!(back(&of_app("&scope=refresh_token")), "invalid_scope");
    assert_eq!(scene.get(&of_app("&scope=api"), &[]).status(), 200);
    let blocked = scene
        .tenant
        .register_app(Vendor::Salesforce, rehearsal::oauth::App { active: false, ..(*app).clone() });
    assert!(blocked.is_ok());
    assert_eq!(back(&of_app("")), "OAUTH_APP_BLOCKED");
}

#[test]
fn the_user_agent_flow_puts_tokens_into_the_fragment() {
    let scene = scene();
    scene.tenant.set_consent(Consent::Auto);
    let url = authorize_url(&scene, "&scope=api").replace("response_type=code", "response_type=token");
    let reply = scene.get(&url, &[]);
    assert_snapshot!("authorize_user_agent", wire(&reply));
    let location = url::Url::parse(reply.headers()["location"].to_str().unwrap()).unwrap();
    let fragment = location.fragment().expect("SFDC-049");
    let access = form_urlencoded::parse(fragment.as_bytes()).next().unwrap().1;
    assert_eq!(call(&scene, &access).status(), 200, "SFDC-049");
}

#[test]
fn a_code_is_good_once_and_for_fifteen_minutes() {
    let scene = scene();
    let code = scene.code();
    let issued = exchange(&scene, &code);
    assert_snapshot!("token_by_code", wire(&issued));
    let keys: Vec<String> = json(&issued).as_object().unwrap().keys().cloned().collect();
    let expected = [
        "access_token",
        "refresh_token",
        "signature",
        "scope",
        "instance_url",
        "id",
        "token_type",
        "issued_at",
    ];
    assert_eq!(keys, expected, "SFDC-004, SFDC-025: by a secret in the form");
    let reused = exchange(&scene, &code);
    assert_snapshot!("token_code_reused", wire(&reused));
    assert!(reused.verdict.to_string().contains("redeemed"), "{}", reused.verdict);
    let (in_time, late) = (scene.code(), scene.code());
    scene.advance(899);
    assert_eq!(exchange(&scene, &in_time).status(), 200, "SFDC-017");
    scene.advance(1);
    let expired = exchange(&scene, &late);
    assert_eq!(expired.body(), reused.body(), "SFDC-018: reuse and age are not told apart");
    assert!(expired.verdict.to_string().contains("expired"), "{}", expired.verdict);
}

#[test]
fn tokens_have_the_vendors_look() {
    let scene = scene();
    let issued = exchange(&scene, &scene.code());
    let organization = scene.demo.realm.as_deref().expect("the org");
    let access = member(&issued, "access_token");
    assert_eq!(access.len(), 112, "SFDC-029");
    assert_eq!(access[..16], format!("{}!", &organization[..15]), "SFDC-029");
    assert!(access[16..].starts_with('A') && access[18..].contains("AQ"), "SFDC-029: {access}");
    let refresh_token = member(&issued, "refresh_token");
    assert!(refresh_token.starts_with("5Aep861") && refresh_token.len() == 87, "{refresh_token}");
    let (id, issued_at) = (member(&issued, "id"), member(&issued, "issued_at"));
    let (_, ids) = id.split_once("/id/").expect("SFDC-030");
    assert_eq!(ids.len(), 37, "SFDC-030: {ids}");
    assert!(ids.starts_with(organization), "SFDC-030");
    assert_eq!(issued_at, "1772366400000", "SFDC-027");
    assert_eq!(json(&issued).get("expires_in"), None, "SFDC-026");
    assert_eq!(member(&issued, "instance_url"), "http://127.0.0.1:4013");

    let key = scene.demo.client_secret.expose().as_bytes();
    let mac = Hmac::<Sha256>::new_from_slice(key).unwrap().chain_update(format!("{id}{issued_at}"));
    let signature = BASE64_STANDARD.decode(member(&issued, "signature")).unwrap();
    assert!(mac.verify_slice(&signature).is_ok(), "SFDC-028");
}

#[test]
fn a_refresh_token_goes_with_the_offline_scopes_alone() {
    let scene = scene();
    let issue = |scopes: &[&str]| {
        let scopes = scopes.iter().map(|scope| (*scope).to_owned()).collect();
        scene
            .tenant
            .issue_code(Vendor::Salesforce, ConsentGiven { scopes, ..ConsentGiven::default() })
            .unwrap()
    };
    let has_refresh =
        |scopes: &[&str]| json(&exchange(&scene, issue(scopes).expose())).get("refresh_token").is_some();
    assert!(has_refresh(&["api", "refresh_token"]), "SFDC-031");
    assert!(has_refresh(&["api", "offline_access"]), "SFDC-031");
    assert!(!has_refresh(&["api"]), "SFDC-031");
    assert!(!has_refresh(&["full"]), "SFDC-031: full does not hold it");
    assert!(has_refresh(&[]), "SFDC-031: everything the app has");
    assert_snapshot!("token_without_refresh", wire(&exchange(&scene, issue(&["api"]).expose())));
}

#[test]
fn the_token_endpoint_refuses_in_the_order_of_its_checks() {
    let scene = scene();
    let (id, secret) = (scene.demo.client_id.as_str(), scene.demo.client_secret.expose());
    let post = |form: &[(&str, &str)]| scene.post(TOKEN, form);
    assert_snapshot!("token_no_grant_type", wire(&post(&[("client_id", "x")])));
    let body = format!(r#"{{"grant_type":"refresh_token","client_id":"{id}","client_secret":"{secret}"}}"#);
    let as_json = scene.send(Method::POST, TOKEN, &["Content-Type: application/json"], &body);
    let bytes = r#"{"error":"unsupported_grant_type","error_description":"grant type not supported"}"#;
    assert_eq!((as_json.status().as_u16(), &*as_json.text()), (400, bytes), "SFDC-021: a JSON body");
    assert_eq!(post(&[("client_id", "x")]).text(), bytes, "SFDC-021: no grant type");
    assert_snapshot!("token_by_get", wire(&scene.get(TOKEN, &[])));
    let unknown = post(&[("grant_type", "refresh_token"), ("client_id", "x")]);
    assert_snapshot!("token_unknown_client", wire(&unknown));
    assert_eq!(
        (unknown.status().as_u16(), unknown.text().as_ref()),
        (400, r#"{"error":"invalid_client_id","error_description":"client identifier invalid"}"#),
        "SFDC-008"
    );
    let wrong = [("grant_type", "refresh_token"), ("client_id", id), ("client_secret", "wrong")];
    let refused = post(&wrong);
    assert_snapshot!("token_wrong_secret", wire(&refused));
    let bytes = r#"{"error":"invalid_client","error_description":"invalid client credentials"}"#;
    assert_eq!(refused.text(), bytes, "SFDC-009");
    let garbage = exchange(&scene, "garbage");
    assert_snapshot!("token_garbage_code", wire(&garbage));
    let bytes = r#"{"error":"invalid_grant","error_description":"invalid authorization code"}"#;
    assert_eq!((garbage.status().as_u16(), &*garbage.text()), (400, bytes), "SFDC-019");
    let garbage = refresh(&scene, "garbage");
    assert_snapshot!("token_garbage_refresh", wire(&garbage));
    let bytes = r#"{"error":"invalid_grant","error_description":"expired access/refresh token"}"#;
    assert_eq!((garbage.status().as_u16(), &*garbage.text()), (400, bytes), "SFDC-033: an unknown one");
    let (_, revoked) = tokens(&scene);
    assert_eq!(scene.post(REVOKE, &[("token", &revoked)]).status(), 200);
    assert_eq!(refresh(&scene, &revoked).text(), bytes, "SFDC-033: a revoked one");
    let (_, expired) = tokens(&scene);
    scene.tenant.expire(Vendor::Salesforce, &expired).unwrap();
    assert_eq!(refresh(&scene, &expired).text(), bytes, "SFDC-033: an expired one");
    let code = scene.code();
    let elsewhere = [
        ("grant_type", "authorization_code"),
        ("code", &code),
        ("redirect_uri", "https://client.example/other"),
    ];
    let mismatch = token(&scene, &elsewhere);
    assert_snapshot!("token_redirect_mismatch", wire(&mismatch));
    assert_eq!(member(&mismatch, "error"), "redirect_uri_mismatch", "SFDC-020");
    let nowhere = token(&scene, &[("grant_type", "authorization_code"), ("code", &code)]);
    assert_snapshot!("token_no_redirect_uri", wire(&nowhere));
    assert_eq!(member(&nowhere, "error"), "redirect_uri_missing");
    let twice_encoded = exchange(&scene, &encoded(&code));
    assert_eq!(member(&twice_encoded, "error"), "invalid_grant", "SFDC-016: encoded twice");
    assert_eq!(exchange(&scene, &code).status(), 200, "a refused exchange spends nothing");
}

#[test]
fn a_client_may_use_basic() {
    let scene = scene();
    let basic = |secret: &str| {
        let pair = format!("{}:{secret}", scene.demo.client_id);
        format!("Authorization: Basic {}", BASE64_STANDARD.encode(pair))
    };
    let (_, refresh_token) = tokens(&scene);
    let form = [("grant_type", "refresh_token"), ("refresh_token", refresh_token.as_str())];
    let good = scene.post_with(TOKEN, &[&basic(scene.demo.client_secret.expose())], &form);
    assert_eq!(good.status(), 200, "SFDC-005");
    let wrong = scene.post_with(TOKEN, &[&basic("wrong")], &form);
    assert_eq!(
        (wrong.status().as_u16(), member(&wrong, "error").as_str()),
        (401, "invalid_client"),
        "SFDC-009"
    );
}

#[test]
fn an_app_without_a_secret_needs_none() {
    let scene = scene();
    let mut app = scene.tenant.new_app(Vendor::Salesforce);
    app.client_secret = "".into();
    let app = scene.tenant.register_app(Vendor::Salesforce, app).unwrap();
    let given = ConsentGiven { client_id: Some(app.client_id.to_string()), ..ConsentGiven::default() };
    let code = scene.tenant.issue_code(Vendor::Salesforce, given).unwrap();
    let form = [
        ("grant_type", "authorization_code"),
        ("code", code.expose()),
        ("client_id", &app.client_id),
        ("redirect_uri", &app.redirect_uris[0]),
    ];
    assert_eq!(scene.post(TOKEN, &form).status(), 200, "SFDC-007");
    let mistaken = scene.post(TOKEN, &[&form[..], &[("client_secret", "x")]].concat());
    assert_eq!(member(&mistaken, "error"), "invalid_client", "SFDC-009");
}

#[test]
fn the_verifier_of_the_token_step_must_fit_the_challenge() {
    let scene = scene();
    scene.tenant.set_consent(Consent::Auto);
    let verifier = "v".repeat(171);
    let challenge = BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(&verifier));
    let url = authorize_url(&scene, &format!("&code_challenge={challenge}"));
    let code = redirect_parameter(&scene.get(&url, &[]), "code").unwrap();
    assert_snapshot!("token_no_verifier", wire(&exchange(&scene, &code)));
    let refused = exchange_with(&scene, &code, &[("code_verifier", "wrong")]);
    assert_snapshot!("token_wrong_verifier", wire(&refused));
    let bytes = r#"{"error":"invalid_grant","error_description":"invalid code verifier"}"#;
    assert_eq!((refused.status().as_u16(), &*refused.text()), (400, bytes), "SFDC-022");
    let by_hand = ConsentGiven { code_challenge: Some(challenge.clone()), ..ConsentGiven::default() };
    let by_hand = scene.tenant.issue_code(Vendor::Salesforce, by_hand).unwrap();
    let refused = exchange_with(&scene, by_hand.expose(), &[("code_verifier", "wrong")]);
    assert_eq!((refused.status().as_u16(), &*refused.text()), (400, bytes), "SFDC-022");
    assert_eq!(exchange_with(&scene, by_hand.expose(), &[("code_verifier", &verifier)]).status(), 200);
    let issued = exchange_with(&scene, &code, &[("code_verifier", &verifier)]);
    assert_eq!(issued.status(), 200, "SFDC-023: 171 characters, no method");
    let again = [("grant_type", "refresh_token"), ("code_verifier", "whatever")];
    let refresh_token = member(&issued, "refresh_token");
    let refreshed = token(&scene, &[&again[..], &[("refresh_token", &refresh_token)]].concat());
    assert_eq!(refreshed.status(), 200, "SFDC-024");
}

#[test]
fn answers_come_in_the_format_asked_for() {
    let scene = scene();
    let formatted = |format: &str| exchange_with(&scene, &scene.code(), &[("format", format)]);
    let form = formatted("urlencoded");
    assert_snapshot!("token_as_form", wire(&form));
    assert!(form.text().starts_with("access_token=00D"), "SFDC-038: {}", form.text());
    let xml = formatted("xml");
    assert_snapshot!("token_as_xml", wire(&xml));
    assert!(xml.text().contains("<access_token>00D"), "SFDC-038: {}", xml.text());
    let accepting = |accept: &str| scene.post_with(TOKEN, &[&format!("Accept: {accept}")], &[]);
    assert_snapshot!("token_error_as_xml", wire(&accepting("application/xml")));
    let form = accepting("application/json;q=0.5, application/x-www-form-urlencoded;q=0.9");
    assert_snapshot!("token_error_as_form", wire(&form));
    assert_eq!(
        form.text(),
        "error=unsupported_grant_type&error_description=grant%20type%20not%20supported",
        "SFDC-039: the one with the higher quality"
    );
    let json = accepting("application/xml;q=0.9, application/json");
    assert_eq!(member(&json, "error"), "unsupported_grant_type", "SFDC-039: the one without reserve");
    assert_eq!(member(&accepting("*/*"), "error"), "unsupported_grant_type", "SFDC-039: JSON by default");
}

#[test]
fn a_refresh_leaves_the_refresh_token_as_it_is() {
    let scene = scene();
    let (access, refresh_token) = tokens(&scene);
    let second = refresh(&scene, &refresh_token);
    assert_snapshot!("token_by_refresh", wire(&second));
    assert_eq!(json(&second).get("refresh_token"), None, "SFDC-032");
    assert_eq!(refresh(&scene, &refresh_token).status(), 200, "SFDC-032");
    assert_eq!(call(&scene, &access).status(), 200, "the old session lives on");
    scene.advance(365 * 24 * 3600);
    assert_eq!(refresh(&scene, &refresh_token).status(), 200, "it lives until it is revoked");
}

#[test]
fn with_rotation_on_each_refresh_gives_a_new_refresh_token() {
    let scene = scene();
    let mut policy = scene.tenant.policy(Vendor::Salesforce);
    policy.rotation = rehearsal::oauth::Rotation::Strict { replay_kills_grant: true };
    scene.tenant.set_policy(Vendor::Salesforce, policy);
    let (_, first) = tokens(&scene);
    let rotated = refresh(&scene, &first);
    assert_snapshot!("token_by_refresh_rotated", wire(&rotated));
    let (access, second) = (member(&rotated, "access_token"), member(&rotated, "refresh_token"));
    assert_eq!(call(&scene, &access).status(), 200);
    assert_eq!(
        member(&refresh(&scene, &first), "error_description"),
        "expired access/refresh token",
        "SFDC-034"
    );
    assert_eq!(call(&scene, &access).status(), 401, "SFDC-034: a replay kills the family");
    assert_eq!(refresh(&scene, &second).status(), 400, "SFDC-034");
}

#[test]
fn a_session_slides_while_it_is_used() {
    let scene = scene();
    let (access, _) = tokens(&scene);
    for _ in 0..3 {
        scene.advance(7199);
        assert_eq!(call(&scene, &access).status(), 200, "SFDC-036");
    }
    scene.advance(7200);
    let expired = call(&scene, &access);
    assert_snapshot!("api_expired_session", wire(&expired));
    assert!(expired.verdict.to_string().contains("expired at"), "{}", expired.verdict);
}

#[test]
fn a_sixth_grant_ends_the_first() {
    let scene = scene();
    let grants: Vec<_> = (0..6).map(|_| tokens(&scene)).collect();
    let (access, refresh_token) = &grants[0];
    let refused = refresh(&scene, refresh_token);
    assert_eq!(member(&refused, "error_description"), "expired access/refresh token", "SFDC-035");
    assert!(refused.verdict.to_string().contains("superseded"), "{}", refused.verdict);
    assert_eq!(call(&scene, access).status(), 401, "SFDC-035");
    assert!(grants[1..].iter().all(|(_, token)| refresh(&scene, token).status() == 200), "SFDC-035");
}

#[test]
fn a_token_is_revoked_in_every_way_that_clients_use() {
    let scene = scene();
    let dead = |token: &str| assert_eq!(call(&scene, token).status(), 401, "SFDC-050");
    let (access, _) = tokens(&scene);
    let by_form = scene.post(REVOKE, &[("token", &access)]);
    assert_snapshot!("revoke", wire(&by_form));
    dead(&access);
    assert_snapshot!("api_revoked_session", wire(&call(&scene, &access)));

    // As in the seed: the token in the query, and a content type that says JSON.
    let (access, _) = tokens(&scene);
    let target = format!("{REVOKE}?token={}", encoded(&access));
    let seed =
        scene.send(Method::POST, &target, &["Cache-Control: no-cache", "Content-Type: application/json"], "");
    assert_eq!((seed.status().as_u16(), seed.body().len()), (200, 0), "SFDC-050");
    dead(&access);

    let (access, _) = tokens(&scene);
    assert_eq!(scene.get(&format!("{REVOKE}?token={}", encoded(&access)), &[]).status(), 200, "SFDC-050");
    dead(&access);

    let (access, _) = tokens(&scene);
    assert_eq!(scene.post(REVOKE, &[("deleteToken", &access)]).status(), 200, "SFDC-050: by its old name");
    dead(&access);

    let (access, _) = tokens(&scene);
    let script = format!("{REVOKE}?token={}&callback=done", encoded(&access));
    let done = scene.get(&script, &[]);
    assert_snapshot!("revoke_script", wire(&done));
    assert_eq!(done.text(), "done({})", "SFDC-051");
    dead(&access);
    let failed = scene.get(&script, &[]);
    assert_snapshot!("revoke_script_failed", wire(&failed));
    assert_eq!(failed.text(), r#"done({"error":"invalid_token"})"#, "SFDC-051");
}

#[test]
fn a_revocation_that_fails_answers_a_form() {
    let scene = scene();
    let revoke = |token: &str| scene.post(REVOKE, &[("token", token)]);
    assert_snapshot!("revoke_unknown_token", wire(&revoke("00D5g!unknown")));
    let code = revoke(&scene.code());
    assert_snapshot!("revoke_code", wire(&code));
    assert_eq!(
        (code.status().as_u16(), code.text().as_ref()),
        (400, "error=unsupported_token_type&error_description=this%20token%20type%20is%20not%20supported"),
        "SFDC-052"
    );
    assert_snapshot!("revoke_nothing", wire(&scene.post(REVOKE, &[])));
    let (access, _) = tokens(&scene);
    assert_eq!(revoke(&access).status(), 200);
    let again = revoke(&access);
    assert!(again.text().starts_with("error=invalid_token&"), "SFDC-053: {}", again.text());
    let entries = scene.tenant.journal().entries();
    let entry = entries.last().unwrap().to_json().to_string();
    assert!(!entry.contains(&access[16..]), "the journal shows no token: {entry}");
}

#[test]
fn what_a_revocation_takes_along_depends_on_the_token() {
    let scene = scene();
    let (access, refresh_token) = tokens(&scene);
    assert_eq!(scene.post(REVOKE, &[("token", &access)]).status(), 200);
    let second = refresh(&scene, &refresh_token);
    assert_eq!(second.status(), 200, "SFDC-054");
    let second = member(&second, "access_token");
    assert_eq!(call(&scene, &second).status(), 200, "SFDC-054");
    assert_eq!(scene.post(REVOKE, &[("token", &refresh_token)]).status(), 200);
    let refused = call(&scene, &second);
    assert_eq!(refused.status(), 401, "SFDC-055");
    assert!(refused.verdict.to_string().contains("revoked with its grant"), "{}", refused.verdict);
    assert_snapshot!("token_revoked_refresh", wire(&refresh(&scene, &refresh_token)));
}

#[test]
fn introspection_says_whether_a_token_of_the_app_is_alive() {
    let scene = scene();
    let (access, refresh_token) = tokens(&scene);
    let client =
        [("client_id", scene.demo.client_id.as_str()), ("client_secret", scene.demo.client_secret.expose())];
    let introspect =
        |token: &str| scene.post("/services/oauth2/introspect", &[&client[..], &[("token", token)]].concat());
    let active = introspect(&access);
    assert_snapshot!("introspect_access", wire(&active));
    let keys: Vec<String> = json(&active).as_object().unwrap().keys().cloned().collect();
    let expected = ["active", "scope", "client_id", "username", "sub", "token_type", "exp", "iat", "nbf"];
    assert_eq!(keys, expected, "SFDC-056");
    let life = json(&active)["exp"].as_i64().unwrap() - json(&active)["iat"].as_i64().unwrap();
    assert_eq!(life, 7200, "SFDC-056");
    assert_snapshot!("introspect_refresh", wire(&introspect(&refresh_token)));
    scene.advance(7200);
    assert_snapshot!("introspect_expired", wire(&introspect(&access)));
    assert_eq!(json(&introspect("unknown"))["active"], false, "SFDC-057");
    assert_snapshot!("introspect_nothing", wire(&scene.post("/services/oauth2/introspect", &client)));
    let wrong =
        [("client_id", scene.demo.client_id.as_str()), ("client_secret", "wrong"), ("token", &access)];
    assert_eq!(scene.post("/services/oauth2/introspect", &wrong).status(), 401, "SFDC-058");
}
