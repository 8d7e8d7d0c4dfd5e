//! The examples hold what they assert.

use std::error::Error;

#[path = "../examples/application_test.rs"]
mod application_test;
#[path = "../examples/conformance_test.rs"]
mod conformance_test;
#[path = "../examples/own_server.rs"]
mod own_server;
#[path = "../examples/with_wiremock.rs"]
mod with_wiremock;

#[test]
fn own_server_runs() -> Result<(), Box<dyn Error>> {
    own_server::main()
}

#[test]
fn with_wiremock_runs() -> Result<(), Box<dyn Error>> {
    with_wiremock::main()
}

#[test]
fn application_test_runs() -> Result<(), Box<dyn Error>> {
    application_test::main()
}

#[test]
fn conformance_test_runs() -> Result<(), Box<dyn Error>> {
    conformance_test::main()
}
