//! Box: OAuth 2.0 with rotating refresh tokens, and the Content API.
//!
//! The facts come from Box's public documentation, its SDKs, and answers that people have published; their ids
//! (`BOX-…`) are those of the fidelity table.

mod access;
mod api;
mod auth;
mod changes;
mod downloads;
mod drive;
mod enterprise;
mod errors;
mod files;
mod folders;
mod item;
mod pages;
mod scopes;
mod switches;

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{
    Vendor,
    exchange::Reply,
    fault::Trouble,
    mint::{ALPHANUMERIC, BASE64URL, DIGITS, LOWER_ALPHANUMERIC},
    oauth::{App, AuthorizationServer, Cascade, Flow, Formats, Life, Limit, Policy, Refusal, Rotation, User},
    providers::{
        call::Call,
        house::{self, Answer, operations},
        switches::Switchboard,
    },
    tenant::{Ground, Tenant},
};

use auth::{Assertions, Refreshes};
use downloads::Downloads;
use drive::Drive;
use enterprise::Enterprise;

pub use switches::{
    AppSettings, CodeReplay, ExpiredToken, RefreshTokens, Switches, UnknownRevocation, WideExchange,
};

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
    limit: Limit::None,
};

const FORMATS: Formats = Formats {
    code: |mint, _, _| mint.text(ALPHANUMERIC, 32), // BOX-015
    // BOX-023, BOX-025
    access_token: |mint, grant, _| match grant.narrowed {
        None => mint.text(ALPHANUMERIC, 32),
        Some(_) => format!("1!{}", mint.text(BASE64URL, 254)),
    },
    refresh_token: |mint, _, _| mint.text(ALPHANUMERIC, 64), // BOX-023
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
    RenameFile = "rename-file",
    RenameFolder = "rename-folder",
    DeleteFolder = "delete-folder",
    Upload = "upload",
    UploadVersion = "upload-version",
    Preflight = "preflight",
    Content = "content",
    Download = "download",
    Records = "records",
    Record = "record",
    CreateRecord = "create-record",
    UpdateRecord = "update-record",
    DeleteRecord = "delete-record",
    Search = "search",
    WrongMethod = "wrong-method",
    NotFound = "not-found",
}

/// What one tenant has at Box.
#[derive(Debug)]
pub(crate) struct Site {
    pub(crate) auth: AuthorizationServer,
    drive: Mutex<Drive>,
    enterprise: Mutex<Enterprise>,
    downloads: Mutex<Downloads>,
    assertions: Mutex<Assertions>,
    refreshes: Mutex<Refreshes>,
    switches: Switchboard<Switches>,
}

/// What a tenant has besides apps, users, codes and tokens.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Resources {
    drive: Drive,
    #[serde(default)]
    enterprise: Enterprise,
    downloads: Downloads,
    assertions: Assertions,
    switches: Switches,
}

impl Site {
    fn drive(&self) -> MutexGuard<'_, Drive> {
        self.drive.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn enterprise(&self) -> MutexGuard<'_, Enterprise> {
        self.enterprise.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn downloads(&self) -> MutexGuard<'_, Downloads> {
        self.downloads.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn assertions(&self) -> MutexGuard<'_, Assertions> {
        self.assertions.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn refreshes(&self) -> MutexGuard<'_, Refreshes> {
        self.refreshes.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl crate::tenant::Site for Site {
    const VENDOR: Vendor = Vendor::Box;

    fn open(ground: &Ground) -> Self {
        let auth = AuthorizationServer::new(ground, FORMATS, POLICY);
        Self {
            drive: Mutex::new(Drive::sample(&ground.mint, ground.clock.now())),
            auth,
            enterprise: Mutex::default(),
            downloads: Mutex::default(),
            assertions: Mutex::default(),
            refreshes: Mutex::default(),
            switches: Switchboard::default(),
        }
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        self.downloads.get_mut().unwrap_or_else(PoisonError::into_inner).clear(self.auth.claims());
    }
}

/// Box, as one of the stand-ins.
pub(crate) struct House;

impl house::House for House {
    type Operation = Operation;
    type Resources = Resources;
    type Site = Site;

    const DEVELOPER_TOKEN: Option<Duration> = Some(Duration::from_secs(3600)); // BOX-079

    fn route(call: &Call<'_>) -> Operation {
        use Operation as Op;
        match (call.method().as_str(), call.segments().as_slice()) {
            // BOX-001: the canonical path and its historic alias.
            ("GET" | "POST", ["api", "oauth2", "authorize"] | ["oauth2", "authorize"]) => Op::Authorize,
            ("POST", ["oauth2", "token"] | ["api", "oauth2", "token"]) => Op::Token, // BOX-002
            ("POST", ["oauth2", "revoke"] | ["api", "oauth2", "revoke"]) => Op::Revoke, // BOX-003
            ("GET", ["2.0", "users", "me"]) => Op::CurrentUser,
            (
                "GET",
                ["2.0", "users" | "groups" | "webhooks"] | ["2.0", "metadata_templates", "enterprise"],
            ) => Op::Records,
            ("POST", ["2.0", "users" | "groups" | "webhooks"] | ["2.0", "metadata_templates", "schema"]) => {
                Op::CreateRecord
            }
            (
                method,
                ["2.0", "users" | "groups" | "webhooks", _]
                | ["2.0", "metadata_templates", "enterprise", _, "schema"],
            ) if !call.segments().ends_with(&["users", "me"]) => match method {
                "GET" => Op::Record,
                "PUT" => Op::UpdateRecord,
                "DELETE" => Op::DeleteRecord,
                _ => Op::WrongMethod,
            },
            ("GET", ["2.0", "search"]) => Op::Search,
            ("GET", ["2.0", "folders", _]) => Op::Folder,
            ("GET", ["2.0", "folders", _, "items"]) => Op::FolderItems,
            ("POST", ["2.0", "folders"]) => Op::CreateFolder,
            // The upload host has its own prefix (BOX-068).
            ("POST", ["api", "2.0", "files", "content"] | ["2.0", "files", "content"]) => Op::Upload,
            ("POST", ["api", "2.0", "files", _, "content"] | ["2.0", "files", _, "content"]) => {
                Op::UploadVersion
            }
            ("OPTIONS", ["api", "2.0", "files", "content"] | ["2.0", "files", "content"]) => Op::Preflight,
            ("GET", ["2.0", "files", _]) => Op::File,
            ("GET", ["2.0", "files", _, "content"]) => Op::Content, // BOX-069
            ("GET", ["d", "1", "download"]) => Op::Download,
            ("DELETE", ["2.0", "files", _]) => Op::DeleteFile,
            ("PUT", ["2.0", "files", _]) => Op::RenameFile,
            ("PUT", ["2.0", "folders", _]) => Op::RenameFolder,
            ("DELETE", ["2.0", "folders", _]) => Op::DeleteFolder,
            (
                _,
                ["2.0", "users", "me"]
                | ["2.0", "folders" | "files" | "users" | "groups" | "webhooks" | "search", ..]
                | ["api", "2.0", "files", "content"]
                | ["api", "2.0", "files", _, "content"]
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
            Op::Records => enterprise::list(call, site),
            Op::Record => enterprise::one(call, site),
            Op::CreateRecord => enterprise::create(call, site),
            Op::UpdateRecord => enterprise::update(call, site),
            Op::DeleteRecord => enterprise::delete(call, site),
            Op::Search => enterprise::search(call, site),
            Op::Folder => folders::folder(call, site),
            Op::FolderItems => folders::folder_items(call, site),
            Op::CreateFolder => folders::create_folder(call, site),
            Op::File => files::file(call, site),
            Op::DeleteFile => files::delete_file(call, site),
            Op::RenameFile => changes::rename_file(call, site),
            Op::RenameFolder => changes::rename_folder(call, site),
            Op::DeleteFolder => changes::delete_folder(call, site),
            Op::Upload => files::upload(call, site),
            Op::UploadVersion => files::upload_version(call, site),
            Op::Preflight => files::preflight(call, site),
            Op::Content => files::content(call, site),
            Op::Download => files::download(call, site),
            Op::WrongMethod => Err(errors::method_not_allowed(site.auth.mint())),
            Op::NotFound => Err(errors::no_route()),
        }
    }

    fn trouble(trouble: Trouble, operation: Operation, call: &Call<'_>, site: &Site) -> Reply {
        let mint = site.auth.mint();
        match (trouble, operation) {
            (Trouble::RateLimit { retry_after }, _) => errors::rate_limited(mint, retry_after),
            (Trouble::Unavailable { retry_after }, _) => errors::unavailable(mint, retry_after),
            (Trouble::ServerError, _) => errors::internal(mint),
            (Trouble::Refusal, Operation::Authorize) => pages::error(call, "invalid_client"),
            (Trouble::Refusal, Operation::Token) => auth::grant_refused(call, Refusal::Unknown),
            (Trouble::Refusal, Operation::Revoke) => auth::revocation_refused(Refusal::Unknown),
            (Trouble::Refusal, Operation::Download) => Reply::empty(StatusCode::NOT_FOUND),
            (Trouble::Refusal, _) => {
                errors::invalid_token(mint, Refusal::Unknown, site.switches.get().expired_token)
            }
        }
    }

    /// The token of a download may stand in the query (BOX-069).
    fn introduced(call: &Call<'_>) -> Option<String> {
        call.query().get("access_token").map(ToOwned::to_owned)
    }

    fn switches(site: &Site) -> Value {
        site.switches.to_json()
    }

    fn set_switches(site: &Site, switches: Value) -> serde_json::Result<()> {
        let switches: Switches = serde_json::from_value(switches)?;
        let (before, ledger) = (site.switches.get(), site.auth.ledger());
        let mut policy = ledger.policy();
        if switches.refresh_tokens != before.refresh_tokens {
            policy.rotation = switches.refresh_tokens.rotation();
        }
        if switches.code_replay != before.code_replay {
            policy.code_replay_kills_grant = switches.code_replay == CodeReplay::Revokes;
        }
        ledger.set_policy(policy);
        site.switches.set(switches);
        Ok(())
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
        *site.enterprise() = Enterprise::default();
        site.downloads().clear(site.auth.claims());
        *site.assertions() = Assertions::default();
        *site.refreshes() = Refreshes::default();
    }

    fn resources(site: &Site) -> Resources {
        Resources {
            drive: site.drive().clone(),
            enterprise: site.enterprise().clone(),
            downloads: site.downloads().clone(),
            assertions: site.assertions().clone(),
            switches: (*site.switches.get()).clone(),
        }
    }

    fn put_resources(site: &Site, resources: Resources) {
        let Resources { drive, enterprise, downloads, assertions, switches } = resources;
        *site.drive() = drive;
        *site.enterprise() = enterprise;
        *site.downloads() = downloads;
        *site.assertions() = assertions;
        site.switches.set(switches);
    }

    fn resource_names(resources: &Resources) -> Vec<Arc<str>> {
        resources.downloads.tokens().cloned().collect()
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
