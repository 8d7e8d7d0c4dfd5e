//! RSA keys: of clients, to check what they signed; our own, to sign.

use std::fmt;

use base64::{
    Engine,
    prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD},
};
use ring::{
    rand::SystemRandom,
    rsa::PublicKeyComponents,
    signature::{RSA_PKCS1_SHA256, RsaKeyPair, RsaParameters},
};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::der;

/// An RSA public key as its owner registers it: a PEM certificate or public key.
///
/// ```
/// use rehearsal::jws::PublicKey;
///
/// let refused = PublicKey::from_pem("no key").unwrap_err();
/// assert!(refused.to_string().contains("-----BEGIN CERTIFICATE-----"));
/// ```
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PublicKey {
    pem: String,
    modulus: Vec<u8>,
    exponent: Vec<u8>,
}

/// A text that is no RSA key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// It has no PEM frame of a kind that holds a public key.
    #[error(
        "no PEM of a public key; register the lines from -----BEGIN CERTIFICATE----- (or BEGIN PUBLIC KEY, or BEGIN \
         RSA PUBLIC KEY) to its end"
    )]
    NotPem,
    /// The frame does not hold what it says.
    #[error(
        "the PEM holds no RSA key of 2048 bits or more; make one with `openssl req -x509 -newkey rsa:2048`"
    )]
    NotRsa,
}

/// Below this many bytes (2048 bits) a modulus is refused.
const SHORTEST_MODULUS: usize = 256;

impl PublicKey {
    /// Reads a PEM certificate, public key, or RSA public key. A certificate's dates and issuer are not looked at.
    ///
    /// # Errors
    ///
    /// If it is none of them, or not RSA, or too short.
    pub fn from_pem(pem: &str) -> Result<Self, KeyError> {
        let (label, der) = unframe(pem).ok_or(KeyError::NotPem)?;
        let key = match label {
            "CERTIFICATE" => der::key_of_certificate(&der),
            "PUBLIC KEY" => der::key_of_info(&der),
            "RSA PUBLIC KEY" => Some(der.as_slice()),
            _ => return Err(KeyError::NotPem),
        };
        let (modulus, exponent) = key
            .and_then(der::numbers)
            .filter(|(modulus, _)| modulus.len() >= SHORTEST_MODULUS)
            .ok_or(KeyError::NotRsa)?;
        Ok(Self { pem: pem.to_owned(), modulus: modulus.to_vec(), exponent: exponent.to_vec() })
    }

    pub(super) fn verifies(&self, parameters: &RsaParameters, message: &[u8], signature: &[u8]) -> bool {
        let key = PublicKeyComponents { n: &self.modulus, e: &self.exponent };
        key.verify(parameters, message, signature).is_ok()
    }
}

impl TryFrom<String> for PublicKey {
    type Error = KeyError;

    fn try_from(pem: String) -> Result<Self, KeyError> {
        Self::from_pem(&pem)
    }
}

impl From<PublicKey> for String {
    fn from(key: PublicKey) -> Self {
        key.pem
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PublicKey({} bits)", self.modulus.len() * 8)
    }
}

/// The label and the bytes between the first PEM frame.
fn unframe(pem: &str) -> Option<(&str, Vec<u8>)> {
    let (_, rest) = pem.split_once("-----BEGIN ")?;
    let (label, rest) = rest.split_once("-----")?;
    let (content, rest) = rest.split_once("-----END ")?;
    rest.starts_with(label).then_some(())?;
    let content: String = content.split_ascii_whitespace().collect();
    Some((label, BASE64_STANDARD.decode(content).ok()?))
}

/// An RSA key pair that signs.
pub(crate) struct SigningKey(RsaKeyPair);

impl SigningKey {
    /// Reads a PEM private key (PKCS #8).
    pub(crate) fn from_pem(pem: &str) -> Option<Self> {
        let (_, der) = unframe(pem).filter(|(label, _)| *label == "PRIVATE KEY")?;
        RsaKeyPair::from_pkcs8(&der).ok().map(Self)
    }

    /// Signs `claims` with RS256, which `header` should say. The same claims give the same token.
    pub(crate) fn sign(&self, header: &Value, claims: &Value) -> String {
        let part = |value: &Value| BASE64_URL_SAFE_NO_PAD.encode(value.to_string());
        let signed = format!("{}.{}", part(header), part(claims));
        let mut signature = vec![0; self.0.public().modulus_len()];
        #[expect(
            clippy::expect_used,
            reason = "the key was checked when it was read, and the length is its own"
        )]
        self.0
            .sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), signed.as_bytes(), &mut signature)
            .expect("a checked key signs");
        format!("{signed}.{}", BASE64_URL_SAFE_NO_PAD.encode(signature))
    }

    /// The members `n` and `e` of the public half, as a set of JSON web keys has them.
    pub(crate) fn numbers(&self) -> (String, String) {
        let PublicKeyComponents { n, e } = PublicKeyComponents::<Vec<u8>>::from(self.0.public());
        (BASE64_URL_SAFE_NO_PAD.encode(n), BASE64_URL_SAFE_NO_PAD.encode(e))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_read_from_each_kind_of_pem() {
        let certificate = PublicKey::from_pem(include_str!("../../tests/wire/keys/client.crt")).unwrap();
        let public = PublicKey::from_pem(include_str!("../../tests/wire/keys/client.pub")).unwrap();
        assert_eq!((&certificate.modulus, &certificate.exponent), (&public.modulus, &public.exponent));
        let (_, info) = unframe(&public.pem).unwrap();
        let bare = BASE64_STANDARD.encode(der::key_of_info(&info).unwrap());
        let bare = format!("-----BEGIN RSA PUBLIC KEY-----\n{bare}\n-----END RSA PUBLIC KEY-----\n");
        assert_eq!(PublicKey::from_pem(&bare).unwrap().modulus, public.modulus);
        assert_eq!(format!("{public:?}"), "PublicKey(2048 bits)");
    }

    #[test]
    fn what_is_no_key_is_told_apart() {
        let framed =
            |label: &str, content: &str| format!("-----BEGIN {label}-----\n{content}\n-----END {label}-----");
        let refused = |pem: &str| PublicKey::from_pem(pem).unwrap_err();
        assert_eq!(refused("key"), KeyError::NotPem);
        assert_eq!(refused(&framed("PRIVATE KEY", "AAAA")), KeyError::NotPem);
        assert_eq!(refused(&framed("CERTIFICATE", "AAAA")), KeyError::NotRsa);
        assert_eq!(refused(&framed("RSA PUBLIC KEY", "MAgCAQECAwEAAQ==")), KeyError::NotRsa);
        assert_eq!(refused(&framed("PUBLIC KEY", "MIT/////")), KeyError::NotRsa);
    }
}
