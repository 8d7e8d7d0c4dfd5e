//! Permitted variants that take more than a line: other ids, numbers and tokens in both directions, and a service that
//! tries its refresh token before it gives up.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use bytes::Bytes;
use http::{HeaderValue, Method, StatusCode, header};
use serde_json::{Value, json};

use super::variants::{each_instance, is_about_instances};
use crate::conformance::broken::defect::{
    Ask, Defect, Reply, authorization, edit, edit_form, element, field, is_exchange, json as json_of,
    set_form,
};

/// What is added to the ids of instances.
const IDS: i64 = 7_000_000_000;

/// What is added to the numbers of connectors.
const NUMBERS: i64 = 5_000;

/// Moves a number in the path behind `part`, and puts the path together again.
fn move_number(ask: &mut Ask, part: &str, by: i64) {
    let path = ask.uri().path();
    let Some((before, after)) = path.split_once(part) else { return };
    let (number, rest) = after.find('/').map_or((after, ""), |at| after.split_at(at));
    let Some(number) = number.parse::<i64>().ok().filter(|number| *number > by) else { return };
    let query = ask.uri().query().map(|query| format!("?{query}")).unwrap_or_default();
    if let Ok(uri) = format!("{before}{part}{}{rest}{query}", number - by).parse() {
        *ask.uri_mut() = uri;
    }
}

fn add(value: &mut Value, by: i64) {
    if let Some(number) = value.as_i64() {
        *value = json!(number + by);
    }
}

pub(super) fn other_ids() -> Defect {
    Defect::front(|mut ask, next| async move {
        move_number(&mut ask, "/instances/", IDS);
        edit(ask.body_mut(), |body| {
            if body["id"].as_i64().is_some_and(|id| id > IDS) {
                add(&mut body["id"], -IDS);
            }
        });
        let asked = ask.clone();
        let mut reply = next.send(ask).await;
        if is_about_instances(&asked) && reply.status().is_success() {
            edit(reply.body_mut(), |body| each_instance(body, |instance| add(&mut instance["id"], IDS)));
        }
        let name = "elements-element-instance-id";
        let id = reply.headers().get(name).and_then(|id| id.to_str().ok()?.parse::<i64>().ok());
        if let Some(value) = id.and_then(|id| (id + IDS).to_string().parse().ok()) {
            reply.headers_mut().insert(name, value);
        }
        reply
    })
}

pub(super) fn other_numbers() -> Defect {
    Defect::front(|mut ask, next| async move {
        move_number(&mut ask, "/api-v2/elements/", NUMBERS);
        // Who puts back what was read shows the number that was shown.
        edit(ask.body_mut(), |body| {
            if body["elementId"].as_i64().is_some_and(|id| id > NUMBERS) {
                add(&mut body["elementId"], -NUMBERS);
            }
            if body["element"]["id"].as_i64().is_some_and(|id| id > NUMBERS) {
                add(&mut body["element"]["id"], -NUMBERS);
            }
        });
        let asked = ask.clone();
        let mut reply = next.send(ask).await;
        let path = asked.uri().path();
        let about_instances = is_about_instances(&asked);
        let about_connectors =
            path.starts_with("/elements/api-v2/elements") && !about_instances && !path.contains("/oauth/");
        edit(reply.body_mut(), |body| {
            if about_instances {
                each_instance(body, |instance| {
                    if instance["elementId"].is_number() {
                        add(&mut instance["elementId"], NUMBERS);
                    }
                    if instance["element"]["id"].is_number() {
                        add(&mut instance["element"]["id"], NUMBERS);
                    }
                });
            } else if about_connectors {
                each_instance(body, |connector| add(&mut connector["id"], NUMBERS));
            }
        });
        reply
    })
}

pub(super) fn other_tokens() -> Defect {
    let turn = |token: &str| token.chars().rev().collect::<String>();
    Defect::front(move |mut ask, next| async move {
        if let Some(token) = element(&ask).map(ToOwned::to_owned) {
            let inner = token.strip_prefix("x/=").map_or_else(|| token.clone(), turn);
            let header = authorization(&ask).replace(&token, &inner);
            if let Ok(value) = HeaderValue::from_str(&header) {
                ask.headers_mut().insert(header::AUTHORIZATION, value);
            }
        }
        let about_instances = is_about_instances(&ask);
        let mut reply = next.send(ask).await;
        if about_instances && reply.status().is_success() {
            edit(reply.body_mut(), |body| {
                each_instance(body, |instance| {
                    if let Some(token) = instance["token"].as_str() {
                        instance["token"] = json!(format!("x/={}", turn(token)));
                    }
                });
            });
        }
        reply
    })
}

/// What is needed to refresh a token, by the access token.
#[derive(Clone)]
struct Refreshable {
    uri: http::Uri,
    headers: http::HeaderMap,
    form: Bytes,
}

pub(super) fn refreshes_on_401() -> Defect {
    let known: Arc<Mutex<HashMap<String, Refreshable>>> = Arc::default();
    Defect::back(move |ask, next| {
        let known = Arc::clone(&known);
        async move {
            let exchange = is_exchange(&ask).then(|| ask.clone());
            let reply = next.send(ask.clone()).await;
            if let Some(exchange) = exchange {
                remember(&known, &exchange, &reply);
                return reply;
            }
            if reply.status() != StatusCode::UNAUTHORIZED || field(ask.body(), "grant_type").is_some() {
                return reply;
            }
            let shown = bearer(&ask).unwrap_or_default();
            let found = known.lock().unwrap_or_else(PoisonError::into_inner).get(&shown).cloned();
            let Some(Refreshable { uri, headers, form }) = found else { return reply };
            let mut refresh = http::Request::new(form);
            (*refresh.method_mut(), *refresh.uri_mut(), *refresh.headers_mut()) =
                (Method::POST, uri, headers);
            let renewed = next.send(refresh).await;
            let tokens = json_of(renewed.body());
            let Some(access) = tokens["access_token"].as_str().filter(|_| renewed.status().is_success())
            else {
                return reply;
            };
            let mut again = ask;
            for name in [header::AUTHORIZATION, header::HeaderName::from_static("access-token")] {
                let value = again.headers().get(&name).and_then(|value| value.to_str().ok());
                let value = value.map(|value| value.replace(&shown, access));
                if let Some(value) = value.and_then(|value| value.parse().ok()) {
                    again.headers_mut().insert(name, value);
                }
            }
            next.send(again).await
        }
    })
}

fn bearer(ask: &Ask) -> Option<String> {
    let value = |name: &str| ask.headers().get(name)?.to_str().ok().map(ToOwned::to_owned);
    let header = value("access-token").or_else(|| value("authorization"))?;
    Some(header.rsplit(' ').next().unwrap_or_default().to_owned())
}

fn remember(known: &Mutex<HashMap<String, Refreshable>>, exchange: &Ask, reply: &Reply) {
    let tokens = json_of(reply.body());
    let (Some(access), Some(refresh)) = (tokens["access_token"].as_str(), tokens["refresh_token"].as_str())
    else {
        return;
    };
    let mut form = exchange.body().clone();
    edit_form(&mut form, |name| !["code", "redirect_uri"].contains(&name));
    set_form(&mut form, "grant_type", "refresh_token");
    set_form(&mut form, "refresh_token", refresh);
    let refreshable = Refreshable { uri: exchange.uri().clone(), headers: exchange.headers().clone(), form };
    known.lock().unwrap_or_else(PoisonError::into_inner).insert(access.to_owned(), refreshable);
}
