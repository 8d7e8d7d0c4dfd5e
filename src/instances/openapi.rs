//! The service's description of itself. One table names every operation; a test asks the service for each.

use std::sync::LazyLock;

use serde_json::Value;
use utoipa::openapi::{
    ContentBuilder, InfoBuilder, OpenApi, OpenApiBuilder, PathItem, Ref, RefOr, Required, ResponseBuilder,
    ResponsesBuilder, ServerBuilder,
    path::{HttpMethod, Operation, OperationBuilder, ParameterBuilder, ParameterIn, PathsBuilder},
    request_body::RequestBodyBuilder,
    schema::{ArrayBuilder, ComponentsBuilder, ObjectBuilder, Schema, Type},
    security::{ApiKey, ApiKeyValue, SecurityRequirement, SecurityScheme},
};

use super::routes::PREFIX;

/// What an operation answers when all is well.
#[derive(Clone, Copy, Debug)]
enum Answer {
    Any,
    Empty,
    Instance,
    Instances,
    List,
    Object,
}

/// Whether it takes a body.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Takes {
    Nothing,
    Object,
    /// Anything at all, or nothing: deletions, and the like.
    Whatever,
}

/// One entry of the table.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Entry {
    method: &'static str,
    pub(crate) path: &'static str,
    summary: &'static str,
    takes: Takes,
    answer: Answer,
    query: &'static [&'static str],
    headers: &'static [&'static str],
}

const fn get(path: &'static str, summary: &'static str, answer: Answer) -> Entry {
    Entry { method: "get", path, summary, takes: Takes::Nothing, answer, query: &[], headers: &[] }
}

const fn with_body(method: &'static str, path: &'static str, summary: &'static str, answer: Answer) -> Entry {
    Entry { method, path, summary, takes: Takes::Object, answer, query: &[], headers: &[] }
}

const fn plain(method: &'static str, path: &'static str, summary: &'static str) -> Entry {
    Entry { method, path, summary, takes: Takes::Whatever, answer: Answer::Empty, query: &[], headers: &[] }
}

impl Entry {
    const fn asking(self, query: &'static [&'static str]) -> Self {
        Self { query, ..self }
    }

    const fn told(self, headers: &'static [&'static str]) -> Self {
        Self { headers, ..self }
    }
}

const SEARCH: &[&str] = &["tags[]", "searchText", "pageSize", "nextPage", "hydrate"];
const FILE: &[&str] = &["path", "folderId", "overwrite"];
const PAGES: &[&str] = &["pageSize", "nextPage"];
const REAUTHENTICATE: &[&str] = &["reAuthenticate"];
const VERSION: &[&str] = &["Elements-Version"];
const DOCS: &[&str] = &["baseUrl"];
const OAUTH: &[&str] = &[
    "apiKey",
    "apiSecret",
    "callbackUrl",
    "scope",
    "state",
    "subdomain",
    "siteAddress",
    "requestToken",
    "authentication.type",
];

const ENTRIES: &[Entry] = &[
    get("/instances", "List instances", Answer::Instances).asking(SEARCH),
    with_body("post", "/instances", "Make an instance", Answer::Instance),
    with_body("put", "/instances", "Change the token's instance", Answer::Instance).asking(REAUTHENTICATE),
    with_body("patch", "/instances", "Change or re-authenticate the token's instance", Answer::Instance),
    plain("delete", "/instances", "Delete the token's instance"),
    get("/instances/count", "Count instances", Answer::Object),
    plain("put", "/instances/enabled", "Enable the token's instance"),
    plain("delete", "/instances/enabled", "Disable the token's instance"),
    get("/instances/configuration", "The configuration of the token's instance", Answer::List),
    get("/instances/configuration/{configId}", "One entry of it", Answer::Object),
    with_body("patch", "/instances/configuration/{configId}", "Change one entry of it", Answer::Object),
    get("/instances/docs", "Swagger 2.0 of the token's instance", Answer::Object).asking(DOCS),
    get("/instances/docs/{operationId}", "One operation of it", Answer::Object).asking(DOCS),
    get("/instances/docs/{operationId}/definitions", "What that operation speaks of", Answer::Object)
        .asking(DOCS),
    get("/instances/{id}", "Read an instance", Answer::Instance),
    with_body("put", "/instances/{id}", "Change an instance", Answer::Instance).asking(REAUTHENTICATE),
    with_body("patch", "/instances/{id}", "Change or re-authenticate an instance", Answer::Instance),
    plain("delete", "/instances/{id}", "Delete an instance"),
    plain("put", "/instances/{id}/enabled", "Enable an instance"),
    plain("delete", "/instances/{id}/enabled", "Disable an instance"),
    get("/instances/{id}/configuration", "The configuration of an instance", Answer::List),
    get("/instances/{id}/configuration/{configId}", "One entry of it", Answer::Object),
    with_body("patch", "/instances/{id}/configuration/{configId}", "Change one entry of it", Answer::Object),
    get("/instances/{id}/docs", "Swagger 2.0 of an instance", Answer::Object).asking(DOCS),
    get("/instances/{id}/docs/{operationId}", "One operation of it", Answer::Object).asking(DOCS),
    get("/instances/{id}/docs/{operationId}/definitions", "What that operation speaks of", Answer::Object)
        .asking(DOCS),
    get("/instances/objects/definitions", "Definitions of the token's instance", Answer::Object),
    get("/instances/objects/{objectName}/definitions", "One definition", Answer::Object),
    with_body("post", "/instances/objects/{objectName}/definitions", "Define an object", Answer::Object),
    with_body("put", "/instances/objects/{objectName}/definitions", "Define it anew", Answer::Object),
    plain("delete", "/instances/objects/{objectName}/definitions", "Forget a definition"),
    get("/instances/{id}/objects/definitions", "Definitions of an instance", Answer::Object),
    get("/instances/{id}/objects/{objectName}/definitions", "One definition", Answer::Object),
    with_body("post", "/instances/{id}/objects/{objectName}/definitions", "Define an object", Answer::Object),
    with_body("put", "/instances/{id}/objects/{objectName}/definitions", "Define it anew", Answer::Object),
    plain("delete", "/instances/{id}/objects/{objectName}/definitions", "Forget a definition"),
    get("/instances/transformations", "Transformations of the token's instance", Answer::Object),
    plain("delete", "/instances/transformations", "Forget them"),
    get("/instances/transformations/{objectName}", "One transformation", Answer::Object),
    with_body("post", "/instances/transformations/{objectName}", "Map an object", Answer::Object),
    with_body("put", "/instances/transformations/{objectName}", "Map it anew", Answer::Object),
    plain("delete", "/instances/transformations/{objectName}", "Forget a transformation"),
    get("/instances/{id}/transformations", "Transformations of an instance", Answer::Object),
    plain("delete", "/instances/{id}/transformations", "Forget them"),
    get("/instances/{id}/transformations/{objectName}", "One transformation", Answer::Object),
    with_body("post", "/instances/{id}/transformations/{objectName}", "Map an object", Answer::Object),
    with_body("put", "/instances/{id}/transformations/{objectName}", "Map it anew", Answer::Object),
    plain("delete", "/instances/{id}/transformations/{objectName}", "Forget a transformation"),
    get("/organizations/objects/definitions", "Definitions of the organization", Answer::Object),
    get("/organizations/objects/{objectName}/definitions", "One definition", Answer::Object),
    with_body("post", "/organizations/objects/{objectName}/definitions", "Define an object", Answer::Object),
    with_body("put", "/organizations/objects/{objectName}/definitions", "Define it anew", Answer::Object),
    plain("delete", "/organizations/objects/{objectName}/definitions", "Forget a definition"),
    get("/organizations/elements/{keyOrId}/transformations", "Its transformations", Answer::Object),
    plain("delete", "/organizations/elements/{keyOrId}/transformations", "Forget them"),
    get("/organizations/elements/{keyOrId}/transformations/{objectName}", "One of them", Answer::Object),
    with_body(
        "post",
        "/organizations/elements/{keyOrId}/transformations/{objectName}",
        "Map an object",
        Answer::Object,
    ),
    with_body(
        "put",
        "/organizations/elements/{keyOrId}/transformations/{objectName}",
        "Map it anew",
        Answer::Object,
    ),
    plain("delete", "/organizations/elements/{keyOrId}/transformations/{objectName}", "Forget it"),
    get("/accounts/objects/definitions", "Definitions of the account", Answer::Object),
    get("/accounts/objects/{objectName}/definitions", "One definition", Answer::Object),
    with_body("post", "/accounts/objects/{objectName}/definitions", "Define an object", Answer::Object),
    with_body("put", "/accounts/objects/{objectName}/definitions", "Define it anew", Answer::Object),
    plain("delete", "/accounts/objects/{objectName}/definitions", "Forget a definition"),
    get("/accounts/elements/{keyOrId}/transformations", "Its transformations", Answer::Object),
    plain("delete", "/accounts/elements/{keyOrId}/transformations", "Forget them"),
    get("/accounts/elements/{keyOrId}/transformations/{objectName}", "One of them", Answer::Object),
    with_body(
        "post",
        "/accounts/elements/{keyOrId}/transformations/{objectName}",
        "Map an object",
        Answer::Object,
    ),
    with_body(
        "put",
        "/accounts/elements/{keyOrId}/transformations/{objectName}",
        "Map it anew",
        Answer::Object,
    ),
    plain("delete", "/accounts/elements/{keyOrId}/transformations/{objectName}", "Forget it"),
    get("/accounts/instances", "Instances of the account", Answer::Instances).asking(SEARCH),
    get("/accounts/{accountId}/instances", "Instances of an account", Answer::Instances).asking(SEARCH),
    get("/elements", "List connectors", Answer::List).asking(PAGES),
    get("/elements/keys", "Their keys", Answer::List),
    get("/elements/metadata", "What they can do", Answer::List),
    get("/elements/{keyOrId}", "Read a connector", Answer::Object),
    plain("delete", "/elements/{keyOrId}", "Forget a clone"),
    Entry {
        takes: Takes::Whatever,
        ..with_body("post", "/elements/{keyOrId}/clone", "Clone it", Answer::Object)
    },
    get("/elements/{keyOrId}/metadata", "What it can do", Answer::Object),
    get("/elements/{keyOrId}/docs", "Swagger 2.0 of its objects", Answer::Object).asking(DOCS),
    get("/elements/{keyOrId}/configuration", "What its instances are configured with", Answer::Object),
    get("/elements/{keyOrId}/authentication-types", "How it authenticates", Answer::List),
    get("/elements/{keyOrId}/authentication-types/{type}/configurations", "What that needs", Answer::Object),
    get("/elements/{keyOrId}/instances", "Its instances", Answer::Instances).asking(SEARCH),
    with_body("post", "/elements/{keyOrId}/instances", "Make an instance of it", Answer::Instance),
    get("/elements/{keyOrId}/instances/{id}", "Read an instance of it", Answer::Instance),
    with_body("put", "/elements/{keyOrId}/instances/{id}", "Change an instance of it", Answer::Instance)
        .asking(REAUTHENTICATE),
    plain("delete", "/elements/{keyOrId}/instances/{id}", "Delete an instance of it"),
    get("/elements/{keyOrId}/oauth/url", "Where a user consents", Answer::Object).asking(OAUTH),
    with_body("post", "/elements/{keyOrId}/oauth/url", "The same, by body", Answer::Object),
    get("/elements/{keyOrId}/oauth/url/default", "The same, with the connector's own app", Answer::Object)
        .asking(OAUTH),
    get("/elements/{keyOrId}/oauth/token", "A request token of OAuth 1.0", Answer::Object).asking(OAUTH),
    get("/elements/{keyOrId}/trace/{traceId}", "The trace of an authentication", Answer::Object),
    get("/objects", "Objects of the token's instance", Answer::List).told(VERSION),
    get("/objects/{objectName}/metadata", "The fields of one", Answer::Object),
    get("/hubs/{hub}/objects", "Objects of the token's instance", Answer::List).told(VERSION),
    get("/hubs/{hub}/objects/{objectName}/metadata", "The fields of one", Answer::Object),
    get("/ping", "Whether the provider still accepts the instance", Answer::Object),
    get("/hubs/{hub}/ping", "Whether the provider still accepts the instance", Answer::Object),
    get("/{object}", "List records of an object", Answer::Any).asking(PAGES),
    with_body("post", "/{object}", "Make a record, or send a file", Answer::Any).asking(FILE),
    get("/{object}/{objectId}", "Read a record, or the content of a file", Answer::Any),
    with_body("put", "/{object}/{objectId}", "Replace a record", Answer::Any),
    with_body("patch", "/{object}/{objectId}", "Change a record", Answer::Any),
    plain("delete", "/{object}/{objectId}", "Delete a record"),
    get("/{object}/{objectId}/metadata", "Read the record of a file", Answer::Object),
    with_body("patch", "/{object}/{objectId}/metadata", "Change the record of a file", Answer::Object),
    get("/{object}/{objectId}/{child}", "List what belongs to a record", Answer::Any).asking(PAGES),
    with_body("post", "/{object}/{objectId}/{child}", "Add to a record", Answer::Any),
    get("/{object}/{objectId}/{child}/{childId}", "Read one of them", Answer::Any),
    with_body("put", "/{object}/{objectId}/{child}/{childId}", "Replace it", Answer::Any),
    with_body("patch", "/{object}/{objectId}/{child}/{childId}", "Change it", Answer::Any),
    plain("delete", "/{object}/{objectId}/{child}/{childId}", "Delete it"),
    get("/hubs/{hub}/{object}", "List records of an object", Answer::Any).asking(PAGES),
    with_body("post", "/hubs/{hub}/{object}", "Make a record, or send a file", Answer::Any).asking(FILE),
    get("/hubs/{hub}/{object}/{objectId}", "Read a record, or the content of a file", Answer::Any),
    with_body("put", "/hubs/{hub}/{object}/{objectId}", "Replace a record", Answer::Any),
    with_body("patch", "/hubs/{hub}/{object}/{objectId}", "Change a record", Answer::Any),
    plain("delete", "/hubs/{hub}/{object}/{objectId}", "Delete a record"),
    get("/hubs/{hub}/{object}/{objectId}/metadata", "Read the record of a file", Answer::Object),
    with_body(
        "patch",
        "/hubs/{hub}/{object}/{objectId}/metadata",
        "Change the record of a file",
        Answer::Object,
    ),
    get("/hubs/{hub}/{object}/{objectId}/{child}", "List what belongs to a record", Answer::Any)
        .asking(PAGES),
    with_body("post", "/hubs/{hub}/{object}/{objectId}/{child}", "Add to a record", Answer::Any),
    get("/hubs/{hub}/{object}/{objectId}/{child}/{childId}", "Read one of them", Answer::Any),
    with_body("put", "/hubs/{hub}/{object}/{objectId}/{child}/{childId}", "Replace it", Answer::Any),
    with_body("patch", "/hubs/{hub}/{object}/{objectId}/{child}/{childId}", "Change it", Answer::Any),
    plain("delete", "/hubs/{hub}/{object}/{objectId}/{child}/{childId}", "Delete it"),
];

/// The statuses of 2.2 that any operation may answer, all with the same envelope.
const REFUSALS: [(&str, &str); 12] = [
    ("400", "A parameter or member is missing or unacceptable"),
    ("401", "A secret or token is wrong, or the provider refused the instance's credentials"),
    ("403", "A privilege is missing, the instance is disabled, or the provider forbids"),
    ("404", "There is no such thing"),
    ("405", "The path does not have that method"),
    ("406", "Accept cannot be satisfied"),
    ("409", "It exists already, or is in use"),
    ("413", "The body is too large"),
    ("415", "The body is not JSON"),
    ("429", "Too many requests for the provider"),
    ("500", "The service failed"),
    ("502", "The provider is unreachable or faulty"),
];

/// The OpenAPI document.
#[expect(clippy::expect_used, reason = "what the builder makes is JSON, and a test makes it")]
pub(crate) fn document() -> &'static Value {
    static DOCUMENT: LazyLock<Value> =
        LazyLock::new(|| serde_json::to_value(describe()).expect("a document is JSON"));
    &DOCUMENT
}

fn describe() -> OpenApi {
    let mut paths = PathsBuilder::new();
    for entry in ENTRIES {
        let (method, operation) = (method(entry.method), operation(entry));
        paths = paths.path(entry.path, PathItem::new(method, operation));
    }
    let title = "Connector instances";
    let info = InfoBuilder::new().title(title).version(env!("CARGO_PKG_VERSION"));
    let scheme = ApiKeyValue::with_description(
        "Authorization",
        "User <secret>, Organization <secret>, and for calls through an instance Element <token>",
    );
    let components = ComponentsBuilder::new()
        .schema("Error", error())
        .schema("Instance", instance())
        .security_scheme("secrets", SecurityScheme::ApiKey(ApiKey::Header(scheme)))
        .build();
    OpenApiBuilder::new()
        .info(info.build())
        .servers(Some([ServerBuilder::new().url(PREFIX).build()]))
        .paths(paths.build())
        .components(Some(components))
        .security(Some([SecurityRequirement::new("secrets", [] as [&str; 0])]))
        .build()
}

fn method(name: &str) -> HttpMethod {
    match name {
        "post" => HttpMethod::Post,
        "put" => HttpMethod::Put,
        "patch" => HttpMethod::Patch,
        "delete" => HttpMethod::Delete,
        _ => HttpMethod::Get,
    }
}

fn operation(entry: &Entry) -> Operation {
    let mut operation = OperationBuilder::new()
        .summary(Some(entry.summary))
        .operation_id(Some(format!("{} {}", entry.method, entry.path)))
        .tag(entry.path.split('/').nth(1).unwrap_or_default());
    for name in entry.path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}')) {
        operation = operation.parameter(parameter(name, ParameterIn::Path, Required::True));
    }
    for name in entry.query {
        operation = operation.parameter(parameter(name, ParameterIn::Query, Required::False));
    }
    for name in entry.headers {
        operation = operation.parameter(parameter(name, ParameterIn::Header, Required::False));
    }
    if entry.takes != Takes::Nothing {
        let required = if entry.takes == Takes::Object { Required::True } else { Required::False };
        let schema: Schema = ObjectBuilder::new().schema_type(Type::Object).into();
        let content = ContentBuilder::new().schema(Some(schema)).build();
        let mut body =
            RequestBodyBuilder::new().content("application/json", content).required(Some(required));
        if entry.query == FILE {
            let file =
                ObjectBuilder::new().schema_type(Type::String).content_media_type("application/octet-stream");
            let form: Schema = ObjectBuilder::new().property("file", file).required("file").into();
            body = body.content("multipart/form-data", ContentBuilder::new().schema(Some(form)).build());
        }
        operation = operation.request_body(Some(body.build()));
    }
    let mut responses = ResponsesBuilder::new().response("200", answered(entry.answer).build());
    for (status, description) in REFUSALS {
        let content = ContentBuilder::new().schema(Some(Ref::from_schema_name("Error"))).build();
        let refusal = ResponseBuilder::new().description(description).content("application/json", content);
        responses = responses.response(status, refusal.build());
    }
    operation.responses(responses.build()).build()
}

fn parameter(name: &str, place: ParameterIn, required: Required) -> utoipa::openapi::path::Parameter {
    let text = ObjectBuilder::new().schema_type(Type::String);
    ParameterBuilder::new().name(name).parameter_in(place).required(required).schema(Some(text)).build()
}

fn answered(answer: Answer) -> ResponseBuilder {
    let reference = || RefOr::Ref(Ref::from_schema_name("Instance"));
    let schema: RefOr<Schema> = match answer {
        Answer::Empty | Answer::Any => return ResponseBuilder::new().description("Done"),
        Answer::Instance => reference(),
        Answer::Instances => RefOr::T(ArrayBuilder::new().items(reference()).into()),
        Answer::List => RefOr::T(ArrayBuilder::new().into()),
        Answer::Object => RefOr::T(ObjectBuilder::new().schema_type(Type::Object).into()),
    };
    let content = ContentBuilder::new().schema(Some(schema)).build();
    ResponseBuilder::new().description("Done").content("application/json", content)
}

fn error() -> Schema {
    let text = || ObjectBuilder::new().schema_type(Type::String);
    ObjectBuilder::new()
        .property("requestId", text())
        .property("message", text())
        .property("providerMessage", text())
        .required("requestId")
        .required("message")
        .into()
}

/// 4.1
fn instance() -> Schema {
    let of = |kind| ObjectBuilder::new().schema_type(kind);
    let mut object = ObjectBuilder::new();
    for (name, kind) in [
        ("id", Type::Integer),
        ("name", Type::String),
        ("createdDate", Type::String),
        ("token", Type::String),
        ("element", Type::Object),
        ("elementId", Type::Integer),
        ("tags", Type::Array),
        ("provisionInteractions", Type::Array),
        ("valid", Type::Boolean),
        ("disabled", Type::Boolean),
        ("maxCacheSize", Type::Integer),
        ("cacheTimeToLive", Type::Integer),
        ("eventsEnabled", Type::Boolean),
        ("traceLoggingEnabled", Type::Boolean),
        ("cachingEnabled", Type::Boolean),
        ("externalAuthentication", Type::String),
        ("user", Type::Object),
    ] {
        object = object.property(name, of(kind)).required(name);
    }
    // Not in lists that are not hydrated, and only after a create that asked for it.
    object.property("configuration", of(Type::Object)).property("objects", of(Type::Array)).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_entry_is_in_the_document_once() {
        let document = document();
        assert!(document["openapi"].as_str().unwrap().starts_with("3.1"));
        for entry in ENTRIES {
            let operation = &document["paths"][entry.path][entry.method];
            assert_eq!(operation["summary"], entry.summary, "{} {}", entry.method, entry.path);
            assert_eq!(operation["responses"].as_object().unwrap().len(), 13, "{}", entry.path);
        }
    }
}
