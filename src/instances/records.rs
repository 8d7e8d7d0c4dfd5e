//! The records of an object, page by page: from the vendor's list, from the lists below every record of another object, or
//! from the connector itself.

use axum::{
    Json,
    response::{IntoResponse, Response},
};
use http::HeaderValue;
use serde_json::{Map, Value};

use super::{
    Service,
    address::Meant,
    configuration::PAGINATION_MAX,
    connector::{List, Object},
    error::{Error, ProviderFault},
    gateway::{ADJUSTED, Route, ask, shown},
    instance::Instance,
    listing::{self, NEXT_PAGE, Page},
    objects::{Located, Resolved},
    paging::{self, Filling},
};

/// How many records of the object above are asked for at once.
const BLOCK: u64 = 20;

/// For how many of them their own lists are asked for one page. Most may have none.
const VISITED: usize = 60;

/// How many records are asked for at once of a list that is needed whole.
const WHOLE: usize = 100;

/// What a list is answered with.
enum Found {
    /// Records, and where the next page begins.
    Records(Vec<Value>, Option<u64>),
    /// Not a list after all: a count, or the account itself.
    One(Value),
}

/// One page of a list, in the shape and under the names of the object.
pub(super) async fn page(
    service: &Service,
    instance: &Instance,
    located: &Located<'_>,
    list: &List,
    query: &str,
) -> Result<Response, Error> {
    let page = Page::parse(query)?;
    let (size, reduced) = paging::size(page, instance.values.get(PAGINATION_MAX))?;
    let fields = located.resolved.fields(list);
    let meant = Meant { fields: &fields, ..located.meant };
    let found = match located.above {
        Some(above) => across(service, instance, (above, list), meant, page, size).await?,
        None => fill(service, instance, list, meant, page, size).await?,
    };
    match found {
        Found::Records(records, next) => {
            Ok(respond(instance, &located.resolved, records, (next, size), reduced))
        }
        Found::One(record) => Ok(Json(shown(instance, &located.resolved, record)).into_response()),
    }
}

/// One page of the records that the connector itself knows.
pub(super) fn own(
    instance: &Instance,
    resolved: &Resolved<'_>,
    own: &[Value],
    query: &str,
) -> Result<Response, Error> {
    let page = Page::parse(query)?;
    let (size, reduced) = paging::size(page, instance.values.get(PAGINATION_MAX))?;
    let start = page.after().unwrap_or_default();
    let rest = own.iter().skip(usize::try_from(start).unwrap_or(usize::MAX));
    let records: Vec<_> = rest.take(size).cloned().collect();
    let end = start.saturating_add(records.len() as u64);
    let next = (end < own.len() as u64 && !records.is_empty()).then_some(end);
    Ok(respond(instance, resolved, records, (next, size), reduced))
}

/// The first records there are, to see what they look like.
pub(super) async fn first(
    service: &Service,
    instance: &Instance,
    located: &Located<'_>,
    list: &List,
) -> Result<Vec<Value>, Error> {
    let size = usize::try_from(BLOCK).unwrap_or(WHOLE);
    let found = match located.above {
        Some(above) => across(service, instance, (above, list), located.meant, Page::default(), size).await?,
        None => fill(service, instance, list, located.meant, Page::default(), size).await?,
    };
    Ok(match found {
        Found::Records(records, _) => records,
        Found::One(record) => vec![record],
    })
}

fn respond(
    instance: &Instance,
    resolved: &Resolved<'_>,
    records: Vec<Value>,
    (next, size): (Option<u64>, usize),
    reduced: bool,
) -> Response {
    let records = records.into_iter().map(|record| shown(instance, resolved, record)).collect();
    let mut response = listing::respond(records);
    let token = next.and_then(|position| HeaderValue::try_from(Page::token_of(position, size)).ok());
    response.headers_mut().extend(token.map(|token| (NEXT_PAGE, token)));
    if reduced {
        let text = format!("pageSize is {size}, the most this connector gives; what is above was ignored");
        response.headers_mut().extend(HeaderValue::try_from(text).ok().map(|text| (ADJUSTED, text)));
    }
    response
}

/// One page of the vendor's list.
async fn fill(
    service: &Service,
    instance: &Instance,
    list: &List,
    meant: Meant<'_>,
    page: Page,
    size: usize,
) -> Result<Found, Error> {
    let route = Route::list(list, meant);
    let mut filling = Filling::new(list, page, size);
    while !filling.is_finished() {
        let answer = ask(service, instance, &route, None, |url| filling.ask(url)).await?;
        if answer.has_no_content() {
            // BigCommerce answers an empty list with 204 and no body.
            filling.take(Vec::new(), |_| true);
            continue;
        }
        let value: Value = serde_json::from_slice(&answer.body).map_err(|_| ProviderFault::NotJson)?;
        match unwrapped(list, value)? {
            Value::Array(entries) => filling.take(entries, |entry| carries(entry, &list.only)),
            other => return Ok(Found::One(other)),
        }
    }
    let (records, next) = filling.into_page();
    Ok(Found::Records(records, next))
}

/// Where in the lists below another object a page begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Position {
    /// The number of the record above.
    above: u64,
    /// The number of the record below it.
    below: u64,
}

impl Position {
    const BITS: u32 = 20;

    /// Both numbers in one, as tokens hold it. No record has a million of others below it.
    fn packed(self) -> u64 {
        (self.above << Self::BITS) | self.below.min((1 << Self::BITS) - 1)
    }

    fn unpacked(position: u64) -> Self {
        Self { above: position >> Self::BITS, below: position & ((1 << Self::BITS) - 1) }
    }
}

/// One page of what is below all records of `above`: the vendor has no list of it.
async fn across(
    service: &Service,
    instance: &Instance,
    (above, list): (&Object, &List),
    meant: Meant<'_>,
    page: Page,
    size: usize,
) -> Result<Found, Error> {
    let above_list = above.list.as_ref().ok_or(Error::UnknownMethod)?;
    let start = Position::unpacked(page.after().unwrap_or_default());
    let mut block = start.above / BLOCK * BLOCK;
    let mut records = Vec::new();
    let mut visited = 0;
    loop {
        let size_of_block = usize::try_from(BLOCK).unwrap_or(WHOLE);
        let page = Page::starting_at(block);
        let found = fill(service, instance, above_list, Meant::default(), page, size_of_block).await?;
        let Found::Records(parents, more) = found else { return Err(ProviderFault::NotJson.into()) };
        for (number, parent) in (block..).zip(&parents).filter(|(number, _)| *number >= start.above) {
            if visited == VISITED {
                let next = Position { above: number, below: 0 };
                return Ok(Found::Records(records, Some(next.packed())));
            }
            visited += 1;
            let Some(id) = above.id_of(parent) else { continue };
            let meant = Meant { id: None, parent: Some(&id), ..meant };
            let skipped = if number == start.above { start.below } else { 0 };
            let below = whole(service, instance, list, meant).await?;
            for (below, record) in (0..).zip(below).filter(|(below, _)| *below >= skipped) {
                if records.len() == size {
                    let next = Position { above: number, below };
                    return Ok(Found::Records(records, Some(next.packed())));
                }
                records.push(record);
            }
        }
        match more {
            Some(next) => block = next,
            None => return Ok(Found::Records(records, None)),
        }
    }
}

/// The whole of the list below one record.
async fn whole(
    service: &Service,
    instance: &Instance,
    list: &List,
    meant: Meant<'_>,
) -> Result<Vec<Value>, Error> {
    let mut all = Vec::new();
    let mut page = Page::default();
    loop {
        match fill(service, instance, list, meant, page, WHOLE).await? {
            Found::Records(records, next) => {
                all.extend(records);
                let Some(next) = next else { return Ok(all) };
                page = Page::starting_at(next);
            }
            Found::One(record) => return Ok(vec![record]),
        }
    }
}

/// The records of a list, wherever the vendor put them.
fn unwrapped(list: &List, answer: Value) -> Result<Value, Error> {
    match (&list.at, answer) {
        (None, whole) => Ok(whole),
        // Egnyte leaves a folder's `files` out when there are none, QuickBooks the records.
        (Some(place), whole @ Value::Object(_)) => {
            Ok(place.take(whole).unwrap_or_else(|| Value::Array(Vec::new())))
        }
        (Some(_), _) => Err(ProviderFault::NotJson.into()),
    }
}

fn carries(entry: &Value, wanted: &Map<String, Value>) -> bool {
    wanted.iter().all(|(name, value)| entry.get(name) == Some(value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_position_survives_its_token() {
        for (above, below) in [(0, 0), (0, 7), (3, 0), (90_000, 1_234)] {
            let position = Position { above, below };
            assert_eq!(Position::unpacked(position.packed()), position);
        }
    }
}
