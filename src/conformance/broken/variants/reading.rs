//! What goes wrong when instances are read, listed, and sent to the provider's pages.

use serde_json::{Value, json};

use super::{Variant, memory::Memory, variant};
use crate::conformance::broken::defect::{
    Ask, Defect, edit, is_create, is_reauthentication, json as json_of, without_parameter,
};

pub(super) static VARIANTS: &[Variant] = &[
    variant(
        "refreshes-id",
        "gives the instance another id when it is reauthenticated",
        &["INST-255"],
        || {
            reauthenticated(|instance| {
                if let Some(id) = instance["id"].as_i64() {
                    instance["id"] = json!(id + 1);
                }
            })
        },
    ),
    variant(
        "refreshes-token",
        "gives the instance another token when it is reauthenticated",
        &["INST-255"],
        || reauthenticated(|instance| instance["token"] = json!("another-token-than-before")),
    ),
    variant("unmasked-secret", "shows the app's secret in clear", &["INST-450"], || {
        let secrets = Memory::<String>::default();
        Defect::answers(move |ask, reply| {
            let sent =
                json_of(ask.body())["configuration"]["oauth.api.secret"].as_str().map(ToOwned::to_owned);
            let sent = sent.filter(|_| is_create(ask));
            each_instance(reply.body_mut(), |instance| {
                let id = instance["id"].to_string();
                if let Some(secret) = sent.clone().or_else(|| secrets.get(&id)) {
                    instance["configuration"]["oauth.api.secret"] = json!(secret);
                    secrets.put(id, secret);
                }
            });
        })
    }),
    variant(
        "covers-access-token",
        "covers the access token like a secret",
        &["INST-180", "INST-451"],
        || listed(|instance| instance["configuration"]["oauth.user.token"] = json!("********")),
    ),
    variant("leaves-out-access-token", "leaves the access token out", &["INST-180", "INST-451"], || {
        listed(|instance| instance["configuration"]["oauth.user.token"] = Value::Null)
    }),
    variant(
        "shows-other-token",
        "shows a token of its own as the access token",
        &["INST-181", "INST-254"],
        || {
            listed(|instance| {
                instance["configuration"]["oauth.user.token"] = json!("a-token-of-the-platform");
            })
        },
    ),
    variant("ignores-tag-filter", "lists every instance, whatever the tag", &["INST-182"], || {
        Defect::asks(|ask| without_parameter(ask, "tags[]"))
    }),
    variant("ignores-state", "leaves the state out of the OAuth URL", &["INST-336", "INST-338"], || {
        Defect::asks(|ask| without_parameter(ask, "state"))
    }),
    variant("ignores-subdomain", "leaves the subdomain out of the OAuth URL", &["INST-337"], || {
        Defect::asks(|ask| without_parameter(ask, "subdomain"))
    }),
    variant(
        "wrong-client",
        "sends the user to the provider for another app",
        &["INST-332", "INST-338"],
        || oauth_url(|url| url.replace("client_id=", "client_id=not")),
    ),
    variant(
        "asks-for-token",
        "asks the provider for a token instead of a code",
        &["INST-334", "INST-338"],
        || oauth_url(|url| url.replace("response_type=code", "response_type=token")),
    ),
    variant("no-url", "answers without the OAuth URL", &["INST-330", "INST-331", "INST-269"], || {
        oauth_url(|_| String::new())
    }),
];

/// Instances that are read or listed are not what they were.
pub(super) fn listed(change: impl Fn(&mut Value) + Clone + Send + Sync + 'static) -> Defect {
    Defect::answers(move |ask, reply| {
        if !is_create(ask) && is_about_instances(ask) {
            each_instance(reply.body_mut(), &change);
        }
    })
}

/// The answer to a reauthentication is not what it was.
pub(super) fn reauthenticated(change: impl Fn(&mut Value) + Clone + Send + Sync + 'static) -> Defect {
    Defect::answers(move |ask, reply| {
        if is_reauthentication(ask) && reply.status().is_success() {
            edit(reply.body_mut(), &change);
        }
    })
}

/// The OAuth URL is not what it was.
pub(super) fn oauth_url(change: fn(&str) -> String) -> Defect {
    Defect::answers(move |ask, reply| {
        if ask.uri().path().ends_with("/oauth/url") {
            edit(reply.body_mut(), |body| {
                if let Some(url) = body["oauthUrl"].as_str() {
                    body["oauthUrl"] = json!(change(url));
                }
            });
        }
    })
}

fn is_about_instances(ask: &Ask) -> bool {
    ask.uri().path().contains("/instances")
}

fn each_instance(body: &mut bytes::Bytes, change: impl Fn(&mut Value)) {
    edit(body, |body| match body {
        Value::Array(entries) => entries.iter_mut().filter(|entry| entry.is_object()).for_each(change),
        Value::Object(members) if members.contains_key("configuration") => change(body),
        _ => {}
    });
}
