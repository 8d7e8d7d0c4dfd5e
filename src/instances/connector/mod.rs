//! A connector as its file describes it: the JSON that the API serves, and how the service talks to the vendor.

mod definition;
mod object;
mod path;
mod place;
mod wiring;

use std::{str::FromStr, sync::OnceLock};

use http::{Method, StatusCode};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

use super::{
    catalog::printable,
    configuration::{API_KEY, API_SECRET},
    error::Error,
    template::Template,
};

pub(crate) use definition::{Definition, ValueKind};
pub(crate) use object::{List, Object, ObjectKind, Paging, Part, Substitute, Upload};
pub(crate) use path::ObjectPath;
pub(crate) use place::Place;
pub(crate) use wiring::{Credentials, Discovery, OAuth1, OAuth2, Reason, Wiring};

/// The JSON of a connector (4.2), and `service`, which is never served.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Connector {
    pub(crate) id: u64,
    pub(crate) name: String,
    pub(crate) hook_name: String,
    pub(crate) key: String,
    pub(crate) description: String,
    image: String,
    active: bool,
    deleted: bool,
    type_oauth: bool,
    trial_account: bool,
    resources: Vec<Value>,
    transformations_enabled: bool,
    bulk_download_enabled: bool,
    bulk_upload_enabled: bool,
    pub(crate) cloneable: bool,
    extendable: bool,
    beta: bool,
    pub(crate) authentication: Authentication,
    extended: bool,
    pub(crate) hub: String,
    protocol_type: String,
    parameters: Vec<Value>,
    private: bool,
    pub(crate) configuration: Vec<Definition>,
    #[serde(skip_serializing)]
    pub(crate) service: Wiring,
    /// Whether it is a copy that somebody made, and can be forgotten.
    #[serde(skip)]
    pub(crate) is_copy: bool,
    /// What instances show, made once.
    #[serde(skip)]
    summary: OnceLock<Value>,
}

/// `authentication` of a connector: how it authenticates unless `authentication.type` says otherwise.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Authentication {
    #[serde(rename = "type")]
    pub(crate) kind: String,
}

impl Connector {
    /// The number that instances show as `elementId`: the base connector's, which differs for extended copies.
    pub(crate) fn element_id(&self) -> u64 {
        self.service.base_id.unwrap_or(self.id)
    }

    /// How it authenticates, by a value of `authentication.type`.
    pub(crate) fn credentials(&self, kind: &str) -> Result<&Credentials, Error> {
        let unknown = || Error::UnknownAuthentication { element: self.key.clone(), kind: printable(kind) };
        self.service.credentials.get(kind).ok_or_else(unknown)
    }

    /// A copy with a name of its own. The application of the original is not given away: what a caller would take
    /// over as `oauth.api.key` or `oauth.api.secret` is left empty (3.9).
    pub(crate) fn copy(&self, id: u64, key: String, name: String) -> Self {
        let mut copy = Self { id, key, name, is_copy: true, summary: OnceLock::new(), ..self.clone() };
        copy.cloneable = false;
        copy.service.base_id = Some(self.element_id());
        for definition in &mut copy.configuration {
            if matches!(definition.key.as_str(), API_KEY | API_SECRET) {
                definition.default_value = Some(String::new());
            }
        }
        copy
    }

    /// `element` as instances show it: without the definitions.
    pub(crate) fn summary(&self) -> &Value {
        self.summary.get_or_init(|| {
            let mut element = self.full();
            if let Value::Object(members) = &mut element {
                members.remove("configuration");
            }
            element
        })
    }

    /// The connector as `GET /elements/{keyOrId}` shows it.
    #[expect(clippy::expect_used, reason = "a struct of strings, numbers and JSON values is always JSON")]
    pub(crate) fn full(&self) -> Value {
        serde_json::to_value(self).expect("a connector is JSON")
    }

    pub(crate) fn definition(&self, key: &str) -> Option<&Definition> {
        self.configuration.iter().find(|definition| definition.key == key)
    }

    /// The id of the entry at `position` of the configuration. It belongs to the connector, not to an instance (3.5).
    pub(crate) fn definition_id(&self, position: usize) -> u64 {
        self.element_id() * 1000 + u64::try_from(position).unwrap_or_default() + 1
    }

    /// Every template of the connector, for checks.
    pub(crate) fn templates(&self) -> Vec<&Template> {
        self.service.templates()
    }
}

fn parsed<'de, D: Deserializer<'de>, T: FromStr<Err: std::fmt::Display>>(
    deserializer: D,
) -> Result<T, D::Error> {
    String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
}

fn status<'de, D: Deserializer<'de>>(deserializer: D) -> Result<StatusCode, D::Error> {
    StatusCode::from_u16(u16::deserialize(deserializer)?).map_err(serde::de::Error::custom)
}

fn methods<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Method>, D::Error> {
    let names = Vec::<String>::deserialize(deserializer)?;
    names.iter().map(|name| Method::from_bytes(name.as_bytes()).map_err(serde::de::Error::custom)).collect()
}
