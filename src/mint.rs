//! Chance comes in from outside: codes, tokens and ids are drawn from the operating system, or from a seed.

use std::{
    fmt,
    sync::{Arc, Mutex, PoisonError},
};

use rand_chacha::{
    ChaCha12Rng,
    rand_core::{Rng, SeedableRng},
};
use sha2::{Digest, Sha256};

/// Letters and digits, as most opaque tokens use them.
pub const ALPHANUMERIC: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
/// Lower-case letters and digits.
pub const LOWER_ALPHANUMERIC: &str = "abcdefghijklmnopqrstuvwxyz0123456789";
/// The alphabet of base64url.
pub const BASE64URL: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
/// Lower-case hexadecimal digits.
pub const HEX: &str = "0123456789abcdef";
/// Decimal digits.
pub const DIGITS: &str = "0123456789";

/// Draws random text. Clones draw from the same source.
///
/// ```
/// use rehearsal::{Mint, mint};
///
/// let token = Mint::system().text(mint::ALPHANUMERIC, 32);
/// assert_eq!(token.len(), 32);
/// // The same seed gives the same bytes, so that snapshots hold.
/// assert_eq!(Mint::seeded(7).text(mint::HEX, 16), Mint::seeded(7).text(mint::HEX, 16));
/// ```
#[derive(Clone)]
pub struct Mint(Source);

#[derive(Clone)]
enum Source {
    System,
    Seeded(Arc<Mutex<ChaCha12Rng>>),
}

impl Mint {
    /// Draws from the operating system.
    #[must_use]
    pub fn system() -> Self {
        Self(Source::System)
    }

    /// Draws a stream that depends on `seed` alone.
    #[must_use]
    pub fn seeded(seed: u64) -> Self {
        Self(Source::Seeded(Arc::new(Mutex::new(ChaCha12Rng::seed_from_u64(seed)))))
    }

    /// `length` characters of `alphabet`, which must be ASCII and not empty.
    #[must_use]
    pub fn text(&self, alphabet: &str, length: usize) -> String {
        let alphabet = alphabet.as_bytes();
        // A byte is taken only below the largest multiple of the alphabet's size, so that each character is
        // equally likely.
        let limit = 256 - 256 % alphabet.len();
        let mut text = String::with_capacity(length);
        let mut bytes = [0; 128];
        while text.len() < length {
            self.fill(&mut bytes);
            let wanted = length - text.len();
            let fair = bytes.iter().map(|byte| usize::from(*byte)).filter(|byte| *byte < limit);
            text.extend(fair.take(wanted).map(|byte| char::from(alphabet[byte % alphabet.len()])));
        }
        text
    }

    /// A number of `0..bound`; `bound` must not be zero.
    #[must_use]
    pub fn below(&self, bound: u64) -> u64 {
        let mut bytes = [0; 16];
        self.fill(&mut bytes);
        // 128 bits over a bound of at most 64 leave a bias nobody can measure.
        u64::try_from(u128::from_le_bytes(bytes) % u128::from(bound)).unwrap_or(0)
    }

    /// A random UUID of version 4, in lower case.
    #[must_use]
    pub fn uuid(&self) -> String {
        let hex = self.text(HEX, 30);
        let variant = ['8', '9', 'a', 'b'][usize::try_from(self.below(4)).unwrap_or(0)];
        format!("{}-{}-4{}-{variant}{}-{}", &hex[..8], &hex[8..12], &hex[12..15], &hex[15..18], &hex[18..])
    }

    /// A mint of its own for a part named `number`: of the same kind, and with the same stream for the same seed
    /// and number, whatever was drawn before.
    #[must_use]
    pub(crate) fn branch(&self, number: u64) -> Self {
        match &self.0 {
            Source::System => Self::system(),
            Source::Seeded(stream) => {
                let seed = stream.lock().unwrap_or_else(PoisonError::into_inner).get_seed();
                let digest = Sha256::new().chain_update(seed).chain_update(number.to_le_bytes()).finalize();
                Self(Source::Seeded(Arc::new(Mutex::new(ChaCha12Rng::from_seed(digest.into())))))
            }
        }
    }

    fn fill(&self, bytes: &mut [u8]) {
        match &self.0 {
            #[expect(clippy::expect_used, reason = "a machine without randomness cannot issue tokens")]
            Source::System => getrandom::fill(bytes).expect("the operating system gives randomness"),
            Source::Seeded(stream) => {
                stream.lock().unwrap_or_else(PoisonError::into_inner).fill_bytes(bytes);
            }
        }
    }
}

impl Default for Mint {
    fn default() -> Self {
        Self::system()
    }
}

impl fmt::Debug for Mint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.0 {
            Source::System => "Mint(system)",
            Source::Seeded(_) => "Mint(seeded)",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_has_the_length_and_alphabet_asked_for() {
        for mint in [Mint::system(), Mint::seeded(1)] {
            let text = mint.text(DIGITS, 500);
            assert_eq!(text.len(), 500);
            assert!(text.bytes().all(|byte| byte.is_ascii_digit()));
            assert!(DIGITS.chars().all(|digit| text.contains(digit)), "{text} misses a digit");
        }
    }

    #[test]
    fn a_branch_depends_on_seed_and_number_alone() {
        let mint = Mint::seeded(3);
        let early = mint.branch(1).text(HEX, 16);
        let _drawn_between = mint.text(HEX, 99);
        assert_eq!(mint.branch(1).text(HEX, 16), early);
        assert_ne!(mint.branch(2).text(HEX, 16), early);
        assert_ne!(Mint::seeded(4).branch(1).text(HEX, 16), early);
    }

    #[test]
    fn a_uuid_says_its_version() {
        let uuid = Mint::seeded(9).uuid();
        assert_eq!(uuid.len(), 36);
        assert_eq!(uuid.as_bytes()[14], b'4');
        assert!(b"89ab".contains(&uuid.as_bytes()[19]));
    }
}
