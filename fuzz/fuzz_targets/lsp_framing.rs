//! Whatever a client may send to the language server.

#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| rigkit_lsp::fuzzing::lsp_framing(input));
