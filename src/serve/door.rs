//! What is behind a listener: its own stand-in, and all others by their host names.

use std::{net::IpAddr, sync::Arc};

use axum::Router;

#[cfg(feature = "tls")]
use crate::serve::{proxy::Proxying, tls::Tls};
use crate::{Provider, Vendor, exchange::host_without_port, hosts};

/// Somebody who answers requests.
#[derive(Clone)]
pub(crate) enum Site {
    /// A vendor's stand-in.
    Provider(Arc<dyn Provider>),
    /// The instances service, or the control API.
    Router(Router),
    /// The forward proxy.
    #[cfg(feature = "tls")]
    Proxy(Proxying),
}

/// All that is found by host name, whatever the port, and the TLS of all ports.
pub(crate) struct Sites {
    /// In the order of [`Vendor::ALL`].
    pub(crate) providers: Vec<Arc<dyn Provider>>,
    /// The instances service.
    pub(crate) service: Option<Router>,
    #[cfg(feature = "tls")]
    pub(crate) tls: Tls,
}

impl Sites {
    /// Who has this host name.
    pub(crate) fn named(&self, host: &str) -> Option<Site> {
        // Most callers come by address, and need not be looked up.
        if host_without_port(host).parse::<IpAddr>().is_ok() {
            return None;
        }
        if let Some(vendor) = Vendor::of_host(host) {
            return self.providers.get(vendor.index()).map(|provider| Site::Provider(Arc::clone(provider)));
        }
        let service = self.service.as_ref().filter(|_| hosts::is_among(hosts::INSTANCES_SERVICE, host));
        service.cloned().map(Site::Router)
    }
}

/// What a listener leads to.
#[derive(Clone)]
pub(crate) struct Door {
    /// Who answers where no host name says otherwise.
    pub(crate) own: Site,
    pub(crate) sites: Arc<Sites>,
}

impl Door {
    /// Who answers a request: by the name in the TLS handshake, then by the one in the request.
    pub(super) fn site(&self, names: [Option<&str>; 2]) -> Site {
        names
            .into_iter()
            .flatten()
            .find_map(|name| self.sites.named(name))
            .unwrap_or_else(|| self.own.clone())
    }
}
