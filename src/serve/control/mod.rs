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
mod store;
mod tenants;

use axum::{Router, extract::Request, middleware};
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
    let (router, api) = described().with_state(stage).split_for_parts();
    router
        .merge(openapi::route(api))
        .nest("/v1", further)
        .fallback(no_route)
        .method_not_allowed_fallback(no_route)
        .layer(middleware::from_fn_with_state(access, guard::guard))
}

/// Every call with its description. What acts on a tenant is there twice: for the default one, and for one by name.
fn described() -> OpenApiRouter<Stage> {
    let of_a_tenant = || {
        OpenApiRouter::new()
            .merge(tenants::of_one())
            .merge(clock::routes())
            .merge(registry::routes())
            .merge(credentials::routes())
            .merge(faults::routes())
            .merge(journal::routes())
            .merge(store::routes())
    };
    OpenApiRouter::with_openapi(openapi::base())
        .merge(tenants::of_all())
        .nest("/v1", of_a_tenant())
        .nest("/v1/tenants/{tenant}", of_a_tenant())
}

async fn no_route(request: Request) -> ControlError {
    ControlError::NoRoute { method: request.method().clone(), path: request.uri().path().to_owned() }
}
