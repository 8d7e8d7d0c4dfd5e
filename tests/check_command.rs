//! `rehearsal check` and `rehearsal tour`, through the real binary.

use std::{
    fs,
    process::{Command, Output},
};

fn rehearsal(arguments: &[&str]) -> (i32, String, String) {
    let Output { status, stdout, stderr } =
        Command::new(env!("CARGO_BIN_EXE_rehearsal")).args(arguments).output().expect("the binary starts");
    let text = |bytes| String::from_utf8(bytes).expect("the output is UTF-8");
    (status.code().expect("it ends by itself"), text(stdout), text(stderr))
}

#[test]
fn a_conformant_target_ends_with_0_and_a_matrix() {
    let (code, out, _) = rehearsal(&["check", "--connectors", "box,egnyte", "--tags", "@core"]);
    assert_eq!(code, 0, "{out}");
    assert!(out.contains("reauthenticate") && out.contains("egnyte"), "{out}");
    assert!(out.contains("The target is conformant."), "{out}");
    assert!(!out.contains("bigcommerce"), "{out}");
}

#[test]
fn a_broken_target_ends_with_1_and_names_the_scenario() {
    for (variant, scenario) in [
        ("keeps-old-token", "The instance of box dies and comes back, from the first step to the last"),
        ("skips-exchange", "box exchanges the code once, and before the create is answered"),
        ("answers-200-when-revoked", "A call through the revoked instance of box fails"),
    ] {
        let (code, out, _) = rehearsal(&["check", "--connectors", "box", "--broken", variant]);
        assert_eq!(code, 1, "{variant}: {out}");
        assert!(out.contains(&format!("FAILED  [box] {scenario}")), "{variant}: {out}");
        assert!(out.contains("The target is not conformant."), "{variant}: {out}");
    }
}

#[test]
fn a_failure_shows_step_expectation_and_exchange_without_secrets() {
    let arguments = ["check", "--connectors", "box", "--tags", "@INST-280", "--broken", "401-becomes-500"];
    let (_, out, _) = rehearsal(&arguments);
    assert!(out.contains("  step      Then the answer is 401"), "{out}");
    assert!(out.contains("  expected  status 401"), "{out}");
    assert!(out.contains("  got       status 500 Internal Server Error"), "{out}");
    assert!(out.contains("authorization: User ••••"), "{out}");
}

#[test]
fn wrong_usage_ends_with_2_and_says_what_is_right() {
    for (arguments, advice) in [
        (&["check", "--tags", "@core and"] as &[_], "is no tag expression; write one such as"),
        (&["check", "--connectors", "dropbox"], "there are adobe-esign, bigcommerce, box, egnyte and sfdc"),
        (&["check", "--broken", "nothing"], "there are creates-with-201"),
        (&["check", "--target", "http://127.0.0.1:1"], "--user-secret <SECRET>"),
        (&["check", "--known-failing", "/no/such/list"], "/no/such/list\" cannot be read"),
        (&["tour", "dropbox"], "no connector is called \"dropbox\""),
    ] {
        let (code, _, err) = rehearsal(arguments);
        assert_eq!(code, 2, "{arguments:?}: {err}");
        assert!(err.contains(advice), "{arguments:?}: {err}");
    }
}

#[test]
fn a_target_nobody_reaches_ends_with_3() {
    let target = ["--target", "http://127.0.0.1:1", "--user-secret", "u", "--organization-secret", "o"];
    let (code, _, err) = rehearsal(&[&["check", "--port-base", "0"], &target[..]].concat());
    assert_eq!(code, 3, "{err}");
    assert!(err.contains("cannot be reached"), "{err}");
}

#[test]
fn an_empty_selection_ends_with_4() {
    let (code, out, _) = rehearsal(&["check", "--tags", "@no-such-tag"]);
    assert_eq!(code, 4, "{out}");
    assert!(out.contains("nothing is proven"), "{out}");
}

#[test]
fn a_list_of_known_failures_must_stay_true() {
    let list = std::env::temp_dir().join(format!("rehearsal-known-failing-{}", std::process::id()));
    let known = "# on its way\nauthenticate/catalogue.feature: There is a connector box\n";
    fs::write(&list, known).expect("a temporary file");
    let path = list.to_str().expect("a path in UTF-8");
    let (code, out, _) = rehearsal(&["check", "--tags", "@INST-501", "--known-failing", path]);
    fs::remove_file(&list).expect("the temporary file goes");
    assert_eq!(code, 1, "{out}");
    assert!(out.contains("listed as failing, but did not fail"), "{out}");
}

#[test]
fn the_tour_tells_eight_steps_and_no_secret() {
    for connector in ["adobe-sign", "bigcommerce", "box", "egnyte", "quickbooks", "sfdc"] {
        let (code, story, err) = rehearsal(&["tour", connector]);
        assert_eq!(code, 0, "{connector}: {err}");
        assert!((1..=8).all(|step| story.contains(&format!("\n{step}. "))), "{story}");
        assert!(story.contains("\"message\": \"Request failed\""), "{story}");
        assert!(story.contains("The instance works again, under the same id and token."), "{story}");
        for name in
            ["authorization: User ", "\"token\": \"", "\"code\": \"", "\"oauth.user.token\": \"", "?code="]
        {
            let mut values = story.match_indices(name).map(|(at, _)| &story[at + name.len()..]);
            assert!(values.all(|value| value.starts_with("••••")), "{name} in {story}");
        }
    }
}
