//! The suite tests itself: against each broken variant it must turn red, at the requirements that the variant breaks.

use std::collections::BTreeSet;

use rehearsal::{
    cli::check::{Options, Subject, examine},
    conformance::{Verdict, broken},
    exit_codes,
};

#[tokio::test(flavor = "multi_thread")]
async fn every_variant_turns_the_suite_red_where_it_is_broken() {
    let mut missed = Vec::new();
    for variant in broken::all() {
        let mut options = Options::new(Subject::Broken(variant));
        // The scenarios that must notice; the others take time and prove nothing more.
        let tags: Vec<String> = variant.breaks.iter().map(|id| format!("@{id}")).collect();
        options.selection.tags = Some(tags.join(" or ").parse().expect("a tag expression"));
        let report = examine(options).await.expect("the suite runs");
        if report.exit_code() != exit_codes::NOT_CONFORMANT {
            missed.push(format!("{} breaks anything", variant.name));
        }
        let failed = report.scenarios.iter().filter(|result| result.is_decisive_failure());
        let failed: BTreeSet<String> =
            failed.flat_map(|result| &result.facts.requirements).map(ToString::to_string).collect();
        let silent = variant.breaks.iter().filter(|id| !failed.contains(**id));
        missed.extend(silent.map(|id| format!("{} breaks {id}", variant.name)));
    }
    assert!(missed.is_empty(), "no scenario says that {missed:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_unbroken_service_stays_green_however_few_scenarios_run_at_once() {
    let mut options = Options::new(Subject::Embedded);
    options.jobs = Some(2);
    let report = examine(options).await.expect("the suite runs");
    assert_eq!(report.verdict(), Verdict::Conformant, "{report:#?}");
    assert!(report.left_behind.is_empty(), "{:?}", report.left_behind);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_selection_of_nothing_proves_nothing() {
    let mut options = Options::new(Subject::Embedded);
    options.selection.tags = Some("@no-such-tag".parse().expect("a tag expression"));
    let report = examine(options).await.expect("the suite runs");
    assert_eq!(report.exit_code(), exit_codes::NOTHING_RAN);
}
