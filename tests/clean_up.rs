//! What a run created on its target is deleted at its end, however it ends.

use std::sync::Arc;

use rehearsal::{
    Stage,
    cli::embedded::Embedded,
    conformance::{
        CheckOptions, Console, Moment, Surroundings, Target, Verdict, check, preflight, remove_leftovers,
        verdict::BrokenOff,
    },
};
use tokio::sync::oneshot;

/// The status of a list of all instances: 404 when there are none.
async fn listed(target: &Target) -> u16 {
    let (user, organization) =
        (target.caller.user_secret.expose(), target.caller.organization_secret.expose());
    let answer = reqwest::Client::new()
        .get(target.url.join("/elements/api-v2/instances").expect("a path"))
        .header("authorization", format!("User {user}, Organization {organization}"))
        .send();
    answer.await.expect("an answer").status().as_u16()
}

async fn surroundings() -> (Surroundings, Embedded) {
    let surroundings = Surroundings::new(Stage::new().serve().expect("free ports"));
    let service = Embedded::start(surroundings.providers()).await.expect("a service");
    (surroundings, service)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_leaves_nothing_behind() {
    let (surroundings, service) = surroundings().await;
    let mut options = CheckOptions::new(service.target().clone());
    options.conduct.selection.tags = Some("@INST-107 or @INST-250 or @INST-368".parse().unwrap());
    let report = check(Arc::new(surroundings), options, std::future::pending()).await.unwrap();
    assert_eq!(report.verdict(), Verdict::Conformant);
    assert_eq!(listed(service.target()).await, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_may_not_look_is_told_so_instead_of_deleting_nothing() {
    let (_surroundings, service) = surroundings().await;
    let refused = async |change: fn(&mut Target)| {
        let mut target = service.target().clone();
        change(&mut target);
        remove_leftovers(&target).await.expect_err("it is refused").to_string()
    };
    let error = refused(|target| target.caller.user_secret = "another".into()).await;
    assert!(error.contains("answers 401 Unauthorized to GET /instances"), "{error}");
    let error = refused(|target| target.url = target.url.join("/elsewhere").expect("a path")).await;
    assert!(error.contains("answers 404 Not Found to GET /instances"), "{error}");
    assert_eq!(remove_leftovers(service.target()).await.expect("nothing is there").deleted, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_target_refused_to_make_is_not_left_behind() {
    let (surroundings, service) = surroundings().await;
    let mut target = service.target().clone();
    target.caller.user_secret = "another".into();
    let mut options = CheckOptions::new(target);
    options.conduct.selection.connectors.truncate(1);
    let report = check(Arc::new(surroundings), options, std::future::pending()).await.unwrap();
    assert_eq!((report.verdict(), report.left_behind), (Verdict::NotConformant, Vec::new()));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_reference_service_is_no_trouble_to_a_doctor() {
    let (surroundings, service) = surroundings().await;
    let findings = preflight(&surroundings, service.target()).await.unwrap();
    let connectors = findings.iter().filter(|finding| finding.subject.contains("way of")).count();
    assert!(connectors >= 5 && findings.iter().all(|finding| finding.trouble.is_none()), "{findings:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stranger_whom_the_target_does_not_know_proves_nothing() {
    let (surroundings, service) = surroundings().await;
    let mut target = service.target().clone();
    let stranger = target.stranger.as_mut().expect("the embedded service has one");
    stranger.user_secret = "another".into();
    let refused = check(Arc::new(surroundings), CheckOptions::new(target), std::future::pending()).await;
    let error = refused.expect_err("it is refused").to_string();
    assert!(error.contains("give --second-user-secret"), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn nor_does_one_that_is_interrupted() {
    let (surroundings, service) = surroundings().await;
    let mut options = CheckOptions::new(service.target().clone());
    let (first, ended) = oneshot::channel();
    let mut first = Some(first);
    options.console = Console::Progress(Box::new(move |moment| {
        // Others are under way by then.
        if let Moment::Ended(_) = moment {
            first.take().map(|first| first.send(()));
        }
    }));
    let interrupt = async {
        let _ = ended.await;
    };
    let report = check(Arc::new(surroundings), options, interrupt).await.unwrap();
    assert_eq!(report.broken_off, Some(BrokenOff::Interrupted));
    assert_eq!(report.verdict(), Verdict::NotConformant);
    assert_eq!(listed(service.target()).await, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clean_target_has_no_leftovers() {
    let (_surroundings, service) = surroundings().await;
    let removed = remove_leftovers(service.target()).await.expect("the target answers");
    assert_eq!((removed.deleted, removed.left.len()), (0, 0));
}
