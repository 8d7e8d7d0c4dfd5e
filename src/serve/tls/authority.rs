//! The certificate authority.

use std::{fmt, io, path::PathBuf, sync::Arc};

use jiff::{Timestamp, ToSpan, civil::Date, tz::TimeZone};
use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose, PublicKeyData, date_time_ymd,
};
use rustls::{
    RootCertStore,
    client::{WebPkiServerVerifier, danger::ServerCertVerifier},
    crypto::ring,
    pki_types::{CertificateDer, ServerName, UnixTime, pem::PemObject},
};
use sha2::{Digest, Sha256};

/// How long a certificate for a host name is good; some systems refuse more than 825 days.
const DAYS: i64 = 397;

/// A certificate authority that signs certificates for the stand-ins.
///
/// A client that trusts it takes the stand-ins for the vendors. It belongs to tests and to nothing else, so no system
/// should trust it as a whole.
pub struct Authority {
    certificate: CertificateDer<'static>,
    pem: String,
    issuer: Issuer<'static, KeyPair>,
}

/// What can go wrong with a certificate authority or its certificates.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AuthorityError {
    /// A file cannot be read.
    #[error("{} cannot be read: {source}; name another folder with --ca-dir", .path.display())]
    Read {
        /// Which file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A file or its folder cannot be written.
    #[error("{} cannot be written: {source}; name a folder that can be with --ca-dir", .path.display())]
    Write {
        /// Which file or folder.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// Others can read the key, and could pass themselves off as any host to whoever trusts the authority.
    #[error("{} can be read by others than its owner; take that right away (chmod 600), or delete the folder to begin anew", .0.display())]
    Exposed(PathBuf),
    /// A file holds something else.
    #[error("{} holds no {wanted}; put it right, or move it away", .path.display())]
    Content {
        /// Which file.
        path: PathBuf,
        /// What should be there.
        wanted: &'static str,
    },
    /// What the key signs cannot be verified with the certificate.
    #[error("{} is no authority for the key beside it: {source}; delete both to begin anew", .path.display())]
    Mismatch {
        /// The file of the certificate.
        path: PathBuf,
        /// Why.
        source: rustls::Error,
    },
    /// A certificate or a key of one's own that cannot be read.
    #[error("{} cannot be read: {source}; name another file with --tls-cert or --tls-key", .path.display())]
    ReadOwn {
        /// Which file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A certificate and a key of one's own that cannot be used.
    #[error("{} and {} cannot be used together: {source}", .certificate.display(), .key.display())]
    Own {
        /// The file of the certificate.
        certificate: PathBuf,
        /// The file of the key.
        key: PathBuf,
        /// Why.
        source: rustls::Error,
    },
    /// A certificate cannot be made.
    #[error("no certificate can be made: {0}")]
    Make(#[from] rcgen::Error),
    /// TLS cannot be set up.
    #[error("TLS cannot be set up: {0}")]
    Tls(rustls::Error),
}

impl Authority {
    /// A new authority that is kept nowhere.
    ///
    /// # Errors
    ///
    /// If the system has no randomness.
    pub fn new() -> Result<Self, AuthorityError> {
        let key = KeyPair::generate()?;
        let certificate = params(&key).self_signed(&key)?;
        Ok(Self::from_parts(key, certificate.der().clone(), certificate.pem()))
    }

    /// An authority made of a key and a certificate for it.
    pub(super) fn from_parts(key: KeyPair, certificate: CertificateDer<'static>, pem: String) -> Self {
        let issuer = Issuer::new(params(&key), key);
        Self { certificate, pem, issuer }
    }

    /// The certificate that clients trust, in PEM.
    #[must_use]
    pub fn pem(&self) -> &str {
        &self.pem
    }

    /// The certificate that clients trust, in DER.
    #[must_use]
    pub fn der(&self) -> &[u8] {
        &self.certificate
    }

    #[cfg(test)]
    pub(super) fn key_pem(&self) -> String {
        self.issuer.key().serialize_pem()
    }

    /// A certificate for `names`: host names and IP addresses.
    pub(super) fn sign(
        &self,
        names: Vec<String>,
        key: &impl PublicKeyData,
    ) -> Result<CertificateDer<'static>, rcgen::Error> {
        let mut params = CertificateParams::new(names)?;
        params.distinguished_name.push(DnType::CommonName, "rehearsal");
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        params.use_authority_key_identifier_extension = true;
        let midnight = |date: Date| {
            let part = |number: i8| u8::try_from(number).unwrap_or(1);
            date_time_ymd(i32::from(date.year()), part(date.month()), part(date.day()))
        };
        let today = Timestamp::now().to_zoned(TimeZone::UTC).date();
        // Clocks differ: a day of grace at the beginning.
        params.not_before = midnight(today.saturating_sub(1.day()));
        params.not_after = midnight(today.saturating_add(DAYS.days()));
        Ok(params.signed_by(key, &self.issuer)?.der().clone())
    }

    /// Whether a client that trusts the certificate believes what the key signs.
    pub(super) fn verify(&self) -> Result<(), rustls::Error> {
        let make = |error: rcgen::Error| rustls::Error::General(error.to_string());
        let leaf_key = KeyPair::generate().map_err(make)?;
        let leaf = self.sign(vec!["localhost".to_owned()], &leaf_key).map_err(make)?;
        let mut roots = RootCertStore::empty();
        roots.add(self.certificate.clone())?;
        let verifier =
            WebPkiServerVerifier::builder_with_provider(roots.into(), Arc::new(ring::default_provider()));
        let verifier = verifier.build().map_err(|error| rustls::Error::General(error.to_string()))?;
        let name =
            ServerName::try_from("localhost").map_err(|error| rustls::Error::General(error.to_string()))?;
        verifier.verify_server_cert(&leaf, &[], &name, &[], UnixTime::now()).map(drop)
    }
}

impl fmt::Debug for Authority {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Authority").field("certificate", &self.pem).finish_non_exhaustive()
    }
}

/// The authority's own certificate, as its key decides: so that one file lost can be made again from the other.
pub(super) fn params(key: &KeyPair) -> CertificateParams {
    let mut params = CertificateParams::default();
    let hash = Sha256::digest(key.public_key_raw());
    let short = base16ct::lower::encode_string(&hash[..4]);
    params.distinguished_name.push(DnType::CommonName, format!("rehearsal, for tests only ({short})"));
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    params.not_before = date_time_ymd(2020, 1, 1);
    // The last year that every parser of dates reads.
    params.not_after = date_time_ymd(2049, 12, 31);
    params
}

/// The first certificate of a PEM text.
pub(super) fn first_certificate(pem: &[u8]) -> Option<CertificateDer<'static>> {
    CertificateDer::from_pem_slice(pem).ok()
}
