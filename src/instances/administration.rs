//! Callers and organizations of a running service: listed, added, and given new secrets.
//!
//! The real service does this in its console. Here it is an API of its own, for the address that tests control
//! everything by, not for the one that callers use.

use std::fmt;

use axum::{
    Json, Router,
    extract::{Path, State},
    routing::{get, post},
};
use http::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    Caller, Role, Service,
    store::{Account, CallerId, OrganizationId},
};
use crate::{Mint, Secret, mint};

/// Who is added. What is left out is made up.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Added {
    /// The secret of an organization that is there already, or of a new one.
    organization_secret: Option<String>,
    /// `administrator`, `user` or `reader`.
    role: Option<String>,
    email_address: Option<String>,
    first_name: Option<String>,
    last_name: Option<String>,
}

type Refusal = (StatusCode, Json<Value>);

fn refuse(status: StatusCode, problem: &dyn fmt::Display) -> Refusal {
    (status, Json(json!({ "error": problem.to_string() })))
}

/// `/callers` and `/organizations`.
pub(super) fn router(service: Service) -> Router {
    Router::new()
        .route("/callers", get(list).post(add))
        .route("/callers/{number}/secret", post(reset_user))
        .route("/organizations/{number}/secret", post(reset_organization))
        .with_state(service)
}

async fn list(State(service): State<Service>) -> Json<Value> {
    let callers = service.store().accounts();
    Json(callers.iter().map(|(id, account)| shown(*id, account)).collect())
}

fn shown(id: CallerId, account: &Account) -> Value {
    json!({
        "number": id.0,
        "organization": account.organization.0,
        "id": account.id,
        "emailAddress": account.email_address,
        "firstName": account.first_name,
        "lastName": account.last_name,
        "privileges": account.role,
    })
}

/// Answers the secrets, which are shown this once.
async fn add(State(service): State<Service>, Json(added): Json<Added>) -> Result<Json<Value>, Refusal> {
    let role: Role = match added.role.as_deref().map(str::parse) {
        None => Role::administrator(),
        Some(Ok(role)) => role,
        Some(Err(unknown)) => return Err(refuse(StatusCode::BAD_REQUEST, &unknown)),
    };
    let mint = service.mint();
    let organization = added.organization_secret.unwrap_or_else(|| organization_secret(mint));
    let mut caller = Caller::new(user_secret(mint), organization);
    caller.check().map_err(|problem| refuse(StatusCode::BAD_REQUEST, &problem))?;
    caller.role = role;
    caller.id += service.store().accounts().len() as u64;
    caller.email_address = added.email_address.unwrap_or(caller.email_address);
    caller.first_name = added.first_name.unwrap_or(caller.first_name);
    caller.last_name = added.last_name.unwrap_or(caller.last_name);
    let (user, organization) = (caller.user_secret.clone(), caller.organization_secret.clone());
    let kept = service.store().admit(caller).await.map_err(|error| refuse(error.status(), &error))?;
    let id = kept.ok_or_else(|| {
        refuse(StatusCode::CONFLICT, &"the user secret is taken, or the organization secret was reset")
    })?;
    let account = service.store().account(id).ok_or_else(|| refuse(StatusCode::CONFLICT, &"it is gone"))?;
    let mut answer = shown(id, &account);
    answer["userSecret"] = user.expose().into();
    answer["organizationSecret"] = organization.expose().into();
    Ok(Json(answer))
}

async fn reset_user(State(service): State<Service>, Path(number): Path<u64>) -> Result<Json<Value>, Refusal> {
    let secret = Secret::from(user_secret(service.mint()));
    let kept = service.store().reset_user_secret(CallerId(number), &secret).await;
    let kept = kept.map_err(|error| refuse(error.status(), &error))?;
    kept.ok_or_else(|| refuse(StatusCode::NOT_FOUND, &"there is no caller with this number"))?;
    Ok(Json(json!({ "userSecret": secret.expose() })))
}

async fn reset_organization(
    State(service): State<Service>,
    Path(number): Path<u64>,
) -> Result<Json<Value>, Refusal> {
    let secret = Secret::from(organization_secret(service.mint()));
    let kept = service.store().reset_organization_secret(OrganizationId(number), &secret).await;
    let kept = kept.map_err(|error| refuse(error.status(), &error))?;
    kept.ok_or_else(|| refuse(StatusCode::NOT_FOUND, &"there is no organization with this number"))?;
    Ok(Json(json!({ "organizationSecret": secret.expose() })))
}

/// 44 characters, the size seen at the real service (1.2).
fn user_secret(mint: &Mint) -> String {
    mint.text(mint::ALPHANUMERIC, 44)
}

/// 32 hexadecimal digits (1.2).
fn organization_secret(mint: &Mint) -> String {
    mint.text(mint::HEX, 32)
}
