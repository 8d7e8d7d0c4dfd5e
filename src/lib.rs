#![doc = "Rehearse the death of a token."]

pub mod clock;
#[cfg(feature = "instances")]
pub mod instances;
pub mod mint;
pub mod secret;
pub mod vendor;

pub use clock::{Clock, Timestamp};
pub use mint::Mint;
pub use secret::Secret;
pub use vendor::Vendor;
