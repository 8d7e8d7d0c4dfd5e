//! What ends a command early: the sentence its user reads, and the exit code.

use std::{io, net::SocketAddr, path::PathBuf};

use super::{
    check, environment::NoEnvironment, report_file::ReportFileError, state::StateError, target::TargetError,
    tour, wait::NotReady,
};
use crate::{
    configuration::ConfigurationError, conformance::report::MergeError, exit_codes, instances,
    serve::tls::AuthorityError,
};

/// Why a command could not do its work.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    #[error("cannot start: {0}")]
    Runtime(io::Error),
    #[error("port {} of {} is in use; choose others with --port-base, or --port-base 0 for free ones", .0.port(), .0.ip())]
    PortInUse(SocketAddr),
    #[error("cannot listen on {address}: {source}; choose another --host or --port-base")]
    Listen { address: SocketAddr, source: io::Error },
    #[error("--port-base {0} leaves no room for the {1} ports that follow it; choose a lower one")]
    PortBase(u16, usize),
    #[error("the instances service cannot be set up: {0}")]
    Service(#[from] instances::SettingsError),
    #[error("serving ended early: {0}")]
    Serving(io::Error),
    #[error("cannot write to standard output: {0}")]
    Output(io::Error),
    #[error(transparent)]
    Check(#[from] check::SetUpError),
    #[error(transparent)]
    Target(#[from] TargetError),
    #[error(transparent)]
    Report(#[from] ReportFileError),
    #[error(transparent)]
    Merge(#[from] MergeError),
    #[error(transparent)]
    Tour(#[from] tour::WalkError),
    #[error(transparent)]
    Configuration(#[from] ConfigurationError),
    #[error("the configuration cannot be printed: {0}")]
    Effective(toml::ser::Error),
    #[error(transparent)]
    State(#[from] StateError),
    #[error("what has changed last is not saved: {0}")]
    LastSave(StateError),
    #[error(transparent)]
    NotReady(#[from] NotReady),
    #[error(transparent)]
    Authority(#[from] AuthorityError),
    #[error("this system names no folder for the user's data; name one with --ca-dir")]
    NoDataFolder,
    #[error("{} cannot be written: {source}; name another file", .path.display())]
    Export { path: PathBuf, source: io::Error },
    #[error(transparent)]
    NoEnvironment(#[from] NoEnvironment),
    #[error("{program} cannot be started: {source}")]
    Command { program: String, source: io::Error },
}

impl Failure {
    pub(crate) fn exit_code(&self) -> u8 {
        match self {
            Self::Runtime(_)
            | Self::Serving(_)
            | Self::Output(_)
            | Self::Tour(_)
            | Self::Effective(_)
            | Self::LastSave(_) => exit_codes::NOT_CONFORMANT,
            Self::NotReady(_) | Self::NoEnvironment(_) => exit_codes::TARGET_UNREACHABLE,
            // As shells have it.
            Self::Command { source, .. } if source.kind() == io::ErrorKind::NotFound => 127,
            Self::Command { .. } => 126,
            Self::Check(error) => error.exit_code(),
            Self::Report(error) => error.exit_code(),
            Self::Target(error) => error.exit_code(),
            Self::Merge(_)
            | Self::PortInUse(_)
            | Self::Listen { .. }
            | Self::PortBase(..)
            | Self::Service(_)
            | Self::Configuration(_)
            | Self::Authority(_)
            | Self::NoDataFolder
            | Self::Export { .. }
            | Self::State(_) => exit_codes::USAGE,
        }
    }
}
