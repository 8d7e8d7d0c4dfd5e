//! The key to what is kept: seals credentials, and turns callers' secrets into digests that cannot be turned back.

use std::{
    fmt,
    fs::{self, OpenOptions},
    io::{self, Write},
    path::Path,
    sync::Arc,
};

use chacha20poly1305::{
    KeyInit as _, XChaCha20Poly1305, XNonce,
    aead::{Aead, Payload},
};
use hmac::{Hmac, Mac};
use sha2::Sha256;

use super::StorageError;

const KEY: usize = 32;
const NONCE: usize = 24;

/// Seals what must not be read from the disk, and digests what need not be read at all. Clones hold the same key.
#[derive(Clone)]
pub struct Vault(Arc<Keys>);

struct Keys {
    sealing: [u8; KEY],
    digesting: [u8; KEY],
}

/// Shows no key.
impl fmt::Debug for Vault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Vault")
    }
}

/// What a caller's secret is kept as.
pub(crate) type Digest = [u8; 32];

impl Vault {
    /// A vault whose key goes with the process.
    #[must_use]
    pub fn random() -> Self {
        Self::with_key(&random())
    }

    /// A vault with the key in the file at `path`: 64 hexadecimal digits that only its owner may read.
    ///
    /// # Errors
    ///
    /// When the file cannot be read, holds something else, or can be read by others.
    pub fn read(path: &Path) -> Result<Self, StorageError> {
        let unusable = |source| StorageError::KeyFile { path: path.to_owned(), source };
        if is_open(path).map_err(unusable)? {
            return Err(StorageError::OpenKey(path.to_owned()));
        }
        let text = fs::read_to_string(path).map_err(unusable)?;
        let key = from_hex(text.trim()).ok_or_else(|| StorageError::NotAKey(path.to_owned()))?;
        Ok(Self::with_key(&key))
    }

    /// Makes a key and keeps it in a new file at `path`, on the disk before anything is sealed with it.
    ///
    /// # Errors
    ///
    /// When there is a file already, or none can be made.
    pub fn create(path: &Path) -> Result<Self, StorageError> {
        let key = random();
        write_key(path, &key).map_err(|source| StorageError::KeyFile { path: path.to_owned(), source })?;
        Ok(Self::with_key(&key))
    }

    fn with_key(key: &[u8; KEY]) -> Self {
        Self(Arc::new(Keys { sealing: derived(key, b"sealing"), digesting: derived(key, b"digesting") }))
    }

    /// `plain`, readable only with the key and only as what `name` names.
    #[expect(clippy::expect_used, reason = "sealing fails only for texts of hundreds of gigabytes")]
    pub(crate) fn seal(&self, name: &str, plain: &[u8]) -> Vec<u8> {
        let nonce: [u8; NONCE] = random();
        let payload = Payload { msg: plain, aad: name.as_bytes() };
        let sealed = self.cipher().encrypt(&XNonce::from(nonce), payload).expect("a record can be sealed");
        [nonce.as_slice(), &sealed].concat()
    }

    /// What was sealed under `name`; nothing when the key or the name is another, or a byte has changed.
    pub(crate) fn open(&self, name: &str, sealed: &[u8]) -> Option<Vec<u8>> {
        let (nonce, sealed) = sealed.split_first_chunk::<NONCE>()?;
        self.cipher().decrypt(&XNonce::from(*nonce), Payload { msg: sealed, aad: name.as_bytes() }).ok()
    }

    /// What `secret` is kept as.
    pub(crate) fn digest(&self, secret: &str) -> Digest {
        derived(&self.0.digesting, secret.as_bytes())
    }

    fn cipher(&self) -> XChaCha20Poly1305 {
        XChaCha20Poly1305::new(&self.0.sealing.into())
    }
}

#[expect(clippy::expect_used, reason = "HMAC takes keys of any length")]
fn derived(key: &[u8; KEY], text: &[u8]) -> [u8; KEY] {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("a key of 32 bytes is a key");
    mac.update(text);
    mac.finalize().into_bytes().into()
}

#[expect(clippy::expect_used, reason = "a machine without randomness cannot keep a secret")]
fn random<const LENGTH: usize>() -> [u8; LENGTH] {
    let mut bytes = [0; LENGTH];
    getrandom::fill(&mut bytes).expect("the operating system gives randomness");
    bytes
}

fn write_key(path: &Path, key: &[u8]) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    let digits = base16ct::lower::encode_string(key);
    file.write_all(format!("{digits}\n").as_bytes())?;
    file.sync_all()
}

#[cfg(unix)]
fn is_open(path: &Path) -> io::Result<bool> {
    use std::os::unix::fs::PermissionsExt;
    Ok(fs::metadata(path)?.permissions().mode() & 0o077 != 0)
}

/// Elsewhere, who may read a file is not one number.
#[cfg(not(unix))]
fn is_open(_path: &Path) -> io::Result<bool> {
    Ok(false)
}

fn from_hex(text: &str) -> Option<[u8; KEY]> {
    if text.len() != 2 * KEY || !text.is_ascii() {
        return None;
    }
    let mut key = [0; KEY];
    for (index, byte) in key.iter_mut().enumerate() {
        *byte = u8::from_str_radix(text.get(2 * index..2 * index + 2)?, 16).ok()?;
    }
    Some(key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sealed_is_read_with_the_same_key_and_name_only() {
        let vault = Vault::random();
        let sealed = vault.seal("instances/1", b"hunter2");
        assert!(!sealed.windows(7).any(|bytes| bytes == b"hunter2"));
        assert_eq!(vault.open("instances/1", &sealed).unwrap(), b"hunter2");
        assert_eq!(vault.open("instances/2", &sealed), None);
        assert_eq!(Vault::random().open("instances/1", &sealed), None);
        let mut changed = sealed.clone();
        *changed.last_mut().unwrap() ^= 1;
        assert_eq!(vault.open("instances/1", &changed), None);
        assert_ne!(vault.seal("instances/1", b"hunter2"), sealed, "each sealing has its own nonce");
    }

    #[test]
    fn a_key_file_is_made_once_and_read_again() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key");
        let vault = Vault::create(&path).unwrap();
        assert_eq!(Vault::read(&path).unwrap().digest("x"), vault.digest("x"));
        assert!(matches!(Vault::create(&path), Err(StorageError::KeyFile { .. })));
        fs::write(&path, "short").unwrap();
        assert!(matches!(Vault::read(&path), Err(StorageError::NotAKey(_))));
    }

    #[cfg(unix)]
    #[test]
    fn a_key_that_others_can_read_is_refused() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key");
        Vault::create(&path).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
        let refused = Vault::read(&path).unwrap_err().to_string();
        assert!(refused.contains("chmod 600"), "{refused}");
    }
}
