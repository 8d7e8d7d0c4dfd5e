//! A text that somebody has tampered with is refused, or makes a world that answers; it never brings the process down.

use proptest::prelude::*;
use rehearsal::{ConsentGiven, Snapshot, Stage, Vendor};
use serde_json::{Value, json};

use crate::vendors::{Ask, call};

/// The text of a world where everything has happened once, and its tokens by vendor.
fn world() -> (String, Vec<(Vendor, String)>) {
    let stage = Stage::builder().seed(5).build();
    let tenant = stage.default_tenant();
    tenant.clock().freeze();
    let mut tokens = Vec::new();
    for vendor in Vendor::ALL {
        let demo = tenant.demo(vendor);
        let issued =
            tenant.issue_tokens(vendor, ConsentGiven::default()).expect("the demo app is registered");
        if let Some(refresh) = &issued.refresh_token {
            let _ = stage.respond(vendor, &call(vendor, Ask::Refresh, &demo, refresh.expose(), 1));
            tokens.push((vendor, refresh.expose().to_owned()));
        }
        let _ = stage.respond(vendor, &call(vendor, Ask::Write, &demo, issued.access_token.expose(), 1));
        tokens.push((vendor, issued.access_token.expose().to_owned()));
        let code = tenant.issue_code(vendor, ConsentGiven::default()).expect("the demo app is registered");
        tokens.push((vendor, code.expose().to_owned()));
    }
    (tenant.snapshot().to_json(), tokens)
}

/// Every place in a value, as JSON pointers.
fn places(value: &Value, at: &str, found: &mut Vec<String>) {
    found.push(at.to_owned());
    match value {
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(index, item)| places(item, &format!("{at}/{index}"), found));
        }
        Value::Object(members) => {
            members.iter().for_each(|(name, member)| places(member, &format!("{at}/{name}"), found));
        }
        _ => {}
    }
}

fn tampered() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(Value::Null),
        Just(json!(0)),
        Just(json!(1)),
        Just(json!(-1)),
        Just(json!(i64::MAX)),
        Just(json!(i64::MIN)),
        Just(json!(u64::MAX)),
        Just(json!(u32::MAX)),
        Just(json!("")),
        Just(json!("9")),
        Just(json!([])),
        Just(json!({})),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nothing_that_is_written_into_a_text_brings_the_process_down(
        changes in prop::collection::vec((any::<prop::sample::Index>(), tampered()), 1..4),
    ) {
        let (text, tokens) = world();
        let mut value: Value = serde_json::from_str(&text).expect("it is JSON");
        for (place, tampered) in changes {
            let mut found = Vec::new();
            places(&value, "", &mut found);
            if let Some(at) = value.pointer_mut(&found[place.index(found.len())]) {
                *at = tampered;
            }
        }
        let Ok(snapshot) = Snapshot::from_json(&value.to_string()) else { return Ok(()) };
        let stage = Stage::new();
        let tenant = stage.default_tenant();
        if tenant.restore(&snapshot).is_err() {
            return Ok(());
        }
        for (vendor, token) in &tokens {
            let demo = tenant.demo(*vendor);
            for (number, ask) in [Ask::Read, Ask::Write, Ask::Refresh, Ask::Redeem, Ask::Revoke].into_iter().enumerate() {
                let _ = stage.respond(*vendor, &call(*vendor, ask, &demo, token, number));
            }
        }
        let again = Snapshot::from_json(&tenant.snapshot().to_json()).expect("what is written can be read");
        prop_assert!(Stage::new().tenant().restore(&again).is_ok());
    }
}
