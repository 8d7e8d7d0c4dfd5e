//! Where the certificate authority is kept.

use std::{
    fs,
    io::{self, Write},
    path::{Path, PathBuf},
};

use rcgen::KeyPair;

use super::authority::{Authority, AuthorityError, first_certificate, params};

/// The certificate, which is no secret.
const CERTIFICATE: &str = "rehearsal-ca.pem";
/// The key, which only its owner may see.
const KEY: &str = "rehearsal-ca-key.pem";

impl Authority {
    /// The file in `folder` that holds the certificate.
    #[must_use]
    pub fn certificate_file(folder: &Path) -> PathBuf {
        folder.join(CERTIFICATE)
    }

    /// The authority that is kept in `folder`; a new one if there is none.
    ///
    /// Only its owner may read the key, or it is not used.
    ///
    /// # Errors
    ///
    /// If the files cannot be read, made, or do not fit together.
    pub fn open(folder: &Path) -> Result<Self, AuthorityError> {
        let (key_file, certificate_file) = (folder.join(KEY), Self::certificate_file(folder));
        if read(&key_file)?.is_none() {
            private_folder(folder)
                .map_err(|source| AuthorityError::Write { path: folder.to_owned(), source })?;
            create(&key_file, &KeyPair::generate()?.serialize_pem())?;
        }
        check_private(&key_file)?;
        let unusable = || AuthorityError::Content { path: key_file.clone(), wanted: "private key in PEM" };
        let key = read(&key_file)?.ok_or_else(unusable)?;
        let key = KeyPair::from_pem(&key).map_err(|_| unusable())?;
        if read(&certificate_file)?.is_none() {
            create(&certificate_file, &params(&key).self_signed(&key)?.pem())?;
        }
        let wrong =
            || AuthorityError::Content { path: certificate_file.clone(), wanted: "certificate in PEM" };
        let pem = read(&certificate_file)?.ok_or_else(wrong)?;
        let certificate = first_certificate(pem.as_bytes()).ok_or_else(wrong)?;
        let authority = Self::from_parts(key, certificate, pem);
        authority.verify().map_err(|source| AuthorityError::Mismatch { path: certificate_file, source })?;
        Ok(authority)
    }
}

/// What the file holds; nothing if there is no file.
fn read(path: &Path) -> Result<Option<String>, AuthorityError> {
    match fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(source) => Err(AuthorityError::Read { path: path.to_owned(), source }),
    }
}

/// Makes a whole file that only its owner can read, or leaves the one that another process has just made.
fn create(path: &Path, text: &str) -> Result<(), AuthorityError> {
    let write = || {
        let folder = path.parent().unwrap_or_else(|| Path::new("."));
        let mut beside = tempfile::Builder::new().prefix(".rehearsal-ca-").tempfile_in(folder)?;
        beside.write_all(text.as_bytes())?;
        beside.as_file().sync_all()?;
        match beside.persist_noclobber(path) {
            Ok(_) => Ok(()),
            Err(error) if error.error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
            Err(error) => Err(error.error),
        }
    };
    write().map_err(|source| AuthorityError::Write { path: path.to_owned(), source })
}

#[cfg(unix)]
fn private_folder(folder: &Path) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)
}

#[cfg(not(unix))]
fn private_folder(folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder)
}

#[cfg(unix)]
fn check_private(key: &Path) -> Result<(), AuthorityError> {
    use std::os::unix::fs::PermissionsExt;
    let read = |source| AuthorityError::Read { path: key.to_owned(), source };
    let mode = fs::metadata(key).map_err(read)?.permissions().mode();
    if mode & 0o077 == 0 { Ok(()) } else { Err(AuthorityError::Exposed(key.to_owned())) }
}

#[cfg(not(unix))]
fn check_private(_: &Path) -> Result<(), AuthorityError> {
    // The user's own folders are the user's alone.
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_authority_is_made_once_and_kept() {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path().join("not/there/yet");
        let first = Authority::open(&folder).unwrap();
        assert_eq!(Authority::open(&folder).unwrap().pem(), first.pem());
        fs::remove_file(Authority::certificate_file(&folder)).unwrap();
        let again = Authority::open(&folder).unwrap();
        assert_eq!(again.key_pem(), first.key_pem(), "the key alone makes the certificate anew");
    }

    #[cfg(unix)]
    #[test]
    fn a_key_that_others_can_read_is_not_used() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        Authority::open(folder.path()).unwrap();
        let key = folder.path().join(KEY);
        assert_eq!(fs::metadata(&key).unwrap().permissions().mode() & 0o777, 0o600);
        fs::set_permissions(&key, fs::Permissions::from_mode(0o644)).unwrap();
        let refused = Authority::open(folder.path()).unwrap_err();
        assert!(refused.to_string().contains("chmod 600"), "{refused}");
    }

    #[test]
    fn files_that_do_not_fit_together_are_told() {
        let (one, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        Authority::open(one.path()).unwrap();
        Authority::open(other.path()).unwrap();
        fs::copy(Authority::certificate_file(other.path()), Authority::certificate_file(one.path())).unwrap();
        assert!(matches!(Authority::open(one.path()), Err(AuthorityError::Mismatch { .. })));
        fs::write(Authority::certificate_file(one.path()), "nothing").unwrap();
        let refused = Authority::open(one.path()).unwrap_err().to_string();
        assert!(refused.contains("holds no certificate in PEM"), "{refused}");
    }

    #[test]
    fn a_folder_that_cannot_be_made_is_named() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let refused = Authority::open(&file.path().join("ca")).unwrap_err().to_string();
        assert!(refused.contains("--ca-dir"), "{refused}");
    }
}
