//! A stage with a listener for each provider.

use std::{
    fmt, io,
    net::{Ipv4Addr, SocketAddr, TcpListener},
    ops::Deref,
    sync::Arc,
    thread,
};

use tokio::sync::oneshot;
use url::Url;

use crate::{
    Stage, Vendor,
    serve::{
        connection,
        door::{Door, Site, Sites},
    },
    stage::StageBuilder,
};

/// A stage that is served on loopback ports of its own, and stops when it is dropped.
///
/// It runs on a thread of its own, so that it neither needs nor disturbs the runtime of a test. If the stage was told to
/// [fail](crate::journal::Unexpected::Fail) on unexpected calls, it does when this is dropped.
#[must_use = "the providers stop when this is dropped"]
pub struct RunningStage {
    stage: Stage,
    addresses: Vec<SocketAddr>,
    #[cfg(feature = "tls")]
    sites: Arc<Sites>,
    #[cfg(feature = "tls")]
    runtime: tokio::runtime::Handle,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<thread::JoinHandle<()>>,
}

impl Stage {
    /// Serves a new stage on free loopback ports.
    ///
    /// # Errors
    ///
    /// If no port can be opened.
    pub async fn start() -> io::Result<RunningStage> {
        Self::builder().start().await
    }

    /// Serves this stage on free loopback ports.
    ///
    /// # Errors
    ///
    /// If no port can be opened.
    pub fn serve(&self) -> io::Result<RunningStage> {
        let free = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let listeners = Vendor::ALL.iter().map(|_| TcpListener::bind(free)).collect::<Result<_, _>>()?;
        self.serve_on(listeners)
    }

    /// Serves this stage on listeners that are open already, one for each of [`Vendor::ALL`].
    ///
    /// # Errors
    ///
    /// If a listener cannot be used.
    pub fn serve_on(&self, listeners: Vec<TcpListener>) -> io::Result<RunningStage> {
        let sites = Sites {
            providers: Vendor::ALL.map(|vendor| self.provider(vendor)).into(),
            service: None,
            #[cfg(feature = "tls")]
            tls: crate::serve::tls::Tls::in_memory(),
        };
        self.serve_sites(listeners, sites)
    }

    /// Serves this stage on listeners that are open already, with these certificates.
    #[cfg(feature = "cli")]
    pub(crate) fn serve_trusted(
        &self,
        listeners: Vec<TcpListener>,
        tls: crate::serve::tls::Tls,
    ) -> io::Result<RunningStage> {
        let providers = Vendor::ALL.map(|vendor| self.provider(vendor)).into();
        self.serve_sites(listeners, Sites { providers, service: None, tls })
    }

    fn serve_sites(&self, listeners: Vec<TcpListener>, sites: Sites) -> io::Result<RunningStage> {
        let addresses = listeners.iter().map(TcpListener::local_addr).collect::<Result<_, _>>()?;
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let sites = Arc::new(sites);
        {
            let _entered = runtime.enter();
            accept_on(listeners, &sites)?;
        }
        #[cfg(feature = "tls")]
        let handle = runtime.handle().clone();
        let (stop, stopped) = oneshot::channel::<()>();
        let thread = thread::Builder::new().name("rehearsal-stage".into()).spawn(move || {
            // Ends when the sender is dropped; what is in flight then is cut off with the runtime.
            let _ = runtime.block_on(stopped);
        })?;
        Ok(RunningStage {
            stage: self.clone(),
            addresses,
            #[cfg(feature = "tls")]
            sites,
            #[cfg(feature = "tls")]
            runtime: handle,
            stop: Some(stop),
            thread: Some(thread),
        })
    }
}

/// Serves the providers on listeners that are open already, on the current runtime and until it ends.
pub(crate) fn accept_on(listeners: Vec<TcpListener>, sites: &Arc<Sites>) -> io::Result<()> {
    for (provider, listener) in sites.providers.iter().zip(listeners) {
        let door = Door { own: Site::Provider(Arc::clone(provider)), sites: Arc::clone(sites) };
        tokio::spawn(connection::accept(asynchronous(listener)?, door, None));
    }
    Ok(())
}

/// An open listener, for the current runtime.
pub(crate) fn asynchronous(listener: TcpListener) -> io::Result<tokio::net::TcpListener> {
    listener.set_nonblocking(true)?;
    tokio::net::TcpListener::from_std(listener)
}

impl StageBuilder {
    /// Builds the stage and serves it on free loopback ports.
    ///
    /// # Errors
    ///
    /// If no port can be opened.
    pub async fn start(self) -> io::Result<RunningStage> {
        // Nothing to wait for: the sockets listen before this returns.
        std::future::ready(self.build().serve()).await
    }
}

impl RunningStage {
    /// The stage that is served.
    #[must_use]
    pub fn stage(&self) -> &Stage {
        &self.stage
    }

    /// The address of a vendor's stand-in.
    #[must_use]
    pub fn address(&self, vendor: Vendor) -> SocketAddr {
        self.addresses[vendor.index()]
    }

    /// The base URL of a vendor's stand-in, as a client on this machine reaches it.
    #[must_use]
    pub fn url(&self, vendor: Vendor) -> Url {
        super::url(self.address(vendor))
    }

    /// Starts a proxy through which the vendors' own host names lead to their stand-ins.
    ///
    /// # Errors
    ///
    /// If no port can be opened, or the system has no randomness for a certificate authority.
    #[cfg(feature = "tls")]
    pub async fn proxy(&self) -> io::Result<crate::serve::Proxy> {
        let authority = self.sites.tls.authority().map_err(io::Error::other)?;
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let address = listener.local_addr()?;
        self.proxy_on(listener)?;
        // Nothing to wait for: the socket listens before this returns.
        std::future::ready(Ok(crate::serve::Proxy { address, authority })).await
    }

    /// Starts such a proxy on a listener that is open already.
    #[cfg(feature = "tls")]
    pub(crate) fn proxy_on(&self, listener: TcpListener) -> io::Result<()> {
        let proxying = crate::serve::proxy::Proxying::new(|_| {});
        let door = Door { own: Site::Proxy(proxying), sites: Arc::clone(&self.sites) };
        let accepting = {
            let _entered = self.runtime.enter();
            connection::accept(asynchronous(listener)?, door, None)
        };
        self.runtime.spawn(accepting);
        Ok(())
    }
}

impl Deref for RunningStage {
    type Target = Stage;

    fn deref(&self) -> &Stage {
        &self.stage
    }
}

impl Drop for RunningStage {
    fn drop(&mut self) {
        self.stop.take();
        if let Some(thread) = self.thread.take() {
            // A panic of the thread was reported by itself; dropping must not panic again.
            let _ = thread.join();
        }
        // Here and not with the last clone of the stage, which may be on another thread: nobody would see it fail.
        self.stage.assert_no_unexpected_calls();
    }
}

impl fmt::Debug for RunningStage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RunningStage").field("addresses", &self.addresses).finish_non_exhaustive()
    }
}
