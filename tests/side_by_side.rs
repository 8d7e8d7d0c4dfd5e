//! Two runs in one process at the same time: neither changes the other's verdict, and the panic hook of the process is
//! afterwards what it was. The hook is one for the process, so this test has one of its own.

use std::{
    panic,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use rehearsal::{
    cli::check::{Options, Subject, examine},
    conformance::{Verdict, broken},
};

/// One requirement at every connector.
async fn verdict(subject: Subject) -> Verdict {
    let mut options = Options::new(subject);
    options.conduct.selection.tags = Some("@INST-280".parse().expect("a tag expression"));
    examine(options).await.expect("the suite runs").verdict()
}

#[tokio::test(flavor = "multi_thread")]
async fn two_runs_at_a_time_keep_their_verdicts_and_leave_the_panic_hook_alone() {
    let told = Arc::new(AtomicUsize::new(0));
    let telling = Arc::clone(&told);
    panic::set_hook(Box::new(move |_| {
        telling.fetch_add(1, Ordering::Relaxed);
    }));
    let broken = broken::all().find(|variant| variant.name == "401-becomes-500").expect("a variant");
    for _ in 0..3 {
        let verdicts = tokio::join!(verdict(Subject::Broken(broken)), verdict(Subject::Embedded));
        assert_eq!(verdicts, (Verdict::NotConformant, Verdict::Conformant));
    }
    assert_eq!(told.load(Ordering::Relaxed), 0, "failed steps are not told as panics");
    panic::catch_unwind(|| panic!("told")).expect_err("a panic");
    assert_eq!(told.load(Ordering::Relaxed), 1);
}
