//! What a scenario keeps of its own run: the exchanges, the secrets it met, and the failure that ended it.

use std::{
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use super::{exchange::Exchange, secrets::Secrets};

/// Whose failure it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The target did not do what the requirement says.
    Target,
    /// The suite or its providers broke; the target may be right.
    Suite,
}

/// Why a scenario ended early. Its texts hold no secret.
#[derive(Clone, Debug)]
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
    secrets: Secrets,
    failure: Option<Failure>,
}

impl Record {
    /// Keeps an exchange with the target, or one of the suite's own with a provider.
    pub(crate) fn keep(&self, exchange: Exchange) -> Arc<Exchange> {
        let exchange = Arc::new(exchange);
        let mut pages = self.pages();
        exchange.teach(&mut pages.secrets);
        pages.exchanges.push(Arc::clone(&exchange));
        exchange
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
        self.pages().secrets.cover(text)
    }

    fn fail(&self, expected: &str, got: &str, fault: Fault) -> Failure {
        let mut pages = self.pages();
        let exchange = pages.exchanges.last().map(|exchange| pages.secrets.cover(&exchange.tell()));
        let failure = Failure {
            expected: pages.secrets.cover(expected),
            got: pages.secrets.cover(got),
            exchange,
            fault,
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
