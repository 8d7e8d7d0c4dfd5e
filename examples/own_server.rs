//! A stage with listeners of its own, inside a test: a token is used, revoked, and refused.
//!
//! `cargo run --example own_server`

use std::error::Error;

use rehearsal::{ConsentGiven, RunningStage, Stage, Vendor};

#[tokio::main]
pub(crate) async fn main() -> Result<(), Box<dyn Error>> {
    // Free ports on loopback; all is gone when `stage` is dropped.
    let stage = Stage::start().await?;
    let tenant = stage.tenant();
    let tokens = tenant.issue_tokens(Vendor::Box, ConsentGiven::default())?;

    // In an application's test, `stage.url(Vendor::Box)` goes where the application keeps Box's address.
    assert_eq!(current_user(&stage, tokens.access_token.expose()).await?, 200);

    tenant.revoke(Vendor::Box, tokens.access_token.expose())?;
    assert_eq!(current_user(&stage, tokens.access_token.expose()).await?, 401);

    // The wire says only what Box says. The journal says why.
    let calls = tenant.journal().entries();
    let refused = calls.last().ok_or("the call was journaled")?;
    assert!(refused.verdict.to_string().starts_with("refused: revoked at "));
    Ok(())
}

async fn current_user(stage: &RunningStage, token: &str) -> Result<u16, Box<dyn Error>> {
    let url = stage.url(Vendor::Box).join("/2.0/users/me")?;
    Ok(reqwest::Client::new().get(url).bearer_auth(token).send().await?.status().as_u16())
}
