//! Assertions as clients sign them, with the key of `keys/`.

use base64::{
    Engine,
    prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD},
};
use rehearsal::jws::PublicKey;
use ring::{
    rand::SystemRandom,
    signature::{
        RSA_PKCS1_SHA256, RSA_PKCS1_SHA384, RSA_PKCS1_SHA512, RsaEncoding, RsaKeyPair, RsaPublicKeyComponents,
    },
};
use serde_json::{Value, json};

/// The public half of the key, as its owner registers it.
pub(crate) fn public_key() -> PublicKey {
    PublicKey::from_pem(include_str!("keys/client.pub")).expect("the key is RSA")
}

fn private_key() -> RsaKeyPair {
    let pem = include_str!("keys/client.pem");
    let content: String = pem.lines().filter(|line| !line.starts_with("-----")).collect();
    let der = BASE64_STANDARD.decode(content).expect("the key is PEM");
    RsaKeyPair::from_pkcs8(&der).expect("the key is RSA")
}

/// `claims`, signed with RS256 by the key called `kid`.
pub(crate) fn sign(kid: &str, claims: &Value) -> String {
    sign_with("RS256", kid, claims)
}

/// The same with RS256, RS384 or RS512.
pub(crate) fn sign_with(algorithm: &str, kid: &str, claims: &Value) -> String {
    let padding: &dyn RsaEncoding = match algorithm {
        "RS256" => &RSA_PKCS1_SHA256,
        "RS384" => &RSA_PKCS1_SHA384,
        "RS512" => &RSA_PKCS1_SHA512,
        other => panic!("no algorithm is called {other}"),
    };
    let header = json!({ "alg": algorithm, "typ": "JWT", "kid": kid });
    let part = |value: &Value| BASE64_URL_SAFE_NO_PAD.encode(value.to_string());
    let signed = format!("{}.{}", part(&header), part(claims));
    let key = private_key();
    let mut signature = vec![0; key.public().modulus_len()];
    key.sign(padding, &SystemRandom::new(), signed.as_bytes(), &mut signature).expect("the key signs");
    format!("{signed}.{}", BASE64_URL_SAFE_NO_PAD.encode(signature))
}

/// The claims of a token that `key`, a JSON web key, signed.
pub(crate) fn verified(token: &str, key: &Value) -> Value {
    let bytes = |text: &str| BASE64_URL_SAFE_NO_PAD.decode(text).expect("the part is base64url");
    let number = |name: &str| bytes(key[name].as_str().unwrap_or_else(|| panic!("{key} has no {name}")));
    let (signed, signature) = token.rsplit_once('.').expect("a signature");
    let key = RsaPublicKeyComponents { n: number("n"), e: number("e") };
    let parameters = &ring::signature::RSA_PKCS1_2048_8192_SHA256;
    key.verify(parameters, signed.as_bytes(), &bytes(signature)).expect("the key has signed");
    let (_, claims) = signed.split_once('.').expect("claims");
    serde_json::from_slice(&bytes(claims)).expect("claims are JSON")
}
