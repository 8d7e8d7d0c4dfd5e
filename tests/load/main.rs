//! `rehearsal serve` under load and faults: bounded, on loopback, and over by itself.
//!
//! It reads what the kernel says of the process, and therefore runs on Linux only.

#![cfg(target_os = "linux")]

mod clients;
mod connections;
mod served;
mod soak;
