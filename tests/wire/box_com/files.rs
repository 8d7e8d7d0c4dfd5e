//! Files and their content.

use http::Method;
use insta::assert_snapshot;
use rehearsal::Reply;
use serde_json::json;

use super::{bearer, get, json as body, pair, scene};
use crate::scene::{Scene, member, wire};

const BOUNDARY: &str = "Content-Type: multipart/form-data; boundary=between";

fn part(name: &str, file_name: Option<&str>, content: &str) -> String {
    let file_name = file_name.map(|name| format!("; filename=\"{name}\"")).unwrap_or_default();
    format!("--between\r\nContent-Disposition: form-data; name=\"{name}\"{file_name}\r\n\r\n{content}\r\n")
}

fn attributes(name: &str, parent: &str) -> String {
    part("attributes", None, &json!({ "name": name, "parent": { "id": parent } }).to_string())
}

fn upload(scene: &Scene, token: &str, parts: &[String], more: &[&str]) -> Reply {
    let body = format!("{}--between--\r\n", parts.concat());
    let bearer = bearer(token);
    let headers = [&[bearer.as_str(), BOUNDARY], more].concat();
    scene.send(Method::POST, "/api/2.0/files/content", &headers, &body)
}

/// The demo user's file in the root folder.
fn welcome(scene: &Scene, token: &str) -> String {
    let items = body(&get(scene, "/2.0/folders/0/items", token));
    let entries = items["entries"].as_array().expect("a folder has items");
    let file = entries.iter().find(|item| item["type"] == "file").expect("one is a file");
    file["id"].as_str().expect("a file has an id").to_owned()
}

#[test]
fn a_file_is_uploaded_read_and_deleted() {
    let scene = scene();
    let (access, _) = pair(&scene);
    let parts = [attributes("a.txt", "0"), part("file", Some("unused"), "one\r\ntwo")];
    let created = upload(&scene, &access, &parts, &[]);
    assert_snapshot!("upload", wire(&created));
    assert_eq!((created.status().as_u16(), &body(&created)["total_count"]), (201, &json!(1)), "BOX-068");
    let entry = &body(&created)["entries"][0];
    assert_eq!((&entry["name"], &entry["size"]), (&json!("a.txt"), &json!(8)), "BOX-068");
    assert_eq!(entry["sha1"], "d21fd97bafd12ccb1cd8630bf209d408ab5c4d0e", "BOX-068: of its bytes");
    let path = format!("/2.0/files/{}", entry["id"].as_str().unwrap());
    assert_eq!(body(&get(&scene, &path, &access)), *entry, "BOX-068");

    let delete = |headers: &[&str]| {
        let bearer = bearer(&access);
        scene.send(Method::DELETE, &path, &[&[bearer.as_str()], headers].concat(), "")
    };
    assert_snapshot!("delete_file_changed", wire(&delete(&["If-Match: 7"])));
    let deleted = delete(&["If-Match: \"0\""]);
    assert_snapshot!("delete_file", wire(&deleted));
    assert_eq!((deleted.status().as_u16(), deleted.body().len()), (204, 0), "BOX-068");
    let gone = get(&scene, &path, &access);
    assert_snapshot!("api_unknown_file", wire(&gone));
    assert_eq!(gone.status(), 404, "BOX-068");
}

#[test]
fn a_name_in_use_is_an_object_for_files() {
    let scene = scene();
    let (access, _) = pair(&scene);
    let twice = upload(&scene, &access, &[attributes("welcome.PDF", "0"), part("file", Some("f"), "1")], &[]);
    assert_snapshot!("upload_twice", wire(&twice));
    assert_eq!(twice.status(), 409, "BOX-062");
    let conflict = &body(&twice)["context_info"]["conflicts"];
    assert_eq!(conflict["name"], "Welcome.pdf", "BOX-062: an object, for a file");
}

#[test]
fn an_upload_that_is_not_whole_is_refused() {
    let scene = scene();
    let (access, _) = pair(&scene);
    let file = || part("file", Some("f"), "1");
    let late = upload(&scene, &access, &[file(), attributes("a", "0")], &[]);
    assert_snapshot!("upload_attributes_too_late", wire(&late));
    assert_eq!(late.status(), 400, "BOX-068: attributes come first");
    assert_snapshot!("upload_no_attributes", wire(&upload(&scene, &access, &[file()], &[])));
    assert_snapshot!("upload_no_file", wire(&upload(&scene, &access, &[attributes("a", "0")], &[])));
    let digest = ["content-md5: 0000000000000000000000000000000000000000"];
    assert_snapshot!(
        "upload_wrong_digest",
        wire(&upload(&scene, &access, &[attributes("a", "0"), file()], &digest))
    );
    let right = ["content-md5: 356A192B7913B04C54574D18C28D46E6395428AB"];
    assert_eq!(upload(&scene, &access, &[attributes("a", "0"), file()], &right).status(), 201);
    assert_eq!(upload(&scene, &access, &[attributes("b", "123"), file()], &[]).status(), 404);
    let cut = format!(
        "{}{}",
        attributes("c", "0"),
        "--between\r\nContent-Disposition: form-data; name=\"file\"\r\n\r\n1"
    );
    let headers = [&bearer(&access), BOUNDARY];
    assert_eq!(scene.send(Method::POST, "/api/2.0/files/content", &headers, &cut).status(), 400, "cut off");
}

#[test]
fn an_upload_can_be_asked_for_first() {
    let scene = scene();
    let (access, _) = pair(&scene);
    let ask = |name: &str| {
        let body = json!({ "name": name, "parent": { "id": "0" }, "size": 1 }).to_string();
        let headers = [&bearer(&access), "Content-Type: application/json"];
        scene.send(Method::OPTIONS, "/2.0/files/content", &headers, &body)
    };
    assert_snapshot!("preflight", wire(&ask("new.txt")));
    assert_eq!(ask("Welcome.pdf").status(), 409);
}

#[test]
fn content_is_found_by_a_redirect() {
    let scene = scene();
    let (access, _) = pair(&scene);
    let file = welcome(&scene, &access);
    assert_snapshot!("api_file", wire(&get(&scene, &format!("/2.0/files/{file}"), &access)));
    let path = format!("/2.0/files/{file}/content");
    let found = get(&scene, &path, &access);
    assert_snapshot!("content", wire(&found));
    assert_eq!(found.status(), 302, "BOX-069");
    let location = found.headers()["location"].to_str().expect("BOX-069").to_owned();
    let url = location.strip_prefix("http://127.0.0.1:4013").expect("BOX-069: it is here");
    let content = scene.get(url, &[]);
    assert_snapshot!("download", wire(&content));
    let size = body(&get(&scene, &format!("/2.0/files/{file}"), &access))["size"].as_u64().unwrap();
    assert_eq!((content.status().as_u16(), content.body().len() as u64), (200, size), "BOX-069");
    scene.advance(15 * 60);
    assert_eq!(scene.get(url, &[]).status(), 404, "the URL is good for 15 minutes");

    let by_query = |token: &str| scene.get(&format!("{path}?access_token={token}"), &[]);
    assert_eq!(by_query(&access).status(), 302, "BOX-069: with the token in the query");
    assert_eq!(by_query("unknown").status(), 401, "BOX-069");
    let elsewhere = scene.get(&format!("/2.0/users/me?access_token={access}"), &[]);
    assert_eq!(elsewhere.status(), 401, "BOX-069: only downloads take it there");
    assert_eq!(member(&get(&scene, "/2.0/files/1/content", &access), "code"), "not_found");
}

#[test]
fn a_snapshot_holds_content_and_the_addresses_of_downloads() {
    let scene = scene();
    let (access, _) = pair(&scene);
    let created =
        upload(&scene, &access, &[attributes("a.bin", "0"), part("file", Some("f"), "\u{1f}bytes")], &[]);
    let file = body(&created)["entries"][0]["id"].as_str().unwrap().to_owned();
    let found = get(&scene, &format!("/2.0/files/{file}/content"), &access);
    let location = found.headers()["location"].to_str().unwrap().to_owned();
    let url = location.strip_prefix("http://127.0.0.1:4013").unwrap();
    let saved = scene.tenant.snapshot();
    scene.tenant.reset();
    assert_eq!(scene.get(url, &[]).status(), 404, "the world began anew");
    scene.tenant.restore(&saved).expect("it is its own");
    assert_eq!(scene.get(url, &[]).text(), "\u{1f}bytes");
}

/// Inferred from Box's description of `POST /files/:id/content`.
#[test]
fn a_new_version_takes_the_place_of_the_old() {
    let scene = scene();
    let (access, _) = pair(&scene);
    let file = welcome(&scene, &access);
    let before = body(&get(&scene, &format!("/2.0/files/{file}"), &access));
    let send = |id: &str, parts: &[String], more: &[&str]| {
        let bearer = bearer(&access);
        let headers = [&[bearer.as_str(), BOUNDARY], more].concat();
        let body = format!("{}--between--\r\n", parts.concat());
        scene.send(Method::POST, &format!("/api/2.0/files/{id}/content"), &headers, &body)
    };
    let content = || part("file", Some("f"), "second");
    let sent = send(&file, &[content()], &[]);
    assert_eq!((sent.status().as_u16(), &body(&sent)["total_count"]), (201, &json!(1)));
    let entry = &body(&sent)["entries"][0];
    assert_eq!((&entry["id"], &entry["name"], &entry["size"]), (&json!(file), &before["name"], &json!(6)));
    assert_ne!(entry["file_version"]["id"], before["file_version"]["id"]);
    assert_ne!(entry["etag"], before["etag"]);
    let renamed = send(&file, &[attributes("New.pdf", "0"), content()], &[]);
    assert_eq!(body(&renamed)["entries"][0]["name"], "New.pdf");
    assert_eq!(send(&file, &[content()], &["If-Match: 0"]).status(), 412);
    assert_eq!(send(&file, &[attributes("x", "0")], &[]).status(), 400);
    assert_eq!(send("12", &[content()], &[]).status(), 404);
    let get = get(&scene, &format!("/api/2.0/files/{file}/content"), &access);
    assert_eq!(get.status(), 405);
}
