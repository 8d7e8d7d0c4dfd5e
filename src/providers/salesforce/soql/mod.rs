//! A part of SOQL: `SELECT fields FROM object [WHERE conditions] [ORDER BY fields] [LIMIT n] [OFFSET n]`. What it cannot
//! read it refuses as the vendor refuses what is not SOQL, so that nothing is answered that was not asked.

mod condition;
mod literal;
mod words;

use std::cmp::Ordering;

use condition::{Condition, known};
use literal::{between, is_null};
use words::Words;

use crate::providers::salesforce::{crm::Record, object::Object};

pub(super) use condition::Unanswerable;
pub(super) use words::{Malformed, Word};

/// A query, as it was written.
#[derive(Debug, PartialEq)]
pub(super) struct Select<'q> {
    fields: Fields<'q>,
    pub(super) object: Word<'q>,
    condition: Option<Condition<'q>>,
    order: Vec<Order<'q>>,
    pub(super) limit: Option<usize>,
    pub(super) offset: usize,
}

#[derive(Debug, PartialEq, Eq)]
enum Fields<'q> {
    Named(Vec<Word<'q>>),
    /// `COUNT()`
    Count,
}

/// By which field the records are put in order.
#[derive(Debug, PartialEq, Eq)]
struct Order<'q> {
    field: Word<'q>,
    descends: bool,
    nulls_last: bool,
}

pub(super) fn parse(query: &str) -> Result<Select<'_>, Malformed> {
    if query.trim().is_empty() {
        return Err(Malformed::Empty);
    }
    let mut words = Words::of(query);
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
    let condition = if words.take("WHERE") { Some(Condition::parse(&mut words, 0)?) } else { None };
    let mut order = Vec::new();
    if words.take("ORDER") {
        words.expect("BY")?;
        order.push(Order::parse(&mut words)?);
        while words.take(",") {
            order.push(Order::parse(&mut words)?);
        }
    }
    let limit = if words.take("LIMIT") { Some(words.number()?) } else { None };
    let offset = if words.take("OFFSET") { words.number()? } else { 0 };
    words.end()?;
    Ok(Select { fields, object, condition, order, limit, offset })
}

impl<'q> Select<'q> {
    /// The fields to show; none where records are only counted.
    pub(super) fn shown(&self, object: &Object) -> Result<Option<Vec<&'static str>>, Unanswerable<'q>> {
        match &self.fields {
            Fields::Count => Ok(None),
            Fields::Named(words) => {
                words.iter().map(|word| known(object, *word)).collect::<Result<_, _>>().map(Some)
            }
        }
    }

    /// Those of an object's records that are asked for, in order.
    pub(super) fn of<'r>(
        &self,
        object: &Object,
        records: impl Iterator<Item = &'r Record>,
    ) -> Result<Vec<&'r Record>, Unanswerable<'q>> {
        if let Some(condition) = &self.condition {
            condition.check(object)?;
        }
        let order = self.order.iter().map(|order| Ok((known(object, order.field)?, order)));
        let order = order.collect::<Result<Vec<_>, _>>()?;
        let fits = |record: &&Record| self.condition.as_ref().is_none_or(|of| of.holds(object, record));
        let mut found: Vec<_> = records.filter(fits).collect();
        found.sort_by(|one, other| {
            let by = |(field, order): &(&'static str, &Order<'_>)| order.between(object, field, one, other);
            order.iter().map(by).find(|order| order.is_ne()).unwrap_or(Ordering::Equal)
        });
        Ok(found.into_iter().skip(self.offset).take(self.limit.unwrap_or(usize::MAX)).collect())
    }
}

impl<'q> Order<'q> {
    fn parse(words: &mut Words<'q>) -> Result<Self, Malformed> {
        let field = words.name()?;
        let descends = words.take("DESC");
        if !descends {
            words.take("ASC");
        }
        let nulls_last = words.take("NULLS") && !words.take("FIRST") && {
            words.expect("LAST")?;
            true
        };
        Ok(Self { field, descends, nulls_last })
    }

    fn between(&self, object: &Object, field: &str, one: &Record, other: &Record) -> Ordering {
        let (one, other) = (one.value(field), other.value(field));
        match (is_null(&one), is_null(&other)) {
            (true, true) => Ordering::Equal,
            (false, false) => {
                let order = between(object.type_of(field), &one, &other);
                if self.descends { order.reverse() } else { order }
            }
            (one_is_null, _) => {
                if one_is_null == self.nulls_last {
                    Ordering::Greater
                } else {
                    Ordering::Less
                }
            }
        }
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
        assert_eq!(token("SELECT Id FROM Account GROUP BY Name"), "unexpected token: GROUP");
        assert_eq!(token("SELECT Id FROM Account WHERE Name = Id"), "unexpected token: Id");
        assert_eq!(token("SELECT Id FROM Account WHERE Name IN ()"), "unexpected token: )");
        assert_eq!(token("SELECT Id FROM Account ORDER BY"), "unexpected token: <EOF>");
        let both = "SELECT Id FROM Account WHERE Name = 'x' AND Id = null OR Name = 'y'";
        assert_eq!(token(both), "unexpected token: OR");
        let open = "line 1:39 mismatched character '<EOF>' expecting '''";
        assert_eq!(token("SELECT Id FROM Account WHERE Name = 'x)"), open);
        let deep = format!("SELECT Id FROM Account WHERE {}", "(".repeat(60_000));
        assert_eq!(token(&deep), "unexpected token: (");
        let deep = format!("SELECT Id FROM Account WHERE {}", "NOT ".repeat(60_000));
        assert_eq!(token(&deep), "unexpected token: NOT");
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
        fn any_text_is_read_or_refused(text in "(?s).{0,60}", tail in "[a-zA-Z(),.<=!'%\\\\ 0-9é\n]{0,40}") {
            let condition = format!("SELECT Id FROM Account WHERE Name {tail}");
            for query in [text, format!("SELECT {tail}"), format!("SELECT Id FROM {tail}"), condition] {
                if let Ok(select) = parse(&query) {
                    prop_assert!(select.object.pointed_out(&query, "here").ends_with("here"));
                }
            }
        }
    }
}
