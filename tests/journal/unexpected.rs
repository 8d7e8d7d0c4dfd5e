//! Calls that nobody expects: ignored, told, or failing the test.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    process::Command,
};

use insta::assert_snapshot;
use rehearsal::{ConsentGiven, Request, Stage, TenantHandle, Vendor, journal::Unexpected};

use crate::scene::{builder, get};

fn failure(test: impl FnOnce()) -> Option<String> {
    let panic = catch_unwind(AssertUnwindSafe(test)).err()?;
    let text = panic.downcast_ref::<String>().cloned();
    text.or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned()))
}

fn token(tenant: &TenantHandle) -> String {
    let tokens = tenant.issue_tokens(Vendor::Box, ConsentGiven::default());
    tokens.expect("the demo app is registered").access_token.expose().to_owned()
}

fn failing() -> Stage {
    builder().unexpected(Unexpected::Fail).build()
}

#[test]
fn the_stage_fails_when_it_is_dropped_and_lists_the_calls() {
    let text = failure(|| {
        let stage = failing();
        get(&stage, Vendor::Box, "/2.0/users/me", "mistyped");
        let form = "grant_type=refresh_token&client_id=mistyped&refresh_token=lost";
        let request = http::Request::post("/oauth2/token?state=1")
            .header("content-type", "application/x-www-form-urlencoded")
            .body(form.into());
        let _ = stage.respond(Vendor::Box, &request.expect("the request is well formed"));
        let _ = stage.respond(Vendor::Box, &Request::default());
    });
    let text = text.expect("three calls were unexpected");
    assert_snapshot!("unexpected", text);
    assert!(!text.contains("lost"), "{text}");
}

#[test]
fn calls_that_show_a_tenants_credential_or_none_are_expected() {
    let text = failure(|| {
        let stage = failing();
        let tenant = stage.tenant();
        let token = token(&tenant);
        assert_eq!(get(&stage, Vendor::Box, "/2.0/users/me", &token).status(), 200);
        tenant.revoke(Vendor::Box, &token).unwrap();
        assert_eq!(get(&stage, Vendor::Box, "/2.0/users/me", &token).status(), 401);
        let bare = http::Request::get("/2.0/users/me").body(bytes::Bytes::new()).unwrap();
        assert_eq!(stage.respond(Vendor::Box, &bare).status(), 401);
        for vendor in Vendor::ALL {
            let browser = http::Request::get("/favicon.ico").body(bytes::Bytes::new()).unwrap();
            assert!(!stage.respond(vendor, &browser).status().is_success(), "{vendor}");
        }
    });
    assert_eq!(text, None);
}

#[test]
fn they_are_ignored_unless_somebody_chooses() {
    let text = failure(|| {
        let stage = Stage::new();
        let _ = stage.respond(Vendor::Box, &Request::default());
        stage.assert_no_unexpected_calls();
    });
    assert_eq!(text, None);
}

#[test]
fn a_choice_can_be_changed() {
    let text = failure(|| {
        let stage = builder().build();
        let _ = stage.respond(Vendor::Box, &Request::default());
        stage.set_unexpected(Unexpected::Fail);
        let _ = stage.respond(Vendor::Box, &Request::default());
        stage.set_unexpected(Unexpected::Ignore);
        let _ = stage.respond(Vendor::Box, &Request::default());
    });
    let text = text.expect("one call was unexpected");
    assert!(
        text.starts_with("1 call came that nobody expects:\n  #2  2026") || text.contains("\n  #2  "),
        "{text}"
    );
}

#[test]
fn a_tenants_own_calls_fail_with_its_last_handle() {
    let stage = failing();
    let (one, two) = (stage.tenant(), stage.tenant());
    get(&stage, Vendor::Box, "/nowhere", &token(&one));
    let again = one.clone();
    assert_eq!(failure(|| drop(one)), None, "a handle is left");
    assert_eq!(failure(|| drop(two)), None, "the other tenant did nothing");
    let text = failure(|| drop(again)).expect("the tenant called nowhere");
    assert!(text.contains("GET /nowhere → 404"), "{text}");
    assert_eq!(failure(|| drop(stage)), None, "each call fails one test");
}

#[test]
fn clones_of_the_stage_fail_once_and_with_the_last() {
    let stage = failing();
    let clone = stage.clone();
    let _ = stage.respond(Vendor::Box, &Request::default());
    assert_eq!(failure(|| drop(clone)), None);
    assert!(failure(|| drop(stage)).is_some());
}

#[test]
fn a_test_that_fails_already_is_not_failed_again() {
    let text = failure(|| {
        let stage = failing();
        let tenant = stage.tenant();
        get(&stage, Vendor::Box, "/nowhere", &token(&tenant));
        let _ = stage.respond(Vendor::Box, &Request::default());
        panic!("the test's own failure");
    });
    assert_eq!(text.as_deref(), Some("the test's own failure"));
}

#[test]
fn a_flood_is_counted_and_not_kept() {
    let text = failure(|| {
        let stage = failing();
        for _ in 0..70 {
            let _ = stage.respond(Vendor::Box, &Request::default());
        }
    });
    let text = text.expect("70 calls were unexpected");
    assert!(text.starts_with("70 calls came that nobody expects:\n"), "{text}");
    assert!(text.contains("\n  … and 20 more\n"), "{text}");
}

#[test]
fn a_warning_is_printed_once_for_each_call() {
    let test = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "unexpected::warns", "--ignored", "--nocapture"])
        .output()
        .unwrap();
    let told = String::from_utf8(test.stderr).unwrap();
    assert!(test.status.success(), "{told}");
    assert_eq!(told.matches("rehearsal: unexpected call\n").count(), 2, "{told}");
    assert_eq!(told.matches("GET /2.0/users/me → 401").count(), 1, "{told}");
    assert_eq!(told.matches("GET / → 404").count(), 1, "{told}");
    assert!(!told.contains("mistyped"), "{told}");
}

#[test]
#[ignore = "its standard error output is what another test looks at"]
fn warns() {
    let stage = builder().unexpected(Unexpected::Warn).build();
    get(&stage, Vendor::Box, "/2.0/users/me", "mistyped");
    let _ = stage.respond(Vendor::Box, &Request::default());
}

#[cfg(feature = "serve")]
#[tokio::test]
async fn a_running_stage_fails_on_the_tests_own_thread() {
    let stage = builder().unexpected(Unexpected::Fail).start().await.unwrap();
    // Clones elsewhere do not keep the failure from the test.
    let clone = stage.stage().clone();
    let url = stage.url(Vendor::Box).join("/nowhere").unwrap();
    assert_eq!(reqwest::get(url).await.unwrap().status(), 404);
    let text = failure(|| drop(stage)).expect("the call was unexpected");
    assert!(text.contains("GET /nowhere → 404  box not-found, refused: no such route"), "{text}");
    assert_eq!(failure(|| drop(clone)), None);
}
