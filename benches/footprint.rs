//! What the stand-ins take: time to start, memory, and whether either grows with use.
//!
//! `cargo bench --bench footprint`

#![expect(clippy::print_stdout, reason = "a bench reports to the one who runs it")]

mod beside;

use std::{
    fs,
    io::{BufRead, BufReader},
    net::SocketAddr,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use beside::{CONNECTIONS, Next, ask, body, connect, get, post};
use bytes::Bytes;
use http::Request;
use rehearsal::{ConsentGiven, Secret, Stage, Vendor};
use serde_json::Value;

const STARTS: usize = 20;
const GRANTS: usize = 1_000_000;
const LOOKUPS: usize = 20_000;
/// Turns side by side of which the median counts.
const ROUNDS: usize = 15;
/// After so many requests memory is looked at for the first time, and after so many for the last.
const REQUESTS: [u64; 2] = [100_000, 3_000_000];

fn main() {
    in_process();
    start();
    flat();
    grants();
}

fn in_process() {
    let timed = |make: &dyn Fn()| {
        let started = Instant::now();
        make();
        started.elapsed()
    };
    let new_stage = || drop(Stage::new());
    let first = timed(&new_stage);
    let next = median((0..1_000).map(|_| timed(&new_stage)).collect());
    let stage = Stage::new();
    let tenant = median((0..1_000).map(|_| timed(&|| drop(stage.tenant()))).collect());
    println!("stage in process   first {first:.1?}, next {next:.1?} (meant: 1 ms, 0.3 ms)");
    println!("tenant             {tenant:.1?} (meant: 50 µs)");
}

/// `rehearsal serve`, which ends with this.
struct Serve {
    child: Child,
    ready: Value,
    took: Duration,
}

impl Serve {
    fn start() -> Self {
        let mut serve = Command::new(env!("CARGO_BIN_EXE_rehearsal"));
        serve.args(["serve", "--port-base", "0", "--json"]).stdout(Stdio::piped());
        let started = Instant::now();
        let mut child = serve.spawn().expect("the command starts");
        let mut line = String::new();
        let output = child.stdout.take().expect("its output is piped");
        BufReader::new(output).read_line(&mut line).expect("it says when it is ready");
        let took = started.elapsed();
        Self { child, ready: serde_json::from_str(&line).expect("it says so in JSON"), took }
    }

    fn memory(&self) -> u64 {
        memory(&self.child.id().to_string())
    }

    fn text(&self, pointer: &str) -> &str {
        self.ready.pointer(pointer).and_then(Value::as_str).expect("it tells its addresses and apps")
    }
}

impl Drop for Serve {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn start() {
    let started: Vec<Serve> = (0..STARTS).map(|_| Serve::start()).collect();
    let took = median(started.iter().map(|serve| serve.took).collect());
    let memory = started.iter().map(Serve::memory).max().unwrap_or_default();
    println!("serve, ready       {took:.1?} (meant: 20 ms)");
    println!("serve, memory      {:.1} MB resident (meant: 12 MB)", mb(memory));
}

/// Calls, refreshes and refused calls for long.
fn flat() {
    let serve = Serve::start();
    let address: SocketAddr =
        serve.text("/providers/box").trim_start_matches("http://").parse().expect("an address");
    let (id, secret) = (serve.text("/apps/box/client_id"), serve.text("/apps/box/client_secret"));
    let control: SocketAddr =
        serve.text("/control").trim_start_matches("http://").parse().expect("an address");
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime starts");
    let seen = runtime.block_on(async {
        let mut clients = Vec::new();
        for _ in 0..CONNECTIONS {
            let (access, refresh) = issued(control).await;
            clients.push((connect(address).await, mixed(access, refresh, id, secret), Vec::new()));
        }
        let (mut seen, mut count) = (Vec::new(), 0_u64);
        for stop in REQUESTS {
            while count < stop {
                let round = clients.iter_mut().map(|(stream, next, answer)| async move {
                    for _ in 0..100 {
                        let mut request = Vec::new();
                        next(answer, &mut request);
                        ask(stream, &request, answer).await;
                    }
                });
                futures::future::join_all(round).await;
                count += 100 * CONNECTIONS as u64;
            }
            seen.push(serve.memory());
        }
        seen
    });
    let [early, late] = [seen[0], seen[1]].map(mb);
    let [from, to] = REQUESTS;
    println!(
        "serve, in use      {early:.1} MB after {from} requests, {late:.1} MB after {to}: {:+.1} % (meant: ±5 %)",
        100.0 * (late / early - 1.0)
    );
}

/// A grant by hand.
async fn issued(control: SocketAddr) -> (String, String) {
    let body_text = r#"{"vendor":"box"}"#;
    let request = format!(
        "POST /v1/tokens HTTP/1.1\r\nHost: {control}\r\nContent-Type: application/json\r\n\
         Content-Length: {}\r\n\r\n{body_text}",
        body_text.len()
    );
    let mut answer = Vec::new();
    ask(&mut connect(control).await, request.as_bytes(), &mut answer).await;
    let tokens: Value = serde_json::from_slice(body(&answer).expect("an answer").1).expect("tokens");
    let text = |name: &str| tokens[name].as_str().expect("Box gives both").to_owned();
    (text("access_token"), text("refresh_token"))
}

/// Of ten requests, one refreshes, two are refused, and the others are good.
fn mixed<'n>(mut access: String, mut refresh: String, id: &'n str, secret: &'n str) -> Next<'n> {
    let mut number = 0_u64;
    Box::new(move |last, to| {
        if number % 10 == 1 {
            let (_, tokens) = body(last).expect("the answer is whole");
            let tokens: Value = serde_json::from_slice(tokens).expect("a refresh gives tokens");
            let text = |name: &str| tokens[name].as_str().expect("a refresh gives both").to_owned();
            (access, refresh) = (text("access_token"), text("refresh_token"));
        }
        match number % 10 {
            0 => {
                let form = [
                    ("grant_type", "refresh_token"),
                    ("refresh_token", refresh.as_str()),
                    ("client_id", id),
                    ("client_secret", secret),
                ];
                post(to, "/oauth2/token", &form);
            }
            4 | 8 => to.extend(get("/2.0/users/me", "unknown")),
            _ => to.extend(get("/2.0/users/me", &access)),
        }
        number += 1;
    })
}

/// Grants of Box, in a world of their own.
struct Grants {
    stage: Stage,
    /// Some of the access tokens.
    tokens: Vec<Secret>,
}

impl Grants {
    /// Keeps one token of so many grants.
    fn issue(count: usize, step: usize) -> Self {
        let stage = Stage::new();
        let tenant = stage.default_tenant();
        let issue = || tenant.issue_tokens(Vendor::Box, ConsentGiven::default());
        let tokens = || issue().expect("the demo app is registered").access_token;
        let tokens = (0..count).filter_map(|number| Some(tokens()).filter(|_| number % step == 0)).collect();
        Self { stage, tokens }
    }

    /// How long a call takes. Each is a request of its own, so that the same is read whatever the number of tokens.
    fn call(&self) -> Duration {
        let tokens = self.tokens.iter().cycle().take(LOOKUPS);
        let requests: Vec<Request<Bytes>> = tokens.map(|token| call(token.expose())).collect();
        let started = Instant::now();
        for request in &requests {
            assert_eq!(self.stage.respond(Vendor::Box, request).status(), 200);
        }
        started.elapsed() / u32::try_from(LOOKUPS).unwrap_or(u32::MAX)
    }
}

fn grants() {
    let few = Grants::issue(10, 1);
    // The requests are there once before, so that their memory does not count.
    few.call();
    let before = memory("self");
    let many = Grants::issue(GRANTS, GRANTS / LOOKUPS);
    let bytes = (memory("self") - before) * 1024 / GRANTS as u64;
    println!("one live grant     {bytes} bytes, of {GRANTS} (meant: 400)");
    let (with_few, with_many) = (0..ROUNDS).map(|_| (few.call(), many.call())).unzip();
    let [with_few, with_many] = [with_few, with_many].map(median);
    println!("a call in process  {with_few:.2?} with 10 live grants, {with_many:.2?} with {GRANTS}");
}

fn call(token: &str) -> Request<Bytes> {
    let request = Request::get("/2.0/users/me").header("authorization", format!("Bearer {token}"));
    request.body(Bytes::new()).expect("the request is well formed")
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times[times.len() / 2]
}

/// Resident memory of a process in KiB, as Linux tells it.
fn memory(process: &str) -> u64 {
    let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line.and_then(|line| line.trim().trim_end_matches(" kB").parse().ok()).unwrap_or_default()
}

#[expect(clippy::cast_precision_loss, reason = "memory in KiB is far from the limits of f64")]
fn mb(kib: u64) -> f64 {
    kib as f64 / 1024.0
}
