//! The examples hold what they assert.

use std::error::Error;

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
