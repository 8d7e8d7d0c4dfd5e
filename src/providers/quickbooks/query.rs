//! QuickBooks' query language: `select … from … where … orderby … startposition … maxresults …`.

mod condition;
mod words;

use condition::Condition;
use words::Words;

use crate::providers::quickbooks::{
    books::{Kind, Record},
    errors::ApplicationFault,
};

/// A query, as it was written.
#[derive(Debug)]
pub(super) struct Select<'q> {
    pub(super) fields: Fields<'q>,
    pub(super) kind: &'static Kind,
    conditions: Vec<Condition<'q>>,
    order: Vec<(&'q str, Direction)>,
    pub(super) start: usize,
    most: usize,
}

/// What is asked for of each record.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Fields<'q> {
    Everything,
    Count,
    Named(Vec<&'q str>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Direction {
    Ascending,
    Descending,
}

/// How many records are answered when nothing is said, and at most.
const USUAL: usize = 100;
const MOST: usize = 1000;

pub(super) fn parse(query: &str) -> Result<Select<'_>, ApplicationFault> {
    let mut words = Words::of(query)?;
    words.expect("select")?;
    let fields = fields(&mut words)?;
    words.expect("from")?;
    let name = words.name()?;
    let kind = Kind::find(name).ok_or_else(|| invalid(&format!("invalid context declaration: {name}")))?;
    let mut conditions = Vec::new();
    if words.take("where") {
        conditions.push(Condition::parse(&mut words)?);
        while words.take("and") {
            conditions.push(Condition::parse(&mut words)?);
        }
    }
    let order = order(&mut words)?;
    let (mut start, mut most) = (1, USUAL);
    loop {
        if words.take("startposition") {
            start = words.number()?;
            check_least(start)?;
        } else if words.take("maxresults") {
            most = words.number()?;
            check_least(most)?;
            if most > MOST {
                return Err(invalid(&format!("value {most} is too large. Max allowed value is {MOST}")));
            }
        } else {
            break;
        }
    }
    words.end()?;
    Ok(Select { fields, kind, conditions, order, start, most })
}

fn fields<'q>(words: &mut Words<'q>) -> Result<Fields<'q>, ApplicationFault> {
    if words.take("*") {
        return Ok(Fields::Everything);
    }
    let mut names = vec![words.name()?];
    if names[0].eq_ignore_ascii_case("count") && words.take("(") {
        words.expect("*")?;
        words.expect(")")?;
        return Ok(Fields::Count);
    }
    while words.take(",") {
        names.push(words.name()?);
    }
    Ok(Fields::Named(names))
}

fn order<'q>(words: &mut Words<'q>) -> Result<Vec<(&'q str, Direction)>, ApplicationFault> {
    let mut order = Vec::new();
    if words.take("order") {
        words.expect("by")?;
    } else if !words.take("orderby") {
        return Ok(order);
    }
    loop {
        let field = words.name()?;
        let direction = if words.take("desc") {
            Direction::Descending
        } else {
            words.take("asc");
            Direction::Ascending
        };
        order.push((field, direction));
        if !words.take(",") {
            return Ok(order);
        }
    }
}

fn check_least(value: usize) -> Result<(), ApplicationFault> {
    if value == 0 {
        return Err(invalid("value 0 is too small. Min allowed value is 1"));
    }
    Ok(())
}

/// A query that can be read, but not answered. Which of 4000 and 4001 goes with which text is inferred.
fn invalid(detail: &str) -> ApplicationFault {
    ApplicationFault::validation("4001", "Invalid query", format!("QueryValidationError: {detail}"))
}

impl Select<'_> {
    /// The records that are meant, in their order.
    pub(super) fn among<'r>(&self, records: &'r [Record]) -> Vec<&'r Record> {
        // Hidden records are found only by those who ask about `Active`.
        let asks_for_hidden = self.conditions.iter().any(|condition| condition.is_about("Active"));
        let is_hidden = |record: &Record| record.at("Active").is_some_and(|active| active == false);
        let mut found: Vec<_> = records
            .iter()
            .filter(|record| self.conditions.iter().all(|condition| condition.holds(record)))
            .filter(|record| asks_for_hidden || !is_hidden(record))
            .collect();
        found.sort_by(|one, other| {
            let compared = self.order.iter().map(|(field, direction)| {
                let order = condition::compare(one.at(field), other.at(field));
                if *direction == Direction::Descending { order.reverse() } else { order }
            });
            compared.fold(std::cmp::Ordering::Equal, std::cmp::Ordering::then)
        });
        found
    }

    /// The part of them that is asked for.
    pub(super) fn page<'r>(&self, found: &[&'r Record]) -> Vec<&'r Record> {
        found.iter().skip(self.start - 1).take(self.most).copied().collect()
    }
}
