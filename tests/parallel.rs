//! Two hundred tests in one process, over one server: none meets another, in what it is answered, in what it does by
//! hand, in its time, or in its journal.

use std::{sync::Arc, time::Duration};

use rehearsal::{ConsentGiven, Fault, RunningStage, Stage, TenantHandle, Vendor};
use tokio::sync::Barrier;

const TESTS: usize = 200;

/// Where Box stands among [`Vendor::ALL`].
const BOX: usize = 2;

/// What one test has seen, for the comparison with its journal.
struct Seen {
    tenant: TenantHandle,
    number: usize,
    tokens: Vec<String>,
    calls: usize,
}

/// A call that needs a token, and how the token is shown.
fn call(
    client: &reqwest::Client,
    stage: &RunningStage,
    vendor: Vendor,
    token: &str,
    tenant: &TenantHandle,
) -> reqwest::RequestBuilder {
    let realm = tenant.demo(vendor).realm.unwrap_or_default();
    let path = match vendor {
        Vendor::AdobeSign => "/api/rest/v6/baseUris".to_owned(),
        Vendor::BigCommerce => format!("/stores/{realm}/v2/store"),
        Vendor::Box => "/2.0/users/me".to_owned(),
        Vendor::Egnyte => "/pubapi/v1/userinfo".to_owned(),
        Vendor::QuickBooks => format!("/v3/company/{realm}/companyinfo/{realm}"),
        Vendor::Salesforce => "/services/data/v58.0/limits".to_owned(),
        other => panic!("say here what is called at {other}"),
    };
    let url = stage.url(vendor).join(&path).expect("the path fits the address");
    let request = client.get(url).header("accept", "application/json");
    match vendor {
        Vendor::BigCommerce => request.header("x-auth-token", token),
        _ => request.bearer_auth(token),
    }
}

async fn test(number: usize, stage: Arc<RunningStage>, client: reqwest::Client, start: Arc<Barrier>) -> Seen {
    let tenant = stage.tenant();
    let mut tokens = Vec::new();
    let mut calls = 0;
    start.wait().await;
    for vendor in Vendor::ALL {
        let issued =
            tenant.issue_tokens(vendor, ConsentGiven::default()).expect("the demo app is registered");
        let token = issued.access_token.expose().to_owned();
        let answer = async || {
            let answer =
                call(&client, &stage, vendor, &token, &tenant).send().await.expect("the stand-in answers");
            answer.status().as_u16()
        };
        assert_eq!(answer().await, 200, "test {number} at {vendor}");
        // A fault of one test strikes that test, every third one has it.
        if number.is_multiple_of(3) {
            tenant
                .inject(Fault::answer(http::StatusCode::IM_A_TEAPOT, "").at(vendor))
                .expect("a vendor alone will do");
            assert_eq!(answer().await, 418, "test {number} at {vendor}");
            calls += 1;
        }
        // Each second one's token dies, by hand or by time; the others' live on.
        match number % 4 {
            1 => tenant.revoke_alone(vendor, &token).expect("it is alive"),
            3 if vendor != Vendor::BigCommerce => tenant.clock().advance(Duration::from_secs(31 * 24 * 3600)),
            _ => {}
        }
        let dead = number % 4 == 1 || (number % 4 == 3 && vendor != Vendor::BigCommerce);
        assert_eq!(answer().await, if dead { 401 } else { 200 }, "test {number} at {vendor}");
        calls += 2;
        tokens.push(token);
    }
    Seen { tenant, number, tokens, calls }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_hundred_tests_share_a_process_and_never_meet() {
    let stage = Arc::new(Stage::start().await.expect("loopback ports are free"));
    // One client: its connections carry calls of many tenants.
    let client = reqwest::Client::new();
    let start = Arc::new(Barrier::new(TESTS));
    let tests: Vec<_> = (0..TESTS)
        .map(|number| tokio::spawn(test(number, Arc::clone(&stage), client.clone(), Arc::clone(&start))))
        .collect();
    let mut seen = Vec::new();
    for test in tests {
        seen.push(test.await.expect("each test passes"));
    }
    assert_eq!(stage.tenants().len(), TESTS + 1);
    for Seen { tenant, number, tokens, calls } in &seen {
        let entries = tenant.journal().entries();
        assert_eq!(entries.len(), *calls, "test {number} has its own calls in its journal, and all of them");
        for entry in &entries {
            let shown = entry.header("authorization").map(|of| of.trim_start_matches("Bearer "));
            let shown = shown.or_else(|| entry.header("x-auth-token")).expect("each call shows a token");
            assert!(
                tokens.iter().any(|token| token == shown),
                "test {number} has another's call in its journal"
            );
            assert_eq!(entry.tenant, *tenant.id(), "test {number}");
        }
        let foreign = &seen[(number + 1) % TESTS].tokens[BOX];
        assert!(tenant.standing(Vendor::Box, foreign).is_none(), "test {number} knows another's token");
        let struck = tenant.faults().list().iter().map(|(_, fault)| fault.struck()).sum::<u64>();
        let own = if number.is_multiple_of(3) { Vendor::ALL.len() as u64 } else { 0 };
        assert_eq!(struck, own, "test {number}: a fault strikes whom it was injected for");
    }
    assert!(stage.default_tenant().journal().entries().is_empty(), "nothing went astray");
    drop(seen);
    assert_eq!(stage.tenants().len(), 1, "each world is gone with its handle");
}
