//! Texts with `{keys}` in them, as connector files write addresses and headers.

use std::fmt;

use serde::Deserialize;

/// A text with `{key}` places, parsed once.
#[derive(Clone, Debug, Deserialize)]
#[serde(try_from = "String")]
pub(crate) struct Template(Vec<Piece>);

impl fmt::Display for Template {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|piece| match piece {
            Piece::Text(text) => f.write_str(text),
            Piece::Key(key) => write!(f, "{{{key}}}"),
        })
    }
}

#[derive(Clone, Debug, PartialEq)]
enum Piece {
    Text(String),
    Key(String),
}

/// A text whose braces do not match.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} has a brace without its partner, or nothing between two")]
pub(crate) struct TemplateError(String);

impl TryFrom<String> for Template {
    type Error = TemplateError;

    fn try_from(text: String) -> Result<Self, TemplateError> {
        let mut pieces = Vec::new();
        let mut rest = text.as_str();
        while let Some(open) = rest.find(['{', '}']) {
            let (before, from_brace) = rest.split_at(open);
            let inner = from_brace.strip_prefix('{').and_then(|after| after.split_once('}'));
            let Some((key, after)) = inner.filter(|(key, _)| !key.is_empty() && !key.contains('{')) else {
                return Err(TemplateError(text.clone()));
            };
            if !before.is_empty() {
                pieces.push(Piece::Text(before.to_owned()));
            }
            pieces.push(Piece::Key(key.to_owned()));
            rest = after;
        }
        if !rest.is_empty() {
            pieces.push(Piece::Text(rest.to_owned()));
        }
        Ok(Self(pieces))
    }
}

impl Template {
    /// The text with each key replaced by what `value` gives for it.
    pub(crate) fn expand<E>(&self, mut value: impl FnMut(&str) -> Result<String, E>) -> Result<String, E> {
        let mut text = String::new();
        for piece in &self.0 {
            match piece {
                Piece::Text(literal) => text.push_str(literal),
                Piece::Key(key) => text.push_str(&value(key)?),
            }
        }
        Ok(text)
    }

    /// The keys, in the order in which they stand.
    pub(crate) fn keys(&self) -> impl Iterator<Item = &str> {
        self.0.iter().filter_map(|piece| match piece {
            Piece::Key(key) => Some(key.as_str()),
            Piece::Text(_) => None,
        })
    }

    /// Whether it has a place for `key`.
    pub(crate) fn names(&self, key: &str) -> bool {
        self.keys().any(|own| own == key)
    }
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use super::*;

    fn template(text: &str) -> Result<Template, TemplateError> {
        Template::try_from(text.to_owned())
    }

    #[test]
    fn keys_are_replaced_and_the_rest_is_kept() {
        let address = template("{provider}/a/{id}?q=x").unwrap();
        assert_eq!(address.keys().collect::<Vec<_>>(), ["provider", "id"]);
        let text = address.expand(|key| Ok::<_, Infallible>(key.to_uppercase())).unwrap();
        assert_eq!(text, "PROVIDER/a/ID?q=x");
    }

    #[test]
    fn braces_must_match() {
        for text in ["{", "}", "a{b", "a}b", "{}", "{a{b}}", "{a}}"] {
            assert_eq!(template(text).unwrap_err(), TemplateError(text.to_owned()), "{text}");
        }
    }
}
