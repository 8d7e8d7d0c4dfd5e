//! What is kept in a data file: everything that was acknowledged, and no secret in clear.

use std::{fs, path::Path, sync::Arc};

use axum::{
    body::{Body, to_bytes},
    http::{Request, StatusCode},
};
use rehearsal::instances::{
    Service,
    storage::{Change, Record, Storage, StorageError},
};
use reqwest::Method;
use serde_json::{Value, json};
use tower::ServiceExt as _;
use wiremock::MockServer;

use crate::support::{ALICE, BOB, World, box_body, settings};

async fn open(provider: MockServer, folder: &Path) -> World {
    let mut settings = settings(&provider.uri());
    settings.keep_in(&folder.join("data"), &folder.join("key")).unwrap();
    World::with_settings(provider, settings).await
}

/// INST-324
#[tokio::test]
async fn a_second_start_finds_what_the_first_one_left() {
    let folder = tempfile::tempdir().unwrap();
    let world = open(MockServer::start().await, folder.path()).await;
    let kept = world.make_box(ALICE, "1").await;
    let gone = world.make_box(ALICE, "2").await;
    let store = world.make_store(BOB).await;
    world.patch(&kept.path(), ALICE, &json!({"name": "renamed", "tags": ["a"]})).await.ok();
    assert_eq!(world.delete(&gone.path(), ALICE).await.status, 200);
    assert_eq!(world.delete(&format!("{}/enabled", store.path()), BOB).await.status, 200);
    let definition = json!({"fields": [{"path": "id", "type": "string"}]});
    world.post("/organizations/objects/mine/definitions", ALICE, &definition).await.ok();
    let transformation = json!({"vendorName": "files", "fields": [{"path": "id", "vendorPath": "id"}]});
    world.post("/accounts/objects/ours/definitions", ALICE, &definition).await.ok();
    let path = format!("{}/transformations/mine", kept.path());
    world.post(&path, ALICE, &transformation).await.ok();
    let copy = world.post("/elements/box/clone", ALICE, &json!({"key": "box-of-mine"})).await.ok();
    let before = world.get(&kept.path(), ALICE).await.ok();
    let world = open(world.stop().await, folder.path()).await;

    assert_eq!(world.get(&kept.path(), ALICE).await.ok(), before);
    world.get(&kept.path(), BOB).await.refused(404);
    world.get(&gone.path(), ALICE).await.refused(404);
    world.get("/files", &gone.with(ALICE)).await.refused(401);
    assert_eq!(world.get(&store.path(), BOB).await.ok()["disabled"], true);
    // The credentials are whole: the vendor is called with them.
    world.get("/files", &kept.with(ALICE)).await.ok();
    let used = world.requests_at("/2.0/folders/0/items").await.pop().unwrap();
    assert_eq!(used.headers["authorization"], "Bearer ACCESS1");
    assert_eq!(
        world.get("/mine", &kept.with(ALICE)).await.status,
        200,
        "definition and transformation are there"
    );
    assert_eq!(world.get("/accounts/objects/definitions", ALICE).await.ok(), json!({"ours": definition}));
    assert_eq!(world.get("/elements/box-of-mine", ALICE).await.ok(), copy);
    let next = world.make_box(ALICE, "3").await;
    assert!(next.id > store.id, "no number is used twice");
}

#[tokio::test]
async fn no_secret_stands_in_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let world = open(MockServer::start().await, folder.path()).await;
    let made = world.make_box(ALICE, "-a-long-suffix").await;
    world.make_store(ALICE).await;
    drop(world);
    let bytes = fs::read(folder.path().join("data")).unwrap();
    let holds = |text: &str| bytes.windows(text.len()).any(|window| window == text.as_bytes());
    assert!(holds("API Instance"), "the file is read where names stand in clear");
    let token = made.token.as_str();
    for secret in [
        "al/ice+1=",
        "0a1b2c",
        "ACCESS-a-long-suffix",
        "REFRESH-a-long",
        "client-secret",
        "storepassword",
        token,
    ] {
        assert!(!holds(secret), "{secret}");
    }
}

#[tokio::test]
async fn another_key_opens_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let world = open(MockServer::start().await, folder.path()).await;
    world.make_box(ALICE, "1").await;
    let provider = world.stop().await;
    fs::remove_file(folder.path().join("key")).unwrap();
    let mut of = settings(&provider.uri());
    let refused = of.keep_in(&folder.path().join("data"), &folder.path().join("key")).unwrap_err();
    assert!(matches!(refused, StorageError::KeyMissing { .. }), "{refused}");
    rehearsal::instances::storage::Vault::create(&folder.path().join("key")).unwrap();
    of.keep_in(&folder.path().join("data"), &folder.path().join("key")).unwrap();
    let refused = Service::new(of).unwrap_err().to_string();
    assert!(refused.contains("not written with this key"), "{refused}");
}

#[tokio::test]
async fn a_file_in_use_is_not_opened_twice() {
    let folder = tempfile::tempdir().unwrap();
    let world = open(MockServer::start().await, folder.path()).await;
    let refused =
        settings(&world.provider.uri()).keep_in(&folder.path().join("data"), &folder.path().join("key"));
    assert!(matches!(refused, Err(StorageError::InUse(_))));
}

/// Keeps nothing once it is full.
#[derive(Debug)]
struct Full;

impl Storage for Full {
    fn load(&self) -> Result<Vec<Record>, StorageError> {
        Ok(Vec::new())
    }

    fn commit(&self, changes: &[Change]) -> Result<(), StorageError> {
        let of_an_instance =
            |change: &Change| matches!(change, Change::Put(record) if record.table.name() == "instances");
        if changes.iter().any(of_an_instance) {
            return Err(StorageError::Write("the disk is full".to_owned()));
        }
        Ok(())
    }
}

#[tokio::test]
async fn what_cannot_be_kept_does_not_happen() {
    let provider = MockServer::start().await;
    let mut settings = settings(&provider.uri());
    settings.storage = Arc::new(Full);
    let world = World::with_settings(provider, settings).await;
    world.box_gives("CODE1", "ACCESS1", "REFRESH1").await;
    let refused = world.send(Method::POST, "/instances", ALICE, &box_body("CODE1")).await;
    assert!(refused.refused(500).message().contains("nothing has changed"));
    assert!(!refused.text.contains("disk"));
    world.get("/instances", ALICE).await.refused(404);
}

/// The same callers are configured at each start.
fn start(folder: &Path) -> Service {
    let mut settings = settings("http://127.0.0.1:9");
    settings.keep_in(&folder.join("data"), &folder.join("key")).unwrap();
    Service::new(settings).unwrap()
}

async fn status(service: &Service, authorization: &str) -> StatusCode {
    let request = Request::get("/elements/api-v2/instances").header("authorization", authorization);
    service.router().oneshot(request.body(Body::empty()).unwrap()).await.unwrap().status()
}

async fn administer(service: &Service, path: &str, body: &str) -> (StatusCode, Value) {
    let request = Request::post(path).header("content-type", "application/json");
    let answer =
        service.administration().oneshot(request.body(Body::from(body.to_owned())).unwrap()).await.unwrap();
    let status = answer.status();
    let body = to_bytes(answer.into_body(), 10_000).await.unwrap();
    (status, serde_json::from_slice(&body).unwrap())
}

#[tokio::test]
async fn a_secret_that_was_reset_stays_dead_at_the_next_start() {
    let folder = tempfile::tempdir().unwrap();
    let service = start(folder.path());
    let (_, fresh) = administer(&service, "/callers/0/secret", "{}").await;
    let alice = format!("User {}, Organization 0a1b2c", fresh["userSecret"].as_str().unwrap());
    drop(service);

    let service = start(folder.path());
    assert_eq!(status(&service, ALICE).await, 401, "the flags of the start do not revive it");
    assert_eq!(status(&service, &alice).await, 404);
    assert_eq!(status(&service, BOB).await, 404);
    let (_, fresh) = administer(&service, "/organizations/1/secret", "{}").await;
    let bob = format!("User bob/2+x==, Organization {}", fresh["organizationSecret"].as_str().unwrap());
    drop(service);

    let service = start(folder.path());
    assert_eq!(status(&service, BOB).await, 401);
    assert_eq!(status(&service, &bob).await, 404);
    assert_eq!(status(&service, &alice).await, 404);
    let (refused, _) = administer(&service, "/callers", r#"{"organizationSecret": "ffff00"}"#).await;
    assert_eq!(refused, 409, "nor does anybody else come in by it");
}
