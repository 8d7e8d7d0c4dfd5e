//! TLS with certificates of an own authority, for whatever host name a client asks for.

mod authority;
mod leaves;
mod store;

use std::{
    path::PathBuf,
    sync::{Arc, OnceLock},
};

use rustls::{ServerConfig, crypto::ring, server::ServerSessionMemoryCache};
use tokio_rustls::TlsAcceptor;

pub use authority::{Authority, AuthorityError};
pub(crate) use leaves::Identity;
use leaves::Leaves;

/// HTTP/2, as it is called in a handshake.
pub(super) const HTTP_2: &[u8] = b"h2";

/// Sessions that can be taken up again; each takes some hundred bytes.
const SESSIONS: usize = 256;

/// TLS of all listeners of one process. Nothing is made or read before somebody needs it.
pub(crate) struct Tls {
    folder: Option<PathBuf>,
    own: Option<Identity>,
    ready: OnceLock<Ready>,
}

#[derive(Clone)]
struct Ready {
    authority: Arc<Authority>,
    acceptor: TlsAcceptor,
}

impl Tls {
    /// With an authority that lives as long as this.
    pub(crate) fn in_memory() -> Self {
        Self { folder: None, own: None, ready: OnceLock::new() }
    }

    /// With the authority that is kept in `folder`, or made there, and a certificate of one's own for the names in it.
    #[cfg_attr(not(feature = "cli"), expect(dead_code, reason = "the command keeps one"))]
    pub(crate) fn kept_in(folder: PathBuf, own: Option<Identity>) -> Self {
        Self { folder: Some(folder), own, ready: OnceLock::new() }
    }

    /// The authority that clients must trust.
    pub(crate) fn authority(&self) -> Result<Arc<Authority>, AuthorityError> {
        self.ready().map(|ready| Arc::clone(&ready.authority))
    }

    pub(super) fn acceptor(&self) -> Result<TlsAcceptor, AuthorityError> {
        self.ready().map(|ready| ready.acceptor.clone())
    }

    fn ready(&self) -> Result<&Ready, AuthorityError> {
        if let Some(ready) = self.ready.get() {
            return Ok(ready);
        }
        let authority = match &self.folder {
            Some(folder) => Authority::open(folder)?,
            None => Authority::new()?,
        };
        let authority = Arc::new(authority);
        let leaves = Leaves::new(Arc::clone(&authority), self.own.clone())?;
        let config = ServerConfig::builder_with_provider(ring::default_provider().into());
        let config = config.with_safe_default_protocol_versions().map_err(AuthorityError::Tls)?;
        let mut config = config.with_no_client_auth().with_cert_resolver(Arc::new(leaves));
        config.alpn_protocols = vec![HTTP_2.to_vec(), b"http/1.1".to_vec()];
        config.session_storage = ServerSessionMemoryCache::new(SESSIONS);
        let ready = Ready { authority, acceptor: TlsAcceptor::from(Arc::new(config)) };
        // Of two that make it at the same time, the first counts for both.
        Ok(self.ready.get_or_init(|| ready))
    }
}
