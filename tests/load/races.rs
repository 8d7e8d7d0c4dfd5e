//! Many things at once through the instances service: nothing happens twice, and nothing old comes back.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};

use rehearsal::Vendor;
use serde_json::json;
use tokio::task::JoinSet;

use crate::service::Front;

const INSTANCES: usize = 1_000;

/// Instances that are made, or called, at the same time. More would only wait for a port.
const AT_ONCE: usize = 100;

/// Does something for each of `count`, so many at a time.
async fn each<T: Send + 'static, F: Future<Output = T> + Send + 'static>(
    count: usize,
    act: impl Fn(usize) -> F,
) -> Vec<T> {
    let (mut tasks, mut done) = (JoinSet::new(), Vec::new());
    for number in 0..count {
        if tasks.len() == AT_ONCE
            && let Some(ended) = tasks.join_next().await
        {
            done.push(ended.expect("the task meets nothing unexpected"));
        }
        tasks.spawn(act(number));
    }
    done.extend(tasks.join_all().await);
    done
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thousand_instances_whose_tokens_end_at_once_are_refreshed_a_thousand_times() {
    let front = Arc::new(Front::start().await);
    let made = {
        let front = &front;
        each(INSTANCES, move |number| {
            let front = Arc::clone(front);
            async move { front.create(&format!("instance {number}")).await }
        })
        .await
    };
    let mark = front.stage.stage().default_tenant().journal().mark();
    front.clock.advance(Duration::from_secs(2 * 3600));
    // Each is called twice at the same time.
    let made = Arc::new(made);
    let answers = {
        let (front, made) = (&front, &made);
        each(INSTANCES, move |number| {
            let (front, made) = (Arc::clone(front), Arc::clone(made));
            async move { tokio::join!(front.call(&made[number]), front.call(&made[number])) }
        })
        .await
    };
    for (one, other) in answers {
        assert_eq!((one.0, other.0), (200, 200), "{} {}", one.1, other.1);
    }
    let calls = front.stage.stage().default_tenant().calls().vendor(Vendor::Box).since(mark);
    assert_eq!(calls.dropped(), 0, "the journal has them all");
    assert_eq!(calls.clone().refreshes().count(), INSTANCES);
    assert_eq!(calls.refused().count(), 0, "no call was made with a token that had ended");
}

/// After the answer to a PATCH with a new code, the token before it is never used again.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_call_after_the_answer_to_a_reauthentication_never_uses_the_old_token() {
    const CODES: usize = 50;
    let front = Arc::new(Front::start().await);
    let made = front.create("reauthenticated again and again").await;
    let (answered, over) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicBool::new(false)));
    let mut callers = JoinSet::new();
    for _ in 0..4 {
        let (front, made) = (Arc::clone(&front), made.clone());
        let (answered, over) = (Arc::clone(&answered), Arc::clone(&over));
        callers.spawn(async move {
            let mut within = 0_u32;
            while !over.load(Ordering::SeqCst) {
                let before = answered.load(Ordering::SeqCst);
                let (status, body) = front.call(&made).await;
                // The token was good when the call began. It may have died since only if another code was answered.
                if answered.load(Ordering::SeqCst) == before {
                    assert_eq!(status, 200, "{body}");
                    within += 1;
                } else {
                    assert!(matches!(status, 200 | 401), "{status} {body}");
                }
            }
            within
        });
    }
    let tenant = front.stage.stage().default_tenant();
    for _ in 0..CODES {
        let old = tenant
            .calls()
            .vendor(Vendor::Box)
            .operation("token")
            .served()
            .last()
            .expect("a token was issued");
        let old: serde_json::Value = serde_json::from_slice(old.response().body()).expect("tokens are JSON");
        let (status, body) = front.reauthenticate(&made).await;
        assert_eq!(status, 200, "{body}");
        answered.fetch_add(1, Ordering::SeqCst);
        let old = old["access_token"].as_str().expect("an access token");
        tenant.revoke(Vendor::Box, old).expect("the old token is still alive at Box");
        let (status, body) = front.call(&made).await;
        assert_eq!(status, 200, "{body}");
    }
    over.store(true, Ordering::SeqCst);
    let within: u32 = callers.join_all().await.into_iter().sum();
    assert!(within > 0, "some calls fell between two codes");
}

/// Calls, reads, codes and renames beside a delete: once it is answered, nothing of the instance is left.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_runs_beside_a_delete_ends_with_it() {
    const ROUNDS: usize = 20;
    let front = Arc::new(Front::start().await);
    for round in 0..ROUNDS {
        let made = front.create(&format!("round {round}")).await;
        let gone = Arc::new(AtomicBool::new(false));
        let mut others = JoinSet::new();
        for kind in 0..4 {
            let (front, made, gone) = (Arc::clone(&front), made.clone(), Arc::clone(&gone));
            others.spawn(async move {
                loop {
                    let was_gone = gone.load(Ordering::SeqCst);
                    let (status, body) = match kind {
                        0 => front.call(&made).await,
                        1 => front.read(&made).await,
                        2 => front.reauthenticate(&made).await,
                        _ => {
                            let path = format!("/instances/{}", made.id);
                            let rename = json!({ "name": "another" });
                            let request = front.request(reqwest::Method::PATCH, &path, None).json(&rename);
                            crate::service::answered(request).await
                        }
                    };
                    let after = if kind == 0 { 401 } else { 404 };
                    if was_gone {
                        assert_eq!(status, after, "request {kind} after the delete: {body}");
                        return;
                    }
                    assert!(
                        status == 200 || status == after,
                        "request {kind} beside the delete: {status} {body}"
                    );
                }
            });
        }
        let (one, other) = tokio::join!(front.delete(&made), front.delete(&made));
        gone.store(true, Ordering::SeqCst);
        let mut statuses = [one.0, other.0];
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 404], "of two deletes one finds the instance");
        others.join_all().await;
    }
    let list = front.request(reqwest::Method::GET, "/instances", None);
    let (status, list) = crate::service::answered(list).await;
    assert_eq!(status, 404, "nothing is left: {list}");
}
