//! Which gateway a domain is behind, its limits, and where the evidence about Egnyte leaves two answers. The defaults are
//! what is documented, and where nothing is, what was seen.

use std::collections::BTreeMap;

use http::StatusCode;
use serde::{Deserialize, Serialize};

use crate::{Vendor, providers};

/// The switches of a tenant's domains.
///
/// ```
/// use rehearsal::{Stage, providers::egnyte::{Era, Limits, Switches}};
///
/// let tenant = Stage::new().tenant();
/// tenant.set_switches(&Switches { era: Era::Classic, limits: Limits::Off, ..Switches::default() });
/// assert_eq!(tenant.switches::<Switches>().era, Era::Classic);
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Switches {
    /// Which of the two gateways stands before the API. To change it changes the policy, too.
    pub era: Era,
    /// Whether calls are limited (EGN-047). Switch it off where a test calls faster than an app may.
    pub limits: Limits,
    /// How many calls of the API a token may make in a second (EGN-044, EGN-046).
    pub calls_per_second: u32,
    /// How many calls of the API a token may make in a day of UTC (EGN-045, EGN-046).
    pub calls_per_day: u32,
    /// How often the key of a public app may call the token endpoint in an hour (EGN-031).
    pub token_calls_per_hour: u32,
    /// How often a user may, by the key of an internal app (EGN-031).
    pub token_calls_per_user_and_hour: u32,
    /// Whether `/puboauth/authorize` is there; the first gateway may not have had it (EGN-003).
    pub authorize_path: bool,
    /// The keys that are good for one domain alone, as new ones are until they are certified: client id and domain
    /// (EGN-013).
    pub keys_of_one_domain: BTreeMap<String, String>,
    /// What a wrong secret is answered behind the gateway of today (EGN-025).
    pub wrong_secret: WrongSecret,
    /// What the first gateway says to a token that was good once (EGN-038).
    pub dead_token: DeadToken,
    /// Whether the users' truth values and ids are texts, and `resources` is `Resources`, as was seen at times
    /// (EGN-051).
    pub users_as_text: bool,
}

impl Default for Switches {
    fn default() -> Self {
        Self {
            era: Era::default(),
            limits: Limits::default(),
            calls_per_second: 2,
            calls_per_day: 1000,
            token_calls_per_hour: 100,
            token_calls_per_user_and_hour: 10,
            authorize_path: true,
            keys_of_one_domain: BTreeMap::new(),
            wrong_secret: WrongSecret::default(),
            dead_token: DeadToken::default(),
            users_as_text: false,
        }
    }
}

impl providers::Switches for Switches {
    const VENDOR: Vendor = Vendor::Egnyte;
}

/// Two eras of the gateway.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Era {
    /// The gateway of today: tokens of thirty days with refresh tokens, refusals by 401 and 429.
    #[default]
    Current,
    /// The first one, until about 2024: tokens without a clock, refusals by 403. Most SDKs were written for it.
    Classic,
}

/// Whether calls are limited.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Limits {
    /// As the vendor documents.
    #[default]
    On,
    /// Not at all; calls are counted still.
    Off,
}

/// What a wrong secret is answered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum WrongSecret {
    /// 401 `invalid_client`.
    #[default]
    Unauthorized,
    /// 400 `invalid_client`.
    BadRequest,
}

impl WrongSecret {
    pub(super) fn status(self) -> StatusCode {
        match self {
            Self::Unauthorized => StatusCode::UNAUTHORIZED,
            Self::BadRequest => StatusCode::BAD_REQUEST,
        }
    }
}

/// What the first gateway says to a token that was good once: it answers 403, and its documentation has apps expect 401.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DeadToken {
    /// 403, as to a token that never was.
    #[default]
    Forbidden,
    /// 401.
    Unauthorized,
}
