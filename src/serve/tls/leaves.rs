//! Certificates for host names, made when a client asks for one and kept.

use std::{
    collections::HashMap,
    fmt,
    path::Path,
    sync::{Arc, Mutex, PoisonError},
};

use rcgen::KeyPair;
use rustls::{
    client::verify_server_name,
    crypto::ring,
    pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer, ServerName, pem::PemObject},
    server::{ClientHello, ParsedCertificate, ResolvesServerCert},
    sign::{CertifiedKey, SigningKey},
};

use super::authority::{Authority, AuthorityError};

/// How many certificates are kept. A client that asks for ever new names must not fill the memory.
const KEPT: usize = 4096;

/// What a client that names no host may have asked for: one that connects to an address sends no name.
const NAMELESS: [&str; 3] = ["localhost", "127.0.0.1", "::1"];

/// A certificate of one's own and its key.
#[derive(Clone)]
pub(crate) struct Identity(Arc<CertifiedKey>);

impl Identity {
    /// Reads a chain, the host's certificate first, and its key.
    #[cfg_attr(not(any(feature = "cli", test)), expect(dead_code, reason = "the command takes one"))]
    pub(crate) fn read(chain: &Path, key: &Path) -> Result<Self, AuthorityError> {
        let content = |path: &Path, wanted| AuthorityError::Content { path: path.to_owned(), wanted };
        let bytes = |path: &Path| {
            std::fs::read(path).map_err(|source| AuthorityError::ReadOwn { path: path.to_owned(), source })
        };
        let certificates: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&bytes(chain)?).collect();
        let certificates = certificates.ok().filter(|certificates| !certificates.is_empty());
        let certificates = certificates.ok_or_else(|| content(chain, "certificate in PEM"))?;
        let secret = PrivateKeyDer::from_pem_slice(&bytes(key)?);
        let secret = secret.map_err(|_| content(key, "private key in PEM"))?;
        let certified = CertifiedKey::from_der(certificates, secret, &ring::default_provider());
        let certified = certified.map_err(|source| AuthorityError::Own {
            certificate: chain.to_owned(),
            key: key.to_owned(),
            source,
        })?;
        Ok(Self(Arc::new(certified)))
    }

    fn covers(&self, name: &str) -> bool {
        let certificate = self.0.cert.first().and_then(|first| ParsedCertificate::try_from(first).ok());
        let name = ServerName::try_from(name).ok();
        let both = certificate.zip(name);
        both.is_some_and(|(certificate, name)| verify_server_name(&certificate, &name).is_ok())
    }
}

impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Identity").finish_non_exhaustive()
    }
}

/// Chooses the certificate of a connection.
pub(super) struct Leaves {
    authority: Arc<Authority>,
    own: Option<Identity>,
    /// One key for all: what counts is who signed it.
    key: KeyPair,
    signing: Arc<dyn SigningKey>,
    made: Mutex<HashMap<Box<str>, Arc<CertifiedKey>>>,
}

impl Leaves {
    pub(super) fn new(authority: Arc<Authority>, own: Option<Identity>) -> Result<Self, AuthorityError> {
        let key = KeyPair::generate()?;
        let der = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.serialize_der()));
        let signing =
            ring::default_provider().key_provider.load_private_key(der).map_err(AuthorityError::Tls)?;
        Ok(Self { authority, own, key, signing, made: Mutex::default() })
    }

    fn of(&self, name: Option<&str>) -> Option<Arc<CertifiedKey>> {
        if let Some(own) = &self.own
            && name.is_none_or(|name| own.covers(name))
        {
            return Some(Arc::clone(&own.0));
        }
        let entry = name.unwrap_or_default();
        // A panic elsewhere leaves the map as it was.
        let mut made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(leaf) = made.get(entry) {
            return Some(Arc::clone(leaf));
        }
        let names = name.map_or_else(|| NAMELESS.map(str::to_owned).to_vec(), |name| vec![name.to_owned()]);
        let certificate = self.authority.sign(names, &self.key).ok()?;
        let leaf = Arc::new(CertifiedKey::new(vec![certificate], Arc::clone(&self.signing)));
        if made.len() >= KEPT {
            made.clear();
        }
        made.insert(entry.into(), Arc::clone(&leaf));
        Some(leaf)
    }
}

impl ResolvesServerCert for Leaves {
    fn resolve(&self, hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        self.of(hello.server_name())
    }
}

impl fmt::Debug for Leaves {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Leaves").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_certificate_is_made_once_for_each_name_and_never_too_many_are_kept() {
        let leaves = Leaves::new(Arc::new(Authority::new().unwrap()), None).unwrap();
        let of = |name: Option<&str>| leaves.of(name).unwrap();
        assert!(Arc::ptr_eq(&of(Some("api.box.com")), &of(Some("api.box.com"))));
        assert!(!Arc::ptr_eq(&of(Some("api.box.com")), &of(None)));
        for number in 0..KEPT {
            of(Some(&format!("h{number}.egnyte.com")));
        }
        assert!(leaves.made.lock().unwrap().len() <= KEPT);
    }

    #[test]
    fn a_certificate_of_ones_own_stands_for_its_names_and_for_clients_that_name_none() {
        let folder = tempfile::tempdir().unwrap();
        let (chain, secret) = (folder.path().join("cert.pem"), folder.path().join("key.pem"));
        let made = rcgen::generate_simple_self_signed(vec!["rehearsal.test".to_owned()]).unwrap();
        std::fs::write(&chain, made.cert.pem()).unwrap();
        std::fs::write(&secret, made.signing_key.serialize_pem()).unwrap();
        let own = Identity::read(&chain, &secret).unwrap();
        let leaves = Leaves::new(Arc::new(Authority::new().unwrap()), Some(own.clone())).unwrap();
        let is_own = |name| Arc::ptr_eq(&leaves.of(name).unwrap(), &own.0);
        assert!(is_own(Some("rehearsal.test")) && is_own(None) && !is_own(Some("api.box.com")));
        let other = KeyPair::generate().unwrap().serialize_pem();
        std::fs::write(&secret, other).unwrap();
        assert!(matches!(Identity::read(&chain, &secret), Err(AuthorityError::Own { .. })));
        assert!(matches!(Identity::read(&secret, &chain), Err(AuthorityError::Content { .. })));
    }
}
