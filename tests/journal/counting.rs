//! Assertions on a number of calls, and what people read when they fail.

use insta::assert_snapshot;
use rehearsal::{ConsentGiven, Fault, Stage, Vendor, journal::Query};

use crate::scene::Scene;

fn failure(query: &Query, count: usize) -> String {
    query.check_count(count).expect_err("the count is another").to_string()
}

/// A code exchanged, two users asked for, a refresh refused and one served.
fn scene() -> Scene {
    let scene = Scene::at(Vendor::Box);
    let code = scene.tenant.issue_code(Vendor::Box, ConsentGiven::default());
    let code = code.expect("the demo app is registered");
    scene.post("/oauth2/token", &[("grant_type", "authorization_code"), ("code", code.expose())]);
    scene.me();
    scene.refresh("a-token-that-nobody-issued");
    scene.me();
    scene.refresh(scene.refresh_token());
    scene
}

#[test]
fn the_right_count_gives_the_calls() {
    let scene = scene();
    let refreshes = scene.tenant.calls().vendor(Vendor::Box).refreshes().assert_count(2);
    assert_eq!(refreshes.iter().map(|call| call.number).collect::<Vec<_>>(), [3, 5]);
    scene.tenant.calls().operation("revoke").assert_count(0);
}

#[test]
fn too_few_show_the_nearest_calls_and_how_each_differs() {
    let scene = scene();
    let query = scene.tenant.calls().vendor(Vendor::Box).operation("token");
    let query = query.parameter("grant_type", "refresh_token").status(429);
    assert_snapshot!("count_none", failure(&query, 1));
    assert_snapshot!(
        "count_too_few",
        failure(&scene.tenant.calls().refreshes().served().path("/oauth2/*"), 2)
    );
}

#[test]
fn too_many_are_listed() {
    let scene = scene();
    assert_snapshot!("count_too_many", failure(&scene.tenant.calls().operation("token"), 1));
    for _ in 0..20 {
        scene.me();
    }
    let text = failure(&scene.tenant.calls().operation("current-user"), 0);
    assert!(text.contains("\n  … and 12 more\n"), "{text}");
}

#[test]
fn no_failure_text_shows_a_secret() {
    let scene = scene();
    let demo = scene.tenant.demo(Vendor::Box);
    let query = scene.tenant.calls().parameter("refresh_token", "another");
    let query = query.parameter("client_secret", "wrong").header("authorization", "Bearer another");
    let text = failure(&query, 1);
    assert_snapshot!("count_secrets", text);
    let code = scene.tenant.calls().first().unwrap().parameter("code").unwrap();
    for secret in [scene.access_token(), scene.refresh_token(), demo.client_secret.expose(), &code] {
        assert!(!text.contains(secret), "{text}");
    }
}

#[test]
fn a_journal_without_calls_says_so() {
    let scene = Scene::at(Vendor::Box);
    assert_snapshot!("count_silence", failure(&scene.tenant.calls().vendor(Vendor::Box), 1));
    assert_snapshot!("count_silence_default", failure(&Stage::new().default_tenant().calls(), 3));
}

#[test]
fn every_kind_of_term_says_how_a_call_differs() {
    let scene = Scene::at(Vendor::Box);
    scene.inject(Fault::reset().at(Vendor::Box));
    scene.get("/2.0/users/me?fields=id", scene.access_token());
    let query = scene.tenant.calls();
    let query = query.vendor(Vendor::AdobeSign).operation("token").served().because("expired").status(401);
    let query = query
        .statuses(300..=399)
        .method(http::Method::POST)
        .path("/2.0/folders/*")
        .parameter("fields", "name");
    let query = query.parameter("limit", "1").header("accept", "*/*").since(1).unexpected().refreshes();
    let query = query.ownership(rehearsal::journal::Ownership::Unowned);
    let query = query.satisfying("one with a body", |call| !call.request().body().is_empty());
    assert_snapshot!("count_terms", failure(&query, 1));
}

#[test]
#[should_panic(expected = "expected 1 call, but none matches")]
fn a_wrong_count_fails_the_test() {
    Scene::at(Vendor::Box).tenant.calls().assert_count(1);
}
