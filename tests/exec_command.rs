//! `rehearsal exec`, `env` and `ca`, through the real binary.

#![expect(clippy::unwrap_used, reason = "a test whose surroundings cannot be set up has failed")]

mod serving;

use std::{
    io::{BufRead, BufReader, Read},
    process::{Command, Output, Stdio},
};

use serde_json::Value;
use serving::Serve;
use tempfile::TempDir;

const BINARY: &str = env!("CARGO_BIN_EXE_rehearsal");

fn rehearsal(folder: &TempDir, arguments: &[&str]) -> Command {
    let mut command = Command::new(BINARY);
    command.args(arguments).env("REHEARSAL_CA_DIR", folder.path().join("ca"));
    command
}

fn run(folder: &TempDir, arguments: &[&str]) -> Output {
    rehearsal(folder, arguments).output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

#[test]
fn the_authority_is_made_once_and_shown() {
    let folder = tempfile::tempdir().unwrap();
    let path = text(&run(&folder, &["ca", "path"]).stdout);
    let pem = text(&run(&folder, &["ca", "print"]).stdout);
    assert!(pem.starts_with("-----BEGIN CERTIFICATE-----"), "{pem}");
    assert_eq!(std::fs::read_to_string(path.trim_end()).unwrap(), pem);
    let exported = folder.path().join("exported.pem");
    assert!(run(&folder, &["ca", "export", exported.to_str().unwrap()]).status.success());
    assert_eq!(std::fs::read_to_string(&exported).unwrap(), pem);
    let refused = run(&folder, &["ca", "export", "/dev/null/nowhere"]);
    assert_eq!(refused.status.code(), Some(2));
    assert!(text(&refused.stderr).contains("name another file"));
}

#[cfg(unix)]
#[test]
fn the_exit_code_and_the_output_are_the_commands() {
    let folder = tempfile::tempdir().unwrap();
    let ended = run(&folder, &["exec", "--", "sh", "-c", "echo out; echo err >&2; exit 7"]);
    assert_eq!(ended.status.code(), Some(7));
    assert_eq!((text(&ended.stdout).as_str(), text(&ended.stderr).as_str()), ("out\n", "err\n"));
    let killed = run(&folder, &["exec", "--", "sh", "-c", "kill -9 $$"]);
    assert_eq!(killed.status.code(), Some(128 + 9));
    let missing = run(&folder, &["exec", "--", "./no-such-program"]);
    assert_eq!(missing.status.code(), Some(127));
    assert!(text(&missing.stderr).contains("no-such-program cannot be started"));
    assert_eq!(run(&folder, &["exec", "--", "/"]).status.code(), Some(126));
    assert_eq!(run(&folder, &["exec"]).status.code(), Some(2));
}

#[cfg(unix)]
#[test]
fn the_environment_says_where_everything_is() {
    let folder = tempfile::tempdir().unwrap();
    let ended = run(&folder, &["exec", "--", "env"]);
    let variables: std::collections::HashMap<_, _> =
        text(&ended.stdout).lines().filter_map(|line| line.split_once('=')).map(own).collect();
    for name in ["HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy"] {
        assert!(variables[name].starts_with("http://127.0.0.1:"), "{name}");
    }
    for name in ["SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "NODE_EXTRA_CA_CERTS", "CURL_CA_BUNDLE"] {
        let pem = std::fs::read_to_string(&variables[name]).unwrap();
        assert!(pem.starts_with("-----BEGIN CERTIFICATE-----"), "{name}");
    }
    assert!(variables["NO_PROXY"].contains("127.0.0.1"));
    for name in
        ["REHEARSAL_BOX_URL", "REHEARSAL_ADOBE_SIGN_URL", "REHEARSAL_CONTROL_URL", "REHEARSAL_INSTANCES_URL"]
    {
        assert!(variables[name].starts_with("http://127.0.0.1:"), "{name}");
    }
    for name in ["REHEARSAL_USER_SECRET", "REHEARSAL_BOX_CLIENT_ID", "REHEARSAL_EGNYTE_REALM"] {
        assert!(!variables[name].is_empty(), "{name}");
    }
}

fn own((name, value): (&str, &str)) -> (String, String) {
    (name.to_owned(), value.to_owned())
}

#[cfg(unix)]
#[test]
fn a_signal_to_end_is_passed_on_to_the_command() {
    let folder = tempfile::tempdir().unwrap();
    let script = "trap 'echo stopped; exit 5' TERM; echo ready; while :; do sleep 0.05; done";
    let mut exec =
        rehearsal(&folder, &["exec", "--", "sh", "-c", script]).stdout(Stdio::piped()).spawn().unwrap();
    let mut out = BufReader::new(exec.stdout.take().unwrap());
    let mut line = String::new();
    out.read_line(&mut line).unwrap();
    assert_eq!(line, "ready\n");
    let told = Command::new("kill").args(["-TERM", &exec.id().to_string()]).status().unwrap();
    assert!(told.success());
    assert_eq!(exec.wait().unwrap().code(), Some(5));
    let mut rest = String::new();
    out.read_to_string(&mut rest).unwrap();
    assert_eq!(rest, "stopped\n");
}

#[test]
fn a_running_serve_tells_its_environment_in_each_shells_words() {
    let folder = tempfile::tempdir().unwrap();
    let serve = Serve::start(|serve| serve.env("REHEARSAL_CA_DIR", folder.path().join("ca")));
    let control = serve.text("/control").to_owned();
    let control = control.as_str();
    assert!(folder.path().join("ca").exists(), "a folder that was named is made at the start");
    let told = |shell: &str| text(&run(&folder, &["env", "--control", control, "--shell", shell]).stdout);
    let proxy = serve.text("/proxy");
    assert!(told("sh").contains(&format!("export HTTPS_PROXY='{proxy}'\n")));
    assert!(told("fish").contains(&format!("set -gx HTTPS_PROXY '{proxy}'\n")));
    assert!(told("powershell").contains(&format!("$env:HTTPS_PROXY = '{proxy}'\n")));
    assert!(told("dotenv").contains(&format!("HTTPS_PROXY={proxy}\n")));
    let json: Value = serde_json::from_str(&told("json")).unwrap();
    assert_eq!(json["HTTPS_PROXY"], proxy);
    assert_eq!(json["SSL_CERT_FILE"], serve.text("/ca"));
    assert!(std::path::Path::new(serve.text("/ca")).exists());
    drop(serve);
    let silent = run(&folder, &["env", "--control", control]);
    assert_eq!(silent.status.code(), Some(3));
    assert!(text(&silent.stderr).contains("start `rehearsal serve`"));
}
