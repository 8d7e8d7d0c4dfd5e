//! Sockets: listeners for the providers, TLS and a proxy for the vendors' own host names, and the control API.

mod arrival;
mod body;
mod callback;
pub(crate) mod connection;
pub mod control;
pub(crate) mod door;
mod encoding;
mod head;
#[cfg(feature = "tls")]
pub(crate) mod proxy;
mod running;
mod sniff;
#[cfg(feature = "tls")]
pub mod tls;
mod wire;

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use url::Url;

#[cfg(feature = "tls")]
pub use proxy::Proxy;
pub use running::RunningStage;
#[cfg(feature = "cli")]
pub(crate) use running::{accept_on, asynchronous};

/// The URL at which a client on this machine reaches a listener.
pub(crate) fn url(address: SocketAddr) -> Url {
    let ip = match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    #[expect(clippy::expect_used, reason = "an IP address and a port always make a URL")]
    Url::parse(&format!("http://{}", SocketAddr::new(ip, address.port()))).expect("an address makes a URL")
}
