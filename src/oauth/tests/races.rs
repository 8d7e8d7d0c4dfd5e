//! Concurrency is part of the meaning.

use std::{collections::HashSet, sync::Barrier, thread};

use super::{PLAIN, grant, tenant};
use crate::{
    Vendor,
    oauth::{Cause, Issued, Policy, Refusal, Rotation},
};

/// Does the same thing on `count` threads at once.
fn at_once<T: Send>(count: usize, act: impl Fn() -> T + Sync) -> Vec<T> {
    let start = Barrier::new(count);
    thread::scope(|scope| {
        let run = || {
            start.wait();
            act()
        };
        let threads: Vec<_> = (0..count).map(|_| scope.spawn(run)).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    })
}

fn refreshed_at_once(rotation: Rotation) -> (Vec<Result<Issued, Refusal>>, usize) {
    let tenant = tenant(Policy { rotation, ..PLAIN });
    let ledger = tenant.server(Vendor::Box).ledger();
    let first = ledger.issue(grant());
    let refresh_token = first.refresh_token.unwrap();
    let answers = at_once(100, || ledger.refresh(refresh_token.expose(), "app", |_| Ok(())));
    let mut texts: HashSet<String> =
        answers.iter().flatten().map(|issued| issued.access_token.expose().to_owned()).collect();
    texts.insert(first.access_token.expose().to_owned());
    let alive =
        texts.iter().filter(|token| ledger.standing(token).is_some_and(|of| of.death.is_none())).count();
    (answers, alive)
}

#[test]
fn of_a_thousand_redemptions_one_succeeds() {
    let tenant = tenant(PLAIN);
    let ledger = tenant.server(Vendor::Box).ledger();
    let code = ledger.issue_code(grant());
    let answers = at_once(1_000, || ledger.redeem(code.expose(), "app", |_| Ok(())));
    assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 1);
    let refused = answers.iter().filter_map(|answer| answer.as_ref().err());
    assert!(refused.into_iter().all(|refusal| refusal.cause() == Some(Cause::Redeemed)));
}

#[test]
fn without_rotation_every_parallel_refresh_gets_a_token_of_its_own() {
    let (answers, alive) = refreshed_at_once(Rotation::Never);
    assert!(answers.iter().all(Result::is_ok));
    assert_eq!(alive, 101);
}

#[test]
fn with_strict_rotation_one_parallel_refresh_succeeds() {
    let (answers, alive) = refreshed_at_once(Rotation::Strict { replay_kills_grant: false });
    assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 1);
    assert_eq!(alive, 2);
}

#[test]
fn a_replay_under_strict_rotation_leaves_nothing_alive() {
    let (answers, alive) = refreshed_at_once(Rotation::Strict { replay_kills_grant: true });
    assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 1);
    assert_eq!(alive, 0);
}

#[test]
fn under_grace_every_parallel_refresh_gets_the_same_pair() {
    let (answers, alive) = refreshed_at_once(Rotation::Grace);
    let pairs: Vec<_> = answers.into_iter().map(Result::unwrap).collect();
    assert!(pairs.iter().all(|pair| *pair == pairs[0]));
    assert_eq!(alive, 2);
}

#[test]
fn revocation_and_use_in_parallel_leave_no_living_token() {
    let tenant = tenant(PLAIN);
    let ledger = tenant.server(Vendor::Box).ledger();
    let token = ledger.issue(grant()).access_token;
    let revocations = at_once(64, || {
        let _either = ledger.admit(token.expose());
        ledger.revoke(token.expose()).is_ok()
    });
    assert_eq!(revocations.into_iter().filter(|done| *done).count(), 1, "a token is revoked once");
    assert_eq!(ledger.admit(token.expose()).unwrap_err().cause(), Some(Cause::Revoked));
}

#[test]
fn memory_of_one_grant_stays_flat_however_often_it_is_refreshed() {
    let tenant = tenant(PLAIN);
    let ledger = tenant.server(Vendor::Box).ledger();
    let refresh_token = ledger.issue(grant()).refresh_token.unwrap();
    let mut last = None;
    for _ in 0..25_000 {
        tenant.clock().advance(std::time::Duration::from_millis(10));
        last = ledger.refresh(refresh_token.expose(), "app", |_| Ok(())).ok();
    }
    // A token lives for 100 s, which is 10,000 refreshes; 2,000 dead ones are remembered.
    assert!(ledger.len() <= 12_002, "{} credentials are kept", ledger.len());
    assert!(ledger.admit(last.unwrap().access_token.expose()).is_ok());
}
