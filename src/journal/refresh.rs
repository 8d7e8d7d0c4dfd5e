//! What a refresh is, and the assertion that there was exactly one.

use std::sync::Arc;

use http::StatusCode;

use crate::{
    Vendor,
    exchange::Verdict,
    journal::{
        Query,
        entry::{Entry, Shared},
        text,
    },
};

/// Calls in a row that met a 401, of those that a text shows.
const REFUSALS: usize = 3;

/// How a vendor's clients ask for new tokens by a refresh token: a fact of the vendor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refresh {
    /// By operation `token` with `grant_type=refresh_token`, as RFC 6749 has it.
    GrantType,
    /// By an operation of its own.
    Operation(&'static str),
}

impl Refresh {
    pub(super) fn operation(self) -> &'static str {
        match self {
            Self::GrantType => "token",
            Self::Operation(operation) => operation,
        }
    }

    pub(super) fn is(self, entry: &Entry) -> bool {
        entry.operation == self.operation()
            && match self {
                Self::GrantType => entry.parameter("grant_type").as_deref() == Some("refresh_token"),
                Self::Operation(_) => true,
            }
    }
}

/// That a client did not refresh exactly once. Prints the story: which 401s, which refreshes, in order.
///
/// ```
/// use rehearsal::{Stage, Vendor};
///
/// let calls = Stage::new().tenant().calls();
/// let mismatch = calls.check_one_refresh(Vendor::Box, 1).expect_err("nobody called");
/// assert!(mismatch.to_string().starts_with("expected exactly 1 refresh at box"));
/// ```
#[derive(Debug, thiserror::Error)]
#[error("{}", self.text())]
pub struct RefreshMismatch(Box<Story>);

#[derive(Debug)]
struct Story {
    query: Query,
    vendor: Vendor,
    under: usize,
    refused: Vec<Shared>,
    refreshes: Vec<Shared>,
    /// Refreshes that may have been dropped.
    dropped: u64,
}

/// Exactly one refresh.
impl Query {
    /// Asserts that a client whose token died refreshed exactly once, though at least `under` calls met a 401: the first
    /// of them before the refresh, the others whenever they were answered. Says which call the refresh was.
    ///
    /// What a refresh is, each vendor knows: Adobe Sign has a path of its own, others `grant_type=refresh_token`. One
    /// that was refused or met a fault counts as well.
    ///
    /// ```
    /// use rehearsal::{ConsentGiven, Stage, Vendor};
    ///
    /// let stage = Stage::new();
    /// let tenant = stage.tenant();
    /// let demo = tenant.demo(Vendor::Box);
    /// let tokens = tenant.issue_tokens(Vendor::Box, ConsentGiven::default())?;
    /// tenant.expire(Vendor::Box, tokens.access_token.expose())?;
    ///
    /// // An application does this, with many calls at once …
    /// for _ in 0..8 {
    ///     let call = http::Request::get("/2.0/users/me")
    ///         .header("authorization", format!("Bearer {}", tokens.access_token.expose()))
    ///         .body(bytes::Bytes::new())?;
    ///     assert_eq!(stage.respond(Vendor::Box, &call).status(), 401);
    /// }
    /// let refresh_token = tokens.refresh_token.ok_or("Box issues one")?;
    /// let form = form_urlencoded::Serializer::new(String::new())
    ///     .append_pair("grant_type", "refresh_token")
    ///     .append_pair("refresh_token", refresh_token.expose())
    ///     .append_pair("client_id", &demo.client_id)
    ///     .append_pair("client_secret", demo.client_secret.expose())
    ///     .finish();
    /// let call = http::Request::post("/oauth2/token")
    ///     .header("content-type", "application/x-www-form-urlencoded")
    ///     .body(form.into())?;
    /// stage.respond(Vendor::Box, &call);
    ///
    /// // … and its test asks this.
    /// tenant.calls().assert_one_refresh(Vendor::Box, 8);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Panics
    ///
    /// If there was none or more than one, if it was not served, if no call met a 401 before it, if fewer than `under`
    /// calls met a 401 at all, or if calls that may have been refreshes were [dropped](Self::dropped).
    #[expect(clippy::must_use_candidate, reason = "most asserts are for the assertion")]
    #[track_caller]
    pub fn assert_one_refresh(&self, vendor: Vendor, under: usize) -> Arc<Entry> {
        self.check_one_refresh(vendor, under).unwrap_or_else(|mismatch| panic!("{mismatch}"))
    }

    /// The same without the panic.
    ///
    /// ```
    /// use rehearsal::{Stage, Vendor};
    ///
    /// assert!(Stage::new().tenant().calls().check_one_refresh(Vendor::AdobeSign, 1).is_err());
    /// ```
    ///
    /// # Errors
    ///
    /// As [`assert_one_refresh`](Self::assert_one_refresh) panics.
    pub fn check_one_refresh(&self, vendor: Vendor, under: usize) -> Result<Arc<Entry>, RefreshMismatch> {
        let query = self.clone().vendor(vendor);
        let (refreshes, mut refused): (Vec<_>, Vec<_>) =
            query.list().into_iter().partition(|entry| entry.is_refresh());
        refused.retain(|entry| entry.status() == StatusCode::UNAUTHORIZED);
        let dropped = query.clone().refreshes().dropped();
        let story = Story { query, vendor, under, refused, refreshes, dropped };
        match story.refreshes.first() {
            Some(refresh) if story.flaw().is_none() => Ok(Arc::clone(refresh)),
            _ => Err(RefreshMismatch(Box::new(story))),
        }
    }
}

impl RefreshMismatch {
    /// The refreshes that came, oldest first.
    ///
    /// ```
    /// use rehearsal::{Stage, Vendor};
    ///
    /// let mismatch = Stage::new().tenant().calls().check_one_refresh(Vendor::Box, 1).expect_err("nobody called");
    /// assert_eq!((mismatch.refreshes().len(), mismatch.refused().len()), (0, 0));
    /// ```
    #[must_use]
    pub fn refreshes(&self) -> &[Arc<Entry>] {
        &self.0.refreshes
    }

    /// The calls that met a 401, oldest first.
    ///
    /// ```
    /// use rehearsal::{Stage, Vendor};
    ///
    /// let stage = Stage::new();
    /// let call = http::Request::get("/2.0/users/me").header("authorization", "Bearer unknown");
    /// stage.respond(Vendor::Box, &call.body(bytes::Bytes::new())?);
    /// let calls = stage.default_tenant().calls();
    /// let mismatch = calls.check_one_refresh(Vendor::Box, 1).expect_err("nobody refreshed");
    /// assert_eq!(mismatch.refused()[0].operation, "current-user");
    /// # Ok::<(), http::Error>(())
    /// ```
    #[must_use]
    pub fn refused(&self) -> &[Arc<Entry>] {
        &self.0.refused
    }

    fn text(&self) -> String {
        let Story { query, vendor, under, refused, refreshes, dropped } = &*self.0;
        let refreshed = match refreshes.len() {
            1 => "1 refresh".to_owned(),
            count => format!("{count} refreshes"),
        };
        let mut text = format!(
            "expected exactly 1 refresh at {vendor}, for at least {} that met a 401\n\
             saw {refreshed}, for {} that met a 401\n\n",
            text::counted((*under).max(1), "call"),
            text::counted(refused.len(), "call"),
        );
        if query.terms().len() > 1 {
            text += &format!("{}\n", text::asked(query));
        }
        text += &self.0.chronicle();
        text += &self.0.flaw().map(|flaw| format!("\n{flaw}\n")).unwrap_or_default();
        text + text::dropped(query, *dropped).as_str()
    }
}

impl Story {
    /// What is wrong with it, and what to do.
    fn flaw(&self) -> Option<String> {
        let Self { under, refused, refreshes, dropped, .. } = self;
        match refreshes.as_slice() {
            [] if refused.is_empty() => {
                Some("no call met a 401, so that nothing had to be refreshed; is the token dead?".to_owned())
            }
            [] => Some("the client met a 401 and did not refresh".to_owned()),
            [first, _, ..] if refreshes.iter().all(|of| token(of) == token(first)) => {
                let numbers: Vec<_> = refreshes.iter().map(|entry| format!("#{}", entry.number)).collect();
                Some(format!(
                    "{} showed the same refresh token: callers that met a 401 did not wait for the one who \
                     refreshes; let them share its answer",
                    numbers.join(", ")
                ))
            }
            [_, _, ..] => Some(
                "different tokens were refreshed: one that was new, or several died; if so, ask since a mark"
                    .to_owned(),
            ),
            [refresh] if refresh.verdict != Verdict::Served => {
                Some(format!("the refresh #{} was not served, {}", refresh.number, refresh.verdict))
            }
            [refresh] if !refused.iter().any(|entry| entry.number < refresh.number) => Some(format!(
                "no call met a 401 before the refresh #{}: the client did not refresh because of one",
                refresh.number
            )),
            [_] if refused.len() < *under => Some(format!(
                "{} met a 401, too few to show that calls share a refresh; let more fly at once",
                text::counted(refused.len(), "call")
            )),
            [_] => (*dropped > 0).then(|| "there may have been more refreshes before".to_owned()),
        }
    }

    /// 401s and refreshes in order.
    fn chronicle(&self) -> String {
        let mut entries: Vec<_> = self.refused.iter().chain(&self.refreshes).collect();
        entries.sort_by_key(|entry| entry.number);
        if entries.is_empty() {
            return "neither a 401 nor a refresh is in the journal\n".to_owned();
        }
        let width = text::width(entries.iter().copied());
        let mut text = "what happened, in order (↻ is a refresh):\n".to_owned();
        for run in entries.chunk_by(|one, next| one.is_refresh() == next.is_refresh()) {
            let shown = if run[0].is_refresh() { run.len() } else { run.len().min(REFUSALS) };
            for entry in &run[..shown] {
                let sign = if entry.is_refresh() { '↻' } else { ' ' };
                text += &format!("  {sign} {}\n", text::line(entry, width));
                let mut tokens = entry.credentials();
                // The same in each refresh: it tells nothing here.
                tokens.retain(|shown| !shown.starts_with("client_id "));
                if !tokens.is_empty() {
                    text += &format!("     {:width$}  showed {}\n", "", tokens.join(", "));
                }
            }
            if run.len() > shown {
                text +=
                    &format!("    … and {} that met a 401\n", text::counted(run.len() - shown, "more call"));
            }
        }
        text
    }
}

fn token(entry: &Entry) -> Option<String> {
    entry.parameter("refresh_token")
}
