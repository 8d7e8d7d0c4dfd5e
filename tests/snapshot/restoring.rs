//! Restoring: whole or not at all, and what a file may say.

use std::time::Duration;

use rehearsal::{
    Consent, ConsentGiven, Fault, Snapshot, Stage, StageSnapshot, TenantHandle, Timestamp, Vendor,
    snapshot::RestoreError,
};

fn token(tenant: &TenantHandle, vendor: Vendor) -> String {
    let tokens = tenant.issue_tokens(vendor, ConsentGiven::default()).expect("the demo app is registered");
    tokens.access_token.expose().to_owned()
}

fn is_alive(tenant: &TenantHandle, vendor: Vendor, token: &str) -> bool {
    tenant.standing(vendor, token).is_some_and(|standing| standing.death.is_none())
}

/// The status that Box answers to the token.
fn status(stage: &Stage, token: &str) -> u16 {
    let request = http::Request::get("/2.0/users/me").header("authorization", format!("Bearer {token}"));
    let request = request.body(bytes::Bytes::new()).expect("the request is well formed");
    stage.respond(Vendor::Box, &request).status().as_u16()
}

#[test]
fn a_world_comes_back_whole() {
    let stage = Stage::new();
    let tenant = stage.tenant();
    tenant.clock().set(Timestamp::from_millis(1_772_366_400_000));
    tenant.clock().freeze();
    let old = token(&tenant, Vendor::Box);
    let number = tenant.inject(Fault::html().at(Vendor::Egnyte).times(2)).expect("the vendor is known");
    let saved = tenant.snapshot();

    tenant.revoke(Vendor::Box, &old).expect("it is alive");
    let new = token(&tenant, Vendor::Box);
    tenant.set_consent(Consent::Auto);
    tenant.clock().advance(Duration::from_secs(9));
    tenant.faults().clear();
    let app = tenant.register_app(Vendor::Box, tenant.new_app(Vendor::Box)).expect("the client id is new");

    tenant.restore(&saved).expect("it is its own");
    assert_eq!((status(&stage, &old), status(&stage, &new)), (200, 401));
    assert_eq!(tenant.consent(), Consent::Page);
    assert_eq!(tenant.clock().now(), Timestamp::from_millis(1_772_366_400_000));
    assert_eq!(tenant.faults().list().len(), 1);
    assert_eq!(tenant.faults().list()[0].0, number);
    assert!(tenant.apps(Vendor::Box).iter().all(|of| of.client_id != app.client_id));
    let other = stage.tenant();
    other.register_app(Vendor::Box, (*app).clone()).expect("the client id is free again");
}

#[test]
fn a_credential_of_another_tenant_stands_in_the_way_and_nothing_changes() {
    let stage = Stage::new();
    let (one, two) = (stage.tenant(), stage.tenant());
    // The last vendor is the one that is in the way: those before it must be given back.
    let apps = Vendor::ALL.map(|vendor| one.demo(vendor).client_id);
    token(&one, Vendor::Salesforce);
    let saved = one.snapshot();
    let app = one.apps(Vendor::Salesforce)[0].clone();
    drop(one);
    two.register_app(Vendor::Salesforce, (*app).clone()).expect("the client id is free");
    let three = stage.tenant();
    let before = three.snapshot().to_json();
    let refused = three.restore(&saved).expect_err("two has the app");
    assert_eq!(refused, RestoreError::Taken { vendor: Vendor::Salesforce });
    assert!(refused.to_string().contains("another tenant has a credential of it at salesforce"), "{refused}");
    assert_eq!(three.snapshot().to_json(), before, "nothing has changed");
    drop(three);
    let app = two.new_app(Vendor::Box);
    let app = rehearsal::oauth::App { client_id: apps[2].as_str().into(), ..app };
    two.register_app(Vendor::Box, app).expect("what was claimed on the way was given back");
    assert!(is_alive(&two, Vendor::Box, &token(&two, Vendor::Box)));
}

#[test]
fn calls_meet_the_one_world_or_the_other() {
    let stage = Stage::new();
    let tenant = stage.default_tenant();
    let demo = tenant.demo(Vendor::Box);
    let with = token(&tenant, Vendor::Box);
    let saved = tenant.snapshot();
    tenant.revoke(Vendor::Box, &with).expect("it is alive");
    let without = tenant.snapshot();
    std::thread::scope(|scope| {
        let calls = scope.spawn(|| (0..2_000).map(|_| status(&stage, &with)).collect::<Vec<_>>());
        for _ in 0..20 {
            tenant.restore(&saved).expect("it is its own");
            assert!(is_alive(&tenant, Vendor::Box, &with));
            tenant.restore(&without).expect("it is its own");
            assert!(!is_alive(&tenant, Vendor::Box, &with));
            assert_eq!(tenant.demo(Vendor::Box), demo);
        }
        let statuses = calls.join().expect("no call panics");
        assert!(statuses.iter().all(|status| matches!(status, 200 | 401)), "{statuses:?}");
    });
}

#[test]
fn a_login_that_waits_for_its_decision_still_does() {
    let stage = Stage::new();
    let tenant = stage.default_tenant();
    let demo = tenant.demo(Vendor::Box);
    let target = format!("/api/oauth2/authorize?response_type=code&client_id={}", demo.client_id);
    let post = |stage: &Stage, pairs: &[(&str, &str)]| {
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
        let request =
            http::Request::post(&target).header("content-type", "application/x-www-form-urlencoded");
        stage.respond(Vendor::Box, &request.body(body.into()).expect("the request is well formed"))
    };
    let page =
        post(&stage, &[("login", &demo.login), ("password", demo.password.expose())]).text().into_owned();
    let (_, rest) = page.split_once("name=\"rehearsal_ticket\" value=\"").expect("the page asks for consent");
    let (ticket, _) = rest.split_once('"').expect("the value is quoted");

    let other = Stage::new();
    other.default_tenant().restore(&tenant.snapshot()).expect("nothing is in its way");
    assert_eq!(post(&other, &[("rehearsal_ticket", ticket)]).status(), 302, "allowed");
    assert_eq!(
        post(&other, &[("rehearsal_ticket", ticket)]).status(),
        200,
        "a ticket is good for one decision"
    );
}

#[test]
fn a_shared_clock_is_left_alone() {
    let clock = rehearsal::Clock::stopped_at(Timestamp::from_millis(5_000));
    let stage = Stage::builder().clock(clock.clone()).build();
    let tenant = stage.tenant();
    let saved = tenant.snapshot();
    clock.advance(Duration::from_secs(1));
    tenant.restore(&saved).expect("it is its own");
    assert_eq!(clock.now(), Timestamp::from_millis(6_000));
}

#[test]
fn a_whole_stage_comes_back_with_its_names() {
    let stage = Stage::builder().seed(1).build();
    let numbered = stage.tenant();
    let named = stage.open_tenant("ci").expect("the name is free");
    let tokens = [&stage.default_tenant(), &numbered, &named]
        .map(|tenant| (tenant.id().to_string(), token(tenant, Vendor::Box)));
    let text = stage.snapshot().to_json();

    let other = Stage::new();
    let saved = StageSnapshot::from_json(&text).expect("it is a snapshot");
    assert_eq!(saved.tenants().collect::<Vec<_>>(), ["ci", "default", "t1"]);
    other.restore(&saved).expect("nothing is in its way");
    for (name, token) in &tokens {
        let tenant = other.find_tenant(name).expect("it is there");
        assert!(is_alive(&tenant, Vendor::Box, token), "{name}");
    }
    assert_eq!(other.tenant().id().as_str(), "t2", "a name is not given twice");
    assert_eq!(other.snapshot().to_json(), text);
    assert!(other.close_tenant("ci") && other.find_tenant("ci").is_none() && !other.close_tenant("default"));
    assert!(other.open_tenant("t1").is_err() && other.open_tenant("T 1").is_err());
}

#[test]
fn a_text_that_is_no_snapshot_is_refused_with_a_sentence() {
    let tenant = Stage::builder().seed(1).build().tenant();
    tenant.clock().set(Timestamp::from_millis(0));
    tenant.clock().freeze();
    token(&tenant, Vendor::Box);
    let good = tenant.snapshot().to_json();
    let refused = |text: &str| Snapshot::from_json(text).map(drop).unwrap_err().to_string();
    assert_eq!(refused(" \n"), "it is empty");
    assert_eq!(refused("{\"a\": 1}"), "it does not begin as a rehearsal-tenant text does");
    assert_eq!(refused("hello"), "it does not begin as a rehearsal-tenant text does");
    assert_eq!(
        refused(&good.replacen("\"version\": 2", "\"version\": 7", 1)),
        "it is of version 7, and this program reads version 2"
    );
    assert!(refused(&good[..good.len() / 2]).starts_with("it is cut off at line "));
    assert!(refused(&good[..good.len() - 3]).starts_with("it is cut off at line "));
    let unknown = refused(&good.replacen("\"consent\"", "\"consemt\"", 1));
    assert!(unknown.contains("unknown field `consemt`") && unknown.contains("line"), "{unknown}");
    assert!(StageSnapshot::from_json(&good).is_err(), "a tenant is no stage");
    // What reads well may still not fit together.
    let misfit = good.replacen("\"last_serial\": 2", "\"last_serial\": 1", 1);
    assert_ne!(misfit, good);
    let flaw = tenant.restore(&Snapshot::from_json(&misfit).expect("it reads well")).unwrap_err().to_string();
    assert!(flaw.contains("at box") && flaw.contains("credential 2"), "{flaw}");
}

#[test]
fn nothing_secret_is_printed() {
    let tenant = Stage::new().tenant();
    let secrets = Vendor::ALL.map(|vendor| {
        let demo = tenant.demo(vendor);
        [token(&tenant, vendor), demo.client_secret.expose().to_owned(), demo.password.expose().to_owned()]
    });
    let (saved, whole) = (tenant.snapshot(), Stage::new().snapshot());
    let printed = format!("{saved:?} {saved:#?} {whole:?}");
    let text = saved.to_json();
    for secret in secrets.iter().flatten() {
        assert!(!printed.contains(secret.as_str()));
        assert!(text.contains(secret.as_str()), "the text is what holds it");
    }
}
