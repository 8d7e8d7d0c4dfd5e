//! The resources, which both worlds have in common. How a request gets here and how the answer is written is theirs.

use std::sync::Arc;

use http::StatusCode;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::{
    Mint, Timestamp,
    providers::{
        bigcommerce::{
            Operation, Site, errors,
            routes::{PartPath, collection, stem},
            shop::{
                self, Cents, CustomerFields, Links, OrderFields, Product, ProductFields, Refused, Shop,
                Unwritten,
            },
        },
        call::Call,
    },
};

/// What is asked, of which store.
pub(super) struct Asked<'a, 'r> {
    pub(super) operation: Operation,
    pub(super) call: &'a Call<'r>,
    pub(super) hash: &'a Arc<str>,
    pub(super) links: Links,
}

/// What there is to say.
pub(super) struct Found {
    pub(super) status: StatusCode,
    /// What one of it is called in XML.
    pub(super) name: &'static str,
    pub(super) body: Option<Value>,
    pub(super) location: Option<String>,
}

/// Why there is nothing to say.
pub(super) struct Problem {
    pub(super) status: StatusCode,
    pub(super) body: Value,
    pub(super) reason: String,
}

impl Found {
    fn new(name: &'static str, body: Value) -> Self {
        Self { status: StatusCode::OK, name, body: Some(body), location: None }
    }

    /// 204 (BC-059)
    fn nothing(name: &'static str) -> Self {
        Self { status: StatusCode::NO_CONTENT, name, body: None, location: None }
    }
}

impl Problem {
    /// A problem that v2 puts into an array.
    pub(super) fn new(status: StatusCode, message: impl Into<String>) -> Self {
        let reason = message.into();
        Self { status, body: errors::array(status, &reason), reason }
    }

    pub(super) fn not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, errors::NOT_FOUND)
    }
}

/// Does what is asked.
pub(super) fn resource(asked: &Asked<'_, '_>, site: &Site) -> Result<Found, Problem> {
    use Operation as Op;
    let Asked { operation, call, hash, links } = asked;
    let now = site.auth.clock().now();
    site.in_shop(hash, |shop| match operation {
        Op::Time => Ok(Found::new("time", json!({ "time": now.as_secs() }))), // BC-001, BC-053
        Op::Store => {
            let owner = site.auth.first_user_of(hash).ok_or_else(Problem::not_found)?;
            Ok(Found::new("store", shop::settings(shop, hash, &owner)))
        }
        Op::Products => Ok(page(call, "product", shop.products.iter().map(|product| product.v2(links)))),
        Op::ProductCount => Ok(count(shop.products.len())),
        Op::Product => one(call, "product", &shop.products, |p| p.id, |p| p.v2(links)),
        Op::Orders => Ok(page(call, "order", shop.orders.iter().map(|order| order.v2(links)))),
        Op::OrderCount => {
            Ok(Found::new("count", shop::counts(&shop.orders, site.switches().orders_by_status)))
        }
        Op::Order => one(call, "order", &shop.orders, |o| o.id, |o| o.v2(links)),
        Op::Customers => Ok(page(call, "customer", shop.customers.iter().map(|customer| customer.v2(links)))),
        Op::CustomerCount => Ok(count(shop.customers.len())),
        Op::Customer => one(call, "customer", &shop.customers, |c| c.id, |c| c.v2(links)),
        Op::CreateCustomer => create_customer(call, shop, links, now),
        Op::UpdateCustomer => update_customer(call, shop, links, now),
        Op::DeleteCustomer => gone("customer", id(call).filter(|id| shop.delete_customer(*id))),
        Op::CreateCart => create_cart(call, shop, site.auth.mint(), now),
        Op::CreateProduct => create_product(call, shop, links, now),
        Op::UpdateProduct => {
            let fields = product_fields(call)?;
            let product = shop.products.iter_mut().find(|product| Some(product.id) == id(call));
            let product = product.ok_or_else(Problem::not_found)?;
            product.change(fields);
            Ok(Found::new("product", product.v2(links)))
        }
        Op::DeleteProduct => gone("product", id(call).filter(|id| shop.delete_product(*id))),
        Op::CreateOrder => create_order(call, shop, links, now),
        Op::UpdateOrder => {
            let fields = order_fields(call)?;
            let order = shop.orders.iter_mut().find(|order| Some(order.id) == id(call));
            let order = order.ok_or_else(Problem::not_found)?;
            order.change(&fields);
            Ok(Found::new("order", order.v2(links)))
        }
        Op::DeleteOrder => gone("order", id(call).filter(|id| shop.delete_order(*id))),
        Op::OrderStatuses => Ok(Found::new("status", shop::statuses())),
        Op::Collection
        | Op::CollectionCount
        | Op::CollectionRecord
        | Op::CreateInCollection
        | Op::UpdateInCollection
        | Op::DeleteFromCollection => in_collection(*operation, call, shop),
        Op::Parts | Op::PartCount | Op::Part | Op::CreatePart | Op::UpdatePart | Op::DeletePart => {
            in_parts(*operation, call, shop)
        }
        Op::CatalogProducts => Ok(Found::new("product", catalog(call, shop))),
        Op::CatalogProduct => {
            let write = |product: &Product| json!({ "data": product.v3(), "meta": {} });
            let path = call.request().uri().path();
            one(call, "product", &shop.products, |product| product.id, write)
                .map_err(|problem| Problem { body: errors::v3_not_found(path), ..problem })
        }
        _ => Err(Problem::not_found()),
    })
}

/// What a deletion is answered, if something was deleted.
fn gone(name: &'static str, deleted: Option<u32>) -> Result<Found, Problem> {
    deleted.map(|_| Found::nothing(name)).ok_or_else(Problem::not_found)
}

/// Inferred
fn not_supplied(name: &str) -> Problem {
    Problem::new(StatusCode::BAD_REQUEST, format!("The required field '{name}' was not supplied."))
}

/// Inferred
fn invalid(name: &str) -> Problem {
    Problem::new(StatusCode::BAD_REQUEST, format!("The field '{name}' is invalid."))
}

fn product_fields(call: &Call<'_>) -> Result<ProductFields, Problem> {
    let fields: ProductFields = read(call)?;
    fields.wrong().map_or(Ok(fields), |name| Err(invalid(name)))
}

fn create_product(call: &Call<'_>, shop: &mut Shop, links: &Links, now: Timestamp) -> Result<Found, Problem> {
    let fields = product_fields(call)?;
    if let Some(name) = fields.missing() {
        return Err(not_supplied(name));
    }
    let product = shop.create_product(fields, now);
    let location = Some(format!("/api/v2/products/{}", product.id));
    Ok(Found { status: StatusCode::CREATED, location, ..Found::new("product", product.v2(links)) })
}

fn order_fields(call: &Call<'_>) -> Result<OrderFields, Problem> {
    let fields: OrderFields = read(call)?;
    if fields.names_no_status() { Err(invalid("status_id")) } else { Ok(fields) }
}

fn create_order(call: &Call<'_>, shop: &mut Shop, links: &Links, now: Timestamp) -> Result<Found, Problem> {
    let fields = order_fields(call)?;
    if let Some(name) = fields.missing() {
        return Err(not_supplied(name));
    }
    let order = shop.create_order(&fields, now).ok_or_else(|| invalid("products"))?;
    let location = Some(format!("/api/v2/orders/{}", order.id));
    Ok(Found { status: StatusCode::CREATED, location, ..Found::new("order", order.v2(links)) })
}

fn in_collection(operation: Operation, call: &Call<'_>, shop: &mut Shop) -> Result<Found, Problem> {
    use Operation as Op;
    let kind = collection(call).ok_or_else(Problem::not_found)?;
    let refuse = |refused| match refused {
        Refused::NoName => not_supplied("name"),
        Refused::Taken => Problem::new(StatusCode::CONFLICT, "The name is already in use."),
        Refused::Missing => Problem::not_found(),
    };
    let all = &mut shop.collections;
    match operation {
        Op::Collection => Ok(page(call, kind.name, all.all(kind).iter().cloned().map(Value::Object))),
        Op::CollectionCount => Ok(count(all.all(kind).len())),
        Op::CreateInCollection => {
            let made = all.write(kind, None, read(call)?).map_err(refuse)?;
            Ok(Found { status: StatusCode::CREATED, ..Found::new(kind.name, made) })
        }
        Op::UpdateInCollection => {
            let id = id(call).ok_or_else(Problem::not_found)?;
            Ok(Found::new(kind.name, all.write(kind, Some(id), read(call)?).map_err(refuse)?))
        }
        Op::DeleteFromCollection => gone(kind.name, id(call).filter(|id| all.delete(kind, *id))),
        _ => {
            let found = id(call).and_then(|id| all.get(kind, id)).ok_or_else(Problem::not_found)?;
            Ok(Found::new(kind.name, Value::Object(found.clone())))
        }
    }
}

/// What belongs to a customer, an order or a product, which must be there.
fn in_parts(operation: Operation, call: &Call<'_>, shop: &mut Shop) -> Result<Found, Problem> {
    use Operation as Op;
    let PartPath { above, kind, owner, id } = PartPath::of(call).ok_or_else(Problem::not_found)?;
    if operation == Op::PartCount {
        return Ok(count(shop.parts.count(kind, owner)));
    }
    let owner = owner.filter(|owner| shop.has(above, *owner)).ok_or_else(Problem::not_found)?;
    let refuse = |refused| match refused {
        Unwritten::Without(name) => not_supplied(name),
        Unwritten::Missing => Problem::not_found(),
    };
    let parts = &mut shop.parts;
    match operation {
        Op::Parts => Ok(page(call, kind.name, parts.all(kind, owner).iter().cloned().map(Value::Object))),
        Op::CreatePart => {
            let made = parts.write(kind, owner, None, read(call)?).map_err(refuse)?;
            Ok(Found { status: StatusCode::CREATED, ..Found::new(kind.name, made) })
        }
        Op::UpdatePart => {
            let id = id.ok_or_else(Problem::not_found)?;
            Ok(Found::new(kind.name, parts.write(kind, owner, Some(id), read(call)?).map_err(refuse)?))
        }
        Op::DeletePart => gone(kind.name, id.filter(|id| parts.delete(kind, owner, *id))),
        _ => {
            let found = id.and_then(|id| parts.get(kind, owner, id)).ok_or_else(Problem::not_found)?;
            Ok(Found::new(kind.name, Value::Object(found.clone())))
        }
    }
}

/// The id at the end of the path.
fn id(call: &Call<'_>) -> Option<u32> {
    call.segments().last().and_then(|segment| stem(segment).parse().ok())
}

/// The one with the id at the end of the path.
fn one<T>(
    call: &Call<'_>,
    name: &'static str,
    all: &[T],
    id_of: impl Fn(&T) -> u32,
    write: impl FnOnce(&T) -> Value,
) -> Result<Found, Problem> {
    let id = id(call);
    let found = all.iter().find(|candidate| Some(id_of(candidate)) == id);
    found.map(|found| Found::new(name, write(found))).ok_or_else(Problem::not_found)
}

fn create_customer(
    call: &Call<'_>,
    shop: &mut Shop,
    links: &Links,
    now: Timestamp,
) -> Result<Found, Problem> {
    let fields: CustomerFields = read(call)?;
    if let Some(name) = fields.missing() {
        return Err(not_supplied(name));
    }
    let customer = shop.create_customer(fields, now);
    let location = Some(format!("/api/v2/customers/{}", customer.id));
    Ok(Found { status: StatusCode::CREATED, location, ..Found::new("customer", customer.v2(links)) })
}

fn update_customer(
    call: &Call<'_>,
    shop: &mut Shop,
    links: &Links,
    now: Timestamp,
) -> Result<Found, Problem> {
    let fields: CustomerFields = read(call)?;
    let customer = shop.customers.iter_mut().find(|customer| Some(customer.id) == id(call));
    let customer = customer.ok_or_else(Problem::not_found)?;
    customer.change(fields, now);
    Ok(Found::new("customer", customer.v2(links)))
}

/// `POST carts` of v3 (BC-048). What is known of a cart is its shape; it is answered, and not kept.
fn create_cart(call: &Call<'_>, shop: &Shop, mint: &Mint, now: Timestamp) -> Result<Found, Problem> {
    let invalid = |title: &str| {
        let status = StatusCode::UNPROCESSABLE_ENTITY;
        Problem { status, body: errors::v3(status, title), reason: title.to_owned() }
    };
    let body = call.json().ok_or_else(|| invalid("JSON data is missing or invalid"))?;
    let asked = body["line_items"].as_array().filter(|items| !items.is_empty());
    let asked = asked.ok_or_else(|| invalid("Missing or incorrect required fields"))?;
    let lines = asked.iter().map(|item| {
        let product = shop.products.iter().find(|product| item["product_id"] == product.id);
        let quantity = item["quantity"].as_u64().and_then(|quantity| u32::try_from(quantity).ok());
        let found = product.zip(quantity.filter(|quantity| *quantity > 0));
        let (product, quantity) = found.ok_or_else(|| invalid("Missing or incorrect required fields"))?;
        Ok(product.in_cart(&mint.uuid(), quantity))
    });
    let lines: Vec<(Cents, Value)> = lines.collect::<Result<_, Problem>>()?;
    let total = lines.iter().fold(0_u32, |sum, (total, _)| sum.saturating_add(total.0));
    let total = Cents(total).number();
    let items: Vec<_> = lines.into_iter().map(|(_, line)| line).collect();
    let cart = json!({
        "id": mint.uuid(),
        "customer_id": body["customer_id"].as_u64().unwrap_or(0),
        "channel_id": 1,
        "email": "",
        "currency": { "code": "USD" },
        "tax_included": false,
        "base_amount": total,
        "discount_amount": 0,
        "cart_amount": total,
        "coupons": [],
        "line_items": {
            "physical_items": items,
            "digital_items": [],
            "gift_certificates": [],
            "custom_items": [],
        },
        "created_time": now.strftime("%Y-%m-%dT%H:%M:%S+00:00"),
        "updated_time": now.strftime("%Y-%m-%dT%H:%M:%S+00:00"),
        "locale": "en",
    });
    let body = json!({ "data": cart, "meta": {} });
    Ok(Found { status: StatusCode::CREATED, ..Found::new("cart", body) })
}

/// BC-060
fn count(count: usize) -> Found {
    Found::new("count", json!({ "count": count }))
}

/// Which part of a list is asked for: the page from 1, and how many to a page.
fn paging(call: &Call<'_>) -> (usize, usize) {
    let number = |name, default: usize| {
        call.query().get(name).and_then(|text| text.parse().ok()).filter(|n| *n > 0).unwrap_or(default)
    };
    (number("page", 1), number("limit", 50).min(250))
}

/// One page of a v2 list, which is bare, and nothing at all where it is empty (BC-058, BC-059).
fn page(call: &Call<'_>, name: &'static str, all: impl Iterator<Item = Value>) -> Found {
    let (page, limit) = paging(call);
    let items: Vec<_> = all.skip((page - 1).saturating_mul(limit)).take(limit).collect();
    if items.is_empty() { Found::nothing(name) } else { Found::new(name, Value::Array(items)) }
}

/// One page of the v3 catalog (BC-061).
fn catalog(call: &Call<'_>, shop: &Shop) -> Value {
    let (page, limit) = paging(call);
    let total = shop.products.len();
    let pages = total.div_ceil(limit);
    let products = shop.products.iter().skip((page - 1).saturating_mul(limit)).take(limit);
    let data: Vec<_> = products.map(Product::v3).collect();
    let count = data.len();
    let link = |page: usize| format!("?page={page}&limit={limit}");
    let mut links = json!({});
    if page > 1 {
        links["previous"] = link(page - 1).into();
    }
    if page < pages {
        links["next"] = link(page + 1).into();
    }
    links["current"] = link(page).into();
    json!({
        "data": data,
        "meta": {
            "pagination": {
                "total": total,
                "count": count,
                "per_page": limit,
                "current_page": page,
                "total_pages": pages,
                "links": links,
            },
        },
    })
}

fn read<T: DeserializeOwned>(call: &Call<'_>) -> Result<T, Problem> {
    serde_json::from_slice(call.request().body()).map_err(|error| {
        Problem::new(StatusCode::BAD_REQUEST, format!("The request could not be read as JSON: {error}"))
    })
}
