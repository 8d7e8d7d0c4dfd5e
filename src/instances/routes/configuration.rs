//! `/instances/.../configuration`: single entries of an instance's configuration (3.5).

use axum::{Json, extract::State, response::Response};
use serde_json::Value;

use super::target::{Path, Target};
use crate::instances::{
    Service,
    body::Members,
    configuration::{self, Values},
    error::Error,
    listing, update,
};

pub(crate) async fn all(Target(slot): Target) -> Result<Response, Error> {
    let instance = slot.read().ok_or(Error::UnknownInstance)?;
    Ok(listing::respond(configuration::entries(&instance.connector, &instance.values)))
}

pub(crate) async fn one(Target(slot): Target, path: Path) -> Result<Json<Value>, Error> {
    let instance = slot.read().ok_or(Error::UnknownInstance)?;
    let position = configuration::position(&instance.connector, path.required("configId")?)?;
    entry(&instance.connector, &instance.values, position)
}

/// Changes one value. The vendor is not asked.
pub(crate) async fn change(
    State(service): State<Service>,
    Target(slot): Target,
    path: Path,
    request: Members,
) -> Result<Json<Value>, Error> {
    let before = slot.read().ok_or(Error::UnknownInstance)?;
    let position = configuration::position(&before.connector, path.required("configId")?)?;
    let key = before.connector.configuration[position].key.clone();
    let mut changes = Values::default();
    changes.set(&key, configuration::property_value(&request)?);
    let mut after = (*before).clone();
    after.configure(&changes);
    update::check(&service, &after, |_| "propertyValue".to_owned())?;
    let kept = service.store().update(&slot, move |instance| instance.configure(&changes)).await?;
    let instance = kept.ok_or(Error::UnknownInstance)?;
    entry(&instance.connector, &instance.values, position)
}

fn entry(
    connector: &crate::instances::connector::Connector,
    values: &Values,
    position: usize,
) -> Result<Json<Value>, Error> {
    configuration::entry(connector, values, position).map(Json).ok_or(Error::UnknownPath)
}
