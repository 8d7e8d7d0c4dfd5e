//! What the records that a query asks for fulfil.

use std::cmp::Ordering;

use super::{
    literal::{Literal, Value, is_like, is_null, unescaped},
    words::{Malformed, Word, Words},
};
use crate::providers::salesforce::{
    crm::Record,
    object::{Object, Type},
};

/// How deep conditions may be nested: the vendor takes no query that comes near.
const DEEPEST: usize = 50;

#[derive(Debug, PartialEq)]
pub(in super::super) enum Condition<'q> {
    All(Vec<Self>),
    Any(Vec<Self>),
    Not(Box<Self>),
    Test(Test<'q>),
}

#[derive(Debug, PartialEq)]
pub(in super::super) struct Test<'q> {
    field: Word<'q>,
    operator: Operator,
    values: Vec<Literal<'q>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Operator {
    Is,
    IsNot,
    /// One of these orders.
    Ordered(&'static [Ordering]),
    Like,
}

/// A query that can be read, and not answered.
#[derive(Debug)]
pub(in super::super) struct Unanswerable<'q> {
    pub(in super::super) code: &'static str,
    pub(in super::super) at: Word<'q>,
    pub(in super::super) message: String,
}

impl<'q> Condition<'q> {
    /// What stands behind `WHERE`, or between parentheses.
    pub(super) fn parse(words: &mut Words<'q>, depth: usize) -> Result<Self, Malformed> {
        let first = Self::parse_one(words, depth)?;
        // The vendor refuses both beside each other without parentheses.
        for (word, joined) in [("AND", Self::All as fn(Vec<Self>) -> Self), ("OR", Self::Any)] {
            if words.take(word) {
                let mut all = vec![first, Self::parse_one(words, depth)?];
                while words.take(word) {
                    all.push(Self::parse_one(words, depth)?);
                }
                return Ok(joined(all));
            }
        }
        Ok(first)
    }

    fn parse_one(words: &mut Words<'q>, depth: usize) -> Result<Self, Malformed> {
        if depth > DEEPEST {
            return Err(words.unexpected());
        }
        if words.take("NOT") {
            return Ok(Self::Not(Box::new(Self::parse_one(words, depth + 1)?)));
        }
        if words.take("(") {
            let within = Self::parse(words, depth + 1)?;
            words.expect(")")?;
            return Ok(within);
        }
        Test::parse(words).map(Self::Test)
    }

    /// Whether records of this kind can be asked so.
    pub(in super::super) fn check(&self, object: &Object) -> Result<(), Unanswerable<'q>> {
        match self {
            Self::All(of) | Self::Any(of) => of.iter().try_for_each(|one| one.check(object)),
            Self::Not(of) => of.check(object),
            Self::Test(test) => test.check(object),
        }
    }

    pub(in super::super) fn holds(&self, object: &Object, record: &Record) -> bool {
        match self {
            Self::All(of) => of.iter().all(|one| one.holds(object, record)),
            Self::Any(of) => of.iter().any(|one| one.holds(object, record)),
            Self::Not(of) => !of.holds(object, record),
            Self::Test(test) => test.holds(object, record),
        }
    }
}

impl<'q> Test<'q> {
    fn parse(words: &mut Words<'q>) -> Result<Self, Malformed> {
        use Ordering::{Equal, Greater, Less};
        const SIGNS: [(&str, Operator); 8] = [
            ("=", Operator::Is),
            ("!=", Operator::IsNot),
            ("<>", Operator::IsNot),
            ("<", Operator::Ordered(&[Less])),
            ("<=", Operator::Ordered(&[Less, Equal])),
            (">", Operator::Ordered(&[Greater])),
            (">=", Operator::Ordered(&[Greater, Equal])),
            ("LIKE", Operator::Like),
        ];
        let field = words.name()?;
        if let Some((_, operator)) = SIGNS.into_iter().find(|(sign, _)| words.take(sign)) {
            return Ok(Self { field, operator, values: vec![words.literal()?] });
        }
        let operator = if words.take("NOT") { Operator::IsNot } else { Operator::Is };
        words.expect("IN")?;
        words.expect("(")?;
        let mut values = vec![words.literal()?];
        while words.take(",") {
            values.push(words.literal()?);
        }
        words.expect(")")?;
        Ok(Self { field, operator, values })
    }

    /// The texts are those that people have been told (inferred).
    fn check(&self, object: &Object) -> Result<(), Unanswerable<'q>> {
        let field = known(object, self.field)?;
        let kind = object.type_of(field);
        let can = match self.operator {
            Operator::Is | Operator::IsNot => true,
            Operator::Ordered(_) => kind != Type::Flag,
            Operator::Like => kind == Type::Text,
        };
        if !can {
            let message = format!("invalid operator on {} field", kind.name());
            return Err(Unanswerable { code: "INVALID_QUERY_FILTER_OPERATOR", at: self.field, message });
        }
        for Literal { word, value } in &self.values {
            if !value.fits(kind) {
                let (name, quoted) = match kind {
                    Type::Text | Type::Id | Type::Reference => (kind.name(), "should be"),
                    Type::Moment => ("dateTime", "should not be"),
                    Type::Number | Type::Flag | Type::Date => (kind.name(), "should not be"),
                };
                let message = format!(
                    "value of filter criterion for field '{field}' must be of type {name} and {quoted} enclosed in quotes"
                );
                return Err(Unanswerable { code: "INVALID_FIELD", at: self.field, message });
            }
            let is_id = |text: &str| {
                matches!(text.len(), 15 | 18) && text.bytes().all(|byte| byte.is_ascii_alphanumeric())
            };
            if let (Type::Id | Type::Reference, Value::Text(text)) = (kind, value)
                && !text.is_empty()
                && !is_id(text)
            {
                let message = format!("invalid ID field: {}", unescaped(text));
                return Err(Unanswerable { code: "INVALID_QUERY_FILTER_OPERATOR", at: *word, message });
            }
        }
        Ok(())
    }

    fn holds(&self, object: &Object, record: &Record) -> bool {
        let Some(field) = object.field(self.field.text) else { return false };
        let (kind, content) = (object.type_of(field), record.value(field));
        let is = |value: &Value<'_>| match value {
            Value::Null | Value::Text("") => is_null(&content),
            value => value.compared(kind, &content) == Some(Ordering::Equal),
        };
        let mut values = self.values.iter().map(|literal| &literal.value);
        match self.operator {
            Operator::Is => values.any(is),
            Operator::IsNot => !values.any(is),
            Operator::Ordered(orders) => values
                .any(|value| value.compared(kind, &content).is_some_and(|order| orders.contains(&order))),
            Operator::Like => values.any(|value| match (value, content.as_str()) {
                (Value::Text(pattern), Some(content)) => is_like(content, pattern),
                (Value::Null, _) => is_null(&content),
                _ => false,
            }),
        }
    }
}

/// The field that a word names, if records of this kind have it.
pub(in super::super) fn known<'q>(object: &Object, word: Word<'q>) -> Result<&'static str, Unanswerable<'q>> {
    object.field(word.text).ok_or_else(|| {
        let message = format!(
            "No such column '{}' on entity '{}'. If you are attempting to use a custom field, be sure to append the '__c' \
             after the custom field name. Please reference your WSDL or the describe call for the appropriate names.",
            word.text, object.name
        );
        Unanswerable { code: "INVALID_FIELD", at: word, message }
    })
}
