//! Sockets: listeners for the providers, and the control API.

mod connection;
pub mod control;
mod running;

pub use running::RunningStage;
