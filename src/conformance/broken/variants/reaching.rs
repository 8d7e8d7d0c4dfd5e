//! What goes wrong when an instance is reached by one of its several ways: by its id, by its token, at its connector.

use http::{Method, StatusCode};
use serde_json::{Value, json};

use super::{Variant, keeping::changed, memory::Memory, refuse_when, variant};
use crate::conformance::broken::defect::{
    Ask, Defect, Reply, edit, element, is_create, json as json_of, parameter, reply, without_parameter,
};

const INSTANCES: &str = "/elements/api-v2/instances";
const CONNECTORS: &str = "/elements/api-v2/elements/";

pub(super) static VARIANTS: &[Variant] = &[
    variant(
        "gives-the-one-beside",
        "answers a create with the instance that the header names",
        &["INST-025"],
        || {
            let made = Memory::<Reply>::default();
            Defect::front(move |ask, next| {
                let made = made.clone();
                async move {
                    let creates = is_create(&ask);
                    if let Some(first) = element(&ask).filter(|_| creates).and_then(|token| made.get(token)) {
                        return first;
                    }
                    let reply = next.send(ask).await;
                    if let Some(token) = json_of(reply.body())["token"].as_str().filter(|_| creates) {
                        made.put(token, reply.clone());
                    }
                    reply
                }
            })
        },
    ),
    variant(
        "element-decides",
        "takes the instance of the Element part, whatever id is in the path",
        &["INST-026", "INST-027"],
        || {
            Defect::asks(|ask| {
                if element(ask).is_some()
                    && is_by_id(ask)
                    && let Ok(own) = INSTANCES.parse()
                {
                    *ask.uri_mut() = own;
                }
            })
        },
    ),
    variant("date-of-today", "shows another date by the id than at the create", &["INST-150"], || {
        read_by_id(|instance| instance["createdDate"] = json!("2001-02-03T04:05:06Z"))
    }),
    variant("empty-configuration", "shows no configuration by the id", &["INST-155"], || {
        read_by_id(|instance| instance["configuration"] = json!({}))
    }),
    variant("owner-as-number", "gives the owner as a number", &["INST-158"], || {
        read_by_id(|instance| instance["user"] = json!(12345))
    }),
    variant("never-the-same", "changes an instance by reading it", &["INST-156"], || {
        let reads = Memory::<u64>::default();
        read_by_id(move |instance| {
            let count = reads.get("all").unwrap_or_default() + 1;
            reads.put("all", count);
            instance["maxCacheSize"] = json!(count);
        })
    }),
    variant("not-at-keys", "finds no instance under its connector's key", &["INST-151"], || {
        refuse_when(StatusCode::NOT_FOUND, |ask| reads_at_connector(ask) == Some(false))
    }),
    variant("not-at-numbers", "finds no instance under its connector's number", &["INST-152"], || {
        refuse_when(StatusCode::NOT_FOUND, |ask| reads_at_connector(ask) == Some(true))
    }),
    variant("lists-the-last-alone", "lists the last instance alone", &["INST-183"], || {
        Defect::answers(|ask, reply| {
            let all = ask.method() == Method::GET
                && ask.uri().path() == INSTANCES
                && ask.uri().query().is_none()
                && element(ask).is_none();
            if all {
                edit(reply.body_mut(), |list| {
                    if let Some(last) = list.as_array_mut().and_then(Vec::pop) {
                        *list = json!([last]);
                    }
                });
            }
        })
    }),
    variant("tag-beats-text", "forgets the text where there is a tag", &["INST-185"], || {
        Defect::asks(|ask| {
            if parameter(ask, "tags[]").is_some() {
                without_parameter(ask, "searchText");
            }
        })
    }),
    variant("undated-list", "lists the instances of a connector without their dates", &["INST-189"], || {
        Defect::answers(|ask, reply| {
            let path = ask.uri().path();
            if ask.method() == Method::GET && path.starts_with(CONNECTORS) && path.ends_with("/instances") {
                edit(reply.body_mut(), |list| {
                    list.as_array_mut().into_iter().flatten().for_each(|of| of["createdDate"] = Value::Null);
                });
            }
        })
    }),
    variant("refuses-what-it-showed", "refuses a PUT of what it answered itself", &["INST-218"], || {
        refuse_when(StatusCode::BAD_REQUEST, |ask| {
            ask.method() == Method::PUT && !json_of(ask.body())["createdDate"].is_null()
        })
    }),
    variant("no-put-at-connector", "replaces nothing at a connector's path", &["INST-219"], || {
        refuse_when(StatusCode::METHOD_NOT_ALLOWED, |ask| {
            ask.method() == Method::PUT && ask.uri().path().starts_with(CONNECTORS)
        })
    }),
    variant("no-put-by-token", "replaces nothing by an instance's token", &["INST-220"], || {
        refuse_when(StatusCode::METHOD_NOT_ALLOWED, |ask| {
            ask.method() == Method::PUT && ask.uri().path() == INSTANCES
        })
    }),
    variant("rename-gives-token", "gives an instance another token at a rename", &["INST-221"], || {
        changed(|ask, instance| {
            if is_by_id(ask) {
                instance["token"] = json!("another-token-than-before");
            }
        })
    }),
    variant(
        "unknown-id-replaced",
        "answers a PUT of an id that nobody has",
        &["INST-223", "INST-322"],
        || found_after_all(|ask| ask.method() == Method::PUT && is_by_id(ask), StatusCode::NOT_FOUND),
    ),
    variant("patch-of-garbage", "answers a PATCH that is no JSON", &["INST-225"], || {
        Defect::answers(|ask, reply| {
            if ask.method() == Method::PATCH && json_of(ask.body()).is_null() {
                *reply = self::reply(StatusCode::OK, &json!({}));
            }
        })
    }),
    variant("dead-token-reads", "answers to the token of a deleted instance", &["INST-323"], || {
        found_after_all(
            |ask| ask.uri().path() == INSTANCES && element(ask).is_some(),
            StatusCode::UNAUTHORIZED,
        )
    }),
    variant(
        "token-of-the-deleted",
        "gives a new instance the token of the deleted one",
        &["INST-324"],
        || {
            let (last, dead) = (Memory::<Value>::default(), Memory::<Value>::default());
            Defect::answers(move |ask, reply| {
                if ask.method() == Method::DELETE {
                    last.get("token").into_iter().for_each(|token| dead.put("token", token));
                } else if is_create(ask) && reply.status().is_success() {
                    edit(reply.body_mut(), |instance| match dead.get("token") {
                        Some(token) => instance["token"] = token,
                        None => last.put("token", instance["token"].clone()),
                    });
                }
            })
        },
    ),
    variant("objects-unwanted", "lists objects although it was told not to", &["INST-370"], || {
        Defect::answers(|ask, reply| {
            if is_create(ask) && json_of(ask.body())["retrieveObjectsAfterInstantiation"] == json!(false) {
                edit(reply.body_mut(), |instance| instance["objects"] = json!([]));
            }
        })
    }),
    variant("objects-not-names", "describes objects where names are asked for", &["INST-373"], || {
        Defect::answers(|ask, reply| {
            if ask.uri().path().ends_with("/objects") && ask.method() == Method::GET {
                edit(reply.body_mut(), |list| {
                    list.as_array_mut().into_iter().flatten().for_each(|name| {
                        *name = json!({ "name": name.take() });
                    });
                });
            }
        })
    }),
    variant("other-objects-at-hub", "lists other objects under a hub", &["INST-374"], || {
        Defect::answers(|ask, reply| {
            if ask.uri().path().contains("/hubs/") && ask.uri().path().ends_with("/objects") {
                // The last may be one that another scenario maps, which nobody would miss.
                edit(reply.body_mut(), |list| {
                    list.as_array_mut().map(|names| names.drain(..names.len().min(1)).count());
                });
            }
        })
    }),
    variant("fewer-entries-by-token", "leaves an entry out of the list by token", &["INST-391"], || {
        Defect::answers(|ask, reply| {
            if ask.uri().path().ends_with("/instances/configuration") {
                edit(reply.body_mut(), |list| drop(list.as_array_mut().and_then(Vec::pop)));
            }
        })
    }),
    variant("entry-of-another-id", "gives another entry than was asked for", &["INST-392"], || {
        Defect::answers(|ask, reply| {
            if ask.method() == Method::GET && is_entry(ask) {
                edit(reply.body_mut(), |entry| {
                    if let Some(id) = entry["id"].as_i64() {
                        entry["id"] = json!(id + 1);
                    }
                });
            }
        })
    }),
    variant(
        "entry-by-token-lost",
        "answers the change of an entry by token and does nothing",
        &["INST-394"],
        || {
            Defect::front(|ask, next| async move {
                let by_token = ask.uri().path().starts_with("/elements/api-v2/instances/configuration/");
                if ask.method() == Method::PATCH && by_token {
                    reply(StatusCode::OK, &json!({}))
                } else {
                    next.send(ask).await
                }
            })
        },
    ),
    variant("notifies-at-first", "notifies of events unless told otherwise", &["INST-397"], || {
        Defect::answers(|ask, reply| {
            if ask.uri().path().ends_with("/configuration") {
                edit(reply.body_mut(), |list| {
                    let mut entries = list.as_array_mut().into_iter().flatten();
                    if let Some(entry) = entries.find(|entry| entry["key"] == "event.notification.enabled") {
                        entry["propertyValue"] = json!("true");
                    }
                });
            }
        })
    }),
    variant("unknown-entry-taken", "takes an entry that nobody knows", &["INST-398"], || {
        found_after_all(is_entry, StatusCode::NOT_FOUND)
    }),
    variant(
        "entry-change-spreads",
        "changes another entry with the one that is changed",
        &["INST-400"],
        || {
            let changed = Memory::<()>::default();
            Defect::answers(move |ask, reply| {
                if ask.method() == Method::PATCH && is_entry(ask) {
                    changed.put("any", ());
                } else if ask.method() == Method::GET && is_by_id(ask) && changed.get("any").is_some() {
                    edit(reply.body_mut(), |instance| {
                        instance["configuration"]["event.notification.enabled"] = json!("true");
                    });
                }
            })
        },
    ),
    variant("tells-secret-once", "shows the app's secret in the answer to a create", &["INST-452"], || {
        Defect::answers(|ask, reply| {
            let secret = json_of(ask.body())["configuration"]["oauth.api.secret"].clone();
            if is_create(ask) && reply.status().is_success() && secret.is_string() {
                edit(reply.body_mut(), |instance| instance["configuration"]["oauth.api.secret"] = secret);
            }
        })
    }),
    variant("change-tells-secret", "shows the app's secret in the answer to a change", &["INST-455"], || {
        changed(|_, instance| instance["configuration"]["oauth.api.secret"] = json!("the-secret-in-clear"))
    }),
    variant(
        "passwords-by-name-only",
        "covers a password by its name and not by its type",
        &["INST-456"],
        || {
            read_by_id(|instance| {
                if let Some(secret) = instance["configuration"].get_mut("oauth.api.secret")
                    && !secret.is_null()
                {
                    *secret = json!("the-secret-in-clear");
                }
            })
        },
    ),
    variant("keeps-markup-by-id", "keeps the markup of a new name by the id", &["INST-463"], || {
        changed(|ask, instance| as_sent(ask, instance, true))
    }),
    variant("keeps-markup-by-token", "keeps the markup of a new name by the token", &["INST-464"], || {
        changed(|ask, instance| as_sent(ask, instance, false))
    }),
    variant("markup-in-tag", "keeps the markup of a name in the tag", &["INST-466"], || {
        Defect::answers(|ask, reply| {
            let sent = json_of(ask.body());
            if is_create(ask) && reply.status().is_success() && sent["tags"].is_null() {
                edit(reply.body_mut(), |instance| instance["tags"] = json!([sent["name"]]));
            }
        })
    }),
];

/// `/instances/{id}`
fn is_by_id(ask: &Ask) -> bool {
    let id = ask.uri().path().strip_prefix(INSTANCES).and_then(|rest| rest.strip_prefix('/'));
    id.is_some_and(is_number)
}

/// `/instances/configuration/{configId}`, or the same below an id.
fn is_entry(ask: &Ask) -> bool {
    ask.uri().path().contains("/configuration/")
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Whether an instance is read under the number of its connector, or else under the key.
fn reads_at_connector(ask: &Ask) -> Option<bool> {
    let (connector, _) = ask.uri().path().strip_prefix(CONNECTORS)?.split_once("/instances/")?;
    (ask.method() == Method::GET).then(|| is_number(connector))
}

/// An instance that is read by its id is not what it was.
fn read_by_id(change: impl Fn(&mut Value) + Clone + Send + Sync + 'static) -> Defect {
    Defect::answers(move |ask, reply| {
        if ask.method() == Method::GET && is_by_id(ask) && reply.status().is_success() {
            edit(reply.body_mut(), &change);
        }
    })
}

/// Some calls are answered 200 where they should be refused with `refusal`.
fn found_after_all(
    which: impl Fn(&Ask) -> bool + Copy + Send + Sync + 'static,
    refusal: StatusCode,
) -> Defect {
    Defect::answers(move |ask, reply| {
        if which(ask) && reply.status() == refusal {
            *reply = self::reply(StatusCode::OK, &json!({}));
        }
    })
}

/// Puts the name as it was sent into the answer to a change, by id or by token.
fn as_sent(ask: &Ask, instance: &mut Value, by_id: bool) {
    let name = json_of(ask.body())["name"].clone();
    if is_by_id(ask) == by_id && name.is_string() {
        instance["name"] = name;
    }
}
