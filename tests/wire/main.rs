//! Every answer of every stand-in, byte for byte. Seeded and at a stopped clock, so that nothing has to be redacted.

mod box_com;
mod salesforce;
mod salesforce_api;
mod scene;
