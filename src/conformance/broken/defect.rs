//! A defect: what happens to the calls that pass through it.

use std::{fmt, sync::Arc};

use bytes::Bytes;
use futures::future::BoxFuture;
use http::{Method, Request, Response, StatusCode, header};
use serde_json::Value;

use super::proxy::Next;

pub(in crate::conformance) type Ask = Request<Bytes>;
pub(in crate::conformance) type Reply = Response<Bytes>;

/// An extension of a reply that is sent in chunks.
#[derive(Clone, Copy, Debug)]
pub(in crate::conformance) struct Chunked;

/// What happens to a call on its way.
pub(in crate::conformance) type Passage = Arc<dyn Fn(Ask, Next) -> BoxFuture<'static, Reply> + Send + Sync>;

/// What happens to calls on their way to the target, and on the target's way to the providers. A way without a passage
/// is left alone.
pub(crate) struct Defect {
    pub(in crate::conformance) front: Option<Passage>,
    pub(in crate::conformance) back: Option<Passage>,
}

impl fmt::Debug for Defect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Defect")
    }
}

impl Defect {
    /// A defect between clients and the target.
    pub(in crate::conformance) fn front<F>(passage: impl Fn(Ask, Next) -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = Reply> + Send + 'static,
    {
        Self { front: Some(shared(passage)), back: None }
    }

    /// A defect between the target and its providers.
    pub(in crate::conformance) fn back<F>(passage: impl Fn(Ask, Next) -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = Reply> + Send + 'static,
    {
        Self { front: None, back: Some(shared(passage)) }
    }

    /// A defect on both sides.
    pub(in crate::conformance) fn both<F, B>(
        front: impl Fn(Ask, Next) -> F + Send + Sync + 'static,
        back: impl Fn(Ask, Next) -> B + Send + Sync + 'static,
    ) -> Self
    where
        F: Future<Output = Reply> + Send + 'static,
        B: Future<Output = Reply> + Send + 'static,
    {
        Self { front: Some(shared(front)), back: Some(shared(back)) }
    }

    /// Clients get other answers than the target gave.
    pub(in crate::conformance) fn answers(
        rewrite: impl Fn(&Ask, &mut Reply) + Clone + Send + Sync + 'static,
    ) -> Self {
        Self::front(move |ask, next| {
            let rewrite = rewrite.clone();
            async move {
                let mut reply = next.send(ask.clone()).await;
                rewrite(&ask, &mut reply);
                reply
            }
        })
    }

    /// The target gets other calls than clients made.
    pub(in crate::conformance) fn asks(rewrite: impl Fn(&mut Ask) + Send + Sync + 'static) -> Self {
        Self::front(move |mut ask, next| {
            rewrite(&mut ask);
            async move { next.send(ask).await }
        })
    }

    /// The providers get other calls than the target made.
    pub(in crate::conformance) fn tells_provider(rewrite: impl Fn(&mut Ask) + Send + Sync + 'static) -> Self {
        Self::back(move |mut ask, next| {
            rewrite(&mut ask);
            async move { next.send(ask).await }
        })
    }
}

fn shared<F>(passage: impl Fn(Ask, Next) -> F + Send + Sync + 'static) -> Passage
where
    F: Future<Output = Reply> + Send + 'static,
{
    Arc::new(move |ask, next| Box::pin(passage(ask, next)))
}

/// An answer given without asking anybody.
pub(in crate::conformance) fn reply(status: StatusCode, body: &Value) -> Reply {
    let mut reply = Response::new(Bytes::from(body.to_string()));
    *reply.status_mut() = status;
    reply.headers_mut().insert(header::CONTENT_TYPE, header::HeaderValue::from_static("application/json"));
    reply
}

/// The address that a call was sent to.
pub(in crate::conformance) fn host(ask: &Ask) -> &str {
    ask.headers().get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default()
}

/// The body as JSON; null when it is not.
pub(in crate::conformance) fn json(body: &Bytes) -> Value {
    serde_json::from_slice(body).unwrap_or(Value::Null)
}

/// Changes a JSON body in place.
pub(in crate::conformance) fn edit(body: &mut Bytes, change: impl FnOnce(&mut Value)) {
    let mut value = json(body);
    if !value.is_null() {
        change(&mut value);
        *body = Bytes::from(value.to_string());
    }
}

/// A field of a form body.
pub(in crate::conformance) fn field(body: &Bytes, name: &str) -> Option<String> {
    form_urlencoded::parse(body).find(|(of, _)| of == name).map(|(_, value)| value.into_owned())
}

/// Changes the fields of a form body in place.
pub(in crate::conformance) fn edit_form(body: &mut Bytes, keep: impl Fn(&str) -> bool) {
    let kept = form_urlencoded::parse(body).filter(|(name, _)| keep(name)).collect::<Vec<_>>();
    let form = form_urlencoded::Serializer::new(String::new()).extend_pairs(kept).finish();
    *body = Bytes::from(form);
}

/// Sets a field of a form body in place.
pub(in crate::conformance) fn set_form(body: &mut Bytes, name: &str, value: &str) {
    let others = form_urlencoded::parse(body).filter(|(of, _)| of != name).collect::<Vec<_>>();
    let mut form = form_urlencoded::Serializer::new(String::new());
    let form = form.extend_pairs(others).append_pair(name, value).finish();
    *body = Bytes::from(form);
}

/// A parameter of the query.
pub(in crate::conformance) fn parameter(ask: &Ask, name: &str) -> Option<String> {
    let query = ask.uri().query().unwrap_or_default();
    form_urlencoded::parse(query.as_bytes()).find(|(of, _)| of == name).map(|(_, value)| value.into_owned())
}

/// The whole `Authorization` header.
pub(in crate::conformance) fn authorization(ask: &Ask) -> &str {
    ask.headers().get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

/// Whether a client calls a provider through an instance here.
pub(in crate::conformance) fn through_instance(ask: &Ask) -> bool {
    element(ask).is_some() && !ask.uri().path().contains("/instances")
}

/// Whether the target asks for new tokens by a refresh token here.
pub(in crate::conformance) fn is_refresh(ask: &Ask) -> bool {
    field(ask.body(), "grant_type").as_deref() == Some("refresh_token")
}

/// Whether the target exchanges a code here.
pub(in crate::conformance) fn is_exchange(ask: &Ask) -> bool {
    field(ask.body(), "grant_type").as_deref() == Some("authorization_code")
}

/// Whether a client creates an instance here.
pub(in crate::conformance) fn is_create(ask: &Ask) -> bool {
    ask.method() == Method::POST && ask.uri().path().ends_with("/instances")
}

/// Whether a client passes new credentials to an instance here.
pub(in crate::conformance) fn is_reauthentication(ask: &Ask) -> bool {
    [Method::PATCH, Method::PUT].contains(ask.method())
        && ask.uri().path().contains("/instances")
        && !json(ask.body())["providerData"].is_null()
}

/// Whether an answer passes a provider's refusal on.
pub(in crate::conformance) fn is_refusal(reply: &Reply) -> bool {
    reply.status() == StatusCode::UNAUTHORIZED && !json(reply.body())["providerMessage"].is_null()
}

/// The Element part of a call.
pub(in crate::conformance) fn element(ask: &Ask) -> Option<&str> {
    let header = ask.headers().get(header::AUTHORIZATION)?.to_str().ok()?;
    header.split(',').find_map(|part| part.trim().strip_prefix("Element ")).map(str::trim)
}

/// Takes a member out of an answer.
pub(in crate::conformance) fn without(reply: &mut Reply, member: &str) {
    edit(reply.body_mut(), |body| {
        if let Some(members) = body.as_object_mut() {
            members.shift_remove(member);
        }
    });
}

/// Takes a parameter out of a query.
pub(in crate::conformance) fn without_parameter(ask: &mut Ask, name: &str) {
    let Some(query) = ask.uri().query() else { return };
    let kept = form_urlencoded::parse(query.as_bytes()).filter(|(of, _)| of != name);
    let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(kept).finish();
    if let Ok(uri) = format!("{}?{query}", ask.uri().path()).parse() {
        *ask.uri_mut() = uri;
    }
}
