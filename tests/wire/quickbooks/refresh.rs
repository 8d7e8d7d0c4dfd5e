//! Refresh tokens, which are replaced by age.

use std::time::Duration;

use insta::assert_snapshot;
use rehearsal::{
    Vendor,
    oauth::{Aging, Policy, Rotation},
    providers::quickbooks::{AGING, POLICY},
};

use super::{TOKEN, basic, call, exchange, refresh, revoke, scene, unnumbered};
use crate::scene::{Scene, member, wire};

const DAY: u64 = 24 * 3600;

fn number(reply: &rehearsal::Reply, name: &str) -> Option<u64> {
    let body: serde_json::Value = serde_json::from_slice(reply.body()).expect("the answer is JSON");
    body.get(name).map(|value| value.as_u64().expect("QBO-018: a number"))
}

fn first_refresh_token(scene: &Scene) -> String {
    member(&exchange(scene, &scene.code()), "refresh_token")
}

#[test]
fn the_same_token_comes_back_for_a_day_and_then_a_new_one() {
    let scene = scene();
    let first = first_refresh_token(&scene);
    scene.advance(DAY - 1);
    let again = refresh(&scene, &first);
    assert_snapshot!("token_by_refresh", wire(&again));
    assert_eq!(member(&again, "refresh_token"), first, "QBO-023");
    assert_eq!(number(&again, "x_refresh_token_expires_in"), Some(8_640_000 - DAY + 1), "it counts down");
    scene.advance(1);
    let renewed = refresh(&scene, &first);
    let second = member(&renewed, "refresh_token");
    assert_ne!(second, first, "QBO-023");
    assert_eq!(number(&renewed, "x_refresh_token_expires_in"), Some(8_640_000), "QBO-018: a new window");

    scene.advance(DAY - 1);
    assert_eq!(member(&refresh(&scene, &first), "refresh_token"), second, "QBO-024: the old one still works");
    scene.advance(1);
    let refused = refresh(&scene, &first);
    assert_snapshot!("token_refresh_rotated", wire(&refused));
    assert!(refused.verdict.to_string().contains("rotated"), "QBO-024: {}", refused.verdict);
    assert_eq!(refresh(&scene, &second).status(), 200, "QBO-024");
}

#[test]
fn earlier_access_tokens_live_on() {
    let scene = scene();
    let issued = exchange(&scene, &scene.code());
    let renewed = refresh(&scene, &member(&issued, "refresh_token"));
    assert_eq!(call(&scene, &member(&issued, "access_token")).status(), 200);
    assert_eq!(call(&scene, &member(&renewed, "access_token")).status(), 200);
}

#[test]
fn a_token_that_is_not_used_ends_after_a_hundred_days() {
    let scene = scene();
    let refresh_token = first_refresh_token(&scene);
    scene.advance(8_640_000);
    let refused = refresh(&scene, &refresh_token);
    assert_eq!(
        member(&refused, "error_description"),
        "Incorrect or invalid refresh token",
        "QBO-025, QBO-028"
    );
    assert!(refused.verdict.to_string().contains("expired"), "{}", refused.verdict);
}

#[test]
fn what_was_never_issued_is_refused_without_a_description() {
    let scene = scene();
    let refused = refresh(&scene, "unknown");
    assert_snapshot!("token_refresh_unknown", unnumbered(&refused));
    assert_eq!(refused.body().len(), 25, "QBO-027");
}

#[test]
fn the_hard_limit_is_told_to_those_who_ask() {
    let scene = scene();
    let mut token = first_refresh_token(&scene);
    let ask = |token: &str| {
        let form = [("grant_type", "refresh_token"), ("refresh_token", token)];
        scene.post_with(TOKEN, &[&basic(&scene), "x-include-refresh-token-hard-expires-in: true"], &form)
    };
    let told = ask(&token);
    assert_snapshot!("token_hard_limit", unnumbered(&told));
    assert_eq!(number(&told, "x_refresh_token_hard_expires_in"), Some(157_680_000), "QBO-020");
    assert_eq!(number(&refresh(&scene, &token), "x_refresh_token_hard_expires_in"), None, "QBO-020");
    // Refreshed every ninety days, it ends all the same.
    let mut passed = 0;
    while passed + 90 * DAY < 157_680_000 {
        scene.advance(90 * DAY);
        passed += 90 * DAY;
        let renewed = ask(&token);
        let left = number(&renewed, "x_refresh_token_expires_in").expect("QBO-018");
        assert!(left <= 157_680_000 - passed, "QBO-020: {left} with {passed} behind");
        token = member(&renewed, "refresh_token");
    }
    scene.advance(157_680_000 - passed);
    assert_eq!(refresh(&scene, &token).status(), 400, "QBO-020");
}

#[test]
fn two_refreshes_at_once_kill_the_connection_where_that_is_switched_on() {
    let scene = scene();
    let race = Some(Duration::from_secs(1));
    let policy = Policy { rotation: Rotation::Aged(Aging { race, ..AGING }), ..POLICY };
    scene.tenant.set_policy(Vendor::QuickBooks, policy);
    let token = first_refresh_token(&scene);
    let first = refresh(&scene, &token);
    assert_eq!(first.status(), 200);
    let second = refresh(&scene, &token);
    assert_eq!(second.status(), 400, "QBO-035");
    assert_eq!(member(&second, "error"), "invalid_grant", "QBO-035");
    assert_eq!(call(&scene, &member(&first, "access_token")).status(), 401, "QBO-035: the pair dies");
    assert_eq!(refresh(&scene, &member(&first, "refresh_token")).status(), 400, "QBO-035");

    let calm = first_refresh_token(&scene);
    assert_eq!(refresh(&scene, &calm).status(), 200);
    scene.advance(1);
    assert_eq!(refresh(&scene, &calm).status(), 200, "QBO-035: one after the other is fine");
}

#[test]
fn an_older_window_of_101_days_can_be_set() {
    let scene = scene();
    let refresh_life = Some(Duration::from_secs(8_726_400));
    scene.tenant.set_policy(Vendor::QuickBooks, Policy { refresh_life, ..POLICY });
    let issued = exchange(&scene, &scene.code());
    assert_eq!(number(&issued, "x_refresh_token_expires_in"), Some(8_726_400), "QBO-018");
}

#[test]
fn a_dead_connection_is_not_refreshed() {
    let scene = scene();
    let issued = exchange(&scene, &scene.code());
    assert_eq!(revoke(&scene, &member(&issued, "access_token")).status(), 200);
    let refused = refresh(&scene, &member(&issued, "refresh_token"));
    assert_snapshot!("token_refresh_revoked", unnumbered(&refused));
    assert!(refused.verdict.to_string().contains("revoked with its grant"), "{}", refused.verdict);
}
