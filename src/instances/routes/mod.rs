//! The paths of the API, as one table. What a path needs to be called with, it says by its handler's arguments.

mod calls;
mod configuration;
mod connectors;
mod defined;
mod described;
mod instances;
mod target;

use axum::{
    Router,
    extract::DefaultBodyLimit,
    middleware,
    routing::{any, delete, get, post, put},
};

use super::{
    Service, body,
    envelope::{negotiate, negotiate_later, seal},
};

/// 1.1
pub(super) const PREFIX: &str = "/elements/api-v2";

pub(crate) fn router(service: Service) -> Router {
    let api = instance_routes()
        .merge(connector_routes())
        .merge(defined_routes())
        .merge(described_routes())
        .merge(call_routes())
        .merge(page_routes());
    Router::new()
        .nest(PREFIX, api)
        .layer(DefaultBodyLimit::max(body::LIMIT))
        .layer(middleware::from_fn_with_state(service.clone(), seal))
        .with_state(service)
}

fn instance_routes() -> Router<Service> {
    use configuration::{all, change as change_entry, one};
    use instances::{
        account, change, count, create, create_at, disable, enable, list, of_connector, read, remove,
        replace, trace,
    };
    Router::new()
        .route("/instances", get(list).post(create).put(replace).patch(change).delete(remove))
        .route("/instances/count", get(count))
        .route("/instances/enabled", put(enable).delete(disable))
        .route("/instances/configuration", get(all))
        .route("/instances/configuration/{configId}", get(one).patch(change_entry))
        .route("/instances/{id}", get(read).put(replace).patch(change).delete(remove))
        .route("/instances/{id}/enabled", put(enable).delete(disable))
        .route("/instances/{id}/configuration", get(all))
        .route("/instances/{id}/configuration/{configId}", get(one).patch(change_entry))
        .route("/elements/{keyOrId}/instances", get(of_connector).post(create_at))
        .route("/elements/{keyOrId}/instances/{id}", get(read).put(replace).delete(remove))
        .route("/elements/{keyOrId}/trace/{traceId}", get(trace))
        .route("/accounts/instances", get(account))
        .route("/accounts/{accountId}/instances", get(account))
        .route_layer(middleware::from_fn(negotiate))
}

fn connector_routes() -> Router<Service> {
    use connectors::{
        all, all_metadata, authentication_configurations, authentication_types, configuration, copy, forget,
        keys, metadata, oauth_token, oauth_url, oauth_url_by_body, oauth_url_of_own_app, one,
    };
    Router::new()
        .route("/elements", get(all))
        .route("/elements/keys", get(keys))
        .route("/elements/metadata", get(all_metadata))
        .route("/elements/{keyOrId}", get(one).delete(forget))
        .route("/elements/{keyOrId}/clone", post(copy))
        .route("/elements/{keyOrId}/configuration", get(configuration))
        .route("/elements/{keyOrId}/authentication-types", get(authentication_types))
        .route(
            "/elements/{keyOrId}/authentication-types/{type}/configurations",
            get(authentication_configurations),
        )
        .route("/elements/{keyOrId}/metadata", get(metadata))
        .route("/elements/{keyOrId}/oauth/url", get(oauth_url).post(oauth_url_by_body))
        .route("/elements/{keyOrId}/oauth/url/default", get(oauth_url_of_own_app))
        .route("/elements/{keyOrId}/oauth/token", get(oauth_token))
        .route_layer(middleware::from_fn(negotiate))
}

fn described_routes() -> Router<Service> {
    use described::{definitions, of_connector, of_instance, openapi, operation};
    let mut routes = Router::new();
    for holder in ["/instances", "/instances/{id}"] {
        routes = routes
            .route(&format!("{holder}/docs"), get(of_instance))
            .route(&format!("{holder}/docs/{{operationId}}"), get(operation))
            .route(&format!("{holder}/docs/{{operationId}}/definitions"), get(definitions));
    }
    routes
        .route("/elements/{keyOrId}/docs", get(of_connector))
        .route("/openapi.json", get(openapi))
        .route_layer(middleware::from_fn(negotiate))
}

/// A page for people, which is not JSON.
fn page_routes() -> Router<Service> {
    use described::{page, page_file};
    Router::new()
        .route("/api-docs", get(page))
        .route("/api-docs/", get(page_file))
        .route("/api-docs/{file}", get(page_file))
}

fn defined_routes() -> Router<Service> {
    use defined::{
        define, definition, definitions, forget_definition, forget_transformation, forget_transformations,
        redefine, retransform, transform, transformation, transformations,
    };
    let mut routes = Router::new();
    let one_definition = || get(definition).post(define).put(redefine).delete(forget_definition);
    let one_transformation =
        || get(transformation).post(transform).put(retransform).delete(forget_transformation);
    for holder in ["/instances", "/instances/{id}", "/accounts", "/organizations"] {
        routes = routes
            .route(&format!("{holder}/objects/definitions"), get(definitions))
            .route(&format!("{holder}/objects/{{objectName}}/definitions"), one_definition());
    }
    for holder in
        ["/instances", "/instances/{id}", "/accounts/elements/{keyOrId}", "/organizations/elements/{keyOrId}"]
    {
        routes = routes
            .route(
                &format!("{holder}/transformations"),
                get(transformations).merge(delete(forget_transformations)),
            )
            .route(&format!("{holder}/transformations/{{objectName}}"), one_transformation());
    }
    routes.route_layer(middleware::from_fn(negotiate))
}

fn call_routes() -> Router<Service> {
    use calls::{file_metadata, metadata, objects, ping};
    Router::new()
        .route("/objects", get(objects))
        .route("/objects/{objectName}/metadata", get(metadata))
        .route("/hubs/{hub}/objects/{objectName}/metadata", get(metadata))
        .route("/ping", get(ping))
        .route("/hubs/{hub}/objects", get(objects))
        .route("/hubs/{hub}/ping", get(ping))
        .route("/hubs/{hub}/{object}/{objectId}/metadata", any(file_metadata))
        .route("/{object}/{objectId}/metadata", any(file_metadata))
        .route_layer(middleware::from_fn(negotiate))
        .merge(object_routes())
}

fn object_routes() -> Router<Service> {
    use calls::call;
    Router::new()
        .route("/hubs/{hub}/{object}", any(call))
        .route("/hubs/{hub}/{object}/{objectId}", any(call))
        .route("/{object}", any(call))
        .route("/{object}/{objectId}", any(call))
        .route("/hubs/{hub}/{object}/{objectId}/{child}", any(call))
        .route("/{object}/{objectId}/{child}", any(call))
        .route("/hubs/{hub}/{object}/{objectId}/{child}/{childId}", any(call))
        .route("/{object}/{objectId}/{child}/{childId}", any(call))
        .route_layer(middleware::from_fn(negotiate_later))
}
