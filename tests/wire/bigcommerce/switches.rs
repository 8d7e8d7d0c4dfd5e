//! Two worlds, aliases of a store's host, https, gzip, and the other switches.

use insta::assert_snapshot;
use rehearsal::{
    Secret, TenantHandle, Vendor,
    providers::bigcommerce::{Missing, Representation, Switches, TokenAnswer, TokenLook, World},
};
use serde_json::Value;

use super::{
    access_token, exchange, exchange_body, get, hash,
    legacy::{account, basic},
    scene,
};
use crate::scene::{member, wire};

fn switch(tenant: &TenantHandle, change: impl FnOnce(&mut Switches)) {
    let mut switches = tenant.switches::<Switches>();
    change(&mut switches);
    tenant.set_switches(&switches);
}

#[test]
fn an_alias_of_the_host_loses_the_credentials() {
    let scene = scene();
    let canonical = format!("store-{}.mybigcommerce.com", hash(&scene));
    switch(&scene.tenant, |switches| {
        switches.alias_hosts = [("www.shop.example".to_owned(), canonical.clone())].into();
    });
    let headers = ["Host: www.shop.example:4012", &account(&scene), "Accept: application/json"];
    let moved = scene.get("/api/v2/time?x=1", &headers);
    assert_snapshot!("legacy_alias_host", wire(&moved));
    assert_eq!(moved.status(), 301, "BC-017");
    assert_eq!(
        moved.headers()["location"],
        format!("http://{canonical}:4012/api/v2/time?x=1").as_str(),
        "BC-017"
    );
    let followed =
        scene.get("/api/v2/time", &[&format!("Host: {canonical}:4012"), "Accept: application/json"]);
    let body = r#"[{"status":401,"message":"No credentials were supplied in the request."}]"#;
    assert_eq!(followed.text(), body, "BC-017: what a client gets that follows without its credentials");
    let usual = scene.get("/api/v2/time", &headers[1..]);
    assert_eq!(usual.status(), 200, "BC-017: other hosts are not aliases");
}

#[test]
fn plain_http_can_be_sent_to_https() {
    let scene = scene();
    let call = || scene.get("/api/v2/time", &["Host: 127.0.0.1:4013", &account(&scene)]);
    assert_eq!(call().status(), 200, "BC-070: off unless switched on");
    switch(&scene.tenant, |switches| switches.https_only = true);
    let moved = call();
    assert_snapshot!("legacy_to_https", wire(&moved));
    assert_eq!(
        (moved.status().as_u16(), moved.headers()["location"].as_bytes()),
        (301, b"https://127.0.0.1:4013/api/v2/time".as_slice()),
        "BC-070"
    );
    let by_default = scene.get("/api/v2/time", &["Host: 127.0.0.1:80", &account(&scene)]);
    assert_eq!(
        by_default.headers()["location"],
        "https://127.0.0.1/api/v2/time",
        "BC-070: plain http's own port"
    );
    let mut request = http::Request::get("/api/v2/time").header("host", "127.0.0.1");
    request = request.header("authorization", account(&scene).trim_start_matches("Authorization: "));
    let mut request = request.body(bytes::Bytes::new()).unwrap();
    request.extensions_mut().insert(rehearsal::exchange::Secure);
    assert_eq!(scene.respond(&request).status(), 200, "BC-070: over TLS it is answered");
}

#[test]
fn a_store_may_have_one_world_alone() {
    let scene = scene();
    let token = access_token(&scene);
    let legacy = || scene.get("/api/v2/time", &[&account(&scene)]).status().as_u16();
    switch(&scene.tenant, |switches| switches.world = World::Legacy);
    assert_eq!((legacy(), get(&scene, "/v2/time", &token).status().as_u16()), (200, 404));
    assert_eq!(exchange(&scene, &scene.code()).status(), 404);
    switch(&scene.tenant, |switches| switches.world = World::App);
    assert_eq!((legacy(), get(&scene, "/v2/time", &token).status().as_u16()), (404, 200));
}

#[test]
fn what_was_seen_otherwise_is_a_switch() {
    let scene = scene();
    switch(&scene.tenant, |switches| switches.unasked = Representation::Json);
    let unasked = scene.get("/api/v2/time", &[&account(&scene)]);
    assert_eq!(unasked.headers()["content-type"], "application/json", "BC-014: by switch");

    switch(&scene.tenant, |switches| switches.orders_by_status = false);
    let count = scene.get("/api/v2/orders/count.json", &[&account(&scene)]);
    let count: Value = serde_json::from_slice(count.body()).unwrap();
    assert_eq!(count.as_object().unwrap().keys().collect::<Vec<_>>(), ["count"], "BC-060: by switch");

    switch(&scene.tenant, |switches| switches.tokens = TokenLook::Mixed);
    let token = access_token(&scene);
    assert!(token.len() == 31 && token.bytes().any(|byte| byte.is_ascii_uppercase()), "BC-026: {token}");

    switch(&scene.tenant, |switches| switches.token_answer = TokenAnswer::Older);
    let older = exchange(&scene, &scene.code());
    let body: Value = serde_json::from_slice(older.body()).unwrap();
    let names = |value: &Value| value.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    assert_eq!(names(&body), ["access_token", "scope", "user", "context"]);
    assert_eq!(names(&body["user"]), ["id", "email"]);

    let mut body = exchange_body(&scene, "unknown");
    body.as_object_mut().unwrap().shift_remove("code");
    let post = |accept: &[&str]| {
        let headers = [accept, &["Content-Type: application/json"]].concat();
        scene.send(http::Method::POST, "/oauth2/token", &headers, &body.to_string())
    };
    assert_eq!(post(&[]).status(), 302, "who says nothing is led to the login page");
    switch(&scene.tenant, |switches| switches.missing = Missing::Error);
    assert_eq!(
        member(&post(&[]), "error_description"),
        "Missing required parameter code",
        "BC-032: by switch"
    );
    switch(&scene.tenant, |switches| switches.missing = Missing::Login);
    assert_eq!(post(&["Accept: application/json"]).status(), 302);

    switch(&scene.tenant, |switches| (switches.calls_per_hour, switches.calls_per_window) = (2, 1));
    let token = access_token(&scene);
    assert_eq!(
        [
            get(&scene, "/v2/time", &token).status().as_u16(),
            get(&scene, "/v2/time", &token).status().as_u16()
        ],
        [200, 429]
    );
    assert_eq!(scene.get("/api/v2/time", &[&account(&scene)]).status(), 509, "two were made before");
    let refused = basic(&scene.demo.login, Secret::from("x").expose());
    assert_eq!(scene.get("/api/v2/time", &[&refused]).status(), 401, "who is not let in is not counted");
}

/// gzip belongs to the server, as TLS does.
#[cfg(feature = "serve")]
#[test]
fn gzip_comes_to_those_who_ask_and_deflate_to_nobody() {
    use std::{
        io::{Read, Write},
        net::TcpStream,
    };

    let scene = scene();
    let token = access_token(&scene);
    let running = scene.stage.serve().unwrap();
    let ask = |encoding: &str| {
        let mut stream = TcpStream::connect(running.address(Vendor::BigCommerce)).unwrap();
        let target = format!("/stores/{}/v2/store", hash(&scene));
        write!(
            stream,
            "GET {target} HTTP/1.1\r\nHost: api.bigcommerce.com\r\nX-Auth-Token: {token}\r\nAccept-Encoding: {encoding}\r\nConnection: close\r\n\r\n"
        )
        .unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).unwrap();
        let end = answer.windows(4).position(|at| at == b"\r\n\r\n").unwrap();
        let head = String::from_utf8_lossy(&answer[..end]).to_lowercase();
        (head, answer[end + 4..].to_vec())
    };
    let (head, plain) = ask("identity");
    assert!(head.starts_with("http/1.1 200") && !head.contains("content-encoding"), "BC-069: {head}");
    let (head, packed) = ask("deflate, gzip");
    assert!(
        head.contains("content-encoding: gzip") && head.contains("vary: accept-encoding"),
        "BC-069: {head}"
    );
    assert!(packed.starts_with(&[0x1f, 0x8b]) && packed.len() < plain.len(), "BC-069");
    let mut unpacked = Vec::new();
    flate2::read::GzDecoder::new(packed.as_slice()).read_to_end(&mut unpacked).unwrap();
    assert_eq!(unpacked, plain, "BC-069: the same when unpacked");
    let (head, body) = ask("deflate");
    assert!(!head.contains("content-encoding") && body == plain, "BC-069: deflate is never used");
}
