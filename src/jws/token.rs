//! A signed token, as a vendor reads it.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use ring::signature::{
    RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_2048_8192_SHA384, RSA_PKCS1_2048_8192_SHA512, RsaParameters,
};
use serde_json::{Map, Value};

use super::PublicKey;

/// A signed token, taken apart; nothing is known of its signature yet.
pub(crate) struct Jws<'t> {
    header: Map<String, Value>,
    claims: Map<String, Value>,
    signed: &'t str,
    signature: Vec<u8>,
}

impl<'t> Jws<'t> {
    /// Takes `header.claims.signature` apart; nothing if it is no such thing.
    pub(crate) fn read(token: &'t str) -> Option<Self> {
        let (signed, signature) = token.rsplit_once('.')?;
        let (header, claims) = signed.split_once('.')?;
        // Some clients pad, which RFC 7515 forbids.
        let bytes = |part: &str| BASE64_URL_SAFE_NO_PAD.decode(part.trim_end_matches('=')).ok();
        let object = |part| serde_json::from_slice(&bytes(part)?).ok();
        Some(Self { header: object(header)?, claims: object(claims)?, signed, signature: bytes(signature)? })
    }

    /// Which of its keys the signer says it used.
    pub(crate) fn key_id(&self) -> Option<&str> {
        self.header.get("kid")?.as_str()
    }

    /// A claim, whatever it is.
    pub(crate) fn claim(&self, name: &str) -> &Value {
        self.claims.get(name).unwrap_or(&Value::Null)
    }

    /// A claim that is a text.
    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        self.claim(name).as_str()
    }

    /// Whether the holder of `key` signed it, with RS256, RS384 or RS512.
    pub(crate) fn is_signed_by(&self, key: &PublicKey) -> bool {
        let parameters: &RsaParameters = match self.header.get("alg").and_then(Value::as_str) {
            Some("RS256") => &RSA_PKCS1_2048_8192_SHA256,
            Some("RS384") => &RSA_PKCS1_2048_8192_SHA384,
            Some("RS512") => &RSA_PKCS1_2048_8192_SHA512,
            _ => return false,
        };
        key.verifies(parameters, self.signed.as_bytes(), &self.signature)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;
    use crate::jws::SigningKey;

    const PRIVATE: &str = include_str!("../../tests/wire/keys/client.pem");
    const CERTIFICATE: &str = include_str!("../../tests/wire/keys/client.crt");

    fn header() -> Value {
        json!({ "kid": "k1", "alg": "RS256" })
    }

    fn signed() -> String {
        SigningKey::from_pem(PRIVATE).unwrap().sign(&header(), &json!({ "iss": "app", "exp": 1 }))
    }

    #[test]
    fn a_token_is_its_signers() {
        let token = signed();
        let jws = Jws::read(&token).unwrap();
        assert_eq!((jws.text("iss"), jws.claim("exp").as_i64()), (Some("app"), Some(1)));
        assert_eq!(jws.key_id(), Some("k1"));
        assert!(jws.is_signed_by(&PublicKey::from_pem(CERTIFICATE).unwrap()));
        let other = SigningKey::from_pem(include_str!("../../fixtures/keys/salesforce.pem")).unwrap();
        let of_other = other.sign(&header(), &json!({ "iss": "app" }));
        assert!(!Jws::read(&of_other).unwrap().is_signed_by(&PublicKey::from_pem(CERTIFICATE).unwrap()));
    }

    #[test]
    fn an_unsigned_token_is_nobodys() {
        let token = signed();
        let (_, rest) = token.split_once('.').unwrap();
        let header = BASE64_URL_SAFE_NO_PAD.encode(r#"{"alg":"none"}"#);
        let unsigned = format!("{header}.{rest}");
        assert!(
            !Jws::read(&unsigned).unwrap().is_signed_by(&PublicKey::from_pem(CERTIFICATE).unwrap()),
            "the algorithm `none` is not accepted"
        );
    }

    proptest! {
        #[test]
        fn a_changed_token_is_nobodys(at in 0_usize..400, to in "[A-Za-z0-9_-]") {
            let token = signed();
            let at = at % token.len();
            let mut changed = token.clone();
            changed.replace_range(at..=at, &to);
            // The last character of each part has bits that mean nothing.
            let key = PublicKey::from_pem(CERTIFICATE).unwrap();
            let bytes = |text: &str| text.split('.').map(|part| BASE64_URL_SAFE_NO_PAD.decode(part).ok()).collect::<Vec<_>>();
            if bytes(&changed) != bytes(&token) {
                prop_assert!(Jws::read(&changed).is_none_or(|jws| !jws.is_signed_by(&key)));
            }
        }
    }
}
