//! What goes wrong when instances are kept: changed, listed, switched, deleted, and shown to others.

use http::{Method, StatusCode, header};
use serde_json::{Value, json};

use super::{
    Variant,
    calling::set_authorization,
    memory::Memory,
    reading::{listed, oauth_url},
    refuse_when, variant,
};
use crate::conformance::broken::defect::{
    Ask, Defect, Reply, authorization, edit, element, is_create, json as json_of, parameter, reply,
    through_instance, without_parameter,
};

pub(super) static VARIANTS: &[Variant] = &[
    variant("merges-tags", "adds new tags to the old ones", &["INST-212"], || {
        changed(|ask, instance| {
            if let (false, Some(tags)) =
                (json_of(ask.body())["tags"].is_null(), instance["tags"].as_array_mut())
            {
                tags.insert(0, json!("rehearsal"));
            }
        })
    }),
    variant("rename-at-id-lost", "answers a rename at an id and does nothing", &["INST-211"], || {
        Defect::asks(|ask| {
            if is_change_by_id(ask) {
                edit(ask.body_mut(), |body| {
                    body.as_object_mut().map(|members| members.shift_remove("name"));
                });
            }
        })
    }),
    variant("rename-loses-tags", "throws the tags away at a rename", &["INST-232"], || {
        Defect::asks(|ask| {
            if is_change_by_id(ask) {
                edit(ask.body_mut(), |body| body["tags"] = json!([]));
            }
        })
    }),
    variant("patch-answers-little", "answers a PATCH with the name alone", &["INST-227"], || {
        changed(|_, instance| *instance = json!({ "name": instance["name"] }))
    }),
    variant(
        "replaces-configuration",
        "throws away what a PATCH of the configuration does not name",
        &["INST-214"],
        || changed(|ask, instance| instance["configuration"] = json_of(ask.body())["configuration"].clone()),
    ),
    variant("put-replaces-configuration", "throws the configuration away at a PUT", &["INST-216"], || {
        changed(|_, instance| instance["configuration"] = json!({}))
    }),
    variant("put-needs-tags", "does not let a PUT take all tags away", &["INST-217"], || {
        refuse_when(StatusCode::BAD_REQUEST, |ask| json_of(ask.body())["tags"] == json!([]))
    }),
    variant("empty-patch-refused", "refuses a PATCH that changes nothing", &["INST-230"], || {
        refuse_when(StatusCode::BAD_REQUEST, |ask| {
            ask.method() == Method::PATCH && json_of(ask.body()) == json!({})
        })
    }),
    variant("unknown-id-patched", "answers a PATCH of an id nobody was given", &["INST-222"], || {
        Defect::answers(|ask, reply| {
            if ask.method() == Method::PATCH && reply.status() == StatusCode::NOT_FOUND {
                *reply = self::reply(StatusCode::OK, &json!({}));
            }
        })
    }),
    variant("stores-asterisks", "takes the asterisks of a PUT for the secret", &["INST-460"], || {
        let dead = Memory::<()>::default();
        Defect::answers(move |ask, reply| {
            let body = json_of(ask.body());
            if ask.method() == Method::PUT && body["configuration"].to_string().contains("********") {
                dead.put(body["token"].as_str().unwrap_or_default(), ());
            } else if element(ask).is_some_and(|token| dead.get(token).is_some()) {
                *reply.status_mut() = StatusCode::UNAUTHORIZED;
            }
        })
    }),
    variant("takes-dates", "lets a caller set the date of an instance", &["INST-228"], || {
        listed(|instance| instance["createdDate"] = json!("1999-12-31T23:59:59Z"))
    }),
    variant("disabled-serves", "answers that it disables, and goes on serving", &["INST-481"], || {
        swallowed(|ask| ask.method() == Method::DELETE && ask.uri().path().ends_with("/enabled"))
    }),
    variant("disabled-for-good", "answers that it enables, and does not", &["INST-483"], || {
        swallowed(|ask| ask.method() == Method::PUT && ask.uri().path().ends_with("/enabled"))
    }),
    variant("never-says-disabled", "never says that an instance is disabled", &["INST-484"], || {
        changed(|_, instance| instance["disabled"] = json!(false))
    }),
    variant(
        "entry-change-lost",
        "answers the change of an entry and does nothing",
        &["INST-393", "INST-399"],
        || swallowed(|ask| ask.method() == Method::PATCH && ask.uri().path().contains("/configuration/")),
    ),
    variant(
        "whole-entry-refused",
        "takes the value of an entry and nothing beside it",
        &["INST-395"],
        || {
            refuse_when(StatusCode::BAD_REQUEST, |ask| {
                ask.uri().path().contains("/configuration/") && !json_of(ask.body())["key"].is_null()
            })
        },
    ),
    variant("entry-without-value-ok", "takes an entry without a value", &["INST-402"], || {
        swallowed(|ask| {
            ask.uri().path().contains("/configuration/") && json_of(ask.body())["propertyValue"].is_null()
        })
    }),
    variant("entries-without-ids", "gives entries of the configuration no ids", &["INST-390"], || {
        entries(|entry| entry["id"] = Value::Null)
    }),
    variant("keeps-nulls-at-first", "keeps null members unless told otherwise", &["INST-396"], || {
        entries(|entry| {
            if entry["key"] == "filter.response.nulls" {
                entry["propertyValue"] = json!("false");
            }
        })
    }),
    variant("entries-in-clear", "shows the app's secret among the entries", &["INST-453"], || {
        let secrets = Memory::<String>::default();
        Defect::answers(move |ask, reply| {
            if is_create(ask) {
                let (sent, id) = (json_of(ask.body()), json_of(reply.body())["id"].to_string());
                if let Some(secret) = sent["configuration"]["oauth.api.secret"].as_str() {
                    secrets.put(id, secret.to_owned());
                }
            }
            let of = ask.uri().path().strip_suffix("/configuration").and_then(|path| path.rsplit('/').next());
            if let Some(secret) = of.and_then(|id| secrets.get(id)) {
                edit(reply.body_mut(), |list| {
                    let mut found = list.as_array_mut().into_iter().flatten();
                    if let Some(entry) = found.find(|entry| entry["key"] == "oauth.api.secret") {
                        entry["propertyValue"] = json!(secret);
                    }
                });
            }
        })
    }),
    variant("password-in-clear", "shows the password of an account", &["INST-454", "INST-457"], || {
        listed(|instance| instance["configuration"]["password"] = json!("the-password"))
    }),
    variant("hides-the-name", "covers the name of an account", &["INST-458"], || {
        listed(|instance| instance["configuration"]["username"] = json!("********"))
    }),
    variant("delete-answers-204", "answers a delete with 204", &["INST-312"], || {
        deleted(|reply| *reply.status_mut() = StatusCode::NO_CONTENT)
    }),
    variant("delete-answers-body", "answers a delete with a body", &["INST-312"], || {
        deleted(|reply| *reply.body_mut() = r#"{"deleted":true}"#.into())
    }),
    variant(
        "deletes-again",
        "answers 200 when there is nothing left to delete",
        &["INST-316", "INST-317"],
        || {
            Defect::answers(|ask, reply| {
                if ask.method() == Method::DELETE && reply.status() == StatusCode::NOT_FOUND {
                    *reply.status_mut() = StatusCode::OK;
                }
            })
        },
    ),
    variant("deletes-others", "takes other instances away with the one it deletes", &["INST-321"], || {
        let gone = Memory::<()>::default();
        Defect::answers(move |ask, reply| {
            if ask.method() == Method::DELETE {
                gone.put("all", ());
            } else if ask.method() == Method::GET
                && ask.uri().path().contains("/instances/")
                && gone.get("all").is_some()
            {
                *reply = self::reply(StatusCode::NOT_FOUND, &json!({ "message": "No instance found" }));
            }
        })
    }),
    variant("lists-the-deleted", "goes on listing what was deleted", &["INST-315"], || {
        let made = Memory::<Vec<Value>>::default();
        Defect::answers(move |ask, reply| {
            let body = json_of(reply.body());
            if is_create(ask) && reply.status().is_success() {
                let mut all = made.get("all").unwrap_or_default();
                all.push(body);
                made.put("all", all);
            } else if ask.method() == Method::GET
                && ask.uri().path().ends_with("/instances")
                && element(ask).is_none()
            {
                *reply = self::reply(StatusCode::OK, &json!(made.get("all").unwrap_or_default()));
            }
        })
    }),
    variant("deleted-is-400", "answers 400 to whoever reads what was deleted", &["INST-313"], || {
        Defect::answers(|ask, reply| {
            if ask.method() == Method::GET
                && ask.uri().path().contains("/instances/")
                && reply.status() == StatusCode::NOT_FOUND
            {
                *reply.status_mut() = StatusCode::BAD_REQUEST;
            }
        })
    }),
    variant("ignores-text-filter", "lists every instance, whatever the text", &["INST-184"], || {
        Defect::asks(|ask| without_parameter(ask, "searchText"))
    }),
    variant("ignores-page-size", "gives all instances on one page", &["INST-191"], || {
        Defect::asks(|ask| without_parameter(ask, "pageSize"))
    }),
    variant("miscounts", "counts one too many", &["INST-193"], || {
        Defect::answers(|_, reply| {
            if reply.headers().contains_key("elements-returned-count") {
                reply.headers_mut().insert("elements-returned-count", header::HeaderValue::from_static("99"));
            }
        })
    }),
    variant("ignores-connector", "lists instances of every connector", &["INST-188"], || {
        Defect::asks(|ask| {
            let path = ask.uri().path().to_owned();
            let of_connector = path.starts_with("/elements/api-v2/elements/") && path.ends_with("/instances");
            if ask.method() == Method::GET
                && of_connector
                && let Ok(all) = "/elements/api-v2/instances".parse()
            {
                *ask.uri_mut() = all;
            }
        })
    }),
    variant(
        "nothing-found-is-200",
        "answers an empty list when a search finds nothing",
        &["INST-186"],
        || {
            Defect::answers(|ask, reply| {
                if parameter(ask, "tags[]").is_some() && reply.status() == StatusCode::NOT_FOUND {
                    *reply = self::reply(StatusCode::OK, &json!([]));
                }
            })
        },
    ),
    variant("thin-list", "lists instances without their configuration", &["INST-195"], || {
        listed(|instance| instance["configuration"] = Value::Null)
    }),
    variant("ping-without-date", "answers a ping without the time", &["INST-523"], || {
        Defect::answers(|ask, reply| {
            if ask.uri().path().ends_with("/ping") {
                edit(reply.body_mut(), |ping| ping["dateTime"] = Value::Null);
            }
        })
    }),
    variant("others-read", "lets whoever asks read and change any instance", &["INST-468"], || {
        let owners = Memory::<String>::default();
        Defect::front(move |mut ask, next| {
            let owners = owners.clone();
            async move {
                let id = ask.uri().path().rsplit('/').next().unwrap_or_default().to_owned();
                if let Some(owner) = owners.get(&id) {
                    set_authorization(&mut ask, &owner);
                }
                let (made, header) = (is_create(&ask), authorization(&ask).to_owned());
                let reply = next.send(ask).await;
                if made {
                    owners.put(json_of(reply.body())["id"].to_string(), header);
                }
                reply
            }
        })
    }),
    variant("others-list", "lists the instances of every caller", &["INST-469"], || {
        let owner = Memory::<String>::default();
        Defect::asks(move |ask| {
            let header = authorization(ask).to_owned();
            if is_create(ask) {
                owner.put("first", header);
            } else if element(ask).is_none()
                && ask.uri().path().ends_with("/instances")
                && let Some(first) = owner.get("first")
            {
                set_authorization(ask, &first);
            }
        })
    }),
    variant("others-use", "serves the token of an instance to every caller", &["INST-470"], || {
        let owner = Memory::<String>::default();
        Defect::asks(move |ask| {
            if is_create(ask) {
                owner.put("first", authorization(ask).to_owned());
            } else if through_instance(ask)
                && let (Some(first), Some(token)) = (owner.get("first"), element(ask).map(ToOwned::to_owned))
            {
                set_authorization(ask, &format!("{first}, Element {token}"));
            }
        })
    }),
    variant("url-needs-header", "gives the OAuth URL to callers with a header only", &["INST-349"], || {
        refuse_when(StatusCode::UNAUTHORIZED, |ask| {
            ask.uri().path().ends_with("/oauth/url") && authorization(ask).is_empty()
        })
    }),
    variant("other-redirect", "sends the user to another callback", &["INST-333"], || {
        oauth_url(|url| url.replace("redirect_uri=", "redirect_uri=https%3A%2F%2Fother.example.com%2F&was="))
    }),
    variant("state-twice-encoded", "encodes the state twice", &["INST-336"], || {
        oauth_url(|url| url.replace("state=", "state=%25"))
    }),
    variant("no-default-state", "gives no state of its own", &["INST-335"], || {
        oauth_url(|url| url.replace("state=", "nostate="))
    }),
    variant("secret-in-url", "tells the app's secret in the OAuth URL", &["INST-472"], || {
        Defect::answers(|ask, reply| {
            if let Some(secret) = parameter(ask, "apiSecret") {
                edit(reply.body_mut(), |body| {
                    let url = body["oauthUrl"].as_str().unwrap_or_default();
                    body["oauthUrl"] = json!(format!("{url}&client_secret={secret}"));
                });
            }
        })
    }),
    variant("follows-any-subdomain", "lets the subdomain lead away from the provider", &["INST-473"], || {
        Defect::answers(|ask, reply| {
            if parameter(ask, "subdomain").is_some_and(|of| of.contains("evil.example")) {
                *reply = self::reply(StatusCode::OK, &json!({ "oauthUrl": "https://evil.example/" }));
            }
        })
    }),
    variant("url-without-key", "gives an OAuth URL without the app's key", &["INST-343"], || {
        Defect::answers(|ask, reply| {
            if ask.uri().path().ends_with("/oauth/url") && parameter(ask, "apiKey").is_none() {
                *reply = self::reply(StatusCode::OK, &json!({ "oauthUrl": "https://example.com/" }));
            }
        })
    }),
    variant("refusal-becomes-code", "takes a user who refuses for one who consents", &["INST-339"], || {
        location(|url| url.replace("error=", "code=made-up&was="))
    }),
    variant("loses-code", "loses the code on the way to the callback", &["INST-338", "INST-340"], || {
        location(|url| url.replace("code=", "lost="))
    }),
    variant(
        "objects-made-up",
        "answers a canonical object without asking anybody",
        &["INST-366", "INST-520"],
        || {
            Defect::front(|ask, next| async move {
                if is_bare_object(&ask) { reply(StatusCode::OK, &json!([])) } else { next.send(ask).await }
            })
        },
    ),
    variant("objects-wrapped", "wraps what the provider sent", &["INST-367"], || {
        Defect::answers(|ask, reply| {
            if is_bare_object(ask) {
                edit(reply.body_mut(), |body| *body = json!({ "data": body.take() }));
            }
        })
    }),
    variant("mapped-not-listed", "does not list what the user has mapped", &["INST-368"], || {
        Defect::answers(|ask, reply| {
            if is_create(ask) {
                edit(reply.body_mut(), |instance| {
                    if let Some(objects) = instance["objects"].as_array_mut() {
                        objects.retain(|object| object["type"] != "vdr");
                    }
                });
            }
        })
    }),
    variant("mapped-without-fields", "serves a mapped resource without its fields", &["INST-369"], || {
        Defect::answers(|ask, reply| {
            if is_bare_object(ask) {
                edit(reply.body_mut(), |body| {
                    body.as_array_mut().into_iter().flatten().for_each(|entry| *entry = json!({}));
                });
            }
        })
    }),
    variant("objects-unasked", "lists objects whether asked or not", &["INST-371"], || {
        Defect::answers(|ask, reply| {
            if is_create(ask) {
                edit(reply.body_mut(), |instance| instance["objects"] = json!([]));
            }
        })
    }),
    variant("no-helium", "describes objects to nobody", &["INST-375"], || {
        Defect::asks(|ask| {
            ask.headers_mut().remove("elements-version");
        })
    }),
];

fn is_change_by_id(ask: &Ask) -> bool {
    ask.method() == Method::PATCH && ask.uri().path().contains("/instances/")
}

/// A call to an object by its bare name.
fn is_bare_object(ask: &Ask) -> bool {
    let name = ask.uri().path().strip_prefix("/elements/api-v2/").unwrap_or_default();
    let platform = ["instances", "elements", "hubs", "objects", "ping"];
    ask.method() == Method::GET && element(ask).is_some() && !name.contains('/') && !platform.contains(&name)
}

/// The answer to a change of an instance is not what it was.
pub(super) fn changed(change: impl Fn(&Ask, &mut Value) + Clone + Send + Sync + 'static) -> Defect {
    Defect::answers(move |ask, reply| {
        if [Method::PATCH, Method::PUT].contains(ask.method()) && reply.status().is_success() {
            edit(reply.body_mut(), |instance| {
                if instance.is_object() {
                    change(ask, instance);
                }
            });
        }
    })
}

/// The answer to a delete is not what it was.
fn deleted(change: impl Fn(&mut Reply) + Clone + Send + Sync + 'static) -> Defect {
    Defect::answers(move |ask, reply| {
        if ask.method() == Method::DELETE && reply.status().is_success() {
            change(reply);
        }
    })
}

/// Calls that are answered and not made.
fn swallowed(which: impl Fn(&Ask) -> bool + Copy + Send + Sync + 'static) -> Defect {
    Defect::front(move |ask, next| async move {
        if which(&ask) { reply(StatusCode::OK, &json!({})) } else { next.send(ask).await }
    })
}

/// The entries of the configuration are not what they were.
fn entries(change: fn(&mut Value)) -> Defect {
    Defect::answers(move |ask, reply| {
        if ask.uri().path().ends_with("/configuration") {
            edit(reply.body_mut(), |list| list.as_array_mut().into_iter().flatten().for_each(change));
        }
    })
}

/// The provider sends the user somewhere else.
fn location(change: fn(&str) -> String) -> Defect {
    Defect::back(move |ask, next| async move {
        let mut reply = next.send(ask).await;
        let location =
            reply.headers().get(header::LOCATION).and_then(|value| value.to_str().ok()).map(change);
        if let Some(value) = location.and_then(|location| location.parse().ok()) {
            reply.headers_mut().insert(header::LOCATION, value);
        }
        reply
    })
}
