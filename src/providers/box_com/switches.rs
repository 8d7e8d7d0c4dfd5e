//! What an administrator of the enterprise decides, and where the evidence about Box leaves two answers. The defaults
//! are what is documented, and where nothing is, what was seen.

use std::{collections::BTreeMap, time::Duration};

use serde::{Deserialize, Serialize};

use crate::{Vendor, duration_text, jws::PublicKey, oauth::Rotation, providers};

/// The switches of one enterprise.
///
/// ```
/// use rehearsal::{Stage, providers::box_com::{RefreshTokens, Switches}};
///
/// let tenant = Stage::new().tenant();
/// tenant.set_switches(&Switches { refresh_tokens: RefreshTokens::Strict, ..Switches::default() });
/// assert_eq!(tenant.switches::<Switches>().refresh_tokens, RefreshTokens::Strict);
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Switches {
    /// When a refresh token that was used dies (BOX-029, BOX-030, BOX-033).
    pub refresh_tokens: RefreshTokens,
    /// What becomes of the tokens of a code that is presented again (BOX-019).
    pub code_replay: CodeReplay,
    /// How little apart two refreshes by one token have to be to count as made at the same time; the second is then
    /// answered 409 (BOX-034). Nothing counts so if none is given.
    #[serde(with = "duration_text::option")]
    pub simultaneous_refreshes: Option<Duration>,
    /// What is said when a token is to be revoked that is unknown or dead (BOX-053).
    pub unknown_revocation: UnknownRevocation,
    /// How a token that has expired is told.
    pub expired_token: ExpiredToken,
    /// With which error an exchange for more than the token's own scopes is refused.
    pub wide_exchange: WideExchange,
    /// The enterprise's id, which JWTs and client credentials name as their subject.
    pub enterprise: String,
    /// The logins of the enterprise's administrators, who may act as others (BOX-070); the user registered first if
    /// none are named.
    pub administrators: Vec<String>,
    /// The folders in the root folder, by name, whose content the users may see and not change (BOX-059).
    pub view_only: Vec<String>,
    /// What holds for every app that `apps` does not name.
    pub app: AppSettings,
    /// What holds for single apps, by client id.
    pub apps: BTreeMap<String, AppSettings>,
}

impl Default for Switches {
    fn default() -> Self {
        Self {
            refresh_tokens: RefreshTokens::default(),
            code_replay: CodeReplay::default(),
            simultaneous_refreshes: None,
            unknown_revocation: UnknownRevocation::default(),
            expired_token: ExpiredToken::default(),
            wide_exchange: WideExchange::default(),
            enterprise: "1234567".to_owned(),
            administrators: Vec::new(),
            view_only: Vec::new(),
            app: AppSettings::default(),
            apps: BTreeMap::new(),
        }
    }
}

impl providers::Switches for Switches {
    const VENDOR: Vendor = Vendor::Box;
}

impl Switches {
    /// What holds for an app.
    #[must_use]
    pub fn of_app(&self, client_id: &str) -> &AppSettings {
        self.apps.get(client_id).unwrap_or(&self.app)
    }
}

/// When a refresh token that was used dies.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RefreshTokens {
    /// When the new access token is first used. Until then the old one gives the same new pair again. This is what Box
    /// does.
    #[default]
    Grace,
    /// At once. This is what Box documents.
    Strict,
}

impl RefreshTokens {
    pub(super) fn rotation(self) -> Rotation {
        match self {
            Self::Grace => Rotation::Grace,
            Self::Strict => Rotation::Strict { replay_kills_grant: false },
        }
    }
}

/// What becomes of the tokens of a code that is presented again.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CodeReplay {
    /// They live on.
    #[default]
    Forgiven,
    /// They die.
    Revokes,
}

/// What is said when a token is to be revoked that is unknown or dead.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum UnknownRevocation {
    /// 400, `invalid_token`.
    #[default]
    Refused,
    /// 200, as if it had been alive.
    Accepted,
}

/// How a token that has expired is told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ExpiredToken {
    /// `The access token provided is invalid.`, as every dead token.
    #[default]
    Invalid,
    /// `The access token provided has expired.`
    Expired,
}

/// With which error an exchange for more than the token's own scopes is refused.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum WideExchange {
    /// `insufficient_scope`.
    #[default]
    InsufficientScope,
    /// `invalid_scope`.
    InvalidScope,
}

impl WideExchange {
    pub(super) fn error(self) -> &'static str {
        match self {
            Self::InsufficientScope => "insufficient_scope",
            Self::InvalidScope => "invalid_scope",
        }
    }
}

/// What the developer console and the enterprise's administrator say of an app.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct AppSettings {
    /// The public keys of its JWTs, as PEM, by the key id that Box gave them (BOX-044).
    pub keys: BTreeMap<String, PublicKey>,
    /// Whether an app with server authentication may have tokens of users, and not only its own.
    pub user_tokens: bool,
    /// Whether it may act as other users (BOX-070).
    pub as_user: bool,
    /// Whether it gets a token by its credentials alone, without a subject. That has been seen to work for apps that
    /// were made for user authentication.
    pub subjectless: bool,
}

impl Default for AppSettings {
    fn default() -> Self {
        Self { keys: BTreeMap::new(), user_tokens: true, as_user: false, subjectless: false }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn switches_are_read_as_written_and_unknown_ones_refused() {
        let key = include_str!("../../../tests/wire/keys/client.pub");
        let read = |value| serde_json::from_value::<Switches>(value);
        let switches = read(json!({
            "refresh-tokens": "strict",
            "simultaneous-refreshes": "50ms",
            "apps": { "mine": { "keys": { "k1": key }, "as-user": true } },
        }));
        let switches = switches.unwrap();
        assert_eq!(switches.simultaneous_refreshes, Some(Duration::from_millis(50)));
        assert!(switches.of_app("mine").as_user && !switches.of_app("other").as_user);
        assert_eq!(read(serde_json::to_value(&switches).unwrap()).unwrap(), switches);
        let refused = |value| read(value).unwrap_err().to_string();
        assert!(refused(json!({ "refresh-token": "strict" })).contains("unknown field `refresh-token`"));
        assert!(refused(json!({ "app": { "keys": { "k1": "x" } } })).contains("no PEM of a public key"));
    }
}
