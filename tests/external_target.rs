//! A service that runs elsewhere, and knows the vendors by address, is checked like the embedded one.

use std::{collections::BTreeMap, net::TcpListener};

use rehearsal::{
    Vendor,
    cli::{
        check::{Options, Subject, examine},
        embedded::Embedded,
    },
    conformance::{ConnectorName, Target, Verdict, verdict::Outcome},
};
use url::Url;

/// A listener for each vendor, and a service that knows their addresses.
async fn elsewhere() -> (Vec<TcpListener>, Embedded) {
    let mut listeners = Vec::new();
    let mut providers = BTreeMap::new();
    for vendor in Vendor::ALL {
        let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a free port");
        let address = listener.local_addr().expect("an address");
        providers.insert(vendor, Url::parse(&format!("http://{address}")).expect("a URL"));
        listeners.push(listener);
    }
    (listeners, Embedded::start(providers).await.expect("a service"))
}

fn options(target: Target, listeners: Vec<TcpListener>) -> Options {
    let mut options = Options::new(Subject::External(target, listeners));
    let name: ConnectorName = "box".parse().expect("a connector");
    options.conduct.selection.connectors = vec![name.0];
    options
}

#[tokio::test(flavor = "multi_thread")]
async fn it_is_conformant_under_either_form_of_its_address() {
    for path in ["/", "/elements/api-v2", "/elements/api-v2/"] {
        let (listeners, service) = elsewhere().await;
        let mut target = service.target().clone();
        target.url.set_path(path);
        let report = examine(options(target, listeners)).await.expect("the suite runs");
        assert_eq!(report.verdict(), Verdict::Conformant, "{path}: {report:#?}");
        assert!(report.left_behind.is_empty(), "{path}: {:?}", report.left_behind);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_takes_a_second_caller_is_not_applicable_without_one() {
    let (listeners, service) = elsewhere().await;
    let target = Target { stranger: None, ..service.target().clone() };
    let report = examine(options(target, listeners)).await.expect("the suite runs");
    assert_eq!(report.verdict(), Verdict::Conformant);
    let aside = report.scenarios.iter().filter(|of| matches!(of.outcome, Outcome::NotApplicable(_)));
    assert_eq!(aside.count(), 3);
}
