//! Log lines of `serve`, on standard error: warnings, or what `RUST_LOG` asks for.

use std::io;

use tracing_subscriber::EnvFilter;

/// Writes log lines from now on. Where a program has set up its own already, that one stays.
pub(crate) fn start() {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("warn"));
    let writer = tracing_subscriber::fmt().with_env_filter(filter).with_writer(io::stderr).with_target(false);
    // An error says that there is one already.
    let _ = writer.try_init();
}
