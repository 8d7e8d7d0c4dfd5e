//! The assertion on a number of calls, and the text when it fails.

use std::sync::Arc;

use crate::journal::{
    Query,
    entry::{Entry, Shared},
    text,
};

/// Matching calls that a text shows.
const MATCHES: usize = 10;

/// Calls that nearly match, of those that a text shows.
const NEAREST: usize = 5;

/// In how many terms more than the nearest a call may differ to be among the nearest.
const FARTHER: usize = 1;

/// How a test counts on calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Expected {
    Exactly(usize),
    AtLeast(usize),
}

/// Another number of calls than a test counts on. Prints what was asked, what matched, and the nearest calls with how
/// each differs, every secret masked.
///
/// ```
/// use rehearsal::{Request, Stage, Vendor};
///
/// let stage = Stage::new();
/// stage.respond(Vendor::Box, &Request::default());
/// let calls = stage.default_tenant().calls();
/// let mismatch = calls.vendor(Vendor::Box).operation("token").check_count(1).expect_err("no token was asked for");
/// assert_eq!(mismatch.matched().len(), 0);
/// assert!(mismatch.to_string().starts_with("expected 1 call, but none matches\n"));
/// ```
#[derive(Debug, thiserror::Error)]
#[error("{}", self.text())]
pub struct Mismatch(Box<Account>);

#[derive(Debug)]
struct Account {
    query: Query,
    expected: Expected,
    matched: Vec<Shared>,
    others: Vec<Shared>,
    dropped: u64,
}

impl Mismatch {
    /// Takes down what the journal holds besides.
    pub(super) fn new(query: Query, expected: Expected, matched: Vec<Shared>) -> Self {
        let dropped = query.dropped();
        let mut others = query.journal().entries();
        others.retain(|entry| !query.matches(entry));
        Self(Box::new(Account { query, expected, matched, others, dropped }))
    }

    /// The calls that did match.
    ///
    /// ```
    /// use rehearsal::{Request, Stage, Vendor};
    ///
    /// let stage = Stage::new();
    /// stage.respond(Vendor::Box, &Request::default());
    /// let mismatch = stage.default_tenant().calls().check_count(2).expect_err("one call came");
    /// assert_eq!(mismatch.matched()[0].status(), 404);
    /// ```
    #[must_use]
    pub fn matched(&self) -> &[Arc<Entry>] {
        &self.0.matched
    }

    fn text(&self) -> String {
        let Account { query, matched, dropped, .. } = &*self.0;
        let mut text = format!("{}\n\n{}", self.headline(), text::asked(query));
        if !matched.is_empty() {
            text += if matched.len() == 1 { "\nthis call matches:\n" } else { "\nthese calls match:\n" };
            let width = text::width(matched);
            for entry in matched.iter().take(MATCHES) {
                text += &format!("  {}\n", text::line(entry, width));
            }
            text += &more(matched.len().saturating_sub(MATCHES));
        }
        if self.is_short() {
            text += &self.nearest();
        }
        text + text::dropped(query, *dropped).as_str()
    }

    fn is_short(&self) -> bool {
        let (Expected::Exactly(count) | Expected::AtLeast(count)) = self.0.expected;
        self.0.matched.len() < count
    }

    fn headline(&self) -> String {
        let Account { expected, matched, .. } = &*self.0;
        let calls = match expected {
            Expected::Exactly(count) => text::counted(*count, "call"),
            Expected::AtLeast(count) => format!("at least {}", text::counted(*count, "call")),
        };
        match matched.len() {
            count if *expected == Expected::Exactly(count) => {
                format!("expected {calls}, but it is not certain that there were no more")
            }
            0 => format!("expected {calls}, but none matches"),
            1 => format!("expected {calls}, but 1 matches"),
            count => format!("expected {calls}, but {count} match"),
        }
    }

    fn nearest(&self) -> String {
        let Account { query, others, .. } = &*self.0;
        let tenant = query.journal().tenant();
        if others.is_empty() {
            return match self.0.matched.is_empty() {
                true => format!("\n{}\n", silence(tenant.as_str())),
                false => "\nno other call is in this journal\n".to_owned(),
            };
        }
        let differences = |entry: &Entry| -> Vec<_> {
            query.terms().iter().filter_map(|term| term.difference(entry)).collect()
        };
        let mut by_distance: Vec<_> = others.iter().map(|entry| (differences(entry), entry)).collect();
        // Of equally near ones the newest first: it is what the test did last.
        by_distance.sort_by_key(|(differences, entry)| (differences.len(), std::cmp::Reverse(entry.number)));
        let limit = by_distance[0].0.len() + FARTHER;
        let near = by_distance.iter().take(NEAREST).take_while(|(differences, _)| differences.len() <= limit);
        let shown = &by_distance[..near.count()];

        let mut text = format!(
            "\nof {} in the journal of tenant {tenant}, {}:\n",
            text::counted(others.len() + self.0.matched.len(), "call"),
            if shown.len() == 1 { "the nearest differs in this" } else { "the nearest differ in this" },
        );
        let width = text::width(shown.iter().map(|(_, entry)| *entry));
        for (differences, entry) in shown {
            text += &format!("  {}\n", text::line(entry, width));
            for difference in differences {
                text += &format!("   {:width$}  ✗ {difference}\n", "");
            }
        }
        text + more(others.len() - shown.len()).as_str()
    }
}

fn silence(tenant: &str) -> String {
    match tenant {
        "default" => "no call has come".to_owned(),
        tenant => format!(
            "no call has come that shows a credential of tenant {tenant}; calls that show none, or one that nobody \
             owns, are in the journal of the default tenant"
        ),
    }
}

fn more(count: usize) -> String {
    if count == 0 { String::new() } else { format!("  … and {count} more\n") }
}

/// Assertions.
impl Query {
    /// Asserts that there are exactly `count`, and says which. The failure text shows what was asked, what matched,
    /// and the nearest calls with how each differs.
    ///
    /// ```
    /// # use rehearsal::{Request, Stage, Vendor};
    /// # let stage = Stage::new();
    /// # stage.respond(Vendor::Box, &Request::default());
    /// # let tenant = stage.default_tenant();
    /// let calls = tenant.calls().status(404).assert_count(1);
    /// assert_eq!(calls[0].operation, "not-found");
    /// ```
    ///
    /// # Panics
    ///
    /// If there are more or fewer, or calls that may have matched were [dropped](Self::dropped).
    #[expect(clippy::must_use_candidate, reason = "most asserts are for the assertion")]
    #[track_caller]
    pub fn assert_count(&self, count: usize) -> Vec<Arc<Entry>> {
        self.check_count(count).unwrap_or_else(|mismatch| panic!("{mismatch}"))
    }

    /// The same without the panic.
    ///
    /// ```
    /// # use rehearsal::{Request, Stage, Vendor};
    /// # let stage = Stage::new();
    /// # stage.respond(Vendor::Box, &Request::default());
    /// # let tenant = stage.default_tenant();
    /// let mismatch = tenant.calls().status(200).check_count(1).expect_err("Box has no route `GET /`");
    /// assert!(mismatch.to_string().contains("✗ status is 404, not 200"));
    /// ```
    ///
    /// # Errors
    ///
    /// If there are more or fewer, or calls that may have matched were [dropped](Self::dropped).
    pub fn check_count(&self, count: usize) -> Result<Vec<Arc<Entry>>, Mismatch> {
        let matched = self.list();
        if matched.len() == count && self.dropped() == 0 {
            return Ok(matched);
        }
        Err(Mismatch::new(self.clone(), Expected::Exactly(count), matched))
    }
}
