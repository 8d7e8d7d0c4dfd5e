//! What goes wrong when a provider refuses.

use http::{Method, StatusCode};
use serde_json::json;

use super::{Variant, memory::Memory, variant};
use crate::conformance::broken::defect::{self, Ask, Defect, Reply, edit, element, is_refusal, without};

pub(super) static VARIANTS: &[Variant] = &[
    variant(
        "answers-200-when-revoked",
        "answers from memory when the provider refuses",
        &["INST-280", "INST-285"],
        || remembering(|_, reply| is_refusal(reply)),
    ),
    variant("401-becomes-500", "answers 500 when the provider refuses", &["INST-280"], || {
        refused(|reply| *reply.status_mut() = StatusCode::INTERNAL_SERVER_ERROR)
    }),
    variant("401-becomes-502", "answers 502 when the provider refuses", &["INST-280"], || {
        refused(|reply| *reply.status_mut() = StatusCode::BAD_GATEWAY)
    }),
    variant("401-becomes-403", "answers 403 when the provider refuses", &["INST-280"], || {
        refused(|reply| *reply.status_mut() = StatusCode::FORBIDDEN)
    }),
    variant("other-message", "says something else than Request failed", &["INST-281"], || {
        refused(|reply| edit(reply.body_mut(), |body| body["message"] = json!("Unauthorized")))
    }),
    variant(
        "loses-provider-message",
        "keeps the provider's reason to itself",
        &["INST-282", "INST-420"],
        || Defect::answers(|_, reply| without(reply, "providerMessage")),
    ),
    variant(
        "vague-provider-message",
        "tells the provider's reason in general terms",
        &["INST-282", "INST-284"],
        || {
            refused(|reply| {
                edit(reply.body_mut(), |body| body["providerMessage"] = json!("the vendor refused"));
            })
        },
    ),
    variant("raw-provider-message", "passes the provider's reason on as it came", &["INST-284"], || {
        let raw =
            r#"{"code":"INVALID_ACCESS_TOKEN","message":"Access token provided is invalid or has expired"}"#;
        refused(move |reply| edit(reply.body_mut(), |body| body["providerMessage"] = json!(raw)))
    }),
    variant("loses-request-id", "answers errors without a requestId", &["INST-283", "INST-420"], || {
        Defect::answers(|_, reply| without(reply, "requestId"))
    }),
    variant("one-request-id", "gives every error the same requestId", &["INST-424"], || {
        refused(|reply| edit(reply.body_mut(), |body| body["requestId"] = json!("6b0097dfb4d62c3ea2f536c6")))
    }),
    variant("forgets-the-revoked", "does not show an instance that was refused once", &["INST-286"], || {
        let dead = Memory::<()>::default();
        Defect::answers(move |ask, reply| {
            let Some(token) = element(ask) else { return };
            if is_refusal(reply) {
                dead.put(token, ());
            } else if ask.method() == Method::GET
                && ask.uri().path().ends_with("/instances")
                && dead.get(token).is_some()
            {
                *reply.status_mut() = StatusCode::UNAUTHORIZED;
            }
        })
    }),
];

/// The answer to a call that the provider refused is not what it was.
pub(super) fn refused(change: impl Fn(&mut Reply) + Clone + Send + Sync + 'static) -> Defect {
    Defect::answers(move |_, reply| {
        if is_refusal(reply) {
            change(reply);
        }
    })
}

/// Gives the last good answer again when `instead_of` says so.
pub(super) fn remembering(instead_of: fn(&Ask, &Reply) -> bool) -> Defect {
    let good = Memory::<Reply>::default();
    Defect::answers(move |ask, reply| {
        let key = format!("{} {} {}", ask.method(), ask.uri().path(), element(ask).unwrap_or_default());
        if instead_of(ask, reply) {
            // Without a good answer to remember it makes one up.
            let made_up = || defect::reply(StatusCode::OK, &json!([]));
            *reply = good.get(&key).unwrap_or_else(made_up);
        } else if reply.status().is_success() {
            good.put(key, reply.clone());
        }
    })
}
