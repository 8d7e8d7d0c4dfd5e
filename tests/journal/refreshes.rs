//! Exactly one refresh under many 401s, for each vendor that refreshes.

use insta::assert_snapshot;
use rehearsal::{Fault, Vendor};

use crate::scene::Scene;

/// BigCommerce's tokens live until the app is gone (BC-024).
const REFRESHING: [Vendor; 4] = [Vendor::AdobeSign, Vendor::Box, Vendor::Egnyte, Vendor::Salesforce];

fn story(scene: &Scene, under: usize) -> String {
    let mismatch = scene.tenant.calls().check_one_refresh(scene.vendor, under);
    mismatch.expect_err("it was not one refresh").to_string()
}

#[test]
fn one_refresh_under_parallel_401s_is_known_at_each_vendor() {
    for vendor in REFRESHING {
        let scene = Scene::at(vendor);
        assert_eq!(scene.me().status(), 200, "{vendor}");
        scene.expire();
        std::thread::scope(|threads| {
            for _ in 0..8 {
                threads.spawn(|| assert_eq!(scene.me().status(), 401, "{vendor}"));
            }
        });
        assert_eq!(scene.refresh(scene.refresh_token()).status(), 200, "{vendor}");
        scene.me(); // one that still flew
        let refresh = scene.tenant.calls().assert_one_refresh(vendor, 8);
        assert_eq!(refresh.number, 10, "{vendor}");
    }
}

#[test]
fn a_race_is_told_in_order() {
    let scene = Scene::at(Vendor::Box);
    scene.expire();
    for _ in 0..8 {
        scene.me();
    }
    scene.refresh(scene.refresh_token());
    scene.me();
    scene.refresh(scene.refresh_token());
    assert_snapshot!("refresh_race", story(&scene, 8));

    let adobe = Scene::at(Vendor::AdobeSign);
    adobe.expire();
    adobe.me();
    adobe.refresh(adobe.refresh_token());
    adobe.refresh(adobe.refresh_token());
    assert_snapshot!("refresh_race_adobe_sign", story(&adobe, 1));
}

#[test]
fn a_client_that_does_not_refresh_is_told() {
    let scene = Scene::at(Vendor::Box);
    assert_snapshot!("refresh_nothing", story(&scene, 1));
    scene.expire();
    scene.me();
    assert_snapshot!("refresh_none", story(&scene, 1));
}

#[test]
fn a_refresh_that_was_not_served_is_none() {
    let scene = Scene::at(Vendor::Box);
    scene.expire();
    scene.me();
    scene.refresh("a-token-that-nobody-issued");
    assert_snapshot!("refresh_refused", story(&scene, 1));

    let scene = Scene::at(Vendor::Box);
    scene.expire();
    scene.me();
    scene.inject(Fault::answer(http::StatusCode::TOO_MANY_REQUESTS, "").on(Vendor::Box, "token"));
    scene.refresh(scene.refresh_token());
    assert!(story(&scene, 1).contains("the refresh #2 was not served, answered by fault 1"));
}

#[test]
fn a_refresh_without_a_401_before_it_proves_nothing() {
    let scene = Scene::at(Vendor::Box);
    scene.expire();
    scene.refresh(scene.refresh_token());
    scene.me();
    assert!(story(&scene, 1).contains("no call met a 401 before the refresh #1"));
}

#[test]
fn too_few_401s_prove_no_race() {
    let scene = Scene::at(Vendor::Box);
    scene.expire();
    scene.me();
    scene.refresh(scene.refresh_token());
    assert!(story(&scene, 2).contains("1 call met a 401, too few"));
    scene.tenant.calls().assert_one_refresh(Vendor::Box, 1);
}

#[test]
fn what_came_before_a_mark_does_not_count() {
    let scene = Scene::at(Vendor::Box);
    scene.refresh("another story");
    let mark = scene.tenant.journal().mark();
    scene.expire();
    scene.me();
    scene.refresh(scene.refresh_token());
    assert!(scene.tenant.calls().check_one_refresh(Vendor::Box, 1).is_err());
    scene.tenant.calls().since(mark).assert_one_refresh(Vendor::Box, 1);
}
