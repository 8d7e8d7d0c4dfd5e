//! What else a store has: records whose members the API shows as they were written.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

/// A kind of such records.
#[derive(Debug, PartialEq, Eq)]
pub(in super::super) struct Kind {
    /// Its segment in the path.
    path: &'static str,
    /// What one is called in XML.
    pub(in super::super) name: &'static str,
    pub(in super::super) scope: &'static str,
    /// What a record has unless something else was written.
    defaults: &'static [(&'static str, Default)],
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Default {
    Text(&'static str),
    Number(u32),
    True,
    False,
}

/// All kinds. Each record needs a name; the members and their defaults are inferred from the vendor's reference.
static KINDS: [Kind; 4] = [
    Kind {
        path: "brands",
        name: "brand",
        scope: "store_v2_products",
        defaults: &[
            ("page_title", Default::Text("")),
            ("meta_keywords", Default::Text("")),
            ("meta_description", Default::Text("")),
            ("image_file", Default::Text("")),
            ("search_keywords", Default::Text("")),
        ],
    },
    Kind {
        path: "categories",
        name: "category",
        scope: "store_v2_products",
        defaults: &[
            ("parent_id", Default::Number(0)),
            ("description", Default::Text("")),
            ("sort_order", Default::Number(0)),
            ("page_title", Default::Text("")),
            ("is_visible", Default::True),
            ("search_keywords", Default::Text("")),
        ],
    },
    Kind {
        path: "customer_groups",
        name: "customer_group",
        scope: "store_v2_customers",
        defaults: &[("is_default", Default::False)],
    },
    Kind {
        path: "options",
        name: "option",
        scope: "store_v2_products",
        defaults: &[("display_name", Default::Text("")), ("type", Default::Text("S"))],
    },
];

impl Kind {
    pub(in super::super) fn find(path: &str) -> Option<&'static Self> {
        KINDS.iter().find(|kind| kind.path == path)
    }
}

impl Default {
    fn value(self) -> Value {
        match self {
            Self::Text(text) => text.into(),
            Self::Number(number) => number.into(),
            Self::True => true.into(),
            Self::False => false.into(),
        }
    }
}

/// Why a record cannot be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) enum Refused {
    NoName,
    /// Another record has the name.
    Taken,
    /// There is no such record.
    Missing,
}

/// The records of a store, by the path of their kind.
#[derive(Clone, Debug, std::default::Default, Serialize, Deserialize)]
#[serde(transparent)]
pub(in super::super) struct Collections(BTreeMap<String, Vec<Map<String, Value>>>);

impl Collections {
    /// What each new store starts with: one of each kind.
    pub(super) fn sample() -> Self {
        let named = |id: u32, name: &str| json!({ "id": id, "name": name });
        let samples = [
            ("brands", named(17, "Example Mills")),
            ("categories", named(14, "Scarves")),
            ("customer_groups", named(1, "Regulars")),
            ("options", named(1, "Size")),
        ];
        let mut all = Self::default();
        for (path, record) in samples {
            if let (Some(kind), Value::Object(members)) = (Kind::find(path), record) {
                all.0.insert(path.to_owned(), vec![kind.whole(members)]);
            }
        }
        all
    }

    pub(in super::super) fn all(&self, kind: &Kind) -> &[Map<String, Value>] {
        self.0.get(kind.path).map_or(&[], Vec::as_slice)
    }

    pub(in super::super) fn get(&self, kind: &Kind, id: u32) -> Option<&Map<String, Value>> {
        self.all(kind).iter().find(|record| record["id"] == id)
    }

    /// Adds a record, or changes the one with this id.
    pub(in super::super) fn write(
        &mut self,
        kind: &Kind,
        id: Option<u32>,
        mut sent: Map<String, Value>,
    ) -> Result<Value, Refused> {
        sent.remove("id");
        let mut record = match id {
            Some(id) => self.get(kind, id).cloned().ok_or(Refused::Missing)?,
            None => {
                let last = self.all(kind).iter().filter_map(|record| record["id"].as_u64()).max();
                Map::from_iter([("id".to_owned(), json!(last.unwrap_or(0) + 1))])
            }
        };
        record.extend(sent);
        let name = record.get("name").and_then(Value::as_str).filter(|name| !name.is_empty());
        let name = name.ok_or(Refused::NoName)?;
        let others = self.all(kind).iter().filter(|other| other["id"] != record["id"]);
        if others.into_iter().any(|other| other["name"] == name) {
            return Err(Refused::Taken);
        }
        let record = kind.whole(record);
        let shown = Value::Object(record.clone());
        let records = self.0.entry(kind.path.to_owned()).or_default();
        match records.iter_mut().find(|other| other["id"] == record["id"]) {
            Some(place) => *place = record,
            None => records.push(record),
        }
        Ok(shown)
    }

    /// Deletes a record. False if there is none.
    pub(in super::super) fn delete(&mut self, kind: &Kind, id: u32) -> bool {
        let Some(records) = self.0.get_mut(kind.path) else { return false };
        let before = records.len();
        records.retain(|record| record["id"] != id);
        records.len() < before
    }
}

impl Kind {
    fn whole(&self, mut record: Map<String, Value>) -> Map<String, Value> {
        for (name, default) in self.defaults {
            record.entry(*name).or_insert_with(|| default.value());
        }
        record
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(name: &str) -> Map<String, Value> {
        Map::from_iter([("name".to_owned(), json!(name))])
    }

    #[test]
    fn records_are_numbered_and_their_names_are_their_own() {
        let brands = Kind::find("brands").unwrap();
        let mut all = Collections::sample();
        let made = all.write(brands, None, named("Other Mills")).unwrap();
        assert_eq!((&made["id"], &made["page_title"]), (&json!(18), &json!("")));
        assert_eq!(all.write(brands, None, named("Other Mills")), Err(Refused::Taken));
        assert_eq!(all.write(brands, None, Map::new()), Err(Refused::NoName));
        assert_eq!(all.write(brands, Some(99), named("x")), Err(Refused::Missing));
        let mut renamed = named("New Mills");
        renamed.insert("id".to_owned(), json!(5));
        assert_eq!(all.write(brands, Some(18), renamed).unwrap()["id"], 18, "an id is not changed");
        assert!(all.delete(brands, 18) && !all.delete(brands, 18));
        assert_eq!(all.all(brands).len(), 1);
    }
}
