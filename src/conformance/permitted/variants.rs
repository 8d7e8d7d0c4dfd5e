//! What a service may do otherwise.

use std::time::Duration;

use http::{HeaderValue, Method, StatusCode, header};
use serde_json::{Map, Value, json};

use super::{
    Permitted,
    disguises::{other_ids, other_numbers, other_tokens, refreshes_on_401},
};
use crate::conformance::broken::defect::{
    Ask, Chunked, Defect, edit, element, is_create, is_reauthentication, json as json_of, parameter,
};

/// All permitted variants.
pub fn all() -> impl Iterator<Item = &'static Permitted> {
    VARIANTS.iter()
}

const fn variant(name: &'static str, behaviour: &'static str, make: fn() -> Defect) -> Permitted {
    Permitted { name, behaviour, make }
}

static VARIANTS: &[Permitted] = &[
    variant("one-as-object", "reads the instance of a token as an object, not as an array of one", || {
        Defect::answers(|ask, reply| {
            let by_token = ask.method() == Method::GET
                && ask.uri().path().ends_with("/instances")
                && element(ask).is_some();
            if by_token {
                edit(reply.body_mut(), |body| {
                    if let Some([only]) = body.as_array_mut().map(Vec::as_mut_slice) {
                        *body = only.take();
                    }
                });
            }
        })
    }),
    variant("other-member-order", "writes the members of objects the other way round", || {
        Defect::answers(|_, reply| edit(reply.body_mut(), reverse_members))
    }),
    variant("extra-members", "adds members of its own to what it describes", || {
        platform(|body| {
            each_object(body, &|members| {
                members.insert("xRehearsal".to_owned(), json!({ "nested": [1, null, "two"] }));
            });
        })
    }),
    variant("extra-configuration", "keeps more configuration than it was given", || {
        instances(|instance| {
            if let Some(configuration) = instance["configuration"].as_object_mut() {
                configuration.insert("x.rehearsal".to_owned(), json!("of its own"));
                configuration.insert("x.rehearsal.nothing".to_owned(), Value::Null);
            }
        })
    }),
    variant("indented", "indents its JSON", || {
        Defect::answers(|_, reply| {
            let value = json_of(reply.body());
            if !value.is_null()
                && let Ok(text) = serde_json::to_vec_pretty(&value)
            {
                *reply.body_mut() = text.into();
            }
        })
    }),
    variant("escaped-unicode", "escapes every letter beyond ASCII", || {
        Defect::answers(|_, reply| {
            let Ok(text) = std::str::from_utf8(reply.body()) else { return };
            if !text.is_ascii() && !json_of(reply.body()).is_null() {
                *reply.body_mut() = escaped(text).into();
            }
        })
    }),
    variant("line-at-the-end", "ends a body with a line break", || {
        Defect::answers(|_, reply| {
            if !reply.body().is_empty() {
                let mut body = reply.body().to_vec();
                body.push(b'\n');
                *reply.body_mut() = body.into();
            }
        })
    }),
    variant("says-charset", "says its charset", || {
        Defect::answers(|_, reply| {
            let json = reply
                .headers()
                .get(header::CONTENT_TYPE)
                .is_some_and(|value| value.as_bytes().starts_with(b"application/json"));
            if json {
                reply
                    .headers_mut()
                    .insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json;charset=UTF-8"));
            }
        })
    }),
    variant("chunked", "sends its answers in chunks", || {
        Defect::answers(|_, reply| {
            reply.extensions_mut().insert(Chunked);
        })
    }),
    variant("slow", "takes its time", || {
        Defect::front(|ask, next| async move {
            let reply = next.send(ask).await;
            tokio::time::sleep(Duration::from_millis(10)).await;
            reply
        })
    }),
    variant("closes-connections", "closes the connection after each answer", || {
        with_header(&header::CONNECTION, "close")
    }),
    variant("sets-cookies", "sets a cookie", || {
        with_header(&header::SET_COOKIE, "session=1; Path=/; HttpOnly")
    }),
    variant("speaks-to-browsers", "sends its CORS headers to everybody", || {
        with_header(&header::ACCESS_CONTROL_ALLOW_ORIGIN, "*")
    }),
    variant("refused-code-is-400", "answers 400 when the provider refuses a code", || {
        refused_code(StatusCode::BAD_REQUEST)
    }),
    variant("refused-code-is-401", "answers 401 when the provider refuses a code", || {
        refused_code(StatusCode::UNAUTHORIZED)
    }),
    variant("refused-code-is-403", "answers 403 when the provider refuses a code", || {
        refused_code(StatusCode::FORBIDDEN)
    }),
    variant("odd-id-is-400", "answers 400 to an id that is no number", || {
        on_path("/instances/abc", StatusCode::NOT_FOUND, StatusCode::BAD_REQUEST)
    }),
    variant("odd-id-is-404", "answers 404 to an id that is no number", || {
        on_path("/instances/abc", StatusCode::BAD_REQUEST, StatusCode::NOT_FOUND)
    }),
    variant("basic-url-is-400", "answers 400 for the OAuth URL of a basic connector", || {
        on_path("/bigcommerce/oauth/url", StatusCode::NOT_FOUND, StatusCode::BAD_REQUEST)
    }),
    variant("basic-url-is-404", "answers 404 for the OAuth URL of a basic connector", || {
        on_path("/bigcommerce/oauth/url", StatusCode::BAD_REQUEST, StatusCode::NOT_FOUND)
    }),
    variant("trouble-is-500", "answers 500 when a provider is in trouble", || {
        turned(StatusCode::BAD_GATEWAY, StatusCode::INTERNAL_SERVER_ERROR)
    }),
    variant("trouble-is-502", "answers 502 when a provider is in trouble", || {
        turned(StatusCode::INTERNAL_SERVER_ERROR, StatusCode::BAD_GATEWAY)
    }),
    variant("patch-of-nobody-is-400", "answers 400 to a PATCH without the Element part", || {
        patch_of_nobody(StatusCode::BAD_REQUEST)
    }),
    variant("patch-of-nobody-is-401", "answers 401 to a PATCH without the Element part", || {
        patch_of_nobody(StatusCode::UNAUTHORIZED)
    }),
    variant("large-ids", "gives ids beyond 32 bits", other_ids),
    variant("other-connector-numbers", "gives connectors other numbers", other_numbers),
    variant("other-tokens", "gives tokens of another form", other_tokens),
    variant("uuids", "gives requests UUIDs", || {
        errors(|body| {
            let id = body["requestId"].as_str().unwrap_or_default().to_owned();
            let long = format!("{id:0>32}");
            body["requestId"] = json!(format!(
                "{}-{}-{}-{}-{}",
                &long[..8],
                &long[8..12],
                &long[12..16],
                &long[16..20],
                &long[20..]
            ));
        })
    }),
    variant("other-words", "tells what is not found or not allowed in words of its own", || {
        Defect::answers(|_, reply| {
            let own = [StatusCode::NOT_FOUND, StatusCode::UNAUTHORIZED, StatusCode::METHOD_NOT_ALLOWED];
            if own.contains(&reply.status()) && json_of(reply.body())["providerMessage"].is_null() {
                edit(reply.body_mut(), |body| body["message"] = json!("das gibt es nicht"));
            }
        })
    }),
    variant("objects-in-other-order", "lists objects the other way round", || {
        Defect::answers(|ask, reply| {
            if ask.uri().path().ends_with("/objects") {
                edit(reply.body_mut(), |body| {
                    if let Some(list) = body.as_array_mut() {
                        list.reverse();
                    }
                });
            }
            if is_create(ask) {
                edit(reply.body_mut(), |instance| {
                    if let Some(list) = instance["objects"].as_array_mut() {
                        list.reverse();
                    }
                });
            }
        })
    }),
    variant("more-connectors", "has connectors of its own", || {
        Defect::answers(|ask, reply| {
            let own = match ask.uri().path() {
                "/elements/api-v2/elements" => {
                    json!({ "id": 999, "key": "dropbox", "name": "Dropbox", "active": true })
                }
                "/elements/api-v2/elements/keys" => json!("dropbox"),
                _ => return,
            };
            edit(reply.body_mut(), |body| {
                if let Some(list) = body.as_array_mut() {
                    list.insert(0, own);
                }
            });
        })
    }),
    variant("more-in-the-url", "asks the provider for more in the OAuth URL", || {
        Defect::answers(|ask, reply| {
            if ask.uri().path().ends_with("/oauth/url") {
                edit(reply.body_mut(), |body| {
                    if let Some(url) = body["oauthUrl"].as_str() {
                        body["oauthUrl"] = json!(format!("{url}&access_type=offline"));
                    }
                });
            }
        })
    }),
    variant("short-pages", "gives lists in pages of twenty unless told otherwise", || {
        Defect::asks(|ask| {
            let lists = ask.method() == Method::GET
                && ask.uri().path().ends_with("/instances")
                && element(ask).is_none();
            if lists && parameter(ask, "pageSize").is_none() {
                let query = ask.uri().query().map(|query| format!("{query}&")).unwrap_or_default();
                if let Ok(uri) = format!("{}?{query}pageSize=20", ask.uri().path()).parse() {
                    *ask.uri_mut() = uri;
                }
            }
        })
    }),
    variant("strangers", "has instances that others have made", || {
        Defect::answers(|ask, reply| {
            let all = ask.method() == Method::GET
                && ask.uri().path() == "/elements/api-v2/instances"
                && ask.uri().query().is_none()
                && element(ask).is_none();
            if all {
                edit(reply.body_mut(), |body| {
                    if let Some(list) = body.as_array_mut() {
                        list.insert(0, json!({ "id": 1, "name": "somebody's", "tags": ["somebody's"], "element": { "id": 999, "key": "dropbox" } }));
                    }
                });
            }
        })
    }),
    variant("asks-twice", "asks the provider once more before it passes a refusal on", || {
        Defect::back(|ask, next| async move {
            let reply = next.send(ask.clone()).await;
            let again = ask.method() == Method::GET && reply.status() == StatusCode::UNAUTHORIZED;
            if again { next.send(ask).await } else { reply }
        })
    }),
    variant("refreshes-on-401", "tries the refresh token before it passes a refusal on", || {
        refreshes_on_401()
    }),
];

/// Bodies of the platform, errors included; what a provider sent stays as it is.
fn platform(change: fn(&mut Value)) -> Defect {
    Defect::answers(move |ask, reply| {
        if is_platform(ask) || !reply.status().is_success() {
            edit(reply.body_mut(), change);
        }
    })
}

fn is_platform(ask: &Ask) -> bool {
    let path = ask.uri().path();
    ["/instances", "/elements/api-v2/elements/"].iter().any(|part| path.contains(part))
        && !path.contains("/hubs/")
}

pub(super) fn is_about_instances(ask: &Ask) -> bool {
    ask.uri().path().contains("/instances") && !ask.uri().path().contains("/configuration")
}

/// Every instance that is told is otherwise.
fn instances(change: fn(&mut Value)) -> Defect {
    Defect::answers(move |ask, reply| {
        if is_about_instances(ask) && reply.status().is_success() {
            edit(reply.body_mut(), |body| each_instance(body, change));
        }
    })
}

pub(super) fn each_instance(body: &mut Value, change: impl Fn(&mut Value)) {
    match body {
        Value::Array(entries) => entries.iter_mut().filter(|entry| entry["id"].is_number()).for_each(change),
        Value::Object(members) if members.contains_key("id") => change(body),
        _ => {}
    }
}

fn errors(change: fn(&mut Value)) -> Defect {
    Defect::answers(move |_, reply| {
        if reply.status().is_client_error() || reply.status().is_server_error() {
            edit(reply.body_mut(), |body| {
                if body["requestId"].is_string() {
                    change(body);
                }
            });
        }
    })
}

fn each_object(value: &mut Value, change: &impl Fn(&mut Map<String, Value>)) {
    match value {
        Value::Array(entries) => entries.iter_mut().for_each(|entry| each_object(entry, change)),
        Value::Object(members) => {
            // A configuration holds strings and nulls only.
            members
                .iter_mut()
                .filter(|(name, _)| *name != "configuration")
                .for_each(|(_, member)| each_object(member, change));
            change(members);
        }
        _ => {}
    }
}

fn reverse_members(value: &mut Value) {
    match value {
        Value::Array(entries) => entries.iter_mut().for_each(reverse_members),
        Value::Object(members) => {
            members.values_mut().for_each(reverse_members);
            let reversed: Vec<_> = std::mem::take(members).into_iter().rev().collect();
            members.extend(reversed);
        }
        _ => {}
    }
}

fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        if letter.is_ascii() {
            escaped.push(letter);
        } else {
            let mut units = [0; 2];
            letter
                .encode_utf16(&mut units)
                .iter()
                .for_each(|unit| escaped.push_str(&format!("\\u{unit:04x}")));
        }
    }
    escaped
}

fn with_header(name: &'static header::HeaderName, value: &'static str) -> Defect {
    Defect::answers(move |_, reply| {
        reply.headers_mut().insert(name, HeaderValue::from_static(value));
    })
}

fn turned(from: StatusCode, to: StatusCode) -> Defect {
    Defect::answers(move |_, reply| {
        if reply.status() == from {
            *reply.status_mut() = to;
        }
    })
}

fn on_path(end: &'static str, from: StatusCode, to: StatusCode) -> Defect {
    Defect::answers(move |ask, reply| {
        if ask.uri().path().ends_with(end) && reply.status() == from {
            *reply.status_mut() = to;
        }
    })
}

/// A code that the provider refuses, at a create or later.
fn refused_code(status: StatusCode) -> Defect {
    Defect::answers(move |ask, reply| {
        let passed_on = !json_of(reply.body())["providerMessage"].is_null();
        let with_code =
            (is_create(ask) || is_reauthentication(ask)) && !json_of(ask.body())["providerData"].is_null();
        if with_code && passed_on && reply.status().is_client_error() {
            *reply.status_mut() = status;
        }
    })
}

fn patch_of_nobody(status: StatusCode) -> Defect {
    Defect::answers(move |ask, reply| {
        let nobody = ask.method() == Method::PATCH
            && ask.uri().path().ends_with("/instances")
            && element(ask).is_none();
        if nobody && reply.status().is_client_error() {
            *reply.status_mut() = status;
        }
    })
}
