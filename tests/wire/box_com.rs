//! Box on the wire.

use http::Method;
use insta::assert_snapshot;
use rehearsal::{Reply, Vendor};

use crate::scene::{Scene, member, redirect_parameter, ticket, wire};

fn scene() -> Scene {
    Scene::at(Vendor::Box)
}

fn token(scene: &Scene, pairs: &[(&str, &str)]) -> Reply {
    let client =
        [("client_id", scene.demo.client_id.as_str()), ("client_secret", scene.demo.client_secret.expose())];
    scene.post("/oauth2/token", &[&client[..], pairs].concat())
}

fn exchange(scene: &Scene, code: &str) -> Reply {
    token(scene, &[("grant_type", "authorization_code"), ("code", code)])
}

fn refresh(scene: &Scene, refresh_token: &str) -> Reply {
    token(scene, &[("grant_type", "refresh_token"), ("refresh_token", refresh_token)])
}

fn call(scene: &Scene, access_token: &str) -> Reply {
    scene.get("/2.0/users/me", &[&format!("Authorization: Bearer {access_token}")])
}

fn authorize_url(scene: &Scene) -> String {
    format!(
        "/api/oauth2/authorize?response_type=code&client_id={}&redirect_uri={}&state=a%26b",
        scene.demo.client_id,
        scene.callback()
    )
}

#[test]
fn consent_gives_a_code_and_denial_an_error() {
    let scene = scene();
    let url = authorize_url(&scene);
    assert_snapshot!("authorize_login", wire(&scene.get(&url, &[])));
    let login = [("login", scene.demo.login.as_str()), ("password", scene.demo.password.expose())];
    let consent = scene.post(&url, &login);
    assert_snapshot!("authorize_consent", wire(&consent));
    let allowed = scene.post(&url, &[("rehearsal_ticket", &ticket(&consent)), ("consent_accept", "true")]);
    assert_snapshot!("authorize_allowed", wire(&allowed));
    assert_eq!(redirect_parameter(&allowed, "state").as_deref(), Some("a&b"), "BOX-013");
    let code = redirect_parameter(&allowed, "code").expect("BOX-013");
    assert_eq!(exchange(&scene, &code).status(), 200, "BOX-002");

    let consent = scene.post(&url, &login);
    let denied = scene.post(&url, &[("rehearsal_ticket", &ticket(&consent)), ("consent_reject", "true")]);
    assert_snapshot!("authorize_denied", wire(&denied));
}

#[test]
fn a_ticket_is_good_for_one_decision() {
    let scene = scene();
    let url = authorize_url(&scene);
    let login = [("login", scene.demo.login.as_str()), ("password", scene.demo.password.expose())];
    let ticket = ticket(&scene.post(&url, &login));
    let allow = [("rehearsal_ticket", ticket.as_str()), ("consent_accept", "true")];
    assert_eq!(scene.post(&url, &allow).status(), 302);
    assert_eq!(scene.post(&url, &allow).status(), 200, "a spent ticket leads back to the login page");
}

#[test]
fn a_wrong_password_shows_the_login_page_again() {
    let scene = scene();
    let page = scene.post(&authorize_url(&scene), &[("login", &scene.demo.login), ("password", "wrong")]);
    assert_eq!(page.status(), 200);
    assert!(page.text().contains("wrong password"), "{}", page.text());
}

#[test]
fn an_authorization_url_that_does_not_fit_the_app_is_an_error_in_the_page() {
    let scene = scene();
    let id = &scene.demo.client_id;
    let open = |query: &str| scene.get(&format!("/api/oauth2/authorize?response_type=code&{query}"), &[]);
    assert_snapshot!("authorize_unknown_client", wire(&open("client_id=unknown")));
    let mismatch = format!("client_id={id}&redirect_uri=https%3A%2F%2Fclient.example%2Fcallback%2F");
    assert_snapshot!("authorize_redirect_mismatch", wire(&open(&mismatch)));
    assert_eq!(open(&format!("client_id={id}")).status(), 200, "BOX-008: the only registered one is used");

    let mut app = scene.tenant.new_app(Vendor::Box);
    app.redirect_uris = vec!["http://localhost:1/cb?x=1".into(), "https://client.example/two".into()];
    let app = scene.tenant.register_app(Vendor::Box, app).unwrap();
    let id = &app.client_id;
    assert!(open(&format!("client_id={id}")).text().contains("redirect_uri_missing"), "BOX-009");
    let loopback = |uri: &str| open(&format!("client_id={id}&redirect_uri={uri}")).status();
    assert_eq!(loopback("http%3A%2F%2Flocalhost%3A4711%2Fcb%3Fx%3D1"), 200, "BOX-011: any port");
    assert_eq!(loopback("http%3A%2F%2Flocalhost%3A4711%2Fcb"), 400, "BOX-011: the query counts");
    assert_eq!(
        loopback("https%3A%2F%2Fclient.example%3A99%2Ftwo"),
        400,
        "BOX-010: elsewhere the port counts"
    );
}

#[test]
fn a_code_is_good_once_and_for_thirty_seconds() {
    let scene = scene();
    let code = scene.code();
    assert_eq!(code.len(), 32, "BOX-015");
    assert_snapshot!("token_by_code", wire(&exchange(&scene, &code)));
    assert_snapshot!("token_code_reused", wire(&exchange(&scene, &code)));
    let late = scene.code();
    scene.advance(30);
    assert_snapshot!("token_code_expired", wire(&exchange(&scene, &late)));
}

#[test]
fn the_token_endpoint_refuses_in_the_order_of_its_checks() {
    let scene = scene();
    let (id, secret) = (scene.demo.client_id.as_str(), scene.demo.client_secret.expose());
    let post = |form: &[(&str, &str)]| scene.post("/oauth2/token", form);
    assert_snapshot!("token_no_grant_type", wire(&post(&[("client_id", "x")])));
    assert_snapshot!("token_no_client", wire(&post(&[("grant_type", "refresh_token")])));
    let wrong = [("grant_type", "refresh_token"), ("client_id", id), ("client_secret", "wrong")];
    assert_snapshot!("token_wrong_secret", wire(&post(&wrong)));
    let basic =
        scene.post_with("/oauth2/token", &["Authorization: Basic eDp5"], &[("grant_type", "refresh_token")]);
    assert_eq!(member(&basic, "error_description"), "The client credentials are invalid", "BOX-005");
    let other = [("grant_type", "client_credentials"), ("client_id", id), ("client_secret", secret)];
    assert_snapshot!("token_grant_not_enabled", wire(&post(&other)));
    assert_snapshot!("token_no_code", wire(&token(&scene, &[("grant_type", "authorization_code")])));
    assert_snapshot!("token_no_refresh_token", wire(&token(&scene, &[("grant_type", "refresh_token")])));
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
fn a_code_of_another_app_is_unknown() {
    let scene = scene();
    let other = scene.tenant.register_app(Vendor::Box, scene.tenant.new_app(Vendor::Box)).unwrap();
    let code = scene.code();
    let form = [
        ("grant_type", "authorization_code"),
        ("code", code.as_str()),
        ("client_id", &other.client_id),
        ("client_secret", other.client_secret.expose()),
    ];
    let reply = scene.post("/oauth2/token", &form);
    assert_eq!(
        member(&reply, "error_description"),
        "Auth code doesn't exist or is invalid for the client",
        "BOX-018"
    );
}

#[test]
fn a_refresh_is_forgiven_until_the_new_access_token_is_used() {
    let scene = scene();
    let first = exchange(&scene, &scene.code());
    let (access, refresh_token) = (member(&first, "access_token"), member(&first, "refresh_token"));
    let second = refresh(&scene, &refresh_token);
    assert_snapshot!("token_by_refresh", wire(&second));
    assert_eq!(second.body(), refresh(&scene, &refresh_token).body(), "BOX-029: the identical pair");
    assert_eq!(call(&scene, &access).status(), 200, "the old access token lives on meanwhile");

    assert_eq!(call(&scene, &member(&second, "access_token")).status(), 200);
    assert_eq!(call(&scene, &access).status(), 401, "BOX-030: the old access token is dead");
    let refused = refresh(&scene, &refresh_token);
    assert_snapshot!("token_refresh_rotated", wire(&refused));
    assert_eq!(refused.body().len(), 69, "BOX-031");
    assert!(refused.verdict.to_string().contains("rotated at 2026-03-01T12:00:00Z"), "{}", refused.verdict);
}

#[test]
fn a_refresh_token_lives_sixty_days() {
    let scene = scene();
    let refresh_token = member(&exchange(&scene, &scene.code()), "refresh_token");
    scene.advance(60 * 24 * 3600);
    assert_snapshot!("token_refresh_expired", wire(&refresh(&scene, &refresh_token)));
}

#[test]
fn an_access_token_lives_as_long_as_it_says() {
    let scene = scene();
    let issued = exchange(&scene, &scene.code());
    let body: serde_json::Value = serde_json::from_slice(issued.body()).unwrap();
    let lives = body["expires_in"].as_u64().expect("BOX-022: an integer");
    assert!((3600..=4200).contains(&lives), "BOX-022: {lives}");
    scene.advance(lives - 1);
    assert_eq!(call(&scene, &member(&issued, "access_token")).status(), 200);
    scene.advance(1);
    let expired = call(&scene, &member(&issued, "access_token"));
    assert_snapshot!("api_expired_token", wire(&expired));
    assert!(expired.verdict.to_string().contains("expired"), "{}", expired.verdict);
}

#[test]
fn revoking_either_token_kills_both() {
    let scene = scene();
    let client =
        [("client_id", scene.demo.client_id.as_str()), ("client_secret", scene.demo.client_secret.expose())];
    let revoke = |token: &str| scene.post("/oauth2/revoke", &[&client[..], &[("token", token)]].concat());
    for which in ["access_token", "refresh_token"] {
        let issued = exchange(&scene, &scene.code());
        let (access, refresh_token) = (member(&issued, "access_token"), member(&issued, "refresh_token"));
        let revoked = revoke(&member(&issued, which));
        assert_snapshot!("revoke", wire(&revoked));
        assert_snapshot!("api_revoked_token", strip_request_id(&wire(&call(&scene, &access))));
        assert_eq!(
            member(&refresh(&scene, &refresh_token), "error_description"),
            "Invalid refresh token",
            "BOX-052"
        );
        assert_eq!(revoke(&access).status(), 400, "BOX-053");
    }
}

#[test]
fn a_revocation_needs_the_apps_own_credentials() {
    let scene = scene();
    let access = member(&exchange(&scene, &scene.code()), "access_token");
    let form = [("client_id", scene.demo.client_id.as_str()), ("client_secret", "wrong"), ("token", &access)];
    assert_snapshot!("revoke_wrong_secret", wire(&scene.post("/oauth2/revoke", &form)));
    assert_eq!(call(&scene, &access).status(), 200, "BOX-054: the token stays valid");
}

#[test]
fn the_content_api_answers_good_tokens_and_refuses_others() {
    let scene = scene();
    let access = member(&exchange(&scene, &scene.code()), "access_token");
    let bearer = format!("Authorization: Bearer {access}");
    let get = |path: &str| scene.get(path, &[&bearer]);
    assert_snapshot!("api_current_user", wire(&get("/2.0/users/me")));
    assert_snapshot!("api_current_user_fields", wire(&get("/2.0/users/me?fields=login,name")));
    assert_snapshot!("api_root_folder", wire(&get("/2.0/folders/0")));
    let items = get("/2.0/folders/0/items?limit=2");
    assert_snapshot!("api_folder_items", wire(&items));
    assert_snapshot!("api_unknown_folder", wire(&get("/2.0/folders/123")));
    assert_snapshot!("api_folder_id_no_number", wire(&get("/2.0/folders/abc")));
    let create = |name: &str| {
        let body = format!(r#"{{"name":"{name}","parent":{{"id":"0"}}}}"#);
        scene.send(Method::POST, "/2.0/folders", &[&bearer, "Content-Type: application/json"], &body)
    };
    assert_snapshot!("api_create_folder", wire(&create("New")));
    assert_snapshot!("api_create_folder_twice", wire(&create("New")));
    assert_snapshot!("api_no_token", wire(&scene.get("/2.0/users/me", &[])));
    assert_snapshot!(
        "api_unknown_token",
        wire(&scene.get("/2.0/users/me", &["Authorization: Bearer unknown"]))
    );
    assert_snapshot!("no_route", wire(&scene.get("/.well-known/openid-configuration", &[])));
}

#[test]
fn a_file_can_be_read_and_deleted() {
    let scene = scene();
    let access = member(&exchange(&scene, &scene.code()), "access_token");
    let bearer = format!("Authorization: Bearer {access}");
    let items: serde_json::Value =
        serde_json::from_slice(scene.get("/2.0/folders/0/items", &[&bearer]).body()).unwrap();
    let file = items["entries"].as_array().unwrap().iter().find(|item| item["type"] == "file").unwrap();
    let path = format!("/2.0/files/{}", file["id"].as_str().unwrap());
    assert_snapshot!("api_file", wire(&scene.get(&path, &[&bearer])));
    assert_eq!(scene.send(Method::DELETE, &path, &[&bearer], "").status(), 204, "BOX-068");
    assert_eq!(scene.get(&path, &[&bearer]).status(), 404);
}

/// Each refusal has a request id of its own; two refusals are the same but for it.
fn strip_request_id(wire: &str) -> String {
    wire.lines().filter(|line| !line.starts_with("box-request-id")).collect::<Vec<_>>().join("\n")
}
