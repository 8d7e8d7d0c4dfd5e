//! Adobe Acrobat Sign, formerly EchoSign: OAuth 2.0 on versioned paths with a refresh path of its own, and the REST APIs
//! v5 and v6.
//!
//! The facts come from the vendor's public documentation, its SDKs, and answers that people have recorded; their ids
//! (`ADOBE-…`) are those of the fidelity table. Where no source shows an answer, the comment at its place says so.

mod account;
mod agreements;
mod api;
mod auth;
mod errors;
mod forms;
mod pages;
mod people;
mod polling;
mod scope;
mod shard;
mod switches;
mod v5;
mod v6;
mod webhooks;

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock},
    time::Duration,
};

use serde::{Deserialize, Serialize};

use crate::{
    Mint, Reply, Vendor,
    fault::Trouble,
    journal::Refresh,
    mint::{ALPHANUMERIC, BASE64URL, LOWER_ALPHANUMERIC},
    oauth::{App, AuthorizationServer, Cascade, Flow, Formats, Life, Limit, Policy, Refusal, Rotation, User},
    providers::{
        call::Call,
        house::{self, Answer, operations},
        switches::Switchboard,
    },
    tenant::{Ground, Tenant},
};

use serde_json::Value;

use account::Account;
use polling::Polls;

pub use switches::{ErrorCase, OAuthVersions, Polling, RestVersions, Shard, Switches, WrongShard};

/// How Adobe Sign's codes and tokens live and die.
pub const POLICY: Policy = Policy {
    code_life: Duration::from_secs(5 * 60),            // ADOBE-021
    code_replay_kills_grant: false,                    // not known
    access_life: Life::For(Duration::from_secs(3600)), // ADOBE-030
    refreshable: true,
    refresh_life: Some(Duration::from_secs(60 * 24 * 3600)), // ADOBE-027
    refresh_restarts: true,                                  // ADOBE-026
    rotation: Rotation::Never,                               // ADOBE-025
    revoking_access: Cascade::Grant,                         // ADOBE-039
    revoking_refresh: Cascade::Grant,                        // ADOBE-040
    limit: Limit::None,
};

const FORMATS: Formats = Formats {
    code: |mint, _, _| format!("CBNCKBAAHBCAABAA{}", mint.text(BASE64URL, 32)), // ADOBE-020
    access_token: |mint, _, _| format!("3AAABLblqZh{}", mint.text(BASE64URL, 86)), // ADOBE-028
    refresh_token: |mint, _, _| format!("3AAABLblqZh{}*", mint.text(BASE64URL, 65)), // ADOBE-029
};

/// The id of a client, user, agreement or participant: 44 characters (ADOBE-056).
fn new_id(mint: &Mint) -> String {
    format!("CBJCHBCAABAA{}", mint.text(BASE64URL, 32))
}

operations! {
    Authorize = "authorize",
    Token = "token",
    Refresh = "refresh",
    Revoke = "revoke",
    BaseUris = "base-uris",
    Users = "users",
    CurrentUser = "current-user",
    User = "user",
    CreateUser = "create-user",
    ChangeUser = "change-user",
    Groups = "groups",
    Group = "group",
    CreateGroup = "create-group",
    ChangeGroup = "change-group",
    DeleteGroup = "delete-group",
    GroupUsers = "group-users",
    Workflow = "workflow",
    DeleteAgreement = "delete-agreement",
    LibraryDocument = "library-document",
    CreateLibraryDocument = "create-library-document",
    DeleteLibraryDocument = "delete-library-document",
    Widget = "widget",
    CreateWidget = "create-widget",
    ChangeWidgetStatus = "change-widget-status",
    Workflows = "workflows",
    Agreements = "agreements",
    CreateAgreement = "create-agreement",
    Agreement = "agreement",
    ChangeAgreementState = "change-agreement-state",
    AgreementDocuments = "agreement-documents",
    AgreementDocument = "agreement-document",
    SigningUrls = "signing-urls",
    Upload = "upload",
    LibraryDocuments = "library-documents",
    Widgets = "widgets",
    Webhooks = "webhooks",
    CreateWebhook = "create-webhook",
    Webhook = "webhook",
    DeleteWebhook = "delete-webhook",
    WrongMethod = "wrong-method",
    UnknownResource = "unknown-resource",
    NotFound = "not-found",
}

/// What one tenant has at Adobe Sign.
#[derive(Debug)]
pub(crate) struct Site {
    pub(crate) auth: AuthorizationServer,
    account: RwLock<Arc<Account>>,
    polls: Mutex<Polls>,
    switches: Switchboard<Switches>,
}

impl Site {
    fn switches(&self) -> Arc<Switches> {
        self.switches.get()
    }

    fn polls(&self) -> MutexGuard<'_, Polls> {
        self.polls.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Changes something in the account; those who read it meanwhile have it as it was.
    fn change<T>(&self, change: impl FnOnce(&mut Account) -> T) -> T {
        change(Arc::make_mut(&mut self.account.write().unwrap_or_else(PoisonError::into_inner)))
    }

    fn account(&self) -> Arc<Account> {
        Arc::clone(&self.account.read().unwrap_or_else(PoisonError::into_inner))
    }
}

/// What a tenant has besides apps, users, codes and tokens.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Resources {
    account: Arc<Account>,
    polls: Polls,
    switches: Switches,
}

impl crate::tenant::Site for Site {
    const VENDOR: Vendor = Vendor::AdobeSign;

    fn open(ground: &Ground) -> Self {
        let auth = AuthorizationServer::new(ground, FORMATS, POLICY);
        let account = Account::sample(&ground.mint, ground.clock.now());
        let (polls, switches) = (Mutex::default(), Switchboard::default());
        Self { auth, account: RwLock::new(Arc::new(account)), polls, switches }
    }
}

/// Adobe Sign, as one of the stand-ins.
pub(crate) struct House;

impl house::House for House {
    type Operation = Operation;
    type Resources = Resources;
    type Site = Site;

    const REFRESH: Refresh = Refresh::Operation("refresh"); // ADOBE-003

    /// Doubled slashes are nothing here (ADOBE-006), and every host serves every path (ADOBE-005, ADOBE-045).
    fn route(call: &Call<'_>) -> Operation {
        use Operation as Op;
        match (call.method().as_str(), call.segments().as_slice()) {
            // ADOBE-001
            (
                "GET" | "POST",
                ["public", "oauth"] | ["public", "oauth", "v2"] | ["public", "oauth", "v2", "authorize"],
            ) => Op::Authorize,
            ("POST", ["oauth", "token"] | ["oauth", "v2", "token"]) => Op::Token, // ADOBE-002
            ("POST", ["oauth", "refresh"] | ["oauth", "v2", "refresh"]) => Op::Refresh, // ADOBE-003
            ("POST", ["oauth", "revoke"] | ["oauth", "v2", "revoke"]) => Op::Revoke, // ADOBE-004
            (
                _,
                ["oauth", "token" | "refresh" | "revoke"] | ["oauth", "v2", "token" | "refresh" | "revoke"],
            ) => Op::WrongMethod,
            // ADOBE-043, ADOBE-044
            ("GET", ["api", "rest", "v5", "base_uris"] | ["api", "rest", "v6", "baseUris"]) => Op::BaseUris,
            ("GET", ["api", "rest", "v5" | "v6", "users"]) => Op::Users,
            ("GET", ["api", "rest", "v6", "users", "me"]) => Op::CurrentUser,
            ("GET", ["api", "rest", "v5" | "v6", "users", _]) => Op::User,
            ("GET", ["api", "rest", "v5" | "v6", "groups"]) => Op::Groups,
            ("POST", ["api", "rest", "v5", "users"]) => Op::CreateUser,
            ("PUT", ["api", "rest", "v5", "users", _]) => Op::ChangeUser,
            ("GET", ["api", "rest", "v5", "groups", _]) => Op::Group,
            ("POST", ["api", "rest", "v5", "groups"]) => Op::CreateGroup,
            ("PUT", ["api", "rest", "v5", "groups", _]) => Op::ChangeGroup,
            ("DELETE", ["api", "rest", "v5", "groups", _]) => Op::DeleteGroup,
            ("GET", ["api", "rest", "v5", "groups", _, "users"]) => Op::GroupUsers,
            ("GET", ["api", "rest", "v5" | "v6", "workflows"]) => Op::Workflows,
            ("GET", ["api", "rest", "v5", "workflows", _]) => Op::Workflow,
            ("GET", ["api", "rest", "v5" | "v6", "agreements"]) => Op::Agreements,
            ("POST", ["api", "rest", "v5" | "v6", "agreements"]) => Op::CreateAgreement, // ADOBE-056
            ("GET", ["api", "rest", "v5" | "v6", "agreements", _]) => Op::Agreement,
            ("DELETE", ["api", "rest", "v5", "agreements", _]) => Op::DeleteAgreement,
            // ADOBE-057
            (
                "PUT",
                ["api", "rest", "v6", "agreements", _, "state"]
                | ["api", "rest", "v5", "agreements", _, "status"],
            ) => Op::ChangeAgreementState,
            ("GET", ["api", "rest", "v5" | "v6", "agreements", _, "documents"]) => Op::AgreementDocuments,
            ("GET", ["api", "rest", "v5" | "v6", "agreements", _, "documents", _]) => Op::AgreementDocument,
            ("GET", ["api", "rest", "v6", "agreements", _, "signingUrls"]) => Op::SigningUrls,
            ("POST", ["api", "rest", "v5" | "v6", "transientDocuments"]) => Op::Upload, // ADOBE-059
            ("GET", ["api", "rest", "v5" | "v6", "libraryDocuments"]) => Op::LibraryDocuments,
            ("GET", ["api", "rest", "v5" | "v6", "widgets"]) => Op::Widgets,
            ("GET", ["api", "rest", "v5", "libraryDocuments", _]) => Op::LibraryDocument,
            ("POST", ["api", "rest", "v5", "libraryDocuments"]) => Op::CreateLibraryDocument,
            ("DELETE", ["api", "rest", "v5", "libraryDocuments", _]) => Op::DeleteLibraryDocument,
            ("GET", ["api", "rest", "v5", "widgets", _]) => Op::Widget,
            ("POST", ["api", "rest", "v5", "widgets"]) => Op::CreateWidget,
            ("PUT", ["api", "rest", "v5", "widgets", _, "status"]) => Op::ChangeWidgetStatus,
            ("GET", ["api", "rest", "v6", "webhooks"]) => Op::Webhooks,
            ("POST", ["api", "rest", "v6", "webhooks"]) => Op::CreateWebhook,
            ("GET", ["api", "rest", "v6", "webhooks", _]) => Op::Webhook,
            ("DELETE", ["api", "rest", "v6", "webhooks", _]) => Op::DeleteWebhook, // ADOBE-058
            (_, ["api", "rest", "v5" | "v6", ..]) => Op::UnknownResource,
            _ => Op::NotFound,
        }
    }

    fn answer(operation: Operation, call: &Call<'_>, site: &Site, tenant: &Tenant) -> Answer {
        use Operation as Op;
        if !is_served(call, &site.switches()) {
            return Err(errors::no_route());
        }
        match operation {
            Op::Authorize => auth::authorize(call, site, tenant),
            Op::Token => auth::token(call, site),
            Op::Refresh => auth::refresh(call, site),
            Op::Revoke => auth::revoke(call, site),
            Op::WrongMethod => Err(errors::method_not_allowed()),
            Op::NotFound => Err(errors::no_route()),
            resource => api::serve(resource, call, site),
        }
    }

    fn trouble(trouble: Trouble, operation: Operation, _: &Call<'_>, site: &Site) -> Reply {
        let mint = site.auth.mint();
        match (trouble, operation) {
            (Trouble::RateLimit { retry_after }, _) => errors::throttled(mint, retry_after),
            (
                Trouble::Unavailable { .. },
                Operation::Authorize | Operation::Token | Operation::Refresh | Operation::Revoke,
            )
            | (Trouble::ServerError, _) => errors::misc_server_error(mint),
            (Trouble::Unavailable { retry_after }, _) => errors::overloaded(mint, retry_after),
            (Trouble::Refusal, Operation::Authorize) => pages::invalid_configuration("refused by a fault"),
            (Trouble::Refusal, Operation::Token) => errors::invalid_code(Refusal::Unknown),
            (Trouble::Refusal, Operation::Refresh) => errors::invalid_refresh_token(Refusal::Unknown),
            (Trouble::Refusal, Operation::Revoke) => errors::not_revoked(Some(Refusal::Unknown)),
            (Trouble::Refusal, _) => errors::invalid_access_token(mint, Refusal::Unknown),
        }
    }

    fn resources(site: &Site) -> Resources {
        Resources {
            account: site.account(),
            polls: site.polls().clone(),
            switches: (*site.switches()).clone(),
        }
    }

    fn switches(site: &Site) -> Value {
        site.switches.to_json()
    }

    fn set_switches(site: &Site, switches: Value) -> serde_json::Result<()> {
        site.switches.set(serde_json::from_value(switches)?);
        Ok(())
    }

    fn reset(site: &Site) {
        let account = Account::sample(site.auth.mint(), site.auth.clock().now());
        site.change(|of| *of = account);
        *site.polls() = Polls::default();
    }

    /// An app that acts for itself is an integration key's: made in the settings, good until revoked (ADOBE-063).
    fn lasts(app: &App) -> bool {
        app.flow == Flow::Server
    }

    fn put_resources(site: &Site, Resources { account, polls, switches }: Resources) {
        *site.polls() = polls;
        site.switches.set(switches);
        *site.account.write().unwrap_or_else(PoisonError::into_inner) = account;
    }

    fn server(site: &Site) -> &AuthorizationServer {
        &site.auth
    }

    fn new_app(site: &Site) -> App {
        let mint = site.auth.mint();
        App {
            client_id: new_id(mint).into(),
            client_secret: mint.text(BASE64URL, 32).into(),
            name: "Rehearsal".into(),
            redirect_uris: vec!["https://client.example/callback".into()],
            scopes: Vec::new(),
            flow: Flow::Code,
            active: true,
        }
    }

    fn new_user(site: &Site) -> User {
        let mint = site.auth.mint();
        let login = format!("{}@sign.example", mint.text(LOWER_ALPHANUMERIC, 8));
        User {
            id: new_id(mint),
            email: login.clone(),
            login: login.into(),
            password: mint.text(ALPHANUMERIC, 16).into(),
            name: "Avery Example".into(),
            realm: String::new(),
            death: None,
        }
    }
}

/// Whether the account has the version of OAuth or REST that is called.
fn is_served(call: &Call<'_>, switches: &Switches) -> bool {
    let segments = call.segments();
    let oauth = |is_v2: bool| match switches.oauth {
        OAuthVersions::Both => true,
        OAuthVersions::V1 => !is_v2,
        OAuthVersions::V2 => is_v2,
    };
    match segments.as_slice() {
        ["public", "oauth", rest @ ..] | ["oauth", rest @ ..] => oauth(rest.first() == Some(&"v2")),
        ["api", "rest", "v5", ..] => switches.rest != RestVersions::V6,
        ["api", "rest", "v6", ..] => switches.rest != RestVersions::V5,
        _ => true,
    }
}
