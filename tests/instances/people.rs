//! Several organizations and users: roles, and secrets that are reset.

use rehearsal::instances::{Caller, Privilege, Role, Service, serve};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use wiremock::MockServer;

use crate::support::{ALICE, World, answer, box_body, settings};

const READER: &str = "User reader, Organization 0a1b2c";

async fn with_role(role: Role) -> World {
    let provider = MockServer::start().await;
    let mut settings = settings(&provider.uri());
    let mut caller = Caller::new("reader", "0a1b2c");
    caller.role = role;
    settings.callers.push(caller);
    World::with_settings(provider, settings).await
}

/// INST-433
#[tokio::test]
async fn a_role_that_lacks_a_privilege_is_answered_403() {
    let world = with_role(Role::administrator().without(Privilege::CreateInstances)).await;
    let refused = world.post("/instances", READER, &box_body("CODE")).await;
    assert!(refused.refused(403).message().contains("createInstances"));
    world.post("/elements/box/instances", READER, &box_body("CODE")).await.refused(403);
    assert_eq!(world.requests().await, 0);
    world.get("/instances", READER).await.refused(404);
    // Whoever shows a wrong secret does not learn what is missing.
    world.post("/instances", "User reader, Organization ffff00", &box_body("CODE")).await.refused(401);
}

/// INST-433
#[tokio::test]
async fn each_privilege_guards_its_calls() {
    let guarded: [(Privilege, Vec<(Method, &str)>); 5] = [
        (Privilege::ViewInstances, vec![(Method::GET, "/instances"), (Method::GET, "/instances/1")]),
        (
            Privilege::EditInstances,
            vec![
                (Method::PATCH, "/instances/1"),
                (Method::PUT, "/instances/1"),
                (Method::DELETE, "/instances/1/enabled"),
            ],
        ),
        (Privilege::DeleteInstances, vec![(Method::DELETE, "/instances/1")]),
        (
            Privilege::EditOrganization,
            vec![
                (Method::POST, "/elements/box/clone"),
                (Method::DELETE, "/organizations/objects/x/definitions"),
            ],
        ),
        (Privilege::CreateInstances, vec![(Method::POST, "/instances")]),
    ];
    for (privilege, calls) in guarded {
        let world = with_role(Role::administrator().without(privilege)).await;
        for (method, path) in calls {
            let request =
                world.request(method.clone(), path).header("authorization", READER).json(&json!({}));
            let refused = answer(request).await;
            assert_eq!(refused.status, 403, "{method} {path}: {}", refused.text);
            assert!(refused.message().contains(privilege.name()));
            let request = world.request(method.clone(), path).header("authorization", ALICE).json(&json!({}));
            assert_ne!(answer(request).await.status, 403, "{method} {path}");
        }
    }
}

#[tokio::test]
async fn calls_through_an_instance_need_their_privilege() {
    let world = World::start().await;
    let made = world.make_box(ALICE, "1").await;
    world.get("/files", &made.with(ALICE)).await.ok();
    let world = with_role(Role::reader()).await;
    world.get("/ping", &format!("{READER}, Element nobody")).await.refused(401);
}

struct Administration {
    control: String,
    instances: String,
    client: reqwest::Client,
}

impl Administration {
    async fn start() -> Self {
        let service = Service::new(settings("http://127.0.0.1:9")).unwrap();
        let control = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let instances = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let address = |listener: &TcpListener| format!("http://{}", listener.local_addr().unwrap());
        let (control_url, instances_url) = (address(&control), address(&instances));
        let router = service.administration();
        tokio::spawn(async move { axum::serve(control, router).await });
        tokio::spawn(serve(instances, service, std::future::pending()));
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        Self { control: control_url, instances: format!("{instances_url}/elements/api-v2"), client }
    }

    async fn post(&self, path: &str, body: Value) -> (StatusCode, Value) {
        let sent = self.client.post(format!("{}{path}", self.control)).json(&body).send().await.unwrap();
        (sent.status(), sent.json().await.unwrap())
    }

    async fn list(&self, user: &str, organization: &str) -> u16 {
        let header = format!("User {user}, Organization {organization}");
        let request = self.client.get(format!("{}/instances", self.instances));
        answer(request.header("authorization", header)).await.status.as_u16()
    }
}

#[tokio::test]
async fn a_secret_that_is_reset_is_dead_at_once() {
    let scene = Administration::start().await;
    assert_eq!(scene.list("al/ice+1=", "0a1b2c").await, 404, "a caller without instances");
    let (status, fresh) = scene.post("/callers/0/secret", json!({})).await;
    assert_eq!(status, 200);
    let user = fresh["userSecret"].as_str().unwrap();
    assert_eq!(scene.list("al/ice+1=", "0a1b2c").await, 401);
    assert_eq!(scene.list(user, "0a1b2c").await, 404);
    let (_, fresh) = scene.post("/organizations/0/secret", json!({})).await;
    assert_eq!(scene.list(user, "0a1b2c").await, 401);
    assert_eq!(scene.list(user, fresh["organizationSecret"].as_str().unwrap()).await, 404);
    assert_eq!(scene.list("bob/2+x==", "ffff00").await, 404, "nobody else is concerned");
    assert_eq!(scene.post("/callers/99/secret", json!({})).await.0, 404);
}

#[tokio::test]
async fn callers_are_added_to_organizations_old_and_new() {
    let scene = Administration::start().await;
    let (_, colleague) =
        scene.post("/callers", json!({"organizationSecret": "0a1b2c", "role": "reader"})).await;
    let (_, stranger) = scene.post("/callers", json!({"firstName": "Grace"})).await;
    assert_eq!(colleague["organization"], 0);
    assert_eq!(stranger["organization"], 2);
    assert_eq!(stranger["firstName"], "Grace");
    for caller in [&colleague, &stranger] {
        let text = |name: &str| caller[name].as_str().unwrap();
        assert_eq!(scene.list(text("userSecret"), text("organizationSecret")).await, 404);
        assert_eq!(scene.list(text("userSecret"), "ffff00").await, 401);
    }
    let listed = scene.client.get(format!("{}/callers", scene.control)).send().await.unwrap();
    let listed = listed.text().await.unwrap();
    assert!(
        listed.contains("Grace") && !listed.contains(stranger["userSecret"].as_str().unwrap()),
        "{listed}"
    );
    assert_eq!(scene.post("/callers", json!({"role": "king"})).await.0, 400);
}
