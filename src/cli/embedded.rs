//! The reference service, started for one command, as the target of the suite.

use std::{collections::BTreeMap, io, net::Ipv4Addr};

use axum::Router;
use tokio::{net::TcpListener, sync::oneshot, task::JoinHandle};
use url::Url;

use crate::{
    Mint, Secret, Vendor,
    conformance::{Caller, Target},
    instances, mint,
};

/// A service that stops when it is dropped.
#[derive(Debug)]
pub struct Embedded {
    target: Target,
    // Dropping it stops the service.
    _stop: oneshot::Sender<()>,
    _task: JoinHandle<io::Result<()>>,
}

/// A service that could not be started.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EmbeddedError {
    /// Its settings are not accepted.
    #[error("the embedded service cannot be set up: {0}")]
    Settings(#[from] instances::SettingsError),
    /// No port could be opened.
    #[error("the embedded service cannot listen on 127.0.0.1: {0}")]
    Listen(#[from] io::Error),
}

impl Embedded {
    /// Starts a service on a free loopback port, with two callers of different organizations.
    ///
    /// # Errors
    ///
    /// If no port can be opened.
    pub async fn start(providers: BTreeMap<Vendor, Url>) -> Result<Self, EmbeddedError> {
        Self::start_behind(|service| service, providers).await
    }

    /// Starts a service that is called through what `front` puts before it.
    pub(super) async fn start_behind(
        front: impl FnOnce(Router) -> Router,
        providers: BTreeMap<Vendor, Url>,
    ) -> Result<Self, EmbeddedError> {
        let (caller, stranger) = (new_caller(), new_caller());
        let callers = [&caller, &stranger]
            .map(|of| instances::Caller::new(of.user_secret.clone(), of.organization_secret.clone()));
        let service = instances::Service::new(instances::Settings::new(providers, callers.into()))?;
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let url = Url::parse(&format!("http://{}", listener.local_addr()?)).map_err(io::Error::other)?;
        let (stop, stopped) = oneshot::channel();
        let task = tokio::spawn(instances::serve_router(
            listener,
            front(service.router()),
            service.patience(),
            async move {
                // A dropped sender is the signal.
                let _ = stopped.await;
            },
        ));
        let target = Target { stranger: Some(stranger), ..Target::new(url, caller) };
        Ok(Self { target, _stop: stop, _task: task })
    }

    /// The service as a target.
    #[must_use]
    pub fn target(&self) -> &Target {
        &self.target
    }
}

/// Secrets that nobody else has.
pub(super) fn new_caller() -> Caller {
    let secret = |length| Secret::from(Mint::system().text(mint::ALPHANUMERIC, length));
    Caller { user_secret: secret(44), organization_secret: secret(32) }
}
