//! The reference instances service over a real socket, with the vendors played by mocks that speak their literal
//! words. One module per behaviour.

#![expect(clippy::unwrap_used, reason = "a test whose surroundings cannot be set up has failed")]

mod support;

mod authorization;
mod boundaries;
mod calls;
mod clones;
mod configuration;
mod connectors;
mod create;
mod deletion;
mod docs;
mod enablement;
mod envelope;
#[cfg(feature = "serve")]
mod every_object;
mod faults;
mod files;
mod lists;
mod oauth1;
mod oauth_url;
mod objects;
mod pages;
mod people;
mod reauthentication;
mod refresh;
mod refusal;
mod secrecy;
mod storage;
mod traces;
mod update;
#[cfg(feature = "serve")]
mod walk_through;
