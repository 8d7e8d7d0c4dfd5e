//! Client credentials: an app for itself, or for a user of its enterprise.

use insta::assert_snapshot;
use rehearsal::{Reply, Vendor, oauth::Flow};

use super::{Client, call, get, json, refresh, scene, switch};
use crate::scene::{Scene, member, wire};

fn by_credentials(scene: &Scene, client: &Client, kind: &str, id: &str) -> Reply {
    let form = [("grant_type", "client_credentials"), ("box_subject_type", kind), ("box_subject_id", id)];
    client.token(scene, &form)
}

fn user_id(scene: &Scene) -> String {
    let access = super::pair(scene).0;
    json(&call(scene, &access))["id"].as_str().expect("a user has an id").to_owned()
}

#[test]
fn an_app_gets_a_token_for_itself_and_sees_only_its_own_files() {
    let scene = scene();
    let app = Client::other(&scene, Flow::Server);
    let issued = by_credentials(&scene, &app, "enterprise", "1234567");
    assert_snapshot!("credentials_enterprise", wire(&issued));
    let keys: Vec<String> = json(&issued).as_object().unwrap().keys().cloned().collect();
    assert_eq!(keys, ["access_token", "expires_in", "restricted_to", "token_type"], "BOX-024");
    let access = member(&issued, "access_token");
    let user = call(&scene, &access);
    assert_snapshot!("credentials_service_account", wire(&user));
    assert!(member(&user, "login").ends_with("@boxdevedition.com"), "{}", user.text());
    let own = get(&scene, "/2.0/folders/0/items", &access);
    assert_eq!(json(&own)["total_count"], 0, "its own root folder is empty at first: {}", own.text());
}

#[test]
fn an_app_gets_a_token_for_a_user_of_its_enterprise() {
    let scene = scene();
    let app = Client::other(&scene, Flow::Server);
    let id = user_id(&scene);
    let issued = by_credentials(&scene, &app, "user", &id);
    assert!(json(&issued).get("refresh_token").is_none(), "BOX-024");
    assert_eq!(member(&call(&scene, &member(&issued, "access_token")), "id"), id);
    assert_eq!(
        refresh(&scene, &member(&issued, "access_token")).status(),
        400,
        "an access token refreshes nothing"
    );

    switch(&scene, |switches| switches.app.user_tokens = false);
    let refused = by_credentials(&scene, &app, "user", &id);
    assert_snapshot!("credentials_subject_type", wire(&refused));
}

#[test]
fn a_wrong_subject_is_refused() {
    let scene = scene();
    let app = Client::other(&scene, Flow::Server);
    let refused = by_credentials(&scene, &app, "enterprise", "7654321");
    assert_snapshot!("credentials_subject", wire(&refused));
    let expected = r#"{"error":"invalid_grant","error_description":"Grant credentials are invalid"}"#;
    assert_eq!((refused.status().as_u16(), refused.text().as_ref()), (400, expected), "BOX-047");
    for (kind, id) in [("user", "1"), ("user", "1234567"), ("enterprise", "")] {
        assert_eq!(by_credentials(&scene, &app, kind, id).text(), expected, "BOX-047: {kind} {id}");
    }
    let without = app.token(&scene, &[("grant_type", "client_credentials")]);
    assert_eq!(without.text(), expected, "BOX-047: no subject at all");
    let id = user_id(&scene);
    scene.tenant.deactivate_user(Vendor::Box, &scene.demo.login).unwrap();
    assert_eq!(by_credentials(&scene, &app, "user", &id).text(), expected, "BOX-047: a user who is gone");
    switch(&scene, |switches| switches.enterprise = "7654321".into());
    assert_eq!(
        by_credentials(&scene, &app, "enterprise", "7654321").status(),
        200,
        "the enterprise has an id"
    );
}

#[test]
fn by_switch_an_app_made_for_users_gets_a_token_without_a_subject() {
    let scene = scene();
    switch(&scene, |switches| switches.app.subjectless = true);
    let demo = Client::demo(&scene);
    let issued = demo.token(&scene, &[("grant_type", "client_credentials")]);
    assert_eq!(issued.status(), 200, "{}", issued.text());
    let refused = by_credentials(&scene, &demo, "enterprise", "1234567");
    assert_eq!(member(&refused, "error"), "unauthorized_client");
}
