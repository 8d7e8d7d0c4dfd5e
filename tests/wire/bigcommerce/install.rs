//! How a code comes to an app: by installation, and by the generic authorize endpoint.

use insta::assert_snapshot;
use rehearsal::{Consent, Vendor};

use super::{exchange, get, hash, post_json, scene};
use crate::scene::{Scene, member, redirect_parameter, ticket, wire};

pub(super) fn login(scene: &Scene) -> [(&str, &str); 2] {
    [("user[email]", &scene.demo.login), ("user[password]", scene.demo.password.expose())]
}

fn authorize_url(scene: &Scene) -> String {
    format!(
        "/oauth2/authorize?response_type=code&client_id={}&redirect_uri={}&scope=store_v2_orders+store_v2_default\
         &context=stores%2F{}&state=a%26b",
        scene.demo.client_id,
        scene.callback(),
        hash(scene)
    )
}

#[test]
fn the_install_button_leads_to_the_apps_auth_callback() {
    let scene = scene();
    let url = format!("/app/{}/install", scene.demo.client_id);
    assert_snapshot!("install_login", wire(&scene.get(&url, &[])));
    let consent = scene.post(&url, &login(&scene));
    assert_snapshot!("install_consent", wire(&consent));
    let allowed = scene.post(&url, &[("rehearsal_ticket", &ticket(&consent)), ("confirm", "true")]);
    assert_snapshot!("install_allowed", wire(&allowed));
    let location = allowed.headers()["location"].to_str().unwrap();
    let names: Vec<_> = location.split(['?', '&']).filter_map(|pair| Some(pair.split_once('=')?.0)).collect();
    assert_eq!(names, ["account_uuid", "code", "context", "scope", "external_install"], "BC-019, BC-021");
    assert!(location.contains(&format!("&context=stores%2F{}&", hash(&scene))), "BC-020: {location}");
    assert!(location.contains("&scope=store_v2_customers+store_v2_information+"), "BC-020: {location}");
    let code = redirect_parameter(&allowed, "code").expect("BC-019");
    let token = member(&exchange(&scene, &code), "access_token");
    assert_eq!(get(&scene, "/v2/store", &token).status(), 200);

    let consent = scene.post(&url, &login(&scene));
    let cancelled = scene.post(&url, &[("rehearsal_ticket", &ticket(&consent)), ("cancel", "true")]);
    assert_snapshot!("install_cancelled", wire(&cancelled));
}

#[test]
fn an_installation_ends_on_a_page() {
    let scene = scene();
    let url = format!("/app/{}/install", scene.demo.client_id);
    for (name, path) in [("install_succeeded", "succeeded"), ("install_failed", "failed")] {
        let page = scene.get(&format!("{url}/{path}"), &[]);
        assert_snapshot!(name, wire(&page));
        assert_eq!(page.status(), 200, "BC-021: {path}");
        assert_eq!(page.headers()["content-type"], "text/html;charset=UTF-8", "BC-021: {path}");
    }
    assert_snapshot!("install_unknown_client", wire(&scene.get("/app/nobody/install", &[])));
    assert_eq!(scene.get("/login", &[]).status(), 200);
}

#[test]
fn the_generic_endpoint_gives_code_scope_state_and_context() {
    let scene = scene();
    let url = authorize_url(&scene);
    let consent = scene.post(&url, &login(&scene));
    let allow = [("rehearsal_ticket", ticket(&consent)), ("confirm", "true".to_owned())];
    let allow: Vec<_> = allow.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let allowed = scene.post(&url, &allow);
    assert_snapshot!("authorize_allowed", wire(&allowed));
    assert_eq!(scene.post(&url, &allow).status(), 200, "a spent ticket leads back to the login page");

    let consent = scene.post(&url, &login(&scene));
    let denied = scene.post(&url, &[("rehearsal_ticket", &ticket(&consent)), ("cancel", "true")]);
    assert_snapshot!("authorize_denied", wire(&denied));
    let wrong = scene.post(&url, &[("user[email]", &scene.demo.login), ("user[password]", "wrong")]);
    assert!(wrong.text().contains("wrong password"), "{}", wrong.text());
}

#[test]
fn robots_consent_at_once() {
    let scene = scene();
    scene.tenant.set_consent(Consent::Auto);
    let allowed = scene.get(&authorize_url(&scene), &[]);
    assert_eq!(redirect_parameter(&allowed, "state").as_deref(), Some("a&b"));
    let code = redirect_parameter(&allowed, "code").expect("the user consented");
    let mut body = super::exchange_body(&scene, &code);
    body["scope"] = "store_v2_orders".into();
    let token = member(&post_json(&scene, &body), "access_token");
    assert_eq!(get(&scene, "/v2/orders", &token).status(), 200);
    assert_eq!(get(&scene, "/v2/products", &token).status(), 403, "BC-051");
}

#[test]
fn a_consent_without_context_is_for_no_store() {
    let scene = scene();
    scene.tenant.set_consent(Consent::Auto);
    let url = authorize_url(&scene).replace("&context=", "&other=");
    let allowed = scene.get(&url, &[]);
    assert_eq!(redirect_parameter(&allowed, "context"), None);
    let mut body = super::exchange_body(&scene, &redirect_parameter(&allowed, "code").unwrap());
    body["scope"] = "store_v2_orders".into();
    let token = member(&post_json(&scene, &body), "access_token");
    assert_eq!(get(&scene, "/v2/orders", &token).status(), 403, "BC-035");
}

#[test]
fn what_is_wrong_goes_back_to_the_registered_callback_or_into_the_page() {
    let scene = scene();
    let url = authorize_url(&scene);
    let mismatch = url.replace("%2Fcallback", "%2Fcallback%2F");
    assert_snapshot!("authorize_redirect_mismatch", wire(&scene.get(&mismatch, &[])));
    let implicit = url.replace("response_type=code", "response_type=token");
    assert_snapshot!("authorize_response_type", wire(&scene.get(&implicit, &[])));
    let error = |target: &str| redirect_parameter(&scene.get(target, &[]), "error_description").unwrap();
    let absent = format!("/oauth2/authorize?client_id={}", scene.demo.client_id);
    assert_eq!(error(&absent), "Missing required parameter redirect_uri");
    let with_uri = format!("{absent}&redirect_uri={}", scene.callback());
    assert_eq!(error(&with_uri), "Missing required parameter response_type");
    let unknown = url.replace(&scene.demo.client_id, "nobody");
    assert_snapshot!("authorize_unknown_client", wire(&scene.get(&unknown, &[])));
    assert!(scene.get("/oauth2/authorize", &[]).text().contains("Missing required parameter redirect_uri"));
}

#[test]
fn a_deleted_app_is_unknown() {
    let scene = scene();
    let app = rehearsal::oauth::App { active: false, ..scene.tenant.new_app(Vendor::BigCommerce) };
    let app = scene.tenant.register_app(Vendor::BigCommerce, app).unwrap();
    let page = scene.get(&format!("/app/{}/install", app.client_id), &[]);
    assert_eq!(page.status(), 400);
    assert!(page.text().contains("Unknown client ID"), "{}", page.text());
}
