//! What a scenario keeps of its own run: the exchanges, the secrets it met, and the failure that ended it.

use std::{
    fmt,
    sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError},
};

use serde::{Deserialize, Serialize};

use super::{
    account::{Party, Told},
    exchange::Exchange,
    secrets::Secrets,
};
use crate::journal::Entry;

/// Whose failure it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Fault {
    /// The target did not do what the requirement says.
    Target,
    /// The suite or its providers broke; the target may be right.
    Suite,
}

/// Why a scenario ended early. Its texts hold no secret.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Failure {
    /// What should have been.
    pub expected: String,
    /// What was.
    pub got: String,
    /// The last exchange.
    pub exchange: Option<String>,
    /// Whose failure it is.
    pub fault: Fault,
    /// Why it is expected, for one that is listed as known.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub known: Option<String>,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "expected  {}\n     got  {}", self.expected, self.got)?;
        match &self.exchange {
            Some(exchange) => write!(f, "\n{exchange}"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for Failure {}

/// How a step ends.
pub(crate) type Outcome = Result<(), Failure>;

/// The record of one scenario. Clones are the same record.
#[derive(Clone, Default)]
pub(crate) struct Record(Arc<Mutex<Pages>>);

#[derive(Default)]
struct Pages {
    exchanges: Vec<Arc<Exchange>>,
    events: Vec<Event>,
    /// The place of the step that is under way.
    step: usize,
    secrets: Secrets,
    /// How many of the exchanges and events have told their secrets.
    learned: (usize, usize),
    failure: Option<Failure>,
}

impl Pages {
    /// Every secret that was met. Scenarios that pass are seldom told, and need not look for any.
    fn secrets(&mut self) -> &Secrets {
        let (exchanges, events) = self.learned;
        for exchange in &self.exchanges[exchanges..] {
            exchange.teach(&mut self.secrets);
        }
        for heard in self.events[events..].iter().flat_map(|event| event.what.heard()) {
            heard.exchange().teach(&mut self.secrets);
        }
        self.learned = (self.exchanges.len(), self.events.len());
        &self.secrets
    }
}

/// Something that happened, and during which step.
struct Event {
    step: usize,
    what: Happened,
}

enum Happened {
    /// The caller asked the target, which asked the providers meanwhile.
    Called(Arc<Exchange>, Vec<Overheard>),
    /// Somebody asked a provider between two calls of the target.
    Visited(Overheard),
}

impl Happened {
    /// What providers heard.
    fn heard(&self) -> &[Overheard] {
        match self {
            Self::Called(_, heard) => heard,
            Self::Visited(heard) => std::slice::from_ref(heard),
        }
    }
}

/// What a provider heard.
pub(super) struct Overheard {
    pub(super) entry: Arc<Entry>,
    /// The same as an exchange, once somebody asks for it.
    exchange: OnceLock<Box<Exchange>>,
}

impl Overheard {
    fn new(entry: Arc<Entry>) -> Self {
        Self { entry, exchange: OnceLock::new() }
    }

    pub(super) fn exchange(&self) -> &Exchange {
        self.exchange.get_or_init(|| Box::new(Exchange::heard(&self.entry)))
    }
}

impl Record {
    /// Keeps an exchange with the target, or one of the suite's own with a provider.
    pub(crate) fn keep(&self, exchange: Exchange) -> Arc<Exchange> {
        let exchange = Arc::new(exchange);
        self.pages().exchanges.push(Arc::clone(&exchange));
        exchange
    }

    /// Notes that the scenario goes on with the step at this place.
    pub(crate) fn begin_step(&self, at: usize) {
        self.pages().step = at;
    }

    /// Keeps an exchange with the target, and what the providers heard meanwhile.
    pub(crate) fn keep_call(&self, exchange: Exchange, heard: Vec<Arc<Entry>>) -> Arc<Exchange> {
        let exchange = self.keep(exchange);
        let heard = heard.into_iter().map(Overheard::new).collect();
        self.note(Happened::Called(Arc::clone(&exchange), heard));
        exchange
    }

    /// Keeps calls that providers heard between two calls of the target.
    pub(crate) fn keep_visits(&self, heard: Vec<Arc<Entry>>) {
        heard.into_iter().for_each(|entry| self.note(Happened::Visited(Overheard::new(entry))));
    }

    fn note(&self, what: Happened) {
        let mut pages = self.pages();
        let step = pages.step;
        pages.events.push(Event { step, what });
    }

    /// What happened, for people. Every secret that the scenario has met is covered.
    pub(crate) fn account(&self) -> Vec<Told> {
        let mut pages = self.pages();
        pages.secrets();
        let tell = |event: &Event| match &event.what {
            Happened::Called(exchange, heard) => {
                let mut told = Told::of_target(exchange, event.step, &pages.secrets);
                let within = |heard| Told::of_provider(heard, Party::Service, event.step, &pages.secrets);
                told.within = heard.iter().map(within).collect();
                told
            }
            Happened::Visited(heard) => Told::of_provider(heard, Party::User, event.step, &pages.secrets),
        };
        pages.events.iter().map(tell).collect()
    }

    /// Takes `text`, which somebody gave to the suite, for a secret from now on.
    pub(crate) fn learn_given(&self, text: &str) {
        self.pages().secrets.learn_given(text);
    }

    /// Takes `text` for a secret from now on.
    pub(crate) fn learn_secret(&self, text: &str) {
        self.pages().secrets.learn(text);
    }

    /// The failure of a target that should have been `expected` and was `got`.
    pub(crate) fn refute(&self, expected: impl fmt::Display, got: impl fmt::Display) -> Failure {
        self.fail(&expected.to_string(), &got.to_string(), Fault::Target)
    }

    /// The failure of the suite itself, or of its providers.
    pub(crate) fn give_up(&self, intention: impl fmt::Display, trouble: impl fmt::Display) -> Failure {
        self.fail(&intention.to_string(), &trouble.to_string(), Fault::Suite)
    }

    /// The failure that ended the scenario.
    pub(crate) fn failure(&self) -> Option<Failure> {
        self.pages().failure.clone()
    }

    /// `text` with every secret covered.
    pub(crate) fn cover(&self, text: &str) -> String {
        self.pages().secrets().cover(text)
    }

    fn fail(&self, expected: &str, got: &str, fault: Fault) -> Failure {
        let mut pages = self.pages();
        let last = pages.exchanges.last().map(|exchange| exchange.tell());
        let secrets = pages.secrets();
        let failure = Failure {
            expected: secrets.cover(expected),
            got: secrets.cover(got),
            exchange: last.map(|exchange| secrets.cover(&exchange)),
            fault,
            known: None,
        };
        pages.failure = Some(failure.clone());
        failure
    }

    fn pages(&self) -> MutexGuard<'_, Pages> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Record {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Record({} exchanges)", self.pages().exchanges.len())
    }
}
