//! What goes wrong with tokens and passwords between the target and the providers.

use http::{HeaderValue, Method, StatusCode, header};
use serde_json::json;

use super::{
    Variant,
    memory::Memory,
    reading::{listed, reauthenticated},
    refuse_when,
    refusing::refused,
    variant,
};
use crate::conformance::broken::defect::{
    Defect, edit, edit_form, element, field, host, is_create, is_exchange, is_reauthentication, is_refresh,
    is_refusal, json as json_of, reply, set_form, through_instance,
};

pub(super) static VARIANTS: &[Variant] = &[
    variant("shows-made-up-token", "shows the provider a token it never issued", &["INST-129"], || {
        Defect::tells_provider(|ask| {
            let bearer = ask
                .headers()
                .get(header::AUTHORIZATION)
                .is_some_and(|value| value.as_bytes().starts_with(b"Bearer "));
            if bearer {
                ask.headers_mut()
                    .insert(header::AUTHORIZATION, HeaderValue::from_static("Bearer made-up-token"));
            }
            if ask.headers().contains_key("access-token") {
                ask.headers_mut().insert("access-token", HeaderValue::from_static("made-up-token"));
            }
        })
    }),
    variant("shows-other-account", "shows the provider another account", &["INST-130"], || {
        Defect::tells_provider(|ask| {
            if ask.method() == Method::GET
                && ask
                    .headers()
                    .get(header::AUTHORIZATION)
                    .is_some_and(|value| value.as_bytes().starts_with(b"Basic "))
            {
                ask.headers_mut()
                    .insert(header::AUTHORIZATION, HeaderValue::from_static("Basic c29tZWJvZHk6ZWxzZQ=="));
            }
        })
    }),
    variant(
        "takes-refresh-for-access",
        "takes the refresh token for the access token",
        &["INST-129", "INST-181"],
        || {
            Defect::back(|ask, next| async move {
                let exchange = is_exchange(&ask);
                let mut reply = next.send(ask).await;
                let refresh = json_of(reply.body())["refresh_token"].clone();
                if exchange && refresh.is_string() {
                    edit(reply.body_mut(), |tokens| tokens["access_token"] = refresh);
                }
                reply
            })
        },
    ),
    variant("other-callback", "exchanges the code for another callback", &["INST-128", "INST-253"], || {
        Defect::tells_provider(|ask| {
            if is_exchange(ask) {
                set_form(ask.body_mut(), "redirect_uri", "https://other.example.com/callback");
            }
        })
    }),
    variant("other-app", "exchanges the code for another app", &["INST-127"], || {
        Defect::tells_provider(|ask| {
            if is_exchange(ask) {
                set_form(ask.body_mut(), "client_id", "another-app");
            }
        })
    }),
    variant(
        "exchanges-through-get",
        "sends the code in the query, where logs keep it",
        &["INST-126"],
        || {
            Defect::tells_provider(|ask| {
                if is_exchange(ask) {
                    let query = String::from_utf8_lossy(ask.body()).into_owned();
                    if let Ok(uri) = format!("{}?{query}", ask.uri().path()).parse() {
                        *ask.uri_mut() = uri;
                        *ask.method_mut() = Method::GET;
                        *ask.body_mut() = bytes::Bytes::new();
                    }
                }
            })
        },
    ),
    variant(
        "refreshes-instead-of-exchanging",
        "refreshes the old token and leaves the new code alone",
        &["INST-251", "INST-252"],
        || {
            let refresh = Memory::<String>::default();
            Defect::back(move |mut ask, next| {
                let refresh = refresh.clone();
                async move {
                    let client = field(ask.body(), "client_id").filter(|_| is_exchange(&ask));
                    if let Some(old) = client.as_ref().and_then(|client| refresh.get(client)) {
                        edit_form(ask.body_mut(), |name| !["code", "redirect_uri"].contains(&name));
                        set_form(ask.body_mut(), "grant_type", "refresh_token");
                        set_form(ask.body_mut(), "refresh_token", &old);
                    }
                    let reply = next.send(ask).await;
                    if let (Some(client), Some(issued)) =
                        (client, json_of(reply.body())["refresh_token"].as_str())
                    {
                        refresh.put(client, issued.to_owned());
                    }
                    reply
                }
            })
        },
    ),
    variant("forgets-refresh-token", "keeps one of the two tokens", &["INST-289"], || {
        Defect::back(|ask, next| async move {
            let exchange = is_exchange(&ask);
            let mut reply = next.send(ask).await;
            if exchange {
                edit(reply.body_mut(), |tokens| {
                    tokens.as_object_mut().map(|members| members.shift_remove("refresh_token"));
                });
            }
            reply
        })
    }),
    variant("refreshes-twice", "asks for new tokens twice", &["INST-289"], || {
        Defect::back(|ask, next| async move {
            if is_refresh(&ask) {
                next.send(ask.clone()).await;
            }
            next.send(ask).await
        })
    }),
    variant("never-refreshes", "does not get new tokens for old ones", &["INST-289", "INST-290"], || {
        Defect::back(|ask, next| async move {
            if is_refresh(&ask) {
                reply(StatusCode::BAD_REQUEST, &json!({ "error": "temporarily_unavailable" }))
            } else {
                next.send(ask).await
            }
        })
    }),
    variant("shows-cut-token", "shows the access token cut short", &["INST-181", "INST-287"], || {
        listed(|instance| {
            let shown = instance["configuration"]["oauth.user.token"].as_str();
            if let Some(cut) = shown.and_then(|token| token.get(..token.len() - 1)).map(ToOwned::to_owned) {
                instance["configuration"]["oauth.user.token"] = json!(cut);
            }
        })
    }),
    variant("reads-from-cache", "reads an instance from a cache for good", &["INST-254"], || {
        let cache = Memory::default();
        Defect::front(move |ask, next| {
            let cache = cache.clone();
            async move {
                let by_token = ask.method() == Method::GET && ask.uri().path().ends_with("/instances");
                let key = element(&ask).filter(|_| by_token).map(ToOwned::to_owned);
                if let Some(kept) = key.as_ref().and_then(|key| cache.get(key)) {
                    return kept;
                }
                // What was there when the instance was made is what the cache knows.
                let made = is_create(&ask);
                let reply = next.send(ask).await;
                if let Some(token) = json_of(reply.body())["token"].as_str().filter(|_| made) {
                    let mut list = reply.clone();
                    edit(list.body_mut(), |instance| *instance = json!([instance.take()]));
                    cache.put(token, list);
                }
                reply
            }
        })
    }),
    variant(
        "reauthenticates-all",
        "shows a vendor the newest credential, whoever calls",
        &["INST-522"],
        || {
            let newest = Memory::<String>::default();
            Defect::back(move |mut ask, next| {
                let newest = newest.clone();
                async move {
                    let vendor = host(&ask).to_owned();
                    let token = newest
                        .get(&vendor)
                        .and_then(|token| HeaderValue::from_str(&format!("Bearer {token}")).ok());
                    let bearer = ask
                        .headers()
                        .get(header::AUTHORIZATION)
                        .is_some_and(|value| value.as_bytes().starts_with(b"Bearer "));
                    if let Some(token) = token.filter(|_| bearer) {
                        ask.headers_mut().insert(header::AUTHORIZATION, token);
                    }
                    let exchange = is_exchange(&ask);
                    let reply = next.send(ask).await;
                    if let Some(issued) = json_of(reply.body())["access_token"].as_str().filter(|_| exchange)
                    {
                        newest.put(vendor, issued.to_owned());
                    }
                    reply
                }
            })
        },
    ),
    variant("ignores-code-at-id", "answers a new code at an id and does nothing", &["INST-256"], || {
        Defect::asks(|ask| {
            if is_reauthentication(ask)
                && ask.method() == Method::PATCH
                && !ask.uri().path().ends_with("/instances")
            {
                edit(ask.body_mut(), |body| {
                    body.as_object_mut().map(|members| members.shift_remove("providerData"));
                });
            }
        })
    }),
    variant("ignores-code-in-put", "answers a new code in a PUT and does nothing", &["INST-257"], || {
        Defect::asks(|ask| {
            if is_reauthentication(ask) && ask.method() == Method::PUT {
                edit(ask.body_mut(), |body| {
                    body.as_object_mut().map(|members| members.shift_remove("providerData"));
                });
            }
        })
    }),
    variant("refused-code-kills", "throws the tokens away before it has new ones", &["INST-263"], || {
        let dead = Memory::<()>::default();
        Defect::answers(move |ask, reply| {
            let Some(token) = element(ask) else { return };
            if is_reauthentication(ask) && reply.status().is_client_error() {
                dead.put(token, ());
            } else if through_instance(ask) && dead.get(token).is_some() {
                *reply.status_mut() = StatusCode::UNAUTHORIZED;
            }
        })
    }),
    variant("only-the-dead", "refuses a new code for an instance that works", &["INST-264"], || {
        let refused = Memory::<()>::default();
        Defect::answers(move |ask, reply| {
            let Some(token) = element(ask) else { return };
            if is_refusal(reply) {
                refused.put(token, ());
            } else if is_reauthentication(ask) && refused.get(token).is_none() {
                *reply.status_mut() = StatusCode::CONFLICT;
            }
        })
    }),
    variant("only-once", "takes one new code for an instance and no second", &["INST-265"], || {
        let taken = Memory::<()>::default();
        Defect::answers(move |ask, reply| {
            let Some(token) = element(ask).filter(|_| is_reauthentication(ask)) else { return };
            if taken.get(token).is_some() {
                *reply.status_mut() = StatusCode::CONFLICT;
            }
            taken.put(token, ());
        })
    }),
    variant("takes-empty-code", "takes an empty code for none", &["INST-268"], || {
        Defect::front(|ask, next| async move {
            if json_of(ask.body())["providerData"]["code"] == "" {
                reply(StatusCode::OK, &json!({}))
            } else {
                next.send(ask).await
            }
        })
    }),
    variant("stays-invalid", "says that a reauthenticated instance is not valid", &["INST-262"], || {
        reauthenticated(|instance| instance["valid"] = json!(false))
    }),
    variant("repeats-new-code", "repeats the new code in the answer", &["INST-259"], || {
        reauthenticated(|instance| instance["providerData"] = json!({ "code": "the code" }))
    }),
    variant("new-date", "gives a reauthenticated instance a new date", &["INST-260"], || {
        reauthenticated(|instance| instance["createdDate"] = json!("2001-01-01T00:00:00Z"))
    }),
    variant("code-without-name", "takes a new code and leaves the name beside it", &["INST-267"], || {
        Defect::asks(|ask| {
            if is_reauthentication(ask) && !json_of(ask.body())["name"].is_null() {
                edit(ask.body_mut(), |body| {
                    body.as_object_mut().map(|members| members.shift_remove("name"));
                });
            }
        })
    }),
    variant("401-in-a-200", "answers 200 and puts the error into the body", &["INST-280"], || {
        refused(|reply| *reply.status_mut() = StatusCode::OK)
    }),
    variant("401-becomes-400", "answers 400 when the provider refuses", &["INST-280"], || {
        refused(|reply| *reply.status_mut() = StatusCode::BAD_REQUEST)
    }),
    variant(
        "dies-by-the-resource",
        "notices the refusal at one resource and not at the next",
        &["INST-285"],
        || {
            let resources = [
                "/users",
                "/customers",
                "/folders",
                "/contacts",
                "/invoices",
                "/vendors",
                "/payments",
                "/bills",
            ];
            Defect::answers(move |ask, reply| {
                if is_refusal(reply) && resources.iter().any(|name| ask.uri().path().ends_with(name)) {
                    *reply = self::reply(StatusCode::OK, &json!([]));
                }
            })
        },
    ),
    variant("token-in-reason", "tells the access token in the provider's reason", &["INST-475"], || {
        let shown = Memory::<String>::default();
        let told = shown.clone();
        Defect::both(
            move |ask, next| {
                let told = told.clone();
                async move {
                    let mut reply = next.send(ask).await;
                    if is_refusal(&reply) {
                        edit(reply.body_mut(), |body| body["providerMessage"] = json!(told.get("all")));
                    }
                    reply
                }
            },
            move |ask, next| {
                let values = [header::AUTHORIZATION.as_str(), "access-token", "x-auth-token"];
                let credentials = values.iter().filter_map(|name| ask.headers().get(*name)?.to_str().ok());
                let text = credentials.map(credential).collect::<Vec<_>>().join(" ");
                shown.put("all", format!("{} {text}", shown.get("all").unwrap_or_default()));
                async move { next.send(ask).await }
            },
        )
    }),
    variant(
        "pairs-with-colons",
        "tells the provider's reason with colons",
        &["INST-284", "INST-296"],
        || {
            Defect::answers(|_, reply| {
                edit(reply.body_mut(), |body| {
                    if let Some(reason) =
                        body["providerMessage"].as_str().map(|reason| reason.replace(" - ", ": "))
                    {
                        body["providerMessage"] = json!(reason);
                    }
                });
            })
        },
    ),
    variant("403-becomes-401", "answers 401 when the provider answers 403", &["INST-292"], || {
        provider_says(StatusCode::FORBIDDEN, StatusCode::UNAUTHORIZED)
    }),
    variant("404-becomes-500", "answers 500 when the provider answers 404", &["INST-293"], || {
        provider_says(StatusCode::NOT_FOUND, StatusCode::INTERNAL_SERVER_ERROR)
    }),
    variant("429-becomes-500", "answers 500 when the provider answers 429", &["INST-294"], || {
        provider_says(StatusCode::TOO_MANY_REQUESTS, StatusCode::INTERNAL_SERVER_ERROR)
    }),
    variant("503-becomes-401", "takes a provider in trouble for one that refuses", &["INST-295"], || {
        Defect::answers(|ask, reply| {
            if through_instance(ask) && reply.status().is_server_error() {
                *reply.status_mut() = StatusCode::UNAUTHORIZED;
            }
        })
    }),
    variant("password-not-taken", "goes on with the old password after a PUT", &["INST-231"], || {
        refuse_when(StatusCode::CONFLICT, |ask| {
            ask.method() == Method::PUT && !json_of(ask.body())["configuration"]["password"].is_null()
        })
    }),
];

/// A credential as it is shown, without its scheme; the password of an account in clear.
fn credential(header: &str) -> String {
    use base64::{Engine as _, engine::general_purpose::STANDARD};
    let bare = header.rsplit(' ').next().unwrap_or_default();
    let account = STANDARD.decode(bare).ok().and_then(|bytes| String::from_utf8(bytes).ok());
    let account = account.filter(|_| header.starts_with("Basic "));
    account.unwrap_or_else(|| bare.to_owned())
}

/// A call that a provider answered with one status is answered with another.
fn provider_says(from: StatusCode, to: StatusCode) -> Defect {
    Defect::answers(move |ask, reply| {
        if reply.status() == from && through_instance(ask) {
            *reply.status_mut() = to;
        }
    })
}
