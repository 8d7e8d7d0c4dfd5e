//! Runs a selection of scenarios against a target.

use std::{
    collections::HashSet,
    fmt, io,
    panic::AssertUnwindSafe,
    path::PathBuf,
    pin::pin,
    sync::Arc,
    time::{Duration, Instant},
};

use cucumber::{Cucumber, WriterExt as _, cli, event::ScenarioFinished, gherkin::Feature, parser, writer};
use futures::{FutureExt as _, stream};
use http::StatusCode;

use super::{
    applicability,
    collector::{Collector, Moment, Progress, Results},
    features::{self, Facts, FeatureError},
    known_failures::KnownFailures,
    scenario_id::{IdPattern, ScenarioId},
    selection::Selection,
    silence::Silence,
    surroundings::Surroundings,
    target::{self, Call, Client, Target},
    verdict::{BrokenOff, Outcome, Report, ScenarioResult},
    vocabulary,
    world::{RUN, Run, World},
};
use crate::Clock;

/// Scenarios that run at the same time, unless one says otherwise.
const JOBS: usize = 32;

/// How long a step may take, unless one says otherwise.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// Where the run is shown while it goes on.
pub enum Console {
    /// What happens is told to a function.
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
    /// How the run is conducted.
    pub conduct: Conduct,
    /// Where the run is shown while it goes on.
    pub console: Console,
}

impl CheckOptions {
    /// A run of all scenarios that shows nothing while it goes on.
    #[must_use]
    pub fn new(target: Target) -> Self {
        Self { target, conduct: Conduct::default(), console: Console::Progress(Box::new(|_| ())) }
    }
}

/// How a run is conducted.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Conduct {
    /// The scenarios.
    pub selection: Selection,
    /// A folder with features of one's own, which run after those of the suite.
    pub features: Option<PathBuf>,
    /// How many scenarios run at the same time.
    pub jobs: usize,
    /// How often a scenario that failed is run again. One that passes then is flaky.
    pub retries: usize,
    /// Whether the first failure that decides the verdict ends the run.
    pub fail_fast: bool,
    /// Whether a failed SHOULD decides the verdict.
    pub strict: bool,
    /// How long a step may take; [`PATIENCE`] unless said otherwise.
    pub patience: Duration,
    /// Whether the report tells what happened in scenarios that passed as well.
    pub accounts: bool,
    /// Scenarios that are known to fail.
    pub known_failures: KnownFailures,
}

impl Default for Conduct {
    fn default() -> Self {
        Self {
            selection: Selection::default(),
            features: None,
            jobs: JOBS,
            retries: 0,
            fail_fast: false,
            strict: false,
            patience: PATIENCE,
            accounts: false,
            known_failures: KnownFailures::default(),
        }
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
    /// The target refuses what nothing can be deleted without.
    #[error(
        "the target {url} answers {status} to GET /instances; give the secrets of the caller who ran the check"
    )]
    Refused {
        /// The target's address.
        url: String,
        /// What it answered.
        status: StatusCode,
    },
    /// No scenario is called so.
    #[error("no scenario is called {0}; `rehearsal list scenarios` prints all")]
    NoScenario(IdPattern),
    /// The target does not know the second caller.
    #[error(
        "the target knows the caller and not the second caller (GET /instances answers 401); give --second-user-secret and \
         --second-organization-secret of another organization, or leave both out"
    )]
    Stranger,
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
    let CheckOptions { target, conduct, console } = options;
    let started = Instant::now();
    let mut report = Report {
        target: target.url.to_string(),
        started: Clock::system().now().iso(),
        strict: conduct.strict,
        shard: conduct.selection.shard,
        ..Report::default()
    };
    let http = target::http_client(conduct.patience)?;
    reach(&http, &target).await?;
    know_the_stranger(&http, &target).await?;
    let mut features = features::all()?;
    if let Some(folder) = &conduct.features {
        features.extend(features::own(folder)?);
    }
    features::check_ids(&features)?;
    let all: HashSet<ScenarioId> = features::facts(&features).map(|facts| facts.id).collect();
    // One that is misspelled must not be taken for one that ran.
    if let Some(unknown) = conduct.selection.ids.iter().find(|of| !all.iter().any(|id| of.matches(id))) {
        return Err(CheckError::NoScenario(unknown.clone()));
    }
    let results = Results::default();
    let features = set_aside(features::select(features, &conduct.selection), &target, &results);

    let run = Arc::new(Run::new(http, target, surroundings, conduct.patience, conduct.fail_fast));
    let silence = Silence::begin();
    let scenarios = execute(features, &conduct, console, Arc::clone(&run), results.clone());
    let mut scenarios = pin!(AssertUnwindSafe(RUN.scope(Arc::clone(&run), scenarios)).catch_unwind());
    let stopped = tokio::select! {
        ended = &mut scenarios => Err(ended),
        () = interrupt => Ok(BrokenOff::Interrupted),
        () = run.first_failure() => Ok(BrokenOff::FirstFailure),
    };
    let ended = match stopped {
        Err(ended) => ended,
        Ok(why) => {
            report.broken_off = Some(why);
            run.interrupt();
            scenarios.await
        }
    };
    drop(silence);
    report.left_behind = run.clean_up().await;
    if let Err(panic) = ended {
        std::panic::resume_unwind(panic);
    }
    report.scenarios = results.take();
    run.give_accounts(&mut report.scenarios).await;
    let is_part = conduct.selection.shard.is_some();
    report.stale = conduct.known_failures.mark(&mut report.scenarios, &all, is_part);
    if report.broken_off.is_none() {
        report.untried = applicability::untried(&run.target, &conduct.selection, &report.scenarios);
    }
    report.sort();
    report.took = started.elapsed();
    Ok(report)
}

/// Any answer will do; the scenarios judge.
async fn reach(http: &reqwest::Client, target: &Target) -> Result<(), CheckError> {
    let client = Client::new(http.clone(), target.clone());
    let answer = client.make(Call::get("/elements/keys")).await.answer;
    answer.map(drop).map_err(|reason| CheckError::Unreachable { url: target.url.to_string(), reason })
}

/// A second caller whom the target does not know is refused everything, which is not what the scenarios ask.
async fn know_the_stranger(http: &reqwest::Client, target: &Target) -> Result<(), CheckError> {
    if target.stranger.is_none() || !target.tells_callers_apart() {
        return Ok(());
    }
    let client = Client::new(http.clone(), target.clone());
    let mut statuses = Vec::new();
    for call in [Call::get("/instances"), Call::get("/instances").by_stranger()] {
        statuses.extend(client.make(call).await.answer.ok().map(|answer| answer.status));
    }
    // Where the first is not known either, every scenario says so.
    match statuses[..] {
        [first, StatusCode::UNAUTHORIZED] if first != StatusCode::UNAUTHORIZED => Err(CheckError::Stranger),
        _ => Ok(()),
    }
}

/// Sets aside what the target does not claim, or lacks the means for.
fn set_aside(features: Vec<Feature>, target: &Target, results: &Results) -> Vec<Feature> {
    features::keep(features, |feature, scenario| {
        let facts = Facts::of(feature, scenario);
        let Some(why) = applicability::why_not(&facts, scenario, target) else { return true };
        results.push(ScenarioResult::new(facts, Outcome::NotApplicable(why), Duration::ZERO));
        false
    })
}

async fn execute(
    features: Vec<Feature>,
    conduct: &Conduct,
    console: Console,
    run: Arc<Run>,
    results: Results,
) {
    match console {
        Console::Progress(mut progress) => {
            progress(Moment::Begins(features.iter().map(|feature| feature.scenarios.len()).sum()));
            let collector = Collector::new(Arc::clone(&run), results, progress);
            drive(features, conduct, run, collector).await;
        }
        Console::Cucumber => {
            let own = writer::Basic::stdout().summarized().fail_on_skipped();
            let collector = Collector::new(Arc::clone(&run), results, Box::new(|_| ()));
            drive(features, conduct, run, own.tee(collector)).await;
        }
    }
}

async fn drive<W>(features: Vec<Feature>, conduct: &Conduct, run: Arc<Run>, writer: W)
where
    W: cucumber::Writer<World> + writer::Normalized,
    W::Cli: Default,
{
    let retries = (conduct.retries > 0).then_some(conduct.retries);
    let accounts = conduct.accounts;
    let runner = cucumber::runner::Basic::default()
        .max_concurrent_scenarios(conduct.jobs.max(1))
        .retries(retries)
        .steps(vocabulary::timed())
        .after(move |feature, _, scenario, ended, world: Option<&mut World>| {
            let run = Arc::clone(&run);
            async move {
                let Some(world) = world else { return };
                if accounts || matches!(ended, ScenarioFinished::StepFailed(..)) {
                    run.leave_account(Facts::of(feature, scenario).id, world.whole_record());
                }
                world.leave().await;
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
            Self::Refused { .. }
            | Self::NoScenario(_)
            | Self::Stranger
            | Self::Features(_)
            | Self::Client(_) => crate::exit_codes::USAGE,
        }
    }
}

impl From<CheckError> for io::Error {
    fn from(error: CheckError) -> Self {
        Self::other(error)
    }
}
