//! Every operation of every vendor, with every wrong thing done to it once.

use std::{
    collections::BTreeSet,
    panic::{AssertUnwindSafe, catch_unwind},
};

use rehearsal::Vendor;

use crate::{
    attack::{self, Attack},
    request::Template,
    samples::{self, Sample},
    scene::{Scene, objection},
    values::{BODIES, HEADERS, NAMES, VALUES, VERBS, detours},
};

const MIB: usize = 1024 * 1024;

/// Operations that are refusals by themselves.
const REFUSALS: [&str; 5] = ["wrong-method", "not-found", "unknown-resource", "no-such-call", "unsupported"];

fn attacks(template: &Template) -> Vec<Attack> {
    let own = 0..attack::count(template);
    let mut attacks: Vec<Attack> = VERBS.iter().map(|verb| Attack::Verb((*verb).to_owned())).collect();
    attacks.extend(detours().into_iter().map(Attack::Path));
    for place in own.clone() {
        attacks.push(Attack::Without(place));
        attacks.push(Attack::Twice(place));
        attacks.extend(VALUES.iter().map(|value| Attack::Value(place, value.to_vec())));
        attacks.push(Attack::Value(place, vec![b'a'; MIB]));
    }
    for name in NAMES {
        for value in [&b""[..], b"-1", b"%FF%FE", b"urn:nobody:knows:this"] {
            attacks.push(Attack::Also(name.to_owned(), value.to_vec()));
        }
    }
    for (name, value) in HEADERS {
        attacks.push(Attack::Header(name.to_owned(), value.to_vec()));
        attacks.push(Attack::Instead(name.to_owned(), value.to_vec()));
    }
    for (name, _) in &template.headers {
        attacks.push(Attack::NoHeader(name.clone()));
        attacks.push(Attack::Instead(name.clone(), vec![b'a'; MIB]));
    }
    for (content_type, body) in BODIES {
        attacks.push(Attack::Body(content_type.to_owned(), body.to_vec()));
    }
    let nested = [b"[".repeat(MIB), b"{\"a\":".repeat(MIB / 5)];
    attacks.extend(nested.map(|body| Attack::Body("application/json".to_owned(), body)));
    attacks.extend((0..template.body.len()).step_by(7).map(Attack::Cut));
    attacks
}

/// What the answer to an attacked sample shows to be wrong; a panic is.
fn outcome(scene: &mut Scene, template: &Template) -> Result<Option<u16>, String> {
    match catch_unwind(AssertUnwindSafe(|| scene.send(template))) {
        Err(_) => Err("a panic".to_owned()),
        Ok(None) => Ok(None),
        Ok(Some(reply)) => match objection(scene.vendor, &reply) {
            Some(objection) => Err(objection),
            None => Ok(Some(reply.status().as_u16())),
        },
    }
}

fn abridged(value: &impl std::fmt::Debug) -> String {
    let text = format!("{value:?}");
    if text.len() > 300 { format!("{}...", text.chars().take(300).collect::<String>()) } else { text }
}

fn withstands_the_table(vendor: Vendor) {
    let mut wrong = Vec::new();
    let mut sent = 0_usize;
    for Sample { operation, template } in samples::of(vendor) {
        // Each operation starts afresh: what one destroys is not missed by the next.
        let mut scene = Scene::at(vendor);
        for attack in attacks(&template) {
            let mut attacked = template.clone();
            attack.apply(&mut attacked);
            match outcome(&mut scene, &attacked) {
                Err(objection) => wrong.push(format!("{operation}: {}: {objection}", abridged(&attack))),
                Ok(Some(status)) => {
                    sent += 1;
                    if matches!(&attack, Attack::Verb(verb) if verb == "BREW")
                        && !(400..500).contains(&status)
                    {
                        wrong.push(format!("{operation}: a verb that nobody knows is answered {status}"));
                    }
                }
                Ok(None) => {}
            }
        }
    }
    assert!(sent > 1_000, "{vendor}: only {sent} requests could be sent");
    assert!(wrong.is_empty(), "{vendor}: {} of {sent} are wrong: {wrong:#?}", wrong.len());
}

/// What the journal calls the last request.
fn last_operation(scene: &Scene) -> &'static str {
    scene.tenant.journal().entries().last().expect("a request was sent").operation
}

#[test]
fn every_operation_has_a_good_request() {
    let mut wrong = Vec::new();
    for vendor in Vendor::ALL {
        let file = samples::file(vendor);
        let mut reached = BTreeSet::new();
        for Sample { operation, template } in samples::of(vendor) {
            let mut scene = Scene::at(vendor);
            let reply = scene.send(&template).expect("a sample is HTTP");
            let led_to = last_operation(&scene);
            if led_to != operation {
                wrong.push(format!("{file}: the request for {operation} is one for {led_to}"));
            }
            if (reply.status().as_u16() >= 400) != REFUSALS.contains(&operation.as_str()) {
                wrong.push(format!("{file}: {operation} is answered {}: {}", reply.status(), reply.text()));
            }
            reached.insert(operation);
        }
        for operation in Scene::at(vendor).stage.operations(vendor) {
            if !reached.contains(*operation) {
                wrong.push(format!("{file}: add a good request for {operation}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn adobe_sign_withstands_the_table() {
    withstands_the_table(Vendor::AdobeSign);
}

#[test]
fn bigcommerce_withstands_the_table() {
    withstands_the_table(Vendor::BigCommerce);
}

#[test]
fn box_withstands_the_table() {
    withstands_the_table(Vendor::Box);
}

#[test]
fn egnyte_withstands_the_table() {
    withstands_the_table(Vendor::Egnyte);
}

#[test]
fn salesforce_withstands_the_table() {
    withstands_the_table(Vendor::Salesforce);
}

#[test]
fn quickbooks_withstands_the_table() {
    withstands_the_table(Vendor::QuickBooks);
}
