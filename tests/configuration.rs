//! `rehearsal config` and `serve --config`, through the real binary.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
};

use tempfile::TempDir;

fn rehearsal(arguments: &[&str], folder: &Path) -> Output {
    Command::new(env!("CARGO_BIN_EXE_rehearsal"))
        .args(arguments)
        .current_dir(folder)
        .output()
        .expect("the binary runs")
}

fn folder_with(text: &str) -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().expect("a folder can be made");
    let file = folder.path().join("rehearsal.toml");
    fs::write(&file, text).expect("the file can be written");
    (folder, file)
}

/// What `config check` says of a file with this text.
fn refused(text: &str) -> String {
    let (folder, _) = folder_with(text);
    let output = rehearsal(&["config", "check"], folder.path());
    let error = String::from_utf8(output.stderr).expect("it is text");
    assert_eq!(output.status.code(), Some(2), "{text}\n{error}");
    assert_eq!(error.lines().count(), 1, "one sentence: {error}");
    error.trim().to_owned()
}

/// The example of the documentation.
fn example() -> &'static str {
    let page = include_str!("../docs/configuration.md");
    let (_, rest) = page.split_once("```toml\n").expect("the page has an example");
    rest.split_once("```").expect("the example ends").0
}

#[test]
fn the_example_of_the_documentation_is_taken() {
    let (folder, _) = folder_with(example());
    let output = rehearsal(&["config", "check"], folder.path());
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).expect("it is text");
    assert_eq!(text, "rehearsal.toml: 2 tenants, 2 apps, 2 users, 2 faults\n");
}

#[test]
fn what_is_printed_is_whole_and_masked_and_comes_to_the_same() {
    let (folder, _) = folder_with(example());
    let printed = rehearsal(&["config", "print", "rehearsal.toml"], folder.path());
    assert_eq!(printed.status.code(), Some(0), "{}", String::from_utf8_lossy(&printed.stderr));
    let text = String::from_utf8(printed.stdout).expect("it is text");
    for secret in ["not-so-secret", "robins-password", "jsmiths-password"] {
        assert!(!text.contains(secret), "{text}");
    }
    let effective: toml::Table = toml::from_str(&text).expect("it is TOML");
    let default = &effective["tenants"]["default"];
    assert_eq!(default["consent"].as_str(), Some("auto"));
    assert_eq!(default["clock"].as_str(), Some("2026-03-01T12:00:00Z"));
    assert_eq!(default["box"]["policy"]["access_life"].as_str(), Some("1h to 1h10m"));
    assert_eq!(default["box"]["apps"][0]["client_secret"].as_str(), Some("••••"));
    assert_eq!(default["journal"]["entries"].as_integer(), Some(500));
    let code_replay = |vendor: &str| default[vendor]["policy"]["code_replay_kills_grant"].as_bool();
    assert_eq!((code_replay("box"), code_replay("salesforce")), (Some(true), Some(false)));
    let switches = &effective["tenants"]["nightly"]["salesforce"]["switches"];
    assert_eq!(switches["era"].as_str(), Some("rotating"));
    assert_eq!(switches["daily-calls"].as_integer(), Some(15_000), "the vendor's own");
    assert_eq!(default["salesforce"]["policy"]["limit"]["user"].as_integer(), Some(5), "the vendor's own");
    let nightly = &effective["tenants"]["nightly"]["salesforce"]["apps"][0];
    assert_eq!(nightly["name"].as_str(), Some("Rehearsal"), "what goes without saying");

    let (folder, _) = folder_with(&text);
    let again = rehearsal(&["config", "print"], folder.path());
    assert_eq!(String::from_utf8_lossy(&again.stdout), text, "{}", String::from_utf8_lossy(&again.stderr));
}

#[test]
fn a_mistake_is_named_with_its_line_and_column() {
    for (text, expected) in [
        (
            "[tenants.default]\nconsemt = \"auto\"\n",
            "line 2, column 1: unknown field `consemt`, expected one of `consent`",
        ),
        ("[tenants.default]\nconsent = \"maybe\"\n", "line 2, column 11: unknown variant `maybe`"),
        ("[tenant.default]\n", "line 1, column 2: unknown field `tenant`"),
        ("[tenants.default.dropbox]\n", "line 1, column 18: unknown field `dropbox`"),
        ("[tenants.default.box.policy]\nrotaton = \"never\"\n", "line 2, column 1: unknown field `rotaton`"),
        ("[tenants.default.box.policy]\ncode_life = \"soon\"\n", "\"soon\" is no duration; write it as"),
        (
            "[tenants.default.box.policy]\naccess_life = \"2h to 1h\"\n",
            "line 2, column 15: \"2h to 1h\" says no life",
        ),
        ("[tenants.default.box.policy]\nrefresh_life = \"2h since use\"\n", "a refresh token cannot live"),
        ("[tenants.default.box.policy]\nlimit = { user = 0 }\n", "expected a nonzero"),
        ("[tenants.default.box.policy]\ncode_life = 30\n", "invalid type: integer `30`, expected a string"),
        ("[tenants.default]\nclock = \"noon\"\n", "line 2, column 9: \"noon\" is no moment"),
        ("[[tenants.default.box.apps]]\nclient_id = \"a\"\n", "missing field `client_secret`"),
        (
            "[[tenants.default.box.apps]]\nclient_id = \"\"\nclient_secret = \"b\"\n",
            "line 2, column 13: client_id is empty",
        ),
        ("[tenants.Nightly]\n", "line 1, column 10: \"Nightly\" is no name for a tenant"),
        ("[[tenants.default.faults]]\nvendor = \"bax\"\neffect = \"html\"\n", "no vendor is called \"bax\""),
        (
            "[[tenants.default.faults]]\nvendor = \"box\"\noperation = \"tokn\"\neffect = \"html\"\n",
            "box has no operation \"tokn\"; it has authorize, token",
        ),
        (
            "[[tenants.default.faults]]\noperation = \"token\"\neffect = \"html\"\n",
            "line 1, column 1: an operation is a vendor's",
        ),
        (
            "[[tenants.default.faults]]\neffect = \"explode\"\n",
            "line 2, column 10: unknown variant `explode`",
        ),
        (
            "[tenants.default.salesforce.switches]\neras = \"rotating\"\n",
            "line 1, column 1: salesforce cannot be switched so: unknown field `eras`",
        ),
        ("tenants = \n", "line 1, column 11: "),
        (
            "[target.caller]\nuser-secret = \"hunter2!\"\n",
            "line 2, column 15: a secret does not stand here; write where it is: { env = \"NAME\" }",
        ),
        (
            "[[tenants.default.box.apps]]\nclient_id = \"a\"\nclient_secret = 71828182\n",
            "line 3, column 17: a secret is a text in quotes, and not a number",
        ),
    ] {
        let error = refused(text);
        assert!(
            error.starts_with("rehearsal: rehearsal.toml, line ") && error.contains(expected),
            "{text}\n{error}"
        );
        assert!(!error.contains("hunter2") && !error.contains("71828182"), "{error}");
    }
}

#[test]
fn a_name_declared_twice_is_refused() {
    let app = "[[tenants.default.box.apps]]\nclient_id = \"a\"\nclient_secret = \"hush\"\n";
    let twice = refused(&format!("{app}\n{app}"));
    assert!(twice.contains("line 6, column 13: the app \"a\" is declared twice"), "{twice}");
    let elsewhere = refused(&format!("{app}{}", app.replace("default", "other")));
    assert!(elsewhere.contains("line 5, column 13") && elsewhere.contains("another tenant"), "{elsewhere}");
    assert!(!twice.contains("hush") && !elsewhere.contains("hush"));
}

#[test]
fn a_file_that_is_not_there_is_named() {
    let folder = tempfile::tempdir().expect("a folder can be made");
    for arguments in [
        &["config", "check"][..],
        &["config", "print", "nothing.toml"],
        &["serve", "--config", "nothing.toml"],
    ] {
        let output = rehearsal(arguments, folder.path());
        let error = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{error}");
        assert!(error.starts_with("rehearsal: there is no file "), "{error}");
    }
}

#[test]
fn every_vendor_can_be_declared() {
    let text: String =
        rehearsal::Vendor::ALL.iter().map(|of| format!("[tenants.default.{of}.policy]\n")).collect();
    let (folder, _) = folder_with(&text);
    let output = rehearsal(&["config", "check"], folder.path());
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn replay_protection_goes_before_the_policy() {
    let text =
        "[tenants.default.egnyte]\nreplay_protection = true\npolicy = { code_replay_kills_grant = false }\n";
    let (folder, _) = folder_with(text);
    let printed = rehearsal(&["config", "print"], folder.path());
    let effective: toml::Table =
        toml::from_str(&String::from_utf8_lossy(&printed.stdout)).expect("it is TOML");
    let policy = &effective["tenants"]["default"]["egnyte"]["policy"];
    assert_eq!(policy["code_replay_kills_grant"].as_bool(), Some(true));
    assert_eq!(policy["rotation"]["strict"]["replay_kills_grant"].as_bool(), Some(true));
    let wrong = refused("[tenants.default.egnyte]\nreplay_protection = \"on\"\n");
    assert!(wrong.contains("line 2") && wrong.contains("invalid type"), "{wrong}");
    let wrong = refused("[tenants.default]\njournal = { entrys = 5 }\n");
    assert!(wrong.contains("line 2") && wrong.contains("unknown field `entrys`"), "{wrong}");
}
