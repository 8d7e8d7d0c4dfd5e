//! The control API's description of itself.

use utoipa::openapi::{
    Info, InfoBuilder, ObjectBuilder, OpenApi, Required, Type,
    path::{ParameterBuilder, ParameterIn},
};
use utoipa_axum::router::OpenApiRouter;

/// The description of these calls.
pub(super) fn described<S: Clone + Send + Sync + 'static>(calls: OpenApiRouter<S>) -> OpenApi {
    let mut api = calls.into_openapi();
    api.info = info();
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
    api
}

fn info() -> Info {
    InfoBuilder::new()
        .title("rehearsal: control API")
        .version(env!("CARGO_PKG_VERSION"))
        .description(Some(
            "What tests do by hand: tenants, apps, users, codes, tokens, time, faults, and the journal. Every call under \
             /v1 acts on the default tenant; the same under /v1/tenants/{tenant} acts on the one named.",
        ))
        .build()
}
