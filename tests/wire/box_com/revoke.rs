//! The end of tokens.

use insta::assert_snapshot;
use rehearsal::providers::box_com::UnknownRevocation;

use super::{call, pair, refresh, revoke, scene, switched, without_request_id};
use crate::scene::{member, wire};

#[test]
fn revoking_either_token_kills_both() {
    let scene = scene();
    for which in ["access", "refresh"] {
        let (access, refresh_token) = pair(&scene);
        let revoked = revoke(&scene, if which == "access" { &access } else { &refresh_token });
        assert_snapshot!("revoke", wire(&revoked));
        assert_eq!((revoked.status().as_u16(), revoked.body().len()), (200, 0), "BOX-003, BOX-049");
        let dead = call(&scene, &access);
        assert_snapshot!("api_revoked_token", without_request_id(&wire(&dead)));
        assert_eq!(dead.status(), 401, "BOX-050: by the {which} token");
        let refused = refresh(&scene, &refresh_token);
        assert_eq!(refused.status(), 400, "BOX-050: by the {which} token");
        assert_eq!(member(&refused, "error_description"), "Invalid refresh token", "BOX-052");
        assert!(dead.verdict.to_string().contains("revoked"), "{}", dead.verdict);
    }
}

#[test]
fn a_revoked_token_looks_like_an_expired_one() {
    let scene = scene();
    let ((revoked, _), (expired, _)) = (pair(&scene), pair(&scene));
    revoke(&scene, &revoked);
    scene.tenant.expire(rehearsal::Vendor::Box, &expired).unwrap();
    let [revoked, expired] = [revoked, expired].map(|token| without_request_id(&wire(&call(&scene, &token))));
    assert_eq!(revoked, expired, "BOX-051");
}

#[test]
fn a_revocation_needs_the_apps_own_credentials() {
    let scene = scene();
    let (access, _) = pair(&scene);
    let form = [("client_id", scene.demo.client_id.as_str()), ("client_secret", "wrong"), ("token", &access)];
    let refused = scene.post("/oauth2/revoke", &form);
    assert_snapshot!("revoke_wrong_secret", wire(&refused));
    assert_eq!(member(&refused, "error"), "invalid_client", "BOX-054");
    assert_eq!(call(&scene, &access).status(), 200, "BOX-054: the token stays valid");
}

#[test]
fn a_token_that_is_not_alive_is_refused_or_by_switch_accepted() {
    let scene = scene();
    let (access, _) = pair(&scene);
    revoke(&scene, &access);
    assert_snapshot!("revoke_dead_token", wire(&revoke(&scene, &access)));
    for token in [access.as_str(), "unknown", ""] {
        assert_eq!(revoke(&scene, token).status(), 400, "BOX-053: {token}");
    }
    let scene = switched(|switches| switches.unknown_revocation = UnknownRevocation::Accepted);
    let accepted = revoke(&scene, "unknown");
    assert_eq!((accepted.status().as_u16(), accepted.body().len()), (200, 0), "BOX-053: by switch");
}
