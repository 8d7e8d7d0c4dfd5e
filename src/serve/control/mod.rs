//! The control API: what tests do by hand, over HTTP and on a port of its own. Described in `docs/control.md`.

mod at;
mod clock;
mod credentials;
mod error;
mod faults;
mod guard;
mod journal;
mod openapi;
mod registry;
mod rules;
mod store;
mod tenants;

use axum::{Json, Router, extract::Request, middleware, routing::get};
use utoipa_axum::router::OpenApiRouter;

use crate::Stage;
use error::ControlError;

pub use guard::Access;

/// The control API of `stage`, for those whom `access` lets in.
pub fn router(stage: Stage, access: Access) -> Router {
    router_beside(stage, access, Router::new())
}

/// The same, with `further` routes under `/v1` that the same guard stands before.
pub(crate) fn router_beside(stage: Stage, access: Access, further: Router) -> Router {
    Router::from(calls())
        .with_state(stage)
        // Made when it is asked for: few ask, and it is larger than all else that is there at the start.
        .route("/v1/openapi.json", get(async || Json(openapi::described(calls()))))
        .nest("/v1", further)
        .fallback(no_route)
        .method_not_allowed_fallback(no_route)
        .layer(middleware::from_fn_with_state(access, guard::guard))
}

/// Every call with its description. What acts on a tenant is there twice: for the default one, and for one by name.
fn calls() -> OpenApiRouter<Stage> {
    tenants::add_of_all(OpenApiRouter::new())
        .nest("/v1", of_a_tenant())
        .nest("/v1/tenants/{tenant}", of_a_tenant())
}

/// All go into one router: to merge routers moves every description once more.
fn of_a_tenant() -> OpenApiRouter<Stage> {
    let areas = [
        tenants::add_of_one,
        clock::add,
        registry::add,
        credentials::add,
        rules::add,
        faults::add,
        journal::add,
        store::add,
    ];
    areas.into_iter().fold(OpenApiRouter::new(), |router, add| add(router))
}

async fn no_route(request: Request) -> ControlError {
    ControlError::NoRoute { method: request.method().clone(), path: request.uri().path().to_owned() }
}
