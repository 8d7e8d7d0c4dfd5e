//! The authorize step.

use insta::assert_snapshot;
use rehearsal::{Consent, Reply, Vendor};

use super::{exchange, scene};
use crate::scene::{Scene, redirect_parameter, ticket, wire};

const ACCOUNTING: &str = "com.intuit.quickbooks.accounting";

fn url(scene: &Scene, scope: &str) -> String {
    format!(
        "/connect/oauth2?client_id={}&response_type=code&scope={scope}&redirect_uri={}&state=a%26b",
        scene.demo.client_id,
        scene.callback()
    )
}

fn login(scene: &Scene, url: &str) -> Reply {
    scene.post(url, &[("Email", &scene.demo.login), ("Password", scene.demo.password.expose())])
}

#[test]
fn consent_gives_code_state_and_company_and_denial_an_error() {
    let scene = scene();
    let url = url(&scene, ACCOUNTING);
    let page = scene.get(&url, &[]);
    assert_snapshot!("authorize_login", wire(&page));
    let consent = login(&scene, &url);
    assert_snapshot!("authorize_consent", wire(&consent));
    for id in ["id=\"Email\"", "id=\"Password\"", "id=\"ius-sign-in-submit-btn\""] {
        assert!(page.text().contains(id), "QBO-056: {id}");
    }
    assert!(consent.text().contains("id=\"authorizeBtn\""), "QBO-056");
    let allowed = scene.post(&url, &[("rehearsal_ticket", &ticket(&consent)), ("authorize", "true")]);
    assert_snapshot!("authorize_allowed", wire(&allowed));
    assert_eq!(redirect_parameter(&allowed, "state").as_deref(), Some("a&b"), "QBO-007");
    let realm = redirect_parameter(&allowed, "realmId").expect("QBO-007");
    assert_eq!(Some(realm.as_str()), scene.demo.realm.as_deref(), "QBO-007");
    assert!(
        (10..=19).contains(&realm.len()) && realm.bytes().all(|b| b.is_ascii_digit()),
        "QBO-009: {realm}"
    );
    let code = redirect_parameter(&allowed, "code").expect("QBO-007");
    assert_eq!(exchange(&scene, &code).status(), 200, "QBO-002");

    let consent = login(&scene, &url);
    let denied = scene.post(&url, &[("rehearsal_ticket", &ticket(&consent)), ("cancel", "true")]);
    assert_snapshot!("authorize_denied", wire(&denied));
    assert_eq!(redirect_parameter(&denied, "realmId"), None, "QBO-010");
}

#[test]
fn without_a_scope_for_the_company_its_id_is_not_told() {
    let scene = scene();
    scene.tenant.set_consent(Consent::Auto);
    let open = |scope: &str| scene.get(&url(&scene, scope), &[]);
    assert_eq!(redirect_parameter(&open("openid%20email"), "realmId"), None, "QBO-008");
    assert!(redirect_parameter(&open(&format!("openid%20{ACCOUNTING}")), "realmId").is_some(), "QBO-008");
}

#[test]
fn what_does_not_fit_the_app_leads_to_intuits_own_page() {
    let scene = scene();
    let id = &scene.demo.client_id;
    let open = |query: &str| scene.get(&format!("/connect/oauth2?{query}"), &[]);
    let callback = scene.callback();
    let unknown =
        open(&format!("client_id=unknown&response_type=code&scope={ACCOUNTING}&redirect_uri={callback}"));
    assert_snapshot!("authorize_unknown_client", wire(&unknown));
    let other =
        open(&format!("client_id={id}&response_type=code&scope={ACCOUNTING}&redirect_uri={callback}%2F"));
    assert_snapshot!("authorize_redirect_mismatch", wire(&other));
    assert_eq!(
        unknown.headers()["location"],
        other.headers()["location"],
        "QBO-012: the same page as QBO-011"
    );
    assert_snapshot!("authorize_error_page", wire(&scene.get("/oauth2/error", &[])));

    let scopeless = open(&format!("client_id={id}&response_type=code&redirect_uri={callback}"));
    let page = scopeless.headers()["location"].to_str().unwrap().replace("http://127.0.0.1:4013", "");
    assert!(scene.get(&page, &[]).text().contains("Sorry, but Rehearsal didn"), "the app is known by then");
    for (response_type, scope) in
        [("token", ACCOUNTING), ("code", "unknown"), ("code", "com.intuit.quickbooks.payment")]
    {
        let query =
            format!("client_id={id}&response_type={response_type}&scope={scope}&redirect_uri={callback}");
        let location = open(&query).headers()["location"].to_str().unwrap().to_owned();
        assert!(location.starts_with("http://127.0.0.1:4013/oauth2/error"), "{query}: {location}");
    }
}

#[test]
fn a_plain_redirect_is_for_this_machine_alone() {
    let scene = scene();
    let mut app = scene.tenant.new_app(Vendor::QuickBooks);
    app.redirect_uris = vec!["http://localhost:1/cb".into(), "http://client.example/cb".into()];
    let app = scene.tenant.register_app(Vendor::QuickBooks, app).unwrap();
    let open = |uri: &str| {
        let query =
            format!("client_id={}&response_type=code&scope={ACCOUNTING}&redirect_uri={uri}", app.client_id);
        scene.get(&format!("/connect/oauth2?{query}"), &[]).status()
    };
    assert_eq!(open("http%3A%2F%2Flocalhost%3A1%2Fcb"), 200, "QBO-013");
    assert_eq!(open("http%3A%2F%2Fclient.example%2Fcb"), 302, "QBO-013");
}
