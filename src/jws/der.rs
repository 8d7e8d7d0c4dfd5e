//! As much of DER as it takes to find the RSA key in a certificate.

const INTEGER: u8 = 0x02;
const BIT_STRING: u8 = 0x03;
const SEQUENCE: u8 = 0x30;
/// The explicit `version` of a certificate.
const VERSION: u8 = 0xa0;

/// The algorithm identifier's object id: 1.2.840.113549.1.1.1, rsaEncryption.
const RSA: &[u8] = &[0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01];

/// The first value of `input`: its tag, its content, and what follows.
fn value(input: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (&tag, rest) = input.split_first()?;
    let (&first, rest) = rest.split_first()?;
    let (length, rest) = if first < 0x80 {
        (usize::from(first), rest)
    } else {
        let (bytes, rest) = rest.split_at_checked(usize::from(first & 0x7f))?;
        // A length of more than four bytes is no certificate's.
        let bytes = Some(bytes).filter(|bytes| (1..=4).contains(&bytes.len()))?;
        (bytes.iter().fold(0, |length, byte| length << 8 | usize::from(*byte)), rest)
    };
    let (content, rest) = rest.split_at_checked(length)?;
    Some((tag, content, rest))
}

/// The content of the first value, if its tag is `tag`, and what follows.
fn take(input: &[u8], tag: u8) -> Option<(&[u8], &[u8])> {
    value(input).filter(|(of, ..)| *of == tag).map(|(_, content, rest)| (content, rest))
}

/// The `RSAPublicKey` in a certificate.
pub(super) fn key_of_certificate(der: &[u8]) -> Option<&[u8]> {
    let (certificate, _) = take(der, SEQUENCE)?;
    let (body, _) = take(certificate, SEQUENCE)?;
    let rest = take(body, VERSION).map_or(body, |(_, rest)| rest);
    let (_, rest) = take(rest, INTEGER)?;
    // Signature algorithm, issuer, validity, subject.
    let rest = (0..4).try_fold(rest, |rest, _| Some(take(rest, SEQUENCE)?.1))?;
    key_of_info(rest)
}

/// The `RSAPublicKey` in a `SubjectPublicKeyInfo`.
pub(super) fn key_of_info(der: &[u8]) -> Option<&[u8]> {
    let (info, _) = take(der, SEQUENCE)?;
    let (algorithm, rest) = take(info, SEQUENCE)?;
    let (bits, _) = take(rest, BIT_STRING)?;
    let (unused, key) = bits.split_first()?;
    (algorithm.starts_with(RSA) && *unused == 0).then_some(key)
}

/// Modulus and exponent of an `RSAPublicKey`, without leading zeroes.
pub(super) fn numbers(key: &[u8]) -> Option<(&[u8], &[u8])> {
    let (key, _) = take(key, SEQUENCE)?;
    let (modulus, rest) = take(key, INTEGER)?;
    let (exponent, _) = take(rest, INTEGER)?;
    Some((modulus.strip_prefix(&[0]).unwrap_or(modulus), exponent.strip_prefix(&[0]).unwrap_or(exponent)))
}
