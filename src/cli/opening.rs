//! Everything that `serve` and `exec` serve: vendors, instances service, control API and proxy.

use std::{collections::BTreeMap, net::TcpListener, path::PathBuf, sync::Arc};

use clap::Args;
use tokio::sync::watch;
use url::Url;

use crate::{
    Demo, Mint, Secret, Stage, Vendor,
    cli::{
        environment::{self, Environment},
        failure::Failure,
        kept::Kept,
        settings::{ConsentBy, Listeners, ProviderUrls, UnexpectedCalls},
        trust::{AuthorityFolder, OwnCertificate, tls},
    },
    instances::{Caller, GRACE, Service, Settings, VendorHosts},
    journal::Bounds,
    serve::{
        self,
        connection::{Stop, accept},
        control::{self, Access},
        door::{Door, Site, Sites},
        proxy::Proxying,
        tls::Authority,
    },
};

/// How everything begins.
#[derive(Args, Clone, Debug)]
pub(crate) struct Setup {
    /// Draw codes, tokens and ids from this seed: same seed, same bytes
    #[arg(long)]
    pub(crate) seed: Option<u64>,
    /// How the authorize step asks for consent
    #[arg(long, value_enum, default_value = "page")]
    pub(crate) consent: ConsentBy,
    /// Let tenants begin as this file declares (docs/configuration.md)
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// How many calls each tenant's journal keeps; the oldest go first
    #[arg(long, value_name = "N", default_value_t = Bounds::default().entries)]
    journal_entries: usize,
    /// How many bytes of calls each tenant's journal keeps
    #[arg(long, value_name = "BYTES", default_value_t = Bounds::default().bytes)]
    journal_bytes: usize,
    /// What becomes of calls with a credential that nobody owns, or to a path that the vendor does not have
    #[arg(long, value_enum, default_value = "ignore")]
    unexpected: UnexpectedCalls,
    /// Let the instances service reach the vendors at their own hosts, over TLS and through the proxy
    #[arg(long)]
    pub(crate) vendor_hosts: bool,
    #[command(flatten)]
    pub(crate) authority: AuthorityFolder,
}

impl Setup {
    pub(crate) fn mint(&self) -> Mint {
        self.seed.map_or_else(Mint::system, Mint::seeded)
    }

    /// A stage without tenants of its own.
    pub(crate) fn stage(&self) -> Stage {
        let bounds = Bounds { entries: self.journal_entries, bytes: self.journal_bytes };
        let stage = Stage::builder().consent(self.consent.into());
        let stage = stage.journal(bounds).unexpected(self.unexpected.into());
        match self.seed {
            Some(seed) => stage.seed(seed),
            None => stage,
        }
        .build()
    }
}

/// Where everything is.
#[derive(Clone, Debug)]
pub(crate) struct Addresses {
    pub(crate) control: Url,
    pub(crate) control_token: Option<Secret>,
    pub(crate) instances: Url,
    pub(crate) providers: BTreeMap<Vendor, Url>,
    pub(crate) proxy: Url,
}

impl Addresses {
    fn of(listeners: &Listeners, control_token: Option<Secret>) -> Result<Self, Failure> {
        let url = |listener: &TcpListener| listener.local_addr().map(serve::url).map_err(Failure::Serving);
        let mut instances = url(&listeners.instances)?;
        instances.set_path("/elements/api-v2");
        let vendors = Vendor::ALL.into_iter().zip(&listeners.providers);
        Ok(Self {
            control: url(&listeners.control)?,
            control_token,
            instances,
            providers: vendors
                .map(|(vendor, listener)| Ok((vendor, url(listener)?)))
                .collect::<Result<_, Failure>>()?,
            proxy: url(&listeners.proxy)?,
        })
    }
}

/// A URL without the slash that stands for no path.
pub(crate) fn bare(url: &Url) -> &str {
    url.as_str().trim_end_matches('/')
}

/// What there is to open.
pub(crate) struct Opening {
    pub(crate) setup: Setup,
    pub(crate) stage: Stage,
    /// Draws secrets.
    pub(crate) mint: Mint,
    pub(crate) listeners: Listeners,
    pub(crate) control_token: Option<Secret>,
    pub(crate) providers: ProviderUrls,
    pub(crate) kept: Kept,
    pub(crate) own_certificate: OwnCertificate,
    /// Is told each host that the proxy refuses.
    pub(crate) proxying: Proxying,
}

/// Everything, open.
pub(crate) struct Opened {
    pub(crate) addresses: Addresses,
    pub(crate) caller: Option<Caller>,
    pub(crate) demos: Vec<(Vendor, Demo)>,
    /// The file of the certificate authority that programs must trust.
    pub(crate) certificate: PathBuf,
    sites: Arc<Sites>,
    stop: watch::Sender<()>,
}

impl Opening {
    /// Serves everything on the current runtime.
    pub(crate) fn open(self) -> Result<Opened, Failure> {
        let Self { setup, stage, mint, listeners, control_token, providers, kept, own_certificate, proxying } =
            self;
        let access = control_token.clone().map_or(Access::Open, Access::Token);
        let addresses = Addresses::of(&listeners, control_token)?;
        let tls = tls(&setup.authority, &own_certificate)?;
        let mut settings = if setup.vendor_hosts {
            let mut settings = Settings::new(providers.or(&BTreeMap::new()), Vec::new());
            let authority = tls.authority()?;
            settings.vendor_hosts = Some(VendorHosts::new(addresses.proxy.clone(), authority.der()));
            settings
        } else {
            Settings::new(providers.or(&addresses.providers), Vec::new())
        };
        let caller = kept.apply(&mut settings, &mint)?;
        settings.mint = mint;
        // One clock, so that moving the tenant's makes tokens too old for the service as well.
        settings.clock = stage.default_tenant().clock().clone();
        let service = Service::new(settings)?;
        let sites = Arc::new(Sites {
            providers: Vendor::ALL.map(|vendor| stage.provider(vendor)).into(),
            service: Some(service.router()),
            tls,
        });
        let certificate = Authority::certificate_file(&setup.authority.path()?);
        let certificate = std::path::absolute(certificate).map_err(Failure::Runtime)?;
        let demos: Vec<_> =
            Vendor::ALL.iter().map(|vendor| (*vendor, stage.default_tenant().demo(*vendor))).collect();
        let (stop, stopped) = watch::channel(());
        let opened = Opened { addresses, caller, demos, certificate, sites, stop };

        let further = service.administration().merge(environment::router(opened.teller()));
        let control = Site::Router(control::router_beside(stage, access, further));
        opened.listen(listeners.control, control, Some(stopped.clone()))?;
        let service = Site::Router(service.router());
        opened.listen(listeners.instances, service, Some(stopped))?;
        serve::accept_on(listeners.providers, &opened.sites).map_err(Failure::Serving)?;
        opened.listen(listeners.proxy, Site::Proxy(proxying), None)?;
        Ok(opened)
    }
}

impl Opened {
    fn listen(&self, listener: TcpListener, own: Site, stop: Stop) -> Result<(), Failure> {
        let listener = serve::asynchronous(listener).map_err(Failure::Serving)?;
        tokio::spawn(accept(listener, Door { own, sites: Arc::clone(&self.sites) }, stop));
        Ok(())
    }

    /// Tells the environment whenever it is asked for.
    fn teller(&self) -> impl Fn() -> Result<Environment, Failure> + Send + Sync + 'static {
        let Self { addresses, caller, demos, certificate, sites, .. } = self;
        let (addresses, caller, demos) = (addresses.clone(), caller.clone(), demos.clone());
        let (certificate, sites) = (certificate.clone(), Arc::clone(sites));
        move || {
            // Made now if it was not needed before, so that the file is there when a program looks.
            sites.tls.authority()?;
            Ok(Environment::new(&addresses, caller.as_ref(), &demos, &certificate))
        }
    }

    /// What a program needs in its environment.
    pub(crate) fn environment(&self) -> Result<Environment, Failure> {
        self.teller()()
    }

    /// Lets the instances service and the control API finish what is in flight, if that does not take too long.
    pub(crate) async fn close(self) {
        // Nobody listens any more where there was no request.
        let _ = self.stop.send(());
        if tokio::time::timeout(GRACE, self.stop.closed()).await.is_err() {
            tracing::warn!("requests in flight took too long and were dropped");
        }
    }
}
