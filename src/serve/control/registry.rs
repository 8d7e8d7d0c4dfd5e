//! Who takes part: a tenant's apps and users.

#![expect(unused_qualifications, reason = "the macro that describes calls writes them")]

use axum::Json;
use serde::Deserialize;
use serde_json::{Value, json};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    at::{At, Body, Params},
    error::ControlError,
};
use crate::{
    Stage, Vendor,
    oauth::{App, Flow, User},
    providers::{self, bigcommerce},
    secret::Exposed,
};

type Answer = Result<Json<Value>, ControlError>;

pub(super) fn add(router: OpenApiRouter<Stage>) -> OpenApiRouter<Stage> {
    router
        .routes(routes!(apps, register_app))
        .routes(routes!(deactivate_app))
        .routes(routes!(register_user))
        .routes(routes!(deactivate_user))
        .routes(routes!(change_password))
}

#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "describes the query; it is read by name")]
struct OfVendor {
    /// One of `adobe-sign`, `bigcommerce`, `box`, `egnyte`, `salesforce`, `quickbooks`
    vendor: String,
}

/// The apps that are registered at a vendor
#[utoipa::path(get, path = "/apps", params(OfVendor), responses((status = 200, body = Value)))]
async fn apps(At(tenant): At, params: Params) -> Answer {
    params.only(&["vendor"])?;
    let vendor: Vendor = params.needed("vendor", "the key of a vendor, such as box")?.parse()?;
    let apps: Vec<_> = tenant.apps(vendor).iter().map(|app| as_json(vendor, app)).collect();
    Ok(Json(json!({ "apps": apps })))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewApp {
    #[schema(value_type = String)]
    vendor: Vendor,
    client_id: Option<String>,
    #[schema(value_type = Option<String>)]
    client_secret: Option<Exposed>,
    name: Option<String>,
    redirect_uris: Option<Vec<String>>,
    scopes: Option<Vec<String>>,
    /// `code`, `password` or `server`: the flow it is registered for
    #[schema(value_type = Option<String>)]
    flow: Option<Flow>,
}

/// Register an app; what is left out is made in the vendor's look
#[utoipa::path(post, path = "/apps", request_body = NewApp,
    responses((status = 200, body = Value), (status = 409, description = "another tenant has the client id")))]
async fn register_app(At(tenant): At, Body(asked): Body<NewApp>) -> Answer {
    if asked.client_id.as_deref() == Some("") {
        return Err(ControlError::Empty("client_id"));
    }
    let usual = tenant.new_app(asked.vendor);
    let flow = asked.flow.unwrap_or(usual.flow);
    let redirects = providers::redirects_by_default(asked.vendor, flow);
    let app = App {
        client_id: asked.client_id.map_or(usual.client_id, Into::into),
        client_secret: asked.client_secret.map_or(usual.client_secret, |Exposed(secret)| secret),
        name: asked.name.unwrap_or(usual.name),
        redirect_uris: asked.redirect_uris.unwrap_or(if redirects {
            usual.redirect_uris
        } else {
            Vec::new()
        }),
        scopes: asked.scopes.unwrap_or(usual.scopes),
        flow,
        active: true,
    };
    let app = tenant.register_app(asked.vendor, app)?;
    Ok(Json(as_json(asked.vendor, &app)))
}

fn as_json(vendor: Vendor, app: &App) -> Value {
    json!({
        "vendor": vendor.key(),
        "client_id": &*app.client_id,
        "client_secret": app.client_secret.expose(),
        "name": app.name,
        "redirect_uris": app.redirect_uris,
        "scopes": app.scopes,
        "active": app.active,
    })
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct AppNamed {
    #[schema(value_type = String)]
    vendor: Vendor,
    /// The demo app's if it is left out
    client_id: Option<String>,
}

/// Switch an app off, as an administrator would; its codes and tokens die
#[utoipa::path(post, path = "/apps/deactivate", request_body = AppNamed, responses((status = 200, body = Value)))]
async fn deactivate_app(At(tenant): At, Body(asked): Body<AppNamed>) -> Answer {
    let client_id = asked.client_id.unwrap_or_else(|| tenant.demo(asked.vendor).client_id);
    tenant.deactivate_app(asked.vendor, &client_id)?;
    Ok(Json(json!({ "vendor": asked.vendor.key(), "client_id": client_id, "active": false })))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewUser {
    #[schema(value_type = String)]
    vendor: Vendor,
    login: Option<String>,
    #[schema(value_type = Option<String>)]
    password: Option<Exposed>,
    name: Option<String>,
    email: Option<String>,
    /// The customer account: Egnyte's domain, BigCommerce's store hash, Salesforce's org id
    realm: Option<String>,
}

/// Register a user; what is left out is made in the vendor's look
#[utoipa::path(post, path = "/users", request_body = NewUser,
    responses((status = 200, body = Value), (status = 409, description = "another tenant has the domain, store or account name")))]
async fn register_user(At(tenant): At, Body(asked): Body<NewUser>) -> Answer {
    if asked.login.as_deref() == Some("") {
        return Err(ControlError::Empty("login"));
    }
    let usual = tenant.new_user(asked.vendor);
    let user = User {
        login: asked.login.map_or(usual.login, Into::into),
        password: asked.password.map_or(usual.password, |Exposed(secret)| secret),
        name: asked.name.unwrap_or(usual.name),
        email: asked.email.unwrap_or(usual.email),
        realm: asked.realm.unwrap_or(usual.realm),
        id: usual.id,
        death: None,
    };
    let user = tenant.register_user(asked.vendor, user)?;
    let mut answer = json!({
        "vendor": asked.vendor.key(),
        "id": user.id,
        "login": &*user.login,
        "password": user.password.expose(),
        "name": user.name,
        "email": user.email,
        "realm": user.realm,
    });
    if asked.vendor == Vendor::BigCommerce {
        answer["api_path"] = bigcommerce::api_path(&user).into();
    }
    Ok(Json(answer))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct UserNamed {
    #[schema(value_type = String)]
    vendor: Vendor,
    /// The demo user's if it is left out
    login: Option<String>,
}

/// Switch a user off, or delete a legacy account; what depends on it dies
#[utoipa::path(post, path = "/users/deactivate", request_body = UserNamed, responses((status = 200, body = Value)))]
async fn deactivate_user(At(tenant): At, Body(asked): Body<UserNamed>) -> Answer {
    let login = asked.login.unwrap_or_else(|| tenant.demo(asked.vendor).login);
    tenant.deactivate_user(asked.vendor, &login)?;
    Ok(Json(json!({ "vendor": asked.vendor.key(), "login": login, "active": false })))
}

/// Give a user a new password, for BigCommerce a new API token; what depended on the old one dies
#[utoipa::path(post, path = "/passwords", request_body = UserNamed, responses((status = 200, body = Value)))]
async fn change_password(At(tenant): At, Body(asked): Body<UserNamed>) -> Answer {
    let login = asked.login.unwrap_or_else(|| tenant.demo(asked.vendor).login);
    let password = tenant.change_password(asked.vendor, &login)?;
    Ok(Json(json!({ "vendor": asked.vendor.key(), "login": login, "password": password.expose() })))
}
