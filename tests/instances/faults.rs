//! Providers in trouble, on a call and on a refresh: every trouble becomes an answer of the contract, and none a hang.

use std::time::Duration;

use serde_json::json;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
};
use wiremock::{Mock, MockServer, ResponseTemplate, matchers};

use crate::support::{ALICE, Made, World, box_body, settings};

/// How a provider answers on the wire, below HTTP.
#[derive(Clone, Copy, Debug)]
enum Wire {
    /// These bytes, then the connection ends.
    Breaks(&'static str),
    /// These bytes, and then nothing more.
    Stalls(&'static str),
}

const TOKENS: &str =
    r#"{"access_token":"ACCESS","refresh_token":"REFRESH","expires_in":3600,"token_type":"bearer"}"#;

/// A Box that gives tokens as it should and answers everything else like `wire`.
async fn ill(wire: Wire) -> (World, Made) {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(converse(stream, wire));
        }
    });
    let mut settings = settings(&base);
    settings.timeout = Duration::from_millis(300);
    let world = World::with_settings(MockServer::start().await, settings).await;
    let made = world.make(ALICE, &box_body("CODE")).await;
    (world, made)
}

async fn converse(mut stream: TcpStream, wire: Wire) {
    let mut heard = Vec::new();
    let mut buffer = [0; 4096];
    loop {
        let read = stream.read(&mut buffer).await.unwrap_or(0);
        if read == 0 {
            return;
        }
        heard.extend_from_slice(&buffer[..read]);
        if is_whole(&heard) {
            break;
        }
    }
    if heard.starts_with(b"POST /oauth2/token") {
        let length = TOKENS.len();
        let answer = format!(
            "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{TOKENS}"
        );
        let _ = stream.write_all(answer.as_bytes()).await;
        return;
    }
    let (Wire::Breaks(bytes) | Wire::Stalls(bytes)) = wire;
    let _ = stream.write_all(bytes.as_bytes()).await;
    if matches!(wire, Wire::Stalls(_)) {
        // Until the service hangs up.
        while stream.read(&mut buffer).await.is_ok_and(|read| read > 0) {}
    }
}

/// Whether the head is there, and as much of a body as it announces.
fn is_whole(heard: &[u8]) -> bool {
    let text = String::from_utf8_lossy(heard);
    let Some((head, body)) = text.split_once("\r\n\r\n") else { return false };
    let announced = head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse::<usize>().unwrap())
    });
    body.len() >= announced.unwrap_or(0)
}

#[tokio::test]
async fn what_breaks_on_the_wire_is_a_502_and_never_a_hang() {
    let late = "The provider did not answer in time";
    let broken = "The provider's answer broke off";
    for (wire, message) in [
        (Wire::Stalls(""), late),
        (Wire::Stalls("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n"), late),
        (Wire::Stalls("HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{\"entries\":["), late),
        (Wire::Stalls("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\n{\"ent"), late),
        (Wire::Breaks(""), "The provider could not be reached"),
        (Wire::Breaks("this is not HTTP\r\n\r\n"), "The provider could not be reached"),
        (Wire::Breaks("HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{\"entries\":["), broken),
        (Wire::Breaks("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\n{\"ent"), broken),
        // A refusal that breaks off says nothing that can be passed on.
        (Wire::Breaks("HTTP/1.1 401 Unauthorized\r\ncontent-length: 100\r\n\r\n{\"code\":"), broken),
    ] {
        let (world, made) = ill(wire).await;
        for path in ["/files", "/hubs/documents/items", "/me", "/ping", "/objects/folders/metadata"] {
            let refused = world.get(path, &made.with(ALICE)).await;
            assert_eq!(refused.refused(502).message(), message, "{path} {wire:?}");
        }
        let renamed = world.patch(&made.path(), ALICE, &json!({"name": "still there"})).await.ok();
        assert_eq!(renamed["name"], "still there", "the instance itself is not concerned");
    }
}

#[tokio::test]
async fn what_is_no_json_is_not_passed_on_as_if_it_were() {
    for (status, body, kind) in [
        (200, "<html><body>Log in</body></html>", "text/html"),
        (200, "{\"entries\": [", "application/json"),
        (200, "", "text/html"),
    ] {
        let world = World::start().await;
        world.box_gives("CODE", "ACCESS", "REFRESH").await;
        let made = world.make(ALICE, &box_body("CODE")).await;
        let answer = ResponseTemplate::new(status).set_body_raw(body, kind);
        Mock::given(matchers::path_regex("^/2.0/")).respond_with(answer).mount(&world.provider).await;
        for path in ["/files", "/items", "/me", "/ping", "/folders/1"] {
            let answer = world.get(path, &made.with(ALICE)).await;
            assert_eq!(answer.refused(502).message(), "The provider's answer is not JSON", "{path}");
        }
    }
}

/// Only 204 says that there is nothing to say, and a deletion that has happened has no more to tell.
#[tokio::test]
async fn an_empty_answer_is_an_empty_list_where_the_vendor_says_so() {
    let world = World::start().await;
    world.box_gives("CODE", "ACCESS", "REFRESH").await;
    let made = world.make(ALICE, &box_body("CODE")).await;
    for status in [204, 200] {
        let answer = ResponseTemplate::new(status);
        Mock::given(matchers::path_regex("^/2.0/"))
            .respond_with(answer)
            .up_to_n_times(4)
            .mount(&world.provider)
            .await;
        if status == 204 {
            assert_eq!(world.get("/files", &made.with(ALICE)).await.ok(), json!([]));
            let vendors = world.get("/items", &made.with(ALICE)).await;
            assert_eq!((vendors.status.as_u16(), vendors.text.as_str()), (200, ""), "nothing is made up");
        }
        let gone = world.delete("/folders/1", &made.with(ALICE)).await;
        assert_eq!((gone.status.as_u16(), gone.text.as_str()), (200, ""));
        let changed = world.patch("/folders/1", &made.with(ALICE), &json!({"name": "x"})).await;
        assert_eq!(changed.status, if status == 204 { 200 } else { 502 }, "{}", changed.text);
        if status == 200 {
            return;
        }
    }
}

/// 2.2: whatever the vendor answers, the caller reads a status of the table.
#[tokio::test]
async fn odd_statuses_of_the_vendor_are_the_nearest_of_the_table() {
    let world = World::start().await;
    world.box_gives("CODE", "ACCESS", "REFRESH").await;
    let made = world.make(ALICE, &box_body("CODE")).await;
    for (odd, status) in [(600, 502), (999, 502), (501, 502), (402, 400), (418, 400), (422, 400), (413, 413)]
    {
        Mock::given(matchers::path_regex("^/2.0/"))
            .respond_with(ResponseTemplate::new(odd).set_body_json(json!({"code": "odd"})))
            .up_to_n_times(1)
            .mount(&world.provider)
            .await;
        world.get("/files", &made.with(ALICE)).await.refused_by_provider(status);
    }
}

/// 5.2: only a refusal takes an instance's validity, and five of them disable it.
#[tokio::test]
async fn a_vendor_in_trouble_has_not_refused_a_refresh() {
    let busy = ResponseTemplate::new(429)
        .insert_header("retry-after", "17")
        .set_body_json(json!({"error": "rate_limit_exceeded"}));
    for (trouble, status) in [
        (ResponseTemplate::new(503).set_body_string("<html>Down</html>"), 502),
        (ResponseTemplate::new(500).set_body_json(json!({"error": "server_error"})), 502),
        (busy, 429),
        (ResponseTemplate::new(200).set_body_string("<html>Down</html>"), 502),
    ] {
        let world = World::start().await;
        let made = world.make_box(ALICE, "1").await;
        let header = made.with(ALICE);
        Mock::given(matchers::path("/oauth2/token"))
            .respond_with(trouble)
            .up_to_n_times(6)
            .with_priority(1)
            .mount(&world.provider)
            .await;
        world.clock.advance(Duration::from_secs(4000));
        for _ in 0..6 {
            let answer = world.get("/files", &header).await;
            assert_eq!(answer.status, status, "{}", answer.text);
            assert_eq!(answer.header("retry-after"), (status == 429).then_some("17"));
        }
        let after = world.get(&made.path(), ALICE).await.ok();
        assert_eq!((&after["valid"], &after["disabled"]), (&json!(true), &json!(false)));

        world.box_refreshes("REFRESH1", "ACCESS2", "REFRESH2").await;
        world.box_accepts("ACCESS2").await;
        world.get("/files", &header).await.ok();
    }
}

#[tokio::test]
async fn five_refused_refreshes_disable_an_instance_until_it_is_enabled_and_authenticated() {
    let world = World::start().await;
    let made = world.make_box(ALICE, "1").await;
    let header = made.with(ALICE);
    world.box_refuses_grants().await;
    world.clock.advance(Duration::from_secs(4000));
    for _ in 0..5 {
        world.get("/files", &header).await.refused_by_provider(401);
    }
    world.get("/files", &header).await.refused(403);
    assert_eq!(world.get(&made.path(), ALICE).await.ok()["disabled"], true);
    world.put_nothing(&format!("{}/enabled", made.path()), ALICE).await;
    world.box_gives("CODE2", "ACCESS2", "REFRESH2").await;
    world.box_accepts("ACCESS2").await;
    world.patch("/instances", &header, &json!({"providerData": {"code": "CODE2"}})).await.ok();
    world.get("/files", &header).await.ok();
}

/// A caller that is slow or long-winded holds nothing.
#[tokio::test]
async fn a_caller_that_does_not_finish_is_given_up() {
    let provider = MockServer::start().await;
    let mut settings = settings(&provider.uri());
    settings.patience = Duration::from_millis(200);
    let world = World::with_settings(provider, settings).await;
    let head = format!(
        "POST /elements/api-v2/instances HTTP/1.1\r\nhost: here\r\nauthorization: {ALICE}\r\n\
         content-type: application/json\r\ncontent-length: 100\r\n\r\n{{"
    );
    let unfinished = world.talk(&head).await;
    assert!(unfinished.starts_with("HTTP/1.1 400 "), "{unfinished}");
    assert!(unfinished.contains("The request body could not be read"), "{unfinished}");
    let silent = world.talk("GET /elements/api-v2/instances HTTP/1.1\r\nhost:").await;
    assert!(silent.is_empty() || silent.starts_with("HTTP/1.1 408 "), "{silent}");
    let many: String = (0..200).map(|number| format!("x-{number}: y\r\n")).collect();
    let huge = format!("x: {}\r\n", "y".repeat(512 * 1024));
    let call = |headers: &str| format!("GET /elements/api-v2/instances HTTP/1.1\r\n{headers}\r\n");
    let refused = world.talk(&call(&many)).await;
    assert!(refused.starts_with("HTTP/1.1 431 "), "{refused}");
    // Who still writes when the connection is closed may not get to read why.
    let refused = world.talk(&call(&huge)).await;
    assert!(refused.is_empty() || refused.starts_with("HTTP/1.1 431 "), "{refused}");
    world.get("/instances", ALICE).await.refused(404);
}
