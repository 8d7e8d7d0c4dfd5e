//! What goes wrong with the header, the path and the form of a call, before anybody is asked.

use http::{HeaderName, HeaderValue, Method, StatusCode, header};
use serde_json::json;

use super::{Variant, memory::Memory, refuse_when, variant};
use crate::conformance::broken::defect::{
    Ask, Defect, authorization, edit, element, is_create, is_refusal, json as json_of, reply,
    through_instance,
};

pub(super) static VARIANTS: &[Variant] = &[
    variant("moved-base-path", "serves everything somewhere else", &["INST-001"], || {
        refuse_when(StatusCode::NOT_FOUND, |ask| ask.uri().path().starts_with("/elements/api-v2/"))
    }),
    variant("header-by-exact-case", "finds no header that is spelled in lower case", &["INST-003"], || {
        refuse_when(StatusCode::UNAUTHORIZED, |ask| ask.headers().contains_key("authorization"))
    }),
    variant(
        "confuses-header-parts",
        "takes the User part for the Organization part",
        &["INST-002", "INST-004"],
        || {
            Defect::asks(|ask| {
                let swapped = authorization(ask).replace("User ", "\0").replace("Organization ", "User ");
                set_authorization(ask, &swapped.replace('\0', "Organization "));
            })
        },
    ),
    variant(
        "no-reading-by-token",
        "refuses to read an instance by its token",
        &["INST-004", "INST-180"],
        || {
            refuse_when(StatusCode::BAD_REQUEST, |ask| {
                ask.method() == Method::GET
                    && ask.uri().path().ends_with("/instances")
                    && element(ask).is_some()
            })
        },
    ),
    variant(
        "three-parts-too-many",
        "refuses the Organization part in a call to a resource",
        &["INST-006"],
        || {
            refuse_when(StatusCode::UNAUTHORIZED, |ask| {
                through_instance(ask) && authorization(ask).contains("Organization ")
            })
        },
    ),
    variant(
        "organization-demanded",
        "refuses a call to a resource without the Organization part",
        &["INST-007"],
        || {
            refuse_when(StatusCode::UNAUTHORIZED, |ask| {
                element(ask).is_some() && !authorization(ask).contains("Organization ")
            })
        },
    ),
    variant("order-of-parts", "wants the User part first", &["INST-019"], || {
        refuse_when(StatusCode::UNAUTHORIZED, |ask| authorization(ask).starts_with("Element "))
    }),
    variant("one-blank-exactly", "wants one blank after a comma", &["INST-020"], || {
        refuse_when(StatusCode::UNAUTHORIZED, |ask| authorization(ask).contains(",O"))
    }),
    variant("schemes-in-one-case", "knows the names of the parts in one case only", &["INST-021"], || {
        refuse_when(StatusCode::UNAUTHORIZED, |ask| authorization(ask).starts_with("user "))
    }),
    variant("missing-header-is-400", "answers 400 to a create without a header", &["INST-008"], || {
        refuse_when(StatusCode::BAD_REQUEST, |ask| is_create(ask) && authorization(ask).is_empty())
    }),
    variant("basic-is-403", "answers 403 to Basic credentials", &["INST-013"], || {
        refuse_when(StatusCode::FORBIDDEN, |ask| authorization(ask).starts_with("Basic "))
    }),
    variant("unknown-secret-is-500", "breaks on a secret nobody has", &["INST-009", "INST-010"], || {
        refuse_when(StatusCode::INTERNAL_SERVER_ERROR, |ask| authorization(ask).contains(" nobody"))
    }),
    variant("lockout", "shuts everybody out after one wrong token", &["INST-033"], || {
        let locked = Memory::<()>::default();
        Defect::front(move |ask, next| {
            let locked = locked.clone();
            async move {
                if element(&ask) == Some("nobody") {
                    locked.put("all", ());
                } else if through_instance(&ask) && locked.get("all").is_some() {
                    return reply(StatusCode::TOO_MANY_REQUESTS, &json!({ "message": "wait" }));
                }
                next.send(ask).await
            }
        })
    }),
    variant(
        "breaks-once",
        "breaks at the first call it ever gets through an instance",
        &["INST-006"],
        || {
            let met = Memory::<()>::default();
            Defect::front(move |ask, next| {
                let first = through_instance(&ask) && met.get("one").is_none();
                if first {
                    met.put("one", ());
                }
                async move {
                    if first {
                        reply(StatusCode::INTERNAL_SERVER_ERROR, &json!({ "message": "starting" }))
                    } else {
                        next.send(ask).await
                    }
                }
            })
        },
    ),
    variant("unnamed-instance", "does not say which instance a call went through", &["INST-029"], || {
        without_header("elements-element-instance-id")
    }),
    variant("unnamed-request", "gives requests no id in a header", &["INST-030"], || {
        without_header("elements-request-id")
    }),
    variant("knows-its-hubs", "serves a resource under its own hub only", &["INST-521"], || {
        refuse_when(StatusCode::NOT_FOUND, |ask| ask.uri().path().contains("/hubs/nonsense/"))
    }),
    variant("says-nothing-of-type", "does not say that an answer is JSON", &["INST-031"], || {
        without_header("content-type")
    }),
    variant("hides-headers-from-browsers", "lists no headers for browsers", &["INST-032"], || {
        without_header("access-control-expose-headers")
    }),
    variant("reads-xml", "pays no heed to what the caller accepts", &["INST-427"], || {
        Defect::asks(|ask| {
            ask.headers_mut().remove(header::ACCEPT);
        })
    }),
    variant("reads-plain-text", "takes plain text for JSON", &["INST-428"], || {
        Defect::asks(|ask| {
            ask.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        })
    }),
    variant("wrong-verb-is-404", "answers 404 to a verb that a path does not have", &["INST-426"], || {
        turned(StatusCode::METHOD_NOT_ALLOWED, StatusCode::NOT_FOUND)
    }),
    variant("unknown-path-is-500", "breaks on a path nobody serves", &["INST-425"], || {
        Defect::answers(|ask, reply| {
            if ask.uri().path().ends_with("/no-such-thing") {
                *reply.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
            }
        })
    }),
    variant("not-found-is-400", "answers 400 to an id nobody was given", &["INST-153"], || {
        turned(StatusCode::NOT_FOUND, StatusCode::BAD_REQUEST)
    }),
    variant("html-errors", "answers errors with a page", &["INST-421", "INST-431"], || {
        Defect::answers(|_, reply| {
            if reply.status().is_client_error() && !is_refusal(reply) {
                *reply.body_mut() = "<html><body>Bad Request</body></html>".into();
            }
        })
    }),
    variant("blames-the-provider", "gives errors of its own a providerMessage", &["INST-422"], || {
        Defect::answers(|_, reply| {
            if reply.status().is_client_error() {
                edit(reply.body_mut(), |body| body["providerMessage"] = json!("no reason"));
            }
        })
    }),
    variant("secret-in-error", "repeats the caller's secret in an error", &["INST-471"], || {
        Defect::answers(|ask, reply| {
            if reply.status().is_client_error() {
                let header = authorization(ask);
                edit(reply.body_mut(), |body| body["message"] = json!(format!("refused: {header}")));
            }
        })
    }),
    variant("says-little", "tells what is not found in other words", &["INST-430"], || {
        Defect::answers(|_, reply| {
            if reply.status() == StatusCode::NOT_FOUND {
                edit(reply.body_mut(), |body| body["message"] = json!("404"));
            }
        })
    }),
    variant("any-array-will-do", "takes a list for a create", &["INST-149"], || {
        Defect::front(|ask, next| async move {
            let odd = is_create(&ask) && json_of(ask.body()).is_array();
            if odd { reply(StatusCode::OK, &json!({})) } else { next.send(ask).await }
        })
    }),
];

fn without_header(name: &'static str) -> Defect {
    Defect::answers(move |_, reply| {
        reply.headers_mut().remove(HeaderName::from_static(name));
    })
}

/// One status in place of another, in answers of the platform.
pub(super) fn turned(from: StatusCode, to: StatusCode) -> Defect {
    Defect::answers(move |_, reply| {
        if reply.status() == from && !is_refusal(reply) {
            *reply.status_mut() = to;
        }
    })
}

/// Puts another header in the place of the caller's.
pub(super) fn set_authorization(ask: &mut Ask, written: &str) {
    if let Ok(value) = HeaderValue::from_str(written) {
        ask.headers_mut().insert(header::AUTHORIZATION, value);
    }
}
