//! Which service is under test: what the command line says, and where it says nothing, the section `[target]` of
//! `rehearsal.toml`.

use std::{
    env, fs, io,
    path::{Path, PathBuf},
    time::Duration,
};

use clap::Args;
use url::Url;

use super::{
    check::{Subject, secret},
    failure::Failure,
    settings::Ports,
    trust::{AuthorityFolder, OwnCertificate, tls},
};
use crate::{
    Secret, Stage,
    configuration::{CallerSection, Configuration, SecretSource, TargetSection},
    conformance::{Caller, Connector, ConnectorName, Target, UnknownConnector, requirements},
    exit_codes,
};

/// What is read when it is there and no other file is named.
const FILE: &str = "rehearsal.toml";

/// The service under test
#[derive(Args, Clone, Debug)]
pub(crate) struct TargetArgs {
    /// Base URL of a service that runs; `check` starts the reference service if none is given
    #[arg(long, value_name = "URL", help_heading = "Target")]
    target: Option<Url>,
    /// A command that starts the service, at the port that PORT names in its environment
    #[arg(long, value_name = "COMMAND", conflicts_with = "target", help_heading = "Target")]
    launch: Option<String>,
    /// How many seconds a launched service may take until it answers; 30 unless said otherwise
    #[arg(long, value_name = "SECONDS", help_heading = "Target")]
    launch_timeout: Option<u64>,
    /// The caller's User secret at the target
    #[arg(long, value_name = "SECRET", env = "REHEARSAL_USER_SECRET", hide_env_values = true, value_parser = secret, help_heading = "Target")]
    user_secret: Option<Secret>,
    /// The caller's Organization secret at the target
    #[arg(long, value_name = "SECRET", env = "REHEARSAL_ORGANIZATION_SECRET", hide_env_values = true, value_parser = secret, help_heading = "Target")]
    organization_secret: Option<Secret>,
    /// A second caller's User secret, of another organization
    #[arg(long, value_name = "SECRET", env = "REHEARSAL_SECOND_USER_SECRET", hide_env_values = true, value_parser = secret, requires = "second_organization_secret", help_heading = "Target")]
    second_user_secret: Option<Secret>,
    /// The second caller's Organization secret
    #[arg(long, value_name = "SECRET", env = "REHEARSAL_SECOND_ORGANIZATION_SECRET", hide_env_values = true, value_parser = secret, requires = "second_user_secret", help_heading = "Target")]
    second_organization_secret: Option<Secret>,
    /// What the target can do beyond the core; everything if nothing is said, nothing if it is empty
    #[arg(long, value_name = "CAPABILITY", value_delimiter = ',', num_args = 0.., help_heading = "Target")]
    capabilities: Option<Vec<String>>,
    /// A file whose section `[target]` says the same; rehearsal.toml if it is there and has one
    #[arg(long, value_name = "FILE", help_heading = "Target")]
    config: Option<PathBuf>,
    /// Where the target finds the vendors: the ports are those of `serve`
    #[command(flatten)]
    ports: Ports,
    #[command(flatten)]
    authority: AuthorityFolder,
}

/// A target that is not described well enough.
#[derive(Debug, thiserror::Error)]
pub(crate) enum TargetError {
    #[error(
        "a target needs both secrets of a caller: give --user-secret <SECRET> and --organization-secret <SECRET>, or \
         [target.caller] in {FILE}"
    )]
    NoCaller,
    #[error("the target is unknown: give --target or --launch, or url or launch in [target] of {FILE}")]
    NoTarget,
    #[error("{name} names no secret; write {name} = {{ env = \"NAME\" }} or {{ file = \"PATH\" }}")]
    NoSource { name: &'static str },
    #[error("the variable {variable} of the environment, which [target] names, is not set")]
    NotSet { variable: String },
    #[error("the secret in {path:?}, which [target] names, cannot be read: {source}")]
    File { path: PathBuf, source: io::Error },
    #[error(transparent)]
    Connector(#[from] UnknownConnector),
    #[error("there is no capability {0:?}; `rehearsal list capabilities` prints all")]
    Capability(String),
    #[error("url in [target] is no URL: {0}")]
    Url(url::ParseError),
    #[error(
        "the target's URL must be plain http or https, without a user, a query or a fragment: it is printed. Give secrets \
         with --user-secret and --organization-secret"
    )]
    NotPlain,
    #[error("{0} is about a target, and none is given; give --target or --launch, or leave it out")]
    OfNoTarget(&'static str),
    #[error(
        "[target] of {FILE} has url and launch; a service that runs is not started, so leave one of them out"
    )]
    UrlAndLaunch,
    #[error("timeout = {0} is no time; write a number of seconds above 0")]
    Timeout(f64),
}

impl TargetError {
    #[expect(clippy::unused_self, reason = "each of them is a wrong command line or configuration")]
    pub(crate) fn exit_code(&self) -> u8 {
        exit_codes::USAGE
    }
}

/// What is known of the service under test.
pub(crate) struct Declared {
    pub(crate) subject: Subject,
    pub(crate) timeout: Option<Duration>,
    pub(crate) known_failures: Option<PathBuf>,
}

impl TargetArgs {
    /// The service under test; nothing if neither the command line nor a file names one.
    pub(crate) fn declared(self) -> Result<Option<Declared>, Failure> {
        let section = self.section()?;
        let timeout = match section.timeout {
            Some(seconds) => {
                let time = Duration::try_from_secs_f64(seconds).ok().filter(|time| !time.is_zero());
                Some(time.ok_or(TargetError::Timeout(seconds))?)
            }
            None => None,
        };
        let known_failures = section.known_failures.clone();
        let subject = self.subject(section)?;
        Ok(subject.map(|subject| Declared { subject, timeout, known_failures }))
    }

    /// The service under test, which runs already. The vendors that it asks may hold their ports, too.
    pub(crate) fn running(self) -> Result<Target, Failure> {
        let section = TargetSection { port_base: Some(0), ..self.section()? };
        match self.subject(section)? {
            Some(Subject::External(target, _)) => Ok(target),
            _ => Err(TargetError::NoTarget.into()),
        }
    }

    fn section(&self) -> Result<TargetSection, Failure> {
        let path = match &self.config {
            Some(path) => path.clone(),
            None if Path::new(FILE).is_file() => PathBuf::from(FILE),
            None => return Ok(TargetSection::default()),
        };
        let mut section = Configuration::read(&path)?.target().unwrap_or_default();
        // Files that a file names stand beside it.
        let beside = |named: &mut PathBuf| *named = path.parent().unwrap_or(Path::new("")).join(&*named);
        section.known_failures.iter_mut().for_each(beside);
        let callers = section.caller.iter_mut().chain(&mut section.second_caller);
        callers
            .flat_map(|of| [&mut of.user_secret, &mut of.organization_secret])
            .filter_map(|source| source.file.as_mut())
            .for_each(beside);
        Ok(section)
    }

    fn subject(self, section: TargetSection) -> Result<Option<Subject>, Failure> {
        let given = |user: Option<Secret>, organization: Option<Secret>| {
            let pair = user.zip(organization);
            pair.map(|(user_secret, organization_secret)| Caller { user_secret, organization_secret })
        };
        let connectors = section.connectors.as_deref().map(connectors_named).transpose()?;
        let capabilities = self.capabilities.clone().or(section.capabilities);
        check_capabilities(capabilities.as_deref().unwrap_or_default())?;
        let (url, launch) = match (self.target, self.launch) {
            (None, None) => {
                if section.url.is_some() && section.launch.is_some() {
                    return Err(TargetError::UrlAndLaunch.into());
                }
                let parse = |url: String| Url::parse(&url).map_err(TargetError::Url);
                (section.url.map(parse).transpose()?, section.launch)
            }
            given => given,
        };
        if let Some(command) = launch {
            let patience = Duration::from_secs(self.launch_timeout.or(section.launch_timeout).unwrap_or(30));
            return Ok(Some(Subject::Launched { command, patience, connectors, capabilities }));
        }
        let Some(url) = url else {
            let given = [
                ("--capabilities", self.capabilities.is_some()),
                ("--launch-timeout", self.launch_timeout.is_some()),
            ];
            return match given.into_iter().find(|(_, is_given)| *is_given) {
                Some((name, _)) => Err(TargetError::OfNoTarget(name).into()),
                None => Ok(None),
            };
        };
        if !is_plain(&url) {
            return Err(TargetError::NotPlain.into());
        }
        let read = |of: Option<CallerSection>| of.map(|section| caller(&section)).transpose();
        let first = match given(self.user_secret, self.organization_secret) {
            Some(first) => first,
            None => read(section.caller)?.ok_or(TargetError::NoCaller)?,
        };
        let second = match given(self.second_user_secret, self.second_organization_secret) {
            Some(second) => Some(second),
            None => read(section.second_caller)?,
        };
        let mut ports = self.ports;
        ports.port_base = section.port_base.unwrap_or(ports.port_base);
        let target = Target { stranger: second, connectors, capabilities, ..Target::new(url, first) };
        let (providers, proxy) = ports.open_vendors()?;
        let tls = tls(&self.authority, &OwnCertificate::default())?;
        let stage = Stage::new().serve_trusted(providers, tls).map_err(Failure::Serving)?;
        stage.proxy_on(proxy).map_err(Failure::Serving)?;
        Ok(Some(Subject::External(target, Box::new(stage))))
    }
}

fn is_plain(url: &Url) -> bool {
    let has_user = !url.username().is_empty() || url.password().is_some();
    let is_web = matches!(url.scheme(), "http" | "https") && url.has_host();
    is_web && !has_user && url.query().is_none() && url.fragment().is_none()
}

fn connectors_named(names: &[String]) -> Result<Vec<&'static Connector>, TargetError> {
    names.iter().map(|name| Ok(name.parse::<ConnectorName>()?.0)).collect()
}

fn check_capabilities(declared: &[String]) -> Result<(), TargetError> {
    let known = |key: &String| {
        key == requirements::CORE || requirements::capabilities().iter().any(|of| of.key == *key)
    };
    match declared.iter().find(|key| !known(key)) {
        Some(unknown) => Err(TargetError::Capability(unknown.clone())),
        None => Ok(()),
    }
}

fn caller(section: &CallerSection) -> Result<Caller, TargetError> {
    Ok(Caller {
        user_secret: read_secret("user-secret", &section.user_secret)?,
        organization_secret: read_secret("organization-secret", &section.organization_secret)?,
    })
}

fn read_secret(name: &'static str, source: &SecretSource) -> Result<Secret, TargetError> {
    match (&source.env, &source.file) {
        (Some(variable), None) => {
            let value = env::var(variable).map_err(|_| TargetError::NotSet { variable: variable.clone() });
            Ok(Secret::from(value?))
        }
        (None, Some(path)) => {
            let read = fs::read_to_string(path);
            let text = read.map_err(|source| TargetError::File { path: path.clone(), source })?;
            Ok(Secret::from(text.trim()))
        }
        _ => Err(TargetError::NoSource { name }),
    }
}
