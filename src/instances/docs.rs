//! What an instance, or a connector, offers: a Swagger 2.0 document made from its objects (3.6).

use serde_json::{Map, Value, json};

use super::{
    connector::{Connector, Object, ObjectKind},
    resources::Resources,
    routes::PREFIX,
};

/// The document of everything that can be called.
pub(crate) fn document(connector: &Connector, resources: &Resources, host: Option<&str>) -> Value {
    let mut paths = Map::new();
    let mut definitions = Map::new();
    for offered in offered(connector, resources) {
        describe(&offered, &mut paths, &mut definitions);
    }
    let mut document = json!({
        "swagger": "2.0",
        "info": {
            "title": connector.name,
            "description": connector.description,
            "version": "api-v2",
        },
        "basePath": PREFIX,
        "schemes": ["http"],
        "consumes": ["application/json"],
        "produces": ["application/json"],
        "securityDefinitions": {
            "token": {
                "type": "apiKey",
                "name": "Authorization",
                "in": "header",
                "description": "User <secret>, Organization <secret>, Element <token>",
            },
        },
        "security": [{ "token": [] }],
        "paths": paths,
        "definitions": definitions,
    });
    if let Some(host) = host {
        document["host"] = host.into();
    }
    document
}

/// The document of one operation, with the definitions it needs; nothing when there is none of this id.
pub(crate) fn of_operation(mut document: Value, id: &str) -> Option<Value> {
    let paths = document["paths"].as_object()?.clone();
    let (path, method, operation) = paths.iter().find_map(|(path, item)| {
        let found = item.as_object()?.iter().find(|(_, operation)| operation["operationId"] == id)?;
        Some((path.clone(), found.0.clone(), found.1.clone()))
    })?;
    let name = operation["tags"][0].as_str().unwrap_or_default().to_owned();
    document["paths"] = json!({ path: { method: operation } });
    if let Some(definitions) = document["definitions"].as_object_mut() {
        definitions.retain(|own, _| *own == name || own == ERROR);
    }
    Some(document)
}

const ERROR: &str = "error";

/// An object under the name it is called by.
struct Offered<'a> {
    name: &'a str,
    object: &'a Object,
    kind: ObjectKind,
    /// The fields that a user defined.
    definition: Option<&'a Value>,
}

fn offered<'a>(connector: &'a Connector, resources: &'a Resources) -> Vec<Offered<'a>> {
    let objects = &connector.service.objects;
    let hidden = |object: &&Object| resources.object(&connector.key, &object.name).is_none();
    let own = objects.iter().filter(hidden).map(|object| Offered {
        name: &object.name,
        object,
        kind: object.kind,
        definition: None,
    });
    let defined = resources.objects(&connector.key).filter_map(|(name, transformation)| {
        let object = objects.iter().find(|object| object.vendor_name == transformation.vendor_name)?;
        Some(Offered { name, object, kind: ObjectKind::Vdr, definition: resources.definition(name) })
    });
    own.chain(defined).collect()
}

fn describe(offered: &Offered<'_>, paths: &mut Map<String, Value>, definitions: &mut Map<String, Value>) {
    let name = offered.name;
    definitions.insert(name.to_owned(), schema(offered.definition));
    definitions.entry(ERROR).or_insert_with(|| {
        json!({
            "type": "object",
            "required": ["requestId", "message"],
            "properties": {
                "requestId": { "type": "string" },
                "message": { "type": "string" },
                "providerMessage": { "type": "string" },
            },
        })
    });
    let one = json!({ "$ref": format!("#/definitions/{name}") });
    // A vendor's own list has the shape the vendor gives it.
    let many = match offered.kind {
        ObjectKind::Vendor => json!({}),
        ObjectKind::CeCanonical | ObjectKind::Vdr => json!({ "type": "array", "items": one }),
    };
    let pages = [query("pageSize", "integer"), query("nextPage", "string")];
    let pages = if offered.kind == ObjectKind::Vendor { Vec::new() } else { pages.to_vec() };
    let mut collection = Map::new();
    if offered.object.is_listed() {
        collection.insert("get".to_owned(), operation(name, "list", &pages, &many));
    }
    // What belongs to records of another object is listed for all of them under its name, and lives below each.
    let below = offered.object.path.as_ref().filter(|path| path.parent().is_some());
    let place = match below {
        None => format!("/{name}"),
        Some(path) => {
            paths.insert(format!("/{name}"), std::mem::take(&mut collection).into());
            let mut parameters = vec![parent()];
            parameters.extend(pages);
            collection.insert("get".to_owned(), operation(name, "list-below", &parameters, &many));
            format!("/{}", path.text())
        }
    };
    let above: Vec<Value> = below.map(|_| parent()).into_iter().collect();
    let with = |own: Vec<Value>| above.iter().cloned().chain(own).collect::<Vec<_>>();
    if offered.object.create.is_some() {
        collection.insert("post".to_owned(), operation(name, "create", &with(vec![body(name)]), &one));
    }
    let content = offered.object.content.as_ref().filter(|_| offered.kind != ObjectKind::Vdr);
    if content.is_some_and(|content| content.upload.is_some()) {
        let file = json!({ "name": "file", "in": "formData", "required": true, "type": "file" });
        let parameters = with(vec![file, query("path", "string"), query("folderId", "string")]);
        let mut upload = operation(name, "upload", &parameters, &one);
        upload["consumes"] = json!(["multipart/form-data"]);
        collection.insert("post".to_owned(), upload);
    }
    paths.insert(place.clone(), collection.into());
    let Some(item) = &offered.object.item else { return };
    let mut single = Map::new();
    let is_read_as_file = content.is_some_and(|content| content.download.is_some());
    for method in item.methods() {
        let (verb, own, answer) = match method {
            "PUT" => ("replace", vec![id(), body(name)], one.clone()),
            "PATCH" => ("update", vec![id(), body(name)], one.clone()),
            "DELETE" => ("delete", vec![id()], Value::Null),
            _ => ("get", vec![id()], one.clone()),
        };
        single.insert(method.to_lowercase(), operation(name, verb, &with(own), &answer));
    }
    if is_read_as_file {
        let mut metadata = Map::new();
        for method in ["get", "patch"] {
            metadata.extend(single.shift_remove(method).map(|operation| (method.to_owned(), operation)));
        }
        let mut download = operation(name, "download", &with(vec![id()]), &json!({ "type": "file" }));
        download["produces"] = json!(["application/octet-stream"]);
        single.insert("get".to_owned(), download);
        if !metadata.is_empty() {
            paths.insert(format!("{place}/{{id}}/metadata"), metadata.into());
        }
    }
    paths.insert(format!("{place}/{{id}}"), single.into());
}

fn operation(name: &str, verb: &str, parameters: &[Value], answer: &Value) -> Value {
    let refusal = json!({ "description": "Refused", "schema": { "$ref": format!("#/definitions/{ERROR}") } });
    let mut answered = json!({ "description": "Done" });
    if !answer.is_null() {
        answered["schema"] = answer.clone();
    }
    json!({
        "operationId": format!("{verb}-{name}"),
        "summary": format!("{verb} {name}"),
        "tags": [name],
        "parameters": parameters,
        "responses": { "200": answered, "default": refusal },
    })
}

fn parent() -> Value {
    json!({ "name": "parent", "in": "path", "required": true, "type": "string" })
}

fn id() -> Value {
    json!({ "name": "id", "in": "path", "required": true, "type": "string" })
}

fn query(name: &str, kind: &str) -> Value {
    json!({ "name": name, "in": "query", "required": false, "type": kind })
}

fn body(name: &str) -> Value {
    let schema = json!({ "$ref": format!("#/definitions/{name}") });
    json!({ "name": "body", "in": "body", "required": true, "schema": schema })
}

/// The fields of a definition; names with dots lead into nested objects.
fn schema(definition: Option<&Value>) -> Value {
    let mut schema = json!({ "type": "object" });
    let fields = definition.and_then(|definition| definition["fields"].as_array());
    for field in fields.into_iter().flatten() {
        let (Some(path), kind) = (field["path"].as_str(), field["type"].as_str()) else { continue };
        let mut place = &mut schema;
        for name in path.split('.') {
            place = &mut place["properties"][name];
            if !place.is_object() {
                *place = json!({ "type": "object" });
            }
        }
        // The kinds that Swagger knows; what else users write, such as `date`, is a text to it.
        let kind =
            kind.filter(|kind| ["array", "boolean", "integer", "number", "object", "string"].contains(kind));
        place["type"] = kind.unwrap_or("string").into();
        if kind == Some("array") {
            place["items"] = json!({});
        }
    }
    schema
}
