//! Egnyte on the wire: the two gateways, the limits, and the other switches.

use http::Method;
use insta::assert_snapshot;
use rehearsal::{
    Consent, Reply, TenantHandle, Vendor,
    providers::egnyte::{DeadToken, Era, Limits, Switches, WrongSecret},
};
use serde_json::Value;

use crate::{
    egnyte::{USERINFO, bearer, call, exchange, internal_app, query, refresh, scene, token},
    egnyte_api::without_request_id,
    scene::{Scene, member, redirect_parameter, wire},
};

fn switch(tenant: &TenantHandle, change: impl FnOnce(&mut Switches)) {
    let mut switches = tenant.switches::<Switches>();
    change(&mut switches);
    tenant.set_switches(&switches);
}

/// A domain with the vendor's own limits.
fn limited(era: Era) -> Scene {
    let scene = Scene::at(Vendor::Egnyte);
    switch(&scene.tenant, |switches| switches.era = era);
    scene
}

fn access_token(scene: &Scene) -> String {
    member(&exchange(scene, &scene.code()), "access_token")
}

fn status(reply: &Reply) -> u16 {
    reply.status().as_u16()
}

#[test]
fn a_token_makes_two_calls_a_second_and_a_thousand_a_day() {
    let scene = limited(Era::Current);
    let access = access_token(&scene);
    assert_eq!([status(&call(&scene, &access)), status(&call(&scene, &access))], [200, 200], "EGN-046");
    let third = call(&scene, &access);
    assert_snapshot!("current_over_qps", without_request_id(&third));
    assert_eq!(
        (status(&third), third.headers()["retry-after"].as_bytes()),
        (429, b"1".as_slice()),
        "EGN-046"
    );
    assert!(!third.headers().contains_key("x-mashery-error-code"), "EGN-046");
    assert_eq!(status(&call(&scene, &access_token(&scene))), 200, "EGN-046: another token has its own");
    scene.advance(1);
    assert_eq!(status(&call(&scene, &access)), 200, "EGN-046: a second later");

    for _ in 4..=1000 {
        scene.advance(1);
        assert_eq!(status(&call(&scene, &access)), 200, "EGN-046: a thousand a day");
    }
    scene.advance(1);
    let beyond = call(&scene, &access);
    assert_snapshot!("current_over_rate", without_request_id(&beyond));
    assert_eq!(status(&beyond), 429, "EGN-046: call 1,001");
    // From noon, 999 seconds have passed.
    assert_eq!(beyond.headers()["retry-after"], (12 * 3600 - 999).to_string().as_str(), "EGN-046");
    scene.advance(12 * 3600 - 999);
    assert_eq!(status(&call(&scene, &access)), 200, "EGN-043: at midnight, UTC");
}

#[test]
fn the_first_gateway_says_so_by_403() {
    let scene = limited(Era::Classic);
    let access = access_token(&scene);
    call(&scene, &access);
    call(&scene, &access);
    let third = call(&scene, &access);
    assert_snapshot!("classic_over_qps", without_request_id(&third));
    assert_eq!((status(&third), &*third.text()), (403, "<h1>Developer Over Qps</h1>"), "EGN-044");
    assert_eq!(third.headers()["x-mashery-error-code"], "ERR_403_DEVELOPER_OVER_QPS", "EGN-044");
    assert_eq!(third.headers()["retry-after"], "1", "EGN-044");
    switch(&scene.tenant, |switches| switches.calls_per_day = 2);
    scene.advance(1);
    let beyond = call(&scene, &access);
    assert_snapshot!("classic_over_rate", without_request_id(&beyond));
    assert_eq!((status(&beyond), &*beyond.text()), (403, "<h1>Developer Over Rate</h1>"), "EGN-045");
    assert_eq!(beyond.headers()["x-mashery-error-code"], "ERR_403_DEVELOPER_OVER_RATE", "EGN-045");
    assert_eq!(beyond.headers()["retry-after"], (12 * 3600 - 1).to_string().as_str(), "EGN-045");
    assert_eq!(Switches::default().calls_per_day, 1000, "EGN-045");
}

#[test]
fn the_token_endpoint_takes_a_hundred_calls_an_hour() {
    let scene = limited(Era::Current);
    for number in 1..=100 {
        assert_eq!(status(&exchange(&scene, "unknown")), 400, "EGN-031: {number}");
    }
    let beyond = exchange(&scene, &scene.code());
    assert_snapshot!("token_too_often", wire(&beyond));
    assert_eq!(
        (status(&beyond), beyond.headers()["retry-after"].as_bytes()),
        (409, b"3600".as_slice()),
        "EGN-031"
    );
    let other = internal_app(&scene, "s");
    let by_password = |user: &str| {
        let form = [
            ("grant_type", "password"),
            ("client_id", &*other.client_id),
            ("client_secret", "s"),
            ("username", user),
            ("password", scene.demo.password.expose()),
        ];
        status(&scene.post("/puboauth/token", &form))
    };
    for number in 1..=10 {
        assert_eq!(by_password(&scene.demo.login), 200, "EGN-031: {number}");
    }
    assert_eq!(by_password(&scene.demo.login), 409, "EGN-031: ten for each user of an internal key");
    assert_eq!(by_password("blake"), 400, "EGN-031: another user has ten of their own");
    scene.advance(3600);
    assert_eq!(status(&exchange(&scene, &scene.code())), 200, "EGN-031: an hour later");
}

#[test]
fn limits_can_be_switched_off() {
    let scene = limited(Era::Current);
    switch(&scene.tenant, |switches| switches.limits = Limits::Off);
    let access = access_token(&scene);
    for _ in 0..50 {
        assert_eq!(status(&call(&scene, &access)), 200, "EGN-047");
    }
    for _ in 0..150 {
        assert_eq!(status(&exchange(&scene, "unknown")), 400, "EGN-047");
    }
    assert_eq!(
        call(&scene, &access).headers()["x-accesstoken-quota-current"],
        "51",
        "they are counted still"
    );
}

#[test]
fn the_classic_era_has_its_own_keys_tokens_and_refusals() {
    let scene = scene();
    switch(&scene.tenant, |switches| switches.era = Era::Classic);
    let issued = exchange(&scene, &scene.code());
    let access = member(&issued, "access_token");
    let is_classic = |c: char| matches!(c, '2'..='9' | 'a'..='z');
    assert!(access.len() == 24 && access.chars().all(is_classic), "EGN-020: {access}");
    assert_eq!(
        issued.text(),
        format!(r#"{{"access_token":"{access}","token_type":"bearer","expires_in":-1}}"#),
        "EGN-018"
    );
    let key = scene.tenant.new_app(Vendor::Egnyte);
    assert_eq!((key.client_id.len(), key.client_secret.expose().len()), (24, 50));
    scene.tenant.revoke(Vendor::Egnyte, &access).unwrap();
    let refused = call(&scene, &access);
    assert_eq!((status(&refused), &*refused.text()), (403, "<h1>Developer Inactive</h1>"), "EGN-038");
    assert_eq!(refused.headers()["x-mashery-error-code"], "ERR_403_DEVELOPER_INACTIVE", "EGN-038");
    assert_eq!(refused.headers()["x-error-detail-header"], "Account Inactive", "EGN-038");
    switch(&scene.tenant, |switches| switches.dead_token = DeadToken::Unauthorized);
    assert_eq!(status(&call(&scene, &access)), 401, "as its documentation has it, by switch");
    assert_eq!(status(&call(&scene, "unknown")), 403, "EGN-038: a token that never was");

    let saved = scene.tenant.snapshot();
    scene.tenant.set_switches(&Switches::default());
    assert_eq!(member(&exchange(&scene, &scene.code()), "access_token").len(), 28, "the era of today");
    scene.tenant.restore(&saved).unwrap();
    let back = exchange(&scene, &scene.code());
    assert_eq!(member(&back, "access_token").len(), 24, "a snapshot brings the era back");
    assert_eq!(status(&refresh(&scene, "unknown")), 400);
}

#[test]
fn a_key_may_be_good_for_one_domain() {
    let scene = scene();
    let id = scene.demo.client_id.clone();
    switch(&scene.tenant, |switches| switches.keys_of_one_domain = [(id, "elsewhere".to_owned())].into());
    let url = format!("/acme/puboauth/token?{}&response_type=code", query(&scene));
    let refused = scene.get(&url, &[]);
    assert_snapshot!("authorize_key_of_another_domain", wire(&refused));
    assert!(refused.text().contains("Invalid Egnyte domain configured in app profile."), "EGN-013");
    assert!(refused.status().is_client_error(), "EGN-013");
    scene.tenant.set_consent(Consent::Auto);
    let by_user = scene.get(&format!("/puboauth/token?{}&response_type=code", query(&scene)), &[]);
    assert_eq!(by_user.body(), refused.body(), "EGN-013: an address that names no domain has the user's");
    let id = scene.demo.client_id.clone();
    switch(&scene.tenant, |switches| switches.keys_of_one_domain = [(id, "acme".to_owned())].into());
    for url in [url.replace("/acme/", "/ACME/"), url] {
        assert!(redirect_parameter(&scene.get(&url, &[]), "code").is_some(), "EGN-013: its own domain");
    }
}

#[test]
fn what_was_seen_otherwise_is_a_switch() {
    let scene = scene();
    switch(&scene.tenant, |switches| switches.authorize_path = false);
    let newer = scene.get(&format!("/puboauth/authorize?{}&response_type=code", query(&scene)), &[]);
    assert_eq!(status(&newer), 404, "EGN-003: by switch");
    let older = scene.get(&format!("/puboauth/token?{}&response_type=code", query(&scene)), &[]);
    assert_eq!(status(&older), 200, "EGN-002");

    switch(&scene.tenant, |switches| switches.wrong_secret = WrongSecret::BadRequest);
    let pairs = [("grant_type", "refresh_token"), ("refresh_token", "x")];
    let form =
        [&[("client_id", scene.demo.client_id.as_str()), ("client_secret", "wrong")][..], &pairs].concat();
    let refused = scene.post("/puboauth/token", &form);
    assert_eq!(
        (status(&refused), &*member(&refused, "error")),
        (400, "invalid_client"),
        "EGN-025: by switch"
    );

    let access = access_token(&scene);
    let users = || scene.get("/pubapi/v2/users", &[&bearer(&access)]);
    let usual: Value = serde_json::from_slice(users().body()).unwrap();
    assert_eq!(usual["resources"][0]["active"], true);
    switch(&scene.tenant, |switches| switches.users_as_text = true);
    assert_snapshot!("users_as_text", without_request_id(&users()));
    let texts: Value = serde_json::from_slice(users().body()).unwrap();
    assert_eq!(texts["Resources"][0]["active"], "true", "EGN-051");
    assert!(texts["Resources"][0]["id"].is_string() && texts.get("resources").is_none(), "EGN-051");
}

#[test]
fn a_page_of_another_origin_may_call() {
    let scene = scene();
    let access = access_token(&scene);
    let preflight = scene.send(Method::OPTIONS, USERINFO, &["Origin: https://app.example"], "");
    assert_snapshot!("preflight", wire(&preflight));
    for reply in [call(&scene, &access), call(&scene, "unknown"), preflight] {
        assert_eq!(reply.headers()["access-control-allow-origin"], "*", "EGN-055");
        let exposed = reply.headers()["access-control-expose-headers"].to_str().unwrap();
        for name in [
            "X-Mashery-Error-Code",
            "Retry-After",
            "X-AccessToken-QPS-Current",
            "X-Quota-Reset",
            "X-PackageKey-Quota-Allotted",
        ] {
            assert!(exposed.contains(name), "EGN-055: {name}");
        }
    }
}

#[test]
fn json_ends_where_it_ends() {
    let scene = scene();
    let issued = exchange(&scene, &scene.code());
    let access = member(&issued, "access_token");
    let get = |path: &str| scene.get(path, &[&bearer(&access)]);
    let replies = [
        refresh(&scene, &member(&issued, "refresh_token")),
        issued,
        call(&scene, &access),
        call(&scene, "unknown"),
        exchange(&scene, "unknown"),
        token(&scene, &[("grant_type", "nothing")]),
        scene.get("/puboauth/token", &[]),
        get("/pubapi/v2/users"),
        get("/pubapi/v1/fs/Shared"),
        get("/pubapi/v1/fs/Shared/Nothing"),
        get("/pubapi/v1/links"),
        get("/pubapi/v1/links/none"),
        get("/pubapi/v1/search?query=rehearsal"),
        get("/pubapi/v9/nothing"),
    ];
    for reply in replies {
        let kind = reply.headers()["content-type"].to_str().unwrap();
        assert!(kind.starts_with("application/json"), "{}", wire(&reply));
        let json: Result<Value, _> = serde_json::from_slice(reply.body());
        assert!(json.is_ok() && reply.body().ends_with(b"}"), "EGN-063: {}", wire(&reply));
    }
}
