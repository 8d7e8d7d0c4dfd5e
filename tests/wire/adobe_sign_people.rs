//! Adobe Sign on the wire: users, groups, library documents, widgets and workflows of v5, and its single agreements.

use http::Method;
use insta::assert_snapshot;
use rehearsal::Reply;
use serde_json::{Value, json};

use crate::{
    adobe_sign::scene,
    adobe_sign_account::upload,
    adobe_sign_rest::{access_token, body, v5},
    scene::{Scene, member, wire},
};

fn send(scene: &Scene, method: Method, path: &str, token: &str, content: &Value) -> Reply {
    let headers = [&format!("Access-Token: {token}"), "Content-Type: application/json"];
    scene.send(method, &format!("/api/rest/v5/{path}"), &headers, &content.to_string())
}

#[test]
fn a_user_is_added_and_changed() {
    let scene = scene();
    let token = access_token(&scene);
    let new = json!({"email": "emmy@sign.example", "firstName": "Emmy", "lastName": "Noether"});
    let made = send(&scene, Method::POST, "users", &token, &new);
    assert_snapshot!("v5_user_added", wire(&made));
    let one = format!("users/{}", member(&made, "userId"));
    assert_eq!(body(&v5(&scene, &one, &token))["lastName"], "Noether");
    let changed = send(&scene, Method::PUT, &one, &token, &json!({"title": "Professor"}));
    assert_eq!(
        (&body(&changed)["title"], &body(&changed)["firstName"]),
        (&json!("Professor"), &json!("Emmy"))
    );
    assert_snapshot!("v5_user_taken", wire(&send(&scene, Method::POST, "users", &token, &new)));
    let list = body(&v5(&scene, "users", &token));
    let names: Vec<_> = list["userInfoList"].as_array().unwrap().iter().map(|user| &user["email"]).collect();
    assert!(names.contains(&&new["email"]), "{names:?}");
}

#[test]
fn groups_live_and_die_but_the_first() {
    let scene = scene();
    let token = access_token(&scene);
    let made = send(&scene, Method::POST, "groups", &token, &json!({"groupName": "Signers"}));
    assert_snapshot!("v5_group_made", wire(&made));
    let one = format!("groups/{}", member(&made, "groupId"));
    assert_eq!(send(&scene, Method::PUT, &one, &token, &json!({"groupName": "Others"})).status(), 200);
    assert_eq!(body(&v5(&scene, &one, &token))["groupName"], "Others");
    assert_eq!(body(&v5(&scene, &format!("{one}/users"), &token))["userInfoList"], json!([]));
    assert_eq!(send(&scene, Method::DELETE, &one, &token, &Value::Null).status(), 204);
    assert_snapshot!("v5_group_unknown", wire(&v5(&scene, &one, &token)));
    let list = body(&v5(&scene, "groups", &token));
    let first = list["groupInfoList"][0]["groupId"].as_str().unwrap();
    assert_eq!(send(&scene, Method::DELETE, &format!("groups/{first}"), &token, &Value::Null).status(), 404);
}

#[test]
fn forms_are_made_of_uploads() {
    let scene = scene();
    let token = access_token(&scene);
    let file = json!([{"transientDocumentId": member(&upload(&scene, "v5", &token), "transientDocumentId")}]);
    let template = json!({"libraryDocumentCreationInfo": {"name": "Offer", "fileInfos": file}});
    let made = send(&scene, Method::POST, "libraryDocuments", &token, &template);
    assert_eq!(made.status(), 201);
    let one = format!("libraryDocuments/{}", member(&made, "libraryDocumentId"));
    assert_eq!(body(&v5(&scene, &one, &token))["name"], "Offer");
    assert_eq!(send(&scene, Method::DELETE, &one, &token, &Value::Null).status(), 204);
    assert_eq!(v5(&scene, &one, &token).status(), 404);
    let widget = json!({"widgetCreationInfo": {"name": "Waiver", "fileInfos": file}});
    let made = send(&scene, Method::POST, "widgets", &token, &widget);
    let one = format!("widgets/{}", member(&made, "widgetId"));
    assert_eq!(body(&v5(&scene, &one, &token))["status"], "ENABLED");
    assert_eq!(
        send(&scene, Method::PUT, &format!("{one}/status"), &token, &json!({"value": "DISABLE"})).status(),
        200
    );
    assert_eq!(body(&v5(&scene, &one, &token))["status"], "DISABLED");
    let invented =
        json!({"widgetCreationInfo": {"name": "Waiver", "fileInfos": [{"transientDocumentId": "x"}]}});
    assert_eq!(send(&scene, Method::POST, "widgets", &token, &invented).status(), 404);
    assert_eq!(v5(&scene, "widgets/x", &token).status(), 404);
    let workflow = body(&v5(&scene, "workflows", &token));
    let id = workflow["userWorkflowList"][0]["workflowId"].as_str().unwrap().to_owned();
    assert_eq!(body(&v5(&scene, &format!("workflows/{id}"), &token)), workflow["userWorkflowList"][0]);
}

#[test]
fn v5_shows_one_agreement_and_its_documents() {
    let scene = scene();
    let token = access_token(&scene);
    let list = body(&v5(&scene, "agreements", &token));
    let one = format!("agreements/{}", list["userAgreementList"][0]["agreementId"].as_str().unwrap());
    assert_snapshot!("v5_agreement", wire(&v5(&scene, &one, &token)));
    let documents = v5(&scene, &format!("{one}/documents"), &token);
    assert_snapshot!("v5_documents", wire(&documents));
    let document = body(&documents)["documents"][0]["documentId"].as_str().unwrap().to_owned();
    let file = v5(&scene, &format!("{one}/documents/{document}"), &token);
    assert_eq!(file.headers()["content-type"], "application/pdf");
    assert_eq!(send(&scene, Method::DELETE, &one, &token, &Value::Null).status(), 204);
    assert_eq!(v5(&scene, &one, &token).status(), 404);
}
