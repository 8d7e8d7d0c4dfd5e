//! Sockets: listeners for the providers, and the control API.

mod connection;
mod running;

pub use running::RunningStage;
