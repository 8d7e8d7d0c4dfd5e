//! Users and folders.

use http::Method;
use insta::assert_snapshot;
use serde_json::json;

use super::{bearer, get, json as body, pair, scene};
use crate::scene::{Scene, member, wire};

fn create(scene: &Scene, token: &str, name: &str, parent: &str) -> rehearsal::Reply {
    let folder = json!({ "name": name, "parent": { "id": parent } }).to_string();
    scene.send(Method::POST, "/2.0/folders", &[&bearer(token), "Content-Type: application/json"], &folder)
}

#[test]
fn the_user_is_shown_whole_or_by_fields() {
    let scene = scene();
    let (access, _) = pair(&scene);
    let whole = get(&scene, "/2.0/users/me", &access);
    assert_snapshot!("api_current_user", wire(&whole));
    let keys: Vec<String> = body(&whole).as_object().unwrap().keys().cloned().collect();
    let expected = [
        "type",
        "id",
        "name",
        "login",
        "created_at",
        "modified_at",
        "language",
        "timezone",
        "space_amount",
        "space_used",
        "max_upload_size",
        "status",
        "job_title",
        "phone",
        "address",
        "avatar_url",
        "notification_email",
    ];
    assert_eq!(keys, expected, "BOX-065");
    let some = get(&scene, "/2.0/users/me?fields=login,name", &access);
    assert_snapshot!("api_current_user_fields", wire(&some));
    let keys: Vec<String> = body(&some).as_object().unwrap().keys().cloned().collect();
    assert_eq!(keys, ["type", "id", "name", "login"], "BOX-065: type and id always return");
}

#[test]
fn the_root_folder_has_boxs_shape() {
    let scene = scene();
    let (access, _) = pair(&scene);
    let root = get(&scene, "/2.0/folders/0", &access);
    assert_snapshot!("api_root_folder", wire(&root));
    let keys: Vec<String> = body(&root).as_object().unwrap().keys().cloned().collect();
    let expected = [
        "type",
        "id",
        "sequence_id",
        "etag",
        "name",
        "created_at",
        "modified_at",
        "description",
        "size",
        "path_collection",
        "created_by",
        "modified_by",
        "trashed_at",
        "purged_at",
        "content_created_at",
        "content_modified_at",
        "owned_by",
        "shared_link",
        "folder_upload_email",
        "parent",
        "item_status",
        "item_collection",
    ];
    assert_eq!(keys, expected, "BOX-066");
    let items = get(&scene, "/2.0/folders/0/items", &access);
    assert_snapshot!("api_folder_items_all", wire(&items));
    assert_eq!((&body(&items)["limit"], &body(&items)["offset"]), (&json!(100), &json!(0)), "BOX-066");
    let order = json!([{ "by": "type", "direction": "ASC" }, { "by": "name", "direction": "ASC" }]);
    assert_eq!(body(&items)["order"], order, "BOX-066");
    assert_snapshot!("api_folder_items", wire(&get(&scene, "/2.0/folders/0/items?limit=2", &access)));
    let rest = body(&get(&scene, "/2.0/folders/0/items?limit=5000&offset=2", &access));
    assert_eq!((&rest["limit"], &rest["total_count"]), (&json!(1000), &json!(3)), "BOX-066: at most 1000");
    assert_eq!(rest["entries"].as_array().unwrap().len(), 1, "BOX-066");
}

#[test]
fn a_folder_is_made_once() {
    let scene = scene();
    let (access, _) = pair(&scene);
    let created = create(&scene, &access, "New", "0");
    assert_snapshot!("api_create_folder", wire(&created));
    assert_eq!(created.status(), 201, "BOX-067");
    let id = member(&created, "id");
    assert_eq!(get(&scene, &format!("/2.0/folders/{id}"), &access).status(), 200, "BOX-067");
    let twice = create(&scene, &access, "new", "0");
    assert_snapshot!("api_create_folder_twice", wire(&twice));
    assert_eq!(
        (twice.status().as_u16(), member(&twice, "code").as_str()),
        (409, "item_name_in_use"),
        "BOX-067"
    );
    let conflicts = &body(&twice)["context_info"]["conflicts"];
    assert_eq!(conflicts[0]["id"], *id, "BOX-062: an array, for a folder");
    assert_eq!(create(&scene, &access, "New", &id).status(), 201, "elsewhere the name is free");
    assert_snapshot!("api_create_folder_no_name", wire(&create(&scene, &access, "", "0")));
    assert_snapshot!("api_create_folder_wrong_name", wire(&create(&scene, &access, "a/b", "0")));
    let headers = [&bearer(&access), "Content-Type: application/json"];
    let homeless = scene.send(Method::POST, "/2.0/folders", &headers, r#"{"name":"New"}"#);
    assert_snapshot!("api_create_folder_no_parent", wire(&homeless));
    assert_snapshot!("api_create_folder_unknown_parent", wire(&create(&scene, &access, "New", "123")));
}

#[test]
fn an_error_has_boxs_members_in_boxs_order() {
    let scene = scene();
    let (access, _) = pair(&scene);
    let unknown = get(&scene, "/2.0/folders/123", &access);
    assert_snapshot!("api_unknown_folder", wire(&unknown));
    let id = unknown.headers()["box-request-id"].to_str().unwrap();
    let expected = format!(
        r#"{{"type":"error","status":404,"code":"not_found","context_info":{{"errors":[{{"reason":"invalid_parameter","name":"folder","message":"Invalid value 'd_123'. 'folder' with value 'd_123' not found"}}]}},"help_url":"http:\/\/developers.box.com\/docs\/#errors","message":"Not Found","request_id":"{id}"}}"#
    );
    assert_eq!(unknown.text(), expected, "BOX-060, BOX-061");
    let no_number = get(&scene, "/2.0/folders/abc", &access);
    assert_snapshot!("api_folder_id_no_number", wire(&no_number));
    assert_eq!(no_number.status(), 405);
}
