//! An order in a store, and the states that orders go through.

use serde::{Deserialize, Deserializer, Serialize, de};
use serde_json::{Value, json};

use crate::{
    Timestamp,
    providers::bigcommerce::shop::{Cents, Customer, Links, Product, customer::HOME, rfc2822},
};

/// The states by id: their name, and their place in lists.
const STATUSES: [(&str, u32, &str); 15] = [
    ("Incomplete", 0, "The shopper has not come to the end of the checkout."),
    ("Pending", 1, "The checkout is done, the payment is not confirmed."),
    ("Shipped", 8, "All items have left, receipt is not confirmed."),
    ("Partially Shipped", 6, "Some items have left."),
    ("Refunded", 11, "The whole order was paid back."),
    ("Cancelled", 9, "The seller has called the order off."),
    ("Declined", 10, "The seller has refused the order."),
    ("Awaiting Payment", 2, "The shopper still has to pay."),
    ("Awaiting Pickup", 5, "The order waits to be picked up."),
    ("Awaiting Shipment", 4, "The order is packed and waits for the carrier."),
    ("Completed", 7, "The order has been shipped or picked up, and received."),
    ("Awaiting Fulfillment", 3, "The order is paid and waits to be packed."),
    ("Manual Verification Required", 13, "Somebody has to look at the payment."),
    ("Disputed", 12, "The shopper disputes the payment."),
    ("Partially Refunded", 14, "A part of the order was paid back."),
];

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in super::super) struct Order {
    pub(in super::super) id: u32,
    customer: u32,
    #[serde(deserialize_with = "status")]
    status: usize,
    total: Cents,
    items: u32,
    created: Timestamp,
    first_name: String,
    last_name: String,
    company: String,
    email: String,
    phone: String,
}

/// A state that there is.
fn status<'de, D: Deserializer<'de>>(deserializer: D) -> Result<usize, D::Error> {
    let status = usize::deserialize(deserializer)?;
    let last = STATUSES.len() - 1;
    let unknown =
        || de::Error::custom(format_args!("no order has the status {status}; they go from 0 to {last}"));
    if status <= last { Ok(status) } else { Err(unknown()) }
}

/// What a client says of an order.
#[derive(Clone, Debug, Default, Deserialize)]
pub(in super::super) struct OrderFields {
    customer_id: Option<u32>,
    status_id: Option<usize>,
    #[serde(default)]
    billing_address: Option<BillingAddress>,
    #[serde(default)]
    products: Vec<Bought>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct BillingAddress {
    first_name: String,
    last_name: String,
    company: String,
    email: String,
    phone: String,
}

#[derive(Clone, Copy, Debug, Deserialize)]
struct Bought {
    product_id: u32,
    quantity: u32,
}

impl OrderFields {
    /// The first field that a new order needs and that is not there.
    pub(in super::super) fn missing(&self) -> Option<&'static str> {
        let there =
            [("billing_address", self.billing_address.is_some()), ("products", !self.products.is_empty())];
        there.into_iter().find(|(_, there)| !there).map(|(name, _)| name)
    }

    /// The products that it names, and how many of each.
    pub(super) fn bought<'p>(&self, products: &'p [Product]) -> Vec<(&'p Product, u32)> {
        let line = |bought: &Bought| {
            let product = products.iter().find(|product| product.id == bought.product_id)?;
            Some((product, bought.quantity))
        };
        self.products.iter().filter_map(line).collect()
    }

    /// Whether it names a state that there is not.
    pub(in super::super) fn names_no_status(&self) -> bool {
        self.status_id.is_some_and(|status| status >= STATUSES.len())
    }
}

impl Order {
    /// Nothing when it names a customer or a product that there is not.
    pub(super) fn new(
        id: u32,
        fields: &OrderFields,
        (customers, products): (&[Customer], &[Product]),
        created: Timestamp,
    ) -> Option<Self> {
        let customer = fields.customer_id.unwrap_or(0);
        // 0 is a guest.
        if customer != 0 && !customers.iter().any(|known| known.id == customer) {
            return None;
        }
        let (mut total, mut items) = (0_u32, 0_u32);
        for bought in &fields.products {
            let product = products.iter().find(|product| product.id == bought.product_id)?;
            total = total.saturating_add(product.price.0.saturating_mul(bought.quantity));
            items = items.saturating_add(bought.quantity);
        }
        let billed = fields.billing_address.clone().unwrap_or_default();
        let BillingAddress { first_name, last_name, company, email, phone } = billed;
        let status = fields.status_id.unwrap_or(1); // Pending
        let total = Cents(total);
        Some(Self {
            id,
            customer,
            status,
            total,
            items,
            created,
            first_name,
            last_name,
            company,
            email,
            phone,
        })
    }

    pub(in super::super) fn change(&mut self, fields: &OrderFields) {
        self.status = fields.status_id.unwrap_or(self.status);
        self.customer = fields.customer_id.unwrap_or(self.customer);
    }

    pub(super) fn samples(customers: &[Customer], products: &[Product], created: Timestamp) -> Vec<Self> {
        let statuses = [11, 2]; // Awaiting Fulfillment, Shipped
        let bought = customers.iter().zip(products).zip(statuses).zip(100..);
        bought
            .map(|(((customer, product), status), id)| Self {
                id,
                customer: customer.id,
                status,
                total: product.price,
                items: 1,
                created,
                first_name: customer.first_name.clone(),
                last_name: customer.last_name.clone(),
                company: customer.company.clone(),
                email: customer.email.clone(),
                phone: customer.phone.clone(),
            })
            .collect()
    }

    /// Where it goes: to whom it is billed.
    pub(super) fn address(&self) -> Value {
        json!({
            "first_name": self.first_name,
            "last_name": self.last_name,
            "company": self.company,
            "street_1": HOME.street_1,
            "street_2": "",
            "city": HOME.city,
            "zip": HOME.zip,
            "country": HOME.country,
            "country_iso2": HOME.country_iso2,
            "state": HOME.state,
            "email": self.email,
            "phone": self.phone,
            "items_total": self.items,
            "items_shipped": 0,
            "shipping_method": "Free Shipping",
            "base_cost": "0.0000",
            "cost_ex_tax": "0.0000",
            "cost_inc_tax": "0.0000",
            "shipping_zone_id": 1,
            "shipping_zone_name": "United States",
        })
    }

    /// BC-058
    pub(in super::super) fn v2(&self, links: &Links) -> Value {
        let own = |part: &str| links.to(&format!("/orders/{}/{part}", self.id));
        let total = self.total.text();
        let shipped = if self.status == 2 { self.items } else { 0 };
        json!({
            "id": self.id,
            "customer_id": self.customer,
            "date_created": rfc2822(self.created),
            "date_modified": rfc2822(self.created),
            "date_shipped": if shipped > 0 { rfc2822(self.created) } else { String::new() },
            "status_id": self.status,
            "status": STATUSES[self.status].0,
            "subtotal_ex_tax": total,
            "subtotal_inc_tax": total,
            "subtotal_tax": "0.0000",
            "base_shipping_cost": "0.0000",
            "shipping_cost_ex_tax": "0.0000",
            "shipping_cost_inc_tax": "0.0000",
            "shipping_cost_tax": "0.0000",
            "shipping_cost_tax_class_id": 2,
            "base_handling_cost": "0.0000",
            "handling_cost_ex_tax": "0.0000",
            "handling_cost_inc_tax": "0.0000",
            "handling_cost_tax": "0.0000",
            "handling_cost_tax_class_id": 2,
            "base_wrapping_cost": "0.0000",
            "wrapping_cost_ex_tax": "0.0000",
            "wrapping_cost_inc_tax": "0.0000",
            "wrapping_cost_tax": "0.0000",
            "wrapping_cost_tax_class_id": 3,
            "total_ex_tax": total,
            "total_inc_tax": total,
            "total_tax": "0.0000",
            "items_total": self.items,
            "items_shipped": shipped,
            "payment_method": "cash",
            "payment_provider_id": null,
            "payment_status": "",
            "refunded_amount": "0.0000",
            "order_is_digital": false,
            "store_credit_amount": "0.0000",
            "gift_certificate_amount": "0.0000",
            "ip_address": "127.0.0.1",
            "geoip_country": "",
            "geoip_country_iso2": "",
            "currency_id": 1,
            "currency_code": "USD",
            "currency_exchange_rate": "1.0000000000",
            "default_currency_id": 1,
            "default_currency_code": "USD",
            "staff_notes": "",
            "customer_message": "",
            "discount_amount": "0.0000",
            "coupon_discount": "0.0000",
            "shipping_address_count": 1,
            "is_deleted": false,
            "billing_address": {
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
                "email": self.email,
                "form_fields": [],
            },
            "products": own("products"),
            "shipping_addresses": own("shippingaddresses"),
            "coupons": own("coupons"),
        })
    }
}

/// The states that an order can be in.
pub(in super::super) fn statuses() -> Value {
    let one = |(id, (name, place, _)): (usize, &(&str, u32, &str))| json!({ "id": id, "name": name, "order": place });
    STATUSES.iter().enumerate().map(one).collect()
}

/// How many orders there are, and in which state (BC-060).
pub(in super::super) fn counts(orders: &[Order], by_status: bool) -> Value {
    if !by_status {
        return json!({ "count": orders.len() });
    }
    let statuses: Vec<_> = STATUSES
        .iter()
        .enumerate()
        .map(|(id, (name, place, description))| {
            json!({
                "id": id,
                "name": name,
                "system_label": name,
                "custom_label": name,
                "system_description": description,
                "count": orders.iter().filter(|order| order.status == id).count(),
                "sort_order": place,
            })
        })
        .collect();
    json!({ "statuses": statuses, "count": orders.len() })
}
