//! Box: OAuth 2.0 with rotating refresh tokens, and the Content API.
//!
//! The facts come from Box's public documentation, its SDKs, and answers that people have published; their ids
//! (`BOX-…`) are those of the fidelity table.

mod api;
mod auth;
mod drive;
mod errors;
mod pages;

use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use serde::{Deserialize, Serialize};

use crate::{
    Vendor,
    exchange::Reply,
    fault::Trouble,
    mint::{ALPHANUMERIC, DIGITS, LOWER_ALPHANUMERIC},
    oauth::{App, AuthorizationServer, Cascade, Flow, Formats, Life, Policy, Refusal, Rotation, User},
    providers::{
        call::Call,
        house::{self, Answer, operations},
    },
    tenant::{Ground, Tenant},
};

use drive::Drive;

/// How Box's codes and tokens live and die.
pub const POLICY: Policy = Policy {
    code_life: Duration::from_secs(30),     // BOX-016
    code_replay_kills_grant: false,         // BOX-019
    access_life: Life::Between(3600, 4200), // BOX-022
    refreshable: true,
    refresh_life: Some(Duration::from_secs(60 * 24 * 3600)), // BOX-032
    refresh_restarts: false,
    rotation: Rotation::Grace,        // BOX-029, BOX-030
    revoking_access: Cascade::Grant,  // BOX-050
    revoking_refresh: Cascade::Grant, // BOX-050
    limit: None,
};

const FORMATS: Formats = Formats {
    code: |mint, _| mint.text(ALPHANUMERIC, 32),          // BOX-015
    access_token: |mint, _| mint.text(ALPHANUMERIC, 32),  // BOX-023
    refresh_token: |mint, _| mint.text(ALPHANUMERIC, 64), // BOX-023
};

operations! {
    Authorize = "authorize",
    Token = "token",
    Revoke = "revoke",
    CurrentUser = "current-user",
    Folder = "folder",
    FolderItems = "folder-items",
    CreateFolder = "create-folder",
    File = "file",
    DeleteFile = "delete-file",
    WrongMethod = "wrong-method",
    NotFound = "not-found",
}

/// What one tenant has at Box.
#[derive(Debug)]
pub(crate) struct Site {
    pub(crate) auth: AuthorizationServer,
    drive: Mutex<Drive>,
}

/// What a tenant has besides apps, users, codes and tokens.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Resources {
    drive: Drive,
}

impl Site {
    fn drive(&self) -> MutexGuard<'_, Drive> {
        self.drive.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl crate::tenant::Site for Site {
    const VENDOR: Vendor = Vendor::Box;

    fn open(ground: &Ground) -> Self {
        let auth = AuthorizationServer::new(ground, FORMATS, POLICY);
        Self { drive: Mutex::new(Drive::sample(&ground.mint, ground.clock.now())), auth }
    }
}

/// Box, as one of the stand-ins.
pub(crate) struct House;

impl house::House for House {
    type Operation = Operation;
    type Resources = Resources;
    type Site = Site;

    fn route(call: &Call<'_>) -> Operation {
        use Operation as Op;
        match (call.method().as_str(), call.segments().as_slice()) {
            // BOX-001: the canonical path and its historic alias.
            ("GET" | "POST", ["api", "oauth2", "authorize"] | ["oauth2", "authorize"]) => Op::Authorize,
            ("POST", ["oauth2", "token"] | ["api", "oauth2", "token"]) => Op::Token, // BOX-002
            ("POST", ["oauth2", "revoke"] | ["api", "oauth2", "revoke"]) => Op::Revoke, // BOX-003
            ("GET", ["2.0", "users", "me"]) => Op::CurrentUser,
            ("GET", ["2.0", "folders", _]) => Op::Folder,
            ("GET", ["2.0", "folders", _, "items"]) => Op::FolderItems,
            ("POST", ["2.0", "folders"]) => Op::CreateFolder,
            ("GET", ["2.0", "files", _]) => Op::File,
            ("DELETE", ["2.0", "files", _]) => Op::DeleteFile,
            (
                _,
                ["2.0", "users", "me"]
                | ["2.0", "folders" | "files", ..]
                | ["oauth2", "token" | "revoke" | "authorize"],
            ) => Op::WrongMethod,
            _ => Op::NotFound, // BOX-004 among others
        }
    }

    fn answer(operation: Operation, call: &Call<'_>, site: &Site, tenant: &Tenant) -> Answer {
        use Operation as Op;
        match operation {
            Op::Authorize => auth::authorize(call, site, tenant),
            Op::Token => auth::token(call, site),
            Op::Revoke => auth::revoke(call, site),
            Op::CurrentUser => api::current_user(call, site),
            Op::Folder => api::folder(call, site),
            Op::FolderItems => api::folder_items(call, site),
            Op::CreateFolder => api::create_folder(call, site),
            Op::File => api::file(call, site),
            Op::DeleteFile => api::delete_file(call, site),
            Op::WrongMethod => Err(errors::method_not_allowed(site.auth.mint())),
            Op::NotFound => Err(errors::no_route()),
        }
    }

    fn trouble(trouble: Trouble, operation: Operation, call: &Call<'_>, site: &Site) -> Reply {
        let mint = site.auth.mint();
        match (trouble, operation) {
            (Trouble::RateLimit { retry_after }, _) => errors::rate_limited(mint, retry_after),
            (Trouble::ServerError, _) => errors::internal(mint),
            (Trouble::Refusal, Operation::Authorize) => pages::error(call, "invalid_client"),
            (Trouble::Refusal, Operation::Token) => auth::grant_refused(call, Refusal::Unknown),
            (Trouble::Refusal, Operation::Revoke) => auth::revocation_refused(Refusal::Unknown),
            (Trouble::Refusal, _) => errors::invalid_token(mint, Refusal::Unknown),
        }
    }

    fn server(site: &Site) -> &AuthorizationServer {
        &site.auth
    }

    fn new_app(site: &Site) -> App {
        let mint = site.auth.mint();
        App {
            client_id: mint.text(LOWER_ALPHANUMERIC, 32).into(),
            client_secret: mint.text(ALPHANUMERIC, 32).into(),
            name: "Rehearsal".into(),
            redirect_uris: vec!["https://client.example/callback".into()],
            scopes: Vec::new(),
            flow: Flow::Code,
            active: true,
        }
    }

    fn reset(site: &Site) {
        let sample = Drive::sample(site.auth.mint(), site.auth.clock().now());
        *site.drive() = sample;
    }

    fn resources(site: &Site) -> Resources {
        Resources { drive: site.drive().clone() }
    }

    fn put_resources(site: &Site, Resources { drive }: Resources) {
        *site.drive() = drive;
    }

    fn new_user(site: &Site) -> User {
        let mint = site.auth.mint();
        let login = format!("{}@box.example", mint.text(LOWER_ALPHANUMERIC, 8));
        User {
            id: format!("2{}", mint.text(DIGITS, 9)), // a string of digits
            email: login.clone(),
            login: login.into(),
            password: mint.text(ALPHANUMERIC, 16).into(),
            name: "Avery Example".into(),
            realm: String::new(),
            death: None,
        }
    }
}
