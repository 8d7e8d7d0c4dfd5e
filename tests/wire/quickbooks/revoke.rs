//! The revoke endpoint.

use insta::assert_snapshot;
use rehearsal::{ConsentGiven, Vendor};

use super::{REVOKE, basic, call, exchange, refresh, revoke, scene, unnumbered};
use crate::scene::{member, wire};

#[test]
fn either_token_cuts_the_whole_connection() {
    for which in ["access_token", "refresh_token"] {
        let scene = scene();
        let earlier = exchange(&scene, &scene.code());
        let issued = exchange(&scene, &scene.code());
        let waiting = scene.code();
        assert_snapshot!("revoke", unnumbered(&revoke(&scene, &member(&issued, which))));
        for of in [&earlier, &issued] {
            let refused = call(&scene, &member(of, "access_token"));
            assert_eq!(refused.status(), 401, "QBO-034");
            assert_eq!(refresh(&scene, &member(of, "refresh_token")).status(), 400, "QBO-034");
        }
        assert_snapshot!("api_revoked_token", unnumbered(&call(&scene, &member(&issued, "access_token"))));
        assert_eq!(exchange(&scene, &waiting).status(), 200, "a new consent is a new connection");
    }
}

#[test]
fn other_connections_stay() {
    let scene = scene();
    let user =
        scene.tenant.register_user(Vendor::QuickBooks, scene.tenant.new_user(Vendor::QuickBooks)).unwrap();
    let consent = ConsentGiven { login: Some(user.login.to_string()), ..ConsentGiven::default() };
    let other = scene.tenant.issue_tokens(Vendor::QuickBooks, consent).unwrap();
    let issued = exchange(&scene, &scene.code());
    assert_eq!(revoke(&scene, &member(&issued, "refresh_token")).status(), 200);
    let refresh_token = other.refresh_token.expect("a refresh token goes with it");
    assert_eq!(refresh(&scene, refresh_token.expose()).status(), 200);
}

#[test]
fn the_token_may_stand_in_a_form() {
    let scene = scene();
    let access = member(&exchange(&scene, &scene.code()), "access_token");
    let revoked = scene.post_with(REVOKE, &[&basic(&scene)], &[("token", &access)]);
    assert_eq!((revoked.status().as_u16(), revoked.body().len()), (200, 0), "QBO-006");
    assert_eq!(call(&scene, &access).status(), 401, "QBO-006");
}

#[test]
fn a_dead_or_unknown_token_is_refused_without_a_word() {
    let scene = scene();
    let access = member(&exchange(&scene, &scene.code()), "access_token");
    assert_eq!(revoke(&scene, &access).status(), 200);
    let again = revoke(&scene, &access);
    assert_snapshot!("revoke_again", wire(&again));
    assert_eq!(unnumbered(&revoke(&scene, "unknown")), unnumbered(&again), "QBO-036");
    assert_eq!(unnumbered(&revoke(&scene, "")), unnumbered(&again), "QBO-036");
}

#[test]
fn a_revocation_needs_the_apps_own_credentials() {
    let scene = scene();
    let access = member(&exchange(&scene, &scene.code()), "access_token");
    let form = [("token", access.as_str())];
    let refused = scene.post_with(REVOKE, &["Authorization: Basic eDp5"], &form);
    assert_eq!((refused.status().as_u16(), &*refused.text()), (401, r#"{"error":"invalid_client"}"#));
    let app =
        scene.tenant.register_app(Vendor::QuickBooks, scene.tenant.new_app(Vendor::QuickBooks)).unwrap();
    let own = [("client_id", &*app.client_id), ("client_secret", app.client_secret.expose())];
    assert_eq!(scene.post(REVOKE, &[&form[..], &own].concat()).status(), 400);
    assert_eq!(call(&scene, &access).status(), 200, "the token stays valid");
}
