//! RS256, for id tokens.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use num_bigint::BigUint;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

/// Names the key, in the header of id tokens and in the key set.
const KEY_ID: &str = "rehearsal-2026";

// One key for all rehearsals, so that the same seed gives the same bytes. It is public, and good for nothing else.
const MODULUS: &str = "\
    9ca077d338aaa7ee30676f6729d5e5a2a6c6eeef917d79704b7f12227dbf49732023cea3205fb66b6d18691c9db9e960\
    8f24d5fb02582b65d19336eb3a1f9f9076f96d16067a22f50eedaed8c1a87773a1e3fdd2a66a047aa767ccd6fbd39790\
    a64950e70919a6565028efe2e70a5fdaa6d1e44c080b8c2dd084a73eb21179a0174db7e403568be216e61f494aa22b73\
    485ce39902cc523478cc7f25ac4f6f0170649c6d2922575222940789d44271f2363785b5eadd67c34a28591df06dfa83\
    740a2f1ff29b6a89467557e6bc746b6aac9c263c83f91fda1dfb08bb231d18b183d5970f68358b99d19b13349d0834d0\
    a0a9c8c6ed9dd4e260ab9e3a1b6af1f3";
const PRIVATE_EXPONENT: &str = "\
    6bd11c7f61c22fdf41fda670d4952dd791d0fbf2dc125fe75e5c60216603379c51caf70c71a5d089d33c2234ffcb6b90\
    049e330dbab51ea3b0e41b0bb20af4ffd497042f48f0ce84bd2147b419d2d243cef7bf9085ac69551339491fe1fab1f1\
    a55c77744f4474a378da128b52e6f114ee0c48a241962083ac9d39067473caa7c2205637000e693a8b390263d8d15308\
    06c35165c51aaf95db83c12fbf9d58507231097516ca78e5cdf7dc5b1dfc5820229bfb64a9b63f0084d72c7b87331b14\
    9515ed49bfaaed37e7559bc50c15549b2acfdfab104e6b52aa720b6ae8c530dec0e1e371c5d676028cde5d297375ba47\
    aae31065da860128e7df3faba10f71";
const PUBLIC_EXPONENT: [u8; 3] = [1, 0, 1];

/// The length of the modulus, in bytes.
const LENGTH: usize = 256;

/// The DER that goes before a SHA-256 digest (RFC 8017, section 9.2).
const DIGEST_INFO: [u8; 19] = [
    0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05, 0x00,
    0x04, 0x20,
];

/// `claims` as a signed JWT (QBO-019).
pub(super) fn sign(claims: &Value) -> String {
    let header = json!({ "kid": KEY_ID, "alg": "RS256" });
    let encode = |part: &Value| BASE64_URL_SAFE_NO_PAD.encode(part.to_string());
    let signed = format!("{}.{}", encode(&header), encode(claims));
    let signature = power(&padded(&Sha256::digest(&signed)), PRIVATE_EXPONENT);
    format!("{signed}.{}", BASE64_URL_SAFE_NO_PAD.encode(signature))
}

/// The set that holds the public key.
pub(super) fn keys() -> Value {
    json!({ "keys": [{
        "kty": "RSA",
        "e": BASE64_URL_SAFE_NO_PAD.encode(PUBLIC_EXPONENT),
        "use": "sig",
        "kid": KEY_ID,
        "alg": "RS256",
        "n": BASE64_URL_SAFE_NO_PAD.encode(number(MODULUS).to_bytes_be()),
    }] })
}

/// The padding of PKCS #1 v1.5.
fn padded(digest: &[u8]) -> Vec<u8> {
    let filling = LENGTH - DIGEST_INFO.len() - digest.len() - 3;
    [&[0, 1], vec![0xff; filling].as_slice(), &[0], &DIGEST_INFO, digest].concat()
}

fn power(message: &[u8], exponent: &str) -> Vec<u8> {
    let bytes = BigUint::from_bytes_be(message).modpow(&number(exponent), &number(MODULUS)).to_bytes_be();
    [vec![0; LENGTH - bytes.len()], bytes].concat()
}

fn number(hex: &str) -> BigUint {
    #[expect(clippy::expect_used, reason = "the numbers are constants, and a test signs with them")]
    BigUint::parse_bytes(hex.as_bytes(), 16).expect("the number is hexadecimal")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_published_key_opens_the_signature() {
        let token = sign(&json!({ "sub": "someone" }));
        let (signed, signature) = token.rsplit_once('.').unwrap();
        let decode = |text: &Value| BASE64_URL_SAFE_NO_PAD.decode(text.as_str().unwrap()).unwrap();
        let key = &keys()["keys"][0];
        let (modulus, exponent) = (decode(&key["n"]), decode(&key["e"]));
        let signature = BigUint::from_bytes_be(&BASE64_URL_SAFE_NO_PAD.decode(signature).unwrap());
        let opened = signature.modpow(&BigUint::from_bytes_be(&exponent), &BigUint::from_bytes_be(&modulus));
        let expected = padded(&Sha256::digest(signed));
        assert_eq!(opened, BigUint::from_bytes_be(&expected), "QBO-019");
        assert_eq!(modulus.len(), LENGTH, "QBO-019");
    }
}
