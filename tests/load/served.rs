//! A running `serve`, and what the kernel says of it.

use std::{
    fs,
    io::{BufRead, BufReader},
    net::SocketAddr,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use serde_json::Value;

/// Nothing that is waited for here takes as long.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

/// Killed on drop.
pub(crate) struct Served {
    child: Child,
    addresses: Value,
}

impl Served {
    pub(crate) fn start() -> Self {
        Self::started_by(Command::new(env!("CARGO_BIN_EXE_rehearsal")))
    }

    /// Started by a shell that lets it have no more files open than this, unless it asks for more.
    pub(crate) fn start_with_files(count: usize) -> Self {
        let mut shell = Command::new("sh");
        let script = format!("ulimit -Sn {count}; exec \"$0\" \"$@\"");
        shell.args(["-c", &script, env!("CARGO_BIN_EXE_rehearsal")]);
        Self::started_by(shell)
    }

    fn started_by(mut command: Command) -> Self {
        let mut child = command
            .args(["serve", "--json", "--port-base", "0"])
            .stdout(Stdio::piped())
            .spawn()
            .expect("the binary starts");
        let mut line = String::new();
        let out = child.stdout.take().expect("the output is piped");
        BufReader::new(out).read_line(&mut line).expect("one line is printed");
        Self { child, addresses: serde_json::from_str(&line).expect("the line is JSON") }
    }

    pub(crate) fn text(&self, pointer: &str) -> &str {
        let text = self.addresses.pointer(pointer).and_then(Value::as_str);
        text.unwrap_or_else(|| panic!("{pointer} is a text"))
    }

    /// Where a vendor's stand-in listens.
    pub(crate) fn address(&self, vendor: &str) -> SocketAddr {
        let url = self.text(&format!("/providers/{vendor}"));
        url.trim_start_matches("http://").parse().expect("the URL is an address")
    }

    /// The memory that it has in use, in KiB.
    pub(crate) fn memory(&self) -> u64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id())).expect("it runs");
        let line = status.lines().find(|line| line.starts_with("VmRSS:")).expect("the kernel says it");
        line.split_ascii_whitespace().nth(1).and_then(|number| number.parse().ok()).expect("a number of KiB")
    }

    /// How many files and sockets it has open.
    pub(crate) fn open_files(&self) -> usize {
        fs::read_dir(format!("/proc/{}/fd", self.child.id())).expect("it runs").count()
    }

    /// Waits until it has no more than `count` files and sockets open.
    pub(crate) async fn returns_to(&self, count: usize) {
        let since = Instant::now();
        while self.open_files() > count {
            assert!(
                since.elapsed() < PATIENCE,
                "{} files are still open, and not {count}",
                self.open_files()
            );
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
