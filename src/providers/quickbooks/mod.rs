//! QuickBooks Online, by Intuit: OAuth 2.0 with refresh tokens that are replaced by age, OpenID, the OAuth 1.0a that was
//! there before, and the accounting API in JSON and XML.
//!
//! The facts come from Intuit's public documentation, its SDKs, and answers that people have published; their ids
//! (`QBO-…`) are those of the fidelity table.

mod access;
mod api;
mod auth;
mod books;
mod errors;
mod format;
mod openid;
mod pages;
mod profile;
mod query;
mod reports;
mod scopes;
mod signed;
mod signing;
mod tokens;
mod xml;

use std::{
    borrow::Cow,
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock},
    time::Duration,
};

use serde::{Deserialize, Serialize};

use crate::{
    Mint, Vendor,
    exchange::Reply,
    fault::Trouble,
    mint::{ALPHANUMERIC, DIGITS, HEX, LOWER_ALPHANUMERIC},
    oauth::{
        Aging, App, AuthorizationServer, Cascade, Flaw, Flow, Life, Limit, Policy, Refusal, Rotation, User,
    },
    providers::{
        call::Call,
        house::{self, Answer, operations},
    },
    tenant::{Ground, Tenant},
};

pub use profile::{Environment, ISSUER, Profile};

use books::Books;
use errors::MALFORMED;
use format::Representation;
use pages::Problem;
use signed::{SavedSessions, Sessions};

const DAY: Duration = Duration::from_secs(24 * 3600);

/// How Intuit's codes and tokens live and die.
pub const POLICY: Policy = Policy {
    code_life: Duration::from_secs(600),               // QBO-017
    code_replay_kills_grant: true,                     // QBO-016
    access_life: Life::For(Duration::from_secs(3600)), // QBO-018
    refreshable: true,
    refresh_life: Some(Duration::from_secs(8_640_000)), // QBO-018, QBO-025
    refresh_restarts: false,
    rotation: Rotation::Aged(AGING),
    revoking_access: Cascade::Connection,  // QBO-034
    revoking_refresh: Cascade::Connection, // QBO-034
    limit: Limit::None,
};

/// How refresh tokens are replaced. Set `race` to let two refreshes at once kill the connection (QBO-035).
pub const AGING: Aging = Aging {
    renewed_after: DAY,                        // QBO-023
    overlap: DAY,                              // QBO-024
    at_most: Duration::from_secs(157_680_000), // QBO-020
    race: None,
};

operations! {
    Authorize = "authorize",
    AuthorizeError = "authorize-error",
    Token = "token",
    Revoke = "revoke",
    Migrate = "migrate",
    Discovery = "discovery",
    SandboxDiscovery = "sandbox-discovery",
    Keys = "keys",
    UserInfo = "userinfo",
    RequestToken = "request-token",
    Begin = "begin",
    AccessToken = "access-token",
    Reconnect = "reconnect",
    Disconnect = "disconnect",
    CompanyInfo = "company-info",
    Preferences = "preferences",
    Report = "report",
    Query = "query",
    Record = "record",
    WriteRecord = "write-record",
    Unsupported = "unsupported",
    WrongMethod = "wrong-method",
    NotFound = "not-found",
}

/// What one tenant has at Intuit.
#[derive(Debug)]
pub(crate) struct Site {
    pub(crate) auth: AuthorizationServer,
    /// The connections of OAuth 1.0a.
    sessions: Sessions,
    /// By company; its books are opened when somebody first comes in.
    books: Mutex<BTreeMap<Arc<str>, Books>>,
    profile: RwLock<Profile>,
}

impl Site {
    fn profile(&self) -> Profile {
        self.profile.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn adopt(&self, profile: Profile) {
        let long = profile.long_refresh_tokens;
        self.auth.ledger().set_formats(if long { tokens::LONG_REFRESH_TOKENS } else { tokens::FORMATS });
        *self.profile.write().unwrap_or_else(PoisonError::into_inner) = profile;
    }

    /// Does something in the books of the company `realm`.
    fn in_books<T>(&self, realm: &Arc<str>, act: impl FnOnce(&mut Books) -> T) -> T {
        let open = || Books::sample(self.auth.clock().now());
        act(self.books().entry(Arc::clone(realm)).or_insert_with(open))
    }

    fn books(&self) -> MutexGuard<'_, BTreeMap<Arc<str>, Books>> {
        self.books.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How long after the consent a connection ends for good.
    fn longest_connection(&self) -> Duration {
        match self.auth.ledger().policy().rotation {
            Rotation::Aged(aging) => aging.at_most,
            _ => AGING.at_most,
        }
    }

    /// The reply with the id that every answer of Intuit's has (QBO-050).
    fn numbered(&self, reply: Reply) -> Reply {
        let mint = self.auth.mint();
        if self.profile().uuid_transactions {
            return reply.with_static("intuit_tid", &mint.uuid());
        }
        let id = format!("1-{:08x}-{}", self.auth.clock().now().as_secs(), mint.text(HEX, 24));
        reply.with_static("intuit_tid", &id).with_static("x-amzn-trace-id", &format!("Root={id}"))
    }
}

/// What a tenant has besides apps, users, and the codes and tokens of OAuth 2.0.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Resources {
    profile: Profile,
    books: BTreeMap<Arc<str>, Books>,
    sessions: SavedSessions,
}

impl crate::tenant::Site for Site {
    const VENDOR: Vendor = Vendor::QuickBooks;

    fn open(ground: &Ground) -> Self {
        let auth = AuthorizationServer::new(ground, tokens::FORMATS, POLICY);
        Self { auth, sessions: Sessions::open(ground), books: Mutex::default(), profile: RwLock::default() }
    }
}

/// Intuit, as one of the stand-ins.
pub(crate) struct House;

impl house::House for House {
    type Operation = Operation;
    type Resources = Resources;
    type Site = Site;

    fn route(call: &Call<'_>) -> Operation {
        use Operation as Op;
        match (call.method().as_str(), call.segments().as_slice()) {
            // QBO-002: the second is where the first leads today.
            ("GET" | "POST", ["connect", "oauth2"] | ["app", "connect", "oauth2"]) => Op::Authorize,
            ("GET", ["oauth2", "error"]) => Op::AuthorizeError,
            ("POST", ["oauth2", "v1", "tokens", "bearer"]) => Op::Token, // QBO-003
            ("POST", ["v2", "oauth2", "tokens", "revoke"]) => Op::Revoke, // QBO-005
            ("POST", ["v2", "oauth2", "tokens", "migrate"]) => Op::Migrate, // QBO-055
            ("GET", [".well-known", "openid_configuration"]) => Op::Discovery, // QBO-001
            ("GET", [".well-known", "openid_sandbox_configuration"]) => Op::SandboxDiscovery, // QBO-001
            ("GET", ["op", "v1", "jwks"]) => Op::Keys,
            ("GET", ["v1", "openid_connect", "userinfo"]) => Op::UserInfo, // QBO-049
            // QBO-052
            ("GET" | "POST", ["oauth", "v1", "get_request_token"]) => Op::RequestToken,
            ("GET" | "POST", ["Connect", "Begin"]) => Op::Begin,
            ("GET" | "POST", ["oauth", "v1", "get_access_token"]) => Op::AccessToken,
            ("GET", ["api", "v1", "connection", "reconnect"]) => Op::Reconnect, // QBO-053
            ("GET", ["api", "v1", "connection", "disconnect"]) => Op::Disconnect, // QBO-054
            (method, ["v3", "company", _, path @ ..]) => api_route(method, path),
            (
                _,
                ["oauth2", "v1", "tokens", "bearer"]
                | ["v2", "oauth2", "tokens", "revoke" | "migrate"]
                | ["connect", "oauth2"]
                | [".well-known", "openid_configuration" | "openid_sandbox_configuration"]
                | ["op", "v1", "jwks"]
                | ["v1", "openid_connect", "userinfo"]
                | ["oauth", "v1", "get_request_token" | "get_access_token"],
            ) => Op::WrongMethod, // QBO-051 among others
            _ => Op::NotFound,
        }
    }

    fn realm<'c>(call: &'c Call<'_>) -> Option<Cow<'c, str>> {
        let named = signed::consumer_key(call).or_else(|| match call.segments().as_slice() {
            ["v3", "company", realm, ..] => Some(realm),
            _ => None,
        });
        named.map(Cow::Borrowed)
    }

    fn answer(operation: Operation, call: &Call<'_>, site: &Site, tenant: &Tenant) -> Answer {
        let numbered = |reply| site.numbered(reply);
        answer(operation, call, site, tenant).map(numbered).map_err(numbered)
    }

    fn trouble(trouble: Trouble, operation: Operation, call: &Call<'_>, site: &Site) -> Reply {
        use Operation as Op;
        let is_oauth = !matches!(
            operation,
            Op::CompanyInfo | Op::Preferences | Op::Query | Op::Record | Op::WriteRecord | Op::Unsupported
        );
        let representation = Representation::asked(call);
        let unknown = Refusal::Unknown;
        site.numbered(match (trouble, operation) {
            // When to come again is not said.
            (Trouble::RateLimit { .. }, _) if is_oauth => errors::oauth_throttled(),
            (Trouble::RateLimit { .. }, _) => errors::throttled(site), // QBO-048
            (Trouble::ServerError | Trouble::Unavailable { .. }, _) if is_oauth => errors::unavailable(),
            (Trouble::ServerError | Trouble::Unavailable { .. }, _) => {
                errors::internal().reply(site, representation, "out of order".to_owned())
            }
            (Trouble::Refusal, Op::Authorize | Op::Begin) => {
                pages::refuse(call, site, Problem::UnknownClient)
            }
            (Trouble::Refusal, Op::Token) if call.form().get("grant_type") == Some("refresh_token") => {
                auth::refresh_refused(site, unknown)
            }
            (Trouble::Refusal, Op::Token) => auth::code_refused(site, unknown),
            (Trouble::Refusal, Op::Revoke) => errors::nothing_to_revoke(unknown.to_string()),
            (Trouble::Refusal, Op::RequestToken | Op::AccessToken | Op::Migrate) => {
                signed::Problem::TokenRejected.reply()
            }
            (Trouble::Refusal, Op::Reconnect) => signed::refuse_reconnection(site, unknown),
            (Trouble::Refusal, Op::Disconnect) => signed::refuse_disconnection(site, unknown),
            (Trouble::Refusal, Op::UserInfo) => {
                let fault = errors::unauthenticated(Some(MALFORMED.to_owned()));
                fault.reply(site, Representation::Json, unknown.to_string())
            }
            (Trouble::Refusal, _) => {
                let fault = errors::unauthenticated(Some(MALFORMED.to_owned()));
                fault.reply(site, representation, unknown.to_string())
            }
        })
    }

    fn reset(site: &Site) {
        site.books().clear();
        site.sessions.clear();
    }

    fn resources(site: &Site) -> Resources {
        Resources { profile: site.profile(), books: site.books().clone(), sessions: site.sessions.save() }
    }

    fn put_resources(site: &Site, Resources { profile, books, sessions }: Resources) {
        site.adopt(profile);
        *site.books() = books;
        site.sessions.put_back(sessions);
    }

    fn resource_names(resources: &Resources) -> Vec<Arc<str>> {
        resources.sessions.tokens()
    }

    fn check_resources(resources: &Resources) -> Result<(), Flaw> {
        resources.sessions.check()
    }

    fn server(site: &Site) -> &AuthorizationServer {
        &site.auth
    }

    fn new_app(site: &Site) -> App {
        let mint = site.auth.mint();
        App {
            client_id: format!("AB{}", mint.text(ALPHANUMERIC, 48)).into(),
            client_secret: mint.text(ALPHANUMERIC, 40).into(),
            name: "Rehearsal".into(),
            redirect_uris: vec!["https://client.example/callback".into()],
            scopes: vec![scopes::ACCOUNTING.into()],
            flow: Flow::Code,
            active: true,
        }
    }

    fn new_user(site: &Site) -> User {
        let mint = site.auth.mint();
        let login = format!("{}@quickbooks.example", mint.text(LOWER_ALPHANUMERIC, 8));
        User {
            id: mint.uuid(),
            email: login.clone(),
            login: login.into(),
            password: mint.text(ALPHANUMERIC, 16).into(),
            name: "Avery Example".into(),
            realm: new_realm(mint),
            death: None,
        }
    }

    fn names(user: &User) -> Vec<Arc<str>> {
        if user.realm.is_empty() { Vec::new() } else { vec![user.realm.as_str().into()] }
    }
}

/// A company's id, of 16 digits (QBO-009).
fn new_realm(mint: &Mint) -> String {
    format!("462081636{}", mint.text(DIGITS, 7))
}

fn api_route(method: &str, path: &[&str]) -> Operation {
    use Operation as Op;
    let is = |name: &str, of: &str| name.eq_ignore_ascii_case(of);
    match (method, path) {
        ("GET", [name] | [name, _]) if is(name, "companyinfo") => Op::CompanyInfo,
        ("GET", [name]) if is(name, "preferences") => Op::Preferences,
        ("GET" | "POST", [name]) if is(name, "query") => Op::Query,
        ("GET", [name, _]) if is(name, "reports") => Op::Report,
        ("GET", [_, _]) => Op::Record,
        ("POST", [_]) => Op::WriteRecord,
        _ => Op::Unsupported,
    }
}

fn answer(operation: Operation, call: &Call<'_>, site: &Site, tenant: &Tenant) -> Answer {
    use Operation as Op;
    match operation {
        Op::Authorize => auth::authorize(call, site, tenant),
        Op::AuthorizeError => Ok(pages::error(call, site)),
        Op::Token => auth::token(call, site),
        Op::Revoke => auth::revoke(call, site),
        Op::Migrate => signed::migrate(call, site),
        Op::Discovery => Ok(openid::discovery(call, site, false)),
        Op::SandboxDiscovery => Ok(openid::discovery(call, site, true)),
        Op::Keys => Ok(openid::keys()),
        Op::UserInfo => openid::user_info(call, site),
        Op::RequestToken => signed::request_token(call, site),
        Op::Begin => signed::begin(call, site, tenant),
        Op::AccessToken => signed::access_token(call, site),
        Op::Reconnect => signed::reconnect(call, site),
        Op::Disconnect => signed::disconnect(call, site),
        Op::CompanyInfo => api::company_info(call, site),
        Op::Preferences => api::preferences(call, site),
        Op::Query => api::query(call, site),
        Op::Report => api::report(call, site),
        Op::Record => api::record(call, site),
        Op::WriteRecord => api::write_record(call, site),
        Op::Unsupported => api::unsupported(call, site),
        Op::WrongMethod => Err(errors::method_not_allowed()),
        Op::NotFound => Err(errors::no_route()),
    }
}
