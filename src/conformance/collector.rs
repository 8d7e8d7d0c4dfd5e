//! Turns the runner's events into results, as they come.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Instant,
};

use cucumber::{
    Event,
    event::{Cucumber, Feature, Hook, RetryableScenario, Scenario, Source, Step, StepError},
    gherkin, parser,
};

use super::{
    features::Facts,
    record::{Failure, Fault},
    verdict::{FailedStep, Outcome, ScenarioResult},
    world::{INTERRUPTED, Run, World},
};

/// Something that a person at the console wants to know.
#[derive(Debug)]
#[non_exhaustive]
pub enum Moment<'r> {
    /// The run begins, with so many scenarios to run.
    Begins(usize),
    /// A scenario has ended.
    Ended(&'r ScenarioResult),
}

/// Told of the run as it goes on.
pub(crate) type Progress = Box<dyn FnMut(Moment<'_>) + Send>;

/// The results so far. Clones are the same.
#[derive(Clone, Default)]
pub(crate) struct Results(Arc<Mutex<Vec<ScenarioResult>>>);

impl Results {
    pub(crate) fn push(&self, result: ScenarioResult) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(result);
    }

    pub(crate) fn take(&self) -> Vec<ScenarioResult> {
        std::mem::take(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Listens to the runner.
pub(crate) struct Collector {
    run: Arc<Run>,
    results: Results,
    progress: Progress,
    running: HashMap<(String, usize), Running>,
}

struct Running {
    since: Instant,
    tries: usize,
    /// How an earlier try ended.
    before: Option<FailedStep>,
    ended_by: Option<Outcome>,
}

impl Collector {
    pub(crate) fn new(run: Arc<Run>, results: Results, progress: Progress) -> Self {
        Self { run, results, progress, running: HashMap::new() }
    }

    fn hear(
        &mut self,
        feature: &gherkin::Feature,
        scenario: &gherkin::Scenario,
        event: RetryableScenario<World>,
    ) {
        let key = (
            feature.path.as_deref().unwrap_or_else(|| "".as_ref()).display().to_string(),
            scenario.position.line,
        );
        match event.event {
            Scenario::Started => {
                let running = self.running.entry(key).or_insert_with(|| Running {
                    since: Instant::now(),
                    tries: 0,
                    before: None,
                    ended_by: None,
                });
                running.tries += 1;
            }
            Scenario::Background(step, event) | Scenario::Step(step, event) => {
                if let (Some(running), Some(outcome)) = (self.running.get_mut(&key), ended_by(&step, event)) {
                    running.ended_by = Some(outcome);
                }
            }
            Scenario::Hook(_, Hook::Failed(_, trouble)) => {
                if let Some(running) = self.running.get_mut(&key) {
                    let trouble = text_of(&*trouble);
                    running.ended_by.get_or_insert_with(|| {
                        broken("before or after the steps", scenario.position.line, "no trouble", &trouble)
                    });
                }
            }
            Scenario::Finished => {
                let Some(mut running) = self.running.remove(&key) else { return };
                let facts = Facts::of(feature, scenario);
                let outcome = running.ended_by.take().unwrap_or(Outcome::Passed);
                if event.retries.is_some_and(|retries| retries.left > 0)
                    && let Some(step) = outcome.failed_step()
                {
                    running.before = Some(step.clone());
                    self.run.drop_account(&facts.id);
                    self.running.insert(key, running);
                    return;
                }
                let outcome = match (outcome, running.before) {
                    (Outcome::Passed, Some(step)) => Outcome::Flaky(step),
                    (outcome, _) => outcome,
                };
                let mut result = ScenarioResult::new(facts, outcome, running.since.elapsed());
                result.tries = running.tries;
                let steps = scenario.steps.iter();
                result.steps = steps.map(|step| format!("{} {}", step.keyword.trim(), step.value)).collect();
                if !was_broken_off(&result) {
                    (self.progress)(Moment::Ended(&result));
                    self.run.heed(&result);
                    self.results.push(result);
                }
            }
            Scenario::Hook(..) | Scenario::Log(_) => {}
        }
    }
}

/// Whether it ended only because its run did.
fn was_broken_off(result: &ScenarioResult) -> bool {
    matches!(&result.outcome, Outcome::Error(step) if step.failure.got == INTERRUPTED)
}

impl cucumber::Writer<World> for Collector {
    type Cli = cucumber::cli::Empty;

    async fn handle_event(&mut self, event: parser::Result<Event<Cucumber<World>>>, _: &Self::Cli) {
        // Features are parsed before the run: an error cannot come this way.
        let Ok(event) = event else { return };
        if let Cucumber::Feature(feature, Feature::Scenario(scenario, event)) = event.into_inner() {
            self.hear(&feature, &scenario, event);
        }
    }
}

/// Scenarios are told apart by their place, so that the order of their events does not matter.
impl cucumber::writer::Normalized for Collector {}

/// The outcome that a step's event brings, if it ends the scenario.
fn ended_by(step: &Source<gherkin::Step>, event: Step<World>) -> Option<Outcome> {
    let text = format!("{} {}", step.keyword.trim(), step.value);
    let line = step.position.line;
    match event {
        Step::Started | Step::Passed(..) => None,
        Step::Skipped => Some(broken(&text, line, "a step that is defined", "no definition fits this step")),
        Step::Failed(.., StepError::NotFound) => {
            Some(broken(&text, line, "a step that is defined", "no definition fits this step"))
        }
        Step::Failed(.., StepError::AmbiguousMatch(matches)) => {
            Some(broken(&text, line, "one definition", &matches.to_string()))
        }
        Step::Failed(_, _, world, StepError::Panic(trouble)) => {
            let failure = world.and_then(|world| world.record.failure());
            Some(match failure {
                Some(failure) if failure.fault == Fault::Target => {
                    Outcome::Failed(FailedStep { step: text, line, failure })
                }
                Some(failure) => Outcome::Error(FailedStep { step: text, line, failure }),
                None => broken(&text, line, "a step that does not panic", &text_of(&*trouble)),
            })
        }
    }
}

fn broken(step: &str, line: usize, expected: &str, got: &str) -> Outcome {
    let (expected, got) = (expected.to_owned(), got.to_owned());
    let failure = Failure { expected, got, exchange: None, fault: Fault::Suite, known: None };
    Outcome::Error(FailedStep { step: step.to_owned(), line, failure })
}

fn text_of(trouble: &(dyn std::any::Any + Send)) -> String {
    let text = trouble.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| trouble.downcast_ref::<&str>().copied()).unwrap_or("a panic without a message").to_owned()
}
