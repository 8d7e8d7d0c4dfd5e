//! A customer of a store.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::{
    Timestamp,
    providers::bigcommerce::shop::{Links, rfc2822},
};

/// Where everybody lives in a sample.
pub(super) const HOME: Home = Home {
    street_1: "12345 W Anderson Ln",
    city: "Austin",
    state: "Texas",
    zip: "78757",
    country: "United States",
    country_iso2: "US",
};

pub(super) struct Home {
    pub(super) street_1: &'static str,
    pub(super) city: &'static str,
    pub(super) state: &'static str,
    pub(super) zip: &'static str,
    pub(super) country: &'static str,
    pub(super) country_iso2: &'static str,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in super::super) struct Customer {
    pub(in super::super) id: u32,
    pub(super) company: String,
    pub(super) first_name: String,
    pub(super) last_name: String,
    pub(super) email: String,
    pub(super) phone: String,
    notes: String,
    created: Timestamp,
    modified: Timestamp,
}

/// The fields that a client may set; those left out stay as they are.
#[derive(Clone, Debug, Default, Deserialize)]
pub(in super::super) struct CustomerFields {
    company: Option<String>,
    first_name: Option<String>,
    last_name: Option<String>,
    email: Option<String>,
    phone: Option<String>,
    notes: Option<String>,
}

impl CustomerFields {
    /// The first field that a new customer needs and that is not there.
    pub(in super::super) fn missing(&self) -> Option<&'static str> {
        let needed =
            [("first_name", &self.first_name), ("last_name", &self.last_name), ("email", &self.email)];
        needed
            .into_iter()
            .find(|(_, value)| value.as_deref().unwrap_or_default().is_empty())
            .map(|(name, _)| name)
    }
}

impl Customer {
    pub(super) fn new(id: u32, created: Timestamp) -> Self {
        Self {
            id,
            company: String::new(),
            first_name: String::new(),
            last_name: String::new(),
            email: String::new(),
            phone: String::new(),
            notes: String::new(),
            created,
            modified: created,
        }
    }

    pub(super) fn samples(created: Timestamp) -> Vec<Self> {
        let ada = Self {
            first_name: "Ada".into(),
            last_name: "Moreno".into(),
            email: "ada.moreno@shopper.example".into(),
            phone: "555-0101".into(),
            ..Self::new(1, created)
        };
        let jonas = Self {
            company: "Lind & Sons".into(),
            first_name: "Jonas".into(),
            last_name: "Lind".into(),
            email: "jonas.lind@shopper.example".into(),
            ..Self::new(2, created)
        };
        vec![ada, jonas]
    }

    pub(in super::super) fn change(&mut self, fields: CustomerFields, now: Timestamp) {
        let CustomerFields { company, first_name, last_name, email, phone, notes } = fields;
        let all = [
            (&mut self.company, company),
            (&mut self.first_name, first_name),
            (&mut self.last_name, last_name),
            (&mut self.email, email),
            (&mut self.phone, phone),
            (&mut self.notes, notes),
        ];
        all.into_iter().filter_map(|(field, value)| Some((field, value?))).for_each(|(f, v)| *f = v);
        self.modified = now;
    }

    /// Where the first customer of a new store lives.
    pub(super) fn address(&self) -> Value {
        json!({
            "first_name": self.first_name,
            "last_name": self.last_name,
            "company": self.company,
            "street_1": HOME.street_1,
            "street_2": "",
            "city": HOME.city,
            "state": HOME.state,
            "zip": HOME.zip,
            "country": HOME.country,
            "country_iso2": HOME.country_iso2,
            "phone": self.phone,
            "address_type": "residential",
        })
    }

    /// BC-058
    pub(in super::super) fn v2(&self, links: &Links) -> Value {
        json!({
            "id": self.id,
            "company": self.company,
            "first_name": self.first_name,
            "last_name": self.last_name,
            "email": self.email,
            "phone": self.phone,
            "date_created": rfc2822(self.created),
            "date_modified": rfc2822(self.modified),
            "store_credit": "0.0000",
            "registration_ip_address": "127.0.0.1",
            "customer_group_id": 0,
            "notes": self.notes,
            "tax_exempt_category": "",
            "accepts_marketing": false,
            "addresses": links.to(&format!("/customers/{}/addresses", self.id)),
        })
    }
}
