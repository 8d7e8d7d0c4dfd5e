//! The journal itself: keeps calls, drops the oldest when it is full, and remembers what it dropped.

use std::{
    collections::VecDeque,
    fmt,
    sync::{
        Arc, Condvar, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Instant,
};

use serde::{Deserialize, Serialize};

use crate::{
    Vendor,
    exchange::{Reply, Request},
    journal::{
        Query,
        entry::{Entry, Facts, Shared},
    },
    tenant::TenantId,
};

/// How much a journal keeps. The oldest entries go first.
///
/// ```
/// use rehearsal::{Request, Stage, Vendor, journal::Bounds};
///
/// let stage = Stage::builder().journal(Bounds { entries: 1, ..Bounds::default() }).build();
/// for _ in 0..3 {
///     stage.respond(Vendor::Box, &Request::default());
/// }
/// let calls = stage.default_tenant().calls();
/// assert_eq!((calls.count(), calls.dropped()), (1, 2));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Bounds {
    /// Entries at the most.
    pub entries: usize,
    /// Bytes of bodies at the most, requests and answers together.
    pub bytes: usize,
}

impl Default for Bounds {
    fn default() -> Self {
        Self { entries: 1_000, bytes: 4 * 1024 * 1024 }
    }
}

/// The calls of one tenant, newest last. Clones are the same journal.
///
/// ```
/// use rehearsal::{Request, Stage, Vendor};
///
/// let stage = Stage::new();
/// let journal = stage.default_tenant().journal().clone();
/// stage.respond(Vendor::Box, &Request::default());
/// assert_eq!(journal.mark(), 1);
/// ```
#[derive(Clone)]
pub struct Journal(Arc<Pages>);

struct Pages {
    tenant: TenantId,
    kept: Mutex<Kept>,
    arrived: Condvar,
}

#[derive(Default)]
struct Kept {
    bounds: Bounds,
    entries: VecDeque<Shared>,
    bytes: usize,
    last: u64,
    dropped: Vec<Dropped>,
    /// How many wait for an entry.
    waiting: usize,
}

/// What is remembered of the dropped calls of one operation.
#[derive(Clone, Copy, Debug)]
pub(super) struct Dropped {
    pub(super) vendor: Vendor,
    pub(super) operation: &'static str,
    /// Whether refreshes may be among them.
    pub(super) refresh: bool,
    count: u64,
    /// The number of the newest.
    last: u64,
}

impl Dropped {
    /// How many of them may have come after `mark`.
    pub(super) fn since(&self, mark: u64) -> u64 {
        self.count.min(self.last.saturating_sub(mark))
    }
}

impl Journal {
    pub(crate) fn new(tenant: TenantId, bounds: Bounds) -> Self {
        let kept = Mutex::new(Kept { bounds, ..Kept::default() });
        Self(Arc::new(Pages { tenant, kept, arrived: Condvar::new() }))
    }

    /// Adds a call. On the path of every request: what can be done outside the lock is.
    pub(crate) fn record(&self, facts: Facts, request: &Request, reply: &Reply) -> Shared {
        let mut entry = Arc::new(Entry::new(self.0.tenant.clone(), facts, request, reply));
        let mut kept = self.kept();
        kept.last += 1;
        if let Some(entry) = Arc::get_mut(&mut entry) {
            entry.number = kept.last;
        }
        kept.bytes += size(&entry);
        kept.entries.push_back(Arc::clone(&entry));
        let gone = kept.make_room();
        let awaited = kept.waiting > 0;
        drop(kept);
        drop(gone);
        if awaited {
            self.0.arrived.notify_all();
        }
        entry
    }

    /// All calls, to be narrowed.
    ///
    /// ```
    /// use rehearsal::{Request, Stage, Vendor};
    ///
    /// let stage = Stage::new();
    /// stage.respond(Vendor::Box, &Request::default());
    /// assert_eq!(stage.default_tenant().journal().calls().no_route().count(), 1);
    /// ```
    pub fn calls(&self) -> Query {
        Query::new(self.clone())
    }

    /// How much it keeps.
    ///
    /// ```
    /// use rehearsal::{Stage, journal::Bounds};
    ///
    /// assert_eq!(Stage::new().tenant().journal().bounds(), Bounds::default());
    /// ```
    #[must_use]
    pub fn bounds(&self) -> Bounds {
        self.kept().bounds
    }

    /// Changes how much it keeps; what is over goes at once.
    ///
    /// ```
    /// # use rehearsal::{Request, Stage, Vendor, journal::Bounds};
    /// # let stage = Stage::new();
    /// # let tenant = stage.default_tenant();
    /// stage.respond(Vendor::Box, &Request::default());
    /// stage.respond(Vendor::Box, &Request::default());
    /// tenant.journal().set_bounds(Bounds { entries: 1, ..Bounds::default() });
    /// assert_eq!((tenant.calls().count(), tenant.calls().dropped()), (1, 1));
    /// ```
    pub fn set_bounds(&self, bounds: Bounds) {
        let mut kept = self.kept();
        kept.bounds = bounds;
        let gone = kept.make_room();
        drop(kept);
        drop(gone);
    }

    /// The number of the newest entry; 0 before the first.
    ///
    /// ```
    /// use rehearsal::{Request, Stage, Vendor};
    ///
    /// let stage = Stage::new();
    /// let tenant = stage.default_tenant();
    /// stage.respond(Vendor::Box, &Request::default());
    /// let mark = tenant.journal().mark();
    /// stage.respond(Vendor::Box, &Request::default());
    /// assert_eq!(tenant.calls().since(mark).count(), 1);
    /// ```
    #[must_use]
    pub fn mark(&self) -> u64 {
        self.kept().last
    }

    /// All entries that are kept.
    ///
    /// ```
    /// # use rehearsal::{Request, Stage, Vendor};
    /// # let stage = Stage::new();
    /// # let tenant = stage.default_tenant();
    /// stage.respond(Vendor::Box, &Request::default());
    /// assert_eq!(tenant.journal().entries().len(), 1);
    /// ```
    #[must_use]
    pub fn entries(&self) -> Vec<Arc<Entry>> {
        self.since(0)
    }

    /// The entries that came after `mark`.
    ///
    /// ```
    /// # use rehearsal::{Request, Stage, Vendor};
    /// # let stage = Stage::new();
    /// # let tenant = stage.default_tenant();
    /// stage.respond(Vendor::Box, &Request::default());
    /// assert_eq!(tenant.journal().since(0).len(), 1);
    /// ```
    #[must_use]
    pub fn since(&self, mark: u64) -> Vec<Arc<Entry>> {
        self.kept().since(mark)
    }

    /// Forgets all entries; numbers go on.
    ///
    /// ```
    /// # use rehearsal::{Request, Stage, Vendor};
    /// # let stage = Stage::new();
    /// # let tenant = stage.default_tenant();
    /// stage.respond(Vendor::Box, &Request::default());
    /// tenant.journal().clear();
    /// assert_eq!((tenant.calls().count(), tenant.journal().mark()), (0, 1));
    /// ```
    pub fn clear(&self) {
        let mut kept = self.kept();
        let gone = std::mem::take(&mut kept.entries);
        kept.bytes = 0;
        kept.dropped.clear();
        drop(kept);
        drop(gone);
    }

    pub(super) fn tenant(&self) -> &TenantId {
        &self.0.tenant
    }

    /// What was dropped because of the bounds since the journal was last cleared.
    pub(super) fn dropped(&self) -> Vec<Dropped> {
        self.kept().dropped.clone()
    }

    /// Blocks until something has come after `mark`; says it, and the mark after it. Nothing if `deadline` passes or
    /// the wait is given up before.
    pub(super) fn past(
        &self,
        mark: u64,
        deadline: Option<Instant>,
        given_up: &AtomicBool,
    ) -> Option<(Vec<Shared>, u64)> {
        let mut kept = self.kept();
        loop {
            if kept.last > mark {
                return Some((kept.since(mark), kept.last));
            }
            let left = deadline.map(|deadline| deadline.saturating_duration_since(Instant::now()));
            if given_up.load(Ordering::Relaxed) || left.is_some_and(|left| left.is_zero()) {
                return None;
            }
            kept.waiting += 1;
            let arrived = &self.0.arrived;
            kept = match left {
                None => arrived.wait(kept).unwrap_or_else(PoisonError::into_inner),
                Some(left) => arrived.wait_timeout(kept, left).unwrap_or_else(PoisonError::into_inner).0,
            };
            kept.waiting -= 1;
        }
    }

    /// Ends the waits that watch `given_up`.
    pub(super) fn give_up(&self, given_up: &AtomicBool) {
        // Under the lock, so that nobody is between looking at it and falling asleep.
        let kept = self.kept();
        given_up.store(true, Ordering::Relaxed);
        drop(kept);
        self.0.arrived.notify_all();
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.0.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Journal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Journal({}, {} entries)", self.0.tenant, self.kept().entries.len())
    }
}

impl Kept {
    fn since(&self, mark: u64) -> Vec<Shared> {
        let from = self.entries.partition_point(|entry| entry.number <= mark);
        self.entries.range(from..).cloned().collect()
    }

    /// Takes out what is over the bounds, to be freed when the lock is released.
    fn make_room(&mut self) -> Vec<Shared> {
        let mut gone = Vec::new();
        while self.entries.len() > self.bounds.entries || self.bytes > self.bounds.bytes {
            let Some(oldest) = self.entries.pop_front() else { break };
            self.bytes -= size(&oldest);
            self.note_dropped(&oldest);
            gone.push(oldest);
        }
        gone
    }

    fn note_dropped(&mut self, entry: &Entry) {
        let of =
            |dropped: &&mut Dropped| dropped.vendor == entry.vendor && dropped.operation == entry.operation;
        if let Some(dropped) = self.dropped.iter_mut().find(of) {
            dropped.count += 1;
            dropped.last = entry.number;
        } else {
            self.dropped.push(Dropped {
                vendor: entry.vendor,
                operation: entry.operation,
                refresh: entry.may_be_refresh(),
                count: 1,
                last: entry.number,
            });
        }
    }
}

fn size(entry: &Entry) -> usize {
    entry.request().body().len() + entry.response().body().len()
}
