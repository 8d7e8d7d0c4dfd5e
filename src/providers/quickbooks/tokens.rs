//! The look of Intuit's codes and tokens.

use sha2::{Digest, Sha512};

use crate::{
    Mint, Timestamp,
    mint::{ALPHANUMERIC, BASE64URL, DIGITS, LOWER_ALPHANUMERIC},
    oauth::Formats,
};

pub(super) const FORMATS: Formats = Formats {
    code: |mint, _, expires| stamped(mint, expires),
    access_token: |mint, _, _| encrypted(mint),
    refresh_token: |mint, _, expires| {
        // QBO-022
        let (number, digit) = (mint.text(DIGITS, 2), mint.text(DIGITS, 1));
        format!("RT1-{number}-H{digit}-{:010}{}", seconds(expires), mint.text(LOWER_ALPHANUMERIC, 20))
    },
};

/// Until about 2024 (QBO-022).
pub(super) const LONG_REFRESH_TOKENS: Formats =
    Formats { refresh_token: |mint, _, expires| stamped(mint, expires), ..FORMATS };

fn seconds(moment: Option<Timestamp>) -> i64 {
    moment.map_or(0, Timestamp::as_secs)
}

/// 50 characters, of which ten say when its time is up (QBO-014).
fn stamped(mint: &Mint, expires: Option<Timestamp>) -> String {
    format!("AB1{:010}{}", seconds(expires), mint.text(ALPHANUMERIC, 37))
}

/// A compact JWE: header, no key, vector, text, tag (QBO-021). Nobody but Intuit can read what it says.
fn encrypted(mint: &Mint) -> String {
    // {"enc":"A128CBC-HS256","alg":"dir"}
    const HEADER: &str = "eyJlbmMiOiJBMTI4Q0JDLUhTMjU2IiwiYWxnIjoiZGlyIn0";
    // 16, 608 and 16 bytes: the last letter of each has no bits to spare.
    let part = |letters: usize, last| format!("{}{}", mint.text(BASE64URL, letters - 1), mint.text(last, 1));
    let (vector, text, tag) = (part(22, "AQgw"), part(811, "AEIMQUYcgkosw048"), part(22, "AQgw"));
    format!("{HEADER}..{vector}.{text}.{tag}")
}

/// The handle by which Intuit speaks of an access token in faults (QBO-040).
pub(super) fn handle(access_token: &str, expires: Option<Timestamp>) -> String {
    format!("AB0{:010}{}", seconds(expires), derived(ALPHANUMERIC, 37, &[access_token]))
}

/// At most 64 characters that `sources` determine, and from which they cannot be learned.
pub(super) fn derived(alphabet: &str, length: usize, sources: &[&str]) -> String {
    let mut digest = Sha512::new();
    for source in sources {
        digest.update(source.as_bytes());
        digest.update([0]);
    }
    let alphabet = alphabet.as_bytes();
    let letter = |byte: u8| char::from(alphabet[usize::from(byte) % alphabet.len()]);
    digest.finalize().into_iter().take(length).map(letter).collect()
}

#[cfg(test)]
mod tests {
    use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};

    use super::*;

    #[test]
    fn every_part_of_an_access_token_is_base64url() {
        let token = encrypted(&Mint::seeded(1));
        let lengths: Vec<_> =
            token.split('.').map(|part| BASE64_URL_SAFE_NO_PAD.decode(part).unwrap().len()).collect();
        assert_eq!(lengths, [35, 0, 16, 608, 16], "QBO-021");
        assert!((600..=1000).contains(&token.len()), "QBO-021: {}", token.len());
    }

    #[test]
    fn a_handle_is_the_tokens_own() {
        let at = Some(Timestamp::from_millis(1_730_024_136_000));
        let of = handle("one", at);
        assert_eq!((of.len(), &of[..13]), (50, "AB01730024136"), "QBO-040");
        assert_eq!(handle("one", at), of);
        assert_ne!(handle("two", at), of);
    }
}
