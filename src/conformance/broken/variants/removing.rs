//! What goes wrong when an instance is changed, deleted, or left out of a call.

use http::{Method, StatusCode, header};
use serde_json::json;

use super::{Variant, memory::Memory, refusing::remembering, variant};
use crate::conformance::broken::defect::{
    Ask, Defect, edit, element, is_create, is_refusal, json as json_of, reply,
};

pub(super) static VARIANTS: &[Variant] = &[
    variant("deleted-token-alive", "goes on serving the token of a deleted instance", &["INST-311"], || {
        remembering(|ask, reply| {
            let through_instance = element(ask).is_some() && ask.uri().path().contains("/hubs/");
            through_instance && reply.status() == StatusCode::UNAUTHORIZED && !is_refusal(reply)
        })
    }),
    variant(
        "deletes-nothing",
        "answers a delete and does nothing",
        &["INST-310", "INST-311", "INST-315"],
        || {
            Defect::front(|ask, next| async move {
                if ask.method() == Method::DELETE {
                    reply(StatusCode::OK, &json!({}))
                } else {
                    next.send(ask).await
                }
            })
        },
    ),
    variant(
        "reads-the-deleted",
        "shows a deleted instance to whoever asks for its id",
        &["INST-310"],
        || {
            remembering(|ask, reply| {
                let by_id = ask.method() == Method::GET && ask.uri().path().contains("/instances/");
                by_id && reply.status() == StatusCode::NOT_FOUND
            })
        },
    ),
    variant("guesses-instance", "takes the last instance made when a call names none", &["INST-017"], || {
        let last = Memory::<String>::default();
        Defect::front(move |mut ask, next| {
            let last = last.clone();
            async move {
                if element(&ask).is_none() && ask.uri().path().contains("/hubs/") {
                    name_instance(&mut ask, &last.get("token").unwrap_or_default());
                }
                let made = is_create(&ask);
                let reply = next.send(ask).await;
                if let Some(token) = json_of(reply.body())["token"].as_str().filter(|_| made) {
                    last.put("token", token.to_owned());
                }
                reply
            }
        })
    }),
    variant("renames-all", "renames the instance that was read last as well", &["INST-215"], || {
        Defect::answers(|ask, reply| {
            // Seen by whoever reads another instance by its id: every name is the new one.
            if ask.method() == Method::GET && ask.uri().path().contains("/instances/") {
                edit(reply.body_mut(), |instance| instance["name"] = json!("Renamed"));
            }
        })
    }),
    variant("no-bare-paths", "serves objects under a hub only", &["INST-520"], || {
        Defect::front(|ask, next| async move {
            let platform = ["/instances", "/elements/", "/hubs/", "/organizations", "/objects"];
            let path = ask.uri().path().trim_start_matches("/elements/api-v2").to_owned();
            let refusal = json!({ "requestId": "6b0097dfb4d62c3ea2f536c6", "message": "No resource found" });
            if platform.iter().any(|start| path.starts_with(start)) {
                next.send(ask).await
            } else {
                reply(StatusCode::NOT_FOUND, &refusal)
            }
        })
    }),
];

/// Adds an Element part to a call.
fn name_instance(ask: &mut Ask, token: &str) {
    let header = ask.headers().get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    if let Ok(header) = format!("{}, Element {token}", header.unwrap_or_default()).parse() {
        ask.headers_mut().insert(header::AUTHORIZATION, header);
    }
}
