//! `rehearsal serve` and the instances service under load and faults: bounded, on loopback, and over by itself.
//!
//! It reads what the kernel says of the process, and therefore runs on Linux only.

#![cfg(target_os = "linux")]

mod clients;
mod connections;
mod races;
mod served;
mod service;
mod soak;
mod trouble;
