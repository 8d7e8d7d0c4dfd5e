//! Reports in every form: what is asked for is written, says what happened, and holds no secret.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
    process::Command,
    sync::Arc,
};

use rehearsal::{
    Stage, Vendor,
    cli::embedded::Embedded,
    conformance::{
        CheckOptions, Console, Moment, Report, Surroundings, check,
        report::{Format, json},
        verdict::Outcome,
    },
};
use serde_json::Value;

fn rehearsal(arguments: &[&str]) -> (i32, String) {
    let output =
        Command::new(env!("CARGO_BIN_EXE_rehearsal")).args(arguments).output().expect("the binary starts");
    let text = String::from_utf8([output.stdout, output.stderr].concat()).expect("the output is UTF-8");
    (output.status.code().expect("it ends by itself"), text)
}

/// Runs `check` with every report, and gives their paths.
fn reported(folder: &Path, arguments: &[&str]) -> (i32, [PathBuf; 4]) {
    let names = ["html", "junit", "json", "markdown"];
    let paths = names.map(|name| folder.join(format!("report.{name}")));
    let mut all: Vec<String> = arguments.iter().map(|of| (*of).to_owned()).collect();
    for (name, path) in names.iter().zip(&paths) {
        all.extend(["--report".to_owned(), format!("{name}={}", path.display())]);
    }
    let all: Vec<&str> = all.iter().map(String::as_str).collect();
    (rehearsal(&all).0, paths)
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).expect("the report is there")
}

#[test]
fn a_json_report_is_what_its_schema_says() {
    let schema: Value = serde_json::from_str(include_str!("../docs/report.schema.json")).expect("JSON");
    let validator = jsonschema::validator_for(&schema).expect("a schema");
    let folder = tempfile::tempdir().expect("a temporary folder");
    for arguments in [
        &["check", "--connectors", "box,bigcommerce"] as &[_],
        &["check", "--connectors", "box", "--broken", "keeps-old-token"],
        &["check", "--tags", "@no-such-tag"],
    ] {
        let (_, [.., json, _]) = reported(folder.path(), arguments);
        let report: Value = serde_json::from_str(&read(&json)).expect("JSON");
        let errors: Vec<String> = validator
            .iter_errors(&report)
            .map(|error| format!("{}: {error}", error.instance_path()))
            .collect();
        assert!(errors.is_empty(), "{arguments:?}: {errors:#?}");
    }
}

#[test]
fn each_report_tells_the_failure() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let check = ["check", "--connectors", "box", "--ids", "revoke/*", "--broken", "401-becomes-500"];
    let (code, [html, junit, json, markdown]) = reported(folder.path(), &check);
    assert_eq!(code, 1);
    let (html, junit, json, markdown) = (read(&html), read(&junit), read(&json), read(&markdown));
    for (name, text) in [("html", &html), ("junit", &junit), ("json", &json), ("markdown", &markdown)] {
        assert!(text.contains("revoke/call-answers-401#box"), "{name}: {text}");
        assert!(text.contains("INST-280"), "{name}: {text}");
    }
    assert!(html.contains("<mark>401</mark>") && html.contains("class=\"sequence\""), "{html}");
    assert!(html.contains("Content-Security-Policy") && !html.contains("src=\"http"), "{html}");
    assert!(junit.contains("<failure message=\"expected status 401"), "{junit}");
    assert!(markdown.contains("❌ not conformant"), "{markdown}");
}

#[test]
fn shards_merged_are_the_whole() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = |name: &str| folder.path().join(name).display().to_string();
    let run = |name: &str, more: &[&str]| {
        let report = format!("json={}", path(name));
        let arguments = [&["check", "--connectors", "box,egnyte", "--report", &report], more].concat();
        assert_eq!(rehearsal(&arguments).0, 0);
    };
    run("whole", &[]);
    for shard in ["1/3", "2/3", "3/3"] {
        run(&shard.replace('/', "of"), &["--shard", shard]);
    }
    let merged = format!("json={}", path("merged"));
    let (code, out) =
        rehearsal(&["report", "merge", &path("1of3"), &path("2of3"), &path("3of3"), "--report", &merged]);
    assert_eq!(code, 0, "{out}");
    let (code, out) = rehearsal(&["report", "diff", &path("whole"), &path("merged")]);
    assert_eq!((code, out.as_str()), (0, "nothing has changed\n"));
    let told = |name: &str| -> Vec<(String, &str)> {
        let report = json::read(&read(Path::new(&path(name)))).expect("a report");
        report.scenarios.iter().map(|of| (of.facts.id.to_string(), of.outcome.word())).collect()
    };
    assert_eq!(told("whole"), told("merged"));
    let (code, out) = rehearsal(&["report", "merge", &path("1of3"), &path("1of3")]);
    assert_eq!(code, 2, "{out}");
}

#[test]
fn what_failed_runs_again_and_what_breaks_is_told() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = |name: &str| folder.path().join(name).display().to_string();
    let (red, green) = (format!("json={}", path("red")), format!("json={}", path("green")));
    let box_only = ["check", "--connectors", "box", "--ids", "revoke/*"];
    let (code, _) = rehearsal(&[&box_only[..], &["--broken", "401-becomes-500", "--report", &red]].concat());
    assert_eq!(code, 1);
    let again = ["check", "--connectors", "box", "--rerun-failed", &path("red"), "--report", &green];
    let (code, out) = rehearsal(&again);
    assert_eq!(code, 0, "{out}");
    let ran = json::read(&read(Path::new(&path("green")))).expect("a report").scenarios.len();
    let failed = json::read(&read(Path::new(&path("red")))).expect("a report");
    assert_eq!(ran, failed.tally().failed);
    let (code, out) = rehearsal(&["report", "diff", &path("green"), &path("red")]);
    assert_eq!(code, 1, "{out}");
    assert!(out.starts_with(&format!("broken ({ran})")), "{out}");
}

/// Whatever the providers issued, the apps keep, the users know and the service gave away.
fn secrets_of(stage: &Stage, secrets: &mut BTreeSet<String>) {
    for tenant in stage.tenants() {
        for vendor in Vendor::ALL {
            let demo = tenant.demo(vendor);
            secrets.extend([demo.client_secret.expose(), demo.password.expose()].map(ToOwned::to_owned));
        }
        for entry in tenant.journal().entries() {
            let sent = ["code", "refresh_token", "client_secret", "password", "token"];
            secrets.extend(sent.iter().filter_map(|name| entry.parameter(name)));
            let answer: Value = serde_json::from_slice(entry.response().body()).unwrap_or_default();
            let issued =
                ["access_token", "refresh_token"].map(|name| answer[name].as_str().map(ToOwned::to_owned));
            secrets.extend(issued.into_iter().flatten());
        }
    }
}

async fn run(tags: &str) -> (Report, BTreeSet<String>) {
    let stage = Stage::new();
    let surroundings = Surroundings::new(stage.serve().expect("free ports"));
    let service = Embedded::start(surroundings.providers()).await.expect("a service");
    let target = service.target().clone();
    let mut secrets = BTreeSet::new();
    for caller in [Some(&target.caller), target.stranger.as_ref()].into_iter().flatten() {
        secrets.extend([&caller.user_secret, &caller.organization_secret].map(|of| of.expose().to_owned()));
    }
    let mut options = CheckOptions::new(target);
    options.conduct.selection.tags = Some(tags.parse().expect("a tag expression"));
    options.conduct.accounts = true;
    // Tenants go with their scenarios: what they knew is looked at while others are under way.
    let (sender, receiver) = std::sync::mpsc::channel();
    let watched = stage.clone();
    options.console = Console::Progress(Box::new(move |moment| {
        if let Moment::Ended(_) = moment {
            let mut seen = BTreeSet::new();
            secrets_of(&watched, &mut seen);
            // Whoever does not listen any more has what it wants.
            let _ = sender.send(seen);
        }
    }));
    options.conduct.jobs = 2;
    let report =
        check(Arc::new(surroundings), options, std::future::pending()).await.expect("the suite runs");
    secrets.extend(receiver.try_iter().flatten());
    secrets.retain(|secret| secret.len() >= 8);
    (report, secrets)
}

#[tokio::test(flavor = "multi_thread")]
async fn no_report_holds_a_secret_of_the_run() {
    let (report, secrets) =
        run("@INST-280 or @INST-471 or @INST-252 or @INST-289 or @INST-107 or @INST-340").await;
    assert!(secrets.len() > 100, "{}", secrets.len());
    assert!(report.scenarios.iter().all(|of| matches!(of.outcome, Outcome::Passed)), "{report:#?}");
    assert!(report.scenarios.iter().any(|of| !of.account.is_empty()));
    for format in [Format::Html, Format::Junit, Format::Json, Format::Markdown] {
        let text = format.render(&report).expect("a report");
        let told: Vec<&str> =
            secrets.iter().map(String::as_str).filter(|secret| text.contains(secret)).collect();
        assert!(told.is_empty(), "{format:?} tells {told:?}");
    }
}
