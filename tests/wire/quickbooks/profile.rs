//! Intuit as it was in earlier years, and as it is for production keys.

use insta::assert_snapshot;
use rehearsal::providers::quickbooks::{Environment, Profile};

use super::{exchange, path, refresh, scene, unnumbered};
use crate::scene::{Scene, member, wire};

fn scene_of_2020() -> Scene {
    let scene = scene();
    Profile::of_2020().apply_to(&scene.tenant);
    scene
}

#[test]
fn older_answers_have_the_description_first_and_a_uuid() {
    let scene = scene_of_2020();
    let refused = exchange(&scene, "bad");
    assert_snapshot!("of_2020_token_bad_code", wire(&refused));
    let id = refused.headers()["intuit_tid"].to_str().unwrap();
    assert_eq!(id.split('-').map(str::len).collect::<Vec<_>>(), [8, 4, 4, 4, 12], "QBO-050: {id}");
}

#[test]
fn older_refresh_tokens_have_fifty_characters() {
    let scene = scene_of_2020();
    let token = member(&exchange(&scene, &scene.code()), "refresh_token");
    let expires = (scene.clock.now().as_secs() + 8_640_000).to_string();
    assert_eq!((token.len(), &token[..3], &token[3..13]), (50, "AB1", expires.as_str()), "QBO-022");
    assert_eq!(refresh(&scene, &token).status(), 200, "QBO-022");
}

#[test]
fn older_xml_refusals_are_general() {
    let scene = scene_of_2020();
    let refused = scene.get(&path(&scene, "companyinfo/1"), &["Authorization: Bearer unknown"]);
    assert_snapshot!("of_2020_api_unknown_token_xml", unnumbered(&refused));
}

#[test]
fn the_older_page_says_what_is_wrong_with_a_redirect() {
    let scene = scene_of_2020();
    let url = format!(
        "/connect/oauth2?client_id={}&response_type=code&scope=com.intuit.quickbooks.accounting&redirect_uri=x",
        scene.demo.client_id
    );
    let location = scene.get(&url, &[]).headers()["location"].to_str().unwrap().to_owned();
    let page = scene.get(location.trim_start_matches("http://127.0.0.1:4013"), &[]).text().into_owned();
    assert!(page.contains("The redirect_uri query parameter value is invalid."), "{page}");
}

#[test]
fn keys_are_good_in_their_environment_alone() {
    let scene = scene();
    let bearer =
        format!("Authorization: Bearer {}", member(&exchange(&scene, &scene.code()), "access_token"));
    let at = |host: &str| {
        let target = format!("http://{host}{}", path(&scene, "companyinfo/1"));
        let mut request = http::Request::get(target).header("host", host).body(bytes::Bytes::new()).unwrap();
        let (name, value) = bearer.split_once(": ").unwrap();
        request.headers_mut().insert(
            http::HeaderName::from_bytes(name.to_lowercase().as_bytes()).unwrap(),
            value.parse().unwrap(),
        );
        scene.stage.respond(scene.vendor, &request).status().as_u16()
    };
    let hosts = ["sandbox-quickbooks.api.intuit.com", "quickbooks.api.intuit.com", "127.0.0.1:4017"];
    assert_eq!(hosts.map(at), [200, 403, 200], "QBO-045");
    let production = Profile { environment: Environment::Production, ..Profile::default() };
    production.apply_to(&scene.tenant);
    assert_eq!(hosts.map(at), [403, 200, 200], "QBO-045");
}

#[test]
fn the_issuer_can_be_another() {
    let scene = scene();
    let issuer = "http://127.0.0.1:4017/op/v1".to_owned();
    Profile { issuer: issuer.clone(), ..Profile::default() }.apply_to(&scene.tenant);
    let found = scene.get("/.well-known/openid_configuration", &[]);
    assert_eq!(member(&found, "issuer"), issuer, "QBO-019");
}
