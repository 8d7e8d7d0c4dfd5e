//! The grants without a consent page: password, client credentials, token exchange, SOAP login.

use base64::{Engine, prelude::BASE64_STANDARD};
use http::Method;
use insta::assert_snapshot;
use rehearsal::{
    Reply, Vendor,
    providers::salesforce::{Address, RunsAs, WrongPassword},
};

use super::{TOKEN, call, json, refresh, scene, switched::switch, token, tokens};
use crate::scene::{Scene, member, wire};

fn keys(reply: &Reply) -> Vec<String> {
    json(reply).as_object().expect("an object").keys().cloned().collect()
}

fn by_password(scene: &Scene, password: &str) -> Reply {
    let form = [("grant_type", "password"), ("username", scene.demo.login.as_str()), ("password", password)];
    token(scene, &form)
}

fn by_credentials(scene: &Scene) -> Reply {
    token(scene, &[("grant_type", "client_credentials")])
}

#[test]
fn a_password_gives_a_session_in_an_order_of_its_own() {
    let scene = scene();
    let issued = by_password(&scene, scene.demo.password.expose());
    assert_snapshot!("password", wire(&issued));
    let expected = ["access_token", "instance_url", "id", "token_type", "issued_at", "signature"];
    assert_eq!(keys(&issued), expected, "SFDC-040: neither scope nor refresh token");
    assert_eq!(call(&scene, &member(&issued, "access_token")).status(), 200, "SFDC-040");

    let wrong = by_password(&scene, "wrong");
    assert_snapshot!("password_wrong", wire(&wrong));
    let expected = r#"{"error":"invalid_grant","error_description":"authentication failure"}"#;
    assert_eq!((wrong.status().as_u16(), wrong.text().as_ref()), (400, expected), "SFDC-041");
    switch(&scene, |switches| switches.wrong_password = WrongPassword::Long);
    let older = member(&by_password(&scene, "wrong"), "error_description");
    assert_eq!(older, "authentication failure - Invalid Password", "SFDC-041: by switch");
    switch(&scene, |switches| switches.security_token = Some("sEcReT".into()));
    assert_eq!(by_password(&scene, scene.demo.password.expose()).status(), 400, "the token is missing");
    let with_token = format!("{}sEcReT", scene.demo.password.expose());
    assert_eq!(by_password(&scene, &with_token).status(), 200, "the token is appended");
}

#[test]
fn a_user_who_was_switched_off_is_told_so() {
    let scene = scene();
    scene.tenant.deactivate_user(Vendor::Salesforce, &scene.demo.login).unwrap();
    let refused = by_password(&scene, scene.demo.password.expose());
    assert_snapshot!("password_inactive_user", wire(&refused));
    assert_eq!(member(&refused, "error_description"), "inactive user", "SFDC-085");
}

#[test]
fn a_token_of_the_password_flow_is_introspected_as_dead_unless_the_app_may_see_all() {
    let scene = scene();
    let access = member(&by_password(&scene, scene.demo.password.expose()), "access_token");
    let client =
        [("client_id", scene.demo.client_id.as_str()), ("client_secret", scene.demo.client_secret.expose())];
    let introspect =
        || scene.post("/services/oauth2/introspect", &[&client[..], &[("token", access.as_str())]].concat());
    assert_eq!(introspect().text(), r#"{"active":false}"#, "SFDC-059");
    assert_eq!(call(&scene, &access).status(), 200, "SFDC-059: it is alive all the same");
    switch(&scene, |switches| switches.app.introspects_all = true);
    assert_eq!(json(&introspect())["active"], true, "SFDC-059: by switch");
}

#[test]
fn an_app_acts_for_itself_at_the_orgs_own_domain() {
    let scene = scene();
    let issued = by_credentials(&scene);
    assert_snapshot!("credentials", wire(&issued));
    assert_eq!(issued.status(), 200, "SFDC-043");
    assert!(json(&issued).get("refresh_token").is_none(), "SFDC-043");
    assert_eq!(call(&scene, &member(&issued, "access_token")).status(), 200, "SFDC-043");
    let basic = format!("{}:{}", scene.demo.client_id, scene.demo.client_secret.expose());
    let basic = format!("Authorization: Basic {}", BASE64_STANDARD.encode(basic));
    let by_basic = scene.post_with(TOKEN, &[&basic], &[("grant_type", "client_credentials")]);
    assert_eq!(by_basic.status(), 200, "SFDC-005, SFDC-043");

    for address in [Address::Login, Address::Test] {
        switch(&scene, |switches| switches.address = address);
        let refused = by_credentials(&scene);
        assert_eq!(
            (refused.status().as_u16(), refused.text().as_ref()),
            (400, r#"{"error":"invalid_grant","error_description":"request not supported on this domain"}"#),
            "SFDC-042: {address:?}"
        );
        assert_snapshot!("credentials_wrong_domain", wire(&refused));
    }
    switch(&scene, |switches| switches.address = Address::MyDomain);
    switch(&scene, |switches| switches.app.runs_as = RunsAs::Nobody);
    assert_eq!(member(&by_credentials(&scene), "error_description"), "no client credentials user enabled");
    switch(&scene, |switches| switches.app.runs_as = RunsAs::Disabled);
    assert_eq!(member(&by_credentials(&scene), "error_description"), "client credentials flow not enabled");
}

#[test]
fn one_token_is_exchanged_for_another() {
    let scene = scene();
    let (access, _) = tokens(&scene);
    let form = [
        ("grant_type", "urn:ietf:params:oauth:grant-type:token-exchange"),
        ("subject_token", access.as_str()),
        ("subject_token_type", "urn:ietf:params:oauth:token-type:access_token"),
        ("scope", "api refresh_token"),
    ];
    let issued = token(&scene, &form);
    assert_snapshot!("token_exchange", wire(&issued));
    assert_eq!(refresh(&scene, &member(&issued, "refresh_token")).status(), 200);
    switch(&scene, |switches| switches.address = Address::Login);
    assert_eq!(member(&token(&scene, &form), "error_description"), "request not supported on this domain");
}

#[test]
fn a_soap_login_opens_a_session() {
    let scene = scene();
    let login = |password: &str| {
        let body = format!(
            "<env:Envelope xmlns:env=\"http://schemas.xmlsoap.org/soap/envelope/\"><env:Body><n1:login \
             xmlns:n1=\"urn:partner.soap.sforce.com\"><n1:username>{}</n1:username><n1:password>{password}\
             </n1:password></n1:login></env:Body></env:Envelope>",
            scene.demo.login
        );
        scene.send(
            Method::POST,
            "/services/Soap/u/60.0",
            &["Content-Type: text/xml", "SOAPAction: login"],
            &body,
        )
    };
    let good = login(scene.demo.password.expose());
    assert_snapshot!("soap_login", wire(&good));
    let text = good.text();
    let (_, rest) = text.split_once("<sessionId>").expect("a session");
    let (session, _) = rest.split_once('<').expect("it is closed");
    assert_eq!(call(&scene, session).status(), 200);
    assert_snapshot!("soap_login_wrong", wire(&login("wrong")));
    let junk = scene.send(Method::POST, "/services/Soap/u/60.0", &["Content-Type: text/xml"], "junk");
    assert_snapshot!("soap_junk", wire(&junk));
}
