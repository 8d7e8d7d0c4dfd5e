//! What goes wrong when an instance is made.

use http::StatusCode;
use serde_json::{Value, json};

use super::{Variant, memory::Memory, variant};
use crate::conformance::broken::defect::{Defect, edit, is_create, json as json_of, reply, without};

pub(super) static VARIANTS: &[Variant] = &[
    variant("creates-with-201", "answers a create with 201", &["INST-002"], || {
        Defect::answers(|ask, reply| {
            if is_create(ask) && reply.status() == StatusCode::OK {
                *reply.status_mut() = StatusCode::CREATED;
            }
        })
    }),
    variant("id-as-text", "gives the id as a string", &["INST-106"], || {
        created(|instance| instance["id"] = json!(instance["id"].to_string()))
    }),
    variant("no-token", "gives an empty token", &["INST-106"], || created(|of| of["token"] = json!(""))),
    variant("one-token-for-all", "gives every instance the token of the first", &["INST-107"], || {
        let first = Memory::<Value>::default();
        created(move |instance| instance["token"] = first.get_or_keep("token", instance["token"].clone()))
    }),
    variant("changes-name", "writes the name in capitals", &["INST-108"], || {
        created(|of| of["name"] = json!(of["name"].as_str().unwrap_or_default().to_uppercase()))
    }),
    variant("forgets-tags", "creates instances without the tags", &["INST-109"], || {
        Defect::asks(|ask| {
            if is_create(ask) {
                edit(ask.body_mut(), |body| body["tags"] = json!([]));
            }
        })
    }),
    variant("tags-as-objects", "gives tags as objects", &["INST-109"], || {
        created(|of| {
            of["tags"] = json!([{ "id": 1, "name": "Tag Name 1" }, { "id": 2, "name": "Tag Name 2" }]);
        })
    }),
    variant("demands-tags", "refuses a create without tags", &["INST-110"], || {
        Defect::front(|ask, next| async move {
            let untagged = is_create(&ask) && json_of(ask.body())["tags"].is_null();
            let refusal = json!({ "requestId": "6b0097dfb4d62c3ea2f536c6", "message": "tags are missing" });
            if untagged { reply(StatusCode::BAD_REQUEST, &refusal) } else { next.send(ask).await }
        })
    }),
    variant("date-without-zone", "prints the creation date without its zone", &["INST-112"], || {
        created(|of| of["createdDate"] = json!("2017-07-27T14:27:32"))
    }),
    variant("born-invalid", "creates instances that are not valid", &["INST-113"], || {
        created(|of| of["valid"] = json!(false))
    }),
    variant("born-disabled", "creates instances that are disabled", &["INST-114"], || {
        created(|of| of["disabled"] = json!(true))
    }),
    variant("external-by-default", "takes every authentication for an external one", &["INST-115"], || {
        created(|of| of["externalAuthentication"] = json!("initial"))
    }),
    variant("events-by-default", "switches events on unasked", &["INST-116"], || {
        created(|of| of["eventsEnabled"] = json!(true))
    }),
    variant("cache-by-default", "keeps a cache unasked", &["INST-117"], || {
        created(|of| of["cacheTimeToLive"] = json!(60))
    }),
    variant("no-interactions", "leaves provisionInteractions out", &["INST-118"], || {
        Defect::answers(|_, reply| without(reply, "provisionInteractions"))
    }),
    variant("configuration-as-list", "gives the configuration as an array", &["INST-119"], || {
        created(|of| of["configuration"] = json!([]))
    }),
    variant("nobodys-instance", "leaves the owner's id out", &["INST-120"], || {
        created(|of| of["user"] = json!({ "emailAddress": "user@example.test" }))
    }),
    variant("wrong-connector", "names another connector", &["INST-122"], || {
        created(|of| of["element"]["key"] = json!("dropbox"))
    }),
    variant("thin-element", "describes the connector by id and key alone", &["INST-123", "INST-124"], || {
        created(|of| of["element"] = json!({ "id": of["element"]["id"], "key": of["element"]["key"] }))
    }),
    variant(
        "forgets-objects",
        "leaves the objects out of the create's answer",
        &["INST-360", "INST-361", "INST-362"],
        || Defect::answers(|_, reply| without(reply, "objects")),
    ),
    variant("odd-object-type", "invents a type of object", &["INST-364"], || {
        objects(|object| object["type"] = json!("custom"))
    }),
    variant("objects-without-vendor", "leaves the vendor's name of objects out", &["INST-363"], || {
        objects(|object| object["vendorName"] = Value::Null)
    }),
    variant("renames-vendor-objects", "gives vendor objects a name of their own", &["INST-365"], || {
        objects(|object| {
            if object["type"] == "vendor" {
                object["name"] = json!("renamed");
            }
        })
    }),
];

/// The answer to a create is not what it was.
pub(super) fn created(change: impl Fn(&mut Value) + Clone + Send + Sync + 'static) -> Defect {
    Defect::answers(move |ask, reply| {
        if is_create(ask) && reply.status().is_success() {
            edit(reply.body_mut(), &change);
        }
    })
}

/// The objects that a create lists are not what they were.
fn objects(change: impl Fn(&mut Value) + Clone + Send + Sync + 'static) -> Defect {
    created(move |instance| {
        if let Some(objects) = instance["objects"].as_array_mut() {
            objects.iter_mut().for_each(&change);
        }
    })
}
