//! Adobe Sign on the wire: the OAuth paths. The REST APIs are next door.

use http::Method;
use insta::assert_snapshot;
use rehearsal::{Consent, Reply, Vendor};

use crate::scene::{Scene, member, redirect_parameter, ticket, wire};

const SCOPES: &str = "user_read:account+agreement_read:account";

pub(crate) fn scene() -> Scene {
    Scene::at(Vendor::AdobeSign)
}

/// Posts `pairs` with the app's credentials.
pub(crate) fn post(scene: &Scene, path: &str, pairs: &[(&str, &str)]) -> Reply {
    let client =
        [("client_id", scene.demo.client_id.as_str()), ("client_secret", scene.demo.client_secret.expose())];
    scene.post(path, &[&client[..], pairs].concat())
}

fn exchange_at(scene: &Scene, path: &str, code: &str) -> Reply {
    let redirect_uri = scene.demo.redirect_uri.as_str();
    post(scene, path, &[("grant_type", "authorization_code"), ("code", code), ("redirect_uri", redirect_uri)])
}

pub(crate) fn exchange(scene: &Scene, code: &str) -> Reply {
    exchange_at(scene, "/oauth/token", code)
}

pub(crate) fn refresh(scene: &Scene, refresh_token: &str) -> Reply {
    post(scene, "/oauth/refresh", &[("grant_type", "refresh_token"), ("refresh_token", refresh_token)])
}

/// Whether v6 takes the token.
fn works(scene: &Scene, access_token: &str) -> bool {
    let reply = scene.get("/api/rest/v6/baseUris", &[&format!("Authorization: Bearer {access_token}")]);
    reply.status() == 200
}

pub(crate) fn authorize_url(scene: &Scene, path: &str) -> String {
    let (id, callback) = (&scene.demo.client_id, scene.callback());
    format!("{path}?response_type=code&client_id={id}&redirect_uri={callback}&scope={SCOPES}&state=a%26b")
}

fn login(scene: &Scene, url: &str) -> Reply {
    let (user, password) = (scene.demo.login.as_str(), scene.demo.password.expose());
    scene.post(url, &[("j_username", user), ("j_password", password)])
}

#[test]
fn consent_gives_a_code_and_denial_an_error() {
    let scene = scene();
    let url = authorize_url(&scene, "/public/oauth");
    let page = scene.get(&url, &[]);
    assert_snapshot!("authorize_login", wire(&page));
    for control in ["name=\"j_username\"", "name=\"j_password\"", "id=\"login\""] {
        assert!(page.text().contains(control), "ADOBE-064: {control}");
    }
    let consent = login(&scene, &url);
    assert_snapshot!("authorize_consent", wire(&consent));
    assert!(consent.text().contains("id=\"allow-button\""), "ADOBE-064");
    let allowed = scene.post(&url, &[("rehearsal_ticket", &ticket(&consent))]);
    assert_snapshot!("authorize_allowed", wire(&allowed));
    let location = allowed.headers()["location"].to_str().unwrap();
    let names: Vec<_> = location.split(['?', '&']).filter_map(|pair| Some(pair.split_once('=')?.0)).collect();
    assert_eq!(names, ["code", "api_access_point", "state", "web_access_point"], "ADOBE-010");
    assert!(location.contains("api_access_point=http%3A%2F%2F127.0.0.1%3A4013%2F&"), "ADOBE-010: {location}");
    assert_eq!(redirect_parameter(&allowed, "state").as_deref(), Some("a&b"), "ADOBE-011");
    let code = redirect_parameter(&allowed, "code").expect("ADOBE-010");
    assert_eq!(exchange(&scene, &code).status(), 200, "ADOBE-002");

    let consent = login(&scene, &url);
    let denied = scene.post(&url, &[("rehearsal_ticket", &ticket(&consent)), ("deny", "true")]);
    assert_snapshot!("authorize_denied", wire(&denied));
    assert_eq!(redirect_parameter(&denied, "error").as_deref(), Some("access_denied"), "ADOBE-012");
    assert_eq!(redirect_parameter(&denied, "code"), None, "ADOBE-012");
}

#[test]
fn both_versions_authorize_and_doubled_slashes_are_nothing() {
    let scene = scene();
    for path in ["/public/oauth", "/public/oauth/v2", "//public/oauth", "/public/oauth/v2/authorize"] {
        let page = scene.get(&authorize_url(&scene, path), &[]);
        assert!(page.text().contains("j_username"), "ADOBE-001, ADOBE-006: {path}");
        assert!(page.text().contains("action=\"/public/oauth"), "{path}: a browser must come back here");
    }
    scene.tenant.set_consent(Consent::Auto);
    let url = authorize_url(&scene, "/public/oauth/v2");
    let without_state = scene.get(url.trim_end_matches("&state=a%26b"), &[]);
    assert_eq!(without_state.status(), 302);
    assert_eq!(redirect_parameter(&without_state, "state"), None, "ADOBE-011: absent when not sent");
    let point = redirect_parameter(&without_state, "web_access_point");
    assert_eq!(point.as_deref(), Some("http://127.0.0.1:4013/"), "ADOBE-010");
    let code = redirect_parameter(&without_state, "code").unwrap();
    assert!(code.starts_with("CBNCKBAAHBCAABAA") && code.len() == 48, "ADOBE-020: {code}");
    assert_eq!(exchange(&scene, &code).status(), 200, "v1 and v2 paths mix");
}

#[test]
fn a_wrong_password_shows_the_login_page_again() {
    let scene = scene();
    let form = [("j_username", scene.demo.login.as_str()), ("j_password", "wrong")];
    let page = scene.post(&authorize_url(&scene, "/public/oauth"), &form);
    assert_eq!(page.status(), 200);
    assert!(page.text().contains("wrong password"), "{}", page.text());
}

#[test]
fn every_fault_in_the_configuration_is_one_sentence_in_the_page() {
    let scene = scene();
    let mut app = scene.tenant.new_app(Vendor::AdobeSign);
    app.scopes = vec!["user_read:account".into(), "widget_read".into()];
    let app = scene.tenant.register_app(Vendor::AdobeSign, app).unwrap();
    let (id, callback) = (&app.client_id, scene.callback());
    let open = |query: &str| scene.get(&format!("/public/oauth?response_type=code&{query}"), &[]);
    let refused = |query: &str| {
        let page = open(query);
        let sentence = "because the client configuration is invalid: invalid_request";
        page.status() == 200 && page.text().contains(sentence) && page.verdict.is_refused()
    };
    let unknown = open(&format!("client_id=unknown&redirect_uri={callback}&scope=user_read:account"));
    assert_snapshot!("authorize_invalid_configuration", wire(&unknown));
    assert!(
        refused(&format!("client_id=unknown&redirect_uri={callback}&scope=user_read:account")),
        "ADOBE-013: a page, no redirect"
    );
    let other = format!("client_id={id}&scope=user_read:account&redirect_uri={callback}%2F");
    assert!(refused(&other), "ADOBE-014: compared as a whole");
    assert!(refused(&format!("client_id={id}&scope=user_read:account")), "ADOBE-014: missing");
    let asks = |scope: &str| format!("client_id={id}&redirect_uri={callback}&scope={scope}");
    assert!(refused(&asks("agreement_read:account")), "ADOBE-015: not enabled");
    assert!(refused(&asks("user_read")), "ADOBE-015: enabled with another modifier");
    assert!(refused(&asks("user_read:everybody")), "ADOBE-015: no such modifier");
    for scope in ["user_read:account+widget_read:self", "user_read%3Aaccount%20widget_read"] {
        assert!(open(&asks(scope)).text().contains("j_username"), "ADOBE-017, ADOBE-018: {scope}");
    }
}

#[test]
fn what_is_wrong_beyond_the_configuration_is_redirected() {
    let scene = scene();
    let (id, callback) = (&scene.demo.client_id, scene.callback());
    let error = |query: &str| {
        let reply =
            scene.get(&format!("/public/oauth?client_id={id}&redirect_uri={callback}&state=s{query}"), &[]);
        assert_eq!(redirect_parameter(&reply, "state").as_deref(), Some("s"), "ADOBE-012");
        redirect_parameter(&reply, "error").expect("there is an error")
    };
    assert_eq!(error("&response_type=token&scope=user_read"), "invalid_request");
    assert_eq!(error("&response_type=code"), "invalid_scope");

    let mut off = scene.tenant.new_app(Vendor::AdobeSign);
    off.active = false;
    let off = scene.tenant.register_app(Vendor::AdobeSign, off).unwrap();
    let url = format!(
        "/public/oauth?response_type=code&client_id={}&redirect_uri={callback}&scope=user_read",
        off.client_id
    );
    let reply = scene.get(&url, &[]);
    assert_eq!(redirect_parameter(&reply, "error").as_deref(), Some("unauthorized_client"));
}

#[test]
fn only_the_administrator_grants_beyond_themselves() {
    let scene = scene();
    let user = scene.tenant.new_user(Vendor::AdobeSign);
    let user = scene.tenant.register_user(Vendor::AdobeSign, user).unwrap();
    let decide = |scope: &str| {
        let url = authorize_url(&scene, "/public/oauth").replace(SCOPES, scope);
        let form = [("j_username", &*user.login), ("j_password", user.password.expose())];
        let consent = scene.post(&url, &form);
        scene.post(&url, &[("rehearsal_ticket", &ticket(&consent))])
    };
    assert!(redirect_parameter(&decide("user_read:self"), "code").is_some());
    let refused = decide("user_read:account");
    assert_eq!(redirect_parameter(&refused, "error").as_deref(), Some("access_denied"), "ADOBE-019");
    assert!(refused.verdict.to_string().contains("administrator"), "{}", refused.verdict);
}

#[test]
fn a_code_is_good_once_and_for_five_minutes() {
    let scene = scene();
    let code = scene.code();
    let issued = exchange(&scene, &code);
    assert_snapshot!("token_v1", wire(&issued));
    let (access, refresh_token) = (member(&issued, "access_token"), member(&issued, "refresh_token"));
    let bytes = format!(
        r#"{{"access_token":"{access}","refresh_token":"{refresh_token}","token_type":"Bearer","expires_in":3600}}"#
    );
    assert_eq!(issued.text(), bytes, "ADOBE-023");
    assert!(access.starts_with("3AAABLblqZh") && access.len() == 97, "ADOBE-028: {access}");
    assert!(refresh_token.starts_with("3AAABLblqZh") && refresh_token.len() == 77, "ADOBE-029");
    assert!(refresh_token.ends_with('*'), "ADOBE-029");
    let issued = exchange_at(&scene, "//oauth/v2/token", &scene.code());
    assert_snapshot!("token_v2", wire(&issued));
    let points = r#""api_access_point":"http://127.0.0.1:4013/","web_access_point":"http://127.0.0.1:4013/""#;
    let bytes = format!(
        r#"{{"access_token":"{}","refresh_token":"{}",{points},"token_type":"Bearer","expires_in":3600}}"#,
        member(&issued, "access_token"),
        member(&issued, "refresh_token")
    );
    assert_eq!(issued.text(), bytes, "ADOBE-024, ADOBE-065: the stand-in's own address");

    let reused = exchange(&scene, &code);
    assert_snapshot!("token_bad_code", wire(&reused));
    let bytes = r#"{"error_description":"invalid authorization code","error":"invalid_request"}"#;
    assert_eq!((reused.status().as_u16(), &*reused.text()), (401, bytes), "ADOBE-022, ADOBE-032");
    assert!(works(&scene, &access), "whether a replay kills tokens is not known: it does not");
    let late = scene.code();
    scene.advance(5 * 60 - 1);
    let in_time = scene.code();
    scene.advance(1);
    let expired = exchange(&scene, &late);
    assert_eq!(expired.text(), bytes, "ADOBE-021");
    assert!(expired.verdict.to_string().contains("expired"), "{}", expired.verdict);
    assert_eq!(exchange(&scene, &in_time).status(), 200, "ADOBE-021");
    assert_eq!(exchange_at(&scene, "/oauth/v2/token", "unknown").text(), bytes, "ADOBE-032");
}

#[test]
fn the_token_endpoint_refuses_in_the_order_of_its_checks() {
    let scene = scene();
    let (id, secret) = (scene.demo.client_id.as_str(), scene.demo.client_secret.expose());
    let token = |form: &[(&str, &str)]| scene.post("/oauth/token", form);
    let code = scene.code();
    assert_snapshot!("token_no_grant_type", wire(&token(&[("client_id", id)])));
    assert_snapshot!("token_wrong_grant_type", wire(&token(&[("grant_type", "refresh_token")])));
    let grant = ("grant_type", "authorization_code");
    assert_snapshot!("token_no_code", wire(&token(&[grant])));
    let missing = |form: &[(&str, &str)]| member(&token(form), "error_description");
    let coded = [grant, ("code", code.as_str())];
    assert_eq!(missing(&coded), "missing required parameter: client_id");
    assert_snapshot!("token_no_client_id", wire(&token(&coded)));
    let with_id = [&coded[..], &[("client_id", id)]].concat();
    assert_eq!(missing(&with_id), "missing required parameter: client_secret");
    let wrong = [&with_id[..], &[("client_secret", "wrong")]].concat();
    let refused = token(&wrong);
    assert_snapshot!("token_wrong_secret", wire(&refused));
    let bytes = r#"{"error_description":"invalid client credentials","error":"invalid_request"}"#;
    assert_eq!((refused.status().as_u16(), &*refused.text()), (401, bytes), "ADOBE-036");
    let complete = [&with_id[..], &[("client_secret", secret)]].concat();
    assert_eq!(missing(&complete), "missing required parameter: redirect_uri");
    assert_snapshot!("token_no_redirect_uri", wire(&token(&complete)));
    let no_token = post(&scene, "/oauth/refresh", &[("grant_type", "refresh_token")]);
    assert_snapshot!("refresh_no_token", wire(&no_token));
    let elsewhere = [&complete[..], &[("redirect_uri", "https://client.example/other")]].concat();
    let refused = token(&elsewhere);
    assert_snapshot!("token_redirect_mismatch", wire(&refused));
    let bytes =
        r#"{"error_description":"The redirect_uri does not match configuration","error":"invalid_request"}"#;
    assert_eq!((refused.status().as_u16(), &*refused.text()), (400, bytes), "ADOBE-035");
    assert_eq!(exchange(&scene, &code).status(), 200, "a refused exchange spends nothing");
    assert_snapshot!("token_by_get", wire(&scene.get("/oauth/token", &[])));
    assert_snapshot!("no_route", wire(&scene.get("/.well-known/openid-configuration", &[])));
}

#[test]
fn credentials_come_from_the_form_then_on_v1_the_query_then_basic() {
    let scene = scene();
    let (id, secret) = (scene.demo.client_id.as_str(), scene.demo.client_secret.expose());
    let callback = scene.callback();
    let query = |code: &str| {
        format!(
            "grant_type=authorization_code&code={code}&client_id={id}&client_secret={secret}&redirect_uri={callback}"
        )
    };
    let v1 = scene.send(Method::POST, &format!("/oauth/token?{}", query(&scene.code())), &[], "");
    assert_eq!(v1.status(), 200, "ADOBE-007");
    let v2 = scene.send(Method::POST, &format!("/oauth/v2/token?{}", query(&scene.code())), &[], "");
    assert_eq!(member(&v2, "error_description"), "missing required parameter: grant_type", "ADOBE-008");

    let code = scene.code();
    let form = [
        ("grant_type", "authorization_code"),
        ("code", code.as_str()),
        ("redirect_uri", scene.demo.redirect_uri.as_str()),
    ];
    let credential = base64::Engine::encode(&base64::prelude::BASE64_STANDARD, format!("{id}:{secret}"));
    let basic = format!("Authorization: Basic {credential}");
    assert_eq!(scene.post_with("/oauth/v2/token", &[&basic], &form).status(), 200, "ADOBE-009");
    let code = scene.code();
    let bearer = "Authorization: Bearer stray";
    let form = [
        ("grant_type", "authorization_code"),
        ("code", code.as_str()),
        ("redirect_uri", scene.demo.redirect_uri.as_str()),
        ("client_id", id),
        ("client_secret", secret),
    ];
    assert_eq!(scene.post_with("/oauth/v2/token", &[bearer], &form).status(), 200, "a stray header");
}

#[test]
fn a_code_of_another_app_is_a_bad_code() {
    let scene = scene();
    let other = scene.tenant.new_app(Vendor::AdobeSign);
    let other = scene.tenant.register_app(Vendor::AdobeSign, other).unwrap();
    let code = scene.code();
    let form = [
        ("grant_type", "authorization_code"),
        ("code", code.as_str()),
        ("redirect_uri", scene.demo.redirect_uri.as_str()),
        ("client_id", &other.client_id),
        ("client_secret", other.client_secret.expose()),
    ];
    let reply = scene.post("/oauth/token", &form);
    assert_eq!(member(&reply, "error_description"), "invalid authorization code", "ADOBE-032");
    assert!(reply.verdict.to_string().contains("another app"), "{}", reply.verdict);
}

#[test]
fn a_refresh_gives_an_access_token_and_keeps_everything_else() {
    let scene = scene();
    let issued = exchange(&scene, &scene.code());
    let (first, refresh_token) = (member(&issued, "access_token"), member(&issued, "refresh_token"));
    let second = refresh(&scene, &refresh_token);
    assert_snapshot!("refresh", wire(&second));
    let access = member(&second, "access_token");
    let bytes = format!(r#"{{"access_token":"{access}","token_type":"Bearer","expires_in":3600}}"#);
    assert_eq!(second.text(), bytes, "ADOBE-025: nothing else");
    assert!(works(&scene, &first), "ADOBE-031: earlier access tokens live on");
    assert!(works(&scene, &member(&second, "access_token")));
    assert_eq!(refresh(&scene, &refresh_token).status(), 200, "ADOBE-026: the same token again");

    let (id, secret) = (scene.demo.client_id.as_str(), scene.demo.client_secret.expose());
    for form in ["*", "%2A"] {
        let token = refresh_token.replace('*', form);
        let body =
            format!("grant_type=refresh_token&refresh_token={token}&client_id={id}&client_secret={secret}");
        let headers = ["Content-Type: application/x-www-form-urlencoded"];
        let reply = scene.send(Method::POST, "/oauth/v2/refresh", &headers, &body);
        assert_eq!(reply.status(), 200, "ADOBE-003, ADOBE-029: {form}");
    }
}

#[test]
fn a_refresh_token_dies_when_it_was_not_used_for_sixty_days() {
    let scene = scene();
    let refresh_token = member(&exchange(&scene, &scene.code()), "refresh_token");
    let sixty_days = 60 * 24 * 3600;
    for _ in 0..2 {
        scene.advance(sixty_days - 1);
        assert_eq!(refresh(&scene, &refresh_token).status(), 200, "ADOBE-026: each use restarts its life");
    }
    scene.advance(sixty_days);
    let expired = refresh(&scene, &refresh_token);
    assert_snapshot!("refresh_bad_token", wire(&expired));
    let bytes = r#"{"error_description":"invalid refresh token","error":"invalid_request"}"#;
    assert_eq!((expired.status().as_u16(), &*expired.text()), (401, bytes), "ADOBE-027, ADOBE-033");
    assert!(expired.verdict.to_string().contains("expired"), "{}", expired.verdict);
    assert_eq!(refresh(&scene, "unknown").text(), bytes, "ADOBE-033");
    let access = member(&exchange(&scene, &scene.code()), "access_token");
    assert_eq!(refresh(&scene, &access).text(), bytes, "an access token refreshes nothing");
}

#[test]
fn revoking_either_token_kills_both() {
    let scene = scene();
    for (path, which) in [("/oauth/revoke", "access_token"), ("/oauth/v2/revoke", "refresh_token")] {
        let issued = exchange(&scene, &scene.code());
        let (first, refresh_token) = (member(&issued, "access_token"), member(&issued, "refresh_token"));
        let second = member(&refresh(&scene, &refresh_token), "access_token");
        let revoked = scene.post(path, &[("token", &member(&issued, which))]);
        assert_snapshot!("revoke", wire(&revoked));
        assert_eq!(
            (revoked.status().as_u16(), revoked.body().len()),
            (200, 0),
            "ADOBE-004, ADOBE-037: {path}"
        );
        assert!(!works(&scene, &first) && !works(&scene, &second), "ADOBE-040: {which}");
        let refused = refresh(&scene, &refresh_token);
        assert_eq!(member(&refused, "error_description"), "invalid refresh token", "ADOBE-039");
        assert!(refused.verdict.to_string().contains("revoked"), "{}", refused.verdict);
        assert_snapshot!("revoke_again", wire(&scene.post(path, &[("token", &first)]))); // ADOBE-041
    }
}

#[test]
fn a_token_in_the_query_is_revoked_whatever_the_content_type() {
    let scene = scene();
    let headers =
        [&["Cache-Control: no-cache", "Content-Type: application/x-www-form-urlencoded"][..], &[][..]];
    for headers in headers {
        let access = member(&exchange(&scene, &scene.code()), "access_token");
        let target = format!("/oauth/revoke?token={access}");
        assert_eq!(scene.get(&target, headers).status(), 405, "only POST revokes");
        assert!(works(&scene, &access));
        let revoked = scene.send(Method::POST, &target, headers, "");
        assert_eq!((revoked.status().as_u16(), revoked.body().len()), (200, 0), "ADOBE-038");
        assert!(!works(&scene, &access), "ADOBE-038");
    }
}

#[test]
fn what_cannot_be_revoked_is_said() {
    let scene = scene();
    let revoke = |token: &str| scene.post("/oauth/revoke", &[("token", token)]);
    for (name, token, error) in
        [("revoke_unknown", "unknown", "INVALID_TOKEN"), ("revoke_nothing", "", "INVALID_REQUEST")]
    {
        let refused = revoke(token);
        assert_snapshot!(name, wire(&refused));
        assert_eq!((refused.status().as_u16(), &*member(&refused, "error")), (400, error), "ADOBE-042");
    }
    assert_eq!(member(&scene.post("/oauth/v2/revoke", &[]), "error"), "INVALID_REQUEST", "ADOBE-042");
    assert_eq!(member(&revoke(&scene.code()), "error"), "INVALID_TOKEN", "a code is no token");
    let access = member(&exchange(&scene, &scene.code()), "access_token");
    scene.advance(3600);
    assert_eq!(member(&revoke(&access), "error"), "EXPIRED_TOKEN", "ADOBE-041");
}

#[test]
fn every_answer_of_oauth_has_the_recorded_headers() {
    let scene = scene();
    let good = exchange(&scene, &scene.code());
    let refresh_token = member(&good, "refresh_token");
    let others = [
        exchange(&scene, "unknown"),
        refresh(&scene, &refresh_token),
        refresh(&scene, "unknown"),
        scene.post("/oauth/revoke", &[("token", "unknown")]),
        scene.post("/oauth/revoke", &[("token", &refresh_token)]),
    ];
    for reply in std::iter::once(good).chain(others) {
        let headers = reply.headers();
        for (name, value) in [
            ("cache-control", "no-store"),
            ("pragma", "no-cache"),
            ("server", "Apache"),
            ("x-robots-tag", "none"),
            ("strict-transport-security", "max-age=31536000; includeSubDomains;"),
            ("p3p", "CP=\"IDC DSP COR ADM DEVi TAIi PSA PSD IVAi IVDi CONi HIS OUR IND CNT\""),
        ] {
            assert_eq!(headers[name], value, "ADOBE-034: {}", wire(&reply));
        }
        if !reply.body().is_empty() {
            assert_eq!(headers["content-type"], "application/json;charset=UTF-8", "ADOBE-034");
        }
        assert!(!headers.contains_key("www-authenticate"), "ADOBE-034");
    }
}

#[test]
fn the_credential_names_the_tenant_on_every_path() {
    let scene = scene();
    let other = scene.stage.tenant();
    let issued = other.issue_tokens(Vendor::AdobeSign, rehearsal::ConsentGiven::default()).unwrap();
    let mark = other.journal().mark();
    let header = format!("Access-Token: {}", issued.access_token.expose());
    assert_eq!(scene.get("/api/rest/v5/users", &[&header]).status(), 200);
    let target = format!("/oauth/revoke?token={}", issued.access_token.expose());
    assert_eq!(scene.send(Method::POST, &target, &[], "").status(), 200);
    let operations: Vec<_> = other.journal().since(mark).iter().map(|entry| entry.operation).collect();
    assert_eq!(operations, ["users", "revoke"]);
}
