//! Providers without a socket: token issue, a good call, a refused call.
//!
//! `cargo bench --bench provider`

use bytes::Bytes;
use divan::{Bencher, black_box};
use http::Request;
use rehearsal::{ConsentGiven, Stage, TenantHandle, Vendor};

fn main() {
    divan::main();
}

fn call(token: &str) -> Request<Bytes> {
    let header = format!("Bearer {token}");
    let request = Request::get("/2.0/folders/0/items").header("host", "127.0.0.1:4013");
    request.header("authorization", header).body(Bytes::new()).expect("the request is well formed")
}

fn exchange(tenant: &TenantHandle) -> Request<Bytes> {
    let demo = tenant.demo(Vendor::Box);
    let code = tenant.issue_code(Vendor::Box, ConsentGiven::default()).expect("the demo app is registered");
    let body = form_urlencoded::Serializer::new(String::new())
        .append_pair("grant_type", "authorization_code")
        .append_pair("code", code.expose())
        .append_pair("client_id", &demo.client_id)
        .append_pair("client_secret", demo.client_secret.expose())
        .finish();
    let request = Request::post("/oauth2/token").header("content-type", "application/x-www-form-urlencoded");
    request.body(body.into()).expect("the request is well formed")
}

#[divan::bench]
fn token_issue(bencher: Bencher<'_, '_>) {
    let stage = Stage::new();
    let tenant = stage.default_tenant();
    bencher.with_inputs(|| exchange(&tenant)).bench_refs(|request| stage.respond(Vendor::Box, request));
}

#[divan::bench]
fn good_call(bencher: Bencher<'_, '_>) {
    let stage = Stage::new();
    let tokens = stage.default_tenant().issue_tokens(Vendor::Box, ConsentGiven::default());
    let request = call(tokens.expect("the demo app is registered").access_token.expose());
    bencher.bench(|| stage.respond(Vendor::Box, black_box(&request)));
}

#[divan::bench]
fn refused_call(bencher: Bencher<'_, '_>) {
    let stage = Stage::new();
    let request = call("unknown");
    bencher.bench(|| stage.respond(Vendor::Box, black_box(&request)));
}

#[divan::bench]
fn new_stage(bencher: Bencher<'_, '_>) {
    bencher.bench(Stage::new);
}

#[divan::bench]
fn new_tenant(bencher: Bencher<'_, '_>) {
    let stage = Stage::new();
    bencher.bench(|| stage.tenant());
}
