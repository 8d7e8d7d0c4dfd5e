//! The suite inside a `cargo test` of one's own.

use std::{path::PathBuf, sync::Arc, time::Duration};

use url::Url;

use super::{
    connector::Connector,
    report::terminal,
    runner::{CheckError, CheckOptions, Conduct, check},
    selection::TagExpression,
    surroundings::Surroundings,
    target::{Caller, Target},
    verdict::{Report, Verdict},
};
use crate::{RunningStage, Secret};

/// A run of the suite against a service that runs in the same process, or anywhere.
///
/// The service must reach the vendors of `stage`, and know both secrets of the caller.
///
/// ```no_run
/// use rehearsal::{Stage, Vendor, conformance::Suite};
///
/// # async fn our_router(vendor: url::Url) -> url::Url { vendor }
/// # #[tokio::main]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let stage = Stage::start().await?;
/// let service = our_router(stage.url(Vendor::Box)).await; // the router of your own, served on a free port
/// let report = Suite::for_target(service)
///     .vendors(stage)
///     .caller("user-secret", "organization-secret")
///     .connectors(["box"])
///     .run()
///     .await?;
/// report.assert_conformant();
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
#[must_use = "a suite proves nothing until it runs"]
pub struct Suite {
    url: Url,
    stage: Option<RunningStage>,
    caller: Caller,
    second: Option<Caller>,
    connectors: Option<Vec<String>>,
    capabilities: Option<Vec<String>>,
    conduct: Conduct,
}

/// A suite that could not run.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SuiteError {
    /// The vendors are missing.
    #[error("the suite does not know the stage that the target talks to; give it with Suite::vendors")]
    NoVendors,
    /// A connector that the suite does not know.
    #[error(transparent)]
    Connector(#[from] super::connector::UnknownConnector),
    /// The run did not come about.
    #[error(transparent)]
    Check(#[from] CheckError),
}

impl Suite {
    /// A run against the service at `url`.
    pub fn for_target(url: Url) -> Self {
        let nobody = Caller { user_secret: Secret::from(""), organization_secret: Secret::from("") };
        Self {
            url,
            stage: None,
            caller: nobody,
            second: None,
            connectors: None,
            capabilities: None,
            conduct: Conduct::default(),
        }
    }

    /// The vendors that the service talks to.
    pub fn vendors(mut self, stage: RunningStage) -> Self {
        self.stage = Some(stage);
        self
    }

    /// Who calls the service.
    pub fn caller(mut self, user_secret: impl Into<Secret>, organization_secret: impl Into<Secret>) -> Self {
        self.caller =
            Caller { user_secret: user_secret.into(), organization_secret: organization_secret.into() };
        self
    }

    /// Another caller, of another organization. Without one, what takes two callers is not applicable.
    pub fn second_caller(
        mut self,
        user_secret: impl Into<Secret>,
        organization_secret: impl Into<Secret>,
    ) -> Self {
        self.second =
            Some(Caller { user_secret: user_secret.into(), organization_secret: organization_secret.into() });
        self
    }

    /// The connectors that the service has; all of the suite's unless said otherwise.
    pub fn connectors(mut self, keys: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.connectors = Some(keys.into_iter().map(Into::into).collect());
        self
    }

    /// What the service can do beyond the core; everything unless said otherwise.
    pub fn capabilities(mut self, keys: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.capabilities = Some(keys.into_iter().map(Into::into).collect());
        self
    }

    /// Only scenarios whose tags fit.
    pub fn tags(mut self, tags: TagExpression) -> Self {
        self.conduct.selection.tags = Some(tags);
        self
    }

    /// A folder with features of one's own, which run after those of the suite.
    pub fn features(mut self, folder: impl Into<PathBuf>) -> Self {
        self.conduct.features = Some(folder.into());
        self
    }

    /// Lets a failed SHOULD decide the verdict.
    pub fn strict(mut self) -> Self {
        self.conduct.strict = true;
        self
    }

    /// How long a step may take.
    pub fn step_timeout(mut self, patience: Duration) -> Self {
        self.conduct.patience = patience;
        self
    }

    /// Runs it, and deletes what it created.
    ///
    /// # Errors
    ///
    /// If the service does not answer, or the suite was asked for something it does not know.
    pub async fn run(self) -> Result<Report, SuiteError> {
        let stage = self.stage.ok_or(SuiteError::NoVendors)?;
        let connectors = self.connectors.map(|keys| {
            keys.into_iter()
                .map(|key| key.parse::<super::ConnectorName>().map(|name| name.0))
                .collect::<Result<Vec<&'static Connector>, _>>()
        });
        let target = Target {
            stranger: self.second,
            connectors: connectors.transpose()?,
            capabilities: self.capabilities,
            ..Target::new(self.url, self.caller)
        };
        let mut options = CheckOptions::new(target);
        options.conduct = self.conduct;
        Ok(check(Arc::new(Surroundings::new(stage)), options, std::future::pending()).await?)
    }
}

impl Report {
    /// Fails the test that calls it unless the target is conformant, and says what is missing.
    ///
    /// # Panics
    ///
    /// If the target is not conformant, or if nothing ran.
    #[track_caller]
    pub fn assert_conformant(&self) {
        let mut text = String::new();
        // Writing to a text cannot fail.
        let _ = terminal::write(self, &mut text);
        assert!(self.verdict() == Verdict::Conformant, "the target is not conformant\n{text}");
    }
}
