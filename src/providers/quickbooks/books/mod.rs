//! What one company has in QuickBooks: its records, and how they are made, changed and deleted.

mod kinds;
mod record;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::{
    Timestamp,
    providers::quickbooks::{
        errors::{self, ApplicationFault},
        format::{local_date, local_seconds},
    },
};

pub(super) use kinds::Kind;
use kinds::{KINDS, Nature};
pub(super) use record::Record;

/// The sample company.
const SAMPLE: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/worlds/quickbooks.json"));

/// The books of one company.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Books {
    /// By the name of their kind.
    records: BTreeMap<String, Vec<Record>>,
    last_id: u64,
}

impl Books {
    /// Larry's Bakery, as it was at `now`.
    pub(super) fn sample(now: Timestamp) -> Self {
        let at = local_seconds(now);
        #[expect(clippy::expect_used, reason = "the sample is part of the program, and a test reads it")]
        let mut sample: BTreeMap<String, Vec<Record>> =
            serde_json::from_str(SAMPLE).expect("the sample company is well formed");
        let mut records = BTreeMap::new();
        for kind in &KINDS {
            let mut of_kind = sample.remove(kind.name).unwrap_or_default();
            of_kind.iter_mut().for_each(|record| record.stamp(&at, &at));
            records.insert(kind.name.to_owned(), of_kind);
        }
        // The sample's own numbers stay below.
        Self { records, last_id: 1000 }
    }

    /// The one record of a kind that has one.
    pub(super) fn single(&self, kind: &Kind) -> Result<&Record, ApplicationFault> {
        self.all(kind).first().ok_or_else(errors::object_not_found)
    }

    pub(super) fn all(&self, kind: &Kind) -> &[Record] {
        self.records.get(kind.name).map_or(&[], Vec::as_slice)
    }

    pub(super) fn find(&self, kind: &Kind, id: &str) -> Result<&Record, ApplicationFault> {
        self.all(kind).iter().find(|record| record.id() == id).ok_or_else(errors::object_not_found)
    }

    /// Makes a record of what was sent, or changes the one whose `Id` it names.
    pub(super) fn write(
        &mut self,
        kind: &Kind,
        sent: &Map<String, Value>,
        now: Timestamp,
    ) -> Result<Record, ApplicationFault> {
        if kind.is_fixed() {
            return Err(errors::unsupported(&format!("create or update of {}", kind.name)));
        }
        self.check_references(sent)?;
        let id = sent.get("Id").and_then(Value::as_str).filter(|id| !id.is_empty());
        match id {
            Some(id) => self.update(kind, id, sent, now),
            None => self.create(kind, sent, now),
        }
    }

    fn create(
        &mut self,
        kind: &Kind,
        sent: &Map<String, Value>,
        now: Timestamp,
    ) -> Result<Record, ApplicationFault> {
        if kind.nature == Nature::Single {
            return Err(missing("Id"));
        }
        let mut sent = sent.clone();
        if kind.nature == Nature::Name {
            record::complete_name(&mut sent)
                .ok_or_else(|| missing("DisplayName, GivenName, FamilyName, MiddleName, Title or Suffix"))?;
        }
        if let Some(absent) = kind.required.iter().find(|name| is_absent(sent.get(**name))) {
            return Err(missing(absent));
        }
        self.check_name(kind, &sent, None)?;
        self.last_id += 1;
        if kind.nature == Nature::Transaction {
            record::complete_transaction(
                &mut sent,
                &local_date(now),
                matches!(kind.name, "Invoice" | "Bill"),
            );
        } else {
            sent.entry("Active").or_insert(json!(true));
        }
        let record = Record::new(&sent, &self.last_id.to_string(), &local_seconds(now));
        self.of_kind(kind).push(record.clone());
        Ok(record)
    }

    fn update(
        &mut self,
        kind: &Kind,
        id: &str,
        sent: &Map<String, Value>,
        now: Timestamp,
    ) -> Result<Record, ApplicationFault> {
        let before = self.find(kind, id)?.clone();
        check_token(&before, sent)?;
        self.check_name(kind, sent, Some(id))?;
        let is_sparse = sent.get("sparse") == Some(&json!(true));
        let changed = before.changed(sent, is_sparse, &local_seconds(now));
        if let Some(record) = self.of_kind(kind).iter_mut().find(|record| record.id() == id) {
            *record = changed.clone();
        }
        Ok(changed)
    }

    /// Deletes a transaction, and says so.
    pub(super) fn delete(
        &mut self,
        kind: &Kind,
        sent: &Map<String, Value>,
    ) -> Result<Value, ApplicationFault> {
        if kind.nature != Nature::Transaction {
            return Err(errors::unsupported("Delete"));
        }
        let id = sent.get("Id").and_then(Value::as_str).ok_or_else(|| missing("Id"))?;
        check_token(self.find(kind, id)?, sent)?;
        self.of_kind(kind).retain(|record| record.id() != id);
        Ok(json!({ "domain": "QBO", "status": "Deleted", "Id": id }))
    }

    fn of_kind(&mut self, kind: &Kind) -> &mut Vec<Record> {
        self.records.entry(kind.name.to_owned()).or_default()
    }

    fn check_name(
        &self,
        kind: &Kind,
        sent: &Map<String, Value>,
        own: Option<&str>,
    ) -> Result<(), ApplicationFault> {
        let Some((member, name)) = kind.called.and_then(|member| Some((member, sent.get(member)?.as_str()?)))
        else {
            return Ok(());
        };
        let taken = self.all(kind).iter().any(|record| {
            let other = record.text(member);
            Some(record.id()) != own && other.is_some_and(|other| other.eq_ignore_ascii_case(name))
        });
        if !taken {
            return Ok(());
        }
        let detail = format!(
            "The name supplied already exists. : Another {} is already using this name. Please use a different name.",
            kind.name.to_lowercase(),
        );
        Err(ApplicationFault::validation("6240", "Duplicate Name Exists Error", detail))
    }

    /// Every reference must point at a record; only the message is on record, the detail is inferred.
    fn check_references(&self, sent: &Map<String, Value>) -> Result<(), ApplicationFault> {
        for (member, value) in sent {
            match value {
                Value::Object(inner) => {
                    let id = inner.get("value").and_then(Value::as_str);
                    if let Some((kind, id)) = Kind::referred_to_by(member).zip(id)
                        && self.find(kind, id).is_err()
                    {
                        let detail =
                            format!("Invalid Reference Id : {} element id {id} not found", kind.plural);
                        return Err(ApplicationFault::validation("2500", "Invalid Reference Id", detail));
                    }
                    self.check_references(inner)?;
                }
                Value::Array(items) => {
                    items
                        .iter()
                        .filter_map(Value::as_object)
                        .try_for_each(|item| self.check_references(item))?;
                }
                _ => {}
            }
        }
        Ok(())
    }
}

fn is_absent(value: Option<&Value>) -> bool {
    match value {
        None | Some(Value::Null) => true,
        Some(Value::String(text)) => text.is_empty(),
        Some(Value::Array(items)) => items.is_empty(),
        Some(_) => false,
    }
}

/// The texts are inferred.
fn missing(parameter: &str) -> ApplicationFault {
    let message = "Required param missing, need to supply the required value for the API";
    let detail = format!("Required parameter {parameter} is missing in the request");
    ApplicationFault::validation("2020", message, detail).about(parameter)
}

/// Whoever changes a record must have seen its last state; the texts are inferred.
fn check_token(record: &Record, sent: &Map<String, Value>) -> Result<(), ApplicationFault> {
    let token = sent.get("SyncToken").and_then(Value::as_str).ok_or_else(|| missing("SyncToken"))?;
    if record.text("SyncToken") == Some(token) {
        return Ok(());
    }
    let detail = "Stale Object Error : You and somebody else were working on this at the same time. Somebody else \
                  finished before you did, so your work was not saved.";
    Err(ApplicationFault::validation("5010", "Stale Object Error", detail))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sample_company_has_a_record_of_every_kind_and_no_other() {
        let books = Books::sample(Timestamp::from_millis(1_772_366_400_000));
        for kind in &KINDS {
            assert!(!books.all(kind).is_empty(), "{}", kind.name);
            for record in books.all(kind) {
                let at = record.members()["MetaData"]["CreateTime"].as_str();
                assert_eq!(at, Some("2026-03-01T04:00:00-08:00"), "{} {}", kind.name, record.id());
                books.check_references(record.members()).unwrap();
            }
        }
        let names: BTreeMap<String, Value> = serde_json::from_str(SAMPLE).unwrap();
        assert!(names.keys().all(|name| Kind::find(name).is_some()), "{names:?}");
    }
}
