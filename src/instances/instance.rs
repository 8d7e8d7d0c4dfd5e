//! An instance, and the JSON it is shown as (section 4).

use std::{collections::VecDeque, sync::Arc};

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::{
    Service,
    configuration::{self, Values},
    connector::Connector,
    oauth1::Verified,
    resources::Resources,
    store::CallerId,
    tokens::Tokens,
};
use crate::{Secret, Timestamp};

/// How many former tokens an instance remembers, so that an old representation sent back cannot revive them.
const REMEMBERED: usize = 16;
/// With this many refreshes refused in a row, an instance is disabled (5.2).
const REFUSALS: u32 = 5;

/// An authenticated connection of one caller to one connector.
#[derive(Clone, Debug)]
pub(crate) struct Instance {
    pub(crate) id: u64,
    pub(crate) owner: CallerId,
    pub(crate) token: Secret,
    pub(crate) created: Timestamp,
    pub(crate) connector: Arc<Connector>,
    pub(crate) name: String,
    pub(crate) tags: Vec<String>,
    pub(crate) valid: bool,
    pub(crate) disabled: bool,
    pub(crate) external_authentication: ExternalAuthentication,
    pub(crate) values: Values,
    pub(crate) resources: Resources,
    /// Refused by the vendor, one after the other.
    pub(crate) failed_refreshes: u32,
    pub(crate) former_tokens: VecDeque<Secret>,
}

/// Who obtained the first tokens.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum ExternalAuthentication {
    /// The service.
    #[default]
    None,
    /// The caller, who handed them over.
    Initial,
}

/// What an instance is made of.
#[derive(Debug)]
pub(crate) struct Draft {
    pub(crate) owner: CallerId,
    pub(crate) connector: Arc<Connector>,
    pub(crate) name: String,
    pub(crate) tags: Vec<String>,
    pub(crate) external_authentication: ExternalAuthentication,
    pub(crate) values: Values,
}

impl Instance {
    pub(crate) fn new(draft: Draft, id: u64, token: Secret, created: Timestamp) -> Self {
        let Draft { owner, connector, name, tags, external_authentication, values } = draft;
        Self {
            id,
            owner,
            token,
            created,
            connector,
            name,
            tags,
            valid: true,
            disabled: false,
            external_authentication,
            values,
            resources: Resources::default(),
            failed_refreshes: 0,
            former_tokens: VecDeque::new(),
        }
    }

    /// Takes over new tokens. The instance is valid again.
    pub(crate) fn adopt(&mut self, tokens: &Tokens) {
        self.adopt_with(|values| tokens.store_into(values));
    }

    /// The same with OAuth 1.0.
    pub(crate) fn adopt_verified(&mut self, verified: &Verified, now: Timestamp) {
        self.adopt_with(|values| {
            verified.store_into(values);
            values.set(configuration::REFRESH_TIME, Some(now.as_millis().to_string()));
        });
    }

    fn adopt_with(&mut self, store: impl FnOnce(&mut Values)) {
        for key in [configuration::USER_TOKEN, configuration::REFRESH_TOKEN] {
            if let Some(former) = self.values.get(key).map(Secret::from) {
                self.former_tokens.push_back(former);
            }
        }
        store(&mut self.values);
        let current = &self.values;
        self.former_tokens.retain(|former| {
            [configuration::USER_TOKEN, configuration::REFRESH_TOKEN]
                .iter()
                .all(|key| current.get(key) != Some(former.expose()))
        });
        while self.former_tokens.len() > REMEMBERED {
            self.former_tokens.pop_front();
        }
        self.valid = true;
        self.failed_refreshes = 0;
    }

    /// Notes that the vendor refused to refresh the tokens. Once too often, the instance has to be enabled again.
    pub(crate) fn miss_refresh(&mut self) {
        self.valid = false;
        self.failed_refreshes += 1;
        if self.failed_refreshes >= REFUSALS {
            self.disabled = true;
        }
    }

    /// Tokens it had before, oldest first.
    pub(crate) fn former_tokens(&self) -> impl Iterator<Item = &Secret> {
        self.former_tokens.iter()
    }

    /// Merges changes of the configuration. Tokens that were replaced in the meantime are the echo of an older
    /// representation: taking them over would undo a refresh.
    pub(crate) fn configure(&mut self, changes: &Values) {
        let mut changes = changes.clone();
        for (token, companions) in [
            (
                configuration::USER_TOKEN,
                [configuration::REFRESH_TIME, configuration::REFRESH_INTERVAL, configuration::TOKEN_SECRET]
                    .as_slice(),
            ),
            (configuration::REFRESH_TOKEN, &[]),
        ] {
            let stale = changes
                .get(token)
                .is_some_and(|sent| self.former_tokens.iter().any(|former| former.matches(sent)));
            if stale {
                changes.remove(token);
                for key in companions {
                    changes.remove(key);
                }
            }
        }
        self.values.merge(&changes, &self.connector);
    }

    /// How it authenticates: as its configuration says, or else as its connector does.
    pub(crate) fn authentication(&self) -> &str {
        authentication(&self.connector, &self.values)
    }

    /// The instance as JSON.
    pub(crate) fn to_json(&self, service: &Service, view: View) -> Value {
        let user = service.store().account(self.owner);
        let mut members = Map::new();
        let mut put = |name: &str, value: Value| members.insert(name.to_owned(), value);
        put("id", self.id.into());
        put("name", self.name.as_str().into());
        put("createdDate", self.created.iso().into());
        put("token", self.token.expose().into());
        put("element", self.element(view));
        put("elementId", self.connector.element_id().into());
        put("tags", self.tags.as_slice().into());
        put("provisionInteractions", json!([]));
        put("valid", self.valid.into());
        put("disabled", self.disabled.into());
        put("maxCacheSize", 0.into());
        put("cacheTimeToLive", 0.into());
        if view != View::Brief {
            put("configuration", self.values.masked(&self.connector).into());
        }
        let notified = self.values.get(configuration::EVENTS) == Some("true");
        put("eventsEnabled", notified.into());
        if let Some(url) = self.values.get(configuration::EVENTS_URL).filter(|_| notified) {
            put("eventsNotificationCallbackUrl", url.into());
        }
        put("traceLoggingEnabled", false.into());
        put("cachingEnabled", false.into());
        put("externalAuthentication", json!(self.external_authentication));
        let user = user.map(|user| {
            json!({
                "id": user.id,
                "emailAddress": user.email_address,
                "firstName": user.first_name,
                "lastName": user.last_name,
            })
        });
        put("user", user.unwrap_or_default());
        Value::Object(members)
    }

    fn element(&self, view: View) -> Value {
        let connector = &self.connector;
        match view {
            View::Full | View::Brief => connector.summary().clone(),
            View::Account => json!({
                "id": connector.id,
                "name": connector.name,
                "key": connector.key,
                "hub": connector.hub,
            }),
        }
    }
}

/// How much of an instance is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum View {
    /// Everything.
    Full,
    /// Without the configuration, as in a list that is not hydrated.
    Brief,
    /// With little of the connector, as in the lists of an account.
    Account,
}

/// The kind of credentials that `values` choose at `connector`.
pub(crate) fn authentication<'a>(connector: &'a Connector, values: &'a Values) -> &'a str {
    let chooses = connector.service.credentials.len() > 1;
    let chosen = values.get(configuration::AUTHENTICATION_TYPE).filter(|_| chooses);
    chosen.unwrap_or(&connector.authentication.kind)
}
