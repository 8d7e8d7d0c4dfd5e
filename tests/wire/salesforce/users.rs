//! Users as records.

use http::Method;
use insta::assert_snapshot;
use serde_json::{Value, json};

use super::{DATA, bearer, json, scene, tokens};
use crate::scene::wire;

#[test]
fn who_logs_in_has_a_record_and_others_can_be_made() {
    let scene = scene();
    let (access, _) = tokens(&scene);
    let get = |path: &str| scene.get(&format!("{DATA}/{path}"), &[&bearer(&access)]);
    let send = |method, path: &str, body: &Value| {
        let headers = [&bearer(&access), "Content-Type: application/json"];
        scene.send(method, &format!("{DATA}/{path}"), &headers, &body.to_string())
    };
    let found = get("query?q=SELECT+Id,Username,Name,IsActive+FROM+User");
    assert_snapshot!("users_found", wire(&found));
    let me = json(&found)["records"][0]["Id"].as_str().unwrap().to_owned();
    let record = json(&get(&format!("sobjects/User/{me}")));
    assert_eq!((&record["Username"], &record["OwnerId"]), (&json!(scene.demo.login), &json!(me)));
    let new = json!({"Username": "emmy@org.example", "LastName": "Noether", "Alias": "emmy", "Email": "emmy@org.example"});
    let made = send(Method::POST, "sobjects/User", &new);
    assert_eq!(made.status(), 201);
    let other = json(&made)["id"].as_str().unwrap().to_owned();
    assert_eq!(
        send(Method::PATCH, &format!("sobjects/User/{other}"), &json!({"IsActive": false})).status(),
        204
    );
    assert_eq!(json(&get(&format!("sobjects/User/{other}")))["IsActive"], false);
    assert_snapshot!(
        "user_incomplete",
        wire(&send(Method::POST, "sobjects/User", &json!({"LastName": "x"})))
    );
    let deleted = send(Method::DELETE, &format!("sobjects/User/{other}"), &Value::Null);
    assert_eq!(deleted.status(), 403, "users are made inactive, and never deleted");
}
