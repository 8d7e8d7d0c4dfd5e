//! The words of a query.

use super::literal::{Literal, Value};
use crate::providers::quoted::end_of_text;

/// A word, a sign, or a text in quotes, and where it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) struct Word<'q> {
    pub(in super::super) text: &'q str,
    at: usize,
}

impl Word<'_> {
    /// The vendor's pointer at the word, with what is wrong about it.
    pub(in super::super) fn pointed_out(&self, query: &str, message: &str) -> String {
        let before = query.get(..self.at).unwrap_or_default();
        let (row, line) = before.split('\n').enumerate().last().unwrap_or_default();
        let (row, column) = (row + 1, line.chars().count() + 1);
        let whole = query.lines().nth(row - 1).unwrap_or_default();
        format!("\n{whole}\n{}^\nERROR at Row:{row}:Column:{column}\n{message}", " ".repeat(column - 1))
    }
}

/// A text that cannot be read as a query.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(in super::super) enum Malformed {
    #[error("SOQL statements cannot be empty or null")]
    Empty,
    #[error("unexpected token: {0}")]
    Token(String),
    /// A text whose closing quote is missing; where the query ends.
    #[error("line {line}:{column} mismatched character '<EOF>' expecting '''")]
    Open { line: usize, column: usize },
}

/// A query, word by word.
pub(super) struct Words<'q> {
    query: &'q str,
    at: usize,
}

/// What is no name of a field or an object.
const RESERVED: [&str; 11] =
    ["SELECT", "FROM", "WHERE", "AND", "OR", "NOT", "LIKE", "IN", "ORDER", "LIMIT", "OFFSET"];

impl<'q> Words<'q> {
    pub(super) fn of(query: &'q str) -> Self {
        Self { query, at: 0 }
    }

    /// The next word, if any.
    pub(super) fn peek(&self) -> Option<Word<'q>> {
        let in_word = |c: char| c.is_alphanumeric() || matches!(c, '_' | '.');
        self.word(|rest| {
            let length = rest.find(|c| !in_word(c)).unwrap_or(rest.len());
            match (length, rest.get(..2)) {
                (0, Some(sign @ ("<=" | ">=" | "!=" | "<>"))) => sign.len(),
                (0, _) => rest.chars().next().map_or(0, char::len_utf8),
                (length, _) => length,
            }
        })
    }

    /// The next word, which is so long unless it is a text in quotes.
    fn word(&self, length: impl FnOnce(&str) -> usize) -> Option<Word<'q>> {
        let rest = self.query[self.at..].trim_start();
        let at = self.query.len() - rest.len();
        let length = match rest.strip_prefix('\'') {
            Some(quoted) => 1 + end_of_text(quoted).map_or(quoted.len(), |end| end + 1),
            None => length(rest),
        };
        (length > 0).then(|| Word { text: &rest[..length], at })
    }

    fn pass(&mut self, word: Word<'q>) -> Word<'q> {
        self.at = word.at + word.text.len();
        word
    }

    /// Takes `text` if it comes next, in any case.
    pub(super) fn take(&mut self, text: &str) -> bool {
        let found = self.peek().filter(|word| word.text.eq_ignore_ascii_case(text));
        found.map(|word| self.pass(word)).is_some()
    }

    pub(super) fn expect(&mut self, text: &str) -> Result<(), Malformed> {
        if self.take(text) { Ok(()) } else { Err(self.unexpected()) }
    }

    pub(super) fn name(&mut self) -> Result<Word<'q>, Malformed> {
        let is_name = |word: &Word<'_>| {
            word.text.starts_with(|c: char| c.is_alphabetic())
                && !RESERVED.iter().any(|reserved| word.text.eq_ignore_ascii_case(reserved))
        };
        let name = self.peek().filter(is_name).ok_or_else(|| self.unexpected())?;
        Ok(self.pass(name))
    }

    pub(super) fn number(&mut self) -> Result<usize, Malformed> {
        let word = self.peek();
        let (word, number) =
            word.and_then(|word| Some((word, word.text.parse().ok()?))).ok_or_else(|| self.unexpected())?;
        self.pass(word);
        Ok(number)
    }

    /// A value to compare with.
    pub(super) fn literal(&mut self) -> Result<Literal<'q>, Malformed> {
        let ends = |c: char| c.is_whitespace() || matches!(c, ',' | '(' | ')');
        let word = self.word(|rest| rest.find(ends).unwrap_or(rest.len()));
        let word = word.ok_or_else(|| self.unexpected())?;
        if word.text.starts_with('\'') && end_of_text(&word.text[1..]).is_none() {
            let (line, rest) = self.query.split('\n').enumerate().last().unwrap_or_default();
            return Err(Malformed::Open { line: line + 1, column: rest.chars().count() });
        }
        let value = Value::of(word.text).ok_or_else(|| Malformed::Token(word.text.to_owned()))?;
        Ok(Literal { word: self.pass(word), value })
    }

    pub(super) fn end(&self) -> Result<(), Malformed> {
        if self.peek().is_none() { Ok(()) } else { Err(self.unexpected()) }
    }

    pub(super) fn unexpected(&self) -> Malformed {
        Malformed::Token(self.peek().map_or_else(|| "<EOF>".to_owned(), |word| word.text.to_owned()))
    }
}
