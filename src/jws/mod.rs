//! Signed JSON: the assertions that clients send, and the ID tokens that vendors issue. RSA with PKCS #1 padding only,
//! which is what the vendors document.

mod der;
mod key;
mod token;

pub(crate) use key::SigningKey;
pub use key::{KeyError, PublicKey};
pub(crate) use token::Jws;
