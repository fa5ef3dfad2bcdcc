//! State files, and logs beside them, of any content.

#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| rigkit_engine::fuzzing::state_file(input));
