//! Installed apps: opened, given other scopes, uninstalled, taken from a user.

use base64::{
    Engine,
    prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD},
};
use hmac::{Hmac, KeyInit, Mac};
use insta::assert_snapshot;
use rehearsal::{
    Consent, Vendor,
    oauth::App,
    providers::bigcommerce::{Callbacks, Payload, Switches},
};
use serde_json::{Value, json};
use sha2::Sha256;

use super::{access_token, exchange_body, get, hash, install::login, post_json, scene, verdict};
use crate::scene::{Scene, member, redirect_parameter, ticket};

const LOAD: &str = "https://client.example/load";
const UNINSTALL: &str = "https://client.example/uninstall";
const REMOVE_USER: &str = "https://client.example/remove";

/// A store whose demo app wants to be told everything.
fn told(payload: Payload) -> Scene {
    let scene = scene();
    let callbacks = Callbacks {
        load: Some(LOAD.into()),
        uninstall: Some(UNINSTALL.into()),
        remove_user: Some(REMOVE_USER.into()),
    };
    let callbacks = [(scene.demo.client_id.clone(), callbacks)].into();
    scene.tenant.set_switches(&Switches { payload, callbacks, ..Switches::default() });
    scene
}

fn open(scene: &Scene) -> String {
    format!("/manage/app/{}", scene.demo.client_id)
}

fn mac(secret: &str, text: &str) -> Hmac<Sha256> {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).expect("a key of any length");
    mac.update(text.as_bytes());
    mac
}

/// The claims of a JWT, after its signature was checked as a client does: HS256, and the audience.
fn claims(scene: &Scene, jwt: &str) -> Value {
    let (signed, signature) = jwt.rsplit_once('.').expect("BC-040: three parts");
    let (header, claims) = signed.split_once('.').expect("BC-040: three parts");
    let part = |part: &str| -> Value {
        let bytes = BASE64_URL_SAFE_NO_PAD.decode(part).expect("BC-040: base64url");
        serde_json::from_slice(&bytes).expect("BC-040: JSON")
    };
    assert_eq!(part(header), json!({ "alg": "HS256", "typ": "JWT" }), "BC-040");
    let signature = BASE64_URL_SAFE_NO_PAD.decode(signature).expect("BC-040: base64url");
    let mac = mac(scene.demo.client_secret.expose(), signed);
    mac.verify_slice(&signature).expect("BC-040: signed with the app's secret");
    let claims = part(claims);
    assert_eq!(claims["aud"], scene.demo.client_id.as_str(), "BC-040");
    claims
}

fn jwt_in(url: &str) -> String {
    let url = url::Url::parse(url).expect("a URL");
    url.query_pairs().find(|(name, _)| name == "signed_payload_jwt").expect("there is a JWT").1.into_owned()
}

#[test]
fn a_merchant_opens_an_installed_app() {
    let scene = told(Payload::Jwt);
    access_token(&scene);
    let page = scene.get(&open(&scene), &[]);
    assert!(page.text().contains("user[password]"), "a login first: {}", page.text());
    let loaded = scene.post(&open(&scene), &login(&scene));
    let location = loaded.headers()["location"].to_str().unwrap();
    assert!(location.starts_with(&format!("{LOAD}?signed_payload_jwt=")), "BC-040: {location}");
    assert_eq!(redirect_parameter(&loaded, "signed_payload"), None);
    let claims = claims(&scene, &jwt_in(location));
    assert_snapshot!("load_claims", serde_json::to_string_pretty(&claims).unwrap());
    let names: Vec<_> = claims.as_object().unwrap().keys().map(String::as_str).collect();
    let documented = ["aud", "iss", "iat", "nbf", "exp", "jti", "sub", "user", "owner", "url", "channel_id"];
    assert_eq!(names, documented, "BC-040");
    let issued = claims["iat"].as_i64().unwrap();
    assert_eq!(issued, 1_772_366_400, "BC-041");
    assert_eq!(claims["exp"], issued + 86_400, "BC-041");
    assert_eq!(claims["nbf"], issued - 5, "BC-041");
    assert_eq!(
        (claims["iss"].as_str(), claims["sub"].as_str()),
        (Some("bc"), Some(&*format!("stores/{}", hash(&scene)))),
        "BC-041"
    );
    assert!(claims["user"]["id"].is_u64() && claims["user"]["locale"] == "en-US", "BC-040");
    let wrong = scene.post(&open(&scene), &[("user[email]", &scene.demo.login), ("user[password]", "x")]);
    assert!(wrong.text().contains("wrong password"), "{}", wrong.text());
}

#[test]
fn the_older_payload_is_signed_as_clients_check_it() {
    let scene = told(Payload::Both);
    scene.tenant.set_consent(Consent::Auto);
    access_token(&scene);
    let loaded = scene.get(&open(&scene), &[]);
    let older = redirect_parameter(&loaded, "signed_payload").expect("BC-042");
    let (payload, signature) = older.split_once('.').expect("BC-042: two parts");
    let json = String::from_utf8(BASE64_STANDARD.decode(payload).expect("BC-042: base64")).unwrap();
    let hex = String::from_utf8(BASE64_STANDARD.decode(signature).expect("BC-042: base64")).unwrap();
    let digest = mac(scene.demo.client_secret.expose(), &json).finalize().into_bytes();
    let expected: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(hex, expected, "BC-042: the hexadecimal digits of HMAC-SHA256");
    assert_snapshot!("load_signed_payload", json);
    let json: Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json["store_hash"], hash(&scene), "BC-042");
    assert!(json["timestamp"].is_f64(), "BC-042");
    claims(&scene, &redirect_parameter(&loaded, "signed_payload_jwt").expect("both at once"));
}

#[test]
fn other_scopes_need_another_consent() {
    let scene = told(Payload::Jwt);
    let old = access_token(&scene);
    let app = scene.tenant.apps(Vendor::BigCommerce).pop().unwrap();
    let scopes = vec!["store_v2_orders".into(), "store_v2_content".into()];
    scene.tenant.register_app(Vendor::BigCommerce, App { scopes, ..(*app).clone() }).unwrap();
    assert_eq!(get(&scene, "/v2/products", &old).status(), 200, "BC-043: the old token keeps its scopes");

    let consent = scene.post(&open(&scene), &login(&scene));
    assert!(consent.text().contains("store_v2_content"), "BC-043: the merchant is asked again");
    let allowed = scene.post(&open(&scene), &[("rehearsal_ticket", &ticket(&consent)), ("confirm", "true")]);
    let location = allowed.headers()["location"].to_str().unwrap();
    assert!(
        location.starts_with(&format!("{}?account_uuid=", scene.demo.redirect_uri)),
        "BC-043: {location}"
    );
    assert!(!location.contains("external_install"), "BC-021: it began in the control panel");
    assert_eq!(get(&scene, "/v2/products", &old).status(), 200, "BC-043: until the code is exchanged");
    let mut body = exchange_body(&scene, &redirect_parameter(&allowed, "code").unwrap());
    body["scope"] = "store_v2_orders store_v2_content".into();
    let new = member(&post_json(&scene, &body), "access_token");
    assert_eq!(get(&scene, "/v2/orders", &old).status(), 401, "BC-043: then the old one is dead");
    assert_eq!(get(&scene, "/v2/orders", &new).status(), 200, "BC-043");
    assert_eq!(get(&scene, "/v2/products", &new).status(), 403, "BC-043: with the new scopes");
    let loaded = scene.post(&open(&scene), &login(&scene));
    assert!(loaded.headers()["location"].to_str().unwrap().starts_with(LOAD), "and then it opens");
}

#[test]
fn uninstalling_kills_the_token_and_tells_the_app() {
    let scene = told(Payload::Jwt);
    let token = access_token(&scene);
    let told =
        scene.tenant.bigcommerce().uninstall_app(None, None).unwrap().expect("BC-038: the app is told");
    assert!(told.url.starts_with(&format!("{UNINSTALL}?signed_payload_jwt=")), "BC-038: {}", told.url);
    let claims = claims(&scene, &jwt_in(&told.url));
    assert_eq!(claims["user"]["id"], claims["owner"]["id"], "BC-038: the owner did it");
    assert_eq!(format!("{told:?}"), format!("Callback({UNINSTALL}?…)"), "the payload is not shown");
    let refused = get(&scene, "/v2/time", &token);
    assert_eq!(refused.status(), 401, "BC-038");
    assert!(verdict(&refused).contains("uninstalled at 2026-03-01T12:00:00Z"), "{}", verdict(&refused));
    let consent = scene.post(&open(&scene), &login(&scene));
    assert!(consent.text().contains("rehearsal_ticket"), "it has to be installed again");

    let silent = super::scene();
    let token = access_token(&silent);
    assert_eq!(
        silent.tenant.bigcommerce().uninstall_app(None, None).unwrap(),
        None,
        "an app without that callback"
    );
    assert_eq!(get(&silent, "/v2/time", &token).status(), 401, "BC-038: whatever the app says");
    let nobody = silent.tenant.bigcommerce().uninstall_app(Some("nobody"), None).unwrap_err();
    assert!(nobody.to_string().contains("no app is registered"), "{nobody}");
    assert!(silent.tenant.bigcommerce().uninstall_app(None, Some("nowhere")).is_err());
}

#[test]
fn a_user_who_is_removed_leaves_the_token_alive() {
    let scene = told(Payload::Jwt);
    let token = access_token(&scene);
    let told =
        scene.tenant.bigcommerce().remove_app_user(None, None).unwrap().expect("BC-039: the app is told");
    assert!(told.url.starts_with(&format!("{REMOVE_USER}?signed_payload_jwt=")), "BC-039: {}", told.url);
    claims(&scene, &jwt_in(&told.url));
    assert_eq!(get(&scene, "/v2/time", &token).status(), 200, "BC-039: it belongs to the store");
    let refused = scene.post(&open(&scene), &login(&scene));
    assert_eq!(refused.status(), 400);
    assert!(refused.text().contains("You have no access to this app"), "{}", refused.text());
}

/// An app that takes one call, and what it heard.
#[cfg(feature = "serve")]
fn listening_app() -> (std::net::SocketAddr, std::thread::JoinHandle<String>) {
    use std::io::{Read, Write};

    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("on this machine");
    let address = listener.local_addr().expect("on this machine");
    let heard = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().expect("on this machine");
        let mut request = vec![0; 16 * 1024];
        let length = stream.read(&mut request).expect("on this machine");
        stream
            .write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
            .expect("on this machine");
        String::from_utf8_lossy(&request[..length]).into_owned()
    });
    (address, heard)
}

/// Asks the control API, as somebody with curl does.
#[cfg(feature = "serve")]
async fn control(stage: &rehearsal::Stage, path: &str) -> Value {
    use rehearsal::serve::control::{Access, router};

    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("on this machine");
    let address = listener.local_addr().expect("on this machine");
    tokio::spawn(axum::serve(listener, router(stage.clone(), Access::Open)).into_future());
    let client = reqwest::Client::builder().no_proxy().build().expect("on this machine");
    let answer = client
        .post(format!("http://{address}{path}"))
        .json(&json!({}))
        .send()
        .await
        .expect("on this machine");
    assert_eq!(answer.status(), 200);
    answer.json().await.expect("on this machine")
}

#[cfg(feature = "serve")]
#[tokio::test]
async fn the_control_api_tells_the_app_and_does_not_mind_if_it_is_gone() {
    let scene = scene();
    let token = access_token(&scene);
    let (address, heard) = listening_app();
    let register = |address: std::net::SocketAddr| {
        let callbacks = Callbacks {
            uninstall: Some(format!("http://{address}/uninstall")),
            remove_user: Some(format!("http://{address}/remove")),
            ..Callbacks::default()
        };
        let callbacks = [(scene.demo.client_id.clone(), callbacks)].into();
        scene.tenant.set_switches(&Switches { callbacks, ..Switches::default() });
    };
    register(address);
    let answer = control(&scene.stage, "/v1/bigcommerce/remove-user").await;
    assert_eq!(answer, json!({ "removed": true, "callback": { "status": 200 } }), "BC-039");
    let heard = heard.join().unwrap();
    assert!(heard.starts_with("GET /remove?signed_payload_jwt="), "BC-039: {heard}");
    let jwt = heard.split(['=', ' ']).nth(2).unwrap();
    claims(&scene, jwt);
    assert_eq!(get(&scene, "/v2/time", &token).status(), 200, "BC-039");

    let (address, heard) = listening_app();
    register(address);
    let answer = control(&scene.stage, "/v1/bigcommerce/uninstall").await;
    assert_eq!(answer, json!({ "uninstalled": true, "callback": { "status": 200 } }), "BC-038");
    assert!(heard.join().unwrap().starts_with("GET /uninstall?signed_payload_jwt="), "BC-038");
    assert_eq!(get(&scene, "/v2/time", &token).status(), 401, "BC-038");

    let token = access_token(&scene);
    let answer = control(&scene.stage, "/v1/bigcommerce/uninstall").await;
    let error = answer["callback"]["error"].as_str().expect("BC-038: nobody listens there any more");
    assert!(error.contains("cannot be reached"), "{error}");
    assert_eq!(get(&scene, "/v2/time", &token).status(), 401, "BC-038: an unreachable app does not stop it");
}
