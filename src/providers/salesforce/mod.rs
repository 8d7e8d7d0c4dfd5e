//! Salesforce: OAuth 2.0 with sessions that slide, the identity services, and the part of the REST API that shows good
//! tokens from bad ones.
//!
//! The facts come from Salesforce's public documentation, its SDKs, and answers that people have published; their ids
//! (`SFDC-…`) are those of the fidelity table.

mod address;
mod api;
mod auth;
mod crm;
mod describe;
mod errors;
mod format;
mod identity;
mod ids;
mod object;
mod pages;
mod scopes;
mod soql;
mod switches;
mod usage;

use std::{
    borrow::Cow,
    num::NonZeroUsize,
    sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock},
    time::Duration,
};

use serde::{Deserialize, Serialize};

use crate::{
    Reply, Timestamp, Vendor,
    fault::Trouble,
    mint::{ALPHANUMERIC, LOWER_ALPHANUMERIC},
    oauth::{App, AuthorizationServer, Cascade, Flow, Formats, Life, Limit, Policy, Refusal, Rotation, User},
    providers::{
        call::Call,
        house::{self, Answer, operations},
        switches::Switchboard,
    },
    tenant::{Ground, Tenant},
};

use http::StatusCode;
use serde_json::Value;

use auth::Devices;
use crm::Crm;
use errors::OAuthError;
use format::Format;
use usage::Usage;

pub use switches::{
    Address, AppSettings, Era, GarbageCode, InactiveUser, Installed, LoginBarrier, MissingVerifier,
    PermittedUsers, RunsAs, Switches, WrongPassword,
};

/// How Salesforce's codes and tokens live and die.
pub const POLICY: Policy = Policy {
    code_life: Duration::from_secs(15 * 60), // SFDC-017
    code_replay_kills_grant: false,
    access_life: Life::SinceUse(SESSION), // SFDC-036
    refreshable: true,
    refresh_life: None,
    refresh_restarts: false,
    rotation: Rotation::Never,                                           // SFDC-032
    revoking_access: Cascade::Alone,                                     // SFDC-054
    revoking_refresh: Cascade::Grant,                                    // SFDC-055
    limit: Limit::User(NonZeroUsize::new(5).expect("five is not zero")), // SFDC-035
};

/// The session timeout that an org starts with (SFDC-036).
const SESSION: Duration = Duration::from_secs(2 * 3600);

const FORMATS: Formats = Formats {
    // SFDC-016
    code: |mint, _, _| format!("aPrx{}==", mint.text(CODE, 70)),
    // SFDC-029
    access_token: |mint, grant, _| {
        let (first, second, rest) = (mint.text("QR", 1), mint.text(ALPHANUMERIC, 1), mint.text(TOKEN, 91));
        format!("{}!A{first}{second}AQ{rest}", ids::short(&grant.realm))
    },
    refresh_token: |mint, _, _| format!("5Aep861{}", mint.text(TOKEN, 80)),
};

const TOKEN: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._";
const CODE: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-";

/// The versions of the REST API that are served: the first is Winter '11.
const VERSIONS: std::ops::RangeInclusive<u32> = 20..=66;

operations! {
    Authorize = "authorize",
    Token = "token",
    Revoke = "revoke",
    Introspect = "introspect",
    Connect = "connect",
    OpenId = "openid-configuration",
    Keys = "keys",
    Soap = "soap",
    UserInfo = "userinfo",
    Identity = "identity",
    Versions = "versions",
    Resources = "resources",
    Limits = "limits",
    Query = "query",
    Recent = "recent",
    Objects = "objects",
    Object = "object",
    Describe = "describe",
    CreateRecord = "create-record",
    Record = "record",
    UpdateRecord = "update-record",
    DeleteRecord = "delete-record",
    WrongMethod = "wrong-method",
    UnknownResource = "unknown-resource",
    NotFound = "not-found",
}

/// What one tenant has at Salesforce: one org.
#[derive(Debug)]
pub(crate) struct Site {
    pub(crate) auth: AuthorizationServer,
    organization: RwLock<Organization>,
    crm: Mutex<Crm>,
    usage: Mutex<Usage>,
    switches: Switchboard<Switches>,
    devices: Mutex<Devices>,
}

impl Site {
    fn switches(&self) -> Arc<Switches> {
        self.switches.get()
    }

    fn devices(&self) -> MutexGuard<'_, Devices> {
        self.devices.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn usage(&self) -> MutexGuard<'_, Usage> {
        self.usage.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn organization(&self) -> Organization {
        self.organization.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn crm(&self) -> MutexGuard<'_, Crm> {
        self.crm.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// An org.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Organization {
    /// Of 18 characters.
    id: Arc<str>,
    opened: Timestamp,
}

/// What a tenant has besides apps, users, codes and tokens.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Resources {
    organization: Organization,
    records: Crm,
    usage: Usage,
    switches: Switches,
    devices: Devices,
}

impl crate::tenant::Site for Site {
    const VENDOR: Vendor = Vendor::Salesforce;

    fn open(ground: &Ground) -> Self {
        let (mint, opened) = (&ground.mint, ground.clock.now());
        let id = ids::draw(mint, ids::ORGANIZATION, &mint.text(LOWER_ALPHANUMERIC, 2));
        let crm = Mutex::new(Crm::sample(mint, opened, ids::instance(&id)));
        let auth = AuthorizationServer::new(ground, FORMATS, POLICY);
        let organization = RwLock::new(Organization { id: id.into(), opened });
        let (switches, devices) = (Switchboard::default(), Mutex::default());
        Self { auth, organization, crm, usage: Mutex::default(), switches, devices }
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        let claims = self.auth.claims();
        claims.release(&address::my_domain(&self.organization().id));
        self.devices.get_mut().unwrap_or_else(PoisonError::into_inner).clear(claims);
    }
}

/// Salesforce, as one of the stand-ins.
pub(crate) struct House;

impl house::House for House {
    type Operation = Operation;
    type Resources = Resources;
    type Site = Site;

    fn route(call: &Call<'_>) -> Operation {
        use Operation as Op;
        let segments = call.segments(); // SFDC-074: trailing slashes leave no trace
        match (call.method().as_str(), segments.as_slice()) {
            // SFDC-001; a wrong method has an answer of its own.
            (_, ["services", "oauth2", "authorize"] | ["services", "oauth2", "authorize", _]) => {
                Op::Authorize
            }
            (_, ["services", "oauth2", "token"]) => Op::Token,
            ("GET" | "POST", ["services", "oauth2", "revoke"]) => Op::Revoke, // SFDC-050
            ("POST", ["services", "oauth2", "introspect"]) => Op::Introspect,
            (_, ["setup", "connect"]) => Op::Connect,
            ("GET", [".well-known", "openid-configuration"]) => Op::OpenId,
            ("GET", ["id", "keys"]) => Op::Keys,
            (_, ["services", "Soap", "u" | "c", _]) => Op::Soap,
            ("GET" | "POST", ["services", "oauth2", "userinfo"]) => Op::UserInfo,
            ("GET" | "POST", ["id", _, _]) => Op::Identity,
            ("GET", ["services", "data"]) => Op::Versions, // SFDC-070
            (method, ["services", "data", version, resource @ ..]) if is_served(version) => {
                api_route(method, resource)
            }
            (_, ["services", "data", ..]) => Op::UnknownResource,
            _ => Op::NotFound,
        }
    }

    fn realm<'c>(call: &'c Call<'_>) -> Option<Cow<'c, str>> {
        let named = match call.segments().as_slice() {
            ["id", organization, _] => Some(*organization),
            _ => address::named(call),
        };
        named.map(Cow::Borrowed)
    }

    fn introduced(call: &Call<'_>) -> Option<String> {
        auth::introduced(call)
    }

    fn switches(site: &Site) -> Value {
        site.switches.to_json()
    }

    fn set_switches(site: &Site, switches: Value) -> serde_json::Result<()> {
        let switches: Switches = serde_json::from_value(switches)?;
        if switches.era != site.switches().era {
            let ledger = site.auth.ledger();
            ledger.set_policy(Policy { rotation: switches.era.rotation(), ..ledger.policy() });
        }
        site.switches.set(switches);
        Ok(())
    }

    fn answer(operation: Operation, call: &Call<'_>, site: &Site, tenant: &Tenant) -> Answer {
        use Operation as Op;
        match operation {
            Op::Authorize => auth::authorize(call, site, tenant),
            Op::Token => auth::token(call, site),
            Op::Revoke => auth::revoke(call, site),
            Op::Introspect => auth::introspect(call, site),
            Op::Connect => auth::connect(call, site, tenant),
            Op::OpenId => Ok(auth::open_id(call)),
            Op::Keys => Ok(auth::keys(call)),
            Op::Soap => auth::soap(call, site),
            Op::UserInfo => identity::user_info(call, site),
            Op::Identity => identity::identity(call, site),
            Op::Versions => Ok(api::versions(call)),
            Op::Resources => api::resources(call, site),
            Op::Limits => api::limits(call, site),
            Op::Query => api::query(call, site),
            Op::Recent => api::recent(call, site),
            Op::Objects => api::objects(call, site),
            Op::Object => api::object(call, site),
            Op::Describe => api::describe(call, site),
            Op::CreateRecord => api::create_record(call, site),
            Op::Record => api::record(call, site),
            Op::UpdateRecord => api::update_record(call, site),
            Op::DeleteRecord => api::delete_record(call, site),
            Op::WrongMethod => api::wrong_method(call, site),
            Op::UnknownResource => api::unknown_resource(call, site),
            Op::NotFound => Err(errors::no_route()),
        }
    }

    fn trouble(trouble: Trouble, operation: Operation, call: &Call<'_>, site: &Site) -> Reply {
        use Operation as Op;
        let unknown = Refusal::Unknown;
        match (trouble, operation) {
            (Trouble::RateLimit { .. }, Op::Token) => errors::LOGIN_RATE.reply(Format::asked(call)),
            (Trouble::RateLimit { .. } | Trouble::Refusal, Op::Soap) => auth::fault(
                "sf:INVALID_LOGIN",
                "INVALID_LOGIN: Invalid username, password, security token; or user locked out.",
            ),
            (Trouble::RateLimit { .. }, _) => errors::limit_exceeded(call),
            (Trouble::ServerError | Trouble::Unavailable { .. }, Op::Token) => pages::unavailable(),
            (Trouble::ServerError, _) => errors::unknown_exception(call),
            (Trouble::Unavailable { .. }, _) => errors::unavailable(call),
            (Trouble::Refusal, Op::Authorize) => pages::error(errors::UNKNOWN_CLIENT),
            (Trouble::Refusal, Op::Token) => {
                let by_refresh = auth::requested_by_refresh(call);
                let refuse = if by_refresh { OAuthError::of_refresh_token } else { OAuthError::of_code };
                refuse(unknown, &site.switches()).reply(Format::asked(call))
            }
            (Trouble::Refusal, Op::Revoke) => {
                errors::revocation(call, call.parameter("token").unwrap_or_default(), unknown)
            }
            (Trouble::Refusal, Op::Introspect) => {
                errors::WRONG_SECRET.reply_with(Format::asked(call), StatusCode::UNAUTHORIZED)
            }
            (Trouble::Refusal, Op::UserInfo | Op::Identity) => {
                errors::identity(StatusCode::FORBIDDEN, "Bad_OAuth_Token", unknown.to_string())
            }
            (Trouble::Refusal, _) => errors::invalid_session(call, unknown.to_string()),
        }
    }

    fn reset(site: &Site) {
        let organization = site.organization().id;
        let instance = ids::instance(&organization);
        site.devices().clear(site.auth.claims());
        *site.usage() = Usage::default();
        *site.crm() = Crm::sample(site.auth.mint(), site.auth.clock().now(), instance);
    }

    fn resources(site: &Site) -> Resources {
        Resources {
            organization: site.organization(),
            records: site.crm().clone(),
            usage: site.usage().clone(),
            switches: (*site.switches()).clone(),
            devices: site.devices().clone(),
        }
    }

    fn put_resources(site: &Site, resources: Resources) {
        let Resources { organization, records, usage, switches, devices } = resources;
        *site.organization.write().unwrap_or_else(PoisonError::into_inner) = organization;
        *site.crm() = records;
        *site.usage() = usage;
        site.switches.set(switches);
        site.devices().become_as(devices, site.auth.claims());
    }

    fn server(site: &Site) -> &AuthorizationServer {
        &site.auth
    }

    fn new_app(site: &Site) -> App {
        let mint = site.auth.mint();
        App {
            client_id: format!("3MVG9{}", mint.text(TOKEN, 80)).into(),
            client_secret: mint.text("0123456789ABCDEF", 64).into(),
            name: "Rehearsal".into(),
            redirect_uris: vec!["https://client.example/callback".into()],
            scopes: scopes::EVERYTHING.map(ToOwned::to_owned).to_vec(),
            flow: Flow::Code,
            active: true,
        }
    }

    fn new_user(site: &Site) -> User {
        let mint = site.auth.mint();
        let organization = site.organization().id;
        let login = format!("{}@salesforce.example", mint.text(LOWER_ALPHANUMERIC, 8));
        User {
            id: ids::draw(mint, ids::USER, ids::instance(&organization)),
            email: login.clone(),
            login: login.into(),
            password: mint.text(ALPHANUMERIC, 16).into(),
            name: "Avery Example".into(),
            realm: organization.to_string(),
            death: None,
        }
    }

    fn names(user: &User) -> Vec<Arc<str>> {
        // A user name is unique over all orgs.
        let of_user = std::iter::once(Arc::clone(&user.login));
        let organization = Some(user.realm.as_str()).filter(|realm| !realm.is_empty());
        of_user
            .chain(organization.map(Arc::from))
            .chain(organization.map(|id| address::my_domain(id).into()))
            .collect()
    }

    fn offline(granted: &[String]) -> bool {
        scopes::offline(granted)
    }
}

fn api_route(method: &str, resource: &[&str]) -> Operation {
    use Operation as Op;
    let method = if method == "HEAD" { "GET" } else { method };
    match (method, resource) {
        ("GET", []) => Op::Resources,
        ("GET", ["limits"]) => Op::Limits,
        ("GET", ["query" | "queryAll"]) => Op::Query,
        ("GET", ["recent"]) => Op::Recent,
        ("GET", ["sobjects"]) => Op::Objects,
        ("GET", ["sobjects", _]) => Op::Object,
        ("POST", ["sobjects", _]) => Op::CreateRecord,
        ("GET", ["sobjects", _, "describe"]) => Op::Describe,
        (_, ["sobjects", _, "describe"]) => Op::WrongMethod,
        ("GET", ["sobjects", _, _]) => Op::Record,
        ("PATCH", ["sobjects", _, _]) => Op::UpdateRecord,
        ("DELETE", ["sobjects", _, _]) => Op::DeleteRecord,
        (
            _,
            []
            | ["limits" | "query" | "queryAll" | "recent" | "sobjects"]
            | ["sobjects", _]
            | ["sobjects", _, _],
        ) => Op::WrongMethod,
        _ => Op::UnknownResource,
    }
}

/// Whether `v60.0` names a version of the REST API.
fn is_served(version: &str) -> bool {
    let number = version.strip_prefix('v').and_then(|version| version.strip_suffix(".0"));
    number.and_then(|number| number.parse().ok()).is_some_and(|number| VERSIONS.contains(&number))
}
