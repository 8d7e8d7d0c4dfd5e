//! 8.7: tokens that are too old are refreshed, once.

use std::{sync::Arc, time::Duration};

use serde_json::json;
use wiremock::{Mock, MockServer, ResponseTemplate, matchers};

use crate::support::{ALICE, NOW, World, settings};

/// INST-289, INST-290
#[tokio::test]
async fn an_old_token_is_refreshed_before_the_call() {
    let world = World::start().await;
    let made = world.make_box(ALICE, "1").await;
    let header = made.with(ALICE);
    world.clock.advance(Duration::from_secs(3599));
    world.get("/files", &header).await.ok();
    assert_eq!(world.bodies_at("/oauth2/token").await.len(), 1);

    world.box_refreshes("REFRESH1", "ACCESS2", "REFRESH2").await;
    world.box_accepts("ACCESS2").await;
    world.clock.advance(Duration::from_secs(1));
    world.get("/files", &header).await.ok();
    world.get("/files", &header).await.ok();
    assert_eq!(
        world.bodies_at("/oauth2/token").await[1..],
        ["grant_type=refresh_token&refresh_token=REFRESH1&client_id=client-id&client_secret=client-secret"]
    );
    let after = world.get(&made.path(), ALICE).await.ok();
    assert_eq!(after["configuration"]["oauth.user.token"], "ACCESS2");
    assert_eq!(after["configuration"]["oauth.user.refresh_token"], "REFRESH2");
    assert_eq!(after["configuration"]["oauth.user.refresh_time"], (NOW + 3_600_000).to_string());
    assert_eq!((&after["id"], &after["token"]), (&json!(made.id), &json!(made.token)));
}

#[tokio::test]
async fn parallel_calls_share_one_refresh() {
    let world = Arc::new(World::start().await);
    let made = world.make_box(ALICE, "1").await;
    world.box_refreshes("REFRESH1", "ACCESS2", "REFRESH2").await;
    world.box_refuses_grants().await;
    world.box_accepts("ACCESS2").await;
    world.clock.advance(Duration::from_secs(4000));
    let calls: Vec<_> = (0..16)
        .map(|_| {
            let (world, header) = (Arc::clone(&world), made.with(ALICE));
            tokio::spawn(async move { world.get("/files", &header).await.status })
        })
        .collect();
    for call in calls {
        assert_eq!(call.await.unwrap(), 200);
    }
    assert_eq!(world.bodies_at("/oauth2/token").await.len(), 2, "the create and one refresh");
}

/// INST-291
#[tokio::test]
async fn a_refused_refresh_is_a_401_until_a_code_comes() {
    let world = World::start().await;
    let made = world.make_box(ALICE, "1").await;
    let header = made.with(ALICE);
    world.box_refuses_grants().await;
    world.clock.advance(Duration::from_secs(4000));
    let refused = world.get("/files", &header).await;
    refused.refused_by_provider(401);
    assert!(refused.provider_message().contains("invalid_grant"));
    assert_eq!(world.get(&made.path(), ALICE).await.ok()["valid"], false);
    assert_eq!(world.requests_at("/2.0/folders/0/items").await.len(), 0, "the old token is not used");

    world.box_gives("CODE2", "ACCESS2", "REFRESH2").await;
    world.box_accepts("ACCESS2").await;
    let renewed = world.patch("/instances", &header, &json!({"providerData": {"code": "CODE2"}})).await.ok();
    assert_eq!(renewed["valid"], true);
    world.get("/files", &header).await.ok();
}

#[tokio::test]
async fn a_refresh_that_fails_otherwise_leaves_the_instance_valid() {
    let world = World::start().await;
    let made = world.make_box(ALICE, "1").await;
    world.provider.reset().await;
    let redirect = ResponseTemplate::new(302).insert_header("location", "/login");
    Mock::given(matchers::path("/oauth2/token")).respond_with(redirect).mount(&world.provider).await;
    world.clock.advance(Duration::from_secs(4000));
    world.get("/files", &made.with(ALICE)).await.refused(502);
    assert_eq!(world.get(&made.path(), ALICE).await.ok()["valid"], true);
}

#[tokio::test]
async fn a_vendor_that_sends_no_refresh_token_keeps_the_old_one() {
    let world = World::start().await;
    let made = world.make_box(ALICE, "1").await;
    for access in ["ACCESS2", "ACCESS3"] {
        Mock::given(matchers::path("/oauth2/token"))
            .and(matchers::body_string_contains("refresh_token=REFRESH1&"))
            .respond_with(
                ResponseTemplate::new(200).set_body_json(json!({"access_token": access, "expires_in": 60})),
            )
            .up_to_n_times(1)
            .mount(&world.provider)
            .await;
        world.box_accepts(access).await;
        world.clock.advance(Duration::from_secs(4000));
        world.get("/files", &made.with(ALICE)).await.ok();
        let configuration = &world.get(&made.path(), ALICE).await.ok()["configuration"];
        assert_eq!(configuration["oauth.user.token"], access);
        assert_eq!(configuration["oauth.user.refresh_token"], "REFRESH1");
        assert_eq!(configuration["oauth.user.refresh_interval"], "60");
    }
}

#[tokio::test]
async fn a_token_can_be_made_old_by_configuration() {
    let world = World::start().await;
    let made = world.make_box(ALICE, "1").await;
    world.box_refreshes("REFRESH1", "ACCESS2", "REFRESH2").await;
    world.box_accepts("ACCESS2").await;
    let old = json!({"configuration": {"oauth.user.refresh_time": "0"}});
    world.patch(&made.path(), ALICE, &old).await.ok();
    world.get("/files", &made.with(ALICE)).await.ok();
    let configuration = &world.get(&made.path(), ALICE).await.ok()["configuration"];
    assert_eq!(configuration["oauth.user.token"], "ACCESS2");
}

#[tokio::test]
async fn a_code_wins_over_a_refresh_that_runs_at_the_same_time() {
    let world = Arc::new(World::start().await);
    let made = world.make_box(ALICE, "1").await;
    let slow = ResponseTemplate::new(200)
        .set_body_json(json!({"access_token": "REFRESHED", "expires_in": 3600, "refresh_token": "REFRESH2"}))
        .set_delay(Duration::from_millis(300));
    Mock::given(matchers::path("/oauth2/token"))
        .and(matchers::body_string_contains("grant_type=refresh_token"))
        .respond_with(slow)
        .mount(&world.provider)
        .await;
    world.box_gives("CODE2", "ACCESS2", "REFRESH3").await;
    world.box_accepts("REFRESHED").await;
    world.box_accepts("ACCESS2").await;
    world.clock.advance(Duration::from_secs(4000));
    let call = {
        let (world, header) = (Arc::clone(&world), made.with(ALICE));
        tokio::spawn(async move { world.get("/files", &header).await.status })
    };
    // The refresh is on its way once the provider has its request.
    world.heard("/oauth2/token", 2).await;
    let body = json!({"providerData": {"code": "CODE2"}});
    let renewed = world.patch(&made.path(), ALICE, &body).await.ok();
    assert_eq!(renewed["configuration"]["oauth.user.token"], "ACCESS2");
    assert_eq!(call.await.unwrap(), 200);
    world.get("/files", &made.with(ALICE)).await.ok();
    let used = world.requests_at("/2.0/folders/0/items").await.pop().unwrap();
    assert_eq!(used.headers["authorization"], "Bearer ACCESS2");
    assert_eq!(world.get(&made.path(), ALICE).await.ok()["configuration"]["oauth.user.token"], "ACCESS2");
}

/// A world whose vendor does not answer so many refreshes, and the next one does.
async fn unreachable(failures: u64) -> World {
    let provider = MockServer::start().await;
    let mut settings = settings(&provider.uri());
    settings.timeout = Duration::from_millis(50);
    settings.refresh_pause = Duration::from_millis(1);
    let world = World::with_settings(provider, settings).await;
    Mock::given(matchers::path("/oauth2/token"))
        .and(matchers::body_string_contains("grant_type=refresh_token"))
        .respond_with(ResponseTemplate::new(200).set_delay(Duration::from_secs(60)))
        .up_to_n_times(failures)
        .with_priority(1)
        .mount(&world.provider)
        .await;
    world.box_refreshes("REFRESH1", "ACCESS2", "REFRESH2").await;
    world.box_accepts("ACCESS2").await;
    world
}

#[tokio::test]
async fn a_refresh_that_the_network_prevents_is_tried_again_without_a_caller() {
    let world = unreachable(3).await;
    let made = world.make_box(ALICE, "1").await;
    world.clock.advance(Duration::from_secs(4000));
    let told = world.get("/files", &made.with(ALICE)).await;
    assert_eq!(told.refused(502).message(), "The provider did not answer in time");
    let renewed = async {
        while world.get(&made.path(), ALICE).await.ok()["configuration"]["oauth.user.token"] != "ACCESS2" {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(30), renewed).await.unwrap();
    assert_eq!(
        world.bodies_at("/oauth2/token").await.len(),
        5,
        "the create, three in vain, and one that came through"
    );
    let instance = world.get(&made.path(), ALICE).await.ok();
    assert_eq!((&instance["valid"], &instance["disabled"]), (&json!(true), &json!(false)));
}

#[tokio::test]
async fn five_attempts_are_made_for_one_call_and_none_after_a_refusal() {
    let world = unreachable(100).await;
    let made = world.make_box(ALICE, "1").await;
    world.clock.advance(Duration::from_secs(4000));
    world.get("/files", &made.with(ALICE)).await.refused(502);
    world.heard("/oauth2/token", 1 + 5).await;

    let world = unreachable(1).await;
    world.provider.reset().await;
    let made = world.make_box(ALICE, "2").await;
    world.box_refuses_grants().await;
    world.clock.advance(Duration::from_secs(4000));
    world.get("/files", &made.with(ALICE)).await.refused_by_provider(401);
    assert_eq!(world.bodies_at("/oauth2/token").await.len(), 2, "a refusal is not tried again");
}
