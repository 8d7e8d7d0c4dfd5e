//! Who is let in, and with what right.

use http::Method;
use insta::assert_snapshot;
use rehearsal::{ConsentGiven, Vendor, oauth::Flow, providers::box_com::ExpiredToken};

use super::{Client, bearer, call, get, json, pair, scene, switch, switched};
use crate::scene::{Scene, member, wire};

fn with_scopes(scene: &Scene, scopes: &[&str]) -> String {
    let scopes = scopes.iter().map(ToString::to_string).collect();
    let consent = ConsentGiven { scopes, ..ConsentGiven::default() };
    let issued = scene.tenant.issue_tokens(Vendor::Box, consent).expect("the demo app is registered");
    issued.access_token.expose().to_owned()
}

fn new_folder(scene: &Scene, token: &str, parent: &str) -> rehearsal::Reply {
    let body = format!(r#"{{"name":"New","parent":{{"id":"{parent}"}}}}"#);
    scene.send(Method::POST, "/2.0/folders", &[&bearer(token), "Content-Type: application/json"], &body)
}

#[test]
fn a_bad_token_gets_a_header_and_no_body() {
    let scene = scene();
    let unknown = call(&scene, "unknown");
    assert_snapshot!("api_unknown_token", wire(&unknown));
    assert_eq!(
        unknown.headers()["www-authenticate"],
        "Bearer realm=\"Service\", error=\"invalid_token\", error_description=\"The access token provided is invalid.\"",
        "BOX-055"
    );
    assert_eq!((unknown.status().as_u16(), unknown.body().len()), (401, 0), "BOX-055");
    let id = unknown.headers()["box-request-id"].to_str().unwrap();
    let is_id = |byte: u8| byte.is_ascii_digit() || byte.is_ascii_lowercase();
    assert!(id.len() == 16 && id.bytes().all(is_id), "BOX-056: {id}");
    assert_eq!(unknown.headers()["strict-transport-security"], "max-age=31536000", "BOX-056");

    let none = scene.get("/2.0/users/me", &[]);
    assert_snapshot!("api_no_token", wire(&none));
    assert_eq!(none.headers()["www-authenticate"], "Bearer realm=\"Service\"", "BOX-057");
    assert_eq!((none.status().as_u16(), none.body().len()), (401, 0), "BOX-057");
    let (access, _) = pair(&scene);
    let malformed = scene.get("/2.0/users/me", &[&format!("Authorization: {access}")]);
    assert_snapshot!("api_malformed_header", wire(&malformed));
}

#[test]
fn by_switch_an_expired_token_is_told_so() {
    let scene = switched(|switches| switches.expired_token = ExpiredToken::Expired);
    let (expired, _) = pair(&scene);
    scene.tenant.expire(Vendor::Box, &expired).unwrap();
    assert_snapshot!("api_expired_token_told", wire(&call(&scene, &expired)));
    let unknown = call(&scene, "unknown");
    assert!(unknown.headers()["www-authenticate"].to_str().unwrap().contains("is invalid"));
}

#[test]
fn a_missing_scope_is_told_in_the_header() {
    let scene = scene();
    let reading = with_scopes(&scene, &["root_readonly"]);
    let refused = new_folder(&scene, &reading, "0");
    assert_snapshot!("api_missing_scope", wire(&refused));
    assert_eq!((refused.status().as_u16(), refused.body().len()), (403, 0), "BOX-058");
    assert_eq!(
        refused.headers()["www-authenticate"],
        "Bearer realm=\"Service\", error=\"insufficient_scope\", error_description=\"The request requires higher \
         privileges than provided by the access token.\"",
        "BOX-058"
    );
    assert_eq!(get(&scene, "/2.0/folders/0", &reading).status(), 200);
    let elsewhere = with_scopes(&scene, &["manage_groups"]);
    assert_eq!(get(&scene, "/2.0/folders/0", &elsewhere).status(), 403, "BOX-058");
    assert_eq!(call(&scene, &elsewhere).status(), 200, "anybody may know who they are");
    assert_eq!(new_folder(&scene, &with_scopes(&scene, &["root_readwrite"]), "0").status(), 201);
}

#[test]
fn a_folder_switched_to_view_only_is_not_changed() {
    let scene = switched(|switches| switches.view_only = vec!["Contracts".into()]);
    let (access, _) = pair(&scene);
    let items = json(&get(&scene, "/2.0/folders/0/items", &access));
    let contracts = items["entries"][0]["id"].as_str().unwrap();
    let refused = new_folder(&scene, &access, contracts);
    assert_snapshot!("api_access_denied", wire(&refused));
    assert_eq!(refused.status(), 403, "BOX-059");
    assert_eq!(member(&refused, "code"), "access_denied_insufficient_permissions", "BOX-059");
    assert_eq!(member(&refused, "message"), "Access denied - insufficient permission", "BOX-059");
    let folder = get(&scene, &format!("/2.0/folders/{contracts}"), &access);
    assert_eq!(folder.status(), 200, "BOX-059: it may be seen");
    let file = json(&folder)["item_collection"]["entries"][0]["id"].as_str().unwrap().to_owned();
    let delete = scene.send(Method::DELETE, &format!("/2.0/files/{file}"), &[&bearer(&access)], "");
    assert_eq!(member(&delete, "code"), "access_denied_insufficient_permissions", "BOX-059");
    assert_eq!(new_folder(&scene, &access, "0").status(), 201, "other folders are open");
}

#[test]
fn an_administrator_acts_as_another_user_if_the_app_may() {
    let scene = scene();
    let other = scene.tenant.register_user(Vendor::Box, scene.tenant.new_user(Vendor::Box)).unwrap();
    let (access, _) = pair(&scene);
    let as_user =
        |token: &str, id: &str| scene.get("/2.0/users/me", &[&bearer(token), &format!("As-User: {id}")]);
    let refused = as_user(&access, &other.id);
    assert_snapshot!("api_as_user_not_allowed", wire(&refused));
    assert_eq!((refused.status().as_u16(), refused.body().len()), (403, 0), "BOX-070: the app may not");

    switch(&scene, |switches| switches.app.as_user = true);
    let other_user = as_user(&access, &other.id);
    assert_eq!(member(&other_user, "login"), *other.login, "BOX-070");
    let unknown = as_user(&access, "1");
    assert_eq!(member(&unknown, "code"), "access_denied_insufficient_permissions", "BOX-070: no such user");

    switch(&scene, |switches| switches.administrators = vec![other.login.to_string()]);
    let refused = as_user(&access, &other.id);
    assert_snapshot!("api_as_user_no_administrator", wire(&refused));
    assert_eq!(
        member(&refused, "code"),
        "access_denied_insufficient_permissions",
        "BOX-070: no administrator"
    );

    let app = Client::other(&scene, Flow::Server);
    let form = [
        ("grant_type", "client_credentials"),
        ("box_subject_type", "enterprise"),
        ("box_subject_id", "1234567"),
    ];
    let service = member(&app.token(&scene, &form), "access_token");
    assert_eq!(
        member(&as_user(&service, &other.id), "login"),
        *other.login,
        "BOX-070: a service account may"
    );
}

#[test]
fn a_developer_token_lives_an_hour_and_is_not_refreshed() {
    let scene = scene();
    let issued = scene.tenant.issue_developer_token(Vendor::Box, ConsentGiven::default()).unwrap();
    assert!(issued.refresh_token.is_none(), "BOX-079");
    scene.advance(3599);
    assert_eq!(call(&scene, issued.access_token.expose()).status(), 200, "BOX-079");
    scene.advance(1);
    let dead = call(&scene, issued.access_token.expose());
    assert_eq!((dead.status().as_u16(), dead.body().len()), (401, 0), "BOX-079");
    let elsewhere = scene.tenant.issue_developer_token(Vendor::Egnyte, ConsentGiven::default());
    assert!(elsewhere.unwrap_err().to_string().contains("no developer tokens"));
}

#[test]
fn a_version_that_box_does_not_have_is_refused() {
    let scene = scene();
    let (access, _) = pair(&scene);
    let ask =
        |version: &str| scene.get("/2.0/users/me", &[&bearer(&access), &format!("box-version: {version}")]);
    assert_eq!(ask("2024.0").status(), 200);
    assert_snapshot!("api_wrong_version", wire(&ask("1999.0")));
    assert_eq!(get(&scene, "/3.0/users/me", &access).status(), 404);
}
