//! A product of a store, as v2 and v3 write it.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::{
    Timestamp,
    providers::bigcommerce::shop::{Cents, Links, rfc2822},
};

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in super::super) struct Product {
    pub(in super::super) id: u32,
    pub(super) name: Cow<'static, str>,
    sku: Cow<'static, str>,
    pub(super) price: Cents,
    /// In hundredths of the store's unit.
    weight: Cents,
    brand: u32,
    category: u32,
    created: Timestamp,
}

/// The fields that a client may set; those left out stay as they are.
#[derive(Clone, Debug, Default, Deserialize)]
pub(in super::super) struct ProductFields {
    name: Option<String>,
    sku: Option<String>,
    price: Option<Value>,
    weight: Option<Value>,
    brand_id: Option<u32>,
    categories: Option<Vec<u32>>,
}

impl ProductFields {
    /// The first field that a new product needs and that is not there.
    pub(in super::super) fn missing(&self) -> Option<&'static str> {
        let is_named = self.name.as_deref().is_some_and(|name| !name.is_empty());
        [("name", is_named), ("price", self.price.is_some()), ("weight", self.weight.is_some())]
            .into_iter()
            .find(|(_, there)| !there)
            .map(|(name, _)| name)
    }

    /// The first field that holds something else than it should.
    pub(in super::super) fn wrong(&self) -> Option<&'static str> {
        let is_wrong =
            |field: &Option<Value>| field.as_ref().is_some_and(|value| Cents::read(value).is_none());
        [("price", is_wrong(&self.price)), ("weight", is_wrong(&self.weight))]
            .into_iter()
            .find(|(_, wrong)| *wrong)
            .map(|(name, _)| name)
    }
}

impl Product {
    pub(super) fn new(id: u32, created: Timestamp) -> Self {
        Self {
            id,
            name: "".into(),
            sku: "".into(),
            price: Cents(0),
            weight: Cents(0),
            brand: 0,
            category: 0,
            created,
        }
    }

    pub(in super::super) fn change(&mut self, fields: ProductFields) {
        let ProductFields { name, sku, price, weight, brand_id, categories } = fields;
        let cents =
            |field: Option<Value>, before: Cents| field.as_ref().and_then(Cents::read).unwrap_or(before);
        self.name = name.map_or_else(|| self.name.clone(), Into::into);
        self.sku = sku.map_or_else(|| self.sku.clone(), Into::into);
        self.price = cents(price, self.price);
        self.weight = cents(weight, self.weight);
        self.brand = brand_id.unwrap_or(self.brand);
        self.category = categories.and_then(|all| all.first().copied()).unwrap_or(self.category);
    }

    pub(super) fn samples(created: Timestamp) -> Vec<Self> {
        let product = |id, name: &'static str, sku: &'static str, price, weight, category| Self {
            id,
            name: name.into(),
            sku: sku.into(),
            price: Cents(price),
            weight: Cents(weight),
            brand: 17,
            category,
            created,
        };
        vec![
            product(32, "Red Printed Scarf", "SCARF-RED", 8900, 30, 14),
            product(33, "Canvas Laundry Cart", "CART-CANVAS", 20_050, 1200, 23),
            product(34, "Linen Towel", "", 4900, 45, 23),
        ]
    }

    fn slug(&self) -> String {
        format!("/{}/", self.name.to_lowercase().replace(' ', "-"))
    }

    /// As a line of an order.
    pub(super) fn in_order(&self, quantity: u32) -> Value {
        let (price, total) = (self.price.text(), Cents(self.price.0.saturating_mul(quantity)).text());
        json!({
            "product_id": self.id,
            "order_address_id": null,
            "name": self.name,
            "sku": self.sku,
            "type": "physical",
            "base_price": price,
            "price_ex_tax": price,
            "price_inc_tax": price,
            "price_tax": "0.0000",
            "base_total": total,
            "total_ex_tax": total,
            "total_inc_tax": total,
            "total_tax": "0.0000",
            "weight": self.weight.text(),
            "quantity": quantity,
            "quantity_shipped": 0,
            "is_refunded": false,
            "refund_amount": "0.0000",
            "option_set_id": null,
            "applied_discounts": [],
            "product_options": [],
        })
    }

    /// As a line of a cart.
    pub(in super::super) fn in_cart(&self, id: &str, quantity: u32) -> (Cents, Value) {
        let total = Cents(self.price.0.saturating_mul(quantity));
        let price = self.price.number();
        let line = json!({
            "id": id,
            "variant_id": self.id,
            "product_id": self.id,
            "sku": self.sku,
            "name": self.name,
            "url": self.slug(),
            "quantity": quantity,
            "is_taxable": true,
            "list_price": price,
            "sale_price": price,
            "extended_list_price": total.number(),
            "extended_sale_price": total.number(),
        });
        (total, line)
    }

    /// BC-058
    pub(in super::super) fn v2(&self, links: &Links) -> Value {
        let own = |part: &str| links.to(&format!("/products/{}/{part}", self.id));
        json!({
            "id": self.id,
            "keyword_filter": null,
            "name": self.name,
            "type": "physical",
            "sku": self.sku,
            "description": format!("{}, as good as new.", self.name),
            "search_keywords": null,
            "availability_description": "",
            "price": self.price.text(),
            "cost_price": "0.0000",
            "retail_price": "0.0000",
            "sale_price": "0.0000",
            "calculated_price": self.price.text(),
            "sort_order": 0,
            "is_visible": true,
            "is_featured": false,
            "related_products": "-1",
            "inventory_level": 0,
            "inventory_warning_level": 0,
            "warranty": null,
            "weight": self.weight.text(),
            "width": "0.0000",
            "height": "0.0000",
            "depth": "0.0000",
            "fixed_cost_shipping_price": "10.0000",
            "is_free_shipping": false,
            "inventory_tracking": "none",
            "rating_total": 0,
            "rating_count": 0,
            "total_sold": 0,
            "date_created": rfc2822(self.created),
            "brand_id": self.brand,
            "view_count": 4,
            "page_title": "",
            "meta_keywords": null,
            "meta_description": null,
            "layout_file": "product.html",
            "is_price_hidden": false,
            "price_hidden_label": "",
            "categories": [self.category],
            "date_modified": rfc2822(self.created),
            "event_date_field_name": "Delivery Date",
            "event_date_type": "none",
            "event_date_start": "",
            "event_date_end": "",
            "myob_asset_account": "",
            "myob_income_account": "",
            "myob_expense_account": "",
            "peachtree_gl_account": "",
            "condition": "New",
            "is_condition_shown": false,
            "preorder_release_date": "",
            "is_preorder_only": false,
            "preorder_message": "",
            "order_quantity_minimum": 0,
            "order_quantity_maximum": 0,
            "open_graph_type": "product",
            "open_graph_title": "",
            "open_graph_description": null,
            "is_open_graph_thumbnail": true,
            "upc": null,
            "avalara_product_tax_code": "",
            "date_last_imported": "",
            "option_set_id": null,
            "tax_class_id": 0,
            "option_set_display": "right",
            "bin_picking_number": "",
            "custom_url": self.slug(),
            "primary_image": null,
            "availability": "available",
            "brand": links.to(&format!("/brands/{}", self.brand)),
            "images": own("images"),
            "discount_rules": own("discountrules"),
            "configurable_fields": own("configurablefields"),
            "custom_fields": own("customfields"),
            "videos": own("videos"),
            "skus": own("skus"),
            "rules": own("rules"),
            "option_set": null,
            "options": own("options"),
            "tax_class": links.to("/taxclasses/0"),
        })
    }

    /// BC-061: prices are numbers, dates ISO 8601.
    pub(in super::super) fn v3(&self) -> Value {
        let created = self.created.strftime("%Y-%m-%dT%H:%M:%S+00:00");
        json!({
            "id": self.id,
            "name": self.name,
            "type": "physical",
            "sku": self.sku,
            "description": format!("{}, as good as new.", self.name),
            "weight": self.weight.number(),
            "width": 0,
            "depth": 0,
            "height": 0,
            "price": self.price.number(),
            "cost_price": 0,
            "retail_price": 0,
            "sale_price": 0,
            "map_price": 0,
            "tax_class_id": 0,
            "product_tax_code": "",
            "calculated_price": self.price.number(),
            "categories": [self.category],
            "brand_id": self.brand,
            "option_set_id": null,
            "option_set_display": "right",
            "inventory_level": 0,
            "inventory_warning_level": 0,
            "inventory_tracking": "none",
            "reviews_rating_sum": 0,
            "reviews_count": 0,
            "total_sold": 0,
            "fixed_cost_shipping_price": 10,
            "is_free_shipping": false,
            "is_visible": true,
            "is_featured": false,
            "related_products": [-1],
            "warranty": "",
            "bin_picking_number": "",
            "layout_file": "product.html",
            "upc": "",
            "mpn": "",
            "gtin": "",
            "search_keywords": "",
            "availability": "available",
            "availability_description": "",
            "gift_wrapping_options_type": "any",
            "gift_wrapping_options_list": [],
            "sort_order": 0,
            "condition": "New",
            "is_condition_shown": false,
            "order_quantity_minimum": 0,
            "order_quantity_maximum": 0,
            "page_title": "",
            "meta_keywords": [],
            "meta_description": "",
            "date_created": created,
            "date_modified": created,
            "view_count": 4,
            "preorder_release_date": null,
            "preorder_message": "",
            "is_preorder_only": false,
            "is_price_hidden": false,
            "price_hidden_label": "",
            "custom_url": { "url": self.slug(), "is_customized": false },
            "base_variant_id": null,
            "open_graph_type": "product",
            "open_graph_title": "",
            "open_graph_description": "",
            "open_graph_use_meta_description": true,
            "open_graph_use_product_name": true,
            "open_graph_use_image": true,
        })
    }
}
