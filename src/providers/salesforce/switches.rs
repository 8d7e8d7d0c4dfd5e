//! What an administrator of the org decides, and where the evidence about Salesforce leaves two answers. The defaults
//! are what is documented, and where nothing is, what was seen.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{Secret, Vendor, jws::PublicKey, oauth::Rotation, providers};

/// The switches of one org.
///
/// ```
/// use rehearsal::{Stage, providers::salesforce::{Era, Switches}};
///
/// let tenant = Stage::new().tenant();
/// tenant.set_switches(&Switches { era: Era::Rotating, ..Switches::default() });
/// assert_eq!(tenant.switches::<Switches>().era, Era::Rotating);
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Switches {
    /// Whether a refresh gives a new refresh token (SFDC-032, SFDC-034).
    pub era: Era,
    /// What an address is taken for that is none of Salesforce's own hosts (SFDC-042).
    pub address: Address,
    /// Whether the org is a sandbox: its users log in at `test.salesforce.com`.
    pub sandbox: bool,
    /// What is said of a code that was never issued (SFDC-019).
    pub garbage_code: GarbageCode,
    /// What is said when the code verifier is missing.
    pub missing_verifier: MissingVerifier,
    /// What is said of a user who was switched off (SFDC-085).
    pub inactive_user: InactiveUser,
    /// What is said of a wrong password (SFDC-041).
    pub wrong_password: WrongPassword,
    /// What keeps users from logging in by name and password, if anything.
    pub login_barrier: LoginBarrier,
    /// What users have to append to their passwords when they log in without a page, if anything.
    #[serde(with = "hidden")]
    pub security_token: Option<Secret>,
    /// Whether the token endpoint takes name and password; newer orgs start with this off.
    pub password_flow: bool,
    /// Whether the SOAP login takes name and password.
    pub soap_login: bool,
    /// False once the org is locked, closed or suspended.
    pub active: bool,
    /// Whether the org's edition has the REST API.
    pub api: bool,
    /// How many calls of the REST API a day may have (SFDC-073, SFDC-076).
    pub daily_calls: u64,
    /// The kinds of records that the users may read and not write.
    pub read_only: Vec<String>,
    /// Whether a device that polls more often than every five seconds is told to slow down.
    pub slow_down: bool,
    /// What holds for every app that `apps` does not name.
    pub app: AppSettings,
    /// What holds for single apps, by client id.
    pub apps: BTreeMap<String, AppSettings>,
}

impl Default for Switches {
    fn default() -> Self {
        Self {
            era: Era::default(),
            address: Address::default(),
            sandbox: false,
            garbage_code: GarbageCode::default(),
            missing_verifier: MissingVerifier::default(),
            inactive_user: InactiveUser::default(),
            wrong_password: WrongPassword::default(),
            login_barrier: LoginBarrier::default(),
            security_token: None,
            password_flow: true,
            soap_login: true,
            active: true,
            api: true,
            daily_calls: 15_000,
            read_only: Vec::new(),
            slow_down: false,
            app: AppSettings::default(),
            apps: BTreeMap::new(),
        }
    }
}

impl providers::Switches for Switches {
    const VENDOR: Vendor = Vendor::Salesforce;
}

impl Switches {
    /// What holds for an app.
    #[must_use]
    pub fn of_app(&self, client_id: &str) -> &AppSettings {
        self.apps.get(client_id).unwrap_or(&self.app)
    }
}

/// A secret that stands in the open in configuration, and nowhere else.
mod hidden {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    use crate::Secret;

    #[expect(clippy::ref_option, reason = "serde passes fields by reference")]
    pub(super) fn serialize<S: Serializer>(
        secret: &Option<Secret>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        secret.as_ref().map(Secret::expose).serialize(serializer)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<Secret>, D::Error> {
        Ok(Option::<String>::deserialize(deserializer)?.map(Secret::from))
    }
}

/// Two eras of the refresh.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Era {
    /// A refresh token stays what it is.
    #[default]
    Classic,
    /// Each refresh gives a new refresh token, and presenting an old one ends the whole grant. New external client apps
    /// have to use it.
    Rotating,
}

impl Era {
    pub(super) fn rotation(self) -> Rotation {
        match self {
            Self::Classic => Rotation::Never,
            Self::Rotating => Rotation::Strict { replay_kills_grant: true },
        }
    }
}

/// What an address that Salesforce does not have is taken for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Address {
    /// The org's own domain.
    #[default]
    MyDomain,
    /// `login.salesforce.com`.
    Login,
    /// `test.salesforce.com`.
    Test,
}

/// What is said of a code that was never issued.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum GarbageCode {
    /// `invalid authorization code`.
    #[default]
    Invalid,
    /// `expired authorization code`, as of a code that was used.
    Expired,
}

/// With which error a missing code verifier is told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MissingVerifier {
    /// `invalid_grant`.
    #[default]
    InvalidGrant,
    /// `invalid_request`.
    InvalidRequest,
}

/// What is said of a user who was switched off.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum InactiveUser {
    /// `invalid_grant`, `inactive user`, as it was seen.
    #[default]
    InvalidGrant,
    /// `inactive_user`, `user is inactive`, as the guide has it.
    InactiveUser,
}

/// What is said of a wrong password.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum WrongPassword {
    /// `authentication failure`.
    #[default]
    Short,
    /// `authentication failure - Invalid Password`, of older years.
    Long,
}

/// What keeps users from logging in by name and password.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LoginBarrier {
    /// Nothing.
    #[default]
    None,
    /// The caller's address is not in the org's list.
    Address,
    /// It is not among the user's login hours.
    Hours,
    /// The device is unknown, and its verification was not completed.
    Activation,
    /// Too many logins.
    Rate,
}

/// What an administrator decided about an app.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct AppSettings {
    /// Whether a code is exchanged only with the secret (SFDC-007).
    pub secret_for_code: bool,
    /// Whether a token is refreshed only with the secret (SFDC-007).
    pub secret_for_refresh: bool,
    /// Whether the authorize step needs a code challenge (SFDC-015).
    pub pkce: bool,
    /// Whether the app may look at every token, those of the password flow too (SFDC-059).
    pub introspects_all: bool,
    /// Whether the org has the app.
    pub installed: Installed,
    /// Who may use it.
    pub permitted_users: PermittedUsers,
    /// The logins that an administrator approved in advance.
    pub approved_users: Vec<String>,
    /// As whom it runs when it acts for itself (SFDC-043).
    pub runs_as: RunsAs,
    /// Whether devices may use it (SFDC-048).
    pub device_flow: bool,
    /// The keys whose signatures on assertions are the app's own, as PEM (SFDC-006, SFDC-044).
    pub keys: Vec<PublicKey>,
    /// How many calls a day the app may make; then each answer says so (SFDC-073).
    pub daily_calls: Option<u64>,
}

impl Default for AppSettings {
    fn default() -> Self {
        Self {
            secret_for_code: true,
            secret_for_refresh: true,
            pkce: false,
            introspects_all: false,
            installed: Installed::default(),
            permitted_users: PermittedUsers::default(),
            approved_users: Vec::new(),
            runs_as: RunsAs::default(),
            device_flow: true,
            keys: Vec::new(),
            daily_calls: None,
        }
    }
}

impl AppSettings {
    /// Whether an administrator approved the user behind `login` in advance.
    #[must_use]
    pub fn is_approved(&self, login: &str) -> bool {
        self.approved_users.iter().any(|of| of == login)
    }

    /// Whether a user's own approval, or the lack of one, decides.
    #[must_use]
    pub fn lets_users_decide(&self) -> bool {
        self.permitted_users == PermittedUsers::SelfAuthorize
    }
}

/// Whether the org has the app.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Installed {
    /// It has.
    #[default]
    Yes,
    /// A connected app that is not installed: since September 2025 ordinary users cannot approve it.
    NoConnectedApp,
    /// An external client app that is not installed.
    NoExternalClientApp,
}

/// Who may use an app.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PermittedUsers {
    /// Everybody who consents.
    #[default]
    SelfAuthorize,
    /// Those whom an administrator approved.
    AdminApproved,
}

/// As whom an app runs when it acts for itself. The demo app is ready for it; a new one at Salesforce is not.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RunsAs {
    /// As the user registered first.
    #[default]
    FirstUser,
    /// As the user with this login.
    User(String),
    /// As nobody: no user was chosen.
    Nobody,
    /// Not at all: the flow is not enabled.
    Disabled,
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
            "address": "login",
            "apps": { "mine": { "runs-as": { "user": "a@b" }, "keys": [key], "daily-calls": 250 } },
        }));
        let switches = switches.unwrap();
        assert_eq!(switches.of_app("mine").runs_as, RunsAs::User("a@b".into()));
        assert_eq!(switches.of_app("other"), &AppSettings::default());
        assert_eq!(read(serde_json::to_value(&switches).unwrap()).unwrap(), switches);
        let refused = |value| read(value).unwrap_err().to_string();
        assert!(refused(json!({ "adress": "login" })).contains("unknown field `adress`"));
        assert!(refused(json!({ "app": { "keys": ["x"] } })).contains("no PEM of a public key"));
    }
}
