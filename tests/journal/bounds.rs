//! A journal is bounded, and tells when that costs certainty.

use insta::assert_snapshot;
use rehearsal::{Vendor, journal::Bounds};

use crate::scene::Scene;

#[test]
fn the_oldest_entries_go_first() {
    let scene = Scene::bounded(Bounds { entries: 2, ..Bounds::default() });
    for _ in 0..3 {
        scene.me();
    }
    let numbers: Vec<_> = scene.tenant.journal().entries().iter().map(|entry| entry.number).collect();
    assert_eq!(numbers, [2, 3]);
}

#[test]
fn bytes_are_bounded_too() {
    let scene = Scene::bounded(Bounds { bytes: 2000, ..Bounds::default() });
    for number in 0..9 {
        scene.post("/nowhere", &[("text", "x".repeat(900).as_str()), ("number", &number.to_string())]);
    }
    let kept = scene.tenant.journal().entries();
    assert_eq!(kept.last().unwrap().parameter("number").as_deref(), Some("8"));
    assert_eq!((kept.len(), scene.tenant.calls().dropped()), (1, 8));
}

#[test]
fn dropped_calls_are_told_apart_by_vendor_operation_and_number() {
    let scene = Scene::bounded(Bounds { entries: 2, ..Bounds::default() });
    scene.refresh("unknown"); // #1
    for _ in 0..5 {
        scene.me(); // #2 to #6
    }
    let calls = || scene.tenant.calls();
    assert_eq!(calls().dropped(), 4);
    assert_eq!(calls().operation("current-user").dropped(), 3);
    assert_eq!(calls().operation("current-user").since(3).dropped(), 1);
    assert_eq!(calls().since(4).dropped(), 0);
    assert_eq!((calls().refreshes().dropped(), calls().refreshes().since(1).dropped()), (1, 0));
    assert_eq!(calls().vendor(Vendor::AdobeSign).dropped(), 0);
    // What cannot be known of a dropped call may have matched.
    assert_eq!(calls().status(500).operation("token").dropped(), 1);

    calls().since(4).assert_count(2);
    calls().operation("revoke").assert_count(0);
    scene.tenant.journal().clear();
    assert_eq!(calls().dropped(), 0, "what a test forgets by itself is not missing");
    calls().assert_count(0);
}

#[test]
fn a_count_that_dropped_calls_make_uncertain_is_no_count() {
    let scene = Scene::bounded(Bounds { entries: 2, bytes: 1_000_000 });
    for _ in 0..5 {
        scene.me();
    }
    let mismatch = scene.tenant.calls().operation("current-user").check_count(2).expect_err("3 are missing");
    assert_snapshot!("count_uncertain", mismatch);
    scene.expire();
    scene.refresh(scene.refresh_token());
    for _ in 0..2 {
        scene.me();
    }
    let mismatch =
        scene.tenant.calls().check_one_refresh(Vendor::Box, 1).expect_err("the refresh is missing");
    assert!(mismatch.to_string().contains("not certain: 1 older call that may have matched"), "{mismatch}");
}

#[test]
fn many_hands_write_one_journal() {
    let scene = Scene::at(Vendor::Box);
    std::thread::scope(|threads| {
        for _ in 0..4 {
            threads.spawn(|| (0..100).for_each(|_| drop(scene.me())));
        }
    });
    let numbers: Vec<_> = scene.tenant.calls().list().iter().map(|entry| entry.number).collect();
    assert_eq!(numbers, (1..=400).collect::<Vec<_>>());
}
