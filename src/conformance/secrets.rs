//! Keeps secrets out of what people read: learns them from the exchanges, and covers them wherever they turn up.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet},
    fmt,
    sync::OnceLock,
};

use aho_corasick::{
    AhoCorasick, AhoCorasickKind, Input, Match, Span,
    packed::{self, Searcher},
};
use serde_json::Value;

use crate::mask;

/// Shorter values are not worth covering, and would cover half of the text.
const SHORTEST: usize = 8;

/// The same for secrets that were given to the suite, and must not be shown whatever they look like.
const SHORTEST_GIVEN: usize = 3;

/// The secrets met so far.
#[derive(Clone, Default)]
pub(crate) struct Secrets {
    known: BTreeSet<String>,
    /// Made when something is covered, and made anew when more is learned.
    cover: OnceLock<Cover>,
}

/// Finds all secrets in one pass, by how they begin: that is soon made, and a scenario has only a few texts to cover.
#[derive(Clone)]
struct Cover {
    /// Finds beginnings. Nothing if there are too many of them for it.
    finder: Option<Finder>,
    /// For each beginning the secrets that have it, the longest first, and what stands in the place of each.
    secrets: Vec<Vec<(String, String)>>,
}

/// Finds the beginning that comes first.
#[derive(Clone)]
enum Finder {
    /// Many bytes at a time, where the processor can do that and there are not too many beginnings.
    Packed(Searcher),
    Automaton(AhoCorasick),
}

impl Finder {
    fn new(beginnings: &[Vec<u8>]) -> Option<Self> {
        if let Some(searcher) = packed::Config::new().builder().extend(beginnings).build() {
            return Some(Self::Packed(searcher));
        }
        let automaton =
            AhoCorasick::builder().kind(Some(AhoCorasickKind::NoncontiguousNFA)).build(beginnings);
        automaton.ok().map(Self::Automaton)
    }

    fn find(&self, text: &str, from: usize) -> Option<Match> {
        let rest = Span::from(from..text.len());
        match self {
            Self::Packed(searcher) => searcher.find_in(text, rest),
            Self::Automaton(automaton) => automaton.find(Input::new(text).span(rest)),
        }
    }
}

impl Cover {
    fn new(known: &BTreeSet<String>) -> Self {
        let mut by_beginning: BTreeMap<Vec<u8>, Vec<(String, String)>> = BTreeMap::new();
        let beginning = known.iter().map(String::len).min().map_or(SHORTEST, |least| least.min(SHORTEST));
        for secret in known {
            let cover = mask::secret(secret);
            for form in forms(secret) {
                by_beginning
                    .entry(form.as_bytes()[..beginning].to_owned())
                    .or_default()
                    .push((form, cover.clone()));
            }
        }
        let (beginnings, mut secrets): (Vec<_>, Vec<_>) = by_beginning.into_iter().unzip();
        for alike in &mut secrets {
            // A secret may contain another.
            alike.sort_by_key(|(secret, _)| Reverse(secret.len()));
        }
        Self { finder: Finder::new(&beginnings), secrets }
    }

    fn cover(&self, text: &str) -> String {
        // Without a finder nothing may be told.
        let Some(finder) = &self.finder else { return String::new() };
        // Beginnings are equally long, so that the one that ends first is the one that begins first.
        let (mut covered, mut told, mut from) = (String::with_capacity(text.len()), 0, 0);
        while let Some(found) = finder.find(text, from) {
            let rest = &text.as_bytes()[found.start()..];
            let alike = &self.secrets[found.pattern()];
            let Some((secret, cover)) = alike.iter().find(|(secret, _)| rest.starts_with(secret.as_bytes()))
            else {
                from = found.start() + 1;
                continue;
            };
            covered += &text[told..found.start()];
            covered += cover;
            from = found.start() + secret.len();
            told = from;
        }
        covered + &text[told..]
    }
}

/// A secret, and how it looks in a query, in either case, and in JSON. None is shorter than the secret itself.
fn forms(secret: &str) -> BTreeSet<String> {
    let in_query: String = form_urlencoded::byte_serialize(secret.as_bytes()).collect();
    let mut rest = in_query.split('%');
    let lower = rest.next().unwrap_or_default().to_owned();
    let lower = rest.fold(lower, |all, piece| match piece.split_at_checked(2) {
        Some((digits, behind)) => all + "%" + &digits.to_ascii_lowercase() + behind,
        None => all + "%" + piece,
    });
    let in_json = Value::from(secret).to_string();
    let in_json = in_json[1..in_json.len() - 1].to_owned();
    [secret.to_owned(), in_query, lower, in_json].into()
}

impl Secrets {
    /// Takes `text`, which somebody gave to the suite, for a secret from now on.
    pub(crate) fn learn_given(&mut self, text: &str) {
        if text.len() >= SHORTEST_GIVEN && self.known.insert(text.to_owned()) {
            self.cover = OnceLock::new();
        }
    }

    /// Takes `text` for a secret from now on.
    pub(crate) fn learn(&mut self, text: &str) {
        // What is covered already must not be learned as a secret of its own.
        let is_secret = text.len() >= SHORTEST && !text.bytes().all(|byte| byte == b'*');
        if is_secret && self.known.insert(text.to_owned()) {
            self.cover = OnceLock::new();
        }
    }

    /// Learns `value` when `name` is one that secrets go by.
    pub(crate) fn learn_named(&mut self, name: &str, value: &str) {
        if name.eq_ignore_ascii_case("authorization") {
            value
                .split(',')
                .filter_map(|part| part.trim().split_once(' '))
                .for_each(|(_, secret)| self.learn(secret));
        } else if mask::is_secret(name) {
            self.learn(value);
        }
    }

    /// Learns the secrets of a JSON value by the names of its members.
    pub(crate) fn learn_json(&mut self, value: &Value) {
        self.learn_within("", value);
    }

    fn learn_within(&mut self, within: &str, value: &Value) {
        match value {
            Value::Object(members) => {
                for (name, member) in members {
                    match member {
                        Value::String(text) if mask::is_secret_member(within, members, name) => {
                            self.learn_named(name, text);
                        }
                        other => self.learn_within(name, other),
                    }
                }
            }
            Value::Array(entries) => entries.iter().for_each(|entry| self.learn_within(within, entry)),
            _ => {}
        }
    }

    /// Learns the secrets of a query or of a form.
    pub(crate) fn learn_pairs(&mut self, encoded: &[u8]) {
        for (name, value) in form_urlencoded::parse(encoded) {
            self.learn_named(&name, &value);
        }
    }

    /// `text` with every known secret covered.
    pub(crate) fn cover(&self, text: &str) -> String {
        if self.known.is_empty() || text.is_empty() {
            return text.to_owned();
        }
        self.cover.get_or_init(|| Cover::new(&self.known)).cover(text)
    }
}

impl fmt::Debug for Secrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Secrets({})", self.known.len())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_secret_learned_in_one_place_is_covered_in_every_other() {
        let mut secrets = Secrets::default();
        secrets.learn_json(&json!({"providerData": {"code": "n22JPxrh18m4Y0wI"}, "name": "Rehearsal"}));
        secrets.learn_named("Authorization", "User hpnCIhB4nNP0CEq=, Element W7AqrAOz/k+");
        let text = secrets.cover("code n22JPxrh18m4Y0wI refused; W7AqrAOz%2Fk%2B; Rehearsal");
        let (code, token) = (mask::secret("n22JPxrh18m4Y0wI"), mask::secret("W7AqrAOz/k+"));
        assert_eq!(text, format!("code {code} refused; {token}; Rehearsal"));
        assert!(!secrets.cover("User hpnCIhB4nNP0CEq=").contains("hpnCIhB4"));
    }

    #[test]
    fn secrets_that_begin_alike_or_contain_each_other_are_covered_whole() {
        let mut secrets = Secrets::default();
        let all = ["eyJhbGciOi", "eyJhbGciOi.eyJhdWQi", "eyJhbGciXY", "ciOi.eyJhd", "pässwörter"];
        all.into_iter().for_each(|secret| secrets.learn(secret));
        let [short, long, other, _, umlauts] = all.map(mask::secret);
        let text =
            "eyJhbGciOi.eyJhdWQi eyJhbGciOi! eyJhbGciXYeyJhbGciOi eyJhbGci… eyJheyJhbGciXY päsäpässwörter";
        let covered = format!("{long} {short}! {other}{short} eyJhbGci… eyJh{other} päsä{umlauts}");
        assert_eq!(secrets.cover(text), covered);
    }

    #[test]
    fn what_was_given_is_covered_however_short_and_in_every_form() {
        let mut secrets = Secrets::default();
        secrets.learn_given("pw7");
        secrets.learn_given("a\"b\\c/d=");
        let (short, odd) = (mask::secret("pw7"), mask::secret("a\"b\\c/d="));
        assert_eq!(secrets.cover("User pw7, p"), format!("User {short}, p"));
        let text = secrets.cover(r#"{"got":"a\"b\\c/d="} a%22b%5cc%2fd%3d a%22b%5Cc%2Fd%3D"#);
        assert_eq!(text, format!(r#"{{"got":"{odd}"}} {odd} {odd}"#));
    }

    #[test]
    fn an_error_s_code_is_no_secret() {
        let mut secrets = Secrets::default();
        secrets.learn_json(&json!({"code": "INVALID_ACCESS_TOKEN", "message": "no"}));
        assert_eq!(secrets.cover("code - INVALID_ACCESS_TOKEN"), "code - INVALID_ACCESS_TOKEN");
    }

    #[test]
    fn asterisks_are_no_secret() {
        let mut secrets = Secrets::default();
        secrets.learn_named("password", "********");
        assert_eq!(secrets.cover("********"), "********");
    }
}
