//! The steps that feature files may use, each with a limit to its time.
//!
//! The runner knows three catch-all definitions. Behind them stands the real vocabulary; so a step can be timed, and the
//! world knows which of its steps is under way.

use std::{
    any::Any,
    collections::HashMap,
    panic::resume_unwind,
    sync::{LazyLock, Mutex, OnceLock, PoisonError},
};

use cucumber::{
    World as _,
    gherkin::{self, StepType},
    step::{CaptureName, Collection, Context, Step},
};
use futures::{FutureExt as _, future::LocalBoxFuture};
use regex::Regex;

use super::{record::Failure, world::World};

/// The definitions as the step functions declare them.
pub(crate) static VOCABULARY: LazyLock<Collection<World>> = LazyLock::new(World::collection);

#[expect(clippy::expect_used, reason = "the pattern is a literal")]
fn everything() -> Regex {
    static EVERYTHING: OnceLock<Regex> = OnceLock::new();
    EVERYTHING.get_or_init(|| Regex::new("(?s)^.*$").expect("a pattern")).clone()
}

/// The definitions as the runner needs them.
pub(crate) fn timed() -> Collection<World> {
    Collection::new().given(None, everything(), run).when(None, everything(), run).then(
        None,
        everything(),
        run,
    )
}

fn run(world: &mut World, context: Context) -> LocalBoxFuture<'_, ()> {
    async move {
        world.begin_step();
        let record = world.record.clone();
        let Definition { step, matches } = match definition(&context.step) {
            Ok(Some(definition)) => definition,
            Ok(None) => end(&record.give_up("a step that is defined", "no definition fits this step")),
            Err(ambiguous) => end(&record.give_up("one definition", ambiguous)),
        };
        let patience = world.patience();
        if tokio::time::timeout(patience, step(world, Context { matches, ..context })).await.is_err() {
            let seconds = patience.as_secs_f64();
            end(&record.refute(
                format_args!("the step ends within {seconds} s (--timeout)"),
                "it was still waiting for an answer",
            ))
        }
    }
    .boxed_local()
}

/// What a step does, and what it is told by its words.
#[derive(Clone)]
struct Definition {
    step: Step<World>,
    matches: Vec<(CaptureName, String)>,
}

/// The definition that a step has. The same words come again and again, and every pattern is tried on new ones.
fn definition(step: &gherkin::Step) -> Result<Option<Definition>, String> {
    static KNOWN: LazyLock<Mutex<HashMap<(StepType, String), Definition>>> = LazyLock::new(Mutex::default);
    let words = (step.ty, step.value.clone());
    let known = || KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(definition) = known().get(&words) {
        return Ok(Some(definition.clone()));
    }
    let Some((step, _, _, context)) = VOCABULARY.find(step).map_err(|ambiguous| ambiguous.to_string())?
    else {
        return Ok(None);
    };
    let definition = Definition { step: *step, matches: context.matches };
    known().insert(words, definition.clone());
    Ok(Some(definition))
}

/// Ends the scenario. The runner takes a panic for a failed step; this one is not told as a bug.
fn end(failure: &Failure) -> ! {
    let text: Box<dyn Any + Send> = Box::new(failure.to_string());
    resume_unwind(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::conformance::features;

    #[test]
    fn every_step_of_every_feature_has_one_definition() {
        for feature in features::all().unwrap() {
            for step in feature.scenarios.iter().flat_map(|scenario| &scenario.steps) {
                let found = VOCABULARY.find(step);
                assert!(matches!(found, Ok(Some(_))), "{:?}: {step} has {found:?}", feature.path);
            }
        }
    }
}
