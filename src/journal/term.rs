//! The terms of a query: what each asks of a call, and how a call differs from it.

use std::{fmt, ops::RangeInclusive, sync::Arc};

use http::Method;

use crate::{
    Vendor,
    exchange::{UnknownVerdict, VerdictKind},
    journal::{
        entry::Entry,
        ownership::{Ownership, UnknownOwnership},
        recording::Dropped,
    },
    mask,
    vendor::UnknownVendor,
};

/// One thing that is asked of a call. Prints with its secrets masked, for people and `Debug` alike.
#[derive(Clone)]
pub(super) enum Term {
    Vendor(Vendor),
    Operation(String),
    Verdict(VerdictKind),
    Because(String),
    Status(RangeInclusive<u16>),
    Method(Method),
    /// `*` stands for any text.
    Path(String),
    Parameter {
        name: String,
        value: String,
    },
    Header {
        name: String,
        value: String,
    },
    Since(u64),
    Ownership(Ownership),
    Unexpected(bool),
    Refresh(bool),
    Satisfying(String, Arc<dyn Fn(&Entry) -> bool + Send + Sync>),
}

impl Term {
    /// The term that `name` and `value` ask for, as texts from a query string.
    pub(super) fn parse(name: &str, value: &str) -> Result<Self, TermError> {
        if let Some(name) = name.strip_prefix("parameter.") {
            return Ok(Self::Parameter { name: name.to_owned(), value: value.to_owned() });
        }
        if let Some(name) = name.strip_prefix("header.") {
            return Ok(Self::Header { name: name.to_owned(), value: value.to_owned() });
        }
        let wrong = |expected| TermError::Value { name: name.to_owned(), value: value.to_owned(), expected };
        let truth = || value.parse().map_err(|_| wrong("`true` or `false`"));
        Ok(match name {
            "vendor" => Self::Vendor(value.parse()?),
            "operation" => Self::Operation(value.to_owned()),
            "verdict" => Self::Verdict(value.parse()?),
            "because" => Self::Because(value.to_owned()),
            "status" => Self::Status(statuses(value).ok_or_else(|| wrong("401, 4xx or 400-403"))?),
            "method" => Self::Method(
                value.to_ascii_uppercase().parse().map_err(|_| wrong("an HTTP method such as POST"))?,
            ),
            "path" => Self::Path(value.to_owned()),
            "since" => Self::Since(value.parse().map_err(|_| wrong("the number of an entry"))?),
            "ownership" => Self::Ownership(value.parse()?),
            "unexpected" => Self::Unexpected(truth()?),
            "refresh" => Self::Refresh(truth()?),
            _ => return Err(TermError::Name(name.to_owned())),
        })
    }

    pub(super) fn matches(&self, entry: &Entry) -> bool {
        match self {
            Self::Vendor(vendor) => entry.vendor == *vendor,
            Self::Operation(operation) => entry.operation == operation,
            Self::Verdict(kind) => entry.verdict.kind() == *kind,
            Self::Because(text) => entry.verdict.to_string().contains(text),
            Self::Status(statuses) => statuses.contains(&entry.status().as_u16()),
            Self::Method(method) => entry.request().method() == method,
            Self::Path(pattern) => is_like(entry.request().uri().path(), pattern),
            Self::Parameter { name, value } => entry.parameters(name).contains(value),
            Self::Header { name, value } => headers(entry, name).any(|of| of == value.as_bytes()),
            Self::Since(mark) => entry.number > *mark,
            Self::Ownership(ownership) => entry.ownership == *ownership,
            Self::Unexpected(unexpected) => entry.is_unexpected() == *unexpected,
            Self::Refresh(refresh) => entry.is_refresh() == *refresh,
            Self::Satisfying(_, condition) => condition(entry),
        }
    }

    /// Whether any of these dropped calls could have matched.
    pub(super) fn could_match(&self, dropped: &Dropped) -> bool {
        match self {
            Self::Vendor(vendor) => dropped.vendor == *vendor,
            Self::Operation(operation) => dropped.operation == operation,
            Self::Refresh(true) => dropped.refresh,
            Self::Since(mark) => dropped.since(*mark) > 0,
            _ => true,
        }
    }

    /// How the call differs, as `status is 200, not 401`; nothing if it matches.
    pub(super) fn difference(&self, entry: &Entry) -> Option<String> {
        if self.matches(entry) {
            return None;
        }
        let asked = self.asked();
        Some(match self.found(entry) {
            Some(found) => format!("{} is {found}, not {asked}", self.subject()),
            None => format!("{} is not {asked}", self.subject()),
        })
    }

    fn subject(&self) -> String {
        match self {
            Self::Vendor(_) => "vendor".into(),
            Self::Operation(_) => "operation".into(),
            Self::Verdict(_) | Self::Because(_) => "verdict".into(),
            Self::Status(_) => "status".into(),
            Self::Method(_) => "method".into(),
            Self::Path(_) => "path".into(),
            Self::Parameter { name, .. } => format!("parameter {name}"),
            Self::Header { name, .. } => format!("header {name}"),
            Self::Since(_) => "number".into(),
            Self::Ownership(_) => "ownership".into(),
            Self::Unexpected(_) | Self::Refresh(_) | Self::Satisfying(..) => "call".into(),
        }
    }

    fn asked(&self) -> String {
        match self {
            Self::Vendor(vendor) => vendor.to_string(),
            Self::Operation(operation) => operation.clone(),
            Self::Verdict(kind) => kind.key().into(),
            Self::Because(text) => format!("one that says {text:?}"),
            Self::Status(statuses) if statuses.start() == statuses.end() => statuses.start().to_string(),
            Self::Status(statuses) => format!("{} to {}", statuses.start(), statuses.end()),
            Self::Method(method) => method.to_string(),
            Self::Path(path) => path.clone(),
            Self::Parameter { name, value } => parameter(name, value),
            Self::Header { name, value } => header(name, value),
            Self::Since(mark) => format!("above {mark}"),
            Self::Ownership(ownership) => ownership.key().into(),
            Self::Unexpected(true) => "unexpected".into(),
            Self::Unexpected(false) => "expected".into(),
            Self::Refresh(true) => "a refresh".into(),
            Self::Refresh(false) => "anything but a refresh".into(),
            Self::Satisfying(what, _) => what.clone(),
        }
    }

    /// What the call has instead, where that can be said.
    fn found(&self, entry: &Entry) -> Option<String> {
        let listed = |values: Vec<String>| match values.is_empty() {
            true => "missing".to_owned(),
            false => values.join(" and "),
        };
        match self {
            Self::Vendor(_) => Some(entry.vendor.to_string()),
            Self::Operation(_) => Some(entry.operation.to_owned()),
            Self::Verdict(_) | Self::Because(_) => Some(format!("\"{}\"", entry.verdict)),
            Self::Status(_) => Some(entry.status().as_u16().to_string()),
            Self::Method(_) => Some(entry.request().method().to_string()),
            Self::Path(_) => Some(entry.request().uri().path().to_owned()),
            Self::Parameter { name, .. } => {
                Some(listed(entry.parameters(name).iter().map(|value| parameter(name, value)).collect()))
            }
            Self::Header { name, .. } => {
                let values = headers(entry, name).map(|value| header(name, &String::from_utf8_lossy(value)));
                Some(listed(values.collect()))
            }
            Self::Since(_) => Some(entry.number.to_string()),
            Self::Ownership(_) => Some(entry.ownership.key().to_owned()),
            Self::Unexpected(_) | Self::Refresh(_) | Self::Satisfying(..) => None,
        }
    }
}

impl fmt::Display for Term {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} is {}", self.subject(), self.asked())
    }
}

impl fmt::Debug for Term {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// A term from texts that does not say what it could.
///
/// ```
/// use rehearsal::{Stage, journal::TermError};
///
/// let calls = Stage::new().default_tenant().calls();
/// let error = calls.clone().term("colour", "red").expect_err("calls have no colour");
/// assert!(matches!(error, TermError::Name(_)));
/// let error = calls.term("status", "bad").expect_err("a status is a number");
/// assert_eq!(error.to_string(), "status cannot be \"bad\"; it is 401, 4xx or 400-403");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TermError {
    /// There is no such term.
    #[error(
        "calls cannot be asked for {0:?}; they can for vendor, operation, verdict, because, status, method, path, \
         parameter.NAME, header.NAME, since, ownership, unexpected and refresh"
    )]
    Name(String),
    /// The term takes other values.
    #[error("{name} cannot be {value:?}; it is {expected}")]
    Value {
        /// The term.
        name: String,
        /// What it was to be.
        value: String,
        /// What it can be.
        expected: &'static str,
    },
    /// There is no such vendor.
    #[error(transparent)]
    Vendor(#[from] UnknownVendor),
    /// There is no such verdict.
    #[error(transparent)]
    Verdict(#[from] UnknownVerdict),
    /// There is no such ownership.
    #[error(transparent)]
    Ownership(#[from] UnknownOwnership),
}

fn headers<'e>(entry: &'e Entry, name: &str) -> impl Iterator<Item = &'e [u8]> {
    entry.request().headers().get_all(name).iter().map(http::HeaderValue::as_bytes)
}

fn parameter(name: &str, value: &str) -> String {
    shown(value, mask::parameter(name, value))
}

fn header(name: &str, value: &str) -> String {
    shown(value, mask::header(name, value))
}

fn shown(value: &str, masked: String) -> String {
    if masked == value { format!("{value:?}") } else { masked }
}

/// `401`, `4xx`, `400-403`.
fn statuses(text: &str) -> Option<RangeInclusive<u16>> {
    let number = |text: &str| text.trim().parse::<u16>().ok();
    if let Some(class) = text.strip_suffix("xx") {
        let class = number(class).filter(|class| (1..=5).contains(class))? * 100;
        return Some(class..=class + 99);
    }
    match text.split_once('-') {
        Some((first, last)) => Some(number(first)?..=number(last)?),
        None => number(text).map(|status| status..=status),
    }
}

/// Whether `text` is `pattern`, in which `*` stands for any text.
fn is_like(text: &str, pattern: &str) -> bool {
    let Some((head, rest)) = pattern.split_once('*') else { return text == pattern };
    let Some(mut text) = text.strip_prefix(head) else { return false };
    let mut parts: Vec<_> = rest.split('*').collect();
    let tail = parts.pop().unwrap_or_default();
    for part in parts {
        match text.split_once(part) {
            Some((_, after)) => text = after,
            None => return false,
        }
    }
    text.ends_with(tail)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_stands_for_any_text() {
        for (pattern, matches) in [
            ("/2.0/users/me", true),
            ("/2.0/*", true),
            ("*/me", true),
            ("*", true),
            ("/2.0/*/me", true),
            ("/*/users/*", true),
            ("/2.0/users", false),
            ("/2.0/users/me*me", false),
            ("/*/folders/*", false),
        ] {
            assert_eq!(is_like("/2.0/users/me", pattern), matches, "{pattern}");
        }
    }

    #[test]
    fn statuses_are_read_as_people_write_them() {
        assert_eq!(statuses("401"), Some(401..=401));
        assert_eq!(statuses("4xx"), Some(400..=499));
        assert_eq!(statuses("400-403"), Some(400..=403));
        for wrong in ["", "x", "9xx", "4x", "-", "400-"] {
            assert_eq!(statuses(wrong), None, "{wrong}");
        }
    }
}
