//! Calls as lines for people. Every secret is masked.

use std::{borrow::Cow, fmt::Write};

use crate::{
    journal::{
        Query,
        entry::{Entry, Shared},
    },
    mask,
};

/// A URL longer than this is cut: what tells calls apart stands at its beginning.
const URL_WIDTH: usize = 100;

/// `#3  2026-03-01T12:00:00Z  POST /oauth2/token → 200  box token, served`; numbers take `width` digits.
pub(super) fn line(entry: &Entry, width: usize) -> String {
    let request = entry.request();
    let url = mask::url(&request.uri().to_string());
    format!(
        "#{:<width$}  {}  {} {} → {}  {} {}, {}",
        entry.number,
        entry.at,
        request.method(),
        cut(&url),
        entry.outcome(),
        entry.vendor,
        entry.operation,
        entry.verdict,
    )
}

fn cut(url: &str) -> Cow<'_, str> {
    match url.char_indices().nth(URL_WIDTH) {
        Some((end, _)) => format!("{}…", &url[..end]).into(),
        None => url.into(),
    }
}

/// How many digits the numbers of `entries` need.
pub(super) fn width<'e>(entries: impl IntoIterator<Item = &'e Shared>) -> usize {
    let highest = entries.into_iter().map(|entry| entry.number).max().unwrap_or(0);
    highest.to_string().len()
}

/// `1 call`, `2 calls`.
pub(super) fn counted(count: usize, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}

/// The query, a term per line.
pub(super) fn asked(query: &Query) -> String {
    if query.terms().is_empty() {
        return "asked for: every call\n".to_owned();
    }
    query.terms().iter().fold("asked for:\n".to_owned(), |mut text, term| {
        // Writing to a text cannot fail.
        let _ = writeln!(text, "  · {term}");
        text
    })
}

/// That `dropped` calls could have matched, and what to do about it; empty if there are none.
pub(super) fn dropped(query: &Query, dropped: u64) -> String {
    if dropped == 0 {
        return String::new();
    }
    let bounds = query.journal().bounds();
    let calls = if dropped == 1 { "1 older call" } else { &format!("{dropped} older calls") };
    format!(
        "\nnot certain: {calls} that may have matched had to go, because this journal keeps {} entries and {} bytes \
         of bodies; raise that with `StageBuilder::journal`, or ask only for what came since a mark\n",
        bounds.entries, bounds.bytes,
    )
}
