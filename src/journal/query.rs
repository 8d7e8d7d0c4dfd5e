//! Questions to a journal: terms that narrow, and what can be asked of the calls that are left.

use std::{ops::RangeInclusive, sync::Arc};

use http::Method;

use crate::{
    Vendor,
    exchange::VerdictKind,
    journal::{
        Journal, Ownership,
        entry::Entry,
        term::{Term, TermError},
    },
};

/// Calls of a journal, narrowed by terms that must all hold. Looks afresh each time it is asked.
///
/// ```
/// use rehearsal::{Stage, Vendor};
///
/// let stage = Stage::new();
/// let request = http::Request::post("/oauth2/token")
///     .header("content-type", "application/x-www-form-urlencoded")
///     .body("grant_type=password".into())?;
/// stage.respond(Vendor::Box, &request);
///
/// let calls = stage.default_tenant().calls().vendor(Vendor::Box).operation("token");
/// assert_eq!(calls.count(), 1);
/// assert_eq!(calls.clone().refused().parameter("grant_type", "password").count(), 1);
/// assert_eq!(calls.served().count(), 0);
/// # Ok::<(), http::Error>(())
/// ```
#[derive(Clone, Debug)]
#[must_use = "a query does nothing until it is asked"]
pub struct Query {
    journal: Journal,
    terms: Vec<Term>,
}

/// The terms. Each is shown on the call `GET /` at Box, which has no such route.
impl Query {
    pub(super) fn new(journal: Journal) -> Self {
        Self { journal, terms: Vec::new() }
    }

    pub(super) fn with(mut self, term: Term) -> Self {
        self.terms.push(term);
        self
    }

    /// Narrows by texts, as they stand in the query string of a URL: `vendor=box`, `operation=token`,
    /// `verdict=refused` (or `served`, `fault`, `no-route`), `because=revoked`, `status=401` (or `4xx`, `400-403`),
    /// `method=POST`, `path=/2.0/*`, `parameter.grant_type=refresh_token`, `header.accept=*/*`, `since=12`,
    /// `ownership=owned` (or `unowned`, `anonymous`), `unexpected=true`, `refresh=true`.
    ///
    /// ```
    /// # use rehearsal::{Request, Stage, Vendor};
    /// # let stage = Stage::new();
    /// # stage.respond(Vendor::Box, &Request::default());
    /// # let tenant = stage.default_tenant();
    /// let calls = tenant.calls().term("vendor", "box")?.term("status", "4xx")?;
    /// assert_eq!(calls.count(), 1);
    /// # Ok::<(), rehearsal::journal::TermError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// If there is no such term, or it takes other values.
    pub fn term(self, name: &str, value: &str) -> Result<Self, TermError> {
        Ok(self.with(Term::parse(name, value)?))
    }

    /// Calls to the stand-in of `vendor`.
    ///
    /// ```
    /// # use rehearsal::{Request, Stage, Vendor};
    /// # let stage = Stage::new();
    /// # stage.respond(Vendor::Box, &Request::default());
    /// # let tenant = stage.default_tenant();
    /// assert_eq!(tenant.calls().vendor(Vendor::Box).count(), 1);
    /// assert_eq!(tenant.calls().vendor(Vendor::AdobeSign).count(), 0);
    /// ```
    pub fn vendor(self, vendor: Vendor) -> Self {
        self.with(Term::Vendor(vendor))
    }

    /// Calls of one of the vendor's [operations](crate::Stage::operations), such as `token`. A name that no vendor has
    /// matches nothing; [`At::calls_to`](crate::stage::at::At::calls_to) takes none such.
    ///
    /// ```
    /// # use rehearsal::{Request, Stage, Vendor};
    /// # let stage = Stage::new();
    /// # stage.respond(Vendor::Box, &Request::default());
    /// # let tenant = stage.default_tenant();
    /// assert_eq!(tenant.calls().operation("not-found").count(), 1);
    /// ```
    pub fn operation(self, name: impl Into<String>) -> Self {
        self.with(Term::Operation(name.into()))
    }

    /// Calls that were decided so.
    ///
    /// ```
    /// # use rehearsal::{Request, Stage, Vendor};
    /// # let stage = Stage::new();
    /// # stage.respond(Vendor::Box, &Request::default());
    /// # let tenant = stage.default_tenant();
    /// use rehearsal::exchange::VerdictKind;
    ///
    /// assert_eq!(tenant.calls().verdict(VerdictKind::NoRoute).count(), 1);
    /// ```
    pub fn verdict(self, kind: VerdictKind) -> Self {
        self.with(Term::Verdict(kind))
    }

    /// Calls that the provider served.
    ///
    /// ```
    /// # use rehearsal::{Request, Stage, Vendor};
    /// # let stage = Stage::new();
    /// # stage.respond(Vendor::Box, &Request::default());
    /// # let tenant = stage.default_tenant();
    /// assert_eq!(tenant.calls().served().count(), 0);
    /// ```
    pub fn served(self) -> Self {
        self.verdict(VerdictKind::Served)
    }

    /// Calls that the provider refused by its own rules.
    ///
    /// ```
    /// # use rehearsal::{Request, Stage, Vendor};
    /// # let stage = Stage::new();
    /// # stage.respond(Vendor::Box, &Request::default());
    /// # let tenant = stage.default_tenant();
    /// assert_eq!(tenant.calls().refused().count(), 0);
    /// ```
    pub fn refused(self) -> Self {
        self.verdict(VerdictKind::Refused)
    }

    /// Calls that a fault answered.
    ///
    /// ```
    /// # use rehearsal::{Request, Stage, Vendor};
    /// # let stage = Stage::new();
    /// # let tenant = stage.default_tenant();
    /// tenant.inject(rehearsal::Fault::reset())?;
    /// stage.respond(Vendor::Box, &Request::default());
    /// assert_eq!(tenant.calls().by_fault().count(), 1);
    /// # Ok::<(), rehearsal::stage::HandError>(())
    /// ```
    pub fn by_fault(self) -> Self {
        self.verdict(VerdictKind::Faulted)
    }

    /// Calls for which the vendor has no route.
    ///
    /// ```
    /// # use rehearsal::{Request, Stage, Vendor};
    /// # let stage = Stage::new();
    /// # stage.respond(Vendor::Box, &Request::default());
    /// # let tenant = stage.default_tenant();
    /// assert_eq!(tenant.calls().no_route().count(), 1);
    /// ```
    pub fn no_route(self) -> Self {
        self.verdict(VerdictKind::NoRoute)
    }

    /// Calls whose verdict says `text`, such as `revoked with its grant`.
    ///
    /// ```
    /// # use rehearsal::{Request, Stage, Vendor};
    /// # let stage = Stage::new();
    /// # stage.respond(Vendor::Box, &Request::default());
    /// # let tenant = stage.default_tenant();
    /// assert_eq!(tenant.calls().because("no such route").count(), 1);
    /// ```
    pub fn because(self, text: impl Into<String>) -> Self {
        self.with(Term::Because(text.into()))
    }

    /// Calls that were answered with this status.
    ///
    /// ```
    /// # use rehearsal::{Request, Stage, Vendor};
    /// # let stage = Stage::new();
    /// # stage.respond(Vendor::Box, &Request::default());
    /// # let tenant = stage.default_tenant();
    /// assert_eq!(tenant.calls().status(404).count(), 1);
    /// ```
    pub fn status(self, status: u16) -> Self {
        self.statuses(status..=status)
    }

    /// Calls that were answered with one of these statuses.
    ///
    /// ```
    /// # use rehearsal::{Request, Stage, Vendor};
    /// # let stage = Stage::new();
    /// # stage.respond(Vendor::Box, &Request::default());
    /// # let tenant = stage.default_tenant();
    /// assert_eq!(tenant.calls().statuses(400..=499).count(), 1);
    /// ```
    pub fn statuses(self, statuses: RangeInclusive<u16>) -> Self {
        self.with(Term::Status(statuses))
    }

    /// Calls by this method.
    ///
    /// ```
    /// # use rehearsal::{Request, Stage, Vendor};
    /// # let stage = Stage::new();
    /// # stage.respond(Vendor::Box, &Request::default());
    /// # let tenant = stage.default_tenant();
    /// assert_eq!(tenant.calls().method(http::Method::GET).count(), 1);
    /// ```
    pub fn method(self, method: Method) -> Self {
        self.with(Term::Method(method))
    }

    /// Calls of this path, as it was sent; `*` stands for any text.
    ///
    /// ```
    /// # use rehearsal::{Request, Stage, Vendor};
    /// # let stage = Stage::new();
    /// # stage.respond(Vendor::Box, &Request::default());
    /// # let tenant = stage.default_tenant();
    /// assert_eq!(tenant.calls().path("/").count(), 1);
    /// assert_eq!(tenant.calls().path("/2.0/*").count(), 0);
    /// ```
    pub fn path(self, pattern: impl Into<String>) -> Self {
        self.with(Term::Path(pattern.into()))
    }

    /// Calls that gave a parameter this value, wherever it stood: query, form, or member of a JSON object.
    ///
    /// ```
    /// # use rehearsal::{Request, Stage, Vendor};
    /// # let stage = Stage::new();
    /// # stage.respond(Vendor::Box, &Request::default());
    /// # let tenant = stage.default_tenant();
    /// assert_eq!(tenant.calls().parameter("grant_type", "refresh_token").count(), 0);
    /// ```
    pub fn parameter(self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.with(Term::Parameter { name: name.into(), value: value.into() })
    }

    /// Calls that gave a header this value.
    ///
    /// ```
    /// # use rehearsal::{Request, Stage, Vendor};
    /// # let stage = Stage::new();
    /// # stage.respond(Vendor::Box, &Request::default());
    /// # let tenant = stage.default_tenant();
    /// assert_eq!(tenant.calls().header("accept", "application/json").count(), 0);
    /// ```
    pub fn header(self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.with(Term::Header { name: name.into(), value: value.into() })
    }

    /// Calls that came after a [mark](Journal::mark).
    ///
    /// ```
    /// # use rehearsal::{Request, Stage, Vendor};
    /// # let stage = Stage::new();
    /// # stage.respond(Vendor::Box, &Request::default());
    /// # let tenant = stage.default_tenant();
    /// let mark = tenant.journal().mark();
    /// assert_eq!(tenant.calls().since(mark).count(), 0);
    /// ```
    pub fn since(self, mark: u64) -> Self {
        self.with(Term::Since(mark))
    }

    /// Calls that a tenant owns by a credential, or does not.
    ///
    /// ```
    /// # use rehearsal::{Request, Stage, Vendor};
    /// # let stage = Stage::new();
    /// # stage.respond(Vendor::Box, &Request::default());
    /// # let tenant = stage.default_tenant();
    /// use rehearsal::journal::Ownership;
    ///
    /// assert_eq!(tenant.calls().ownership(Ownership::Anonymous).count(), 1);
    /// ```
    pub fn ownership(self, ownership: Ownership) -> Self {
        self.with(Term::Ownership(ownership))
    }

    /// Calls that [nobody expects](Entry::is_unexpected).
    ///
    /// ```
    /// # use rehearsal::{Request, Stage, Vendor};
    /// # let stage = Stage::new();
    /// # stage.respond(Vendor::Box, &Request::default());
    /// # let tenant = stage.default_tenant();
    /// assert_eq!(tenant.calls().unexpected().count(), 1);
    /// ```
    pub fn unexpected(self) -> Self {
        self.with(Term::Unexpected(true))
    }

    /// Calls that asked for new tokens by a refresh token, as the vendor wants to be asked.
    ///
    /// ```
    /// # use rehearsal::{Request, Stage, Vendor};
    /// # let stage = Stage::new();
    /// # stage.respond(Vendor::Box, &Request::default());
    /// # let tenant = stage.default_tenant();
    /// assert_eq!(tenant.calls().refreshes().count(), 0);
    /// ```
    pub fn refreshes(self) -> Self {
        self.with(Term::Refresh(true))
    }

    /// Calls for which `condition` holds. `what` goes on after "call is", as in "one that carries the new token".
    ///
    /// ```
    /// # use rehearsal::{Request, Stage, Vendor};
    /// # let stage = Stage::new();
    /// # stage.respond(Vendor::Box, &Request::default());
    /// # let tenant = stage.default_tenant();
    /// let empty = tenant.calls().satisfying("one without a body", |call| call.request().body().is_empty());
    /// assert_eq!(empty.count(), 1);
    /// ```
    pub fn satisfying(
        self,
        what: impl Into<String>,
        condition: impl Fn(&Entry) -> bool + Send + Sync + 'static,
    ) -> Self {
        self.with(Term::Satisfying(what.into(), Arc::new(condition)))
    }
}

/// What can be asked.
impl Query {
    /// The calls, oldest first.
    ///
    /// ```
    /// # use rehearsal::{Request, Stage, Vendor};
    /// # let stage = Stage::new();
    /// # stage.respond(Vendor::Box, &Request::default());
    /// # let tenant = stage.default_tenant();
    /// let operations: Vec<_> = tenant.calls().list().iter().map(|call| call.operation).collect();
    /// assert_eq!(operations, ["not-found"]);
    /// ```
    #[must_use]
    pub fn list(&self) -> Vec<Arc<Entry>> {
        let mut calls = self.journal.since(self.mark());
        calls.retain(|entry| self.matches(entry));
        calls
    }

    /// How many there are.
    ///
    /// ```
    /// # use rehearsal::{Request, Stage, Vendor};
    /// # let stage = Stage::new();
    /// # stage.respond(Vendor::Box, &Request::default());
    /// # let tenant = stage.default_tenant();
    /// assert_eq!(tenant.calls().count(), 1);
    /// ```
    #[must_use]
    pub fn count(&self) -> usize {
        self.journal.since(self.mark()).iter().filter(|entry| self.matches(entry)).count()
    }

    /// The oldest.
    ///
    /// ```
    /// # use rehearsal::{Request, Stage, Vendor};
    /// # let stage = Stage::new();
    /// # stage.respond(Vendor::Box, &Request::default());
    /// # let tenant = stage.default_tenant();
    /// assert_eq!(tenant.calls().first().map(|call| call.number), Some(1));
    /// ```
    #[must_use]
    pub fn first(&self) -> Option<Arc<Entry>> {
        self.journal.since(self.mark()).into_iter().find(|entry| self.matches(entry))
    }

    /// The newest.
    ///
    /// ```
    /// # use rehearsal::{Request, Stage, Vendor};
    /// # let stage = Stage::new();
    /// # stage.respond(Vendor::Box, &Request::default());
    /// # let tenant = stage.default_tenant();
    /// assert_eq!(tenant.calls().last().map(|call| call.number), Some(1));
    /// ```
    #[must_use]
    pub fn last(&self) -> Option<Arc<Entry>> {
        self.journal.since(self.mark()).into_iter().rfind(|entry| self.matches(entry))
    }

    /// How many calls that may have matched are gone, because the journal is [bounded](crate::journal::Bounds). What
    /// is known of them is vendor, operation and number; by those terms a query is told apart from them.
    ///
    /// ```
    /// # use rehearsal::{Request, Stage, Vendor};
    /// # let stage = Stage::new();
    /// # stage.respond(Vendor::Box, &Request::default());
    /// # let tenant = stage.default_tenant();
    /// assert_eq!(tenant.calls().dropped(), 0);
    /// ```
    #[must_use]
    pub fn dropped(&self) -> u64 {
        let mark = self.mark();
        let of = self.journal.dropped();
        let could = |of: &&_| self.terms.iter().all(|term| term.could_match(of));
        of.iter().filter(could).map(|dropped| dropped.since(mark)).sum()
    }

    pub(super) fn journal(&self) -> &Journal {
        &self.journal
    }

    pub(super) fn terms(&self) -> &[Term] {
        &self.terms
    }

    pub(super) fn matches(&self, entry: &Entry) -> bool {
        self.terms.iter().all(|term| term.matches(entry))
    }

    /// The highest mark that was asked for.
    pub(super) fn mark(&self) -> u64 {
        let marks = self.terms.iter().filter_map(|term| match term {
            Term::Since(mark) => Some(*mark),
            _ => None,
        });
        marks.max().unwrap_or(0)
    }
}
