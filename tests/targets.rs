//! Services that are started for a check, and a service of another language that knows nothing of the reference.

#![cfg(unix)]

use std::process::{Command, Output, Stdio};

fn rehearsal(arguments: &[&str]) -> (i32, String) {
    let output =
        Command::new(env!("CARGO_BIN_EXE_rehearsal")).args(arguments).output().expect("the binary starts");
    let text = String::from_utf8([output.stdout, output.stderr].concat()).expect("the output is UTF-8");
    (output.status.code().expect("it ends by itself"), text)
}

const CORE_SERVICE: &str =
    concat!("exec python3 ", env!("CARGO_MANIFEST_DIR"), "/tests/targets/core_service.py");

const CONFIG: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/targets/core_service.toml");

#[test]
#[ignore = "it needs Python 3"]
fn an_independent_service_of_the_core_is_conformant_and_the_rest_is_not_applicable() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("report.json");
    let report = format!("json={}", path.display());
    let (code, out) =
        rehearsal(&["check", "--launch", CORE_SERVICE, "--config", CONFIG, "--report", &report]);
    assert_eq!(code, 0, "{out}");
    assert!(out.contains("The target is conformant."), "{out}");
    assert!(
        out.contains("because it takes the connector egnyte, which the target does not declare"),
        "{out}"
    );
    let report = std::fs::read_to_string(path).expect("the report is there");
    assert!(report.contains("the target does not declare the capability reauthenticating"), "{report}");
}

#[test]
#[ignore = "it needs Python 3"]
fn a_capability_that_is_declared_and_missing_is_found() {
    let arguments = [
        "check",
        "--launch",
        CORE_SERVICE,
        "--config",
        CONFIG,
        "--capabilities",
        "switching",
        "--ids",
        "update/*",
    ];
    let (code, out) = rehearsal(&arguments);
    assert_eq!(code, 1, "{out}");
    assert!(out.contains("FAILED  update/disabled-serves-nothing#box"), "{out}");
}

#[test]
fn a_service_that_dies_is_told_with_its_last_words() {
    let (code, out) = rehearsal(&["check", "--launch", "echo out of memory >&2; exit 7"]);
    assert_eq!(code, 3, "{out}");
    assert!(out.contains("the target ended before it answered, with exit status: 7"), "{out}");
    assert!(out.contains("\n  out of memory"), "{out}");
}

#[test]
fn a_service_is_led_to_the_vendors_own_hosts() {
    let command = "echo at $HTTPS_PROXY not $NO_PROXY; head -1 $SSL_CERT_FILE; exit 7";
    let (code, out) = rehearsal(&["check", "--launch", command]);
    assert_eq!(code, 3, "{out}");
    assert!(out.contains("\n  at http://127.0.0.1:"), "{out}");
    assert!(out.contains(" not localhost,127.0.0.1"), "{out}");
    assert!(out.contains("\n  -----BEGIN CERTIFICATE-----"), "{out}");
}

#[test]
#[ignore = "it needs Python 3"]
fn a_service_with_the_vendors_own_addresses_is_conformant() {
    let command = format!("{CORE_SERVICE} --vendor-hosts");
    let (code, out) = rehearsal(&["check", "--launch", &command, "--config", CONFIG]);
    assert_eq!(code, 0, "{out}");
    assert!(out.contains("The target is conformant."), "{out}");
    let (code, out) = rehearsal(&["doctor", "--launch", &command, "--config", CONFIG]);
    assert_eq!(code, 0, "{out}");
}

#[test]
fn a_service_that_does_not_answer_is_told_where_it_should() {
    let (code, out) = rehearsal(&["check", "--launch", "sleep 60", "--launch-timeout", "1"]);
    assert_eq!(code, 3, "{out}");
    assert!(out.contains("it must listen on the port that PORT names in its environment"), "{out}");
}

#[test]
#[ignore = "it needs Python 3"]
fn a_doctor_says_what_answers_and_what_to_change() {
    let (code, out) = rehearsal(&["doctor", "--launch", CORE_SERVICE, "--config", CONFIG]);
    assert_eq!(code, 0, "{out}");
    assert!(out.contains("ok       the connector box"), "{out}");
    assert!(out.contains("ok       the way of box to its vendor"), "{out}");
    let (code, out) = rehearsal(&["doctor", "--launch", CORE_SERVICE]);
    assert_eq!(code, 1, "{out}");
    assert!(out.contains("trouble  the connector egnyte: GET /elements/egnyte answers 404"), "{out}");
}

/// Starts the command, interrupts it when it has said a line, and gives that line, the rest, and how it ended.
fn interrupted(arguments: &[&str]) -> (String, Vec<String>, Output) {
    use std::io::BufRead as _;

    let mut child = Command::new(env!("CARGO_BIN_EXE_rehearsal"))
        .args(arguments)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the binary starts");
    let mut lines = std::io::BufReader::new(child.stdout.take().expect("its output")).lines();
    let first = lines.next().expect("it says how far it is").expect("text");
    let signal = Command::new("kill").args(["-INT", &child.id().to_string()]).status();
    assert!(signal.expect("the signal is sent").success());
    let rest = lines.map(|line| line.expect("text")).collect();
    (first, rest, child.wait_with_output().expect("it ends"))
}

#[test]
fn an_interrupted_run_cleans_up_writes_its_reports_and_ends_with_130() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("report.json");
    let report = format!("json={}", path.display());
    let (first, rest, ended) =
        interrupted(&["check", "--permitted", "slow", "--jobs", "4", "--report", &report]);
    assert!(first.starts_with("100 of "), "{first}");
    assert_eq!(ended.status.code(), Some(130), "{rest:#?}");
    assert!(rest.iter().any(|line| line.contains("what it had created is deleted")), "{rest:#?}");
    let report: serde_json::Value =
        serde_json::from_str(&std::fs::read_to_string(path).expect("the report is there")).expect("JSON");
    assert_eq!(report["broken_off"], "interrupted");
    assert_eq!(report["left_behind"], serde_json::json!([]));
}

#[test]
fn an_interrupted_score_ends_with_130_and_tries_no_other_variant() {
    let (first, rest, ended) = interrupted(&["check", "--broken", "all", "--permitted", "all"]);
    assert!(first.starts_with("caught"), "{first}");
    assert_eq!(ended.status.code(), Some(130), "{rest:#?}");
    let said = String::from_utf8_lossy(&ended.stderr);
    assert!(said.contains("interrupted: the variants that are left were not tried"), "{said}");
    assert!(!rest.iter().any(|line| line.contains("MISSED") || line.contains(" %")), "{rest:#?}");
}
