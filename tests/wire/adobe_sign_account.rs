//! Adobe Sign on the wire: what can be changed in an account. Agreements, uploads, webhooks.

use http::Method;
use insta::assert_snapshot;
use rehearsal::{ConsentGiven, Reply, Vendor};
use serde_json::{Value, json};

use crate::{
    adobe_sign::scene,
    adobe_sign_rest::{INVALID, access_token, body, v5, v6},
    scene::{Scene, member, wire},
};

fn send(scene: &Scene, method: Method, path: &str, token: &str, headers: &[&str], content: &Value) -> Reply {
    let shown = if path.starts_with("v5") {
        format!("Access-Token: {token}")
    } else {
        format!("Authorization: Bearer {token}")
    };
    let headers = [&[shown.as_str(), "Content-Type: application/json"], headers].concat();
    scene.send(method, &format!("/api/rest/{path}"), &headers, &content.to_string())
}

pub(crate) fn upload(scene: &Scene, version: &str, token: &str) -> Reply {
    let shown = if version == "v5" { "Access-Token: " } else { "Authorization: Bearer " };
    let content = "--cut\r\nContent-Disposition: form-data; name=\"File-Name\"\r\n\r\noffer.pdf\r\n\
        --cut\r\nContent-Disposition: form-data; name=\"File\"; filename=\"offer.pdf\"\r\n\
        Content-Type: application/pdf\r\n\r\n%PDF-1.4\r\n--cut--\r\n";
    let headers = [&format!("{shown}{token}"), "Content-Type: multipart/form-data; boundary=cut"];
    scene.send(Method::POST, &format!("/api/rest/{version}/transientDocuments"), &headers, content)
}

/// What v6 makes an agreement of.
fn draft(upload: &str) -> Value {
    json!({
        "fileInfos": [{ "transientDocumentId": upload }],
        "name": "Offer",
        "participantSetsInfo": [
            { "memberInfos": [{ "email": "robin@customer.example" }], "order": 1, "role": "SIGNER" },
        ],
        "signatureType": "ESIGN",
        "state": "IN_PROCESS",
    })
}

fn etag(reply: &Reply) -> String {
    reply.headers()["etag"].to_str().expect("a tag is text").to_owned()
}

fn is_etag(text: &str) -> bool {
    let hex = |part: &str| part.len() == 32 && part.bytes().all(|byte| byte.is_ascii_hexdigit());
    text.split_once('.').is_some_and(|(first, second)| hex(first) && hex(second))
}

#[test]
fn a_document_is_uploaded_sent_and_cancelled() {
    let scene = scene();
    let token = access_token(&scene);
    let uploaded = upload(&scene, "v6", &token);
    assert_snapshot!("upload", wire(&uploaded));
    assert_eq!((uploaded.status().as_u16(), uploaded.body().len()), (201, 359), "ADOBE-059");
    assert_eq!(upload(&scene, "v5", &token).status(), 201, "ADOBE-059: in v5, too");

    let draft = draft(&member(&uploaded, "transientDocumentId"));
    let created = send(&scene, Method::POST, "v6/agreements", &token, &[], &draft);
    assert_snapshot!("v6_agreement_created", wire(&created));
    let id = member(&created, "id");
    assert_eq!((created.status().as_u16(), id.len()), (201, 44), "ADOBE-056");
    assert!(id.starts_with("CBJCHBCAABAA") && is_etag(&etag(&created)), "ADOBE-056: {}", wire(&created));

    let path = format!("agreements/{id}");
    let agreement = v6(&scene, &path, &token);
    assert_eq!(etag(&agreement), etag(&created), "ADOBE-056: the tag of what was made");
    assert_eq!(member(&agreement, "status"), "OUT_FOR_SIGNATURE");
    assert_snapshot!("v6_signing_urls", wire(&v6(&scene, &format!("{path}/signingUrls"), &token)));
    let documents = v6(&scene, &format!("{path}/documents"), &token);
    assert_snapshot!("v6_documents", wire(&documents));
    let document = body(&documents)["documents"][0]["id"].as_str().unwrap().to_owned();
    let file = v6(&scene, &format!("{path}/documents/{document}"), &token);
    assert!(file.text().starts_with("%PDF-") && file.headers()["content-type"] == "application/pdf");
    let unknown = v6(&scene, &format!("{path}/documents/unknown"), &token);
    let bytes = r#"{"code":"INVALID_DOCUMENT_ID","message":"The Document ID specified is invalid"}"#;
    assert_snapshot!("v6_unknown_document", wire(&unknown));
    assert_eq!((unknown.status().as_u16(), &*unknown.text(), unknown.body().len()), (404, bytes, 79));

    let state = format!("v6/{path}/state");
    let cancel = json!({
        "state": "CANCELLED",
        "agreementCancellationInfo": { "comment": "no longer needed", "notifyOthers": false },
    });
    let put = |headers: &[&str]| send(&scene, Method::PUT, &state, &token, headers, &cancel);
    let missing = put(&[]);
    assert_snapshot!("v6_missing_if_match", wire(&missing));
    assert_eq!(missing.status(), 400, "ADOBE-058");
    assert_eq!(member(&missing, "code"), "MISSING_IF_MATCH_HEADER", "ADOBE-058");
    let stale = put(&["If-Match: 00000000000000000000000000000000.00000000000000000000000000000000"]);
    assert_snapshot!("v6_stale_if_match", wire(&stale));
    assert_eq!((stale.status().as_u16(), &*member(&stale, "code")), (412, "RESOURCE_MODIFIED"));
    let if_match = format!("If-Match: {}", etag(&agreement));
    let cancelled = put(&[&if_match]);
    assert_snapshot!("v6_agreement_cancelled", wire(&cancelled));
    assert_eq!((cancelled.status().as_u16(), cancelled.body().len()), (204, 0), "ADOBE-057");
    let again = put(&[&if_match]);
    assert_snapshot!("v6_agreement_cancelled_again", wire(&again));
    let bytes = r#"{"code":"AGREEMENT_ALREADY_CANCELLED","message":"The agreement being modified has already been cancelled."}"#;
    assert_eq!((again.status().as_u16(), &*again.text()), (409, bytes), "ADOBE-057");
    let agreement = v6(&scene, &path, &token);
    assert_eq!(member(&agreement, "status"), "CANCELLED", "ADOBE-057");
    assert_eq!(etag(&agreement), etag(&cancelled), "the tag of what became of it");
    let urls = v6(&scene, &format!("{path}/signingUrls"), &token);
    assert_eq!(urls.text(), r#"{"signingUrlSetInfos":[]}"#, "nobody signs it any more");

    scene.tenant.reset();
    let token = access_token(&scene);
    assert_eq!(v6(&scene, &path, &token).status(), 404, "a reset takes changes back");
}

#[test]
fn what_an_agreement_is_made_of_must_be_there() {
    let scene = scene();
    let token = access_token(&scene);
    let create = |content: &Value| send(&scene, Method::POST, "v6/agreements", &token, &[], content);
    let code = |reply: &Reply| (reply.status().as_u16(), member(reply, "code"));
    let nameless = create(&json!({ "fileInfos": [{ "transientDocumentId": "x" }] }));
    assert_snapshot!("v6_missing_parameter", wire(&nameless));
    assert_eq!(code(&nameless), (400, "MISSING_REQUIRED_PARAM".into()));
    let unknown = create(&draft("unknown"));
    assert_snapshot!("v6_unknown_upload", wire(&unknown));
    assert_eq!(code(&unknown), (404, "INVALID_TRANSIENTDOCUMENT_ID".into()));
    let mut from_library = draft("unknown");
    from_library["fileInfos"] = json!([{ "libraryDocumentId": "unknown" }]);
    let unknown = create(&from_library);
    assert_snapshot!("v6_unknown_library_document", wire(&unknown));
    assert_eq!(code(&unknown), (404, "INVALID_LIBRARYDOCUMENT_ID".into()));
    let listed = body(&v6(&scene, "libraryDocuments", &token));
    from_library["fileInfos"][0]["libraryDocumentId"] = listed["libraryDocumentList"][0]["id"].clone();
    assert_eq!(create(&from_library).status(), 201);

    let post = |content_type: &str, content: &str| {
        let headers = [&format!("Authorization: Bearer {token}"), content_type];
        scene.send(Method::POST, "/api/rest/v6/agreements", &headers, content)
    };
    let broken = post("Content-Type: application/json;charset=UTF-8", "{");
    assert_snapshot!("v6_invalid_json", wire(&broken));
    assert_eq!(code(&broken), (400, "INVALID_JSON".into()));
    let text = post("Content-Type: text/plain", "{}");
    assert_snapshot!("v6_unsupported_media_type", wire(&text));
    assert_eq!(code(&text), (415, "UNSUPPORTED_MEDIA_TYPE".into()));
}

#[test]
fn a_list_of_v6_comes_in_pages() {
    let scene = scene();
    let token = access_token(&scene);
    let list = |query: &str| v6(&scene, &format!("users?{query}"), &token);
    let ids = |reply: &Reply| {
        let listed = body(reply);
        let of = |person: &Value| person["id"].as_str().expect("a user has an id").to_owned();
        listed["userInfoList"].as_array().expect("it is a list").iter().map(of).collect::<Vec<_>>()
    };
    let all = ids(&list(""));
    let first = list("pageSize=1");
    assert_snapshot!("v6_first_page", wire(&first));
    let cursor = body(&first)["page"]["nextCursor"].as_str().expect("there is more").to_owned();
    let rest = list(&format!("pageSize=100&cursor={cursor}"));
    assert_eq!([ids(&first), ids(&rest)].concat(), all);
    assert_eq!(body(&rest)["page"], json!({}), "nothing comes after the last page");
    for size in ["0", "-1", "many"] {
        let refused = list(&format!("pageSize={size}"));
        assert_eq!(
            (refused.status().as_u16(), &*member(&refused, "code")),
            (400, "INVALID_PAGE_SIZE"),
            "{size}"
        );
    }
    assert_snapshot!("v6_invalid_page_size", wire(&list("pageSize=0")));
    let refused = list("cursor=unknown");
    assert_snapshot!("v6_invalid_cursor", wire(&refused));
    assert_eq!((refused.status().as_u16(), &*member(&refused, "code")), (400, "INVALID_CURSOR"));
}

#[test]
fn v5_makes_and_cancels_in_its_own_words() {
    let scene = scene();
    let token = access_token(&scene);
    let upload = member(&upload(&scene, "v5", &token), "transientDocumentId");
    let draft = json!({ "documentCreationInfo": {
        "fileInfos": [{ "transientDocumentId": upload }],
        "name": "Offer",
        "recipientSetInfos": [
            { "recipientSetMemberInfos": [{ "email": "robin@customer.example" }], "recipientSetRole": "SIGNER" },
        ],
        "signatureType": "ESIGN",
    } });
    let created = send(&scene, Method::POST, "v5/agreements", &token, &[], &draft);
    assert_snapshot!("v5_agreement_created", wire(&created));
    let id = member(&created, "agreementId");
    let path = format!("v5/agreements/{id}/status");
    let cancel = || send(&scene, Method::PUT, &path, &token, &[], &json!({ "value": "CANCEL" }));
    assert_eq!(cancel().status(), 200, "v5 asks for no tag");
    assert_eq!(member(&cancel(), "code"), "AGREEMENT_ALREADY_CANCELLED");
    let listed = body(&v5(&scene, "agreements", &token));
    let of = |agreement: &&Value| agreement["agreementId"] == id.as_str();
    let agreement = listed["userAgreementList"].as_array().unwrap().iter().find(of).unwrap();
    assert_eq!(agreement["status"], "CANCELLED");
}

#[test]
fn what_makes_no_agreement_is_said() {
    let scene = scene();
    let token = access_token(&scene);
    let create = |token: &str, content: &Value| {
        let reply = send(&scene, Method::POST, "v6/agreements", token, &[], content);
        (reply.status().as_u16(), body(&reply)["code"].as_str().unwrap_or_default().to_owned())
    };
    let good = draft(&member(&upload(&scene, "v6", &token), "transientDocumentId"));
    for name in ["fileInfos", "name", "participantSetsInfo", "signatureType", "state"] {
        let mut incomplete = good.clone();
        incomplete.as_object_mut().unwrap().remove(name);
        assert_eq!(create(&token, &incomplete), (400, "MISSING_REQUIRED_PARAM".into()), "{name}");
    }
    let unknown = draft("unknown");
    assert_eq!(create(&token, &unknown), (404, "INVALID_TRANSIENTDOCUMENT_ID".into()));
    assert_eq!(create("unknown", &unknown).0, 401, "the token is looked at first");
    scene.advance(3000);
    assert_eq!(create(&token, &good).0, 201, "an upload can be used for seven days");
    let bearer = format!("Authorization: Bearer {token}");
    let garbage = scene.send(Method::POST, "/api/rest/v6/agreements", &[&bearer], "{");
    assert_eq!((garbage.status().as_u16(), &*member(&garbage, "code")), (400, "INVALID_JSON"));
    scene.advance(7 * 24 * 3600);
    let token = access_token(&scene);
    assert_eq!(create(&token, &good), (404, "INVALID_TRANSIENTDOCUMENT_ID".into()), "and no longer");

    let reads = ConsentGiven { scopes: vec!["agreement_read".into()], ..ConsentGiven::default() };
    let issued = scene.tenant.issue_tokens(Vendor::AdobeSign, reads).unwrap();
    let reads = issued.access_token.expose();
    assert_eq!(create(reads, &good), (403, "PERMISSION_DENIED".into()), "ADOBE-054");
    assert_eq!(member(&upload(&scene, "v6", reads), "code"), "PERMISSION_DENIED", "ADOBE-054");
    assert_eq!(upload(&scene, "v6", "unknown").text(), INVALID, "ADOBE-048");

    let bearer = format!("Authorization: Bearer {}", access_token(&scene));
    let target = "/api/rest/v6/transientDocuments";
    let form = scene.post_with(target, &[&bearer], &[("File", "x")]);
    assert_eq!((form.status().as_u16(), &*member(&form, "code")), (415, "UNSUPPORTED_MEDIA_TYPE"));
    let cut = "--cut\r\nContent-Disposition: form-data; name=\"File\"; filename=\"a\"\r\n\r\n%PDF";
    let headers = [bearer.as_str(), "Content-Type: multipart/form-data; boundary=cut"];
    let cut = scene.send(Method::POST, target, &headers, cut);
    assert_eq!((cut.status().as_u16(), &*member(&cut, "code")), (400, "MISSING_REQUIRED_PARAM"));
}

#[test]
fn a_webhook_is_made_listed_and_deleted() {
    let scene = scene();
    let token = access_token(&scene);
    let wanted = json!({
        "name": "All agreements",
        "scope": "ACCOUNT",
        "state": "ACTIVE",
        "webhookSubscriptionEvents": ["AGREEMENT_ALL"],
        "webhookUrlInfo": { "url": "https://client.example/hook" },
    });
    let created = send(&scene, Method::POST, "v6/webhooks", &token, &[], &wanted);
    assert_snapshot!("webhook_created", wire(&created));
    let id = member(&created, "id");
    let location = created.headers()["location"].to_str().unwrap();
    assert_eq!(location, format!("http://127.0.0.1:4013/api/rest/v6/webhooks/{id}"), "ADOBE-065");
    assert_snapshot!("webhooks", wire(&v6(&scene, "webhooks", &token)));
    let path = format!("webhooks/{id}");
    assert_eq!(etag(&v6(&scene, &path, &token)), etag(&created));

    let delete =
        |headers: &[&str]| send(&scene, Method::DELETE, &format!("v6/{path}"), &token, headers, &Value::Null);
    let missing = delete(&[]);
    assert_eq!(missing.status(), 400, "ADOBE-058");
    assert_eq!(member(&missing, "code"), "MISSING_IF_MATCH_HEADER", "ADOBE-058");
    assert_eq!(delete(&["If-Match: 1.2"]).status(), 412);
    let deleted = delete(&[&format!("If-Match: {}", etag(&created))]);
    assert_eq!((deleted.status().as_u16(), deleted.body().len()), (204, 0));
    let gone = v6(&scene, &path, &token);
    let bytes = r#"{"code":"INVALID_WEBHOOK_ID","message":"The webhook id specified is invalid."}"#;
    assert_eq!((gone.status().as_u16(), &*gone.text(), gone.body().len()), (404, bytes, 78));
}

#[test]
fn people_and_groups_can_be_looked_up() {
    let scene = scene();
    let token = access_token(&scene);
    let id = body(&v6(&scene, "users", &token))["userInfoList"][1]["id"].as_str().unwrap().to_owned();
    let path = format!("users/{id}");
    assert_snapshot!("v5_user", wire(&v5(&scene, &path, &token)));
    assert_eq!(member(&v6(&scene, &path, &token), "firstName"), "Jordan");
    assert_eq!(member(&v6(&scene, "users/unknown", &token), "code"), "INVALID_USER_ID");
    assert_snapshot!("v5_groups", wire(&v5(&scene, "groups", &token)));
    assert_snapshot!("v6_groups", wire(&v6(&scene, "groups", &token)));
    let workflows = body(&v6(&scene, "workflows", &token));
    assert_eq!(workflows["userWorkflowList"][0]["displayName"], "Sign in Order");
}
