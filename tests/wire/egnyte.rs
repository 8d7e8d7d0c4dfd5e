//! Egnyte on the wire: domains, the browser step, tokens, revocation.

use bytes::Bytes;
use http::{Method, Request};
use insta::assert_snapshot;
use rehearsal::{
    Consent, ConsentGiven, Reply, Stage, TenantHandle, Vendor,
    oauth::{App, Flow, User},
    providers::egnyte::{Limits, Switches},
};

use crate::scene::{Scene, member, redirect_parameter, ticket, wire};

pub(crate) const USERINFO: &str = "/pubapi/v1/userinfo";

/// Without limits: at a stopped clock, a second never ends.
pub(crate) fn scene() -> Scene {
    let scene = Scene::at(Vendor::Egnyte);
    scene.tenant.set_switches(&Switches { limits: Limits::Off, ..Switches::default() });
    scene
}

pub(crate) fn token(scene: &Scene, pairs: &[(&str, &str)]) -> Reply {
    let client =
        [("client_id", scene.demo.client_id.as_str()), ("client_secret", scene.demo.client_secret.expose())];
    scene.post("/puboauth/token", &[&client[..], pairs].concat())
}

pub(crate) fn exchange(scene: &Scene, code: &str) -> Reply {
    let pairs = [
        ("grant_type", "authorization_code"),
        ("code", code),
        ("redirect_uri", scene.demo.redirect_uri.as_str()),
    ];
    token(scene, &pairs)
}

pub(crate) fn refresh(scene: &Scene, refresh_token: &str) -> Reply {
    token(scene, &[("grant_type", "refresh_token"), ("refresh_token", refresh_token)])
}

pub(crate) fn bearer(token: &str) -> String {
    format!("Authorization: Bearer {token}")
}

pub(crate) fn call(scene: &Scene, access_token: &str) -> Reply {
    scene.get(USERINFO, &[&bearer(access_token)])
}

/// Sends a request to a host of one's choice.
fn at_host(scene: &Scene, host: &str, target: &str, access_token: &str) -> Reply {
    let request = Request::get(target).header("host", host);
    let request = request.header("authorization", format!("Bearer {access_token}"));
    scene.respond(&request.body(Bytes::new()).expect("the request is well formed"))
}

pub(crate) fn query(scene: &Scene) -> String {
    format!("client_id={}&redirect_uri={}&state=a%26b", scene.demo.client_id, scene.callback())
}

pub(crate) fn login(scene: &Scene) -> [(&'static str, &str); 2] {
    [("j_username", scene.demo.login.as_str()), ("j_password", scene.demo.password.expose())]
}

/// Logs in at the page that `url` shows, and presses `button` on the next.
fn decide(scene: &Scene, url: &str, button: &str) -> Reply {
    let consent = scene.post(url, &login(scene));
    scene.post(url, &[("rehearsal_ticket", &ticket(&consent)), (button, "true")])
}

fn location(reply: &Reply) -> &str {
    reply.headers()["location"].to_str().expect("the location is text")
}

/// An app for the password flow; one from before 2015 has no secret.
pub(crate) fn internal_app(scene: &Scene, secret: &str) -> App {
    let new = scene.tenant.new_app(Vendor::Egnyte);
    let app = App { flow: Flow::Password, client_secret: secret.into(), redirect_uris: Vec::new(), ..new };
    scene.tenant.register_app(Vendor::Egnyte, app.clone()).expect("its client id is new");
    app
}

#[test]
fn consent_gives_a_code_and_denial_an_error() {
    let scene = scene();
    let query = query(&scene);
    let page =
        scene.get(&format!("/puboauth/token?{query}&response_type=code&mobile=0&client_secret=x"), &[]);
    assert_snapshot!("authorize_login", wire(&page));
    assert_eq!(page.headers()["content-type"], "text/html;charset=UTF-8", "EGN-002");
    assert_eq!(page.status(), 200, "EGN-002, EGN-014: mobile and client_secret do no harm");
    for mobile in ["mobile=1", "mobile=0&client_secret=stray"] {
        let page = scene.get(&format!("/puboauth/token?{query}&response_type=code&{mobile}"), &[]);
        assert!(page.text().contains("loginUsername"), "EGN-014: {mobile}");
    }
    for name in [
        "id=\"loginUsername\"",
        "class=\"set-username-btn\"",
        "class=\"content-login active\"",
        "id=\"j_password\"",
        "id=\"loginBtn\"",
    ] {
        assert!(page.text().contains(name), "EGN-061: {name}");
    }
    let url = format!("/puboauth/authorize?{query}&response_type=code");
    assert_eq!(scene.get(&url, &[]).status(), 200, "EGN-003");
    let consent = scene.post(&url, &login(&scene));
    assert!(consent.text().contains("class=\"allow_button\""), "EGN-061");
    assert_snapshot!("authorize_consent", wire(&consent));
    let allowed = scene.post(&url, &[("rehearsal_ticket", &ticket(&consent)), ("allow", "true")]);
    assert_snapshot!("authorize_allowed", wire(&allowed));
    assert_eq!(redirect_parameter(&allowed, "state").as_deref(), Some("a&b"), "EGN-004");
    let code = redirect_parameter(&allowed, "code").expect("EGN-004");
    assert_eq!(exchange(&scene, &code).status(), 200, "EGN-017");
    let denied = decide(&scene, &url, "deny");
    assert_snapshot!("authorize_denied", wire(&denied));
    let back = format!("{}?error=access_denied&state=a%26b", scene.demo.redirect_uri);
    assert_eq!((denied.status().as_u16(), location(&denied)), (302, back.as_str()), "EGN-007");
}

#[test]
fn the_implicit_flow_answers_in_the_fragment() {
    let scene = scene();
    let url = format!("/puboauth/authorize?{}&response_type=token", query(&scene));
    let allowed = decide(&scene, &url, "allow");
    assert_snapshot!("authorize_implicit_allowed", wire(&allowed));
    let fragment = location(&allowed).split_once('#').expect("EGN-005").1;
    let access = fragment.strip_prefix("access_token=").and_then(|rest| rest.split('&').next());
    assert_eq!(call(&scene, access.expect("EGN-005")).status(), 200);
    assert!(!fragment.contains("refresh"), "EGN-005");
    let denied = decide(&scene, &url, "deny");
    assert_snapshot!("authorize_implicit_denied", wire(&denied));
    let back = format!("{}#error=access_denied&state=a%26b", scene.demo.redirect_uri);
    assert_eq!(location(&denied), back, "EGN-007: in the fragment");

    // As the JavaScript SDK asks: no response type, no state.
    let id = &scene.demo.client_id;
    let sdk = format!("/puboauth/authorize?client_id={id}&mobile=0&redirect_uri={}", scene.callback());
    let allowed = decide(&scene, &sdk, "allow");
    assert!(location(&allowed).contains("/callback#access_token="), "EGN-006: {}", location(&allowed));
}

#[test]
fn a_robot_needs_no_page() {
    let scene = scene();
    scene.tenant.set_consent(Consent::Auto);
    let allowed = scene.get(&format!("/acme/puboauth/token?{}&response_type=code", query(&scene)), &[]);
    let code = redirect_parameter(&allowed, "code").expect("EGN-004");
    assert_eq!(code.len(), 20);
    assert_eq!(exchange(&scene, &code).status(), 200);
}

#[test]
fn a_browser_request_that_is_wrong_leaves_the_user_on_json() {
    let scene = scene();
    let id = &scene.demo.client_id;
    let callback = scene.callback();
    let open = |query: &str| scene.get(&format!("/puboauth/token?response_type=code&{query}"), &[]);
    let no_client = open("");
    assert_snapshot!("authorize_no_client", wire(&no_client));
    assert!(no_client.text().contains(r#""code":"REQUIRED_PARAMS_MISSING""#), "EGN-010");
    let unknown = open(&format!("client_id=x&redirect_uri={callback}"));
    assert_snapshot!("authorize_unknown_client", wire(&unknown));
    assert_eq!(unknown.status(), 401, "EGN-011");
    assert!(unknown.text().contains("No valid app info found for api key"), "EGN-011");
    let internal = open(&format!("client_id={}", internal_app(&scene, "s").client_id));
    assert_snapshot!("authorize_internal_key", wire(&internal));
    assert!(internal.text().contains("Incorrect request type GET for resource owner flow"), "EGN-012");
    assert_snapshot!("authorize_no_callback", wire(&open(&format!("client_id={id}"))));
    let http = open(&format!("client_id={id}&redirect_uri=http%3A%2F%2Flocalhost%2Fcallback"));
    assert_snapshot!("authorize_callback_not_https", wire(&http));
    let other = open(&format!("client_id={id}&redirect_uri={callback}%2F"));
    assert_eq!(other.body(), http.body(), "EGN-009");
    assert_eq!(other.verdict.to_string(), "refused: the redirect URI is not one of the key's");
    let good = format!("client_id={id}&redirect_uri={callback}");
    assert_snapshot!("authorize_unknown_scope", wire(&open(&format!("{good}&scope=Egnyte.nothing"))));
    let unknown = scene.get(&format!("/puboauth/token?response_type=id&{good}"), &[]);
    assert_snapshot!("authorize_unknown_response_type", wire(&unknown));
    for scope in ["Egnyte.filesystem+Egnyte.link", "Egnyte.filesystem%20Egnyte.link"] {
        assert_eq!(open(&format!("{good}&scope={scope}")).status(), 200, "EGN-015: {scope}");
    }
}

#[test]
fn an_http_callback_is_refused_even_if_it_is_registered() {
    let scene = scene();
    let uri = "http://localhost/callback".to_owned();
    let app = App { redirect_uris: vec![uri], ..scene.tenant.new_app(Vendor::Egnyte) };
    let app = scene.tenant.register_app(Vendor::Egnyte, app).unwrap();
    let url = format!(
        "/puboauth/token?response_type=code&client_id={}&redirect_uri=http%3A%2F%2Flocalhost%2Fcallback",
        app.client_id
    );
    assert!(scene.get(&url, &[]).text().contains("INVALID_CALLBACK"), "EGN-008");
}

#[test]
fn the_domain_may_stand_in_the_host_or_the_path() {
    let scene = scene();
    assert_eq!(scene.demo.realm.as_deref(), Some("acme"));
    let access = member(&exchange(&scene, &scene.code()), "access_token");
    for (host, target) in [
        ("acme.egnyte.com", "/pubapi/v1/userinfo"),
        ("ACME.egnyte.com", "/pubapi/v1/userinfo"),
        ("Acme.Egnyte.com", "/pubapi/v1/userinfo"),
        ("acme.localhost:4013", "/pubapi/v1/userinfo"),
        ("127.0.0.1:4013", "/acme/pubapi/v1/userinfo"),
        ("127.0.0.1:4013", "/pubapi/v1/userinfo"),
    ] {
        assert_eq!(at_host(&scene, host, target, &access).status(), 200, "EGN-001: {host}{target}");
    }
    let nobodys = at_host(&scene, "NoSuch.Egnyte.com", "/pubapi/v1/userinfo", &access);
    assert_eq!(nobodys.status(), 404, "a domain that no customer has, whatever its letters");
    let page = scene.get(&format!("/acme/puboauth/token?{}&response_type=code", query(&scene)), &[]);
    assert!(page.text().contains("action=\"/acme/puboauth/authorize?"), "{}", page.text());
}

/// The aggregator prints `https://.egnyte.com/puboauth/token?…`, and tells its reader to put the subdomain in.
#[test]
fn an_address_with_an_empty_domain_gives_neither_page_nor_token() {
    let scene = scene();
    let access = member(&exchange(&scene, &scene.code()), "access_token");
    let url = format!(
        "/puboauth/token?scope=Egnyte.filesystem+Egnyte.link&response_type=code&redirect_uri={}&state=egnyte&client_id={}",
        scene.callback(),
        scene.demo.client_id
    );
    let empty = at_host(&scene, ".egnyte.com", &url, "");
    assert_snapshot!("domain_empty", wire(&empty));
    assert!(!empty.text().contains("loginUsername"), "EGN-062");
    assert_eq!(scene.get(&format!("/{url}"), &[]).body(), empty.body(), "EGN-062: the same by path");
    assert_eq!(at_host(&scene, ".egnyte.com", USERINFO, &access).status(), 404, "EGN-062");
    assert_eq!(scene.post("//puboauth/token", &[("grant_type", "password")]).status(), 404, "EGN-062");
    assert_eq!(scene.get(&format!("/acme{url}"), &[]).status(), 200, "the subdomain put in by hand");
    assert_snapshot!("domain_unknown", wire(&scene.get(&format!("/nobody{url}"), &[])));
}

#[test]
fn codes_tokens_and_keys_are_useless_at_another_domain() {
    let scene = scene();
    let other = scene.stage.tenant();
    let theirs = other.demo(Vendor::Egnyte).realm.expect("EGN-001: each tenant has a domain");
    assert_ne!(theirs, "acme", "a domain names one tenant");
    let page = scene.get(&format!("/{theirs}/puboauth/token?{}&response_type=code", query(&scene)), &[]);
    assert_eq!(page.status(), 401, "EGN-001");
    assert!(page.text().contains("No valid app info found for api key"), "EGN-001");
    let form = [
        ("grant_type", "authorization_code"),
        ("client_id", scene.demo.client_id.as_str()),
        ("client_secret", scene.demo.client_secret.expose()),
        ("redirect_uri", scene.demo.redirect_uri.as_str()),
        ("code", &scene.code()),
    ];
    assert_eq!(scene.post(&format!("/{theirs}/puboauth/token"), &form).status(), 401, "EGN-001");
    let issued = scene.post("/acme/puboauth/token", &form);
    let access = member(&issued, "access_token");
    for suffix in ["egnyte.com", "egnytegov.com", "qa-egnyte.com"] {
        let refused = at_host(&scene, &format!("{theirs}.{suffix}"), USERINFO, &access);
        assert_eq!(refused.status(), 401, "EGN-001: {suffix}");
        assert_eq!(refused.verdict.to_string(), "refused: issued at another customer account");
    }
    assert_eq!(call(&scene, &access).status(), 200);
}

#[test]
fn two_domains_of_one_tenant_know_only_their_own_users() {
    let scene = scene();
    let user = User { login: "blake".into(), realm: "beta".into(), ..scene.tenant.new_user(Vendor::Egnyte) };
    let blake = scene.tenant.register_user(Vendor::Egnyte, user).unwrap();
    let form = [("j_username", "blake"), ("j_password", blake.password.expose())];
    let url = |domain: &str| format!("/{domain}/puboauth/authorize?{}&response_type=code", query(&scene));
    let page = scene.post(&url("acme"), &form);
    assert!(page.text().contains("wrong password"), "EGN-001");
    let elsewhere = scene.post(&url("beta"), &form);
    let ticket = ticket(&elsewhere);
    let carried = scene.post(&url("acme"), &[("rehearsal_ticket", &ticket), ("allow", "true")]);
    assert_eq!(carried.status(), 200, "EGN-001: a login does not carry over");

    let consent = ConsentGiven { login: Some("blake".into()), ..ConsentGiven::default() };
    let code = scene.tenant.issue_code(Vendor::Egnyte, consent).unwrap();
    let form = [
        ("grant_type", "authorization_code"),
        ("client_id", scene.demo.client_id.as_str()),
        ("client_secret", scene.demo.client_secret.expose()),
        ("redirect_uri", scene.demo.redirect_uri.as_str()),
        ("code", code.expose()),
    ];
    let refused = scene.post("/acme/puboauth/token", &form);
    assert_eq!(member(&refused, "error"), "invalid_grant", "EGN-001");
    let access = member(&scene.post("/beta/puboauth/token", &form), "access_token");
    let users = scene.get("/beta/pubapi/v2/users", &[&bearer(&access)]);
    assert!(users.text().contains("\"totalResults\":1"), "{}", users.text());
    assert_eq!(scene.get("/acme/pubapi/v2/users", &[&bearer(&access)]).status(), 401, "EGN-001");

    scene.tenant.set_consent(Consent::Auto);
    let allowed = scene.get(&url("beta"), &[]);
    let code = redirect_parameter(&allowed, "code").expect("EGN-004");
    assert_eq!(exchange(&scene, &code).status(), 200, "the first user of the domain consents");
}

#[test]
fn a_code_is_good_once_and_for_a_minute() {
    let scene = scene();
    let code = scene.code();
    let issued = exchange(&scene, &code);
    assert_snapshot!("token_by_code", wire(&issued));
    let reused = exchange(&scene, &code);
    assert_snapshot!("token_code_reused", wire(&reused));
    assert_eq!((reused.status().as_u16(), &*member(&reused, "error")), (400, "invalid_grant"), "EGN-021");
    assert_eq!(call(&scene, &member(&issued, "access_token")).status(), 200, "EGN-021: it kills nothing");
    let late = scene.code();
    scene.advance(60);
    let refused = exchange(&scene, &late);
    assert_eq!(
        (refused.status().as_u16(), member(&refused, "error")),
        (400, "invalid_grant".into()),
        "EGN-022"
    );
    assert!(refused.verdict.to_string().contains("expired"), "{}", refused.verdict);
}

#[test]
fn the_token_endpoint_refuses_what_it_should() {
    let scene = scene();
    let (id, secret) = (scene.demo.client_id.as_str(), scene.demo.client_secret.expose());
    let callback = scene.demo.redirect_uri.as_str();
    let post = |form: &[(&str, &str)]| scene.post("/puboauth/token", form);
    assert_snapshot!("token_no_grant_type", wire(&post(&[("client_id", id)])));
    let garbage = "authorization_codeEgnyte.filesystem Egnyte.bookmark";
    let refused = token(&scene, &[("grant_type", garbage)]);
    assert_snapshot!("token_unknown_grant_type", wire(&refused));
    let bytes = r#"{"error":"unsupported_grant_type"}"#;
    assert_eq!((refused.status().as_u16(), &*refused.text()), (400, bytes), "EGN-030");
    let by_code = ("grant_type", "authorization_code");
    assert!(post(&[by_code]).text().contains("REQUIRED_PARAMS_MISSING"), "EGN-017: five fields");
    assert_snapshot!("token_unknown_client", wire(&post(&[by_code, ("client_id", "x")])));
    let wrong = [by_code, ("client_id", id), ("client_secret", "wrong")];
    let refused = post(&wrong);
    assert_snapshot!("token_wrong_secret", wire(&refused));
    assert_eq!((refused.status().as_u16(), &*member(&refused, "error")), (401, "invalid_client"), "EGN-025");
    assert!(!refused.text().contains("access_token"), "EGN-025");
    let missing = [
        ("client_secret", post(&[by_code, ("client_id", id)])),
        ("redirect_uri", token(&scene, &[by_code])),
        ("code", token(&scene, &[by_code, ("redirect_uri", callback)])),
        ("refresh_token", token(&scene, &[("grant_type", "refresh_token")])),
    ];
    for (name, refused) in missing {
        assert!(refused.text().contains(name), "EGN-017: {name}: {}", refused.text());
        assert_snapshot!(format!("token_no_{name}"), wire(&refused));
    }
    let code = scene.code();
    let elsewhere = [by_code, ("code", &code), ("redirect_uri", "https://client.example/other")];
    let refused = token(&scene, &elsewhere);
    assert_snapshot!("token_redirect_mismatch", wire(&refused));
    assert_eq!((refused.status().as_u16(), &*member(&refused, "error")), (400, "invalid_grant"), "EGN-023");
    let json =
        format!(r#"{{"grant_type":"authorization_code","client_id":"{id}","client_secret":"{secret}"}}"#);
    let json = scene.send(Method::POST, "/puboauth/token", &["Content-Type: application/json"], &json);
    assert_eq!(json.status(), 400, "EGN-016: a form, not JSON");
    assert_eq!(exchange(&scene, &code).status(), 200, "a refused exchange spends nothing");
}

#[test]
fn a_scope_sent_at_the_exchange_must_be_that_of_the_authorize_step() {
    let scene = scene();
    let exchange = |sent: &str| {
        let scopes = vec!["Egnyte.filesystem".to_owned(), "Egnyte.link".to_owned()];
        let consent = ConsentGiven { scopes, ..ConsentGiven::default() };
        let code = scene.tenant.issue_code(Vendor::Egnyte, consent).unwrap();
        let pairs = [
            ("grant_type", "authorization_code"),
            ("code", code.expose()),
            ("redirect_uri", scene.demo.redirect_uri.as_str()),
            ("scope", sent),
        ];
        token(&scene, &pairs)
    };
    assert_eq!(exchange("Egnyte.filesystem Egnyte.link").status(), 200, "EGN-024");
    assert_eq!(exchange("Egnyte.link Egnyte.filesystem").status(), 200, "EGN-024: in any order");
    assert_eq!(exchange("").status(), 200, "EGN-024");
    assert_snapshot!("token_scope_mismatch", wire(&exchange("Egnyte.filesystem")));
}

#[test]
fn an_internal_key_takes_user_and_password() {
    let scene = scene();
    let app = internal_app(&scene, "shared-secret");
    let post = |id: &str, secret: Option<&str>, password: &str| {
        let mut form = vec![
            ("grant_type", "password"),
            ("client_id", id),
            ("username", scene.demo.login.as_str()),
            ("password", password),
        ];
        form.extend(secret.map(|secret| ("client_secret", secret)));
        scene.post("/puboauth/token", &form)
    };
    let password = scene.demo.password.expose();
    let issued = post(&app.client_id, Some("shared-secret"), password);
    assert_snapshot!("token_by_password", wire(&issued));
    assert_eq!(call(&scene, &member(&issued, "access_token")).status(), 200, "EGN-026");
    let nameless = [
        ("grant_type", "password"),
        ("client_id", &*app.client_id),
        ("client_secret", "shared-secret"),
        ("password", password),
    ];
    assert_snapshot!("token_no_username", wire(&scene.post("/puboauth/token", &nameless)));
    assert_snapshot!("token_wrong_password", wire(&post(&app.client_id, Some("shared-secret"), "wrong")));
    assert_eq!(post(&app.client_id, None, password).status(), 400, "EGN-026: this key has a secret");
    let old = internal_app(&scene, "");
    assert_eq!(post(&old.client_id, None, password).status(), 200, "EGN-026: a key from before 2015");
    let login = &scene.demo.login;
    let body = format!(
        r#"{{"client_id": "{}", "username": "{login}", "password": "{password}", "grant_type": "password"}}"#,
        old.client_id
    );
    let send = |content_type: &str| scene.send(Method::POST, "/puboauth/token", &[content_type], &body);
    let called_form = send("content-type: application/x-www-form-urlencoded");
    assert_eq!(called_form.status(), 200, "EGN-059: JSON that calls itself a form: {}", called_form.text());
    assert_eq!(send("content-type: application/json").status(), 400, "EGN-016: and JSON by its name");
    let public = post(&scene.demo.client_id, Some(scene.demo.client_secret.expose()), password);
    assert_snapshot!("token_key_of_another_flow", wire(&public));
    assert_eq!(
        (public.status().as_u16(), &*member(&public, "error")),
        (400, "unauthorized_client"),
        "EGN-027"
    );
}

#[test]
fn a_refresh_token_is_good_once() {
    let scene = scene();
    let first = member(&exchange(&scene, &scene.code()), "refresh_token");
    let second = refresh(&scene, &first);
    assert_snapshot!("token_by_refresh", wire(&second));
    let refused = refresh(&scene, &first);
    assert_snapshot!("token_refresh_rotated", wire(&refused));
    let bytes = r#"{"error":"invalid_grant"}"#;
    assert_eq!((refused.status().as_u16(), &*refused.text()), (400, bytes), "EGN-028");
    assert!(refused.verdict.to_string().contains("rotated at 2026-03-01T12:00:00Z"), "{}", refused.verdict);
    assert_eq!(
        refresh(&scene, &member(&second, "refresh_token")).status(),
        200,
        "EGN-028: the new one lives"
    );
}

#[test]
fn an_access_token_lives_thirty_days() {
    let scene = scene();
    let issued = exchange(&scene, &scene.code());
    let access = member(&issued, "access_token");
    scene.advance(30 * 24 * 3600 - 1);
    assert_eq!(call(&scene, &access).status(), 200, "EGN-019");
    scene.advance(1);
    let expired = call(&scene, &access);
    assert_snapshot!("api_expired_token", wire(&expired));
    let exact = r#"{"fault":{"faultstring":"Access Token expired","detail":{"errorcode":"keymanagement.service.access_token_expired"}}}"#;
    assert_eq!((expired.status().as_u16(), &*expired.text()), (401, exact), "EGN-029");
    assert!(expired.verdict.to_string().contains("expired"), "{}", expired.verdict);
    assert_eq!(refresh(&scene, &member(&issued, "refresh_token")).status(), 200, "EGN-028");
}

#[test]
fn a_revoked_token_is_dead_at_once() {
    let scene = scene();
    let secret = scene.demo.client_secret.expose();
    let pair = || {
        let issued = exchange(&scene, &scene.code());
        (member(&issued, "access_token"), member(&issued, "refresh_token"))
    };
    let revoke =
        |token: &str| scene.post("/pubapi/v1/tokens/revoke", &[("token", token), ("client_secret", secret)]);
    let (access, refresh_token) = pair();
    assert_snapshot!("revoke", wire(&revoke(&access)));
    let refused = call(&scene, &access);
    assert_snapshot!("api_revoked_token", wire(&refused));
    assert!(refused.verdict.to_string().contains("revoked at 2026-03-01T12:00:00Z"), "{}", refused.verdict);
    assert_eq!(refresh(&scene, &refresh_token).status(), 400, "EGN-033: its refresh token died with it");
    let again = revoke(&access);
    assert_eq!((again.status().as_u16(), again.body().len()), (200, 0), "EGN-032");
    assert!(again.verdict.to_string().contains("nothing was revoked"), "{}", again.verdict);

    let (access, refresh_token) = pair();
    assert_eq!(revoke(&refresh_token).status(), 200, "EGN-033: a refresh token may be passed too");
    assert_eq!(refresh(&scene, &refresh_token).status(), 400, "EGN-033");
    assert_eq!(call(&scene, &access).status(), 200);
}

#[test]
fn a_revocation_needs_a_secret_or_a_bearer() {
    let scene = scene();
    let access = || member(&exchange(&scene, &scene.code()), "access_token");
    let (token, path) = (access(), "/pubapi/v1/tokens/revoke");
    let wrong = scene.post(path, &[("token", &token), ("client_secret", "wrong")]);
    assert_snapshot!("revoke_wrong_secret", wire(&wrong));
    assert_eq!(scene.post(path, &[("token", &token)]).status(), 401);
    let alone = ("client_secret", scene.demo.client_secret.expose());
    assert_eq!(scene.post(path, &[alone]).status(), 400, "a token is wanted");
    assert_eq!(call(&scene, &token).status(), 200, "it was not revoked");
    let by_query = format!("{path}?token={token}");
    let revoked = scene.send(Method::POST, &by_query, &[&bearer(&token)], "");
    assert_eq!(revoked.status(), 200, "the caller's own bearer");
    assert_eq!(call(&scene, &token).status(), 401);

    let other = internal_app(&scene, "");
    let consent = ConsentGiven { client_id: Some(other.client_id.to_string()), ..ConsentGiven::default() };
    let theirs = scene.tenant.issue_tokens(Vendor::Egnyte, consent).unwrap().access_token;
    let token = access();
    let revoked = scene.post_with(path, &[&bearer(theirs.expose())], &[("token", &token)]);
    assert!(revoked.verdict.is_refused(), "another key's bearer revokes nothing");
    assert_eq!(call(&scene, &token).status(), 200);
}

#[test]
fn a_new_password_kills_all_of_the_users_tokens() {
    let scene = scene();
    let issued = exchange(&scene, &scene.code());
    scene.tenant.change_password(Vendor::Egnyte, &scene.demo.login).unwrap();
    let refused = call(&scene, &member(&issued, "access_token"));
    assert_eq!(refused.status(), 401, "EGN-034");
    assert!(refused.verdict.to_string().contains("password was changed"), "{}", refused.verdict);
    assert_eq!(refresh(&scene, &member(&issued, "refresh_token")).status(), 400, "EGN-034");
}

#[test]
fn a_key_that_is_switched_off_takes_its_tokens_along() {
    let scene = scene();
    let issued = exchange(&scene, &scene.code());
    scene.tenant.deactivate_app(Vendor::Egnyte, &scene.demo.client_id).unwrap();
    assert_eq!(call(&scene, &member(&issued, "access_token")).status(), 401, "EGN-035");
    for refused in [
        refresh(&scene, &member(&issued, "refresh_token")),
        scene.get(&format!("/puboauth/token?{}", query(&scene)), &[]),
    ] {
        assert_eq!(refused.status(), 401, "EGN-035");
        assert!(refused.text().contains("No valid app info found for api key"), "EGN-035");
    }
}

#[test]
fn a_domain_has_no_case_and_one_tenant() {
    let stage = Stage::builder().seed(7).build();
    let (first, second) = (stage.tenant(), stage.tenant());
    let user = |tenant: &TenantHandle, login: &str, realm: &str| {
        let user = User { login: login.into(), realm: realm.into(), ..tenant.new_user(Vendor::Egnyte) };
        tenant.register_user(Vendor::Egnyte, user)
    };
    assert_eq!(user(&first, "kim", "Zeta").unwrap().realm, "zeta");
    let refused = user(&second, "lee", "ZETA").unwrap_err().to_string();
    assert!(refused.starts_with("\"zeta\" cannot be registered at egnyte"), "{refused}");
}

#[test]
fn a_domain_is_free_again_when_its_tenant_is_gone() {
    let stage = Stage::builder().seed(7).build();
    let realm = |tenant: &TenantHandle| tenant.demo(Vendor::Egnyte).realm;
    let first = stage.tenant();
    assert_eq!(realm(&first).as_deref(), Some("acme"));
    assert_ne!(realm(&stage.tenant()).as_deref(), Some("acme"));
    drop(first);
    assert_eq!(realm(&stage.tenant()).as_deref(), Some("acme"));
}
