//! What happened in a scenario, told from both sides: what the caller asked of the service, and what the providers heard
//! meanwhile and in between. Its texts hold no secret.

use serde::{Deserialize, Serialize};

use super::{exchange::Exchange, record::Overheard, secrets::Secrets};
use crate::Vendor;

/// Whoever takes part in a scenario.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Party {
    /// Who calls the service: the suite.
    Caller,
    /// The user at a browser, or whoever else talks to a provider behind the service's back.
    User,
    /// The target.
    Service,
    /// A stand-in of a vendor.
    Provider,
}

/// A request and its answer, for people.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Told {
    /// Who asked.
    pub from: Party,
    /// Who was asked.
    pub to: Party,
    /// The step during which it was asked, by its place in the scenario, counted from 0.
    pub step: usize,
    /// The vendor, when a provider was asked.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub vendor: Option<Vendor>,
    /// The request in a line: `GET /elements/api-v2/instances`.
    pub request: String,
    /// Headers worth showing, and the body.
    pub sent: String,
    /// The status of the answer; none when there was none.
    pub status: Option<u16>,
    /// Why there was no answer, or why a provider answered as it did.
    pub note: String,
    /// Headers worth showing, and the body.
    pub got: String,
    /// What the service asked of the providers before it answered.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub within: Vec<Told>,
}

impl Told {
    /// A call of the target.
    pub(super) fn of_target(exchange: &Exchange, step: usize, secrets: &Secrets) -> Self {
        let mut told = Self::of(exchange, secrets);
        told.step = step;
        told
    }

    /// A call of a provider.
    pub(super) fn of_provider(heard: &Overheard, from: Party, step: usize, secrets: &Secrets) -> Self {
        let mut told = Self::of(heard.exchange(), secrets);
        (told.from, told.to, told.step) = (from, Party::Provider, step);
        told.vendor = Some(heard.entry.vendor);
        told.note = secrets.cover(&heard.entry.verdict.to_string());
        told
    }

    fn of(exchange: &Exchange, secrets: &Secrets) -> Self {
        let sent = &exchange.sent;
        let query = sent.url.query().map(|query| format!("?{query}")).unwrap_or_default();
        let (status, got, note) = match &exchange.answer {
            Ok(answer) => (Some(answer.status.as_u16()), answer.message(), String::new()),
            Err(trouble) => (None, String::new(), trouble.clone()),
        };
        Self {
            from: Party::Caller,
            to: Party::Service,
            step: 0,
            vendor: None,
            request: secrets.cover(&format!("{} {}{query}", sent.method, sent.url.path())),
            sent: secrets.cover(&sent.message()),
            status,
            note: secrets.cover(&note),
            got: secrets.cover(&got),
            within: Vec::new(),
        }
    }
}
