//! The panic hook of the process, which says nothing while scenarios run.
//!
//! A step that fails panics, so the runner silences the hook, and puts back what it found. Two runs at a time would put
//! back each other's, and one that is dropped would put back nothing. What was there is therefore kept here, from before
//! the first of the runs until after the last.

use std::{
    panic::{self, PanicHookInfo},
    sync::{Mutex, MutexGuard, PoisonError},
    thread,
};

type Hook = Box<dyn Fn(&PanicHookInfo<'_>) + Send + Sync>;

static KEPT: Mutex<Kept> = Mutex::new(Kept { runs: 0, hook: None });

struct Kept {
    runs: usize,
    hook: Option<Hook>,
}

/// Holds the hook silent until the last one is dropped.
#[derive(Debug)]
pub(super) struct Silence(());

impl Silence {
    pub(super) fn begin() -> Self {
        let mut kept = kept();
        if kept.runs == 0 && kept.hook.is_none() {
            kept.hook = Some(panic::take_hook());
            panic::set_hook(Box::new(|_| {}));
        }
        kept.runs += 1;
        Self(())
    }
}

impl Drop for Silence {
    fn drop(&mut self) {
        let mut kept = kept();
        kept.runs -= 1;
        // A thread that panics may not touch the hook; who is last after it puts it back.
        if kept.runs == 0
            && !thread::panicking()
            && let Some(hook) = kept.hook.take()
        {
            panic::set_hook(hook);
        }
    }
}

fn kept() -> MutexGuard<'static, Kept> {
    KEPT.lock().unwrap_or_else(PoisonError::into_inner)
}
