//! `rehearsal serve --data`: killed at any moment and started again, nothing acknowledged is lost, and nothing is half
//! there.

use std::{
    collections::BTreeMap,
    io::{BufRead, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
};

use serde_json::{Value, json};

const CALLER: &str = "User user-secret, Organization organization-secret";
/// How often the process is killed, unless `REHEARSAL_KILLS` says otherwise.
const ROUNDS: usize = 6;
/// How many clients change instances at the same time.
const CLIENTS: usize = 4;

struct Serve {
    child: Child,
    instances: String,
    store: Value,
}

impl Serve {
    fn start(data: &Path, arguments: &[&str]) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_rehearsal"))
            .args(["serve", "--json", "--port-base", "0", "--data"])
            .arg(data)
            .args(arguments)
            .stdout(Stdio::piped())
            .spawn()
            .expect("the binary starts");
        let mut line = String::new();
        let out = child.stdout.take().expect("the output is piped");
        BufReader::new(out).read_line(&mut line).expect("one line is printed");
        let addresses: Value = serde_json::from_str(&line).expect("the line is JSON");
        let store = json!({
            "username": addresses["users"]["bigcommerce"]["login"],
            "password": addresses["users"]["bigcommerce"]["password"],
            // Nobody is there, so that a create asks nobody: the vendor's part is not what is killed.
            "store.url": "http://127.0.0.1:9/api/v2",
        });
        let instances = addresses["instances"].as_str().expect("an address").to_owned();
        Self { child, instances, store }
    }

    /// SIGKILL: nothing of the process runs after it.
    fn kill(self) {
        drop(self);
    }
}

impl Drop for Serve {
    fn drop(&mut self) {
        self.child.kill().expect("the process can be killed");
        self.child.wait().expect("the process ends");
    }
}

/// What is known of one instance.
#[derive(Clone, Debug, PartialEq)]
enum Known {
    /// Its token, the name that was acknowledged last, and the one asked for without an answer.
    There { token: String, name: String, asked: Option<String> },
    /// Its deletion was acknowledged.
    Deleted,
    /// Its deletion was asked for, without an answer.
    Going,
}

type Ledger = Arc<Mutex<BTreeMap<u64, Known>>>;

/// Makes, renames and deletes instances until the service is gone.
async fn change(base: String, store: Value, ledger: Ledger, acknowledged: Arc<AtomicUsize>, seed: usize) {
    let client = reqwest::Client::builder().no_proxy().build().expect("a client");
    let note = |id: u64, known: Known| drop(ledger.lock().expect("no test panicked").insert(id, known));
    for turn in seed * 1000.. {
        let name = format!("made-{turn}");
        let body = json!({"element": {"key": "bigcommerce"}, "name": name, "configuration": store});
        let request = client.post(format!("{base}/instances")).header("authorization", CALLER).json(&body);
        let Some(made) = answered(request).await else { return };
        let (id, token) =
            (made["id"].as_u64().expect("an id"), made["token"].as_str().expect("a token").to_owned());
        note(id, Known::There { token: token.clone(), name: name.clone(), asked: None });
        acknowledged.fetch_add(1, Ordering::Relaxed);

        let other = format!("renamed-{turn}");
        note(id, Known::There { token: token.clone(), name: name.clone(), asked: Some(other.clone()) });
        let request = client.patch(format!("{base}/instances/{id}")).header("authorization", CALLER);
        if answered(request.json(&json!({"name": other}))).await.is_none() {
            return;
        }
        note(id, Known::There { token: token.clone(), name: other, asked: None });
        acknowledged.fetch_add(1, Ordering::Relaxed);

        if turn % 3 == 0 {
            note(id, Known::Going);
            let request = client.delete(format!("{base}/instances/{id}")).header("authorization", CALLER);
            match request.send().await {
                Ok(answer) if answer.status() == 200 => note(id, Known::Deleted),
                _ => return,
            }
            acknowledged.fetch_add(1, Ordering::Relaxed);
        }
    }
}

/// The answer, or nothing when the service went away.
async fn answered(request: reqwest::RequestBuilder) -> Option<Value> {
    let answer = request.send().await.ok()?;
    assert_eq!(answer.status(), 200);
    answer.json().await.ok()
}

async fn check(base: &str, ledger: &Ledger) {
    let client = reqwest::Client::builder().no_proxy().build().expect("a client");
    let known = ledger.lock().expect("no test panicked").clone();
    for (id, known) in known {
        let answer = client.get(format!("{base}/instances/{id}")).header("authorization", CALLER);
        let answer = answer.send().await.expect("the service answers");
        let status = answer.status().as_u16();
        match known {
            Known::Deleted => assert_eq!(status, 404, "{id} came back"),
            Known::Going if status == 404 => {}
            Known::Going => assert_eq!(status, 200, "{id}"),
            Known::There { token, name, asked } => {
                assert_eq!(status, 200, "{id} is lost");
                let shown: Value = answer.json().await.expect("JSON");
                let own = shown["name"].as_str().expect("a name");
                assert!(
                    own == name || Some(own) == asked.as_deref(),
                    "{id} is called {own}, not {name} or {asked:?}"
                );
                assert_eq!(shown["token"], *token, "{id} has its token");
                assert_eq!(shown["configuration"]["store.url"], "http://127.0.0.1:9/api/v2", "{id} is whole");
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_acknowledged_is_lost_when_the_process_is_killed() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("instances.redb");
    let secrets = ["--user-secret", "user-secret", "--organization-secret", "organization-secret"];
    let ledger = Ledger::default();
    let rounds = std::env::var("REHEARSAL_KILLS").map_or(ROUNDS, |text| text.parse().expect("a number"));
    for round in 0..rounds {
        let serve = Serve::start(&data, &secrets);
        check(&serve.instances, &ledger).await;
        let acknowledged = Arc::new(AtomicUsize::new(0));
        let clients: Vec<_> = (0..CLIENTS)
            .map(|client| {
                let (base, store) = (serve.instances.clone(), serve.store.clone());
                let seed = 1 + round * CLIENTS + client;
                tokio::spawn(change(base, store, Arc::clone(&ledger), Arc::clone(&acknowledged), seed))
            })
            .collect();
        // Not by time but by progress, so that the kill always comes in the middle of work.
        while acknowledged.load(Ordering::Relaxed) < 10 + 7 * (round % ROUNDS) {
            tokio::task::yield_now().await;
            assert!(clients.iter().any(|client| !client.is_finished()), "somebody still works");
        }
        serve.kill();
        for client in clients {
            client.await.expect("the client saw nothing but whole answers");
        }
    }
    let serve = Serve::start(&data, &[]);
    check(&serve.instances, &ledger).await;
    let known = ledger.lock().expect("no test panicked").len();
    assert!(known >= 20, "{known} instances are enough to lose one");
}

#[tokio::test]
async fn the_secrets_of_the_first_start_stay_good() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("data");
    let first = Serve::start(
        &data,
        &["--user-secret", "user-secret", "--organization-secret", "organization-secret"],
    );
    first.kill();
    assert!(folder.path().join("data.key").exists());
    let second = Serve::start(&data, &[]);
    let list = reqwest::Client::new().get(format!("{}/instances", second.instances));
    let answer = list.header("authorization", CALLER).send().await.expect("the service answers");
    assert_eq!(answer.status(), 404, "a known caller without instances");
    second.kill();
}

/// Everything is logged that can be, and none of it is a secret.
#[tokio::test]
async fn no_log_line_holds_a_secret() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut child = Command::new(env!("CARGO_BIN_EXE_rehearsal"))
        .args(["serve", "--json", "--port-base", "0", "--consent", "auto", "--data"])
        .arg(folder.path().join("data"))
        .args(["--user-secret", "user-secret", "--organization-secret", "organization-secret"])
        .env("RUST_LOG", "trace")
        .stdout(Stdio::piped())
        .stderr(std::fs::File::create(folder.path().join("log")).expect("a file"))
        .spawn()
        .expect("the binary starts");
    let mut line = String::new();
    BufReader::new(child.stdout.take().expect("the output is piped")).read_line(&mut line).expect("one line");
    let serve = Serve { child, instances: String::new(), store: Value::Null };
    let addresses: Value = serde_json::from_str(&line).expect("the line is JSON");
    let text = |pointer: &str| addresses.pointer(pointer).and_then(Value::as_str).expect("a text").to_owned();
    let (base, key, secret) =
        (text("/instances"), text("/apps/box/client_id"), text("/apps/box/client_secret"));
    let client =
        reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().expect("a client");
    let page =
        format!("{}/api/oauth2/authorize?response_type=code&client_id={key}&state=s", text("/providers/box"));
    let back = client.get(page).send().await.expect("Box answers").headers()["location"].clone();
    let back = reqwest::Url::parse(back.to_str().expect("text")).expect("a URL");
    let code = back.query_pairs().find(|(name, _)| name == "code").expect("a code").1.into_owned();
    let body = json!({
        "element": {"key": "box"}, "name": "logged", "providerData": {"code": code, "debug": true},
        "configuration": {
            "oauth.api.key": key, "oauth.api.secret": secret, "oauth.callback.url": text("/apps/box/redirect_uri"),
        },
    });
    let post =
        |body: &Value| client.post(format!("{base}/instances")).header("authorization", CALLER).json(body);
    let made = answered(post(&body)).await.expect("an instance");
    let refused = post(&body).send().await.expect("an answer");
    assert_eq!(refused.status(), 401, "the code is spent");
    let refused: Value = refused.json().await.expect("JSON");
    let token = made["token"].as_str().expect("a token");
    let called =
        client.get(format!("{base}/files")).header("authorization", format!("{CALLER}, Element {token}"));
    answered(called).await.expect("files");
    drop(serve);

    let log = std::fs::read_to_string(folder.path().join("log")).expect("the log");
    let id = refused["requestId"].as_str().expect("an id");
    assert!(log.contains(id), "the id of a refusal leads to its log lines");
    assert!(log.contains("/elements/api-v2/instances") && log.contains("provider answered"), "{log}");
    let tokens = ["oauth.user.token", "oauth.user.refresh_token"]
        .map(|key| made["configuration"][key].as_str().expect("a token"));
    for hidden in ["user-secret", "organization-secret", &*code, &*secret, token].into_iter().chain(tokens) {
        assert!(!log.contains(hidden), "{hidden} is in the log");
    }
}

#[test]
fn a_folder_or_a_damaged_file_is_refused_with_a_sentence() {
    let folder = tempfile::tempdir().expect("a folder");
    let refused = |data: &Path| {
        let output = Command::new(env!("CARGO_BIN_EXE_rehearsal"))
            .args(["serve", "--port-base", "0", "--data"])
            .arg(data)
            .output()
            .expect("the binary runs");
        assert_eq!(output.status.code(), Some(2));
        String::from_utf8_lossy(&output.stderr).into_owned()
    };
    let text = refused(folder.path());
    assert!(text.contains("it is a folder"), "{text}");

    let data = folder.path().join("data");
    Serve::start(&data, &[]).kill();
    let good = std::fs::read(&data).expect("it is there");
    let mut damaged = 0;
    for begins in (4096..good.len().min(128 * 1024)).step_by(4096) {
        let mut bad = good.clone();
        let ends = bad.len().min(begins + 4096);
        bad[begins..ends].fill(0xa5);
        std::fs::write(&data, bad).expect("it can be written");
        let mut serve = Command::new(env!("CARGO_BIN_EXE_rehearsal"))
            .args(["serve", "--json", "--port-base", "0", "--data"])
            .arg(&data)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the binary starts");
        let mut line = String::new();
        let out = serve.stdout.take().expect("it is piped");
        BufRead::read_line(&mut BufReader::new(out), &mut line).expect("text");
        // What is nowhere used may be anything.
        if !line.is_empty() {
            serve.kill().expect("it runs");
        }
        let ended = serve.wait_with_output().expect("it ends");
        let said = String::from_utf8_lossy(&ended.stderr);
        assert!(!line.is_empty() || ended.status.code() == Some(2), "{begins}: {said}");
        damaged += usize::from(line.is_empty());
    }
    assert!(damaged > 0, "the damage reaches what is used");
}

#[test]
fn data_without_its_key_is_refused_with_advice() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("data");
    Serve::start(&data, &[]).kill();
    std::fs::remove_file(folder.path().join("data.key")).expect("the key is there");
    let refused = Command::new(env!("CARGO_BIN_EXE_rehearsal"))
        .args(["serve", "--port-base", "0", "--data"])
        .arg(&data)
        .output()
        .expect("the binary runs");
    assert_eq!(refused.status.code(), Some(2));
    let text = String::from_utf8_lossy(&refused.stderr);
    assert!(text.contains("put the key file back"), "{text}");
}
