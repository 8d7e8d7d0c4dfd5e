//! Sockets: listeners for the providers, and the control API.

mod callback;
mod connection;
pub mod control;
mod encoding;
mod running;
mod wire;

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use url::Url;

pub use running::RunningStage;

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
