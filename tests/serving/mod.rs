//! A running `serve`, for tests through the real binary.

use std::{
    io::{BufRead, BufReader},
    process::{Child, Command, Stdio},
};

use serde_json::Value;

/// A running `serve`, killed on drop.
pub(crate) struct Serve {
    pub(crate) child: Child,
    /// The line that says where everything is.
    pub(crate) addresses: Value,
}

impl Serve {
    /// Runs `serve` on free ports, with what `and` adds, until it is ready.
    pub(crate) fn start(and: impl FnOnce(&mut Command) -> &mut Command) -> Self {
        let mut serve = Command::new(env!("CARGO_BIN_EXE_rehearsal"));
        serve.args(["serve", "--json", "--port-base", "0"]).stdout(Stdio::piped());
        let mut child = and(&mut serve).spawn().expect("the binary starts");
        let out = child.stdout.take().expect("the output is piped");
        // Dropped, and so killed, if what it prints is something else.
        let mut serve = Self { child, addresses: Value::Null };
        let mut line = String::new();
        BufReader::new(out).read_line(&mut line).expect("one line is printed");
        serve.addresses = serde_json::from_str(&line).expect("the line is JSON");
        serve
    }

    pub(crate) fn text(&self, pointer: &str) -> &str {
        let found = self.addresses.pointer(pointer).and_then(Value::as_str);
        found.unwrap_or_else(|| panic!("{pointer} is a text"))
    }
}

impl Drop for Serve {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
