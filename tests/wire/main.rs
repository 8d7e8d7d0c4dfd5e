//! Every answer of every stand-in, byte for byte. Seeded and at a stopped clock, so that nothing has to be redacted.

mod adobe_sign;
mod adobe_sign_account;
mod adobe_sign_people;
mod adobe_sign_rest;
mod adobe_sign_switches;
mod bigcommerce;
mod box_com;
mod egnyte;
mod egnyte_api;
mod egnyte_switches;
mod jwt;
mod quickbooks;
mod replayed;
mod salesforce;
mod salesforce_api;
mod scene;
#[cfg(feature = "serve")]
mod sent;
