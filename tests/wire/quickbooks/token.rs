//! The token endpoint.

use http::Method;
use insta::assert_snapshot;
use rehearsal::Vendor;

use super::{TOKEN, basic, call, exchange, refresh, scene, token, unnumbered};
use crate::scene::{Scene, member, wire};

fn is_stamped(text: &str, start: &str, at: i64) -> bool {
    text.len() == 50
        && text.starts_with(&format!("{start}{at}"))
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

#[test]
fn a_code_is_good_once_and_for_ten_minutes() {
    let scene = scene();
    let code = scene.code();
    assert!(is_stamped(&code, "AB1", scene.clock.now().as_secs() + 600), "QBO-014: {code}");
    let issued = exchange(&scene, &code);
    assert_snapshot!("token_by_code", wire(&issued));
    assert_eq!(call(&scene, &member(&issued, "access_token")).status(), 200, "QBO-003");
    let reused = exchange(&scene, &code);
    assert_snapshot!("token_code_reused", wire(&reused));
    assert!(reused.verdict.to_string().contains("redeemed"), "{}", reused.verdict);
    let dead = call(&scene, &member(&issued, "access_token"));
    assert_eq!(dead.status(), 401, "QBO-016: the first tokens die");
    assert!(dead.verdict.to_string().contains("presented again"), "{}", dead.verdict);
    assert_eq!(refresh(&scene, &member(&issued, "refresh_token")).status(), 400, "QBO-016");

    let late = scene.code();
    scene.advance(600);
    assert_eq!(exchange(&scene, &late).text(), reused.text(), "QBO-017");
}

#[test]
fn tokens_have_intuits_look() {
    let scene = scene();
    let issued = exchange(&scene, &scene.code());
    let access = member(&issued, "access_token");
    let parts: Vec<_> = access.split('.').collect();
    assert_eq!((parts.len(), parts[1]), (5, ""), "QBO-021");
    assert_eq!(parts[0], "eyJlbmMiOiJBMTI4Q0JDLUhTMjU2IiwiYWxnIjoiZGlyIn0", "QBO-021");
    let refresh_token = member(&issued, "refresh_token");
    assert_eq!(refresh_token.len(), 40, "QBO-022: {refresh_token}");
    let (head, rest) = refresh_token.split_at(10);
    assert!(
        head.starts_with("RT1-") && head[6..].starts_with("-H") && head.ends_with('-'),
        "QBO-022: {head}"
    );
    assert_eq!(rest[..10], (scene.clock.now().as_secs() + 8_640_000).to_string(), "QBO-022");
    assert!(rest[10..].bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit()), "QBO-022: {rest}");
}

#[test]
fn the_client_is_looked_at_before_the_grant() {
    let scene = scene();
    let wrong = "Authorization: Basic eDp5";
    let bad = [("grant_type", "authorization_code"), ("code", "bad")];
    let refused = scene.post_with(TOKEN, &[wrong], &bad);
    assert_snapshot!("token_wrong_client", wire(&refused));
    assert_eq!(refused.body().len(), 26, "QBO-026");
    assert_eq!(scene.post(TOKEN, &bad).text(), refused.text(), "QBO-026: no credentials at all");
    assert_snapshot!("token_bad_code", wire(&token(&scene, &bad)));
    assert_snapshot!("token_no_grant_type", wire(&token(&scene, &[("code", "bad")])));
    assert_snapshot!("token_unknown_grant_type", wire(&token(&scene, &[("grant_type", "password")])));
    let without_code = token(&scene, &[("grant_type", "authorization_code")]);
    assert_eq!(without_code.text(), r#"{"error":"invalid_request"}"#);

    let spaced = [
        ("client_id", format!("{} ", scene.demo.client_id)),
        ("client_secret", scene.demo.client_secret.expose().to_owned()),
    ];
    let spaced: Vec<_> = spaced.iter().map(|(name, value)| (*name, value.as_str())).collect();
    assert_eq!(scene.post(TOKEN, &spaced).status(), 401, "a blank behind the client id is none of it");
}

#[test]
fn credentials_may_stand_in_the_form() {
    let scene = scene();
    let code = scene.code();
    let form = [
        ("grant_type", "authorization_code"),
        ("code", code.as_str()),
        ("redirect_uri", scene.demo.redirect_uri.as_str()),
        ("client_id", scene.demo.client_id.as_str()),
        ("client_secret", scene.demo.client_secret.expose()),
    ];
    assert_eq!(scene.post(TOKEN, &form).status(), 200, "QBO-004");
}

#[test]
fn a_code_belongs_to_its_callback_and_its_app() {
    let scene = scene();
    let code = scene.code();
    let elsewhere =
        [("grant_type", "authorization_code"), ("code", &code), ("redirect_uri", "https://client.example/")];
    assert_snapshot!("token_redirect_mismatch", wire(&token(&scene, &elsewhere)));
    let refused = as_another_app(&scene, &[("grant_type", "authorization_code"), ("code", &code)]);
    assert_eq!(member(&refused, "error_description"), "Incorrect Token type or clientID");
    assert_eq!(exchange(&scene, &code).status(), 200, "a refused exchange spends nothing");
}

#[test]
fn a_refresh_token_belongs_to_its_app() {
    let scene = scene();
    let issued = exchange(&scene, &scene.code());
    let refresh_token = member(&issued, "refresh_token");
    let form = [("grant_type", "refresh_token"), ("refresh_token", refresh_token.as_str())];
    assert_snapshot!("token_refresh_of_another_app", wire(&as_another_app(&scene, &form)));
    let swapped = refresh(&scene, &member(&issued, "access_token"));
    assert_eq!(member(&swapped, "error_description"), "Incorrect Token type or clientID", "QBO-030");
    assert_eq!(refresh(&scene, &refresh_token).status(), 200, "a refused refresh spends nothing");
}

fn as_another_app(scene: &Scene, form: &[(&str, &str)]) -> rehearsal::Reply {
    let app = scene.tenant.register_app(Vendor::QuickBooks, scene.tenant.new_app(Vendor::QuickBooks));
    let app = app.expect("its client id is new");
    let own = [("client_id", &*app.client_id), ("client_secret", app.client_secret.expose())];
    scene.post(TOKEN, &[form, &own].concat())
}

#[test]
fn every_answer_has_its_id_and_is_kept_by_nobody() {
    let scene = scene();
    let replies = [
        exchange(&scene, &scene.code()),
        exchange(&scene, "bad"),
        scene.post(TOKEN, &[]),
        super::revoke(&scene, "unknown"),
        scene.get(TOKEN, &[&basic(&scene)]),
    ];
    for reply in replies {
        let headers = reply.headers();
        assert_eq!(headers["cache-control"], "no-cache, no-store", "QBO-033");
        assert_eq!(headers["pragma"], "no-cache", "QBO-033");
        let id = headers["intuit_tid"].to_str().unwrap();
        let lengths: Vec<_> = id.split('-').map(str::len).collect();
        assert_eq!(lengths, [1, 8, 24], "QBO-050: {id}");
        assert!(id.starts_with("1-69a42a40-"), "QBO-050: the second part is the second: {id}");
    }
}

#[test]
fn a_browser_may_not_call() {
    let scene = scene();
    for path in [TOKEN, super::REVOKE] {
        let preflight = ["Origin: https://client.example", "Access-Control-Request-Method: POST"];
        let refused = scene.send(Method::OPTIONS, path, &preflight, "");
        assert_eq!(refused.status(), 405, "QBO-051");
        assert!(!refused.headers().contains_key("access-control-allow-origin"), "QBO-051");
    }
    assert_snapshot!("token_get", unnumbered(&scene.get(TOKEN, &[])));
}
