//! Who is let in to the API, and how its refusals are written.

use std::time::Duration;

use insta::assert_snapshot;
use rehearsal::{ConsentGiven, Fault, Vendor};

use super::{Session, call, exchange, path, realm, scene, unnumbered};
use crate::scene::{Scene, member, wire};

const JSON: &str = "Accept: application/json";

fn bearer(scene: &Scene) -> String {
    format!("Authorization: Bearer {}", member(&exchange(scene, &scene.code()), "access_token"))
}

#[test]
fn a_good_token_reads_the_company() {
    let session = Session::open();
    let info = session.get(&format!("companyinfo/{}", realm(&session.scene)));
    assert_snapshot!("api_company_info", wire(&info));
    assert_eq!(session.get("companyinfo/1").body(), info.body(), "QBO-037");
    assert_snapshot!("api_company_info_xml", wire(&session.get_xml("companyinfo/1")));
    assert_eq!(session.get_xml("companyinfo/1?format=json").body(), info.body(), "QBO-039");
    assert_eq!(session.get("companyinfo/2").status(), 400);
    assert_eq!(session.get("preferences").status(), 200);
}

#[test]
fn an_expired_token_is_refused_by_its_handle() {
    let scene = scene();
    let access = member(&exchange(&scene, &scene.code()), "access_token");
    scene.advance(3599);
    assert_eq!(call(&scene, &access).status(), 200, "QBO-018");
    scene.advance(1);
    let refused = call(&scene, &access);
    assert_snapshot!("api_expired_token", wire(&refused));
    assert!(refused.verdict.to_string().contains("expired"), "{}", refused.verdict);
    let expected = format!("\"detail\":\"Token expired: AB0{}", scene.clock.now().as_secs());
    assert!(refused.text().contains(&expected), "QBO-040: {}", refused.text());
    scene.advance(60);
    assert!(call(&scene, &access).text().contains(&expected), "QBO-040: the handle stays");
    let xml = scene.get(&path(&scene, "companyinfo/1"), &[&format!("Authorization: Bearer {access}")]);
    assert_snapshot!("api_expired_token_xml", wire(&xml));
}

#[test]
fn garbage_and_nothing_are_refused() {
    let scene = scene();
    let garbage = call(&scene, "garbage");
    assert_snapshot!("api_unknown_token", wire(&garbage));
    assert_eq!(
        garbage.headers()["www-authenticate"],
        "Bearer realm=\"Intuit\", error=\"invalid_token\"",
        "QBO-042"
    );
    assert_snapshot!("api_no_token", unnumbered(&scene.get(&path(&scene, "companyinfo/1"), &[JSON])));
    let refresh_token = member(&exchange(&scene, &scene.code()), "refresh_token");
    assert_eq!(
        unnumbered(&call(&scene, &refresh_token)),
        unnumbered(&garbage),
        "a refresh token opens nothing"
    );
}

#[test]
fn another_company_is_forbidden() {
    let scene = scene();
    let bearer = bearer(&scene);
    let refused = scene.get("/v3/company/4620816365000000001/companyinfo/1", &[&bearer, JSON]);
    assert_snapshot!("api_other_company", wire(&refused));
    let other = scene.stage.tenant();
    let realm = other.demo(Vendor::QuickBooks).realm.expect("a company");
    let refused = scene.get(&format!("/v3/company/{realm}/companyinfo/1"), &[&bearer, JSON]);
    assert_eq!(refused.status(), 403, "QBO-044: another tenant's as well");
    let xml = scene.get("/v3/company/1/companyinfo/1", &[&bearer]);
    assert_snapshot!("api_other_company_xml", unnumbered(&xml));
}

#[test]
fn without_the_scope_the_books_are_closed() {
    let scene = scene();
    let consent = ConsentGiven { scopes: vec!["openid".to_owned()], ..ConsentGiven::default() };
    let issued = scene.tenant.issue_tokens(Vendor::QuickBooks, consent).unwrap();
    assert_eq!(call(&scene, issued.access_token.expose()).status(), 403);
}

#[test]
fn a_path_that_is_none_is_a_bad_request() {
    let session = Session::open();
    assert_snapshot!("api_unsupported", wire(&session.get("vendor?minorversion=12")));
    assert_snapshot!("api_unsupported_xml", unnumbered(&session.get_xml("nothing/1")));
    assert_eq!(session.post("nothing", "{}").status(), 400, "QBO-046");
    assert_snapshot!("no_route", wire(&session.scene.get("/nothing", &[])));
}

#[test]
fn a_missing_object_is_a_bad_request() {
    let session = Session::open();
    assert_snapshot!("api_not_found", wire(&session.get("customer/4711")));
    assert_snapshot!("api_not_found_xml", unnumbered(&session.get_xml("customer/4711")));
}

#[test]
fn faults_speak_as_intuit_does() {
    let session = Session::open();
    let strike = |fault: Fault| {
        session.scene.tenant.inject(fault.at(Vendor::QuickBooks)).unwrap();
    };
    strike(Fault::rate_limit(Duration::from_secs(60)));
    let throttled = session.get("companyinfo/1");
    assert_snapshot!("api_throttled", wire(&throttled));
    assert!(!throttled.headers().contains_key("retry-after"), "QBO-048");
    strike(Fault::server_error());
    assert_snapshot!("api_out_of_order", unnumbered(&session.get("companyinfo/1")));
    strike(Fault::refusal());
    assert_eq!(session.get("companyinfo/1").status(), 401);

    strike(Fault::rate_limit(Duration::from_secs(60)));
    assert_snapshot!("token_throttled", unnumbered(&exchange(&session.scene, "code")));
    strike(Fault::server_error());
    assert_snapshot!("token_out_of_order", unnumbered(&exchange(&session.scene, "code")));
    strike(Fault::refusal());
    assert_eq!(member(&exchange(&session.scene, "code"), "error"), "invalid_grant");
}
