//! Options for the certificates that the stand-ins show.

use std::path::PathBuf;

use clap::Args;

use crate::{
    cli::failure::Failure,
    serve::tls::{Authority, Identity, Tls},
};

/// Where the certificate authority is kept.
#[derive(Args, Clone, Debug)]
pub(crate) struct AuthorityFolder {
    /// Where the certificate authority is kept, or made; if nothing is said, in the folder for the user's data, when it
    /// is first needed
    #[arg(long, value_name = "DIR", env = "REHEARSAL_CA_DIR")]
    ca_dir: Option<PathBuf>,
}

impl AuthorityFolder {
    pub(crate) fn path(&self) -> Result<PathBuf, Failure> {
        let usual = || dirs::data_dir().map(|data| data.join("rehearsal").join("ca"));
        self.ca_dir.clone().or_else(usual).ok_or(Failure::NoDataFolder)
    }

    /// The file that programs must trust; made with its folder if there is none.
    pub(crate) fn certificate(&self) -> Result<(PathBuf, Authority), Failure> {
        let folder = self.path()?;
        let authority = Authority::open(&folder)?;
        Ok((std::path::absolute(Authority::certificate_file(&folder)).map_err(Failure::Runtime)?, authority))
    }
}

/// A certificate of one's own.
#[derive(Args, Clone, Debug, Default)]
pub(crate) struct OwnCertificate {
    /// A certificate of one's own in PEM, with its chain, for the host names in it and for clients that name none
    #[arg(long, value_name = "FILE", requires = "tls_key")]
    tls_cert: Option<PathBuf>,
    /// Its key in PEM
    #[arg(long, value_name = "FILE", requires = "tls_cert")]
    tls_key: Option<PathBuf>,
}

impl OwnCertificate {
    pub(crate) fn read(&self) -> Result<Option<Identity>, Failure> {
        let both = self.tls_cert.as_deref().zip(self.tls_key.as_deref());
        Ok(both.map(|(chain, key)| Identity::read(chain, key)).transpose()?)
    }
}

/// TLS as these options say.
pub(crate) fn tls(folder: &AuthorityFolder, own: &OwnCertificate) -> Result<Tls, Failure> {
    let (path, own) = (folder.path()?, own.read()?);
    // Whoever named a folder counts on it; nothing is written for those who did not, and who may need no TLS.
    if folder.ca_dir.is_some() {
        Authority::open(&path)?;
    }
    Ok(Tls::kept_in(path, own))
}
