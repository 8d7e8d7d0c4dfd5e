//! Random histories: after a restoration every credential stands as before, and every next answer is the same.

use std::time::Duration;

use proptest::prelude::*;
use rehearsal::{
    ConsentGiven, Fault, Reply, Secret, Snapshot, Stage, TenantHandle, Vendor,
    oauth::{Cascade, Issued, Policy, Rotation},
};

use crate::vendors::{Ask, call};

#[derive(Clone, Debug)]
enum Step {
    IssueCode,
    IssueTokens,
    Ask(Ask, usize),
    Expire(usize),
    Kill(usize),
    Wait(u64),
    ChangePassword,
    AnotherUser,
    SetPolicy(Rotation, bool),
    Inject(u64),
}

fn step() -> impl Strategy<Value = Step> {
    let ask = prop_oneof![
        4 => Just(Ask::Redeem),
        4 => Just(Ask::Refresh),
        1 => Just(Ask::Revoke),
        4 => Just(Ask::Read),
        2 => Just(Ask::Write),
    ];
    let rotation = prop_oneof![
        Just(Rotation::Never),
        any::<bool>().prop_map(|replay_kills_grant| Rotation::Strict { replay_kills_grant }),
        Just(Rotation::Grace),
    ];
    prop_oneof![
        2 => Just(Step::IssueCode),
        2 => Just(Step::IssueTokens),
        12 => (ask, 0..30_usize).prop_map(|(ask, at)| Step::Ask(ask, at)),
        1 => (0..30_usize).prop_map(Step::Expire),
        1 => (0..30_usize).prop_map(Step::Kill),
        2 => (1..4000_u64).prop_map(Step::Wait),
        1 => Just(Step::ChangePassword),
        1 => Just(Step::AnotherUser),
        1 => (rotation, any::<bool>()).prop_map(|(rotation, kills)| Step::SetPolicy(rotation, kills)),
        1 => any::<u64>().prop_map(Step::Inject),
    ]
}

fn vendor() -> impl Strategy<Value = Vendor> {
    prop::sample::select(Vendor::ALL.to_vec())
}

/// A tenant, and every code and token that it is known to have given out.
struct Scene {
    vendor: Vendor,
    stage: Stage,
    tenant: TenantHandle,
    credentials: Vec<String>,
}

impl Scene {
    fn know(&mut self, reply: &Reply) -> String {
        let body: serde_json::Value = serde_json::from_slice(reply.body()).unwrap_or_default();
        for member in ["access_token", "refresh_token"] {
            self.credentials.extend(body[member].as_str().map(ToOwned::to_owned));
        }
        let headers: Vec<_> =
            reply.headers().iter().map(|(name, value)| format!("{name}: {value:?}")).collect();
        format!("{} {headers:?} {} {:?}", reply.status(), reply.text(), reply.verdict)
    }

    /// Does it, and says all that can be seen of how it went.
    fn take(&mut self, step: &Step, number: usize) -> String {
        let (vendor, tenant) = (self.vendor, &self.tenant);
        let pick =
            |at: usize| self.credentials.get(at % self.credentials.len().max(1)).cloned().unwrap_or_default();
        match step {
            Step::IssueCode => {
                let code =
                    tenant.issue_code(vendor, ConsentGiven::default()).map(|code| code.expose().to_owned());
                self.credentials.extend(code.clone());
                format!("{code:?}")
            }
            Step::IssueTokens => {
                let Issued { access_token, refresh_token, .. } =
                    tenant.issue_tokens(vendor, ConsentGiven::default()).expect("the demo app is registered");
                let tokens: Vec<_> = [Some(access_token), refresh_token]
                    .iter()
                    .flatten()
                    .map(|token| Secret::expose(token).to_owned())
                    .collect();
                self.credentials.extend(tokens.clone());
                format!("{tokens:?}")
            }
            Step::Ask(ask, at) => {
                let request = call(vendor, *ask, &tenant.demo(vendor), &pick(*at), number);
                let reply = self.stage.respond(vendor, &request);
                self.know(&reply)
            }
            Step::Expire(at) => format!("{:?}", tenant.expire(vendor, &pick(*at))),
            Step::Kill(at) => format!("{:?}", tenant.revoke(vendor, &pick(*at))),
            Step::Wait(seconds) => {
                tenant.clock().advance(Duration::from_secs(*seconds));
                format!("{}", tenant.clock().now())
            }
            Step::ChangePassword => {
                let changed = tenant.change_password(vendor, &tenant.demo(vendor).login);
                format!("{:?}", changed.map(|password| password.expose().to_owned()))
            }
            Step::AnotherUser => {
                let user = tenant.register_user(vendor, tenant.new_user(vendor)).expect("the names are free");
                format!("{user:?}")
            }
            Step::SetPolicy(rotation, kills) => {
                let cascade = if *kills { Cascade::Grant } else { Cascade::Alone };
                let policy = Policy {
                    rotation: *rotation,
                    code_replay_kills_grant: *kills,
                    revoking_access: cascade,
                    ..tenant.policy(vendor)
                };
                tenant.set_policy(vendor, policy);
                String::new()
            }
            Step::Inject(seed) => {
                let fault = Fault::server_error().at(vendor).chance(0.3, *seed);
                format!("{:?}", tenant.inject(fault))
            }
        }
    }

    fn standings(&self) -> Vec<String> {
        let standing = |credential: &String| format!("{:?}", self.tenant.standing(self.vendor, credential));
        self.credentials.iter().map(standing).collect()
    }
}

/// The first lines that differ.
fn first_difference(left: &str, right: &str) -> Option<String> {
    let pairs = left.lines().chain(["the end"]).zip(right.lines().chain(["the end"])).enumerate();
    let (line, (left, right)) = pairs.into_iter().find(|(_, (left, right))| left != right)?;
    Some(format!("line {}: {left} instead of {right}", line + 1))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 120, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_restored_world_goes_on_as_the_first_would_have(
        vendor in vendor(),
        before in prop::collection::vec(step(), 0..50),
        after in prop::collection::vec(step(), 1..40),
    ) {
        // The default tenant also gets the calls whose credential nobody owns.
        let stage = Stage::builder().seed(11).build();
        let tenant = stage.default_tenant();
        tenant.clock().freeze();
        let mut first = Scene { vendor, stage, tenant, credentials: Vec::new() };
        for (number, step) in before.iter().enumerate() {
            first.take(step, number);
        }

        let text = first.tenant.snapshot().to_json();
        let stage = Stage::new();
        let tenant = stage.default_tenant();
        tenant.restore(&Snapshot::from_json(&text).expect("it is a snapshot")).expect("nothing is in its way");
        let credentials = first.credentials.clone();
        let mut second = Scene { vendor, stage, tenant, credentials };

        prop_assert_eq!(first_difference(&second.tenant.snapshot().to_json(), &text), None);
        prop_assert_eq!(second.standings(), first.standings());
        for (number, step) in after.iter().enumerate() {
            let number = before.len() + number;
            prop_assert_eq!(second.take(step, number), first.take(step, number), "{:?} at {}", step, number);
        }
        let (second, first) = (second.tenant.snapshot().to_json(), first.tenant.snapshot().to_json());
        prop_assert_eq!(first_difference(&second, &first), None);
    }
}

/// The histories are only worth something if they come by what they are about.
#[test]
fn the_calls_of_the_histories_do_what_they_say() {
    for vendor in Vendor::ALL {
        let stage = Stage::builder().seed(3).build();
        let tenant = stage.tenant();
        tenant.clock().freeze();
        let demo = tenant.demo(vendor);
        let code = tenant.issue_code(vendor, ConsentGiven::default()).expect("the demo app is registered");
        let ask = |ask, token: &str| stage.respond(vendor, &call(vendor, ask, &demo, token, 1));
        let redeemed = ask(Ask::Redeem, code.expose());
        assert_eq!(redeemed.status(), 200, "{vendor}: {}", redeemed.text());
        let body: serde_json::Value = serde_json::from_slice(redeemed.body()).expect("tokens are JSON");
        let access = body["access_token"].as_str().expect("there is a token");
        for (kind, token) in [(Ask::Read, access), (Ask::Write, access)] {
            let reply = ask(kind, token);
            assert!(reply.status().is_success(), "{vendor} {kind:?}: {}", reply.text());
        }
        if let Some(refresh) = body["refresh_token"].as_str() {
            let reply = ask(Ask::Refresh, refresh);
            assert_eq!(reply.status(), 200, "{vendor}: {}", reply.text());
        }
        let reply = ask(Ask::Revoke, access);
        assert!(reply.status().is_success(), "{vendor}: {}", reply.text());
    }
}
