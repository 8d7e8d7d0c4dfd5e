//! Options that several commands share.

use std::{
    collections::BTreeMap,
    net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener},
};

use clap::{Args, ValueEnum};
use url::Url;

use crate::{Consent, Secret, Vendor, cli::failure::Failure, journal::Unexpected};

/// The port of the first vendor, counted from the first of all.
const FIRST_VENDOR: usize = 2;

/// The proxy's port, which is the last.
const PROXY: usize = FIRST_VENDOR + Vendor::ALL.len();

/// Where to listen.
#[derive(Args, Clone, Debug)]
pub(crate) struct Ports {
    /// The address to listen on; others than loopback let other machines in
    #[arg(long, default_value_t = IpAddr::from(Ipv4Addr::LOCALHOST))]
    pub(crate) host: IpAddr,
    /// The first of nine ports: control API, instances service, then adobe-sign, bigcommerce, box, egnyte,
    /// salesforce and quickbooks, and the proxy; 0 takes free ones
    #[arg(long, value_name = "PORT", default_value_t = 4010)]
    pub(crate) port_base: u16,
}

/// Listeners that are open: control API, instances service, one for each of [`Vendor::ALL`], proxy.
pub(crate) struct Listeners {
    pub(crate) control: TcpListener,
    pub(crate) instances: TcpListener,
    pub(crate) providers: Vec<TcpListener>,
    pub(crate) proxy: TcpListener,
}

impl Ports {
    /// Free ports of this machine.
    pub(crate) fn free() -> Self {
        Self { host: Ipv4Addr::LOCALHOST.into(), port_base: 0 }
    }

    /// Opens all listeners, or none.
    pub(crate) fn open(&self) -> Result<Listeners, Failure> {
        self.port(PROXY)?;
        let (control, instances) = (self.bind(0)?, self.bind(1)?);
        Ok(Listeners { control, instances, providers: self.open_providers()?, proxy: self.bind(PROXY)? })
    }

    /// Opens the listeners of the providers, and the proxy's.
    pub(crate) fn open_vendors(&self) -> Result<(Vec<TcpListener>, TcpListener), Failure> {
        Ok((self.open_providers()?, self.bind(PROXY)?))
    }

    fn open_providers(&self) -> Result<Vec<TcpListener>, Failure> {
        (FIRST_VENDOR..PROXY).map(|offset| self.bind(offset)).collect()
    }

    fn bind(&self, offset: usize) -> Result<TcpListener, Failure> {
        let address = SocketAddr::new(self.host, self.port(offset)?);
        TcpListener::bind(address).map_err(|source| match source.kind() {
            std::io::ErrorKind::AddrInUse => Failure::PortInUse(address),
            _ => Failure::Listen { address, source },
        })
    }

    fn port(&self, offset: usize) -> Result<u16, Failure> {
        match self.port_base {
            0 => Ok(0),
            base => u16::try_from(usize::from(base) + offset).map_err(|_| Failure::PortBase(base, PROXY)),
        }
    }
}

/// Where a running `serve` is.
#[derive(Args, Clone, Debug)]
pub(crate) struct Whereabouts {
    /// The first port that `serve` was given
    #[arg(long, value_name = "PORT", default_value_t = 4010, value_parser = clap::value_parser!(u16).range(1..))]
    port_base: u16,
    /// The base URL of the control API, instead of that port on this machine
    #[arg(long, value_name = "URL", conflicts_with = "port_base")]
    control: Option<Url>,
    #[command(flatten)]
    token: ControlToken,
}

/// The token of the control API.
#[derive(Args, Clone, Debug)]
pub(crate) struct ControlToken {
    /// The token that the control API asks for
    #[arg(long, value_name = "TOKEN", env = "REHEARSAL_CONTROL_TOKEN", hide_env_values = true, value_parser = token)]
    pub(crate) control_token: Option<Secret>,
}

/// A variable that is set to nothing must not open what it was meant to close.
fn token(text: &str) -> Result<Secret, &'static str> {
    if text.trim().is_empty() { Err("it is empty; give a token, or leave it out") } else { Ok(text.into()) }
}

impl Whereabouts {
    /// The URL of one call of the control API, and the token to show.
    pub(crate) fn call(self, path: &str) -> (Url, Option<Secret>) {
        let Self { port_base, control, token } = self;
        let mut url = control.unwrap_or_else(|| crate::serve::url((Ipv4Addr::LOCALHOST, port_base).into()));
        let base = url.path().trim_end_matches('/').to_owned();
        url.set_path(&format!("{base}{path}"));
        (url, token.control_token)
    }
}

/// How the authorize step asks for consent.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum ConsentBy {
    /// By the vendor's login and consent pages
    Page,
    /// Not at all: the authorize step redirects at once
    Auto,
}

impl From<ConsentBy> for Consent {
    fn from(by: ConsentBy) -> Self {
        match by {
            ConsentBy::Page => Self::Page,
            ConsentBy::Auto => Self::Auto,
        }
    }
}

/// What becomes of calls that nobody expects.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum UnexpectedCalls {
    /// They are in the journal, as all calls are
    Ignore,
    /// They are told on the standard error output as well
    Warn,
}

impl From<UnexpectedCalls> for Unexpected {
    fn from(calls: UnexpectedCalls) -> Self {
        match calls {
            UnexpectedCalls::Ignore => Self::Ignore,
            UnexpectedCalls::Warn => Self::Warn,
        }
    }
}

/// Where the instances service finds the vendors; the simulated ones if nothing is said.
#[derive(Args, Clone, Debug)]
pub(crate) struct ProviderUrls {
    /// Base URL of Adobe Sign for the instances service, instead of the simulated one
    #[arg(long, value_name = "URL", env = "REHEARSAL_ADOBE_SIGN_URL")]
    adobe_sign_url: Option<Url>,
    /// Base URL of BigCommerce for the instances service
    #[arg(long, value_name = "URL", env = "REHEARSAL_BIGCOMMERCE_URL")]
    bigcommerce_url: Option<Url>,
    /// Base URL of Box for the instances service
    #[arg(long, value_name = "URL", env = "REHEARSAL_BOX_URL")]
    box_url: Option<Url>,
    /// Base URL of Egnyte for the instances service
    #[arg(long, value_name = "URL", env = "REHEARSAL_EGNYTE_URL")]
    egnyte_url: Option<Url>,
    /// Base URL of Salesforce for the instances service
    #[arg(long, value_name = "URL", env = "REHEARSAL_SALESFORCE_URL")]
    salesforce_url: Option<Url>,
    /// Base URL of QuickBooks Online for the instances service
    #[arg(long, value_name = "URL", env = "REHEARSAL_QUICKBOOKS_URL")]
    quickbooks_url: Option<Url>,
}

impl ProviderUrls {
    /// None of them.
    pub(crate) fn none() -> Self {
        Self {
            adobe_sign_url: None,
            bigcommerce_url: None,
            box_url: None,
            egnyte_url: None,
            salesforce_url: None,
            quickbooks_url: None,
        }
    }

    /// The URL of each vendor: the one given, else the simulated one's.
    pub(crate) fn or(self, simulated: &BTreeMap<Vendor, Url>) -> BTreeMap<Vendor, Url> {
        let Self { adobe_sign_url, bigcommerce_url, box_url, egnyte_url, salesforce_url, quickbooks_url } =
            self;
        let given = [
            (Vendor::AdobeSign, adobe_sign_url),
            (Vendor::BigCommerce, bigcommerce_url),
            (Vendor::Box, box_url),
            (Vendor::Egnyte, egnyte_url),
            (Vendor::Salesforce, salesforce_url),
            (Vendor::QuickBooks, quickbooks_url),
        ];
        let mut urls = simulated.clone();
        urls.extend(given.into_iter().filter_map(|(vendor, url)| Some((vendor, url?))));
        urls
    }
}
