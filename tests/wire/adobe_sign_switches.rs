//! Adobe Sign on the wire: shards, versions, watched polling, integration keys, and the other switches.

use std::time::Duration;

use insta::assert_snapshot;
use rehearsal::{
    Consent, ConsentGiven, Fault, Reply, TenantHandle, Vendor,
    oauth::Flow,
    providers::adobe_sign::{ErrorCase, OAuthVersions, Polling, RestVersions, Shard, Switches, WrongShard},
};

use crate::{
    adobe_sign::{authorize_url, exchange, post, refresh, scene},
    adobe_sign_rest::{access_token, v5, v6},
    scene::{Scene, member, redirect_parameter, wire},
};

fn switch(tenant: &TenantHandle, change: impl FnOnce(&mut Switches)) {
    let mut switches = tenant.switches::<Switches>();
    change(&mut switches);
    tenant.set_switches(&switches);
}

fn at(scene: &Scene, host: &str, path: &str, token: &str) -> Reply {
    let headers =
        [format!("Host: {host}"), format!("Access-Token: {token}"), format!("Authorization: Bearer {token}")];
    scene.get(path, &headers.each_ref().map(String::as_str))
}

#[test]
fn oauth_is_served_on_all_four_kinds_of_host() {
    let scene = scene();
    for host in
        ["secure.na1.echosign.com", "api.na1.echosign.com", "secure.adobesign.com", "api.na1.adobesign.com"]
    {
        let host = format!("Host: {host}");
        let code = scene.code();
        let form = [
            ("grant_type", "authorization_code"),
            ("code", code.as_str()),
            ("redirect_uri", scene.demo.redirect_uri.as_str()),
            ("client_id", scene.demo.client_id.as_str()),
            ("client_secret", scene.demo.client_secret.expose()),
        ];
        let issued = scene.post_with("/oauth/token", &[&host], &form);
        assert_eq!(issued.status(), 200, "ADOBE-005: {host}");
        let token = member(&issued, "refresh_token");
        let form = [
            ("grant_type", "refresh_token"),
            ("refresh_token", token.as_str()),
            ("client_id", scene.demo.client_id.as_str()),
            ("client_secret", scene.demo.client_secret.expose()),
        ];
        assert_eq!(scene.post_with("/oauth/refresh", &[&host], &form).status(), 200, "ADOBE-005: {host}");
        assert_eq!(
            scene.post_with("/oauth/revoke", &[&host], &[("token", &token)]).status(),
            200,
            "ADOBE-005: {host}"
        );
    }
}

#[test]
fn an_app_starts_where_its_account_lives() {
    let scene = scene();
    switch(&scene.tenant, |switches| switches.shard = Shard::Eu1);
    let open = |host: &str| scene.get(&authorize_url(&scene, "/public/oauth"), &[&format!("Host: {host}")]);
    let refused = |host: &str| {
        let page = open(host);
        page.text().contains("because the client configuration is invalid: invalid_request")
            && page.status() == 200
    };
    for host in ["secure.na1.echosign.com", "secure.echosign.com", "secure.na9.adobesign.com"] {
        assert!(refused(host), "ADOBE-016: {host}");
        assert!(open(host).verdict.to_string().contains("the account lives at eu1"), "{host}");
    }
    for host in ["secure.eu1.echosign.com", "secure.eu1.adobesign.com", "127.0.0.1:4012", "localhost"] {
        assert!(open(host).text().contains("j_username"), "ADOBE-016: {host}");
    }
    switch(&scene.tenant, |switches| switches.partner_apps = vec![scene.demo.client_id.clone()]);
    assert!(
        open("secure.echosign.com").text().contains("j_username"),
        "a partner's app starts without a shard"
    );
    assert!(refused("secure.na1.echosign.com"), "ADOBE-016");
}

#[test]
fn a_good_token_at_the_wrong_shard_is_told_so() {
    let scene = scene();
    let token = access_token(&scene);
    switch(&scene.tenant, |switches| switches.shard = Shard::Na2);
    let cases = [
        (
            "v5",
            r#"{"code":"INVALID_API_ACCESS_POINT","message":"Request must be made to correct API access point (e.g. use GET /base_uris)."}"#,
        ),
        (
            "v6",
            r#"{"code":"INVALID_API_ACCESS_POINT","message":"Request must be made to correct API access point (e.g. use GET /baseUris)."}"#,
        ),
    ];
    for (version, bytes) in cases {
        let users = format!("/api/rest/{version}/users");
        for host in ["api.na1.echosign.com", "api.echosign.com"] {
            let wrong = at(&scene, host, &users, &token);
            assert_eq!((wrong.status().as_u16(), &*wrong.text()), (403, bytes), "ADOBE-053: {host}");
        }
        assert_eq!(at(&scene, "api.na2.echosign.com", &users, &token).status(), 200, "ADOBE-053");
        assert_eq!(at(&scene, "127.0.0.1:4012", &users, &token).status(), 200, "ADOBE-053: its own address");
        assert_eq!(
            at(&scene, "api.na1.echosign.com", &users, "unknown").status(),
            401,
            "the token is looked at first"
        );
    }
    assert_snapshot!(
        "rest_wrong_shard",
        wire(&at(&scene, "api.na1.echosign.com", "/api/rest/v6/users", &token))
    );
    assert_snapshot!(
        "rest_wrong_shard_v5",
        wire(&at(&scene, "api.na1.echosign.com", "/api/rest/v5/users", &token))
    );
    switch(&scene.tenant, |switches| switches.wrong_shard = WrongShard::Unauthorized);
    let wrong = at(&scene, "api.na1.echosign.com", "/api/rest/v6/users", &token);
    assert_eq!(wrong.status(), 401, "ADOBE-053: by switch");
}

#[test]
fn every_shard_says_where_the_account_lives() {
    let scene = scene();
    let token = access_token(&scene);
    switch(&scene.tenant, |switches| switches.shard = Shard::Jp1);
    for host in
        ["api.na1.adobesign.com", "api.jp1.adobesign.com", "api.adobesign.com", "secure.eu2.adobesign.com"]
    {
        let v6 = at(&scene, host, "/api/rest/v6/baseUris", &token);
        let bytes = r#"{"apiAccessPoint":"http://api.jp1.adobesign.com/","webAccessPoint":"http://secure.jp1.adobesign.com/"}"#;
        assert_eq!((v6.status().as_u16(), &*v6.text()), (200, bytes), "ADOBE-044, ADOBE-045: {host}");
    }
    switch(&scene.tenant, |switches| switches.vanity = Some("joesbikeshop".into()));
    let v5 = at(&scene, "api.na1.echosign.com:4443", "/api/rest/v5/base_uris", &token);
    let bytes = r#"{"api_access_point":"http://api.jp1.echosign.com:4443/","web_access_point":"http://joesbikeshop.jp1.echosign.com:4443/"}"#;
    assert_eq!(v5.text(), bytes, "ADOBE-065: the names it was asked by, and the vanity one");
    let own = at(&scene, "127.0.0.1:4012", "/api/rest/v5/base_uris", &token);
    let bytes =
        r#"{"api_access_point":"http://127.0.0.1:4012/","web_access_point":"http://127.0.0.1:4012/"}"#;
    assert_eq!(own.text(), bytes, "ADOBE-065: its own address");
}

#[test]
fn too_many_calls_are_throttled() {
    let scene = scene();
    let token = access_token(&scene);
    let fault = Fault::rate_limit(Duration::from_secs(60)).on(Vendor::AdobeSign, "users");
    scene.tenant.inject(fault).unwrap();
    let throttled = v6(&scene, "users", &token);
    assert_snapshot!("rest_throttled", wire(&throttled));
    assert_eq!(throttled.status(), 429, "ADOBE-060");
    assert_eq!(throttled.headers()["retry-after"], "60", "ADOBE-060");
    assert_eq!(member(&throttled, "code"), "THROTTLING_TOO_MANY_REQUESTS", "ADOBE-060");
    assert!(throttled.text().ends_with(",\"retryAfter\":60}"), "ADOBE-060: {}", throttled.text());
    assert!(member(&throttled, "message").contains("(apiActionId="), "ADOBE-060");
}

#[test]
fn an_outage_is_an_error_and_high_load_says_when_to_come_back() {
    let scene = scene();
    let token = access_token(&scene);
    let struck = |fault: Fault| {
        scene.tenant.inject(fault.on(Vendor::AdobeSign, "users").times(1)).unwrap();
        v6(&scene, "users", &token)
    };
    let broken = struck(Fault::server_error());
    assert_snapshot!("rest_server_error", wire(&broken));
    assert_eq!((broken.status().as_u16(), &*member(&broken, "code")), (500, "MISC_SERVER_ERROR"));
    let loaded = struck(Fault::unavailable(Duration::from_secs(30)));
    assert_snapshot!("rest_high_load", wire(&loaded));
    assert_eq!((loaded.status().as_u16(), &*member(&loaded, "code")), (429, "THROTTLING_HIGH_SYSTEM_LOAD"));
    assert_eq!(loaded.headers()["x-throttling-reason"], "high-system-load");
    assert_eq!(loaded.headers()["retry-after"], "30");
}

#[test]
fn who_reads_the_same_too_often_is_told_when_to_come_back() {
    let scene = scene();
    let token = access_token(&scene);
    let read = |headers: &[&str]| {
        let shown = format!("Authorization: Bearer {token}");
        scene.get("/api/rest/v6/users/me", &[&[shown.as_str()], headers].concat())
    };
    let first = read(&[]);
    for _ in 0..20 {
        assert_eq!(read(&[]).status(), 200, "nobody watches unless switched on");
    }
    switch(&scene.tenant, |switches| switches.polling = Polling::Enterprise);
    let known = format!("If-None-Match: {}", first.headers()["etag"].to_str().unwrap());
    for _ in 0..3 {
        assert_eq!(read(&[&known]).status(), 200, "ADOBE-061: three times a minute");
    }
    let unchanged = read(&[&known]);
    assert_snapshot!("rest_not_modified", wire(&unchanged));
    assert_eq!((unchanged.status().as_u16(), unchanged.body().len()), (304, 0), "ADOBE-061");
    let refused = read(&[]);
    assert_eq!(refused.status(), 429, "ADOBE-061");
    assert_eq!(refused.headers()["retry-after"], "60", "ADOBE-061");
    assert_eq!(member(&refused, "code"), "THROTTLING_TOO_MANY_REQUESTS", "ADOBE-061");
    let other = "If-None-Match: 1.2";
    assert_eq!(read(&[other]).status(), 429, "ADOBE-061: what is known is out of date");
    assert_eq!(v6(&scene, "users", &token).status(), 200, "another address");
    scene.advance(60);
    assert_eq!(read(&[]).status(), 200, "ADOBE-061");

    scene.tenant.reset();
    let token = access_token(&scene);
    switch(&scene.tenant, |switches| switches.polling = Polling::Other);
    assert_eq!(v5(&scene, "users", &token).status(), 200);
    assert_eq!(v5(&scene, "users", &token).headers()["retry-after"], "600", "ADOBE-061: once in ten minutes");
    switch(&scene.tenant, |switches| switches.polling_penalty = true);
    scene.advance(599);
    assert_eq!(v5(&scene, "users", &token).headers()["retry-after"], "600", "too soon begins anew");
}

#[test]
fn an_integration_key_never_expires() {
    let scene = scene();
    let usual = scene.tenant.new_app(Vendor::AdobeSign);
    let app = rehearsal::oauth::App { flow: Flow::Server, ..usual };
    let app = scene.tenant.register_app(Vendor::AdobeSign, app).unwrap();
    let consent = ConsentGiven { client_id: Some(app.client_id.to_string()), ..ConsentGiven::default() };
    let issued = scene.tenant.issue_tokens(Vendor::AdobeSign, consent).unwrap();
    let key = issued.access_token.expose();
    assert!(key.len() == 97 && key.starts_with("3AAABLblqZh"), "ADOBE-063: it looks like an access token");
    assert!(issued.expires_in.is_none() && issued.refresh_token.is_none(), "ADOBE-063");
    scene.advance(10 * 365 * 24 * 3600);
    assert_eq!(v6(&scene, "users", key).status(), 200, "ADOBE-063: after ten years");
    assert_eq!(v5(&scene, "users", key).status(), 200, "ADOBE-063");
    let usual = access_token(&scene);
    scene.advance(3600);
    assert_eq!(v6(&scene, "users", &usual).status(), 401, "other tokens do expire");
    scene.tenant.revoke(Vendor::AdobeSign, key).unwrap();
    assert_eq!(v6(&scene, "users", key).status(), 401, "until it is revoked");
    let page = scene
        .get(&authorize_url(&scene, "/public/oauth").replace(&scene.demo.client_id, &app.client_id), &[]);
    assert!(page.text().contains("invalid_request"), "nobody consents to a key");
}

#[test]
fn an_account_may_have_one_version_alone() {
    let scene = scene();
    let issued = exchange(&scene, &scene.code());
    let (token, refresh_token) = (member(&issued, "access_token"), member(&issued, "refresh_token"));
    switch(&scene.tenant, |switches| (switches.oauth, switches.rest) = (OAuthVersions::V2, RestVersions::V6));
    assert_eq!(refresh(&scene, &refresh_token).status(), 404);
    let form = [("grant_type", "refresh_token"), ("refresh_token", refresh_token.as_str())];
    assert_eq!(post(&scene, "/oauth/v2/refresh", &form).status(), 200);
    assert_eq!(scene.get(&authorize_url(&scene, "/public/oauth"), &[]).status(), 404);
    assert_eq!(scene.get(&authorize_url(&scene, "/public/oauth/v2"), &[]).status(), 200);
    assert_eq!(
        (v5(&scene, "users", &token).status().as_u16(), v6(&scene, "users", &token).status().as_u16()),
        (404, 200)
    );
    switch(&scene.tenant, |switches| (switches.oauth, switches.rest) = (OAuthVersions::V1, RestVersions::V5));
    assert_eq!(refresh(&scene, &refresh_token).status(), 200);
    assert_eq!(post(&scene, "/oauth/v2/refresh", &form).status(), 404);
    assert_eq!(
        (v5(&scene, "users", &token).status().as_u16(), v6(&scene, "users", &token).status().as_u16()),
        (200, 404)
    );
}

#[test]
fn what_nobody_has_seen_is_a_switch() {
    let scene = scene();
    switch(&scene.tenant, |switches| switches.error_case = ErrorCase::Upper);
    let wrong = authorize_url(&scene, "/public/oauth").replace("response_type=code", "response_type=token");
    let error = redirect_parameter(&scene.get(&wrong, &[]), "error");
    assert_eq!(error.as_deref(), Some("INVALID_REQUEST"), "ADOBE-012: upper case by switch");

    scene.tenant.set_consent(Consent::Auto);
    switch(&scene.tenant, |switches| switches.access_points_in_v2_redirect = false);
    let v2 = scene.get(&authorize_url(&scene, "/public/oauth/v2"), &[]);
    assert_eq!(redirect_parameter(&v2, "api_access_point"), None);
    assert!(redirect_parameter(&v2, "code").is_some());
    let v1 = scene.get(&authorize_url(&scene, "/public/oauth"), &[]);
    assert!(redirect_parameter(&v1, "api_access_point").is_some(), "ADOBE-010: v1 has them always");

    let refused =
        scene.tenant.set_switches_as_json(Vendor::AdobeSign, serde_json::json!({ "shards": "na1" }));
    assert!(refused.unwrap_err().to_string().contains("unknown field `shards`"));
    scene
        .tenant
        .set_switches_as_json(Vendor::AdobeSign, serde_json::json!({ "polling": "enterprise" }))
        .unwrap();
    assert_eq!(scene.tenant.switches::<Switches>().error_case, ErrorCase::Lower, "those left out go back");
}
