//! Adobe Sign on the wire: the REST APIs v5 and v6.

use http::Method;
use insta::assert_snapshot;
use rehearsal::{ConsentGiven, Reply, Vendor};
use serde_json::Value;

use crate::{
    adobe_sign::{exchange, scene},
    scene::{Scene, member, wire},
};

/// The refusal that matters most.
pub(crate) const INVALID: &str =
    r#"{"code":"INVALID_ACCESS_TOKEN","message":"Access token provided is invalid or has expired"}"#;

pub(crate) fn access_token(scene: &Scene) -> String {
    member(&exchange(scene, &scene.code()), "access_token")
}

pub(crate) fn v5(scene: &Scene, path: &str, access_token: &str) -> Reply {
    scene.get(&format!("/api/rest/v5/{path}"), &[&format!("Access-Token: {access_token}")])
}

pub(crate) fn v6(scene: &Scene, path: &str, access_token: &str) -> Reply {
    scene.get(&format!("/api/rest/v6/{path}"), &[&format!("Authorization: Bearer {access_token}")])
}

pub(crate) fn body(reply: &Reply) -> Value {
    serde_json::from_slice(reply.body()).expect("the answer is JSON")
}

/// The names of an object's members, in order.
fn names(object: &Value) -> Vec<&str> {
    object.as_object().expect("it is an object").keys().map(String::as_str).collect()
}

#[test]
fn v5_answers_a_good_token() {
    let scene = scene();
    let token = access_token(&scene);
    let base_uris = v5(&scene, "base_uris", &token);
    assert_snapshot!("v5_base_uris", wire(&base_uris));
    let bytes =
        r#"{"api_access_point":"http://127.0.0.1:4013/","web_access_point":"http://127.0.0.1:4013/"}"#;
    assert_eq!(base_uris.text(), bytes, "ADOBE-043");
    let users = v5(&scene, "users", &token);
    assert_snapshot!("v5_users", wire(&users));
    let listed = body(&users);
    let members = ["company", "email", "fullNameOrEmail", "groupId", "userId"];
    assert_eq!(names(&listed["userInfoList"][0]), members, "ADOBE-047");
    assert_eq!(names(&listed), ["userInfoList"], "ADOBE-047: no page");
    assert_snapshot!("v5_agreements", wire(&v5(&scene, "agreements", &token)));
    assert_snapshot!("v5_library_documents", wire(&v5(&scene, "libraryDocuments", &token)));
    assert_snapshot!("v5_widgets", wire(&v5(&scene, "widgets", &token)));
    let bearer = scene.get("/api/rest/v5/users", &[&format!("Authorization: Bearer {token}")]);
    assert_eq!(bearer.status(), 200, "v5 takes Bearer too");
}

#[test]
fn v6_answers_a_good_token() {
    let scene = scene();
    let token = access_token(&scene);
    assert_snapshot!("v6_base_uris", wire(&v6(&scene, "baseUris", &token))); // ADOBE-044
    let users = v6(&scene, "users", &token);
    assert_snapshot!("v6_users", wire(&users));
    let listed = body(&users);
    let members = ["email", "company", "id", "firstName", "lastName", "isAccountAdmin"];
    assert_eq!(names(&listed["userInfoList"][0]), members, "ADOBE-046");
    assert!(users.text().ends_with(r#"],"page":{}}"#), "ADOBE-046: {}", users.text());
    assert_snapshot!("v6_current_user", wire(&v6(&scene, "users/me", &token)));
    let agreements = v6(&scene, "agreements", &token);
    assert_snapshot!("v6_agreements", wire(&agreements));
    let listed = body(&agreements);
    let id = listed["userAgreementList"][0]["id"].as_str().unwrap();
    let path = format!("agreements/{id}");
    let agreement = v6(&scene, &path, &token);
    assert_snapshot!("v6_agreement", wire(&agreement));
    assert_eq!(agreement.headers()["etag"], v6(&scene, &path, &token).headers()["etag"], "unchanged");
    assert_snapshot!("v6_library_documents", wire(&v6(&scene, "libraryDocuments", &token)));
    assert_snapshot!("v6_widgets", wire(&v6(&scene, "widgets", &token)));
}

#[test]
fn a_dead_token_gives_the_same_91_bytes_whatever_killed_it() {
    let scene = scene();
    let (revoked, refreshing) = {
        let issued = exchange(&scene, &scene.code());
        (member(&issued, "access_token"), member(&issued, "refresh_token"))
    };
    let expired = access_token(&scene);
    assert_eq!(scene.post("/oauth/revoke", &[("token", &revoked)]).status(), 200);
    scene.advance(3599);
    assert_eq!(v6(&scene, "users", &expired).status(), 200, "ADOBE-030");
    scene.advance(1);
    assert_snapshot!("rest_expired_token", wire(&v6(&scene, "users", &expired)));
    assert_eq!(INVALID.len(), 91, "ADOBE-048");
    let reasons = [
        (revoked.as_str(), "revoked at"),
        (expired.as_str(), "expired at"),
        ("unknown", "no such credential"),
        ("", "no such credential"),
    ];
    for (token, reason) in reasons {
        for path in ["users", "agreements", "agreements/unknown", "widgets", "nothing/here"] {
            for reply in [v5(&scene, path, token), v6(&scene, path, token)] {
                assert_eq!((reply.status().as_u16(), &*reply.text()), (401, INVALID), "ADOBE-048: {path}");
                assert!(!reply.headers().contains_key("www-authenticate"), "no challenge");
                assert!(reply.verdict.to_string().contains(reason), "{}", reply.verdict);
            }
        }
    }
    let refresh_token = member(&exchange(&scene, &scene.code()), "refresh_token");
    let other_kind = v6(&scene, "users", &refresh_token);
    assert_eq!(other_kind.text(), INVALID, "a refresh token opens nothing");
    assert!(other_kind.verdict.to_string().contains("another kind"), "{}", other_kind.verdict);
    assert_eq!(v6(&scene, "users", &refreshing).text(), INVALID, "ADOBE-049");
}

#[test]
fn a_missing_header_has_a_code_of_its_own() {
    let scene = scene();
    let token = access_token(&scene);
    let missing = scene.get("/api/rest/v5/users", &[]);
    assert_snapshot!("v5_no_token", wire(&missing));
    let bytes = r#"{"code":"NO_ACCESS_TOKEN_HEADER","message":"Access token header not provided"}"#;
    assert_eq!((missing.status().as_u16(), &*missing.text()), (401, bytes), "ADOBE-051");
    assert_snapshot!("v6_no_token", wire(&scene.get("/api/rest/v6/users", &[]))); // ADOBE-050
    let wrong_header = scene.get("/api/rest/v6/users", &[&format!("Access-Token: {token}")]);
    assert_eq!(member(&wrong_header, "code"), "NO_AUTHORIZATION_HEADER", "ADOBE-050: v6 has one header");
    let no_scheme = scene.get("/api/rest/v6/users", &[&format!("Authorization: {token}")]);
    assert_eq!(no_scheme.text(), INVALID, "ADOBE-048");
}

#[test]
fn a_good_token_is_refused_what_it_may_not_do() {
    let scene = scene();
    let consent = ConsentGiven { scopes: vec!["user_read".into()], ..ConsentGiven::default() };
    let issued = scene.tenant.issue_tokens(Vendor::AdobeSign, consent).unwrap();
    let token = issued.access_token.expose();
    assert_eq!(v6(&scene, "users", token).status(), 200, "ADOBE-018");
    assert_eq!(v6(&scene, "baseUris", token).status(), 200, "ADOBE-044: any good token");
    let denied = v6(&scene, "agreements", token);
    assert_snapshot!("rest_permission_denied", wire(&denied));
    let bytes = r#"{"code":"PERMISSION_DENIED","message":"The API caller does not have the permission to execute this operation"}"#;
    assert_eq!((denied.status().as_u16(), &*denied.text()), (403, bytes), "ADOBE-054");
    assert_snapshot!("v6_unknown_agreement", wire(&v6(&scene, "agreements/unknown", &access_token(&scene))));
    let unknown = v6(&scene, "agreements/unknown", &access_token(&scene));
    assert_eq!(unknown.body().len(), 81, "ADOBE-055");
    let bearer = format!("Authorization: Bearer {}", access_token(&scene));
    let nothing = scene.send(Method::DELETE, "/api/rest/v6/nothing", &[&bearer], "");
    assert_eq!(nothing.status(), 404);
}

#[test]
fn x_api_user_names_somebody_the_token_reaches() {
    let scene = scene();
    let ask = |token: &str, user: &str| {
        let headers = [format!("Authorization: Bearer {token}"), format!("x-api-user: {user}")];
        scene.get("/api/rest/v6/users/me", &headers.each_ref().map(String::as_str))
    };
    let issue = |scope: &str| {
        let consent = ConsentGiven { scopes: vec![scope.into()], ..ConsentGiven::default() };
        let issued = scene.tenant.issue_tokens(Vendor::AdobeSign, consent).unwrap();
        issued.access_token.expose().to_owned()
    };
    let (account, own) = (issue("user_read:account"), issue("user_read:self"));
    let colleague = "email:jordan@sign.example";
    assert_eq!(member(&ask(&account, colleague), "firstName"), "Jordan");
    let listed = body(&v6(&scene, "users", &account));
    let id = listed["userInfoList"][1]["id"].as_str().unwrap();
    assert_eq!(member(&ask(&account, &format!("userid:{id}")), "firstName"), "Jordan");
    assert_eq!(ask(&own, &format!("email:{}", scene.demo.login)).status(), 200);
    assert_eq!(member(&ask(&own, colleague), "code"), "INVALID_USER", "ADOBE-062: beyond the token");
    assert_snapshot!("rest_unknown_api_user", wire(&ask(&account, "email:nobody@sign.example")));
    assert_snapshot!("rest_malformed_api_user", wire(&ask(&account, "jordan")));
    let on_behalf = |user: &str| {
        let headers = [format!("Authorization: Bearer {account}"), format!("x-on-behalf-of-user: {user}")];
        scene.get("/api/rest/v6/users/me", &headers.each_ref().map(String::as_str))
    };
    assert_eq!(on_behalf(colleague).status(), 200);
    let nobody = on_behalf("email:nobody@sign.example");
    assert_snapshot!("rest_unknown_on_behalf_of_user", wire(&nobody));
    assert_eq!((nobody.status().as_u16(), &*member(&nobody, "code")), (401, "INVALID_ON_BEHALF_OF_USER"));
    assert_eq!(ask("unknown", "jordan").text(), INVALID, "ADOBE-048: the token is looked at first");
}

/// The whole story of the vendor's own revocation example, over a socket.
#[cfg(feature = "serve")]
#[test]
fn a_revoked_token_is_refused_over_a_socket() {
    use std::{
        io::{Read, Write},
        net::TcpStream,
    };

    let scene = scene();
    let token = access_token(&scene);
    let running = scene.stage.serve().unwrap();
    let send = |head: &str| {
        let mut stream = TcpStream::connect(running.address(Vendor::AdobeSign)).unwrap();
        write!(stream, "{head}\r\nHost: secure.na1.echosign.com\r\nConnection: close\r\n\r\n").unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    };
    let revoked = send(&format!(
        "POST /oauth/revoke?token={token} HTTP/1.1\r\nContent-Length: 0\r\nContent-Type: application/x-www-form-urlencoded"
    ));
    assert!(
        revoked.starts_with("HTTP/1.1 200 OK\r\n") && revoked.ends_with("\r\n\r\n"),
        "ADOBE-038: {revoked}"
    );
    let refused = send(&format!("GET /api/rest/v5/users HTTP/1.1\r\nAccess-Token: {token}"));
    assert!(refused.starts_with("HTTP/1.1 401 Unauthorized\r\n"), "ADOBE-048: {refused}");
    assert!(refused.ends_with(&format!("\r\n\r\n{INVALID}")), "ADOBE-048: {refused}");
    for header in [
        "Content-Length: 91",
        "Content-Type: application/json;charset=UTF-8",
        "Cache-Control: no-cache, no-store, must-revalidate",
        "Expires: 0",
    ] {
        assert!(refused.contains(&format!("\r\n{header}\r\n")), "ADOBE-052: {header}: {refused}");
    }
    let id = refused.split("\r\nX-Request-Id: ").nth(1).and_then(|rest| rest.split("\r\n").next());
    let groups: Vec<_> = id.unwrap_or_default().split('-').map(str::len).collect();
    assert_eq!(groups, [8, 4, 4, 4, 12], "ADOBE-052: a UUID: {refused}");
}
