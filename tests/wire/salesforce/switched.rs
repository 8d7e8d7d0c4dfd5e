//! What an administrator decides, and troubles.

use std::time::Duration;

use http::Method;
use insta::assert_snapshot;
use rehearsal::{
    Fault, Reply, Vendor,
    providers::salesforce::{Installed, PermittedUsers, Switches},
};

use super::{authorize_url, call, scene, tokens};
use crate::scene::{Scene, member, redirect_parameter, wire};

pub(super) fn switch(scene: &Scene, change: impl FnOnce(&mut Switches)) {
    let mut switches = scene.tenant.switches();
    change(&mut switches);
    scene.tenant.set_switches(&switches);
}

#[test]
fn an_app_that_demands_pkce_redirects_without_it() {
    let scene = scene();
    switch(&scene, |switches| switches.app.pkce = true);
    let refused = scene.get(&authorize_url(&scene, ""), &[]);
    assert_snapshot!("authorize_no_challenge", wire(&refused));
    assert_eq!(
        refused.headers()["location"],
        "https://client.example/callback?error=invalid_request&error_description=missing+required+code+challenge&\
         state=a%26b",
        "SFDC-015"
    );
    let with =
        scene.get(&authorize_url(&scene, "&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"), &[]);
    assert_eq!(with.status(), 200, "SFDC-015");
}

#[test]
fn an_app_that_nobody_may_use_says_so() {
    let scene = scene();
    scene.tenant.set_consent(rehearsal::Consent::Auto);
    let back = || scene.get(&authorize_url(&scene, ""), &[]);
    switch(&scene, |switches| switches.app.permitted_users = PermittedUsers::AdminApproved);
    assert_eq!(redirect_parameter(&back(), "error").as_deref(), Some("OAUTH_APP_ACCESS_DENIED"));
    switch(&scene, |switches| switches.app.installed = Installed::NoExternalClientApp);
    assert_eq!(redirect_parameter(&back(), "error").as_deref(), Some("OAUTH_EC_APP_NOT_FOUND"));
    switch(&scene, |switches| switches.app.installed = Installed::NoConnectedApp);
    assert_snapshot!("authorize_not_installed", wire(&back()));
}

#[test]
fn a_locked_org_gives_no_tokens() {
    let scene = scene();
    let code = scene.code();
    switch(&scene, |switches| switches.active = false);
    let refused = super::exchange(&scene, &code);
    assert_snapshot!("token_inactive_org", wire(&refused));
    assert_eq!(member(&refused, "error"), "inactive_org");
}

/// A member of the one error in an answer of the REST API.
fn member_of(reply: &Reply, name: &str) -> String {
    super::json(reply)[0][name].as_str().unwrap_or_else(|| panic!("no {name} in {}", reply.text())).to_owned()
}

fn struck(scene: &Scene, fault: Fault) -> Reply {
    let (access, _) = tokens(scene);
    scene.tenant.inject(fault).expect("the fault names no operation");
    call(scene, &access)
}

#[test]
fn the_calls_of_a_day_come_to_an_end() {
    let scene = scene();
    let limited = struck(&scene, Fault::rate_limit(Duration::from_secs(100)));
    assert_snapshot!("api_limit_exceeded", wire(&limited));
    let expected = r#"[{"message":"TotalRequests Limit exceeded.","errorCode":"REQUEST_LIMIT_EXCEEDED"}]"#;
    assert_eq!((limited.status().as_u16(), limited.text().as_ref()), (403, expected), "SFDC-076");
    assert!(!limited.headers().contains_key("retry-after"), "SFDC-076");

    switch(&scene, |switches| switches.daily_calls = 2);
    let (access, _) = tokens(&scene);
    let statuses = || [(); 3].map(|()| call(&scene, &access).status().as_u16());
    assert_eq!(statuses(), [200, 200, 403], "SFDC-076: also by the org's own limit");
    // Sessions slide, but not over a night.
    scene.advance(24 * 3600);
    let (access, _) = tokens(&scene);
    assert_eq!(call(&scene, &access).headers()["sforce-limit-info"], "api-usage=1/2", "SFDC-073: a new day");
}

#[test]
fn an_app_may_have_a_limit_of_its_own() {
    let scene = scene();
    switch(&scene, |switches| switches.app.daily_calls = Some(1));
    let (access, _) = tokens(&scene);
    let first = call(&scene, &access);
    let usage = "api-usage=1/15000; per-app-api-usage=1/1(appName=Rehearsal)";
    assert_eq!(first.headers()["sforce-limit-info"], usage, "SFDC-073");
    assert_eq!(member_of(&call(&scene, &access), "errorCode"), "REQUEST_LIMIT_EXCEEDED", "SFDC-076");
}

#[test]
fn what_an_administrator_closed_is_answered_403() {
    let scene = scene();
    let (access, _) = tokens(&scene);
    switch(&scene, |switches| switches.read_only = vec!["Account".into()]);
    let create = |kind: &str| {
        let headers = [&super::bearer(&access), "Content-Type: application/json"];
        let body = if kind == "Lead" { r#"{"LastName":"A","Company":"A"}"# } else { r#"{"Name":"A"}"# };
        scene.send(Method::POST, &format!("{}/sobjects/{kind}", super::DATA), &headers, body)
    };
    let refused = create("Account");
    assert_snapshot!("api_read_only", wire(&refused));
    let expected = r#"[{"message":"insufficient access rights on object id","errorCode":"INSUFFICIENT_ACCESS_OR_READONLY"}]"#;
    assert_eq!((refused.status().as_u16(), refused.text().as_ref()), (403, expected), "SFDC-075");
    assert_eq!(create("Lead").status(), 201, "other kinds are open");
    switch(&scene, |switches| switches.api = false);
    let disabled = call(&scene, &access);
    assert_snapshot!("api_disabled", wire(&disabled));
    assert_eq!(member_of(&disabled, "errorCode"), "API_DISABLED_FOR_ORG", "SFDC-075");
}

#[test]
fn an_outage_is_told() {
    let scene = scene();
    let unavailable = struck(&scene, Fault::unavailable(Duration::from_secs(30)));
    assert_snapshot!("api_unavailable", wire(&unavailable));
    let expected = r#"[{"message":"Server too busy","errorCode":"SERVER_UNAVAILABLE"}]"#;
    assert_eq!((unavailable.status().as_u16(), unavailable.text().as_ref()), (503, expected), "SFDC-077");
    let broken = struck(&scene, Fault::server_error());
    assert_snapshot!("api_server_error", wire(&broken));
    assert_eq!(
        (broken.status().as_u16(), member_of(&broken, "errorCode").as_str()),
        (500, "UNKNOWN_EXCEPTION")
    );
    scene.tenant.reset();
    let limited = Fault::rate_limit(Duration::from_secs(30)).on(Vendor::Salesforce, "token").times(1);
    scene.tenant.inject(limited).unwrap();
    let refused = scene.post("/services/oauth2/token", &[("grant_type", "authorization_code")]);
    assert_snapshot!("token_rate_limit", wire(&refused));
    assert_eq!(member(&refused, "error"), "rate_limit_exceeded");
    scene.tenant.inject(Fault::unavailable(Duration::from_secs(30)).on(Vendor::Salesforce, "token")).unwrap();
    let page = scene.post("/services/oauth2/token", &[("grant_type", "authorization_code")]);
    assert_snapshot!("token_unavailable", wire(&page));
    assert_eq!(page.status(), 503);
}
