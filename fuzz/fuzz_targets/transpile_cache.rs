//! Entries of the cache of transpiled modules, of any content.

#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| rigkit_engine::fuzzing::transpile_cache(input));
