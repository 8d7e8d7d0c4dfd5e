//! A served stand-in beside a bare hyper server that answers the same bytes: requests a second, as a ratio measured in
//! one run. Both servers have one thread each, and share this machine's cores with the client, in turns.
//!
//! `cargo bench --bench throughput`, or with `-- refresh` only the cases whose names have that in them

#![expect(clippy::print_stdout, reason = "a bench reports to the one who runs it")]

mod beside;

use std::{collections::VecDeque, net::SocketAddr};

use beside::{
    CONNECTIONS, Next, ROUND, ROUNDS, ask, bare_server, body, connect, get, post, requests_a_second, same,
};
use bytes::Bytes;
use rehearsal::{ConsentGiven, RunningStage, Stage, TenantHandle, Vendor, journal::Bounds};
use tokio::runtime::Runtime;

/// Codes that are made for a round, before it begins: more than any server redeems in that time.
const CODES: usize = 64_000;

#[derive(Clone, Copy)]
enum Case {
    Refused,
    Good,
    Refresh,
    Exchange,
}

impl Case {
    /// What is asked, and the least ratio that is meant to hold.
    fn told(self) -> (&'static str, f64) {
        match self {
            Self::Refused => ("refused call", 0.90),
            Self::Good => ("good call", 0.85),
            Self::Refresh => ("refresh", 0.75),
            Self::Exchange => ("code exchange", 0.75),
        }
    }

    /// What each connection asks in one round, of a tenant of its own: no round finds what another has left. Everything
    /// that the client must make is made before.
    fn asked<'n>(self, stage: &Stage) -> (TenantHandle, Vec<Next<'n>>) {
        let tenant = stage.tenant();
        let demo = tenant.demo(Vendor::Box);
        let (id, secret) = (demo.client_id, demo.client_secret.expose().to_owned());
        let tokens = || {
            let tokens = tenant.issue_tokens(Vendor::Box, ConsentGiven::default());
            tokens.expect("the demo app is registered")
        };
        let of_one = |_| -> Next<'n> {
            match self {
                Self::Refused => same(get("/2.0/users/me", "unknown")),
                Self::Good => same(get("/2.0/folders/0/items", tokens().access_token.expose())),
                Self::Refresh => {
                    let first = tokens().refresh_token.expect("Box gives one").expose().to_owned();
                    let (id, secret) = (id.clone(), secret.clone());
                    Box::new(move |last, to| {
                        let token = refresh_token(last).unwrap_or(&first);
                        let form = [
                            ("grant_type", "refresh_token"),
                            ("refresh_token", token),
                            ("client_id", &id),
                            ("client_secret", &secret),
                        ];
                        post(to, "/oauth2/token", &form);
                    })
                }
                Self::Exchange => {
                    let issue = || tenant.issue_code(Vendor::Box, ConsentGiven::default());
                    let codes = std::iter::repeat_with(|| issue().expect("the demo app is registered"));
                    let mut codes: VecDeque<_> = codes.take(CODES / CONNECTIONS).collect();
                    let (id, secret) = (id.clone(), secret.clone());
                    Box::new(move |_, to| {
                        let code = codes.pop_front().expect("there are more codes than a round redeems");
                        let form = [
                            ("grant_type", "authorization_code"),
                            ("code", code.expose()),
                            ("client_id", &id),
                            ("client_secret", &secret),
                        ];
                        post(to, "/oauth2/token", &form);
                    })
                }
            }
        };
        let asked = (0..CONNECTIONS).map(of_one).collect();
        (tenant, asked)
    }
}

/// The refresh token in an answer of the token endpoint.
fn refresh_token(answer: &[u8]) -> Option<&str> {
    let (_, body) = body(answer)?;
    let (_, rest) = std::str::from_utf8(body).ok()?.split_once("\"refresh_token\":\"")?;
    Some(rest.split_once('"')?.0)
}

fn main() {
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime starts");
    println!("{CONNECTIONS} keep-alive connections, {ROUNDS} rounds of {ROUND:?} each in turns, medians");
    let wanted = std::env::args().skip(1).find(|argument| !argument.starts_with('-')).unwrap_or_default();
    let cases = [Case::Refused, Case::Good, Case::Refresh, Case::Exchange];
    let mut names = cases.iter().map(|case| case.told().0).chain(["journal"]);
    assert!(names.any(|name| name.contains(&wanted)), "no case has {wanted:?} in its name");
    let served = served(Bounds::default());
    for case in cases {
        let (name, meant) = case.told();
        if !name.contains(&wanted) {
            continue;
        }
        let sample = sample(&runtime, &served, case);
        let size = sample.len();
        let bare = bare_server(sample);
        let (ours, limit, ratio) = in_turns(
            || round(&runtime, served.address(Vendor::Box), case.asked(&served)),
            || round(&runtime, bare, case.asked(&served)),
        );
        println!(
            "{name:<14}{ours:>9.0}/s   bare hyper, {size:>4} bytes {limit:>9.0}/s   ratio {ratio:.2} (meant: {meant:.2})"
        );
    }
    if !"journal".contains(&wanted) {
        return;
    }
    let silent = self::served(Bounds { entries: 0, bytes: 0 });
    let (with, without, ratio) = in_turns(
        || round(&runtime, served.address(Vendor::Box), Case::Good.asked(&served)),
        || round(&runtime, silent.address(Vendor::Box), Case::Good.asked(&silent)),
    );
    println!(
        "{:<14}{with:>9.0}/s   without a journal {without:>13.0}/s   ratio {ratio:.2} (meant: 0.90)",
        "journal",
    );
}

fn served(journal: Bounds) -> RunningStage {
    Stage::builder().journal(journal).build().serve().expect("a loopback port is free")
}

/// The body of one answer.
fn sample(runtime: &Runtime, served: &RunningStage, case: Case) -> Bytes {
    let (mut request, mut answer) = (Vec::new(), Vec::new());
    let (_alive, mut asked) = case.asked(served);
    asked[0](&[], &mut request);
    runtime.block_on(async {
        ask(&mut connect(served.address(Vendor::Box)).await, &request, &mut answer).await;
    });
    Bytes::copy_from_slice(body(&answer).expect("the answer is whole").1)
}

/// Two that take turns: how many requests a second each answers, and the ratio. Medians of all turns; the ratio is that of
/// turns side by side, so that a machine that is slow for a while slows both.
fn in_turns(mut one: impl FnMut() -> f64, mut other: impl FnMut() -> f64) -> (f64, f64, f64) {
    let turns: Vec<_> = (0..ROUNDS).map(|_| (one(), other())).collect();
    let median = |of: fn(&(f64, f64)) -> f64| {
        let mut figures: Vec<f64> = turns.iter().map(of).collect();
        figures.sort_unstable_by(f64::total_cmp);
        figures[ROUNDS / 2]
    };
    (median(|turn| turn.0), median(|turn| turn.1), median(|turn| turn.0 / turn.1))
}

fn round(runtime: &Runtime, address: SocketAddr, (_alive, next): (TenantHandle, Vec<Next<'_>>)) -> f64 {
    runtime.block_on(async {
        let mut streams = Vec::new();
        for _ in 0..CONNECTIONS {
            streams.push(connect(address).await);
        }
        requests_a_second(streams, next).await
    })
}
