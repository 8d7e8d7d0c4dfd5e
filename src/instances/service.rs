//! The service itself: what all its parts share, and how it is served.

use std::{fmt, io, sync::Arc};

use axum::Router;
use tokio::net::TcpListener;
use url::Url;

use super::{
    Caller, Settings, SettingsError, address::Addressing, catalog::Catalog, configuration::Values,
    connector::Connector, error::Error, instance::Instance, outbound::Outbound, resources::Resources, routes,
    store::Store,
};
use crate::{Clock, Mint};

/// A reference instances service. Clones are the same service.
///
/// ```
/// use rehearsal::instances::{Caller, Service, Settings};
///
/// let settings = Settings::new([].into(), vec![Caller::new("user-secret", "organization-secret")]);
/// let router = Service::new(settings)?.router();
/// # Ok::<(), rehearsal::instances::SettingsError>(())
/// ```
#[derive(Clone)]
pub struct Service(Arc<Parts>);

struct Parts {
    settings: Settings,
    catalog: Catalog,
    store: Store,
    outbound: Outbound,
}

impl Service {
    /// Sets up a service without instances.
    ///
    /// # Errors
    ///
    /// When the settings cannot work: no caller, a secret that no header can carry, a base URL that cannot be
    /// called.
    pub fn new(settings: Settings) -> Result<Self, SettingsError> {
        settings.check()?;
        let catalog = Catalog::embedded()?;
        let store = Store::new(&settings.mint);
        let outbound = Outbound::new(settings.timeout).map_err(SettingsError::Client)?;
        Ok(Self(Arc::new(Parts { settings, catalog, store, outbound })))
    }

    /// Everything under `/elements/api-v2`.
    pub fn router(&self) -> Router {
        routes::router(self.clone())
    }

    pub(crate) fn catalog(&self) -> &Catalog {
        &self.0.catalog
    }

    pub(crate) fn store(&self) -> &Store {
        &self.0.store
    }

    pub(crate) fn outbound(&self) -> &Outbound {
        &self.0.outbound
    }

    pub(crate) fn callers(&self) -> &[Caller] {
        &self.0.settings.callers
    }

    pub(crate) fn clock(&self) -> &Clock {
        &self.0.settings.clock
    }

    pub(crate) fn mint(&self) -> &Mint {
        &self.0.settings.mint
    }

    /// How addresses of `connector` are made.
    pub(crate) fn addressing<'a>(
        &'a self,
        connector: &'a Connector,
        values: &'a Values,
    ) -> Result<Addressing<'a>, Error> {
        let base: Option<&Url> = self.0.settings.providers.get(&connector.service.vendor);
        let base = base.ok_or_else(|| Error::NoProvider(connector.key.clone()))?;
        Ok(Addressing { connector, base, values })
    }

    /// What the instance and its organization have defined together.
    pub(crate) fn resources_of(&self, instance: &Instance) -> Resources {
        let organization = &self.callers()[instance.owner.0].organization_secret;
        self.store().organization(organization).with(&instance.resources)
    }
}

impl fmt::Debug for Service {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Service").field("settings", &self.0.settings).finish_non_exhaustive()
    }
}

/// Answers requests on `listener` until `shutdown` is ready, then finishes what it has begun.
///
/// # Errors
///
/// When the listener fails.
pub async fn serve(
    listener: TcpListener,
    service: Service,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    axum::serve(listener, service.router()).with_graceful_shutdown(shutdown).await
}
