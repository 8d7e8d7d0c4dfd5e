//! The device flow.

use http::Method;
use insta::assert_snapshot;
use rehearsal::Reply;

use super::{TOKEN, call, json, refresh, scene, switched::switch};
use crate::scene::{Scene, member, ticket, wire};

fn start(scene: &Scene) -> Reply {
    let form = [("response_type", "device_code"), ("client_id", scene.demo.client_id.as_str())];
    scene.post(TOKEN, &form)
}

/// As a multipart form, which Salesforce's own command line sends.
fn poll(scene: &Scene, code: &str) -> Reply {
    let fields = [("grant_type", "device"), ("client_id", scene.demo.client_id.as_str()), ("code", code)];
    let part = |(name, value): (&str, &str)| {
        format!("--between\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
    };
    let body = fields.map(part).concat() + "--between--\r\n";
    scene.send(Method::POST, TOKEN, &["Content-Type: multipart/form-data; boundary=between"], &body)
}

/// Goes to the page with the user's code, logs in, and decides by this button.
fn decide(scene: &Scene, user_code: &str, button: &str) -> Reply {
    let page = format!("/setup/connect?user_code={user_code}");
    assert_eq!(scene.get(&page, &[]).status(), 200, "SFDC-048: the page knows the code");
    let login = [("username", scene.demo.login.as_str()), ("pw", scene.demo.password.expose())];
    let consent = scene.post(&page, &login);
    scene.post(&page, &[("rehearsal_ticket", &ticket(&consent)), (button, "true")])
}

#[test]
fn a_device_waits_until_its_user_has_approved() {
    let scene = scene();
    let started = start(&scene);
    assert_snapshot!("device_start", wire(&started));
    let keys: Vec<String> = json(&started).as_object().unwrap().keys().cloned().collect();
    assert_eq!(keys, ["device_code", "user_code", "verification_uri", "interval"], "SFDC-048");
    assert_eq!(json(&started)["interval"], 5, "SFDC-048");
    assert_eq!(member(&started, "user_code").len(), 8, "SFDC-048");
    assert_eq!(member(&started, "verification_uri"), "http://127.0.0.1:4013/setup/connect", "SFDC-048");
    let (code, user_code) = (member(&started, "device_code"), member(&started, "user_code"));

    let pending = poll(&scene, &code);
    assert_snapshot!("device_pending", wire(&pending));
    assert_eq!(
        (pending.status().as_u16(), member(&pending, "error").as_str()),
        (400, "authorization_pending"),
        "SFDC-048"
    );
    assert_snapshot!("device_connected", wire(&decide(&scene, &user_code, "save")));
    let issued = poll(&scene, &code);
    assert_snapshot!("device_token", wire(&issued));
    assert_eq!(call(&scene, &member(&issued, "access_token")).status(), 200, "SFDC-048");
    assert_eq!(refresh(&scene, &member(&issued, "refresh_token")).status(), 200, "SFDC-048");
    assert_eq!(poll(&scene, &code).status(), 400, "SFDC-048: the code is spent");
}

#[test]
fn a_device_is_told_what_its_user_said() {
    let scene = scene();
    let started = start(&scene);
    let (code, user_code) = (member(&started, "device_code"), member(&started, "user_code"));
    decide(&scene, &user_code, "cancel");
    assert_eq!(member(&poll(&scene, &code), "error"), "access_denied", "SFDC-048");

    let late = member(&start(&scene), "device_code");
    switch(&scene, |switches| switches.slow_down = true);
    assert_eq!(member(&poll(&scene, &late), "error"), "authorization_pending");
    assert_eq!(member(&poll(&scene, &late), "error"), "slow_down");
    scene.advance(501);
    assert_eq!(member(&poll(&scene, &late), "error"), "invalid_grant", "nobody came");
    switch(&scene, |switches| switches.app.device_flow = false);
    assert_eq!(member(&start(&scene), "error"), "invalid_grant");
}
