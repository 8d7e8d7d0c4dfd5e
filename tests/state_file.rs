//! `serve --state`, through the real binary.

mod serving;

use std::{
    fs,
    io::Read,
    path::Path,
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use serde_json::{Value, json};
use serving::Serve;

const BINARY: &str = env!("CARGO_BIN_EXE_rehearsal");

fn served(state: &Path, arguments: &[&str]) -> Serve {
    Serve::start(|serve| serve.arg("--state").arg(state).args(arguments).stderr(Stdio::piped()))
}

impl Serve {
    async fn control(&self, call: &str, body: Value) -> Value {
        let url = format!("{}/v1/{call}", self.text("/control"));
        let answer = reqwest::Client::new().post(url).json(&body).send().await.expect("it answers");
        assert_eq!(answer.status(), 200, "{call} {body}");
        answer.json().await.expect("answers are JSON")
    }

    async fn box_token(&self) -> String {
        let tokens = self.control("tokens", json!({ "vendor": "box" })).await;
        tokens["access_token"].as_str().expect("there is a token").to_owned()
    }

    async fn box_status(&self, token: &str) -> u16 {
        let url = format!("{}/2.0/users/me", self.text("/providers/box"));
        let answer = reqwest::Client::new().get(url).bearer_auth(token).send().await.expect("it answers");
        answer.status().as_u16()
    }

    /// Ends it as an administrator does, waits until it has, and says what it complained of.
    #[cfg(unix)]
    fn end(mut self) -> String {
        let id = self.child.id().to_string();
        Command::new("kill").args(["-TERM", &id]).status().expect("kill runs");
        assert_eq!(self.child.wait().expect("it ends").code(), Some(0));
        let mut said = String::new();
        let mut errors = self.child.stderr.take().expect("the errors are piped");
        errors.read_to_string(&mut said).expect("they are text");
        said
    }
}

/// Waits until the file says it.
async fn says(file: &Path, what: &str) {
    let deadline = Instant::now() + Duration::from_secs(30);
    while !fs::read_to_string(file).unwrap_or_default().contains(what) {
        assert!(Instant::now() < deadline, "{} never says {what:?}", file.display());
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// What `serve` says of a state file that it does not take.
fn refused(file: &Path) -> String {
    let output = Command::new(BINARY)
        .args(["serve", "--port-base", "0", "--state"])
        .arg(file)
        .output()
        .expect("the binary runs");
    let error = String::from_utf8(output.stderr).expect("it is text");
    assert_eq!(output.status.code(), Some(2), "{error}");
    assert_eq!(error.lines().count(), 1, "one sentence: {error}");
    error
}

#[cfg(unix)]
#[tokio::test]
async fn what_was_issued_and_revoked_is_so_after_a_restart() {
    use std::os::unix::fs::PermissionsExt;

    let folder = tempfile::tempdir().expect("a folder can be made");
    let file = folder.path().join("state.json");
    let first = served(&file, &[]);
    let (alive, dead) = (first.box_token().await, first.box_token().await);
    first.control("revoke", json!({ "vendor": "box", "token": dead })).await;
    let apps = first.addresses["apps"].clone();
    first.end();
    let mode = fs::metadata(&file).expect("it is there").permissions().mode();
    assert_eq!(mode & 0o777, 0o600, "its owner's alone");
    assert_eq!(fs::read_dir(folder.path()).expect("it is a folder").count(), 1, "nothing lies about");

    let second = served(&file, &[]);
    assert_eq!((second.box_status(&alive).await, second.box_status(&dead).await), (200, 401));
    assert_eq!(second.addresses["apps"], apps);
}

#[tokio::test]
async fn a_change_is_saved_without_an_end() {
    let folder = tempfile::tempdir().expect("a folder can be made");
    let file = folder.path().join("state.json");
    let first = served(&file, &[]);
    let token = first.box_token().await;
    says(&file, &token).await;
    drop(first); // killed
    let second = served(&file, &[]);
    assert_eq!(second.box_status(&token).await, 200);
}

/// How often it is killed, unless `REHEARSAL_KILLS` says otherwise.
const KILLS: usize = 6;

#[tokio::test]
async fn killed_in_the_middle_of_a_write_it_starts_with_what_the_file_said() {
    let folder = tempfile::tempdir().expect("a folder can be made");
    let file = folder.path().join("state.json");
    let kills = std::env::var("REHEARSAL_KILLS").map_or(KILLS, |text| text.parse().expect("a number"));
    let beside = || {
        let entries = fs::read_dir(folder.path()).expect("it is a folder");
        let paths = entries.map(|entry| entry.expect("it can be listed").path());
        let lock = folder.path().join(".state.json.lock");
        paths.filter(|path| *path != file && *path != lock).collect::<Vec<_>>()
    };
    let mut kept: Vec<String> = Vec::new();
    for _ in 0..kills {
        let left = beside();
        let serve = served(&file, &[]);
        assert!(left.iter().all(|path| !path.exists()), "what a kill left beside the file is gone: {left:?}");
        for token in kept.iter().rev().take(20) {
            assert_eq!(serve.box_status(token).await, 200, "what the file said is so");
        }
        let known = serve.box_token().await;
        says(&file, &known).await;
        kept.push(known);
        let last = serve.box_token().await;
        // The next write begins with a file of its own, and ends when that takes the place of the old one.
        let deadline = Instant::now() + Duration::from_secs(30);
        while beside().is_empty() && !fs::read_to_string(&file).unwrap_or_default().contains(&last) {
            assert!(Instant::now() < deadline, "the change is never written");
            tokio::task::yield_now().await;
        }
        drop(serve); // killed
    }
}

#[tokio::test]
async fn what_a_killed_write_left_beside_the_file_is_removed_and_nothing_else() {
    let folder = tempfile::tempdir().expect("a folder can be made");
    let at = |name: &str| folder.path().join(name);
    let (file, left) = (at("state.json"), at(".state.json.rehearsal-a1b2c3"));
    let others = [at(".other.json.rehearsal-a1b2c3"), at("state.json.bak"), at(".state.json.swp")];
    for path in others.iter().chain([&left]) {
        fs::write(path, "{").expect("a file can be written");
    }
    let _serve = served(&file, &[]);
    assert!(!left.exists(), "what was half written is gone");
    assert!(others.iter().all(|path| path.exists()), "what is not ours stays");
}

#[cfg(unix)]
#[tokio::test]
async fn a_link_stays_a_link() {
    let folder = tempfile::tempdir().expect("a folder can be made");
    let (file, link) = (folder.path().join("state.json"), folder.path().join("link.json"));
    served(&file, &[]).end();
    std::os::unix::fs::symlink(&file, &link).expect("a link can be made");
    let serve = served(&link, &[]);
    let token = serve.box_token().await;
    serve.end();
    assert!(fs::symlink_metadata(&link).expect("it is there").is_symlink());
    assert!(fs::read_to_string(&file).expect("it is text").contains(&token));
}

#[test]
fn a_file_that_cannot_be_used_is_refused_and_left_as_it_is() {
    let folder = tempfile::tempdir().expect("a folder can be made");
    let good = folder.path().join("good.json");
    drop(served(&good, &[]));
    let good = fs::read_to_string(&good).expect("it was saved at the start");
    let file = folder.path().join("state.json");
    let longer = good.replacen("\"consent\"", "\"unheard\": 1, \"consent\"", 1);
    for (text, expected) in [
        (String::new(), "it is empty"),
        ("{\"some\": \"JSON\"}".to_owned(), "it does not begin as a rehearsal-state text does"),
        (
            good.replacen("\"version\": 2", "\"version\": 1", 1),
            "it is of version 1, and this program reads version 2",
        ),
        (good[..good.len() / 3].to_owned(), "it is cut off at line "),
        (longer, "it is damaged: unknown field `unheard`"),
    ] {
        fs::write(&file, &text).expect("it can be written");
        let error = refused(&file);
        assert!(error.contains(expected) && error.contains("state.json cannot be used as state"), "{error}");
        assert_eq!(fs::read_to_string(&file).expect("it is there"), text, "left as it is");
    }
    fs::write(&file, [0xff, 0xfe]).expect("it can be written");
    assert!(refused(&file).contains("it is no text"));
    assert!(refused(folder.path()).contains("cannot be read"));
    assert!(refused(&folder.path().join("no/such/folder.json")).contains("cannot be written"));
}

#[test]
fn a_file_that_another_serve_keeps_is_refused() {
    let folder = tempfile::tempdir().expect("a folder can be made");
    let file = folder.path().join("state.json");
    let first = served(&file, &[]);
    assert!(refused(&file).contains("state.json is in use by another serve"));
    drop(first);
    drop(served(&file, &[]));
}

#[cfg(unix)]
#[tokio::test]
async fn who_waits_holds_up_no_end_and_nothing_is_lost() {
    let folder = tempfile::tempdir().expect("a folder can be made");
    let file = folder.path().join("state.json");
    let mut serve = served(&file, &[]);
    let url = format!("{}/v1/journal/wait?count=9&timeout=10m", serve.text("/control"));
    let waiting = tokio::spawn(reqwest::get(url));
    let token = serve.box_token().await;
    let id = serve.child.id().to_string();
    Command::new("kill").args(["-TERM", &id]).status().expect("kill runs");
    says(&file, &token).await;
    let deadline = Instant::now() + Duration::from_secs(20);
    let code = loop {
        // The first that comes after the end has begun ends it at once.
        Command::new("kill").args(["-TERM", &id]).stderr(Stdio::null()).status().expect("kill runs");
        if let Some(status) = serve.child.try_wait().expect("it can be asked") {
            break status.code();
        }
        assert!(Instant::now() < deadline, "it does not end");
        tokio::time::sleep(Duration::from_millis(20)).await;
    };
    assert_eq!(code, Some(0));
    drop(waiting);
}

#[cfg(unix)]
#[tokio::test]
async fn the_state_goes_before_the_configuration() {
    let folder = tempfile::tempdir().expect("a folder can be made");
    let (file, config) = (folder.path().join("state.json"), folder.path().join("rehearsal.toml"));
    let declare = |secret: &str, more: &str| {
        let app =
            format!("[[tenants.default.box.apps]]\nclient_id = \"mine\"\nclient_secret = \"{secret}\"\n");
        fs::write(&config, app + more).expect("it can be written");
    };
    declare("one", "");
    let with = ["--config", config.to_str().expect("the path is text")];
    let first = served(&file, &with);
    assert_eq!(first.text("/apps/box/client_id"), "mine", "what is declared stands ready");
    assert_eq!(first.text("/apps/box/client_secret"), "one");
    let token = first.box_token().await;
    assert_eq!(first.end(), "");

    // The default tenant goes on as it was; one that is new begins.
    declare("two", "[[tenants.other.box.apps]]\nclient_id = \"theirs\"\nclient_secret = \"three\"\n");
    let second = served(&file, &with);
    assert_eq!(second.text("/apps/box/client_secret"), "one");
    assert_eq!(second.box_status(&token).await, 200);
    assert_eq!(second.end(), "rehearsal: as in the state file, and not as configured, goes on: default\n");
    let state: Value =
        serde_json::from_str(&fs::read_to_string(&file).expect("it is text")).expect("it is JSON");
    let tenants: Vec<_> = state["tenants"].as_object().expect("there are tenants").keys().collect();
    assert_eq!(tenants, ["default", "other"]);
}
