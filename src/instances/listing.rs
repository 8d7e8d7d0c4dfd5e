//! Lists: what is in them, and in how many pages they are answered (3.3).

use std::collections::BTreeMap;

use axum::{
    Json,
    response::{IntoResponse, Response},
};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use http::{HeaderName, HeaderValue};
use serde_json::Value;

use super::{error::Error, instance::Instance};

pub(crate) const RETURNED: HeaderName = HeaderName::from_static("elements-returned-count");
const TOTAL: HeaderName = HeaderName::from_static("elements-total-count");
pub(crate) const NEXT_PAGE: HeaderName = HeaderName::from_static("elements-next-page-token");

/// The farthest position of a token: no list is longer, and whatever is counted from there fits its number.
const FARTHEST: u64 = 1 << 53;

/// A parameter that is true or false, in any case.
pub(crate) fn truth(parameter: &'static str, text: &str) -> Result<bool, Error> {
    let wrong = |_| Error::WrongParameter { parameter, expected: "true or false" };
    text.to_ascii_lowercase().parse().map_err(wrong)
}

/// Which part of a list is asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Page {
    /// Everything after the entry with this number.
    after: Option<u64>,
    /// Without a size, everything there is.
    size: Option<usize>,
}

/// What a list of instances is asked for.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Search {
    tags: Vec<String>,
    text: Option<String>,
    pub(crate) hydrate: bool,
    pub(crate) page: Page,
}

impl Search {
    pub(crate) fn parse(query: &str) -> Result<Self, Error> {
        let mut search = Self { hydrate: true, ..Self::default() };
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            match &*name {
                "tags[]" | "tags" if !value.is_empty() => search.tags.push(value.into_owned()),
                "searchText" if !value.is_empty() => search.text = Some(value.to_lowercase()),
                "hydrate" if !value.is_empty() => {
                    search.hydrate = truth("hydrate", &value)?;
                }
                _ => {}
            }
        }
        search.page = Page::parse(query)?;
        Ok(search)
    }

    /// All tags are carried, and the name contains the text, whatever its case (7, row 46).
    pub(crate) fn finds(&self, instance: &Instance) -> bool {
        self.tags.iter().all(|tag| instance.tags.contains(tag))
            && self.text.as_ref().is_none_or(|text| instance.name.to_lowercase().contains(text))
    }
}

impl Page {
    pub(crate) fn parse(query: &str) -> Result<Self, Error> {
        let given: BTreeMap<_, _> =
            form_urlencoded::parse(query.as_bytes()).filter(|(_, value)| !value.is_empty()).collect();
        let mut page = given.get("nextPage").map_or(Ok(Self::default()), |token| {
            let expected = "the value of an Elements-Next-Page-Token header";
            Self::from_token(token).ok_or(Error::WrongParameter { parameter: "nextPage", expected })
        })?;
        if let Some(size) = given.get("pageSize") {
            let size = size.parse().ok().filter(|size| *size > 0);
            let wrong = Error::WrongParameter { parameter: "pageSize", expected: "a number above 0" };
            page.size = Some(size.ok_or(wrong)?);
        }
        Ok(page)
    }

    /// The same part, with no more than `maximum` entries.
    pub(crate) fn at_most(self, maximum: usize) -> Self {
        Self { size: Some(self.size.map_or(maximum, |size| size.min(maximum))), ..self }
    }

    /// Answers this part of `entries`, which come with ascending numbers. Only what is shown is made.
    pub(crate) fn respond<F: FnOnce() -> Value>(self, entries: Vec<(u64, F)>) -> Response {
        let total = entries.len();
        let mut rest =
            entries.into_iter().filter(|(number, _)| self.after.is_none_or(|after| *number > after));
        let shown: Vec<_> = rest.by_ref().take(self.size.unwrap_or(usize::MAX)).collect();
        let next = shown.last().map(|(number, _)| *number).filter(|_| rest.next().is_some());
        let mut response = respond(shown.into_iter().map(|(_, entry)| entry()).collect());
        response.headers_mut().insert(TOTAL, HeaderValue::from(total));
        if let Some(token) = next.and_then(|after| HeaderValue::try_from(self.token(after)).ok()) {
            response.headers_mut().insert(NEXT_PAGE, token);
        }
        response
    }

    /// The part that begins at `position`.
    pub(crate) fn starting_at(position: u64) -> Self {
        Self { after: Some(position), size: None }
    }

    /// Where it begins, for lists that count from there.
    pub(crate) fn after(self) -> Option<u64> {
        self.after
    }

    pub(crate) fn size(self) -> Option<usize> {
        self.size
    }

    /// The token of the page that begins at `position`.
    pub(crate) fn token_of(position: u64, size: usize) -> String {
        Self { after: None, size: Some(size) }.token(position)
    }

    fn token(self, after: u64) -> String {
        BASE64_URL_SAFE_NO_PAD.encode(format!("{after}/{}", self.size.unwrap_or_default()))
    }

    fn from_token(token: &str) -> Option<Self> {
        let text = String::from_utf8(BASE64_URL_SAFE_NO_PAD.decode(token).ok()?).ok()?;
        let (after, size) = text.split_once('/')?;
        let size: usize = size.parse().ok()?;
        let after = after.parse().ok().filter(|after| *after <= FARTHEST)?;
        Some(Self { after: Some(after), size: Some(size).filter(|size| *size > 0) })
    }
}

/// Answers a list that has one page.
pub(crate) fn respond(entries: Vec<Value>) -> Response {
    let returned = HeaderValue::from(entries.len());
    ([(RETURNED, returned)], Json(Value::Array(entries))).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbers(response: &Response) -> (&str, Option<String>) {
        let header = |name| response.headers().get(name).map(|value| value.to_str().unwrap());
        (header(RETURNED).unwrap(), header(NEXT_PAGE).map(str::to_owned))
    }

    #[test]
    fn following_the_token_meets_every_entry_once() {
        let entries =
            || (1..=5_u64).map(|number| (number * 10, move || Value::from(number))).collect::<Vec<_>>();
        let first = Page::parse("pageSize=2").unwrap().respond(entries());
        let (returned, token) = numbers(&first);
        assert_eq!(returned, "2");
        let second = Page::parse(&format!("nextPage={}", token.unwrap())).unwrap();
        assert_eq!(second, Page { after: Some(20), size: Some(2) });
        let last = Page::parse(&format!("nextPage={}", second.token(40))).unwrap().respond(entries());
        assert_eq!(numbers(&last), ("1", None));
        assert_eq!(numbers(&Page::default().respond(entries())), ("5", None));
    }

    #[test]
    fn parameters_that_mean_nothing_are_refused() {
        let invented = |position: &str| format!("nextPage={}", BASE64_URL_SAFE_NO_PAD.encode(position));
        let queries = ["pageSize=0", "pageSize=x", "pageSize=-1", "nextPage=x", "hydrate=maybe"];
        for query in queries.map(str::to_owned).into_iter().chain([
            invented("18446744073709551615/2"),
            invented("9007199254740993/2"),
            invented("-1/2"),
        ]) {
            assert!(matches!(Search::parse(&query), Err(Error::WrongParameter { .. })), "{query}");
        }
        assert!(
            Search::parse("hydrate=True").unwrap().hydrate
                && !Search::parse("hydrate=FALSE").unwrap().hydrate
        );
        let search = Search::parse("tags%5B%5D=a&tags[]=b&searchText=&hydrate=false").unwrap();
        assert_eq!(
            (search.tags, search.text, search.hydrate),
            (vec!["a".to_owned(), "b".to_owned()], None, false)
        );
    }
}
