//! A test of a program that has the vendor's host names built in, and speaks TLS only.
//!
//! `cargo run --example vendor_hosts`

use std::error::Error;

use rehearsal::{ConsentGiven, Stage, Vendor};
use reqwest_12 as reqwest;

/// The program under test: nothing here knows of a stand-in.
mod program {
    use super::reqwest::{self, Client, StatusCode};

    pub(super) async fn is_logged_in(client: &Client, token: &str) -> reqwest::Result<bool> {
        let me = client.get("https://api.box.com/2.0/users/me").bearer_auth(token).send().await?;
        Ok(me.status() == StatusCode::OK)
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let stage = Stage::start().await?;
    let proxy = stage.proxy().await?;

    // The client goes through the proxy and trusts its authority; a program with a client of its own takes the same
    // from HTTPS_PROXY and SSL_CERT_FILE, which `rehearsal exec` sets.
    let client = reqwest::Client::builder()
        .proxy(reqwest::Proxy::all(proxy.url().as_str())?)
        .add_root_certificate(reqwest::Certificate::from_pem(proxy.authority().pem().as_bytes())?)
        .build()?;

    let tenant = stage.tenant();
    let tokens = tenant.issue_tokens(Vendor::Box, ConsentGiven::default())?;
    let token = tokens.access_token.expose();
    assert!(program::is_logged_in(&client, token).await?);

    tenant.revoke(Vendor::Box, token)?;
    assert!(!program::is_logged_in(&client, token).await?);
    tenant.calls().vendor(Vendor::Box).path("/2.0/users/me").assert_count(2);
    Ok(())
}
