//! Random sequences of requests, each with several wrong things done to it, in one world.

use proptest::{collection::vec, prelude::*};
use rehearsal::Vendor;

use crate::{
    attack::{Attack, Detour},
    samples,
    scene::{Scene, objection},
    values::{HEADERS, NAMES, VALUES, VERBS},
};

fn bytes() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        3 => prop::sample::select(VALUES.to_vec()).prop_map(<[u8]>::to_vec),
        1 => vec(any::<u8>(), 0..40),
        1 => any::<i128>().prop_map(|number| number.to_string().into_bytes()),
    ]
}

fn segment() -> impl Strategy<Value = String> {
    prop_oneof!["[/a-zA-Z0-9._~%-]{0,12}", "(/[a-z0-9.]{1,8}){1,6}", "%[0-9A-F]{2}"]
}

fn attack() -> impl Strategy<Value = Attack> {
    let place = || 0..8_usize;
    let header = || prop::sample::select(HEADERS.map(|(name, _)| name).to_vec()).prop_map(str::to_owned);
    prop_oneof![
        prop::sample::select(VERBS.to_vec()).prop_map(|verb| Attack::Verb(verb.to_owned())),
        segment().prop_map(|text| Attack::Path(Detour::Before(format!("/{text}")))),
        segment().prop_map(|text| Attack::Path(Detour::Behind(text))),
        segment().prop_map(|text| Attack::Path(Detour::Last(text))),
        place().prop_map(Attack::Without),
        place().prop_map(Attack::Twice),
        (place(), bytes()).prop_map(|(place, value)| Attack::Value(place, value)),
        (prop::sample::select(NAMES.to_vec()), bytes())
            .prop_map(|(name, value)| Attack::Also(name.to_owned(), value)),
        (header(), bytes()).prop_map(|(name, value)| Attack::Header(name, value)),
        (header(), bytes()).prop_map(|(name, value)| Attack::Instead(name, value)),
        header().prop_map(Attack::NoHeader),
        ("[a-z]{0,6}/[a-z-]{0,22}(; ?boundary=[a-z]{0,3})?", vec(any::<u8>(), 0..200))
            .prop_map(|(content_type, body)| Attack::Body(content_type, body)),
        (0..200_usize).prop_map(Attack::Cut),
    ]
}

/// Which sample, and what is done to it.
fn sequence() -> impl Strategy<Value = Vec<(prop::sample::Index, Vec<Attack>)>> {
    vec((any::<prop::sample::Index>(), vec(attack(), 0..5)), 1..6)
}

fn withstands(vendor: Vendor, sequence: &[(prop::sample::Index, Vec<Attack>)]) -> Result<(), TestCaseError> {
    let samples = samples::of(vendor);
    let mut scene = Scene::at(vendor);
    for (which, attacks) in sequence {
        let sample = which.get(&samples);
        let mut template = sample.template.clone();
        for attack in attacks {
            attack.apply(&mut template);
        }
        if let Some(reply) = scene.send(&template) {
            let wrong = objection(vendor, &reply);
            prop_assert!(wrong.is_none(), "{}: {template:?}: {wrong:?}", sample.operation);
        }
    }
    Ok(())
}

proptest! {
    // Each case is a world of its own and several requests in it.
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn adobe_sign_withstands_random_sequences(sequence in sequence()) {
        withstands(Vendor::AdobeSign, &sequence)?;
    }

    #[test]
    fn bigcommerce_withstands_random_sequences(sequence in sequence()) {
        withstands(Vendor::BigCommerce, &sequence)?;
    }

    #[test]
    fn box_withstands_random_sequences(sequence in sequence()) {
        withstands(Vendor::Box, &sequence)?;
    }

    #[test]
    fn egnyte_withstands_random_sequences(sequence in sequence()) {
        withstands(Vendor::Egnyte, &sequence)?;
    }

    #[test]
    fn salesforce_withstands_random_sequences(sequence in sequence()) {
        withstands(Vendor::Salesforce, &sequence)?;
    }

    #[test]
    fn quickbooks_withstands_random_sequences(sequence in sequence()) {
        withstands(Vendor::QuickBooks, &sequence)?;
    }
}
