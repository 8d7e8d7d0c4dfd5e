//! `rehearsal serve`, through the real binary.

mod serving;

use std::{
    io::{BufRead, BufReader, Read},
    process::{Command, Stdio},
};

use serde_json::Value;
use serving::Serve;

const BINARY: &str = env!("CARGO_BIN_EXE_rehearsal");

fn served(arguments: &[&str]) -> Serve {
    Serve::start(|serve| serve.args(arguments))
}

async fn get(url: &str) -> u16 {
    reqwest::get(url).await.expect("somebody answers").status().as_u16()
}

#[tokio::test]
async fn one_line_says_where_everything_is() {
    let serve = served(&["--seed", "5"]);
    assert_eq!(get(&format!("{}/v1/health", serve.text("/control"))).await, 200);
    assert!(serve.text("/instances").ends_with("/elements/api-v2"));
    assert_eq!(get(&format!("{}/elements/keys", serve.text("/instances"))).await, 200);
    for vendor in ["adobe-sign", "bigcommerce", "box", "egnyte", "salesforce", "quickbooks"] {
        let base = serve.text(&format!("/providers/{vendor}"));
        assert_eq!(get(&format!("{base}/no/such/route")).await, 404, "{vendor}");
        for member in ["client_id", "client_secret", "redirect_uri"] {
            assert!(!serve.text(&format!("/apps/{vendor}/{member}")).is_empty(), "{vendor} {member}");
        }
        for member in ["login", "password"] {
            assert!(!serve.text(&format!("/users/{vendor}/{member}")).is_empty(), "{vendor} {member}");
        }
    }
    assert_eq!(serve.text("/apps/egnyte/subdomain"), "acme");
    for account in ["bigcommerce/store_hash", "quickbooks/realm_id", "salesforce/organization_id"] {
        assert!(!serve.text(&format!("/apps/{account}")).is_empty(), "{account}");
    }
    assert!(!serve.text("/user_secret").is_empty() && !serve.text("/organization_secret").is_empty());
    let again = served(&["--seed", "5"]);
    assert_eq!(serve.addresses["apps"], again.addresses["apps"], "the same seed gives the same apps");
    assert_eq!(serve.addresses["users"], again.addresses["users"], "and the same users");
}

#[tokio::test]
async fn consent_auto_redirects_at_once() {
    let serve = served(&["--consent", "auto"]);
    let url = format!(
        "{}/api/oauth2/authorize?response_type=code&client_id={}&state=s",
        serve.text("/providers/box"),
        serve.text("/apps/box/client_id")
    );
    let client =
        reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().expect("a client");
    let answer = client.get(url).send().await.expect("Box answers");
    let location = answer.headers()["location"].to_str().expect("the location is text");
    assert!(
        location.starts_with(serve.text("/apps/box/redirect_uri")) && location.contains("code="),
        "{location}"
    );
}

#[test]
fn a_port_in_use_is_named() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("a loopback port is free");
    let port = taken.local_addr().expect("the listener is open").port().to_string();
    let output =
        Command::new(BINARY).args(["serve", "--port-base", &port]).output().expect("the binary runs");
    let text = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{text}");
    assert!(
        text.contains(&format!("port {port} of 127.0.0.1 is in use")) && text.contains("--port-base"),
        "{text}"
    );
}

#[test]
fn a_token_that_is_empty_opens_nothing() {
    for given in [&["--control-token", ""] as &[_], &["--control-token", " ", "--host", "0.0.0.0"], &[]] {
        let output = Command::new(BINARY)
            .args(["serve", "--port-base", "0"])
            .args(given)
            .env("REHEARSAL_CONTROL_TOKEN", "")
            .output()
            .expect("the binary runs");
        let text = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{text}");
        assert!(text.contains("it is empty; give a token, or leave it out"), "{text}");
    }
}

#[test]
fn a_certificate_of_one_s_own_that_is_not_there_is_named() {
    let output = Command::new(BINARY)
        .args(["serve", "--port-base", "0", "--tls-cert", "nope", "--tls-key", "nope"])
        .output()
        .expect("the binary runs");
    let text = String::from_utf8_lossy(&output.stderr);
    assert!(text.contains("name another file with --tls-cert or --tls-key"), "{text}");
}

#[test]
fn a_named_folder_has_the_certificate_at_the_start_or_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let ca = folder.path().join("ca");
    let serve = served(&["--ca-dir", ca.to_str().unwrap()]);
    assert!(std::path::Path::new(serve.text("/ca")).is_file());

    let file = folder.path().join("file");
    std::fs::write(&file, "").unwrap();
    let output =
        Command::new(BINARY).args(["serve", "--port-base", "0", "--ca-dir"]).arg(&file).output().unwrap();
    let text = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{text}");
    assert!(text.contains(&file.display().to_string()), "{text}");
}

#[test]
fn a_wrong_argument_is_named() {
    let output =
        Command::new(BINARY).args(["serve", "--consent", "maybe"]).output().expect("the binary runs");
    let text = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{text}");
    assert!(text.contains("maybe") && text.contains("page, auto"), "{text}");
}

#[cfg(unix)]
#[test]
fn an_interrupt_or_termination_ends_it_in_order() {
    for signal in ["-INT", "-TERM"] {
        let mut serve = served(&[]);
        let id = serve.child.id().to_string();
        Command::new("kill").args([signal, &id]).status().expect("kill runs");
        let status = serve.child.wait().expect("it ends");
        assert_eq!(status.code(), Some(0), "{signal}");
    }
}

#[test]
fn the_table_names_every_address_and_credential() {
    let mut child = Command::new(BINARY)
        .args(["serve", "--port-base", "0"])
        .stdout(Stdio::piped())
        .spawn()
        .expect("the binary starts");
    let mut out = BufReader::new(child.stdout.take().expect("the output is piped"));
    let mut text = String::new();
    // The table is written at once; its last line is QuickBooks' company.
    while !text.contains("\n  QuickBooks Online\n") || !text.ends_with('\n') || !text.contains("company  ") {
        let mut line = String::new();
        if out.read_line(&mut line).expect("the table is text") == 0 {
            break;
        }
        text += &line;
    }
    child.kill().expect("it runs");
    child.wait().expect("it ends");
    let _rest = out.read_to_string(&mut text);
    for name in [
        "control API",
        "instances service",
        "Adobe Sign",
        "QuickBooks Online",
        "Organization secret",
        "client secret",
        "subdomain",
    ] {
        assert!(text.contains(name), "{name} is missing in\n{text}");
    }
}

#[tokio::test]
async fn journals_are_as_long_as_is_said_and_unexpected_calls_are_told() {
    let mut serve = Serve::start(|serve| {
        serve.args(["--journal-entries", "2", "--unexpected", "warn"]).stderr(Stdio::piped())
    });
    let mut errors = serve.child.stderr.take().expect("the errors are piped");
    for _ in 0..3 {
        let url = format!("{}/2.0/users/me", serve.text("/providers/box"));
        let answer = reqwest::Client::new().get(url).bearer_auth("mistyped").send().await;
        assert_eq!(answer.expect("Box answers").status(), 401);
    }
    let journal =
        reqwest::get(format!("{}/v1/journal", serve.text("/control"))).await.expect("somebody answers");
    let journal: Value = journal.json().await.expect("the journal is JSON");
    assert_eq!(
        (journal["entries"].as_array().map(Vec::len), &journal["dropped"]),
        (Some(2), &Value::from(1))
    );
    drop(serve);
    let mut told = String::new();
    errors.read_to_string(&mut told).expect("it is text");
    assert_eq!(told.matches("unexpected call").count(), 3, "{told}");
    assert!(!told.contains("mistyped"), "the credential is masked: {told}");
}
