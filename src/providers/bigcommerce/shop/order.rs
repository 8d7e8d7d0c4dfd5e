//! An order in a store, and the states that orders go through.

use serde::{Deserialize, Deserializer, Serialize, de};
use serde_json::{Value, json};

use crate::{
    Timestamp,
    providers::bigcommerce::shop::{Cents, Customer, Links, Product, rfc2822},
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

impl Order {
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
                "street_1": "12345 W Anderson Ln",
                "street_2": "",
                "city": "Austin",
                "state": "Texas",
                "zip": "78757",
                "country": "United States",
                "country_iso2": "US",
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
