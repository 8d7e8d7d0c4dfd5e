//! A small part of SOQL: `SELECT fields FROM object [LIMIT n] [OFFSET n]`. What it cannot read it refuses as the vendor
//! refuses what is not SOQL, so that nothing is answered that was not asked.

/// A query, as it was written.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Select<'q> {
    pub(super) fields: Fields<'q>,
    pub(super) object: Word<'q>,
    pub(super) limit: Option<usize>,
    pub(super) offset: usize,
}

#[derive(Debug, PartialEq, Eq)]
pub(super) enum Fields<'q> {
    Named(Vec<Word<'q>>),
    /// `COUNT()`
    Count,
}

/// A word, and where it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Word<'q> {
    pub(super) text: &'q str,
    at: usize,
}

impl Word<'_> {
    /// The vendor's pointer at the word, with what is wrong about it.
    pub(super) fn pointed_out(&self, query: &str, message: &str) -> String {
        let before = query.get(..self.at).unwrap_or_default();
        let (row, line) = before.split('\n').enumerate().last().unwrap_or_default();
        let (row, column) = (row + 1, line.chars().count() + 1);
        let whole = query.lines().nth(row - 1).unwrap_or_default();
        format!("\n{whole}\n{}^\nERROR at Row:{row}:Column:{column}\n{message}", " ".repeat(column - 1))
    }
}

/// A text that cannot be read as a query.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum Malformed {
    #[error("SOQL statements cannot be empty or null")]
    Empty,
    #[error("unexpected token: {0}")]
    Token(String),
}

pub(super) fn parse(query: &str) -> Result<Select<'_>, Malformed> {
    if query.trim().is_empty() {
        return Err(Malformed::Empty);
    }
    let mut words = Words { query, at: 0 };
    words.expect("SELECT")?;
    let mut named = vec![words.name()?];
    let fields = if named[0].text.eq_ignore_ascii_case("COUNT") && words.take("(") {
        words.expect(")")?;
        Fields::Count
    } else {
        while words.take(",") {
            named.push(words.name()?);
        }
        Fields::Named(named)
    };
    words.expect("FROM")?;
    let object = words.name()?;
    let limit = if words.take("LIMIT") { Some(words.number()?) } else { None };
    let offset = if words.take("OFFSET") { words.number()? } else { 0 };
    match words.peek() {
        Some(rest) => Err(Malformed::Token(rest.text.to_owned())),
        None => Ok(Select { fields, object, limit, offset }),
    }
}

struct Words<'q> {
    query: &'q str,
    at: usize,
}

impl<'q> Words<'q> {
    /// The next word, or single sign, if any.
    fn peek(&self) -> Option<Word<'q>> {
        let rest = &self.query[self.at..];
        let at = self.at + (rest.len() - rest.trim_start().len());
        let rest = rest.trim_start();
        let in_word = |c: char| c.is_alphanumeric() || matches!(c, '_' | '.');
        let length = rest.find(|c| !in_word(c)).unwrap_or(rest.len());
        let length = if length == 0 { rest.chars().next()?.len_utf8() } else { length };
        Some(Word { text: &rest[..length], at })
    }

    fn next(&mut self) -> Option<Word<'q>> {
        let word = self.peek()?;
        self.at = word.at + word.text.len();
        Some(word)
    }

    fn take(&mut self, text: &str) -> bool {
        let found = self.peek().is_some_and(|word| word.text.eq_ignore_ascii_case(text));
        if found {
            self.next();
        }
        found
    }

    fn expect(&mut self, text: &str) -> Result<(), Malformed> {
        if self.take(text) { Ok(()) } else { Err(self.unexpected()) }
    }

    fn name(&mut self) -> Result<Word<'q>, Malformed> {
        let starts_name = |word: &Word<'_>| word.text.starts_with(|c: char| c.is_alphabetic());
        let reserved = |word: &Word<'_>| {
            ["SELECT", "FROM", "WHERE", "LIMIT"].iter().any(|of| word.text.eq_ignore_ascii_case(of))
        };
        match self.peek().filter(|word| starts_name(word) && !reserved(word)) {
            Some(word) => {
                self.next();
                Ok(word)
            }
            None => Err(self.unexpected()),
        }
    }

    fn number(&mut self) -> Result<usize, Malformed> {
        let number = self.peek().and_then(|word| word.text.parse().ok()).ok_or_else(|| self.unexpected())?;
        self.next();
        Ok(number)
    }

    fn unexpected(&self) -> Malformed {
        Malformed::Token(self.peek().map_or_else(|| "<EOF>".to_owned(), |word| word.text.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn names<'q>(select: &Select<'q>) -> Vec<&'q str> {
        match &select.fields {
            Fields::Named(fields) => fields.iter().map(|field| field.text).collect(),
            Fields::Count => vec!["COUNT()"],
        }
    }

    #[test]
    fn a_query_is_read_in_any_case_and_spacing() {
        let select = parse("select Id,Name\n from  Account limit 2 offset 1").unwrap();
        assert_eq!(names(&select), ["Id", "Name"]);
        assert_eq!((select.object.text, select.limit, select.offset), ("Account", Some(2), 1));
        assert_eq!(names(&parse("SELECT COUNT() FROM Lead").unwrap()), ["COUNT()"]);
    }

    #[test]
    fn what_cannot_be_read_is_refused_by_its_first_word() {
        let token = |query| parse(query).unwrap_err().to_string();
        assert_eq!(token("  "), "SOQL statements cannot be empty or null");
        assert_eq!(token("q=SELECT Id FROM Account"), "unexpected token: q");
        assert_eq!(token("SELECT Id FROM Account WHERE Name = 'x'"), "unexpected token: WHERE");
        assert_eq!(token("SELECT Id, FROM Account"), "unexpected token: FROM");
        assert_eq!(token("SELECT Id"), "unexpected token: <EOF>");
        assert_eq!(token("SELECT Id FROM Account LIMIT x"), "unexpected token: x");
    }

    #[test]
    fn an_error_points_at_the_word() {
        let query = "SELECT Bacon__c FROM Account LIMIT 2";
        let Fields::Named(fields) = parse(query).unwrap().fields else { panic!("fields are named") };
        let expected = "\nSELECT Bacon__c FROM Account LIMIT 2\n       ^\nERROR at Row:1:Column:8\nNo";
        assert_eq!(fields[0].pointed_out(query, "No"), expected);
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in "(?s).{0,60}", tail in "[a-zA-Z(),. 0-9é\n]{0,40}") {
            for query in [text, format!("SELECT {tail}"), format!("SELECT Id FROM {tail}")] {
                if let Ok(select) = parse(&query) {
                    prop_assert!(select.object.pointed_out(&query, "here").ends_with("here"));
                }
            }
        }
    }
}
