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
        ("keeps-old-token", "reauthenticate/whole-walk#box"),
        ("skips-exchange", "authenticate/exchange-once#box"),
        ("answers-200-when-revoked", "revoke/call-answers-401#box"),
    ] {
        let (code, out, _) = rehearsal(&["check", "--connectors", "box", "--broken", variant]);
        assert_eq!(code, 1, "{variant}: {out}");
        assert!(out.contains(&format!("FAILED  {scenario}")), "{variant}: {out}");
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
        (
            &["check", "--connectors", "dropbox"],
            "there are adobe-esign, bigcommerce, box, egnyte, quickbooks and sfdc",
        ),
        (&["check", "--broken", "nothing"], "`rehearsal list variants` prints all"),
        (
            &["check", "--broken", "all", "--tags", "@core"],
            "--tags has no effect on a score over all variants",
        ),
        (&["check", "--permitted", "all", "--broken", "lockout"], "--broken NAME has no effect on a score"),
        (&["check", "--permitted", "slow", "--broken", "lockout"], "a run has one variant"),
        (&["check", "--ids", "nothing"], "is no id of a scenario; write one such as"),
        (&["check", "--ids", "reauthenticate/*,tpyo/*"], "no scenario is called tpyo/*"),
        (&["check", "--shard", "4/3"], "is no shard; write which of how many"),
        (&["check", "--report", "pdf=x"], "there are html, junit, json and markdown"),
        (&["check", "--report", "html=/no/such/folder/x"], "cannot be written"),
        (&["check", "--features", "/no/such/folder"], "cannot be read"),
        (&["check", "--capabilities", "flying", "--launch", "true"], "there is no capability \"flying\""),
        (&["check", "--target", "http://127.0.0.1:1"], "--user-secret <SECRET>"),
        (&["check", "--known-failures", "/no/such/list"], "/no/such/list\" cannot be read"),
        (&["check", "--capabilities"], "--capabilities is about a target, and none is given"),
        (&["check", "--jobs", "0"], "number would be zero for non-zero type"),
        (&["check", "--target", "http://me:hunter2@127.0.0.1:1"], "must be plain http or https"),
        (&["check", "--target", "http://127.0.0.1:1/?token=hunter2"], "must be plain http or https"),
        (&["tour", "dropbox"], "no connector is called \"dropbox\""),
    ] {
        let (code, _, err) = rehearsal(arguments);
        assert_eq!(code, 2, "{arguments:?}: {err}");
        assert!(err.contains(advice) && !err.contains("hunter2"), "{arguments:?}: {err}");
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
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("known.toml");
    let entry = |scenario: &str| format!("[[failure]]\nscenario = {scenario:?}\nreason = \"on its way\"\n");
    let list = path.to_str().expect("a path in UTF-8");
    let check = ["check", "--tags", "@INST-280", "--connectors", "box", "--known-failures", list];

    fs::write(&path, entry("revoke/call-answers-401#box")).expect("a temporary file");
    let (code, out, _) = rehearsal(&check);
    assert_eq!(code, 1, "{out}");
    assert!(out.contains("listed as failing: revoke/call-answers-401#box: it did not fail"), "{out}");

    fs::write(&path, entry("revoke/no-such-scenario#box")).expect("a temporary file");
    let (code, out, _) = rehearsal(&check);
    assert_eq!(code, 1, "{out}");
    assert!(out.contains("no scenario is called so"), "{out}");

    fs::write(&path, entry("revoke/*") + &entry("reauthenticate/*")).expect("a temporary file");
    let (code, out, _) = rehearsal(&[&check[..], &["--broken", "401-becomes-500"]].concat());
    assert_eq!(code, 0, "{out}");
}

#[test]
fn lists_tell_programs_what_the_suite_knows() {
    for (what, one) in [
        ("scenarios", "reauthenticate/patch-by-token#box"),
        ("requirements", "INST-250"),
        ("connectors", "adobe-esign"),
        ("capabilities", "refreshing"),
        ("variants", "keeps-old-token"),
    ] {
        let (code, text, err) = rehearsal(&["list", what]);
        assert_eq!(code, 0, "{err}");
        assert!(text.contains(one), "{text}");
        let (_, json, _) = rehearsal(&["list", what, "--json"]);
        let entries: Vec<serde_json::Value> = serde_json::from_str(&json).expect("a JSON array");
        assert_eq!(entries.len(), text.lines().count(), "{what}");
    }
}

#[test]
fn a_warning_decides_when_asked_strictly() {
    let check = ["check", "--connectors", "box", "--ids", "objects/*", "--broken", "mapped-not-listed"];
    let (code, out, _) = rehearsal(&check);
    assert_eq!(code, 0, "{out}");
    assert!(out.contains("WARNING  objects/mapped-object-listed#box"), "{out}");
    let (code, out, _) = rehearsal(&[&check[..], &["--strict"]].concat());
    assert_eq!(code, 1, "{out}");
}

#[test]
fn what_passes_when_it_is_tried_again_is_flaky_and_fails_unless_listed() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("known.toml");
    let entry = "[[failure]]\nscenario = \"use/all-parts-reach#box\"\nreason = \"it warms up\"\n";
    fs::write(&path, entry).expect("a temporary file");
    let list = path.to_str().expect("a path in UTF-8");
    let check = ["check", "--ids", "use/all-parts-reach#box", "--broken", "breaks-once"];
    let (_, out, _) = rehearsal(&check);
    assert!(out.contains("FAILED  use/all-parts-reach#box"), "{out}");
    let (code, out, _) = rehearsal(&[&check[..], &["--retries", "1"]].concat());
    assert_eq!(code, 1, "{out}");
    assert!(out.contains("FLAKY  use/all-parts-reach#box"), "{out}");
    let (code, out, _) = rehearsal(&[&check[..], &["--retries", "1", "--known-failures", list]].concat());
    assert_eq!(code, 0, "{out}");
}

#[test]
fn the_first_failure_ends_the_run_when_asked() {
    let (code, out, _) = rehearsal(&["check", "--fail-fast", "--jobs", "1", "--broken", "401-becomes-500"]);
    assert_eq!(code, 1, "{out}");
    assert!(out.contains("The run ended with its first failure (--fail-fast)."), "{out}");
}

#[test]
fn features_of_ones_own_use_the_same_steps() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let feature = "Feature: Ours\n\n  Scenario Outline: <connector> works for us\n    Given an instance of <connector>\n    \
                   When the caller uses the instance\n    Then the answer is 200\n\n    Examples:\n      | connector |\n      \
                   | box |\n";
    fs::write(folder.path().join("ours.feature"), feature).expect("a temporary file");
    let path = folder.path().to_str().expect("a path in UTF-8");
    let (code, out, _) = rehearsal(&["check", "--features", path, "--ids", "own/*"]);
    assert_eq!(code, 0, "{out}");
    assert!(out.contains("1 scenarios: 1 passed"), "{out}");
    fs::write(folder.path().join("odd.feature"), feature.replace("uses", "juggles")).expect("a file");
    let (code, out, _) = rehearsal(&["check", "--features", path, "--ids", "own/*", "--connectors", "box"]);
    assert_eq!(code, 2, "two scenarios with one id are refused: {out}");
}

#[test]
fn a_target_that_answers_too_late_is_out_of_reach() {
    let check = ["check", "--connectors", "box", "--ids", "use/all-parts-read#box", "--timeout", "0.000001"];
    let (code, _, err) = rehearsal(&check);
    assert_eq!(code, 3, "{err}");
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
