//! What Box says when it has troubles.

use std::time::Duration;

use insta::assert_snapshot;
use rehearsal::Fault;

use super::{call, pair, scene};
use crate::scene::{Scene, member, wire};

fn struck(scene: &Scene, fault: Fault) -> rehearsal::Reply {
    let (access, _) = pair(scene);
    scene.tenant.inject(fault).expect("the fault names no operation");
    call(scene, &access)
}

#[test]
fn too_many_calls_are_told_when_to_come_back() {
    let scene = scene();
    let limited = struck(&scene, Fault::rate_limit(Duration::from_secs(100)));
    assert_snapshot!("api_rate_limited", wire(&limited));
    assert_eq!(
        (limited.status().as_u16(), member(&limited, "code").as_str()),
        (429, "rate_limit_exceeded"),
        "BOX-063"
    );
    assert_eq!(limited.headers()["retry-after"], "100", "BOX-063");
}

#[test]
fn an_outage_is_told_with_and_without_an_end() {
    let scene = scene();
    let unavailable = struck(&scene, Fault::unavailable(Duration::from_secs(30)));
    assert_snapshot!("api_unavailable", wire(&unavailable));
    assert_eq!(
        (unavailable.status().as_u16(), member(&unavailable, "code").as_str()),
        (503, "unavailable"),
        "BOX-064"
    );
    assert_eq!(unavailable.headers()["retry-after"], "30", "BOX-064");
    assert_snapshot!("api_server_error", wire(&struck(&scene, Fault::server_error())));
}
