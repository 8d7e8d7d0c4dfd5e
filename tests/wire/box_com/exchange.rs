//! Token exchange: a token for one that may do less.

use http::Method;
use insta::assert_snapshot;
use rehearsal::{ConsentGiven, Reply, Vendor, providers::box_com::WideExchange};
use serde_json::json;

use super::{Client, bearer, call, get, json as body, pair, scene, switch, switched};
use crate::scene::{Scene, member, wire};

const GRANT: &str = "urn:ietf:params:oauth:grant-type:token-exchange";
const ACCESS_TOKEN: &str = "urn:ietf:params:oauth:token-type:access_token";

fn form<'f>(token: &'f str, scope: &'f str, more: &[(&'f str, &'f str)]) -> Vec<(&'f str, &'f str)> {
    let own = [
        ("grant_type", GRANT),
        ("subject_token", token),
        ("subject_token_type", ACCESS_TOKEN),
        ("scope", scope),
    ];
    [&own[..], more].concat()
}

/// Without client credentials.
fn narrow(scene: &Scene, token: &str, scope: &str, more: &[(&str, &str)]) -> Reply {
    scene.post("/oauth2/token", &form(token, scope, more))
}

/// A token that may only read.
fn reading(scene: &Scene) -> String {
    let consent = ConsentGiven { scopes: vec!["root_readonly".into()], ..ConsentGiven::default() };
    let issued = scene.tenant.issue_tokens(Vendor::Box, consent).expect("the demo app is registered");
    issued.access_token.expose().to_owned()
}

/// The ids of the two folders in the root folder, and of the file there.
fn items(scene: &Scene, token: &str) -> [String; 3] {
    let items = body(&get(scene, "/2.0/folders/0/items", token));
    [0, 1, 2].map(|at| items["entries"][at]["id"].as_str().expect("an item has an id").to_owned())
}

#[test]
fn an_exchange_gives_a_token_that_may_do_less() {
    let scene = scene();
    let (access, _) = pair(&scene);
    let [_, _, file] = items(&scene, &access);
    let resource = format!("https://api.box.com/2.0/files/{file}");
    let issued = narrow(&scene, &access, "item_preview item_download", &[("resource", &resource)]);
    assert_snapshot!("exchange", wire(&issued));
    let keys: Vec<String> = body(&issued).as_object().unwrap().keys().cloned().collect();
    let expected = ["access_token", "expires_in", "restricted_to", "token_type", "issued_token_type"];
    assert_eq!(keys, expected, "BOX-025: and no refresh token");
    assert_eq!(body(&issued)["issued_token_type"], ACCESS_TOKEN, "BOX-025");
    assert_eq!(body(&issued)["restricted_to"][0]["scope"], "item_preview", "BOX-025");
    assert_eq!(body(&issued)["restricted_to"][1]["object"]["id"], *file, "BOX-025");
    let narrowed = member(&issued, "access_token");
    assert!(narrowed.starts_with("1!") && narrowed.len() > 100, "BOX-025: {narrowed}");

    assert_eq!(get(&scene, &format!("/2.0/files/{file}"), &narrowed).status(), 200);
    assert_eq!(get(&scene, &format!("/2.0/files/{file}/content"), &narrowed).status(), 302);
    let delete = scene.send(Method::DELETE, &format!("/2.0/files/{file}"), &[&bearer(&narrowed)], "");
    assert_eq!(delete.status(), 403, "BOX-058: it may not delete");
    assert_eq!(call(&scene, &access).status(), 200, "the token that was exchanged lives on");
}

#[test]
fn client_credentials_may_go_with_it_and_must_then_be_right() {
    let scene = scene();
    let (access, _) = pair(&scene);
    assert_eq!(narrow(&scene, &access, "item_preview", &[]).status(), 200, "BOX-026: without");
    let with = Client::demo(&scene).token(&scene, &form(&access, "item_preview", &[]));
    assert_eq!(with.status(), 200, "BOX-026: with");
    let shown = [bearer(&access)];
    let also = scene.post_with("/oauth2/token", &[&shown[0]], &form(&access, "item_preview", &[]));
    assert_eq!(also.status(), 200, "BOX-026: and with the token in the header, as boxsdk sends it");
    let wrong = Client { secret: "wrong".into(), ..Client::demo(&scene) };
    let refused = wrong.token(&scene, &form(&access, "item_preview", &[]));
    assert_eq!(member(&refused, "error"), "invalid_client");
}

#[test]
fn the_resource_is_named_by_the_address_here_or_at_box() {
    let scene = scene();
    let (access, _) = pair(&scene);
    let [contracts, invoices, file] = items(&scene, &access);
    for base in ["https://api.box.com", "http://127.0.0.1:4013"] {
        let resource = format!("{base}/2.0/folders/{contracts}");
        let issued = narrow(&scene, &access, "base_explorer", &[("resource", &resource)]);
        assert_eq!(issued.status(), 200, "BOX-027: {base}");
        let narrowed = member(&issued, "access_token");
        let within = get(&scene, &format!("/2.0/folders/{contracts}"), &narrowed);
        assert_eq!(within.status(), 200, "BOX-027: {base}");
        let child = body(&within)["item_collection"]["entries"][0]["id"].as_str().unwrap().to_owned();
        assert_eq!(get(&scene, &format!("/2.0/files/{child}"), &narrowed).status(), 200, "what is in it");
        for path in
            [format!("/2.0/folders/{invoices}"), format!("/2.0/files/{file}"), "/2.0/folders/0".into()]
        {
            assert_eq!(get(&scene, &path, &narrowed).status(), 403, "{path} is elsewhere");
        }
        // A second exchange cannot widen what the first one narrowed.
        let again = member(&narrow(&scene, &narrowed, "base_explorer", &[]), "access_token");
        assert_eq!(get(&scene, "/2.0/folders/0", &again).status(), 403);
        let elsewhere = format!("{base}/2.0/folders/{invoices}");
        assert_eq!(narrow(&scene, &narrowed, "base_explorer", &[("resource", &elsewhere)]).status(), 400);
    }
    let unknown = narrow(&scene, &access, "base_explorer", &[("resource", "https://app.box.com/file/1")]);
    assert_snapshot!("exchange_resource", wire(&unknown));
    let whole =
        narrow(&scene, &access, "base_explorer", &[("resource", "https://api.box.com/2.0/folders/0")]);
    assert_eq!(get(&scene, &format!("/2.0/files/{file}"), &member(&whole, "access_token")).status(), 200);
}

#[test]
fn more_than_the_token_has_is_refused() {
    let scene = scene();
    let token = reading(&scene);
    let wide = narrow(&scene, &token, "item_preview item_upload", &[]);
    assert_snapshot!("exchange_too_wide", wire(&wide));
    assert_snapshot!("exchange_unknown_scope", wire(&narrow(&scene, &token, "everything", &[])));
    let narrowed = member(&narrow(&scene, &token, "item_preview", &[]), "access_token");
    assert_eq!(
        narrow(&scene, &narrowed, "item_download", &[]).status(),
        400,
        "nor does a second exchange widen"
    );
    switch(&scene, |switches| switches.wide_exchange = WideExchange::InvalidScope);
    assert_eq!(member(&narrow(&scene, &token, "item_upload", &[]), "error"), "invalid_scope");
}

#[test]
fn a_token_that_is_not_alive_is_not_exchanged() {
    let scene = scene();
    let (access, refresh_token) = pair(&scene);
    scene.tenant.expire(Vendor::Box, &access).unwrap();
    let dead = narrow(&scene, &access, "item_preview", &[]);
    assert_snapshot!("exchange_dead_token", wire(&dead));
    assert!(dead.verdict.to_string().contains("expired"), "{}", dead.verdict);
    assert_eq!(narrow(&scene, &refresh_token, "item_preview", &[]).status(), 401, "it is no access token");
    for name in ["subject_token", "subject_token_type", "scope"] {
        let without: Vec<_> =
            form(&access, "item_preview", &[]).into_iter().filter(|(of, _)| *of != name).collect();
        let refused = scene.post("/oauth2/token", &without);
        assert_eq!(
            member(&refused, "error_description"),
            format!("Missing parameter. \"{name}\" is required")
        );
        assert_snapshot!(format!("exchange_no_{name}"), wire(&refused));
    }
}

#[test]
fn an_actor_is_named_by_a_jwt() {
    let scene = scene();
    let (access, _) = pair(&scene);
    let actor = crate::jwt::sign("k", &json!({ "sub": "1", "name": "Ann" }));
    let kind = ("actor_token_type", "urn:ietf:params:oauth:token-type:id_token");
    let good = narrow(&scene, &access, "annotation_edit", &[("actor_token", &actor), kind]);
    assert_eq!(good.status(), 200);
    assert_snapshot!(
        "exchange_bad_actor",
        wire(&narrow(&scene, &access, "annotation_edit", &[("actor_token", "x"), kind]))
    );
}

#[test]
fn it_does_not_outlive_the_token_that_was_exchanged() {
    let scene = switched(|_| ());
    let (access, _) = pair(&scene);
    scene.advance(3000);
    let issued = narrow(&scene, &access, "item_preview", &[]);
    let left = body(&issued)["expires_in"].as_u64().unwrap();
    assert!(left <= 1200, "{left}");
    scene.advance(left);
    assert_eq!(call(&scene, &member(&issued, "access_token")).status(), 401);
    assert_eq!(call(&scene, &access).status(), 401);
}
