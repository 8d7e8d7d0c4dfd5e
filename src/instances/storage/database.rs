//! Records in one file, through `redb`: a commit is on the disk, whole, before it is answered.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
};

use redb::{DatabaseError, ReadableDatabase, ReadableTable, TableDefinition, TableError};

use super::{Change, Record, Storage, StorageError, Table};

/// An embedded database.
#[derive(Debug)]
pub struct Database {
    path: PathBuf,
    /// Nothing if it could not be opened again.
    inner: Mutex<Option<redb::Database>>,
}

impl Database {
    /// Opens the database at `path`, or makes an empty one. One that was killed is repaired.
    ///
    /// # Errors
    ///
    /// When another process has it open, or it is no database.
    pub fn open(path: &Path) -> Result<Self, StorageError> {
        if path.is_dir() {
            return Err(StorageError::Open { path: path.to_owned(), reason: "it is a folder".to_owned() });
        }
        let created = unless_damaged(|| redb::Database::create(path));
        let inner = created.unwrap_or(Err(DatabaseError::RepairAborted)).map_err(|error| match error {
            DatabaseError::DatabaseAlreadyOpen => StorageError::InUse(path.to_owned()),
            DatabaseError::RepairAborted => {
                StorageError::Open { path: path.to_owned(), reason: DAMAGED.to_owned() }
            }
            other => StorageError::Open { path: path.to_owned(), reason: other.to_string() },
        })?;
        Ok(Self { path: path.to_owned(), inner: Mutex::new(Some(inner)) })
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Does something with the database. After an error of the disk, which may be full for a while, it wants to be opened
    /// anew.
    fn with<T>(&self, act: impl Fn(&redb::Database) -> Result<T, redb::Error>) -> Result<T, redb::Error> {
        let mut inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        let open = |inner: Option<redb::Database>| match inner {
            Some(open) => Ok(open),
            None => redb::Database::create(&self.path),
        };
        let opened = open(inner.take())?;
        let done = act(&opened);
        let done = if let Err(redb::Error::PreviousIo) = done {
            drop(opened);
            let opened = open(None)?;
            let done = act(&opened);
            *inner = Some(opened);
            done
        } else {
            *inner = Some(opened);
            done
        };
        drop(inner);
        done
    }
}

/// What is said of a file whose inside is not what it should be.
const DAMAGED: &str = "it is damaged; put back a copy, or move it and its key away to begin anew";

/// The database panics where what it reads contradicts itself.
fn unless_damaged<T>(act: impl FnOnce() -> T) -> Option<T> {
    catch_unwind(AssertUnwindSafe(act)).ok()
}

fn read(database: &redb::Database) -> Result<Vec<Record>, redb::Error> {
    let transaction = database.begin_read()?;
    let mut records = Vec::new();
    for table in Table::ALL {
        let open = match transaction.open_table(definition(table)) {
            Ok(open) => open,
            // Nothing was ever written to it.
            Err(TableError::TableDoesNotExist(_)) => continue,
            Err(error) => return Err(error.into()),
        };
        for entry in open.iter()? {
            let (key, value) = entry?;
            records.push(Record::new(table, key.value(), value.value().to_vec()));
        }
    }
    Ok(records)
}

fn write(database: &redb::Database, changes: &[Change]) -> Result<(), redb::Error> {
    let transaction = database.begin_write()?;
    for change in changes {
        match change {
            Change::Put(record) => {
                let mut table = transaction.open_table(definition(record.table))?;
                table.insert(record.key.as_str(), record.value.as_slice())?;
            }
            Change::Remove(table, key) => {
                transaction.open_table(definition(*table))?.remove(key.as_str())?;
            }
        }
    }
    transaction.commit()?;
    Ok(())
}

fn definition(table: Table) -> TableDefinition<'static, &'static str, &'static [u8]> {
    TableDefinition::new(table.name())
}

impl Storage for Database {
    fn load(&self) -> Result<Vec<Record>, StorageError> {
        let read =
            unless_damaged(|| self.with(read)).ok_or_else(|| StorageError::Read(DAMAGED.to_owned()))?;
        read.map_err(|error| StorageError::Read(error.to_string()))
    }

    fn commit(&self, changes: &[Change]) -> Result<(), StorageError> {
        self.with(|database| write(database, changes)).map_err(|error| StorageError::Write(error.to_string()))
    }
}
