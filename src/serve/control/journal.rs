//! A tenant's journal: asked, waited for, counted, exported.

#![expect(unused_qualifications, reason = "the macro that describes calls writes them")]

use std::time::Duration;

use axum::{Json, extract::RawQuery};
use serde_json::{Value, json};
use utoipa::IntoParams;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{at::At, error::ControlError};
use crate::{
    Stage, TenantHandle, Vendor, duration_text,
    journal::{Har, Query},
};

type Answer = Result<Json<Value>, ControlError>;

pub(super) fn routes() -> OpenApiRouter<Stage> {
    OpenApiRouter::new()
        .routes(routes!(list, clear))
        .routes(routes!(wait))
        .routes(routes!(count))
        .routes(routes!(one_refresh))
        .routes(routes!(har))
}

/// The terms by which calls are asked for; each narrows, and `parameter.NAME` and `header.NAME` are terms too
#[derive(IntoParams)]
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

/// The query's terms, but for those in `own`, which come back beside it.
fn asked(
    tenant: &TenantHandle,
    query: Option<&str>,
    own: &[&str],
) -> Result<(Query, Vec<(String, String)>), ControlError> {
    let mut calls = tenant.calls();
    let mut others = Vec::new();
    for (name, value) in form_urlencoded::parse(query.unwrap_or_default().as_bytes()) {
        if own.contains(&name.as_ref()) {
            others.push((name.into_owned(), value.into_owned()));
        } else {
            calls = calls.term(&name, &value)?;
        }
    }
    Ok((calls, others))
}

fn own<'o>(others: &'o [(String, String)], name: &str) -> Option<&'o str> {
    others.iter().find(|(of, _)| of == name).map(|(_, value)| value.as_str())
}

fn number(others: &[(String, String)], name: &'static str) -> Result<usize, ControlError> {
    let wanted = "a whole number";
    let value = own(others, name).ok_or(ControlError::Missing { name, wanted })?;
    value.parse().map_err(|_| ControlError::Query { name, value: value.to_owned(), wanted })
}

fn entries(list: &[std::sync::Arc<crate::journal::Entry>]) -> Vec<Value> {
    list.iter().map(|entry| entry.to_json()).collect()
}

/// The calls that reached a provider, what was decided and why, secrets masked
#[utoipa::path(get, path = "/journal", params(Terms), responses((status = 200, body = Value), (status = 400, description = "no such term")))]
async fn list(At(tenant): At, RawQuery(query): RawQuery) -> Answer {
    let (calls, _) = asked(&tenant, query.as_deref(), &[])?;
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

/// Wait until this many calls have come (`count`, within `timeout`, such as `5s`)
#[utoipa::path(get, path = "/journal/wait", params(Terms, ("count" = usize, Query), ("timeout" = Option<String>, Query)),
    responses((status = 200, body = Value), (status = 408, description = "too few came in time")))]
async fn wait(At(tenant): At, RawQuery(query): RawQuery) -> Answer {
    let (calls, others) = asked(&tenant, query.as_deref(), &["count", "timeout"])?;
    let count = number(&others, "count")?;
    let timeout = match own(&others, "timeout") {
        None => Duration::from_secs(5),
        Some(value) => duration_text::parse(value).map_err(|_| ControlError::Query {
            name: "timeout",
            value: value.to_owned(),
            wanted: "a duration such as 5s",
        })?,
    };
    let came = calls.wait_for(count, timeout).await?;
    Ok(Json(json!({ "entries": entries(&came) })))
}

/// Demand that exactly this many calls have come (`count`); the refusal tells which calls came near
#[utoipa::path(get, path = "/journal/assert-count", params(Terms, ("count" = usize, Query)),
    responses((status = 200, body = Value), (status = 409, description = "another number came")))]
async fn count(At(tenant): At, RawQuery(query): RawQuery) -> Answer {
    let (calls, others) = asked(&tenant, query.as_deref(), &["count"])?;
    let came = calls.check_count(number(&others, "count")?)?;
    Ok(Json(json!({ "entries": entries(&came) })))
}

/// Demand that calls which met a 401 (at least `under`) caused exactly one refresh at `vendor`
#[utoipa::path(get, path = "/journal/assert-one-refresh", params(Terms, ("under" = usize, Query)),
    responses((status = 200, body = Value), (status = 409, description = "none, several, or too few calls")))]
async fn one_refresh(At(tenant): At, RawQuery(query): RawQuery) -> Answer {
    let (calls, others) = asked(&tenant, query.as_deref(), &["vendor", "under"])?;
    let missing = ControlError::Missing { name: "vendor", wanted: "the key of a vendor, such as box" };
    let vendor: Vendor = own(&others, "vendor").ok_or(missing)?.parse()?;
    let refresh = calls.check_one_refresh(vendor, number(&others, "under")?)?;
    Ok(Json(json!({ "refresh": refresh.to_json() })))
}

/// The calls as HAR 1.2, secrets masked
#[utoipa::path(get, path = "/journal/har", params(Terms), responses((status = 200, body = Value)))]
async fn har(At(tenant): At, RawQuery(query): RawQuery) -> Result<Json<Har>, ControlError> {
    let (calls, _) = asked(&tenant, query.as_deref(), &[])?;
    Ok(Json(calls.har()))
}
