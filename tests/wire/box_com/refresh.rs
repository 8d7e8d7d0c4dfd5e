//! Refreshing, with and without grace.

use std::time::Duration;

use insta::assert_snapshot;
use rehearsal::{oauth::Flow, providers::box_com::RefreshTokens};

use super::{Client, call, exchange, pair, refresh, scene, switched};
use crate::scene::{member, wire};

const DEAD: &str = r#"{"error":"invalid_grant","error_description":"Invalid refresh token"}"#;

#[test]
fn a_refresh_is_forgiven_until_the_new_access_token_is_used() {
    let scene = scene();
    let (access, refresh_token) = pair(&scene);
    let second = refresh(&scene, &refresh_token);
    assert_snapshot!("token_by_refresh", wire(&second));
    assert_ne!(member(&second, "access_token"), access, "BOX-028");
    assert_ne!(member(&second, "refresh_token"), refresh_token, "BOX-028");
    assert_eq!(second.body(), refresh(&scene, &refresh_token).body(), "BOX-029: the identical pair");
    assert_eq!(call(&scene, &access).status(), 200, "the old access token lives on meanwhile");

    assert_eq!(call(&scene, &member(&second, "access_token")).status(), 200, "BOX-028");
    assert_eq!(call(&scene, &access).status(), 401, "BOX-030: the old access token is dead");
    let refused = refresh(&scene, &refresh_token);
    assert_snapshot!("token_refresh_rotated", wire(&refused));
    assert_eq!((refused.status().as_u16(), refused.text().as_ref()), (400, DEAD), "BOX-030, BOX-031");
    assert_eq!(refused.body().len(), 69, "BOX-031");
    assert!(refused.verdict.to_string().contains("rotated at 2026-03-01T12:00:00Z"), "{}", refused.verdict);
    assert_eq!(
        refresh(&scene, &member(&second, "refresh_token")).status(),
        200,
        "a failed refresh ends nothing"
    );
}

#[test]
fn by_switch_a_refresh_token_is_good_once() {
    let scene = switched(|switches| switches.refresh_tokens = RefreshTokens::Strict);
    let (_, refresh_token) = pair(&scene);
    let second = refresh(&scene, &refresh_token);
    assert_eq!(second.status(), 200, "BOX-033");
    let refused = refresh(&scene, &refresh_token);
    assert_eq!((refused.status().as_u16(), refused.text().as_ref()), (400, DEAD), "BOX-033: without grace");
    assert_eq!(call(&scene, &member(&second, "access_token")).status(), 200, "BOX-033: and without revenge");
}

#[test]
fn by_switch_refreshes_at_the_same_time_meet_a_conflict() {
    let scene = switched(|switches| switches.simultaneous_refreshes = Some(Duration::from_secs(1)));
    let (_, refresh_token) = pair(&scene);
    let (_, of_another) = pair(&scene);
    let first = refresh(&scene, &refresh_token);
    assert_eq!(first.status(), 200, "BOX-034");
    let second = refresh(&scene, &refresh_token);
    assert_snapshot!("token_refresh_conflict", wire(&second));
    assert_eq!((second.status().as_u16(), second.body().len()), (409, 0), "BOX-034");
    assert_eq!(refresh(&scene, &of_another).status(), 200, "BOX-034: another token is another matter");
    scene.advance(1);
    assert_eq!(refresh(&scene, &refresh_token).body(), first.body(), "BOX-034: afterwards grace goes on");
}

#[test]
fn a_refresh_token_lives_sixty_days() {
    let scene = scene();
    let (_, young) = pair(&scene);
    scene.advance(60 * 24 * 3600 - 1);
    let (_, old) = (scene.code(), member(&refresh(&scene, &young), "refresh_token"));
    scene.advance(60 * 24 * 3600);
    let expired = refresh(&scene, &old);
    assert_snapshot!("token_refresh_expired", wire(&expired));
    assert_eq!(member(&expired, "error_description"), "Refresh token has expired", "BOX-032");
}

#[test]
fn another_apps_refresh_token_is_invalid() {
    let scene = scene();
    let other = Client::other(&scene, Flow::Code);
    let (_, refresh_token) = pair(&scene);
    let refused = other.token(&scene, &[("grant_type", "refresh_token"), ("refresh_token", &refresh_token)]);
    assert_eq!((refused.status().as_u16(), refused.text().as_ref()), (400, DEAD), "BOX-035");
    assert_eq!(refresh(&scene, &refresh_token).status(), 200, "its own app may still use it");
    assert_eq!(exchange(&scene, &refresh_token).status(), 400, "it is no code");
}
