//! What a confined evaluation answers, of any content.

#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| rigkit_engine::fuzzing::child_answer(input));
