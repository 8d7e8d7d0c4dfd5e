//! The world of one scenario: its users and instances, its last answers, and the verbs that its steps call.

mod authenticating;
mod observing;
mod reading;
mod reauthenticating;

use std::{
    collections::HashMap,
    fmt,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use serde_json::Value;
use tokio::{sync::Notify, task::JoinHandle};
use url::Url;

pub(crate) use self::authenticating::{Draft, MAPPED, Where};
use super::{
    account::Told,
    connector::Connector,
    exchange::{Answer, Exchange},
    record::{Failure, Outcome, Record},
    scenario_id::ScenarioId,
    surroundings::Surroundings,
    target::{Call, Client, Target},
    user::User,
    verdict::ScenarioResult,
};
use crate::{Secret, Vendor, mint::Mint, providers::egnyte};

tokio::task_local! {
    /// The run that a scenario is part of. The runner makes worlds without arguments, on the task of the run.
    pub(crate) static RUN: Arc<Run>;
}

/// What the scenarios of a run share.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) http: reqwest::Client,
    pub(crate) target: Target,
    pub(crate) surroundings: Arc<Surroundings>,
    /// The clients of all scenarios, each of which knows what it created.
    clients: Mutex<Vec<Arc<Client>>>,
    interrupted: AtomicBool,
    /// How long a step may take.
    patience: Duration,
    /// Whether the first failure ends the run.
    fail_fast: bool,
    failed: Notify,
    /// What happened in each scenario that has ended. Others go on while it is put into words.
    accounts: Mutex<HashMap<ScenarioId, JoinHandle<Vec<Told>>>>,
}

/// What a scenario says that was broken off with its run.
pub(crate) const INTERRUPTED: &str = "the run was interrupted";

impl Run {
    pub(crate) fn new(
        http: reqwest::Client,
        target: Target,
        surroundings: Arc<Surroundings>,
        patience: Duration,
        fail_fast: bool,
    ) -> Self {
        Self {
            http,
            target,
            surroundings,
            clients: Mutex::default(),
            interrupted: AtomicBool::new(false),
            patience,
            fail_fast,
            failed: Notify::new(),
            accounts: Mutex::default(),
        }
    }

    /// Has the record of a scenario that has ended put into words.
    pub(crate) fn leave_account(&self, id: ScenarioId, record: Record) {
        let account = tokio::spawn(async move { record.account() });
        self.accounts.lock().unwrap_or_else(PoisonError::into_inner).insert(id, account);
    }

    /// Drops the account of a scenario that is tried again.
    pub(crate) fn drop_account(&self, id: &ScenarioId) {
        self.accounts.lock().unwrap_or_else(PoisonError::into_inner).remove(id);
    }

    /// Gives each result its account.
    pub(crate) async fn give_accounts(&self, results: &mut [ScenarioResult]) {
        let mut accounts = std::mem::take(&mut *self.accounts.lock().unwrap_or_else(PoisonError::into_inner));
        for result in results {
            let Some(account) = accounts.remove(&result.facts.id) else { continue };
            result.account = match account.await {
                Ok(account) => account,
                // Nobody aborts it.
                Err(error) => std::panic::resume_unwind(error.into_panic()),
            };
        }
    }

    /// Ends the run with this failure, if it was asked to end with the first.
    pub(crate) fn heed(&self, result: &ScenarioResult) {
        if self.fail_fast && result.is_decisive_failure() {
            self.failed.notify_one();
        }
    }

    /// Ready when the run shall end with its first failure, and there is one.
    pub(crate) async fn first_failure(&self) {
        self.failed.notified().await;
    }

    /// Lets no scenario make another call. Calls that are under way are awaited, so that nothing they create is lost.
    pub(crate) fn interrupt(&self) {
        self.interrupted.store(true, Ordering::Relaxed);
    }

    fn client(&self) -> Arc<Client> {
        let client = Arc::new(Client::new(self.http.clone(), self.target.clone()));
        self.clients.lock().unwrap_or_else(PoisonError::into_inner).push(Arc::clone(&client));
        client
    }

    /// Deletes what any scenario created and left; says what could not be deleted.
    pub(crate) async fn clean_up(&self) -> Vec<String> {
        let clients = std::mem::take(&mut *self.clients.lock().unwrap_or_else(PoisonError::into_inner));
        let mut left = Vec::new();
        for client in clients {
            left.extend(client.delete_created().await);
        }
        left
    }
}

/// An instance that the scenario created.
#[derive(Clone)]
pub(crate) struct Instance {
    pub(crate) id: String,
    pub(crate) token: Secret,
    /// The instance as the create answered it.
    pub(crate) created: Value,
}

/// The world of one scenario.
#[derive(cucumber::World)]
#[world(init = Self::enter)]
pub(crate) struct World {
    run: Arc<Run>,
    client: Arc<Client>,
    pub(crate) record: Record,
    users: Vec<User>,
    instances: Vec<Instance>,
    answers: Vec<Arc<Exchange>>,
    /// How many steps have begun.
    steps: usize,
    /// The name that the last create asked for.
    last_name: String,
    /// The secrets that creates sent, and what they are.
    sent: Vec<(&'static str, Secret)>,
    /// The instances that the last listing gave, over all its pages.
    listed: Vec<Value>,
    oauth_url: Option<Url>,
    callback: Option<Url>,
    /// The provider's answer to the last revocation.
    revocation: Option<Arc<Exchange>>,
    /// The tag of the second user's instance.
    own_tag: Option<String>,
    /// The resource that was mapped to an object of the vendor.
    mapped: Option<String>,
    /// The id of the entry of the configuration that was found.
    pub(crate) entry: Option<String>,
}

/// A scenario that runs outside of a run.
#[derive(Debug, thiserror::Error)]
#[error("a scenario runs as part of a conformance run only")]
pub(crate) struct NoRun;

impl World {
    async fn enter() -> Result<Self, NoRun> {
        RUN.try_with(Self::of).map_err(|_| NoRun)
    }

    /// A world of the run.
    pub(crate) fn of(run: &Arc<Run>) -> Self {
        let record = Record::default();
        for caller in [Some(&run.target.caller), run.target.stranger.as_ref()].into_iter().flatten() {
            record.learn_given(caller.user_secret.expose());
            record.learn_given(caller.organization_secret.expose());
        }
        Self {
            client: run.client(),
            run: Arc::clone(run),
            record,
            users: Vec::new(),
            instances: Vec::new(),
            answers: Vec::new(),
            steps: 0,
            last_name: String::new(),
            sent: Vec::new(),
            listed: Vec::new(),
            oauth_url: None,
            callback: None,
            revocation: None,
            own_tag: None,
            mapped: None,
            entry: None,
        }
    }

    /// Deletes what the scenario created. What cannot be deleted now is tried again at the end of the run.
    pub(crate) async fn leave(&mut self) {
        for path in self.client.delete_created().await {
            let path = path.split(' ').next().unwrap_or_default();
            self.client.delete_later(path);
        }
    }

    /// A user at a vendor, in a tenant of their own.
    pub(crate) fn add_user(&mut self, connector: &'static Connector) {
        let stage = self.run.surroundings.stage();
        let vendor = connector.vendor;
        let tenant = stage.stage().tenant();
        if vendor == Vendor::Egnyte {
            // The suite calls faster than Egnyte lets an app call, which is no fault of the target.
            tenant.set_switches(&egnyte::Switches { limits: egnyte::Limits::Off, ..Default::default() });
        }
        let user = User::new(connector, tenant, stage.url(vendor), self.run.surroundings.seen(vendor));
        user.secrets().into_iter().for_each(|secret| self.record.learn_secret(secret.expose()));
        self.users.push(user);
    }

    pub(crate) fn user(&self, which: usize) -> Result<&User, Failure> {
        self.users.get(which).ok_or_else(|| self.record.give_up("a user", "the scenario has none"))
    }

    pub(crate) fn user_mut(&mut self, which: usize) -> Result<&mut User, Failure> {
        let missing = self.record.clone();
        self.users.get_mut(which).ok_or_else(|| missing.give_up("a user", "the scenario has none"))
    }

    pub(crate) fn instance(&self, which: usize) -> Result<&Instance, Failure> {
        self.instances.get(which).ok_or_else(|| self.record.give_up("an instance", "the scenario has none"))
    }

    /// A path or body with what begins with `$` filled in.
    pub(crate) fn fill_in(&self, text: &str) -> String {
        let id = |which: usize| self.instances.get(which).map_or("", |instance| &instance.id);
        let connector = self.users.first().map(|user| user.connector);
        let mut filled = text.replace("$id", id(0)).replace("$other", id(1));
        if let Some(connector) = connector {
            filled = filled.replace("$key", connector.key).replace("$hub", connector.hub);
            filled = filled.replace("$object", connector.resources[0].name);
            filled = filled.replace("$vendorObject", connector.mappable.vendor_name);
            filled = filled.replace("$vendorField", connector.mappable.vendor_path);
        }
        let name = self.instances.first().and_then(|instance| instance.created["name"].as_str());
        filled = filled.replace("$name", name.unwrap_or_default());
        filled = filled.replace("$entry", self.entry.as_deref().unwrap_or_default());
        filled.replace("$tag", self.own_tag.as_deref().unwrap_or_default())
    }

    /// Calls the target. An answer that never came fails the step.
    pub(crate) async fn call(&mut self, call: Call) -> Outcome {
        if self.run.interrupted.load(Ordering::Relaxed) {
            return Err(self.record.give_up("a call of the target", INTERRUPTED));
        }
        self.tell_visits();
        self.users.iter_mut().for_each(User::mark);
        let exchange = self.client.make(call).await;
        let heard = self.users.iter_mut().flat_map(User::untold).collect();
        let exchange = self.record.keep_call(exchange, heard);
        if let Some(url) = exchange.answer.as_ref().ok().and_then(|answer| answer.json["oauthUrl"].as_str()) {
            self.oauth_url = Url::parse(url).ok();
        }
        self.answers.push(Arc::clone(&exchange));
        match &exchange.answer {
            Ok(_) => Ok(()),
            Err(trouble) => Err(self.record.refute("an answer", format!("none: {trouble}"))),
        }
    }

    /// Takes into the account what providers heard since the last call of the target.
    fn tell_visits(&mut self) {
        self.record.keep_visits(self.users.iter_mut().flat_map(User::untold).collect());
    }

    /// The record of what happened on both sides.
    pub(crate) fn whole_record(&mut self) -> Record {
        self.tell_visits();
        self.record.clone()
    }

    /// Notes that the next step is under way.
    pub(crate) fn begin_step(&mut self) {
        self.record.begin_step(self.steps);
        self.steps += 1;
    }

    /// How long a step may take.
    pub(crate) fn patience(&self) -> Duration {
        self.run.patience
    }

    /// The target's last answer.
    pub(crate) fn answer(&self) -> Result<&Answer, Failure> {
        self.answer_before(0)
    }

    /// The answer that came `before` others.
    pub(crate) fn answer_before(&self, before: usize) -> Result<&Answer, Failure> {
        let exchange =
            self.answers.iter().rev().nth(before).and_then(|exchange| exchange.answer.as_ref().ok());
        exchange.ok_or_else(|| self.record.give_up("an answer of the target", "there was no call"))
    }

    /// The last exchange with the target, for people.
    pub(crate) fn told_exchange(&self) -> String {
        self.answers.last().map(|exchange| self.record.cover(&exchange.tell())).unwrap_or_default()
    }

    /// The last revocation, for people.
    pub(crate) fn told_revocation(&self) -> String {
        self.revocation.as_ref().map(|exchange| self.record.cover(&exchange.tell())).unwrap_or_default()
    }

    /// What the callback received, for people.
    pub(crate) fn told_callback(&self) -> String {
        self.callback.as_ref().map(|callback| self.record.cover(callback.as_str())).unwrap_or_default()
    }

    /// Fails unless `holds`.
    pub(crate) fn check(&self, holds: bool, expected: impl fmt::Display, got: impl fmt::Display) -> Outcome {
        if holds { Ok(()) } else { Err(self.record.refute(expected, got)) }
    }

    /// Sees to it that `path` is deleted in the end.
    pub(crate) fn delete_later(&self, path: &str) {
        self.client.delete_later(path);
    }
}

/// A name nobody else uses, so that scenarios do not find each other's instances.
pub(crate) fn unique(prefix: &str) -> String {
    format!("{prefix}{}", Mint::system().text(crate::mint::LOWER_ALPHANUMERIC, 10))
}

impl fmt::Debug for World {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("World").field("record", &self.record).finish_non_exhaustive()
    }
}
