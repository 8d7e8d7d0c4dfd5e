//! Salesforce's record ids: 15 characters whose case counts, or 18 whose last three say the case of the others.

use crate::{Mint, mint::ALPHANUMERIC};

/// The key prefix of organizations.
pub(super) const ORGANIZATION: &str = "00D";
/// The key prefix of users.
pub(super) const USER: &str = "005";

const CHECKSUM: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ012345";

/// Draws an 18-character id: key prefix, the two characters of the org's instance, and a number.
pub(super) fn draw(mint: &Mint, prefix: &str, instance: &str) -> String {
    long(&format!("{prefix}{instance}0000{}", mint.text(ALPHANUMERIC, 6)))
}

/// The two characters that all ids of an org share.
pub(super) fn instance(organization: &str) -> &str {
    organization.get(3..5).unwrap_or("5g")
}

/// The 18-character form: one more character for each block of five, whose bits say which of the five are upper case,
/// the first the lowest bit (SFDC-030). What is no 15-character id stays as it is.
pub(super) fn long(id: &str) -> String {
    if id.len() != 15 || !id.is_ascii() {
        return id.to_owned();
    }
    let checksum = id.as_bytes().chunks(5).map(|block| {
        let upper = block.iter().enumerate().filter(|(_, letter)| letter.is_ascii_uppercase());
        char::from(CHECKSUM[upper.map(|(index, _)| 1 << index).sum::<usize>()])
    });
    id.chars().chain(checksum).collect()
}

/// The 15-character form.
pub(super) fn short(id: &str) -> &str {
    id.get(..15).unwrap_or(id)
}

/// Whether `text` looks like an id with this key prefix: of 15 characters, or of 18 with the right checksum.
pub(super) fn is_id(prefix: &str, text: &str) -> bool {
    text.starts_with(prefix)
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric())
        && (text.len() == 15 || (text.len() == 18 && long(short(text)) == text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_three_characters_say_the_case_of_the_others() {
        // SFDC-030: the ids of the vendor's own sample.
        assert_eq!(long("00Dx0000000BV7z"), "00Dx0000000BV7zEAG");
        assert_eq!(long("005x00000012Q9P"), "005x00000012Q9PAAU");
        assert_eq!(long("23foo"), "23foo");
        assert!(is_id(ORGANIZATION, "00Dx0000000BV7zEAG"));
        assert!(!is_id(ORGANIZATION, "00Dx0000000BV7zEAH"));
        assert!(!is_id(USER, "00Dx0000000BV7z"));
        assert_eq!(short("00Dx0000000BV7zEAG"), "00Dx0000000BV7z");
    }

    #[test]
    fn a_drawn_id_carries_its_checksum() {
        assert!(is_id("001", &draw(&Mint::seeded(1), "001", "5g")));
    }
}
