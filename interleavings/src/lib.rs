//! A world in which threads take turns as a checker says, and what can be asked of it.

use std::{fmt, sync::Arc};

use bytes::Bytes;
use http::Request;
use rehearsal::{
    Clock, ConsentGiven, Secret, Stage, TenantHandle, Timestamp, Vendor,
    oauth::{Issued, Policy},
};
use serde_json::Value;
use shuttle::thread;

/// Runs in each test. With a seed for each, what broke is told so that it can be run again.
const RUNS: usize = 1_000;

/// How many changes of thread a hard bug may need.
const DEPTH: usize = 4;

/// Tries many orders of the threads that `run` starts: any, and those in which few changes of thread fall at odd places.
pub fn explored(run: impl Fn() + Clone + Send + Sync + 'static) {
    shuttle::check_random(run.clone(), RUNS);
    shuttle::check_pct(run, RUNS, DEPTH);
}

/// Does two things at the same time, and says what came of each.
pub fn both<A: Send + 'static, B: Send + 'static>(
    one: impl FnOnce() -> A + Send + 'static,
    other: impl FnOnce() -> B + Send + 'static,
) -> (A, B) {
    let one = thread::spawn(one);
    let other = thread::spawn(other);
    let (one, other) = (one.join(), other.join());
    (one.expect("nothing panics"), other.expect("nothing panics"))
}

/// One tenant with an app and a user at Box.
#[derive(Clone)]
pub struct World {
    stage: Stage,
    pub tenant: TenantHandle,
    client_id: Arc<str>,
    client_secret: Secret,
}

/// What Box answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    pub status: u16,
    pub body: Value,
}

impl World {
    pub fn new(change: impl FnOnce(&mut Policy)) -> Self {
        let stage = Stage::builder().seed(1).clock(Clock::stopped_at(Timestamp::from_millis(0))).build();
        let tenant = stage.tenant();
        let demo = tenant.demo(Vendor::Box);
        let mut policy = tenant.policy(Vendor::Box);
        change(&mut policy);
        tenant.set_policy(Vendor::Box, policy);
        Self { stage, tenant, client_id: demo.client_id.into(), client_secret: demo.client_secret }
    }

    /// Another tenant of the same stage.
    pub fn other(&self) -> Self {
        Self { tenant: self.stage.tenant(), ..self.clone() }
    }

    pub fn code(&self) -> Secret {
        let code = self.tenant.issue_code(Vendor::Box, ConsentGiven::default());
        code.expect("the demo app is registered")
    }

    pub fn tokens(&self) -> Issued {
        let tokens = self.tenant.issue_tokens(Vendor::Box, ConsentGiven::default());
        tokens.expect("the demo app is registered")
    }

    /// The token endpoint.
    pub fn grant(&self, kind: &str, name: &str, credential: &str) -> Answer {
        let form = form_urlencoded::Serializer::new(String::new())
            .append_pair("grant_type", kind)
            .append_pair(name, credential)
            .append_pair("client_id", &self.client_id)
            .append_pair("client_secret", self.client_secret.expose())
            .finish();
        let request =
            Request::post("/oauth2/token").header("content-type", "application/x-www-form-urlencoded");
        self.ask(request.body(Bytes::from(form)))
    }

    pub fn redeem(&self, code: &Secret) -> Answer {
        self.grant("authorization_code", "code", code.expose())
    }

    pub fn refresh(&self, refresh_token: &Secret) -> Answer {
        self.grant("refresh_token", "refresh_token", refresh_token.expose())
    }

    /// The current user, by this token.
    pub fn call(&self, token: &str) -> u16 {
        let request = Request::get("/2.0/users/me").header("authorization", format!("Bearer {token}"));
        self.ask(request.body(Bytes::new())).status
    }

    pub fn is_alive(&self, token: &str) -> bool {
        self.tenant.standing(Vendor::Box, token).is_some_and(|standing| standing.death.is_none())
    }

    fn ask(&self, request: http::Result<Request<Bytes>>) -> Answer {
        let reply = self.stage.respond(Vendor::Box, &request.expect("the request is well formed"));
        Answer {
            status: reply.status().as_u16(),
            body: serde_json::from_slice(reply.body()).unwrap_or_default(),
        }
    }
}

impl Answer {
    /// A token in the answer.
    pub fn token(&self, name: &str) -> Option<&str> {
        self.body[name].as_str()
    }
}

impl fmt::Debug for World {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("World")
    }
}
