//! The ID token of OpenID Connect.

use std::sync::LazyLock;

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::{
    jws::SigningKey,
    oauth::Issued,
    providers::{
        call::Call,
        salesforce::{Site, identity},
    },
};

/// The name of the key that signs, as the set of keys lists it.
const KEY_ID: &str = "216";

/// An ID token is good for two minutes.
const LIFE: i64 = 120;

/// One key for every run, and no secret: it signs nothing that the stand-in itself believes.
#[expect(clippy::expect_used, reason = "the key is part of the program, and the tests sign with it")]
static KEY: LazyLock<SigningKey> = LazyLock::new(|| {
    SigningKey::from_pem(include_str!("../../../../fixtures/keys/salesforce.pem")).expect("the key is RSA")
});

/// The ID token that goes with an access token (SFDC-037).
pub(super) fn of(call: &Call<'_>, site: &Site, issued: &Issued) -> String {
    let now = issued.at.as_secs();
    // The left half of the access token's digest (OpenID Connect, section 3.1.3.6).
    let digest = Sha256::digest(issued.access_token.expose());
    let mut claims = json!({
        "at_hash": BASE64_URL_SAFE_NO_PAD.encode(&digest[..16]),
        "sub": identity::url(call, site, &issued.grant),
        "aud": &*issued.grant.client_id,
        "iss": call.base(),
        "exp": now + LIFE,
        "iat": now,
    });
    if let Some(nonce) = &issued.grant.nonce {
        claims["nonce"] = nonce.as_str().into();
    }
    KEY.sign(&json!({ "kid": KEY_ID, "typ": "JWT", "alg": "RS256" }), &claims)
}

/// The key that its signature is checked with (SFDC-003).
pub(super) fn key() -> Value {
    let (n, e) = KEY.numbers();
    json!({ "kty": "RSA", "n": n, "e": e, "alg": "RS256", "use": "sig", "kid": KEY_ID })
}
