//! Users, groups, webhooks, metadata templates, and the search.

use http::Method;
use insta::assert_snapshot;
use rehearsal::{ConsentGiven, Reply, Vendor};
use serde_json::{Value, json};

use super::{bearer, get, json as body, pair, scene};
use crate::scene::{Scene, wire};

fn send(scene: &Scene, method: Method, path: &str, token: &str, content: &Value) -> Reply {
    let headers = [&bearer(token), "Content-Type: application/json"];
    scene.send(method, path, &headers, &content.to_string())
}

#[test]
fn who_logs_in_is_a_user_and_others_can_be_made() {
    let scene = scene();
    let (access, _) = pair(&scene);
    let me = body(&get(&scene, "/2.0/users/me", &access));
    let list = get(&scene, "/2.0/users?fields=login", &access);
    assert_snapshot!("enterprise_users", wire(&list));
    assert_eq!(body(&list)["entries"][0]["id"], me["id"]);
    let new = json!({"name": "Emmy Noether", "login": "emmy@box.example"});
    let made = send(&scene, Method::POST, "/2.0/users", &access, &new);
    assert_snapshot!("enterprise_user_made", wire(&made));
    assert_snapshot!("enterprise_user_taken", wire(&send(&scene, Method::POST, "/2.0/users", &access, &new)));
    let id = body(&made)["id"].as_str().unwrap().to_owned();
    let changed =
        send(&scene, Method::PUT, &format!("/2.0/users/{id}"), &access, &json!({"job_title": "Professor"}));
    assert_eq!((&body(&changed)["job_title"], &body(&changed)["name"]), (&json!("Professor"), &new["name"]));
    assert_eq!(body(&get(&scene, "/2.0/users?limit=1&offset=1", &access))["entries"][0]["id"], *id);
    assert_eq!(send(&scene, Method::DELETE, &format!("/2.0/users/{id}"), &access, &json!({})).status(), 204);
    assert_snapshot!("enterprise_user_unknown", wire(&get(&scene, &format!("/2.0/users/{id}"), &access)));
}

#[test]
fn groups_webhooks_and_templates_live_and_die() {
    let scene = scene();
    let (access, _) = pair(&scene);
    let hook = json!({
        "target": {"id": "1", "type": "folder"}, "address": "https://client.example/hook", "triggers": ["FILE.UPLOADED"],
    });
    for (path, new, change) in [
        ("/2.0/groups", json!({"name": "Algebra"}), json!({"description": "rings"})),
        ("/2.0/webhooks", hook, json!({"triggers": ["FILE.DELETED"]})),
    ] {
        let made = send(&scene, Method::POST, path, &access, &new);
        assert_eq!(made.status(), 201, "{path}");
        let one = format!("{path}/{}", body(&made)["id"].as_str().unwrap());
        assert_eq!(body(&get(&scene, path, &access))["entries"][0], body(&made));
        let changed = body(&send(&scene, Method::PUT, &one, &access, &change));
        for (name, value) in change.as_object().unwrap() {
            assert_eq!(changed[name], *value, "{path}");
        }
        assert_eq!(send(&scene, Method::DELETE, &one, &access, &json!({})).status(), 204);
        assert_eq!(get(&scene, &one, &access).status(), 404);
    }
    assert_eq!(send(&scene, Method::POST, "/2.0/webhooks", &access, &json!({"address": "x"})).status(), 400);
    let template = json!({"scope": "enterprise", "displayName": "Contract Type"});
    let made = send(&scene, Method::POST, "/2.0/metadata_templates/schema", &access, &template);
    assert_snapshot!("enterprise_template", wire(&made));
    let one = "/2.0/metadata_templates/enterprise/contractType/schema";
    let field = json!([{"op": "addField", "data": {"key": "until", "type": "date"}}]);
    assert_eq!(body(&send(&scene, Method::PUT, one, &access, &field))["fields"][0]["key"], "until");
    assert_eq!(
        body(&get(&scene, "/2.0/metadata_templates/enterprise", &access))["entries"][0]["templateKey"],
        "contractType"
    );
    assert_eq!(send(&scene, Method::DELETE, one, &access, &json!({})).status(), 204);
}

#[test]
fn the_search_finds_items_by_their_names() {
    let scene = scene();
    let (access, _) = pair(&scene);
    assert_snapshot!("enterprise_search", wire(&get(&scene, "/2.0/search?query=contract", &access)));
    let none = body(&get(&scene, "/2.0/search?query=nowhere", &access));
    assert_eq!((&none["total_count"], &none["entries"]), (&json!(0), &json!([])));
    assert_eq!(get(&scene, "/2.0/search", &access).status(), 400);
}

#[test]
fn each_of_it_needs_its_scope() {
    let scene = scene();
    let scopes = vec!["root_readwrite".to_owned(), "manage_groups".to_owned()];
    let given = ConsentGiven { scopes, ..ConsentGiven::default() };
    let issued = scene.tenant.issue_tokens(Vendor::Box, given).unwrap();
    let access = issued.access_token.expose();
    assert_eq!(get(&scene, "/2.0/groups", access).status(), 200);
    for path in ["/2.0/users", "/2.0/webhooks", "/2.0/metadata_templates/enterprise"] {
        assert_eq!(get(&scene, path, access).status(), 403, "{path}");
    }
}
