//! Chance comes in from outside: codes, tokens and ids are drawn from the operating system, or from a seed.

use std::{
    fmt,
    sync::{Arc, PoisonError},
};

use chacha20::{
    ChaCha12Rng,
    rand_core::{Rng, SeedableRng},
};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::{
    Secret,
    secret::Exposed,
    sync::{Mutex, MutexGuard},
};

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
pub struct Mint(Arc<Mutex<Source>>);

enum Source {
    /// A stream whose seed came from the operating system, when something was drawn first: the system is not asked on
    /// the path of every request.
    System(Option<Box<ChaCha12Rng>>),
    Seeded(Box<ChaCha12Rng>),
}

/// Where a mint stands. Whoever has it knows all that will be drawn.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(crate) enum SavedMint {
    System,
    Seeded {
        /// 64 hexadecimal digits.
        seed: Exposed,
        /// Words of 32 bits drawn so far.
        drawn: u64,
    },
}

/// A saved seed that is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the seed of its mint is not written in 64 hexadecimal digits")]
pub struct NoSeed;

impl Mint {
    /// Draws a stream that nobody can foretell: its seed comes from the operating system.
    #[must_use]
    pub fn system() -> Self {
        Self::of(Source::System(None))
    }

    /// Draws a stream that depends on `seed` alone.
    #[must_use]
    pub fn seeded(seed: u64) -> Self {
        Self::of(Source::Seeded(Box::new(ChaCha12Rng::seed_from_u64(seed))))
    }

    fn of(source: Source) -> Self {
        Self(Arc::new(Mutex::new(source)))
    }

    /// `length` characters of `alphabet`, which must be ASCII and not empty.
    #[must_use]
    pub fn text(&self, alphabet: &str, length: usize) -> String {
        let alphabet = alphabet.as_bytes();
        // A byte is taken only below the largest multiple of the alphabet's size, so that each character is
        // equally likely.
        let limit = 256 - 256 % alphabet.len();
        let mut text = Vec::with_capacity(length);
        let mut bytes = [0; 128];
        while text.len() < length {
            self.fill(&mut bytes);
            let wanted = length - text.len();
            let fair = bytes.iter().map(|byte| usize::from(*byte)).filter(|byte| *byte < limit);
            text.extend(fair.take(wanted).map(|byte| alphabet[byte % alphabet.len()]));
        }
        #[expect(clippy::expect_used, reason = "the alphabet is ASCII")]
        String::from_utf8(text).expect("ASCII is UTF-8")
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
        match &*self.source() {
            Source::System(_) => Self::system(),
            Source::Seeded(stream) => {
                let seed = stream.get_seed();
                let digest = Sha256::new().chain_update(seed).chain_update(number.to_le_bytes()).finalize();
                Self::of(Source::Seeded(Box::new(ChaCha12Rng::from_seed(digest.into()))))
            }
        }
    }

    /// Where it stands now, to be put back later.
    pub(crate) fn save(&self) -> SavedMint {
        match &*self.source() {
            Source::System(_) => SavedMint::System,
            Source::Seeded(stream) => {
                let seed = base16ct::lower::encode_string(&stream.get_seed());
                // More than 2^64 words are never drawn.
                let drawn = u64::try_from(stream.get_word_pos()).unwrap_or(u64::MAX);
                SavedMint::Seeded { seed: Exposed(Secret::from(seed)), drawn }
            }
        }
    }

    /// Puts this mint and its clones where `of` stands.
    pub(crate) fn become_as(&self, of: Self) {
        let Self(of) = of;
        let source =
            std::mem::replace(&mut *of.lock().unwrap_or_else(PoisonError::into_inner), Source::System(None));
        *self.source() = source;
    }

    fn source(&self) -> MutexGuard<'_, Source> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn fill(&self, bytes: &mut [u8]) {
        match &mut *self.source() {
            Source::Seeded(stream) => stream.fill_bytes(bytes),
            Source::System(stream) => stream.get_or_insert_with(unforeseeable).fill_bytes(bytes),
        }
    }
}

/// A stream with a seed from the operating system.
fn unforeseeable() -> Box<ChaCha12Rng> {
    let mut seed = [0; 32];
    #[expect(clippy::expect_used, reason = "a machine without randomness cannot issue tokens")]
    getrandom::fill(&mut seed).expect("the operating system gives randomness");
    Box::new(ChaCha12Rng::from_seed(seed))
}

impl TryFrom<&SavedMint> for Mint {
    type Error = NoSeed;

    fn try_from(saved: &SavedMint) -> Result<Self, NoSeed> {
        let SavedMint::Seeded { seed, drawn } = saved else { return Ok(Self::system()) };
        let digits = seed.0.expose();
        if digits.len() != 64 || !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(NoSeed);
        }
        let mut bytes = [0; 32];
        for (at, byte) in bytes.iter_mut().enumerate() {
            *byte = u8::from_str_radix(&digits[2 * at..2 * at + 2], 16).map_err(|_| NoSeed)?;
        }
        let mut stream = ChaCha12Rng::from_seed(bytes);
        stream.set_word_pos(u128::from(*drawn));
        Ok(Self::of(Source::Seeded(Box::new(stream))))
    }
}

impl Default for Mint {
    fn default() -> Self {
        Self::system()
    }
}

impl fmt::Debug for Mint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match *self.source() {
            Source::System(_) => "Mint(system)",
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
    fn a_mint_goes_on_where_it_was_saved() {
        let mint = Mint::seeded(5);
        let _drawn_before = mint.text(ALPHANUMERIC, 301);
        let saved = mint.save();
        let next = mint.text(HEX, 99);
        let (other, twin) = (Mint::system(), mint.clone());
        other.become_as(Mint::try_from(&saved).unwrap());
        assert_eq!(other.text(HEX, 99), next);
        mint.become_as(Mint::try_from(&saved).unwrap());
        assert_eq!(twin.text(HEX, 99), next, "clones draw from the same source");
        let short = SavedMint::Seeded { seed: Exposed("00".into()), drawn: 0 };
        assert!(Mint::try_from(&short).is_err());
    }

    #[test]
    fn a_uuid_says_its_version() {
        let uuid = Mint::seeded(9).uuid();
        assert_eq!(uuid.len(), 36);
        assert_eq!(uuid.as_bytes()[14], b'4');
        assert!(b"89ab".contains(&uuid.as_bytes()[19]));
    }
}
