//! Random histories, on the ledger and on a model that is too plain to be wrong: lists, and a rule a line.

use std::time::Duration;

use proptest::prelude::*;

use super::{PLAIN, grant, tenant};
use crate::{
    Clock, Vendor,
    oauth::{Aging, Cascade, Kind, Ledger, Policy, Rotation},
};

const AGING: Aging = Aging {
    renewed_after: Duration::from_secs(120),
    overlap: Duration::from_secs(60),
    at_most: Duration::from_secs(500),
    race: None,
};

#[derive(Clone, Debug)]
enum Step {
    IssueCode,
    Redeem(usize),
    RedeemByAnotherApp(usize),
    Refresh(usize),
    Use(usize),
    Revoke(usize),
    Wait(u64),
}

fn step() -> impl Strategy<Value = Step> {
    let any = || 0..40_usize;
    prop_oneof![
        2 => Just(Step::IssueCode),
        4 => any().prop_map(Step::Redeem),
        1 => any().prop_map(Step::RedeemByAnotherApp),
        5 => any().prop_map(Step::Refresh),
        5 => any().prop_map(Step::Use),
        2 => any().prop_map(Step::Revoke),
        2 => (1..120_u64).prop_map(Step::Wait),
    ]
}

fn policy() -> impl Strategy<Value = Policy> {
    let rotation = prop_oneof![
        Just(Rotation::Never),
        any::<bool>().prop_map(|replay_kills_grant| Rotation::Strict { replay_kills_grant }),
        Just(Rotation::Grace),
        prop::option::of(Just(Duration::from_secs(5)))
            .prop_map(|race| Rotation::Aged(Aging { race, ..AGING })),
    ];
    let cascade = || prop_oneof![Just(Cascade::Alone), Just(Cascade::Grant), Just(Cascade::Connection)];
    (rotation, cascade(), cascade(), any::<bool>(), any::<bool>()).prop_map(
        |(rotation, revoking_access, revoking_refresh, code_replay_kills_grant, refresh_restarts)| Policy {
            code_replay_kills_grant,
            refresh_restarts,
            rotation,
            revoking_access,
            revoking_refresh,
            ..PLAIN
        },
    )
}

struct Token {
    text: String,
    kind: Kind,
    grant: usize,
    issued: u64,
    ends: u64,
    dead: bool,
    rotated: bool,
    redeemed: bool,
    /// Whether it has been dead for so long that the ledger does not know it any more.
    forgotten: bool,
}

/// A refresh under grace that was not confirmed: positions of the old and the new pair.
struct Pending {
    grant: usize,
    old: (usize, Option<usize>),
    new: (usize, usize),
}

struct Model {
    policy: Policy,
    now: u64,
    tokens: Vec<Token>,
    pending: Vec<Pending>,
    grants: Vec<GrantTimes>,
}

#[derive(Clone, Copy)]
struct GrantTimes {
    opened: u64,
    refreshed: Option<u64>,
}

impl Model {
    fn alive(&self, at: usize) -> bool {
        !self.tokens[at].dead && self.now < self.tokens[at].ends
    }

    fn add(&mut self, kind: Kind, grant: usize, text: &str) -> usize {
        let life = match kind {
            Kind::Code => 30,
            Kind::Access => 100,
            Kind::Refresh => 300,
        };
        let last = match (kind, self.policy.rotation) {
            (Kind::Refresh, Rotation::Aged(_)) => self.grants[grant].opened + 500,
            _ => u64::MAX,
        };
        let ends = (self.now + life).min(last);
        self.tokens.push(Token {
            text: text.to_owned(),
            kind,
            grant,
            issued: self.now,
            ends,
            dead: false,
            rotated: false,
            redeemed: false,
            forgotten: false,
        });
        self.tokens.len() - 1
    }

    /// Dies now, unless it has died or expired before.
    fn kill(&mut self, at: usize) -> bool {
        let alive = self.alive(at);
        self.tokens[at].dead = true;
        alive
    }

    fn rotate(&mut self, at: usize) {
        if self.kill(at) {
            self.tokens[at].rotated = true;
        }
    }

    fn kill_grant(&mut self, grant: usize) {
        self.pending.retain(|pending| pending.grant != grant);
        for at in 0..self.tokens.len() {
            if self.tokens[at].grant == grant {
                self.kill(at);
            }
        }
    }

    /// Everything that descends from a consent which was redeemed.
    fn kill_connection(&mut self) {
        for grant in 0..self.grants.len() {
            if self.tokens.iter().any(|token| token.grant == grant && token.kind != Kind::Code) {
                self.kill_grant(grant);
            }
        }
    }

    fn newest(&self, kind: Kind, grant: usize) -> Option<usize> {
        (0..self.tokens.len())
            .rev()
            .find(|at| self.tokens[*at].grant == grant && self.tokens[*at].kind == kind)
    }

    fn forget(&mut self, at: usize) {
        self.tokens[at].forgotten = true;
    }

    fn end_grace(&mut self, grant: usize, keep_new: bool) {
        let Some(index) = self.pending.iter().position(|pending| pending.grant == grant) else { return };
        let pending = self.pending.remove(index);
        if keep_new {
            self.rotate(pending.old.0);
            pending.old.1.into_iter().for_each(|access| self.rotate(access));
        } else {
            self.rotate(pending.new.0);
            self.rotate(pending.new.1);
        }
    }
}

/// What a refresh must do by the model.
enum Expected {
    Refused,
    AccessOnly,
    /// A new pair beside this old access token.
    NewPair(Option<usize>),
    SamePair(usize, usize),
    /// A new access token beside this refresh token.
    Again(usize),
}

fn expected_refresh(model: &mut Model, at: usize) -> Expected {
    let grant = model.tokens[at].grant;
    if model.tokens[at].kind != Kind::Refresh {
        return Expected::Refused;
    }
    if !model.alive(at) {
        let kills = model.policy.rotation == Rotation::Strict { replay_kills_grant: true };
        if model.tokens[at].rotated && kills {
            model.kill_grant(grant);
        }
        return Expected::Refused;
    }
    if model.policy.refresh_restarts && !matches!(model.policy.rotation, Rotation::Aged(_)) {
        model.tokens[at].ends = model.now + 300;
    }
    match model.policy.rotation {
        Rotation::Never => Expected::AccessOnly,
        Rotation::Strict { .. } => {
            model.rotate(at);
            Expected::NewPair(None)
        }
        Rotation::Grace => {
            let pending = model.pending.iter().find(|pending| pending.grant == grant);
            if let Some((old, new)) = pending.map(|pending| (pending.old, pending.new)) {
                let again = old.0 == at;
                if again && model.alive(new.1) && !model.tokens[new.0].forgotten {
                    return Expected::SamePair(new.0, new.1);
                }
                model.end_grace(grant, !again);
                if again {
                    return Expected::NewPair(old.1);
                }
            }
            Expected::NewPair(model.newest(Kind::Access, grant))
        }
        Rotation::Aged(Aging { race, .. }) => {
            let before = model.grants[grant].refreshed.replace(model.now);
            if race.is_some() && before.is_some_and(|before| model.now < before + 5) {
                model.kill_grant(grant);
                return Expected::Refused;
            }
            let Some(current) = model.newest(Kind::Refresh, grant) else { return Expected::NewPair(None) };
            if model.alive(current) && model.now < model.tokens[current].issued + 120 {
                return Expected::Again(current);
            }
            model.tokens[current].ends = model.tokens[current].ends.min(model.now + 60);
            Expected::NewPair(None)
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_history_ends_as_in_the_model(policy in policy(), steps in prop::collection::vec(step(), 1..60)) {
        let tenant = tenant(policy);
        follow(tenant.clock(), tenant.server(Vendor::Box).ledger(), policy, steps, false)?;
    }

    /// The place of a forgotten credential goes to another, which nobody may take for it.
    #[test]
    fn what_is_forgotten_leaves_the_rest_as_in_the_model(
        policy in policy(),
        remembered in 1..4_usize,
        steps in prop::collection::vec(step(), 1..200),
    ) {
        // One dies at a time, so that many are forgotten while others of their grant live on.
        let policy = Policy { revoking_access: Cascade::Alone, revoking_refresh: Cascade::Alone, ..policy };
        let tenant = tenant(policy);
        let ledger = tenant.server(Vendor::Box).ledger().forgetful(remembered);
        follow(tenant.clock(), &ledger, policy, steps, true)?;
    }
}

/// Takes every step on the ledger and on the model, and compares what both know of each credential after it.
fn follow(
    clock: &Clock,
    ledger: &Ledger,
    policy: Policy,
    steps: Vec<Step>,
    forgets: bool,
) -> Result<(), TestCaseError> {
    let mut model = Model { policy, now: 0, tokens: Vec::new(), pending: Vec::new(), grants: Vec::new() };
    for step in steps {
        let known: Vec<usize> = (0..model.tokens.len()).filter(|at| !model.tokens[*at].forgotten).collect();
        let pick = |wanted: usize| (!known.is_empty()).then(|| known[wanted % known.len()]);
        match step {
            Step::Wait(seconds) => {
                clock.advance(Duration::from_secs(seconds));
                model.now += seconds;
            }
            Step::IssueCode => {
                let code = ledger.issue_code(grant());
                model.grants.push(GrantTimes { opened: model.now, refreshed: None });
                let grant = model.grants.len() - 1;
                model.add(Kind::Code, grant, code.expose());
            }
            Step::RedeemByAnotherApp(wanted) => {
                let Some(at) = pick(wanted) else { continue };
                let text = model.tokens[at].text.clone();
                prop_assert!(ledger.redeem(&text, "another app", |_| Ok(())).is_err());
            }
            Step::Redeem(wanted) => {
                let Some(at) = pick(wanted) else { continue };
                let (text, grant) = (model.tokens[at].text.clone(), model.tokens[at].grant);
                let answer = ledger.redeem(&text, "app", |_| Ok(()));
                let good = model.tokens[at].kind == Kind::Code && model.alive(at);
                prop_assert_eq!(answer.is_ok(), good);
                match answer {
                    Ok(issued) => {
                        model.kill(at);
                        model.tokens[at].redeemed = true;
                        model.add(Kind::Access, grant, issued.access_token.expose());
                        model.add(Kind::Refresh, grant, issued.refresh_token.unwrap().expose());
                    }
                    Err(_) if model.tokens[at].redeemed && policy.code_replay_kills_grant => {
                        model.kill_grant(grant);
                    }
                    Err(_) => {}
                }
            }
            Step::Refresh(wanted) => {
                let Some(at) = pick(wanted) else { continue };
                let (text, grant) = (model.tokens[at].text.clone(), model.tokens[at].grant);
                let answer = ledger.refresh(&text, "app", |_| Ok(()));
                match (expected_refresh(&mut model, at), answer) {
                    (Expected::Refused, answer) => prop_assert!(answer.is_err()),
                    (Expected::AccessOnly, answer) => {
                        let issued = answer.unwrap();
                        prop_assert!(issued.refresh_token.is_none());
                        model.add(Kind::Access, grant, issued.access_token.expose());
                    }
                    (Expected::Again(refresh), answer) => {
                        let issued = answer.unwrap();
                        model.add(Kind::Access, grant, issued.access_token.expose());
                        let token = issued.refresh_token.unwrap();
                        prop_assert_eq!(token.expose(), &model.tokens[refresh].text);
                    }
                    (Expected::NewPair(old_access), answer) => {
                        let issued = answer.unwrap();
                        let access = model.add(Kind::Access, grant, issued.access_token.expose());
                        let refresh = model.add(Kind::Refresh, grant, issued.refresh_token.unwrap().expose());
                        if policy.rotation == Rotation::Grace {
                            model.pending.push(Pending {
                                grant,
                                old: (at, old_access),
                                new: (refresh, access),
                            });
                        }
                    }
                    (Expected::SamePair(refresh, access), answer) => {
                        let issued = answer.unwrap();
                        prop_assert_eq!(issued.access_token.expose(), &model.tokens[access].text);
                        let token = issued.refresh_token.unwrap();
                        prop_assert_eq!(token.expose(), &model.tokens[refresh].text);
                    }
                }
            }
            Step::Use(wanted) => {
                let Some(at) = pick(wanted) else { continue };
                let answer = ledger.admit(&model.tokens[at].text);
                let good = model.tokens[at].kind == Kind::Access && model.alive(at);
                prop_assert_eq!(answer.is_ok(), good);
                if good && model.pending.iter().any(|pending| pending.new.1 == at) {
                    model.end_grace(model.tokens[at].grant, true);
                }
            }
            Step::Revoke(wanted) => {
                let Some(at) = pick(wanted) else { continue };
                let answer = ledger.revoke(&model.tokens[at].text);
                let cascade = match model.tokens[at].kind {
                    Kind::Code => None,
                    Kind::Access => Some(policy.revoking_access),
                    Kind::Refresh => Some(policy.revoking_refresh),
                };
                prop_assert_eq!(answer.is_ok(), cascade.is_some() && model.alive(at));
                if answer.is_ok() {
                    model.kill(at);
                    match cascade {
                        Some(Cascade::Grant) => model.kill_grant(model.tokens[at].grant),
                        Some(Cascade::Connection) => model.kill_connection(),
                        _ => {}
                    }
                }
            }
        }
        for at in 0..model.tokens.len() {
            let token = &model.tokens[at];
            match ledger.standing(&token.text) {
                Some(standing) => {
                    prop_assert!(!token.forgotten);
                    prop_assert_eq!(standing.kind, token.kind);
                    let alive = standing.death.is_none();
                    prop_assert_eq!(alive, model.alive(at), "after {:?}: {:?}", step, standing.death);
                }
                None => {
                    prop_assert!(
                        forgets && !model.alive(at),
                        "after {:?} one is not known that was issued",
                        step
                    );
                    model.forget(at);
                }
            }
        }
    }
    Ok(())
}
