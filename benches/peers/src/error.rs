//! What can go wrong. Each text names the peer.

use std::{io, path::PathBuf, process::ExitStatus};

use crate::peer::{Peer, names};

#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    #[error("usage: peers REHEARSAL FOLDER [PEER…], where PEER is of {}", names())]
    Usage,
    #[error("there is no peer {0}; there are {all}", all = names())]
    UnknownPeer(String),
    #[error("{peer} cannot be started by {program}: {error}")]
    Start { peer: Peer, program: PathBuf, error: io::Error },
    #[error("{peer} ended with {status} before it answered; {log} has what it said", log = log.display())]
    Ended { peer: Peer, status: ExitStatus, log: PathBuf },
    #[error("{peer} has not answered {seconds} seconds after its start; {log} has what it said", log = log.display())]
    Silent { peer: Peer, seconds: u64, log: PathBuf },
    #[error("{peer} did not tell its address in JSON but {told:?}; {log} has what it said", log = log.display())]
    Untold { peer: Peer, told: String, log: PathBuf },
    #[error("{peer}, asked for {what}: {error}; {log} has what it said", log = log.display())]
    Asked { peer: Peer, what: &'static str, error: io::Error, log: PathBuf },
    #[error("{peer} is not installed in {folder}: there is no version in it", folder = folder.display())]
    Uninstalled { peer: Peer, folder: PathBuf },
    #[error("{path}: {error}", path = path.display())]
    File { path: PathBuf, error: io::Error },
    #[error("no runtime for the client: {0}")]
    Runtime(io::Error),
    #[error("no free port on loopback: {0}")]
    Port(io::Error),
}
