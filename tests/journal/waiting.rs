//! Waits end when the call comes, and say what came if it does not.

use std::{
    future::Future,
    panic::{AssertUnwindSafe, catch_unwind},
    pin::pin,
    sync::Arc,
    task::{Context, Poll, Wake, Waker},
    thread::{self, Thread},
    time::{Duration, Instant},
};

use insta::assert_snapshot;
use rehearsal::{Vendor, journal::WaitError};

use crate::scene::Scene;

/// Long enough that no test reaches it, short enough that a broken one ends.
const LONG: Duration = Duration::from_secs(30);

/// The smallest runtime there is.
fn block_on<F: Future>(future: F) -> F::Output {
    struct Unpark(Thread);
    impl Wake for Unpark {
        fn wake(self: Arc<Self>) {
            self.0.unpark();
        }
    }
    let waker = Waker::from(Arc::new(Unpark(thread::current())));
    let mut future = pin!(future);
    loop {
        match future.as_mut().poll(&mut Context::from_waker(&waker)) {
            Poll::Ready(output) => return output,
            Poll::Pending => thread::park(),
        }
    }
}

#[test]
fn a_wait_for_calls_that_have_come_ends_at_once() {
    let scene = Scene::at(Vendor::Box);
    scene.me();
    scene.me();
    let calls = scene.tenant.calls().operation("current-user");
    assert_eq!(calls.wait_for_blocking(2, Duration::ZERO).unwrap().len(), 2);
    assert_eq!(block_on(calls.wait_for(1, Duration::ZERO)).unwrap().len(), 2);
    assert!(calls.since(2).wait_for_blocking(0, Duration::ZERO).unwrap().is_empty());
}

#[test]
fn a_blocked_thread_wakes_when_the_call_comes() {
    let scene = Scene::at(Vendor::Box);
    let calls = scene.tenant.calls().refreshes();
    thread::scope(|threads| {
        let waiting = threads.spawn(|| calls.wait_for_blocking(2, LONG));
        scene.refresh("one");
        scene.me();
        scene.refresh("two");
        let numbers: Vec<_> = waiting.join().unwrap().unwrap().iter().map(|call| call.number).collect();
        assert_eq!(numbers, [1, 3]);
    });
}

#[test]
fn a_task_on_any_runtime_wakes_when_the_call_comes() {
    let scene = Scene::at(Vendor::Box);
    let calls = scene.tenant.calls().refreshes();
    let mut wait = pin!(calls.wait_for(1, LONG));
    assert!(wait.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
    scene.me();
    scene.refresh("one");
    assert_eq!(block_on(wait).unwrap()[0].number, 2);
}

#[tokio::test]
async fn a_tokio_task_does_not_hold_up_the_others() {
    let scene = Scene::at(Vendor::Box);
    let calls = scene.tenant.calls();
    // On one thread: the call comes only if the wait lets the other task run.
    let (came, ()) = tokio::join!(calls.wait_for(1, LONG), async {
        tokio::task::yield_now().await;
        scene.me();
    });
    assert_eq!(came.unwrap().len(), 1);
}

#[test]
fn a_wait_in_vain_says_how_many_came_and_what_came_instead() {
    let scene = Scene::at(Vendor::Box);
    scene.refresh("one");
    scene.me();
    let calls = scene.tenant.calls().refreshes();
    let error = calls.wait_for_blocking(2, Duration::from_millis(1)).expect_err("one came");
    assert_snapshot!("wait_too_few", error);
    let error = block_on(calls.wait_for(2, Duration::from_millis(1))).expect_err("one came");
    let WaitError::TooFew { mismatch, .. } = error else { panic!("{error}") };
    assert_eq!(mismatch.matched().len(), 1);
}

#[test]
fn a_wait_that_nobody_awaits_any_more_ends() {
    let scene = Scene::at(Vendor::Box);
    let held = Arc::new(());
    let holds = Arc::clone(&held);
    let calls = scene.tenant.calls().satisfying("never", move |_| Arc::strong_count(&holds) == 0);
    {
        let mut wait = pin!(calls.wait_for(1, Duration::MAX));
        assert!(wait.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
    }
    drop(calls);
    let deadline = Instant::now() + LONG;
    while Arc::strong_count(&held) > 1 {
        assert!(Instant::now() < deadline, "the thread of the wait has not ended");
        thread::yield_now();
    }
}

#[test]
fn a_condition_that_panics_fails_the_task_that_waits() {
    let scene = Scene::at(Vendor::Box);
    let calls = scene.tenant.calls().satisfying("one that this test forgot", |_| panic!("no such condition"));
    let mut wait = Box::pin(calls.wait_for(1, LONG));
    assert!(wait.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
    scene.me();
    let panic =
        catch_unwind(AssertUnwindSafe(|| block_on(wait).map(drop))).expect_err("the condition panicked");
    assert_eq!(panic.downcast_ref(), Some(&"no such condition"));
}
