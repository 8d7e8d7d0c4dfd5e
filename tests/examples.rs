//! The examples hold what they assert.

#![expect(
    clippy::duplicate_mod,
    reason = "two examples test the same application, and each is a program of its own"
)]

use std::error::Error;

#[path = "../examples/application_test.rs"]
mod application_test;
#[path = "../examples/application_test_with_wiremock.rs"]
mod application_test_with_wiremock;
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
fn application_test_with_wiremock_runs() -> Result<(), Box<dyn Error>> {
    application_test_with_wiremock::main()
}
