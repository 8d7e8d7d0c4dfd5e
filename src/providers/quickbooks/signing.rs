//! The key that signs id tokens.

use std::sync::LazyLock;

use serde_json::{Value, json};

use crate::jws::SigningKey;

/// Names the key, in the header of id tokens and in the key set.
const KEY_ID: &str = "rehearsal-2026";

/// One key for all rehearsals, so that the same seed gives the same bytes. It is public, and good for nothing else.
#[expect(clippy::expect_used, reason = "the key is part of the program, and a test signs with it")]
static KEY: LazyLock<SigningKey> = LazyLock::new(|| {
    SigningKey::from_pem(include_str!("../../../fixtures/keys/quickbooks.pem")).expect("the key is RSA")
});

/// `claims` as a signed JWT (QBO-019).
pub(super) fn sign(claims: &Value) -> String {
    KEY.sign(&json!({ "kid": KEY_ID, "alg": "RS256" }), claims)
}

/// The set that holds the public key.
pub(super) fn keys() -> Value {
    let (n, e) = KEY.numbers();
    json!({ "keys": [{ "kty": "RSA", "e": e, "use": "sig", "kid": KEY_ID, "alg": "RS256", "n": n }] })
}

#[cfg(test)]
mod tests {
    use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
    use ring::signature::{RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents};

    use super::*;

    #[test]
    fn the_published_key_opens_the_signature() {
        let token = sign(&json!({ "sub": "someone" }));
        let (signed, signature) = token.rsplit_once('.').unwrap();
        let decode = |text: &str| BASE64_URL_SAFE_NO_PAD.decode(text).unwrap();
        let key = &keys()["keys"][0];
        let number = |name: &str| decode(key[name].as_str().unwrap());
        let key = RsaPublicKeyComponents { n: number("n"), e: number("e") };
        let opened = key.verify(&RSA_PKCS1_2048_8192_SHA256, signed.as_bytes(), &decode(signature));
        assert!(opened.is_ok(), "QBO-019");
    }
}
