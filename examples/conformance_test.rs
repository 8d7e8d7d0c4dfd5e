//! The conformance suite in a test of one's own, against an axum router of one's own.
//!
//! `cargo run --example conformance_test`

use std::{collections::BTreeMap, error::Error};

use rehearsal::{
    RunningStage, Stage, Vendor,
    conformance::Suite,
    instances::{Caller, Service, Settings},
};
use tokio::net::TcpListener;
use url::Url;

#[tokio::main]
pub(crate) async fn main() -> Result<(), Box<dyn Error>> {
    let stage = Stage::start().await?;
    let service = serve(our_router(&stage)?).await?;
    let report = Suite::for_target(service)
        .vendors(stage)
        .caller("our-user-secret", "our-organization-secret")
        .connectors(["box"])
        .tags("@core".parse()?)
        .run()
        .await?;
    report.assert_conformant();
    Ok(())
}

/// In your test this is the router of your service, with the vendors' addresses where it keeps them.
fn our_router(stage: &RunningStage) -> Result<axum::Router, Box<dyn Error>> {
    let vendors: BTreeMap<Vendor, Url> =
        Vendor::ALL.into_iter().map(|vendor| (vendor, stage.url(vendor))).collect();
    let caller = Caller::new("our-user-secret", "our-organization-secret");
    Ok(Service::new(Settings::new(vendors, vec![caller]))?.router())
}

/// Serves a router on a free port, until the process ends.
async fn serve(router: axum::Router) -> Result<Url, Box<dyn Error>> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let url = Url::parse(&format!("http://{}", listener.local_addr()?))?;
    tokio::spawn(async move { axum::serve(listener, router).await });
    Ok(url)
}
