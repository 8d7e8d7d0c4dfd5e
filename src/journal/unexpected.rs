//! Calls that nobody expects: ignored, told, or failing the test.

use std::{
    fmt::Write,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU8, Ordering},
    },
    thread,
};

use crate::{
    journal::{Entry, Ownership, text},
    tenant::TenantId,
};

/// Calls that are kept to be told; more are only counted.
const KEPT: usize = 50;

/// What becomes of a call that [nobody expects](Entry::is_unexpected): no tenant owns a credential that it showed, or the
/// vendor has no such route. A call that shows no credential at all is not unexpected. The answer is the vendor's own in
/// any case, and the call is in the journal.
///
/// ```should_panic
/// use rehearsal::{Stage, Vendor, journal::Unexpected};
///
/// let stage = Stage::builder().unexpected(Unexpected::Fail).build();
/// let request = http::Request::get("/2.0/users/me").header("authorization", "Bearer mistyped");
/// let request = request.body(bytes::Bytes::new()).expect("the request is well formed");
/// assert_eq!(stage.respond(Vendor::Box, &request).status(), 401);
/// drop(stage); // fails, and lists the call
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Unexpected {
    /// Nothing.
    #[default]
    Ignore,
    /// It is told on the standard error output at once.
    Warn,
    /// The test fails, with a list of these calls: when a tenant's last handle is dropped for the calls that it owns, and
    /// for all when the stage is. A test that fails already is not failed again; the list goes to the standard error
    /// output then.
    Fail,
}

impl Unexpected {
    const ALL: [Self; 3] = [Self::Ignore, Self::Warn, Self::Fail];
}

/// Sees every call, and remembers those that shall fail the test.
#[derive(Debug)]
pub(crate) struct Watch {
    choice: AtomicU8,
    seen: Mutex<Seen>,
}

#[derive(Debug, Default)]
struct Seen {
    calls: Vec<(TenantId, String)>,
    /// Those that are not kept, whoever owns them.
    more: usize,
}

impl Watch {
    pub(crate) fn new(choice: Unexpected) -> Self {
        Self { choice: AtomicU8::new(choice as u8), seen: Mutex::default() }
    }

    pub(crate) fn choose(&self, choice: Unexpected) {
        self.choice.store(choice as u8, Ordering::Relaxed);
    }

    /// Cheap for a call that is expected, and where nobody cares.
    pub(crate) fn see(&self, entry: &Entry) {
        let choice = Unexpected::ALL[usize::from(self.choice.load(Ordering::Relaxed))];
        if choice == Unexpected::Ignore || !entry.is_unexpected() {
            return;
        }
        match choice {
            Unexpected::Ignore => {}
            Unexpected::Warn => tell(&format!("rehearsal: unexpected call\n{}", describe(entry))),
            Unexpected::Fail => {
                let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
                if seen.calls.len() < KEPT {
                    seen.calls.push((entry.tenant.clone(), describe(entry)));
                } else {
                    seen.more += 1;
                }
            }
        }
    }

    /// Fails the test if there were unexpected calls: of `tenant`, or at all. Each call fails one test.
    #[track_caller]
    pub(crate) fn fail(&self, tenant: Option<&TenantId>) {
        let (calls, more) = self.take(tenant);
        if calls.is_empty() && more == 0 {
            return;
        }
        let count = text::counted(calls.len() + more, "call");
        let mut message = format!("{count} came that nobody expects:\n{}", calls.concat());
        if more > 0 {
            // Writing to a text cannot fail.
            let _ = writeln!(message, "  … and {more} more");
        }
        message += "let a tenant issue or register the credential, correct the path, or choose `Unexpected::Ignore`\n";
        // A second panic would abort the process, and hide the first.
        if thread::panicking() {
            tell(&format!("rehearsal: {message}"));
        } else {
            panic!("{message}");
        }
    }

    fn take(&self, tenant: Option<&TenantId>) -> (Vec<String>, usize) {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let taken = |(of, _): &mut (TenantId, String)| tenant.is_none_or(|tenant| of == tenant);
        let calls = seen.calls.extract_if(.., taken).map(|(_, text)| text).collect();
        let more = if tenant.is_none() { std::mem::take(&mut seen.more) } else { 0 };
        (calls, more)
    }
}

/// Fails the test, if it shall, when the last clone of its stage is gone, while listeners may still hold the providers.
#[derive(Debug)]
pub(crate) struct LastWord(pub(crate) Arc<Watch>);

impl Drop for LastWord {
    fn drop(&mut self) {
        self.0.fail(None);
    }
}

fn describe(entry: &Entry) -> String {
    let mut text = format!("  {}\n", text::line(entry, 0));
    if entry.ownership == Ownership::Unowned {
        let shown = entry.credentials();
        // Else it is a domain or a store.
        let shown = if shown.is_empty() { "the account in its host or path" } else { &shown.join(", ") };
        let _ = writeln!(text, "      no tenant owns what it showed: {shown}");
    }
    text
}

#[expect(clippy::print_stderr, reason = "a warning is for the person who runs the test")]
fn tell(text: &str) {
    eprintln!("{}", text.trim_end());
}
