//! The suite tests itself: against each broken variant it must turn red, at the requirements that the variant breaks, and
//! on each permitted variant it must stay green, with all its scenarios. Here some of each take their turn;
//! `rehearsal check --broken all --permitted all` runs them all, and CI asks for that.

use std::collections::BTreeSet;

use rehearsal::{
    cli::{
        check::{Options, Subject, examine},
        score::{cried_wolf, missed_by},
    },
    conformance::{
        Verdict, broken, permitted,
        requirements::{self, Level, Tier},
    },
    exit_codes,
};

#[tokio::test(flavor = "multi_thread")]
async fn a_broken_variant_turns_the_suite_red_where_it_is_broken() {
    let mut missed = Vec::new();
    for variant in broken::all().step_by(12) {
        let silent = missed_by(variant).await.expect("the suite runs");
        missed.extend(silent.iter().map(|id| format!("{} breaks {id}", variant.name)));
    }
    assert!(missed.is_empty(), "no scenario says that {missed:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_permitted_variant_leaves_the_suite_green() {
    let mut red = Vec::new();
    for variant in permitted::all().step_by(9) {
        let failed = cried_wolf(variant).await.expect("the suite runs");
        red.extend(failed.iter().map(|id| format!("{} fails {id}", variant.name)));
    }
    assert!(red.is_empty(), "it is allowed that {red:#?}");
}

#[test]
fn there_is_a_variant_for_every_must_of_the_core_and_for_every_area() {
    let broken: BTreeSet<&str> = broken::all().flat_map(|variant| variant.breaks).copied().collect();
    let core = requirements::all().iter().filter(|of| of.tier == Tier::Core && of.level == Level::Must);
    let spared: Vec<String> =
        core.map(|of| of.id.to_string()).filter(|id| !broken.contains(id.as_str())).collect();
    assert!(spared.is_empty(), "no variant breaks {spared:?}");
    let areas: BTreeSet<&str> = requirements::all().iter().map(|of| of.area.as_str()).collect();
    let hit = requirements::all().iter().filter(|of| broken.contains(of.id.to_string().as_str()));
    assert_eq!(hit.map(|of| of.area.as_str()).collect::<BTreeSet<_>>(), areas);
    assert!(broken::all().count() >= 120, "{}", broken::all().count());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_unbroken_service_stays_green_however_few_scenarios_run_at_once() {
    let mut options = Options::new(Subject::Embedded);
    options.conduct.jobs = 2;
    let report = examine(options).await.expect("the suite runs");
    assert_eq!(report.verdict(), Verdict::Conformant, "{report:#?}");
    assert!(report.left_behind.is_empty(), "{:?}", report.left_behind);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_selection_of_nothing_proves_nothing() {
    let mut options = Options::new(Subject::Embedded);
    options.conduct.selection.tags = Some("@no-such-tag".parse().expect("a tag expression"));
    let report = examine(options).await.expect("the suite runs");
    assert_eq!(report.exit_code(), exit_codes::NOTHING_RAN);
}
