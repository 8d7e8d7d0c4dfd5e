//! The same tests as in `application_test`, on a `wiremock::MockServer`: the stand-in answers what no mock of the test
//! does, a mock with a higher priority takes one route away from it, and the tenant's hands work as ever.
//!
//! `cargo run --example application_test_with_wiremock`

#[path = "application/client.rs"]
mod client;

use std::{error::Error, time::Duration};

use client::{BoxClient, Problem, Settings};
use rehearsal::{ConsentGiven, Fault, Stage, TenantHandle, Vendor, providers::box_com::Operation};
use wiremock::{
    Mock, MockServer, ResponseTemplate,
    matchers::{body_string_contains, method, path},
};

/// A server with Box on it, a client that is connected, and the world it is connected to.
async fn connected(stage: &Stage) -> Result<(MockServer, BoxClient, TenantHandle), Box<dyn Error>> {
    let server = MockServer::start().await;
    stage.mount(Vendor::Box, &server).await;
    let tenant = stage.tenant();
    let tokens = tenant.box_com().issue_tokens(ConsentGiven::default())?;
    let app = tenant.box_com().demo();
    let settings = Settings {
        base: server.uri(),
        client_id: app.client_id,
        client_secret: app.client_secret.expose().to_owned(),
    };
    let refresh_token = tokens.refresh_token().ok_or("Box issues refresh tokens")?;
    Ok((server, BoxClient::new(settings, tokens.access_token(), refresh_token), tenant))
}

async fn an_expired_token_is_refreshed(stage: &Stage) -> Result<(), Box<dyn Error>> {
    let (_server, client, tenant) = connected(stage).await?;
    tenant.clock().advance(Duration::from_secs(2 * 3600));
    assert_eq!(client.whoami().await?, tenant.box_com().demo().login);
    tenant.clock().advance(Duration::from_secs(61 * 24 * 3600));
    assert_eq!(client.whoami().await, Err(Problem::Reauthenticate));
    Ok(())
}

async fn a_token_that_was_revoked_alone_is_refreshed(stage: &Stage) -> Result<(), Box<dyn Error>> {
    let (_server, client, tenant) = connected(stage).await?;
    tenant.box_com().revoke_alone(&client.access_token().await)?;
    assert!(client.whoami().await.is_ok());
    tenant.box_com().revoke_grant(&client.access_token().await)?;
    assert_eq!(client.whoami().await, Err(Problem::Reauthenticate));
    Ok(())
}

/// Said twice: by wiremock's expectation, and by the tenant's journal, which also knows who met a 401.
async fn many_callers_refresh_once(stage: &Stage) -> Result<(), Box<dyn Error>> {
    let (server, client, tenant) = connected(stage).await?;
    Mock::given(method("POST"))
        .and(path("/oauth2/token"))
        .and(body_string_contains("grant_type=refresh_token"))
        .respond_with(stage.stand_in(Vendor::Box))
        .expect(1)
        .named("one refresh")
        .mount(&server)
        .await;
    tenant.box_com().expire(&client.access_token().await)?;
    let calls = (0..20).map(|_| client.whoami());
    for answer in futures::future::join_all(calls).await {
        assert!(answer.is_ok(), "{answer:?}");
    }
    tenant.calls().assert_one_refresh(Vendor::Box, 1);
    server.verify().await;
    Ok(())
}

/// A mock of the test takes the route once; then Box answers it again.
async fn a_rate_limit_is_waited_for(stage: &Stage) -> Result<(), Box<dyn Error>> {
    let (server, client, tenant) = connected(stage).await?;
    Mock::given(path("/oauth2/token"))
        .respond_with(ResponseTemplate::new(429).insert_header("retry-after", "0"))
        .up_to_n_times(1)
        .with_priority(1)
        .expect(1)
        .mount(&server)
        .await;
    tenant.box_com().expire(&client.access_token().await)?;
    assert!(client.whoami().await.is_ok());
    // Box has seen the second attempt alone.
    tenant.box_com().calls().operation("token").assert_count(1);
    Ok(())
}

async fn garbage_from_the_token_endpoint_is_no_panic(stage: &Stage) -> Result<(), Box<dyn Error>> {
    let faults =
        [Fault::not_json(), Fault::html(), Fault::empty(), Fault::without("access_token"), Fault::reset()];
    for fault in faults {
        let (_server, client, tenant) = connected(stage).await?;
        tenant.box_com().expire(&client.access_token().await)?;
        tenant.box_com().inject(Operation::Token, fault)?;
        let problem = client.whoami().await;
        assert!(matches!(problem, Err(Problem::BoxIsBroken(_))), "{problem:?}");
    }
    Ok(())
}

#[tokio::main]
pub(crate) async fn main() -> Result<(), Box<dyn Error>> {
    let stage = Stage::new();
    an_expired_token_is_refreshed(&stage).await?;
    a_token_that_was_revoked_alone_is_refreshed(&stage).await?;
    many_callers_refresh_once(&stage).await?;
    a_rate_limit_is_waited_for(&stage).await?;
    garbage_from_the_token_endpoint_is_no_panic(&stage).await?;
    Ok(())
}
