//! Two threads at the ledger, in thousands of orders: each ends as one of the orders in which one waits for the other.

use std::collections::BTreeSet;

use rehearsal::{Vendor, oauth::Rotation};
use rehearsal_interleavings::{World, both, explored};

/// Redeems one code twice at the same time, and gives the access token of the one that succeeded.
fn redeemed_twice(code_replay_kills_grant: bool) -> (World, String) {
    let world = World::new(|policy| policy.code_replay_kills_grant = code_replay_kills_grant);
    let code = world.code();
    let (a, b) = (world.clone(), world.clone());
    let (first, second) = (code.clone(), code);
    let (one, other) = both(move || a.redeem(&first), move || b.redeem(&second));
    let (good, late) = if one.status == 200 { (one, other) } else { (other, one) };
    assert_eq!((good.status, late.status), (200, 400));
    let token = good.token("access_token").expect("it brings tokens").to_owned();
    (world, token)
}

#[test]
fn of_two_redemptions_of_a_code_one_succeeds() {
    explored(|| {
        let (world, token) = redeemed_twice(false);
        assert_eq!(world.call(&token), 200);
    });
}

#[test]
fn a_replayed_code_leaves_nothing_alive_whoever_came_first() {
    explored(|| {
        let (world, token) = redeemed_twice(true);
        assert!(!world.is_alive(&token));
    });
}

/// Refreshes twice at the same time; gives how many succeeded, how many pairs they gave, and how many tokens live.
fn refreshed_twice(rotation: Rotation) -> (usize, usize, usize) {
    let world = World::new(|policy| policy.rotation = rotation);
    let issued = world.tokens();
    let refresh = issued.refresh_token.expect("Box gives one");
    let (a, b) = (world.clone(), world.clone());
    let (first, second) = (refresh.clone(), refresh);
    let (one, other) = both(move || a.refresh(&first), move || b.refresh(&second));
    let good: Vec<_> = [one, other].into_iter().filter(|answer| answer.status == 200).collect();
    let given: BTreeSet<_> = good.iter().filter_map(|answer| answer.token("access_token")).collect();
    let old = issued.access_token.expose();
    let alive = given.iter().copied().chain([old]).filter(|token| world.is_alive(token)).count();
    (good.len(), given.len(), alive)
}

#[test]
fn two_refreshes_end_as_if_one_had_waited() {
    explored(|| {
        assert_eq!(refreshed_twice(Rotation::Never), (2, 2, 3), "each gets a token of its own");
        assert_eq!(refreshed_twice(Rotation::Grace), (2, 1, 2), "both get the same pair");
        let strict = Rotation::Strict { replay_kills_grant: false };
        assert_eq!(refreshed_twice(strict), (1, 1, 2), "the second comes too late");
        let strict = Rotation::Strict { replay_kills_grant: true };
        assert_eq!(refreshed_twice(strict), (1, 1, 0), "a replay leaves nothing alive");
    });
}

#[test]
fn what_is_revoked_is_refused_from_then_on() {
    explored(|| {
        let world = World::new(|_| {});
        let issued = world.tokens();
        let (token, refresh) = (issued.access_token, issued.refresh_token.expect("Box gives one"));
        let (a, b) = (world.clone(), world.clone());
        let revoked = token.clone();
        let (after, refreshed) = both(
            move || a.tenant.revoke_grant(Vendor::Box, revoked.expose()).map(|()| a.call(revoked.expose())),
            move || b.refresh(&refresh),
        );
        // A refresh that was first may have replaced the token, but what it gave died with the grant.
        assert_eq!(after.expect("it was alive"), 401);
        if let Some(given) = refreshed.token("access_token") {
            assert_eq!(world.call(given), 401);
        }
    });
}

#[test]
fn a_reset_and_an_issue_leave_a_token_that_works_or_is_unknown() {
    explored(|| {
        let world = World::new(|_| {});
        let (a, b) = (world.clone(), world.clone());
        let (token, ()) = both(move || a.tokens().access_token, move || b.tenant.reset());
        let known = world.tenant.standing(Vendor::Box, token.expose()).is_some();
        assert_eq!(world.call(token.expose()), if known { 200 } else { 401 });
        assert_eq!(world.call(world.tokens().access_token.expose()), 200, "the world goes on");
    });
}

#[test]
fn a_client_id_belongs_to_one_of_two_tenants() {
    explored(|| {
        let world = World::new(|_| {});
        let mut app = world.tenant.new_app(Vendor::Box);
        app.client_id = "wanted-by-both".into();
        let (first, second) = (app.clone(), app);
        // It lives until the end: what a tenant claimed is free when it is gone.
        let other = world.other();
        let (a, b) = (world.clone(), other.clone());
        let (one, other) = both(
            move || a.tenant.register_app(Vendor::Box, first).is_ok(),
            move || b.tenant.register_app(Vendor::Box, second).is_ok(),
        );
        assert!(one ^ other, "one of them has it: {one}, {other}");
    });
}
