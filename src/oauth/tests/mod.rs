//! The ledger under many hands, and against a plain model.

mod model;
mod races;

use std::time::Duration;

use crate::{
    Stage, TenantHandle, Vendor,
    oauth::{Cascade, Flow, Grant, Life, Limit, Policy, Rotation},
};

/// A policy with short lives and everything else plain; tests change what they are about.
const PLAIN: Policy = Policy {
    code_life: Duration::from_secs(30),
    code_replay_kills_grant: false,
    access_life: Life::For(Duration::from_secs(100)),
    refreshable: true,
    refresh_life: Some(Duration::from_secs(300)),
    refresh_restarts: false,
    rotation: Rotation::Never,
    revoking_access: Cascade::Grant,
    revoking_refresh: Cascade::Grant,
    limit: Limit::None,
};

/// A tenant whose ledger at Box follows `policy`, at a stopped clock.
fn tenant(policy: Policy) -> TenantHandle {
    let tenant = Stage::builder().seed(1).build().tenant();
    tenant.clock().freeze();
    tenant.set_policy(Vendor::Box, policy);
    tenant
}

fn grant() -> Grant {
    Grant {
        client_id: "app".into(),
        login: "user".into(),
        user_id: "1".into(),
        realm: "".into(),
        scopes: Vec::new(),
        redirect_uri: None,
        code_challenge: None,
        nonce: None,
        flow: Flow::Code,
        narrowed: None,
        offline: true,
    }
}
