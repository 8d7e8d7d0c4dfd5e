//! Records in one file, through `redb`: a commit is on the disk, whole, before it is answered.

use std::path::{Path, PathBuf};

use redb::{DatabaseError, ReadableDatabase, ReadableTable, TableDefinition, TableError};

use super::{Change, Record, Storage, StorageError, Table};

/// An embedded database.
#[derive(Debug)]
pub struct Database {
    path: PathBuf,
    inner: redb::Database,
}

impl Database {
    /// Opens the database at `path`, or makes an empty one. One that was killed is repaired.
    ///
    /// # Errors
    ///
    /// When another process has it open, or it is no database.
    pub fn open(path: &Path) -> Result<Self, StorageError> {
        let inner = redb::Database::create(path).map_err(|error| match error {
            DatabaseError::DatabaseAlreadyOpen => StorageError::InUse(path.to_owned()),
            other => StorageError::Open { path: path.to_owned(), reason: other.to_string() },
        })?;
        Ok(Self { path: path.to_owned(), inner })
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    fn read(&self) -> Result<Vec<Record>, redb::Error> {
        let transaction = self.inner.begin_read()?;
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

    fn write(&self, changes: &[Change]) -> Result<(), redb::Error> {
        let transaction = self.inner.begin_write()?;
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
}

fn definition(table: Table) -> TableDefinition<'static, &'static str, &'static [u8]> {
    TableDefinition::new(table.name())
}

impl Storage for Database {
    fn load(&self) -> Result<Vec<Record>, StorageError> {
        self.read().map_err(|error| StorageError::Read(error.to_string()))
    }

    fn commit(&self, changes: &[Change]) -> Result<(), StorageError> {
        self.write(changes).map_err(|error| StorageError::Write(error.to_string()))
    }
}
