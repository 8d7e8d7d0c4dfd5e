//! Clients that send what they are told, byte by byte.

#![allow(dead_code, reason = "each test uses its own part")]
#![allow(clippy::allow_attributes, reason = "not every test leaves the same part unused")]

use std::{io, net::SocketAddr, sync::Arc};

use rehearsal::serve::{Proxy, tls::Authority};
use rustls::{ClientConfig, RootCertStore, crypto::ring, pki_types::ServerName};
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};
use tokio_rustls::{TlsConnector, client::TlsStream};

/// Sends `request` and reads until the server closes.
pub(crate) async fn exchange(address: SocketAddr, request: &str) -> String {
    ask(address, &[request]).await
}

/// Sends one text after the other, each when something has come back for the one before.
pub(crate) async fn ask(address: SocketAddr, texts: &[&str]) -> String {
    let mut stream = TcpStream::connect(address).await.unwrap();
    let mut answer = Vec::new();
    for (number, text) in texts.iter().enumerate() {
        if number > 0 {
            read_some(&mut stream, &mut answer).await.unwrap();
        }
        stream.write_all(text.as_bytes()).await.unwrap();
    }
    // A reset says as well that there is nothing more.
    let _ = stream.read_to_end(&mut answer).await;
    String::from_utf8_lossy(&answer).into_owned()
}

async fn read_some(stream: &mut (impl AsyncRead + Unpin), answer: &mut Vec<u8>) -> io::Result<()> {
    while !complete(answer) {
        if stream.read_buf(answer).await? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
    }
    Ok(())
}

/// Whether a whole answer is there: its head, and as much body as it says.
fn complete(answer: &[u8]) -> bool {
    let text = String::from_utf8_lossy(answer).to_ascii_lowercase();
    let Some((head, body)) = text.split_once("\r\n\r\n") else { return false };
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
    body.len() >= length.map_or(0, |length| length.parse().unwrap())
}

/// A client of TLS that trusts `authority`, or nobody.
pub(crate) fn connector(authority: Option<&Authority>) -> TlsConnector {
    let mut roots = RootCertStore::empty();
    if let Some(authority) = authority {
        roots.add(authority.der().to_vec().into()).unwrap();
    }
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()));
    let config = config.with_safe_default_protocol_versions().unwrap();
    TlsConnector::from(Arc::new(config.with_root_certificates(roots).with_no_client_auth()))
}

/// TLS to an address, under a name or that of the address.
pub(crate) async fn shake_hands(
    address: SocketAddr,
    name: &str,
    authority: Option<&Authority>,
) -> io::Result<TlsStream<TcpStream>> {
    let stream = TcpStream::connect(address).await?;
    let name = ServerName::try_from(name.to_owned()).unwrap();
    connector(authority).connect(name, stream).await
}

/// TLS through the proxy.
pub(crate) struct Tunnel(TlsStream<TcpStream>);

impl Tunnel {
    pub(crate) async fn open(proxy: &Proxy, host: &str) -> Self {
        let mut stream = TcpStream::connect(proxy.address()).await.unwrap();
        let connect = format!("CONNECT {host}:443 HTTP/1.1\r\nHost: {host}:443\r\n\r\n");
        stream.write_all(connect.as_bytes()).await.unwrap();
        let mut answer = Vec::new();
        read_some(&mut stream, &mut answer).await.unwrap();
        assert!(answer.starts_with(b"HTTP/1.1 200 "), "{}", String::from_utf8_lossy(&answer));
        let name = ServerName::try_from(host.to_owned()).unwrap();
        Self(connector(Some(proxy.authority())).connect(name, stream).await.unwrap())
    }

    /// Sends `text` and reads one answer.
    pub(crate) async fn ask(&mut self, text: &str) -> String {
        self.0.write_all(text.as_bytes()).await.unwrap();
        let mut answer = Vec::new();
        read_some(&mut self.0, &mut answer).await.unwrap();
        String::from_utf8_lossy(&answer).into_owned()
    }

    /// Sends `text` and reads until the end.
    pub(crate) async fn read_to_end(mut self, text: &str) -> io::Result<Vec<u8>> {
        self.0.write_all(text.as_bytes()).await?;
        let mut answer = Vec::new();
        self.0.read_to_end(&mut answer).await?;
        Ok(answer)
    }
}
