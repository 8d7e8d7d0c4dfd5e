//! One condition of a query.

use std::cmp::Ordering;

use serde_json::Value;

use super::words::{Literal, Words};
use crate::providers::quickbooks::{books::Record, errors::ApplicationFault};

#[derive(Debug)]
pub(super) struct Condition<'q> {
    field: &'q str,
    test: Test,
}

#[derive(Debug)]
enum Test {
    Compared(&'static [Ordering], Literal),
    Like(Literal),
    In(Vec<Literal>),
}

impl<'q> Condition<'q> {
    pub(super) fn parse(words: &mut Words<'q>) -> Result<Self, ApplicationFault> {
        const COMPARISONS: [(&str, &[Ordering]); 5] = [
            ("<=", &[Ordering::Less, Ordering::Equal]),
            (">=", &[Ordering::Greater, Ordering::Equal]),
            ("=", &[Ordering::Equal]),
            ("<", &[Ordering::Less]),
            (">", &[Ordering::Greater]),
        ];
        let field = words.name()?;
        for (sign, accepted) in COMPARISONS {
            if words.take(sign) {
                return Ok(Self { field, test: Test::Compared(accepted, words.literal()?) });
            }
        }
        if words.take("like") {
            return Ok(Self { field, test: Test::Like(words.literal()?) });
        }
        words.expect("in")?;
        words.expect("(")?;
        let mut choices = vec![words.literal()?];
        while words.take(",") {
            choices.push(words.literal()?);
        }
        words.expect(")")?;
        Ok(Self { field, test: Test::In(choices) })
    }

    pub(super) fn is_about(&self, field: &str) -> bool {
        self.field.eq_ignore_ascii_case(field)
    }

    pub(super) fn holds(&self, record: &Record) -> bool {
        let Some(value) = record.at(self.field) else { return false };
        match &self.test {
            Test::Compared(accepted, literal) => accepted.contains(&with_literal(value, literal)),
            Test::Like(pattern) => is_like(&printed(value), &pattern.0),
            Test::In(choices) => choices.iter().any(|choice| with_literal(value, choice) == Ordering::Equal),
        }
    }
}

/// Orders two members; what is missing comes first.
pub(super) fn compare(one: Option<&Value>, other: Option<&Value>) -> Ordering {
    match (one, other) {
        (Some(one), Some(other)) => with_literal(one, &Literal(printed(other))),
        (one, other) => one.is_some().cmp(&other.is_some()),
    }
}

/// Numbers by value, times by moment, everything else as text in any case.
fn with_literal(value: &Value, literal: &Literal) -> Ordering {
    if let (Some(number), Ok(wanted)) = (as_number(value), literal.0.parse::<f64>()) {
        return number.partial_cmp(&wanted).unwrap_or(Ordering::Equal);
    }
    let text = printed(value);
    let moment = |text: &str| text.parse::<jiff::Timestamp>().ok();
    match (moment(&text), moment(&literal.0)) {
        (Some(one), Some(other)) => one.cmp(&other),
        _ => text.to_lowercase().cmp(&literal.0.to_lowercase()),
    }
}

/// Ids are numbers in quotes, and ordered as numbers.
fn as_number(value: &Value) -> Option<f64> {
    match value {
        Value::Number(number) => number.as_f64(),
        Value::String(text) => text.parse().ok(),
        _ => None,
    }
}

fn printed(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), ToOwned::to_owned)
}

/// Whether `text` fits a pattern in which `%` stands for anything.
fn is_like(text: &str, pattern: &str) -> bool {
    let (text, pattern) = (text.to_lowercase(), pattern.to_lowercase());
    let mut pieces = pattern.split('%');
    let Some(mut rest) = text.strip_prefix(pieces.next().unwrap_or_default()) else { return false };
    let mut pieces: Vec<_> = pieces.collect();
    let Some(last) = pieces.pop() else { return rest.is_empty() };
    for piece in pieces {
        match rest.find(piece) {
            Some(at) => rest = &rest[at + piece.len()..],
            None => return false,
        }
    }
    rest.ends_with(last)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_pattern_fits_the_whole_text() {
        assert!(is_like("Amy's Bird Sanctuary", "%bird%") && is_like("Amy", "amy") && is_like("Amy", "A%"));
        assert!(!is_like("Amy", "m%") && !is_like("Amy", "am") && is_like("abcabc", "a%c"));
        assert!(!is_like("ab", "ab%b"), "the last piece does not overlap what was matched");
    }

    #[test]
    fn values_are_compared_by_what_they_are() {
        let order = |value: Value, literal: &str| with_literal(&value, &Literal(literal.to_owned()));
        assert_eq!(order(json!(85.0), "239"), Ordering::Less);
        assert_eq!(order(json!("9"), "10"), Ordering::Less);
        assert_eq!(order(json!("2026-03-01T04:00:00-08:00"), "2026-03-01T12:00:00Z"), Ordering::Equal);
        assert_eq!(order(json!(true), "TRUE"), Ordering::Equal);
        assert_eq!(order(json!("2026-02-10"), "2026-02-09"), Ordering::Greater);
    }
}
