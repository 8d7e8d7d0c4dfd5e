//! A tenant's faults.

use axum::{Json, extract::Path};
use serde::Deserialize;
use serde_json::{Value, json};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    at::{At, Body},
    error::ControlError,
};
use crate::{Fault, Stage, Vendor, fault::DeclaredFault};

pub(super) fn add(router: OpenApiRouter<Stage>) -> OpenApiRouter<Stage> {
    router.routes(routes!(list, inject, clear)).routes(routes!(remove)).routes(routes!(operations))
}

/// All faults with their numbers and how often they struck
#[utoipa::path(get, path = "/faults", responses((status = 200, body = Value)))]
async fn list(At(tenant): At) -> Json<Value> {
    let faults: Vec<_> =
        tenant.faults().list().iter().map(|(number, fault)| as_json(*number, fault)).collect();
    Json(json!({ "faults": faults }))
}

fn as_json(number: u64, fault: &Fault) -> Value {
    let declared = DeclaredFault::from(fault);
    json!({
        "number": number,
        "fault": declared,
        "met": fault.met(),
        "struck": fault.struck(),
        "spent": fault.is_spent(),
    })
}

/// Let something go wrong on purpose, as docs/control.md describes
#[utoipa::path(post, path = "/faults", request_body = Value,
    responses((status = 200, body = Value), (status = 400, description = "no such effect, or no such operation")))]
async fn inject(At(tenant): At, Body(declared): Body<DeclaredFault>) -> Result<Json<Value>, ControlError> {
    let number = tenant.inject(declared.into())?;
    Ok(Json(json!({ "number": number })))
}

/// Remove all faults
#[utoipa::path(delete, path = "/faults", responses((status = 200, body = Value)))]
async fn clear(At(tenant): At) -> Json<Value> {
    tenant.faults().clear();
    Json(json!({ "faults": [] }))
}

#[derive(Deserialize)]
struct Numbered {
    number: String,
}

/// Remove one fault
#[utoipa::path(delete, path = "/faults/{number}", params(("number" = u64, Path)),
    responses((status = 200, body = Value), (status = 404, description = "no such fault")))]
async fn remove(At(tenant): At, Path(path): Path<Numbered>) -> Result<Json<Value>, ControlError> {
    let removed = path.number.parse().is_ok_and(|number| tenant.faults().remove(number));
    if removed { Ok(Json(json!({ "removed": true }))) } else { Err(ControlError::NoFault(path.number)) }
}

#[derive(Deserialize)]
struct OfVendor {
    vendor: String,
}

/// The names of a vendor's operations, as faults and the journal call them
#[utoipa::path(get, path = "/operations/{vendor}", params(("vendor" = String, Path)), responses((status = 200, body = Value)))]
async fn operations(At(tenant): At, Path(path): Path<OfVendor>) -> Result<Json<Value>, ControlError> {
    let vendor: Vendor = path.vendor.parse()?;
    Ok(Json(json!({ "vendor": vendor.key(), "operations": tenant.operations(vendor) })))
}
