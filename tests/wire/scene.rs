//! What a wire test is made of: a seeded stage at a stopped clock, requests, and answers written as they go over the wire.

use std::{collections::BTreeSet, time::Duration};

use bytes::Bytes;
use http::{Method, Request, StatusCode};
use rehearsal::{Clock, ConsentGiven, Demo, Reply, Stage, TenantHandle, Timestamp, Vendor};

/// A vendor with one app and one user, at noon of 2026-03-01.
pub(crate) struct Scene {
    pub(crate) vendor: Vendor,
    pub(crate) stage: Stage,
    pub(crate) clock: Clock,
    pub(crate) tenant: TenantHandle,
    pub(crate) demo: Demo,
}

impl Scene {
    pub(crate) fn at(vendor: Vendor) -> Self {
        let clock = Clock::stopped_at(Timestamp::from_millis(1_772_366_400_000));
        let stage = Stage::builder().seed(7).clock(clock.clone()).build();
        let tenant = stage.default_tenant();
        let demo = tenant.demo(vendor);
        Self { vendor, stage, clock, tenant, demo }
    }

    /// Sends a request with the headers given as `Name: value` lines.
    pub(crate) fn send(&self, method: Method, target: &str, headers: &[&str], body: &str) -> Reply {
        let mut request = Request::builder().method(method).uri(target);
        if !headers.iter().any(|header| header.starts_with("Host: ")) {
            request = request.header("host", "127.0.0.1:4013");
        }
        for header in headers {
            let (name, value) = header.split_once(": ").expect("a header is `Name: value`");
            request = request.header(name, value);
        }
        let request =
            request.body(Bytes::copy_from_slice(body.as_bytes())).expect("the request is well formed");
        self.respond(&request)
    }

    /// Answers a request, and notes whose answer it is.
    pub(crate) fn respond(&self, request: &Request<Bytes>) -> Reply {
        let mut reply = self.stage.respond(self.vendor, request);
        reply.response.extensions_mut().insert(self.vendor);
        reply
    }

    pub(crate) fn get(&self, target: &str, headers: &[&str]) -> Reply {
        self.send(Method::GET, target, headers, "")
    }

    /// Posts a form.
    pub(crate) fn post(&self, target: &str, form: &[(&str, &str)]) -> Reply {
        self.post_with(target, &[], form)
    }

    /// Posts a form with more headers.
    pub(crate) fn post_with(&self, target: &str, headers: &[&str], form: &[(&str, &str)]) -> Reply {
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
        let headers = [headers, &["Content-Type: application/x-www-form-urlencoded"]].concat();
        self.send(Method::POST, target, &headers, &body)
    }

    /// A code of the demo app and user.
    pub(crate) fn code(&self) -> String {
        let code =
            self.tenant.issue_code(self.vendor, ConsentGiven::default()).expect("the demo app is registered");
        code.expose().to_owned()
    }

    pub(crate) fn advance(&self, seconds: u64) {
        self.clock.advance(Duration::from_secs(seconds));
    }

    /// `https://client.example/callback` as the app registered it, percent-encoded.
    pub(crate) fn callback(&self) -> String {
        form_urlencoded::byte_serialize(self.demo.redirect_uri.as_bytes()).collect()
    }
}

/// Status line, headers in order, and body, as they go over HTTP/1, but for what frames the body. How snapshots are compared forgives other line breaks
/// and other white space at the end: carriage returns are written out, and the length of the body ends it.
pub(crate) fn wire(reply: &Reply) -> String {
    let vendor = reply.response.extensions().get::<Vendor>().expect("the scene noted whose answer it is");
    let mut text = format!("HTTP/1.1 {} {}\n", reply.status().as_u16(), reply.reason_phrase());
    for (name, value) in reply.headers() {
        text += &format!("{}: {}\n", vendor.header_name(name), shown(value.as_bytes()));
    }
    format!("{text}\n{}\n[{} bytes]", shown(reply.body()), reply.body().len())
}

fn shown(bytes: &[u8]) -> String {
    match std::str::from_utf8(bytes) {
        Ok(text) => text.replace('\r', "\\r"),
        Err(_) => bytes.escape_ascii().to_string(),
    }
}

#[test]
fn no_changed_byte_of_an_answer_goes_unseen() {
    let answer = |content_type, body: &'static [u8]| {
        let mut reply = Reply::new(StatusCode::OK, content_type, body);
        reply.response.extensions_mut().insert(Vendor::Box);
        wire(&reply)
    };
    // What is left of a snapshot when it is compared.
    let seen = |text: String| text.trim_end().replace("\r\n", "\n");
    let bodies: [&[u8]; 9] = [b"", b"\n", b"\r\n", b"a", b"a ", b"a\n", b"a\r\n", b"a\xff", b"a\xfe"];
    let texts: BTreeSet<String> = bodies.iter().map(|body| seen(answer("text/plain", body))).collect();
    assert_eq!(texts.len(), bodies.len(), "{texts:#?}");
    assert_ne!(answer("text/plain", b""), answer("text/plain;charset=UTF-8", b""));
}

/// A member of a JSON answer that is a text.
pub(crate) fn member(reply: &Reply, name: &str) -> String {
    let body: serde_json::Value = serde_json::from_slice(reply.body()).expect("the answer is JSON");
    body[name].as_str().unwrap_or_else(|| panic!("no text {name} in {body}")).to_owned()
}

/// A parameter of the URL that the answer redirects to.
pub(crate) fn redirect_parameter(reply: &Reply, name: &str) -> Option<String> {
    let location = reply.headers()["location"].to_str().expect("the location is text");
    let url = url::Url::parse(location).expect("the location is a URL");
    url.query_pairs().find(|(of, _)| of == name).map(|(_, value)| value.into_owned())
}

/// The value of the hidden field that carries a signed-in user to the decision.
pub(crate) fn ticket(page: &Reply) -> String {
    let text = page.text();
    let (_, rest) = text.split_once("name=\"rehearsal_ticket\" value=\"").expect("the page asks for consent");
    rest.split_once('"').expect("the value is quoted").0.to_owned()
}
