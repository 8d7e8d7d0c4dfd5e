//! What goes wrong between the target and the provider's token endpoint.

use http::{Method, StatusCode, header};
use serde_json::json;

use super::{Variant, memory::Memory, variant};
use crate::conformance::broken::defect::{
    Defect, edit, edit_form, field, host, is_exchange, is_reauthentication, json as json_of, reply,
};

pub(super) static VARIANTS: &[Variant] = &[
    variant(
        "keeps-old-token",
        "takes the new code and goes on with the old token",
        &["INST-251", "INST-254"],
        || {
            let first = Memory::<String>::default();
            Defect::back(move |ask, next| {
                let first = first.clone();
                async move {
                    let client = field(ask.body(), "client_id").filter(|_| is_exchange(&ask));
                    let mut reply = next.send(ask).await;
                    let issued = json_of(reply.body())["access_token"].as_str().map(ToOwned::to_owned);
                    if let (Some(client), Some(issued)) = (client, issued) {
                        let old = first.get_or_keep(client, issued);
                        edit(reply.body_mut(), |tokens| tokens["access_token"] = json!(old));
                    }
                    reply
                }
            })
        },
    ),
    variant(
        "skips-exchange",
        "makes tokens up instead of exchanging the code",
        &["INST-126", "INST-252"],
        || {
            Defect::back(|ask, next| async move {
                if !is_exchange(&ask) {
                    return next.send(ask).await;
                }
                let tokens = json!({
                    "access_token": "made-up-access-token",
                    "refresh_token": "made-up-refresh-token",
                    "token_type": "bearer",
                    "expires_in": 3600,
                    "instance_url": format!("http://{}", host(&ask)),
                });
                reply(StatusCode::OK, &tokens)
            })
        },
    ),
    variant("exchanges-twice", "sends the code to the provider twice", &["INST-126", "INST-252"], || {
        Defect::back(|ask, next| async move {
            let first = next.send(ask.clone()).await;
            if is_exchange(&ask) {
                next.send(ask).await;
            }
            first
        })
    }),
    variant("drops-callback", "exchanges the code without the callback", &["INST-253"], || {
        Defect::tells_provider(|ask| {
            if is_exchange(ask) {
                edit_form(ask.body_mut(), |name| name != "redirect_uri");
            }
        })
    }),
    variant("drops-secret", "exchanges the code without the app's secret", &["INST-126", "INST-253"], || {
        Defect::tells_provider(|ask| {
            if is_exchange(ask) {
                edit_form(ask.body_mut(), |name| name != "client_secret");
            }
        })
    }),
    variant(
        "ignores-new-code",
        "answers a reauthentication and does nothing",
        &["INST-250", "INST-251", "INST-252"],
        || {
            Defect::asks(|ask| {
                if is_reauthentication(ask) {
                    edit(ask.body_mut(), |body| {
                        body.as_object_mut().map(|members| members.shift_remove("providerData"));
                    });
                }
            })
        },
    ),
    variant(
        "refuses-reauthentication",
        "refuses a new code for an instance",
        &["INST-005", "INST-250", "INST-527"],
        || {
            Defect::front(|ask, next| async move {
                let refusal =
                    json!({ "requestId": "6b0097dfb4d62c3ea2f536c6", "message": "create a new instance" });
                if is_reauthentication(&ask) {
                    reply(StatusCode::CONFLICT, &refusal)
                } else {
                    next.send(ask).await
                }
            })
        },
    ),
    variant(
        "exchanges-on-rename",
        "asks the provider's token endpoint at every rename",
        &["INST-210"],
        || {
            Defect::asks(|ask| {
                if ask.method() == Method::PATCH {
                    edit(ask.body_mut(), |body| {
                        if !body["name"].is_null() {
                            body["providerData"] = json!({ "code": "renamed" });
                        }
                    });
                }
            })
        },
    ),
    variant(
        "shares-credentials",
        "shows a vendor the first credential it met, whoever calls",
        &["INST-522"],
        || {
            let first = Memory::<Vec<(header::HeaderName, header::HeaderValue)>>::default();
            Defect::tells_provider(move |ask| {
                let names = [header::AUTHORIZATION, header::HeaderName::from_static("access-token")];
                let shown: Vec<_> = names
                    .into_iter()
                    .filter_map(|name| Some((name.clone(), ask.headers().get(name)?.clone())))
                    .collect();
                if !shown.is_empty() {
                    let vendor = host(ask).to_owned();
                    for (name, value) in first.get_or_keep(vendor, shown) {
                        ask.headers_mut().insert(name, value);
                    }
                }
            })
        },
    ),
];
