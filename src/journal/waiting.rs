//! Waits for calls: of a thread, or of a task on any runtime.
//!
//! The library without features has no timer that a task could wait by. So a task that really has to wait gets a thread,
//! which blocks on the journal in its stead: tests wait seldom and not for long, and no dependency is needed for it.

use std::{
    any::Any,
    future::Future,
    io,
    panic::{AssertUnwindSafe, catch_unwind, resume_unwind},
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError, atomic::AtomicBool},
    task::{Context, Poll, Waker},
    thread,
    time::{Duration, Instant},
};

use crate::journal::{
    Mismatch, Query,
    entry::{Entry, Shared},
    mismatch::Expected,
};

/// A wait for calls that has failed.
///
/// ```
/// use std::time::Duration;
/// use rehearsal::{Stage, journal::WaitError};
///
/// let calls = Stage::new().tenant().calls();
/// let error = calls.wait_for_blocking(1, Duration::ZERO).expect_err("nobody called");
/// assert!(matches!(&error, WaitError::TooFew { mismatch, .. } if mismatch.matched().is_empty()));
/// assert!(error.to_string().starts_with("waited 0ns: expected at least 1 call, but none matches\n"));
/// ```
#[derive(Debug, thiserror::Error)]
pub enum WaitError {
    /// Too few calls came in time. Prints as a [`Mismatch`] does: how many came, and what came instead.
    #[error("waited {timeout:?}: {mismatch}")]
    TooFew {
        /// How long.
        timeout: Duration,
        /// What came.
        mismatch: Mismatch,
    },
    /// There is no thread to wait on.
    #[error("cannot wait for calls, because no thread can be started; end some of this process")]
    NoThread(#[source] io::Error),
}

type Outcome = Result<Vec<Shared>, WaitError>;

/// Waits.
impl Query {
    /// Waits until at least `count` calls have come, those before the wait included, and says which. For async tests, on
    /// any runtime; `timeout` is by the machine's clock, whatever the tenant's or the runtime's says.
    ///
    /// ```
    /// use std::time::Duration;
    /// use rehearsal::{Request, Stage, Vendor};
    ///
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), rehearsal::journal::WaitError> {
    /// let stage = Stage::new();
    /// let calls = stage.default_tenant().calls().vendor(Vendor::Box);
    /// tokio::spawn(async move { stage.respond(Vendor::Box, &Request::default()) }); // what an application does by itself
    /// let came = calls.wait_for(1, Duration::from_secs(5)).await?;
    /// assert_eq!(came[0].operation, "not-found");
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    ///
    /// If fewer came in time; the text says how many, and what came instead.
    pub async fn wait_for(&self, count: usize, timeout: Duration) -> Result<Vec<Arc<Entry>>, WaitError> {
        let wait = Wait { query: self.clone(), count, timeout, given_up: Arc::default() };
        match wait.until(Some(Instant::now())) {
            Err(WaitError::TooFew { .. }) if !timeout.is_zero() => wait.on_a_thread()?.await,
            outcome => outcome,
        }
    }

    /// The same for tests without a runtime: blocks the thread.
    ///
    /// ```
    /// use std::{thread, time::Duration};
    /// use rehearsal::{Request, Stage, Vendor};
    ///
    /// let stage = Stage::new();
    /// let calls = stage.default_tenant().calls().vendor(Vendor::Box);
    /// thread::spawn(move || stage.respond(Vendor::Box, &Request::default())); // what an application does by itself
    /// let came = calls.wait_for_blocking(1, Duration::from_secs(5))?;
    /// assert_eq!(came[0].operation, "not-found");
    /// # Ok::<(), rehearsal::journal::WaitError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// If fewer came in time; the text says how many, and what came instead.
    pub fn wait_for_blocking(&self, count: usize, timeout: Duration) -> Result<Vec<Arc<Entry>>, WaitError> {
        Wait { query: self.clone(), count, timeout, given_up: Arc::default() }.run()
    }
}

#[derive(Clone)]
struct Wait {
    query: Query,
    count: usize,
    timeout: Duration,
    given_up: Arc<AtomicBool>,
}

impl Wait {
    fn run(&self) -> Outcome {
        // A time that no clock can hold is for ever.
        self.until(Instant::now().checked_add(self.timeout))
    }

    /// Looks at each call once, and never while the journal is locked.
    fn until(&self, deadline: Option<Instant>) -> Outcome {
        let mut mark = self.query.mark();
        let mut matched = Vec::new();
        while let Some((calls, last)) = self.query.journal().past(mark, deadline, &self.given_up) {
            mark = last;
            matched.extend(calls.into_iter().filter(|entry| self.query.matches(entry)));
            if matched.len() >= self.count {
                break;
            }
        }
        if matched.len() >= self.count {
            return Ok(matched);
        }
        let mismatch = Mismatch::new(self.query.clone(), Expected::AtLeast(self.count), matched);
        Err(WaitError::TooFew { timeout: self.timeout, mismatch })
    }

    fn on_a_thread(self) -> Result<Waiting, WaitError> {
        let waiting = Waiting { wait: self.clone(), handover: Arc::default() };
        let handover = Arc::clone(&waiting.handover);
        let run = move || {
            // A condition of the test's own may panic; the task shall, and not wait for ever.
            let outcome = catch_unwind(AssertUnwindSafe(|| self.run()));
            let waker = {
                let mut handover = lock(&handover);
                handover.outcome = Some(outcome);
                handover.waker.take()
            };
            if let Some(waker) = waker {
                waker.wake();
            }
        };
        thread::Builder::new().name("rehearsal-wait".into()).spawn(run).map_err(WaitError::NoThread)?;
        Ok(waiting)
    }
}

/// A wait that a thread does for a task.
struct Waiting {
    wait: Wait,
    handover: Arc<Mutex<Handover>>,
}

#[derive(Default)]
struct Handover {
    outcome: Option<Result<Outcome, Box<dyn Any + Send>>>,
    waker: Option<Waker>,
}

impl Future for Waiting {
    type Output = Outcome;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Outcome> {
        let mut handover = lock(&self.handover);
        match handover.outcome.take() {
            Some(Ok(outcome)) => Poll::Ready(outcome),
            Some(Err(panic)) => {
                drop(handover);
                resume_unwind(panic)
            }
            None => {
                handover.waker = Some(context.waker().clone());
                Poll::Pending
            }
        }
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        // The thread ends with the task's interest in it.
        self.wait.query.journal().give_up(&self.wait.given_up);
    }
}

fn lock(handover: &Mutex<Handover>) -> MutexGuard<'_, Handover> {
    handover.lock().unwrap_or_else(PoisonError::into_inner)
}
