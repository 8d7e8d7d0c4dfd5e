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
    world::World,
};

/// Told of each scenario as it ends.
pub(crate) type Progress = Box<dyn FnMut(&ScenarioResult) + Send>;

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
    results: Results,
    progress: Progress,
    running: HashMap<(String, usize), Running>,
}

struct Running {
    since: Instant,
    ended_by: Option<Outcome>,
}

impl Collector {
    pub(crate) fn new(results: Results, progress: Progress) -> Self {
        Self { results, progress, running: HashMap::new() }
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
                self.running.insert(key, Running { since: Instant::now(), ended_by: None });
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
                if let Some(running) = self.running.remove(&key) {
                    let outcome = running.ended_by.unwrap_or(Outcome::Passed);
                    let result =
                        ScenarioResult::new(Facts::of(feature, scenario), outcome, running.since.elapsed());
                    (self.progress)(&result);
                    self.results.push(result);
                }
            }
            Scenario::Hook(..) | Scenario::Log(_) => {}
        }
    }
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
    let failure =
        Failure { expected: expected.to_owned(), got: got.to_owned(), exchange: None, fault: Fault::Suite };
    Outcome::Error(FailedStep { step: step.to_owned(), line, failure })
}

fn text_of(trouble: &(dyn std::any::Any + Send)) -> String {
    let text = trouble.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| trouble.downcast_ref::<&str>().copied()).unwrap_or("a panic without a message").to_owned()
}
