//! What BigCommerce tells an app about who opens it or leaves it, signed with the app's secret.

use base64::{
    Engine,
    prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD},
};
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha2::Sha256;

use crate::{
    Mint, Timestamp,
    oauth::{App, User},
    providers::{
        authorize,
        bigcommerce::{auth::context, switches},
    },
};

/// How long a JWT is good for, and how much earlier than issued it begins to be, in seconds (BC-041).
const LIFE: i64 = 86_400;
const LEEWAY: i64 = 5;

/// Who does something with an app, in which store.
pub(super) struct Payload<'p> {
    pub(super) app: &'p App,
    pub(super) store: &'p str,
    pub(super) user: &'p User,
    pub(super) owner: &'p User,
}

/// The vendor's ids are integers.
fn id(user: &User) -> Value {
    user.id.parse::<u64>().map_or_else(|_| user.id.as_str().into(), Into::into)
}

impl Payload<'_> {
    /// `callback` with what was asked for.
    pub(super) fn to(&self, callback: &str, form: switches::Payload, mint: &Mint, now: Timestamp) -> String {
        let (jwt, older) = (self.jwt(mint, now), self.older(now));
        let pairs = [
            ("signed_payload", Some(older.as_str()).filter(|_| form != switches::Payload::Jwt)),
            ("signed_payload_jwt", Some(jwt.as_str()).filter(|_| form != switches::Payload::Older)),
        ];
        authorize::with_query(callback, &pairs)
    }

    /// `signed_payload_jwt` (BC-040, BC-041).
    fn jwt(&self, mint: &Mint, now: Timestamp) -> String {
        let issued = now.as_secs();
        let claims = json!({
            "aud": &*self.app.client_id,
            "iss": "bc",
            "iat": issued,
            "nbf": issued - LEEWAY,
            "exp": issued + LIFE,
            "jti": mint.uuid(),
            "sub": context(self.store),
            "user": { "id": id(self.user), "email": self.user.email, "locale": "en-US" },
            "owner": { "id": id(self.owner), "email": self.owner.email },
            "url": "/",
            "channel_id": null,
        });
        let part = |value: &Value| BASE64_URL_SAFE_NO_PAD.encode(value.to_string());
        let signed = format!("{}.{}", part(&json!({ "alg": "HS256", "typ": "JWT" })), part(&claims));
        let signature = hmac(self.app.client_secret.expose(), &signed);
        format!("{signed}.{}", BASE64_URL_SAFE_NO_PAD.encode(signature))
    }

    /// `signed_payload` (BC-042)
    fn older(&self, now: Timestamp) -> String {
        // Milliseconds since 1970 are far from where a float loses them.
        let timestamp = now.as_millis() as f64 / 1000.0;
        let json = json!({
            "user": { "id": id(self.user), "email": self.user.email },
            "owner": { "id": id(self.owner), "email": self.owner.email },
            "context": context(self.store),
            "store_hash": self.store,
            "timestamp": timestamp,
        });
        sign(&json.to_string(), self.app.client_secret.expose())
    }
}

/// The payload and the hexadecimal digits of its signature, each in base64.
fn sign(json: &str, secret: &str) -> String {
    let hex = hmac(secret, json).iter().fold(String::new(), |hex, byte| hex + &format!("{byte:02x}"));
    format!("{}.{}", BASE64_STANDARD.encode(json), BASE64_STANDARD.encode(hex))
}

fn hmac(secret: &str, text: &str) -> Vec<u8> {
    #[expect(clippy::expect_used, reason = "HMAC takes keys of any length")]
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).expect("any key will do");
    mac.update(text.as_bytes());
    mac.finalize().into_bytes().to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_vendors_clients_take_the_older_signature() {
        let json = r#"{"user":{"id":24654,"email":"merchant@example.com"},"owner":{"id":12345,"email":"owner@example.com"},"context":"stores/g5cd38","store_hash":"g5cd38","timestamp":1469823892.9123988}"#;
        let signed = sign(json, "5vbexamplesecretexamplesecret01");
        let (payload, signature) = signed.split_once('.').unwrap();
        assert_eq!(BASE64_STANDARD.decode(payload).unwrap(), json.as_bytes(), "BC-042");
        let hex = "255b5363c0e8033618987c8151b202dc0cab3e9a5300a7726047921ee2f5be97";
        assert_eq!(BASE64_STANDARD.decode(signature).unwrap(), hex.as_bytes(), "BC-042");
    }
}
