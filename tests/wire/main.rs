//! Every answer of every stand-in, byte for byte. Seeded and at a stopped clock, so that nothing has to be redacted.

mod adobe_sign;
mod adobe_sign_rest;
mod bigcommerce;
mod box_com;
mod egnyte;
mod egnyte_api;
mod jwt;
mod quickbooks;
mod salesforce;
mod salesforce_api;
mod scene;
