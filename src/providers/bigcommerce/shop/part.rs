//! What belongs to a customer, an order or a product: records below theirs, shown as they were written.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::{Customer, Order, Product};

/// A kind of such records.
#[derive(Debug, PartialEq, Eq)]
pub(in super::super) struct PartKind {
    /// The collection above.
    above: &'static str,
    /// Its segment in the path, and the one of older documents.
    paths: &'static [&'static str],
    /// What one is called in XML.
    pub(in super::super) name: &'static str,
    pub(in super::super) scope: &'static str,
    access: Access,
    /// The member that says to whom or what a record belongs.
    owner: &'static str,
    /// Members without which none is made.
    required: &'static [&'static str],
}

/// What can be done with records of a kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Access {
    Listed,
    Read,
    Changed,
    Whole,
}

const fn kind(
    above: &'static str,
    paths: &'static [&'static str],
    name: &'static str,
    access: Access,
    required: &'static [&'static str],
) -> PartKind {
    let (owner, scope) = match above.as_bytes()[0] {
        b'c' => ("customer_id", "store_v2_customers"),
        b'o' => ("order_id", "store_v2_orders"),
        _ => ("product_id", "store_v2_products"),
    };
    PartKind { above, paths, name, scope, access, owner, required }
}

/// All kinds, inferred from the vendor's reference: a shorter list of members refuses less, never more.
static KINDS: [PartKind; 11] = {
    use Access::{Changed, Listed, Read, Whole};
    [
        kind("customers", &["addresses"], "address", Whole, &["first_name", "last_name", "street_1", "city"]),
        kind("orders", &["shipping_addresses", "shippingaddresses"], "address", Changed, &[]),
        kind("orders", &["products"], "product", Read, &[]),
        kind("orders", &["shipments"], "shipment", Whole, &["order_address_id", "items"]),
        kind("orders", &["coupons"], "coupon", Listed, &[]),
        kind("orders", &["messages"], "message", Listed, &[]),
        kind("orders", &["taxes"], "tax", Listed, &[]),
        kind("orders", &["transactions"], "transaction", Listed, &[]),
        kind("products", &["custom_fields", "customfields"], "custom_field", Whole, &["name", "text"]),
        kind("products", &["images"], "image", Whole, &["image_file"]),
        kind("products", &["skus"], "sku", Whole, &["sku"]),
    ]
};

impl PartKind {
    pub(in super::super) fn find(above: &str, path: &str) -> Option<&'static Self> {
        KINDS.iter().find(|kind| kind.above == above && kind.paths.contains(&path))
    }

    /// Whether the API has the method, for one record or for all of an owner's.
    pub(in super::super) fn takes(&self, method: &str, is_one: bool) -> bool {
        match (method, is_one) {
            ("GET", false) => true,
            ("GET", true) => self.access >= Access::Read,
            ("PUT", true) => self.access >= Access::Changed,
            ("POST", false) | ("DELETE", true) => self.access == Access::Whole,
            _ => false,
        }
    }

    fn place(&self, owner: u32) -> String {
        format!("{}/{owner}/{}", self.above, self.paths[0])
    }
}

/// Why a record cannot be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) enum Unwritten {
    Without(&'static str),
    /// There is no such record.
    Missing,
}

/// The records of a store, by owner and kind: `orders/100/products`.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub(in super::super) struct Parts(BTreeMap<String, Vec<Map<String, Value>>>);

impl Parts {
    pub(in super::super) fn all(&self, kind: &PartKind, owner: u32) -> &[Map<String, Value>] {
        self.0.get(&kind.place(owner)).map_or(&[], Vec::as_slice)
    }

    pub(in super::super) fn get(&self, kind: &PartKind, owner: u32, id: u32) -> Option<&Map<String, Value>> {
        self.all(kind, owner).iter().find(|record| record["id"] == id)
    }

    /// All records of a kind, whoever they belong to.
    fn of_kind<'p>(&'p self, kind: &'p PartKind) -> impl Iterator<Item = &'p Map<String, Value>> {
        let of_kind = move |place: &str| {
            let steps: Vec<_> = place.split('/').collect();
            steps.first() == Some(&kind.above) && steps.last() == Some(&kind.paths[0])
        };
        self.0.iter().filter(move |(place, _)| of_kind(place)).flat_map(|(_, records)| records)
    }

    pub(in super::super) fn count(&self, kind: &PartKind, owner: Option<u32>) -> usize {
        owner.map_or_else(|| self.of_kind(kind).count(), |owner| self.all(kind, owner).len())
    }

    /// Adds a record, or changes the one with this id.
    pub(in super::super) fn write(
        &mut self,
        kind: &PartKind,
        owner: u32,
        id: Option<u32>,
        mut sent: Map<String, Value>,
    ) -> Result<Value, Unwritten> {
        sent.remove("id");
        sent.remove(kind.owner);
        let mut record = match id {
            Some(id) => self.get(kind, owner, id).cloned().ok_or(Unwritten::Missing)?,
            None => {
                let last = self.of_kind(kind).filter_map(|record| record["id"].as_u64()).max();
                let ids = [("id", json!(last.unwrap_or(0) + 1)), (kind.owner, json!(owner))];
                ids.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
            }
        };
        record.extend(sent);
        let is_empty = |value: Option<&Value>| match value {
            None | Some(Value::Null) => true,
            Some(Value::String(text)) => text.is_empty(),
            Some(_) => false,
        };
        if let Some(name) = kind.required.iter().find(|name| is_empty(record.get(**name))) {
            return Err(Unwritten::Without(name));
        }
        let shown = Value::Object(record.clone());
        let records = self.0.entry(kind.place(owner)).or_default();
        match records.iter_mut().find(|other| other["id"] == record["id"]) {
            Some(place) => *place = record,
            None => records.push(record),
        }
        Ok(shown)
    }

    /// Deletes a record. False if there is none.
    pub(in super::super) fn delete(&mut self, kind: &PartKind, owner: u32, id: u32) -> bool {
        let Some(records) = self.0.get_mut(&kind.place(owner)) else { return false };
        let before = records.len();
        records.retain(|record| record["id"] != id);
        records.len() < before
    }

    /// Forgets all that belongs to one customer, order or product.
    pub(super) fn forget(&mut self, above: &str, owner: u32) {
        let begin = format!("{above}/{owner}/");
        self.0.retain(|place, _| !place.starts_with(&begin));
    }

    /// What comes with a new order: what was bought, and where it goes.
    pub(super) fn order(&mut self, order: &Order, bought: &[(&Product, u32)]) {
        let mut add = |path: &str, record: Value| {
            if let (Some(kind), Value::Object(members)) = (PartKind::find("orders", path), record) {
                let made = self.write(kind, order.id, None, members);
                made.ok().and_then(|record| record["id"].as_u64())
            } else {
                None
            }
        };
        let address = add("shipping_addresses", order.address());
        for (product, quantity) in bought {
            let mut line = product.in_order(*quantity);
            line["order_address_id"] = json!(address);
            add("products", line);
        }
    }

    /// What each new store starts with: the orders' own, an address, an image.
    pub(super) fn samples(orders: &[Order], customers: &[Customer], products: &[Product]) -> Self {
        let mut parts = Self::default();
        for (order, product) in orders.iter().zip(products) {
            parts.order(order, &[(product, 1)]);
        }
        if let (Some(customer), Some(kind)) = (customers.first(), PartKind::find("customers", "addresses")) {
            let Value::Object(address) = customer.address() else { return parts };
            let _written = parts.write(kind, customer.id, None, address);
        }
        parts
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_are_numbered_and_belong_to_one() {
        let images = PartKind::find("products", "images").unwrap();
        let image = || Map::from_iter([("image_file".to_owned(), json!("a.png"))]);
        let mut parts = Parts::default();
        assert_eq!(parts.write(images, 32, None, Map::new()), Err(Unwritten::Without("image_file")));
        assert_eq!(parts.write(images, 32, None, image()).unwrap()["id"], 1);
        let second = parts.write(images, 33, None, image()).unwrap();
        assert_eq!((&second["id"], &second["product_id"]), (&json!(2), &json!(33)));
        assert_eq!(parts.write(images, 32, Some(2), image()), Err(Unwritten::Missing), "it is another's");
        assert_eq!((parts.count(images, None), parts.count(images, Some(32))), (2, 1));
        parts.forget("products", 32);
        assert!(parts.all(images, 32).is_empty() && !parts.delete(images, 32, 1));
        assert!(parts.delete(images, 33, 2));
    }

    #[test]
    fn what_can_be_done_depends_on_the_kind() {
        let takes = |path, method, is_one| PartKind::find("orders", path).unwrap().takes(method, is_one);
        assert!(takes("shipments", "DELETE", true) && takes("products", "GET", true));
        assert!(!takes("products", "DELETE", true) && !takes("taxes", "GET", true));
        assert!(takes("shippingaddresses", "PUT", true) && !takes("shipping_addresses", "POST", false));
    }
}
