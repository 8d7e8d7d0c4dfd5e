//! Terms narrow, in Rust as by texts.

use http::Method;
use rehearsal::{
    Fault, Vendor,
    exchange::VerdictKind,
    journal::{Ownership, Query},
};

use crate::scene::{Scene, get};

/// #1 served, #2 refused, #3 a refresh that a fault answers, #4 no route, #5 another vendor.
fn scene() -> Scene {
    let scene = Scene::at(Vendor::Box);
    scene.me();
    scene.get("/2.0/files/404", scene.access_token());
    scene.inject(Fault::answer(http::StatusCode::SERVICE_UNAVAILABLE, "").on(Vendor::Box, "token"));
    scene.refresh(scene.refresh_token());
    scene.get("/3.0/nowhere", scene.access_token());
    let adobe = scene.tenant.issue_tokens(Vendor::AdobeSign, rehearsal::ConsentGiven::default());
    let adobe = adobe.expect("the demo app is registered").access_token;
    get(&scene.stage, Vendor::AdobeSign, "/api/rest/v6/users/me", adobe.expose());
    scene
}

fn numbers(query: &Query) -> Vec<u64> {
    query.list().iter().map(|entry| entry.number).collect()
}

#[test]
fn each_term_narrows() {
    let scene = scene();
    let calls = || scene.tenant.calls();
    let bearer = format!("Bearer {}", scene.access_token());
    for (query, expected) in [
        (calls(), &[1, 2, 3, 4, 5][..]),
        (calls().vendor(Vendor::AdobeSign), &[5]),
        (calls().operation("token"), &[3]),
        (calls().verdict(VerdictKind::Served), &[1, 5]),
        (calls().served(), &[1, 5]),
        (calls().refused(), &[2]),
        (calls().by_fault(), &[3]),
        (calls().no_route(), &[4]),
        (calls().because("not_found"), &[2]),
        (calls().status(503), &[3]),
        (calls().statuses(400..=499), &[2, 4]),
        (calls().method(Method::POST), &[3]),
        (calls().path("/2.0/users/me"), &[1]),
        (calls().path("/*/users/me"), &[1, 5]),
        (calls().parameter("grant_type", "refresh_token"), &[3]),
        (calls().parameter("refresh_token", scene.refresh_token()), &[3]),
        (calls().parameter("grant_type", "authorization_code"), &[]),
        (calls().header("Authorization", bearer), &[1, 2, 4]),
        (calls().header("host", "127.0.0.1:4014"), &[1, 2, 3, 4, 5]),
        (calls().since(3), &[4, 5]),
        (calls().since(2).since(4), &[5]),
        (calls().ownership(Ownership::Owned), &[1, 2, 3, 4, 5]),
        (calls().ownership(Ownership::Unowned), &[]),
        (calls().unexpected(), &[4]),
        (calls().refreshes(), &[3]),
        (calls().satisfying("one with a body", |call| !call.request().body().is_empty()), &[3]),
        (calls().vendor(Vendor::Box).served(), &[1]),
        (calls().served().refused(), &[]),
    ] {
        assert_eq!(numbers(&query), expected, "{query:?}");
        assert_eq!(query.count(), expected.len(), "{query:?}");
        assert_eq!(query.first().map(|entry| entry.number), expected.first().copied(), "{query:?}");
        assert_eq!(query.last().map(|entry| entry.number), expected.last().copied(), "{query:?}");
    }
}

#[test]
fn texts_narrow_as_methods_do() {
    let scene = scene();
    for (name, value, expected) in [
        ("vendor", "adobe-sign", &[5][..]),
        ("operation", "token", &[3]),
        ("verdict", "fault", &[3]),
        ("verdict", "no-route", &[4]),
        ("because", "such route", &[4]),
        ("status", "503", &[3]),
        ("status", "4xx", &[2, 4]),
        ("status", "500-599", &[3]),
        ("method", "post", &[3]),
        ("path", "/2.0/*", &[1, 2]),
        ("parameter.grant_type", "refresh_token", &[3]),
        ("header.host", "127.0.0.1:4014", &[1, 2, 3, 4, 5]),
        ("since", "4", &[5]),
        ("ownership", "owned", &[1, 2, 3, 4, 5]),
        ("unexpected", "false", &[1, 2, 3, 5]),
        ("refresh", "true", &[3]),
        ("refresh", "false", &[1, 2, 4, 5]),
    ] {
        let query = scene.tenant.calls().term(name, value).unwrap();
        assert_eq!(numbers(&query), expected, "{name}={value}");
    }
}

#[test]
fn a_text_that_says_nothing_is_refused_with_what_could_be_said() {
    let scene = Scene::at(Vendor::Box);
    for (name, value, says) in [
        ("colour", "red", "\"colour\"; they can for vendor, operation, verdict"),
        ("vendor", "boxx", "no vendor is called \"boxx\"; there are adobe-sign"),
        ("verdict", "maybe", "there are served, refused, fault and no-route"),
        ("status", "teapot", "status cannot be \"teapot\"; it is 401, 4xx or 400-403"),
        ("method", "a b", "method cannot be \"A B\""),
        ("since", "-1", "since cannot be \"-1\"; it is the number of an entry"),
        ("ownership", "mine", "there are owned, unowned and anonymous"),
        ("unexpected", "1", "unexpected cannot be \"1\"; it is `true` or `false`"),
        ("refresh", "", "refresh cannot be \"\""),
    ] {
        let error = scene.tenant.calls().term(name, value).expect_err("the term says nothing").to_string();
        assert!(error.to_lowercase().contains(&says.to_lowercase()), "{name}={value}: {error}");
    }
}

#[test]
fn an_entry_knows_its_tenant_and_how_long_the_provider_took() {
    let scene = Scene::at(Vendor::Box);
    scene.me();
    get(&scene.stage, Vendor::Box, "/2.0/users/me", "unknown");
    let mine = scene.tenant.calls().last().unwrap();
    let elsewhere = scene.stage.default_tenant().calls().last().unwrap();
    assert_eq!((mine.tenant.as_str(), mine.ownership), ("t1", Ownership::Owned));
    assert_eq!((elsewhere.tenant.as_str(), elsewhere.ownership), ("default", Ownership::Unowned));
    assert!(!mine.took.is_zero());
    let json = mine.to_json();
    assert_eq!((json["tenant"].as_str(), json["ownership"].as_str()), (Some("t1"), Some("owned")));
}

#[test]
fn a_parameter_is_found_wherever_it_stands() {
    let scene = Scene::at(Vendor::Box);
    let send = |target: &str, body: &'static str| {
        let _ = scene.stage.respond(Vendor::Box, &http::Request::post(target).body(body.into()).unwrap());
    };
    send("/x?a=query", "a=form");
    send("/x", r#"{"a":"member","n":3,"yes":true,"none":{}}"#);
    let calls = || scene.stage.default_tenant().calls();
    assert_eq!(numbers(&calls().parameter("a", "query")), [1]);
    assert_eq!(numbers(&calls().parameter("a", "form")), [1]);
    assert_eq!(numbers(&calls().parameter("a", "member")), [2]);
    assert_eq!(numbers(&calls().parameter("n", "3").parameter("yes", "true")), [2]);
    assert_eq!(calls().last().unwrap().parameter("none"), None);
}

#[test]
fn neither_debug_nor_json_shows_a_secret() {
    let scene = Scene::at(Vendor::Box);
    scene.me();
    scene.refresh(scene.refresh_token());
    let (access, refresh) = (scene.access_token(), scene.refresh_token());
    let query = scene.tenant.calls().parameter("refresh_token", refresh);
    let query = query.header("authorization", format!("Bearer {access}"));
    let mut shown = format!("{query:?} {:?}", scene.tenant.journal());
    for entry in scene.tenant.calls().list() {
        shown += &format!("{entry} {entry:?} {}", entry.to_json());
    }
    let secret = scene.tenant.demo(Vendor::Box).client_secret;
    for secret in [access, refresh, secret.expose()] {
        assert!(!shown.contains(secret), "{shown}");
    }
    assert_eq!(scene.tenant.calls().last().unwrap().parameter("refresh_token").as_deref(), Some(refresh));
}
