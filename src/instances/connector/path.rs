//! Where callers reach an object whose records belong to those of another, or stand behind its name.

use serde::Deserialize;

/// A path such as `orders/{parent}/products` or `customers/groups`.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(try_from = "String")]
pub(crate) struct ObjectPath {
    first: String,
    /// Whether the id of a record of `first` follows.
    below: bool,
    rest: Vec<String>,
}

/// A path that cannot be one.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no path; it is `name/name` or `name/{{parent}}/name`")]
pub(crate) struct PathError(String);

impl TryFrom<String> for ObjectPath {
    type Error = PathError;

    fn try_from(text: String) -> Result<Self, PathError> {
        let mut steps = text.split('/');
        let first = steps.next().unwrap_or_default().to_owned();
        let mut rest: Vec<_> = steps.map(str::to_owned).collect();
        let below = rest.first().is_some_and(|step| step == "{parent}");
        if below {
            rest.remove(0);
        }
        let is_name = |step: &String| !step.is_empty() && !step.contains(['{', '}']);
        if rest.is_empty() || !std::iter::once(&first).chain(&rest).all(is_name) {
            return Err(PathError(text));
        }
        Ok(Self { first, below, rest })
    }
}

impl ObjectPath {
    /// The object above, if records of this one belong to one of its.
    pub(crate) fn parent(&self) -> Option<&str> {
        self.below.then_some(self.first.as_str())
    }

    /// Whether `segments` begin with this path: the id of the record above, and what follows.
    pub(crate) fn begins<'s>(&self, segments: &[&'s str]) -> Option<(Option<&'s str>, Vec<&'s str>)> {
        let mut segments = segments.iter().copied();
        if segments.next()? != self.first {
            return None;
        }
        let parent = if self.below { Some(segments.next()?) } else { None };
        for step in &self.rest {
            if segments.next()? != step {
                return None;
            }
        }
        Some((parent, segments.collect()))
    }

    /// The path as documents write it, with `{parent}` for the id of the record above.
    pub(crate) fn text(&self) -> String {
        let parent = self.below.then_some("{parent}");
        let rest = self.rest.iter().map(String::as_str);
        std::iter::once(self.first.as_str()).chain(parent).chain(rest).collect::<Vec<_>>().join("/")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(text: &str) -> ObjectPath {
        text.to_owned().try_into().unwrap()
    }

    #[test]
    fn a_path_says_what_it_means() {
        let products = path("orders/{parent}/products");
        assert_eq!(products.parent(), Some("orders"));
        assert_eq!(products.begins(&["orders", "7", "products"]), Some((Some("7"), vec![])));
        assert_eq!(products.begins(&["orders", "7", "products", "9"]), Some((Some("7"), vec!["9"])));
        assert_eq!(products.begins(&["orders", "7"]), None);
        assert_eq!(products.begins(&["orders", "products", "count"]), None);
        let groups = path("customers/groups");
        assert_eq!((groups.parent(), groups.text().as_str()), (None, "customers/groups"));
        assert_eq!(groups.begins(&["customers", "groups", "4"]), Some((None, vec!["4"])));
        assert_eq!(products.text(), "orders/{parent}/products");
    }

    #[test]
    fn what_is_no_path_is_refused() {
        for text in ["", "orders", "orders/{parent}", "{parent}/x", "orders/x/{parent}", "orders//x"] {
            assert!(ObjectPath::try_from(text.to_owned()).is_err(), "{text:?}");
        }
    }
}
