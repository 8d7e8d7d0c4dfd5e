//! The control API: what tests do by hand, over HTTP and on a port of its own. Described in `docs/control.md`.

mod error;
mod routes;

pub use routes::router;
