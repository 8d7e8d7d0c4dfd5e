//! The URLs of downloads: each is good for one file and a quarter of an hour, without any other credential.

use std::{collections::VecDeque, fmt, sync::Arc, time::Duration};

use serde::{Deserialize, Serialize};

use crate::{Mint, Timestamp, mint::BASE64URL, secret::same, tenant::Claims};

/// How long a URL is good.
const LIFE: Duration = Duration::from_secs(15 * 60);

/// URLs that are good at the same time; the oldest is given up for the newest.
const AT_MOST: usize = 256;

/// What may be downloaded.
#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct Downloads(VecDeque<Download>);

#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Download {
    token: Arc<str>,
    file: String,
    expires: Timestamp,
}

impl Downloads {
    /// A new token for a file's URL.
    pub(super) fn permit(&mut self, mint: &Mint, claims: &Claims, now: Timestamp, file: String) -> Arc<str> {
        if self.0.len() == AT_MOST
            && let Some(oldest) = self.0.pop_front()
        {
            claims.release(&oldest.token);
        }
        let token = loop {
            let token: Arc<str> = format!("b1!{}", mint.text(BASE64URL, 86)).into();
            if claims.claim(&token).is_ok() {
                break token;
            }
        };
        self.0.push_back(Download { token: Arc::clone(&token), file, expires: now + LIFE });
        token
    }

    /// The file that `token` is good for.
    pub(super) fn file(&self, token: &str, now: Timestamp) -> Option<String> {
        let found = self.0.iter().find(|download| same(&download.token, token) && download.expires > now);
        found.map(|download| download.file.clone())
    }

    /// What names the tenant.
    pub(super) fn tokens(&self) -> impl Iterator<Item = &Arc<str>> {
        self.0.iter().map(|download| &download.token)
    }

    /// Forgets every URL.
    pub(super) fn clear(&mut self, claims: &Claims) {
        self.tokens().for_each(|token| claims.release(token));
        self.0.clear();
    }
}

impl fmt::Debug for Downloads {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Downloads({})", self.0.len())
    }
}
