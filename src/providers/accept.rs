//! The `Accept` header: which types a client takes, and how gladly.

use std::cmp::Reverse;

/// The quality of a type that is taken without reserve, in thousandths.
pub(crate) const FULL_QUALITY: u16 = 1000;

/// What `known` makes of the types in the header, with their qualities, the best first. What is ruled out is left out.
pub(crate) fn accepted<T>(header: &str, known: impl Fn(&str) -> Option<T>) -> Vec<(T, u16)> {
    let read = |entry: &str| {
        let mut parts = entry.split(';').map(str::trim);
        let found = known(&parts.next()?.to_ascii_lowercase())?;
        let quality =
            parts.find_map(|part| part.strip_prefix("q=")).map_or(Some(FULL_QUALITY), thousandths)?;
        (quality > 0).then_some((found, quality))
    };
    let mut all: Vec<_> = header.split(',').filter_map(read).collect();
    all.sort_by_key(|(_, quality)| Reverse(*quality)); // stable: first come, first served
    all
}

/// `0.8` as 800.
fn thousandths(quality: &str) -> Option<u16> {
    let (whole, decimals) = quality.split_once('.').unwrap_or((quality, ""));
    let decimals: u16 = format!("{decimals:0<3}").get(..3)?.parse().ok()?;
    Some((whole.parse::<u16>().ok()?.checked_mul(FULL_QUALITY)? + decimals).min(FULL_QUALITY))
}
