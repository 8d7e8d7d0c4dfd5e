//! The gateway that apps come through: `X-Auth-Token`, the store in the path, scopes, and a quota for each store.

use std::sync::Arc;

use http::{Method, StatusCode, header};

use crate::{
    exchange::Reply,
    oauth::Grant,
    providers::{
        bigcommerce::{
            Operation, Site,
            api::{self, Asked},
            errors,
            quota::{Left, WINDOW_MS},
            routes,
            shop::Links,
        },
        call::Call,
        house::Answer,
    },
};

/// The gateway's own clock, for anybody: a bare integer of milliseconds (BC-062).
pub(super) fn time(site: &Site) -> Reply {
    let now = site.auth.clock().now().as_millis().to_string();
    Reply::new(StatusCode::OK, "application/json", now)
}

/// The checks stand in the order in which the gateway makes them.
pub(super) fn answer(operation: Operation, call: &Call<'_>, site: &Site) -> Answer {
    if matches!(operation, Operation::NotFound | Operation::WrongMethod) {
        return Err(errors::no_route()); // BC-047, BC-048
    }
    let grant = signed_in(call, site)?;
    let segments = call.segments();
    let hash = segments.get(1).copied().unwrap_or_default();
    if grant.realm.is_empty() {
        return Err(errors::forbidden("the token is bound to no store")); // BC-035
    }
    if *grant.realm != *hash {
        return Err(errors::forbidden("the token belongs to another store")); // BC-049
    }
    if let Some(scope) = lacking(operation, call, &grant) {
        return Err(errors::forbidden(format!("the token lacks the scope {scope}"))); // BC-051, BC-052
    }
    let limit = site.switches().calls_per_window;
    let left = {
        let mut quotas = site.quotas();
        quotas.spend_in_store(&grant.realm, site.auth.clock().now(), limit)
    };
    if left.calls.is_none() {
        return Err(over_quota(left, limit));
    }
    let links = Links { base: format!("{}/stores/{hash}/v2", call.base()), extension: "" }; // BC-016
    let found = api::resource(&Asked { operation, call, hash: &grant.realm, links }, site);
    let found = found.map_err(|problem| {
        let reply = Reply::new(problem.status, "application/json", problem.body.to_string());
        with_quota(reply.refused(problem.reason), left, limit)
    })?;
    let mut reply = match &found.body {
        Some(body) => Reply::new(found.status, "application/json", body.to_string()),
        None => Reply::empty(found.status),
    };
    if let Some(location) = &found.location {
        reply = reply.with(header::LOCATION, location);
    }
    Ok(with_quota(reply, left, limit))
}

/// What the token stands for. `X-Auth-Client` is not looked at (BC-050).
fn signed_in(call: &Call<'_>, site: &Site) -> Result<Arc<Grant>, Reply> {
    match call.header("x-auth-token") {
        None => Err(errors::token_required()),
        Some("") => Err(errors::token_malformed()),
        Some(token) => site.auth.ledger().admit(token).map_err(errors::unauthorized),
    }
}

/// The scope that the operation needs and the grant has not. A read-only twin lets reading through (BC-052).
fn lacking(operation: Operation, call: &Call<'_>, grant: &Grant) -> Option<&'static str> {
    use Operation as Op;
    let scope = match operation {
        Op::Store => "store_v2_information",
        Op::Products
        | Op::Product
        | Op::ProductCount
        | Op::CreateProduct
        | Op::UpdateProduct
        | Op::DeleteProduct
        | Op::CatalogProducts
        | Op::CatalogProduct => "store_v2_products",
        Op::Orders
        | Op::Order
        | Op::OrderCount
        | Op::CreateOrder
        | Op::UpdateOrder
        | Op::DeleteOrder
        | Op::OrderStatuses => "store_v2_orders",
        Op::Collection
        | Op::CollectionCount
        | Op::CollectionRecord
        | Op::CreateInCollection
        | Op::UpdateInCollection
        | Op::DeleteFromCollection => routes::collection(call)?.scope,
        Op::Parts | Op::PartCount | Op::Part | Op::CreatePart | Op::UpdatePart | Op::DeletePart => {
            routes::PartPath::of(call)?.kind.scope
        }
        Op::Customers
        | Op::Customer
        | Op::CustomerCount
        | Op::CreateCustomer
        | Op::UpdateCustomer
        | Op::DeleteCustomer => "store_v2_customers",
        Op::CreateCart => "store_cart",
        _ => return None, // BC-053
    };
    let reads = matches!(*call.method(), Method::GET | Method::HEAD);
    let granted = grant.has_scope(scope) || reads && grant.has_scope(&format!("{scope}_read_only"));
    (!granted).then_some(scope)
}

/// The store's calls are used up until its window ends (BC-055).
pub(super) fn over_quota(left: Left, limit: u32) -> Reply {
    let seconds = u64::try_from(left.reset_ms).unwrap_or(0).div_ceil(1000);
    with_quota(errors::too_many_requests().with_static("x-retry-after", &seconds.to_string()), left, limit)
}

/// BC-054
fn with_quota(reply: Reply, left: Left, limit: u32) -> Reply {
    reply
        .with_static("x-rate-limit-time-window-ms", &WINDOW_MS.to_string())
        .with_static("x-rate-limit-time-reset-ms", &left.reset_ms.to_string())
        .with_static("x-rate-limit-requests-quota", &limit.to_string())
        .with_static("x-rate-limit-requests-left", &left.calls.unwrap_or(0).to_string())
}
