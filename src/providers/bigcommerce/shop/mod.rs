//! What a store has: products, customers, orders. Typed here; written as the API wants it by each.

mod collection;
mod customer;
mod order;
mod part;
mod product;
mod settings;

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::{Mint, Timestamp};

pub(super) use collection::{Collections, Kind, Refused};
pub(super) use customer::{Customer, CustomerFields};
pub(super) use order::{Order, OrderFields, counts, statuses};
pub(super) use part::{PartKind, Parts, Unwritten};
pub(super) use product::{Product, ProductFields};
pub(super) use settings::settings;

/// A store.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Shop {
    /// The account that the store belongs to.
    pub(super) account_uuid: String,
    pub(super) products: Vec<Product>,
    pub(super) customers: Vec<Customer>,
    pub(super) orders: Vec<Order>,
    #[serde(default = "Collections::sample")]
    pub(super) collections: Collections,
    #[serde(default)]
    pub(super) parts: Parts,
    last_customer: u32,
}

impl Shop {
    /// What each new store starts with.
    pub(super) fn sample(mint: &Mint, now: Timestamp) -> Self {
        Self::stocked(mint.uuid(), now)
    }

    /// Puts the store back to what it started with; it stays the same account's.
    pub(super) fn restock(&mut self, now: Timestamp) {
        *self = Self::stocked(std::mem::take(&mut self.account_uuid), now);
    }

    fn stocked(account_uuid: String, now: Timestamp) -> Self {
        let opened = now - Duration::from_secs(30 * 24 * 3600);
        let customers = Customer::samples(opened);
        let products = Product::samples(opened);
        let orders = Order::samples(&customers, &products, opened);
        let last_customer = customers.last().map_or(0, |customer| customer.id);
        let collections = Collections::sample();
        let parts = Parts::samples(&orders, &customers, &products);
        Self { account_uuid, products, customers, orders, collections, parts, last_customer }
    }

    pub(super) fn create_customer(&mut self, fields: CustomerFields, now: Timestamp) -> &Customer {
        self.last_customer = self.last_customer.saturating_add(1);
        let mut customer = Customer::new(self.last_customer, now);
        customer.change(fields, now);
        self.customers.push(customer);
        &self.customers[self.customers.len() - 1]
    }

    pub(super) fn create_product(&mut self, fields: ProductFields, now: Timestamp) -> &Product {
        let last = self.products.iter().map(|product| product.id).max().unwrap_or(0);
        let mut product = Product::new(last.saturating_add(1), now);
        product.change(fields);
        self.products.push(product);
        &self.products[self.products.len() - 1]
    }

    pub(super) fn delete_product(&mut self, id: u32) -> bool {
        let before = self.products.len();
        self.products.retain(|product| product.id != id);
        self.parts.forget("products", id);
        self.products.len() < before
    }

    /// Nothing when it names a product or a customer that there is not.
    pub(super) fn create_order(&mut self, fields: &OrderFields, now: Timestamp) -> Option<&Order> {
        let last = self.orders.iter().map(|order| order.id).max().unwrap_or(99);
        let order = Order::new(last.saturating_add(1), fields, (&self.customers, &self.products), now)?;
        self.parts.order(&order, &fields.bought(&self.products));
        self.orders.push(order);
        self.orders.last()
    }

    pub(super) fn delete_order(&mut self, id: u32) -> bool {
        let before = self.orders.len();
        self.orders.retain(|order| order.id != id);
        self.parts.forget("orders", id);
        self.orders.len() < before
    }

    /// Whether there is a customer, order or product with this id.
    pub(super) fn has(&self, above: &str, id: u32) -> bool {
        match above {
            "customers" => self.customers.iter().any(|customer| customer.id == id),
            "orders" => self.orders.iter().any(|order| order.id == id),
            _ => self.products.iter().any(|product| product.id == id),
        }
    }

    pub(super) fn delete_customer(&mut self, id: u32) -> bool {
        let before = self.customers.len();
        self.customers.retain(|customer| customer.id != id);
        self.parts.forget("customers", id);
        self.customers.len() < before
    }
}

/// An amount of money in cents.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct Cents(pub(super) u32);

impl Cents {
    /// A price as clients write it, as text or number; nothing when it is none.
    fn read(price: &serde_json::Value) -> Option<Self> {
        let units = match price {
            serde_json::Value::String(text) => text.parse().ok()?,
            other => other.as_f64()?,
        };
        let cents = (units * 100.0).round();
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a price is within these bounds"
        )]
        (0.0..=f64::from(u32::MAX)).contains(&cents).then_some(Self(cents as u32))
    }

    /// As v2 writes it: a string with four decimals (BC-058).
    pub(super) fn text(self) -> String {
        format!("{}.{:02}00", self.0 / 100, self.0 % 100)
    }

    /// As v3 writes it: a number, whole where it can be.
    pub(super) fn number(self) -> serde_json::Value {
        if self.0.is_multiple_of(100) { (self.0 / 100).into() } else { (f64::from(self.0) / 100.0).into() }
    }
}

/// The date as v2 writes it: RFC 2822 (BC-058).
pub(super) fn rfc2822(moment: Timestamp) -> String {
    moment.strftime("%a, %d %b %Y %H:%M:%S +0000")
}

/// Where sub-resources are: at the host that was asked (BC-016).
#[derive(Clone, Debug)]
pub(super) struct Links {
    /// What stands before `/products/32`, without a trailing slash.
    pub(super) base: String,
    /// What stands behind it: `.json`, `.xml` or nothing.
    pub(super) extension: &'static str,
}

impl Links {
    pub(super) fn to(&self, resource: &str) -> serde_json::Value {
        let url = format!("{}{resource}{}", self.base, self.extension);
        serde_json::json!({ "url": url, "resource": resource })
    }
}
