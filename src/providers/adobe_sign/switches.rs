//! Where an account lives, which versions it is served, and where the evidence about Adobe Sign leaves two answers. The
//! defaults are what is documented, and where nothing is, what was seen.

use http::StatusCode;
use serde::{Deserialize, Serialize};

use crate::{Vendor, providers};

/// The switches of one account.
///
/// ```
/// use rehearsal::{Stage, providers::adobe_sign::{Shard, Switches}};
///
/// let tenant = Stage::new().tenant();
/// tenant.set_switches(&Switches { shard: Shard::Eu2, ..Switches::default() });
/// assert_eq!(tenant.switches::<Switches>().shard, Shard::Eu2);
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Switches {
    /// Where the account lives. At an address that is none of the vendor's hosts, every shard is right (ADOBE-016,
    /// ADOBE-053).
    pub shard: Shard,
    /// The name before the shard in the web access point, in place of `secure` (ADOBE-065).
    pub vanity: Option<String>,
    /// The apps, by client id, that the vendor's partners sell to many accounts; they start at the hosts without a shard.
    /// All others are a customer's own, and start at its shard.
    pub partner_apps: Vec<String>,
    /// Which versions of the OAuth paths there are.
    pub oauth: OAuthVersions,
    /// Which versions of the REST API there are.
    pub rest: RestVersions,
    /// In which case the redirect spells an error (ADOBE-012).
    pub error_case: ErrorCase,
    /// Whether the redirect of OAuth v2 names the access points, as that of v1 does (ADOBE-010).
    pub access_points_in_v2_redirect: bool,
    /// The status of a call at the wrong shard (ADOBE-053).
    pub wrong_shard: WrongShard,
    /// How often the same may be read before the vendor minds (ADOBE-061).
    pub polling: Polling,
    /// Whether who reads again too soon has to wait from then on, as in accounts made after May 2025.
    pub polling_penalty: bool,
}

impl Default for Switches {
    fn default() -> Self {
        Self {
            shard: Shard::default(),
            vanity: None,
            partner_apps: Vec::new(),
            oauth: OAuthVersions::default(),
            rest: RestVersions::default(),
            error_case: ErrorCase::default(),
            access_points_in_v2_redirect: true,
            wrong_shard: WrongShard::default(),
            polling: Polling::default(),
            polling_penalty: false,
        }
    }
}

impl providers::Switches for Switches {
    const VENDOR: Vendor = Vendor::AdobeSign;
}

/// Where an account lives.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[expect(missing_docs, reason = "the names are all there is to say")]
pub enum Shard {
    #[default]
    Na1,
    Na2,
    Na3,
    Na4,
    Eu1,
    Eu2,
    Jp1,
    Au1,
    In1,
    Sg1,
}

impl Shard {
    /// Every shard.
    pub const ALL: [Self; 10] = [
        Self::Na1,
        Self::Na2,
        Self::Na3,
        Self::Na4,
        Self::Eu1,
        Self::Eu2,
        Self::Jp1,
        Self::Au1,
        Self::In1,
        Self::Sg1,
    ];

    /// As hosts spell it: `na1`.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::Na1 => "na1",
            Self::Na2 => "na2",
            Self::Na3 => "na3",
            Self::Na4 => "na4",
            Self::Eu1 => "eu1",
            Self::Eu2 => "eu2",
            Self::Jp1 => "jp1",
            Self::Au1 => "au1",
            Self::In1 => "in1",
            Self::Sg1 => "sg1",
        }
    }
}

/// Versions of the OAuth paths. New apps are told to use v2; a report says that an app of v2 was refused at v1.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum OAuthVersions {
    /// Both, and what one issued the other takes.
    #[default]
    Both,
    /// `/public/oauth` and `/oauth/…` alone.
    V1,
    /// `/public/oauth/v2` and `/oauth/v2/…` alone.
    V2,
}

/// Versions of the REST API.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum RestVersions {
    /// Both.
    #[default]
    Both,
    /// The older alone.
    V5,
    /// The newer alone.
    V6,
}

/// How an error is spelt in a redirect: the documentation prints capitals, the wire has lower case everywhere else.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ErrorCase {
    /// `access_denied`.
    #[default]
    Lower,
    /// `ACCESS_DENIED`.
    Upper,
}

/// The status of a call at the wrong shard: the documentation says one, integrators write another.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum WrongShard {
    /// 403.
    #[default]
    Forbidden,
    /// 401.
    Unauthorized,
}

impl WrongShard {
    pub(super) fn status(self) -> StatusCode {
        match self {
            Self::Forbidden => StatusCode::FORBIDDEN,
            Self::Unauthorized => StatusCode::UNAUTHORIZED,
        }
    }
}

/// How often the same may be read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Polling {
    /// As often as one likes. The vendor does mind; a test suite that does not know it would be surprised.
    #[default]
    Unwatched,
    /// Three times a minute, as in accounts of the kinds GLOBAL and ENTERPRISE.
    Enterprise,
    /// Once in ten minutes, as in all others.
    Other,
}
