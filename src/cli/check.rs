//! `rehearsal check`: runs the conformance suite and reports.

use std::{
    convert::Infallible,
    fmt::Display,
    fs,
    io::{self, Write as _},
    net::TcpListener,
    path::{Path, PathBuf},
    sync::Arc,
};

use clap::Args;
use url::Url;

use super::{
    embedded::{Embedded, EmbeddedError},
    failure::Failure,
    settings::Ports,
};
use crate::{
    RunningStage, Secret, Stage,
    conformance::{
        Caller, CheckError, CheckOptions, ConnectorName, Console, KnownFailing, NotAScenario, Report,
        Selection, Surroundings, TagExpression, Target,
        broken::{Variant, VariantName},
        check,
        report::terminal,
        verdict::ScenarioResult,
    },
    exit_codes,
};

/// Run the conformance suite against an instances service
#[derive(Args, Debug)]
pub(crate) struct Check {
    /// Base URL of the service; the reference service, started for the check, if none is given
    #[arg(long, value_name = "URL", requires_all = ["user_secret", "organization_secret"])]
    target: Option<Url>,
    /// The caller's User secret at the target
    #[arg(long, value_name = "SECRET", env = "REHEARSAL_USER_SECRET", hide_env_values = true, value_parser = secret)]
    user_secret: Option<Secret>,
    /// The caller's Organization secret at the target
    #[arg(long, value_name = "SECRET", env = "REHEARSAL_ORGANIZATION_SECRET", hide_env_values = true, value_parser = secret)]
    organization_secret: Option<Secret>,
    /// Where the target finds the vendors: the ports are those of `serve`
    #[command(flatten)]
    ports: Ports,
    /// Only scenarios whose tags fit, such as "@core and not @INST-501"
    #[arg(long, value_name = "EXPRESSION")]
    tags: Option<TagExpression>,
    /// Only these connectors
    #[arg(long, value_name = "CONNECTOR", value_delimiter = ',')]
    connectors: Vec<ConnectorName>,
    /// How many scenarios run at the same time
    #[arg(long, value_name = "NUMBER")]
    jobs: Option<usize>,
    /// A file that lists scenarios known to fail, one "FILE: NAME" to a line; # begins a comment
    #[arg(long, value_name = "FILE")]
    known_failing: Option<PathBuf>,
    /// Give the reference service a defect, which the suite must find
    #[arg(long, value_name = "NAME", conflicts_with = "target")]
    broken: Option<VariantName>,
}

impl Check {
    pub(crate) async fn run(self) -> Result<u8, Failure> {
        let subject = match (self.target, self.user_secret, self.organization_secret) {
            // clap sees to it that both secrets come with a target.
            (Some(url), Some(user_secret), Some(organization_secret)) => {
                let caller = Caller { user_secret, organization_secret };
                let target = Target { url, caller, stranger: None };
                Subject::External(target, self.ports.open_providers()?)
            }
            _ => self.broken.map_or(Subject::Embedded, |variant| Subject::Broken(variant.0)),
        };
        let mut selection = Selection { tags: self.tags, ..Selection::default() };
        if !self.connectors.is_empty() {
            selection.connectors = self.connectors.into_iter().map(|name| name.0).collect();
        }
        let known_failing =
            self.known_failing.as_deref().map_or_else(|| Ok(Vec::new()), read_known_failing)?;
        let options = Options { subject, selection, jobs: self.jobs, show: Show::Signs, known_failing };
        let report = examine(options).await?;
        let mut text = String::from("\n\n");
        terminal::write(&report, &mut text).map_err(|error| Failure::Output(io::Error::other(error)))?;
        let mut out = anstream::stdout().lock();
        out.write_all(text.as_bytes()).and_then(|()| out.flush()).map_err(Failure::Output)?;
        Ok(report.exit_code())
    }
}

fn read_known_failing(path: &Path) -> Result<Vec<KnownFailing>, SetUpError> {
    let unreadable = |error: &dyn Display| SetUpError::KnownFailing(path.to_owned(), error.to_string());
    let text = fs::read_to_string(path).map_err(|error| unreadable(&error))?;
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines.map(|line| line.parse().map_err(|error: NotAScenario| unreadable(&error))).collect()
}

fn secret(text: &str) -> Result<Secret, Infallible> {
    Ok(Secret::from(text))
}

/// What is checked.
#[derive(Debug)]
pub enum Subject {
    /// The reference service, started for the check.
    Embedded,
    /// The reference service with a defect.
    Broken(&'static Variant),
    /// A service that runs elsewhere and knows the vendors at these listeners, one for each of
    /// [`Vendor::ALL`](crate::Vendor::ALL).
    External(Target, Vec<TcpListener>),
}

/// What is shown while scenarios run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Show {
    /// A sign for each scenario.
    Signs,
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
    /// The scenarios.
    pub selection: Selection,
    /// How many scenarios run at the same time; a good number if none is given.
    pub jobs: Option<usize>,
    /// What is shown while it goes on.
    pub show: Show,
    /// Scenarios that are known to fail.
    pub known_failing: Vec<KnownFailing>,
}

impl Options {
    /// All scenarios, without a word.
    #[must_use]
    pub fn new(subject: Subject) -> Self {
        let (selection, known_failing) = (Selection::default(), Vec::new());
        Self { subject, selection, jobs: None, show: Show::Nothing, known_failing }
    }
}

/// A check that did not come about.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SetUpError {
    /// The suite did not start.
    #[error(transparent)]
    Check(#[from] CheckError),
    /// The reference service did not start.
    #[error(transparent)]
    Embedded(#[from] EmbeddedError),
    /// The list of known failures cannot be read.
    #[error("the list {0:?} cannot be read: {1}")]
    KnownFailing(PathBuf, String),
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
    let (surroundings, target, service) = set_up(options.subject).await?;
    let mut run = CheckOptions::new(target);
    run.selection = options.selection;
    run.jobs = options.jobs;
    run.known_failing = options.known_failing;
    run.console = match options.show {
        Show::Signs => Console::Progress(Box::new(signs())),
        Show::Cucumber => Console::Cucumber,
        Show::Nothing => Console::Progress(Box::new(|_| ())),
    };
    let interrupt = async {
        // Where signals cannot be heard the run goes to its end.
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    };
    let report = check(Arc::new(surroundings), run, interrupt).await?;
    drop(service);
    Ok(report)
}

async fn set_up(subject: Subject) -> Result<(Surroundings, Target, Option<Embedded>), SetUpError> {
    let stage = || Stage::builder().build();
    match subject {
        Subject::Embedded => {
            let surroundings = Surroundings::new(stage().serve()?);
            let service = Embedded::start(surroundings.providers()).await?;
            Ok((surroundings, service.target().clone(), Some(service)))
        }
        Subject::Broken(variant) => {
            let running: RunningStage = stage().serve()?;
            let mut surroundings = Surroundings::broken(running, variant).await?;
            let service = Embedded::start(surroundings.providers()).await?;
            let mut target = service.target().clone();
            target.url = surroundings.front(target.url).await?;
            Ok((surroundings, target, Some(service)))
        }
        Subject::External(target, listeners) => {
            Ok((Surroundings::new(stage().serve_on(listeners)?), target, None))
        }
    }
}

/// Prints a sign for each scenario, eighty to a line.
fn signs() -> impl FnMut(&ScenarioResult) + Send {
    let mut count = 0_usize;
    move |result| {
        count += 1;
        let end = if count.is_multiple_of(80) { "\n" } else { "" };
        let mut out = anstream::stdout().lock();
        // Progress that cannot be shown is no reason to stop.
        let _ = write!(out, "{}{end}", terminal::sign(result)).and_then(|()| out.flush());
    }
}
