//! Keeps secrets out of what people read: learns them from the exchanges, and covers them wherever they turn up.

use std::{collections::BTreeSet, fmt, sync::OnceLock};

use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};
use serde_json::Value;

use crate::mask;

/// Shorter values are not worth covering, and would cover half of the text.
const SHORTEST: usize = 8;

/// The secrets met so far.
#[derive(Clone, Default)]
pub(crate) struct Secrets {
    known: BTreeSet<String>,
    /// Made when something is covered, and made anew when more is learned.
    cover: OnceLock<Cover>,
}

/// Finds all secrets in one pass.
#[derive(Clone)]
struct Cover {
    /// Nothing if there are too many bytes of secrets for it.
    finder: Option<AhoCorasick>,
    /// What stands in the place of each.
    covers: Vec<String>,
}

impl Cover {
    fn new(known: &BTreeSet<String>) -> Self {
        let forms = |secret: &String| {
            let encoded: String = form_urlencoded::byte_serialize(secret.as_bytes()).collect();
            let cover = mask::secret(secret);
            let encoded = (encoded != *secret).then(|| (encoded, cover.clone()));
            std::iter::once((secret.clone(), cover)).chain(encoded)
        };
        let (patterns, covers): (Vec<_>, Vec<_>) = known.iter().flat_map(forms).unzip();
        // Longest first: a secret may contain another.
        let finder = AhoCorasick::builder()
            .match_kind(MatchKind::LeftmostLongest)
            // It is made for one scenario: that costs more than what is found with it.
            .kind(Some(AhoCorasickKind::NoncontiguousNFA))
            .build(patterns);
        Self { finder: finder.ok(), covers }
    }
}

impl Secrets {
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
        match value {
            Value::Object(members) => {
                for (name, member) in members {
                    match member {
                        Value::String(text) => self.learn_named(name, text),
                        other => self.learn_json(other),
                    }
                }
            }
            Value::Array(entries) => entries.iter().for_each(|entry| self.learn_json(entry)),
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
        let Cover { finder, covers } = self.cover.get_or_init(|| Cover::new(&self.known));
        // Without a finder nothing may be told.
        finder.as_ref().map_or_else(String::new, |finder| finder.replace_all(text, covers))
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
    fn asterisks_are_no_secret() {
        let mut secrets = Secrets::default();
        secrets.learn_named("password", "********");
        assert_eq!(secrets.cover("********"), "********");
    }
}
