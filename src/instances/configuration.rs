//! The configuration of an instance: values with definitions, some of them masked wherever they are shown.

use std::fmt;

use serde_json::{Map, Value, json};

use super::{
    body::Members,
    connector::{Connector, Definition, ValueKind},
    error::Error,
};

/// What a masked value is shown as, and what means "leave it as it is" when it comes back (4.3).
pub(crate) const MASK: &str = "********";

pub(crate) const API_KEY: &str = "oauth.api.key";
pub(crate) const API_SECRET: &str = "oauth.api.secret";
pub(crate) const CALLBACK_URL: &str = "oauth.callback.url";
pub(crate) const USER_TOKEN: &str = "oauth.user.token";
pub(crate) const TOKEN_SECRET: &str = "oauth.user.token.secret";
pub(crate) const REFRESH_TOKEN: &str = "oauth.user.refresh_token";
pub(crate) const REFRESH_TIME: &str = "oauth.user.refresh_time";
pub(crate) const REFRESH_INTERVAL: &str = "oauth.user.refresh_interval";
pub(crate) const AUTHENTICATION_TYPE: &str = "authentication.type";
pub(crate) const PAGINATION_MAX: &str = "pagination.max";
pub(crate) const EVENTS: &str = "event.notification.enabled";
pub(crate) const EVENTS_URL: &str = "event.notification.callback.url";
pub(crate) const FILTER_NULLS: &str = "filter.response.nulls";

/// Values by key, in the order of the definitions; keys that nobody defined come last.
#[derive(Clone, Default, PartialEq)]
pub(crate) struct Values(Vec<(String, Option<String>)>);

/// Names keys only: every value may be a secret.
impl fmt::Debug for Values {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.0.iter().map(|(key, _)| key)).finish()
    }
}

impl Values {
    /// What an instance starts with.
    pub(crate) fn defaults(connector: &Connector) -> Self {
        let defined = connector.configuration.iter().filter(|definition| definition.active);
        Self(defined.map(|definition| (definition.key.clone(), definition.default_value.clone())).collect())
    }

    /// Reads `configuration` of a request body. Every scalar becomes a string (3.1).
    pub(crate) fn parse(members: &Map<String, Value>) -> Result<Self, Error> {
        let scalar = |(key, value): (&String, &Value)| {
            text_of(value).map(|value| (key.clone(), value)).ok_or_else(|| {
                Error::wrong(format!("configuration.{key}"), "a string, a number, a boolean or null")
            })
        };
        Ok(Self(members.iter().map(scalar).collect::<Result<_, _>>()?))
    }

    /// The value, unless it is absent, null or empty.
    pub(crate) fn get(&self, key: &str) -> Option<&str> {
        self.raw(key)?.filter(|value| !value.is_empty())
    }

    fn raw(&self, key: &str) -> Option<Option<&str>> {
        self.0.iter().find(|(own, _)| own == key).map(|(_, value)| value.as_deref())
    }

    pub(crate) fn set(&mut self, key: &str, value: Option<String>) {
        match self.0.iter_mut().find(|(own, _)| own == key) {
            Some((_, slot)) => *slot = value,
            None => self.0.push((key.to_owned(), value)),
        }
    }

    pub(crate) fn remove(&mut self, key: &str) {
        self.0.retain(|(own, _)| own != key);
    }

    /// Takes over `changes` key by key. A masked secret that came back masked stays what it is.
    pub(crate) fn merge(&mut self, changes: &Self, connector: &Connector) {
        for (key, value) in &changes.0 {
            if value.as_deref() == Some(MASK) && is_masked(connector, key) {
                continue;
            }
            self.set(key, value.clone());
        }
    }

    /// Everything, for the storage.
    pub(crate) fn to_pairs(&self) -> Vec<(String, Option<String>)> {
        self.0.clone()
    }

    /// What [`to_pairs`](Self::to_pairs) gave.
    pub(crate) fn from_pairs(pairs: Vec<(String, Option<String>)>) -> Self {
        Self(pairs)
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, Option<&str>)> {
        self.0.iter().map(|(key, value)| (key.as_str(), value.as_deref()))
    }

    /// `configuration` as an instance shows it.
    pub(crate) fn masked(&self, connector: &Connector) -> Map<String, Value> {
        self.iter().map(|(key, value)| (key.to_owned(), shown(connector, key, value))).collect()
    }

    /// Keys that must have a value and have none. Those of another group than the chosen one do not count.
    pub(crate) fn missing(&self, connector: &Connector) -> Vec<String> {
        let missing = |definition: &&Definition| {
            definition.required && self.applies(connector, definition) && self.get(&definition.key).is_none()
        };
        connector.configuration.iter().filter(missing).map(|definition| definition.key.clone()).collect()
    }

    fn applies(&self, connector: &Connector, definition: &Definition) -> bool {
        let Some(group) = &definition.group_name else { return true };
        let control = connector.configuration.iter().find(|definition| definition.group_control);
        control.is_none_or(|control| self.get(&control.key) == Some(group))
    }

    /// Everything an answer must not repeat, however it came to hold it.
    pub(crate) fn secrets(&self, connector: &Connector) -> Vec<String> {
        let secret = |key: &str| is_masked(connector, key) || matches!(key, USER_TOKEN | REFRESH_TOKEN);
        self.iter().filter(|(key, _)| secret(key)).filter_map(|(_, value)| value.map(str::to_owned)).collect()
    }
}

/// Whether the value of `key` is never shown (4.3): defined as a password, or one by its name.
pub(crate) fn is_masked(connector: &Connector, key: &str) -> bool {
    connector.definition(key).is_some_and(|definition| definition.kind == ValueKind::Password)
        || matches!(key, API_KEY | API_SECRET | "password")
        || key.ends_with(".password")
        || key.ends_with(".secret")
}

/// A scalar as the string it is kept as; nothing for an array or an object.
fn text_of(value: &Value) -> Option<Option<String>> {
    match value {
        Value::Null => Some(None),
        Value::String(text) => Some(Some(text.clone())),
        Value::Bool(_) | Value::Number(_) => Some(Some(value.to_string())),
        Value::Array(_) | Value::Object(_) => None,
    }
}

fn shown(connector: &Connector, key: &str, value: Option<&str>) -> Value {
    match value {
        Some(_) if is_masked(connector, key) => MASK.into(),
        other => other.into(),
    }
}

/// All entries of an instance's configuration (3.5).
pub(crate) fn entries(connector: &Connector, values: &Values) -> Vec<Value> {
    (0..connector.configuration.len()).filter_map(|position| entry(connector, values, position)).collect()
}

/// The entry at `position` of the connector's definitions.
pub(crate) fn entry(connector: &Connector, values: &Values, position: usize) -> Option<Value> {
    let definition = connector.configuration.get(position).filter(|definition| definition.active)?;
    Some(json!({
        "id": connector.definition_id(position),
        "name": definition.name,
        "key": definition.key,
        "description": definition.description,
        "type": definition.kind,
        "propertyValue": shown(connector, &definition.key, values.raw(&definition.key).flatten()),
        "active": definition.active,
        "required": definition.required,
        "hideFromConsole": definition.hide_from_console,
    }))
}

/// Where in the definitions the entry with this id stands.
pub(crate) fn position(connector: &Connector, id: &str) -> Result<usize, Error> {
    let wanted: Option<u64> = id.parse().ok();
    let active = |position: &usize| connector.configuration[*position].active;
    (0..connector.configuration.len())
        .filter(active)
        .find(|position| Some(connector.definition_id(*position)) == wanted)
        .ok_or_else(|| Error::UnknownConfiguration(super::catalog::printable(id)))
}

/// Reads `propertyValue` of a configuration `PATCH`.
pub(crate) fn property_value(request: &Members) -> Result<Option<String>, Error> {
    if !request.has("propertyValue") {
        return Err(Error::Missing(vec!["propertyValue".to_owned()]));
    }
    text_of(request.value("propertyValue").unwrap_or(&Value::Null))
        .ok_or_else(|| Error::wrong("propertyValue", "a string, a number, a boolean or null"))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::instances::catalog::Catalog;

    fn connector(key: &str) -> Arc<Connector> {
        Arc::clone(Catalog::embedded().unwrap().find(key).unwrap())
    }

    fn values(connector: &Connector, sent: &Value) -> Values {
        let mut values = Values::defaults(connector);
        values.merge(&Values::parse(sent.as_object().unwrap()).unwrap(), connector);
        values
    }

    #[test]
    fn scalars_become_strings_and_nothing_else_is_taken() {
        let sent = json!({"a": true, "b": 5, "c": "x", "d": null});
        let parsed = Values::parse(sent.as_object().unwrap()).unwrap();
        assert_eq!(
            parsed.iter().collect::<Vec<_>>(),
            [("a", Some("true")), ("b", Some("5")), ("c", Some("x")), ("d", None)]
        );
        let refused = Values::parse(json!({"a": {"b": 1}}).as_object().unwrap()).unwrap_err();
        assert!(refused.to_string().starts_with("configuration.a must be"), "{refused}");
    }

    /// INST-456
    #[test]
    fn secrets_are_masked_and_tokens_are_not() {
        let connector = connector("box");
        let values = values(
            &connector,
            &json!({"oauth.api.key": "k", "oauth.api.secret": "s", "oauth.user.token": "t", "quickbase.password": "p"}),
        );
        let shown = values.masked(&connector);
        assert_eq!(shown["oauth.api.key"], MASK);
        assert_eq!(shown["oauth.api.secret"], MASK);
        assert_eq!(shown["quickbase.password"], MASK);
        assert_eq!(shown["oauth.user.token"], "t");
        assert_eq!(shown["oauth.user.refresh_token"], Value::Null);
        assert_eq!(Values::defaults(&connector).masked(&connector)["oauth.api.secret"], Value::Null);
    }

    #[test]
    fn a_mask_that_comes_back_leaves_the_secret() {
        let connector = connector("bigcommerce");
        let mut values = values(&connector, &json!({"password": "hunter2", "username": "u"}));
        let back = json!({"password": MASK, "username": MASK});
        values.merge(&Values::parse(back.as_object().unwrap()).unwrap(), &connector);
        assert_eq!(values.get("password"), Some("hunter2"));
        assert_eq!(
            values.get("username"),
            Some(MASK),
            "a username is not masked, so the stars are its value"
        );
    }

    #[test]
    fn what_is_missing_depends_on_the_group() {
        let connector = connector("bigcommerce");
        assert_eq!(values(&connector, &json!({})).missing(&connector), ["username", "password", "store.url"]);
        let custom = values(&connector, &json!({"authentication.type": "custom", "store.url": "http://x"}));
        assert_eq!(custom.missing(&connector), ["oauth.api.key", "oauth.user.token"]);
    }

    #[test]
    fn debug_shows_no_value() {
        let connector = connector("box");
        let printed = format!("{:?}", values(&connector, &json!({"oauth.user.token": "hunter2"})));
        assert!(printed.contains("oauth.user.token") && !printed.contains("hunter2"), "{printed}");
    }
}
