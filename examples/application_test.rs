//! The tests of an application that uses Box: what happens when a token expires, is revoked, or is refreshed by many at
//! once, and when the token endpoint says "later" or sends garbage.
//!
//! `cargo run --example application_test`

#[path = "application/client.rs"]
mod client;

use std::{error::Error, time::Duration};

use client::{BoxClient, Problem, Settings};
use rehearsal::{
    ConsentGiven, Fault, RunningStage, Stage, TenantHandle, Vendor, providers::box_com::Operation,
};

// Each test has a tenant of its own, so that they could run in parallel.

/// A client that is connected, and the world it is connected to.
fn connected(stage: &RunningStage) -> Result<(BoxClient, TenantHandle), Box<dyn Error>> {
    let tenant = stage.tenant();
    let tokens = tenant.box_com().issue_tokens(ConsentGiven::default())?;
    let app = tenant.box_com().demo();
    let settings = Settings {
        base: stage.url(Vendor::Box).as_str().trim_end_matches('/').to_owned(),
        client_id: app.client_id,
        client_secret: app.client_secret.expose().to_owned(),
    };
    let refresh_token = tokens.refresh_token().ok_or("Box issues refresh tokens")?;
    Ok((BoxClient::new(settings, tokens.access_token(), refresh_token), tenant))
}

async fn an_expired_token_is_refreshed(stage: &RunningStage) -> Result<(), Box<dyn Error>> {
    let (client, tenant) = connected(stage)?;
    assert_eq!(client.whoami().await?, tenant.box_com().demo().login);
    tenant.clock().advance(Duration::from_secs(2 * 3600));
    assert_eq!(client.whoami().await?, tenant.box_com().demo().login);
    tenant.calls().assert_one_refresh(Vendor::Box, 1);
    // Sixty days later the refresh token is dead as well: only the user can help.
    tenant.clock().advance(Duration::from_secs(61 * 24 * 3600));
    assert_eq!(client.whoami().await, Err(Problem::Reauthenticate));
    Ok(())
}

async fn a_token_that_was_revoked_alone_is_refreshed(stage: &RunningStage) -> Result<(), Box<dyn Error>> {
    let (client, tenant) = connected(stage)?;
    let token = client.access_token().await;
    tenant.box_com().revoke_alone(&token)?;
    assert!(client.whoami().await.is_ok());
    // Box itself revokes both at once; then a refresh is refused too.
    let token = client.access_token().await;
    tenant.box_com().revoke(&token)?;
    assert_eq!(client.whoami().await, Err(Problem::Reauthenticate));
    Ok(())
}

async fn many_callers_refresh_once(stage: &RunningStage) -> Result<(), Box<dyn Error>> {
    let (client, tenant) = connected(stage)?;
    let token = client.access_token().await;
    tenant.box_com().expire(&token)?;
    let calls = (0..20).map(|_| client.whoami());
    for answer in futures::future::join_all(calls).await {
        assert!(answer.is_ok(), "{answer:?}");
    }
    // How many of them met the 401 depends on who was quick; they refreshed once in any case.
    tenant.calls().assert_one_refresh(Vendor::Box, 1);
    Ok(())
}

async fn a_rate_limit_is_waited_for(stage: &RunningStage) -> Result<(), Box<dyn Error>> {
    let (client, tenant) = connected(stage)?;
    let token = client.access_token().await;
    tenant.box_com().expire(&token)?;
    tenant.box_com().inject(Operation::Token, Fault::rate_limit(Duration::ZERO).times(2))?;
    assert!(client.whoami().await.is_ok());
    tenant.box_com().calls().operation("token").status(429).assert_count(2);
    Ok(())
}

async fn garbage_from_the_token_endpoint_is_no_panic(stage: &RunningStage) -> Result<(), Box<dyn Error>> {
    let faults = [
        Fault::not_json(),
        Fault::html(),
        Fault::empty(),
        Fault::without("access_token"),
        Fault::with("access_token", 7),
        Fault::reset(),
    ];
    for fault in faults {
        let (client, tenant) = connected(stage)?;
        let token = client.access_token().await;
        tenant.box_com().expire(&token)?;
        tenant.box_com().inject(Operation::Token, fault)?;
        let problem = client.whoami().await;
        assert!(matches!(problem, Err(Problem::BoxIsBroken(_))), "{problem:?}");
    }
    Ok(())
}

#[tokio::main]
pub(crate) async fn main() -> Result<(), Box<dyn Error>> {
    let stage = Stage::start().await?;
    an_expired_token_is_refreshed(&stage).await?;
    a_token_that_was_revoked_alone_is_refreshed(&stage).await?;
    many_callers_refresh_once(&stage).await?;
    a_rate_limit_is_waited_for(&stage).await?;
    garbage_from_the_token_endpoint_is_no_panic(&stage).await?;
    Ok(())
}
