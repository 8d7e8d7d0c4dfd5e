//! The kinds of records that an org has, and their fields.

use serde_json::Value;

use crate::providers::salesforce::ids;

/// A kind of records.
#[derive(Debug)]
pub(super) struct Object {
    pub(super) name: &'static str,
    pub(super) plural: &'static str,
    pub(super) prefix: &'static str,
    /// What can be written, besides the owner.
    fields: &'static [(&'static str, Type)],
    /// What a record cannot be without.
    pub(super) required: &'static [&'static str],
    /// Whether the name is made of first and last name.
    pub(super) is_person: bool,
}

/// What a field holds. Dates, moments and ids are written as texts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Type {
    Text,
    Number,
    Flag,
    /// `2026-06-30`
    Date,
    /// `2026-06-30T12:00:00.000+0000`
    Moment,
    /// The record's own id.
    Id,
    /// The id of another record.
    Reference,
}

use Type::{Date, Flag, Id, Moment, Number, Reference, Text};

impl Type {
    /// The name by which Salesforce calls it, in a describe result and in errors.
    pub(super) fn name(self) -> &'static str {
        match self {
            Text => "string",
            Number => "double",
            Flag => "boolean",
            Date => "date",
            Moment => "datetime",
            Id => "id",
            Reference => "reference",
        }
    }
}

static OBJECTS: [Object; 9] = [
    Object {
        name: "Account",
        plural: "Accounts",
        prefix: "001",
        fields: &[
            ("Name", Text),
            ("Type", Text),
            ("BillingStreet", Text),
            ("BillingCity", Text),
            ("BillingState", Text),
            ("BillingPostalCode", Text),
            ("BillingCountry", Text),
            ("Phone", Text),
            ("Website", Text),
            ("Industry", Text),
            ("AnnualRevenue", Number),
            ("NumberOfEmployees", Number),
            ("Description", Text),
        ],
        required: &["Name"],
        is_person: false,
    },
    Object {
        name: "Contact",
        plural: "Contacts",
        prefix: "003",
        fields: &[
            ("AccountId", Reference),
            ("LastName", Text),
            ("FirstName", Text),
            ("Salutation", Text),
            ("Title", Text),
            ("Email", Text),
            ("Phone", Text),
            ("MobilePhone", Text),
            ("Department", Text),
            ("Description", Text),
        ],
        required: &["LastName"],
        is_person: true,
    },
    Object {
        name: "Lead",
        plural: "Leads",
        prefix: "00Q",
        fields: &[
            ("LastName", Text),
            ("FirstName", Text),
            ("Title", Text),
            ("Company", Text),
            ("Email", Text),
            ("Phone", Text),
            ("LeadSource", Text),
            ("Status", Text),
            ("Description", Text),
        ],
        required: &["LastName", "Company"],
        is_person: true,
    },
    Object {
        name: "Opportunity",
        plural: "Opportunities",
        prefix: "006",
        fields: &[
            ("AccountId", Reference),
            ("Name", Text),
            ("StageName", Text),
            ("Amount", Number),
            ("Probability", Number),
            ("CloseDate", Date),
            ("Type", Text),
            ("NextStep", Text),
            ("Description", Text),
        ],
        required: &["Name", "StageName", "CloseDate"],
        is_person: false,
    },
    Object {
        name: "Campaign",
        plural: "Campaigns",
        prefix: "701",
        fields: &[
            ("Name", Text),
            ("Type", Text),
            ("Status", Text),
            ("StartDate", Date),
            ("EndDate", Date),
            ("BudgetedCost", Number),
            ("Description", Text),
        ],
        required: &["Name"],
        is_person: false,
    },
    Object {
        name: "Event",
        plural: "Events",
        prefix: "00U",
        fields: &[
            ("WhoId", Reference),
            ("WhatId", Reference),
            ("Subject", Text),
            ("Location", Text),
            ("StartDateTime", Moment),
            ("EndDateTime", Moment),
            ("DurationInMinutes", Number),
            ("Description", Text),
        ],
        required: &["StartDateTime", "EndDateTime"],
        is_person: false,
    },
    Object {
        name: "Note",
        plural: "Notes",
        prefix: "002",
        fields: &[("ParentId", Reference), ("Title", Text), ("Body", Text)],
        required: &["ParentId", "Title"],
        is_person: false,
    },
    Object {
        name: "Task",
        plural: "Tasks",
        prefix: "00T",
        fields: &[
            ("WhoId", Reference),
            ("WhatId", Reference),
            ("Subject", Text),
            ("ActivityDate", Date),
            ("Status", Text),
            ("Priority", Text),
            ("Description", Text),
        ],
        // A task is told from others by nothing that it must have.
        required: &[],
        is_person: false,
    },
    Object {
        name: USERS,
        plural: "Users",
        prefix: ids::USER,
        fields: &[
            ("Username", Text),
            ("LastName", Text),
            ("FirstName", Text),
            ("CompanyName", Text),
            ("Title", Text),
            ("Email", Text),
            ("Phone", Text),
            ("Alias", Text),
            ("TimeZoneSidKey", Text),
            ("LocaleSidKey", Text),
            ("EmailEncodingKey", Text),
            ("LanguageLocaleKey", Text),
            ("ProfileId", Reference),
            ("IsActive", Flag),
        ],
        // A user needs a time zone, a locale and a profile as well, which are not asked for here.
        required: &["Username", "LastName", "Email", "Alias"],
        is_person: true,
    },
];

/// The kind whose records are those who log in, and others.
pub(super) const USERS: &str = "User";

const BEFORE: [&str; 2] = ["Id", "IsDeleted"];
pub(super) const NAME: &str = "Name";
pub(super) const OWNER: &str = "OwnerId";
const AFTER: [&str; 5] =
    ["CreatedDate", "CreatedById", "LastModifiedDate", "LastModifiedById", "SystemModstamp"];

impl Object {
    /// All kinds of records.
    pub(super) fn all() -> &'static [Self] {
        &OBJECTS
    }

    /// The kind called `name`, in whatever case.
    pub(super) fn find(name: &str) -> Option<&'static Self> {
        OBJECTS.iter().find(|object| object.name.eq_ignore_ascii_case(name))
    }

    /// Every field, in the order of a whole record.
    pub(super) fn fields(&self) -> impl Iterator<Item = &'static str> {
        let own = self.fields.iter().map(|(name, _)| *name);
        let name = self.is_person.then_some(NAME);
        BEFORE.into_iter().chain(own).chain(name).chain([OWNER]).chain(AFTER)
    }

    /// The field called `name`, in whatever case.
    pub(super) fn field(&self, name: &str) -> Option<&'static str> {
        self.fields().find(|field| field.eq_ignore_ascii_case(name))
    }

    /// The type of a field that can be written.
    pub(super) fn writable(&self, field: &str) -> Option<Type> {
        if field == OWNER {
            return Some(Reference);
        }
        self.fields.iter().find(|(name, _)| *name == field).map(|(_, of)| *of)
    }

    /// The type of any of its fields.
    pub(super) fn type_of(&self, field: &str) -> Type {
        self.writable(field).unwrap_or(match field {
            "Id" => Id,
            "IsDeleted" => Flag,
            "CreatedById" | "LastModifiedById" => Reference,
            "CreatedDate" | "LastModifiedDate" | "SystemModstamp" => Moment,
            _ => Text,
        })
    }

    /// Whether its records are never deleted: a user is made inactive.
    pub(super) fn is_kept(&self) -> bool {
        self.name == USERS
    }
}

/// The value as the field stores it; numbers may come as text and the other way round.
pub(super) fn typed(wanted: Type, value: &Value) -> Option<Value> {
    match (wanted, value) {
        (_, Value::Null) | (Number, Value::Number(_)) | (Flag, Value::Bool(_)) => Some(value.clone()),
        (Number, Value::String(text)) => text.parse::<f64>().ok().filter(|n| n.is_finite()).map(Value::from),
        (Number | Flag, _) => None,
        (_, Value::String(_)) => Some(value.clone()),
        (_, Value::Number(_) | Value::Bool(_)) => Some(value.to_string().into()),
        _ => None,
    }
}
