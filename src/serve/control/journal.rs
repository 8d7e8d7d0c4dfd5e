//! A tenant's journal: asked, waited for, counted, exported.

#![expect(unused_qualifications, reason = "the macro that describes calls writes them")]

use std::time::Duration;

use axum::Json;
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::sync::Semaphore;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    at::{At, Body, Params},
    error::ControlError,
};
use crate::{
    Stage, TenantHandle, Vendor, duration_text,
    journal::{Bounds, Har, Query},
    stage::HandError,
};

type Answer = Result<Json<Value>, ControlError>;

pub(super) fn add(router: OpenApiRouter<Stage>) -> OpenApiRouter<Stage> {
    router
        .routes(routes!(list, clear))
        .routes(routes!(wait))
        .routes(routes!(count))
        .routes(routes!(one_refresh))
        .routes(routes!(har))
        .routes(routes!(bounds, set_bounds))
}

/// The terms by which calls are asked for; each narrows, and `parameter.NAME` and `header.NAME` are terms too
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "describes the query; the terms are read by the journal itself")]
struct Terms {
    vendor: Option<String>,
    operation: Option<String>,
    /// `served`, `refused`, `faulted` or `no-route`
    verdict: Option<String>,
    /// `401`, `4xx` or `400-499`
    status: Option<String>,
    method: Option<String>,
    /// A path, in which `*` stands for anything
    path: Option<String>,
    /// Only what came after the entry of this number
    since: Option<u64>,
}

/// The calls that the query's terms ask for; the parameters in `own` are no terms.
fn asked(tenant: &TenantHandle, params: &Params, own: &[&str]) -> Result<Query, ControlError> {
    let mut calls = tenant.calls();
    for (name, value) in params.others(own) {
        calls = calls.term(name, value)?;
    }
    if let Some(operation) = params.get("operation") {
        let vendors = match params.get("vendor") {
            Some(vendor) => vec![vendor.parse()?],
            None => Vendor::ALL.to_vec(),
        };
        if !vendors.iter().any(|vendor| tenant.operations(*vendor).contains(&operation)) {
            // Nothing could ever match, and an assertion of no calls would hold for ever.
            return Err(match vendors[..] {
                [vendor] => {
                    HandError::NoOperation(vendor, operation.to_owned(), tenant.operations(vendor)).into()
                }
                _ => ControlError::NoOperation(operation.to_owned()),
            });
        }
    }
    Ok(calls)
}

fn number(params: &Params, name: &'static str) -> Result<usize, ControlError> {
    let wanted = "a whole number";
    let value = params.needed(name, wanted)?;
    value.parse().map_err(|_| ControlError::Query { name, value: value.to_owned(), wanted })
}

fn entries(list: &[std::sync::Arc<crate::journal::Entry>]) -> Vec<Value> {
    list.iter().map(|entry| entry.to_json()).collect()
}

/// The calls that reached a provider, what was decided and why, secrets masked
#[utoipa::path(get, path = "/journal", params(Terms), responses((status = 200, body = Value), (status = 400, description = "no such term")))]
async fn list(At(tenant): At, params: Params) -> Answer {
    let calls = asked(&tenant, &params, &[])?;
    Ok(Json(
        json!({ "entries": entries(&calls.list()), "mark": tenant.journal().mark(), "dropped": calls.dropped() }),
    ))
}

/// Forget all entries; numbers go on
#[utoipa::path(delete, path = "/journal", responses((status = 200, body = Value)))]
async fn clear(At(tenant): At) -> Json<Value> {
    tenant.journal().clear();
    Json(json!({ "entries": [] }))
}

/// A client may be gone, and nobody notices before that.
const LONGEST_WAIT: Duration = Duration::from_secs(600);

/// Each wait takes a thread.
const MOST_WAITS: usize = 256;
static WAITS: Semaphore = Semaphore::const_new(MOST_WAITS);

/// Wait until this many calls have come (`count`, within `timeout`, such as `5s`)
#[utoipa::path(get, path = "/journal/wait", params(Terms, ("count" = usize, Query), ("timeout" = Option<String>, Query)),
    responses((status = 200, body = Value), (status = 408, description = "too few came in time")))]
async fn wait(At(tenant): At, params: Params) -> Answer {
    let calls = asked(&tenant, &params, &["count", "timeout"])?;
    let count = number(&params, "count")?;
    let timeout = match params.get("timeout") {
        None => Duration::from_secs(5),
        Some(value) => duration_text::parse(value)
            .ok()
            .filter(|timeout| *timeout <= LONGEST_WAIT)
            .ok_or_else(|| ControlError::Query {
                name: "timeout",
                value: value.to_owned(),
                wanted: "a duration such as 5s, and at most 10m",
            })?,
    };
    let _waiting = WAITS.try_acquire().map_err(|_| ControlError::TooManyWait(MOST_WAITS))?;
    let came = calls.wait_for(count, timeout).await?;
    Ok(Json(json!({ "entries": entries(&came) })))
}

/// Demand that exactly this many calls have come (`count`); the refusal tells which calls came near
#[utoipa::path(get, path = "/journal/assert-count", params(Terms, ("count" = usize, Query)),
    responses((status = 200, body = Value), (status = 409, description = "another number came")))]
async fn count(At(tenant): At, params: Params) -> Answer {
    let calls = asked(&tenant, &params, &["count"])?;
    let came = calls.check_count(number(&params, "count")?)?;
    Ok(Json(json!({ "entries": entries(&came) })))
}

/// Demand that calls which met a 401 (at least `under`) caused exactly one refresh at `vendor`; the other terms of the
/// journal narrow further
#[utoipa::path(get, path = "/journal/assert-one-refresh",
    params(("vendor" = String, Query), ("under" = usize, Query), ("since" = Option<u64>, Query)),
    responses((status = 200, body = Value), (status = 409, description = "none, several, or too few calls")))]
async fn one_refresh(At(tenant): At, params: Params) -> Answer {
    let calls = asked(&tenant, &params, &["vendor", "under"])?;
    let vendor: Vendor = params.needed("vendor", "the key of a vendor, such as box")?.parse()?;
    let refresh = calls.check_one_refresh(vendor, number(&params, "under")?)?;
    Ok(Json(json!({ "refresh": refresh.to_json() })))
}

/// The calls as HAR 1.2, secrets masked
#[utoipa::path(get, path = "/journal/har", params(Terms), responses((status = 200, body = Value)))]
async fn har(At(tenant): At, params: Params) -> Result<Json<Har>, ControlError> {
    let calls = asked(&tenant, &params, &[])?;
    Ok(Json(calls.har()))
}

/// How much the journal keeps; the oldest entries go first
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewBounds {
    /// Entries at the most; as it was if left out
    entries: Option<usize>,
    /// Bytes of bodies at the most; as it was if left out
    bytes: Option<usize>,
}

/// How much the journal keeps
#[utoipa::path(get, path = "/journal/bounds", responses((status = 200, body = Value)))]
async fn bounds(At(tenant): At) -> Json<Value> {
    Json(json!(tenant.journal().bounds()))
}

/// Change how much the journal keeps; what is over goes at once
#[utoipa::path(put, path = "/journal/bounds", request_body = NewBounds, responses((status = 200, body = Value)))]
async fn set_bounds(At(tenant): At, Body(asked): Body<NewBounds>) -> Json<Value> {
    let Bounds { entries, bytes } = tenant.journal().bounds();
    let bounds = Bounds { entries: asked.entries.unwrap_or(entries), bytes: asked.bytes.unwrap_or(bytes) };
    tenant.journal().set_bounds(bounds);
    Json(json!(bounds))
}
