//! Egnyte: one host per customer, long-lived tokens, and the Public API.
//!
//! The facts come from Egnyte's public documentation, its SDKs, and answers that people have published; their ids
//! (`EGN-…`) are those of the fidelity table.
//!
//! A customer's host is `{domain}.egnyte.com`. A stand-in on a plain address has no host names, so every route is also
//! served under `/{domain}/…`; see `address.rs`. Without either, the credential says which domain is meant.

mod address;
mod api;
mod auth;
mod content;
mod counters;
mod drive;
mod errors;
mod gateway;
mod pages;
mod switches;
mod transfer;

use std::{
    borrow::Cow,
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use http::Method;
use serde::{Deserialize, Serialize};

use crate::{
    Reply, Vendor,
    fault::Trouble,
    mint::{ALPHANUMERIC, DIGITS, LOWER_ALPHANUMERIC},
    oauth::{App, AuthorizationServer, Cascade, Flow, Formats, Life, Limit, Policy, Refusal, Rotation, User},
    providers::{
        call::Call,
        house::{self, Answer, operations},
        switches::Switchboard,
    },
    tenant::{Ground, Holder, Tenant},
};

use address::Address;
use serde_json::Value;

use counters::{Counters, TokenCalls};
use drive::Drive;
use errors::TokenError;
use gateway::{CLASSIC_ALPHABET, Gateway};

pub use switches::{DeadToken, Era, Limits, Switches, WrongSecret};

/// How Egnyte's codes and tokens live and die today.
pub const POLICY: Policy = Policy {
    code_life: Duration::from_secs(60),                          // EGN-022
    code_replay_kills_grant: false,                              // EGN-021; not known to kill
    access_life: Life::For(Duration::from_secs(30 * 24 * 3600)), // EGN-019
    refreshable: true,                                           // EGN-019
    refresh_life: None,                                          // not documented
    refresh_restarts: false,
    rotation: Rotation::Strict { replay_kills_grant: false }, // EGN-028
    revoking_access: Cascade::Grant,                          // EGN-033
    revoking_refresh: Cascade::Alone,                         // EGN-033
    limit: Limit::None,
};

/// How they did behind the first gateway, which the older SDKs were written for: tokens without a clock, and nothing to
/// refresh (EGN-018). [`Era::Classic`] has it; a tenant that is given this policy also gets that gateway's refusals.
pub const CLASSIC_POLICY: Policy = Policy { access_life: Life::Unlimited, refreshable: false, ..POLICY };

/// The look of codes and tokens behind the first gateway.
const CLASSIC_FORMATS: Formats =
    Formats { access_token: |mint, _, _| Gateway::Mashery.access_token(mint), ..FORMATS };

const FORMATS: Formats = Formats {
    code: |mint, _, _| mint.text(ALPHANUMERIC, 20), // contract, section 3
    access_token: |mint, _, _| Gateway::Apigee.access_token(mint),
    refresh_token: |mint, _, _| mint.text(ALPHANUMERIC, 32),
};

/// The domain of the first demo user, as long as nobody else has it.
const DEMO_DOMAIN: &str = "acme";
/// The login of each domain's first user.
const DEMO_LOGIN: &str = "avery";

operations! {
    Authorize = "authorize",
    Token = "token",
    Revoke = "revoke",
    CurrentUser = "current-user",
    Entry = "entry",
    EntryById = "entry-by-id",
    ChangeEntry = "change-entry",
    DeleteEntry = "delete-entry",
    Download = "download",
    Upload = "upload",
    Users = "users",
    User = "user",
    Links = "links",
    Link = "link",
    CreateLink = "create-link",
    Search = "search",
    Preflight = "preflight",
    NoSuchCall = "no-such-call",
    NotFound = "not-found",
}

/// What one tenant has at Egnyte.
#[derive(Debug)]
pub(crate) struct Site {
    pub(crate) auth: AuthorizationServer,
    /// The files and links of each domain.
    drives: Mutex<BTreeMap<Arc<str>, Drive>>,
    counters: Mutex<Counters>,
    token_calls: Mutex<TokenCalls>,
    switches: Switchboard<Switches>,
}

impl Site {
    fn switches(&self) -> Arc<Switches> {
        self.switches.get()
    }

    fn token_calls(&self) -> MutexGuard<'_, TokenCalls> {
        self.token_calls.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Gives tokens the look that the era has.
    fn set_formats(&self, era: Era) {
        self.auth.ledger().set_formats(match era {
            Era::Current => FORMATS,
            Era::Classic => CLASSIC_FORMATS,
        });
    }

    /// Works on the files and links of the domain that `owner` belongs to.
    fn with_drive<T>(&self, owner: &User, work: impl FnOnce(&mut Drive) -> T) -> T {
        let mut drives = self.drives();
        let drive = drives
            .entry(owner.realm.as_str().into())
            .or_insert_with(|| Drive::sample(self.auth.mint(), self.auth.clock().now(), owner));
        work(drive)
    }

    fn drives(&self) -> MutexGuard<'_, BTreeMap<Arc<str>, Drive>> {
        self.drives.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn counters(&self) -> MutexGuard<'_, Counters> {
        self.counters.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What a tenant has besides apps, users, codes and tokens.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Resources {
    /// By domain.
    drives: BTreeMap<Arc<str>, Drive>,
    counters: Counters,
    token_calls: TokenCalls,
    switches: Switches,
}

impl crate::tenant::Site for Site {
    const VENDOR: Vendor = Vendor::Egnyte;

    fn open(ground: &Ground) -> Self {
        let auth = AuthorizationServer::new(ground, FORMATS, POLICY);
        Self {
            auth,
            drives: Mutex::default(),
            counters: Mutex::default(),
            token_calls: Mutex::default(),
            switches: Switchboard::default(),
        }
    }
}

/// Egnyte, as one of the stand-ins.
pub(crate) struct House;

impl house::House for House {
    type Operation = Operation;
    type Resources = Resources;
    type Site = Site;

    fn route(call: &Call<'_>) -> Operation {
        use Operation as Op;
        match (call.method().as_str(), Address::of(call).path()) {
            // One path, two meanings: a page to `GET`, the token endpoint to `POST` (EGN-002, EGN-003, EGN-016). The
            // pages post to the other path.
            ("GET", ["puboauth", "token" | "authorize"]) | ("POST", ["puboauth", "authorize"]) => {
                Op::Authorize
            }
            ("POST", ["puboauth", "token"]) => Op::Token,
            ("POST", ["pubapi", "v1", "tokens", "revoke"]) => Op::Revoke, // EGN-032
            ("GET", ["pubapi", "v1", "userinfo"]) => Op::CurrentUser,     // EGN-040
            // What an administrator has set for the domain is not there; it is nobody's id.
            ("GET", ["pubapi", _, "audit" | "fs" | "links" | "users", "settings"]) => Op::NoSuchCall,
            ("GET", ["pubapi", "v1", "fs", "ids", "file" | "folder", _]) => Op::EntryById,
            ("GET", ["pubapi", "v1", "fs", ..]) => Op::Entry, // EGN-048
            ("POST", ["pubapi", "v1", "fs", ..]) => Op::ChangeEntry, // EGN-049
            ("DELETE", ["pubapi", "v1", "fs", _, ..]) => Op::DeleteEntry,
            ("GET", ["pubapi", "v1", "fs-content", _, ..]) => Op::Download,
            ("POST", ["pubapi", "v1", "fs-content", _, ..]) => Op::Upload,
            ("GET", ["pubapi", "v2", "users"]) => Op::Users, // EGN-050
            ("GET", ["pubapi", "v2", "users", _]) => Op::User,
            ("GET", ["pubapi", "v1" | "v2", "links"]) => Op::Links, // EGN-052
            ("GET", ["pubapi", "v1", "links", _]) => Op::Link,      // EGN-052
            ("POST", ["pubapi", "v1", "links"]) => Op::CreateLink,
            ("GET", ["pubapi", "v1", "search"]) | ("POST", ["pubapi", "v2", "search"]) => Op::Search, // EGN-053
            ("OPTIONS", ["pubapi", ..]) => Op::Preflight, // EGN-055
            (_, ["pubapi", ..]) => Op::NoSuchCall,
            _ => Op::NotFound,
        }
    }

    fn realm<'c>(call: &'c Call<'_>) -> Option<Cow<'c, str>> {
        Address::of(call).domain().map(address::lower)
    }

    fn answer(operation: Operation, call: &Call<'_>, site: &Site, tenant: &Tenant) -> Answer {
        use Operation as Op;
        let at = Address::of(call);
        at.check(site)?;
        match operation {
            // EGN-003; the pages post there all the same.
            Op::Authorize
                if !site.switches().authorize_path
                    && *call.method() == Method::GET
                    && at.path().last() == Some(&"authorize") =>
            {
                Err(errors::no_route())
            }
            Op::Authorize => auth::authorize(call, &at, site, tenant),
            Op::Token => auth::token(call, &at, site),
            Op::NotFound => Err(errors::no_route()),
            operation => {
                let answered = match operation {
                    Op::Revoke => auth::revoke(call, &at, site),
                    Op::Preflight => Ok(errors::preflight()),
                    operation => api::serve(operation, call, &at, site),
                };
                answered.map(errors::readable_across_origins).map_err(errors::readable_across_origins)
            }
        }
    }

    fn trouble(trouble: Trouble, operation: Operation, call: &Call<'_>, site: &Site) -> Reply {
        use Operation as Op;
        let gateway = Gateway::of(site);
        match (trouble, operation) {
            (Trouble::RateLimit { retry_after }, Op::Token) => errors::too_many_tokens(retry_after),
            (Trouble::RateLimit { retry_after }, _) => gateway.throttle(retry_after),
            (Trouble::ServerError | Trouble::Unavailable { .. }, _) => gateway.unavailable(),
            (Trouble::Refusal, Op::Authorize) => errors::unknown_app(),
            (Trouble::Refusal, Op::Token) if call.form().get("grant_type") == Some("refresh_token") => {
                TokenError::BadRefreshToken.reply(gateway)
            }
            (Trouble::Refusal, Op::Token) => TokenError::BadCode.reply(gateway),
            (Trouble::Refusal, Op::Revoke) => TokenError::WrongSecret.reply(gateway),
            (Trouble::Refusal, _) => gateway.refuse(Some(Refusal::Unknown), site.switches().dead_token),
        }
    }

    fn server(site: &Site) -> &AuthorizationServer {
        &site.auth
    }

    fn new_app(site: &Site) -> App {
        let mint = site.auth.mint();
        // Contract, section 4.
        let (client_id, client_secret) = match site.switches().era {
            Era::Current => (mint.text(ALPHANUMERIC, 48), mint.text(ALPHANUMERIC, 64)),
            Era::Classic => (mint.text(CLASSIC_ALPHABET, 24), mint.text(ALPHANUMERIC, 50)),
        };
        App {
            client_id: client_id.into(),
            client_secret: client_secret.into(),
            name: "Rehearsal".into(),
            redirect_uris: vec!["https://client.example/callback".into()],
            scopes: Vec::new(),
            flow: Flow::Code,
            active: true,
        }
    }

    fn reset(site: &Site) {
        site.drives().clear();
        *site.counters() = Counters::default();
        *site.token_calls() = TokenCalls::default();
    }

    fn switches(site: &Site) -> Value {
        site.switches.to_json()
    }

    fn set_switches(site: &Site, switches: Value) -> serde_json::Result<()> {
        let switches: Switches = serde_json::from_value(switches)?;
        if switches.era != site.switches().era {
            let ledger = site.auth.ledger();
            let of_era = if switches.era == Era::Classic { CLASSIC_POLICY } else { POLICY };
            let Policy { access_life, refreshable, .. } = of_era;
            ledger.set_policy(Policy { access_life, refreshable, ..ledger.policy() });
            site.set_formats(switches.era);
        }
        site.switches.set(switches);
        Ok(())
    }

    fn resources(site: &Site) -> Resources {
        Resources {
            drives: site.drives().clone(),
            counters: site.counters().clone(),
            token_calls: site.token_calls().clone(),
            switches: (*site.switches()).clone(),
        }
    }

    fn put_resources(site: &Site, resources: Resources) {
        let Resources { drives, counters, token_calls, switches } = resources;
        *site.drives() = drives;
        *site.counters() = counters;
        *site.token_calls() = token_calls;
        site.set_formats(switches.era);
        site.switches.set(switches);
    }

    /// A user of the domain that the tenant has already, if it has one.
    fn new_user(site: &Site) -> User {
        let mint = site.auth.mint();
        let realm = match site.auth.first_user() {
            Some(colleague) => colleague.realm.clone(),
            None if site.auth.claims().holder(DEMO_DOMAIN) == Holder::Another => {
                format!("{DEMO_DOMAIN}-{}", mint.text(LOWER_ALPHANUMERIC, 8))
            }
            None => DEMO_DOMAIN.to_owned(),
        };
        let login = match site.auth.user(DEMO_LOGIN) {
            Some(_) => format!("{DEMO_LOGIN}{}", mint.text(DIGITS, 6)),
            None => DEMO_LOGIN.to_owned(),
        };
        User {
            id: format!("124{}", mint.text(DIGITS, 8)), // a number on the wire
            email: format!("{login}@{realm}.example"),
            login: login.into(),
            password: mint.text(ALPHANUMERIC, 16).into(),
            name: "Avery Example".into(),
            realm,
            death: None,
        }
    }

    fn written(user: User) -> User {
        // A domain is a part of a host, which has no case.
        User { realm: user.realm.to_ascii_lowercase(), ..user }
    }

    fn names(user: &User) -> Vec<Arc<str>> {
        if user.realm.is_empty() { Vec::new() } else { vec![user.realm.as_str().into()] } // EGN-001
    }
}
