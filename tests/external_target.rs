//! A service that runs elsewhere, and knows the vendors by address, is checked like the embedded one.

use rehearsal::{
    RunningStage, Stage, Vendor,
    cli::{
        check::{Options, Subject, examine},
        embedded::Embedded,
    },
    conformance::{ConnectorName, Target, Verdict, verdict::Outcome},
};

/// A stage, and a service that knows its vendors.
async fn elsewhere() -> (RunningStage, Embedded) {
    let stage = Stage::start().await.expect("a stage");
    let providers = Vendor::ALL.map(|vendor| (vendor, stage.url(vendor))).into();
    (stage, Embedded::start(providers).await.expect("a service"))
}

fn options(target: Target, stage: RunningStage) -> Options {
    let mut options = Options::new(Subject::External(target, Box::new(stage)));
    let name: ConnectorName = "box".parse().expect("a connector");
    options.conduct.selection.connectors = vec![name.0];
    options
}

#[tokio::test(flavor = "multi_thread")]
async fn it_is_conformant_under_either_form_of_its_address() {
    for path in ["/", "/elements/api-v2", "/elements/api-v2/"] {
        let (stage, service) = elsewhere().await;
        let mut target = service.target().clone();
        target.url.set_path(path);
        let report = examine(options(target, stage)).await.expect("the suite runs");
        assert_eq!(report.verdict(), Verdict::Conformant, "{path}: {report:#?}");
        assert!(report.left_behind.is_empty(), "{path}: {:?}", report.left_behind);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_takes_a_second_caller_is_not_applicable_without_one() {
    let (stage, service) = elsewhere().await;
    let target = Target { stranger: None, ..service.target().clone() };
    let report = examine(options(target, stage)).await.expect("the suite runs");
    assert_eq!(report.verdict(), Verdict::Conformant);
    let aside = report.scenarios.iter().filter(|of| matches!(of.outcome, Outcome::NotApplicable(_)));
    assert_eq!(aside.count(), 3);
}
