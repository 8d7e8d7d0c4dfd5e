//! Tenants never meet: the credential names the tenant.

use rehearsal::{ConsentGiven, Stage, TenantHandle, Vendor};

fn call(stage: &Stage, token: &str) -> u16 {
    let request = http::Request::get("/2.0/users/me").header("authorization", format!("Bearer {token}"));
    stage
        .respond(Vendor::Box, &request.body(bytes::Bytes::new()).expect("the request is well formed"))
        .status()
        .as_u16()
}

fn token(tenant: &TenantHandle) -> String {
    let tokens =
        tenant.issue_tokens(Vendor::Box, ConsentGiven::default()).expect("the demo app is registered");
    tokens.access_token.expose().to_owned()
}

#[test]
fn a_call_belongs_to_the_tenant_that_owns_its_token() {
    let stage = Stage::new();
    let (one, two) = (stage.tenant(), stage.tenant());
    let (first, second) = (token(&one), token(&two));
    one.revoke(Vendor::Box, &first).unwrap();
    assert_eq!((call(&stage, &first), call(&stage, &second)), (401, 200));
    assert_eq!((one.journal().entries().len(), two.journal().entries().len()), (1, 1));
    assert!(two.revoke(Vendor::Box, &first).is_err(), "another tenant's token is unknown here");
}

#[test]
fn a_call_that_nobody_owns_is_the_default_tenants() {
    let stage = Stage::new();
    let tenant = stage.tenant();
    assert_eq!(call(&stage, "unknown"), 401);
    assert!(tenant.journal().entries().is_empty());
    assert_eq!(stage.default_tenant().journal().entries().len(), 1);
}

#[test]
fn a_dropped_tenant_takes_its_credentials_along() {
    let stage = Stage::new();
    let tenant = stage.tenant();
    let app = tenant.new_app(Vendor::Box);
    tenant.register_app(Vendor::Box, app.clone()).unwrap();
    let other = stage.tenant();
    assert!(other.register_app(Vendor::Box, app.clone()).is_err(), "a client id names one tenant");
    let token = token(&tenant);
    drop(tenant);
    assert_eq!(call(&stage, &token), 401);
    assert!(other.register_app(Vendor::Box, app).is_ok(), "the client id is free again");
}

#[test]
fn each_tenant_has_a_clock_of_its_own() {
    let stage = Stage::new();
    let (one, two) = (stage.tenant(), stage.tenant());
    let (first, second) = (token(&one), token(&two));
    one.clock().advance(std::time::Duration::from_secs(2 * 3600));
    assert_eq!((call(&stage, &first), call(&stage, &second)), (401, 200));
}

#[test]
fn the_same_seed_gives_every_tenant_the_same_bytes() {
    let tokens = || {
        let stage = Stage::builder().seed(42).build();
        let (one, two) = (stage.tenant(), stage.tenant());
        (token(&one), token(&two))
    };
    let (first, second) = tokens();
    assert_eq!((first.clone(), second.clone()), tokens());
    assert_ne!(first, second);
}
