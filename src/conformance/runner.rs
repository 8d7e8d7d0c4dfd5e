//! Runs a selection of scenarios against a target.

use std::{
    fmt, io,
    panic::AssertUnwindSafe,
    pin::pin,
    sync::Arc,
    time::{Duration, Instant},
};

use cucumber::{Cucumber, WriterExt as _, cli, gherkin::Feature, parser, writer};
use futures::{FutureExt as _, stream};
use tokio::sync::Mutex;

use super::{
    collector::{Collector, Progress, Results},
    features::{self, Facts, FeatureError},
    known_failing::{self, KnownFailing},
    requirements::{self, Need},
    selection::Selection,
    surroundings::Surroundings,
    target::{self, Call, Client, Target},
    verdict::{Outcome, Report, ScenarioResult},
    world::{INTERRUPTED, RUN, Run, World},
};

/// Scenarios that run at the same time, unless one says otherwise.
const JOBS: usize = 32;

/// Where the run is shown while it goes on.
pub enum Console {
    /// Each scenario is told to a function.
    Progress(Progress),
    /// Cucumber's own output, with its closing summary.
    Cucumber,
}

impl fmt::Debug for Console {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Progress(_) => "Progress",
            Self::Cucumber => "Cucumber",
        })
    }
}

/// What to run, and how.
#[derive(Debug)]
#[non_exhaustive]
pub struct CheckOptions {
    /// The service under test.
    pub target: Target,
    /// The scenarios.
    pub selection: Selection,
    /// How many scenarios run at the same time; a good number if none is given.
    pub jobs: Option<usize>,
    /// Where the run is shown while it goes on.
    pub console: Console,
    /// Scenarios that are known to fail.
    pub known_failing: Vec<KnownFailing>,
}

impl CheckOptions {
    /// A run of all scenarios that shows nothing while it goes on.
    #[must_use]
    pub fn new(target: Target) -> Self {
        let console = Console::Progress(Box::new(|_| ()));
        Self { target, selection: Selection::default(), jobs: None, console, known_failing: Vec::new() }
    }
}

/// A run that did not come about.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CheckError {
    /// Nobody answers there.
    #[error(
        "the target {url} cannot be reached ({reason}); start it, or give the right address with --target"
    )]
    Unreachable {
        /// The target's address.
        url: String,
        /// Why not.
        reason: String,
    },
    /// A feature file is not well formed.
    #[error(transparent)]
    Features(#[from] FeatureError),
    /// The HTTP client could not be set up.
    #[error("the HTTP client cannot be set up: {0}")]
    Client(#[from] reqwest::Error),
}

/// Runs the selected scenarios and deletes what they created. When `interrupt` is ready the run ends with the calls
/// that are under way; dropped early, it would leave what it created behind.
///
/// # Errors
///
/// If the target does not answer, or a feature file is not well formed.
pub async fn check(
    surroundings: Arc<Surroundings>,
    options: CheckOptions,
    interrupt: impl Future<Output = ()>,
) -> Result<Report, CheckError> {
    let CheckOptions { target, selection, jobs, console, known_failing: known } = options;
    let started = Instant::now();
    let http = target::http_client()?;
    reach(&http, &target).await?;
    let features = features::select(features::all()?, &selection);
    let results = Results::default();
    let features = set_aside(features, &target, &results);

    let run = Arc::new(Run::new(http, target, surroundings));
    let scenarios = execute(features, jobs.unwrap_or(JOBS).max(1), console, results.clone());
    let mut scenarios = pin!(AssertUnwindSafe(RUN.scope(Arc::clone(&run), scenarios)).catch_unwind());
    let (ended, interrupted) = tokio::select! {
        ended = &mut scenarios => (ended, false),
        () = interrupt => {
            run.interrupt();
            (scenarios.await, true)
        }
    };
    let left_behind = run.clean_up().await;
    if let Err(panic) = ended {
        std::panic::resume_unwind(panic);
    }
    let mut scenarios = results.take();
    scenarios.retain(|result| !was_broken_off(result));
    let stale = known_failing::mark(&mut scenarios, &known);
    scenarios
        .sort_by(|one, other| (&one.facts.file, one.facts.line).cmp(&(&other.facts.file, other.facts.line)));
    let took = started.elapsed();
    Ok(Report { scenarios, left_behind, stale, interrupted, took })
}

fn was_broken_off(result: &ScenarioResult) -> bool {
    matches!(&result.outcome, Outcome::Error(step) if step.failure.got == INTERRUPTED)
}

/// Any answer will do; the scenarios judge.
async fn reach(http: &reqwest::Client, target: &Target) -> Result<(), CheckError> {
    let client = Client::new(http.clone(), target.clone());
    let answer = client.make(Call::get("/elements/keys")).await.answer;
    answer.map(drop).map_err(|reason| CheckError::Unreachable { url: target.url.to_string(), reason })
}

/// Sets aside what the target lacks the means for.
fn set_aside(features: Vec<Feature>, target: &Target, results: &Results) -> Vec<Feature> {
    let lacks = |facts: &Facts| {
        let mut needs = facts.requirements.iter().filter_map(requirements::find).flat_map(|of| &of.needs);
        target.stranger.is_none() && needs.any(|need| *need == Need::TwoCallers)
    };
    let mut left = features;
    for feature in &mut left {
        let scenarios = std::mem::take(&mut feature.scenarios);
        let (aside, runnable): (Vec<_>, Vec<_>) =
            scenarios.into_iter().partition(|scenario| lacks(&Facts::of(feature, scenario)));
        for scenario in aside {
            let why = Outcome::NotApplicable("it takes a second caller, and the target has one".to_owned());
            results.push(ScenarioResult::new(Facts::of(feature, &scenario), why, Duration::ZERO));
        }
        feature.scenarios = runnable;
    }
    left
}

async fn execute(features: Vec<Feature>, jobs: usize, console: Console, results: Results) {
    match console {
        Console::Progress(progress) => {
            drive(features, jobs, Collector::new(results, progress)).await;
        }
        Console::Cucumber => {
            let own = writer::Basic::stdout().summarized().fail_on_skipped();
            let collector = Collector::new(results, Box::new(|_| ()));
            drive(features, jobs, own.tee(collector)).await;
        }
    }
}

/// The runner silences the panic hook of the process while it runs, and puts it back afterwards. Two runs at a time
/// would put back each other's.
static PANIC_HOOK: Mutex<()> = Mutex::const_new(());

async fn drive<W>(features: Vec<Feature>, jobs: usize, writer: W)
where
    W: cucumber::Writer<World> + writer::Normalized,
    W::Cli: Default,
{
    let _turn = PANIC_HOOK.lock().await;
    let runner = cucumber::runner::Basic::default()
        .max_concurrent_scenarios(jobs)
        .steps(<World as cucumber::World>::collection())
        .after(|_, _, _, _, world: Option<&mut World>| {
            async move {
                if let Some(world) = world {
                    world.leave().await;
                }
            }
            .boxed_local()
        });
    Cucumber::<_, _, (), _, _>::custom(Selected(features), runner, writer).with_default_cli().run(()).await;
}

/// Hands the selected features to the runner.
struct Selected(Vec<Feature>);

impl cucumber::Parser<()> for Selected {
    type Cli = cli::Empty;
    type Output = stream::Iter<std::vec::IntoIter<parser::Result<Feature>>>;

    fn parse(self, (): (), _: cli::Empty) -> Self::Output {
        stream::iter(self.0.into_iter().map(Ok).collect::<Vec<_>>())
    }
}

impl CheckError {
    /// What the process says when it ends with this.
    #[must_use]
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::Unreachable { .. } => crate::exit_codes::TARGET_UNREACHABLE,
            Self::Features(_) | Self::Client(_) => crate::exit_codes::USAGE,
        }
    }
}

impl From<CheckError> for io::Error {
    fn from(error: CheckError) -> Self {
        Self::other(error)
    }
}
