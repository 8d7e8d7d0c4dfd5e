//! What each fuzz target does with its input, and what must hold whatever the input is. A target that panics has found
//! something.

#[cfg(feature = "readers")]
mod authorization;
mod provider;
#[cfg(feature = "readers")]
mod readers;
#[path = "../../tests/hostile/request.rs"]
mod request;
#[path = "../../tests/hostile/scene.rs"]
mod scene;
#[path = "../../tests/hostile/signing.rs"]
mod signing;

#[cfg(feature = "readers")]
pub use authorization::authorization;
pub use provider::provider;
#[cfg(feature = "readers")]
pub use readers::{configuration, features, reports};
