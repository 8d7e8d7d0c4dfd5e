//! What a fault does to a call.

use std::time::Duration;

use bytes::Bytes;
use http::{HeaderName, HeaderValue, StatusCode, header};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::written;
use crate::{
    duration_text,
    exchange::{Ending, Reply, Verdict},
};

/// Something that every vendor says in words of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// The credential is refused: a dead token, or an invalid grant.
    Refusal,
    /// The client calls too often.
    RateLimit {
        /// When it may come again.
        retry_after: Duration,
    },
    /// The vendor is out of order.
    ServerError,
    /// The vendor is out of order for a while, and says for how long where it has words for that.
    Unavailable {
        /// When the client may come again.
        retry_after: Duration,
    },
}

/// What a fault does, in the words of files as well.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(crate) enum Effect {
    Answer {
        #[serde(with = "written::status")]
        status: StatusCode,
        #[serde(default, with = "written::headers", skip_serializing_if = "Vec::is_empty")]
        headers: Vec<(HeaderName, HeaderValue)>,
        #[serde(default, with = "written::body")]
        body: Bytes,
    },
    Refusal,
    RateLimit {
        #[serde(with = "duration_text")]
        retry_after: Duration,
    },
    ServerError,
    Unavailable {
        #[serde(with = "duration_text")]
        retry_after: Duration,
    },
    Html,
    NotJson,
    Empty,
    Without(String),
    With {
        member: String,
        value: Value,
    },
    Again,
    Delay(#[serde(with = "duration_text")] Duration),
    Reset,
    ResetDuring,
    ResetAfter,
}

/// Who can answer a call that a fault strikes.
pub(crate) struct Sources<'s> {
    /// The provider, as if there were no fault.
    pub(crate) provider: &'s dyn Fn() -> Reply,
    /// The vendor's own words for a trouble.
    pub(crate) trouble: &'s dyn Fn(Trouble) -> Reply,
    /// The last good answer of the same operation.
    pub(crate) last_good: &'s dyn Fn() -> Option<Reply>,
}

impl Effect {
    /// The reply to a call that this effect of fault `number` strikes.
    pub(super) fn reply(self, number: u64, sources: &Sources<'_>) -> Reply {
        let provider = sources.provider;
        let faulted = |reply: Reply| reply.because(Verdict::Faulted(number));
        match self {
            Self::Answer { status, headers, body } => {
                let mut reply = Reply::empty(status);
                *reply.response.body_mut() = body;
                reply.response.headers_mut().extend(headers);
                faulted(reply)
            }
            Self::Refusal => faulted((sources.trouble)(Trouble::Refusal)),
            Self::RateLimit { retry_after } => faulted((sources.trouble)(Trouble::RateLimit { retry_after })),
            Self::ServerError => faulted((sources.trouble)(Trouble::ServerError)),
            Self::Unavailable { retry_after } => {
                faulted((sources.trouble)(Trouble::Unavailable { retry_after }))
            }
            Self::Html => faulted(html(&provider())),
            Self::NotJson => {
                faulted(Reply::new(StatusCode::OK, "application/json", "{\"access_token\": <!-- "))
            }
            Self::Empty => {
                let mut reply = provider();
                *reply.response.body_mut() = Bytes::new();
                faulted(reply)
            }
            Self::Without(member) => faulted(altered(provider(), |members| {
                members.shift_remove(&member);
            })),
            Self::With { member, value } => faulted(altered(provider(), |members| {
                members.insert(member, value);
            })),
            Self::Again => match (sources.last_good)() {
                Some(reply) => faulted(reply),
                None => provider(),
            },
            Self::Delay(delay) => {
                let mut reply = provider();
                reply.delivery.delay += delay;
                reply
            }
            Self::Reset => ended(faulted(Reply::empty(StatusCode::BAD_GATEWAY)), Ending::Reset),
            Self::ResetDuring => {
                let reply = provider();
                let half = reply.body().len() / 2;
                ended(faulted(reply), Ending::CutAfter(half))
            }
            Self::ResetAfter => ended(faulted(provider()), Ending::CloseAfter),
        }
    }
}

fn ended(mut reply: Reply, ending: Ending) -> Reply {
    reply.delivery.ending = ending;
    reply
}

/// A page as load balancers show it, with the status that the provider gave.
fn html(reply: &Reply) -> Reply {
    let status = reply.status();
    let body = format!("<html><head><title>{status}</title></head><body><h1>{status}</h1></body></html>\n");
    Reply::new(status, "text/html", body)
}

/// The reply with its JSON object changed; any other body stays as it is.
fn altered(mut reply: Reply, change: impl FnOnce(&mut serde_json::Map<String, Value>)) -> Reply {
    if let Ok(Value::Object(mut members)) = serde_json::from_slice(reply.body()) {
        change(&mut members);
        let text = Value::Object(members).to_string();
        // Some vendors escape slashes; the change must not give itself away by leaving that off.
        let escapes = reply.text().contains("\\/");
        *reply.response.body_mut() = if escapes { text.replace('/', "\\/") } else { text }.into();
        reply.response.headers_mut().remove(header::CONTENT_LENGTH);
    }
    reply
}
