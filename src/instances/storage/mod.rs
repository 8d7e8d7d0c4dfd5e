//! What must survive the process: records, written by whole commits.
//!
//! The service works on what it holds in memory. A [`Storage`] is told of every change before the change is
//! acknowledged, and asked once, when the service starts.

mod database;
pub(crate) mod vault;

use std::{fmt, io, path::PathBuf};

pub use database::Database;
pub use vault::Vault;

/// Keeps records. What [`commit`](Storage::commit) has answered must be there at the next [`load`](Storage::load),
/// whatever happens to the process in between.
pub trait Storage: fmt::Debug + Send + Sync {
    /// Everything that is kept.
    ///
    /// # Errors
    ///
    /// When it cannot be read.
    fn load(&self) -> Result<Vec<Record>, StorageError>;

    /// Keeps all of `changes`, or none of them.
    ///
    /// # Errors
    ///
    /// When they cannot be kept. Nothing has changed then.
    fn commit(&self, changes: &[Change]) -> Result<(), StorageError>;

    /// Whether a commit waits for a disk, so that it must not run where requests are answered.
    fn waits(&self) -> bool {
        true
    }
}

/// What a record is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Table {
    /// Instances, by number.
    Instances,
    /// What organizations have defined, and the digests of their secrets.
    Organizations,
    /// Who may call, and the digests of their secrets.
    Callers,
    /// Copies of connectors.
    Clones,
    /// The service's own notes, such as the next free number.
    Notes,
}

impl Table {
    /// All tables.
    pub const ALL: [Self; 5] =
        [Self::Instances, Self::Organizations, Self::Callers, Self::Clones, Self::Notes];

    /// What the table is called.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Instances => "instances",
            Self::Organizations => "organizations",
            Self::Callers => "callers",
            Self::Clones => "clones",
            Self::Notes => "notes",
        }
    }
}

/// One thing that is kept. Whatever in it is secret has been encrypted before.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Record {
    /// Where it belongs.
    pub table: Table,
    /// Its name there.
    pub key: String,
    /// What it says.
    pub value: Vec<u8>,
}

impl Record {
    /// A record.
    #[must_use]
    pub fn new(table: Table, key: impl Into<String>, value: Vec<u8>) -> Self {
        Self { table, key: key.into(), value }
    }
}

/// One step of a commit.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Change {
    /// Keeps the record, in place of one of the same name.
    Put(Record),
    /// Forgets the record of this name, if there is one.
    Remove(Table, String),
}

/// The default: what is in memory is all there is, and it goes with the process.
#[derive(Clone, Copy, Debug, Default)]
#[non_exhaustive]
pub struct Memory;

impl Storage for Memory {
    fn load(&self) -> Result<Vec<Record>, StorageError> {
        Ok(Vec::new())
    }

    fn commit(&self, _changes: &[Change]) -> Result<(), StorageError> {
        Ok(())
    }

    fn waits(&self) -> bool {
        false
    }
}

/// Why records cannot be kept or read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StorageError {
    /// Another process has it open.
    #[error("{} is in use by another process; stop that one, or choose another file", .0.display())]
    InUse(PathBuf),
    /// It is there, but is no database, or cannot be read.
    #[error("{} cannot be opened as a database: {reason}", .path.display())]
    Open {
        /// The file.
        path: PathBuf,
        /// What the database says.
        reason: String,
    },
    /// Reading failed.
    #[error("the data cannot be read: {0}")]
    Read(String),
    /// Writing failed.
    #[error("the data cannot be written: {0}")]
    Write(String),
    /// The key file could not be read or made.
    #[error("the key file {} cannot be used: {source}", .path.display())]
    KeyFile {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// The key file holds something else.
    #[error("the key file {} does not hold 64 hexadecimal digits", .0.display())]
    NotAKey(PathBuf),
    /// Others could read the key.
    #[error("the key file {path} can be read by others than its owner; run chmod 600 {path}", path = .0.display())]
    OpenKey(PathBuf),
    /// There is data, and the key to it is missing.
    #[error("{} is there, but its key file {} is not; put the key file back", .data.display(), .key.display())]
    KeyMissing {
        /// The database.
        data: PathBuf,
        /// Where the key should be.
        key: PathBuf,
    },
    /// The data was written with another key.
    #[error("the data was not written with this key; give the key file that belongs to it")]
    WrongKey,
    /// A record does not say what this version expects.
    #[error("the record {key} of {} cannot be read: {reason}", .table.name())]
    Record {
        /// Its table.
        table: Table,
        /// Its name.
        key: String,
        /// What is wrong with it.
        reason: String,
    },
}
