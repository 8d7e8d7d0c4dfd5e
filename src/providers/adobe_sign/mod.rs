//! Adobe Acrobat Sign, formerly EchoSign: OAuth 2.0 on versioned paths with a refresh path of its own, and the REST APIs
//! v5 and v6.
//!
//! The facts come from the vendor's public documentation, its SDKs, and answers that people have recorded; their ids
//! (`ADOBE-…`) are those of the fidelity table. Where no source shows an answer, the comment at its place says so.

mod account;
mod api;
mod auth;
mod errors;
mod pages;
mod scope;
mod v5;
mod v6;

use std::{
    sync::{Arc, PoisonError, RwLock},
    time::Duration,
};

use serde::{Deserialize, Serialize};

use crate::{
    Mint, Reply, Vendor,
    fault::Trouble,
    journal::Refresh,
    mint::{ALPHANUMERIC, BASE64URL, LOWER_ALPHANUMERIC},
    oauth::{App, AuthorizationServer, Cascade, Flow, Formats, Life, Policy, Refusal, Rotation, User},
    providers::{
        call::Call,
        house::{self, Answer, operations},
    },
    tenant::{Ground, Tenant},
};

use account::Account;

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
    limit: None,
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
    Agreements = "agreements",
    Agreement = "agreement",
    LibraryDocuments = "library-documents",
    Widgets = "widgets",
    WrongMethod = "wrong-method",
    UnknownResource = "unknown-resource",
    NotFound = "not-found",
}

/// What one tenant has at Adobe Sign.
#[derive(Debug)]
pub(crate) struct Site {
    pub(crate) auth: AuthorizationServer,
    account: RwLock<Arc<Account>>,
}

impl Site {
    fn account(&self) -> Arc<Account> {
        Arc::clone(&self.account.read().unwrap_or_else(PoisonError::into_inner))
    }
}

/// What a tenant has besides apps, users, codes and tokens.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Resources {
    account: Arc<Account>,
}

impl crate::tenant::Site for Site {
    const VENDOR: Vendor = Vendor::AdobeSign;

    fn open(ground: &Ground) -> Self {
        let auth = AuthorizationServer::new(ground, FORMATS, POLICY);
        let account = Account::sample(&ground.mint, ground.clock.now());
        Self { auth, account: RwLock::new(Arc::new(account)) }
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
            ("GET", ["api", "rest", "v5" | "v6", "agreements"]) => Op::Agreements,
            ("GET", ["api", "rest", "v6", "agreements", _]) => Op::Agreement,
            ("GET", ["api", "rest", "v5" | "v6", "libraryDocuments"]) => Op::LibraryDocuments,
            ("GET", ["api", "rest", "v5" | "v6", "widgets"]) => Op::Widgets,
            (_, ["api", "rest", "v5" | "v6", ..]) => Op::UnknownResource,
            _ => Op::NotFound,
        }
    }

    fn answer(operation: Operation, call: &Call<'_>, site: &Site, tenant: &Tenant) -> Answer {
        use Operation as Op;
        match operation {
            Op::Authorize => auth::authorize(call, site, tenant),
            Op::Token => auth::token(call, site),
            Op::Refresh => auth::refresh(call, site),
            Op::Revoke => auth::revoke(call, site),
            Op::BaseUris => api::base_uris(call, site),
            Op::Users => api::users(call, site),
            Op::CurrentUser => api::current_user(call, site),
            Op::Agreements => api::agreements(call, site),
            Op::Agreement => api::agreement(call, site),
            Op::LibraryDocuments => api::library_documents(call, site),
            Op::Widgets => api::widgets(call, site),
            Op::WrongMethod => Err(errors::method_not_allowed()),
            Op::UnknownResource => api::unknown_resource(call, site),
            Op::NotFound => Err(errors::no_route()),
        }
    }

    fn trouble(trouble: Trouble, operation: Operation, _: &Call<'_>, site: &Site) -> Reply {
        let mint = site.auth.mint();
        match (trouble, operation) {
            (Trouble::RateLimit { retry_after }, _) => errors::throttled(mint, retry_after),
            (Trouble::ServerError | Trouble::Unavailable { .. }, _) => errors::misc_server_error(mint),
            (Trouble::Refusal, Operation::Authorize) => pages::invalid_configuration("refused by a fault"),
            (Trouble::Refusal, Operation::Token) => errors::invalid_code(Refusal::Unknown),
            (Trouble::Refusal, Operation::Refresh) => errors::invalid_refresh_token(Refusal::Unknown),
            (Trouble::Refusal, Operation::Revoke) => errors::not_revoked(Some(Refusal::Unknown)),
            (Trouble::Refusal, _) => errors::invalid_access_token(mint, Refusal::Unknown),
        }
    }

    fn resources(site: &Site) -> Resources {
        Resources { account: site.account() }
    }

    fn put_resources(site: &Site, Resources { account }: Resources) {
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
