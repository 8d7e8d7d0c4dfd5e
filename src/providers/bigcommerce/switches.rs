//! Which of the two worlds a store has, what an app registered besides its auth callback, and where the evidence about
//! BigCommerce leaves two answers. The defaults are what is documented, and where nothing is, what was seen.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{Vendor, providers};

/// The switches of a tenant's stores.
///
/// ```
/// use rehearsal::{Stage, providers::bigcommerce::{Switches, World}};
///
/// let tenant = Stage::new().tenant();
/// tenant.set_switches(&Switches { world: World::Legacy, ..Switches::default() });
/// assert_eq!(tenant.switches::<Switches>().world, World::Legacy);
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Switches {
    /// Which of the two worlds there is.
    pub world: World,
    /// Hosts by which a store is also known, each with the host that the legacy API sends its callers to (BC-017). A port
    /// that is not named stays what it was.
    pub alias_hosts: BTreeMap<String, String>,
    /// Whether the legacy API sends those who come by plain http to https (BC-070).
    pub https_only: bool,
    /// How the legacy API writes when nothing is said of it (BC-014).
    pub unasked: Representation,
    /// How many calls a legacy account has in an hour (BC-009).
    pub calls_per_hour: u32,
    /// How many calls a store has in half a minute (BC-056): 150 on the plans Standard and Plus, 450 on Pro.
    pub calls_per_window: u32,
    /// The look of codes and tokens (BC-026).
    pub tokens: TokenLook,
    /// What the token answer holds (BC-022).
    pub token_answer: TokenAnswer,
    /// What the token endpoint says when something is missing (BC-032).
    pub missing: Missing,
    /// Whether the count of orders is also told by status (BC-060).
    pub orders_by_status: bool,
    /// What the callbacks of an app are signed by (BC-040, BC-042).
    pub payload: Payload,
    /// What apps registered besides their auth callback, by client id. An app that is not named has no such callbacks.
    pub callbacks: BTreeMap<String, Callbacks>,
}

impl Default for Switches {
    fn default() -> Self {
        Self {
            world: World::default(),
            alias_hosts: BTreeMap::new(),
            https_only: false,
            unasked: Representation::default(),
            calls_per_hour: 20_000,
            calls_per_window: 150,
            tokens: TokenLook::default(),
            token_answer: TokenAnswer::default(),
            missing: Missing::default(),
            orders_by_status: true,
            payload: Payload::default(),
            callbacks: BTreeMap::new(),
        }
    }
}

impl providers::Switches for Switches {
    const VENDOR: Vendor = Vendor::BigCommerce;
}

/// Where an app is called or opened from BigCommerce.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Callbacks {
    /// Where the browser goes when a merchant opens the app (BC-040).
    pub load: Option<String>,
    /// What is called when the app is uninstalled (BC-038).
    pub uninstall: Option<String>,
    /// What is called when a user loses access to the app (BC-039).
    pub remove_user: Option<String>,
}

/// Which of the two worlds there is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum World {
    /// Both.
    #[default]
    Both,
    /// Legacy API accounts alone.
    Legacy,
    /// Apps alone: a new store cannot make legacy accounts.
    App,
}

/// How the legacy API writes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Representation {
    /// XML, as the older documentation has it.
    #[default]
    Xml,
    /// JSON, which is all that the newer documentation speaks of.
    Json,
}

/// The look of codes and tokens.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TokenLook {
    /// 30 or 31 digits and lower-case letters.
    #[default]
    Lower,
    /// 31 digits and letters of both cases, as in newer samples.
    Mixed,
}

/// What the token answer holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TokenAnswer {
    /// Token, scope, user, owner, context and account.
    #[default]
    Current,
    /// Token, scope, user with id and email, and context.
    Older,
}

/// What the token endpoint says when something is missing: two answers were seen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Missing {
    /// An error in JSON to those who say what they accept, and to the others a way to the login page.
    #[default]
    ByAccept,
    /// An error in JSON.
    Error,
    /// A way to the login page.
    Login,
}

/// What a callback carries.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Payload {
    /// `signed_payload_jwt`.
    #[default]
    Jwt,
    /// `signed_payload`, as before.
    Older,
    /// Both, as in the years between.
    Both,
}
