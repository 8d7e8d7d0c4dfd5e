//! The words of a query.

use crate::providers::{quickbooks::errors::ApplicationFault, quoted::end_of_text};

/// A query, word by word.
#[derive(Debug)]
pub(super) struct Words<'q> {
    words: Vec<Word<'q>>,
    at: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Word<'q> {
    text: &'q str,
    is_quoted: bool,
    /// Where it stands, counted from 1.
    column: usize,
}

/// The value that a condition compares with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Literal(pub(super) String);

impl<'q> Words<'q> {
    pub(super) fn of(query: &'q str) -> Result<Self, ApplicationFault> {
        let mut words = Vec::new();
        let mut at = 0;
        while let Some(start) = query[at..].find(|c: char| !c.is_whitespace()).map(|skipped| at + skipped) {
            let column = query[..start].chars().count() + 1;
            let rest = &query[start..];
            let (length, word) = match rest.strip_prefix('\'') {
                Some(quoted) => {
                    let end =
                        end_of_text(quoted).ok_or_else(|| unexpected("<EOF>", query.chars().count() + 1))?;
                    (end + 2, Word { text: &quoted[..end], is_quoted: true, column })
                }
                None => {
                    let length = length_of_word(rest);
                    (length, Word { text: &rest[..length], is_quoted: false, column })
                }
            };
            words.push(word);
            at = start + length;
        }
        Ok(Self { words, at: 0 })
    }

    /// Takes `word` if it comes next; in any case.
    pub(super) fn take(&mut self, word: &str) -> bool {
        let found = self.next().is_some_and(|next| !next.is_quoted && next.text.eq_ignore_ascii_case(word));
        self.at += usize::from(found);
        found
    }

    pub(super) fn expect(&mut self, word: &str) -> Result<(), ApplicationFault> {
        if self.take(word) { Ok(()) } else { Err(self.unexpected()) }
    }

    pub(super) fn name(&mut self) -> Result<&'q str, ApplicationFault> {
        let is_name = |word: &Word<'_>| !word.is_quoted && word.text.starts_with(|c: char| c.is_alphabetic());
        let word = self.next().filter(is_name).ok_or_else(|| self.unexpected())?;
        self.at += 1;
        Ok(word.text)
    }

    pub(super) fn number(&mut self) -> Result<usize, ApplicationFault> {
        let number = self.next().and_then(|word| word.text.parse().ok()).ok_or_else(|| self.unexpected())?;
        self.at += 1;
        Ok(number)
    }

    /// A text in quotes, a number, `true` or `false`.
    pub(super) fn literal(&mut self) -> Result<Literal, ApplicationFault> {
        let is_literal = |word: &Word<'_>| {
            let plain = matches!(word.text.to_ascii_lowercase().as_str(), "true" | "false");
            word.is_quoted || plain || word.text.parse::<f64>().is_ok()
        };
        let word = self.next().filter(is_literal).ok_or_else(|| self.unexpected())?;
        self.at += 1;
        Ok(Literal(word.text.replace("\\'", "'")))
    }

    pub(super) fn end(&self) -> Result<(), ApplicationFault> {
        if self.next().is_none() { Ok(()) } else { Err(self.unexpected()) }
    }

    pub(super) fn unexpected(&self) -> ApplicationFault {
        let end = self.words.last().map_or(1, |last| last.column + last.text.chars().count());
        self.next().map_or_else(|| unexpected("<EOF>", end), |word| unexpected(word.text, word.column))
    }

    fn next(&self) -> Option<Word<'q>> {
        self.words.get(self.at).copied()
    }
}

fn length_of_word(rest: &str) -> usize {
    let in_word = |c: char| c.is_alphanumeric() || matches!(c, '_' | '.' | '-');
    let length = rest.find(|c| !in_word(c)).unwrap_or(rest.len());
    match length {
        0 if rest.starts_with("<=") || rest.starts_with(">=") => 2,
        0 => rest.chars().next().map_or(0, char::len_utf8),
        length => length,
    }
}

/// A text that is no query; the wording is inferred.
fn unexpected(word: &str, column: usize) -> ApplicationFault {
    let detail = format!("QueryParserError: Encountered \"{word}\" at line 1, column {column}.");
    ApplicationFault::validation("4000", "Error parsing query", detail)
}
