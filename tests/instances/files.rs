//! The documents hub: files go up and come down, and what is known of them stands at `metadata`.

use reqwest::{Method, multipart};
use serde_json::{Value, json};
use wiremock::{Mock, Request, ResponseTemplate, matchers};

use crate::support::{ALICE, Answer, World, answer};

async fn send(world: &World, header: &str, path: &str, form: multipart::Form) -> Answer {
    answer(world.request(Method::POST, path).header("authorization", header).multipart(form)).await
}

fn file(name: &str, kind: &str, content: &'static [u8]) -> multipart::Form {
    let part = multipart::Part::bytes(content).file_name(name.to_owned()).mime_str(kind).unwrap();
    multipart::Form::new().text("comment", "not the file").part("file", part)
}

#[tokio::test]
async fn a_file_goes_up_with_its_name_folder_and_bytes() {
    let world = World::start().await;
    let header = world.make_box(ALICE, "1").await.with(ALICE);
    let made = json!({"type": "file", "id": "77", "name": "report.pdf", "description": null});
    Mock::given(matchers::method("POST"))
        .and(matchers::path("/api/2.0/files/content"))
        .respond_with(ResponseTemplate::new(201).set_body_json(json!({"total_count": 1, "entries": [made]})))
        .mount(&world.provider)
        .await;
    let bytes: &[u8] = b"%PDF-\x00\xff\r\n--not a boundary--";
    let sent =
        send(&world, &header, "/files?folderId=42", file("report.pdf", "application/pdf", bytes)).await;
    assert_eq!(sent.ok(), json!({"type": "file", "id": "77", "name": "report.pdf"}), "nulls are left out");
    let renamed = "/hubs/documents/files?path=%2Fother.pdf";
    send(&world, &header, renamed, file("report.pdf", "application/pdf", bytes)).await.ok();

    let heard = world.requests_at("/api/2.0/files/content").await;
    for (request, name, folder) in [(&heard[0], "report.pdf", "42"), (&heard[1], "other.pdf", "0")] {
        assert_eq!(request.headers["authorization"], "Bearer ACCESS1");
        let body = String::from_utf8_lossy(&request.body).into_owned();
        let attributes = format!(r#"{{"name":"{name}","parent":{{"id":"{folder}"}}}}"#);
        assert!(body.contains(&attributes), "{body}");
        assert!(body.find("name=\"attributes\"") < body.find("name=\"file\""), "{body}");
        assert!(request.body.windows(bytes.len()).any(|window| window == bytes), "every byte arrives");
    }
}

#[tokio::test]
async fn what_is_no_file_and_where_none_goes_is_refused() {
    let world = World::start().await;
    let header = world.make_box(ALICE, "1").await.with(ALICE);
    let bare = send(&world, &header, "/files", multipart::Form::new().text("file", "no name")).await;
    assert!(bare.refused(400).message().contains("multipart/form-data"));
    let pdf = || file("a.pdf", "application/pdf", b"x");
    let deep = send(&world, &header, "/files?path=%2Fa%2Fb.pdf", pdf()).await;
    assert!(deep.refused(400).message().contains("folderId"));
    send(&world, &header, "/folders", pdf()).await.refused(415);
    let text = world.request(Method::POST, "/files").header("authorization", &header).body("x");
    answer(text.header("content-type", "text/plain")).await.refused(415);

    let taken = json!({"type": "error", "code": "item_name_in_use", "message": "Item with the same name already exists"});
    Mock::given(matchers::path("/api/2.0/files/content"))
        .respond_with(ResponseTemplate::new(409).set_body_json(taken))
        .mount(&world.provider)
        .await;
    let refused = send(&world, &header, "/files", pdf()).await;
    assert_eq!(refused.status, 409);
    assert!(refused.message().starts_with("Failed to upload file. File with the same name already exists."));
    assert!(refused.provider_message().contains("Item with the same name already exists"));
}

#[tokio::test]
async fn a_file_comes_down_from_where_the_provider_says_and_shows_no_token_there() {
    let world = World::start().await;
    let header = world.make_box(ALICE, "1").await.with(ALICE);
    let elsewhere = format!("{}/d/1/download?token=b1", world.provider.uri());
    Mock::given(matchers::path("/2.0/files/77/content"))
        .and(matchers::header("authorization", "Bearer ACCESS1"))
        .respond_with(ResponseTemplate::new(302).insert_header("location", elsewhere))
        .mount(&world.provider)
        .await;
    let content = ResponseTemplate::new(200)
        .insert_header("content-disposition", "attachment;filename=\"a.bin\"")
        .set_body_raw(b"\x00\x01\xff".to_vec(), "application/pdf");
    Mock::given(matchers::path("/d/1/download")).respond_with(content).mount(&world.provider).await;
    let request = world.request(Method::GET, "/files/77").header("authorization", &header);
    let got = request.send().await.unwrap();
    assert_eq!(got.status(), 200);
    assert_eq!(got.headers()["content-type"], "application/pdf");
    assert_eq!(got.headers()["content-disposition"], "attachment;filename=\"a.bin\"");
    assert!(got.headers().contains_key("elements-element-instance-id"));
    assert_eq!(got.bytes().await.unwrap().as_ref(), b"\x00\x01\xff");
    let asked = world.requests_at("/d/1/download").await.pop().unwrap();
    assert!(!asked.headers.contains_key("authorization"));

    for foreign in ["https://evil.test/x", "http://10.0.0.1/x"] {
        Mock::given(matchers::path("/2.0/files/78/content"))
            .respond_with(ResponseTemplate::new(302).insert_header("location", foreign))
            .up_to_n_times(1)
            .mount(&world.provider)
            .await;
        world.get("/files/78", &header).await.refused(502);
    }
}

#[tokio::test]
async fn what_is_known_of_a_file_is_read_and_changed_at_metadata() {
    let world = World::start().await;
    let header = world.make_box(ALICE, "1").await.with(ALICE);
    let renames = |request: &Request| {
        let sent: Value = serde_json::from_slice(&request.body).unwrap();
        ResponseTemplate::new(200).set_body_json(json!({"id": "77", "name": sent["name"]}))
    };
    let known = ResponseTemplate::new(200).set_body_json(json!({"id": "77", "name": "a.pdf"}));
    let place = || matchers::path("/2.0/files/77");
    Mock::given(matchers::method("GET")).and(place()).respond_with(known).mount(&world.provider).await;
    // Box changes by PUT what callers of the hub change by PATCH.
    Mock::given(matchers::method("PUT")).and(place()).respond_with(renames).mount(&world.provider).await;
    for hub in ["", "/hubs/documents"] {
        let path = format!("{hub}/files/77/metadata");
        assert_eq!(world.get(&path, &header).await.ok()["name"], "a.pdf");
        let changed = world.patch(&path, &header, &json!({"name": "b.pdf"})).await.ok();
        assert_eq!(changed["name"], "b.pdf");
        world.delete(&path, &header).await.refused(405);
    }
    world.get("/folders/1/metadata", &header).await.refused(404);
    world.get("/nothing/1/metadata", &header).await.refused(404);
}

/// The file has a type of its own, whatever types the caller accepts.
#[tokio::test]
async fn a_file_comes_down_whatever_is_accepted() {
    let world = World::start().await;
    let header = world.make_box(ALICE, "1").await.with(ALICE);
    let content = ResponseTemplate::new(200).set_body_raw(b"\x00\x01".to_vec(), "application/pdf");
    Mock::given(matchers::path("/2.0/files/77/content")).respond_with(content).mount(&world.provider).await;
    for accept in ["application/octet-stream", "text/plain", "application/pdf;q=0.5", "application/xml"] {
        for path in ["/files/77", "/hubs/documents/files/77"] {
            let request = world.request(Method::GET, path).header("authorization", &header);
            let got = request.header("accept", accept).send().await.unwrap();
            assert_eq!(
                (got.status().as_u16(), got.headers()["content-type"].to_str().unwrap()),
                (200, "application/pdf")
            );
        }
        for path in ["/files", "/folders/1", "/files/77/metadata"] {
            let request = world.request(Method::GET, path).header("authorization", &header);
            answer(request.header("accept", accept)).await.refused(406);
        }
    }
}

#[tokio::test]
async fn a_second_file_of_a_name_overwrites_the_first_when_asked_to() {
    let world = World::start().await;
    let header = world.make_box(ALICE, "1").await.with(ALICE);
    let taken = json!({
        "type": "error", "code": "item_name_in_use", "message": "Item with the same name already exists",
        "context_info": {"conflicts": {"type": "file", "id": "77"}},
    });
    Mock::given(matchers::path("/api/2.0/files/content"))
        .respond_with(ResponseTemplate::new(409).set_body_json(taken))
        .mount(&world.provider)
        .await;
    let newer = json!({"total_count": 1, "entries": [{"type": "file", "id": "77", "etag": "1"}]});
    Mock::given(matchers::path("/api/2.0/files/77/content"))
        .respond_with(ResponseTemplate::new(201).set_body_json(newer))
        .mount(&world.provider)
        .await;
    let pdf = || file("a.pdf", "application/pdf", b"second");
    let refused = send(&world, &header, "/files", pdf()).await;
    assert_eq!(refused.status, 409);
    assert_eq!(send(&world, &header, "/files?overwrite=false", pdf()).await.status, 409);
    assert!(world.requests_at("/api/2.0/files/77/content").await.is_empty());
    let sent = send(&world, &header, "/files?overwrite=true", pdf()).await.ok();
    assert_eq!((&sent["id"], &sent["etag"]), (&json!("77"), &json!("1")));
    assert!(world.bodies_at("/api/2.0/files/77/content").await[0].contains("second"));
    let odd = send(&world, &header, "/files?overwrite=perhaps", pdf()).await;
    assert!(odd.refused(400).message().contains("overwrite"));
}

/// Egnyte overwrites unasked, so that the service has to look first.
#[tokio::test]
async fn where_the_vendor_overwrites_unasked_the_service_looks_first() {
    let world = World::start().await;
    let tokens = json!({"access_token": "ACCESS", "token_type": "bearer", "expires_in": -1});
    Mock::given(matchers::path_regex("/puboauth/token$"))
        .respond_with(ResponseTemplate::new(200).set_body_json(tokens))
        .mount(&world.provider)
        .await;
    let mut body = crate::support::box_body("CODE");
    (body["element"]["key"], body["configuration"]["subdomain"]) = (json!("egnyte"), json!("acme"));
    let header = world.make(ALICE, &body).await.with(ALICE);
    let there = ResponseTemplate::new(200).set_body_json(json!({"name": "a.pdf", "is_folder": false}));
    let place = matchers::path("/pubapi/v1/fs/Shared/a.pdf");
    Mock::given(place).respond_with(there).mount(&world.provider).await;
    let missing = ResponseTemplate::new(404).set_body_json(json!({"errorMessage": "Item does not exist"}));
    Mock::given(matchers::path("/pubapi/v1/fs/Shared/new.pdf"))
        .respond_with(missing)
        .mount(&world.provider)
        .await;
    let kept = ResponseTemplate::new(200).set_body_json(json!({"path": "/Shared/a.pdf", "entry_id": "e"}));
    Mock::given(matchers::method("POST")).respond_with(kept).mount(&world.provider).await;
    let pdf = |name: &str| file(name, "application/pdf", b"x");
    let refused = send(&world, &header, "/files", pdf("a.pdf")).await;
    assert!(refused.refused(409).message().starts_with("Failed to upload file."));
    assert!(world.requests_at("/pubapi/v1/fs-content/Shared/a.pdf").await.is_empty());
    send(&world, &header, "/files?overwrite=true", pdf("a.pdf")).await.ok();
    send(&world, &header, "/files", pdf("new.pdf")).await.ok();
}
