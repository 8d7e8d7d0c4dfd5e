//! Whatever comes in, a stand-in answers as its vendor would: it does not panic, and an error is not its own.

mod attack;
mod random;
mod request;
mod samples;
mod scene;
#[cfg(feature = "serve")]
mod served;
mod signing;
mod table;
mod values;
