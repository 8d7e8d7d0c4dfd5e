//! The records of one tenant's org.

use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use serde_json::{Map, Value, json};

use crate::{
    Mint, Timestamp,
    oauth::User,
    providers::salesforce::{
        identity::date,
        ids,
        object::{NAME, OWNER, Object, USERS, typed},
    },
};

/// Why a record cannot be written.
#[derive(Debug)]
pub(super) enum Invalid {
    /// No such field.
    Field(String),
    /// A field that only Salesforce itself writes.
    ReadOnly(&'static str),
    /// A value that is of another type.
    Value(&'static str, String),
    /// Fields that a record cannot be without.
    Required(Vec<&'static str>),
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Record {
    #[serde(serialize_with = "write_object", deserialize_with = "read_object")]
    object: &'static Object,
    pub(super) id: String,
    fields: Map<String, Value>,
    owner: String,
    created: (Timestamp, String),
    modified: (Timestamp, String),
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes fields by reference")]
fn write_object<S: Serializer>(object: &&'static Object, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(object.name)
}

fn read_object<'de, D: Deserializer<'de>>(deserializer: D) -> Result<&'static Object, D::Error> {
    let name = String::deserialize(deserializer)?;
    Object::find(&name)
        .ok_or_else(|| de::Error::custom(format_args!("no kind of records is called {name:?}")))
}

impl Record {
    pub(super) fn value(&self, field: &str) -> Value {
        match field {
            "Id" => self.id.as_str().into(),
            "IsDeleted" => false.into(),
            OWNER => self.owner.as_str().into(),
            "CreatedDate" => date(self.created.0).into(),
            "CreatedById" => self.created.1.as_str().into(),
            "LastModifiedDate" | "SystemModstamp" => date(self.modified.0).into(),
            "LastModifiedById" => self.modified.1.as_str().into(),
            NAME if self.object.is_person => {
                let part = |name| self.fields.get(name).and_then(Value::as_str);
                let parts: Vec<_> = [part("FirstName"), part("LastName")].into_iter().flatten().collect();
                parts.join(" ").into()
            }
            field => self.fields.get(field).cloned().unwrap_or_default(),
        }
    }

    /// `attributes` and these fields, in this order.
    pub(super) fn to_json(&self, data: &str, fields: impl IntoIterator<Item = &'static str>) -> Value {
        let name = self.object.name;
        let url = format!("{data}/sobjects/{name}/{}", self.id);
        let mut body = json!({ "attributes": { "type": name, "url": url } });
        for field in fields {
            body[field] = self.value(field);
        }
        body
    }

    /// Writes all of `changes`, or none.
    fn write(&mut self, changes: &Map<String, Value>) -> Result<(), Invalid> {
        let mut written = self.clone();
        // `attributes` comes along when a client sends back what it has read.
        for (name, value) in changes.iter().filter(|(name, _)| *name != "attributes") {
            let field = self.object.field(name).ok_or_else(|| Invalid::Field(name.clone()))?;
            let wanted = self.object.writable(field).ok_or(Invalid::ReadOnly(field))?;
            let value = typed(wanted, value).ok_or_else(|| Invalid::Value(field, value.to_string()))?;
            if field == OWNER {
                written.owner = value.as_str().unwrap_or_default().to_owned();
            } else {
                written.fields.insert(field.to_owned(), value);
            }
        }
        let is_missing = |field: &&&str| match written.fields.get(**field) {
            Some(Value::String(text)) => text.is_empty(),
            value => value.is_none_or(Value::is_null),
        };
        let missing: Vec<_> = self.object.required.iter().filter(is_missing).copied().collect();
        if !missing.is_empty() {
            return Err(Invalid::Required(missing));
        }
        *self = written;
        Ok(())
    }
}

/// Who writes, when, and from where chance comes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Writer<'w> {
    pub(super) user: &'w str,
    pub(super) at: Timestamp,
    pub(super) mint: &'w Mint,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct Crm {
    records: Vec<Record>,
}

impl Crm {
    /// What each new tenant finds: two accounts, two contacts, a lead and an opportunity.
    pub(super) fn sample(mint: &Mint, at: Timestamp, instance: &str) -> Self {
        let setup = ids::draw(mint, ids::USER, instance);
        let by = Writer { user: &setup, at, mint };
        let mut crm = Self { records: Vec::new() };
        let mut add = |name: &str, fields: Value| {
            let (Some(object), Value::Object(fields)) = (Object::find(name), fields) else {
                return String::new();
            };
            crm.create(object, &fields, by).unwrap_or_default()
        };
        let mill = add(
            "Account",
            json!({ "Name": "Example Mills", "Industry": "Apparel", "Phone": "(336) 555-0100", "NumberOfEmployees": 9000 }),
        );
        let power = add(
            "Account",
            json!({ "Name": "Sample Power", "Industry": "Energy", "AnnualRevenue": 5_600_000 }),
        );
        add(
            "Contact",
            json!({ "AccountId": mill, "FirstName": "Jordan", "LastName": "Rivers", "Email": "jordan@mills.example" }),
        );
        add(
            "Contact",
            json!({ "AccountId": power, "FirstName": "Robin", "LastName": "Field", "Email": "robin@power.example" }),
        );
        add(
            "Lead",
            json!({ "FirstName": "Sam", "LastName": "Lake", "Company": "Lakeside Example", "Status": "Open - Not Contacted" }),
        );
        add(
            "Opportunity",
            json!({ "AccountId": power, "Name": "Sample Power Generators", "StageName": "Prospecting", "CloseDate": "2026-06-30", "Amount": 120_000 }),
        );
        crm
    }

    /// Sees to it that everybody who can log in has a record.
    pub(super) fn know(&mut self, users: &[Arc<User>], at: Timestamp) {
        let Some(object) = Object::find(USERS) else { return };
        for user in users {
            let active = user.death.is_none();
            let known = self.records.iter_mut().find(|record| record.id == ids::long(&user.id));
            if let Some(record) = known {
                if !active {
                    record.fields.insert("IsActive".to_owned(), false.into());
                }
                continue;
            }
            let (first, last) = user.name.rsplit_once(' ').unwrap_or(("", &user.name));
            let alias: String = user.login.chars().take(8).collect();
            let fields = json!({
                "Username": &*user.login,
                "LastName": last,
                "FirstName": first,
                "Email": user.email,
                "Alias": alias,
                "IsActive": active,
            });
            let Value::Object(fields) = fields else { return };
            let id = ids::long(&user.id);
            let stamp = (at, id.clone());
            let (owner, created) = (id.clone(), stamp.clone());
            self.records.push(Record { object, id, fields, owner, created, modified: stamp });
        }
    }

    /// The records of a kind, oldest first.
    pub(super) fn all(&self, object: &Object) -> impl Iterator<Item = &Record> {
        self.records.iter().filter(move |record| record.object.name == object.name)
    }

    /// The record with this id of 15 or 18 characters.
    pub(super) fn get(&self, object: &Object, id: &str) -> Option<&Record> {
        let id = ids::long(id);
        self.all(object).find(|record| record.id == id)
    }

    /// Adds a record, and says its id.
    pub(super) fn create(
        &mut self,
        object: &'static Object,
        fields: &Map<String, Value>,
        by: Writer<'_>,
    ) -> Result<String, Invalid> {
        let stamp = (by.at, by.user.to_owned());
        let mut record = Record {
            object,
            id: ids::draw(by.mint, object.prefix, ids::instance(by.user)),
            fields: Map::new(),
            owner: by.user.to_owned(),
            created: stamp.clone(),
            modified: stamp,
        };
        record.write(fields)?;
        let id = record.id.clone();
        self.records.push(record);
        Ok(id)
    }

    /// Changes a record; nothing if there is none.
    pub(super) fn update(
        &mut self,
        object: &Object,
        id: &str,
        changes: &Map<String, Value>,
        by: Writer<'_>,
    ) -> Option<Result<(), Invalid>> {
        let id = ids::long(id);
        let of_kind = |record: &&mut Record| record.object.name == object.name && record.id == id;
        let record = self.records.iter_mut().find(of_kind)?;
        let written = record.write(changes);
        if written.is_ok() {
            record.modified = (by.at, by.user.to_owned());
        }
        Some(written)
    }

    /// Deletes a record. False if there is none.
    pub(super) fn delete(&mut self, object: &Object, id: &str) -> bool {
        let (before, id) = (self.records.len(), ids::long(id));
        self.records.retain(|record| record.object.name != object.name || record.id != id);
        self.records.len() < before
    }
}
