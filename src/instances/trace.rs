//! What went between the service and a vendor while an instance was authenticated, without its secrets (3.1,
//! `providerData.debug`).

use std::{
    collections::VecDeque,
    fmt,
    sync::{Arc, Mutex, PoisonError},
};

use http::{HeaderMap, StatusCode, header};
use serde_json::{Value, json};

use super::{
    outbound::{Body, Call},
    provider_message::without,
    store::CallerId,
};
use crate::{Mint, Timestamp, mask, mint};

/// How many traces are kept; the oldest goes first.
const KEPT: usize = 100;

tokio::task_local! {
    static STEPS: Arc<Mutex<Vec<Value>>>;
}

/// The traces of late.
#[derive(Default)]
pub(crate) struct Traces(Mutex<VecDeque<Trace>>);

struct Trace {
    id: String,
    owner: CallerId,
    element: String,
    started: Timestamp,
    steps: Vec<Value>,
}

impl fmt::Debug for Traces {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Traces")
    }
}

impl Traces {
    /// Runs `work`, and keeps what it says to vendors. Answers its outcome, and the id of the trace.
    pub(crate) async fn record<T>(
        &self,
        mint: &Mint,
        (owner, element): (CallerId, &str),
        started: Timestamp,
        work: impl Future<Output = T>,
    ) -> (T, String) {
        let steps = Arc::<Mutex<Vec<Value>>>::default();
        let outcome = STEPS.scope(Arc::clone(&steps), work).await;
        let steps = std::mem::take(&mut *steps.lock().unwrap_or_else(PoisonError::into_inner));
        let id = mint.text(mint::HEX, 24);
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.push_back(Trace { id: id.clone(), owner, element: element.to_owned(), started, steps });
        if kept.len() > KEPT {
            kept.pop_front();
        }
        (outcome, id)
    }

    /// The trace, for the caller who asked for it.
    pub(crate) fn find(&self, owner: CallerId, element: &str, id: &str) -> Option<Value> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let trace =
            kept.iter().find(|trace| trace.id == id && trace.owner == owner && trace.element == element)?;
        Some(json!({
            "id": trace.id,
            "elementKey": trace.element,
            "createdDate": trace.started.iso(),
            "trace": trace.steps,
        }))
    }
}

/// What of a call may be shown.
pub(crate) fn request_of(call: &Call) -> Value {
    let body = match &call.body {
        Some(Body::Form(form)) => mask::body("application/x-www-form-urlencoded", form.as_bytes()).into(),
        Some(Body::Json(json)) => mask::body("application/json", json).into(),
        // What files hold is not shown.
        Some(Body::Content(..) | Body::Parts(_)) | None => Value::Null,
    };
    json!({ "method": call.method.as_str(), "url": mask::url(call.destination.url.as_str()), "body": body })
}

/// The secrets that a call sends, which its answer may repeat.
pub(crate) fn secrets_of(call: &Call) -> Vec<String> {
    let mut secrets = Vec::new();
    let mut learn = |name: &str, value: &str| {
        if mask::is_secret(name) {
            secrets.push(value.to_owned());
        }
    };
    let pairs = |pairs: &str, learn: &mut dyn FnMut(&str, &str)| {
        form_urlencoded::parse(pairs.as_bytes()).for_each(|(name, value)| learn(&name, &value));
    };
    pairs(call.destination.url.query().unwrap_or_default(), &mut learn);
    match &call.body {
        Some(Body::Form(form)) => pairs(form, &mut learn),
        Some(Body::Json(json)) => {
            let json: Value = serde_json::from_slice(json).unwrap_or_default();
            for (name, value) in json.as_object().into_iter().flatten() {
                learn(name, value.as_str().unwrap_or_default());
            }
        }
        Some(Body::Content(..) | Body::Parts(_)) | None => {}
    }
    for (name, value) in &call.headers {
        let value = value.to_str().unwrap_or_default();
        learn(name.as_str(), value.rsplit_once(' ').map_or(value, |(_, credential)| credential));
    }
    secrets
}

/// What of an answer to a call that sent these secrets may be shown.
pub(crate) fn answer_of(status: StatusCode, headers: &HeaderMap, body: &[u8], secrets: &[String]) -> Value {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    json!({ "status": status.as_u16(), "body": without(mask::body(kind, body), secrets) })
}

/// Whether a trace is wanted where this runs.
pub(crate) fn is_wanted() -> bool {
    STEPS.try_with(|_| ()).is_ok()
}

/// Notes one exchange with a vendor, if a trace is wanted.
pub(crate) fn note(request: &Value, response: &Value) {
    // Nobody asked.
    let _ = STEPS.try_with(|steps| {
        let step = json!({ "request": request, "response": response });
        steps.lock().unwrap_or_else(PoisonError::into_inner).push(step);
    });
}
