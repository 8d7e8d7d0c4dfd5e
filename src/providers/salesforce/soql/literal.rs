//! The values that a query compares fields with.

use std::cmp::Ordering;

use serde_json::Value as Json;

use super::words::Word;
use crate::providers::salesforce::{ids, object::Type};

/// A value, and where it stands.
#[derive(Debug, PartialEq)]
pub(super) struct Literal<'q> {
    pub(super) word: Word<'q>,
    pub(super) value: Value<'q>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Value<'q> {
    Null,
    Flag(bool),
    Number(f64),
    Date(jiff::civil::Date),
    Moment(jiff::Timestamp),
    /// As it was written between its quotes.
    Text(&'q str),
}

impl<'q> Value<'q> {
    pub(super) fn of(word: &'q str) -> Option<Self> {
        if let Some(text) = word.strip_prefix('\'') {
            return text.strip_suffix('\'').map(Self::Text);
        }
        match word.to_ascii_lowercase().as_str() {
            "null" => return Some(Self::Null),
            "true" => return Some(Self::Flag(true)),
            "false" => return Some(Self::Flag(false)),
            _ => {}
        }
        // Not every number of Rust's is one: `inf` is not.
        if !word.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '-' | '+' | '.')) {
            return None;
        }
        let number = || word.parse().ok().filter(|number: &f64| number.is_finite()).map(Self::Number);
        let moment = || word.parse().ok().map(Self::Moment);
        number().or_else(moment).or_else(|| word.parse().ok().map(Self::Date))
    }

    /// Whether a field of this type is compared with such a value.
    pub(super) fn fits(self, wanted: Type) -> bool {
        match self {
            Self::Null => true,
            Self::Flag(_) => wanted == Type::Flag,
            Self::Number(_) => wanted == Type::Number,
            Self::Date(_) => wanted == Type::Date,
            Self::Moment(_) => wanted == Type::Moment,
            Self::Text(_) => matches!(wanted, Type::Text | Type::Id | Type::Reference),
        }
    }

    /// How a field's content compares with it; nothing if one of them is null.
    pub(super) fn compared(self, wanted: Type, content: &Json) -> Option<Ordering> {
        match (self, content) {
            (Self::Flag(flag), Json::Bool(content)) => Some(content.cmp(&flag)),
            (Self::Number(number), content) => content.as_f64()?.partial_cmp(&number),
            (Self::Date(date), Json::String(content)) => {
                Some(content.parse::<jiff::civil::Date>().ok()?.cmp(&date))
            }
            (Self::Moment(moment), Json::String(content)) => {
                Some(content.parse::<jiff::Timestamp>().ok()?.cmp(&moment))
            }
            (Self::Text(text), Json::String(content)) if !content.is_empty() => {
                Some(in_order(wanted, content, &unescaped(text)))
            }
            _ => None,
        }
    }
}

/// How the contents of two fields of one type compare.
pub(super) fn between(of: Type, one: &Json, other: &Json) -> Ordering {
    match (one, other) {
        (Json::Bool(one), Json::Bool(other)) => one.cmp(other),
        (Json::String(one), Json::String(other)) => in_order(of, one, other),
        (one, other) => one
            .as_f64()
            .zip(other.as_f64())
            .and_then(|(one, other)| one.partial_cmp(&other))
            .unwrap_or(Ordering::Equal),
    }
}

/// Ids by their letters, moments by time, everything else in any case.
fn in_order(of: Type, one: &str, other: &str) -> Ordering {
    let moment = |text: &str| text.parse::<jiff::Timestamp>().ok();
    match of {
        Type::Id | Type::Reference => ids::long(one).cmp(&ids::long(other)),
        Type::Moment => moment(one).cmp(&moment(other)),
        _ => one.to_lowercase().cmp(&other.to_lowercase()),
    }
}

/// Whether nothing is in the field: an empty text is nothing.
pub(super) fn is_null(content: &Json) -> bool {
    content.is_null() || content.as_str().is_some_and(str::is_empty)
}

/// What a text in quotes says.
pub(super) fn unescaped(text: &str) -> String {
    letters(text).map(|(letter, _)| letter).collect()
}

/// Its letters, and whether each was escaped.
fn letters(text: &str) -> impl Iterator<Item = (char, bool)> {
    let mut rest = text.chars();
    std::iter::from_fn(move || match rest.next()? {
        '\\' => Some((
            match rest.next()? {
                'n' => '\n',
                'r' => '\r',
                't' => '\t',
                'b' => '\u{8}',
                'f' => '\u{c}',
                other => other,
            },
            true,
        )),
        letter => Some((letter, false)),
    })
}

/// Whether `text` fits a pattern in which `%` stands for any letters, and `_` for one.
pub(super) fn is_like(text: &str, pattern: &str) -> bool {
    let text: Vec<char> = text.to_lowercase().chars().collect();
    let pattern: Vec<(char, bool)> = letters(pattern)
        .flat_map(|(letter, escaped)| letter.to_lowercase().map(move |letter| (letter, escaped)))
        .collect();
    let (mut at, mut place) = (0, 0);
    // Behind the last `%`: where the pattern goes on, and where in the text it was tried last.
    let mut retry: Option<(usize, usize)> = None;
    while at < text.len() {
        match pattern.get(place) {
            Some(('%', false)) => {
                place += 1;
                retry = Some((place, at));
            }
            Some(('_', false)) => (at, place) = (at + 1, place + 1),
            Some((letter, _)) if *letter == text[at] => (at, place) = (at + 1, place + 1),
            _ => {
                let Some((behind, tried)) = retry else { return false };
                retry = Some((behind, tried + 1));
                (at, place) = (tried + 1, behind);
            }
        }
    }
    pattern[place..].iter().all(|rest| *rest == ('%', false))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_pattern_fits_the_whole_text() {
        assert!(is_like("Example Mills", "%mill%") && is_like("Example Mills", "example mills"));
        assert!(is_like("abcabc", "a%c") && is_like("Straße", "stra_e") && is_like("", "%"));
        assert!(!is_like("abc", "b%") && !is_like("abc", "ab") && !is_like("ab", "ab_"));
        assert!(is_like("100%", r"100\%") && !is_like("1000", r"100\%"), "an escaped sign stands for itself");
    }

    #[test]
    fn what_was_written_is_read() {
        let date = jiff::civil::date(2026, 6, 30);
        let noon = date.at(12, 0, 0, 0).to_zoned(jiff::tz::TimeZone::UTC).unwrap().timestamp();
        for (written, value) in [
            ("null", Value::Null),
            ("TRUE", Value::Flag(true)),
            ("-1.5", Value::Number(-1.5)),
            ("2026-06-30", Value::Date(date)),
            ("2026-06-30T12:00:00Z", Value::Moment(noon)),
            ("2026-06-30T14:00:00.000+02:00", Value::Moment(noon)),
            ("'it\\'s'", Value::Text("it\\'s")),
        ] {
            assert_eq!(Value::of(written), Some(value), "{written}");
        }
        for written in ["inf", "NaN", "Name", "TODAY", "1e999", "'"] {
            assert_eq!(Value::of(written), None, "{written}");
        }
        assert_eq!(unescaped(r"it\'s\\\n"), "it's\\\n");
    }

    #[test]
    fn contents_are_compared_by_what_they_are() {
        let compared = |of, content: Json, word| {
            Value::of(word).and_then(|value: Value<'_>| value.compared(of, &content))
        };
        assert_eq!(compared(Type::Number, json!(9), "10"), Some(Ordering::Less));
        assert_eq!(compared(Type::Text, json!("apparel"), "'APPAREL'"), Some(Ordering::Equal));
        let created = json!("2026-06-30T12:00:00.000+0000");
        assert_eq!(compared(Type::Moment, created, "2026-06-30T13:00:00+01:00"), Some(Ordering::Equal));
        assert_eq!(compared(Type::Date, json!("2026-06-30"), "2026-07-01"), Some(Ordering::Less));
        let id = compared(Type::Id, json!("00Dx0000000BV7zEAG"), "'00Dx0000000BV7z'");
        assert_eq!(id, Some(Ordering::Equal), "an id of 15 characters will do");
        assert_eq!(compared(Type::Text, Json::Null, "'x'"), None);
    }
}
