//! A stand-in mounted on a `wiremock::MockServer`, with wiremock's expectations around it.
//!
//! `cargo run --example with_wiremock`

use std::error::Error;

use rehearsal::{ConsentGiven, Stage, Vendor};
use wiremock::{
    Mock, MockServer, ResponseTemplate,
    matchers::{method, path},
};

#[tokio::main]
pub(crate) async fn main() -> Result<(), Box<dyn Error>> {
    let stage = Stage::new();
    let server = MockServer::start().await;
    stage.mount(Vendor::Box, &server).await;
    // Exactly one call of the token endpoint is expected; verified when `server` is dropped.
    Mock::given(method("POST"))
        .and(path("/oauth2/token"))
        .respond_with(stage.stand_in(Vendor::Box))
        .expect(1)
        .mount(&server)
        .await;

    let tenant = stage.default_tenant();
    let demo = tenant.demo(Vendor::Box);
    let code = tenant.issue_code(Vendor::Box, ConsentGiven::default())?;
    let form = [
        ("grant_type", "authorization_code"),
        ("code", code.expose()),
        ("client_id", &demo.client_id),
        ("client_secret", demo.client_secret.expose()),
    ];
    let client = reqwest::Client::new();
    let tokens: serde_json::Value =
        client.post(format!("{}/oauth2/token", server.uri())).form(&form).send().await?.json().await?;
    let token = tokens["access_token"].as_str().ok_or("an access token was issued")?;

    // One route fails once; the vendor answers all others, and this one from then on.
    let items = format!("{}/2.0/folders/0/items", server.uri());
    Mock::given(path("/2.0/folders/0/items"))
        .respond_with(ResponseTemplate::new(503))
        .up_to_n_times(1)
        .mount(&server)
        .await;
    assert_eq!(client.get(&items).bearer_auth(token).send().await?.status(), 503);
    assert_eq!(client.get(&items).bearer_auth(token).send().await?.status(), 200);

    let requests = server.received_requests().await.unwrap_or_default();
    assert_eq!(requests.len(), 3);
    Ok(())
}
