//! The authorize step.

use insta::assert_snapshot;
use rehearsal::{Reply, Vendor, oauth::Flow};

use super::{Client, exchange, scene};
use crate::scene::{Scene, redirect_parameter, ticket, wire};

fn url(scene: &Scene) -> String {
    format!(
        "/api/oauth2/authorize?response_type=code&client_id={}&redirect_uri={}&state=a%26b",
        scene.demo.client_id,
        scene.callback()
    )
}

/// Opens the authorization page with these parameters after the response type.
fn open(scene: &Scene, query: &str) -> Reply {
    scene.get(&format!("/api/oauth2/authorize?response_type=code&{query}"), &[])
}

#[test]
fn consent_gives_a_code_and_denial_an_error() {
    let scene = scene();
    let url = url(&scene);
    let page = scene.get(&url, &[]);
    assert_snapshot!("authorize_login", wire(&page));
    let alias = scene.get(url.strip_prefix("/api").unwrap(), &[]);
    let at_alias = page.text().replace("action=\"/api/oauth2", "action=\"/oauth2");
    assert_eq!(alias.text(), at_alias, "BOX-001: the historic path shows the same page");
    let login = [("login", scene.demo.login.as_str()), ("password", scene.demo.password.expose())];
    let consent = scene.post(&url, &login);
    assert_snapshot!("authorize_consent", wire(&consent));
    let allowed = scene.post(&url, &[("rehearsal_ticket", &ticket(&consent)), ("consent_accept", "true")]);
    assert_snapshot!("authorize_allowed", wire(&allowed));
    assert_eq!(redirect_parameter(&allowed, "state").as_deref(), Some("a&b"), "BOX-013");
    let code = redirect_parameter(&allowed, "code").expect("BOX-013");
    let location = allowed.headers()["location"].to_str().unwrap();
    assert_eq!(location, format!("https://client.example/callback?code={code}&state=a%26b"), "BOX-013");
    assert_eq!(exchange(&scene, &code).status(), 200, "BOX-002");

    let consent = scene.post(&url, &login);
    let denied = scene.post(&url, &[("rehearsal_ticket", &ticket(&consent)), ("consent_reject", "true")]);
    assert_snapshot!("authorize_denied", wire(&denied));
    assert_eq!(
        denied.headers()["location"],
        "https://client.example/callback?error=access_denied&error_description=The+user+denied+access+to+your+\
         application&state=a%26b",
        "BOX-014"
    );
}

#[test]
fn a_ticket_is_good_for_one_decision() {
    let scene = scene();
    let url = url(&scene);
    let login = [("login", scene.demo.login.as_str()), ("password", scene.demo.password.expose())];
    let ticket = ticket(&scene.post(&url, &login));
    let allow = [("rehearsal_ticket", ticket.as_str()), ("consent_accept", "true")];
    assert_eq!(scene.post(&url, &allow).status(), 302);
    assert_eq!(scene.post(&url, &allow).status(), 200, "a spent ticket leads back to the login page");
}

#[test]
fn a_wrong_password_shows_the_login_page_again() {
    let scene = scene();
    let page = scene.post(&url(&scene), &[("login", &scene.demo.login), ("password", "wrong")]);
    assert_eq!(page.status(), 200);
    assert!(page.text().contains("wrong password"), "{}", page.text());
}

#[test]
fn an_authorization_url_that_does_not_fit_the_app_is_an_error_in_the_page() {
    let scene = scene();
    let id = &scene.demo.client_id;
    let unknown = open(&scene, "client_id=unknown");
    assert_snapshot!("authorize_unknown_client", wire(&unknown));
    assert!(unknown.text().contains("Error: invalid_client"), "BOX-012");
    assert!(!unknown.headers().contains_key("location"), "BOX-012: no redirect");
    let slash = format!("client_id={id}&redirect_uri=https%3A%2F%2Fclient.example%2Fcallback%2F");
    let mismatch = open(&scene, &slash);
    assert_snapshot!("authorize_redirect_mismatch", wire(&mismatch));
    assert!(mismatch.text().contains("Error: redirect_uri_mismatch"), "BOX-010: a slash too many");
    assert!(!mismatch.headers().contains_key("location"), "BOX-010: no redirect");
    assert_eq!(open(&scene, &format!("client_id={id}")).status(), 200, "BOX-008: the only registered one");

    let mut app = scene.tenant.new_app(Vendor::Box);
    app.redirect_uris = vec!["http://localhost:1/cb?x=1".into(), "https://client.example/two".into()];
    let app = scene.tenant.register_app(Vendor::Box, app).unwrap();
    let id = &app.client_id;
    let missing = open(&scene, &format!("client_id={id}"));
    assert!(missing.text().contains("Error: redirect_uri_missing"), "BOX-009");
    assert!(!missing.headers().contains_key("location"), "BOX-009: no redirect");
    let loopback = |uri: &str| open(&scene, &format!("client_id={id}&redirect_uri={uri}")).status();
    assert_eq!(loopback("http%3A%2F%2Flocalhost%3A4711%2Fcb%3Fx%3D1"), 200, "BOX-011: any port");
    assert_eq!(loopback("http%3A%2F%2Flocalhost%3A4711%2Fcb"), 400, "BOX-011: the query counts");
    assert_eq!(loopback("https%3A%2F%2Flocalhost%3A1%2Fcb%3Fx%3D1"), 400, "BOX-011: the scheme counts");
    assert_eq!(loopback("http%3A%2F%2F127.0.0.1%3A1%2Fcb%3Fx%3D1"), 400, "BOX-011: the host counts");
    assert_eq!(
        loopback("https%3A%2F%2Fclient.example%3A99%2Ftwo"),
        400,
        "BOX-010: elsewhere the port counts"
    );
}

#[test]
fn an_app_that_users_cannot_consent_to_says_so_in_the_page() {
    let scene = scene();
    let server = Client::other(&scene, Flow::Server);
    let page = open(
        &scene,
        &format!("client_id={}&redirect_uri=https%3A%2F%2Fclient.example%2Fcallback", server.id),
    );
    assert!(page.text().contains("Error: redirect_uri_mismatch"), "{}", page.text());
    scene.tenant.deactivate_app(Vendor::Box, &scene.demo.client_id).unwrap();
    let page = open(&scene, &format!("client_id={}", scene.demo.client_id));
    assert!(page.text().contains("Error: unauthorized_client"), "BOX-048: {}", page.text());
}

#[test]
fn what_is_wrong_with_the_rest_goes_back_to_the_app() {
    let scene = scene();
    let id = &scene.demo.client_id;
    let scope = open(&scene, &format!("client_id={id}&scope=root_readonly+everything&state=s"));
    assert_snapshot!("authorize_unknown_scope", wire(&scope));
    let response =
        scene.get(&format!("/api/oauth2/authorize?response_type=token&client_id={id}&state=s"), &[]);
    assert_snapshot!("authorize_unknown_response_type", wire(&response));
}
