//! What a service needs to know before it starts.

use std::{
    collections::{BTreeMap, HashSet},
    path::Path,
    sync::Arc,
    time::Duration,
};

use url::Url;

use super::{
    address::Base,
    catalog::CatalogError,
    role::Role,
    storage::{Database, Memory, Storage, StorageError, Table, Vault},
};
use crate::{Clock, Mint, Secret, Vendor};

/// How a service is set up.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Settings {
    /// Where each vendor lives. A vendor that is missing here has connectors, but no instance can be made of them
    /// unless vendors are reached at their own hosts.
    pub providers: BTreeMap<Vendor, Url>,
    /// The way to vendors at their own hosts, for those that are not in [`providers`](Self::providers).
    #[cfg(feature = "tls")]
    pub vendor_hosts: Option<super::VendorHosts>,
    /// Who may call. Each sees the own instances only. Callers that the storage knows need not be given again.
    pub callers: Vec<Caller>,
    /// Tells when a token is too old.
    pub clock: Clock,
    /// Draws Element tokens and request ids.
    pub mint: Mint,
    /// How long a vendor may take to answer.
    pub timeout: Duration,
    /// How long a caller may take to send the head of a request, and then its body.
    pub patience: Duration,
    /// How long it is waited before a refresh that failed for reasons of the network is tried again.
    pub refresh_pause: Duration,
    /// Connectors beside those of the catalogue: the text of each file, by the name of its file.
    pub connectors: BTreeMap<String, String>,
    /// Where instances are kept; in memory only, if nothing is said.
    pub storage: Arc<dyn Storage>,
    /// Seals what is kept. It must be the same whenever the same storage is used.
    pub vault: Vault,
}

impl Settings {
    /// Settings with the system's clock and randomness, and ten seconds for a vendor to answer.
    #[must_use]
    pub fn new(providers: BTreeMap<Vendor, Url>, callers: Vec<Caller>) -> Self {
        Self {
            providers,
            #[cfg(feature = "tls")]
            vendor_hosts: None,
            callers,
            clock: Clock::system(),
            mint: Mint::system(),
            timeout: Duration::from_secs(10),
            patience: Duration::from_secs(30),
            refresh_pause: Duration::from_secs(10), // 5.2
            connectors: BTreeMap::new(),
            storage: Arc::new(Memory),
            vault: Vault::random(),
        }
    }

    /// Keeps everything in the file `data`, sealed with the key in the file `key`. Both are made if they are missing.
    ///
    /// # Errors
    ///
    /// When one of the files cannot be used, or there is data without its key.
    pub fn keep_in(&mut self, data: &Path, key: &Path) -> Result<(), StorageError> {
        self.vault = match (key.exists(), data.exists()) {
            (true, _) => Vault::read(key)?,
            (false, false) => Vault::create(key)?,
            // A folder is refused below.
            (false, true) if data.is_dir() => Vault::random(),
            (false, true) => {
                return Err(StorageError::KeyMissing { data: data.to_owned(), key: key.to_owned() });
            }
        };
        self.storage = Arc::new(Database::open(data)?);
        Ok(())
    }

    /// Whether the storage knows somebody who may call, so that no caller has to be given.
    ///
    /// # Errors
    ///
    /// When the storage cannot be read.
    pub fn has_kept_callers(&self) -> Result<bool, StorageError> {
        Ok(self.storage.load()?.iter().any(|record| record.table == Table::Callers))
    }

    /// Where vendors are that are not at an address.
    #[cfg(feature = "tls")]
    pub(super) fn beyond(&self) -> Option<Base<'_>> {
        self.vendor_hosts.as_ref().map(|_| Base::VendorHosts)
    }

    /// Where vendors are that are not at an address: nowhere.
    #[cfg(not(feature = "tls"))]
    #[expect(clippy::unused_self, reason = "as with TLS")]
    pub(super) fn beyond(&self) -> Option<Base<'_>> {
        None
    }

    pub(crate) fn check(&self) -> Result<(), SettingsError> {
        let mut seen = HashSet::new();
        for (number, caller) in self.callers.iter().enumerate() {
            caller.check().map_err(|UnsendableSecret { name }| SettingsError::Secret { number, name })?;
            if !seen.insert(caller.user_secret.expose()) {
                return Err(SettingsError::SharedUserSecret { number });
            }
        }
        for (vendor, base) in &self.providers {
            let plain = base.scheme() == "http"
                && base.has_host()
                && base.username().is_empty()
                && base.password().is_none()
                && base.query().is_none()
                && base.fragment().is_none();
            if !plain {
                return Err(SettingsError::Provider { vendor: *vendor });
            }
        }
        Ok(())
    }
}

/// Somebody who may call the service: a pair of User and Organization secret, and the identity that instances show
/// as their `user`.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Caller {
    /// The `User` part of the Authorization header. No two callers share one.
    pub user_secret: Secret,
    /// The `Organization` part. Callers of one organization share it.
    pub organization_secret: Secret,
    /// `user.id`
    pub id: u64,
    /// `user.emailAddress`
    pub email_address: String,
    /// `user.firstName`
    pub first_name: String,
    /// `user.lastName`
    pub last_name: String,
    /// What the caller may do.
    pub role: Role,
}

impl Caller {
    /// A caller with these secrets and a made-up identity.
    #[must_use]
    pub fn new(user_secret: impl Into<Secret>, organization_secret: impl Into<Secret>) -> Self {
        Self {
            user_secret: user_secret.into(),
            organization_secret: organization_secret.into(),
            id: 12345,
            email_address: "user@example.test".to_owned(),
            first_name: "First".to_owned(),
            last_name: "Last".to_owned(),
            role: Role::administrator(),
        }
    }

    /// Refuses secrets that no Authorization header can carry.
    pub(crate) fn check(&self) -> Result<(), UnsendableSecret> {
        for (name, secret) in [("user", &self.user_secret), ("organization", &self.organization_secret)] {
            let unsendable = |byte: u8| byte == b',' || !byte.is_ascii_graphic();
            if secret.expose().is_empty() || secret.expose().bytes().any(unsendable) {
                return Err(UnsendableSecret { name });
            }
        }
        Ok(())
    }
}

/// A secret that is empty, or holds what an Authorization header cannot.
#[derive(Debug, thiserror::Error)]
#[error("the {name} secret is empty, or holds a comma, a blank or a character outside ASCII; choose another")]
pub(crate) struct UnsendableSecret {
    name: &'static str,
}

/// Settings that no service can run with.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SettingsError {
    /// Nobody could call.
    #[error("there is no caller; give at least one pair of User and Organization secret")]
    NoCaller,
    /// The secret cannot be written in the Authorization header.
    #[error(
        "the {name} secret of caller {number} is empty, or holds a comma, a blank or a character outside ASCII, \
         so that no Authorization header can carry it; choose another"
    )]
    Secret {
        /// Position in [`Settings::callers`].
        number: usize,
        /// `user` or `organization`
        name: &'static str,
    },
    /// A call that shows only User and Element could not be told apart.
    #[error("caller {number} has the user secret of an earlier one; give each caller its own")]
    SharedUserSecret {
        /// Position in [`Settings::callers`].
        number: usize,
    },
    /// The base URL cannot be called.
    #[error(
        "the base URL of {vendor} must be http://HOST[:PORT][/PATH] without credentials, query or fragment"
    )]
    Provider {
        /// Whose base URL.
        vendor: Vendor,
    },
    /// What is kept cannot be used.
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// A connector file is wrong.
    #[error(transparent)]
    Catalog(#[from] CatalogError),
    /// The way to the vendors' own hosts cannot be gone.
    #[cfg(feature = "tls")]
    #[error("the vendors' own hosts cannot be reached as the settings say: {0}")]
    VendorHosts(String),
    /// The HTTP client could not be built.
    #[error("the HTTP client that talks to the vendors could not be built")]
    Client(#[source] reqwest::Error),
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(callers: Vec<Caller>) -> Settings {
        Settings::new(BTreeMap::new(), callers)
    }

    #[test]
    fn secrets_that_no_header_can_carry_are_refused() {
        for secret in ["", "a,b", "a b", "ä"] {
            let refused = settings(vec![Caller::new(secret, "organization")]).check();
            assert!(matches!(refused, Err(SettingsError::Secret { number: 0, name: "user" })), "{secret:?}");
        }
        assert!(settings(vec![Caller::new("a/b+c=", "o")]).check().is_ok());
    }

    #[test]
    fn callers_may_share_an_organization_but_not_a_user_secret() {
        assert!(settings(vec![Caller::new("u1", "o"), Caller::new("u2", "o")]).check().is_ok());
        let refused = settings(vec![Caller::new("u", "o1"), Caller::new("u", "o2")]).check();
        assert!(matches!(refused, Err(SettingsError::SharedUserSecret { number: 1 })));
    }

    #[test]
    fn a_base_url_is_plain_http() {
        for base in ["https://api.box.com", "http://user@127.0.0.1:1", "http://127.0.0.1:1/?a=b"] {
            let mut settings = settings(vec![Caller::new("u", "o")]);
            settings.providers.insert(Vendor::Box, base.parse().unwrap());
            assert!(
                matches!(settings.check(), Err(SettingsError::Provider { vendor: Vendor::Box })),
                "{base}"
            );
        }
    }
}
