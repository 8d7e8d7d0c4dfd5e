//! What goes wrong when an instance is made: what is refused, what is made up, and what is told of it.

use http::{Method, StatusCode};
use serde_json::{Value, json};

use super::{Variant, creating::created, memory::Memory, refuse_when, variant};
use crate::conformance::broken::defect::{
    Ask, Defect, Reply, edit, is_create, json as json_of, parameter, reply,
};

pub(super) static VARIANTS: &[Variant] = &[
    variant("no-basic-accounts", "makes no instance of an account", &["INST-100"], || {
        refuse_when(StatusCode::BAD_REQUEST, |ask| {
            is_create(ask) && !json_of(ask.body())["configuration"]["username"].is_null()
        })
    }),
    variant("no-subdomains", "makes no instance with a subdomain", &["INST-101"], || {
        refuse_when(StatusCode::BAD_REQUEST, |ask| {
            is_create(ask) && !json_of(ask.body())["configuration"]["subdomain"].is_null()
        })
    }),
    variant("no-numbers-in-paths", "makes no instance at the path of a number", &["INST-102"], || {
        refuse_when(StatusCode::NOT_FOUND, |ask| {
            is_create(ask) && connector_in_path(ask).is_some_and(is_number)
        })
    }),
    variant("no-keys-in-paths", "makes no instance at the path of a key", &["INST-103", "INST-104"], || {
        refuse_when(StatusCode::NOT_FOUND, |ask| {
            is_create(ask) && connector_in_path(ask).is_some_and(|key| !is_number(key))
        })
    }),
    variant("made-somewhere-else", "answers a create with 302", &["INST-105"], || {
        Defect::answers(|ask, reply| {
            if is_create(ask) && reply.status().is_success() {
                *reply.status_mut() = StatusCode::FOUND;
            }
        })
    }),
    variant(
        "refused-create-stays",
        "leaves an instance behind when the code is refused",
        &["INST-137"],
        || {
            let refused = Memory::<Value>::default();
            Defect::answers(move |ask, reply| {
                let name = json_of(ask.body())["name"].as_str().map(ToOwned::to_owned);
                if let Some(name) = name.filter(|_| is_create(ask) && reply.status().is_client_error()) {
                    refused.put(name.clone(), json!({ "id": 4711, "name": name }));
                }
                let left = parameter(ask, "searchText").and_then(|name| refused.get(&name));
                if let Some(left) = left {
                    *reply = self::reply(StatusCode::OK, &json!([left]));
                }
            })
        },
    ),
    variant("makes-without-code", "makes an OAuth instance without a code", &["INST-135"], || {
        Defect::front(|ask, next| async move {
            let body = json_of(ask.body());
            let bare = is_create(&ask)
                && body["providerData"].is_null()
                && !body["configuration"]["oauth.api.key"].is_null();
            if bare {
                reply(StatusCode::OK, &json!({ "id": 4711, "token": "made-up" }))
            } else {
                next.send(ask).await
            }
        })
    }),
    variant("refused-code-is-500", "breaks when the provider refuses a code", &["INST-136"], || {
        refused_create(|reply| *reply.status_mut() = StatusCode::INTERNAL_SERVER_ERROR)
    }),
    variant(
        "refused-code-without-reason",
        "does not say why the provider refused a code",
        &["INST-136"],
        || refused_create(|reply| edit(reply.body_mut(), |body| body["providerMessage"] = Value::Null)),
    ),
    variant("code-works-twice", "makes a second instance of a used code", &["INST-138"], || {
        let made = Memory::<Reply>::default();
        Defect::answers(move |ask, reply| {
            let code = json_of(ask.body())["providerData"]["code"].as_str().map(ToOwned::to_owned);
            let Some(code) = code.filter(|_| is_create(ask)) else { return };
            if reply.status().is_success() {
                made.put(code, reply.clone());
            } else if let Some(first) = made.get(&code) {
                *reply = first;
            }
        })
    }),
    variant("unknown-connector-is-500", "breaks on a connector nobody knows", &["INST-131"], || {
        Defect::answers(|ask, reply| {
            if is_create(ask) && reply.status() == StatusCode::NOT_FOUND {
                *reply.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
            }
        })
    }),
    variant("no-connector-is-404", "answers 404 to a create without a connector", &["INST-132"], || {
        refuse_when(StatusCode::NOT_FOUND, |ask| is_create(ask) && json_of(ask.body())["element"].is_null())
    }),
    variant("names-no-missing-key", "does not say which key is missing", &["INST-133", "INST-134"], || {
        refused_create(|reply| edit(reply.body_mut(), |body| body["message"] = json!("bad request")))
    }),
    variant("names-one-missing-key", "says the first missing key alone", &["INST-134"], || {
        refused_create(|reply| edit(reply.body_mut(), |body| body["message"] = json!("password is missing")))
    }),
    variant("not-json-is-500", "breaks on a create that is no JSON", &["INST-139"], || {
        Defect::answers(|ask, reply| {
            if is_create(ask) && json_of(ask.body()).is_null() {
                *reply.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
            }
        })
    }),
    variant("repeats-code", "repeats the code in the answer to a create", &["INST-141"], || {
        created(|instance| instance["providerData"] = json!({ "code": "the code" }))
    }),
    variant("typed-configuration", "gives numbers and booleans in the configuration", &["INST-142"], || {
        created(|instance| instance["configuration"]["filter.response.nulls"] = json!(true))
    }),
    variant("nameless-owner", "gives nothing but the owner's id", &["INST-121"], || {
        created(|instance| instance["user"] = json!({ "id": instance["user"]["id"] }))
    }),
    variant("token-of-long-ago", "says that a new token is old", &["INST-144"], || {
        created(|instance| instance["configuration"]["oauth.user.refresh_time"] = json!("1000"))
    }),
    variant("keeps-markup", "keeps the markup of a name", &["INST-462"], || {
        Defect::answers(|ask, reply| {
            let name = json_of(ask.body())["name"].clone();
            if is_create(ask) && reply.status().is_success() {
                edit(reply.body_mut(), |instance| instance["name"] = name);
            }
        })
    }),
    variant("no-tag-of-its-own", "leaves an instance without tags untagged", &["INST-111"], || {
        Defect::answers(|ask, reply| {
            let untagged = json_of(ask.body())["tags"].is_null();
            if is_create(ask) && reply.status().is_success() && untagged {
                edit(reply.body_mut(), |instance| instance["tags"] = json!([]));
            }
        })
    }),
    variant("counted-tokens", "counts tokens through", &["INST-474"], || {
        let count = Memory::<usize>::default();
        created(move |instance| {
            let next = count.get("next").unwrap_or_default() + 1;
            count.put("next", next);
            instance["token"] = json!(format!("{next:044}"));
        })
    }),
    variant("no-adobe", "does not know Adobe Sign", &["INST-500"], || {
        refuse_when(StatusCode::NOT_FOUND, |ask| ask.uri().path().ends_with("/elements/adobe-esign"))
    }),
    variant("no-connector-by-number", "knows connectors by their keys only", &["INST-503"], || {
        refuse_when(StatusCode::NOT_FOUND, |ask| {
            ask.method() == Method::GET
                && ask.uri().path().rsplit('/').next().is_some_and(is_number)
                && ask.uri().path().contains("/elements/api-v2/elements/")
        })
    }),
    variant("knows-every-connector", "describes a connector nobody knows", &["INST-504"], || {
        Defect::answers(|ask, reply| {
            if ask.uri().path().ends_with("/no-such-connector") {
                *reply = self::reply(StatusCode::OK, &json!({ "id": 1, "key": "no-such-connector" }));
            }
        })
    }),
    variant("metadata-without-events", "leaves the events out of the metadata", &["INST-507"], || {
        Defect::answers(|ask, reply| {
            if ask.uri().path().ends_with("/metadata") {
                edit(reply.body_mut(), |metadata| metadata["events"] = Value::Null);
            }
        })
    }),
];

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// The connector that the path of a create names.
fn connector_in_path(ask: &Ask) -> Option<&str> {
    ask.uri().path().strip_prefix("/elements/api-v2/elements/")?.strip_suffix("/instances")
}

/// The answer to a create that was refused is not what it was.
fn refused_create(change: impl Fn(&mut Reply) + Clone + Send + Sync + 'static) -> Defect {
    Defect::answers(move |ask, reply| {
        if is_create(ask) && reply.status().is_client_error() {
            change(reply);
        }
    })
}
