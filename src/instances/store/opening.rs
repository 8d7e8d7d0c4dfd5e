//! Takes up where the storage left off.

use std::{
    collections::{BTreeMap, HashMap},
    sync::{Mutex, RwLock},
};

use super::{
    Inner, Shelves, Slot, Store,
    accounts::{Account, Accounts, Dead},
    clones::Copied,
    records,
};
use crate::instances::{
    Caller, Settings, SettingsError,
    catalog::Catalog,
    storage::{Change, Record, StorageError, Table},
};

const NEXT_ID: &str = "nextInstance";
/// Shows whether the key is the one the data was written with.
const CHECK: &str = "check";
const CHECKED: &[u8] = b"rehearsal";

/// The note of the number that the next instance gets, so that none is used twice.
pub(super) fn next_id(id: u64) -> Change {
    records::note(NEXT_ID, id.to_string().into_bytes())
}

impl Store {
    /// Reads what is kept, and adds the callers of `settings` that are new.
    pub(crate) fn open(settings: &Settings, catalog: &Catalog) -> Result<Self, SettingsError> {
        let (storage, vault) = (settings.storage.clone(), settings.vault.clone());
        let records = storage.load()?;
        let of = |table| records.iter().filter(move |record: &&Record| record.table == table);
        let noted = |name| of(Table::Notes).find(|record| record.key == name).map(|record| &record.value);
        match noted(CHECK) {
            Some(sealed) if vault.open(CHECK, sealed).as_deref() != Some(CHECKED) => {
                return Err(StorageError::WrongKey.into());
            }
            Some(_) => {}
            None if records.is_empty() => {
                storage.commit(&[records::note(CHECK, vault.seal(CHECK, CHECKED))])?;
            }
            None => return Err(StorageError::WrongKey.into()),
        }
        let mut accounts = Accounts::default();
        let mut organizations = HashMap::new();
        for record in of(Table::Organizations) {
            let (id, secret, resources) = records::read_organization(record)?;
            accounts.put_organization(id, secret);
            organizations.insert(id, resources);
        }
        for record in of(Table::Callers) {
            let (id, account) = records::read_account(record)?;
            accounts.put(id, account);
        }
        for record in of(Table::Notes) {
            if let Some(dead) = records::read_dead(record)? {
                accounts.bury(dead);
            }
        }
        let mut clones = Vec::new();
        for record in of(Table::Clones) {
            let kept = records::read_clone(record)?;
            let base = catalog.find(&kept.base).map_err(|_| StorageError::Record {
                table: record.table,
                key: record.key.clone(),
                reason: format!("there is no connector {:?}", kept.base),
            })?;
            clones.push(Copied::of(base, kept));
        }
        let noted_id = noted(NEXT_ID).and_then(|text| std::str::from_utf8(text).ok()?.parse().ok());
        let mut shelves = Shelves {
            next_id: noted_id.unwrap_or_else(|| 400_000 + settings.mint.below(100_000)),
            by_id: BTreeMap::new(),
            by_owner: HashMap::new(),
            by_token: HashMap::new(),
        };
        for record in of(Table::Instances) {
            let instance = records::read_instance(&vault, record, |key| {
                let copied = clones.iter().find(|copy| copy.kept.key == key);
                copied.map(|copy| copy.connector.clone()).or_else(|| catalog.find(key).ok().cloned())
            })?;
            shelves.place(Slot::new(instance));
        }
        let inner = Inner {
            shelves: RwLock::new(shelves),
            organizations: RwLock::new(organizations),
            accounts: RwLock::new(accounts),
            clones: RwLock::new(clones),
            storage,
            vault,
            writing: Mutex::default(),
        };
        for (number, caller) in settings.callers.iter().enumerate() {
            if let Some(secret) = inner.is_dead(caller) {
                tracing::warn!(
                    number,
                    "a configured caller was left out: its {secret} secret was reset; configure the one it has now"
                );
                continue;
            }
            inner.admit(caller)?.ok_or(SettingsError::SharedUserSecret { number })?;
        }
        if super::read(&inner.accounts).all().is_empty() {
            return Err(SettingsError::NoCaller);
        }
        Ok(Self(inner.into()))
    }
}

impl Inner {
    /// Which secret of the caller's was reset, if one was.
    fn is_dead(&self, caller: &Caller) -> Option<&'static str> {
        let accounts = super::read(&self.accounts);
        let is_dead = |dead| accounts.is_dead(dead);
        if is_dead(Dead::User(self.vault.digest(caller.user_secret.expose()))) {
            return Some("User");
        }
        let organization = self.vault.digest(caller.organization_secret.expose());
        is_dead(Dead::Organization(organization)).then_some("Organization")
    }

    /// Keeps a caller, as the settings now describe it; nothing when its User secret is another organization's, or one
    /// of its secrets was reset.
    pub(super) fn admit(&self, caller: &Caller) -> Result<Option<super::CallerId>, StorageError> {
        if self.is_dead(caller).is_some() {
            return Ok(None);
        }
        let user = self.vault.digest(caller.user_secret.expose());
        let secret = self.vault.digest(caller.organization_secret.expose());
        let (known, known_pair, organization, next) = {
            let accounts = super::read(&self.accounts);
            let known = accounts.find(&user, None);
            (known, accounts.find(&user, Some(&secret)), accounts.organization_with(&secret), accounts.next())
        };
        if known != known_pair {
            return Ok(None);
        }
        let organization_id = organization.unwrap_or(next.1);
        let id = known.unwrap_or(next.0);
        let mut account = Account::new(caller, organization_id, user);
        if let Some(known) = super::read(&self.accounts).get(id) {
            account.resources = known.resources.clone();
        }
        let mut changes = vec![records::account(id, &account)];
        if organization.is_none() {
            changes.push(records::organization(
                organization_id,
                secret,
                &crate::instances::resources::Resources::default(),
            ));
        }
        self.keep(&changes)?;
        let mut accounts = super::write(&self.accounts);
        accounts.put_organization(organization_id, secret);
        accounts.put(id, account);
        Ok(Some(id))
    }
}
