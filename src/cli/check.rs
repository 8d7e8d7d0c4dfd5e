//! `rehearsal check`: runs the conformance suite and reports.

use std::{
    convert::Infallible,
    fmt::Display,
    fs,
    io::{self, Write as _},
    num::NonZeroUsize,
    path::{Path, PathBuf},
    str::FromStr,
    sync::Arc,
    time::Duration,
};

use clap::Args;

use super::{
    embedded::{Embedded, EmbeddedError},
    failure::Failure,
    launch::{LaunchError, Launched},
    progress,
    report_file::{self, ReportFile},
    score::{Measured, measure},
    target::TargetArgs,
};
use crate::{
    RunningStage, Secret, Stage,
    conformance::{
        CheckError, CheckOptions, Conduct, Connector, ConnectorName, Console, IdPattern, KnownFailures,
        Report, Selection, Shard, Surroundings, TagExpression, Target,
        broken::{Variant, VariantName},
        check,
        permitted::{Permitted, PermittedName},
        report::terminal,
    },
    exit_codes,
};

/// Run the conformance suite against an instances service
#[derive(Args, Debug)]
pub(crate) struct Check {
    #[command(flatten)]
    target: TargetArgs,
    /// Give the reference service a defect, which the suite must find: a name, or all for the score over every one
    #[arg(long, value_name = "NAME", conflicts_with_all = ["target", "launch"], help_heading = "Variants")]
    broken: Option<Which<VariantName>>,
    /// Let the reference service do otherwise, as the contract allows: a name, or all for the score over every one
    #[arg(long, value_name = "NAME", conflicts_with_all = ["target", "launch"], help_heading = "Variants")]
    permitted: Option<Which<PermittedName>>,

    /// Only scenarios whose tags fit, such as "@core and not @INST-501"
    #[arg(long, value_name = "EXPRESSION", help_heading = "Scenarios")]
    tags: Option<TagExpression>,
    /// Only these connectors
    #[arg(long, value_name = "CONNECTOR", value_delimiter = ',', help_heading = "Scenarios")]
    connectors: Vec<ConnectorName>,
    /// Only these scenarios, by their ids or the beginnings of them, such as "reauthenticate/*"
    #[arg(long, value_name = "ID", value_delimiter = ',', help_heading = "Scenarios")]
    ids: Vec<IdPattern>,
    /// Only one of several parts, such as 1/3
    #[arg(long, value_name = "PART/PARTS", help_heading = "Scenarios")]
    shard: Option<Shard>,
    /// Only what failed in an earlier run, by its JSON report
    #[arg(long, value_name = "FILE", help_heading = "Scenarios")]
    rerun_failed: Option<PathBuf>,
    /// A folder with feature files of one's own, which use the same steps
    #[arg(long, value_name = "FOLDER", help_heading = "Scenarios")]
    features: Option<PathBuf>,

    /// How many scenarios run at the same time
    #[arg(long, value_name = "NUMBER", help_heading = "Run")]
    jobs: Option<NonZeroUsize>,
    /// How many seconds a step may take
    #[arg(long, value_name = "SECONDS", value_parser = seconds, help_heading = "Run")]
    timeout: Option<Duration>,
    /// End with the first failure that decides the verdict
    #[arg(long, help_heading = "Run")]
    fail_fast: bool,
    /// Run a scenario that failed again, so many times; one that passes then is flaky, which is a failure
    #[arg(long, value_name = "NUMBER", default_value_t = 0, help_heading = "Run")]
    retries: usize,
    /// Let a failed SHOULD decide the verdict, too
    #[arg(long, help_heading = "Run")]
    strict: bool,
    /// A list of scenarios that are known to fail: TOML with scenario, reason and a day on which it expires
    #[arg(long, value_name = "FILE", help_heading = "Run")]
    known_failures: Option<PathBuf>,
    /// Write a report as well: html=FILE, junit=FILE, json=FILE or markdown=FILE; may be given several times
    #[arg(long = "report", value_name = "FORMAT=FILE", help_heading = "Run")]
    reports: Vec<ReportFile>,
}

/// One variant, or every one.
#[derive(Clone, Copy, Debug)]
enum Which<V> {
    One(V),
    All,
}

impl<V: FromStr> FromStr for Which<V> {
    type Err = V::Err;

    fn from_str(name: &str) -> Result<Self, V::Err> {
        if name == "all" { Ok(Self::All) } else { name.parse().map(Self::One) }
    }
}

impl Check {
    pub(crate) async fn run(self) -> Result<u8, Failure> {
        let measured = Measured {
            broken: matches!(self.broken, Some(Which::All)),
            permitted: matches!(self.permitted, Some(Which::All)),
        };
        if measured.broken || measured.permitted {
            if let Some(without_effect) = self.beside_a_score() {
                return Err(SetUpError::BesideAScore(without_effect).into());
            }
            return Ok(measure(measured).await?);
        }
        if self.broken.is_some() && self.permitted.is_some() {
            return Err(SetUpError::TwoVariants.into());
        }
        let mut conduct = self.conduct()?;
        report_file::try_all(&self.reports)?;
        let declared = self.target.declared()?;
        let subject = match (self.broken, self.permitted) {
            (Some(Which::One(variant)), _) => Subject::Broken(variant.0),
            (_, Some(Which::One(variant))) => Subject::Permitted(variant.0),
            _ => match declared {
                None => Subject::Embedded,
                Some(declared) => {
                    if let Some(patience) = declared.timeout.filter(|_| self.timeout.is_none()) {
                        conduct.patience = patience;
                    }
                    let listed = declared.known_failures.filter(|_| self.known_failures.is_none());
                    if let Some(path) = listed {
                        conduct.known_failures = read_known_failures(&path)?;
                    }
                    declared.subject
                }
            },
        };
        let options = Options { subject, conduct, show: Show::Progress };
        let report = examine(options).await?;
        report_file::write_all(&self.reports, &report)?;
        let mut text = String::from("\n");
        terminal::summary(&report, &mut text).map_err(|error| Failure::Output(io::Error::other(error)))?;
        let mut out = anstream::stdout().lock();
        out.write_all(text.as_bytes()).and_then(|()| out.flush()).map_err(Failure::Output)?;
        Ok(report.exit_code())
    }

    /// What was given and has no effect on a score, which tries each variant with all that it takes.
    fn beside_a_score(&self) -> Option<&'static str> {
        let given = [
            ("--broken NAME", matches!(self.broken, Some(Which::One(_)))),
            ("--permitted NAME", matches!(self.permitted, Some(Which::One(_)))),
            ("--tags", self.tags.is_some()),
            ("--connectors", !self.connectors.is_empty()),
            ("--ids", !self.ids.is_empty()),
            ("--shard", self.shard.is_some()),
            ("--rerun-failed", self.rerun_failed.is_some()),
            ("--features", self.features.is_some()),
            ("--jobs", self.jobs.is_some()),
            ("--timeout", self.timeout.is_some()),
            ("--fail-fast", self.fail_fast),
            ("--retries", self.retries > 0),
            ("--strict", self.strict),
            ("--known-failures", self.known_failures.is_some()),
            ("--report", !self.reports.is_empty()),
        ];
        given.into_iter().find_map(|(name, is_given)| is_given.then_some(name))
    }

    fn conduct(&self) -> Result<Conduct, Failure> {
        let mut selection = Selection { tags: self.tags.clone(), shard: self.shard, ..Selection::default() };
        if !self.connectors.is_empty() {
            selection.connectors = self.connectors.iter().map(|name| name.0).collect();
        }
        selection.ids.clone_from(&self.ids);
        let mut conduct = Conduct { selection, ..Conduct::default() };
        if let Some(path) = &self.rerun_failed {
            conduct.selection.ids = report_file::failed_in(path)?;
        }
        conduct.features.clone_from(&self.features);
        if let Some(jobs) = self.jobs {
            conduct.jobs = jobs.get();
        }
        if let Some(patience) = self.timeout {
            conduct.patience = patience;
        }
        (conduct.retries, conduct.fail_fast, conduct.strict) = (self.retries, self.fail_fast, self.strict);
        conduct.accounts = self.reports.iter().any(ReportFile::tells_accounts);
        if let Some(path) = &self.known_failures {
            conduct.known_failures = read_known_failures(path)?;
        }
        Ok(conduct)
    }
}

fn read_known_failures(path: &Path) -> Result<KnownFailures, SetUpError> {
    let unreadable =
        |error: &dyn Display| SetUpError::KnownFailures(path.to_owned(), error.to_string().trim().to_owned());
    let text = fs::read_to_string(path).map_err(|error| unreadable(&error))?;
    KnownFailures::parse(&text).map_err(|error| unreadable(&error))
}

pub(super) fn secret(text: &str) -> Result<Secret, Infallible> {
    Ok(Secret::from(text))
}

fn seconds(text: &str) -> Result<Duration, String> {
    let seconds: Option<f64> = text.parse().ok();
    let duration = seconds.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
    duration
        .filter(|time| !time.is_zero())
        .ok_or_else(|| "write a number of seconds, such as 10 or 0.5".to_owned())
}

/// What is checked.
#[derive(Debug)]
#[non_exhaustive]
pub enum Subject {
    /// The reference service, started for the check.
    Embedded,
    /// The reference service with a defect.
    Broken(&'static Variant),
    /// The reference service with a behaviour of its own that the contract allows.
    Permitted(&'static Permitted),
    /// A service that runs elsewhere and knows the vendors at this stage.
    External(Target, Box<RunningStage>),
    /// A service that is started for the check.
    Launched {
        /// The command, for a shell.
        command: String,
        /// How long it may take until it answers.
        patience: Duration,
        /// The connectors it has; all of the suite's if it does not say.
        connectors: Option<Vec<&'static Connector>>,
        /// What it can do beyond the core; everything if it does not say.
        capabilities: Option<Vec<String>>,
    },
}

/// What is shown while scenarios run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Show {
    /// How far it is, and failures as they happen.
    Progress,
    /// Cucumber's own output, with its closing summary.
    Cucumber,
    /// Nothing.
    Nothing,
}

/// What to check, and how.
#[derive(Debug)]
pub struct Options {
    /// What is checked.
    pub subject: Subject,
    /// How the run is conducted.
    pub conduct: Conduct,
    /// What is shown while it goes on.
    pub show: Show,
}

impl Options {
    /// All scenarios, without a word.
    #[must_use]
    pub fn new(subject: Subject) -> Self {
        Self { subject, conduct: Conduct::default(), show: Show::Nothing }
    }
}

/// A check that did not come about.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SetUpError {
    /// Somebody ended the run before its variants were measured.
    #[error("interrupted: the variants that are left were not tried")]
    Interrupted,
    /// Something that a score takes no notice of.
    #[error("{0} has no effect on a score over all variants; leave it out, or name one variant")]
    BesideAScore(&'static str),
    /// A broken and a permitted variant at once.
    #[error("a run has one variant; give --broken or --permitted")]
    TwoVariants,
    /// The suite did not start.
    #[error(transparent)]
    Check(#[from] CheckError),
    /// The reference service did not start.
    #[error(transparent)]
    Embedded(#[from] EmbeddedError),
    /// The service under test did not start.
    #[error(transparent)]
    Launch(#[from] LaunchError),
    /// The list of known failures cannot be read.
    #[error("the list {0:?} cannot be read: {1}")]
    KnownFailures(PathBuf, String),
    /// The providers did not start.
    #[error("the providers cannot listen on 127.0.0.1: {0}")]
    Stage(#[from] io::Error),
}

impl SetUpError {
    /// What the process says when it ends with this.
    #[must_use]
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::Check(error) => error.exit_code(),
            Self::Launch(error) => error.exit_code(),
            Self::Interrupted => exit_codes::INTERRUPTED,
            _ => exit_codes::USAGE,
        }
    }
}

/// Runs the suite.
///
/// # Errors
///
/// If the target, the providers or the suite could not be started.
pub async fn examine(options: Options) -> Result<Report, SetUpError> {
    let Setting { surroundings, target, service, called } = prepared(options.subject).await?;
    let mut run = CheckOptions::new(target);
    run.conduct = options.conduct;
    run.console = match options.show {
        Show::Progress => Console::Progress(progress::shown()),
        Show::Cucumber => Console::Cucumber,
        Show::Nothing => Console::Progress(Box::new(|_| ())),
    };
    let interrupt = async {
        // Where signals cannot be heard the run goes to its end.
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    };
    let checked = check(Arc::new(surroundings), run, interrupt).await;
    service.stop().await?;
    let mut report = checked?;
    if let Some(called) = called {
        report.target = called;
    }
    Ok(report)
}

/// What stands ready for a run.
pub(super) struct Setting {
    surroundings: Surroundings,
    target: Target,
    service: Service,
    /// What the report calls the target, if not by its address.
    called: Option<String>,
}

impl Setting {
    pub(super) fn surroundings(&self) -> &Surroundings {
        &self.surroundings
    }

    pub(super) fn target(&self) -> &Target {
        &self.target
    }

    /// Ends the service, if it was started for the run.
    pub(super) async fn stop(self) -> Result<(), SetUpError> {
        Ok(self.service.stop().await?)
    }
}

/// A service that ends with the run.
enum Service {
    Embedded { _service: Box<Embedded> },
    Launched(Box<Launched>),
    Elsewhere,
}

impl Service {
    /// Ends it. An error if it had ended by itself.
    async fn stop(self) -> Result<(), LaunchError> {
        match self {
            Self::Launched(service) => service.stop().await,
            Self::Embedded { .. } | Self::Elsewhere => Ok(()),
        }
    }
}

/// Starts what a run needs.
pub(super) async fn prepared(subject: Subject) -> Result<Setting, SetUpError> {
    let stage = || Stage::builder().build();
    match subject {
        Subject::Embedded => {
            let surroundings = Surroundings::new(stage().serve()?);
            embedded(surroundings, "the reference service".to_owned()).await
        }
        Subject::Broken(variant) => {
            let surroundings = Surroundings::broken(stage().serve()?, variant).await?;
            embedded(surroundings, format!("the reference service as {}", variant.name)).await
        }
        Subject::Permitted(variant) => {
            let surroundings = Surroundings::permitted(stage().serve()?, variant).await?;
            embedded(surroundings, format!("the reference service as {}", variant.name)).await
        }
        Subject::External(target, stage) => {
            let surroundings = Surroundings::new(*stage);
            Ok(Setting { surroundings, target, service: Service::Elsewhere, called: None })
        }
        Subject::Launched { command, patience, connectors, capabilities } => {
            let stage = stage().serve()?;
            let proxy = stage.proxy().await?;
            let surroundings = Surroundings::new(stage);
            let service = Launched::start(&command, surroundings.providers(), &proxy, patience).await?;
            let target = Target { connectors, capabilities, ..service.target().clone() };
            let service = Service::Launched(Box::new(service));
            Ok(Setting { surroundings, target, service, called: Some(command) })
        }
    }
}

/// The reference service in these surroundings.
async fn embedded(surroundings: Surroundings, called: String) -> Result<Setting, SetUpError> {
    let front = |service| surroundings.before(service);
    let service = Embedded::start_behind(front, surroundings.providers()).await?;
    let target = service.target().clone();
    let service = Service::Embedded { _service: Box::new(service) };
    Ok(Setting { surroundings, target, service, called: Some(called) })
}
