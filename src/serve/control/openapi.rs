//! The control API's description of itself.

use axum::{Json, Router, routing::get};
use utoipa::openapi::{
    Info, InfoBuilder, ObjectBuilder, OpenApi, OpenApiBuilder, Required, Type,
    path::{ParameterBuilder, ParameterIn},
};

pub(super) fn base() -> OpenApi {
    let info: Info = InfoBuilder::new()
        .title("rehearsal: control API")
        .version(env!("CARGO_PKG_VERSION"))
        .description(Some(
            "What tests do by hand: tenants, apps, users, codes, tokens, time, faults, and the journal. Every call under \
             /v1 acts on the default tenant; the same under /v1/tenants/{tenant} acts on the one named.",
        ))
        .build();
    OpenApiBuilder::new().info(info).build()
}

/// Serves the description.
pub(super) fn route(mut api: OpenApi) -> Router {
    for (path, item) in &mut api.paths.paths {
        if path.contains("{tenant}") {
            let name = ParameterBuilder::new()
                .name("tenant")
                .parameter_in(ParameterIn::Path)
                .required(Required::True)
                .description(Some("The tenant's name"))
                .schema(Some(ObjectBuilder::new().schema_type(Type::String).build()))
                .build();
            item.parameters.get_or_insert_default().push(name.into());
        }
    }
    Router::new().route("/v1/openapi.json", get(|| async { Json(api) }))
}
