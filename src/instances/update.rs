//! Changes instances: plain members at once, credentials only when the vendor has accepted them.

use std::sync::Arc;

use serde_json::Value;

use super::{
    Service,
    body::Members,
    configuration::{API_KEY, API_SECRET, AUTHENTICATION_TYPE, TOKEN_SECRET, USER_TOKEN, Values},
    connector::{Connector, Credentials},
    error::Error,
    instance::Instance,
    oauth1::{self, Verification},
    provisioning::{
        VERIFICATION, check_credentials, code, configuration_member, name, tags, take_provider_data,
        unverified, verification,
    },
    store::Slot,
    template::Template,
    tokens::{self, Grant},
};

/// Which verb an update came with. They differ in when the vendor is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verb {
    /// Asks the vendor only when a code is handed in.
    Patch,
    /// Asks as well when credentials that need no exchange have changed (7, row 13).
    Put,
    /// `reAuthenticate=false`: never asks.
    PutQuietly,
}

/// What an update changes. Members that are absent stay as they are.
#[derive(Clone, Debug, Default)]
struct Changes {
    name: Option<String>,
    tags: Option<Vec<String>>,
    values: Values,
    /// The clone, or the original, that the instance moves to.
    connector: Option<Arc<Connector>>,
}

impl Changes {
    fn read(request: &Members) -> Result<Self, Error> {
        let values = request.object("configuration")?.map(Values::parse).transpose()?;
        Ok(Self {
            name: name(request)?,
            tags: tags(request)?,
            values: values.unwrap_or_default(),
            connector: None,
        })
    }

    fn apply(&self, instance: &mut Instance) {
        if let Some(name) = &self.name {
            instance.name.clone_from(name);
        }
        if let Some(tags) = &self.tags {
            instance.tags.clone_from(tags);
        }
        if let Some(connector) = &self.connector {
            instance.connector = Arc::clone(connector);
        }
        instance.configure(&self.values);
    }
}

/// Changes the instance as `request` says, and answers what it is then.
pub(crate) async fn update(
    service: &Service,
    slot: &Slot,
    request: &Members,
    verb: Verb,
) -> Result<Arc<Instance>, Error> {
    let before = slot.read().ok_or(Error::UnknownInstance)?;
    let mut changes = Changes::read(request)?;
    changes.connector = element(service, &before, request)?;
    let after = preview(&before, &changes);
    check(service, &after, configuration_member)?;
    let kind = after.authentication();
    let uses_oauth = matches!(kind, "oauth1" | "oauth2");
    let asks = verb != Verb::PutQuietly;
    let verification = if kind == "oauth1" && asks { reverification(request)? } else { None };
    if let Some(verification) = verification {
        take_provider_data(&after.connector, request, &mut changes.values)?;
        let (service, slot) = (service.clone(), slot.clone());
        let renewed = tokio::spawn(async move { verify(&service, &slot, changes, &verification).await });
        return renewed.await.map_err(|_| Error::Internal)?;
    }
    let code = if kind == "oauth2" && asks { code(request)? } else { None };
    if code.as_ref().is_some_and(|code| code.expose().is_empty()) {
        return Err(Error::Missing(vec!["providerData.code".to_owned()]));
    }
    if let Some(code) = code {
        take_provider_data(&after.connector, request, &mut changes.values)?;
        let (service, slot) = (service.clone(), slot.clone());
        // In a task of its own: a caller that hangs up must not lose tokens whose code is spent.
        let renewed = tokio::spawn(async move { reauthenticate(&service, &slot, changes, code).await });
        return renewed.await.map_err(|_| Error::Internal)?;
    }
    if verb == Verb::Put && !uses_oauth && credentials_differ(&before, &after) {
        check_credentials(service, &after.connector, &after.values).await?;
        let kept = service.store().update(slot, move |instance| {
            changes.apply(instance);
            instance.valid = true;
        });
        return kept.await?.ok_or(Error::UnknownInstance);
    }
    let kept = service.store().update(slot, move |instance| changes.apply(instance)).await?;
    kept.ok_or(Error::UnknownInstance)
}

/// Refuses values with which the instance could not be called any more. `member` names a key as the request has it.
pub(crate) fn check(
    service: &Service,
    after: &Instance,
    member: impl Fn(&str) -> String,
) -> Result<(), Error> {
    service.addressing(&after.connector, &after.values)?.check(member)?;
    after.connector.credentials(after.authentication())?;
    Ok(())
}

/// What a callback of OAuth 1.0 brought, where a request means to hand it over. One that brings a part of it, or a code
/// of OAuth 2.0, is told what is missing instead of being renewed by nothing.
fn reverification(request: &Members) -> Result<Option<Verification>, Error> {
    let data = request.object("providerData")?;
    let means_to = data.is_some_and(|data| {
        data.contains_key("code") || VERIFICATION.iter().any(|name| data.contains_key(*name))
    });
    match verification(request)? {
        None if means_to => Err(Error::Missing(unverified(request)?)),
        verification => Ok(verification),
    }
}

/// Exchanges the code and changes everything in one step, or nothing when the vendor refuses it. A refresh that runs
/// meanwhile is waited for, so that it cannot put older tokens in place of these.
async fn reauthenticate(
    service: &Service,
    slot: &Slot,
    changes: Changes,
    code: crate::Secret,
) -> Result<Arc<Instance>, Error> {
    let mut last_failure = slot.renewal().turn().await;
    let after = preview(&*slot.read().ok_or(Error::UnknownInstance)?, &changes);
    let tokens = tokens::obtain(service, &after.connector, &after.values, &Grant::Code(code)).await?;
    *last_failure = None;
    let kept = service.store().update(slot, move |instance| {
        changes.apply(instance);
        instance.adopt(&tokens);
    });
    kept.await?.ok_or(Error::UnknownInstance)
}

/// The same with OAuth 1.0.
async fn verify(
    service: &Service,
    slot: &Slot,
    changes: Changes,
    verification: &Verification,
) -> Result<Arc<Instance>, Error> {
    let _turn = slot.renewal().turn().await;
    let after = preview(&*slot.read().ok_or(Error::UnknownInstance)?, &changes);
    let verified = oauth1::access_token(service, &after.connector, &after.values, verification).await?;
    let now = service.clock().now();
    let kept = service.store().update(slot, move |instance| {
        changes.apply(instance);
        instance.adopt_verified(&verified, now);
    });
    kept.await?.ok_or(Error::UnknownInstance)
}

fn preview(instance: &Instance, changes: &Changes) -> Instance {
    let mut after = instance.clone();
    changes.apply(&mut after);
    after
}

/// The connector that a body names, if it is another than the instance's. An instance can move between a connector and
/// its clones (3.2), and nowhere else.
fn element(
    service: &Service,
    instance: &Instance,
    request: &Members,
) -> Result<Option<Arc<Connector>>, Error> {
    let Some(element) = request.object("element")? else { return Ok(None) };
    let mut named = None;
    for member in ["id", "key"] {
        let key_or_id = match element.get(member) {
            None | Some(Value::Null) => continue,
            Some(Value::Number(id)) if member == "id" => id.to_string(),
            Some(Value::String(key)) if member == "key" => key.clone(),
            Some(_) => return Err(Error::OtherElement),
        };
        let connector =
            service.connector(Some(instance.owner), &key_or_id).map_err(|_| Error::OtherElement)?;
        let related = connector.element_id() == instance.connector.element_id();
        let agrees = named.as_ref().is_none_or(|named: &Arc<Connector>| named.id == connector.id);
        if !related || !agrees {
            return Err(Error::OtherElement);
        }
        named = Some(connector);
    }
    Ok(named.filter(|connector| connector.id != instance.connector.id))
}

/// Whether a call to the vendor would show something else than before, or be sent elsewhere.
fn credentials_differ(before: &Instance, after: &Instance) -> bool {
    let service = &after.connector.service;
    let mut keys: Vec<&str> = vec![AUTHENTICATION_TYPE];
    keys.extend(service.addresses.iter().map(String::as_str));
    for credentials in service.credentials.values() {
        match credentials {
            Credentials::Basic(basic) => keys.extend(basic.username.keys().chain(basic.password.keys())),
            Credentials::Headers(headers) => keys.extend(headers.values().flat_map(Template::keys)),
            Credentials::Signature {} => keys.extend([API_KEY, API_SECRET, USER_TOKEN, TOKEN_SECRET]),
        }
    }
    keys.into_iter().any(|key| before.values.get(key) != after.values.get(key))
}
