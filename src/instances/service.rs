//! The service itself: what all its parts share, and how it is served.

use std::{fmt, sync::Arc, time::Duration};

use axum::Router;

use super::{
    Settings, SettingsError,
    address::{Addressing, Base},
    administration,
    catalog::Catalog,
    configuration::Values,
    connector::Connector,
    error::Error,
    instance::Instance,
    outbound::Outbound,
    resources::Resources,
    routes,
    store::{CallerId, Store},
    trace::Traces,
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
    traces: Traces,
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
        let catalog = Catalog::with(&settings.connectors)?;
        let store = Store::open(&settings, &catalog)?;
        let outbound = Outbound::new(&settings)?;
        Ok(Self(Arc::new(Parts { settings, catalog, store, outbound, traces: Traces::default() })))
    }

    /// Everything under `/elements/api-v2`.
    pub fn router(&self) -> Router {
        routes::router(self.clone())
    }

    /// Callers and organizations: `GET` and `POST /callers`, `POST /callers/{number}/secret`,
    /// `POST /organizations/{number}/secret`. Whoever reaches it needs no authorization.
    pub fn administration(&self) -> Router {
        administration::router(self.clone())
    }

    pub(crate) fn catalog(&self) -> &Catalog {
        &self.0.catalog
    }

    /// The connector with this key or number: one of the catalogue, or a copy of the caller's organization.
    pub(crate) fn connector(
        &self,
        caller: Option<CallerId>,
        key_or_id: &str,
    ) -> Result<Arc<Connector>, Error> {
        let unknown = match self.catalog().find(key_or_id) {
            Ok(connector) => return Ok(Arc::clone(connector)),
            Err(unknown) => unknown,
        };
        let account = caller.and_then(|caller| self.store().account(caller));
        account.and_then(|account| self.store().clone_called(account.organization, key_or_id)).ok_or(unknown)
    }

    pub(crate) fn store(&self) -> &Store {
        &self.0.store
    }

    pub(crate) fn outbound(&self) -> &Outbound {
        &self.0.outbound
    }

    /// What was authenticated of late, step by step.
    pub(crate) fn traces(&self) -> &Traces {
        &self.0.traces
    }

    pub(crate) fn clock(&self) -> &Clock {
        &self.0.settings.clock
    }

    pub(crate) fn mint(&self) -> &Mint {
        &self.0.settings.mint
    }

    /// How long it is waited before a refresh that failed for reasons of the network is tried again.
    pub(crate) fn refresh_pause(&self) -> Duration {
        self.0.settings.refresh_pause
    }

    /// How long a caller may take to send a request.
    pub(crate) fn patience(&self) -> Duration {
        self.0.settings.patience
    }

    /// How addresses of `connector` are made.
    pub(crate) fn addressing<'a>(
        &'a self,
        connector: &'a Connector,
        values: &'a Values,
    ) -> Result<Addressing<'a>, Error> {
        let given = self.0.settings.providers.get(&connector.service.vendor).map(Base::At);
        let base = given.or_else(|| self.0.settings.beyond());
        let base = base.ok_or_else(|| Error::NoProvider(connector.key.clone()))?;
        Ok(Addressing { connector, base, values })
    }

    /// What the instance, its account and its organization have defined together. The nearest counts.
    pub(crate) fn resources_of(&self, instance: &Instance) -> Resources {
        let owner = self.store().account(instance.owner);
        let shared = owner.map(|owner| self.store().resources(owner.organization).with(&owner.resources));
        shared.unwrap_or_default().with(&instance.resources)
    }
}

impl fmt::Debug for Service {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Service").field("settings", &self.0.settings).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::instances::Caller;

    #[test]
    fn a_service_prints_no_secret() {
        let service =
            Service::new(Settings::new([].into(), vec![Caller::new("user-secret", "org-secret")])).unwrap();
        let printed = format!("{service:?}");
        assert!(printed.contains("Caller") && !printed.contains("-secret"), "{printed}");
    }
}
