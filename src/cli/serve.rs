//! `rehearsal serve`

use std::{
    io::{self, Write},
    path::PathBuf,
};

use clap::Args;
use serde_json::{Map, Value, json};
use tokio::sync::watch;

use crate::{
    Demo, Secret, Stage, StageSnapshot, Vendor,
    cli::{
        failure::Failure,
        kept::Kept,
        logging,
        opening::{Opened, Opening, Setup, bare},
        settings::{ControlToken, Ports, ProviderUrls},
        state::StateFile,
        trust::OwnCertificate,
    },
    configuration::Configuration,
    exit_codes, mint,
    serve::proxy::Proxying,
};

/// Serve the vendors, the instances service and the control API until interrupted
#[derive(Args, Debug)]
pub(crate) struct Serve {
    #[command(flatten)]
    ports: Ports,
    #[command(flatten)]
    setup: Setup,
    // Made up if it listens beyond loopback and none is given.
    #[command(flatten)]
    token: ControlToken,
    /// Print one line of JSON instead of a table
    #[arg(long)]
    json: bool,
    /// Keep all tenants in this file: go on from it if it is there, save what changes
    #[arg(long, value_name = "FILE")]
    state: Option<PathBuf>,
    #[command(flatten)]
    providers: ProviderUrls,
    #[command(flatten)]
    kept: Kept,
    #[command(flatten)]
    own_certificate: OwnCertificate,
}

impl Serve {
    pub(crate) async fn run(self) -> Result<u8, Failure> {
        logging::start();
        allow_many_files();
        let (stage, mut state) = self.stage()?;
        let listeners = self.ports.open()?;
        let beyond_loopback = !self.ports.host.is_loopback();
        let mint = self.setup.mint();
        let made_up = || mint.text(mint::HEX, 32).into();
        let control_token = self.token.control_token.or_else(|| beyond_loopback.then(made_up));
        let mut interruption = Interruption::heard()?;
        survive_limits()?;
        let opened = Opening {
            setup: self.setup,
            stage: stage.clone(),
            mint,
            listeners,
            control_token,
            providers: self.providers,
            kept: self.kept,
            own_certificate: self.own_certificate,
            proxying: Proxying::new(|refusal| tracing::warn!(host = refusal.host, "the proxy refused")),
        }
        .open()?;

        // The demo apps and users are made before the first save.
        if let Some(state) = &mut state {
            // At once, so that a file that cannot be written is known before anybody relies on it.
            state.save(&stage)?;
        }
        let announcement = if self.json { format!("{}\n", as_json(&opened)) } else { as_table(&opened) };
        print(&announcement).map_err(Failure::Output)?;

        let (stop, stopped) = watch::channel(());
        let followed = state.map(|state| {
            let stage = stage.clone();
            tokio::spawn(async move { state.follow(&stage, ended(stopped)).await })
        });
        interruption.next().await;
        drop(stop);
        let mut state = match followed {
            Some(followed) => {
                Some(followed.await.map_err(|error| Failure::Runtime(io::Error::other(error)))?)
            }
            None => None,
        };
        if let Some(state) = &mut state {
            // What is in flight may take its time. If this fails, the last save says why.
            let _ = state.save(&stage);
        }
        // Servers finish what is in flight, then end; who asks again will not wait for that.
        tokio::select! {
            () = opened.close() => {}
            () = interruption.next() => {}
        }
        if let Some(mut state) = state {
            state.save(&stage).map_err(Failure::LastSave)?;
        }
        Ok(exit_codes::SUCCESS)
    }

    /// The stage with all tenants that are declared or come back. Those that come back go on as they were: what the
    /// configuration declares is how a tenant begins.
    fn stage(&self) -> Result<(Stage, Option<StateFile>), Failure> {
        let stage = self.setup.stage();
        let configuration = self.setup.config.as_deref().map(Configuration::read).transpose()?;
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

async fn ended(mut stopped: watch::Receiver<()>) {
    // Ends with an error when the sender is dropped, which is the signal.
    let _ = stopped.changed().await;
}

/// SIGINT, and SIGTERM where there is one. Listened for from the start, so that none that comes later is missed.
struct Interruption {
    #[cfg(unix)]
    signals: [tokio::signal::unix::Signal; 2],
}

#[cfg(unix)]
impl Interruption {
    fn heard() -> Result<Self, Failure> {
        use tokio::signal::unix::{SignalKind, signal};
        let of = |kind| signal(kind).map_err(Failure::Runtime);
        Ok(Self { signals: [of(SignalKind::interrupt())?, of(SignalKind::terminate())?] })
    }

    async fn next(&mut self) {
        let [interrupted, terminated] = &mut self.signals;
        tokio::select! {
            _ = interrupted.recv() => {}
            _ = terminated.recv() => {}
        }
    }
}

#[cfg(not(unix))]
impl Interruption {
    fn heard() -> Result<Self, Failure> {
        Ok(Self {})
    }

    /// Ctrl-C.
    async fn next(&mut self) {
        if tokio::signal::ctrl_c().await.is_err() {
            // It cannot be listened for: serve until killed.
            std::future::pending::<()>().await;
        }
    }
}

/// Where a file may grow no further, writing to it is an error, and not the end of the process.
fn survive_limits() -> Result<(), Failure> {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        // Whoever listens for a signal does not die of it, for as long as the process lives.
        let beyond = SignalKind::from_raw(rustix::process::Signal::XFSZ.as_raw());
        drop(signal(beyond).map_err(Failure::Runtime)?);
    }
    Ok(())
}

fn print(text: &str) -> io::Result<()> {
    let mut out = anstream::stdout().lock();
    out.write_all(text.as_bytes())?;
    out.flush()
}

fn as_json(opened: &Opened) -> Value {
    let Opened { addresses, caller, demos, certificate, .. } = opened;
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
        // Where the vendor has customer accounts, by the vendor's own name for them.
        let account = match vendor {
            Vendor::BigCommerce => "store_hash",
            Vendor::Egnyte => "subdomain",
            Vendor::QuickBooks => "realm_id",
            Vendor::Salesforce => "organization_id",
            Vendor::AdobeSign | Vendor::Box => return app,
        };
        app[account] = demo.realm.as_deref().into();
        app
    };
    let user = |_, demo: &Demo| json!({ "login": demo.login, "password": demo.password.expose() });
    let mut line = json!({
        "control": bare(&addresses.control),
        "instances": bare(&addresses.instances),
        "providers": providers,
        "proxy": bare(&addresses.proxy),
        "ca": certificate.display().to_string(),
        "user_secret": caller.as_ref().map(|caller| caller.user_secret.expose()),
        "organization_secret": caller.as_ref().map(|caller| caller.organization_secret.expose()),
        "apps": by_vendor(app),
        "users": by_vendor(user),
    });
    if let Some(token) = &addresses.control_token {
        line["control_token"] = token.expose().into();
    }
    line
}

fn as_table(opened: &Opened) -> String {
    let Opened { addresses, caller, demos, certificate, .. } = opened;
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
    line("proxy", bare(&addresses.proxy));
    let made = if certificate.exists() { "" } else { " (made with the first TLS connection)" };
    line("  to be trusted", &format!("{}{made}", certificate.display()));
    line("", "");
    let kept = "(kept from an earlier start)";
    line("User secret", caller.as_ref().map_or(kept, |caller| caller.user_secret.expose()));
    line("Organization secret", caller.as_ref().map_or(kept, |caller| caller.organization_secret.expose()));
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

/// Connections are open files: there may be as many as the system allows, not as few as it starts with.
fn allow_many_files() {
    #[cfg(unix)]
    {
        use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

        let limit = getrlimit(Resource::Nofile);
        // If that is refused, fewer connections can be open at a time.
        let _ = setrlimit(Resource::Nofile, Rlimit { current: limit.maximum, ..limit });
    }
}
