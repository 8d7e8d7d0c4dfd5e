//! Pages of a provider's list: `pageSize` and `nextPage` as the provider takes them, or cut from the whole list where it
//! knows no pages.

use std::convert::Infallible;

use serde_json::Value;
use url::Url;

use super::{
    connector::{List, Paging},
    error::Error,
    listing::Page,
};

/// How often the provider is asked for one page. A filter can leave little of what it answers.
const ROUNDS: usize = 20;

/// A page that is being filled.
#[derive(Debug)]
pub(crate) struct Filling<'a> {
    list: &'a List,
    size: usize,
    /// Where at the provider the next record is.
    position: u64,
    records: Vec<Value>,
    next: Option<u64>,
    rounds: usize,
    finished: bool,
}

impl<'a> Filling<'a> {
    pub(crate) fn new(list: &'a List, page: Page, size: usize) -> Self {
        Self {
            list,
            size,
            position: page.after().unwrap_or_default(),
            records: Vec::new(),
            next: None,
            rounds: 0,
            finished: false,
        }
    }

    /// Asks for the records from here on.
    pub(crate) fn ask(&self, url: &mut Url) {
        let Some(paging) = &self.list.paging else { return };
        match paging {
            Paging::Offset { size, offset, first } => {
                url.query_pairs_mut()
                    .append_pair(size, &self.size.to_string())
                    .append_pair(offset, &(self.position + first).to_string());
            }
            Paging::Page { size, page } => {
                let number = self.position / self.size as u64 + 1;
                url.query_pairs_mut()
                    .append_pair(size, &self.size.to_string())
                    .append_pair(page, &number.to_string());
            }
            Paging::Clause { parameter, text, first } => {
                let number = |key: &str| match key {
                    "size" => Ok::<_, Infallible>(self.size.to_string()),
                    _ => Ok((self.position + first).to_string()),
                };
                let Ok(clause) = text.expand(number);
                let limited = |(name, value): (String, String)| match name == *parameter {
                    true => (name, format!("{value} {clause}")),
                    false => (name, value),
                };
                let pairs: Vec<_> = url.query_pairs().into_owned().map(limited).collect();
                url.query_pairs_mut().clear().extend_pairs(pairs);
            }
        }
    }

    /// Takes what the provider answered, `wanted` or not.
    pub(crate) fn take(&mut self, answered: Vec<Value>, wanted: impl Fn(&Value) -> bool) {
        self.rounds += 1;
        let count = answered.len() as u64;
        let skipped = if self.list.paging.is_none() { self.position } else { 0 };
        let start = self.position - skipped;
        for (number, record) in (start..).zip(answered).filter(|(_, record)| wanted(record)) {
            if self.list.paging.is_none() && number < self.position {
                continue;
            }
            if self.records.len() == self.size {
                self.next = Some(number);
                self.finished = true;
                return;
            }
            self.records.push(record);
        }
        self.finished = self.list.paging.is_none() || count < self.size as u64;
        self.position = start + count;
        if !self.finished && self.rounds == ROUNDS {
            self.next = Some(self.position);
            self.finished = true;
        }
    }

    pub(crate) fn is_finished(&self) -> bool {
        self.finished
    }

    /// The records, and where the next page begins, if there is one.
    pub(crate) fn into_page(self) -> (Vec<Value>, Option<u64>) {
        (self.records, self.next)
    }
}

/// How many records a page has: as many as asked for, but not more than the connector allows; then that is said.
pub(crate) fn size(page: Page, maximum: Option<&str>) -> Result<(usize, bool), Error> {
    const USUAL: usize = 100;
    let maximum = maximum.and_then(|text| text.parse().ok()).filter(|size| *size > 0).unwrap_or(USUAL);
    let asked = page.size().unwrap_or(maximum);
    Ok((asked.min(maximum), asked > maximum))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn list(paging: Value) -> List {
        let mut list = json!({"url": "{provider}/x"});
        if !paging.is_null() {
            list["paging"] = paging;
        }
        serde_json::from_value(list).unwrap()
    }

    fn asked(paging: Value, position: u64) -> String {
        let list = list(paging);
        let mut url = Url::parse("http://h/x?q=SELECT+Id+FROM+A").unwrap();
        let mut filling = Filling::new(&list, Page::default(), 10);
        filling.position = position;
        filling.ask(&mut url);
        url.query().unwrap().to_owned()
    }

    #[test]
    fn each_vendor_is_asked_in_its_own_way() {
        let offset = json!({"offset": {"size": "count", "offset": "startIndex", "first": 1}});
        assert_eq!(asked(offset, 20), "q=SELECT+Id+FROM+A&count=10&startIndex=21");
        let page = json!({"page": {"size": "limit", "page": "page"}});
        assert_eq!(asked(page, 20), "q=SELECT+Id+FROM+A&limit=10&page=3");
        let clause = json!({"clause": {"parameter": "q", "text": "LIMIT {size} OFFSET {offset}"}});
        assert_eq!(asked(clause, 20), "q=SELECT+Id+FROM+A+LIMIT+10+OFFSET+20");
        let text = "STARTPOSITION {offset} MAXRESULTS {size}";
        let clause = json!({"clause": {"parameter": "q", "text": text, "first": 1}});
        assert_eq!(asked(clause, 20), "q=SELECT+Id+FROM+A+STARTPOSITION+21+MAXRESULTS+10");
        assert_eq!(asked(Value::Null, 20), "q=SELECT+Id+FROM+A");
    }

    /// Walks through `total` records of which only the even ones are wanted.
    fn walk(paging: Value, total: u64, size: usize) -> Vec<Vec<u64>> {
        let list = list(paging);
        let mut pages = Vec::new();
        let mut page = Page::default();
        loop {
            let mut filling = Filling::new(&list, page, size);
            while !filling.is_finished() {
                let window = match list.paging {
                    None => 0..total,
                    Some(_) => filling.position..total.min(filling.position + size as u64),
                };
                filling.take(window.map(Value::from).collect(), |record| record.as_u64().unwrap() % 2 == 0);
            }
            let (records, next) = filling.into_page();
            pages.push(records.iter().map(|record| record.as_u64().unwrap()).collect());
            let Some(next) = next else { return pages };
            page = Page::parse(&format!("nextPage={}", Page::token_of(next, size))).unwrap();
        }
    }

    #[test]
    fn pages_meet_every_record_once_whatever_is_filtered() {
        let offset = || json!({"offset": {"size": "limit", "offset": "offset"}});
        for total in 0..25 {
            for size in 1..6 {
                let expected: Vec<u64> = (0..total).filter(|number| number % 2 == 0).collect();
                for paging in [offset(), Value::Null] {
                    let pages = walk(paging, total, size);
                    assert_eq!(pages.concat(), expected, "{total} by {size}");
                    let (last, full) = pages.split_last().unwrap();
                    assert!(full.iter().all(|page| page.len() == size) && last.len() <= size);
                    assert!(full.is_empty() || !last.is_empty(), "no token leads to an empty page");
                }
            }
        }
    }
}
