//! One record: JSON in the order in which QuickBooks writes it.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

/// Members that QuickBooks sets itself.
const SYSTEM: [&str; 5] = ["domain", "sparse", "Id", "SyncToken", "MetaData"];

/// One record of the books.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub(in crate::providers::quickbooks) struct Record(Map<String, Value>);

impl Record {
    /// A new record of what was sent.
    pub(super) fn new(sent: &Map<String, Value>, id: &str, at: &str) -> Self {
        let mut record = Self(Map::new());
        let (names, others): (Vec<_>, Vec<_>) = sent
            .iter()
            .filter(|(name, _)| !SYSTEM.contains(&name.as_str()))
            .partition(|(name, _)| is_name(name));
        record.0.extend(others.into_iter().map(|(name, value)| (name.clone(), value.clone())));
        record.0.insert("domain".to_owned(), json!("QBO"));
        record.0.insert("sparse".to_owned(), json!(false));
        record.0.insert("Id".to_owned(), json!(id));
        record.0.insert("SyncToken".to_owned(), json!("0"));
        record.stamp(at, at);
        record.0.extend(names.into_iter().map(|(name, value)| (name.clone(), value.clone())));
        record
    }

    pub(in crate::providers::quickbooks) fn members(&self) -> &Map<String, Value> {
        &self.0
    }

    pub(in crate::providers::quickbooks) fn to_json(&self) -> Value {
        Value::Object(self.0.clone())
    }

    pub(in crate::providers::quickbooks) fn id(&self) -> &str {
        self.text("Id").unwrap_or_default()
    }

    pub(super) fn text(&self, member: &str) -> Option<&str> {
        self.0.get(member)?.as_str()
    }

    /// Says when it was made and changed.
    pub(super) fn stamp(&mut self, created: &str, updated: &str) {
        let times = json!({ "CreateTime": created, "LastUpdatedTime": updated });
        self.0.insert("MetaData".to_owned(), times);
    }

    /// The same record after an update. A sparse one leaves alone what it does not name; a full one takes it away.
    pub(super) fn changed(&self, sent: &Map<String, Value>, is_sparse: bool, at: &str) -> Self {
        let mut changed = self.clone();
        if !is_sparse {
            let stays = |name: &str| SYSTEM.contains(&name) || sent.contains_key(name) || name == "Active";
            changed.0.retain(|name, _| stays(name));
        }
        for (name, value) in sent.iter().filter(|(name, _)| !SYSTEM.contains(&name.as_str())) {
            if value.is_null() {
                changed.0.shift_remove(name);
            } else {
                changed.0.insert(name.clone(), value.clone());
            }
        }
        let token: u64 = self.text("SyncToken").and_then(|token| token.parse().ok()).unwrap_or_default();
        changed.0.insert("SyncToken".to_owned(), json!((token + 1).to_string()));
        let created = self.0.get("MetaData").and_then(|times| times["CreateTime"].as_str()).unwrap_or(at);
        changed.stamp(created, at);
        changed
    }

    /// The value at a path such as `MetaData.LastUpdatedTime`; of a reference its id.
    pub(in crate::providers::quickbooks) fn at(&self, path: &str) -> Option<&Value> {
        let mut names = path.split('.');
        let first = named(&self.0, names.next()?)?;
        let value = names.try_fold(first, |value, name| named(value.as_object()?, name))?;
        Some(value.get("value").unwrap_or(value))
    }
}

/// Queries write names in any case.
fn named<'m>(members: &'m Map<String, Value>, name: &str) -> Option<&'m Value> {
    members.get(name).or_else(|| members.iter().find(|(of, _)| of.eq_ignore_ascii_case(name)).map(|(_, v)| v))
}

/// Members that QuickBooks writes behind the times of the record.
fn is_name(name: &str) -> bool {
    matches!(
        name,
        "Title"
            | "GivenName"
            | "MiddleName"
            | "FamilyName"
            | "Suffix"
            | "FullyQualifiedName"
            | "CompanyName"
            | "DisplayName"
            | "PrintOnCheckName"
            | "Active"
            | "PrimaryPhone"
            | "PrimaryEmailAddr"
    )
}

/// Fills in the names that QuickBooks makes of those sent. Nothing if there is none to begin with.
pub(super) fn complete_name(sent: &mut Map<String, Value>) -> Option<()> {
    let given = |name: &str| sent.get(name).and_then(Value::as_str).filter(|text| !text.is_empty());
    let parts = ["Title", "GivenName", "MiddleName", "FamilyName", "Suffix"].into_iter().filter_map(given);
    let joined = parts.collect::<Vec<_>>().join(" ");
    let display = match given("DisplayName") {
        Some(name) => name.to_owned(),
        None if joined.is_empty() => return None,
        None => joined,
    };
    for name in ["FullyQualifiedName", "DisplayName", "PrintOnCheckName"] {
        sent.entry(name).or_insert_with(|| json!(display));
    }
    Some(())
}

/// Fills in what QuickBooks works out by itself: the day, the total, and what is still to be paid.
pub(super) fn complete_transaction(sent: &mut Map<String, Value>, today: &str, is_owed: bool) {
    let lines = sent.get("Line").and_then(Value::as_array).into_iter().flatten();
    let counted = lines.filter(|line| line["DetailType"] != "SubTotalLineDetail");
    let total: f64 = counted.filter_map(|line| line["Amount"].as_f64()).sum();
    sent.entry("TxnDate").or_insert_with(|| json!(today));
    let total = sent.entry("TotalAmt").or_insert_with(|| json!(total)).clone();
    if is_owed {
        sent.entry("Balance").or_insert(total);
    }
}
