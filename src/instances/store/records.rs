//! Instances, organizations and callers as the records they are kept as. Tokens and configuration are sealed.

use std::sync::Arc;

use base64::{Engine, prelude::BASE64_STANDARD};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::Value;

use super::{
    accounts::{Account, CallerId, Dead, OrganizationId},
    clones::CloneOf,
};
use crate::{
    Secret, Timestamp,
    instances::{
        configuration::Values,
        connector::Connector,
        instance::{ExternalAuthentication, Instance},
        resources::Resources,
        storage::{Change, Record, StorageError, Table, Vault, vault::Digest},
    },
};

/// What is kept of an instance where everybody with the file can read it.
#[derive(Deserialize, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct KeptInstance {
    owner: CallerId,
    created: i64,
    connector: String,
    name: String,
    tags: Vec<String>,
    valid: bool,
    disabled: bool,
    external_authentication: ExternalAuthentication,
    failures: u32,
    resources: Value,
    /// [`Sealed`], in base64.
    sealed: String,
}

/// What only the key opens.
#[derive(Deserialize, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Sealed {
    token: String,
    configuration: Vec<(String, Option<String>)>,
    former_tokens: Vec<String>,
}

#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct KeptOrganization {
    secret: Digest,
    resources: Value,
}

/// The name a record is sealed under, so that none can stand in for another.
fn seal_name(id: u64) -> String {
    format!("instances/{id}")
}

pub(super) fn instance(vault: &Vault, instance: &Instance) -> Change {
    let sealed = Sealed {
        token: instance.token.expose().to_owned(),
        configuration: instance.values.to_pairs(),
        former_tokens: instance.former_tokens().map(|token| token.expose().to_owned()).collect(),
    };
    let sealed = vault.seal(&seal_name(instance.id), &text(&sealed));
    let kept = KeptInstance {
        owner: instance.owner,
        created: instance.created.as_millis(),
        connector: instance.connector.key.clone(),
        name: instance.name.clone(),
        tags: instance.tags.clone(),
        valid: instance.valid,
        disabled: instance.disabled,
        external_authentication: instance.external_authentication,
        failures: instance.failed_refreshes,
        resources: instance.resources.to_value(),
        sealed: BASE64_STANDARD.encode(sealed),
    };
    Change::Put(Record::new(Table::Instances, instance.id.to_string(), text(&kept)))
}

pub(super) fn read_instance(
    vault: &Vault,
    record: &Record,
    connector: impl FnOnce(&str) -> Option<Arc<Connector>>,
) -> Result<Instance, StorageError> {
    let broken = |reason: &str| refuse(record, reason);
    let id: u64 = number(record)?;
    let kept: KeptInstance = read(record)?;
    let sealed = BASE64_STANDARD.decode(&kept.sealed).map_err(|_| broken("sealed is not base64"))?;
    let sealed =
        vault.open(&seal_name(id), &sealed).ok_or_else(|| broken("it is sealed with another key"))?;
    let sealed: Sealed =
        serde_json::from_slice(&sealed).map_err(|_| broken("what is sealed has another form"))?;
    let connector = connector(&kept.connector)
        .ok_or_else(|| broken(&format!("there is no connector {:?}", kept.connector)))?;
    Ok(Instance {
        id,
        owner: kept.owner,
        token: Secret::from(sealed.token),
        created: Timestamp::from_millis(kept.created),
        connector,
        name: kept.name,
        tags: kept.tags,
        valid: kept.valid,
        disabled: kept.disabled,
        external_authentication: kept.external_authentication,
        failed_refreshes: kept.failures,
        values: Values::from_pairs(sealed.configuration),
        resources: Resources::from_value(&kept.resources).map_err(|reason| broken(&reason))?,
        former_tokens: sealed.former_tokens.into_iter().map(Secret::from).collect(),
    })
}

pub(super) fn no_instance(id: u64) -> Change {
    Change::Remove(Table::Instances, id.to_string())
}

pub(super) fn organization(id: OrganizationId, secret: Digest, resources: &Resources) -> Change {
    let kept = KeptOrganization { secret, resources: resources.to_value() };
    Change::Put(Record::new(Table::Organizations, id.0.to_string(), text(&kept)))
}

pub(super) fn read_organization(
    record: &Record,
) -> Result<(OrganizationId, Digest, Resources), StorageError> {
    let kept: KeptOrganization = read(record)?;
    let resources = Resources::from_value(&kept.resources).map_err(|reason| refuse(record, &reason))?;
    Ok((OrganizationId(number(record)?), kept.secret, resources))
}

pub(super) fn account(id: CallerId, account: &Account) -> Change {
    Change::Put(Record::new(Table::Callers, id.0.to_string(), text(account)))
}

pub(super) fn read_account(record: &Record) -> Result<(CallerId, Account), StorageError> {
    Ok((CallerId(number(record)?), read(record)?))
}

pub(super) fn clone_of(copy: &CloneOf) -> Change {
    Change::Put(Record::new(Table::Clones, copy.id.to_string(), text(copy)))
}

pub(super) fn no_clone(id: u64) -> Change {
    Change::Remove(Table::Clones, id.to_string())
}

pub(super) fn read_clone(record: &Record) -> Result<CloneOf, StorageError> {
    read(record)
}

/// What the notes of secrets that were reset begin with.
const DEAD_USER: &str = "deadUser/";
const DEAD_ORGANIZATION: &str = "deadOrganization/";

/// The note of a secret that was reset.
pub(super) fn dead(secret: Dead) -> Change {
    let (begin, digest) = match secret {
        Dead::User(digest) => (DEAD_USER, digest),
        Dead::Organization(digest) => (DEAD_ORGANIZATION, digest),
    };
    note(&format!("{begin}{}", base16ct::lower::encode_string(&digest)), Vec::new())
}

/// What such a note says; nothing when it is another note.
pub(super) fn read_dead(record: &Record) -> Result<Option<Dead>, StorageError> {
    let digest = |digits: &str| {
        let bytes = base16ct::lower::decode_vec(digits).ok();
        let digest = bytes.and_then(|bytes| Digest::try_from(bytes).ok());
        digest.ok_or_else(|| refuse(record, "its name ends with no digest"))
    };
    if let Some(digits) = record.key.strip_prefix(DEAD_USER) {
        return digest(digits).map(Dead::User).map(Some);
    }
    record
        .key
        .strip_prefix(DEAD_ORGANIZATION)
        .map(|digits| digest(digits).map(Dead::Organization))
        .transpose()
}

/// A note of the service's own.
pub(super) fn note(name: &str, value: Vec<u8>) -> Change {
    Change::Put(Record::new(Table::Notes, name, value))
}

#[expect(clippy::expect_used, reason = "structs of texts, numbers and JSON values are always JSON")]
fn text(kept: &impl Serialize) -> Vec<u8> {
    serde_json::to_vec(kept).expect("a record is JSON")
}

fn read<T: DeserializeOwned>(record: &Record) -> Result<T, StorageError> {
    // The reason names members and places, never a value of a sealed one.
    serde_json::from_slice(&record.value).map_err(|error| refuse(record, &error.to_string()))
}

fn number(record: &Record) -> Result<u64, StorageError> {
    record.key.parse().map_err(|_| refuse(record, "its name is no number"))
}

fn refuse(record: &Record, reason: &str) -> StorageError {
    StorageError::Record { table: record.table, key: record.key.clone(), reason: reason.to_owned() }
}
