//! What a connector can authenticate with, and what each way needs (3.9).

use serde_json::{Value, json};

use super::{catalog::printable, connector::Connector, error::Error};

/// The kinds of credentials that instances of the connector may have.
pub(crate) fn kinds(connector: &Connector) -> impl Iterator<Item = &str> {
    connector.service.credentials.keys().map(String::as_str)
}

/// The definitions that count for one kind, and what `providerData` holds.
pub(crate) fn configurations(connector: &Connector, kind: &str) -> Result<Value, Error> {
    if !connector.service.credentials.contains_key(kind) {
        return Err(Error::NothingNamed { kind: "authentication type", name: printable(kind) });
    }
    let counts = |group: &Option<String>| group.as_ref().is_none_or(|group| group == kind);
    let definitions: Vec<_> =
        connector.configuration.iter().filter(|definition| counts(&definition.group_name)).collect();
    Ok(json!({ "configuration": definitions, "providerData": provider_data(connector, kind) }))
}

/// What a create hands over from the callback, as definitions of their own.
pub(crate) fn provider_data(connector: &Connector, kind: &str) -> Value {
    let members: &[&str] = match kind {
        "oauth2" => &["code"],
        "oauth1" => &["oauth_token", "oauth_verifier", "secret"],
        _ => &[],
    };
    let own = members.iter().map(|name| json!({ "key": name, "required": true }));
    let extra = connector.service.provider_data.iter().filter(|_| !members.is_empty());
    let extra = extra.map(|(name, key)| {
        let required = connector.definition(key).is_some_and(|definition| definition.required);
        json!({ "key": name, "required": required })
    });
    own.chain(extra).collect()
}
