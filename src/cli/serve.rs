//! `rehearsal serve`

use std::{
    collections::BTreeMap,
    io::{self, Write},
    net::TcpListener,
    path::PathBuf,
};

use clap::Args;
use serde_json::{Map, Value, json};
use tokio::sync::watch;
use url::Url;

use crate::{
    Demo, Mint, Secret, Stage, StageSnapshot, Vendor,
    cli::{
        failure::Failure,
        kept::Kept,
        logging,
        settings::{ConsentBy, Listeners, Ports, ProviderUrls, UnexpectedCalls},
        state::StateFile,
    },
    configuration::Configuration,
    exit_codes,
    instances::{self, Caller, Service, Settings},
    journal::Bounds,
    mint,
    serve::control::{self, Access},
};

/// Serve the vendors, the instances service and the control API until interrupted
#[derive(Args, Debug)]
pub(crate) struct Serve {
    #[command(flatten)]
    ports: Ports,
    /// Draw codes, tokens and ids from this seed: same seed, same bytes
    #[arg(long, conflicts_with = "data")]
    seed: Option<u64>,
    /// How the authorize step asks for consent
    #[arg(long, value_enum, default_value = "page")]
    consent: ConsentBy,
    /// The token that the control API asks for; made up if it listens beyond loopback and none is given
    #[arg(long, value_name = "TOKEN", env = "REHEARSAL_CONTROL_TOKEN", hide_env_values = true)]
    control_token: Option<Secret>,
    /// Print one line of JSON instead of a table
    #[arg(long)]
    json: bool,
    /// Let tenants begin as this file declares (docs/configuration.md)
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// How many calls each tenant's journal keeps; the oldest go first
    #[arg(long, value_name = "N", default_value_t = Bounds::default().entries)]
    journal_entries: usize,
    /// How many bytes of bodies each tenant's journal keeps
    #[arg(long, value_name = "BYTES", default_value_t = Bounds::default().bytes)]
    journal_bytes: usize,
    /// What becomes of calls with a credential that nobody owns, or to a path that the vendor does not have
    #[arg(long, value_enum, default_value = "ignore")]
    unexpected: UnexpectedCalls,
    /// Keep all tenants in this file: go on from it if it is there, save what changes
    #[arg(long, value_name = "FILE")]
    state: Option<PathBuf>,
    #[command(flatten)]
    providers: ProviderUrls,
    #[command(flatten)]
    kept: Kept,
}

impl Serve {
    pub(crate) async fn run(self) -> Result<u8, Failure> {
        logging::start();
        let (stage, mut state) = self.stage()?;
        let Listeners { control, instances, providers } = self.ports.open()?;
        let mint = self.seed.map_or_else(Mint::system, Mint::seeded);
        let beyond_loopback = !self.ports.host.is_loopback();
        let control_token =
            self.control_token.clone().or_else(|| beyond_loopback.then(|| mint.text(mint::HEX, 32).into()));
        let access = control_token.clone().map_or(Access::Open, Access::Token);
        let addresses = Addresses {
            control: url(&control)?,
            control_token,
            instances: with_path(url(&instances)?, "/elements/api-v2"),
            providers: Vendor::ALL
                .into_iter()
                .zip(&providers)
                .map(|(vendor, listener)| Ok((vendor, url(listener)?)))
                .collect::<Result<_, Failure>>()?,
        };
        let mut settings = Settings::new(self.providers.or(&addresses.providers), Vec::new());
        let caller = self.kept.apply(&mut settings, &mint)?;
        settings.mint = mint;
        // One clock, so that moving the tenant's makes tokens too old for the service as well.
        settings.clock = stage.default_tenant().clock().clone();
        let service = Service::new(settings)?;

        let interruption = interruption()?;
        let (stop, stopped) = watch::channel(());
        stage.accept_on(providers).map_err(Failure::Serving)?;
        let control_api = control::router_beside(stage.clone(), access, service.administration());
        let instances = instances::serve(asynchronous(instances)?, service, ended(stopped.clone()));
        let control =
            axum::serve(asynchronous(control)?, control_api).with_graceful_shutdown(ended(stopped.clone()));
        let serving = async { tokio::try_join!(instances, control) };

        // The demo apps and users are made before the first save.
        let demos = Vendor::ALL.map(|vendor| (vendor, stage.default_tenant().demo(vendor)));
        if let Some(state) = &mut state {
            // At once, so that a file that cannot be written is known before anybody relies on it.
            state.save(&stage)?;
        }
        let announcement = if self.json {
            format!("{}\n", as_json(&addresses, caller.as_ref(), &demos))
        } else {
            as_table(&addresses, caller.as_ref(), &demos)
        };
        print(&announcement).map_err(Failure::Output)?;

        let followed = state.map(|state| {
            let stage = stage.clone();
            tokio::spawn(async move { state.follow(&stage, ended(stopped)).await })
        });
        let interrupted = async {
            interruption.await;
            // Servers finish what is in flight, then end.
            drop(stop);
        };
        let (served, ()) = tokio::join!(serving, interrupted);
        if let Some(followed) = followed {
            let mut state = followed.await.map_err(|error| Failure::Runtime(io::Error::other(error)))?;
            state.save(&stage).map_err(Failure::LastSave)?;
        }
        served.map_err(Failure::Serving)?;
        Ok(exit_codes::SUCCESS)
    }

    /// The stage with all tenants that are declared or come back. Those that come back go on as they were: what the
    /// configuration declares is how a tenant begins.
    fn stage(&self) -> Result<(Stage, Option<StateFile>), Failure> {
        let bounds = Bounds { entries: self.journal_entries, bytes: self.journal_bytes };
        let mut stage =
            Stage::builder().consent(self.consent.into()).journal(bounds).unexpected(self.unexpected.into());
        if let Some(seed) = self.seed {
            stage = stage.seed(seed);
        }
        let stage = stage.build();
        let configuration = self.config.as_deref().map(Configuration::read).transpose()?;
        let (state, held) = match &self.state {
            Some(path) => {
                let (state, held) = StateFile::open(path)?;
                (Some(state), held)
            }
            None => (None, None),
        };
        if let (Some(state), Some(held)) = (&state, &held) {
            state.restore(held, &stage)?;
        }
        if let Some(configuration) = configuration {
            let comes_back = |name: &str| held.iter().flat_map(StageSnapshot::tenants).any(|of| of == name);
            let goes_on: Vec<_> = configuration.tenants().filter(|name| comes_back(name)).collect();
            if !goes_on.is_empty() {
                let names = goes_on.join(", ");
                // Whoever has just changed the configuration would look for the change in vain.
                anstream::eprintln!(
                    "rehearsal: as in the state file, and not as configured, goes on: {names}"
                );
            }
            configuration.apply(&stage, comes_back)?;
        }
        Ok((stage, state))
    }
}

struct Addresses {
    control: Url,
    control_token: Option<Secret>,
    instances: Url,
    providers: BTreeMap<Vendor, Url>,
}

fn url(listener: &TcpListener) -> Result<Url, Failure> {
    listener.local_addr().map(crate::serve::url).map_err(Failure::Serving)
}

fn with_path(mut url: Url, path: &str) -> Url {
    url.set_path(path);
    url
}

fn asynchronous(listener: TcpListener) -> Result<tokio::net::TcpListener, Failure> {
    listener.set_nonblocking(true).map_err(Failure::Serving)?;
    tokio::net::TcpListener::from_std(listener).map_err(Failure::Serving)
}

async fn ended(mut stopped: watch::Receiver<()>) {
    // Ends with an error when the sender is dropped, which is the signal.
    let _ = stopped.changed().await;
}

/// SIGINT, or SIGTERM where there is one. Listened for from now on, so that none that comes later is missed.
#[cfg(unix)]
fn interruption() -> Result<impl Future<Output = ()>, Failure> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut interrupted = signal(SignalKind::interrupt()).map_err(Failure::Runtime)?;
    let mut terminated = signal(SignalKind::terminate()).map_err(Failure::Runtime)?;
    Ok(async move {
        tokio::select! {
            _ = interrupted.recv() => {}
            _ = terminated.recv() => {}
        }
    })
}

/// Ctrl-C.
#[cfg(not(unix))]
fn interruption() -> Result<impl Future<Output = ()>, Failure> {
    Ok(async {
        if tokio::signal::ctrl_c().await.is_err() {
            // It cannot be listened for: serve until killed.
            std::future::pending::<()>().await;
        }
    })
}

fn print(text: &str) -> io::Result<()> {
    let mut out = anstream::stdout().lock();
    out.write_all(text.as_bytes())?;
    out.flush()
}

fn bare(url: &Url) -> &str {
    url.as_str().trim_end_matches('/')
}

fn as_json(addresses: &Addresses, caller: Option<&Caller>, demos: &[(Vendor, Demo)]) -> Value {
    let by_vendor = |member: fn(Vendor, &Demo) -> Value| -> Map<String, Value> {
        demos.iter().map(|(vendor, demo)| (vendor.key().to_owned(), member(*vendor, demo))).collect()
    };
    let providers: Map<String, Value> =
        addresses.providers.iter().map(|(vendor, url)| (vendor.key().to_owned(), bare(url).into())).collect();
    let app = |vendor: Vendor, demo: &Demo| {
        let mut app = json!({
            "client_id": demo.client_id,
            "client_secret": demo.client_secret.expose(),
            "redirect_uri": demo.redirect_uri,
        });
        if vendor == Vendor::Egnyte {
            app["subdomain"] = demo.realm.as_deref().into();
        }
        if vendor == Vendor::QuickBooks {
            app["realm_id"] = demo.realm.as_deref().into();
        }
        app
    };
    let user = |_, demo: &Demo| json!({ "login": demo.login, "password": demo.password.expose() });
    let mut line = json!({
        "control": bare(&addresses.control),
        "instances": bare(&addresses.instances),
        "providers": providers,
        "user_secret": caller.map(|caller| caller.user_secret.expose()),
        "organization_secret": caller.map(|caller| caller.organization_secret.expose()),
        "apps": by_vendor(app),
        "users": by_vendor(user),
    });
    if let Some(token) = &addresses.control_token {
        line["control_token"] = token.expose().into();
    }
    line
}

fn as_table(addresses: &Addresses, caller: Option<&Caller>, demos: &[(Vendor, Demo)]) -> String {
    let mut text = String::from("rehearsal serves until interrupted (Ctrl-C)\n\n");
    let mut line = |name: &str, value: &str| text += &format!("  {name:<22}{value}\n");
    line("control API", bare(&addresses.control));
    if let Some(token) = &addresses.control_token {
        line("  its token", token.expose());
    }
    line("instances service", bare(&addresses.instances));
    for (vendor, url) in &addresses.providers {
        line(vendor.display_name(), bare(url));
    }
    line("", "");
    let kept = "(kept from an earlier start)";
    line("User secret", caller.map_or(kept, |caller| caller.user_secret.expose()));
    line("Organization secret", caller.map_or(kept, |caller| caller.organization_secret.expose()));
    for (vendor, demo) in demos {
        line("", "");
        line(vendor.display_name(), "");
        line("  client id", &demo.client_id);
        line("  client secret", demo.client_secret.expose());
        line("  redirect URI", &demo.redirect_uri);
        line("  login", &demo.login);
        line("  password", Secret::expose(&demo.password));
        if let Some(realm) = &demo.realm {
            let name = match vendor {
                Vendor::Egnyte => "  subdomain",
                Vendor::QuickBooks => "  company",
                _ => "  account",
            };
            line(name, realm);
        }
    }
    text.lines().map(str::trim_end).fold(String::new(), |all, line| all + line + "\n")
}
