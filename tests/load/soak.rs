//! Mixed traffic and faults, side by side: nobody sees an answer that was not asked for, and memory stays where it is.
//!
//! `REHEARSAL_SOAK=600 cargo test --test load soak` goes on for ten minutes.

use std::{
    env,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use reqwest::{Client, StatusCode};
use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::served::Served;

/// How long it goes on, in seconds, if nobody says.
const SECONDS: u64 = 10;

/// What fills up before memory can be flat: each tenant's journal, and the dead tokens that are remembered.
const WARM: u64 = 50_000;

/// By how much memory may have grown at the end.
const GROWTH: f64 = 0.05;

/// What the allocator may keep back on top, in KiB.
const SLACK: u64 = 4 * 1024;

/// A tenant of its own, and a client that does as applications do.
struct Application {
    http: Client,
    control: String,
    provider: String,
    tenant: String,
    client_id: String,
    client_secret: String,
}

impl Application {
    async fn new(served: &Served) -> Self {
        let http = Client::builder().no_proxy().build().expect("a client");
        let control = served.text("/control").to_owned();
        let made = http.post(format!("{control}/v1/tenants")).send().await.expect("the control API answers");
        let made: Value = made.json().await.expect("JSON");
        let text = |pointer: &str| {
            let text = made.pointer(pointer).and_then(Value::as_str);
            text.unwrap_or_else(|| panic!("{pointer} in {made}")).to_owned()
        };
        Self {
            http,
            control,
            provider: served.text("/providers/box").to_owned(),
            tenant: text("/tenant"),
            client_id: text("/demos/box/client_id"),
            client_secret: text("/demos/box/client_secret"),
        }
    }

    async fn by_hand(&self, call: &str, body: Value) -> Value {
        let url = format!("{}/v1/tenants/{}/{call}", self.control, self.tenant);
        let answer = self.http.post(url).json(&body).send().await.expect("the control API answers");
        assert_eq!(answer.status(), StatusCode::OK, "{call}");
        answer.json().await.expect("JSON")
    }

    async fn tokens(&self) -> (String, String) {
        pair(&self.by_hand("tokens", json!({ "vendor": "box" })).await)
    }

    async fn call(&self, token: &str) -> StatusCode {
        let call = self.http.get(format!("{}/2.0/users/me", self.provider)).bearer_auth(token);
        call.send().await.expect("Box answers").status()
    }

    async fn refresh(&self, token: &str) -> (String, String) {
        let form = [
            ("grant_type", "refresh_token"),
            ("refresh_token", token),
            ("client_id", &self.client_id),
            ("client_secret", &self.client_secret),
        ];
        let answer = self.http.post(format!("{}/oauth2/token", self.provider)).form(&form).send().await;
        let answer = answer.expect("Box answers");
        assert_eq!(answer.status(), StatusCode::OK, "a refresh token that nobody has used");
        pair(&answer.json().await.expect("JSON"))
    }

    /// Calls, expires, refreshes, revokes, and begins anew.
    async fn live(self: Arc<Self>, until: Arc<Until>) {
        let (mut access, mut refresh) = self.tokens().await;
        for turn in 0_u64.. {
            assert_eq!(self.call(&access).await, 200, "a good token");
            if turn % 5 == 4 {
                self.by_hand("revoke", json!({ "vendor": "box", "token": access })).await;
                assert_eq!(self.call(&access).await, 401, "a revoked token");
                (access, refresh) = self.tokens().await;
            } else {
                self.by_hand("expire", json!({ "vendor": "box", "token": access })).await;
                assert_eq!(self.call(&access).await, 401, "an expired token");
                (access, refresh) = self.refresh(&refresh).await;
            }
            if until.is_over(4) {
                return;
            }
        }
    }

    /// Meets every third call a fault, and nothing else.
    async fn suffer(self: Arc<Self>, until: Arc<Until>) {
        let fault = json!({
            "vendor": "box", "operation": "current-user", "when": { "every": 3 },
            "effect": { "rate-limit": { "retry_after": "7s" } },
        });
        self.by_hand("faults", fault).await;
        let (access, _) = self.tokens().await;
        for turn in 1_u64.. {
            let expected = if turn % 3 == 0 { 429 } else { 200 };
            assert_eq!(self.call(&access).await.as_u16(), expected, "call {turn} of every third");
            if until.is_over(1) {
                return;
            }
        }
    }
}

fn pair(tokens: &Value) -> (String, String) {
    let text =
        |name: &str| tokens[name].as_str().unwrap_or_else(|| panic!("{name} in the answer")).to_owned();
    (text("access_token"), text("refresh_token"))
}

/// How far it has come.
struct Until {
    end: Instant,
    calls: AtomicU64,
}

impl Until {
    /// Counts `calls`, and says whether it is time to stop.
    fn is_over(&self, calls: u64) -> bool {
        self.calls.fetch_add(calls, Ordering::Relaxed) >= WARM && Instant::now() >= self.end
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn mixed_traffic_meets_no_error_that_was_not_asked_for_and_memory_stays_flat() {
    let seconds =
        env::var("REHEARSAL_SOAK").map_or(SECONDS, |text| text.parse().expect("a number of seconds"));
    let served = Served::start();
    let until =
        Arc::new(Until { end: Instant::now() + Duration::from_secs(seconds), calls: AtomicU64::new(0) });
    let mut tasks = JoinSet::new();
    for number in 0..8 {
        let application = Arc::new(Application::new(&served).await);
        if number % 2 == 0 {
            tasks.spawn(application.live(Arc::clone(&until)));
        } else {
            tasks.spawn(application.suffer(Arc::clone(&until)));
        }
    }
    let mut warm = None;
    loop {
        let calls = until.calls.load(Ordering::Relaxed);
        if calls >= WARM {
            warm.get_or_insert_with(|| (calls, served.memory()));
        }
        match tokio::time::timeout(Duration::from_millis(50), tasks.join_next()).await {
            Ok(Some(ended)) => ended.expect("the application met nothing unexpected"),
            Ok(None) => break,
            Err(_) => {}
        }
    }
    let (calls, before) = warm.expect("it got warm");
    let (all, after) = (until.calls.load(Ordering::Relaxed), served.memory());
    #[expect(clippy::cast_precision_loss, reason = "memory in KiB is far from the limits of f64")]
    let most = before as f64 * (1.0 + GROWTH) + SLACK as f64;
    #[expect(clippy::cast_precision_loss, reason = "memory in KiB is far from the limits of f64")]
    let now = after as f64;
    println!("{before} KiB after {calls} calls, {after} KiB after {all}");
    assert!(now <= most, "memory grew from {before} KiB after {calls} calls to {after} KiB after {all}");
}
