#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| rehearsal_fuzz::authorization(input));
