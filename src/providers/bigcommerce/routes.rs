//! Which of BigCommerce's operations a call asks for: by its host, which shows one of the two worlds or a part of one, by its
//! path, and by its method.

use http::Method;

use super::{Operation, World, shop};
use crate::{hosts, providers::call::Call};

/// What a call asks for, by method and path; the host may leave a part of the paths only.
pub(super) fn route(call: &Call<'_>) -> Operation {
    use Operation as Op;
    let method = if call.method() == Method::HEAD { "GET" } else { call.method().as_str() };
    match (method, call.segments().as_slice()) {
        (_, [first, ..]) if !Face::of(call).shows(first) => Op::NotFound,
        ("GET" | "POST", ["oauth2", "authorize"]) => Op::Authorize,
        ("GET" | "POST", ["oauth2", "token"]) => Op::Token,
        ("GET" | "POST", ["app", _, "install"]) => Op::Install, // BC-021
        ("GET", ["app", _, "install", "succeeded"]) => Op::InstallSucceeded, // BC-021
        ("GET", ["app", _, "install", "failed"]) => Op::InstallFailed, // BC-021
        ("GET" | "POST", ["manage", "app", _]) => Op::OpenApp,  // BC-040, BC-043
        ("GET", ["login"]) => Op::Login,
        ("GET", ["time"]) => Op::GatewayTime, // BC-062
        (method, ["stores", _, "v2", path @ ..]) => v2(method, path).unwrap_or(Op::NotFound),
        ("GET", ["stores", _, "v3", "catalog", "products"]) => Op::CatalogProducts,
        ("GET", ["stores", _, "v3", "catalog", "products", _]) => Op::CatalogProduct,
        ("POST", ["stores", _, "v3", "carts"]) => Op::CreateCart, // BC-048
        (method, ["api", "v2", path @ ..]) => v2(method, path)
            .unwrap_or_else(|| if v2("GET", path).is_some() { Op::WrongMethod } else { Op::NotFound }),
        _ => Op::NotFound, // BC-013 among others
    }
}

/// What of the two worlds is at the host that was asked (contract, sections 1a and 1b).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Face {
    /// `store-{hash}.mybigcommerce.com`
    Store,
    /// `api.bigcommerce.com`
    Gateway,
    /// `login.bigcommerce.com`
    Login,
    /// An address of one's own, which has all.
    All,
}

impl Face {
    fn of(call: &Call<'_>) -> Self {
        let faces = [
            ("*.mybigcommerce.com", Self::Store),
            ("api.bigcommerce.com", Self::Gateway),
            ("login.bigcommerce.com", Self::Login),
        ];
        let found = faces.into_iter().find(|(pattern, _)| hosts::is_among(&[pattern], call.host()));
        found.map_or(Self::All, |(_, face)| face)
    }

    /// Whether paths that begin with this segment are there.
    fn shows(self, first: &str) -> bool {
        match self {
            Self::Store => matches!(first, "api" | "manage"), // BC-012
            Self::Gateway => matches!(first, "stores" | "time"),
            Self::Login => matches!(first, "oauth2" | "app" | "login"),
            Self::All => true,
        }
    }
}

/// Whether the legacy world answers, whatever it says.
pub(super) fn is_legacy(call: &Call<'_>) -> bool {
    match Face::of(call) {
        Face::Store => call.segments().first() != Some(&"manage"),
        Face::Gateway | Face::Login => false,
        Face::All => call.segments().first() == Some(&"api"),
    }
}

/// Whether the world that there is has the call.
pub(super) fn is_served(operation: Operation, call: &Call<'_>, world: World) -> bool {
    let is_legacy = is_legacy(call);
    match world {
        World::Both => true,
        World::App => !is_legacy,
        World::Legacy => is_legacy || operation == Operation::NotFound,
    }
}

/// The v2 API, which both worlds have in common.
fn v2(method: &str, path: &[&str]) -> Option<Operation> {
    use Operation as Op;
    let path: Vec<&str> = path.iter().map(|segment| stem(segment)).collect();
    Some(match (method, path.as_slice()) {
        ("GET", ["time"]) => Op::Time,
        ("GET", ["store"]) => Op::Store,
        ("GET", ["products"]) => Op::Products,
        ("GET", ["products", "count"]) => Op::ProductCount,
        ("GET", ["products", _]) => Op::Product,
        ("GET", ["orders"]) => Op::Orders,
        ("GET", ["orders", "count"]) => Op::OrderCount,
        ("GET", ["orders", _]) => Op::Order,
        ("GET", ["customers"]) => Op::Customers,
        ("POST", ["customers"]) => Op::CreateCustomer,
        ("GET", ["customers", "count"]) => Op::CustomerCount,
        ("GET", ["customers", _]) => Op::Customer,
        ("PUT", ["customers", _]) => Op::UpdateCustomer,
        ("DELETE", ["customers", _]) => Op::DeleteCustomer,
        ("POST", ["products"]) => Op::CreateProduct,
        ("PUT", ["products", _]) => Op::UpdateProduct,
        ("DELETE", ["products", _]) => Op::DeleteProduct,
        ("POST", ["orders"]) => Op::CreateOrder,
        ("PUT", ["orders", _]) => Op::UpdateOrder,
        ("DELETE", ["orders", _]) => Op::DeleteOrder,
        ("GET", ["order_statuses"]) => Op::OrderStatuses,
        (method, [above, rest @ ..]) if part_route(method, above, rest).is_some() => {
            return part_route(method, above, rest);
        }
        (method, [collection, rest @ ..]) if shop::Kind::find(collection).is_some() => match (method, rest) {
            ("GET", []) => Op::Collection,
            ("POST", []) => Op::CreateInCollection,
            ("GET", ["count"]) => Op::CollectionCount,
            ("GET", [_]) => Op::CollectionRecord,
            ("PUT", [_]) => Op::UpdateInCollection,
            ("DELETE", [_]) => Op::DeleteFromCollection,
            _ => return None,
        },
        _ => return None,
    })
}

/// What belongs to a customer, an order or a product.
fn part_route(method: &str, above: &str, path: &[&str]) -> Option<Operation> {
    use Operation as Op;
    let kind = |name: &str| shop::PartKind::find(above, name);
    Some(match (method, path) {
        ("GET", [name, "count"]) if kind(name).is_some() => Op::PartCount,
        ("GET", [_, name, "count"]) if kind(name).is_some() => Op::PartCount,
        (method, [_, name]) if kind(name)?.takes(method, false) => {
            if method == "POST" {
                Op::CreatePart
            } else {
                Op::Parts
            }
        }
        (method, [_, name, _]) if kind(name)?.takes(method, true) => match method {
            "PUT" => Op::UpdatePart,
            "DELETE" => Op::DeletePart,
            _ => Op::Part,
        },
        _ => return None,
    })
}

/// What a path below a customer, an order or a product means.
pub(super) struct PartPath {
    pub(super) above: &'static str,
    pub(super) kind: &'static shop::PartKind,
    /// Nothing where the records of all are meant.
    pub(super) owner: Option<u32>,
    pub(super) id: Option<u32>,
}

impl PartPath {
    pub(super) fn of(call: &Call<'_>) -> Option<Self> {
        let segments: Vec<&str> = call.segments().iter().map(|segment| stem(segment)).collect();
        let start = segments.iter().position(|segment| *segment == "v2")? + 1;
        let path = segments.get(start..)?;
        let above =
            ["customers", "orders", "products"].into_iter().find(|name| path.first() == Some(name))?;
        let number = |index: usize| path.get(index).and_then(|segment| segment.parse().ok());
        if let Some(kind) = path.get(1).and_then(|name| shop::PartKind::find(above, name)) {
            return Some(Self { above, kind, owner: None, id: None });
        }
        let kind = path.get(2).and_then(|name| shop::PartKind::find(above, name))?;
        Some(Self { above, kind, owner: number(1), id: number(3) })
    }
}

/// The kind of records that the path names, behind what either world has before it.
pub(super) fn collection(call: &Call<'_>) -> Option<&'static shop::Kind> {
    call.segments().iter().rev().find_map(|segment| shop::Kind::find(stem(segment)))
}

/// A path segment without the extension that may say how the answer shall be written.
pub(super) fn stem(segment: &str) -> &str {
    segment.strip_suffix(".json").or_else(|| segment.strip_suffix(".xml")).unwrap_or(segment)
}
